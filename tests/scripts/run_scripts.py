#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# run_scripts.py - run the conformance scripts in every mode and compare with stored results.
#
# Usage      run_scripts.py --togil PATH [--modes gil,nogil] [--area lang] [--filter text] [-j 2]
#            run_scripts.py --regenerate [--filter text]     write the results of python3 3.11
#            run_scripts.py --self-test                      the driver must notice wrong results
# Modes      the names of `togil modes`, and two that need no togil: `python` runs python3 itself,
#            `library` runs python3 with the modules of runtime/modules/py in place of its own.
# Cases      AREA/NAME.py with NAME.out (stdout), NAME.err (stderr, empty if absent) and NAME.code
#            (exit code, 0 if absent). AREA/NAME.case lists command lines, one per line, that must
#            all print NAME.out; their stderr is not compared.
# Directives comment lines among the first 20 of a script:
#            # args: a b c        arguments of the script
#            # stderr: any        do not compare stderr
#            # stderr: place      compare only the type of the last exception and the named line
#            # interrupt: yes     send SIGINT once the first line of stdout has arrived
#            # skip: library tsan modes that cannot run this script; tsan, asan: builds with that
#                                 sanitizer cannot (--build tsan)
# Normal     Before comparison: lines of column markers (^^^^) are dropped, as are traceback frames
#            outside the script's folder and those of comprehensions, which need no frame of their
#            own; so are suggestions ("Did you mean"); paths lose their folder; addresses become
#            0xADDRESS; the count in "Previous line repeated" becomes N; a death by SIGINT is exit
#            code 130.

import argparse
import concurrent.futures
import difflib
import os
import re
import shlex
import signal
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
AREAS = ("lang", "errors", "threads", "library", "modules", "programs")
ALL_MODES = "gil,gil-biased,gil-atomic,nogil,nogil-atomic"

COMPREHENSIONS = (", in <listcomp>", ", in <setcomp>", ", in <dictcomp>")
MARKERS = re.compile(r"^\s*[\^~][\^~ ]*$")
FRAME = re.compile(r'^(\s*)File "([^"]*)", line (\d+)(.*)$')
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
SUGGESTION = re.compile(r"\. Did you mean: '[^']*'\?$")
REPEATED = re.compile(r"\[Previous line repeated \d+ more times?\]")


class Case:
    def __init__(self, area, name, script, args, options):
        self.area = area
        self.name = name
        self.script = script
        self.args = args
        self.options = options
        self.folder = os.path.join(HERE, area)

    def stored(self, suffix):
        return os.path.join(self.folder, self.name + suffix)


class Result:
    def __init__(self, out, err, code):
        self.out = out
        self.err = err
        self.code = code


def read_text(path, default=None):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return default


def read_directives(script):
    options = {}
    with open(script, encoding="utf-8") as f:
        for number, line in enumerate(f):
            if number >= 20:
                break
            match = re.match(r"^# (args|stderr|interrupt|skip): (.*)$", line)
            if match:
                options[match.group(1)] = match.group(2).strip()
    return options


def find_cases(areas, text):
    cases = []
    for area in areas:
        folder = os.path.join(HERE, area)
        for entry in sorted(os.listdir(folder)):
            name, suffix = os.path.splitext(entry)
            path = os.path.join(folder, entry)
            if text and text not in area + "/" + name:
                continue
            if suffix == ".py" and not name.startswith("_"):
                options = read_directives(path)
                args = shlex.split(options.get("args", ""))
                cases.append(Case(area, name, path, args, options))
            elif suffix == ".case":
                for line in read_text(path).splitlines():
                    words = shlex.split(line, comments=True)
                    if words:
                        script = os.path.join(ROOT, words[0])
                        cases.append(Case(area, name, script, words[1:], {"stderr": "any"}))
    return cases


def drop_foreign_frames(lines, folder):
    # A frame is its File line and the more deeply indented lines after it.
    kept = []
    dropping = None
    for line in lines:
        match = FRAME.match(line)
        if match:
            dropping = None
            path = match.group(2)
            full = os.path.abspath(os.path.join(folder, path))
            own = os.path.dirname(full) == folder and os.path.exists(full)
            comprehension = match.group(4) in COMPREHENSIONS
            if comprehension or (not own and match.group(4).startswith(", in ")):
                dropping = len(match.group(1))
                continue
            line = '%sFile "%s", line %s%s' % (match.group(1), os.path.basename(path),
                                               match.group(3), match.group(4))
        elif dropping is not None:
            if len(line) - len(line.lstrip(" ")) > dropping:
                continue
            dropping = None
        kept.append(line)
    return kept


def normalise(text, folder):
    lines = [line for line in text.splitlines() if not MARKERS.match(line)]
    lines = drop_foreign_frames(lines, folder)
    text = "".join(SUGGESTION.sub("", line) + "\n" for line in lines)
    text = REPEATED.sub("[Previous line repeated N more times]", text)
    text = text.replace(folder + os.sep, "")
    return ADDRESS.sub("0xADDRESS", text)


def normalise_stdout(text, folder):
    return ADDRESS.sub("0xADDRESS", text.replace(folder + os.sep, ""))


def only_place(text):
    # The line number of the last frame and the type of the exception.
    lines = text.splitlines()
    place = ""
    for line in lines:
        match = FRAME.match(line)
        if match:
            place = "line " + match.group(3)
    last = lines[-1].split(":")[0] if lines else ""
    return place + "\n" + last + "\n"


def interrupt_after_first_line(process, collected):
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    collected.append(first)


def run(command, folder, options, limit):
    environment = dict(os.environ)
    environment.pop("TOGIL_MODE", None)
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    environment["PYTHONIOENCODING"] = "utf-8"
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment, start_new_session=True)
    collected = []
    if options.get("interrupt"):
        watcher = threading.Thread(target=interrupt_after_first_line, args=(process, collected))
        watcher.start()
        watcher.join(limit)
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        err += b"\n*** timed out after %d s\n" % limit
    out = b"".join(collected) + out
    code = process.returncode
    if code == -signal.SIGINT:
        code = 130
    return Result(out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), code)


def command_for(case, mode, options):
    if mode == "python":
        return [options.python, case.script] + case.args
    if mode == "library":
        starter = os.path.join(HERE, "shim", "run_with_library.py")
        return [options.python, "-S", "-E", starter, case.script] + case.args
    return [options.togil, "--mode", mode, case.script] + case.args


def run_case(case, mode, options):
    # Folder names in messages are those of the script, which for a .case is bench/programs.
    folder = os.path.dirname(case.script)
    result = run(command_for(case, mode, options), folder, case.options, options.timeout)
    result.out = normalise_stdout(result.out, folder)
    result.err = normalise(result.err, folder)
    return result


def difference(case, what, expected, got):
    lines = difflib.unified_diff(expected.splitlines(), got.splitlines(),
                                 "%s/%s %s expected" % (case.area, case.name, what),
                                 "%s/%s %s got" % (case.area, case.name, what), lineterm="", n=2)
    return "\n".join(list(lines)[:80]) + "\n"


def compare(case, result):
    report = ""
    expected = read_text(case.stored(".out"))
    if expected is None:
        return "no stored result: %s\n" % case.stored(".out")
    if result.out != expected:
        report += difference(case, "stdout", expected, result.out)
    expected = read_text(case.stored(".err"), "")
    rule = case.options.get("stderr")
    if rule == "place":
        if only_place(result.err) != only_place(expected):
            report += difference(case, "stderr", expected, result.err)
    elif rule != "any" and result.err != expected:
        report += difference(case, "stderr", expected, result.err)
    expected = int(read_text(case.stored(".code"), "0"))
    if result.code != expected:
        report += "exit code: expected %d, got %d\n" % (expected, result.code)
        if rule == "any":
            report += "stderr: " + result.err[-2000:] + "\n"
    return report


def check_all(cases, modes, options):
    jobs = []
    for case in cases:
        for mode in modes:
            if not {mode, options.build} & set(case.options.get("skip", "").split()):
                jobs.append((case, mode))
    passed = 0
    failed = 0

    def one(job):
        case, mode = job
        return compare(case, run_case(case, mode, options))

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for (case, mode), report in zip(jobs, pool.map(one, jobs)):
            title = "%s/%s %s [%s]" % (case.area, case.name, " ".join(case.args), mode)
            if report:
                failed += 1
                print("FAIL %s\n%s" % (title, report), flush=True)
            else:
                passed += 1
                if options.verbose:
                    print("ok   " + title, flush=True)
    return passed, failed


def write_or_remove(path, text):
    if text:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    elif os.path.exists(path):
        os.remove(path)


def regenerate(cases, options):
    version = subprocess.run([options.python, "-c", "import sys; print(sys.version_info[:2])"],
                             capture_output=True, text=True, check=True).stdout.strip()
    if version != "(3, 11)":
        sys.exit("run_scripts.py: stored results are those of Python 3.11, not %s" % version)
    done = set()
    failed = 0
    for case in cases:
        if (case.area, case.name) in done:
            continue
        done.add((case.area, case.name))
        result = run_case(case, "python", options)
        if result.code and case.area != "errors":
            print("%s/%s should not fail, nothing stored:\n%s" % (case.area, case.name, result.err))
            failed += 1
            continue
        with open(case.stored(".out"), "w", encoding="utf-8") as f:
            f.write(result.out)
        keep_err = case.options.get("stderr") != "any"
        write_or_remove(case.stored(".err"), result.err if keep_err else "")
        write_or_remove(case.stored(".code"), str(result.code) + "\n" if result.code else "")
        print("%s/%s: %d lines, exit code %d" % (case.area, case.name,
                                                 result.out.count("\n"), result.code))
    return 1 if failed else 0


def self_test(options):
    # Every case in selftest/ has a stored result that is wrong in one way, but the one named good.
    cases = find_cases(["selftest"], "")
    wrong = 0
    for case in cases:
        report = compare(case, run_case(case, "python", options))
        expected = case.name != "good"
        if bool(report) != expected:
            wrong += 1
            print("self-test: %s should %s" % (case.name, "fail" if expected else "pass"))
    print("self-test: %d cases, %d wrong" % (len(cases), wrong))
    return 1 if wrong or len(cases) < 5 else 0


def main():
    parser = argparse.ArgumentParser(description="Run the conformance scripts.")
    parser.add_argument("--togil", help="the togil command to test")
    parser.add_argument("--modes", default=ALL_MODES, help="comma-separated (default: %(default)s)")
    parser.add_argument("--area", action="append", choices=AREAS, help="only this area")
    parser.add_argument("--filter", default="", help="only cases whose area/name contains this")
    parser.add_argument("--build", help="what kind of build the command is: tsan, asan")
    parser.add_argument("--python", default=sys.executable, help="the python3 to compare with")
    parser.add_argument("--timeout", type=float, default=60, help="seconds for one run")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="runs at the same time")
    parser.add_argument("-v", "--verbose", action="store_true", help="name every case")
    parser.add_argument("--regenerate", action="store_true", help="store the results of python3")
    parser.add_argument("--self-test", action="store_true", help="test this driver")
    options = parser.parse_args()
    if options.self_test:
        sys.exit(self_test(options))
    cases = find_cases(options.area or AREAS, options.filter)
    if options.regenerate:
        sys.exit(regenerate(cases, options))
    modes = options.modes.split(",")
    if options.togil is None and set(modes) - {"python", "library"}:
        parser.error("--togil is needed for the modes of togil")
    if options.togil is not None:
        options.togil = os.path.abspath(options.togil)
    passed, failed = check_all(cases, modes, options)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
