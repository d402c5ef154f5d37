#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether resident memory reaches a plateau while threads and objects are born and die.

    tests/soak/plateau.py --togil build/release/togil --minutes 30 [--modes nogil] [--seed N]

Runs plateau_work.py in each mode for that long and reads the resident memory of the process twice a second. Wrong is:
an exit code other than 0, a finalizer that did not run, or a median of the last third of the time that is more than a
tenth above that of the middle third: the highest values depend on what happens to be alive at once. Those of ten parts
of the time are printed.
"""
import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MORE = 1.1


def resident(pid):
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def watch(options, mode):
    command = [options.togil, "--mode", mode, os.path.join(HERE, "plateau_work.py"), str(options.minutes * 60),
               str(options.seed)]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seen = []
    limit = began + options.minutes * 60 * 1.5 + 120
    while process.poll() is None:
        seen.append((time.monotonic() - began, resident(process.pid)))
        if time.monotonic() > limit:
            process.kill()
            return ["did not end"], seen
        time.sleep(0.5)
    said = process.stdout.read()
    print(f"{mode}: {said.strip()}")
    left = re.search(r"left (-?\d+)", said)
    problems = []
    if process.returncode != 0 or left is None:
        problems.append(f"exit code {process.returncode}")
    elif left.group(1) != "0":
        problems.append(f"{left.group(1)} finalizers did not run")
    return problems, seen


def highest(seen, begin, end):
    return max((value for at, value in seen if begin <= at < end), default=0)


def median(seen, begin, end):
    return statistics.median([value for at, value in seen if begin <= at < end] or [0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--togil", required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--modes", default="nogil")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print("seed", options.seed, flush=True)
    failed = False
    for mode in options.modes.split(","):
        problems, seen = watch(options, mode)
        whole = options.minutes * 60
        parts = [highest(seen, whole * i / 10, whole * (i + 1) / 10) for i in range(10)]
        middle, last = median(seen, whole / 3, whole * 2 / 3), median(seen, whole * 2 / 3, whole)
        if last > middle * MORE:
            problems.append(f"it grows: {middle / 1e6:.1f} MB, then {last / 1e6:.1f} MB")
        print(f"{mode}: highest, MB: {' '.join(f'{p / 1e6:.0f}' for p in parts)}; "
              f"medians: middle third {middle / 1e6:.1f}, last third {last / 1e6:.1f}", flush=True)
        for problem in problems:
            print(f"{mode}: {problem}", flush=True)
        failed = failed or bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
