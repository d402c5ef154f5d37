#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""exam.py - how many schedules each strategy needs for known bugs, beside published figures.

    exam.py [--runs N] [--seeds N] [--program NAME]... [--strategy NAME]... COMMAND

A run fails or not whatever came before it, once the tester has learnt which places matter (its
first 8 runs). So the mean number of schedules to the first failure is runs / failures, over all
runs of all seeds but those 8. Beside it the published figure, and measured / published. Ends with
1 if a figure that was published, and found in all trials, is exceeded by more than --factor.
"""
import argparse
import os
import subprocess
import sys
import tempfile

from exam_programs import PROGRAMS, PUBLISHED, STRATEGIES

LEARNING_RUNS = 8


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
                           stdout=subprocess.DEVNULL, check=False, timeout=600)
            with open(digest) as f:
                rows = [line.split() for line in f][LEARNING_RUNS:]
            if len(rows) != runs - LEARNING_RUNS:
                sys.exit("%s, %s: %d runs in the digest" % (name, strategy, len(rows)))
            done += len(rows)
            failed += sum(row[2] != "0" for row in rows)
    return done, failed


def published(name, strategy):
    if name in PUBLISHED and strategy in STRATEGIES:
        return PUBLISHED[name][STRATEGIES.index(strategy)]
    return None


def cell(done, failed, known):
    mean = "%.1f" % (done / failed) if failed else ">%d" % done
    if known is None:
        return mean, ""
    trials = known[0] if isinstance(known, tuple) else known
    text = "%s%d" % (">" if isinstance(known, tuple) else "", trials)
    return mean, "%s %.2f" % (text, done / max(failed, 1) / trials)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("command")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--factor", type=float, default=2)
    parser.add_argument("--program", action="append")
    parser.add_argument("--strategy", action="append")
    options = parser.parse_args()
    strategies = options.strategy or [*STRATEGIES, "urw", "portfolio"]
    worse = []
    print("| program | %s |" % " | ".join(strategies))
    print("|---|%s" % ("---|" * len(strategies)))
    for name in options.program or PROGRAMS:
        cells = []
        for strategy in strategies:
            done, failed = measure(options.command, name, strategy, options.runs, options.seeds)
            known = published(name, strategy)
            mean, beside = cell(done, failed, known)
            cells.append("%s (%s)" % (mean, beside) if beside else mean)
            if isinstance(known, int) and done > options.factor * known * max(failed, 1):
                worse.append("%s with %s" % (name, strategy))
        print("| %s | %s |" % (name, " | ".join(cells)), flush=True)
    for text in worse:
        print("more than %g times the published figure: %s" % (options.factor, text))
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
