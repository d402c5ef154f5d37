# SPDX-License-Identifier: MIT
"""bugs_counts.py - planted bugs in biased counts, merge queues and deferred frees."""
from plan import mutant

COUNTS = "runtime/core/policy/counts.c"
HOT = "runtime/core/policy/hot.c"
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
       edits=[("        if (!has_owner(o))\n"
               "            tgc_biased_foreign_decref(t, o);\n"
               "        else if (merge(o, -1))",
               "        if (merge(o, -1))"),
              ("    if (local == TGC_LOCAL_IMMORTAL)\n        return false;",
               "    if (local < 0)\n        return false;")],
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
       edits=[("            tgc_biased_foreign_decref(t, o);\n        else if (merge(o, -1))",
               "            tgc_biased_foreign_decref(t, o);\n        else if (merge(o, 0))")],
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
       edits=[("    if (leave && *count == 0) {\n", "    if (leave && find_locked(b, q->id) == q) {\n")],
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
       file="runtime/core/policy/foreign.c",
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

mutant("count-wraps",
       bug="a merge takes the owner's count for plain although it has reached its limit",
       ref="own: biased.h B5",
       file=COUNTS,
       edits=[("    if (local == TGC_LOCAL_IMMORTAL)\n        return false;", "    if (local < 0)\n        return false;")],
       kill=["unit.core.counts.biased:a_count_at_its_limit_stays_there"])

mutant("queue-waits-for-a-blocked-owner",
       bug="an owner that blocks before it has polled leaves its merge queue to nobody",
       ref="own: state.c Note [merge-left]",
       file="runtime/thread/state.c",
       edits=[("    if (TGI_UNLIKELY((asked & TGI_BRK_MERGE) != 0))\n        pass_merge_on(interp);",
               "    if (TGI_UNLIKELY((asked & TGI_BRK_MERGE) != 0 && interp == NULL))\n"
               "        pass_merge_on(interp);")],
       kill=["unit.core.counts.biased:"
             "a_queue_is_merged_by_others_when_its_owner_blocks_before_it_has_polled"])

mutant("queue-left-is-not-found",
       bug="a thread that attaches does not look whether a merge queue was left to it",
       ref="own: state.c Note [merge-left]",
       file="runtime/thread/state.c",
       edits=[("        if (TGI_UNLIKELY(atom_load_seq_cst(&t->interp->merge_left) != 0))",
               "        if (TGI_UNLIKELY(atom_load_seq_cst(&t->interp->merge_left) > 1))")],
       kill=["unit.core.counts.biased:"
             "a_queue_left_while_nobody_is_attached_is_merged_by_who_comes_first"])

HOT_TEST = "unit.core.hot.biased"

mutant("hot-without-bias",
       bug="the shared word of a hot object can reach zero while threads hold references of their own",
       ref="own: hot.c H1",
       file=BIASED,
       edits=[("    atom_add_relaxed(&o->shared, TGC_HOT_BIAS);\n",
               "    atom_add_relaxed(&o->shared, 0);\n"),
              ("        atom_load_relaxed(&o->shared) != (TGC_HOT_BIAS | TGC_SHARED_MERGED)) {",
               "        atom_load_relaxed(&o->shared) != TGC_SHARED_MERGED) {"),
              ("        (void)atom_sub_relaxed(&o->shared, TGC_HOT_BIAS);\n", "")],
       kill=[f"{HOT_TEST}:a_pause_of_anybody_cools_what_is_alive_and_leaves_the_dead"])

mutant("hot-count-left-out",
       bug="a pause adds up the counts of all threads but the one that asked for it",
       ref="own: hot.c Note [hot-count]",
       file=HOT,
       edits=[("    if (is_in(arg, t->interp) && tgc_hot_of(t) != NULL)",
               "    if (is_in(arg, t->interp) && tgc_hot_of(t) != NULL && t != tgi_current_thread())")],
       kill=[f"{HOT_TEST}:a_reference_that_one_thread_takes_and_another_drops_is_one"])

mutant("hot-fold-forgotten",
       bug="a fold that was not due when the thread that wanted it polled is never asked for again",
       ref="own: hot.c Note [hot-count]",
       file=HOT,
       edits=[("% 256 == 0) && (below || atom_load_relaxed(&hot.wanted))", "% 256 == 0) && below")],
       kill=[f"{HOT_TEST}:a_fold_that_another_thread_asked_for_is_asked_for_by_all_who_count"])

mutant("hot-fold-asked-for-before-it-is-due",
       bug="threads that count hot objects poll every 256 counts while a fold is wanted that is not due yet",
       ref="own: hot.c",
       file=HOT,
       edits=[("    if (first || is_due()) {", "    if (first || is_due() || t != NULL) {")],
       kill=[f"{HOT_TEST}:a_fold_that_is_not_due_is_not_asked_for_again_and_again"])

mutant("hot-count-lost-at-exit",
       bug="a thread ends and what it has counted of hot objects is forgotten",
       ref="own: hot.c Note [hot-count]",
       file=HOT,
       edits=[("        add_counts_locked(t);\n        // ORDER: relaxed; it may have been",
               "        (void)t;\n        // ORDER: relaxed; it may have been")],
       kill=[f"{HOT_TEST}:the_counts_of_a_thread_that_ends_stay"])

mutant("hot-count-added-twice",
       bug="a thread's counts stay in its array after a pause has added them",
       ref="own: hot.c Note [hot-count]",
       file=HOT,
       edits=[("        ht->count[n] = 0;\n", "")],
       kill=[f"{HOT_TEST}:a_pause_of_anybody_cools_what_is_alive_and_leaves_the_dead"])

mutant("hot-taken-for-owned",
       bug="an object that became hot while it was queued is merged as if somebody owned it",
       ref="own: counts.c, hot.c H1",
       file=COUNTS,
       edits=[("    return (atom_load_relaxed(&o->owner) & 1) != 0;",
               "    return atom_load_relaxed(&o->owner) != 0;")],
       kill=[f"{HOT_TEST}:an_object_may_become_hot_while_it_is_queued"])

mutant("hot-outlives-a-collection",
       bug="a collection takes dead hot objects for alive, and what they lead to",
       ref="own: hot.c H3, gc/analyse.c",
       file=HOT,
       edits=[("    // ORDER: relaxed; stopped, or of another interpreter.\n    if (",
               "    if (t->interp != NULL || ")],
       kill=["unit.core.collector:what_was_hot_goes_with_a_collection"])

mutant("hot-dies-in-finalizer",
       bug="an object that became hot in its finalizer is freed at the end of it, and again by a fold",
       ref="own: biased.h tgc_resurrect_end",
       file=BIASED,
       edits=[("        tgc_biased_foreign_decref(t, o);\n        return false;\n",
               "        tgc_biased_foreign_decref(t, o);\n        return true;\n")],
       kill=[f"{HOT_TEST}:an_object_that_becomes_hot_in_its_finalizer_dies_with_the_next_fold"])

ATOMIC = "runtime/core/policy/atomic.h"
ATOMIC_SLOW = "runtime/core/policy/atomic.c"
ATOMIC_TEST = "unit.core.hot.atomic"

mutant("atomic-hot-without-bias",
       bug="the word of a hot object with atomic counts can come down to a dead one's",
       ref="own: atomic.h A3",
       file=ATOMIC,
       edits=[("#define TGC_HOT_BIAS  (INT64_C(1) << 60)", "#define TGC_HOT_BIAS  INT64_C(0)")],
       kill=[f"{ATOMIC_TEST}:a_pause_of_anybody_cools_what_is_alive_and_leaves_the_dead"],
       build="atomic")

mutant("atomic-immortal-drifts",
       bug="a decrement that comes late makes an immortal object look hot",
       ref="own: atomic.h",
       file=ATOMIC,
       edits=[("#define TGC_IMMORTAL_WORD (INT64_MIN / 4)", "#define TGC_IMMORTAL_WORD (INT64_MIN / 2)")],
       kill=[f"{ATOMIC_TEST}:a_late_decrement_leaves_an_immortal_object_immortal"],
       build="atomic")

mutant("atomic-tag-without-count",
       bug="who takes a reference after another thread leaves its tag and no reference",
       ref="own: atomic.c",
       file=ATOMIC_SLOW,
       edits=[("    return (w & ~TGC_WORD_TAG) + TGC_WORD_ONE + tgc_atomic_tag(t);",
               "    return (w & ~TGC_WORD_TAG) + tgc_atomic_tag(t);")],
       kill=[f"{ATOMIC_TEST}:a_reference_taken_after_anothers_counts_once"],
       build="atomic")

mutant("atomic-tag-is-not-left",
       bug="a thread that counts after another does not leave its tag: all it counts later counts as seen, "
           "though nobody else counts any more",
       ref="own: atomic.c Note [tag]",
       file=ATOMIC_SLOW,
       edits=[("    return (w & ~TGC_WORD_TAG) + TGC_WORD_ONE + tgc_atomic_tag(t);",
               "    return w + TGC_WORD_ONE + tgc_atomic_tag(t) * 0;")],
       kill=[f"{ATOMIC_TEST}:what_one_thread_counts_never_becomes_hot"],
       build="atomic")

mutant("atomic-tag-carries-over",
       bug="the tag is added to the other thread's and not put in its place: two of them run over into the flag",
       ref="own: atomic.h A4",
       file=ATOMIC_SLOW,
       edits=[("    return (w & ~TGC_WORD_TAG) + TGC_WORD_ONE + tgc_atomic_tag(t);",
               "    return w + TGC_WORD_ONE + tgc_atomic_tag(t);")],
       kill=[f"{ATOMIC_TEST}:a_tag_takes_the_place_of_another"],
       build="atomic")

mutant("atomic-number-stays-in-cool-word",
       bug="what has cooled keeps half of its number as a tag, and looks counted by another thread",
       ref="own: atomic.h A4",
       file=ATOMIC,
       edits=[("(w & TGC_HOT_COUNT & ~TGC_WORD_TAG) - TGC_HOT_BIAS", "(w & TGC_HOT_COUNT) - TGC_HOT_BIAS")],
       kill=[f"{ATOMIC_TEST}:what_has_cooled_has_no_tag"],
       build="atomic")

mutant("atomic-dead-comes-back",
       bug="a reader that comes after another thread counts an object that has died meanwhile",
       ref="own: atomic.h A2",
       file=ATOMIC_SLOW,
       edits=[("        if (w >> TGC_WORD_SHIFT == 0)\n            return false;\n", "")],
       kill=[f"{ATOMIC_TEST}:a_try_after_another_thread_sees_what_became_of_the_object"],
       build="atomic")
