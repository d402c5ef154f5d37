#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# gc_bench.py - what the collector costs: bench/gc/churn.py with it on, off, and off once more.
#
# Usage      gc_bench.py --togil PATH [--modes nogil,gil] [--threads 4] [--live 1000000]
#            [--rings 400000] [--rounds 5] [--json FILE]
# Prints     per mode the time on / off as the median of the rounds' ratios, the same for off / off
#            (the control: a difference below it is none), pauses, and the share of time in them.
# Checks     every thread has the same answer, the same on and off; the live objects are intact; the
#            collector ran when it was on.
import argparse
import ast
import json
import os
import random
import statistics
import subprocess
import sys

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "churn.py")


def run(options, mode, kind):
    command = [options.togil, "--mode", mode, SCRIPT, str(options.threads), str(options.live),
               str(options.rings), kind]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    result = ast.literal_eval(done.stdout)
    if not result["same"] or not result["intact"]:
        sys.exit(f"{mode} {kind}: wrong: {result}")
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--togil", required=True)
    parser.add_argument("--modes", default="nogil,gil")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--live", type=int, default=1000000)
    parser.add_argument("--rings", type=int, default=400000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    options = parser.parse_args()
    order = random.Random(1)
    everything = {}
    for mode in options.modes.split(","):
        rows = []
        for _ in range(options.rounds):
            kinds = ["on", "off", "again"]
            order.shuffle(kinds)
            row = {k: run(options, mode, "on" if k == "on" else "off") for k in kinds}
            if len({row[k]["answer"] for k in kinds}) != 1:
                sys.exit(f"{mode}: answers differ")
            rows.append(row)
        on = [r["on"]["collector"] for r in rows]
        # The first collection, before the threads start, is not theirs.
        if options.live >= 100000 and all(c["collections"] < 2 for c in on):
            sys.exit(f"{mode}: the collector never ran by itself")
        cost = [r["on"]["seconds"] / r["off"]["seconds"] for r in rows]
        control = [r["again"]["seconds"] / r["off"]["seconds"] for r in rows]
        print(f"{mode}: {options.threads} threads, {options.live} live objects, "
              f"{options.threads * options.rings} rings of two")
        print(f"  time on/off    {statistics.median(cost):.2f}  "
              f"({min(cost):.2f} to {max(cost):.2f})    off/off "
              f"{statistics.median(control):.2f} ({min(control):.2f} to {max(control):.2f})")
        share = statistics.median(c["paused_ns"] / 1e9 / r["on"]["seconds"]
                                  for c, r in zip(on, rows))
        print(f"  collections    {statistics.median(c['collections'] for c in on):.0f}, "
              f"in pauses {share:.1%} of the time")
        pauses = [c["pauses"] for c in on]
        for key in ("p50", "p99", "max"):
            print(f"  pause {key:8} {statistics.median(p[key] for p in pauses) / 1e6:.2f} ms")
        everything[mode] = rows
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump(everything, f, indent=1)


if __name__ == "__main__":
    main()
