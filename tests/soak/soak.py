#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs bundled programs in random order and mode, with random GIL toggling where it is possible.

    tests/soak/soak.py --togil build/release/togil --minutes 10 [--seed N]

Each step starts one process that runs a program several times (repeat.py). Wrong is: a crash or an
exit code other than 0, output that differs from python3's, live objects that grow from round to
round, or a step that does not end within its time. The first failure ends the soak with its seed
and command.
"""
import argparse
import os
import random
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "..", "..", "bench", "programs")
# Small sizes: many starts, thread births and ends matter more than long loops.
SIZES = {
    "countdown": ["200000"], "fib": ["16"], "primes": ["20000"], "mandelbrot": ["60"], "nbody": ["100"],
    "matmul": ["40"], "wordcount": ["100"], "churn": ["200"], "counter_locked": ["20000"],
    "counter_racy": ["100000"], "producer_consumer": ["2000"], "scanner": ["30"],
    "echo": ["10"],
}
MODES = {"gil": False, "gil-biased": True, "gil-atomic": True, "nogil": True, "nogil-atomic": True}
ROUNDS = 3


def expected(cache, program, threads):
    key = (program, threads)
    if key not in cache:
        script = os.path.join(PROGRAMS, program + ".py")
        done = subprocess.run([sys.executable, script, str(threads)] + SIZES[program],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        cache[key] = done.stdout.decode()
    return cache[key]


def step(options, rng, cache, modes):
    program = rng.choice(sorted(SIZES))
    mode = rng.choice(modes)
    threads = rng.choice([1, 2, 3, 4])
    toggle = "1" if MODES[mode] and rng.random() < 0.7 else "0"
    command = [options.togil, "run", "--mode", mode, os.path.join(HERE, "repeat.py"), PROGRAMS, program,
               str(ROUNDS), toggle, str(rng.randrange(1 << 30)), str(threads)] + SIZES[program]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=options.limit,
                              check=False)
    except subprocess.TimeoutExpired:
        return " ".join(command), "did not end within %d s" % options.limit
    want = expected(cache, program, threads) * (ROUNDS + 2)
    if done.returncode != 0:
        return " ".join(command), "exit code %d\n%s" % (done.returncode, done.stderr.decode()[-2000:])
    if done.stdout.decode() != want:
        return " ".join(command), "output differs:\n%s" % done.stdout.decode()[-2000:]
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--togil", required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--limit", type=int, default=120, help="seconds for one step")
    parser.add_argument("--modes", default=",".join(MODES))
    options = parser.parse_args()
    rng = random.Random(options.seed)
    modes = options.modes.split(",")
    end = time.monotonic() + options.minutes * 60
    print("soak: seed", options.seed, flush=True)
    cache, steps = {}, 0
    while time.monotonic() < end:
        wrong = step(options, rng, cache, modes)
        steps += 1
        if wrong is not None:
            print("soak: step %d of seed %d failed\n%s\n%s" % (steps, options.seed, *wrong))
            print("%d passed, 1 failed" % (steps - 1))
            return 1
        if steps % 50 == 0:
            print("soak: %d steps, %.1f minutes left" % (steps, (end - time.monotonic()) / 60), flush=True)
    print("%d passed, 0 failed" % steps)
    return 0


if __name__ == "__main__":
    sys.exit(main())
