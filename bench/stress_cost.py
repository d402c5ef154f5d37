#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""stress_cost.py - what the stress tester costs programs that do not run under it, in instructions.

    cmake --preset release -B build/nohooks -DTOGIL_STRESS_HOOKS=OFF && ninja -C build/nohooks togil_cli
    bench/stress_cost.py build/release/togil build/nohooks/togil [--mode nogil] [--only fib]

Runs the programs of bench/programs that use one thread with both builds under callgrind, each of the
first build twice: `A/A` is what repeats of the same build differ by. Their output must be the same.
"""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Small sizes: callgrind takes fifty times as long.
PROGRAMS = {"fib": ["1", "15"], "nbody": ["1", "300"], "primes": ["1", "100000"],
            "mandelbrot": ["1", "80"], "wordcount": ["1", "60"], "matmul": ["1", "24"]}


def instructions(togil, mode, script, arguments):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", togil, "run",
                           "--mode", mode, script, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"{togil}: {script}: exit code {done.returncode}\n{done.stderr}")
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1)), done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("builds", nargs=2, metavar="TOGIL")
    parser.add_argument("--mode", default="nogil")
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    print(f"{'program':12}{'with':>14}{'without':>14}{'more':>10}{'A/A':>10}")
    for name, arguments in PROGRAMS.items():
        if options.only and name not in options.only:
            continue
        script = os.path.join(HERE, "programs", name + ".py")
        rows = [instructions(togil, options.mode, script, arguments)
                for togil in (options.builds[0], options.builds[1], options.builds[0])]
        answers = {re.sub(r"[0-9.]+ *(s|ms|us)\b", "", text) for _, text in rows}
        if len(answers) != 1:
            sys.exit(f"{name}: the outputs differ: {answers}")
        a, without, again = (count for count, _ in rows)
        print(f"{name:12}{a:14,}{without:14,}{(a - without) / without:10.3%}{abs(a - again) / a:10.3%}")


if __name__ == "__main__":
    main()
