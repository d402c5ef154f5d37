#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""selftest.py - proves that each check can fail, and that it does not fail on good code.

Every case is a small tree written to a temporary folder: `bad` holds what must be found (the
findings are compared with path and line), `good` what must pass.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

import build_checks
from text_checks import CHECKS
from tree import Tree
from wrap import wrap_lines

HEAD = "// SPDX-License-Identifier: MIT\n//\n// {name} - a sample.\n"


class TreeCase(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="togil-lint-")
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        return full

    def places(self, findings):
        """Findings as a sorted list of path:line."""
        return sorted(":".join(f.split(":")[:2]) for f in findings)

    def check(self, name, files, expected):
        for path, text in files.items():
            self.write(path, text)
        self.assertEqual(self.places(CHECKS[name](Tree(self.root))), sorted(expected))


class Layers(TreeCase):
    def test_an_include_that_points_up_is_found(self):
        self.check("layers", {
            "runtime/base/a.c": '#include "sync/event.h"\n',
            "runtime/sync/a.c": '#include "base/a.h"\n#include "core/vm/frame.h"\n',
            "runtime/bytecode/a.c": '#include "lang/ast.h"\n',
            "runtime/lang/a.c": '#include "core/object/list.h"\n',
            "runtime/core/policy/a.h": '#include "core/object/list.h"\n',
            "runtime/core/object/a.h": '#include "core/vm/frame.h"\n',
            "runtime/gate/a.h": '#include "core/object/list.h"\n',
            "runtime/modules/a.c": '#include "thread/gil.h"\n#include "base/clock.h"\n',
            "runtime/cli/ab/a.c": '#include "mem/qsbr.h"\n',
            "runtime/api/a.c": '#include "modules/queue.h"\n#include "modules/modules.h"\n',
        }, ["runtime/base/a.c:1", "runtime/sync/a.c:2", "runtime/bytecode/a.c:1",
            "runtime/lang/a.c:1", "runtime/core/policy/a.h:1", "runtime/core/object/a.h:1",
            "runtime/gate/a.h:1", "runtime/modules/a.c:1", "runtime/modules/a.c:2",
            "runtime/cli/ab/a.c:1", "runtime/api/a.c:1"])

    def test_an_include_without_its_layer_is_found(self):
        self.check("layers", {
            "runtime/sync/a.c": '#include "event.h"\n#include "../base/clock.h"\n',
            "runtime/extra/a.c": '#include "base/clock.h"\n',
        }, ["runtime/sync/a.c:1", "runtime/sync/a.c:2", "runtime/extra/a.c:1"])

    def test_a_public_header_with_foreign_includes_is_found(self):
        self.check("layers", {
            "include/togil/a.h": '#include "base/clock.h"\n#include <gmp.h>\n#include <stdint.h>\n'
                                 '#include <togil/b.h>\n#include "togil/b.h"\n',
        }, ["include/togil/a.h:1", "include/togil/a.h:2"])

    def test_mimalloc_outside_mem_is_found(self):
        self.check("layers", {
            "runtime/mem/raw.c": "#include <mimalloc.h>\n",
            "runtime/core/object/a.c": "#include <mimalloc.h>\n",
        }, ["runtime/core/object/a.c:1"])

    def test_downward_includes_pass(self):
        self.check("layers", {
            "runtime/core/vm/a.c": '#include "core/gc/gc.h"\n#include "bytecode/unit.h"\n'
                                   '#include "base/clock.h"\n#include "gate/table.h"\n'
                                   '#include "core/policy/policy.h"\n#include <pthread.h>\n',
            "runtime/cli/ab/a.c": '#include <togil/togil.h>\n#include "cli/ab/b.h"\n'
                                  '#include "base/clock.h"\n#include "generated/build.h"\n',
            "runtime/modules/a.c": '#include <togil/togil.h>\n#include "modules/embedded.h"\n',
        }, [])


class Policy(TreeCase):
    def test_a_conditional_on_the_policy_is_found(self):
        self.check("policy", {
            "runtime/core/object/a.c": "#if TGC_FREE_THREADED\n#endif\n#ifdef TG_POLICY_BIASED\n"
                                       "#elif defined(TG_POLICY)\n#endif\n",
            "runtime/thread/a.c": "#  if defined(X) && \\\n     TGC_HEADER_BYTES == 16\n#endif\n",
        }, ["runtime/core/object/a.c:1", "runtime/core/object/a.c:3", "runtime/core/object/a.c:4",
            "runtime/thread/a.c:1"])

    def test_guards_and_folded_constants_pass(self):
        self.check("policy", {
            "runtime/core/object/a.h": "#ifndef TGC_OBJECT_A_H\n#define TGC_OBJECT_A_H\n"
                                       "static int f(void) { if (TGC_FREE_THREADED) return 1; "
                                       "return 0; }\n#ifdef NDEBUG // TGC_X\n#endif\n#endif\n",
            "runtime/core/policy/policy.h": "#if TG_POLICY_BIASED\n#endif\n",
        }, [])


class Order(TreeCase):
    def test_a_weak_access_without_a_reason_is_found(self):
        self.check("order", {
            "runtime/sync/a.c": "x = atom_load_acquire(&w);\n"
                                "// it is fine\natom_store_release(&w, 1);\n"
                                "if (atom_cas_weak_acq_rel(&w, &e, 1)) {\n",
            "include/togil/a.h": "atom_add_relaxed(&n, 1);\n",
        }, ["runtime/sync/a.c:1", "runtime/sync/a.c:3", "runtime/sync/a.c:4",
            "include/togil/a.h:1"])

    def test_a_reason_too_far_above_is_not_a_reason(self):
        self.check("order", {
            "runtime/sync/a.c": "// ORDER: relaxed; a counter.\na();\nb();\nc();\nd();\n"
                                "atom_add_relaxed(&n, 1);\n",
        }, ["runtime/sync/a.c:6"])

    def test_atomics_that_go_round_the_macros_are_found(self):
        self.check("order", {
            "runtime/sync/a.c": "// ORDER: none\n__atomic_load_n(&w, __ATOMIC_RELAXED);\n"
                                "atomic_fetch_add(&w, 1);\n__sync_synchronize();\n",
            "runtime/modules/a.c": "atomic_fetch_add(&w, 1);\n"
                                   "atomic_load_explicit(&w, memory_order_relaxed);\n"
                                   "// ORDER: relaxed; a counter.\n"
                                   "atomic_load_explicit(&w, memory_order_relaxed);\n",
        }, ["runtime/sync/a.c:2", "runtime/sync/a.c:3", "runtime/sync/a.c:4",
            "runtime/modules/a.c:1", "runtime/modules/a.c:2"])

    def test_stated_reasons_pass(self):
        self.check("order", {
            "runtime/sync/a.c":
                "// ORDER: release; pairs with the load in wait.\n"
                "// It goes on for\n// some more\n// lines\n// of text.\n"
                "uint32_t old =\n    atom_exchange_release(&w, 1);\n\n\n\n\n\n"
                "x = atom_load_relaxed(&n); // ORDER: relaxed; a counter.\n"
                "y = atom_load_relaxed(&m);\n"
                "z = atom_load_seq_cst(&m); // atom_load_relaxed(&m)\n",
        }, [])


class Files(TreeCase):
    def test_a_long_file_is_found_unless_it_is_listed(self):
        self.check("size", {
            "runtime/base/a.c": "int x;\n" * 801,
            "runtime/base/b.c": "int x;\n" * 800,
            "runtime/base/c.c": "int x;\n" * 900,
            "tests/lint/size-exceptions.txt": "# why\nruntime/base/c.c 900 a table\n",
        }, ["runtime/base/a.c:801"])

    def test_a_stale_exception_is_found(self):
        self.check("size", {
            "runtime/base/b.c": "int x;\n" * 10,
            "tests/lint/size-exceptions.txt":
                "runtime/base/b.c 900 a table\nruntime/base/gone.c 900 a table\nnonsense\n",
        }, ["tests/lint/size-exceptions.txt:1", "tests/lint/size-exceptions.txt:2",
            "tests/lint/size-exceptions.txt:3"])

    def test_a_missing_head_is_found(self):
        self.check("head", {
            "runtime/base/a.c": "int x;\n",
            "runtime/base/b.c": HEAD.format(name="c.c"),
            "runtime/base/c.c": HEAD.format(name="c.c") + 'int x; /* no */\nchar *s = "/*";\n'
                                "#define A \\\n    x /* yes */ \\\n    y\n",
            "runtime/base/CMakeLists.txt": "togil_layer(base SOURCES a.c)\n",
            "tests/lint/x.sh": "#!/bin/sh\n# SPDX-License-Identifier: GPL\n",
        }, ["runtime/base/a.c:1", "runtime/base/a.c:3", "runtime/base/b.c:3",
            "runtime/base/c.c:4", "runtime/base/CMakeLists.txt:1", "tests/lint/x.sh:2"])

    def test_good_heads_pass(self):
        self.check("head", {
            "runtime/base/a.c": HEAD.format(name="a.c"),
            "cmake/X.cmake": "# SPDX-License-Identifier: MIT\n",
            "bench/run.sh": "#!/bin/sh\n# SPDX-License-Identifier: MIT\n",
        }, [])


    def test_a_wide_comment_is_found(self):
        self.check("width", {
            "runtime/base/a.c": "// " + "x" * 97 + "\n// " + "x" * 98 + "\n" + "f(" * 60 + "\n",
        }, ["runtime/base/a.c:2"])


class Wrap(unittest.TestCase):
    WORDS = " ".join(["word"] * 30)

    def test_a_paragraph_is_refilled_from_its_first_long_line(self):
        lines = wrap_lines(["// short", "//", f"    // {self.WORDS}", "    // tail", "    x;"])
        self.assertEqual(lines[:2], ["// short", "//"])
        self.assertEqual(len(lines), 5)
        self.assertTrue(lines[3].startswith("    // word") and lines[3].endswith("word tail"))
        self.assertLessEqual(max(map(len, lines)), 100)

    def test_the_text_of_an_item_hangs_under_itself(self):
        lines = wrap_lines(["//   E1  " + self.WORDS, "//       tail", "//   E2  other"])
        self.assertEqual(lines[0][:12], "//   E1  wor")
        self.assertEqual(lines[1][:12], "//       wor")
        self.assertTrue(lines[1].endswith("tail"))
        self.assertEqual(lines[2], "//   E2  other")

    def test_a_long_comment_behind_code_moves_above(self):
        lines = wrap_lines(["    int x; // " + "word " * 19 + "end"])
        self.assertEqual(lines[-1], "    int x;")
        self.assertTrue(all(line.startswith("    // ") for line in lines[:-1]))

    def test_what_fits_and_what_cannot_be_broken_stays(self):
        lines = ["// " + "x" * 120, 'f("' + "x" * 120 + '"); // why', "#define A " + "b " * 60]
        self.assertEqual(wrap_lines(lines), lines)


class Words(TreeCase):
    def test_leftovers_and_foreign_words_are_found(self):
        lines = ["// TODO later", "// FIXME", "// good enough for now", "// written by an agent",
                 "// see issue 2", "// see /work/shared/x", "// research/vm-design.md",
                 "// as in the last session of the session", "// ask Claude"]
        self.check("words", {"runtime/base/a.c": "\n".join(lines) + "\n"},
                   [f"runtime/base/a.c:{n}" for n in range(1, len(lines) + 1)])

    def test_plain_prose_passes(self):
        self.check("words", {
            "runtime/base/a.c": "// TODO(#12): wider keys\n// the User-Agent header\n"
                                "// sessions of a TCP server, hacking, said\n// agenda issued\n"
                                "error(\"must be None for now\");\n",
        }, [])

    def test_a_sleep_in_a_test_is_found(self):
        self.check("sleep", {
            "tests/unit/sync/a.c": "usleep(10);\n// sleep(1)\nnanosleep (&t, NULL);\n"
                                   "test_sleeper(x);\n",
            "runtime/base/a.c": "nanosleep(&t, NULL);\n",
        }, ["tests/unit/sync/a.c:1", "tests/unit/sync/a.c:3"])


class Docs(TreeCase):
    def test_names_that_lead_nowhere_are_found(self):
        self.check("docs", {
            "docs/a.md": "See `runtime/base/gone.c` and runtime/base/here.c:12.\n"
                         "[b](b.md) [c](c.md#part) [web](https://example.org/x)\n"
                         "A path like my/runtime/x.c or https://x/docs/y is not ours.\n",
            "docs/c.md": "\n",
            "runtime/base/here.c": "\n",
        }, ["docs/a.md:1", "docs/a.md:1", "docs/a.md:2"])

    def test_tests_that_are_not_there_are_found(self):
        self.check("docs", {
            "docs/a.md": "Shown by `unit.a: it_is_there`, `it_is_not_there`,\n"
                         "`made_of_two_parts` and `a_*_b_c`.\n",
            "tests/unit/test_a.c": "TEST(it_is_there)\nTEST(name##_of_two_parts)\n",
        }, ["docs/a.md:1"])

    def test_a_test_command_that_ci_does_not_run_is_found(self):
        readme = "    sh .ci/setup && cmake --workflow --preset test\n"
        self.check("docs", {"README.md": readme, ".ci/setup": "", ".ci/run": "tests\n"}, ["README.md:1"])
        self.check("docs", {".ci/run": "timeout 9 sh -c '" + readme.strip() + "'\n"}, [])


class Built(TreeCase):
    """Checks that need tools: run against a build folder made by hand."""

    def options(self, **cache):
        build = os.path.join(self.root, "build")
        cache = {"CMAKE_C_COMPILER": shutil.which("cc"), "CMAKE_BUILD_TYPE": "Release", **cache}
        self.write("build/CMakeCache.txt",
                   "".join(f"{k}:STRING={v}\n" for k, v in cache.items()))
        return types.SimpleNamespace(build=build, jobs=2, fix=False)

    def database(self, *paths, flags=""):
        include = os.path.join(self.root, "runtime")
        self.write("build/compile_commands.json", json.dumps([
            {"directory": self.root, "file": os.path.join(self.root, path),
             "command": f"cc -std=gnu11 -I{include} {flags} -o {path}.o -c {path}"}
            for path in paths]))

    def run_check(self, name, options):
        try:
            return list(build_checks.BUILD_CHECKS[name](Tree(self.root), options))
        except build_checks.CannotCheck as reason:
            if os.environ.get("TG_LINT_STRICT"):
                raise
            self.skipTest(str(reason))

    def test_headers_that_do_not_compile_alone_are_found(self):
        self.write("include/togil/good.h", "#include <stdint.h>\ntypedef uint64_t tg_a;\n")
        self.write("include/togil/alone.h", "typedef uint64_t tg_b;\n")
        self.write("include/togil/cxx.h",
                   "#ifndef C\n#define C\ntypedef struct tg_c { int class; } tg_c;\n#endif\n")
        self.write("runtime/base/good.h", "#ifndef A\n#define A\nstruct s { int x; };\n#endif\n")
        self.write("runtime/base/twice.h", "struct s { int x; };\n")
        self.write("runtime/base/needs.h", "static inline size_t f(void) { return 1; }\n")
        self.database("runtime/base/a.c")
        found = self.places(self.run_check("headers", self.options()))
        self.assertEqual(found, ["include/togil/alone.h:1", "include/togil/alone.h:1",
                                 "include/togil/cxx.h:1", "runtime/base/needs.h:1",
                                 "runtime/base/twice.h:1"])

    def test_symbols_of_a_real_archive_are_checked(self):
        source = ("int tg_shown(void);\nint tg_shown(void) { return 1; }\n"
                  "__attribute__((visibility(\"hidden\"))) int tgi_kept(void) { return 2; }\n"
                  "static int hidden(void) { return 3; }\nint (*tg_p)(void) = hidden;\n"
                  "{extra}\n")
        build = self.options()
        for extra, count in (("", 0), ("int tgi_leak(void) { return 4; }", 1),
                             ("__attribute__((visibility(\"hidden\"))) int grow;", 1)):
            path = self.write("build/a.c", source.replace("{extra}", extra))
            library = os.path.join(build.build, "libtogil.a")
            if os.path.exists(library):
                os.remove(library)
            subprocess.run(["cc", "-c", path, "-o", path + ".o"], check=True)
            subprocess.run(["ar", "rcs", library, path + ".o"], check=True)
            self.assertEqual(len(self.run_check("symbols", build)), count, extra)

    def test_symbols_of_cores_need_their_policy_and_one_definition(self):
        lines = ["File: libtogil.a(togil_core_biased.dir/list.c.o)",
                 "     7: 0000000000000010    42 FUNC    GLOBAL HIDDEN     1 tgc_list_grow",
                 "     8: 0000000000000010    42 FUNC    GLOBAL HIDDEN     1 tgc_list_new_biased",
                 "     9: 0000000000000000     0 NOTYPE  GLOBAL DEFAULT  UND malloc",
                 "File: libtogil.a(togil_core_atomic.dir/list.c.o)",
                 "     7: 0000000000000010    42 FUNC    GLOBAL HIDDEN     1 tgc_list_grow"]
        found = build_checks.symbol_findings(lines, "libtogil.a")
        self.assertEqual(len(list(found)), 3)

    def test_a_loop_with_merged_jumps_is_found(self):
        opcodes = "".join(f"TGI_OP(OP{n}, \"---\")\n" for n in range(10))
        self.write("runtime/bytecode/opcodes.def", "// TGI_OP(...)\n" + opcodes)
        many = "".join(f"l{n}: x += {n + 1}; goto *t[p[x]];\n" for n in range(10))
        one = "".join(f"l{n}: x += {n + 1}; goto next;\n" for n in range(10)) \
            + "next: goto *t[p[x]];\n"
        # At -Os gcc does not copy the shared jump back to its sources.
        for body, level, count in ((many, "-O2", 0), (one, "-Os", 1)):
            path = self.write("runtime/core/vm/loop.c",
                              "int f(const int *p, int x); int f(const int *p, int x) {\n"
                              "static void *t[] = {"
                              + ",".join(f"&&l{n}" for n in range(10)) + "};\n" + body + "}\n")
            subprocess.run(["cc", level, "-fno-crossjumping", "-fno-gcse", "-c", path,
                            "-o", path + ".o"], check=True)
            self.database("runtime/core/vm/loop.c")
            found = self.run_check("dispatch", self.options())
            self.assertEqual(len(found), count, body)

    def test_a_badly_formatted_file_is_found(self):
        shutil.copy(os.path.join(os.path.dirname(__file__), "..", "..", ".clang-format"),
                    self.root)
        self.write("runtime/base/good.c", "int f(int x)\n{\n    return x;\n}\n")
        self.write("runtime/base/bad.c", "int f(int x) {\n  return x;\n}\n")
        found = self.places(self.run_check("format", self.options()))
        self.assertEqual(set(found), {"runtime/base/bad.c:1"})

    def test_tidy_finds_a_suspicious_line(self):
        shutil.copy(os.path.join(os.path.dirname(__file__), "..", "..", ".clang-tidy"), self.root)
        self.write("runtime/base/good.c", "int f(int x);\nint f(int x)\n{\n    return x;\n}\n")
        self.write("runtime/base/bad.c",
                   "#include <stddef.h>\nsize_t f(int *p);\nsize_t f(int *p)\n{\n"
                   "    for (char i = 0; i < 100000; i++)\n        p[0] = p[0] & p[0];\n"
                   "    return (size_t)p[0];\n}\n")
        self.database("runtime/base/good.c", "runtime/base/bad.c",
                      flags="-Wno-maybe-uninitialized -fno-gcse")
        found = self.run_check("tidy", self.options())
        self.assertTrue(found)
        self.assertTrue(all(f.startswith("runtime/base/bad.c:") for f in found), found)
        self.assertIn("runtime/base/bad.c:6", self.places(found))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
