# SPDX-License-Identifier: MIT
"""bugs_pauses.py - planted bugs in stopping and restarting the world."""
from plan import mutant

STW = "runtime/thread/stw.c"
STATE = "runtime/thread/state.c"
RANK = "runtime/sync/rank.c"

mutant("exit-not-counted",
       bug="a thread that ends while a pause waits for it is waited for for ever",
       ref="gh-111964",
       file=STW,
       edits=[("void tgi_stw_forget_locked(tg_thread *t)\n{\n    if (t->counted != NULL)\n",
               "void tgi_stw_forget_locked(tg_thread *t)\n{\n    if (t == NULL)\n")],
       kill=["unit.thread.steps_world:thread_that_ends_while_a_pause_waits_for_it_is_counted"])

mutant("stopped-but-not-suspended",
       bug="a thread that stopped for a pause is left detached: it can attach in the pause",
       ref="gh-116396",
       file=STW,
       edits=[("        if (!atom_cas_strong_seq_cst(&t->state, &seen, TGI_SUSPENDED))\n"
               "            TGI_INVARIANT(seen == TGI_SUSPENDED);\n        count_down_locked(t);",
               "        (void)seen;\n        count_down_locked(t);")],
       kill=["unit.thread.stw:nobody_runs_in_a_pause_without_gil"])

mutant("requester-detaches",
       bug="the thread that stops the world detaches while it waits for the others",
       ref="gh-118332",
       file=STW,
       edits=[("        if (tgi_event_wait_flags(&stw->all_stopped, alarm, 0) != TG_OK) {",
               "        if (tgi_event_wait_flags(&stw->all_stopped, alarm, TGI_PARK_DETACH) != TG_OK) {")],
       kill=["unit.thread.steps_world:requester_stays_attached_while_it_waits"])

mutant("lock-waited-for-in-a-pause",
       bug="in a pause a lock is waited for that may belong to a thread that is stopped",
       ref="gh-144513",
       file=STW,
       edits=[("    tgi_rank_set_paused(true);\n", "")],
       kill=["unit.thread.steps_world:lock_that_detaches_is_not_waited_for_in_a_pause"])

mutant("rank-blind-in-a-pause",
       bug="the check of lock ranks does not know about pauses",
       ref="gh-133130",
       file=RANK,
       edits=[("    if (paused && rank < TGI_RANK_LEAF)\n", "    if (depth > DEPTH && paused)\n")],
       kill=["unit.sync.rank:in_a_pause_only_leaf_locks_may_be_waited_for"])

mutant("pause-locks-swapped",
       bug="a pause of one interpreter takes its own lock before the one that global pauses take",
       ref="gh-137433",
       file=STW,
       edits=[("    tgi_rank_enter(TGI_RANK_PAUSE_GLOBAL, &rt->pause_lock);\n    if (stw->global)\n",
               "    tgi_rank_enter(TGI_RANK_PAUSE, &stw->lock);\n"
               "    tgi_mutex_lock_detach(&stw->lock);\n"
               "    tgi_rank_enter(TGI_RANK_PAUSE_GLOBAL, &rt->pause_lock);\n    if (stw->global)\n"),
              ("        tgi_rwlock_read_lock(&rt->pause_lock, TGI_PARK_DETACH);\n"
               "    tgi_rank_enter(TGI_RANK_PAUSE, &stw->lock);\n"
               "    tgi_mutex_lock_detach(&stw->lock);\n",
               "        tgi_rwlock_read_lock(&rt->pause_lock, TGI_PARK_DETACH);\n")],
       kill=["unit.thread.stw:many_requesters_take_turns"])

mutant("pauses-overlap",
       bug="a global pause does not keep out pauses of one interpreter",
       ref="own: stw.c S4",
       file=STW,
       edits=[("        tgi_rwlock_write_lock(&rt->pause_lock, TGI_PARK_DETACH);",
               "        tgi_rwlock_read_lock(&rt->pause_lock, TGI_PARK_DETACH);"),
              ("        tgi_rwlock_write_unlock(&rt->pause_lock);",
               "        tgi_rwlock_read_unlock(&rt->pause_lock);")],
       kill=["unit.thread.stw:many_requesters_take_turns x3"])

mutant("global-pause-of-one-interpreter",
       bug="a global pause stops one interpreter only",
       ref="own: stw.c S2",
       file=STW,
       edits=[("    return stw->global || t->interp == stw->interp;",
               "    return t->interp == (stw->global ? t->runtime->main_interp : stw->interp);")],
       kill=["unit.thread.steps_world:pause_of_one_interpreter_leaves_the_others_alone"])

mutant("born-running",
       bug="a thread that is born in a pause runs in it",
       ref="own: stw.c S2",
       file=STW,
       edits=[("    if (!tgi_stw_requested_locked(t))\n        return;\n    tgi_breaker_set",
               "    if (t != NULL)\n        return;\n    tgi_breaker_set")],
       kill=["unit.thread.stw:thread_born_in_a_pause_is_born_suspended"])

mutant("no-turn-between-pauses",
       bug="a thread that waits in attach is suspended again before it ran: it starves",
       ref="gh-151518",
       file=STW,
       edits=[("    bool turn = waiting && (t->holds_gil || !tgi_gil_is_enabled(t)); // Note [attach-turn]",
               "    bool turn = waiting && false;")],
       kill=["unit.thread.steps_world:thread_that_waits_in_attach_is_let_in_by_the_restart x20"])

mutant("stop-request-left-behind",
       bug="a restarted thread still sees the request to stop",
       ref="own: stw.c S3",
       file=STW,
       edits=[("        tgi_breaker_clear(t, TGI_BRK_STOP); // S3\n", "")],
       kill=["unit.thread.steps_world:pause_leaves_no_request_behind"])

mutant("all-stopped-too-early",
       bug="the pause begins when all threads but one have stopped",
       ref="own: stw.c S1",
       file=STW,
       edits=[("    if (--stw->waiting_for == 0)\n", "    if (--stw->waiting_for <= 1)\n")],
       kill=["unit.thread.stw:nobody_runs_in_a_pause_without_gil",
             "unit.thread.stw:many_requesters_take_turns"])

mutant("all-stopped-not-reset",
       bug="the second pause finds the event of the first one still set",
       ref="own: stw.c S1",
       file=STW,
       edits=[("    stw->waiting_for = 0;\n    tgi_event_reset(&stw->all_stopped);\n    for",
               "    stw->waiting_for = 0;\n    for")],
       kill=["unit.thread.stw:nobody_runs_in_a_pause_without_gil"])

mutant("looks-before-it-leaves",
       bug="a detaching thread looks for a pause and then stores its state: the pause misses it",
       ref="own: stw.c Note [stop-countdown]",
       file=STATE,
       edits=[("static void leave_attached(tg_thread *t)\n{\n",
               "static void leave_attached(tg_thread *t)\n{\n"
               "    bool stop = (atom_load_seq_cst(&t->breaker) & TGI_BRK_STOP) != 0;\n"),
              ("    if (TGI_UNLIKELY((asked & TGI_BRK_STOP) != 0))\n"
               "        tgi_stw_note_detached(t);",
               "    if (stop)\n        tgi_stw_note_detached(t);")],
       kill=["unit.thread.steps_world:pause_sees_a_thread_that_is_just_leaving"])

mutant("held-thread-freed-by-a-pause",
       bug="the end of a pause lets a thread attach whose queue another thread is merging",
       ref="own: state.h tgi_thread_hold_detached",
       file=STW,
       edits=[(" == TGI_SUSPENDED && t->holds == 0)", " == TGI_SUSPENDED)")],
       kill=["unit.thread.state:held_thread_cannot_attach_until_it_is_let_go"])

mutant("pause-freed-by-a-hold",
       bug="the end of a hold lets a thread attach in a pause",
       ref="own: state.h tgi_thread_hold_detached",
       file=STATE,
       edits=[("    if (held->holds == 0 && !tgi_stw_requested_locked(held))\n",
               "    if (held->holds == 0)\n")],
       kill=["unit.thread.state:held_thread_cannot_attach_until_it_is_let_go"])
