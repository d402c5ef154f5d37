# SPDX-License-Identifier: MIT
"""build_checks.py - the rules that need a compiler or what it made.

A check is a function from a Tree and the options (build, jobs, policies) to findings. The flags
come from the build's compile_commands.json, so that a check sees what the compiler saw.
"""
import json
import os
import re
import shlex
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from wrap import wrap_file


class CannotCheck(Exception):
    """The tool or the build that a check needs is not there."""


def _tool(name):
    path = shutil.which(name)
    if not path:
        raise CannotCheck(f"{name} is not installed")
    return path


def _cache(options):
    """The variables of the build's CMakeCache.txt."""
    path = os.path.join(options.build or "", "CMakeCache.txt")
    if not options.build or not os.path.exists(path):
        raise CannotCheck("no build folder given (--build)")
    with open(path, encoding="utf-8") as file:
        return dict(re.findall(r"^(\w+):\w+=(.*)$", file.read(), re.M))


def _compile_commands(options):
    path = os.path.join(options.build or "", "compile_commands.json")
    if not options.build or not os.path.exists(path):
        raise CannotCheck("the build has no compile_commands.json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, **more)


def _parallel(options, function, items):
    with ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        for findings in pool.map(function, items):
            yield from findings


# -- headers ----------------------------------------------------------------------------------

def check_headers(tree, options):
    """Every header compiles alone; the public ones also as pedantic C11 and as C++17."""
    compiler = _cache(options).get("CMAKE_C_COMPILER") or _tool("cc")
    cxx = _tool("clang++" if "clang" in os.path.basename(compiler) else "c++")
    include = "-I" + os.path.join(tree.root, "include")
    strict = ["-Wall", "-Wextra", "-pedantic-errors", "-Werror", include]
    jobs = []
    for path in tree.files(("include/",), (".h",)):
        name = "<" + path[len("include/"):] + ">"
        jobs.append((path, name, [compiler, "-std=c11", "-x", "c", *strict]))
        jobs.append((path, name, [cxx, "-std=c++17", "-x", "c++", *strict]))
    internal = _internal_flags(options)
    for path in tree.files(("runtime/",), (".h",)):
        name = '"' + path[len("runtime/"):] + '"'
        jobs.append((path, name, [*_flags_for(path, internal), "-x", "c"]))

    def compile_alone(job):
        path, name, command = job
        # Twice: the guard must hold.
        source = f"#include {name}\n#include {name}\nextern int tgi_nothing;\n"
        result = _run([*command, "-fsyntax-only", "-"], input=source)
        if result.returncode != 0:
            first = next((x for x in result.stdout.splitlines() if "error" in x), "")
            yield f"{path}:1: does not compile alone ({os.path.basename(command[0])}): {first}"

    yield from _parallel(options, compile_alone, jobs)


def _internal_flags(options):
    """Compiler and flags of some file of a layer, of some core, and of each policy's core."""
    flags = {}
    for entry in _compile_commands(options):
        if "/runtime/" not in entry["file"]:
            continue
        if "/runtime/core/" in entry["file"]:
            policy = re.search(r"-DTG_POLICY=(\w+)", entry["command"])
            kinds = ["core", policy.group(1) if policy else "core"]
        else:
            kinds = ["layer"]
        for kind in kinds:
            if kind not in flags:
                flags[kind] = _flags_of(entry)
    if not flags:
        raise CannotCheck("nothing of runtime/ is built")
    flags.setdefault("layer", flags.get("core"))
    flags.setdefault("core", flags["layer"])
    return flags


def _flags_for(path, flags):
    """A header of core/policy named after a policy belongs to that core."""
    if not path.startswith("runtime/core/"):
        return flags["layer"]
    stem = os.path.splitext(os.path.basename(path))[0]
    is_of_policy = path.startswith("runtime/core/policy/") and stem in flags
    return flags[stem if is_of_policy else "core"]


def _flags_of(entry):
    """Compiler, defines, include folders and language flags of a compile command."""
    words = shlex.split(entry["command"])
    while os.path.basename(words[0]) in ("ccache", "sccache"):
        words.pop(0)
    kept = [words[0]]
    for i, word in enumerate(words[1:], 1):
        if word.startswith(("-I", "-D", "-std", "-W", "-f")) and word != "-fsyntax-only":
            kept.append(word)
        elif words[i - 1] in ("-isystem", "-include"):
            kept += [words[i - 1], word]
    return kept


# -- symbols ----------------------------------------------------------------------------------

SYMBOL = re.compile(r"^\s*\d+: [0-9a-f]+ +\S+ +(\w+) +(GLOBAL|WEAK|UNIQUE) +(\w+) +(\S+) +(\S+)")


def check_symbols(tree, options):
    """The library exports tg_* only, and defines each name once."""
    cache = _cache(options)
    names = ("libtogil.so", "libtogil.a")
    library = next((os.path.join(options.build, n) for n in names
                    if os.path.exists(os.path.join(options.build, n))), None)
    if library is None:
        raise CannotCheck("libtogil is not built")
    if cache.get("TOGIL_SANITIZE") or cache.get("TOGIL_COVERAGE") in ("ON", "1"):
        raise CannotCheck("an instrumented build defines names of its own")
    result = _run([_tool("readelf"), "-sW", library])
    if result.returncode != 0:
        raise CannotCheck(f"readelf {library}: {result.stdout.strip()}")
    yield from symbol_findings(result.stdout.splitlines(), os.path.basename(library))


def symbol_findings(lines, library):
    """Findings in the output of readelf -sW; apart, so that it can be fed by a test."""
    member = library
    owners = {}
    for line in lines:
        if line.startswith("File: "):
            member = line[len("File: "):].strip()
        match = SYMBOL.match(line)
        if not match:
            continue
        kind, binding, visibility, section, name = match.groups()
        name = name.split("@")[0]
        if section == "UND" or kind in ("FILE", "SECTION"):
            continue
        if visibility == "DEFAULT" and not re.match(r"tg_", name):
            yield f"{member}: exports {name}: only tg_* leaves the library"
        elif not re.match(r"tg[ic]?_", name):
            yield f"{member}: {name} has linkage but no tg_, tgi_ or tgc_ prefix"
        policy = re.search(r"togil_core_(\w+)\.dir", member)
        if policy and not name.endswith("_" + policy.group(1)):
            yield f"{member}: {name} is a core name without its policy"
        if binding == "GLOBAL" and library.endswith(".a"):
            if owners.setdefault(name, member) != member:
                yield f"{member}: {name} is also defined in {owners[name]}"


# -- dispatch ---------------------------------------------------------------------------------

OPCODES = "runtime/bytecode/opcodes.def"
LOOP = "runtime/core/vm/loop.c"
MIN_JUMPS = 0.8
INDIRECT = re.compile(r"\s(notrack )?jmp\s+\*|\sbr\s+x\d+")


def check_dispatch(tree, options):
    """The VM loop keeps an indirect jump per opcode; merged ones cost up to a factor of 3."""
    cache = _cache(options)
    if not tree.exists(OPCODES) or not tree.exists(LOOP):
        raise CannotCheck("there is no VM loop")
    optimised = cache.get("CMAKE_BUILD_TYPE") in ("Release", "RelWithDebInfo")
    if not optimised or cache.get("TOGIL_SANITIZE") or cache.get("TOGIL_COVERAGE") in ("ON", "1"):
        raise CannotCheck("only an optimised build without instrumentation has the real loop")
    opcodes = count_opcodes(tree.lines(OPCODES))
    objects = [_object_of(e) for e in _compile_commands(options)
               if e["file"].endswith("/" + LOOP)]
    if not objects:
        raise CannotCheck("the VM loop is not built")
    for path in objects:
        result = _run([_tool("objdump"), "-d", "--no-show-raw-insn", path])
        if result.returncode != 0:
            raise CannotCheck(f"objdump: {result.stdout.strip()}")
        jumps = count_jumps(result.stdout.splitlines())
        print(f"{os.path.relpath(path, options.build)}: {jumps} indirect jumps, "
              f"{opcodes} opcodes")
        if jumps < MIN_JUMPS * opcodes:
            yield f"{LOOP}:1: {jumps} indirect jumps for {opcodes} opcodes in {path}"


def _object_of(entry):
    words = shlex.split(entry["command"])
    return os.path.join(entry["directory"], words[words.index("-o") + 1])


def count_opcodes(lines):
    return sum(1 for line in lines if line.startswith("TGI_OP("))


def count_jumps(lines):
    return sum(1 for line in lines if INDIRECT.search(line))


# -- format and tidy --------------------------------------------------------------------------

CLANG_FORMAT_MAJOR = "14"


def check_format(tree, options):
    """The C sources are formatted by .clang-format; --fix formats them and wraps comments."""
    tool = shutil.which(f"clang-format-{CLANG_FORMAT_MAJOR}") or _tool("clang-format")
    version = re.search(r"version (\d+)", _run([tool, "--version"]).stdout)
    if not version or version.group(1) != CLANG_FORMAT_MAJOR:
        raise CannotCheck(f"clang-format {CLANG_FORMAT_MAJOR} is needed; others format differently")
    folders = ("runtime/", "include/", "tests/", "bench/", "examples/")
    files = list(tree.files(folders, (".c", ".h")))
    if options.fix:
        for path in tree.c_files(*folders):
            wrap_file(os.path.join(tree.root, path))

    def format_one(path):
        if options.fix:
            _run([tool, "-i", "--style=file", path], cwd=tree.root)
            return
        result = _run([tool, "--dry-run", "--style=file", path], cwd=tree.root)
        lines = [x for x in result.stdout.splitlines() if "[-Wclang-format-violations]" in x]
        for line in lines[:3]:
            yield re.sub(r": (warning|error): .*", ": not as clang-format writes it", line)

    yield from _parallel(options, format_one, files)


GCC_ONLY = ("-fno-crossjumping", "-fno-gcse")
FINDING = re.compile(r"^(/\S+?:\d+:\d+): (warning|error): (.*)$")


def check_tidy(tree, options):
    """clang-tidy with the checks of .clang-tidy, each source once (a core: the last policy)."""
    tool = shutil.which("clang-tidy-14") or _tool("clang-tidy")
    entries = {}
    for entry in _compile_commands(options):
        file = os.path.normpath(entry["file"])
        path = os.path.relpath(file, tree.root)
        is_ours = path.startswith(("runtime/", "tests/", "bench/", "examples/"))
        if is_ours and tree.exists(path):
            words = [w for w in shlex.split(entry["command"]) if w not in GCC_ONLY]
            while os.path.basename(words[0]) in ("ccache", "sccache"):
                words.pop(0)
            # A warning that only gcc can switch off is unknown here.
            words.insert(1, "-Wno-unknown-warning-option")
            entries[path] = {"directory": entry["directory"], "file": file, "arguments": words}
    if not entries:
        raise CannotCheck("nothing is built")
    database = os.path.join(options.build, "tidy")
    os.makedirs(database, exist_ok=True)
    with open(os.path.join(database, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(list(entries.values()), file)

    def tidy_one(path):
        result = _run([tool, "-p", database, "--quiet", os.path.join(tree.root, path)])
        lines = result.stdout.splitlines()
        found = [m for m in map(FINDING.match, lines) if m]
        for match in found:
            yield f"{os.path.relpath(match.group(1), tree.root)}: {match.group(3)}"
        if result.returncode != 0 and not found:
            yield f"{path}:1: clang-tidy failed: {' '.join(lines[-3:])}"

    seen = set()
    largest_first = sorted(entries, key=lambda p: -os.path.getsize(os.path.join(tree.root, p)))
    for finding in _parallel(options, tidy_one, largest_first):
        if finding not in seen:  # a header is seen from many sources
            seen.add(finding)
            yield finding


BUILD_CHECKS = {
    "headers": check_headers,
    "symbols": check_symbols,
    "dispatch": check_dispatch,
    "format": check_format,
    "tidy": check_tidy,
}
