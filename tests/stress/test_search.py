#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_search.py - systematic search of `togil stress`: what it tries and what it claims.

    test_search.py Numbers|Claims|Proofs|Classes      TOGIL names the command

Numbers: how many schedules there are, against a model of the program that this file walks through.
Claims: complete, not complete, or nothing at all. Proofs: corrected programs have no schedule that
fails; programs with a bug have one. Classes: strategy dpor against all ends of random programs.
TG_TEST_SEED changes these, TG_TEST_SCALE their number.
"""
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import unittest

from exam_programs import PROGRAMS

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")

# One more byte in a file for each run.
TELLS_OF_RUNS = """
import sys
with open(sys.argv[1], "a") as file: file.write(".")
"""


def stress(code, *options):
    """Exit code, text and the first session of the JSON document."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "found.json")
        script = ["-c", code] if "\n" in code else [os.path.join(HERE, "scenarios", code + ".py")]
        done = subprocess.run([TOGIL, "stress", "--json", path, *options, *script],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=600)
        try:
            with open(path) as f:
                session = json.load(f)["sessions"][0]
        except OSError:
            session = None
        return done.returncode, done.stdout, session


def writers(*counts):
    """A program with threads that write a variable so many times."""
    lines = ["import threading", "x = 0"]
    for i, n in enumerate(counts):
        lines += [f"def work{i}():", "    global x"] + ["    x = 1"] * n
        lines += [f"t{i} = threading.Thread(target=work{i})"]
    lines += [f"t{i}.start()" for i in range(len(counts))]
    lines += [f"t{i}.join()" for i in range(len(counts))]
    return "\n".join(lines) + "\n"


def schedules(*counts, most=None, delays=False):
    """How many there are with at most so many preemptions, or delays: the main thread starts the others and
    joins them; each of them starts and does its steps."""
    threads = len(counts)
    main = [("start", i) for i in range(threads)] + [("join", i) for i in range(threads)]

    def enabled(pc, t):
        if t == 0:
            return pc[0] < len(main) and (main[pc[0]][0] == "start" or
                                          pc[main[pc[0]][1] + 1] == counts[main[pc[0]][1]] + 1)
        return pc[0] >= t and pc[t] <= counts[t - 1]

    def walk(pc, last, left):
        ready = [t for t in range(threads + 1) if enabled(pc, t)]
        if not ready:
            return 1
        found = 0
        later = [t for t in ready if t >= last]
        usual = ready.index(later[0] if later else ready[0])
        for i, t in enumerate(ready):
            costs = 1 if t != last and last in ready else 0
            if delays:  # how many are passed over
                costs = (i - usual) % len(ready)
            if left is None or costs <= left:
                found += walk(pc[:t] + (pc[t] + 1,) + pc[t + 1:], t,
                              None if left is None else left - costs)
        return found

    return walk((0,) * (threads + 1), 0, most)


class Numbers(unittest.TestCase):
    def test_exhaustive_search_tries_every_schedule_once(self):
        for counts in ((1, 1), (2, 1), (2, 3), (4, 2), (1, 1, 1)):
            for policy in ("bytecode", "free"):
                with self.subTest(counts=counts, policy=policy):
                    code, text, session = stress(writers(*counts), "--policy", policy, "--runs",
                                                 "1000000", "--strategy", "exhaustive")
                    n = schedules(*counts)
                    self.assertEqual(code, 0, text)
                    self.assertTrue(session["coverage"]["complete"], text)
                    self.assertEqual(session["coverage"]["schedules"], n)
                    self.assertIn(f"all schedules tried: complete ({n})", text)

    def test_bounds_leave_out_exactly_what_needs_more_preemptions(self):
        for counts in ((2, 2), (1, 1, 1)):
            for bound in range(4):
                with self.subTest(counts=counts, bound=bound):
                    code, text, session = stress(writers(*counts), "--runs", "1000000",
                                                 "--strategy", f"pb:{bound}")
                    n = schedules(*counts, most=bound)
                    self.assertEqual(code, 0, text)
                    self.assertIn(f"all schedules with at most {bound} preemptions tried: "
                                  f"complete ({n})", text)
                    self.assertEqual(session["coverage"]["preemptions"], bound)
                    self.assertIsNone(session["coverage"]["delays"])

    def test_bounds_leave_out_exactly_what_needs_more_delays(self):
        for counts in ((2, 2), (1, 1, 1)):
            for bound in range(5):
                with self.subTest(counts=counts, bound=bound):
                    code, text, session = stress(writers(*counts), "--runs", "1000000",
                                                 "--strategy", f"db:{bound}")
                    n = schedules(*counts, most=bound, delays=True)
                    self.assertEqual(code, 0, text)
                    self.assertIn(f"all schedules with at most {bound} delays tried: complete ({n})",
                                  text)
                    self.assertEqual(session["coverage"]["delays"], bound)
                    self.assertIsNone(session["coverage"]["preemptions"])

    def test_without_a_bound_it_goes_on_until_nothing_is_left_out(self):
        code, text, session = stress(writers(2, 1), "--runs", "1000000", "--strategy", "pb")
        self.assertIn(f"all schedules tried: complete ({schedules(2, 1)})", text)
        self.assertIsNone(session["coverage"]["preemptions"])

    def test_the_seed_makes_no_difference(self):
        texts = set()
        for seed in ("1", "2"):
            _, text, _ = stress("01_lost_update_global", "--strategy", "pb", "--seed", seed)
            texts.add(re.sub(r"--seed \d+|seed \d+|[\d.]+ per second", "", text))
        self.assertEqual(len(texts), 1, texts)


# Modules of the library keep what a run has left in them.
FORGETS_NOTHING = """import math, threading
math.runs = getattr(math, "runs", 0) + 1
x = 0
def work():
    global x
    for i in range(math.runs % 3):
        x = 1
t = threading.Thread(target=work)
t.start()
x = 2
t.join()
"""

FINALIZER = """import threading
log = []
class Thing:
    def __del__(self):
        log.append(1)
def work():
    global thing
    thing.x = 1
    thing = None
    assert log == [1]
thing = Thing()
t = threading.Thread(target=work)
t.start()
t.join()
"""


class Claims(unittest.TestCase):
    def test_budget_that_ends_too_early_is_not_complete(self):
        for strategy in ("exhaustive", "pb", "dpor"):
            for runs in ("3", "15") if strategy == "dpor" else ("3", "20", "60"):
                code, text, session = stress(writers(3, 3), "--strategy", strategy, "--runs", runs)
                self.assertEqual(code, 0)
                self.assertFalse(session["coverage"]["complete"], text)
                self.assertIn("not complete", text)
                self.assertLess(session["coverage"]["share"], 1)

    def test_bound_below_is_complete_while_the_next_one_is_not(self):
        # One run finds the points; the first schedule and the last one of a bound are done twice.
        runs = 1 + schedules(3, 3, most=0) + 2 + schedules(3, 3, most=1) + 1 + 2
        _, text, session = stress(writers(3, 3), "--strategy", "pb", "--runs", str(runs))
        self.assertIn("all schedules with at most 1 preemptions tried: complete; not complete "
                      "with at most 2: 2 of about", text)
        self.assertEqual(session["coverage"]["preemptions"], 1)
        self.assertFalse(session["coverage"]["complete"])

    def test_program_that_is_not_controlled_gets_no_claim(self):
        for strategy in ("exhaustive", "pb:2", "dpor"):
            _, text, session = stress(FORGETS_NOTHING, "--strategy", strategy, "--runs", "2000")
            self.assertIn("something decides that the tester does not control", text)
            self.assertFalse(session["coverage"]["complete"])

    def test_objects_die_when_they_would_without_the_tester(self):
        code, text, _ = stress(FINALIZER, "--strategy", "exhaustive")
        self.assertEqual(code, 0, text)
        self.assertIn("complete (", text)

    def test_other_strategies_claim_nothing(self):
        for strategy in ("random", "surw", "pct", "portfolio"):
            # A tenth of the runs may go into a proof: three are too few for two orders.
            _, text, session = stress(writers(1, 1), "--strategy", strategy, "--runs", "30")
            self.assertIsNone(session["coverage"], strategy)
            self.assertNotIn("complete", text)

    def test_interrupt_prints_what_was_covered(self):
        with open(os.path.join(HERE, "scenarios", "20_reorder_10_fixed.py")) as file:
            text = TELLS_OF_RUNS + file.read()
        # Whoever runs the tests in the background has SIGINT ignored; the command shall not.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        with tempfile.TemporaryDirectory() as folder:
            begun = os.path.join(folder, "runs")
            with subprocess.Popen([TOGIL, "stress", "--strategy", "exhaustive", "--runs",
                                   "1000000000", "-c", text, begun], stdout=subprocess.PIPE,
                                  text=True) as tester:
                self.addCleanup(tester.kill)
                while not os.path.exists(begun) or os.path.getsize(begun) < 20:
                    self.assertIsNone(tester.poll(), "it has ended")
                tester.send_signal(signal.SIGINT)
                text = tester.communicate(timeout=300)[0]
        self.assertEqual(tester.returncode, 130, text)
        self.assertRegex(text, r"not complete: \d+ (of about [1-9]\S* )?schedules tried")

    def test_strategies_are_checked(self):
        for wrong in ("pb:x", "pb:-1", "pb:", "exhaust"):
            code, _, _ = stress(writers(1), "--strategy", wrong)
            self.assertEqual(code, 2, wrong)


TWO_STAGE = PROGRAMS["twostage"]


class Proofs(unittest.TestCase):
    def test_failure_is_found_and_comes_back(self):
        for name in ("01_lost_update_global", "04_bank_check_then_act", "14_abba_deadlock",
                     "17_lost_notify", "24_finalizer_deadlock",
                     "25_shared_generator"):
            for strategy in ("exhaustive", "pb:1", "dpor"):
                with self.subTest(scenario=name, strategy=strategy):
                    code, text, session = stress(name, "--strategy", strategy, "--policy", "free")
                    self.assertEqual(code, 1, text)
                    self.assertFalse(session["coverage"]["complete"])
                    schedule = session["failures"][0]["schedule"]
                    again, _, replayed = stress(name, "--replay", schedule)
                    self.assertEqual(again, 1)
                    self.assertEqual(replayed["failures"][0]["signature"],
                                     session["failures"][0]["signature"])
                    run = str(session["failures"][0]["run"])
                    again, _, same = stress(name, "--strategy", strategy, "--run", run)
                    self.assertEqual(again, 1)
                    self.assertEqual(same["failures"][0]["hash"], session["failures"][0]["hash"])

    # Twins that are small enough for a proof, and how many schedules it takes at most, in every build.
    TWINS = {"01_lost_update_global": 2, "02_lost_update_call": 2, "03_lost_update_attr_loop": 2,
             "04_bank_check_then_act": 2, "05_lazy_singleton": 4, "06_publish_before_init": 2,
             "07_in_then_get": 3, "08_iterate_and_insert": 5, "09_test_and_pop": 36,
             "10_sum_tearing": 3, "11_zip_tearing": 3, "13_sort_while_append": 2,
             "14_abba_deadlock": 2, "15_dining_5": 183, "16_queue_plus_lock": 128,
             "17_lost_notify": 2, "18_if_instead_of_while": 30, "22_stop_flag_livelock": 5,
             "23_sleep_as_sync": 1, "24_finalizer_deadlock": 201}
    CONTROLS = {"n10_published_by_join": 1, "n1_setdefault": 12, "n3_handed_over": 105,
                "n7_rlock_recursion": 6}

    def test_corrected_programs_have_no_schedule_that_fails(self):
        programs = {name + "_fixed": n for name, n in self.TWINS.items()}
        for name, n in {**programs, **self.CONTROLS}.items():
            for policy in ("bytecode", "free") if n < 100 else ("free",):
                with self.subTest(program=name, policy=policy):
                    code, text, session = stress(name, "--strategy", "dpor", "--policy", policy)
                    self.assertEqual(code, 0, text)
                    self.assertTrue(session["coverage"]["complete"], text)
                    self.assertLessEqual(session["coverage"]["schedules"], n)

    def test_the_portfolio_ends_with_a_proof(self):
        """Wrong: no proof of what dpor proves, a chance beside it, or a proof where dpor knows nothing."""
        proof = "all schedules that differ in more than the order of independent steps tried: complete"
        for options in ((), ("-j", "2"), ("--strategy", "portfolio"), ("--policy", "bytecode")):
            code, text, session = stress("15_dining_5_fixed", "--runs", "3000", *options)
            self.assertEqual(code, 0, text)
            self.assertIn(proof + " (183)", text)
            self.assertTrue(session["coverage"]["complete"])
            self.assertNotIn("would have been missed", text)
            self.assertEqual(session["runs"], 3000)
        for options in (("--policy", "gil"), ("--strategy", "surw"), ("--shard", "1/2", "--seed", "1"),
                        ("--runs", "1000"), ("--run", "7", "--seed", "1")):
            code, text, session = stress("15_dining_5_fixed", *options)
            self.assertEqual(code, 0, text)
            self.assertNotIn("complete", text)
            self.assertIsNone(session["coverage"], options)
        # Objects that nothing ends make the search unsure of itself; it says nothing then.
        code, text, session = stress(FORGETS_NOTHING)
        self.assertNotIn("complete", text)
        self.assertIsNone(session["coverage"])

    def test_what_only_the_proof_finds_has_failed(self):
        """Wrong: a clean result although the search meets the failure that no run of the seed does."""
        by_search = 0
        for seed in range(1, 31):
            code, text, session = stress(TWO_STAGE, "--runs", "40", "--seed", str(seed))
            self.assertEqual(code, 1, text)
            failure = session["failures"][0]
            if failure["count"] > 0:
                continue
            by_search += 1
            self.assertNotIn("again: ", text)
            code, _, replayed = stress(TWO_STAGE, "--replay", failure["schedule"])
            self.assertEqual(code, 1)
            self.assertEqual(replayed["failures"][0]["signature"], failure["signature"])
        self.assertGreater(by_search, 0)

    def test_dpor_tries_less_than_everything(self):
        for counts, classes in (((2, 2), 6), ((3, 2), 10), ((3, 3), 20)):
            _, text, session = stress(writers(*counts), "--strategy", "dpor")
            self.assertIn("complete", text)
            self.assertEqual(session["coverage"]["schedules"], classes)


def random_program(rng):
    """Lists of steps, one for each thread."""
    threads = []
    for _ in range(rng.choice((2, 2, 3))):
        steps, left, held = [], rng.randint(1, 3), False
        while left > 0:
            left -= 1
            kind = rng.choice(("set", "get", "add", "append", "lock"))
            if kind == "lock":
                held = not held
                steps.append(("lock" if held else "unlock", ""))
            else:
                steps.append((kind, rng.choice("xy")))
        if held:
            steps.append(("unlock", ""))
        threads.append(steps)
    return threads


def source_of(threads, unwanted):
    lines = ["import threading", "x = y = 0", "items = []", "lock = threading.Lock()"]
    for i, steps in enumerate(threads):
        lines += [f"seen{i} = 0", f"def work{i}():", f"    global x, y, seen{i}"]
        for n, (kind, name) in enumerate(steps):
            lines.append("    " + {"set": f"{name} = {10 * i + n + 1}",
                                   "get": f"seen{i} = seen{i} * 100 + {name}",
                                   "add": f"{name} += 1",
                                   "append": f"items.append({10 * i + n + 1})",
                                   "lock": "lock.acquire()",
                                   "unlock": "lock.release()"}[kind])
        lines.append(f"t{i} = threading.Thread(target=work{i})")
    for action in ("start", "join"):
        lines += [f"t{i}.{action}()" for i in range(len(threads))]
    seen = ", ".join(f"seen{i}" for i in range(len(threads)))
    lines.append(f"assert (x, y, items, {seen}) != {unwanted}")
    return "\n".join(lines) + "\n"


def ends_of(threads):
    """All ends: (x, y, items, what each thread has seen)."""
    ends, known = set(), set()

    def walk(pc, x, y, items, seen, held, read):
        state = (pc, x, y, items, seen, held, read)
        if state in known:
            return
        known.add(state)
        done = True
        for i, steps in enumerate(threads):
            if pc[i] == len(steps):
                continue
            done = False
            kind, name = steps[pc[i]]
            value = 10 * i + pc[i] + 1
            now = {"x": x, "y": y}
            here, marks, row, hold, half = list(pc), list(seen), items, held, list(read)
            if kind == "lock" and held:
                continue
            if kind == "add" and read[i] is None:
                half[i] = now[name]  # reads; writes in its next step
            else:
                if kind == "set":
                    now[name] = value
                elif kind == "get":
                    marks[i] = marks[i] * 100 + now[name]
                elif kind == "add":
                    now[name], half[i] = half[i] + 1, None
                elif kind == "append":
                    row = items + (value,)
                else:
                    hold = kind == "lock"
                here[i] += 1
            walk(tuple(here), now["x"], now["y"], row, tuple(marks), hold, tuple(half))
        if done:
            ends.add((x, y, items, seen))

    n = len(threads)
    walk((0,) * n, 0, 0, (), (0,) * n, False, (None,) * n)
    return ends


class Classes(unittest.TestCase):
    def test_every_end_of_a_random_program_is_found(self):
        rng = random.Random(int(os.environ.get("TG_TEST_SEED", "1")))
        for _ in range(int(12 * float(os.environ.get("TG_TEST_SCALE", "1")))):
            threads = random_program(rng)
            ends = sorted(ends_of(threads))
            wanted = rng.sample(ends, min(3, len(ends)))
            for x, y, items, seen in wanted + [(-1, 0, (), (0,) * len(threads))]:
                unwanted = (x, y, list(items), *seen)
                code, text, session = stress(source_of(threads, unwanted), "--strategy", "dpor",
                                             "--runs", "100000", "--policy",
                                             rng.choice(("bytecode", "free")))
                self.assertEqual(code, 0 if x < 0 else 1, source_of(threads, unwanted) + text)
                if x < 0:
                    self.assertTrue(session["coverage"]["complete"], text)


if __name__ == "__main__":
    unittest.main()
