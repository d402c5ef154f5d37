# SPDX-License-Identifier: MIT
"""bugs_gc.py - planted bugs in the cycle collector."""
from plan import mutant

TEST = "unit.core.collector"

mutant("gc-ignores-outside-references",
       bug="a candidate that is held from outside keeps itself alive, but not what it leads to",
       ref="own: core/gc/analyse.c step 3",
       file="runtime/core/gc/analyse.c",
       edits=[("            set_number(o, 0);\n            tgc_marker_push(m, o);\n",
               "            set_number(o, 0);\n")],
       kill=[f"{TEST}:counts_alone_find_the_same_garbage"])

mutant("gc-keeps-numbers-of-an-abandoned-analysis",
       bug="an analysis without memory leaves its numbers behind: a live weak reference is taken "
           "for garbage by the next one, and its callback dropped",
       ref="own: core/gc/analyse.c G1",
       file="runtime/core/gc/analyse.c",
       edits=[("failed ? forget_number : NULL",
               "failed && m->team == NULL ? forget_number : NULL")],
       kill=[f"{TEST}:weak_references_to_garbage_are_cleared_first"])

mutant("gc-leaves-weak-references",
       bug="a weak reference still leads to garbage when its finalizer runs",
       ref="own: object/weakref.h Note [garbage-order]",
       file="runtime/core/gc/analyse.c",
       edits=[("    else if (weak)\n", "    else if (weak && g->list == NULL)\n")],
       kill=[f"{TEST}:weak_references_to_garbage_are_cleared_first"])

mutant("gc-clears-what-came-back",
       bug="what a finalizer brought back is cleared with the rest",
       ref="own: core/gc/collect.c, the second pause",
       file="runtime/core/gc/analyse.c",
       edits=[("                c->item[i] = tgc_came_back(o);\n", "")],
       kill=[f"{TEST}:what_a_finalizer_keeps_is_whole"])

mutant("gc-forgets-merge-queues",
       bug="references that wait in merge queues count as references from outside",
       ref="own: policy/biased.h tgc_policy_drain_stopped",
       file="runtime/core/gc/analyse.c",
       edits=[("            forget_reference(g->drained.block[i].items[k], team->marker[0].tag);\n",
               "            (void)forget_reference, (void)k;\n")],
       kill=[f"{TEST}:garbage_in_a_merge_queue_is_found_at_once"])

mutant("gc-shares-an-older-result",
       bug="a request gets the result of a collection that stopped the world before it was made",
       ref="own: core/gc/collect.c L1",
       file="runtime/core/gc/collect.c",
       edits=[("    uint64_t begun = atom_load_relaxed(&gc->begun);\n",
               "    uint64_t begun = atom_load_relaxed(&gc->begun) - 1;\n")],
       kill=[f"{TEST}:counts_alone_find_the_same_garbage"])

mutant("gc-finalizer-under-the-lock",
       bug="finalizers run with the collector's lock held: one that waits for a thread that waits "
           "for a collection never returns",
       ref="own: core/gc/collect.c L2",
       file="runtime/core/gc/collect.c",
       edits=[("        unlock(t); // L2\n", ""),
              ("        run_finalizers(t, g);\n        lock(t);\n",
               "        run_finalizers(t, g);\n")],
       kill=[f"{TEST}:a_finalizer_may_wait_for_a_thread_that_collects"])

mutant("gc-shared-work-is-lost",
       bug="of the work that one thread gives to another, one object is forgotten",
       ref="own: core/gc/team.c T2",
       file="runtime/core/gc/team.c",
       edits=[("    give(m->team, c);\n}\n\n// The chunk", "    c->count--;\n"
               "    give(m->team, c);\n}\n\n// The chunk")],
       kill=["unit.core.team.biased:what_is_shared_is_looked_at_once"])

mutant("gc-leaves-before-the-end",
       bug="a thread without work takes it for the end, though another has some in hand and may "
           "find more",
       ref="own: core/gc/team.c T1",
       file="runtime/core/gc/team.c",
       edits=[("(atom_load_relaxed(&team->active) == 0 || ",
               "(atom_load_relaxed(&team->active) <= 1 || ")],
       kill=["unit.core.team.biased:nobody_leaves_while_somebody_may_find_more"])

mutant("gc-forgets-the-helpers",
       bug="the world goes on while a helper still looks at the heap",
       ref="own: thread/crew.c W2",
       file="runtime/thread/crew.c",
       edits=[("while (crew->inside > 0) { // W2", "while (crew->inside > crew->most) { // W2")],
       kill=["unit.thread.crew:run_returns_when_all_are_done"])

mutant("gc-subtracts-without-a-lock",
       bug="two threads subtract from one number, and one of the two is lost: garbage stays",
       ref="own: core/gc/analyse.c, step 2",
       file="runtime/core/gc/analyse.c",
       edits=[("        if (m->several)\n", "        if (m->several && m->team == NULL)\n")],
       kill=["unit.core.collector:several_threads_share_what_many_refer_to x60"])

mutant("gc-frees-before-it-says-so",
       bug="what a collection has freed is put to the limit's account before it is taken off: the "
           "next thread that looks collects again",
       ref="own: core/gc/collect.c finish",
       file="runtime/core/gc/collect.c",
       edits=[("    tgc_thread_settle(t); // or", "    // or")],
       kill=[f"{TEST}:a_collection_of_much_is_not_at_once_followed_by_another"])

mutant("gc-counts-garbage-twice",
       bug="garbage counts as made since the collection while its finalizers run",
       ref="own: core/gc/collect.c finish",
       file="runtime/core/gc/collect.c",
       edits=[("        unlock(t); // L2\n",
               "        atom_add_relaxed(&tgc_shared_of(t)->gc_young, out->found);\n"
               "        unlock(t); // L2\n")],
       kill=[f"{TEST}:a_collection_of_much_is_not_at_once_followed_by_another"])

mutant("gc-one-pause-decides",
       bug="one disturbed pause drives the growth to its end",
       ref="own: core/gc/trigger.c Note [growth]",
       file="runtime/core/gc/trigger.c",
       edits=[("    aim = within(growth / TGC_GC_STEP_DOWN, aim, growth * TGC_GC_STEP_UP);\n", "")],
       kill=["unit.core.trigger.biased:one_odd_pause_moves_the_growth_by_a_step"])

mutant("gc-forgets-references-into-other-parts",
       bug="a reference from garbage into a part of the heap that another thread counts holds what "
           "it leads to",
       ref="own: core/gc/analyse.c Note [own-part]",
       file="runtime/core/gc/analyse.c",
       edits=[("        postpone(m, number);\n", "        (void)postpone;\n")],
       kill=[f"{TEST}:several_threads_share_what_many_refer_to"])

# -- freed without counting -----------------------------------------------------------------------

SCRAP = "runtime/core/gc/scrap.c"

mutant("scrap-in-a-merge-queue",
       bug="a merge queue's reference to garbage that was freed without counting is let go later",
       ref="own: scrap.c S1",
       file=SCRAP,
       edits=[("    forget_drained(g);\n", "    (void)forget_drained;\n")],
       kill=[f"{TEST}:much_garbage_in_a_merge_queue_is_freed_once"],
       build="asan")

mutant("scrap-under-held-garbage",
       bug="what garbage that is cleared by counting leads to is freed without counting",
       ref="own: scrap.c S1",
       file=SCRAP,
       edits=[("            tgc_gc_visit(c->item[i], hold_too, &h);", "            (void)hold_too;")],
       kill=[f"{TEST}:garbage_of_every_kind_goes_and_takes_nothing_else_along"],
       build="asan")

mutant("scrap-still-tracked",
       bug="garbage is freed without counting and stays in the object map",
       ref="own: scrap.c S2",
       file=SCRAP,
       edits=[("            if (all)\n                untracked += tgi_objmap_remove_from(at.in, at.granule);\n",
               "            (void)all, (void)untracked;\n")],
       kill=[f"{TEST}:garbage_of_every_kind_goes_and_takes_nothing_else_along"],
       build="asan")

mutant("scrap-before-its-finalizer",
       bug="garbage with a finalizer is emptied before it runs",
       ref="own: scrap.c S3",
       file=SCRAP,
       edits=[("            if (tgc_needs_finalizer(t, o))\n                return true;\n", "")],
       kill=[f"{TEST}:garbage_of_every_kind_goes_and_takes_nothing_else_along"])

mutant("scrap-not-held-without-memory",
       bug="without memory for the list of held garbage, what is not on it is not held",
       ref="own: scrap.c, Memory",
       file=SCRAP,
       edits=[("        hold_rest(t, g);", "        (void)hold_rest;")],
       kill=[f"{TEST}:garbage_of_every_kind_goes_though_there_is_little_memory"],
       build="asan")

mutant("scrap-lets-go-of-garbage",
       bug="garbage that is freed without counting lets go of what was freed before it",
       ref="own: scrap.c",
       file=SCRAP,
       edits=[("    if (tgc_is_ptr(v) && !is_dead(d, v))", "    (void)d;\n    if (tgc_is_ptr(v))")],
       kill=[f"{TEST}:garbage_of_every_kind_goes_and_takes_nothing_else_along"],
       build="asan")
