#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same writes to one container by one thread and by two: what contention costs.

    bench/contended.py [--togil build/release/togil ...] [--modes nogil,nogil-atomic] [--steps 1600000]
                       [--rounds 60] [--processes 4] [--json FILE]

bench/scaling/contended_cases.py runs a case: all steps by one thread, half of them by each of two, and by one
thread again, in random order within a round. Several programs given with --togil alternate. Columns: time of one
thread; the median of a round's ratio one / two (1: two threads are as fast as one) with its 95 % bootstrap interval;
the same for one / again, which is what the machine can resolve, and for one / beside (one thread does all steps while
another computes something of its own), which is what a second busy processor costs the first; and one / two of the
fastest runs. Few rounds in a process measure how two heaps grow: every page is new there.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys

from compare import interval

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "scaling", "contended_cases.py")
CASES = ("append", "append-pop", "dict-write")


def rounds_of(togil, mode, name, options, seed):
    command = [togil, "--mode", mode, SCRIPT, name, str(options.steps), str(options.rounds), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    lines = [line.split() for line in done.stdout.splitlines()]
    return [{kind: int(ns) for kind, ns in lines[i:i + 4]} for i in range(0, len(lines), 4)]


def ratio(rows, under):
    values = [row["one"] / row[under] for row in rows]
    return (statistics.median(values), *interval(values, random.Random(1)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--togil", nargs="+", default=[os.path.join(os.path.dirname(HERE), "build", "release", "togil")])
    parser.add_argument("--modes", default="nogil,nogil-atomic")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--steps", type=int, default=1600000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--json")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    print(f"{os.cpu_count()} processors, seed {options.seed}, load {os.getloadavg()[0]:.1f}")
    cells = [(name, mode, togil) for name in options.cases.split(",") for mode in options.modes.split(",")
             for togil in options.togil]
    rows = {cell: [] for cell in cells}
    for _ in range(options.processes):
        for cell in rng.sample(cells, len(cells)):
            rows[cell] += rounds_of(cell[2], cell[1], cell[0], options, rng.randrange(1 << 30))
    print(f"{'case':12} {'mode':13} {'one, ms':>8} {'one/two':>20} {'one/again':>20} {'one/beside':>20} {'fastest':>8}  program")
    figures = []
    for cell in cells:
        name, mode, togil = cell
        best = {kind: min(row[kind] for row in rows[cell]) for kind in ("one", "two")}
        two, again, beside = [ratio(rows[cell], kind) for kind in ("two", "again", "beside")]
        figures.append({"case": name, "mode": mode, "togil": togil, "two": two, "again": again, "beside": beside,
                        "fastest": best["one"] / best["two"]})
        said = ["{:.2f} ({:.2f} to {:.2f})".format(*r) for r in (two, again, beside)]
        print(f"{name:12} {mode:13} {best['one'] / 1e6:8.2f} {said[0]:>20} {said[1]:>20} {said[2]:>20} "
              f"{best['one'] / best['two']:8.2f}  {os.path.basename(togil)}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump({"seed": options.seed, "figures": figures}, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
