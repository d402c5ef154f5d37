#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py - plants one bug at a time and sees which test finds it.

    run.py [--quick] [--only NAME]... [--build DIR] [--jobs N] [--seed N] [--json F] [--docs]
    run.py --list                     what there is
    run.py --only NAME --survey       runs every test of the named executables, to find killers

For each mutant (plan.py) the tests it names are built with the bug in and run until one fails.
They have passed without the bug before, in the same build, and have had at least ten times that
time before a hang counts. Exit code 0: every mutant was killed; 1: one survived, or a test that
should kill fails without a bug; 2: usage, or a mutant does not build.
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import typing

import plan

COMMON = ["-G", "Ninja", "-DTOGIL_INSTALL=OFF"]
DEBUG = ["-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS_DEBUG=-O1 -g"]
SANITIZED = ["-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS_DEBUG=-O1 -g1",
             "-DCMAKE_C_COMPILER=clang"]
CONFIGURE = {
    "debug": DEBUG + ["-DTOGIL_CORES=biased"],
    "asan": SANITIZED + ["-DTOGIL_CORES=biased", "-DTOGIL_SANITIZE=address,undefined"],
    "tsan": SANITIZED + ["-DTOGIL_CORES=biased", "-DTOGIL_SANITIZE=thread"],
    "atomic": DEBUG + ["-DTOGIL_CORES=atomic"],
}
# Sanitizers slow down every step; they need no long loops to see a mistake.
SCALE = {"debug": "1", "asan": "0.2", "tsan": "0.2", "atomic": "1"}
HANG_AT_LEAST = 8.0  # seconds
HANG_TIMES = 10      # times the time without the bug
EXIT_SKIPPED = 77
RUNNING = set()
PAGE = os.path.join(plan.ROOT, "docs", "mutants.md")
TABLE = "| mutant | what is wrong | stands for | killed by | how | s |"

EVIDENCE = (
    ("race", re.compile(r"WARNING: ThreadSanitizer: (.*?)(?: \(pid|$)")),
    ("memory", re.compile(r"ERROR: AddressSanitizer: (.*?)(?: on | 0x|$)")),
    ("undefined", re.compile(r"runtime error: (.*)")),
    ("invariant", re.compile(r"togil: fatal: (?:\S+): thread \d+: (.*)")),
    ("check", re.compile(r"^\S+:\d+: \w+ failed: (.*)")),
)


class Outcome(typing.NamedTuple):
    kind: str      # passed, skipped, or how it failed: check, race, memory, ..., hang, crash
    detail: str
    seconds: float
    test: str


class Flavour:
    """One build folder: the same one for all mutants, so that only what differs is compiled."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = os.path.join(folder, name)
        self.prefix = []
        if name == "tsan" and shutil.which("setarch"):
            # The thread sanitizer of clang 14 cannot map its shadow under some layouts.
            probe = ["setarch", os.uname().machine, "-R"]
            if subprocess.run(probe + ["true"], stderr=subprocess.DEVNULL).returncode == 0:
                self.prefix = probe

    def build(self, mutant_name, executables, into):
        """Builds the executables with the bug in and copies them; the log if that fails."""
        launcher = []
        if shutil.which("ccache"):
            launcher = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache"]
        steps = [
            ["cmake", "-S", plan.ROOT, "-B", self.folder, f"-DTOGIL_MUTANT={mutant_name}"]
            + COMMON + CONFIGURE[self.name] + launcher,
            ["cmake", "--build", self.folder, "--target"] + executables,
        ]
        for step in steps:
            done = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                return done.stdout.decode(errors="replace")
        shutil.rmtree(into, ignore_errors=True)
        os.makedirs(into)
        for executable in executables:
            shutil.copy2(os.path.join(self.folder, "tests", "bin", executable), into)
        return None

    def run(self, folder, executable, test, seed, limit):
        """Runs one test (or, with test None, all of the executable) to its end or first failure."""
        env = dict(os.environ, TG_TEST_SCALE=SCALE[self.name],
                   TSAN_OPTIONS="halt_on_error=1", UBSAN_OPTIONS="halt_on_error=1",
                   ASAN_OPTIONS="detect_stack_use_after_return=1")
        command = self.prefix + [os.path.join(folder, executable), "-s", str(seed)]
        if test is not None:
            command.append(test)
        start = time.monotonic()
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        RUNNING.add(process)
        timed_out = threading.Event()

        def stop():
            timed_out.set()
            end_session(process)

        timer = threading.Timer(limit, stop)
        timer.start()
        current, kind, detail = test or "?", None, ""
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            if re.fullmatch(r"[a-z]\w+", line):
                current = line
            for name, pattern in EVIDENCE:
                match = pattern.search(line)
                if match and kind is None:
                    kind, detail = name, match.group(1)
                    end_session(process)  # what comes after the first failure tells nothing
        process.wait()
        timer.cancel()
        end_session(process)  # children of a test that forks
        RUNNING.discard(process)
        seconds = time.monotonic() - start
        if kind is None:
            kind, detail = verdict(process.returncode, timed_out.is_set(), limit)
        return Outcome(kind, detail, seconds, current)


def verdict(code, timed_out, limit):
    if timed_out:
        return "hang", f"not done after {limit:.0f} s"
    if code == 0:
        return "passed", ""
    if code == EXIT_SKIPPED:
        return "skipped", ""
    if code < 0:
        return "crash", signal.Signals(-code).name
    return "check", f"exit code {code}"


def end_everything(signo, _frame):
    """A run that is stopped leaves no test behind that waits for ever."""
    for process in list(RUNNING):
        end_session(process)
    os._exit(128 + signo)


def end_session(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Run:
    def __init__(self, args):
        self.args = args
        self.folder = os.path.abspath(args.build)
        self.flavours = {name: Flavour(name, self.folder) for name in plan.BUILDS}
        self.baseline = {}  # (flavour, killer name) -> seconds without a bug
        self.broken = 0
        self.unbuilt = 0

    def say(self, text):
        print(text, flush=True)

    def measure(self, mutants):
        """Every test that is to kill passes without a bug; how long does it take?"""
        for name, flavour in self.flavours.items():
            wanted = [m for m in mutants if m.build == name]
            if not wanted:
                continue
            executables = sorted({e for m in wanted for e in m.executables})
            clean = os.path.join(self.folder, "clean", name)
            self.say(f"building {len(executables)} tests without a bug ({name})")
            log = flavour.build("", executables, clean)
            if log is not None:
                self.say(log)
                sys.exit(2)
            killers = {k.name: k for m in wanted for k in m.kill}
            for killer in killers.values():
                outcome = flavour.run(clean, killer.executable, killer.test, self.args.seed, 120)
                self.baseline[name, killer.name] = outcome.seconds
                if outcome.kind != "passed":
                    self.broken += 1
                    self.say(f"{killer.name} without a bug ({name}): {outcome.kind} "
                             f"{outcome.detail}")

    def kill(self, planted, folder):
        """Runs the killers in order until one fails. Every try has its own seed, and is said."""
        flavour = self.flavours[planted.build]
        result = {"name": planted.name, "file": planted.file, "ref": planted.ref,
                  "bug": planted.bug, "build": planted.build, "killer": None}
        killers = planted.kill[:1] if self.args.quick else planted.kill
        for killer in killers:
            limit = max(HANG_AT_LEAST,
                        HANG_TIMES * self.baseline[planted.build, killer.name])
            for attempt in range(killer.tries):
                seed = self.args.seed + attempt
                outcome = flavour.run(folder, killer.executable, killer.test, seed, limit)
                if outcome.kind in ("passed", "skipped"):
                    continue
                test = f"{killer.executable}:{outcome.test}"
                result.update(killer=test, kind=outcome.kind, detail=outcome.detail,
                              seconds=round(outcome.seconds, 2), tries=attempt + 1, seed=seed)
                return result
        return result

    def survey(self, planted, folder):
        flavour = self.flavours[planted.build]
        for executable in planted.executables:
            listed = subprocess.run(flavour.prefix + [os.path.join(folder, executable), "-l"],
                                    stdout=subprocess.PIPE, check=True).stdout.decode().split()
            for test in listed:
                outcome = flavour.run(folder, executable, test, self.args.seed, HANG_AT_LEAST)
                self.say(f"  {outcome.kind:10} {outcome.seconds:6.2f} s  {executable}:{test}  "
                         f"{outcome.detail}")

    def all(self, mutants):
        self.measure(mutants)
        results = []
        with concurrent.futures.ThreadPoolExecutor(self.args.jobs) as pool:
            waiting = []
            for planted in mutants:
                folder = os.path.join(self.folder, "planted", planted.name)
                log = self.flavours[planted.build].build(planted.name, planted.executables, folder)
                if log is not None:
                    self.say(f"{planted.name} does not build:\n{log}")
                    self.unbuilt += 1
                    continue
                if self.args.survey:
                    self.say(planted.name)
                    self.survey(planted, folder)
                    continue
                waiting.append(pool.submit(self.kill_and_say, planted, folder))
            results = [future.result() for future in waiting]
        return results

    def kill_and_say(self, planted, folder):
        result = self.kill(planted, folder)
        shutil.rmtree(folder, ignore_errors=True)
        self.say(line_of(result))
        return result


def line_of(result):
    if result["killer"] is None:
        return f"{result['name']:38} SURVIVED"
    return (f"{result['name']:38} {result['kind']:9} {result['seconds']:6.2f} s  "
            f"{result['killer']}  ({result['detail']})")


def write_reports(args, results):
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(results, f, indent=1)
    if args.docs:
        write_table({r["name"]: row_of(r) for r in results})


def write_table(fresh):
    """Rows of mutants that were not run stay as they are."""
    with open(PAGE, encoding="utf-8") as f:
        before, _, after = f.read().partition(TABLE)
    rows = {row.split("`")[1]: row for row in after.splitlines() if row.startswith("| `")}
    rows.update(fresh)
    table = [TABLE, "| --- | --- | --- | --- | --- | --- |"]
    table += [rows[name] for name in plan.MUTANTS if name in rows]
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(before + "\n".join(table) + "\n")


def row_of(r):
    ref = re.sub(r"gh-(\d+)", r"[gh-\1](https://github.com/python/cpython/issues/\1)", r["ref"])
    if r["killer"] is None:
        return f"| `{r['name']}` | {r['bug']} | {ref} | **nothing** | | |"
    executable, test = r["killer"].split(":")
    how = r["kind"] if r["build"] == "debug" else f"{r['kind']} ({r['build']})"
    return (f"| `{r['name']}` | {r['bug']} | {ref} | {executable}: {test.replace('_', ' ')} | {how} | "
            f"{r['seconds']:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--quick", action="store_true",
                        help="the debug build only, and the first test of each mutant")
    parser.add_argument("--only", action="append", metavar="NAME", default=[],
                        help="a name or a pattern; may be given several times")
    parser.add_argument("--flavour", action="append", choices=plan.BUILDS, default=[])
    parser.add_argument("--build", default=os.path.join(plan.ROOT, "build", "mutants"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--survey", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--docs", action="store_true",
                        help="write the rows of these mutants into docs/mutants.md")
    args = parser.parse_args()
    mutants = plan.load()
    for name in args.only:
        if not fnmatch.filter(mutants, name):
            parser.error(f"there is no mutant {name}; --list shows them")
    chosen = [m for m in mutants.values()
              if (not args.only or any(fnmatch.fnmatch(m.name, name) for name in args.only))
              and (not args.flavour or m.build in args.flavour)]
    if args.list:
        for planted in chosen:
            print(f"{planted.name:38} {planted.build:6} {planted.ref:24} {planted.bug}")
        return 0
    if args.quick:
        chosen = [m for m in chosen if m.build == "debug"]
    for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signo, end_everything)
    start = time.monotonic()
    run = Run(args)
    results = run.all(chosen)
    if args.survey:
        return 0
    write_reports(args, results)
    alive = [r["name"] for r in results if r["killer"] is None]
    print(f"{len(results)} mutants, {len(results) - len(alive)} killed, {len(alive)} survived"
          f"{': ' + ', '.join(alive) if alive else ''}; seed {args.seed}, "
          f"{time.monotonic() - start:.0f} s")
    if run.unbuilt:
        return 2
    return 1 if alive or run.broken else 0


if __name__ == "__main__":
    sys.exit(main())
