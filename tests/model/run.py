#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the models of this folder with spin: every configuration must hold, every planted fault
must be found.

    tests/model/run.py --quick            what CI runs: a minute or two on one core, under 4 GiB
    tests/model/run.py                    everything, with the large configurations
    tests/model/run.py --only gil         one model; --only gil:fault:8 or gil:base:pair one run
    tests/model/run.py --accept           the models have been compared with the C code as it is now
    tests/model/run.py --drift            only: has a cited C function changed since?

Prints a table of states, times and verdicts. Exit code 1: a configuration fails, a fault survives,
a search did not end within its memory or time. 77: no spin (1 with TG_LINT_STRICT set).
"""
import argparse
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from cases import BASES, FAULTS

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
HASHES = os.path.join(HERE, "cited.txt")
QUICK_MEMORY, FULL_MEMORY = 3500, 12000     # MiB
QUICK_SECONDS, FULL_SECONDS = 300, 3600     # for one search
DEPTH = 2000000


# -- one search -------------------------------------------------------------------------------

class Result:
    """What pan said: `verdict` is ok, found or cut."""

    def __init__(self, verdict, why, states, seconds):
        self.verdict, self.why, self.states, self.seconds = verdict, why, states, seconds


def run_tool(command, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def search(model, defines, memory, seconds, optimise):
    with tempfile.TemporaryDirectory(prefix="togil-model-") as folder:
        options = [f"-D{name}={value}" for name, value in defines.items()]
        said = run_tool(["spin", *options, "-a", os.path.join(HERE, model + ".pml")], folder)
        if "rror" in said:
            raise SystemExit(f"spin does not accept {model}.pml:\n{said[-3000:]}")
        run_tool(["gcc", optimise, "-w", "-DSAFETY", "-DCOLLAPSE", f"-DMEMLIM={memory}",
                  "-o", "pan", "pan.c"], folder)

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))

        begin = time.monotonic()
        done = subprocess.run(["./pan", f"-m{DEPTH}", "-n"], cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
                              preexec_fn=limit)
        return judge(done.stdout, time.monotonic() - begin)


def judge(said, seconds):
    errors = re.search(r"errors: (\d+)", said)
    states = re.search(r"(\d+) states, stored", said)
    states = int(states.group(1)) if states else 0
    problem = re.search(r"pan:\d+: (.*) \(at depth", said)
    if problem:
        what = re.sub(r"\s+", " ", problem.group(1)).replace("assertion violated", "assert")
        return Result("found", what, states, seconds)
    if errors is None or "Search not completed" in said or "max search depth too small" in said:
        reason = "out of memory" if "memory" in said.lower() and errors else "cut short"
        return Result("cut", reason, states, seconds)
    return Result("ok", "", states, seconds)


# -- drift ------------------------------------------------------------------------------------

CITE = re.compile(r"^\s*// C: (\S+\.[ch])((?: \w+)+)\s*$")


# What reports and tests see only; it does not count as a change.
NOTES = re.compile(r"\btgi_(trace_event|stat_add|point|rank_\w+|gil_times_\w+)\([^;]*\);")


def cited():
    """(model, file, function) for every `// C: file function ...` line."""
    for name in sorted(os.listdir(HERE)):
        if not name.endswith(".pml"):
            continue
        with open(os.path.join(HERE, name), encoding="utf-8") as file:
            for line in file:
                match = CITE.match(line)
                if match:
                    for function in match.group(2).split():
                        yield name, match.group(1), function


def function_text(path, function):
    """The definition without comments and white space, or None."""
    try:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return None
    head = re.compile(r"^(?:enum\s*\{|[A-Za-z_][^;{}#]*?\b" + function + r"\s*\([^;{}]*\))\s*\{",
                      re.MULTILINE)
    for match in head.finditer(text):
        if function not in match.group(0):
            continue
        end = text.find("\n}", match.start())
        body = text[match.start():end]
        body = re.sub(r"//[^\n]*", "", body)
        body = NOTES.sub("", body)
        return re.sub(r"\s+", " ", body).strip()
    return None


def current_hashes():
    """{"model file function": hash}, and the citations that lead nowhere."""
    hashes, dangling = {}, []
    for model, path, function in cited():
        text = function_text(path, function)
        if text is None:
            dangling.append(f"{model} cites {function} of {path}, which is not there")
        else:
            hashes[f"{model} {path} {function}"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return hashes, dangling


def accept():
    hashes, dangling = current_hashes()
    for line in dangling:
        print(line)
    if dangling:
        return 1
    with open(HASHES, "w", encoding="utf-8") as file:
        file.write("# Written by tests/model/run.py --accept: the C functions the models were last"
                   " compared with.\n")
        for key in sorted(hashes):
            file.write(f"{key} {hashes[key]}\n")
    print(f"{len(hashes)} functions noted in tests/model/cited.txt")
    return 0


def drift():
    """Prints what changed; returns how many."""
    hashes, problems = current_hashes()
    noted = {}
    if os.path.exists(HASHES):
        with open(HASHES, encoding="utf-8") as file:
            for line in file:
                if not line.startswith("#") and line.strip():
                    key, value = line.rsplit(None, 1)
                    noted[key] = value
    for key, value in hashes.items():
        model, path, function = key.split()
        if key not in noted:
            problems.append(f"{model} cites {function} of {path}: not compared yet")
        elif noted[key] != value:
            problems.append(f"{function} of {path} has changed since {model} was compared with it")
    for key in noted:
        if key not in hashes:
            problems.append(f"tests/model/cited.txt names what no model cites: {key}")
    for problem in problems:
        print(problem)
    if problems:
        print("Compare the model's steps with the function, change the model if they differ, run\n"
              "tests/model/run.py --quick, then tests/model/run.py --accept and commit"
              " tests/model/cited.txt with it.")
    return len(problems)


# -- the table --------------------------------------------------------------------------------

def wanted(only, model, kind, name):
    key = f"{model}:{kind}:{name}"
    return not only or any(key == o or key.startswith(o + ":") for o in only)


def row(model, what, result, note):
    why = f"  {result.why}" if result.why else ""
    print(f"{model:7} {what:34} {result.states:>10} {result.seconds:7.1f} s  {note}{why}"[:150],
          flush=True)


def check_bases(options, memory, seconds):
    failed = 0
    for model, name, is_quick, defines in BASES:
        if (options.quick and not is_quick) or not wanted(options.only, model, "base", name):
            continue
        result = search(model, defines, memory, seconds, "-O2" if defines["N"] > 2 else "-O0")
        holds = result.verdict == "ok"
        failed += not holds
        row(model, name, result, "holds" if holds else
            "FAILS" if result.verdict == "found" else "NOT DECIDED")
    return failed


def check_faults(options, memory, seconds):
    failed = 0
    for model, number, what, defines in FAULTS:
        if not wanted(options.only, model, "fault", number):
            continue
        result = search(model, {**defines, "FAULT": number}, memory, seconds, "-O0")
        found = result.verdict == "found"
        failed += not found
        row(model, f"fault {number}", result, f"{'found' if found else 'SURVIVES'}: {what};")
    return failed


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--drift", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    if options.accept:
        return accept()
    if options.drift:
        return 1 if drift() else 0
    if shutil.which("spin") is None or shutil.which("gcc") is None:
        print("not checked: spin or gcc is not installed")
        return 1 if os.environ.get("TG_LINT_STRICT") else 77

    memory = QUICK_MEMORY if options.quick else FULL_MEMORY
    seconds = QUICK_SECONDS if options.quick else FULL_SECONDS
    begin = time.monotonic()
    print(f"{'model':7} {'configuration':34} {'states':>10} {'time':>9}  verdict")
    failed = check_bases(options, memory, seconds)
    failed += check_faults(options, memory, seconds)
    print(f"{failed} failures, {time.monotonic() - begin:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
