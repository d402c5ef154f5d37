# SPDX-License-Identifier: MIT
"""plan.py - the list of planted bugs, and how one is planted into a source file.

A mutant is a small edit of one file of the runtime that brings back a bug: one that another
runtime has had (then `ref` names its public report), or one that our own protocol guards against
(then `ref` names the invariant or the note in the source). The lists are in bugs_*.py.

    mutant("name-of-the-bug",
           bug="one sentence: what is wrong now",
           ref="gh-119999 | own: stw.c S2",
           file="runtime/thread/stw.c",
           edits=[(old, new), ...],          each old text occurs exactly once in the file
           kill=["unit.thread.stw:name_of_a_test"],
           build="debug")                    or asan, tsan; atomic: debug, with the atomic core

`kill` names the tests that must turn red, best first: executable:test, with "x5" behind it for a
test that needs luck: it is run that often, each time with another seed.

References: gh-N is issue N of github.com/python/cpython.
"""
import os
import re
import typing

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILDS = ("debug", "asan", "tsan", "atomic")


class Killer(typing.NamedTuple):
    executable: str
    test: str
    tries: int

    @property
    def name(self):
        return f"{self.executable}:{self.test}"


class Mutant(typing.NamedTuple):
    name: str
    bug: str
    ref: str
    file: str
    edits: list
    kill: list
    build: str

    @property
    def executables(self):
        return sorted({killer.executable for killer in self.kill})


MUTANTS = {}


def killer_of(text):
    match = re.fullmatch(r"(unit\.[a-z0-9_.]+):([a-z0-9_]*\*?)(?: x(\d+))?", text)
    if not match:
        raise ValueError(f"'{text}' is not executable:test [xN]")
    return Killer(match.group(1), match.group(2), int(match.group(3) or 1))


def mutant(name, *, bug, ref, file, edits, kill, build="debug"):
    if name in MUTANTS:
        raise ValueError(f"two mutants are called {name}")
    if build not in BUILDS or not kill or not edits:
        raise ValueError(f"{name}: a build of {BUILDS}, a test and an edit are needed")
    MUTANTS[name] = Mutant(name, bug, ref, file, edits, [killer_of(k) for k in kill], build)


def load():
    import bugs_counts, bugs_engine, bugs_gc, bugs_gil, bugs_objects  # noqa: F401, E401
    import bugs_pauses, bugs_stress, bugs_threads  # noqa: F401, E401
    return MUTANTS


def mutated(planted):
    """The mutated text, or raises ValueError with what does not fit any more."""
    with open(os.path.join(ROOT, planted.file), encoding="utf-8") as f:
        text = f.read()
    for old, new in planted.edits:
        count = text.count(old)
        if count != 1:
            first = old.strip().splitlines()[0]
            raise ValueError(f"{planted.name}: '{first.strip()}' occurs {count} times in "
                             f"{planted.file}, not once")
        if old == new:
            raise ValueError(f"{planted.name}: an edit that changes nothing")
        text = text.replace(old, new)
    return text


def source_of(executable):
    """The file of a test executable: unit.thread.gil is tests/unit/thread/test_gil.c."""
    layer, stem = executable.split(".")[1:3]
    return os.path.join("tests", "unit", layer, f"test_{stem}.c")


def stale(planted):
    """What of a mutant does not fit the tree any more; an empty list if all of it does."""
    problems = []
    with open(os.path.join(ROOT, "docs", "mutants.md"), encoding="utf-8") as f:
        if f"| `{planted.name}` |" not in f.read():
            problems.append(f"{planted.name}: docs/mutants.md has no row; run.py --docs writes it")
    try:
        mutated(planted)
    except (OSError, ValueError) as error:
        problems.append(str(error))
    for killer in planted.kill:
        try:
            with open(os.path.join(ROOT, source_of(killer.executable)), encoding="utf-8") as f:
                names = re.findall(r"^TEST\((\w+)\)", f.read(), re.M)
        except OSError as error:
            problems.append(f"{planted.name}: {error}")
            continue
        if not any(re.fullmatch(killer.test.replace("*", ".*"), name) for name in names):
            problems.append(f"{planted.name}: there is no test {killer.name}")
    return problems
