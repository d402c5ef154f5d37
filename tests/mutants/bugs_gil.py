# SPDX-License-Identifier: MIT
"""bugs_gil.py - planted bugs in taking, releasing and switching the GIL."""
from plan import mutant

GIL = "runtime/thread/gil.c"
SWITCH = "runtime/thread/gil_switch.c"
STATE = "runtime/thread/state.c"

# -- the switch -----------------------------------------------------------------------------------

mutant("enable-without-pause",
       bug="the GIL is turned on while other threads run: they go on without it",
       ref="gh-116322",
       file=SWITCH,
       edits=[("    tgi_stop_the_world_global(NULL, rt, TGI_CAUSE_GIL);\n", ""),
              ("    tgi_start_the_world_global(NULL, rt);\n", "    (void)rt;\n")],
       kill=["unit.thread.steps:turning_on_waits_for_every_thread_that_runs"])

mutant("attach-without-second-look",
       bug="a thread that found the GIL off attaches although it was turned on meanwhile",
       ref="gh-116322",
       file=STATE,
       edits=[("        if (TGI_LIKELY(t->holds_gil || !tgi_gil_is_enabled(t)))\n            return TG_OK;",
               "        if (true)\n            return TG_OK;")],
       kill=["unit.thread.gil_switch:toggling_storm_keeps_every_promise"])

mutant("release-without-holding",
       bug="a thread that was let in without the GIL gives back the GIL of another one",
       ref="gh-118727",
       file=GIL,
       edits=[("    tgi_point(TGI_POINT_GIL, gil);\n    if (t->holds_gil) {\n",
               "    tgi_point(TGI_POINT_GIL, gil);\n    if (t->holds_gil || tgi_gil_is_enabled(t)) {\n")],
       kill=["unit.thread.steps:thread_let_in_without_the_gil_does_not_give_back_anothers"])

mutant("disable-waits-for-a-switch",
       bug="turning the GIL off waits until whoever asked for it has it, which nobody will",
       ref="gh-118745",
       file=SWITCH,
       edits=[("    tgi_breaker_clear(t, TGI_BRK_GIL_DROP);\n    report(changed, true);",
               "    while ((atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_DROP) != 0 &&\n"
               "           atom_load_relaxed(&gil->holder) == t)\n"
               "        tgi_cpu_relax();\n"
               "    report(changed, true);")],
       kill=["unit.thread.steps:turning_off_does_not_wait_for_the_one_that_asked"])

mutant("disable-wakes-nobody",
       bug="threads that wait for the GIL are not woken when it is turned off",
       ref="own: gil_switch.c N3",
       file=SWITCH,
       edits=[("    (void)tgi_unpark_all(&gil->word); // N3\n", "")],
       kill=["unit.thread.gil_switch:turning_off_wakes_those_who_wait"])

mutant("disable-without-the-gil",
       bug="the counter is taken down by a thread that has let go of the GIL",
       ref="own: gil.h Stability",
       file=SWITCH,
       edits=[("    set_count(t, gil, n - 1);\n",
               "    tgi_thread_detach(t);\n    set_count(t, gil, n - 1);\n"
               "    tgi_thread_attach(t);\n")],
       kill=["unit.thread.steps:taking_a_request_back_never_detaches"])

mutant("counter-overflows",
       bug="one request too many makes the GIL permanent",
       ref="own: gil_switch.c N1",
       file=SWITCH,
       edits=[("    if (n == TGI_GIL_PERMANENT - 1)\n        return TG_ERR_LIMIT;\n", "")],
       kill=["unit.thread.gil_switch:counter_refuses_to_become_permanent_by_counting"])

mutant("counter-overflows-in-the-pause",
       bug="a request that was overtaken does not see that the counter has reached its end",
       ref="own: gil_switch.c N1",
       file=SWITCH,
       edits=[("    if (n == TGI_GIL_PERMANENT - 1)\n        st = TG_ERR_LIMIT;           // N1: many "
               "threads were here before us\n    else if", "    if")],
       kill=["unit.thread.steps:limit_that_was_reached_before_the_pause_is_seen_in_it"])

mutant("permanent-overflows-in-the-pause",
       bug="a transient request that was overtaken by a permanent one counts beyond INT_MAX",
       ref="gh-116322",
       file=SWITCH,
       edits=[("    else if (n != TGI_GIL_PERMANENT) // N2\n", "    else\n")],
       kill=["unit.thread.gil_switch:request_that_was_overtaken_leaves_permanent_alone"])

mutant("permanent-is-left",
       bug="a disable takes back what was made permanent",
       ref="own: gil_switch.c N2",
       file=SWITCH,
       edits=[("    if (n == TGI_GIL_PERMANENT)\n        return TG_OK; // N2\n", "")],
       kill=["unit.thread.gil_switch:permanent_absorbs_and_stays"])

# -- taking and releasing -------------------------------------------------------------------------

mutant("drop-request-lost",
       bug="a waiter asks the holder once; when the GIL goes to a third thread it never asks again",
       ref="gh-96387",
       file=GIL,
       edits=[("            if (atom_load_relaxed(&gil->switches) == switches)\n"
               "                ask_holder(gil, t);\n            ask_at = TGI_DEADLINE_NEVER;",
               "            ask_holder(gil, t);\n"
               "            ask_at = tgi_deadline_after_ns(3600 * TGI_NS_PER_S);\n"
               "            switches = UINT64_MAX;"),
              ("        if (ask_at == TGI_DEADLINE_NEVER || atom_load_relaxed(&gil->switches) != switches) {",
               "        if (ask_at == TGI_DEADLINE_NEVER) {")],
       kill=["unit.thread.steps:waiter_asks_again_when_the_gil_went_to_another_thread"])

mutant("drop-request-of-the-dead",
       bug="a GIL that somebody asked for waits for that thread, which has left",
       ref="gh-96387",
       file=GIL,
       edits=[("        if (atom_load_seq_cst(&gil->waiters) != 0) {", "        if (true) {"),
              (" || atom_load_relaxed(&gil->waiters) == 1;", ";")],
       kill=["unit.thread.breaker:without_hooks_bits_are_just_cleared"])

mutant("release-wakes-nobody",
       bug="the GIL is given back and the thread that sleeps for it is not woken",
       ref="own: gil.c G2",
       file=GIL,
       edits=[("    (void)tgi_unpark_one(&gil->word, publish_release, &release);",
               "    publish_release(&release, false, NULL, false);")],
       kill=["unit.thread.steps:releasing_wakes_the_one_that_sleeps"])

mutant("hand-over-not-told",
       bug="the GIL is handed to a waiter that is not told that it has it",
       ref="own: gil.c G1",
       file=GIL,
       edits=[("        ((gil_waiter *)waiter_arg)->handed_over = true;\n", "        (void)waiter_arg;\n")],
       kill=["unit.thread.steps:waiter_asks_again_when_the_gil_went_to_another_thread",
             "unit.thread.gil:every_request_to_let_go_leads_to_a_switch"])

mutant("releaser-takes-it-back",
       bug="a thread that was asked to let go may take the GIL again at once",
       ref="bpo-7946",
       file=GIL,
       edits=[("    return atom_load_relaxed(&gil->reserved_by) != t->id || "
               "atom_load_relaxed(&gil->waiters) == 1;",
               "    return gil != NULL && t != NULL;")],
       kill=["unit.thread.gil:every_request_to_let_go_leads_to_a_switch x5"])

mutant("holder-outlives-its-thread",
       bug="a thread that ends stays noted as the holder, and is asked to let go after its memory "
           "was freed",
       ref="gh-100711",
       file=GIL,
       edits=[("        (void)atom_cas_strong_relaxed(&gil->holder, &holder, (tg_thread *)NULL);",
               "        (void)holder;")],
       kill=["unit.thread.steps:thread_that_has_ended_is_not_the_holder_any_more"])

mutant("gil-kept-while-ending",
       bug="a thread that ends waits for a lock while it still holds the GIL",
       ref="gh-119369",
       file=STATE,
       edits=[("    tgi_gil_release(t, true);\n    tgi_qsbr_unregister(&rt->qsbr, &t->qsbr);\n"
               "    free_state(t);\n}\n\nvoid tgi_thread_discard",
               "    tgi_qsbr_unregister(&rt->qsbr, &t->qsbr);\n    tgi_gil_release(t, true);\n"
               "    free_state(t);\n}\n\nvoid tgi_thread_discard")],
       kill=["unit.thread.steps:thread_that_ends_gives_the_gil_back_before_it_waits_for_a_lock"])

mutant("gil-given-back-first",
       bug="a detaching thread gives back the GIL while it is still attached",
       ref="own: state.c T2, T3",
       file=STATE,
       edits=[("    leave_attached(t);\n    tgi_gil_release(t, false);\n    errno = saved;",
               "    tgi_gil_release(t, false);\n    leave_attached(t);\n    errno = saved;")],
       kill=["unit.thread.steps:everything_is_given_up_before_the_gil"])
