#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_stats.py - the figures of a run: togil.stats() in a script, --stats at its end. A wrong result
# is a figure that does not fit the others (the causes do not add up to the count, a percentile
# above the maximum), or one that misses a pause the script is known to make.
import json
import os

import support

# Every round turns the GIL on and off again, which pauses the world once where it was off.
SWITCH = """
import threading, togil
def work():
    x = 0
    for i in range(20000):
        x += i
threads = [threading.Thread(target=work, name="worker") for i in range(4)]
for t in threads:
    t.start()
for i in range(25):
    with togil.gil:
        pass
for t in threads:
    t.join()
"""

# Threads that share the GIL, where there is one.
SHARE = """
import threading, time, togil
waited = []
def work():
    while not waited:
        x = 0
        for j in range(2000):
            x += j
        time.sleep(0.0001)
threads = [threading.Thread(target=work, name="w" * 30 + "\u20ac") for i in range(4)]
for t in threads:
    t.start()
# Who comes back from a sleep while this thread computes has to wait, sooner or later.
while togil.gil_enabled() and togil.stats()["gil_waits"] == 0:
    pass
inside = togil.stats()["gil_times"]
waited.append(True)
for t in threads:
    t.join()
stats = togil.stats()
times = stats["gil_times"]
assert times["all"]["wait"]["count"] == stats["gil_waits"], stats
assert times["all"]["wait"]["sum"] == stats["gil_wait_ns"], stats
for thread in list(inside.values()) + list(times.values()):
    for kind in ("wait", "hold"):
        assert thread[kind]["p50"] <= thread[kind]["p99"] <= thread[kind]["max"], thread
for key in times:
    assert key == "all" or times[key]["name"] == "MainThread", times
"""

# Objects that are there when the run ends, and what a script sees of them.
KEEP = """
import sys, togil
class Kept:
    pass
kept = [Kept() for i in range(123)]
large = [0] * 20000
before = togil.stats()
assert "types" not in before, before
stats = togil.stats(types=True)
types = stats["types"]
assert types["__main__.Kept"]["objects"] == 123, types
assert types["list"]["bytes"] >= 160000 and types["list"]["objects"] >= 2, types
assert sum(row["bytes"] for row in types.values()) <= stats["bytes_live"], stats
assert stats["queue_longest"] <= stats["queued"], stats
assert stats["backlog_bytes"] >= 0, stats
memory = stats["memory"]
assert 0 < memory["blocks"] <= memory["allocated"] and memory["failed"] == 0, memory
assert sys.getsizeof(large) >= 160000 and sys.getsizeof([]) < 200 < sys.getsizeof("x" * 200)
assert sys.getsizeof(int) > 0
"""

SHOW = """
def show(r):
    assert r["count"] == sum(r["causes"].values()) == r["stopping"]["count"], r
    for times in (r["stopping"], r["stopped"]):
        assert times["p50"] <= times["p99"] <= times["max"] <= times["sum"] or not r["count"], r
    if r["slowest"] is not None:
        assert r["slowest"]["ns"] <= r["stopping"]["max"], r
        assert r["slowest"]["name"] and r["slowest"]["cause"] in r["causes"], r
stats = togil.stats()
for r in stats["pause_times"].values():
    show(r)
runtime = stats["pause_times"]["runtime"]
print(runtime["causes"].get("gil", 0))
assert stats["pauses"] == sum(r["count"] for r in stats["pause_times"].values())
assert stats["pause_max_ns"] == max(r["stopped"]["max"] for r in stats["pause_times"].values())
"""


class Stats(support.CommandTest):
    def check_scope(self, scope):
        self.assertEqual(scope["count"], sum(scope["causes"].values()), scope)
        for key in ("stopping_ns", "stopped_ns"):
            times = scope[key]
            self.assertEqual(times["count"], scope["count"], scope)
            self.assertEqual(sum(count for _, _, count in times["buckets"]), times["count"])
            if times["count"]:
                self.assertLessEqual(times["p50"], times["p90"])
                self.assertLessEqual(times["p90"], times["p99"])
                self.assertLessEqual(times["p99"], times["p999"])
                self.assertLessEqual(times["p999"], times["max"])
                self.assertLessEqual(times["buckets"][-1][0], times["max"])
                self.assertGreaterEqual(times["buckets"][-1][1], times["max"])

    def test_a_script_reads_its_pauses(self):
        for mode in self.in_each_mode():
            result = self.run_code(SWITCH + SHOW, mode)
            expected = "25\n" if mode.startswith("--mode=nogil") else "0\n"
            self.assertEqual((result.code, result.out), (0, expected), result)

    def test_waits_for_the_gil(self):
        for mode in self.in_each_mode():
            for policy in ("timed", "fair", "ticks"):
                result = self.run_code(SHARE, mode, "--gil-policy", policy, "--stats=figures.json")
                self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
                with open(os.path.join(self.folder, "figures.json"), encoding="utf-8") as file:
                    figures = json.load(file)
                times = figures["gil"][0]
                self.assertEqual(times["name"], "all")
                self.assertEqual(times["wait_ns"]["count"], figures["counters"]["gil_waits"])
                self.assertEqual(times["wait_ns"]["sum"], figures["counters"]["gil_wait_ns"])
                self.assertEqual("nogil" in mode, times["wait_ns"]["count"] == 0, times)

    def test_json_at_the_end(self):
        for mode in self.in_each_mode():
            result = self.run_code(SWITCH, mode, "--stats=figures.json")
            self.assertEqual((result.code, result.err), (0, ""), result)
            with open(os.path.join(self.folder, "figures.json"), encoding="utf-8") as file:
                figures = json.load(file)
            self.assertEqual(figures["mode"], mode[len("--mode="):])
            counters = figures["counters"]
            self.assertEqual(counters["threads_started"], 4)
            for scope in figures["pauses"]:
                self.check_scope(scope)
            scopes = {scope["scope"]: scope for scope in figures["pauses"]}
            self.assertIn("interpreter 0", scopes)
            self.assertEqual(scopes["runtime"]["causes"]["gil"],
                             25 if mode.startswith("--mode=nogil") else 0)
            self.assertEqual(counters["pauses"],
                             sum(scope["count"] for scope in figures["pauses"]))

    def test_text_at_the_end(self):
        for mode in self.in_each_mode():
            result = self.run_code(SWITCH, mode, "--stats")
            self.assertEqual((result.code, result.out), (0, ""), result)
            self.assertIn("togil: figures of the run (%s)" % mode[2:].replace("=", " "), result.err)
            self.assertIn("4 started", result.err)
            if mode.startswith("--mode=nogil"):
                self.assertIn("pauses of runtime: ", result.err)
                self.assertIn("gil 25", result.err)
                self.assertRegex(result.err, r"stopped +p50 \S+ \S+ +p99 \S+ \S+ +max \S+ \S+")

    def test_objects_by_type(self):
        for mode in self.in_each_mode():
            result = self.run_code(KEEP, mode, "--stats", "--stats=figures.json")
            self.assertEqual((result.code, result.out), (0, ""), result)
            self.assertRegex(result.err, r"(?m)^  types +\S+ +[0-9]+ objects +[0-9]+ bytes$")
            self.assertRegex(result.err, r"(?m)^  memory +[0-9]+ blocks")
            with open(os.path.join(self.folder, "figures.json"), encoding="utf-8") as file:
                figures = json.load(file)
            types = {row["name"]: row for row in figures["types"]}
            self.assertEqual(len(types), len(figures["types"]))
            self.assertEqual(types["__main__.Kept"]["objects"], 123)
            self.assertGreaterEqual(types["list"]["bytes"], 160000)
            sizes = [row["bytes"] for row in figures["types"]]
            self.assertEqual(sizes, sorted(sizes, reverse=True))
            self.assertLessEqual(sum(sizes), figures["counters"]["bytes_live"])
            self.assertEqual(figures["memory"]["failed"], 0)

    def test_both_forms_and_a_script_that_fails(self):
        result = self.run_code("import sys\nsys.exit(7)\n", "--stats", "--stats=figures.json")
        self.assertEqual(result.code, 7, result)
        self.assertIn("figures of the run", result.err)
        with open(os.path.join(self.folder, "figures.json"), encoding="utf-8") as file:
            self.assertIn("counters", json.load(file))

    def test_wrong_use(self):
        self.write("script.py", "print('ran')\n")
        self.check_usage_error(self.run_togil("--stats=", "script.py"), "--stats=")
        self.check_usage_error(self.run_togil("--stats=no/such/folder.json", "script.py"),
                               "no/such/folder.json", "Errno 2")
        self.check_usage_error(self.run_togil("--statz", "script.py"), "--stats")

    def test_figures_that_cannot_be_written_give_an_exit_code(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        result = self.run_code("print('ran')\n", "--stats=/dev/full")
        self.assertEqual((result.code, result.out), (120, "ran\n"), result)
        self.assertIn("/dev/full", result.err)


if __name__ == "__main__":
    support.main()
