#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""exam.py - how many schedules each strategy needs for known bugs, beside published figures.

    exam.py [--runs N] [--seeds N] [--program NAME]... [--strategy NAME]... COMMAND

A run fails or not whatever came before it, once the tester has learnt which places matter (its
first 8 runs). So the mean number of schedules to the first failure is runs / failures, over all
runs of all seeds but those 8. Beside it the published figure, and measured / published; with ~ if
it is one of a simulation of ours, and with > if the bug was not found in all trials. Ends with 1 if
a figure of bugs found in all trials is exceeded by more than --factor.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import exam_larger
import exam_programs
import exam_small

PROGRAMS = {**exam_programs.PROGRAMS, **exam_larger.PROGRAMS, **exam_small.PROGRAMS}
STRATEGIES = (*exam_programs.STRATEGIES, "urw")

LEARNING_RUNS = 8
NOT_THE_BUG = ("0", "3")  # no failure; an endless run, which is the bug of none of the programs


def measure(command, name, strategy, runs, seeds):
    """Runs that were done, and how many of them failed."""
    done = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        script, digest = os.path.join(folder, name + ".py"), os.path.join(folder, "digest")
        with open(script, "w") as f:
            f.write(PROGRAMS[name])
        for seed in range(1, seeds + 1):
            subprocess.run([command, "stress", "--seed", str(seed), "--runs", str(runs),
                            "--stop", "never", "--race", "off", "--strategy", strategy,
                            "--digest", digest, script],
                           stdout=subprocess.DEVNULL, check=False, timeout=3600)
            with open(digest) as f:
                rows = [line.split() for line in f][LEARNING_RUNS:]
            if len(rows) != runs - LEARNING_RUNS:
                sys.exit("%s, %s: %d runs in the digest" % (name, strategy, len(rows)))
            done += len(rows)
            failed += sum(row[2] not in NOT_THE_BUG for row in rows)
    return done, failed


def reference(name, strategy):
    """The figure that is known, whether the bug was found in all trials, and whether simulated."""
    for figures, mark in ((exam_programs.PUBLISHED, ""), (exam_larger.SIMULATED, "~"),
                          (exam_small.SIMULATED, "~")):
        row = figures.get(name, ())
        at = STRATEGIES.index(strategy) if strategy in STRATEGIES else len(row)
        if at < len(row) and row[at] is not None:
            known = row[at]
            return (known[0], False, mark) if isinstance(known, tuple) else (known, True, mark)
    return None, False, ""


def cell(done, failed, known, always, mark):
    mean = "%.1f" % (done / failed) if failed else ">%d" % done
    if known is None:
        return mean
    ratio = done / max(failed, 1) / known
    return "%s (%s%s%g %.2f)" % (mean, "" if always else ">", mark, known, ratio)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("command")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--factor", type=float, default=2)
    parser.add_argument("--program", action="append")
    parser.add_argument("--strategy", action="append")
    options = parser.parse_args()
    strategies = options.strategy or [*STRATEGIES, "portfolio"]
    worse = []
    print("| program | %s |" % " | ".join(strategies))
    print("|---|%s" % ("---|" * len(strategies)))
    for name in options.program or PROGRAMS:
        cells = []
        for strategy in strategies:
            done, failed = measure(options.command, name, strategy, options.runs, options.seeds)
            known, always, mark = reference(name, strategy)
            cells.append(cell(done, failed, known, always, mark))
            if always and done > options.factor * known * max(failed, 1):
                worse.append("%s with %s" % (name, strategy))
        print("| %s | %s |" % (name, " | ".join(cells)), flush=True)
    for text in worse:
        print("more than %g times the known figure: %s" % (options.factor, text))
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
