#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_races.py - what togil stress says about races.

    test_races.py Table|Order|Silent|Rings|Options      TOGIL names the command

Table: the rules of races.txt, for every scenario and its twin, under every policy: a GIL orders
nothing. Order: every kind of synchronisation orders threads, and nothing more than it promises. Silent: correct programs have no race worth a line.
Rings: which deadlocks are foreseen in a run that has none, and found by a run directed there.
TG_TEST_SEED changes the seed.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

from turns import in_turn

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")
SEED = os.environ.get("TG_TEST_SEED", "1")
RUNS = "120"


def stress(path, *options):
    done = subprocess.run([TOGIL, "stress", "--seed", SEED, "--runs", RUNS, "--stop", "never",
                           *options, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=300)
    return done.returncode, done.stdout


def rules(text):
    """The rules that are reported: R1 for an error, (R2) for a warning."""
    found = set()
    for severity, rule in re.findall(r"^  (error|warning) (R\d):", text, re.M):
        found.add(rule if severity == "error" else "(%s)" % rule)
    return found


def table():
    with open(os.path.join(HERE, "races.txt")) as rows:
        for row in rows:
            words = row.split()
            if words and not words[0].startswith("#"):
                yield words[0], [set(w.split(",")) - {"-"} for w in words[1:]]


class Table(unittest.TestCase):
    def test_every_row(self):
        for row, (name, (buggy, fixed)) in enumerate(table()):
            for suffix, expected in (("", buggy), ("_fixed", fixed)):
                path = os.path.join(HERE, "scenarios", name + suffix + ".py")
                if not os.path.exists(path):
                    continue
                for policy in in_turn(row, ("gil", "bytecode", "free")):
                    with self.subTest(scenario=name + suffix, policy=policy):
                        code, text = stress(path, "--policy", policy)
                        self.assertIn(code, (0, 1), text)
                        found = rules(text)
                        # A second rule of the same bug may hide behind the first.
                        self.assertEqual(found & expected, expected, text)
                        self.assertLessEqual({r for r in found if "(" not in r}, expected, text)


# Programs whose threads are ordered by one thing only. {0}: what comes before the write of x in one
# thread, {1}: after it; {2}: before the read in the other one.
PROGRAM = """
import threading, queue
from concurrent.futures import ThreadPoolExecutor
x = 0
lock = threading.Lock()
rlock = threading.RLock()
event = threading.Event()
semaphore = threading.Semaphore(0)
condition = threading.Condition()
barrier = threading.Barrier(2)
items = queue.Queue()
simple = queue.SimpleQueue()
ready = False

def first():
    global x, ready
    {0}
    x = 1
    {1}

def second():
    {2}
    print(x)

threads = [threading.Thread(target=first), threading.Thread(target=second)]
for t in threads:
    t.start()
for t in threads:
    t.join()
"""

WAIT = "with condition:\n        while not ready:\n            condition.wait()"
TELL = "with condition:\n        ready = True\n        condition.notify()"
ORDERED = {
    "lock around both": ("lock.acquire()", "lock.release()", "lock.acquire()"),
    "rlock": ("rlock.acquire()", "rlock.release()", "rlock.acquire()"),
    "event": ("", "event.set()", "event.wait()"),
    "event that is asked": ("", "event.set()", "while not event.is_set(): pass"),
    "semaphore": ("", "semaphore.release()", "semaphore.acquire()"),
    "condition": ("", TELL, WAIT),
    "barrier": ("", "barrier.wait()", "barrier.wait()"),
    "queue": ("", "items.put(1)", "items.get()"),
    "simple queue": ("", "simple.put(None)", "simple.get()"),
    "task_done": ("items.put(1)", "items.task_done()",
                  "while not items.qsize(): pass\n    items.join()"),
    "join": ("", "", "threads[0].join()"),
    "is_alive": ("", "", "while threads[0].is_alive(): pass"),
}
# With these the run may order the two, but the synchronisation does not.
UNORDERED = {
    "nothing": ("", "", ""),
    "two locks": ("lock.acquire()", "lock.release()", "rlock.acquire()"),
    "the lock inside of an event": ("event.clear()", "event.clear()", "event.clear()"),
    "the lock inside of a queue": ("items.put(1)", "items.put(2)", "items.put(3)"),
    "an item that was put in before": ("simple.put(1)", "", "simple.get()"),
    "sleep": ("", "", "import time; time.sleep(1)"),
    "print": ("", "print(1)", "print(2)"),
}


class Order(unittest.TestCase):
    def check(self, parts, expected):
        parts = [p or "pass" for p in parts]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "program.py")
            with open(path, "w") as f:
                f.write(PROGRAM.format(*parts))
            code, text = stress(path, "--policy", "gil")
            self.assertIn(code, (0, 1), text)  # one that turns round may never stop
            self.assertEqual("the variable x" in text, expected, text)

    def test_what_orders(self):
        for name, parts in ORDERED.items():
            with self.subTest(name):
                self.check(parts, False)

    def test_what_does_not(self):
        for name, parts in UNORDERED.items():
            with self.subTest(name):
                self.check(parts, True)


SINGLETON = """
import threading
class Only:
    made = None
def make():
    if Only.made is None:
        Only.made = Only()
threads = [threading.Thread(target=make) for _ in range(2)]
for t in threads: t.start()
for t in threads: t.join()
"""

# Programs without an error: what they share is handed over, or read only.
SILENT = {
    "future": """
from concurrent.futures import ThreadPoolExecutor
box = []
def work(n):
    box.append(n)
    return n
with ThreadPoolExecutor(2) as pool:
    a = pool.submit(work, 1)
    assert a.result() == 1
    assert box == [1]
    box.append(2)
    assert list(pool.map(lambda n: n + 1, [1, 2])) == [2, 3]
""",
    "ownership goes through a queue": """
import threading, queue
class Job:
    def __init__(self):
        self.n = 0
jobs, done = queue.Queue(), queue.Queue()
def work():
    while True:
        job = jobs.get()
        if job is None:
            return
        job.n += 1
        done.put(job)
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads:
    t.start()
for _ in range(3):
    job = Job()
    job.n = 1
    jobs.put(job)
for _ in range(3):
    assert done.get().n == 2
for t in threads:
    jobs.put(None)
for t in threads:
    t.join()
""",
    "bounded buffer": """
import threading
condition = threading.Condition()
buffer, taken = [], []
def produce():
    for n in range(2):
        with condition:
            while len(buffer) >= 1:
                condition.wait()
            buffer.append(n)
            condition.notify_all()
def consume():
    for n in range(2):
        with condition:
            while not buffer:
                condition.wait()
            taken.append(buffer.pop())
            condition.notify_all()
threads = [threading.Thread(target=f) for f in [produce, consume, produce, consume]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(taken) == 4
""",
    "phases between barriers": """
import threading
barrier = threading.Barrier(2)
cells = [0, 0]
def work(i):
    for phase in range(2):
        cells[i] = cells[i] + 1
        barrier.wait()
        assert cells[1 - i] == phase + 1
        barrier.wait()
threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
""",
    "semaphore as a lock, and a pair of conditions on one lock": """
import threading
mutex = threading.Semaphore(1)
lock = threading.Lock()
full = threading.Condition(lock)
x = y = 0
def work():
    global x, y
    with mutex:
        x += 1
    with full:
        y += 1
    with lock:
        y += 1
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert (x, y) == (2, 4)
""",
    "computed attribute under a lock": """
import threading
class Account:
    def __init__(self):
        self._lock = threading.RLock()
        self._n = 0
    @property
    def n(self):
        with self._lock:
            return self._n
    @n.setter
    def n(self, n):
        with self._lock:
            self._n = n
account = Account()
def work():
    account.n = 1
    assert account.n == 1
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
""",
    "first come with setdefault": """
import threading
cache = {}
def work():
    assert cache.setdefault("k", []) is cache["k"]
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
""",
}


class Silent(unittest.TestCase):
    def test_no_error_and_no_warning(self):
        for name, program in SILENT.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "program.py")
                with open(path, "w") as f:
                    f.write(program)
                code, text = stress(path)
                self.assertEqual(code, 0, text)
                self.assertEqual(rules(text), set(), text)


# Orders of locks: name, program body of two threads, and whether a ring is reported ("found": and a
# run directed there confirms it).
RINGS = {
    "two locks in both orders": ("found", """
def first():
    with a:
        with b:
            pass
def second():
    with b:
        with a:
            pass
start(first, second)
"""),
    "three locks in a ring": ("found", """
def pair(x, y):
    with x:
        with y:
            pass
start(lambda: pair(a, b), lambda: pair(b, c), lambda: pair(c, a))
"""),
    "a gate around both": ("none", """
def first():
    with c:
        with a:
            with b:
                pass
def second():
    with c:
        with b:
            with a:
                pass
start(first, second)
"""),
    "one thread after the other": ("none", """
def first():
    with a:
        with b:
            pass
def second():
    with b:
        with a:
            pass
start(first)
start(second)
"""),
    "both orders in one thread": ("none", """
def first():
    with a:
        with b:
            pass
    with b:
        with a:
            pass
start(first)
"""),
    "an order that a variable keeps": ("not met", """
turn = 0
def first():
    global turn
    with a:
        with b:
            pass
    turn = 1
def second():
    if turn == 1:
        with b:
            with a:
                pass
start(first, second)
"""),
}

RING_START = """
import threading
a, b, c = threading.Lock(), threading.Lock(), threading.Lock()
def start(*targets):
    threads = [threading.Thread(target=f) for f in targets]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
"""


class Rings(unittest.TestCase):
    def test_what_the_order_of_locks_allows(self):
        for name, (expected, body) in RINGS.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "program.py")
                with open(path, "w") as f:
                    f.write(RING_START + body)
                # One thread after the other: no deadlock is met by the run itself.
                code, text = stress(path, "--strategy", "none", "--runs", "1")
                self.assertEqual(code, 1 if expected == "found" else 0, text)
                self.assertEqual("LOCK ORDER" in text, expected != "none", text)
                self.assertEqual("ended in a deadlock" in text, expected == "found", text)
                if expected == "found":
                    schedule = re.search(r"--replay (\S+)", text).group(1)
                    code, again = stress(path, "--replay", schedule)
                    self.assertEqual(code, 1, again)
                    self.assertIn("FAILED: deadlock", again)


class Options(unittest.TestCase):
    PATH = os.path.join(HERE, "scenarios", "01_lost_update_global.py")

    def test_exit_codes(self):
        self.assertEqual(stress(self.PATH, "--policy", "gil")[0], 0)
        self.assertEqual(stress(self.PATH, "--policy", "gil", "--race", "fail")[0], 1)
        self.assertEqual(stress(self.PATH, "--policy", "gil", "--race", "maybe")[0], 2)
        code, text = stress(self.PATH, "--policy", "gil", "--race", "off")
        self.assertEqual(code, 0)
        self.assertNotIn("RACES", text)

    def test_a_class_goes_by_its_name(self):
        text = stress(SINGLETON, "-c")[1]
        self.assertIn("the attribute made of the class Only", text)

    def test_json_says_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "out.json")
            stress(os.path.join(HERE, "scenarios", "04_bank_check_then_act.py"), "--json", path)
            with open(path) as f:
                races = json.load(f)["sessions"][0]["races"]
        self.assertEqual({r["rule"] for r in races}, {"R5"})
        for race in races:
            self.assertEqual((race["severity"], len(race["sides"])), ("error", 2))
            for side in race["sides"]:
                self.assertTrue(side["thread"].startswith("Thread-"), race)
                self.assertEqual(side["stack"][-1]["function"], "work")
                self.assertEqual(side["locks"], [])

    def test_both_stacks_and_locks_are_shown(self):
        text = stress(os.path.join(HERE, "scenarios", "04_bank_check_then_act.py"))[1]
        report = text[text.index("error R5"):]
        self.assertRegex(report, r"Thread-\d \(work\) (reads|writes), holding no lock")
        self.assertRegex(report, r"py:8, in withdraw:  self\.balance -= amount")
        self.assertRegex(report, r"py:16, in work:  account\.withdraw\(100\)")


if __name__ == "__main__":
    unittest.main()
