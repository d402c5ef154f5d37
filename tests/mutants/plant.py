#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""plant.py - plants a bug into a copy of a source file; called while configuring.

    plant.py NAME --out DIR    writes the mutated copy below DIR and prints "original;copy"
    plant.py --check           every mutant still fits the sources and names tests that exist
"""
import argparse
import os
import shutil
import sys

import plan


def write_copy(planted, out):
    text = plan.mutated(planted)
    shutil.rmtree(out, ignore_errors=True)  # a header left there would be found too
    copy = os.path.join(out, os.path.relpath(planted.file, "runtime"))
    os.makedirs(os.path.dirname(copy))
    with open(copy, "w", encoding="utf-8") as f:
        f.write(text)
    return copy


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?")
    parser.add_argument("--out")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    mutants = plan.load()
    if args.check:
        problems = [p for planted in mutants.values() for p in plan.stale(planted)]
        for problem in problems:
            print(problem)
        print(f"{len(mutants)} mutants, {len(problems)} problems")
        return 1 if problems else 0
    if args.name is None or args.out is None:
        parser.error("a name and --out, or --check")
    if args.name not in mutants:
        print(f"there is no mutant {args.name}; run.py --list shows them", file=sys.stderr)
        return 2
    try:
        copy = write_copy(mutants[args.name], args.out)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{os.path.join(plan.ROOT, mutants[args.name].file)};{os.path.abspath(copy)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
