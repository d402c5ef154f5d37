#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_engine.py - what the scheduler of togil stress owes to a script.

    test_engine.py Small      TOGIL names the command
"""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")

TWO_TESTS = """
import threading
import stress
x = 0
def work():
    global x
    x += 1
def pair():
    threads = [threading.Thread(target=work) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
@stress.test
def first():
    pair()
@stress.test
def second():
    pair()
    assert x == 2, x
"""

# The first run is not counted.
INTERRUPTED = """
import threading
threading.runs = getattr(threading, "runs", 0) + 1
if threading.runs == 2:
    raise KeyboardInterrupt
"""

FORGETS = """
import sys
import stress
x = 1
@stress.invariant
def positive():
    return x > 0
del sys.modules["stress"]
x = 0
"""


def scenario(name):
    return os.path.join(HERE, "scenarios", name + ".py")


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def stress(self, *options, code=0, **how):
        done = subprocess.run([TOGIL, "stress", *options], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=300, cwd=self.folder,
                              **how)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr


class Small(Command):
    def test_a_saved_schedule_says_which_test_it_is_of(self):
        self.write("script.py", TWO_TESTS)
        self.stress("--seed", "1", "--save-schedule", "found.tgs", "script.py", code=1)
        text = self.read("found.tgs")
        self.assertTrue(text.startswith("togil-schedule 2\n"), text)
        self.assertIn("\ntest second\n", text)
        out = self.stress("--replay", "found.tgs", "script.py", code=1)
        self.assertIn("AssertionError: 1", out)
        self.assertNotIn("does not fail", out)
        # The command line has the last word.
        out = self.stress("--replay", "found.tgs", "--test", "first", "script.py", code=3)
        self.assertIn("does not fail", out)
        self.write("script.py", TWO_TESTS.replace("second", "another"))
        out = self.stress("--replay", "found.tgs", "script.py", code=2)
        self.assertIn("the script has no test 'second'", out)

    def test_a_saved_schedule_of_a_script_is_as_it_always_was(self):
        path = scenario("01_lost_update_global")
        self.stress("--seed", "1", "--save-schedule", "found.tgs", path, code=1)
        self.assertTrue(self.read("found.tgs").startswith("togil-schedule 1\n"))
        self.stress("--replay", "found.tgs", path, code=1)

    def test_a_file_that_does_not_say_which_test_is_read_as_before(self):
        self.write("script.py", TWO_TESTS)
        self.stress("--seed", "1", "--save-schedule", "found.tgs", "script.py", code=1)
        old = self.read("found.tgs").replace("schedule 2", "schedule 1").replace("test second\n", "")
        self.write("old.tgs", old)
        self.stress("--replay", "old.tgs", "--test", "second", "script.py", code=1)

    def test_a_search_that_was_stopped_at_once_counts_nothing(self):
        out = self.stress("--strategy", "exhaustive", "-c", INTERRUPTED, code=130)
        self.assertIn("not complete: 0 schedules tried\n", out)
        self.assertNotIn("of about", out)

    def test_invariants_are_asked_though_the_module_is_forgotten(self):
        out = self.stress("--seed", "1", "-c", FORGETS, code=1)
        self.assertIn("The invariant positive (<string>:5) does not hold", out)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
