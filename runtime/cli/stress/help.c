// SPDX-License-Identifier: MIT
//
// help.c - what `togil stress --help` says.
#include "cli/stress/report.h"

#include <togil/togil.h> // strategies

void tgi_stress_help(FILE *to)
{
    fputs(
        "usage: togil stress [options] script.py [arguments]\n"
        "\n"
        "Runs a script many times, decides every switch between its threads, and reports the\n"
        "first order in which it fails: an exception that nobody catches, a failed assertion, a\n"
        "deadlock, a program that does not end. The script needs no changes.\n"
        "\n"
        "  --policy P        where threads may be switched:\n"
        "                      gil       where a GIL may be handed over (calls, loops, waits)\n"
        "                      bytecode  before every access to what others may see\n"
        "                      free      also between the steps of builtins (the default)\n"
        "  --diff-gil        try all three and say what a GIL protects\n"
        "  --runs N          how many schedules to try at most (10000)\n"
        "  -j N              in N processes; what is tried and found is the same (1)\n"
        "  --shard I/N       part I of N of the runs, for N machines; job engines say it by\n"
        "                    themselves, Kubernetes with auto/N; needs --seed\n"
        "  --merge FILE...   instead of a script: what shards wrote with --json becomes one report\n"
        "  --time-budget S   stop after S seconds\n"
        "  --engine E        fibers (the default), or threads: of the operating system, one at a\n"
        "                    time; slower, does the same, and checks the other one\n"
        "  --patience S      end when a thread waits for S seconds (10) for something that the\n"
        "                    tester does not control; 0: never\n"
        "  --seed S          where the schedules start; random if not given, and printed\n"
        "  --run I           only run number I of the seed\n"
        "  --replay TEXT     follow the schedule that a failure printed, or the one in a file;\n"
        "                    a file holds anchors, too, for a script that was edited since\n"
        "  --save-schedule FILE  write the schedule of the first failure\n"
        "  --strategy NAME   how schedules are chosen:",
        to);
    for (size_t i = 0; tg_stress_strategy(i) != NULL; i++)
        fprintf(to, " %s", tg_stress_strategy(i));
    fputs(
        "\n"
        "                    exhaustive: every one; pb:K: with up to K preemptions;\n"
        "                    db:K: with up to K delays; dpor: one of those that cannot be told apart;\n"
        "                    the default is portfolio: many, and a proof by dpor if there is one\n"
        "  --time T          des: timeouts end only when every thread waits (the default);\n"
        "                    adversarial: at any time\n"
        "  --max-steps N     a run that does more has failed (200000)\n"
        "  --stop never      go on after a failure, and count them\n"
        "  --json FILE       write what was found as JSON, too; - is standard output\n"
        "  --junit FILE      the same as JUnit XML\n"
        "  --perfetto FILE   the schedule of the first failure as a trace for ui.perfetto.dev\n"
        "  --race R          on: report races, accesses that nothing orders (the default);\n"
        "                    fail: one that is an error ends with exit code 1; off\n"
        "  --test NAME       only this function of those marked with @stress.test\n"
        "  --digest FILE     write what came out of every run: to compare builds and machines\n"
        "  --mode NAME       the mode of the runtime, as for togil run\n"
        "\n"
        "Exit codes: 0 no failure; 1 a failure was found; 2 usage; 3 a replay went another way;\n"
        "4 the tester itself failed; 6 a thread waits for something that the tester does not\n"
        "control; 130 interrupted.\n",
        to);
}
