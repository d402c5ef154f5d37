# SPDX-License-Identifier: MIT
"""bugs_gil.py - planted bugs in taking, releasing and switching the GIL."""
from plan import mutant

GIL = "runtime/thread/gil.c"
SWITCH = "runtime/thread/gil_switch.c"
TIMED = "runtime/thread/gil_timed.c"
FAIR = "runtime/thread/gil_fair.c"
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
       kill=["unit.thread.steps:thread_that_found_the_gil_off_looks_again"])

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
       file=GIL,
       edits=[("    tgi_rawlock_unlock(&gil->lock);\n    tgi_breaker_clear(t, TGI_BRK_GIL_DROP);\n",
               "    tgi_rawlock_unlock(&gil->lock);\n"
               "    while ((atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_DROP) != 0 &&\n"
               "           atom_load_relaxed(&gil->holder) == t)\n"
               "        tgi_cpu_relax();\n")],
       kill=["unit.thread.steps:turning_off_does_not_wait_for_the_one_that_asked"])

mutant("disable-wakes-nobody",
       bug="threads that wait for the GIL are not woken when it is turned off",
       ref="own: gil_switch.c N3",
       file=GIL,
       edits=[("        wake(tell_locked(w, TGI_GIL_OFF));\n", "")],
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
       edits=[("        st = TG_ERR_LIMIT;               // N1", "        add_request(gil, n, who, t); // N1")],
       kill=["unit.thread.steps:limit_that_was_reached_before_the_pause_is_seen_in_it"])

mutant("permanent-overflows-in-the-pause",
       bug="a transient request that was overtaken by a permanent one counts beyond INT_MAX",
       ref="gh-116322",
       file=SWITCH,
       edits=[("    } else if (n != TGI_GIL_PERMANENT) { // N2\n", "    } else {\n")],
       kill=["unit.thread.gil_switch:request_that_was_overtaken_leaves_permanent_alone"])

mutant("permanent-is-left",
       bug="a disable takes back what was made permanent",
       ref="own: gil_switch.c N2",
       file=SWITCH,
       edits=[("    if (n == TGI_GIL_PERMANENT)\n        return TG_OK; // N2\n", "")],
       kill=["unit.thread.gil_switch:permanent_absorbs_and_stays"])

mutant("queues-behind-the-others",
       bug="who turns the GIL on queues for it behind every thread that computes",
       ref="own: gil_switch.c N5",
       file=SWITCH,
       edits=[("        (void)tgi_gil_try_take(t); // N5\n", "")],
       kill=["unit.thread.steps:who_turns_it_on_has_it_before_the_others_go_on"])

# -- taking and releasing -------------------------------------------------------------------------

mutant("drop-request-lost",
       bug="a waiter asks the holder once; when the GIL goes to a third thread it never asks again",
       ref="gh-96387",
       file=TIMED,
       edits=[("    if (w->ask_at == 0 || w->seen != switches) {", "    if (w->ask_at == 0) {"),
              ("const tgi_gil_policy tgi_gil_timed = {",
               "static void never_again(tgi_gil *gil, tgi_gil_waiter *w, int64_t now)\n"
               "{\n    (void)gil, (void)now;\n    w->ask_at = TGI_DEADLINE_NEVER;\n}\n\n"
               "const tgi_gil_policy tgi_gil_timed = {"),
              ("    .asked = start_clock,", "    .asked = never_again,")],
       kill=["unit.thread.steps:waiter_asks_again_when_the_gil_went_to_another_thread"])

mutant("policy-change-wakes-nobody",
       bug="a thread that waits by a policy that never asks goes on so after the policy was changed",
       ref="own: gil_policy.h",
       file=GIL,
       edits=[("        wake(tell_locked(w, TGI_GIL_POKED));\n    tgi_rawlock_unlock(&gil->lock);\n}\n\n"
               "void tgi_gil_set_interval_ns",
               "        (void)w;\n    tgi_rawlock_unlock(&gil->lock);\n}\n\n"
               "void tgi_gil_set_interval_ns")],
       kill=["unit.thread.gil_policy:a_waiter_of_ticks_asks_once_the_policy_is_timed"])

mutant("release-wakes-nobody",
       bug="the GIL is given back and the thread that sleeps for it is not woken",
       ref="own: gil.c G5",
       file=GIL,
       edits=[("    return tell_locked(gil->head, TGI_GIL_POKED); // G5\n", "    return NULL;\n")],
       kill=["unit.thread.steps:releasing_wakes_the_one_that_sleeps"])

mutant("hand-over-not-told",
       bug="the GIL is handed to a waiter that is not told that it has it",
       ref="own: gil.c G1",
       file=GIL,
       edits=[("    return tell_locked(w, TGI_GIL_GRANTED);\n", "    return NULL;\n")],
       kill=["unit.thread.steps:waiter_asks_again_when_the_gil_went_to_another_thread",
             "unit.thread.gil:every_request_to_let_go_leads_to_a_switch"])

mutant("releaser-takes-it-back",
       bug="a thread that was asked to let go may take the GIL again at once",
       ref="bpo-7946",
       file=GIL,
       edits=[("(asked && handing == TGI_GIL_HANDS_ON_ASKING)", "(asked && handing > 2)")],
       kill=["unit.thread.gil:every_request_to_let_go_leads_to_a_switch x5"])

mutant("word-read-without-acquire",
       bug="a waiter that is told by a failed exchange does not see what the last holder wrote",
       ref="own: gil.c G1",
       file=GIL,
       edits=[("    if (!atom_cas_strong_acq_rel(&w->state, &state, TGI_GIL_PARKED))",
               "    if (!atom_cas_strong_relaxed(&w->state, &state, TGI_GIL_PARKED))"),
              ("    if (atom_cas_strong_acq_rel(&w->state, &parked, TGI_GIL_AWAKE))",
               "    if (atom_cas_strong_relaxed(&w->state, &parked, TGI_GIL_AWAKE))")],
       kill=["unit.thread.steps:"
             "thread_that_is_handed_the_gil_before_it_sleeps_sees_what_the_holder_did"],
       build="tsan")

mutant("fair-queue-out-of-order",
       bug="the policy fair puts a newcomer first",
       ref="own: gil_fair.c",
       file=FAIR,
       edits=[("next != NULL && next->due <= w->due;", "false;")],
       kill=["unit.thread.gil_policy:fair_hands_over_in_the_order_of_the_queue"])

mutant("fair-starves",
       bug="with the policy fair a thread that computes waits behind all others for ever",
       ref="own: gil_fair.c",
       file=FAIR,
       edits=[("w->due = tgi_gil_later(last, tgi_gil_interval_ns(gil));",
               "(void)last, w->due = TGI_DEADLINE_NEVER;")],
       kill=["unit.thread.gil_policy:fair_lets_nobody_starve"])

mutant("fair-takes-the-turn",
       bug="with the policy fair a thread that a visitor asked in its turn waits for all others that "
           "compute",
       ref="own: gil_fair.c",
       file=FAIR,
       edits=[("        w->keeps_turn = w->since < w->thread->gil_turn_until;",
               "        w->keeps_turn = false;")],
       kill=["unit.thread.gil_policy:fair_gives_the_gil_back_to_who_was_asked_in_its_turn"])

mutant("fair-turn-never-ends",
       bug="with the policy fair a thread that visitors ask again and again keeps its turn although "
           "another that computes is due",
       ref="own: gil_fair.c",
       file=FAIR,
       edits=[("            if (other->due <= w->since)", "            if (false)")],
       kill=["unit.thread.gil_policy:fair_orders_the_queue_by_turns"])

mutant("visitor-not-woken",
       bug="a thread that gives way does not wake whom it left the GIL to",
       ref="own: gil.c G1",
       file=GIL,
       edits=[("    wake(t->gil_told);\n", "")],
       kill=["unit.thread.steps:giving_way_wakes_the_one_that_sleeps"])

mutant("ticks-forgotten",
       bug="with the policy ticks nobody counts polls after the GIL was turned on",
       ref="own: gil_ticks.c K3",
       file=SWITCH,
       edits=[("        tgi_gil_mark_ticking_locked(gil, rt); // K3 in gil_ticks.c\n", "")],
       kill=["unit.thread.gil_policy:ticks_costs_nothing_while_the_gil_is_off"])

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

mutant("named-request-taken-by-anybody",
       bug="a disable without a name takes back the request that protects a native module",
       ref="own: gil_ledger.c L3",
       file="runtime/thread/gil_ledger.c",
       edits=[("        if (ledger->entry[i].thread != 0)\n            return i;",
               "        if (ledger != NULL)\n            return i;")],
       kill=["unit.thread.gil_ledger:named_requests_are_taken_back_by_their_name_only"])

# -- the check itself -----------------------------------------------------------------------------

mutant("check-blind-to-a-second-thread",
       bug="the check of a running world does not see two threads under one GIL",
       ref="own: world_check.h W1",
       file="runtime/thread/world_check.c",
       edits=[("        if (atom_load_relaxed(&t->interp->gil->inside) != 1)",
               "        if (atom_load_relaxed(&t->interp->gil->inside) < 1)")],
       kill=["unit.thread.world_check:two_threads_under_one_gil_abort"])

mutant("check-blind-in-a-pause",
       bug="the check of a running world does not see a thread that runs in a pause",
       ref="own: world_check.h W2",
       file="runtime/thread/world_check.c",
       edits=[("    if (inside != (mine ? 1 : 0))", "    if (inside < (mine ? 1 : 0))")],
       kill=["unit.thread.world_check:running_in_a_pause_aborts"])
