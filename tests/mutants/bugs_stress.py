# SPDX-License-Identifier: MIT
"""bugs_stress.py - planted bugs in the stress tester: what orders two accesses, and who counts."""
from plan import mutant

RACE = "runtime/stress/race.c"
CELL = "runtime/stress/race_cell.c"
CLOCK = "runtime/stress/vclock.c"
ORDER = "runtime/stress/lock_order.c"
GRAPH = "unit.stress.race:first_races_of_random_traces_are_those_of_the_graph"

mutant("races-join-orders-nothing",
       bug="what a thread did is not ordered before the join of it",
       ref="own: race.h Note [order]",
       file=RACE,
       edits=[("            join(r, &r->tasks.data[task].now, &r->tasks.data[i].now);\n", "")],
       kill=["unit.stress.race:join_orders_what_a_task_did"])

mutant("races-start-orders-nothing",
       bug="what was done before a thread was started is not ordered before it",
       ref="own: race.h Note [order]",
       file=RACE,
       edits=[("        join(r, &t->now, &p->now);\n", "")],
       kill=["unit.stress.race:start_orders_what_was_done_before_it_and_nothing_after"])

mutant("races-release-orders-nothing",
       bug="a lock that is given back does not remember by whom",
       ref="own: race.h Note [order]",
       file=RACE,
       edits=[("    join(r, &s->clock, &t->now);\n    tick(r, &t->now, task);\n    t->section++;\n"
               "    // Any thread",
               "    tick(r, &t->now, task);\n    t->section++;\n    // Any thread")],
       kill=["unit.stress.race:lock_orders_one_holder_before_the_next"])

mutant("races-acquire-orders-nothing",
       bug="who takes a lock is not ordered after the one who gave it back",
       ref="own: race.h Note [order]",
       file=RACE,
       edits=[("    join(r, &t->now, &s->clock);\n    note_edges(", "    note_edges(")],
       kill=["unit.stress.race:lock_orders_one_holder_before_the_next"])

mutant("races-time-stands-still",
       bug="what follows a release has the time of what came before it: it looks ordered, too",
       ref="own: race.c R3",
       file=RACE,
       edits=[("    tick(r, &t->now, task);\n    t->section++;\n    // Any thread",
               "    t->section++;\n    // Any thread")],
       kill=["unit.stress.race:what_follows_a_release_is_not_ordered_by_it"])

mutant("races-started-time-stands-still",
       bug="what a thread does after it has started another one looks ordered before that one",
       ref="own: race.c R3",
       file=RACE,
       edits=[("        tick(r, &p->now, parent);\n", "")],
       kill=["unit.stress.race:start_orders_what_was_done_before_it_and_nothing_after"])

mutant("races-library-locks-order",
       bug="locks inside of the library order threads: programs that share a queue look sound",
       ref="own: race.h Note [order]",
       file=RACE,
       edits=[("        s->internal = internal;\n", "        s->internal = false;\n")],
       kill=["unit.stress.race:lock_of_the_library_orders_nothing"])

mutant("races-second-reader-forgotten",
       bug="of two reads without order only the later one is kept",
       ref="own: race_cell.c RC1",
       file=CELL,
       edits=[("        if (c->read.epoch == 0 || tgi_epoch_is_before(c->read.epoch, now)) {\n",
               "        if (c->read.epoch == 0 || now != NULL) {\n")],
       kill=["unit.stress.race:all_of_several_readers_count"])

mutant("races-first-reader-lost",
       bug="when a second reader comes the first one is not carried over",
       ref="own: race_cell.c RC1",
       file=CELL,
       edits=[("        *e = c->read;\n", "        (void)e;\n")],
       kill=["unit.stress.race:all_of_several_readers_count"])

mutant("races-readers-not-checked",
       bug="a write is compared with the last write only once there were several readers",
       ref="own: race_cell.c RC1",
       file=CELL,
       edits=[("            check(&c->readers[i], false, now, found, arg);\n",
               "            (void)i;\n")],
       kill=["unit.stress.race:all_of_several_readers_count"])

mutant("races-reads-not-checked-against-writes",
       bug="a read is not compared with the last write",
       ref="own: race_cell.c RC1",
       file=CELL,
       edits=[("        return true;\n    check(&c->write, true, now, found, arg);\n",
               "        return true;\n")],
       kill=[GRAPH])

mutant("races-clocks-are-copied",
       bug="a clock that meets another one takes it over instead of the larger entries",
       ref="own: vclock.h tgi_vclock_join",
       file=CLOCK,
       edits=[("        if (other->at[i] > c->at[i])\n", "")],
       kill=[GRAPH])

mutant("rings-through-a-gate",
       bug="a lock that both threads hold does not keep them from waiting for each other",
       ref="own: lock_order.c",
       file=ORDER,
       edits=[("a->task != b->task && !have_gate(a, b) &&", "a->task != b->task &&")],
       kill=["unit.stress.lock_order:a_gate_lets_one_in_at_a_time"])

mutant("rings-of-one-thread",
       bug="a thread that takes two locks in both orders is said to wait for itself",
       ref="own: lock_order.c",
       file=ORDER,
       edits=[("    return a->task != b->task && !have", "    return !have")],
       kill=["unit.stress.lock_order:a_thread_does_not_meet_itself"])

mutant("rings-across-a-join",
       bug="threads that never run at the same time are said to wait for each other",
       ref="own: lock_order.c",
       file=ORDER,
       edits=[("!tgi_epoch_is_before(a->epoch, &b->now) &&", "true &&")],
       kill=["unit.stress.lock_order:what_join_orders_does_not_meet"])

SEARCH = "runtime/stress/search.c"
BOUNDS = "unit.stress.search:every_schedule_within_the_bound_is_tried_once"

mutant("search-bound-off-by-one",
       bug="the last preemption that a bound allows is not made",
       ref="own: search.c SE2",
       file=SEARCH,
       edits=[("cost(s, n) <= (uint32_t)s->bound)", "cost(s, n) < (uint32_t)s->bound)")],
       kill=[BOUNDS])

mutant("search-delays-of-one",
       bug="whoever passes over several threads pays for one",
       ref="own: search.c SE2",
       file=SEARCH,
       edits=[("        return n->tried;\n    return n->stays", "        return n->tried > 0;\n    return n->stays")],
       kill=["unit.stress.search:every_schedule_within_so_many_delays_is_tried_once"])

mutant("search-free-choice-costs",
       bug="a switch away from a thread that has to wait counts as a preemption",
       ref="own: search.c SE2",
       file=SEARCH,
       edits=[("    return n->stays && s->tasks", "    return s->tasks")],
       kill=[BOUNDS])

mutant("search-complete-too-early",
       bug="what the bound leaves out is forgotten: everything is said to be tried",
       ref="own: search.c SE2",
       file=SEARCH,
       edits=[("            s->cut = true;\n", "")],
       kill=[BOUNDS])

mutant("search-last-choice-forgotten",
       bug="the last of those who can go on is never tried",
       ref="own: search.c SE1",
       file=SEARCH,
       edits=[("        while (++n->tried < n->count) {", "        while (++n->tried + 1 < n->count) {")],
       kill=["unit.stress.search:number_of_interleavings_is_a_binomial_coefficient"])

mutant("search-other-run-not-noticed",
       bug="who can go on is not compared with the run before",
       ref="own: search.c SE3",
       file=SEARCH,
       edits=[("    s->diverged = true;\n", "")],
       kill=["unit.stress.search:run_that_is_not_what_it_was_takes_the_claim_away"])

SHARD = "runtime/cli/stress/shard.c"
SHARDS = "unit.cli.stress_shards:"

mutant("stress-shard-left-out",
       bug="the last shard does what the first one does: its own runs are left out",
       ref="own: shard.h Note [blocks]",
       file=SHARD,
       edits=[("shard->count > 0 ? shard->index - 1 : 0;",
               "shard->count > 0 ? shard->index % shard->count : 0;"),
              ("    return (first + k * count) * TG_STRESS_BLOCK;\n",
               "    first = first > 0 ? first - 1 : 0;\n"
               "    return (first + k * count) * TG_STRESS_BLOCK;\n")],
       kill=[SHARDS + "every_run_belongs_to_one_shard"])

mutant("stress-shard-run-twice",
       bug="a shard goes on with the blocks of its neighbour",
       ref="own: shard.h Note [blocks]",
       file=SHARD,
       edits=[("    return (first + k * count) * TG_STRESS_BLOCK;\n",
               "    return (first + k * count - (k > 3)) * TG_STRESS_BLOCK;\n")],
       kill=[SHARDS + "every_run_belongs_to_one_shard"])

mutant("stress-merge-forgets-a-failure",
       bug="a failure that is the second of its kind hides the next kind",
       ref="own: sums.c SU1",
       file="runtime/cli/stress/sums.c",
       edits=[("        if (known->signature == f->signature) {\n",
               "        if (known->signature == f->signature || session->failures.count == 2) {\n")],
       kill=[SHARDS + "failures_of_the_same_kind_are_counted_together_and_others_are_kept"])

mutant("stress-merge-last-race",
       bug="of a race that several machines have seen, the last run is shown, not the first",
       ref="own: seen.c SE1",
       file="runtime/cli/stress/seen.c",
       edits=[("one->shown < known->shown)", "one->shown > known->shown)")],
       kill=[SHARDS + "what_was_seen_of_a_race_is_the_same_in_any_order"])

DPOR = "runtime/stress/search_dpor.c"
CLASSES = "unit.stress.search:every_class_of_schedules_is_tried_once"

mutant("dpor-sleeper-never-wakes",
       bug="a task whose step was tried sleeps on when a step comes that is dependent on its own",
       ref="own: search_dpor.c Note [dpor]",
       file=DPOR,
       edits=[("            if (wakes) {\n", "            if (wakes && c.touches > 9) {\n")],
       kill=[CLASSES])

mutant("dpor-nobody-sleeps",
       bug="what was tried at a decision is tried again after steps that are independent of it",
       ref="own: search_dpor.c Note [dpor]",
       file=DPOR,
       edits=[("            if (wakes) {\n", "            if (wakes || c.touches > 0) {\n")],
       kill=[CLASSES])

mutant("dpor-other-order-forgotten",
       bug="two steps race, and nobody is wanted who begins the other order",
       ref="own: search_dpor.c DP3",
       file=DPOR,
       edits=[("        found->flags |= WANTED;\n", "        (void)found;\n")],
       kill=[CLASSES])

mutant("dpor-blocked-step-forgotten",
       bug="what a task would have done that waits at the end of a run races with nothing: deadlocks "
           "are not found",
       ref="own: search_dpor.c tgi_search_pending",
       file=DPOR,
       edits=[("    if (s->kind != TGI_SEARCH_DPOR)\n        return;\n    close_event(s);\n",
               "    if (s->kind == TGI_SEARCH_DPOR)\n        return;\n    close_event(s);\n")],
       kill=[CLASSES])

mutant("dpor-new-things-are-known",
       bug="a thing that a sleeping task met for the first time is compared by its number in another "
           "run",
       ref="own: search_dpor.c Note [dpor]",
       file=DPOR,
       edits=[("a[i].thing <= base ? a[i].thing == b[k].thing : b[k].thing > base;",
               "base != UINT32_MAX && a[i].thing == b[k].thing;")],
       kill=[CLASSES])

mutant("dpor-dead-things-have-numbers",
       bug="what comes to be at the address of something that died counts as the same thing",
       ref="own: search.h Note [birth]",
       file=DPOR,
       edits=[("    if (t->run == d->run)\n        t->number = ANYTHING;\n",
               "    (void)t;\n")],
       kill=["unit.stress.search:what_comes_to_be_where_something_died_is_another_thing"])

mutant("profile-forgets-who-is-alone",
       bug="what a task does after all others have ended is no step before it: walks are not uniform",
       ref="own: profile.h Note [profile]",
       file="runtime/stress/profile.c",
       edits=[("e->tasks.count - e->joined > 1 &&", "e->tasks.count - e->ended > 1 &&")],
       kill=["unit.stress.strategy:surw_counts_steps_of_a_task_that_is_left_alone"])

SURW = "runtime/stress/strategy_surw.c"
PROFILE = "runtime/stress/profile.c"
WALKS = "unit.stress.strategy:"

mutant("surw-keeps-its-turn",
       bug="the task that is to do the next step at the location stays the same until it ends",
       ref="own: strategy_surw.c SU1",
       file=SURW,
       edits=[("e->intended == self && (done || self->ended))",
               "e->intended == self && done && self->ended)")],
       kill=[WALKS + "surw_gives_every_order_at_a_location_the_same_chance"])

mutant("surw-parent-keeps-its-turn",
       bug="a thread that is started has no share in the turn of the one that starts it",
       ref="own: strategy_surw.c",
       file=SURW,
       edits=[("        e->intended = task;\n", "        return;\n")],
       kill=[WALKS + "surw_counts_steps_of_tasks_that_are_not_started_yet"])

mutant("profile-descendants-do-nothing",
       bug="what a thread has before it leaves out the threads that it will start",
       ref="own: profile.h Note [profile]",
       file=PROFILE,
       edits=[("        p->tasks.data[p->tasks.data[i].parent].all += p->tasks.data[i].all;\n", "")],
       kill=[WALKS + "urw_gives_every_schedule_the_same_chance"])

mutant("profile-start-is-no-step",
       bug="the start of a thread is not counted among its steps",
       ref="own: profile.h Note [profile]",
       file=PROFILE,
       edits=[("p->tasks.data[i].steps + 1u;", "p->tasks.data[i].steps;")],
       kill=[WALKS + "urw_gives_every_schedule_the_same_chance"])

mutant("profile-places-stay-alone",
       bug="places that meet at one location are not seen to belong together",
       ref="own: sharing.c S3",
       file="runtime/stress/sharing.c",
       edits=[("    s->places.data[a > b ? a : b].group = a > b ? b : a;\n", "    (void)a, (void)b;\n")],
       kill=[WALKS + "surw_knows_which_steps_are_at_one_location"])

mutant("surw-picks-what-a-lock-guards",
       bug="runs are spent on the order of steps that the order of a lock's acquisitions decides",
       ref="own: profile.h Note [profile]",
       file=PROFILE,
       edits=[("        if (tasks < 2 || (g < of_groups->count && of_groups->data[g].still != 0))\n",
               "        if (tasks < 2)\n")],
       kill=[WALKS + "surw_does_not_pick_what_a_lock_guards_whole"])

mutant("surw-guarded-once-is-guarded",
       bug="a step without the lock is not noticed, and the order of the steps is never picked",
       ref="own: profile.h Note [profile]",
       file=PROFILE,
       edits=[("            at->still &= ~(UINT32_C(1) << (i - at->first));\n", "            (void)at;\n")],
       kill=[WALKS + "surw_does_not_pick_what_a_lock_guards_whole"])

mutant("pct-changes-where-others-could-go-on",
       bug="priorities change only where another thread could go on: not within a lock it waits for",
       ref="Burckhardt et al. 2010",
       file="runtime/stress/strategy_pct.c",
       edits=[("    if (done)\n        lower(e, self, e->counted);\n", "    (void)e, (void)self, (void)done;\n"),
              ("    if (!e->sharing.learning)\n        return best;\n", "")],
       kill=[WALKS + "pct_lowers_a_task_while_the_others_wait_for_its_lock"])

RUNS = "unit.api.stress:"
DEPTHS = RUNS + "a_run_of_pct_says_how_deep_it_looks"

mutant("pct-says-more-than-it-does",
       bug="a run counts for bugs that need one ordering more than it has changes for",
       ref="own: strategy_pct.c",
       file="runtime/stress/strategy_pct.c",
       edits=[(": e->change_count + 1;\n", ": e->change_count + 2;\n")],
       kill=[DEPTHS])

mutant("pct-depth-of-another-run",
       bug="runs of other strategies count as promising what the last run of pct did",
       ref="own: profile.c",
       file=PROFILE,
       edits=[("    e->sought = 0;\n", "")],
       kill=[DEPTHS])

mutant("pct-long-runs-look-short",
       bug="a run that has more steps than priorities change at goes unnoticed: a false promise",
       ref="own: profile.h Note [profile]",
       file=PROFILE,
       edits=[("    if (done)\n        e->counted++;\n", "    if (done && e->counted < 9)\n        e->counted++;\n")],
       kill=[DEPTHS])

mutant("stress-invariant-takes-time",
       bug="the clock of a run goes on while an invariant is looked at",
       ref="own: invariant.c I1",
       file="runtime/stress/invariant.c",
       edits=[("        e->now = now;\n", "        (void)now;\n")],
       kill=[RUNS + "what_an_invariant_does_is_no_part_of_the_run"])

mutant("stress-invariant-not-at-the-end",
       bug="nobody looks at invariants after the last step of a thread",
       ref="own: invariant.c",
       file="runtime/stress/engine.c",
       edits=[("    if (TGI_UNLIKELY(e->watch.on))\n        tgi_watch_look(self);\n    tgi_thread_end",
               "    tgi_thread_end")],
       kill=[RUNS + "an_invariant_is_looked_at_after_every_step"])

TEXTS = "unit.cli.stress_schedule:"

mutant("schedule-arrival-wraps-round",
       bug="the arrivals of a thread in a schedule go down: an entry that is never come to hides others",
       ref="own: schedule.c Text",
       file="runtime/stress/schedule.c",
       edits=[("d.arrival <= UINT32_MAX - last.of[d.from] &&", "d.arrival <= UINT32_MAX &&")],
       kill=[TEXTS + "arrival_that_is_no_number_of_32_bits_is_refused"])

mutant("schedule-threads-without-number",
       bug="a schedule may name more threads than a run can have",
       ref="own: schedule.c Text",
       file="runtime/stress/schedule.c",
       edits=[("d.from <= MAX_TASK && d.to <= MAX_TASK &&", "d.from <= MAX_TASK &&")],
       kill=[TEXTS + "text_that_is_cut_or_changed_is_refused_or_another_schedule"])

mutant("schedule-file-any-hash",
       bug="a hash in the file of a schedule may be any text: it reads as 0",
       ref="own: schedule_file.c Format",
       file="runtime/cli/stress/schedule_file.c",
       edits=[("strspn(text, \"0123456789abcdef\") == n;", "n > 0;")],
       kill=[TEXTS + "file_with_a_value_that_is_none_is_refused"])
