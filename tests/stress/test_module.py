#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_module.py - the module `stress` of scripts.

    test_module.py Module|Oracles|Digest      TOGIL names the command
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")

SCRIPT = """
import threading
try:
    import stress
except ImportError:
    class stress:
        test = staticmethod(lambda function: function)
        racy = staticmethod(lambda *names: None)
        main = staticmethod(lambda: None)

class Account:
    pass

a = Account()
x = y = a.sum = 0
stress.racy(RACY)

def work():
    global x, y
    x += 1
    y += 1
    a.sum += 1

def pair():
    threads = [threading.Thread(target=work) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

@stress.test
def adds():
    pair()
    assert x == 2, x

@stress.test
def runs():
    pair()

if __name__ == "__main__":
    stress.main()
    print("done")
"""


class Module(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "script.py")
        self.json = os.path.join(folder.name, "found.json")
        self.write("")

    def write(self, racy):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(SCRIPT.replace("RACY", racy))

    def stress(self, *options):
        done = subprocess.run([TOGIL, "stress", "--seed", "1", "--json", self.json, *options,
                               self.path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=300)
        try:
            with open(self.json, encoding="utf-8") as file:
                return done.returncode, done.stdout, json.load(file)["sessions"]
        except OSError:
            return done.returncode, done.stdout, None

    def test_every_test_is_a_campaign(self):
        code, text, sessions = self.stress("--runs", "100")
        self.assertEqual([(s["test"], s["result"], s["runs"] == 100) for s in sessions],
                         [("adds", "failed", False), ("runs", "passed", True)], text)
        self.assertEqual(code, 1)
        self.assertIn("test runs: 0 of 100 schedules failed", text)

    def test_one_of_them_and_again(self):
        code, text, sessions = self.stress("--test", "runs", "--runs", "50")
        self.assertEqual((code, [s["test"] for s in sessions]), (0, ["runs"]), text)
        _, text, _ = self.stress("--test", "adds", "--runs", "100")
        for kind in ("again", "replay"):
            command = re.search(rf"{kind}: togil stress (.*) \S+\n", text).group(1).split()
            code, again, _ = self.stress(*command)
            self.assertEqual(code, 1, again)
            self.assertIn("AssertionError: 1", again)

    def test_the_three_policies_of_each(self):
        _, text, sessions = self.stress("--diff-gil", "--runs", "60")
        self.assertEqual([s["test"] for s in sessions], ["adds"] * 3 + ["runs"] * 3)
        self.assertEqual(re.findall("verdict: (.*)", text)[1], "no failure found", text)

    def test_processes_and_machines(self):
        options = ("--stop", "never", "--runs", "100")

        def plain(text):
            return re.sub(r", \d+ per second", "", text)

        _, whole, sessions = self.stress(*options)
        self.assertEqual(plain(self.stress("-j", "2", *options)[1]), plain(whole))
        parts = []
        for i in (1, 2):
            parts.append(self.json + str(i))
            self.stress("--shard", f"{i}/2", *options, "--json", parts[-1])
        merged = subprocess.run([TOGIL, "stress", "--merge", *parts], stdout=subprocess.PIPE,
                                text=True, timeout=300)
        self.assertEqual(plain(merged.stdout), plain(whole))
        self.assertEqual(len(sessions), 2)

    def test_accepted_races_are_not_reported(self):
        def names(racy):
            self.write(racy)
            _, _, sessions = self.stress("--test", "runs", "--runs", "20")
            return sorted(r["name"] for r in sessions[0]["races"])

        x, y, s = "the variable x", "the variable y", "the attribute sum of an Account"
        self.assertEqual(names(""), [s, x, y])
        self.assertEqual(names("'x'"), [s, y])
        self.assertEqual(names("'y', 'sum'"), [x])
        self.assertEqual(names("'Account.sum'"), [x, y])
        self.assertEqual(names("'Other.sum', 'su', 'summ', 'Account.x', 'z'"), [s, x, y])
        self.write("'x', 'y', 'sum'")
        code, text, _ = self.stress("--test", "runs", "--runs", "20", "--race", "fail")
        self.assertEqual(code, 0, text)

    def test_a_race_on_a_class_is_accepted_by_its_name(self):
        def names(racy):
            self.write(racy)
            with open(self.path) as file:
                text = file.read()
            with open(self.path, "w") as file:
                file.write(text.replace("a.sum", "Account.sum"))
            _, _, sessions = self.stress("--test", "runs", "--runs", "20")
            return [r["name"] for r in sessions[0]["races"] if " of " in r["name"]]

        self.assertEqual(names(""), ["the attribute sum of the class Account"])
        self.assertEqual(names("'Account.sum'"), [])
        self.assertEqual(names("'Other.sum', 'class.sum'"),
                         ["the attribute sum of the class Account"])

    def test_a_test_that_is_not_there(self):
        code, text, _ = self.stress("--test", "nothing")
        self.assertEqual((code, text.count("\n")), (2, 1), text)
        self.assertIn("the script has no test 'nothing'", text)

    def test_the_same_script_runs_without_the_tester(self):
        for command in ([TOGIL, "run"], [sys.executable]):
            done = subprocess.run([*command, self.path], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (0, "done\n"))


STACK = """
import threading, stress

class Stack:
    def __init__(self):
        self.items, self.lock = [], threading.Lock()
    def push(self, x):
        self.items.append(x)
    def pop(self):
        if not self.items:
            return "nothing"
        return self.items.pop()

class Locked(Stack):
    def pop(self):
        with self.lock:
            return self.items.pop() if self.items else "nothing"

class Stale(Stack):
    def pop(self):
        return "nothing"

@stress.test
def bad():
    stress.linearizable(Stack, [("push", 1), "pop"], ["pop"])

@stress.test
def good():
    stress.linearizable(Locked, [("push", 1), "pop"], ["pop", ("push", 2)], spec=Stack)

@stress.test
def late():
    stress.linearizable(Stale, [("push", 1), "pop"], spec=Stack)

@stress.test
def many():
    stress.linearizable(Stack, ["pop"] * 5, ["pop"] * 4)
"""

TRANSFER = """
import threading, stress
a, b, lock = 100, 0, threading.Lock()
@stress.invariant
def total():
    return lock.locked() or a + b == TOTAL
def move(n):
    global a, b
    with lock:
        a -= n
    b += n
threads = [threading.Thread(target=move, args=(n,)) for n in (1, 2)]
for t in threads: t.start()
for t in threads: t.join()
"""


class Oracles(unittest.TestCase):
    def stress(self, text, *options, code=1):
        done = subprocess.run([TOGIL, "stress", "--seed", "1", *options, "-c", text],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=300)
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def test_a_broken_invariant_and_both_places(self):
        out = self.stress(TRANSFER.replace("TOTAL", "100"))
        self.assertIn("FAILED: broken invariant in Thread-1 (move)\n", out)
        self.assertIn("""The invariant total (<string>:4) does not hold: it returned False.
  It still held when Thread-1 (move) was here:
      <string>:10, in move
  and not any more when it came here:
      <string>:11, in move
""", out)
        self.assertIn("10  a -= n  [then the invariant does not hold]\n", out)
        for kind in ("again", "replay"):
            command = re.search(rf"{kind}: togil stress (.*) -c", out).group(1).split()
            again = self.stress(TRANSFER.replace("TOTAL", "100"), *command)
            self.assertIn("The invariant total (<string>:4) does not hold", again)

    def test_an_invariant_that_never_held(self):
        out = self.stress(TRANSFER.replace("TOTAL", "99"))
        self.assertIn("AssertionError: the invariant total (<string>:4) does not hold to begin "
                      "with", out)

    def test_an_invariant_that_raises(self):
        out = self.stress(TRANSFER.replace("TOTAL", "100 + [0][100 - a]"))
        self.assertIn("The invariant total (<string>:4) does not hold: it raised\n", out)
        self.assertIn("IndexError: list index out of range\n", out)

    def test_operations_that_no_order_explains(self):
        out = self.stress(STACK, "--test", "bad")
        self.assertIn("not linearizable: no order of these operations gives these results\n", out)
        self.assertIn("pop() raised IndexError\n", out)
        out = self.stress(STACK, "--test", "late")
        self.assertIn("thread 1: pop() returned 'nothing'\n", out)

    def test_operations_that_some_order_explains(self):
        out = self.stress(STACK, "--test", "good", "--strategy", "dpor", code=0)
        self.assertIn("complete (", out)

    def test_too_many_operations(self):
        self.assertIn("takes at most 8 operations", self.stress(STACK, "--test", "many"))


class Digest(unittest.TestCase):
    def test_a_build_agrees_with_itself_and_a_difference_is_seen(self):
        command = [sys.executable, os.path.join(HERE, "identity.py"), "--runs", "24", "--only",
                   "10_*", "--only", "17_*"]
        done = subprocess.run([*command, TOGIL, TOGIL], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("48 schedules", done.stdout)
        with tempfile.TemporaryDirectory() as folder:
            other = os.path.join(folder, "togil")
            with open(other, "w", encoding="utf-8") as file:  # with another seed
                file.write(f'#!/bin/sh\nshift 3\nexec "{TOGIL}" stress --seed 2 "$@"\n')
            os.chmod(other, 0o755)
            done = subprocess.run([*command, TOGIL, other], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=300)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("run", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
