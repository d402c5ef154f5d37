# SPDX-License-Identifier: MIT
"""bugs_gc.py - planted bugs in the cycle collector."""
from plan import mutant

TEST = "unit.core.collector"

mutant("gc-ignores-outside-references",
       bug="a candidate that is held from outside keeps itself alive, but not what it leads to",
       ref="own: core/gc/analyse.c step 3",
       file="runtime/core/gc/analyse.c",
       edits=[("            work_off(m, keep);\n",
               "            if (m->failed)\n                work_off(m, keep);\n"
               "            m->todo.count = 0;\n")],
       kill=[f"{TEST}:counts_alone_find_the_same_garbage"])

mutant("gc-keeps-numbers-of-an-abandoned-analysis",
       bug="an analysis without memory leaves its numbers behind: a live weak reference is taken "
           "for garbage by the next one, and its callback dropped",
       ref="own: core/gc/analyse.c G1",
       file="runtime/core/gc/analyse.c",
       edits=[("    if (m.failed) {\n        forget_numbers(&m.candidates);\n",
               "    if (m.failed) {\n")],
       kill=[f"{TEST}:weak_references_to_garbage_are_cleared_first"])

mutant("gc-leaves-weak-references",
       bug="a weak reference still leads to garbage when its finalizer runs",
       ref="own: object/weakref.h Note [garbage-order]",
       file="runtime/core/gc/analyse.c",
       edits=[("m->weak && i < found", "m->weak && i + found < i")],
       kill=[f"{TEST}:weak_references_to_garbage_are_cleared_first"])

mutant("gc-clears-what-came-back",
       bug="what a finalizer brought back is cleared with the rest",
       ref="own: core/gc/collect.c, the second pause",
       file="runtime/core/gc/analyse.c",
       edits=[("        if (m.failed || get_number(o) == 0) {\n            set_number(o, 0);\n"
               "            continue;\n        }\n", "")],
       kill=[f"{TEST}:what_a_finalizer_keeps_is_whole"])

mutant("gc-forgets-merge-queues",
       bug="references that wait in merge queues count as references from outside",
       ref="own: policy/biased.h tgc_policy_drain_stopped",
       file="runtime/core/gc/analyse.c",
       edits=[("                subtract(tgc_from_ptr(g->drained.block[i].items[k]), NULL);\n",
               "                (void)k;\n")],
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
