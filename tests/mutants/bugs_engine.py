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
       file="runtime/api/stress.c",
       edits=[("        tgi_engine_kill(s->engine); // the others are not waited for\n", "")],
       kill=["unit.api.stress_engine:an_interrupt_that_the_main_thread_takes_ends_all_threads"])
