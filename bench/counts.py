#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a pair of incref and decref costs in every core, in nanoseconds and instructions.

    bench/counts.py [--build build/release] [--processes 9] [--instructions]

Runs bench/micro/bench_counts.c, one program per core, alternately and in random order; a figure is the best of
the processes, of the median over rounds: beside others, an atomic operation takes several times as long. `A/A` is the
same for a second set of biased processes: what the machine can resolve. --instructions counts with callgrind: the difference of two lengths, exact.
"""
import argparse
import os
import random
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CORES = ("classic", "atomic", "biased")


def run(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
    if result.returncode != 0:
        sys.exit("%s failed:\n%s" % (" ".join(command), result.stderr))
    return result


def instructions(program, row):
    totals = []
    for pairs in (10000, 20000):
        result = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "1", str(pairs), row])
        totals.append(int(re.search(r"Collected : (\d+)", result.stderr).group(1)))
    return (totals[1] - totals[0]) / 10000


def table(title, columns, rows, figures):
    print("%-12s%s" % (title, "".join("%10s" % c for c in columns)))
    for row in rows:
        print("%-12s%s" % (row, "".join("%10.2f" % figures[c][row] for c in columns)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--processes", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--pairs", type=int, default=100000)
    parser.add_argument("--instructions", action="store_true")
    options = parser.parse_args()
    program = {core: os.path.join(options.build, "bench", "bench_counts." + core) for core in CORES}
    program["A/A"] = program["biased"]
    columns = list(CORES) + ["A/A"]
    runs = {c: {} for c in columns}
    for _ in range(options.processes):
        for c in random.sample(columns, len(columns)):
            for line in run([program[c], str(options.rounds), str(options.pairs)]).stdout.splitlines():
                row, ns = line.split()
                runs[c].setdefault(row, []).append(float(ns))
    rows = list(runs["biased"])
    best = {c: {row: min(runs[c][row]) for row in rows} for c in columns}
    print("load %s" % " ".join("%.1f" % x for x in os.getloadavg()))
    table("ns", columns, rows, best)
    print("biased owner / classic owner     %.2f" % (best["biased"]["owner"] / best["classic"]["owner"]))
    print("biased foreign / atomic owner    %.2f" % (best["biased"]["foreign"] / best["atomic"]["owner"]))
    if options.instructions:
        counted = {c: {row: instructions(program[c], row) for row in rows} for c in CORES}
        table("instructions", CORES, rows, counted)


if __name__ == "__main__":
    main()
