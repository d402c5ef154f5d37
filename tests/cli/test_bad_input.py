#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_bad_input.py - programs that are wrong, too deep or too big: the message and the exit code a
# Python user expects, and never a crash. Everything in every mode of TOGIL_TEST_MODES.
import resource
import unittest

from support import CommandTest, main, modes_json

DEEP = 100000


class Errors(CommandTest):
    def test_syntax_error(self):
        for option in self.in_each_mode():
            result = self.run_code("x = 1\nif x\n    pass\n", option)
            self.assertEqual((result.code, result.out), (1, ""), result)
            self.assertRegex(result.err, r'script\.py", line 2\n    if x\n')
            self.assertTrue(result.err.endswith("SyntaxError: expected ':'\n"), result)

    def test_unsupported_feature(self):
        for option in self.in_each_mode():
            result = self.run_code("print('never printed')\nasync def f():\n    pass\n", option)
            self.assertEqual((result.code, result.out), (1, ""), result)
            self.assertRegex(result.err, r'script\.py", line 2\n    async def f\(\):\n    \^')
            self.assertRegex(result.err, r"\nSyntaxError: .*not supported.*\n\Z")

    def test_a_file_that_is_no_text(self):
        with open(self.write("script.py", ""), "wb") as file:
            file.write(b"x = '\xff\xfe'\n")
        for option in self.in_each_mode():
            result = self.run_togil(option, "script.py")
            self.assertEqual(result.code, 1, result)
            self.assertIn("SyntaxError: ", result.err)
        with open(self.write("script.py", ""), "wb") as file:
            file.write(b"x = 1\0\n")
        for option in self.in_each_mode():
            result = self.run_togil(option, "script.py")
            self.assertEqual(result.code, 1, result)
            self.assertIn("null bytes", result.err)

    def test_uncaught_exception(self):
        for option in self.in_each_mode():
            result = self.run_code("def f(x):\n    return 1 // x\n\nprint('a')\nf(0)\n", option)
            self.assertEqual(result.out, "a\n")
            self.check_traceback(result, "ZeroDivisionError: integer division or modulo by zero",
                                 'script.py", line 5, in <module>\n    f(0)\n',
                                 'script.py", line 2, in f\n    return 1 // x\n')

    def test_uncaught_exception_in_a_worker(self):
        code = ("import threading\n"
                "def work():\n"
                "    {}['k']\n"
                "t = threading.Thread(target=work)\n"
                "t.start()\n"
                "t.join()\n"
                "print('main goes on')\n")
        for option in self.in_each_mode():
            result = self.run_code(code, option)
            self.assertEqual((result.code, result.out), (0, "main goes on\n"), result)
            self.assertIn("Exception in thread Thread-1 (work):\nTraceback", result.err)
            self.assertTrue(result.err.endswith("KeyError: 'k'\n"), result)

    def test_worker_outlives_a_failing_main(self):
        code = ("import threading\n"
                "go = threading.Event()\n"
                "def work():\n"
                "    go.wait()\n"
                "    print('worker done')\n"
                "threading.Thread(target=work).start()\n"
                "try:\n"
                "    1 / 0\n"
                "finally:\n"
                "    go.set()\n")
        for option in self.in_each_mode():
            result = self.run_code(code, option)
            self.assertEqual(result.out, "worker done\n")
            self.check_traceback(result, "ZeroDivisionError: division by zero")


class Deep(CommandTest):
    def check_recursion(self, code):
        for option in self.in_each_mode():
            self.check_traceback(self.run_code(code, option), "RecursionError: maximum recursion")

    def check_survives(self, code):
        """The script catches RecursionError by itself, if there is one."""
        for option in self.in_each_mode():
            result = self.run_code(code, option)
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertTrue(result.out.endswith("end\n"), result)

    def test_calls(self):
        self.check_recursion("def f(n):\n    return f(n - 1) if n else 0\nf(%d)\n" % DEEP)

    def test_calls_after_raising_the_limit(self):
        code = ("import sys\nsys.setrecursionlimit(%d)\n"
                "def f(n):\n    return 1 + f(n - 1) if n else 0\n"
                "print(f(%d))\nprint('end')\n" % (DEEP + 1000, DEEP))
        self.check_survives(code)

    def test_special_methods(self):
        for name, start in (("__repr__(self)", "repr(self)"), ("__str__(self)", "f'{self}'"),
                            ("__eq__(self, o)", "self == o"), ("__lt__(self, o)", "max(self, o)"),
                            ("__hash__(self)", "{self: 1}"), ("__len__(self)", "len(self)"),
                            ("__bool__(self)", "not self"), ("__add__(self, o)", "self + o"),
                            ("__getitem__(self, i)", "self[i]"), ("__call__(self)", "self()"),
                            ("__getattr__(self, n)", "self.other"), ("__iter__(self)", "list(self)"),
                            ("__contains__(self, x)", "x in self"), ("__init__(self)", "A()"),
                            ("__int__(self)", "int(self)"), ("__index__(self)", "[0][self]")):
            code = ("class A:\n    def %s:\n        return %s\n"
                    "o = i = x = self = None\n"
                    "self = o = A()\ni = x = 1\n%s\n" % (name, start, start))
            with self.subTest(method=name):
                self.check_recursion(code)

    def test_callbacks(self):
        for call in ("list(map(f, [1]))", "sorted([2, 1], key=f)", "max([1, 2], key=f)",
                     "list(filter(f, [1]))", "[1, 2].sort(key=f)", "f(*[x])",
                     "functools.reduce(f2, [1, 2])"):
            code = ("import functools\ndef f(x):\n    return %s\n"
                    "def f2(a, b):\n    return f(a)\nf(1)\n" % call)
            with self.subTest(call=call):
                self.check_recursion(code)

    def test_in_a_thread(self):
        code = ("import threading\n"
                "class A:\n    def __repr__(self):\n        return repr(self)\n"
                "def f(n):\n    return f(n + 1)\n"
                "def work(g, x):\n"
                "    try:\n        g(x)\n"
                "    except RecursionError as e:\n        print('RecursionError')\n"
                "for g, x in ((repr, A()), (f, 0)):\n"
                "    t = threading.Thread(target=work, args=(g, x))\n"
                "    t.start()\n    t.join()\n"
                "print('end')\n")
        for option in self.in_each_mode():
            result = self.run_code(code, option)
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertEqual(result.out, "RecursionError\nRecursionError\nend\n")

    def test_nested_containers(self):
        for make, use in (("a = [a]", "repr(a)"), ("a = [a]", "a == b"), ("a = {1: a}", "repr(a)"),
                          ("a = {1: a}", "a == b"), ("a = (a,)", "repr(a)"), ("a = (a,)", "hash(a)"),
                          ("a = (a,)", "a < b"), ("a = (a,)", "isinstance(1, a)"),
                          ("a = frozenset([a])", "a == b"), ("a = [a]", "copy.deepcopy(a)")):
            code = ("import copy\n"
                    "a = 1\nfor i in range(%d):\n    %s\nb = a\n"
                    "a = 1\nfor i in range(%d):\n    %s\n"
                    "try:\n    %s\nexcept (RecursionError, TypeError):\n    pass\n"
                    "del a, b\nprint('end')\n" % (DEEP, make, DEEP, make, use))
            with self.subTest(make=make, use=use):
                self.check_survives(code)

    def test_chains_of_iterators(self):
        for make in ("a = map(str, a)", "a = filter(None, a)", "a = zip(a)", "a = enumerate(a)",
                     "a = (x for x in a)", "a = iter(lambda a=a: next(a), None)",
                     "a = itertools.chain(a)"):
            code = ("import itertools\n"
                    "a = iter([1])\nfor i in range(%d):\n    %s\n"
                    "try:\n    next(a)\nexcept RecursionError:\n    pass\n"
                    "del a\nprint('end')\n" % (DEEP, make))
            with self.subTest(make=make):
                self.check_survives(code)

    def test_chains_of_objects(self):
        code = ("class N:\n    pass\n"
                "a = None\n"
                "for i in range(%d):\n    n = N()\n    n.next = a\n    a = n\n"
                "del a, n\n"
                "e = None\n"
                "for i in range(%d):\n    x = ValueError(i)\n    x.__cause__ = e\n    e = x\n"
                "del e, x\n"
                "f = print\n"
                "for i in range(%d):\n    f = lambda f=f: f()\n"
                "try:\n    f()\nexcept RecursionError:\n    pass\n"
                "del f\n"
                "def g(n):\n    if n:\n        yield from g(n - 1)\n    yield n\n"
                "try:\n    sum(1 for _ in g(%d))\nexcept RecursionError:\n    pass\n"
                "print('end')\n" % (DEEP, DEEP, DEEP, DEEP))
        self.check_survives(code)

    def test_deep_source(self):
        for source in ("(" * DEEP + "1" + ")" * DEEP, "[" * DEEP + "]" * DEEP, "{" * DEEP,
                       "-" * DEEP + "1", "not " * DEEP + "1", "lambda: " * DEEP + "1",
                       "1 if 1 else " * DEEP + "1", "1 ** " * DEEP + "1", "f" + "()" * DEEP,
                       "f" + ".a" * DEEP, "f" + "[0]" * DEEP, "1 + " * DEEP + "1",
                       "f(" * DEEP, "1 < " * DEEP + "1", "*" * DEEP, "x = " * DEEP + "1"):
            with self.subTest(source=source[:12]):
                for option in self.in_each_mode():
                    result = self.run_code("def f():\n    return\nx = 1\nif 0:\n    " + source +
                                           "\nprint('end')\n", option)
                    if result.code == 0:
                        self.assertEqual(result.out, "end\n")
                        continue
                    self.assertEqual(result.code, 1)
                    last = result.err.splitlines()[-1]
                    self.assertTrue(last.startswith(("SyntaxError: ", "RecursionError: ",
                                                     "MemoryError")), last)

    def test_deep_blocks(self):
        lines = [" " * i + "if 1:" for i in range(2000)] + [" " * 2000 + "pass"]
        for option in self.in_each_mode():
            result = self.run_code("\n".join(lines) + "\n", option)
            self.assertEqual(result.code, 1, result)
            self.assertTrue(result.err.endswith("too many levels of indentation\n"), result)
        lines = ["%sdef f():" % ("  " * i) for i in range(90)] + ["  " * 90 + "pass"]
        for option in self.in_each_mode():
            result = self.run_code("\n".join(lines) + "\nprint('end')\n", option)
            self.assertEqual(result.out, "end\n", result)

    def test_many_branches(self):
        source = "x = -1\nif x == 0: pass\n" + "elif x == 1: pass\n" * DEEP + "print('end')\n"
        for option in self.in_each_mode():
            result = self.run_code(source, option)
            if result.code == 0:
                self.assertEqual(result.out, "end\n")
            else:
                self.assertEqual(result.code, 1)
                self.assertIn("Error: ", result.err)


def little_memory():
    resource.setrlimit(resource.RLIMIT_AS, (1000 << 20, 1000 << 20))


def less_memory():
    resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))


@unittest.skipIf(modes_json()["sanitizers"] in ("address", "address,undefined", "thread"),
                 "sanitizers need more address space than that")
class Memory(CommandTest):
    def check_memory_error(self, code, *parts):
        for option in self.in_each_mode():
            result = self.run_code(code, option, preexec_fn=little_memory)
            self.check_traceback(result, "MemoryError", *parts)

    def test_one_large_object(self):
        for value in ("[0] * (1 << 28)", "'a' * (1 << 30)", "bytes(1 << 30)", "(0,) * (1 << 28)",
                      "b'a' * (1 << 30)", "'%1073741824d' % 1", "'a'.ljust(1 << 30)",
                      "f'{1:>1073741824}'"):
            with self.subTest(value=value):
                self.check_memory_error("def f():\n    x = %s\n    return len(x)\nprint(f())\n" %
                                        value, 'script.py", line 2, in f\n', "x = ")

    def test_a_large_integer(self):
        self.check_memory_error("x = 1 << (1 << 36)\nprint(x & 1)\n")

    def test_growing(self):
        for start, step in (("a = []", "a.append('abc' * 1000)"), ("a = {}", "a[i] = [i]"),
                            ("a = set()", "a.add(i)"), ("a = ''", "a += 'abcdefgh' * (1 << 23)"),
                            ("a = None", "a = [a, i]")):
            with self.subTest(step=step):
                # When the last byte is gone there may be no room for a traceback.
                code = "%s\ni = 0\nwhile True:\n    %s\n    i += 1\n" % (start, step)
                for option in self.in_each_mode():
                    result = self.run_code(code, option, preexec_fn=less_memory)
                    self.assertEqual(result.code, 1, result)
                    self.assertTrue(result.err.endswith("MemoryError\n"), result)

    def test_it_can_be_caught(self):
        code = ("try:\n    x = 'a' * (1 << 30)\n"
                "except MemoryError as e:\n    print('caught', repr(e))\n"
                "x = [0] * 1000\nprint('end')\n")
        for option in self.in_each_mode():
            result = self.run_code(code, option, preexec_fn=little_memory)
            self.assertEqual((result.code, result.out), (0, "caught MemoryError()\nend\n"), result)

    def test_in_a_worker(self):
        code = ("import threading\n"
                "def work():\n    x = 'a' * (1 << 30)\n"
                "t = threading.Thread(target=work)\nt.start()\nt.join()\nprint('end')\n")
        for option in self.in_each_mode():
            result = self.run_code(code, option, preexec_fn=little_memory)
            self.assertEqual((result.code, result.out), (0, "end\n"), result)
            self.assertTrue(result.err.endswith("MemoryError\n"), result)


if __name__ == "__main__":
    main()
