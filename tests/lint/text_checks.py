# SPDX-License-Identifier: MIT
"""text_checks.py - the rules that can be read off the source text.

A check is a function from a Tree to findings "path:line: what is wrong"; CHECKS lists them.
selftest.py feeds each one a sample that must be found and a sample that must not.
"""
import os
import re

from tree import code_of, is_comment
from wrap import WIDTH

# -- layers -----------------------------------------------------------------------------------

# What a folder of runtime/ may include from runtime/. <togil/...> is open to all: the public
# headers hold the shared types and include nothing of ours.
GROUND = {"base", "sync", "mem", "thread"}
LAYERS = {
    "base": {"base"},
    "sync": {"base", "sync"},
    "mem": {"base", "sync", "mem"},
    "thread": GROUND,
    "stress": GROUND | {"stress"},
    "bytecode": GROUND | {"bytecode"},
    "lang": GROUND | {"bytecode", "lang"},
    "core": GROUND | {"stress", "bytecode", "gate", "core"},
    "gate": GROUND | {"bytecode", "gate"},
    "api": GROUND | {"stress", "bytecode", "lang", "gate", "api"},
    "modules": {"modules"},
    # The command may use helpers of base: clock, hashing, random. None of them knows objects.
    "cli": {"base", "cli"},
}
# Arrows that point up, each with its reason.
UPWARD = {
    # A runtime is born with its library: api knows the list of modules, nothing in them.
    ("runtime/api/", "modules/modules.h"),
    ("runtime/api/", "modules/embedded.h"),
}
# Inside core, in order; a folder may include those before it. The door table of gate names the
# functions of all of them.
CORE_ORDER = ("policy", "object", "gc", "vm", "builtin")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD_HEADERS = {
    "assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits",
    "locale", "math", "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool", "stddef",
    "stdint", "stdio", "stdlib", "stdnoreturn", "string", "tgmath", "threads", "time", "uchar",
    "wchar", "wctype",
}


MODULE_TABLES = ("modules/embedded.h", "modules/modules.h")


def check_layers(tree):
    """Includes point down: base, sync, mem, thread, then core; modules and cli see the API."""
    for path in tree.c_files("runtime/", "include/"):
        parts = path.split("/")
        for number, line in enumerate(tree.lines(path), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, name = match.groups()
            where = f"{path}:{number}:"
            if parts[0] == "include":
                yield from _public_include(where, quote, name)
            elif any(path.startswith(p) and name == n for p, n in UPWARD):
                continue
            elif quote == '"':
                yield from _internal_include(where, parts, name)
            elif name == "mimalloc.h" and parts[1] != "mem":
                yield f"{where} only runtime/mem talks to mimalloc"


def _public_include(where, quote, name):
    is_own = name.startswith("togil/")
    is_standard = quote == "<" and name.endswith(".h") and name[:-2] in STANDARD_HEADERS
    if not is_own and not is_standard:
        yield f"{where} a public header includes only <togil/...> and the standard library"


def _internal_include(where, parts, name):
    target = name.split("/")
    if ".." in target or len(target) < 2:
        yield f'{where} "{name}" must name its layer: "layer/name.h"'
        return
    if target[0] in ("togil", "generated"):
        return
    layer = parts[1]
    if layer not in LAYERS:
        yield f"{where} runtime/{layer} is not a layer"
    elif layer == "api" and name in MODULE_TABLES:
        return  # the two lists of what the library holds, public headers all the way
    elif target[0] not in LAYERS[layer]:
        yield f'{where} layer {layer} may not include "{name}"'
    elif layer == "core" and target[0] == "core" and len(parts) > 3 and len(target) > 2:
        here, there = parts[2], target[1]
        if here not in CORE_ORDER or there not in CORE_ORDER:
            yield f"{where} core/{here} or core/{there} is not a folder of the core"
        elif CORE_ORDER.index(there) > CORE_ORDER.index(here):
            yield f'{where} core/{here} may not include "{name}": it is above'


# -- policy -----------------------------------------------------------------------------------

CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif)\b(.*)")
POLICY_NAME = re.compile(r"\b(TG_POLICY\w*|TGC_\w+)")


def check_policy(tree):
    """Core code sees its policy through policy.h, never through the preprocessor."""
    for path in tree.c_files("runtime/"):
        if path.startswith("runtime/core/policy/"):
            continue
        lines = tree.lines(path)
        for number, line in enumerate(lines, 1):
            match = CONDITIONAL.match(line)
            if not match:
                continue
            text = match.group(2)
            following = number
            while text.endswith("\\") and following < len(lines):
                text = text[:-1] + lines[following]
                following += 1
            for name in POLICY_NAME.findall(code_of(text)):
                is_guard = match.group(1) == "ifndef" and name.endswith("_H")
                if not is_guard:
                    yield f"{path}:{number}: #{match.group(1)} on {name} outside core/policy"


# -- atomics ----------------------------------------------------------------------------------

WEAK = re.compile(r"\batom_\w+_(relaxed|acquire|release|acq_rel)\s*\("
                  r"|\batom_(thread_)?fence\w*\s*\(")
BARE = re.compile(r"\b(atomic_\w+|__atomic_\w+|__sync_\w+)\s*\(")
# Modules see the public headers only, so they name the order with the standard's own functions.
EXPLICIT = re.compile(r"\batomic_\w+_explicit\s*\(")
ORDER_REACH = 4  # lines of code between the comment and the access, the access included


def check_order(tree):
    """Every weak atomic states its reason in an ORDER: comment close above it."""
    for path in tree.c_files("runtime/", "include/", "bench/"):
        if path == "runtime/base/atomic.h":
            continue
        lines = tree.lines(path)
        covered_line = -1
        for index, line in enumerate(lines):
            code = code_of(line)
            match = WEAK.search(code)
            bare = BARE.search(code)
            if path.startswith("runtime/modules/") and EXPLICIT.search(code):
                match = EXPLICIT.search(code)
            elif bare:
                yield f"{path}:{index + 1}: {bare.group(1)} used directly: use base/atomic.h"
            if not match:
                continue
            # One comment serves an unbroken run of accesses, such as the lines of a report.
            if covered_line == index - 1 >= 0 or _has_order(lines, index):
                covered_line = index
            else:
                name = match.group(0).rstrip("( \t")
                yield f"{path}:{index + 1}: {name} without an ORDER: comment"


def _has_order(lines, index):
    if "ORDER:" in lines[index]:
        return True
    reach = ORDER_REACH
    while index > 0 and reach > 0:
        index -= 1
        if is_comment(lines[index]):
            if "ORDER:" in lines[index]:
                return True
        else:
            reach -= 1
    return False


# -- files ------------------------------------------------------------------------------------

MAX_LINES = 800
EXCEPTIONS = "tests/lint/size-exceptions.txt"


def check_size(tree):
    """No file is longer than 800 lines; exceptions are listed with their reason."""
    allowed = {}
    if tree.exists(EXCEPTIONS):
        for number, line in enumerate(tree.lines(EXCEPTIONS), 1):
            if not line.strip() or line.startswith("#"):
                continue
            match = re.match(r"(\S+) (\d+) (\S.*)", line)
            if not match:
                yield f"{EXCEPTIONS}:{number}: expected 'path lines reason'"
                continue
            allowed[match.group(1)] = (int(match.group(2)), number)
    for path in tree.files(suffixes=(".c", ".h", ".def", ".py", ".cmake", ".sh", ".md")):
        count = len(tree.lines(path)) - 1
        limit, number = allowed.pop(path, (MAX_LINES, 0))
        if count > limit:
            yield f"{path}:{limit + 1}: {count} lines, the limit is {limit}"
        elif number and count <= MAX_LINES:
            yield f"{EXCEPTIONS}:{number}: {path} needs no exception any more"
    for path, (_, number) in allowed.items():
        yield f"{EXCEPTIONS}:{number}: {path} does not exist"


SPDX = "SPDX-License-Identifier: MIT"


def check_head(tree):
    """A file opens with its licence; C files then say what they are. Comments are //."""
    names = ("CMakeLists.txt",)
    for path in tree.files(suffixes=(".c", ".h", ".def", ".cmake", ".sh"), names=names):
        yield from _head(tree, path, "//" if path.endswith((".c", ".h", ".def")) else "#")
    for path in tree.files(("tests/lint/", "runtime/modules/"), suffixes=(".py",)):
        yield from _head(tree, path, "#")


def _head(tree, path, comment):
    lines = tree.lines(path)
    first = 1 if lines[0].startswith("#!") else 0
    if len(lines) <= first or lines[first] != f"{comment} {SPDX}":
        yield f"{path}:{first + 1}: must be '{comment} {SPDX}'"
    if not path.endswith((".c", ".h")) or not path.startswith(("runtime/", "include/")):
        return
    name = os.path.basename(path)
    if not any(line.startswith(f"// {name} - ") for line in lines[1:4]):
        yield f"{path}:3: the head must say '// {name} - what it is'"
    for number, line in enumerate(lines, 1):
        # Inside a macro of several lines there is no other way.
        if "/*" in code_of(line) and not line.endswith("\\"):
            yield f"{path}:{number}: comments are //"


def check_width(tree):
    """Comments end at column 100; code is clang-format's business (lint.py --fix format)."""
    for path in tree.c_files():
        for number, line in enumerate(tree.lines(path), 1):
            if len(line) > WIDTH and is_comment(line):
                yield f"{path}:{number}: {len(line)} columns, the limit is {WIDTH}"


# -- words ------------------------------------------------------------------------------------

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
NUMBERED = re.compile(r"\bTODO\(#\d+\)")
LEFTOVER = re.compile(r"\bfor now\b|\bplaceholder implementation\b|\bunfinished\b", re.I)
# The product speaks of itself, not of how or by whom it was made.
FOREIGN = re.compile(
    r"\b((?i:sub-?agents?|agents?|claude|anthropic|openai|chatgpt|copilot|coordinator)|AI|LLMs?)\b"
    r"|\b(my|our|last|previous|earlier) session\b"
    r"|/work/(main|shared)\b|/tmp/(togil-notes|build-)\S*"
    r"|\bissues? #?\d+\b|\bissues show\b"
    r"|\bresearch/[\w-]+\.md\b|\b(ARCHITECTURE|STYLE) §")
USER_AGENT = re.compile(r"user[- ]agent", re.I)
SLEEP = re.compile(r"\b(usleep|nanosleep|clock_nanosleep|sleep|thrd_sleep)\s*\(")


def check_words(tree):
    """Nothing unfinished is left behind, and the product speaks only of itself."""
    for path in tree.files():
        if path.startswith("tests/lint/") or not _is_text(path):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            where = f"{path}:{number}:"
            if UNFINISHED.search(line) and not NUMBERED.search(line):
                yield f"{where} {UNFINISHED.search(line).group(0)} without a number: TODO(#12)"
            match = LEFTOVER.search(_prose(path, line))
            if match:
                yield f"{where} '{match.group(0)}': finish it or say what holds"
            match = FOREIGN.search(USER_AGENT.sub("", NUMBERED.sub("", line)))
            if match:
                yield f"{where} '{match.group(0)}' does not belong in the product"


def _prose(path, line):
    """The comment of a line of code; all of a line of text."""
    if path.endswith((".md", ".txt")):
        return line
    mark = "//" if path.endswith((".c", ".h", ".def")) else "#"
    return line.partition(mark)[2]


def _is_text(path):
    return path.endswith((".c", ".h", ".def", ".py", ".cmake", ".sh", ".md", ".txt", ".in",
                          ".json", "/run", "/setup")) or path == ".clang-tidy"


def check_sleep(tree):
    """Tests synchronise; they do not sleep and hope."""
    for path in tree.c_files("tests/unit/", "tests/support/"):
        for number, line in enumerate(tree.lines(path), 1):
            match = SLEEP.search(code_of(line))
            if match:
                yield f"{path}:{number}: {match.group(1)}() is not synchronisation"


NAMED_PATH = re.compile(r"(?<![\w/.-])((?:runtime|include|tests|bench|examples|docs|cmake|\.ci)/"
                        r"[\w./-]*\w)(:\d+)?")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SPAN = re.compile(r"`([^`]*)`")
IDENTIFIER = r"[a-z][a-z0-9]*(?:_[a-z0-9]+){2,}"
NAMED_THING = re.compile(r"(?<![\w/.-])" + IDENTIFIER + r"(?![\w.(/*-])")
PASTED = re.compile(r"\w##(_[a-z0-9_]+)")
COMMAND = re.compile(r"^    (sh \.ci/setup && .*)$")


def check_docs(tree):
    """Pages name files that exist, by path and not by line, and tests and options of three words or
    more that exist; CI runs the README's test command."""
    known, pasted = set(), {"##"}
    for path in tree.files(("runtime/", "include/", "tests/", "bench/", "examples/", "cmake/")):
        if not path.endswith(".md"):
            for line in tree.lines(path):
                known.update(re.findall(IDENTIFIER, line))
                pasted.update(PASTED.findall(line))
    for path in tree.files(suffixes=(".md",)):
        folder = os.path.dirname(path)
        for number, line in enumerate(tree.lines(path), 1):
            where = f"{path}:{number}:"
            for name, at_line in NAMED_PATH.findall(line):
                if at_line:
                    yield f"{where} {name}{at_line}: cite a symbol, lines move"
                if not tree.exists(name):
                    yield f"{where} {name} does not exist"
            for span in SPAN.findall(line):
                for name in NAMED_THING.findall(span):
                    if name not in known and not name.endswith(tuple(pasted)):
                        yield f"{where} nothing is called {name}"
            for name in LINK.findall(line):
                if not tree.exists(os.path.join(folder, name)):
                    yield f"{where} the link {name} leads nowhere"
    if tree.exists("README.md") and tree.exists(".ci/run"):
        commands = [m.group(1) for m in map(COMMAND.match, tree.lines("README.md")) if m]
        tests = [c for c in commands if "test" in c]
        if not any(c in line for c in tests for line in tree.lines(".ci/run")):
            yield "README.md:1: .ci/run does not run the test command given here"


CHECKS = {
    "layers": check_layers,
    "policy": check_policy,
    "order": check_order,
    "size": check_size,
    "head": check_head,
    "width": check_width,
    "words": check_words,
    "sleep": check_sleep,
    "docs": check_docs,
}
