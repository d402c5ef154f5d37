#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What two threads on two processors get done beside one, case by case and mode by mode.

    bench/scaling.py [--togil build/release/togil] [--modes nogil,nogil-atomic,gil] [--cases REGEX]
                     [--steps 200000] [--rounds 40] [--processes 4] [--json FILE]

A process runs one case in one mode (bench/scaling/cases.py): rounds of one thread and two threads in random order,
each with the same steps per thread. Perfect is 2.00. Processes of all cells alternate, in random order.

Columns: `speed-up` compares the fastest run of one thread with the fastest of two. On a virtual processor that shares a
core with somebody else's, the same loop takes up to twice as long for seconds; nothing but the fastest run says what
the program does, and only if there are many. `median` compares medians: what this machine gave. `processor` is the
same as `speed-up` in processor time per step (who waits for a lock does not show). `apart` is the machine's own limit
for this very loop: a process alone against two at once, which share no memory, fastest runs. `foreign` counts the references per step
that two threads dropped on objects that neither they own nor that are hot: these are what makes lines travel
(biased counts only). `A/A` compares odd with even runs of one thread, fastest runs: what can be resolved.
`cross-thread free` is different: a thread makes objects and another frees them, one after the other, and what is
compared is the processor time of both, fastest runs, per object.

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
SKEW = 0.05


def start(options, mode, arguments):
    return subprocess.Popen([options.togil, "--mode", mode, "--hot-counts", "off" if options.cold else "on", CASES] +
                            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def lines_of(process):
    out, err = process.communicate(timeout=600)
    if process.returncode != 0:
        sys.exit("%s failed:\n%s%s" % (" ".join(process.args), out, err))
    return out.splitlines()


def run(options, mode, arguments):
    return lines_of(start(options, mode, arguments))


def apart(options, mode, name, rng):
    """Processor time of a run in one process, and in each of two processes at once."""
    times = {}
    for n in rng.sample((1, 2), 2):
        arguments = [name, str(options.steps), "--for", str(options.apart)]
        processes = [start(options, mode, arguments) for _ in range(n)]
        runs = [int(line.split()[2]) for p in processes for line in lines_of(p)]
        times[n] = min(runs)
    return times


def summary(runs):
    """From runs (threads, wall, busy, skew, foreign) to a dict of figures."""
    one = [r for r in runs if r[0] == 1]
    two = [r for r in runs if r[0] == 2 and r[3] <= SKEW * r[1]] or [r for r in runs if r[0] == 2]
    return {"speed_up": 2 * min(r[1] for r in one) / min(r[1] for r in two),
            "median": 2 * statistics.median(r[1] for r in one) / statistics.median(r[1] for r in two),
            "processor": 2 * min(r[2] for r in one) / min(r[2] for r in two),
            "one_ms": min(r[1] for r in one) / 1e6,
            "runs": len(two),
            "foreign": statistics.median(r[4] for r in two),
            "aa": min(r[1] for r in one[1::2]) / min(r[1] for r in one[::2]) if len(one) > 1 else 1.0}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--togil", default=os.path.join(ROOT, "build", "release", "togil"))
    parser.add_argument("--modes", default="nogil,nogil-atomic,gil")
    parser.add_argument("--cases", default=".")
    parser.add_argument("--steps", type=int, default=200000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--apart", type=float, default=0.3, help="seconds for each run of `apart`; 0: none")
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
    limits = {cell: [] for cell in cells}
    for _ in range(options.processes):
        for name, mode in rng.sample(cells, len(cells)):
            lines = run(options, mode, [name, str(options.steps), str(options.rounds), str(rng.randrange(1 << 30))])
            runs[name, mode] += [[int(x) for x in line.split()] for line in lines]
            if options.apart > 0 and name != "cross-thread free":
                limits[name, mode].append(apart(options, mode, name, rng))
    print("%-26s %-13s %8s %6s %9s %6s %8s %6s %8s" % ("case", "mode", "speed-up", "median", "processor", "apart",
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
        if limits[cell]:
            s["apart"] = 2 * min(x[1] for x in limits[cell]) / min(x[2] for x in limits[cell])
        figures.append({"case": cell[0], "mode": cell[1], **s})
        print("%-26s %-13s %8.2f %6.2f %9.2f %6s %8.4f %6.2f %8.2f" %
              (cell[0], cell[1], s["speed_up"], s["median"], s["processor"],
               "%.2f" % s["apart"] if "apart" in s else "-", s["foreign"] / (2 * options.steps), s["aa"], s["one_ms"]))
    print("load at the end: %s" % " ".join("%.1f" % x for x in os.getloadavg()))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump({"seed": options.seed, "load": os.getloadavg(), "processors": os.cpu_count(),
                       "figures": figures}, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
