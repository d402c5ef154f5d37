#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""stress.py - schedules per second of togil stress, over its scenarios.

    stress.py [--rounds N] [--runs N] COMMAND

Each scenario does the same runs of one seed in every round; its best round counts. The answer is
checked: all rounds of a scenario must do the same steps and fail equally often.
"""
import argparse
import glob
import json
import os
import statistics
import subprocess
import sys

SCENARIOS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "stress",
                         "scenarios")


def run(command, script, runs):
    # The fixed twins do not fail, so no time goes into making schedules short.
    done = subprocess.run([command, "stress", "--seed", "1", "--runs", str(runs), "--stop",
                           "never", "--json", "-", script], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, timeout=250)
    session, = json.loads(done.stdout)["sessions"]
    if session["runs"] != runs:
        sys.exit("%s: %d runs instead of %d" % (script, session["runs"], runs))
    answer = tuple(session[key] for key in ("failed", "steps", "decisions", "switches"))
    return session["seconds"], answer


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("command")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=2000)
    options = parser.parse_args()
    scripts = sorted(s for s in glob.glob(os.path.join(SCENARIOS, "[0-9]*.py"))
                     if s.endswith("_fixed.py") or "12_" in s)
    best, answers = {}, {}
    for _ in range(options.rounds):
        for script in scripts:
            seconds, answer = run(options.command, script, options.runs)
            if answers.setdefault(script, answer) != answer:
                sys.exit("%s: rounds differ: %s, %s" % (script, answers[script], answer))
            best[script] = min(seconds, best.get(script, seconds))
    rates = {os.path.basename(s): options.runs / best[s] for s in scripts}
    for name, rate in rates.items():
        print("%-42s %9.0f per second" % (name, rate))
    print("%-42s %9.0f per second" % ("median of %d" % len(rates),
                                      statistics.median(rates.values())))


if __name__ == "__main__":
    main()
