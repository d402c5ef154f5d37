#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_files.py - what togil stress writes to files.

    test_files.py Json|Junit|Schedule      TOGIL names the command
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")

# Two ways to fail: which one comes first in a run depends on the order of the threads.
TWO_KINDS = """
import threading
x = 0
def work(k):
    global x
    x = x + 1
    if x == 1 and k == 1:
        raise ValueError("\\x01<&\\"]]>\\u00e9\\ud7ff")
    if x == 1 and k == 2:
        raise KeyError(k)
for k in range(3):
    threading.Thread(target=work, args=(k,)).start()
"""


def scenario(name):
    return os.path.join(HERE, "scenarios", name + ".py")


def stress(*options):
    return subprocess.run([TOGIL, "stress", *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", errors="surrogateescape",
                          timeout=300)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "out")

    def read(self):
        with open(self.path, encoding="utf-8") as file:
            return file.read()


class Json(Files):
    def run_json(self, *options):
        done = stress("--json", self.path, *options)
        return done, json.loads(self.read())

    def test_the_three_policies_and_their_verdict(self):
        done, found = self.run_json("--diff-gil", "--seed", "7", "--runs", "200",
                                    scenario("10_sum_tearing"))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(found["schema"], "togil-stress/2")
        self.assertEqual((found["exit_code"], found["verdict"], found["seed"]), (1, "exposed", "7"))
        sessions = {s["policy"]: s for s in found["sessions"]}
        self.assertEqual({p: s["result"] for p, s in sessions.items()},
                         {"gil": "passed", "bytecode": "passed", "free": "failed"})
        self.assertEqual([s["runs"] for s in found["sessions"]][:2], [200, 200])
        self.assertEqual(sessions["gil"]["failures"], [])
        failure, = sessions["free"]["failures"]
        self.assertEqual(failure["kind"], "exception")
        self.assertIn("AssertionError", failure["text"])
        self.assertEqual(failure["preemptions"], 1)
        self.assertEqual(sessions["free"]["failed"], 1)

    def test_a_race_that_counts_as_failure_leaves_the_verdict_alone(self):
        # The lost update is a race under every policy, but under a GIL no run can fail.
        path = scenario("01_lost_update_global")
        done, found = self.run_json("--diff-gil", "--race", "fail", "--seed", "7", "--runs", "200",
                                    path)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual((found["exit_code"], found["verdict"]), (1, "fragile"))
        self.assertIn("verdict: fragile;", done.stdout)
        self.assertIn("under a GIL: no failure found; at every access: fails", done.stdout)
        self.assertIn("FAILED: exception", done.stdout)
        self.assertEqual([s["result"] for s in found["sessions"]], ["failed"] * 3)
        # One run under a policy that shows the race and does not fail.
        done, found = self.run_json("--diff-gil", "--race", "fail", "--strategy", "none", "--seed",
                                    "7", "--runs", "20", path)
        self.assertEqual((done.returncode, found["verdict"]), (1, "none"), done.stdout)
        self.assertIn("verdict: no failure found\n", done.stdout)
        self.assertEqual([s["result"] for s in found["sessions"]], ["failed", "passed", "passed"])

    def test_events_name_lines_threads_and_values(self):
        _, found = self.run_json("--seed", "1", scenario("01_lost_update_global"))
        events = found["sessions"][0]["failures"][0]["events"]
        with open(scenario("01_lost_update_global")) as script:
            lines = script.read().split("\n")
        updates = [e for e in events if lines[e["line"] - 1].strip() == "x += 1"]
        self.assertEqual([e["action"] for e in updates if e["text"].startswith("x ")],
                         ["reads", "reads", "writes", "writes"])
        self.assertEqual({e["name"] for e in updates}, {"Thread-1 (work)", "Thread-2 (work)"})
        self.assertEqual(sum(e["preempted"] for e in events), 1)

    def test_its_commands_show_the_failure_again(self):
        path = scenario("04_bank_check_then_act")
        _, found = self.run_json("--policy", "gil", "--seed", "3", path)
        failure, = found["sessions"][0]["failures"]
        for key in ("again", "replay"):
            words = shlex.split(failure[key])[2:]
            done, second = self.run_json(*words, path)
            self.assertEqual(done.returncode, 1, failure[key])
            other, = second["sessions"][0]["failures"]
            for same in ("kind", "signature", "text", "schedule", "events", "preemptions"):
                self.assertEqual(failure[same], other[same], (key, same))

    def test_failures_of_several_kinds_are_told_apart(self):
        done, found = self.run_json("--stop", "never", "--runs", "300", "--seed", "1", "-c",
                                    TWO_KINDS)
        self.assertEqual(done.returncode, 1)
        session, = found["sessions"]
        self.assertEqual(session["runs"], 300)
        self.assertEqual(len(session["failures"]), 2)
        self.assertEqual(sum(f["count"] for f in session["failures"]), session["failed"])
        self.assertEqual(len({f["signature"] for f in session["failures"]}), 2)
        self.assertEqual(done.stdout.count("FAILED:"), 2)

    def test_a_run_that_passes(self):
        done, found = self.run_json("--runs", "50", scenario("12_append_only"), "an", "argument")
        self.assertEqual(done.returncode, 0)
        self.assertEqual((found["exit_code"], found["verdict"]), (0, None))
        self.assertEqual(found["arguments"], ["an", "argument"])
        self.assertEqual((found["sessions"][0]["runs"], found["sessions"][0]["failed"]), (50, 0))

    def test_standard_output_carries_nothing_else(self):
        done = stress("--json", "-", "--runs", "9", scenario("01_lost_update_global_fixed"))
        self.assertEqual(json.loads(done.stdout)["sessions"][0]["runs"], 9)
        self.assertIn("0 of 9 schedules failed", done.stderr)

    def test_a_file_that_cannot_be_written(self):
        done = stress("--json", "/nonexistent/x", "--runs", "1", scenario("12_append_only"))
        self.assertEqual(done.returncode, 4)
        self.assertIn("cannot write '/nonexistent/x'", done.stderr)


class Perfetto(Files):
    def trace(self, *options):
        stress("--perfetto", self.path, "--seed", "3", *options)
        return json.loads(self.read())["traceEvents"]

    def test_every_event_has_what_the_format_requires(self):
        events = self.trace(scenario("04_bank_check_then_act"))
        required = {"M": {"args"}, "X": {"dur"}, "i": {"s"}, "s": {"id", "cat"},
                    "f": {"id", "cat", "bp"}}
        for e in events:
            self.assertLessEqual({"ph", "pid", "tid", "ts", "name"} | required[e["ph"]], set(e), e)
        names = {e["tid"]: e["args"]["name"] for e in events if e["ph"] == "M"}
        self.assertEqual(names[0], "MainThread")
        self.assertGreaterEqual(set(names), {e["tid"] for e in events})
        self.assertEqual([e["name"] for e in events if e["ph"] == "i"], ["exception"])

    def test_arrows_have_both_ends_in_two_threads(self):
        events = self.trace("-c", """
import threading
lock, x = threading.Lock(), []
def work():
    with lock:
        x.append(1)
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads: t.start()
for t in threads: t.join()
assert not x
""")
        ends = {}
        for e in events:
            if e["ph"] in "sf":
                ends.setdefault(e["id"], []).append(e)
        self.assertTrue(ends)
        for start, end in ends.values():
            self.assertEqual((start["ph"], end["ph"]), ("s", "f"))
            self.assertLess(start["ts"], end["ts"])
            self.assertNotEqual(start["tid"], end["tid"])

    def test_no_failure_is_an_empty_trace(self):
        self.assertEqual(self.trace("-c", "pass"), [])


class Junit(Files):
    def run_junit(self, *options):
        done = stress("--junit", self.path, *options)
        return done, ElementTree.fromstring(self.read())

    def test_a_case_per_policy(self):
        done, root = self.run_junit("--diff-gil", "--seed", "1", "--runs", "200",
                                    scenario("07_in_then_get"))
        self.assertEqual(done.returncode, 1)
        suite = root.find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("errors")),
                         ("3", "2", "0"))
        failed = {c.get("name"): c.find("failure") for c in suite.iter("testcase")}
        self.assertEqual([n for n, f in failed.items() if f is not None],
                         ["policy bytecode", "policy free"])
        self.assertEqual(failed["policy free"].get("message"), "KeyError: 'k'")
        self.assertIn("--replay ", failed["policy free"].text)

    def test_it_is_well_formed_whatever_is_printed(self):
        done, root = self.run_junit("--stop", "never", "--runs", "300", "--seed", "1", "-c",
                                    TWO_KINDS)
        self.assertEqual(done.returncode, 1)
        messages = [f.get("message") for f in root.iter("failure")]
        self.assertIn('ValueError: ?<&"]]>\u00e9\ud7ff', messages)


class Schedule(Files):
    def save(self, *options):
        done = stress("--save-schedule", self.path + ".tgs", *options)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stdout

    def replay(self, *options):
        return stress("--replay", self.path + ".tgs", *options)

    def test_a_file_repeats_the_run_with_its_policy(self):
        path = scenario("02_lost_update_call")
        first = self.save("--policy", "gil", "--seed", "1", path)
        done = self.replay(path)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout.split("\n  replay:")[0].rstrip(),
                         first.split("\n  again:")[0].rstrip())

    def test_every_scenario_repeats_step_by_step(self):
        # The file holds a hash of every step; the command says when the run goes another way.
        folder = os.path.join(HERE, "scenarios")
        for name in sorted(os.listdir(folder)):
            if name.endswith("_fixed.py") or name.startswith(("12_", "n")):
                continue
            path = os.path.join(folder, name)
            with self.subTest(scenario=name):
                # What only time can break fails in no other way.
                time = "adversarial" if name.startswith("23_") else "des"
                self.save("--seed", "5", "--time", time, path)
                done = self.replay(path)
                self.assertEqual((done.returncode, done.stderr), (1, ""))

    def test_a_changed_script_is_noticed(self):
        with open(scenario("01_lost_update_global")) as script:
            text = script.read()
        self.save("-c", text)
        done = self.replay("-c", text.replace("x == 2, x", "x > 0, x"))
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("the script has changed", done.stderr)
        done = self.replay("-c", "# a comment\n" + text)
        self.assertIn("the script has changed", done.stderr)

    def test_what_is_no_schedule_is_refused(self):
        for text in ("", "togil-schedule 3\nschedule AQ\n", "togil-schedule 1\npolicy free\n",
                     "togil-schedule 1\npolicy none\nschedule AQ\n",
                     "togil-schedule 1\nschedule A\n", "\0" * 100):
            with open(self.path + ".tgs", "w") as file:
                file.write(text)
            done = self.replay(scenario("01_lost_update_global"))
            self.assertEqual(done.returncode, 2, repr(text))
            self.assertIn("is not a schedule", done.stderr)
        done = stress("--replay", "/nonexistent.tgs", scenario("01_lost_update_global"))
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
