#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""identity.py - do builds of togil decide the same? Every scenario, many schedules, and what came out
of each: the kind of its end, a hash of all steps in their order, and which failure it was.

    identity.py build/release/togil build/debug/togil build/asan/togil build/tsan/togil

Compares the digests (togil stress --digest) that each build writes with those of the first one; exit
code 1 if a schedule differs. `--runs` 200 of each scenario are 5,000 schedules.
"""
import argparse
import fnmatch
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def digest(togil, script, runs, folder):
    path = os.path.join(folder, "digest")
    command = [togil, "stress", "--seed", "1", "--stop", "never", "--runs", str(runs), "--digest",
               path, script]
    if os.path.basename(os.path.dirname(os.path.abspath(togil))) == "tsan":
        command = ["setarch", os.uname().machine, "-R", *command]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          timeout=1800)
    if done.returncode not in (0, 1):
        sys.exit(f"{togil}: {script}: exit code {done.returncode}\n{done.stderr}")
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("builds", nargs="+", metavar="TOGIL")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN")
    args = parser.parse_args()
    names = sorted(os.path.basename(path)[:-3]
                   for path in glob.glob(os.path.join(HERE, "scenarios", "[0-9]*.py")))
    names = [name for name in names if not name.endswith("_fixed") and
             (not args.only or any(fnmatch.fnmatch(name, only) for only in args.only))]
    schedules, differing, failed = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            script = os.path.join(HERE, "scenarios", name + ".py")
            first = digest(args.builds[0], script, args.runs, folder)
            schedules += len(first)
            failed += sum(line.split()[2] != "0" for line in first)
            if len(first) != args.runs:
                sys.exit(f"{name}: {len(first)} runs, not {args.runs}")
            for build in args.builds[1:]:
                other = digest(build, script, args.runs, folder)
                wrong = [i for i, line in enumerate(first) if other[i:i + 1] != [line]]
                if wrong:
                    differing += len(wrong)
                    print(f"{name}: {build} differs in {len(wrong)} schedules, first in run "
                          f"{wrong[0]}: {first[wrong[0]]}; {''.join(other[wrong[0]:wrong[0] + 1])}")
    print(f"{len(names)} scenarios, {schedules} schedules ({failed} fail), {len(args.builds)} builds: "
          f"{differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
