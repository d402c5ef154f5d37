#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_scenarios.py - togil stress on programs with a known bug.

    test_scenarios.py Verdicts|Twins|Replay      TOGIL names the command

Verdicts: every scenario fails exactly under the policies of verdicts.txt. Twins: the corrected
programs never fail. Replay: a failure comes back by its run number and by its schedule, with the
same text, and is as short as can be. TG_TEST_SEED changes the seed, TG_TEST_SCALE the number of runs
and, below 1, that of policies: turns.py.
"""
import os
import re
import subprocess
import sys
import unittest

from turns import SCALE, in_turn

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")
SEED = os.environ.get("TG_TEST_SEED", "1")
POLICIES = ("gil", "bytecode", "free")
NEVER_RUNS = max(20, int(150 * SCALE))
FAIL_RUNS = 3000


def stress(name, *options):
    path = os.path.join(HERE, "scenarios", name + ".py")
    done = subprocess.run([TOGIL, "stress", *options, path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=300)
    return done.returncode, done.stdout


def verdicts():
    with open(os.path.join(HERE, "verdicts.txt")) as table:
        for line in table:
            words = line.split()
            if words and words[0] != "#" and not words[0].startswith("#"):
                yield words[0], dict(zip(POLICIES, words[1:4])), words[4], words[5:]


class Verdicts(unittest.TestCase):
    def test_every_cell_of_the_table(self):
        for row, (name, cells, _, options) in enumerate(verdicts()):
            for policy in in_turn(row, POLICIES):
                verdict = cells[policy]
                with self.subTest(scenario=name, policy=policy):
                    runs = FAIL_RUNS if verdict == "FAIL" else NEVER_RUNS
                    code, text = stress(name, "--policy", policy, "--seed", SEED, "--runs",
                                        str(runs), *options)
                    self.assertEqual(code, 1 if verdict == "FAIL" else 0, text)


class Twins(unittest.TestCase):
    def test_no_twin_fails(self):
        for name, _, _, options in verdicts():
            twin = name + "_fixed"
            if not os.path.exists(os.path.join(HERE, "scenarios", twin + ".py")):
                continue
            for policy in POLICIES:
                with self.subTest(twin=twin, policy=policy):
                    code, text = stress(twin, "--policy", policy, "--seed", SEED, "--runs",
                                        str(NEVER_RUNS), *options)
                    self.assertEqual(code, 0, text)

    def test_no_negative_control_fails(self):
        names = [f[:-3] for f in os.listdir(os.path.join(HERE, "scenarios")) if f[0] == "n"]
        self.assertEqual(len(names), 10)
        for name in sorted(names):
            for policy in POLICIES:
                with self.subTest(control=name, policy=policy):
                    code, text = stress(name, "--policy", policy, "--seed", SEED, "--runs",
                                        str(NEVER_RUNS // 3))
                    self.assertEqual(code, 0, text)


def failure_of(text):
    """What failed, without the lines that say how to see it again."""
    return re.split(r"\n  (?:again|replay):", text)[0].rstrip()


class Replay(unittest.TestCase):
    def check(self, name, policy, most, options):
        code, first = stress(name, "--policy", policy, "--seed", SEED, "--runs", str(FAIL_RUNS),
                             *options)
        self.assertEqual(code, 1, first)
        short = int(re.search(r"\((\d+) of \d+ switches are preemptions\)", first).group(1))
        self.assertLessEqual(short, int(most))
        run = re.search(r"--run (\d+)", first).group(1)
        schedule = re.search(r"--replay (\S+)", first).group(1)
        code, again = stress(name, "--policy", policy, "--seed", SEED, "--run", run, *options)
        self.assertEqual(code, 1, again)
        self.assertEqual(failure_of(again), failure_of(first))
        code, again = stress(name, "--policy", policy, "--replay", schedule, *options)
        self.assertEqual(code, 1, again)
        self.assertEqual(failure_of(again), failure_of(first))

    def test_failures_come_back(self):
        for row, (name, cells, most, options) in enumerate(verdicts()):
            failing = [policy for policy in POLICIES if cells[policy] == "FAIL"]
            for policy in in_turn(row, failing):
                with self.subTest(scenario=name, policy=policy):
                    self.check(name, policy, most, options)

    def test_what_is_not_a_schedule_is_refused(self):
        for text in ("", "x", "AQ=", "_____", "AQECAgI"):
            code, _ = stress("01_lost_update_global", "--replay", text)
            self.assertIn(code, (2,), text)


if __name__ == "__main__":
    unittest.main()
