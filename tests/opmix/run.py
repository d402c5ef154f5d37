#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py - runs opmix.py in one or all modes and watches it.

    run.py --togil build/release/togil --mode all --minutes 60 [--threads 4] [--seed N] [--ops N]

Exit code 1: a crash, a hang (no round within --patience seconds), a report of a sanitizer, a
container that contradicts itself, objects left over. The seed is printed, and at a failure the last
round that was whole: --seed, --first and the same --threads and --ops begin there again.
"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MODES = ("nogil", "nogil-atomic", "gil", "gil-biased", "gil-atomic")
BAD = ("ERROR: AddressSanitizer", "WARNING: ThreadSanitizer", "runtime error:", "BROKEN",
       "LEFT OVER", "togil: fatal", "Traceback")


def print_stacks(pid):
    """Where the threads are, twice, so that one sees what moves. Nothing without gdb."""
    if shutil.which("gdb") is None:
        return
    for _ in range(2):
        subprocess.run(["gdb", "-p", str(pid), "-batch", "-ex", "thread apply all backtrace 25"],
                       stderr=subprocess.DEVNULL, check=False)


def run(args, mode, seconds):
    command = [args.togil, "--mode", mode, os.path.join(HERE, "opmix.py"), str(args.threads),
               str(seconds), str(args.seed), str(args.ops), str(args.first)]
    print("+", " ".join(command), flush=True)
    env = dict(os.environ)
    env.setdefault("TSAN_OPTIONS", "second_deadlock_stack=1 allocator_may_return_null=1")
    env.setdefault("ASAN_OPTIONS", "allocator_may_return_null=1")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                               start_new_session=True)
    seen, problems, kept = [time.monotonic()], [], []

    def watch():
        while process.poll() is None:
            if time.monotonic() - seen[0] > args.patience:
                problems.append(f"no sign of life for {args.patience} s")
                print_stacks(process.pid)
                os.killpg(process.pid, signal.SIGABRT)
                return
            time.sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip()
        seen[0] = time.monotonic()
        if any(word in line for word in BAD):
            problems.append(line)
        if line.startswith("round "):
            kept = [line]
            continue
        print(f"  {line}", flush=True)
    process.wait()
    watcher.join()
    for line in kept:
        print(f"  {line}")
    if process.returncode != 0:
        problems.append(f"exit code {process.returncode}")
    for problem in problems[:5]:
        print(f"{mode}: {problem}; --seed {args.seed}, after {kept[0] if kept else 'no round'}",
              flush=True)
    return not problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--togil", required=True)
    parser.add_argument("--mode", default="all", choices=MODES + ("all",))
    parser.add_argument("--minutes", type=float, default=1, help="of all modes together")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--ops", type=int, default=2000, help="of a thread in a round")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--patience", type=float, default=120)
    args = parser.parse_args()
    modes = MODES if args.mode == "all" else (args.mode,)
    print(f"seed {args.seed}", flush=True)
    good = True
    for mode in modes:
        good = run(args, mode, args.minutes * 60 / len(modes)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
