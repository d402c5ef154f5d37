#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_engine.py - what the scheduler of togil stress owes to a script.

    test_engine.py Small|Stalled|Engines      TOGIL names the command
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

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


READS = """
import os, threading
ends = os.pipe()
def work():
    os.read(ends[0], 1)
for f in (work, lambda: None):
    threading.Thread(target=f).start()
"""

ACCEPTS = """
import socket
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
server.accept()
"""

# In all processes but the first one.
READS_LATER = """
import os, sys
mark, me = sys.argv[1], str(os.getpid())
if not os.path.exists(mark):
    open(mark, "w").write(me)
if open(mark).read() != me:
    os.read(os.pipe()[0], 1)
"""

READS_AT_ONCE = """
import os, stress
@stress.test
def nothing():
    pass
os.read(os.pipe()[0], 1)
"""

# Takes long by its own clock, or does much between two points: neither is a stall.
LONG = """
import threading, time, queue
q = queue.Queue()
def sleeper():
    time.sleep(100000)
    q.put(len(str(7 ** 3000)))
def waiter():
    q.get(timeout=1000000)
for f in (sleeper, waiter):
    threading.Thread(target=f).start()
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


def in_system_call(pid):
    """Whether the main thread waits in the kernel. The thread sanitizer keeps a signal that comes
    shortly before until the call returns."""
    with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
        return file.read().split()[0] not in ("running", "-1")


class Stalled(Command):
    def test_a_thread_that_reads_from_a_pipe(self):
        out = self.stress("--seed", "1", "--patience", "0.2", "--json", "found.json", "--junit",
                          "found.xml", "-c", READS, code=6)
        self.assertIn("FAILED: uncontrolled wait in Thread-1 (work)\n", out)
        self.assertIn("      <string>:5, in work\n", out)
        self.assertRegex(out, r"system call (poll|read): descriptor \d+ \(pipe:")
        self.assertRegex(out, r"again: togil stress .* --seed 1 --run 0 -c CODE")
        self.assertIn("1 of 1 schedules failed", out)
        found = json.loads(self.read("found.json"))
        self.assertEqual(found["exit_code"], 6)
        session, = found["sessions"]
        self.assertEqual((session["result"], session["failed"]), ("failed", 1))
        failure, = session["failures"]
        self.assertEqual((failure["kind"], failure["thread"], failure["schedule"]),
                         ("uncontrolled wait", "Thread-1 (work)", None))
        case, = ElementTree.fromstring(self.read("found.xml")).iter("testcase")
        self.assertEqual(case.find("failure").get("type"), "uncontrolled wait")

    def test_standard_input_and_sockets(self):
        with subprocess.Popen(["sleep", "1000"], stdout=subprocess.PIPE) as silent:
            self.addCleanup(silent.kill)
            out = self.stress("--seed", "1", "--patience", "0.2", "-c",
                              "import sys\nsys.stdin.readline()", code=6, stdin=silent.stdout)
            silent.kill()
        self.assertIn("in MainThread", out)
        self.assertIn("standard input", out)
        self.assertIn("      <string>:2, in <module>\n", out)
        out = self.stress("--seed", "1", "--patience", "0.2", "-c", ACCEPTS, code=6)
        self.assertRegex(out, r"descriptor \d+ \(socket:")

    def test_in_several_processes(self):
        out = self.stress("-j", "2", "--seed", "1", "--patience", "0.2", "--json", "found.json",
                          "-c", READS_LATER, "mark", code=6)
        self.assertEqual(out.count("FAILED: uncontrolled wait in MainThread"), 1)
        session, = json.loads(self.read("found.json"))["sessions"]
        self.assertEqual([f["run"] for f in session["failures"]], [8])

    def test_before_the_tests_of_a_script_are_known(self):
        out = self.stress("--patience", "0.2", "-c", READS_AT_ONCE, code=6)
        self.assertIn("FAILED: uncontrolled wait in MainThread", out)
        self.assertNotIn("again:", out)

    def test_interrupt_though_a_thread_waits_for_something_else(self):
        def usual():
            signal.signal(signal.SIGINT, signal.default_int_handler)

        with subprocess.Popen([TOGIL, "stress", "--seed", "1", "--patience", "100000", "-c",
                               READS.replace("os.read", "print(file=open('mark', 'w')); os.read")],
                              stdout=subprocess.PIPE, text=True, cwd=self.folder,
                              preexec_fn=usual) as tester:
            self.addCleanup(tester.kill)
            mark = os.path.join(self.folder, "mark")
            while not os.path.exists(mark) or not in_system_call(tester.pid):
                self.assertIsNone(tester.poll(), "it has ended")
            tester.send_signal(signal.SIGINT)
            out = tester.communicate(timeout=100)[0]
        self.assertEqual(tester.returncode, 130, out)
        self.assertIn("0 of 0 schedules failed", out)

    # Wrong: the interrupt is taken, and then the thread that goes on to wait is waited for.
    def test_interrupt_before_a_thread_waits_for_something_else(self):
        script = READS.replace("os.read", "[threading.Lock() for i in range(300)]; os.read")
        out = self.stress("--seed", "1", "--runs", "20", "--patience", "100000", "-c",
                          script + "raise KeyboardInterrupt", code=130)
        self.assertRegex(out, "0 of [0-9]+ schedules failed")

    def test_what_takes_long_is_no_stall(self):
        out = self.stress("--seed", "1", "--runs", "30", "--patience", "0.5", "-c", LONG)
        self.assertIn("0 of 30 schedules failed", out)

    def test_bad_numbers(self):
        for value in ("-1", "x", "", "0.001", "1e9", "1m"):
            self.assertIn("--patience takes seconds", self.stress("--patience", value, "x.py",
                                                                  code=2))


class Engines(Command):
    def wrapped(self, *options):
        path = os.path.join(self.folder, "togil")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nshift\nexec "{TOGIL}" stress {" ".join(options)} "$@"\n')
        os.chmod(path, 0o755)
        return path

    def identity(self, *options, code=0):
        done = subprocess.run([sys.executable, os.path.join(HERE, "identity.py"), *options],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=300)
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def test_threads_do_what_fibers_do(self):
        short = float(os.environ.get("TG_TEST_SCALE", "1")) < 1
        some = ("--only", "0[13578]*", "--only", "1[02478]*", "--only", "2[2345]*") if short else ()
        out = self.identity("--runs", "12", *some, TOGIL, self.wrapped("--engine", "threads"))
        self.assertRegex(out, r"schedules \(\d+ fail\), 2 builds: 0 differ")
        self.assertIn("14 scenarios, 168 schedules" if short else "25 scenarios, 300 schedules", out)

    def test_policies_strategies_and_time(self):
        for how in (("--policy", "gil"), ("--policy", "bytecode", "--strategy", "pb:1"),
                    ("--time", "adversarial", "--strategy", "pct:3")):
            digests = []
            for engine in ("fibers", "threads"):
                for name in ("14_abba_deadlock", "23_sleep_as_sync", "n5_bounded_buffer"):
                    subprocess.run([TOGIL, "stress", "--engine", engine, "--seed", "3", "--runs",
                                    "40", "--stop", "never", "--digest", "digest", *how,
                                    scenario(name)], stdout=subprocess.DEVNULL, timeout=300,
                                   cwd=self.folder, check=False)
                    digests.append(self.read("digest"))
            self.assertEqual(digests[:3], digests[3:], how)
            self.assertTrue(all(text.count("\n") > 1 for text in digests), how)

    def test_reports_replays_and_processes(self):
        path = scenario("04_bank_check_then_act")

        def plain(*options):
            out = self.stress("--seed", "1", *options, path, code=1)
            return [line for line in out.split("\n") if "per second" not in line]

        fibers = plain("--save-schedule", "found.tgs")
        self.assertEqual(plain("--engine", "threads"), fibers)
        self.assertEqual(plain("--engine", "threads", "-j", "2"), fibers)
        self.assertIn("FAILED: exception", self.stress("--engine", "threads", "--replay",
                                                       "found.tgs", path, code=1))

    def test_a_stall_is_noticed_there_too(self):
        out = self.stress("--engine", "threads", "--seed", "1", "--patience", "0.2", "-c", READS,
                          code=6)
        self.assertIn("FAILED: uncontrolled wait in Thread-1 (work)\n", out)
        self.assertIn("      <string>:5, in work\n", out)

    def test_bad_names(self):
        self.assertIn("--engine takes fibers or threads", self.stress("--engine", "x", "x.py",
                                                                      code=2))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
