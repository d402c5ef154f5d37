#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_oracles.py - what togil stress calls a failure, and what not.

    test_oracles.py Standstill|Endless|Told      TOGIL names the command
"""
import json
import os
import signal
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")
POLICIES = ("gil", "bytecode", "free")

MANY = """
import threading
n = 0
def work():
    global n
    for _ in range(78):
        n += 1
threads = [threading.Thread(target=work) for _ in range(64)]
for t in threads: t.start()
for t in threads: t.join()
"""

COUNTS_OBJECTS = """
import gc, threading
def work():
    def inner(): pass
    inner()
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads: t.start()
for t in threads: t.join()
assert len(gc.get_objects()) < 3000, len(gc.get_objects())
"""

START = """
for f in ALL:
    threading.Thread(target=f).start()
"""

CIRCLE_BESIDE_WORK = """
import threading
a, b, n = threading.Lock(), threading.Lock(), 0
def first():
    with a:
        with b: pass
def second():
    with b:
        with a: pass
def third():
    global n
    for _ in range(25000):
        n += 1
ALL = [first, second, third]
""" + START

# Each ends, and looks at some moment like a loop that only waits.
LOOPS_THAT_END = """
import threading
items, seen = [1] * 20, []
def first():
    while items:
        del items[0]
def second():
    for _ in [None] * 20:
        pass
    k = 0
    while k < 20:
        k += 1
def third():
    text = "x" * 20
    while text:
        text = text[1:]
def fourth():
    n = [0]
    while n[0] < 20:
        n[0] += 1
ALL = [first, second, third, fourth]
""" + START

# Threads that wait for each other in turn by looking, without a call.
PING_PONG = """
import threading
turn = 0
def player(me):
    global turn
    for _ in range(5):
        while turn != me:
            pass
        turn = 1 - me
threads = [threading.Thread(target=player, args=(k,)) for k in range(2)]
for t in threads: t.start()
for t in threads: t.join()
assert turn == 0
"""

# When the run is over, the first must leave its wait without the lock, which the second keeps.
LOCK_THAT_STAYS = """
import threading
c = threading.Condition()
def first():
    with c:
        c.wait()
def second():
    c.acquire()
ALL = [first, second]
""" + START

# One preemption, in a function that the GIL may be handed over in.
LOST_UPDATE = """
import threading
n = 0
def bump(x):
    return x + 1
def work():
    global n
    n = bump(n)
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads: t.start()
for t in threads: t.join()
assert n == 2
"""

LOST_UPDATE_TOLD = """
  MainThread
  |   Thread-1 (work)
  |   |   Thread-2 (work)
  3  n = 0  [n = 0]
  |   8  n = bump(n)  [n is 0]
  |   %s  [preempted here]
  |   |   8  n = bump(n)  [n is 0]
  |   |   8  n = bump(n)  [n = 1]
  |   8  n = bump(n)  [n = 1]
  12  assert n == 2  [n is 1]
"""

# A woken thread does not look again whether there is an item.
MAILBOX = """
import threading
items, ready = [], threading.Condition()
def get():
    with ready:
        if not items:
            ready.wait()
        items.pop()
def put():
    with ready:
        items.append(1)
        ready.notify()
ALL = [get, get, put]
""" + START

# What is random must be the same when a failure is shown again.
DRAWS = """
import os, random, threading
from concurrent.futures import ThreadPoolExecutor
def work():
    return random.getrandbits(32), os.urandom(4).hex(), random.Random().getrandbits(32)
drawn = [work()]
with ThreadPoolExecutor(2) as pool:
    drawn += [f.result() for f in [pool.submit(work) for _ in range(2)]]
raise SystemExit("drawn %s by %s" % (drawn, pool._thread_name_prefix))
"""

# Nobody ends, and every round makes things that a race might be about.
ENDLESS = """
import sys, threading
class Thing: pass
def work():
    with open(sys.argv[1], "w"): pass
    while True:
        Thing().x = 1; Thing().x = 2; Thing().x = 3; Thing().x = 4
ALL = [work, work]
""" + START


def stress(*options):
    done = subprocess.run([TOGIL, "stress", "--seed", "1", *options], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=300)
    return done.returncode, done.stdout


def scenario(name):
    return os.path.join(HERE, "scenarios", name + ".py")


class Standstill(unittest.TestCase):
    def check(self, headline, text, *options):
        code, out = stress(*options)
        self.assertEqual(code, 1, out)
        self.assertIn("FAILED: " + headline + "\n", out)
        self.assertIn(text, out)
        return out

    def test_a_circle_is_a_deadlock(self):
        out = self.check("deadlock", "waits for a lock that Thread-2 (second) holds",
                         scenario("14_abba_deadlock"))
        self.assertIn("waits for a lock that Thread-1 (first) holds", out)

    def test_a_circle_through_a_queue_is_a_deadlock(self):
        self.check("deadlock", "waits for a lock that Thread-1 (producer) holds",
                   scenario("16_queue_plus_lock"))

    def test_a_lock_taken_twice_is_a_deadlock(self):
        self.check("deadlock", "waits for a lock that it holds itself",
                   scenario("24_finalizer_deadlock"))

    def test_a_notification_that_came_too_early(self):
        self.check("lost wake-up", "waits to be woken; nobody is left to do it",
                   scenario("17_lost_notify"))

    def test_a_run_ends_though_a_lock_of_a_condition_is_kept(self):
        self.check("lost wake-up", "waits to be woken; nobody is left to do it", "--strategy",
                   "none", "-c", LOCK_THAT_STAYS)

    def test_loops_that_only_look(self):
        for policy in POLICIES:
            out = self.check("livelock", "Thread-1 (first) goes round", "--policy", policy,
                             "--strategy", "random", scenario("22_stop_flag_livelock"))
            self.assertIn("[goes round", out)

    def test_a_circle_while_others_go_on(self):
        for policy in POLICIES:
            out = self.check("partial deadlock", "waits for a lock that Thread-2 (second) holds",
                             "--policy", policy, "--strategy", "random", "-c",
                             CIRCLE_BESIDE_WORK)
            self.assertNotIn("third) ", out.split("How it comes about")[0])

    def test_loops_that_end_are_not_livelocks(self):
        for policy in POLICIES:
            for text in (LOOPS_THAT_END, PING_PONG):
                code, out = stress("--policy", policy, "--runs", "200", "-c", text)
                self.assertEqual(code, 0, out)

    def test_a_busy_wait_takes_few_steps_under_every_strategy(self):
        for strategy in ("none", "random", "pct:3", "pos", "urw", "sticky"):
            code, out = stress("--strategy", strategy, "--max-steps", "300", "--runs", "100",
                               scenario("22_stop_flag_livelock_fixed"))
            self.assertEqual(code, 0, out)


class Told(unittest.TestCase):
    def test_every_thread_has_a_lane(self):
        for policy, where in (("gil", "5  return x + 1"), ("bytecode", "8  n = bump(n)"),
                              ("free", "8  n = bump(n)")):
            code, out = stress("--policy", policy, "-c", LOST_UPDATE)
            self.assertEqual(code, 1, out)
            self.assertIn(LOST_UPDATE_TOLD % where, out)

    def test_who_waits_and_who_wakes_is_told_where_the_script_says_so(self):
        code, out = stress("--strategy", "none", "--run", "0", "-c", MAILBOX)
        self.assertEqual(code, 1, out)
        self.assertIn("Thread-2 (get) waits for a notification in Condition.wait\n", out)
        for row in ("ready.wait()  [waits]", "ready.wait()  [wakes up]",
                    "ready.wait()  [takes the lock again]",
                    "ready.notify()  [notifies Thread-1 (get)]",
                    "if not items:  [items has 0 items]", "items.pop()  [items has 1 item]"):
            self.assertIn(row, out)
        self.assertNotIn("and holds", out)
        self.assertNotIn("per second", out)

    def test_what_is_random_repeats(self):
        said = set()
        for run in ("0", "0", "5"):
            code, out = stress("--run", run, "--strategy", "none", "-c", DRAWS)
            self.assertEqual(code, 1, out)
            self.assertNotIn("did not come back", out)
            said.add(out[out.index("drawn"):].splitlines()[0])
        line, = said
        self.assertTrue(line.endswith("by ThreadPoolExecutor-0"), line)
        numbers = eval(line[len("drawn "):line.index(" by")])
        self.assertEqual(len(set(sum(numbers, ()))), 9, "drawn twice")


class Endless(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "begun")
        self.json = os.path.join(folder.name, "json")

    def test_what_is_remembered_of_a_long_run_is_bounded_and_says_so(self):
        for steps, incomplete in ((1000, False), (300000, True)):
            code, out = stress("--runs", "1", "--strategy", "none", "--max-steps", str(steps),
                               "--json", self.json, "-c", ENDLESS, self.file)
            self.assertEqual(code, 1, out)
            self.assertIn("did not end within %d steps" % steps, out)
            with open(self.json) as file:
                session, = json.load(file)["sessions"]
            self.assertEqual(session["races_incomplete"], incomplete)
            self.assertEqual("A run did more than can be watched" in out, incomplete)

    def test_many_threads_with_many_accesses(self):
        with subprocess.Popen([TOGIL, "stress", "--runs", "12", "--strategy", "pct:2", "-c",
                               MANY], stdout=subprocess.PIPE) as process:
            out = process.stdout.read().decode()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, out)
        self.assertIn("(65 threads, ", out)
        if float(os.environ.get("TG_TEST_SCALE", "1")) >= 1:  # sanitizers have memory of their own
            self.assertLess(used.ru_maxrss, 200 * 1024, "KB")

    def test_runs_leave_no_objects_behind(self):
        code, out = stress("--runs", "2000", "--strategy", "random", "-c", COUNTS_OBJECTS)
        self.assertEqual(code, 0, out)

    def test_ctrl_c_while_the_main_thread_waits(self):
        # Whoever runs the tests in the background has SIGINT ignored; the command shall not.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        with subprocess.Popen([TOGIL, "stress", "--runs", "1", "--max-steps", "4000000000", "-c",
                               ENDLESS, self.file], stdout=subprocess.DEVNULL) as process:
            while not os.path.exists(self.file) and process.poll() is None:
                pass
            process.send_signal(signal.SIGINT)
            try:
                self.assertEqual(process.wait(300), 130)
            finally:
                process.kill()


if __name__ == "__main__":
    unittest.main()
