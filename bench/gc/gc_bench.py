#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# gc_bench.py - what the collector costs: bench/gc/churn.py with it on, off, and off once more.
#
# Usage      gc_bench.py --togil PATH [--modes nogil,gil] [--threads 4] [--live 1000000]
#            [--rings 1500000] [--markers 0,1] [--rounds 5] [--seconds 280] [--json FILE]
# Prints     per mode and number of marking threads (0: by the number of processors) the time on / off,
#            wall and CPU, as the median of the rounds' ratios with its 95 % bootstrap interval; the
#            same for off / off (the control: a difference inside of it is none); pauses, the share of
#            time in them, what of a pause is marking and what counting.
# How        a round runs every variant once, in random order, each in a fresh process. No round begins
#            that would not be over after --seconds.
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
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from compare import interval  # noqa: E402

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "churn.py")


def run(options, mode, kind):
    markers = kind[3:] if kind.startswith("on ") else "0"
    command = [options.togil, "--mode", mode, SCRIPT, str(options.threads), str(options.live),
               str(options.rings), kind[:2] if kind.startswith("on ") else "off", markers]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    result = ast.literal_eval(done.stdout)
    if not result["same"] or not result["intact"]:
        sys.exit(f"{mode} {kind}: wrong: {result}")
    return result


def ratios(rows, over, under, key):
    values = [r[over][key] / r[under][key] for r in rows]
    low, high = interval(values, random.Random(1))
    return f"{statistics.median(values):.2f} ({low:.2f} to {high:.2f})"


def quantile(values, q):
    return sorted(values)[min(len(values) - 1, int(q * len(values)))] / 1e6


def report(options, mode, rows, ons):
    print(f"{mode}: {options.threads} threads, {options.live} live objects, "
          f"{options.threads * options.rings} rings of two, {len(rows)} rounds")
    print(f"  off/off        wall {ratios(rows, 'again', 'off', 'seconds')}, "
          f"CPU {ratios(rows, 'again', 'off', 'cpu')}")
    for kind in ons:
        on = [r[kind] for r in rows]
        pauses = [ns for r in on for ns in r["pauses"]]
        if not pauses:
            if options.live >= 100000:
                sys.exit(f"{mode}: the collector never ran by itself")
            continue
        share = statistics.median(r["paused_ns"] / 1e9 / r["seconds"] for r in on)
        total = sum(r["paused_ns"] for r in on)
        print(f"  {on[0]['markers']} marking     on/off wall {ratios(rows, kind, 'off', 'seconds')}, "
              f"CPU {ratios(rows, kind, 'off', 'cpu')}")
        print(f"    collections  {statistics.median(r['collections'] for r in on):.0f} a run, in pauses "
              f"{share:.1%} of the time: marking {sum(r['mark_ns'] for r in on) / total:.0%}, "
              f"counting {sum(r['count_ns'] for r in on) / total:.0%}")
        print(f"    pauses       p50 {quantile(pauses, 0.5):.1f} ms, p99 {quantile(pauses, 0.99):.1f} ms, "
              f"max {max(pauses) / 1e6:.1f} ms, of {len(pauses)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--togil", required=True)
    parser.add_argument("--modes", default="nogil,gil")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--live", type=int, default=1000000)
    parser.add_argument("--rings", type=int, default=1500000)
    parser.add_argument("--markers", default="0,1")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=280)
    parser.add_argument("--json")
    options = parser.parse_args()
    order = random.Random(1)
    begin = time.monotonic()
    everything = {}
    ons = ["on " + m for m in options.markers.split(",")]
    for index, mode in enumerate(options.modes.split(",")):
        rows, longest = [], 0.0
        end = begin + options.seconds * (index + 1) / len(options.modes.split(","))
        while len(rows) < options.rounds and (not rows or time.monotonic() + longest < end):
            kinds = ons + ["off", "again"]
            order.shuffle(kinds)
            round_begin = time.monotonic()
            row = {k: run(options, mode, k) for k in kinds}
            longest = max(longest, time.monotonic() - round_begin)
            if len({row[k]["answer"] for k in kinds}) != 1:
                sys.exit(f"{mode}: answers differ")
            rows.append(row)
        report(options, mode, rows, ons)
        everything[mode] = rows
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump(everything, f, indent=1)


if __name__ == "__main__":
    main()
