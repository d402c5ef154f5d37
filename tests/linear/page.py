#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""page.py - every row of docs/containers.md has a proof that exists.

    page.py --linear PATH --togil PATH

A row that is proven by `linear` names operations that `linear --list` knows for that type, and each
of those is in a row. Other names are those of a test: TEST(name) or a workload in tests/unit, or a
function `name` of a script in tests/scripts/threads. Each method of a type is named in its section.
"""
import argparse
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PAGE = os.path.join(ROOT, "docs", "containers.md")
TYPES = {"list": ["list"], "dict": ["dict"], "set": ["set"], "deque": ["deque", "deque-bounded"],
         "bytearray": ["bytearray"], "queue": ["queue", "lifo", "simple-queue"]}
METHODS = {
    "list": "list", "dict": "dict", "set": "set",
    "deque": "__import__('collections').deque",
    "queue": "__import__('queue').SimpleQueue",
}
# Outside of backticks: what comes behind is explanation.
EXPLANATION = re.compile(r"[:;](?=[^`]*(?:`[^`]*`[^`]*)*$)")


def rows():
    section = None
    with open(PAGE, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if line.startswith("## "):
                section = line[3:].strip()
            cells = [c.strip().replace("\\|", "|")
                     for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            if len(cells) == 4 and not set(cells[0]) <= set("-") and cells[3] != "proven by":
                yield section, number, cells


def tests():
    found = set()
    for path in glob.glob(os.path.join(ROOT, "tests", "unit", "**", "*.c"), recursive=True):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        found.update(re.findall(r"^TEST\((\w+)\)", text, re.M))
        found.update(f"{name}_on_four_threads" for name in re.findall(r"^WORKLOAD\((\w+),", text,
                                                                      re.M))
    for path in glob.glob(os.path.join(ROOT, "tests", "scripts", "threads", "*.py")):
        with open(path, encoding="utf-8") as f:
            found.update(re.findall(r"^def (\w+)", f.read(), re.M))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--linear", required=True)
    parser.add_argument("--togil", required=True)
    args = parser.parse_args()
    known = {}
    listed = subprocess.run([args.linear, "--list"], stdout=subprocess.PIPE, check=True)
    for line in listed.stdout.decode().splitlines():
        kind, _, name = line.partition(": ")
        known.setdefault(kind, set()).add(name)
    problems, named, words, there = [], {}, {}, tests()
    for section, number, cells in rows():
        where = f"docs/containers.md:{number}"
        proofs = re.findall(r"`([^`]+)`", cells[3])
        if not proofs:
            problems.append(f"{where}: nothing proves this row")
        words.setdefault(section, set()).update(re.findall(r"\w+", cells[0]))
        if "linear" in proofs:
            kinds = TYPES.get(section, [])
            for name in re.findall(r"`([^`]+)`", EXPLANATION.split(cells[0])[0]):
                named.setdefault(section, set()).add(name)
                if not any(name in known[kind] for kind in kinds):
                    problems.append(f"{where}: `linear` has no operation {name} of {section}")
        for proof in proofs:
            if proof != "linear" and proof not in there:
                problems.append(f"{where}: there is no test {proof}")
    for section, kinds in TYPES.items():
        for name in sorted(set().union(*(known[kind] for kind in kinds))):
            if name not in named.get(section, ()):
                problems.append(f"docs/containers.md: {section}: no row for {name}")
    for section, kind in METHODS.items():
        code = f"print(*[n for n in dir({kind}) if n[0] != '_'])"
        done = subprocess.run([args.togil, "-c", code], stdout=subprocess.PIPE, check=True)
        for method in done.stdout.decode().split():
            if method not in words.get(section, ()):
                problems.append(f"docs/containers.md: {section}: no row for the method {method}")
    print("\n".join(problems) if problems else "every row has a proof, every method a row")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
