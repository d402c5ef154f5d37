#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times bundled programs under togil and python3 side by side and prints the ratios.

    bench/compare.py [--togil build/release/togil] [--mode gil] [--blocks 9] [program ...]

Each block runs togil, python3 and togil again (the A/A control) in random order, each in a fresh process, on
user plus system CPU time. A program whose output differs between the two fails the comparison (exit 1).
The ratio is python3's time over togil's: above 1, togil is faster. The interval is a 95 % bootstrap of the
median over blocks; a ratio inside the A/A interval is no difference.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = ["fib", "countdown", "primes", "mandelbrot", "nbody"]


def run(command):
    begin = os.times()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    end = os.times()
    if done.returncode != 0:
        sys.exit("%s: exit %d\n%s" % (" ".join(command), done.returncode, done.stderr.decode(errors="replace")))
    cpu = end.children_user + end.children_system - begin.children_user - begin.children_system
    return cpu, done.stdout


def interval(values, rng, rounds=2000):
    medians = sorted(statistics.median(rng.choices(values, k=len(values))) for _ in range(rounds))
    return medians[int(0.025 * rounds)], medians[int(0.975 * rounds) - 1]


def compare(name, options, rng):
    script = os.path.join(HERE, "programs", name + ".py")
    togil = [options.togil, "run", "--mode", options.mode, script, "1"]
    cells = {"togil": togil, "again": togil, "python": [options.python, script, "1"]}
    times = {cell: [] for cell in cells}
    outputs = set()
    for block in range(options.blocks + 1):
        order = list(cells)
        rng.shuffle(order)
        for cell in order:
            seconds, output = run(cells[cell])
            outputs.add(output)
            if block > 0:  # the first block warms caches
                times[cell].append(seconds)
    ratios = [p / t for p, t in zip(times["python"], times["togil"])]
    control = [a / t for a, t in zip(times["again"], times["togil"])]
    low, high = interval(ratios, rng)
    control_low, control_high = interval(control, rng)
    return {
        "program": name,
        "togil_seconds": statistics.median(times["togil"]),
        "python_seconds": statistics.median(times["python"]),
        "ratio": statistics.median(ratios), "low": low, "high": high,
        "control": statistics.median(control), "control_low": control_low, "control_high": control_high,
        "same_output": len(outputs) == 1,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("programs", nargs="*", default=DEFAULT)
    parser.add_argument("--togil", default=os.path.join(HERE, "..", "build", "release", "togil"))
    parser.add_argument("--python", default="python3")
    parser.add_argument("--mode", default="gil")
    parser.add_argument("--blocks", type=int, default=9)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    version = subprocess.run([options.python, "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    print("togil --mode %s against %s, CPU time, %d blocks, seed %d" % (options.mode, version, options.blocks, options.seed))
    print("%-18s %9s %9s  %-24s %s" % ("program", "togil s", "python s", "togil is faster by", "A/A control"))
    rows = []
    for name in options.programs:
        row = compare(name, options, rng)
        rows.append(row)
        print("%-18s %9.3f %9.3f  %5.2fx [%.2f, %.2f]%9s %.3f [%.3f, %.3f]%s" % (
            name, row["togil_seconds"], row["python_seconds"], row["ratio"], row["low"], row["high"], "",
            row["control"], row["control_low"], row["control_high"],
            "" if row["same_output"] else "  OUTPUTS DIFFER"), flush=True)
    product = 1.0
    for row in rows:
        product *= row["ratio"]
    if rows:
        print("%-18s %9s %9s  %5.2fx (geometric mean)" % ("all", "", "", product ** (1 / len(rows))))
    if options.json:
        with open(options.json, "w") as out:
            json.dump({"mode": options.mode, "python": version, "seed": options.seed, "programs": rows}, out, indent=1)
    return 0 if all(row["same_output"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
