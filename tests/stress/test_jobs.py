#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_jobs.py - one campaign of togil stress in several processes.

    test_jobs.py Same|Ends      TOGIL names the command

Same: what is tried, found and printed does not depend on how many there are. Ends: no process is left
over, and one that dies is reported.
"""
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")

ENDLESS = """
import threading
x = 0
def work():
    global x
    x += 1
for k in range(2):
    threading.Thread(target=work).start()
"""

# In the first process of the tester it does nothing.
DIES = """
import os, sys
try:
    with open(sys.argv[1]) as file:
        first = int(file.read())
except OSError:
    first = os.getpid()
    with open(sys.argv[1], "w") as file:
        file.write(str(first))
if os.getpid() != first:
    os.kill(os.getpid(), 9)
"""


NEVER_ENDS = """
import threading
x = [0]
def work():
    while True:
        x[0] += 1
for k in range(2):
    threading.Thread(target=work).start()
"""

KEEPS = """
import threading
keep = [None]
def work():
    while True:
        keep[0] = [1]
for k in range(2):
    threading.Thread(target=work).start()
"""

# Its races are not seen in the first runs, which the parent does itself.
RARE = """
import threading
a = b = 0
def first():
    global a, b
    for k in range(6):
        a = k
    a = 99
    b += 1
def second():
    global b
    if a == 2:
        b += 1
for f in (first, second):
    threading.Thread(target=f).start()
"""

# In all processes but the first one, the first run reads from standard input.
WAITS = """
import os, sys
mark, me = sys.argv[1], str(os.getpid())
if not os.path.exists(mark):
    open(mark, "w").write(me)
if open(mark).read() != me and not os.path.exists(mark + me):
    open(mark + me, "w").close()
    os.read(0, 1)
"""

# Fails in all processes but the first one; the first of them is slow.
SLOW = """
import os, sys
mark, me = sys.argv[1], str(os.getpid())
if not os.path.exists(mark):
    open(mark, "w").write(me)
if open(mark).read() != me:
    if not os.path.exists(mark + "slow"):
        open(mark + "slow", "w").close()
        for i in range(300000):
            if i % 1000 == 0 and os.path.exists(mark + "quick"):
                break
        else:
            i = 0
        for i in range(100000 if i else 0):
            pass
    open(mark + "quick", "w").close()
    raise ValueError
"""

RING = """
import threading
a, b = threading.Lock(), threading.Lock()
threading.runs = getattr(threading, "runs", 0) + 1
if threading.runs == 10:
    INTERRUPT
def first():
    with a:
        with b:
            pass
def second():
    with b:
        with a:
            pass
for f in (first, second):
    threading.Thread(target=f).start()
"""


def scenario(name):
    return os.path.join(HERE, "scenarios", name + ".py")


def stress(*options, timeout=300):
    done = subprocess.run([TOGIL, "stress", *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=timeout)
    return done.returncode, re.sub(r", \d+ per second", "", done.stdout), done.stderr


def parent_of(pid):
    """None if the process has ended."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            state, parent = file.read().rsplit(")", 1)[1].split()[:2]
    except OSError:
        return None
    return int(parent) if state != "Z" else None


def children(pid):
    processes = [int(path.split("/")[2]) for path in glob.glob("/proc/[0-9]*/stat")]
    return [process for process in processes if parent_of(process) == pid]


class Same(unittest.TestCase):
    def check(self, *options, script, jobs=(2,)):
        alone = stress(*options, script)
        for n in jobs:
            self.assertEqual(stress("-j", str(n), *options, script), alone, (n, options, script))
        return alone

    def test_the_first_failure_is_the_one_with_the_lowest_number(self):
        for name in ("04_bank_check_then_act", "11_zip_tearing", "20_reorder_10"):
            for seed in ("1",):
                code, text, _ = self.check("--runs", "1000", "--seed", seed, script=scenario(name))
                self.assertEqual(code, 1, text)

    def test_every_kind_of_failure_and_how_often(self):
        for name in ("13_sort_while_append", "25_shared_generator"):
            self.check("--runs", "700", "--seed", "3", "--stop", "never", script=scenario(name),
                       jobs=(3,))

    def test_races_and_rings_of_locks(self):
        for name in ("01_lost_update_global", "15_dining_5", "n1_setdefault"):
            _, text, _ = self.check("--runs", "503", "--seed", "4", "--stop", "never",
                                    script=scenario(name), jobs=(2,))
        self.assertIn("seen", text)

    def test_races_that_only_others_have_seen(self):
        out = [stress("-j", jobs, "--seed", "2", "--runs", "600", "-c", RARE)[1] for jobs in "12"]
        self.assertIn("error R1: lost update, the variable b", out[0])
        self.assertEqual(out[0], out[1])
        self.assertNotIn("error R1", stress("--seed", "2", "--runs", "8", "-c", RARE)[1])

    def test_the_lowest_number_comes_first_however_long_it_takes(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "found.json")
            stress("-j", "2", "--seed", "1", "--race", "off", "--json", path, "--max-steps",
                   "100000000", "-c", SLOW, os.path.join(folder, "mark"))
            with open(path) as file:
                failure, = json.load(file)["sessions"][0]["failures"]
        self.assertEqual(failure["run"], 8)

    def test_the_three_policies(self):
        _, text, _ = self.check("--diff-gil", "--runs", "500", "--seed", "7",
                                script=scenario("10_sum_tearing"))
        self.assertIn("exposed by removing the GIL", text)

    def test_a_systematic_search_and_few_runs(self):
        self.check("--strategy", "pb:1", "--seed", "1", script=scenario("14_abba_deadlock_fixed"))
        for runs in ("7", "8", "9"):
            self.check("--runs", runs, "--seed", "1", script=scenario("12_append_only"), jobs=(2, 9))

    def test_numbers_of_the_document(self):
        documents = []
        for jobs in ("1", "2"):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "found.json")
                stress("-j", jobs, "--json", path, "--stop", "never", "--runs", "999", "--seed", "8",
                       scenario("05_lazy_singleton"))
                with open(path) as file:
                    found = json.load(file)
            del found["sessions"][0]["seconds"]
            documents.append(found)
        self.assertEqual(documents[0], documents[1])
        self.assertEqual(documents[0]["sessions"][0]["runs"], 999)

    def test_bad_numbers(self):
        for value in ("0", "-1", "x", "", "100000"):
            code, _, error = stress("-j", value, scenario("12_append_only"))
            self.assertEqual((code, error.count("\n")), (2, 1), error)


class Ends(unittest.TestCase):
    def start(self, *options):
        tester = subprocess.Popen([TOGIL, "stress", "-j", "2", "--race", "off", "--seed", "1",
                                   "--runs", str(10**12), *options, "-c", ENDLESS],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  start_new_session=True)
        self.addCleanup(tester.kill)
        while len(children(tester.pid)) < 2:
            self.assertIsNone(tester.poll(), "it has ended")
            time.sleep(0.01)
        return tester, children(tester.pid)

    def check_gone(self, pids):
        for _ in range(1000):
            if not any(parent_of(pid) is not None for pid in pids):
                return
            time.sleep(0.01)
        self.fail("a process is left over")

    def test_interrupt_ends_all_and_says_what_was_tried(self):
        tester, pids = self.start()
        os.killpg(tester.pid, signal.SIGINT)  # as a terminal does
        out, error = tester.communicate(timeout=60)
        self.assertEqual((tester.returncode, error), (130, ""))
        tried = re.search(r"0 of (\d+) schedules failed", out)
        self.assertGreaterEqual(int(tried.group(1)), 8, out)
        self.check_gone(pids)

    def start_waiting(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        mark = os.path.join(folder.name, "mark")
        tester = subprocess.Popen([TOGIL, "stress", "-j", "2", "--race", "off", "--seed", "1",
                                   "--runs", "2000", "-c", WAITS, mark], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(tester.kill)
        while len(glob.glob(mark + "?*")) < 2:
            self.assertIsNone(tester.poll(), "it has ended")
            time.sleep(0.01)
        return tester, children(tester.pid)

    def test_processes_that_wait_for_something_else_end_with_their_parent(self):
        tester, pids = self.start_waiting()
        tester.kill()
        self.check_gone(pids)
        tester.communicate()

    def test_processes_that_wait_for_something_else_are_ended(self):
        tester, pids = self.start_waiting()
        tester.send_signal(signal.SIGINT)
        tester.wait(timeout=60)  # its input stays open
        out, error = tester.communicate()
        self.assertEqual((tester.returncode, error), (130, ""), out)
        self.check_gone(pids)

    def test_interrupt_is_for_the_parent(self):
        tester, pids = self.start_waiting()
        for pid in pids:
            os.kill(pid, signal.SIGINT)
        out, error = tester.communicate("xx", timeout=60)
        self.assertEqual((tester.returncode, error), (0, ""), out)
        self.assertIn("0 of 2000 schedules failed", out)

    def test_they_end_with_their_parent(self):
        tester, pids = self.start()
        tester.kill()
        self.check_gone(pids)
        tester.communicate()

    def test_the_time_is_bounded(self):
        tester, pids = self.start("--time-budget", "0.3")
        out, error = tester.communicate(timeout=60)
        self.assertEqual((tester.returncode, error), (0, ""), out)
        self.check_gone(pids)

    def test_the_time_is_bounded_in_the_middle_of_a_run(self):
        for jobs in ("1", "2"):
            code, out, error = stress("-j", jobs, "--seed", "1", "--time-budget", "0.2",
                                      "--max-steps", str(4 * 10**9), "-c", NEVER_ENDS, timeout=60)
            self.assertEqual((code, error.count("\n")), (0, 1), out + error)
            self.assertIn("the time was over before the first run was", error)

    def test_interrupt_of_a_directed_run(self):
        # The first run is not counted, eight are; those that follow are directed at the ring. Any of
        # them but the interrupted one ends in the deadlock.
        for how in ("raise KeyboardInterrupt", "import os; os.kill(os.getpid(), 2)"):
            code, out, error = stress("--seed", "1", "--runs", "8", "--strategy", "none", "-c",
                                      RING.replace("INTERRUPT", how))
            self.assertEqual((code, error), (130, ""), out)
            self.assertIn("0 of 8 schedules failed", out)
            self.assertNotIn("LOCK ORDER", out)
        code, out, error = stress("--seed", "1", "--runs", "8", "--strategy", "none", "-c",
                                  RING.replace("INTERRUPT", "pass"))
        self.assertEqual((code, error), (1, ""), out)
        self.assertIn("a run that was directed there ended in a deadlock", out)

    @unittest.skipIf(float(os.environ.get("TG_TEST_SCALE", "1")) < 1, "a million steps")
    def test_a_run_that_looks_for_races_keeps_so_many_objects_and_no_more(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "found.json")
            stress("--seed", "1", "--runs", "1", "--max-steps", "1000000", "--json", path, "-c",
                   KEEPS)
            with open(path) as file:
                self.assertTrue(json.load(file)["sessions"][0]["races_incomplete"])

    def test_a_process_that_dies_is_a_failure_of_the_tester(self):
        with tempfile.TemporaryDirectory() as folder:
            code, out, error = stress("-j", "2", "--seed", "1", "-c", DIES,
                                      os.path.join(folder, "pid"))
        self.assertEqual(code, 4, out + error)
        self.assertRegex(error, r"ended by signal 9 in run \d+")
        self.assertEqual(error.count("\n"), 1)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
