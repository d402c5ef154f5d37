# SPDX-License-Identifier: MIT
"""bugs_counts.py - planted bugs in biased counts, merge queues and deferred frees."""
from plan import mutant

COUNTS = "runtime/core/policy/counts.c"
BIASED = "runtime/core/policy/biased.h"
POLICY = "runtime/core/policy/policy.h"

mutant("merge-clears-owner-late",
       bug="a merge publishes the merged count first and clears the owner afterwards",
       ref="gh-119999",
       file=COUNTS,
       edits=[("    atom_store_relaxed(&o->owner, 0);          // ORDER: relaxed; released by the CAS "
               "below.\n", ""),
              ("    return merged == TGC_SHARED_MERGED;\n",
               "    atom_store_relaxed(&o->owner, 0);\n    return merged == TGC_SHARED_MERGED;\n")],
       kill=["unit.core.counts.biased:a_merge_clears_the_owner_before_it_is_seen"])

mutant("merge-keeps-owner",
       bug="the owner's last reference merges the counts and leaves the owner's id in the header",
       ref="gh-121794",
       file=COUNTS,
       edits=[("    atom_store_relaxed(&o->owner, 0);          // ORDER: relaxed; released by the CAS "
               "below.\n", "")],
       kill=["unit.core.counts.biased:a_foreign_reference_outlives_the_owners"])

mutant("merge-forgets-immortal",
       bug="an object made immortal while it is queued is merged like any other",
       ref="gh-152276",
       file=COUNTS,
       edits=[("        if (atom_load_relaxed(&o->owner) == 0)\n"
               "            tgc_biased_shared_decref(t, o);\n"
               "        else if (merge(o, -1))",
               "        if (merge(o, -1))")],
       kill=["unit.core.counts.biased:an_object_may_become_immortal_while_it_is_queued"])

mutant("merge-for-attached-owner",
       bug="a foreign thread merges the queue of an owner that is attached and counts meanwhile",
       ref="own: counts.c merge_for_detached",
       file="runtime/thread/state.c",
       edits=[("|| seen == TGI_SUSPENDED)\n            t->holds++;",
               "|| seen != TGI_ENDED)\n            t->holds++;")],
       kill=["unit.core.counts.biased:a_reference_dropped_for_the_owner_waits_in_its_queue",
             "unit.thread.state:held_thread_cannot_attach_until_it_is_let_go"])

mutant("queue-holds-no-reference",
       bug="the reference that was given to the queue is not dropped by the merge",
       ref="own: counts.c Q2",
       file=COUNTS,
       edits=[("            tgc_biased_shared_decref(t, o);\n        else if (merge(o, -1))",
               "            tgc_biased_shared_decref(t, o);\n        else if (merge(o, 0))")],
       kill=["unit.core.counts.biased:a_reference_dropped_for_the_owner_waits_in_its_queue"])

mutant("queue-not-emptied-at-exit",
       bug="a thread ends with objects in its merge queue, which nobody will merge",
       ref="own: counts.c Q3",
       file=COUNTS,
       edits=[("        tgc_obj **items = take(q, &count, true);\n        merge_all(t, items, count);",
               "        tgc_obj **items = take(q, &count, true);\n        tgi_raw_free(items);")],
       kill=["unit.core.counts.biased:the_queue_of_an_ending_owner_is_emptied"])

mutant("queue-left-before-empty",
       bug="a thread leaves the table of queues first and drains then: others merge what it counts",
       ref="own: counts.c Q3",
       file=COUNTS,
       edits=[("    if (leave && *count == 0) {\n", "    if (leave && b->queues != NULL) {\n"),
              ("        while (*link != q)\n", "        while (*link != NULL && *link != q)\n"),
              ("        *link = q->next;\n", "        if (*link != NULL)\n"
               "            *link = q->next;\n")],
       kill=["unit.core.counts.biased:a_reference_that_comes_while_the_queue_is_emptied_is_queued"])

mutant("queue-of-the-creator",
       bug="a thread's merge queue is registered under the id of the thread that made its state",
       ref="gh-117271",
       file=COUNTS,
       edits=[("    q->id = t->id;\n",
               "    q->id = tgi_current_thread() != NULL ? tgi_current_thread()->id : t->id;\n")],
       kill=["unit.core.counts.biased:a_state_made_by_another_thread_has_its_own_queue"])

mutant("owner-not-told",
       bug="an object is queued for its owner, and the owner is not asked to look",
       ref="own: counts.c enqueue",
       file=COUNTS,
       edits=[("            tgi_breaker_set(q->owner, TGI_BRK_MERGE);", "            (void)q;")],
       kill=["unit.core.counts.biased:a_reference_dropped_for_the_owner_waits_in_its_queue"])

mutant("finalizer-keeps-plain-count",
       bug="an object in its finalizer goes back to a plain count without an owner",
       ref="gh-127582",
       file=BIASED,
       edits=[("    atom_store_release(&o->shared, TGC_SHARED_ONE | TGC_SHARED_MERGED);\n}\n\n"
               "static inline bool tgc_resurrect_end",
               "    atom_store_release(&o->shared, TGC_SHARED_ONE);\n}\n\n"
               "static inline bool tgc_resurrect_end")],
       kill=["unit.core.counts.biased:a_finalizer_may_keep_the_object_or_let_it_go"])

mutant("try-takes-the-dead",
       bug="a reader counts an object whose count has reached zero",
       ref="PEP 703, try-incref",
       file=BIASED,
       edits=[("        if (s == TGC_SHARED_DEFAULT || s == TGC_SHARED_MERGED)\n"
               "            return false; // B3",
               "        if (s == TGC_SHARED_DEFAULT)\n            return false; // B3")],
       kill=["unit.core.counts.biased:a_try_fails_only_on_what_nobody_holds"])

mutant("slot-store-does-not-publish",
       bug="an object goes into a shared slot without being marked: readers cannot count it",
       ref="own: policy.h Note [publish-slot]",
       file=POLICY,
       edits=[("static inline tg_value tgc_slot_exchange(tg_thread *t, tgc_slot *s, tg_value v)\n{\n"
               "    tgc_publish_value(t, v);\n",
               "static inline tg_value tgc_slot_exchange(tg_thread *t, tgc_slot *s, tg_value v)\n{\n"
               "    (void)t;\n")],
       kill=["unit.core.counts.biased:what_goes_into_a_slot_is_published"])

mutant("slot-store-relaxed",
       bug="a new object is put into a shared slot with relaxed order: a reader may see it half made",
       ref="own: policy.h tgc_slot_exchange",
       file=POLICY,
       edits=[("    return atom_exchange_acq_rel(&s->word, v);",
               "    return atom_exchange_relaxed(&s->word, v);")],
       kill=["unit.core.counts.biased:objects_exchanged_by_all_threads_die_once x3"],
       build="tsan")

mutant("published-freed-at-once",
       bug="the memory of a published object does not wait for readers that may still look at it",
       ref="own: policy.h Note [publish-slot]",
       file=POLICY,
       edits=[("    if (tgc_was_published(o))\n        tgi_defer_object(t, o, size, TGC_HEADER_BYTES);",
               "    if (tgc_was_published(o) && size == 0)\n        tgi_defer_object(t, o, size, TGC_HEADER_BYTES);")],
       kill=["unit.core.counts.biased:memory_of_a_published_object_waits_for_readers"])
