#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_command.py - the command line: scripts, modes, sub-commands, usage errors.
import json
import os
import subprocess
import unittest

from support import LIMIT, MODES, TOGIL, CommandTest, environment, main, modes_json

WHERE = "import sys\nprint(sys.argv, sys.path[0])\n"


class Scripts(CommandTest):
    def test_a_file(self):
        path = self.write("folder/a.py", WHERE + "print(__name__, __file__)\n")
        result = self.run_togil("folder/a.py", "x", "--mode", "-c")
        folder = os.path.realpath(os.path.dirname(path))
        self.assertEqual(result.out, "%r %s\n__main__ %s/folder/a.py\n" % (
            ["folder/a.py", "x", "--mode", "-c"], folder, self.folder))
        self.assertEqual((result.code, result.err), (0, ""))

    def test_a_link_imports_from_where_it_leads(self):
        self.write("real/a.py", "import b\n")
        self.write("real/b.py", "print('b of', __name__)\n")
        os.symlink("real/a.py", os.path.join(self.folder, "link.py"))
        self.assertEqual(self.run_togil("link.py").out, "b of b\n")

    def test_code_on_the_command_line(self):
        result = self.run_togil("-c", WHERE, "a", "-b")
        self.assertEqual(result.out, "['-c', 'a', '-b'] \n")
        self.assertEqual(self.run_togil("-cprint(1)").out, "1\n")

    def test_code_imports_from_the_current_folder(self):
        self.write("b.py", "print('imported')\n")
        self.assertEqual(self.run_togil("-c", "import b").out, "imported\n")

    def test_standard_input(self):
        result = self.run_togil("-", "a", stdin=WHERE)
        self.assertEqual(result.out, "['-', 'a'] \n")
        result = self.run_togil(stdin=WHERE)
        self.assertEqual(result.out, "[''] \n")
        result = self.run_togil("-", stdin="1/0\n")
        self.check_traceback(result, "ZeroDivisionError: ", 'File "<stdin>", line 1')

    def test_run_may_be_written(self):
        self.write("a.py", WHERE)
        self.assertEqual(self.run_togil("run", "a.py", "1").out,
                         "['a.py', '1'] %s\n" % os.path.realpath(self.folder))

    def test_double_dash_ends_the_options(self):
        self.write("-a.py", "print('dash')\n")
        self.assertEqual(self.run_togil("--", "-a.py").out, "dash\n")

    def test_unusual_sources(self):
        with open(self.write("a.py", ""), "wb") as file:
            file.write(b"\xef\xbb\xbfprint('a')\r\nprint('b')\r\n\x0c\nprint('c')")
        self.assertEqual(self.run_togil("a.py").out, "a\nb\nc\n")
        self.write("empty.py", "")
        result = self.run_togil("empty.py")
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_arguments_are_text(self):
        result = self.run_togil("-c", "import sys; print(ascii(sys.argv))", "\u20ac\U0001f600")
        self.assertEqual(result.out, "['-c', '\\u20ac\\U0001f600']\n")
        for bad in (b"a\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"):
            self.check_usage_error(self.run_togil("-c", "1", "good", bad),
                                   "argument 2 of the script is not UTF-8")

    def test_exit_codes(self):
        for code, expected in ((0, 0), (3, 3), (None, 0), (256 + 7, 7), (True, 1)):
            result = self.run_togil("-c", "import sys; sys.exit(%r)" % (code,))
            self.assertEqual(result.code, expected, (code, result))
            self.assertEqual(result.err, "")
        result = self.run_togil("-c", "import sys; sys.exit('bye')")
        self.assertEqual((result.code, result.err), (1, "bye\n"))
        self.assertEqual(self.run_togil("-c", "raise SystemExit(4)").code, 4)


class Modes(CommandTest):
    def mode_of(self, *options, **env):
        result = self.run_togil(*options, "-c", "import togil; print(togil.mode())",
                                env=environment(**env))
        self.assertEqual(result.code, 0, result)
        return result.out.strip()

    def test_each_mode_by_name_and_by_parts(self):
        known = {mode["name"]: mode for mode in modes_json()["modes"]}
        for mode in MODES:
            parts = known[mode]
            self.assertTrue(parts["available"])
            gil = "on" if parts["gil"] else "off"
            self.assertEqual(self.mode_of("--mode", mode), mode)
            self.assertEqual(self.mode_of("--mode=" + mode), mode)
            self.assertEqual(self.mode_of("--gil", gil, "--counts", parts["counts"]), mode)
            self.assertEqual(self.mode_of(TOGIL_MODE=mode), mode)

    @unittest.skipUnless({"gil", "nogil", "gil-biased"} <= set(MODES), "needs two cores")
    def test_one_part_is_enough(self):
        self.assertEqual(self.mode_of(), "nogil")
        self.assertEqual(self.mode_of("--gil", "on"), "gil")
        self.assertEqual(self.mode_of("--gil", "off"), "nogil")
        self.assertEqual(self.mode_of("--counts", "classic"), "gil")
        self.assertEqual(self.mode_of("--counts=biased"), "nogil")
        self.assertEqual(self.mode_of("--mode", "gil", TOGIL_MODE="nogil"), "gil")
        self.assertEqual(self.mode_of("--gil", "off", TOGIL_MODE="gil"), "nogil")
        self.assertEqual(self.mode_of(TOGIL_MODE=""), "nogil")

    def test_classic_counts_need_the_gil(self):
        for options in (("--counts", "classic", "--gil", "off"), ("--mode=gil", "--gil=off")):
            result = self.run_togil(*options, "x.py")
            self.check_usage_error(result, "classic", "--gil off", "only the GIL protects")

    def test_contradictions(self):
        self.check_usage_error(self.run_togil("--mode=nogil", "--gil=on", "x.py"), "contradicts",
                               "--mode gil-biased")
        self.check_usage_error(self.run_togil("--mode=nogil", "--counts=atomic", "x.py"),
                               "contradicts", "--mode nogil-atomic")

    def test_unknown_values(self):
        self.check_usage_error(self.run_togil("--mode", "nogli", "x.py"), "unknown mode 'nogli'",
                               "did you mean 'nogil'?")
        self.check_usage_error(self.run_togil("--mode", "fast", "x.py"), "unknown mode 'fast'",
                               "gil, gil-biased")
        self.check_usage_error(
            self.run_togil("x.py", env=environment(TOGIL_MODE="turbo")),
            "unknown mode 'turbo' in TOGIL_MODE")
        self.check_usage_error(self.run_togil("--gil", "maybe", "x.py"), "on or off", "'maybe'")
        self.check_usage_error(self.run_togil("--counts", "biasd", "x.py"), "biased")
        self.check_usage_error(self.run_togil("--counts", "none", "x.py"), "'none'")
        self.check_usage_error(self.run_togil("--mode"), "--mode needs a value")

    def test_table(self):
        result = self.run_togil("modes")
        self.assertEqual(result.code, 0)
        names = [line.split()[0] for line in result.out.splitlines()]
        self.assertEqual(names, ["mode", "gil", "gil-biased", "gil-atomic", "nogil",
                                 "nogil-atomic"])
        self.check_usage_error(self.run_togil("modes", "--jsno"), "did you mean '--json'?")
        self.check_usage_error(self.run_togil("modes", "nogil"), "'nogil'")
        text = json.dumps(modes_json())
        self.assertIn('"compiler"', text)


class Words(CommandTest):
    def test_help_and_version(self):
        for args, word in ((("--help",), "togil ab"), (("-h",), "togil ab"),
                           (("run", "--help"), "Exit codes"), (("dis", "--help"), "bytecode"),
                           (("modes", "--help"), "--json"), (("ab", "--help"), "--threads")):
            result = self.run_togil(*args)
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertIn(word, result.out)
            self.assertTrue(result.out.startswith("usage: togil"), result)
        for option in ("--version", "-V"):
            self.assertRegex(self.run_togil(option).out, r"\Atogil \d+\.\d+\.\d+\n\Z")

    def test_unknown_option(self):
        self.check_usage_error(self.run_togil("--moed", "gil", "x.py"),
                               "unknown option '--moed'; did you mean '--mode'?")
        self.check_usage_error(self.run_togil("--frobnicate=3", "x.py"),
                               "unknown option '--frobnicate'", "--help")
        self.check_usage_error(self.run_togil("-z", "x.py"), "unknown option '-z'")
        self.check_usage_error(self.run_togil("dis", "--mode", "x.py"), "togil dis:", "--mode")
        self.check_usage_error(self.run_togil("-c"), "-c needs a value")

    def test_missing_file(self):
        result = self.run_togil("x.py")
        self.assertEqual(result.code, 2)
        self.assertEqual(result.err,
                         "togil: can't open file 'x.py': [Errno 2] No such file or directory\n")
        self.check_usage_error(self.run_togil("dis", "x.py"), "can't open file 'x.py'")
        self.check_usage_error(self.run_togil("ab", "x.py", "{threads}"), "can't open file 'x.py'")
        self.check_usage_error(self.run_togil("mdoes"), "did you mean 'togil modes'?")

    def test_a_folder_is_no_script(self):
        result = self.run_togil(".")
        self.assertEqual(result.code, 1)
        self.assertEqual(result.err, "togil: can't find '__main__' module in '.'\n")

    def test_stress_checks_what_it_is_given(self):
        self.check_usage_error(self.run_togil("stress"), "which script?")
        self.check_usage_error(self.run_togil("stress", "x.py"), "can't open file 'x.py'")
        self.check_usage_error(self.run_togil("stress", "--policy", "gill", "x.py"), "--policy takes")
        self.check_usage_error(self.run_togil("stress", "--runs", "0", "x.py"), "--runs takes")
        self.check_usage_error(self.run_togil("stress", "--rnus", "1", "x.py"), "--rnus")

    def test_dis(self):
        self.write("a.py", "def f(n):\n    return n + 1\n")
        result = self.run_togil("dis", "a.py")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("ADDK         t0 = n, 1", result.out)
        self.assertTrue(result.out.startswith("<module> ("), result)
        self.assertIn("MAKEFUNC", self.run_togil("dis", "-c", "lambda: 1").out)
        self.assertIn("RETK", self.run_togil("dis", "-", stdin="pass").out)
        result = self.run_togil("dis", "-c", "1 +")
        self.assertEqual(result.code, 1)
        self.assertIn("SyntaxError: ", result.err)
        self.check_usage_error(self.run_togil("dis"), "which script?")
        self.check_usage_error(self.run_togil("dis", "a.py", "b.py"), "'b.py'")


class Output(CommandTest):
    def test_everything_is_written_at_exit(self):
        result = self.run_togil("-c", "print('x' * 100000, end='')")
        self.assertEqual(result.out, "x" * 100000)
        result = self.run_togil("-c", "print('last words', end=''); 1/0")
        self.assertEqual(result.out, "last words")
        result = self.run_togil("-c", "import sys; sys.stdout.write('a'); sys.exit(1)")
        self.assertEqual(result.out, "a")

    def test_a_reader_that_goes_away(self):
        # The first byte is read, then the pipe is closed; the script prints on and on.
        self.write("script.py", "print('first', flush=True)\n"
                                "for i in range(100000):\n"
                                "    print('y' * 100)\n")
        process = subprocess.Popen([TOGIL, "script.py"], cwd=self.folder, env=environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read().decode()
        process.stderr.close()
        self.assertEqual(process.wait(LIMIT), 1)
        self.assertTrue(err.endswith("BrokenPipeError: [Errno 32] Broken pipe\n"), err)

    def test_closed_streams(self):
        # What is printed goes nowhere, and not into a file that got the stream's number.
        for closed in (0, 1, 2):
            code = ("import sys\nwith open('made', 'w') as f:\n    print('x', file=f)\n"
                    "    print('out'); print('err', file=sys.stderr)\n"
                    "    sys.stdout.flush()\n")
            result = self.run_code(code, preexec_fn=lambda fd=closed: os.close(fd))
            self.assertEqual(result.code, 0, result)
            self.assertEqual(result.out, "" if closed == 1 else "out\n")
            self.assertEqual(result.err, "" if closed == 2 else "err\n")
            with open(os.path.join(self.folder, "made"), encoding="ascii") as file:
                self.assertEqual(file.read(), "x\n")

    def test_a_full_disk(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([TOGIL, "-c", "print(1)"], stdout=full, stderr=subprocess.PIPE,
                                  env=environment(), timeout=LIMIT, check=False)
        self.assertEqual(done.returncode, 120)
        self.assertIn(b"[Errno 28] No space left on device", done.stderr)


if __name__ == "__main__":
    main()
