#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Bytes per object, beside python3.

    bench/sizes.py [--togil build/release/togil] [--modes gil,nogil] [--count 100000] [--rounds 3] [--json FILE]

Each cell is a fresh process that makes --count objects of one kind, keeps them in a list made beforehand, and prints
how much its resident memory grew per object: header, contents, tables, what the objects refer to, and what the
allocator loses. Shown is the median over rounds (it hardly varies), and the ratio to python3. `getsizeof` is
sys.getsizeof of one such object, without what it refers to. Every process checks the sum of what it made.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# name, expression of i, and what is added up
KINDS = [
    ("list of 100 ints", "[i * 100 + k for k in range(100)]", "x[99]"),
    ("list of 100 floats", "[i + k * 0.5 for k in range(100)]", "int(x[2])"),
    ("str", "'item ' + str(i)", "len(x)"),
    ("str of 100", "'x' * 92 + str(100000000 + i)[1:]", "len(x)"),
    ("tuple of 3", "(i, i + 1, i + 2)", "x[2]"),
    ("list of 3", "[i, i + 1, i + 2]", "x[2]"),
    ("empty list", "[]", "len(x)"),
    ("dict of 3", "{'a': i, 'b': i, 'c': i}", "x['c']"),
    ("dict of 100", "{k: i for k in range(100)}", "x[99]"),
    ("empty dict", "{}", "len(x)"),
    ("set of 3", "{i, i + 1, i + 2}", "len(x)"),
    ("instance of 2", "Point(i, i + 1)", "x.y"),
    ("instance, empty", "Empty()", "1"),
    ("big int", "10 ** 30 + i", "x % 1000"),
    ("float (boxed)", "i * 1e300", "int(x / 1e300)"),
    ("closure", "adder(i)", "x(1)"),
]

SCRIPT = """
import sys
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
class Empty:
    pass
def adder(n):
    def add(m):
        return n + m
    return add
def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096
def make(items, n):
    for i in range(n):
        items[i] = %s
def total(items):
    s = 0
    for x in items:
        s += %s
    return s
n = int(sys.argv[1])
warm = [None] * 1000
make(warm, 1000)
total(warm)
items = [None] * n
before = resident()
make(items, n)
after = resident()
print((after - before) / n, sys.getsizeof(items[n // 2]), total(items))
"""


def measure(command, kind, count):
    name, make, add = kind
    result = subprocess.run(command + ["-c", SCRIPT % (make, add), str(count)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, timeout=600)
    if result.returncode != 0:
        return None, result.stderr.splitlines()[-1] if result.stderr else "failed"
    grown, size, total = result.stdout.split()
    return (float(grown), int(size)), total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--togil", default=os.path.join(ROOT, "build", "release", "togil"))
    parser.add_argument("--python", default="python3")
    parser.add_argument("--modes", default="gil,nogil")
    parser.add_argument("--kinds", default=".")
    parser.add_argument("--count", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    options = parser.parse_args()
    cells = [("python3", [options.python])] + [(m, [options.togil, "--mode", m]) for m in options.modes.split(",")]
    print("%-20s %s" % ("resident bytes", " ".join("%-24s" % name for name, _ in cells)))
    figures = []
    for kind in KINDS:
        if not re.search(options.kinds, kind[0]):
            continue
        count = options.count // 10 if "100" in kind[0] else options.count
        grown, size, totals = {}, {}, set()
        for _ in range(options.rounds):
            for name, command in cells:
                got, total = measure(command, kind, count)
                if got is None:
                    sys.exit("%s, %s: %s" % (kind[0], name, total))
                totals.add(total)
                grown.setdefault(name, []).append(got[0])
                size[name] = got[1]
        if len(totals) != 1:
            sys.exit("%s: the sums differ: %s" % (kind[0], totals))
        base = statistics.median(grown["python3"])
        row = []
        for name, _ in cells:
            g = statistics.median(grown[name])
            figures.append({"kind": kind[0], "where": name, "resident": g, "getsizeof": size[name]})
            ratio = "" if name == "python3" else " %.2fx" % (g / base if base else 0)
            row.append("%-24s" % ("%8.1f%s (sizeof %d)" % (g, ratio, size[name])))
        print("%-20s %s" % (kind[0], " ".join(row)))
        sys.stdout.flush()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as f:
            json.dump(figures, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
