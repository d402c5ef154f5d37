# SPDX-License-Identifier: MIT
"""bugs_engine.py - planted bugs in what carries the runs of the stress tester, and in what is said of
a run that does not end."""
from plan import mutant

PATIENCE = "runtime/stress/patience.c"
WATCHED = "unit.stress.patience:"

mutant("patience-ignores-beats",
       bug="a run that goes on is told of as one that stands still",
       ref="own: patience.c Method",
       file=PATIENCE,
       edits=[("!atom_load_relaxed(&p->active) || beats != last || p->stop)",
               "!atom_load_relaxed(&p->active) || p->stop)")],
       kill=[WATCHED + "a_run_that_goes_on_is_not_told_of"])

mutant("patience-tells-nobody",
       bug="a run that stands still is noticed, and nobody is told",
       ref="own: patience.c Method",
       file=PATIENCE,
       edits=[("        p->fn(p->arg, standing);\n", "        (void)p->fn;\n")],
       kill=[WATCHED + "a_run_that_waits_is_told_of"])

mutant("patience-computing-is-waiting",
       bug="a thread that computes has no more time than one that waits",
       ref="own: patience.c Method",
       file=PATIENCE,
       edits=[("    return silent >= (waits ? p->ns : p->ns * COMPUTING_FACTOR);\n",
               "    return silent >= p->ns;\n")],
       kill=[WATCHED + "a_run_that_computes_has_ten_times_as_long"])

mutant("patience-waiting-is-computing",
       bug="a thread that waits has as much time as one that computes",
       ref="own: patience.c Method",
       file=PATIENCE,
       edits=[("    return silent >= (waits ? p->ns : p->ns * COMPUTING_FACTOR);\n",
               "    return silent >= p->ns * COMPUTING_FACTOR;\n")],
       kill=[WATCHED + "a_run_that_waits_is_told_of"])

mutant("patience-interrupt-is-ignored",
       bug="Ctrl-C while a thread waits for something else is noticed as late as any stall",
       ref="own: patience.c is_due",
       file=PATIENCE,
       edits=[("    if (is_interrupted(p) && silent >= TGI_NS_PER_S)\n        return true;\n", "")],
       kill=[WATCHED + "an_interrupt_is_not_waited_for_so_long"])

mutant("patience-run-goes-on",
       bug="the thread of a run answers that it stands, and goes on while the stall is told",
       ref="own: patience.c P2",
       file=PATIENCE,
       edits=[("        while (atom_load_acquire(&p->hold) == request)\n"
               "            (void)poll(NULL, 0, 1);\n", "")],
       kill=[WATCHED + "a_run_stands_while_it_is_told_of"])

mutant("patience-outlives-the-run",
       bug="what comes between two runs counts as a run that stands still",
       ref="own: patience.c tgi_patience_end",
       file=PATIENCE,
       edits=[("    atom_store_relaxed(&p->active, false);\n", "    (void)p;\n")],
       kill=[WATCHED + "nobody_is_told_between_two_runs"])

mutant("patience-rests-for-ever",
       bug="after a fork nobody watches any more",
       ref="own: patience.c tgi_patience_rest",
       file=PATIENCE,
       edits=[("    p->watching = false;\n", "")],
       kill=[WATCHED + "who_has_rested_watches_the_next_run"])

mutant("stress-interrupt-waits-for-others",
       bug="Ctrl-C ends the main thread of a run, and the others are waited for",
       ref="own: engine.c E3",
       file="runtime/stress/engine.c",
       edits=[("    tgi_engine_kill(e); // no thread is waited for\n", "")],
       kill=["unit.api.stress_engine:an_interrupt_that_the_main_thread_takes_ends_all_threads"])

BATON = "runtime/stress/baton.c"
BATONS = "unit.stress.baton:"

mutant("baton-is-not-waited-for",
       bug="who has given the baton away goes on: two threads of a run run at a time",
       ref="own: baton.c Threads",
       file=BATON,
       edits=[("    while (sem_wait(&from->go) != 0)\n        ; // a signal\n", "    (void)from;\n")],
       kill=[BATONS + "whoever_is_given_the_baton_runs_and_nobody_else"])

mutant("baton-comes-by-signal",
       bug="a signal ends the wait for the baton",
       ref="own: baton.c B2",
       file=BATON,
       edits=[("    while (sem_wait(&from->go) != 0)\n        ; // a signal\n",
               "    (void)sem_wait(&from->go);\n")],
       kill=[BATONS + "a_signal_does_not_give_the_baton"])

mutant("baton-cannot-be-held",
       bug="the signal that holds a run that stands still is blocked in its threads",
       ref="own: baton.c B2",
       file=BATON,
       edits=[("    sigdelset(&all, SIGURG); // B2\n", "")],
       kill=[BATONS + "signals_go_to_the_first_thread_but_the_one_that_holds_a_run"])

mutant("baton-leaves-signals-blocked",
       bug="who starts a thread takes no signals any more",
       ref="own: baton.c B2",
       file=BATON,
       edits=[("    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);\n", "")],
       kill=[BATONS + "signals_go_to_the_first_thread_but_the_one_that_holds_a_run"])

mutant("baton-is-not-joined",
       bug="a thread that has ended may still be there when its baton is used again, or at a fork",
       ref="own: baton.c B1",
       file=BATON,
       edits=[("        (void)pthread_join(b->thread, NULL);\n",
               "        (void)pthread_detach(b->thread);\n")],
       kill=[BATONS + "one_that_has_ended_is_gone_before_it_begins_anew"])

RACE = "runtime/stress/race.c"
RACES = "unit.stress.race:"

mutant("races-dead-lock-orders",
       bug="a lock at the address of a dead one orders its holder after those of the dead one",
       ref="own: race.h tgi_races_gone",
       file=RACE,
       edits=[("    *(sync *)e->data = (sync){0};\n", "")],
       kill=[RACES + "lock_at_the_address_of_a_dead_one_is_another_one"])

mutant("races-dead-lock-is-held",
       bug="a lock that died while it was held is held for ever",
       ref="own: race.h tgi_races_gone",
       file=RACE,
       edits=[("        (void)drop_held(&r->tasks.data[i], e->data);\n", "        (void)i;\n")],
       kill=[RACES + "lock_that_dies_is_held_by_nobody"])

mutant("races-dead-lock-has-a-number",
       bug="locks that never were at the same time are said to be taken in two orders",
       ref="own: race.h tgi_races_gone",
       file=RACE,
       edits=[("    *(sync *)e->data = (sync){0};\n",
               "    *(sync *)e->data = (sync){.serial = ((sync *)e->data)->serial};\n")],
       kill=[RACES + "locks_that_never_were_at_the_same_time_make_no_ring"])

ANCHOR = "runtime/stress/anchor.c"
ANCHORS = "unit.stress.anchor:"
RUNS = "unit.api.stress:"

mutant("anchor-comment-is-text",
       bug="a line that was given a comment is not known again",
       ref="own: anchor.h Note [anchors]",
       file=ANCHOR,
       edits=[("        if (quote == '\\0' && c == '#')\n            break;\n", "")],
       kill=[ANCHORS + "a_line_is_known_by_its_text"])

mutant("anchor-text-ends-in-quotes",
       bug="a text with a # in it is a comment from there: lines that differ behind it are one",
       ref="own: anchor.h Note [anchors]",
       file=ANCHOR,
       edits=[("        if (quote == '\\0' && c == '#')\n", "        if (c == '#')\n")],
       kill=[ANCHORS + "what_is_in_quotes_is_no_comment"])

mutant("anchor-shape-has-names",
       bug="a line whose names were changed is not known by its shape",
       ref="own: anchor.h Note [anchors]",
       file=ANCHOR,
       edits=[("name ? 'n' : (unsigned char)c);", "(unsigned char)c);")],
       kill=[ANCHORS + "a_line_with_other_names_is_known_by_its_shape"])

mutant("anchor-backslash-is-plain",
       bug="a quote behind a backslash ends a text: what follows is taken for a comment",
       ref="own: anchor.h Note [anchors]",
       file=ANCHOR,
       edits=[("            plain = i + 2;\n", "            plain = i;\n")],
       kill=[ANCHORS + "a_quote_behind_a_backslash_ends_nothing"])

mutant("anchor-text-ends-with-its-line",
       bug="what is in a text of several lines is read as code: comments are cut off in it",
       ref="own: anchor.h Note [anchors]",
       file=ANCHOR,
       edits=[("        begin = read_line(&line, begin);\n",
               "        begin = read_line(&line, BEGINS_CODE);\n")],
       kill=[ANCHORS + "text_of_several_lines_is_no_code"])

mutant("anchor-two-quotes-begin-a-text",
       bug="an empty text is taken for the beginning of one of several lines",
       ref="own: anchor.h Note [anchors]",
       file=ANCHOR,
       edits=[("&& s[i + 1] == s[i] && s[i + 2] == s[i];", "&& s[i + 1] == s[i];")],
       kill=[ANCHORS + "text_of_several_lines_is_no_code"])

mutant("anchor-entry-is-a-line",
       bug="the entry of a function is not known again when its first line is another one",
       ref="own: anchor.h Note [anchors]",
       file=ANCHOR,
       edits=[("        (self->op.kind != TGI_OPK_POLL || self->op.slot != TGI_POLL_ENTRY))\n",
               "        (self->op.kind != TGI_OPK_POLL || self->op.slot <= TGI_POLL_ENTRY))\n")],
       kill=[RUNS + "anchor_at_the_entry_of_a_function_does_not_ask_for_its_first_line"])

mutant("anchor-counts-go-on",
       bug="how often a place was come to counts what earlier runs did",
       ref="own: anchor.h tgi_anchors_begin",
       file=ANCHOR,
       edits=[("    memset(a->counts, 0, COUNTS * sizeof *a->counts);\n", "")],
       kill=[RUNS + "anchors_lead_through_a_changed_script"])

mutant("follow-first-decision-only",
       bug="of the decisions at the points of one thread only the first is followed",
       ref="own: follow.c",
       file="runtime/stress/follow.c",
       edits=[("    while (*next != 0 && e->forced->data[*next - 1].arrival < self->arrivals)\n"
               "        *next = e->forced_link.data[*next - 1];\n", "")],
       kill=[RUNS + "a_schedule_that_is_followed_is_the_same_schedule"])

mutant("livelock-old-news",
       bug="what others did while a loop went round counts as seen: a loop that would end waits",
       ref="own: engine.h Note [spin]",
       file="runtime/stress/engine.c",
       edits=[(".expected = last.seen});", ".expected = self->engine->effects});")],
       kill=[RUNS + "loops_that_end_are_no_livelock"])

mutant("livelock-lock-is-no-news",
       bug="a lock that is given back does not let a loop go on that has found it taken",
       ref="own: control_probe.c Note [round]",
       file="runtime/stress/waiting.c",
       edits=[("    t->task->engine->lock_altered++;\n", "")],
       kill=[RUNS + "loops_that_end_are_no_livelock"])

mutant("livelock-of-who-counts",
       bug="a loop that calls functions and changes a register only is said to wait",
       ref="own: control_probe.c Note [round]",
       file="runtime/core/vm/control_probe.c",
       edits=[("p->held != self->held.count || !are_same(t, p)) {",
               "p->held != self->held.count || (!are_same(t, p) && p->neutral > 9)) {")],
       kill=[RUNS + "loops_that_end_are_no_livelock"])

mutant("livelock-is-not-noticed",
       bug="a loop that has found a lock taken goes round until the run has too many steps",
       ref="own: control_probe.c Note [round]",
       file="runtime/stress/waiting.c",
       edits=[(": task->engine->altered + task->engine->lock_altered);", ": op->expected + 1);")],
       kill=[RUNS + "loops_that_nobody_ends_are_a_livelock"])

GONE = "runtime/stress/strategy_search.c"
INSIDE = "unit.api.stress_runs:"
TELLS = "unit.stress.strategy_search:"

mutant("stress-dead-lock-orders",
       bug="the search for races is not told of locks that die: the next one there orders threads",
       ref="own: engine.h tgi_engine_gone",
       file=GONE,
       edits=[("    if (e->racing)\n        tgi_races_gone(e->races, where);\n", "")],
       kill=[TELLS + "search_for_races_is_told_of_a_lock_that_dies"])

mutant("stress-dead-lock-is-shared",
       bug="locks of two threads, one where the other one was, count as one that both use",
       ref="own: engine.h tgi_engine_gone",
       file=GONE,
       edits=[("    if (e->sharing.learning)\n        tgi_sharing_forget(&e->sharing, where, 0);\n", "")],
       kill=[TELLS + "learning_run_is_told_of_a_lock_that_dies"])

mutant("stress-dead-lock-is-dependent",
       bug="dpor is not told of locks that die: it tries both orders of steps with different locks",
       ref="own: engine.h tgi_engine_gone",
       file=GONE,
       edits=[("    if (e->searching)\n        tgi_search_forget(e->search, where);\n", "")],
       kill=[TELLS + "search_is_told_of_a_lock_that_dies"])

mutant("stress-dead-lock-in-the-trace",
       bug="in a trace, locks at the same address are one, whether or not it has died in between",
       ref="own: steps.c ST2",
       file=GONE,
       edits=[("    if (e->tracing)\n        tgi_engine_forget_object(e, where);\n", "")],
       kill=[TELLS + "trace_is_told_of_a_lock_that_dies"])

LOCK = "runtime/modules/thread_lock.c"

mutant("stress-lock-dies-untold",
       bug="a lock that dies tells nobody",
       ref="own: search.h Note [birth]",
       file=LOCK,
       edits=[("    tg_stress_lock_gone(t, &((lock_data *)data)->lock);\n", "    (void)t, (void)data;\n")],
       kill=[INSIDE + "lock_that_has_died_has_another_number_in_the_trace"])

mutant("stress-rlock-dies-untold",
       bug="an RLock that dies tells nobody",
       ref="own: search.h Note [birth]",
       file=LOCK,
       edits=[("    tg_stress_lock_gone(t, &((rlock_data *)data)->lock);\n", "    (void)t, (void)data;\n")],
       kill=[INSIDE + "lock_that_has_died_has_another_number_in_the_trace"])

FOLLOW = "runtime/stress/follow.c"

mutant("follow-links-backwards",
       bug="the decisions of a thread are linked from the last to the first: only that one is met",
       ref="own: follow.c",
       file=FOLLOW,
       edits=[("    for (size_t i = n; i-- > 0;) {\n", "    for (size_t i = 0; i < n; i++) {\n")],
       kill=[RUNS + "a_schedule_that_is_followed_is_the_same_schedule"])

mutant("follow-absent-is-the-first",
       bug="where a schedule names a thread that is not there, another one than usual goes on",
       ref="own: follow.c",
       file=FOLLOW,
       edits=[("    return otherwise; // that task is not there", "    return n - 1; // that task is not there")],
       kill=[INSIDE + "a_decision_for_a_thread_that_is_not_there_is_the_default_order"])

mutant("follow-absent-stays",
       bug="a decision for a thread that is not there keeps later ones from being followed",
       ref="own: follow.c",
       file=FOLLOW,
       edits=[("arrival < self->arrivals)\n",
               "arrival < self->arrivals &&\n"
               "           e->forced->data[*next - 1].to < e->tasks.count)\n")],
       kill=[INSIDE + "decisions_behind_one_for_a_thread_that_is_not_there_are_followed"])

mutant("follow-threads-without-decisions",
       bug="what a schedule says of a thread that it does not name is read beyond its end",
       ref="own: follow.c",
       file=FOLLOW,
       edits=[("    if (self->index >= e->forced_next.count)\n        return otherwise;\n", "")],
       kill=[INSIDE + "a_decision_for_a_thread_that_is_not_there_is_the_default_order"])

mutant("livelock-variables-are-no-progress",
       bug="a loop that comes round with other variables is said to wait",
       ref="own: engine.h Note [spin]",
       file="runtime/stress/engine.c",
       edits=[(" || last.registers != now->registers ||", " ||")],
       kill=[INSIDE + "a_loop_that_changes_variables_only_goes_on"])

FAILURE = "runtime/stress/failure.c"
CIRCLES = "        if (at->checked != at->arrivals || at->op.deadline != TGI_DEADLINE_NEVER)\n"

mutant("circles-of-a-moment",
       bug="threads that wait for each other are a deadlock although somebody may yet let one go on",
       ref="own: failure.c tgi_engine_check_circles",
       file=FAILURE,
       edits=[(CIRCLES, "        if (at->op.deadline != TGI_DEADLINE_NEVER)\n")],
       kill=[INSIDE + "a_circle_that_somebody_opens_is_no_deadlock"])

mutant("circles-as-old-as-the-first-one",
       bug="a circle counts as soon as one of the threads in it has waited for long",
       ref="own: failure.c tgi_engine_check_circles",
       file=FAILURE,
       edits=[(CIRCLES, "        if ((i == 0 && at->checked != at->arrivals) ||\n"
                        "            at->op.deadline != TGI_DEADLINE_NEVER)\n")],
       kill=[INSIDE + "a_circle_is_as_old_as_the_last_one_in_it"])

mutant("fair-never",
       bug="a thread that is kept back by a strategy lets another one go round until the run fails",
       ref="own: engine.c Note [fair]",
       file="runtime/stress/engine.c",
       edits=[("        by = &tgi_strategy_random;\n", "        by = e->strategy;\n")],
       kill=[INSIDE + "loop_that_waits_for_a_thread_that_is_kept_back_ends"])

mutant("circles-with-a-timeout",
       bug="a thread whose wait will end by itself counts as one that never goes on",
       ref="own: failure.c tgi_engine_check_circles",
       file=FAILURE,
       edits=[(CIRCLES, "        if (at->checked != at->arrivals)\n")],
       kill=[INSIDE + "a_circle_with_a_timeout_in_it_is_no_deadlock"])

mutant("circles-of-one",
       bug="a thread that waits for another one to give its lock back is said to wait for ever",
       ref="own: failure.c tgi_engine_check_circles",
       file=FAILURE,
       edits=[("            return i > 0;\n", "            return true;\n")],
       kill=[INSIDE + "a_lock_that_is_taken_twice_may_be_given_back_by_another_thread"])

mutant("circles-of-locks-only",
       bug="threads that wait for each other's end are not found while others go on",
       ref="own: failure.c waits_for",
       file=FAILURE,
       edits=[("        if (e->tasks.data[i]->handle == task->op.where)\n",
               "        if (e->tasks.data[i]->handle == task->op.where && task->held.count > 0)\n")],
       kill=[INSIDE + "threads_that_wait_for_each_other_are_found_while_another_goes_on"])

mutant("circles-are-not-looked-for",
       bug="nobody remembers who stood where: no circle has ever lasted",
       ref="own: failure.c tgi_engine_check_circles",
       file=FAILURE,
       edits=[("        e->tasks.data[i]->checked = e->tasks.data[i]->arrivals;\n",
               "        e->tasks.data[i]->checked = 0;\n")],
       kill=[INSIDE + "threads_that_wait_for_each_other_are_found_while_another_goes_on"])
