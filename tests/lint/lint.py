#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lint.py - runs one check or all text checks over the source tree.

    lint.py [--root DIR] CHECK...           text checks: all, layers, policy, order, size, head,
                                            width, words, sleep, docs
    lint.py [--root DIR] --build DIR CHECK  checks that need a build: headers, symbols, dispatch,
                                            tidy
    lint.py [--root DIR] [--fix] format     clang-format: check, or write

Prints findings as path:line: text. Exit code 0 none, 1 some, 2 usage, 77 cannot be checked here
(1 when TG_LINT_STRICT is set: where everything must be checked, a missing tool is a failure).
"""
import argparse
import os
import sys

from build_checks import BUILD_CHECKS, CannotCheck
from text_checks import CHECKS
from tree import Tree


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.join(here, "..", ".."))
    parser.add_argument("--build", default=None)
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("checks", nargs="+")
    options = parser.parse_args()

    names = list(CHECKS) if options.checks == ["all"] else options.checks
    tree = Tree(options.root)
    count = 0
    for name in names:
        try:
            if name in CHECKS:
                findings = CHECKS[name](tree)
            elif name in BUILD_CHECKS:
                findings = BUILD_CHECKS[name](tree, options)
            else:
                parser.error(f"no check named {name}")
            for finding in findings:
                print(finding)
                count += 1
        except CannotCheck as reason:
            print(f"{name}: not checked: {reason}")
            return 1 if os.environ.get("TG_LINT_STRICT") else 77
    print(f"{', '.join(names)}: {count} findings")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
