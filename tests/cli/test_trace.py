#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_trace.py - `togil run --trace`: the file is JSON that fits together, in every mode.
#
# A wrong result looks like this: spans of one thread that overlap without nesting, time that runs
# backwards, two threads that hold the GIL at one moment, two that are attached while the switch is
# on, one that is attached in a pause of another, a track without a name.
import bisect
import json
import os
from decimal import Decimal

from support import CommandTest, main

PROGRAM = """
import sys, threading, time, togil
if len(sys.argv) > 2:
    togil.gil.policy = sys.argv[2]
lock = threading.Lock()
def compute(n):
    total = 0
    for i in range(n):
        total += i
        if i % 20000 == 0:
            with lock:
                total += 1
    return total
def sleep(n):
    for i in range(n):
        time.sleep(0.001)
def short():
    pass
running, done = [], []
def hog():  # with the GIL on, it goes on until somebody asks for the lock
    running.append(1)
    while not done:
        pass
def switch(n):
    for i in range(n):
        with togil.gil():
            compute(2000)
        time.sleep(0.001)
threads = [threading.Thread(target=compute, args=(150000,), name='computes "%d"' % i) for i in range(3)]
threads.append(threading.Thread(target=sleep, args=(20,), name="sl\\u00e4ft " + "\\u00e4" * 40))
if sys.argv[1] == "switch":
    threads += [threading.Thread(target=switch, args=(15,), name="switches") for i in range(2)]
t = threading.Thread(target=hog)
t.start()
while not running:
    time.sleep(0.001)
done.append(1)
t.join()
for t in threads:
    t.start()
for i in range(20):
    t = threading.Thread(target=short)
    t.start()
    t.join()
for t in threads:
    t.join()
print(len(threads))
"""


# The Trace Event Format, as far as the file uses it: what an event of each phase must have, and may.
COMMON = {"ph": str, "pid": int}
TIMED = {**COMMON, "tid": int, "ts": Decimal}
FIELDS = {
    "M": ({**COMMON, "name": str, "args": dict}, {"tid": int}),
    "B": ({**TIMED, "name": str}, {"args": dict, "cat": str}),
    "E": (TIMED, {"name": str, "args": dict, "cat": str}),
    "C": ({**TIMED, "name": str, "args": dict}, {}),
    "i": ({**TIMED, "name": str, "s": str}, {"args": dict, "cat": str}),
    "s": ({**TIMED, "name": str, "cat": str, "id": int}, {"args": dict}),
    "f": ({**TIMED, "name": str, "cat": str, "id": int}, {"args": dict, "bp": str}),
}
METADATA = {"process_name": ("name", str), "thread_name": ("name", str),
            "thread_sort_index": ("sort_index", int)}


def once(pairs):
    """An object whose keys occur once: a reader may take the first or the last of two."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key occurs twice: %s" % keys)
    return dict(pairs)


def check_format(test, whole):
    """Every event has the fields of its phase, of the right type, and no others."""
    test.assertEqual(set(whole), {"displayTimeUnit", "traceEvents", "otherData"})
    test.assertIn(whole["displayTimeUnit"], ("ms", "ns"))
    names = []
    for event in whole["traceEvents"]:
        test.assertIn(event.get("ph"), FIELDS, event)
        must, may = FIELDS[event["ph"]]
        for key, kind in must.items():
            test.assertIn(key, event, event)
            test.assertIs(type(event[key]), kind, event)
        for key in set(event) - set(must):
            test.assertIn(key, may, event)
            test.assertIs(type(event[key]), may[key], event)
        if event["ph"] == "M":
            test.assertIn(event["name"], METADATA, event)
            key, kind = METADATA[event["name"]]
            test.assertEqual(list(event["args"]), [key], event)
            test.assertIs(type(event["args"][key]), kind, event)
            names.append((event["name"], event.get("tid")))
        elif event["ph"] == "C":  # a counter is drawn from numbers
            for value in event["args"].values():
                test.assertIn(type(value), (int, Decimal), event)
        elif event["ph"] == "i":
            test.assertIn(event["s"], ("t", "p", "g"), event)
        elif event["ph"] == "f":  # else it would end at the next span, not around it
            test.assertEqual(event.get("bp"), "e", event)
    test.assertEqual(len(set(names)), len(names), "a track is named twice")
    test.assertEqual(sum(name == "process_name" for name, _ in names), 1)
    test.assertEqual(len({event["pid"] for event in whole["traceEvents"]}), 1)


def nanoseconds(event):
    return int(event["ts"] * 1000)


class Parsed:
    """A trace file: spans per track, checked to nest."""

    def __init__(self, test, path):
        with open(path, encoding="utf-8") as file:
            self.whole = json.load(file, parse_float=Decimal, object_pairs_hook=once)
        check_format(test, self.whole)
        self.test = test
        self.names = {}  # of tracks
        self.spans = {}  # track -> [(begin, end, name, depth)]
        self.instants = []  # (track, time, name, args)
        self.counts = []  # (time, count) of the main interpreter
        self.counters = set()  # names
        self.flows = {}  # id -> [phase, ...]
        self.end = self.whole["otherData"]["nanoseconds"]
        self.read()

    def read(self):
        test, last, open_spans = self.test, {}, {}
        for event in self.whole["traceEvents"]:
            phase, track = event["ph"], event.get("tid")
            if phase == "M":
                if event["name"] == "thread_name":
                    test.assertNotIn(track, self.names)
                    self.names[track] = event["args"]["name"]
                continue
            at = nanoseconds(event)
            key = event["name"] if phase == "C" else track
            test.assertGreaterEqual(at, last.get(key, 0), event)
            test.assertLessEqual(at, self.end, event)
            last[key] = at
            stack = open_spans.setdefault(track, [])
            if phase == "B":
                stack.append((at, event["name"]))
            elif phase == "E":
                test.assertTrue(stack, "an end without a begin: %s" % event)
                begin, name = stack.pop()
                self.spans.setdefault(track, []).append((begin, at, name, len(stack)))
            elif phase == "C":
                self.counters.add(event["name"])
                if event["name"] == "GIL count":
                    self.counts.append((at, event["args"]["count"]))
            elif phase == "i":
                self.instants.append((track, at, event["name"], event.get("args", {})))
            else:
                test.assertIn(phase, ("s", "f"))
                self.flows.setdefault(event["id"], []).append((at, phase))
        for stack in open_spans.values():
            test.assertEqual(stack, [])
        for ends in self.flows.values():
            test.assertEqual([phase for _, phase in sorted(ends)], ["s", "f"])

    def of(self, name):
        """All spans of that name, by time, with their track."""
        return sorted((begin, end, track) for track, spans in self.spans.items()
                      for begin, end, what, _ in spans if what == name)

    def check_disjoint(self, spans):
        for before, after in zip(spans, spans[1:]):
            self.test.assertLessEqual(before[1], after[0], (before, after))

    def check(self):
        test = self.test
        other = self.whole["otherData"]
        for key in ("lost_events", "lost_threads", "lost_pauses"):
            test.assertEqual(other[key], 0)
        for track in self.spans:
            test.assertIn(track, self.names)
        holds = self.of("holds GIL")
        self.check_disjoint(holds)
        attached = self.of("attached")
        self.check_disjoint_while_on(attached)
        self.check_pauses(attached)
        known = {"holds GIL", "attached", "parked", "blocked", "yields", "wait GIL", "suspended"}
        for track, spans in self.spans.items():
            if track % 2 == 1:
                for _, _, name, depth in spans:
                    test.assertIn(name, known)
                    test.assertLessEqual(depth, 1)

    def check_disjoint_while_on(self, attached):
        """While the counter is above zero, attached threads do not overlap."""
        times = [at for at, _ in self.counts]
        ons = []  # [begin, end)
        for i, (at, count) in enumerate(self.counts):
            if count > 0:
                end = times[i + 1] if i + 1 < len(times) else self.end
                if ons and ons[-1][1] == at:
                    ons[-1] = (ons[-1][0], end)
                else:
                    ons.append((at, end))
        for on in ons:
            self.check_disjoint([(max(begin, on[0]), min(end, on[1]), track)
                                 for begin, end, track in attached
                                 if begin < on[1] and end > on[0]])

    def check_pauses(self, attached):
        pauses = self.of("stopped")
        for begin, end, _ in pauses:
            inside = [span for span in attached if span[0] < end and span[1] > begin]
            self.test.assertLessEqual(len({track for _, _, track in inside}), 1, (begin, end))
        starts = [begin for begin, _, _ in self.of("stopping")]
        for begin, _, _ in pauses:
            self.test.assertTrue(starts and bisect.bisect_right(starts, begin) > 0)


class Trace(CommandTest):
    def trace(self, code, *args, mode, expect=0):
        self.write("script.py", code)
        path = os.path.join(self.folder, "out.json")
        result = self.run_togil("run", mode, "--trace", path, "script.py", *args)
        self.assertEqual(result.code, expect, result)
        return result, Parsed(self, path)

    def test_threads(self):
        for mode in self.in_each_mode():
            switches = mode != "--mode=gil"
            result, trace = self.trace(PROGRAM, "switch" if switches else "", mode=mode)
            self.assertEqual(result.out, "6\n" if switches else "4\n")
            trace.check()
            names = list(trace.names.values())
            for name in ("MainThread", 'computes "0"', 'computes "2"'):
                self.assertIn(name, names)
            self.assertTrue(any(name.startswith("sl\u00e4ft \u00e4") for name in names), names)
            self.assertEqual(sum(track % 2 for track in trace.names), 28 if switches else 26)
            instants = [name for _, _, name, _ in trace.instants]
            self.assertEqual(instants.count("end"), 27 if switches else 25)
            self.assertTrue(trace.of("parked"))
            if "nogil" in mode:
                self.assertEqual(trace.counts[0][1], 0)
                self.assertGreaterEqual(len(trace.of("stopped")), 1)
                self.assertIn("pauses", names)
            else:
                self.assertGreater(trace.counts[0][1], 0)
                self.assertTrue(trace.of("wait GIL"))
                self.assertTrue(trace.flows)

    def test_policies(self):
        for mode in self.in_each_mode():
            switches = mode != "--mode=gil"
            for policy in ("timed", "fair", "ticks"):
                _, trace = self.trace(PROGRAM, "switch" if switches else "", policy, mode=mode)
                trace.check()

    def test_interpreters(self):
        code = ("import togil.interpreters\n"
                "for own in (True, False):\n"
                "    with togil.interpreters.create(own_gil=own) as other:\n"
                "        other.run('import togil\\nif togil.gil.switchable:\\n'\n"
                "                  '    with togil.gil():\\n        x = 1\\n')\n")
        for mode in self.in_each_mode():
            _, trace = self.trace(code, mode=mode)
            names = " ".join(trace.names.values())
            self.assertIn("(interpreter 1)", names)
            self.assertIn("(interpreter 2)", names)
            if mode != "--mode=gil":
                self.assertIn("GIL count of interpreter 1", trace.counters)
            self.assertNotIn("GIL count of interpreter 2", trace.counters)

    def test_losses_are_stated(self):
        code = "import time\nfor i in range(17000):\n    time.sleep(0)\n"
        for mode in self.in_each_mode()[:2]:
            _, trace = self.trace(code, mode=mode)
            lost = trace.whole["otherData"]["lost_events"]
            self.assertGreater(lost, 34000 - 32768)
            said = [args["lost"] for _, _, name, args in trace.instants
                    if name == "events lost before"]
            self.assertEqual(said, [lost])

    def test_uncaught_exception(self):
        for mode in self.in_each_mode():
            result, trace = self.trace("import threading\n"
                                       "t = threading.Thread(target=int, name='late')\n"
                                       "t.start()\nraise ValueError('x')\n", mode=mode, expect=1)
            self.check_traceback(result, "ValueError: x")
            self.assertIn("late", trace.names.values())

    def test_script_changes_folder(self):
        self.write("script.py", "import os\nos.chdir('/')\n")
        result = self.run_togil("--trace=out.json", "script.py")
        self.assertEqual(result.code, 0, result)
        Parsed(self, os.path.join(self.folder, "out.json")).check()

    def test_usage(self):
        self.write("script.py", "print('not run')\n")
        self.check_usage_error(self.run_togil("run", "--trace"), "--trace needs a value")
        self.check_usage_error(self.run_togil("--trace", "no/such/folder/x.json", "script.py"),
                               "cannot write the trace to 'no/such/folder/x.json'", "No such file")

    def test_full_device(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        self.write("script.py", "print('run')\n")
        result = self.run_togil("--trace", "/dev/full", "script.py")
        self.assertEqual((result.code, result.out), (120, "run\n"), result)
        self.assertIn("cannot write the trace to '/dev/full': No space left", result.err)


if __name__ == "__main__":
    main()
