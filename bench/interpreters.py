#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares interpreters with a GIL each with interpreters that share one.

    bench/interpreters.py [--togil build/release/togil] [--mode gil] [--interpreters 3] [--rounds 7]
                          [--work 300000] [--json FILE]

One script thread per interpreter runs the same CPU-bound code in it. Three cells: each interpreter with a GIL
of its own, all sharing the main one, and all the work in one interpreter, one after the other. The cells are
run in random order, once per round, each in a fresh process; wall time covers the work only, not the making of
the interpreters. Every answer is compared with the one that python3 gives: a mistake ends the run with exit
code 1.

Shown are medians over the rounds, and the ratio shared/own of each round with its median: about the number of
cores when the work runs in parallel, about 1 when it does not. `one/own` compares what is done in parallel with
the same work in one interpreter.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

WORK = """
def work(n):
    seen = {}
    state = 1
    for i in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        key = "k" + str(state % 97)
        seen[key] = seen.get(key, 0) + (state & 15)
    total = 0
    for key in sorted(seen):
        total = (total * 31 + seen[key] + len(key)) % 1000003
    return total
"""

SCRIPT = """
import sys, threading, time
from togil import interpreters
kind, count, n = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
WORK = %r
all = [interpreters.create(own_gil=kind == "own") for i in range(1 if kind == "one" else count)]
for i in all:
    i.run(WORK)
    i.call("work", 10)
answers = []
def go(i):
    answers.append(i.call("work", n))
begin = time.perf_counter()
if kind == "one":
    for k in range(count):
        go(all[0])
else:
    threads = [threading.Thread(target=go, args=(i,)) for i in all]
    for t in threads: t.start()
    for t in threads: t.join()
print(time.perf_counter() - begin)
print(answers)
""" % WORK

KINDS = ("own", "shared", "one")


def expected(n):
    names = {}
    exec(WORK, names)
    return names["work"](n)


def measure(options, kind, right):
    command = [options.togil, "--mode", options.mode, "-c", SCRIPT, kind, str(options.interpreters),
               str(options.work)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
    if result.returncode != 0:
        sys.exit("%s failed:\n%s" % (kind, result.stderr))
    seconds, answers = result.stdout.splitlines()
    if answers != str([right] * options.interpreters):
        sys.exit("%s: the answers are %s, not %d" % (kind, answers, right))
    return float(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--togil", default=os.path.join(ROOT, "build", "release", "togil"))
    parser.add_argument("--mode", default="gil")
    parser.add_argument("--interpreters", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--work", type=int, default=300000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--json")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    right = expected(options.work)
    seconds = {kind: [] for kind in KINDS}
    for _ in range(options.rounds):
        for kind in rng.sample(KINDS, len(KINDS)):
            seconds[kind].append(measure(options, kind, right))
    median = {kind: statistics.median(seconds[kind]) for kind in KINDS}
    ratios = {"shared/own": [a / b for a, b in zip(seconds["shared"], seconds["own"])],
              "one/own": [a / b for a, b in zip(seconds["one"], seconds["own"])]}
    print("mode %s, %d interpreters, %d processors, seed %d, load %s" %
          (options.mode, options.interpreters, os.cpu_count(), options.seed,
           " ".join("%.1f" % x for x in os.getloadavg())))
    for kind in KINDS:
        print("%-8s %8.3f s   (%s)" % (kind, median[kind], " ".join("%.3f" % s for s in seconds[kind])))
    for name, values in ratios.items():
        print("%-10s %5.2f    (%s)" % (name, statistics.median(values), " ".join("%.2f" % v for v in values)))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump({"mode": options.mode, "interpreters": options.interpreters, "work": options.work,
                       "processors": os.cpu_count(), "seed": options.seed, "load": os.getloadavg(),
                       "seconds": seconds, "median": median, "ratios": ratios}, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
