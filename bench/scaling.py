#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What two threads on two processors get done beside one, case by case and mode by mode.

    bench/scaling.py [--togil build/release/togil] [--modes nogil,nogil-atomic,gil] [--cases REGEX]
                     [--steps 200000] [--rounds 12] [--processes 2] [--json FILE]

A process runs one case in one mode (bench/scaling/cases.py): rounds of one thread, two threads and one thread
again, in random order, each with the same steps per thread. Perfect is 2.00. Processes of all cells alternate.

Columns: `clean` is the speed-up from runs that nobody disturbed: every thread was on a processor for at least
95 % of its time and the two began together; medians of one and two threads, and their number. `best` compares the
best runs, disturbed or not, `processor` the processor time per step (a thread that waits for a lock does not
show there). `foreign` counts the references per step that two threads dropped on objects that neither they own nor
that are hot: these are what makes lines travel (biased counts only). `A/A` compares one-thread runs with each other:
what this machine can resolve. A case that has fewer than three clean runs of either kind has no `clean` figure: try
again when the machine is quiet. `cross-thread free` is different: a thread makes objects and another frees them, one
after the other, and what is compared is the processor time of both, best runs, per object.

With --cold nothing becomes hot (togil --hot-counts off).
"""
import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
CASES = os.path.join(HERE, "scaling", "cases.py")
CLEAN = 1.05
SKEW = 0.05


def run(options, mode, arguments):
    result = subprocess.run([options.togil, "--mode", mode, "--hot-counts", "off" if options.cold else "on", CASES] + arguments, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, timeout=600)
    if result.returncode != 0:
        sys.exit("%s %s failed:\n%s%s" % (mode, arguments, result.stdout, result.stderr))
    return result.stdout.splitlines()


def summary(runs):
    """From runs (threads, wall, busy, skew) to a dict of figures."""
    one = [r for r in runs if r[0] == 1]
    two = [r for r in runs if r[0] == 2]
    clean = {}
    for threads, group in ((1, one), (2, two)):
        clean[threads] = [r[1] for r in group if r[1] <= CLEAN * r[2] and r[3] <= SKEW * r[1]]
    out = {"clean_runs": [len(clean[1]), len(clean[2])],
           "best": 2 * min(r[1] for r in one) / min(r[1] for r in two),
           "processor": 2 * statistics.median(r[2] for r in one) / statistics.median(r[2] for r in two),
           "one_ms": statistics.median(r[1] for r in one) / 1e6,
           "foreign": statistics.median(r[4] for r in two),
           "aa": statistics.median(r[2] for r in one[1::2]) / statistics.median(r[2] for r in one[::2])}
    if min(len(clean[1]), len(clean[2])) >= 3:
        out["clean"] = 2 * statistics.median(clean[1]) / statistics.median(clean[2])
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--togil", default=os.path.join(ROOT, "build", "release", "togil"))
    parser.add_argument("--modes", default="nogil,nogil-atomic,gil")
    parser.add_argument("--cases", default=".")
    parser.add_argument("--steps", type=int, default=200000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    modes = options.modes.split(",")
    names = [n for n in run(options, modes[0], ["--list"]) if re.search(options.cases, n)]
    print("%d processors, seed %d, load %s" % (os.cpu_count(), options.seed,
                                               " ".join("%.1f" % x for x in os.getloadavg())))
    cells = [(name, mode) for name in names for mode in modes]
    runs = {cell: [] for cell in cells}
    for _ in range(options.processes):
        for name, mode in rng.sample(cells, len(cells)):
            lines = run(options, mode, [name, str(options.steps), str(options.rounds), str(rng.randrange(1 << 30))])
            runs[name, mode] += [[int(x) for x in line.split()] for line in lines]
    print("%-26s %-13s %6s %8s %6s %10s %8s %6s %9s" % ("case", "mode", "clean", "(runs)", "best", "processor",
                                                         "foreign", "A/A", "one, ms"))
    figures = []
    for cell in cells:
        if cell[0] == "cross-thread free":
            best = {n: min(r[1] for r in runs[cell] if r[0] == n) for n in (1, 2)}
            per = {n: best[n] / (options.steps // 100 // 100 * 100) for n in best}
            figures.append({"case": cell[0], "mode": cell[1], "one_ns": per[1], "two_ns": per[2]})
            print("%-26s %-13s same thread %.0f ns, other thread %.0f ns" % (cell[0], cell[1], per[1], per[2]))
            continue
        s = summary(runs[cell])
        figures.append({"case": cell[0], "mode": cell[1], **s})
        print("%-26s %-13s %6s %8s %6.2f %10.2f %8.4f %6.2f %9.2f" %
              (cell[0], cell[1], "%.2f" % s["clean"] if "clean" in s else "-", "%d/%d" % tuple(s["clean_runs"]),
               s["best"], s["processor"], s["foreign"] / (2 * options.steps), s["aa"], s["one_ms"]))
    print("load at the end: %s" % " ".join("%.1f" % x for x in os.getloadavg()))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump({"seed": options.seed, "load": os.getloadavg(), "processors": os.cpu_count(),
                       "figures": figures}, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
