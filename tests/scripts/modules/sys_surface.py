# SPDX-License-Identifier: MIT
# stderr: any
# sys: what programs read and set; exc_info, exit codes as objects, excepthook, intern, streams.
import sys


def attempt(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__ + ":", e)


print(sys.version_info[:2], sys.version_info >= (3, 8), sys.version_info.major,
      sys.version_info.releaselevel, sys.hexversion >> 16 == 0x030b, sys.version.split(".")[0])
print(sys.maxsize == 2 ** 63 - 1, sys.byteorder, sys.platform, sys.maxunicode,
      sys.float_info.max, sys.float_info.epsilon, sys.float_info.dig, sys.hash_info.modulus)
print(sys.modules["sys"] is sys, "__main__" in sys.modules, type(sys.path).__name__, sys.argv[1:])
print(sys.getdefaultencoding(), isinstance(sys.flags.optimize, int), sys.stdout.isatty() in (True, False),
      sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno(), sys.__stdout__ is sys.stdout)
print(sys.exc_info())


def inner():
    return sys.exc_info()[1]


try:
    raise KeyError("a")
except KeyError as e:
    print(inner() is e, sys.exc_info()[0] is KeyError)
    try:
        raise ValueError("b")
    except ValueError:
        print(repr(sys.exc_info()[1]), repr(inner()))
    print(repr(sys.exc_info()[1]))
print(sys.exc_info()[1])
for code in ((), (None,), (0,), (3,), ("text",), ((1, 2),)):
    try:
        sys.exit(*code)
    except SystemExit as e:
        print(repr(e.code), e.args)
attempt(lambda: sys.exit(1, 2))
attempt(lambda: sys.setswitchinterval(0))
attempt(lambda: sys.setswitchinterval(-1))
attempt(lambda: sys.setswitchinterval("a"))
sys.setswitchinterval(0.25)
print(sys.getswitchinterval())
sys.setswitchinterval(0.005)
print(round(sys.getswitchinterval(), 6))
old = sys.getrecursionlimit()
sys.setrecursionlimit(old + 100)
print(sys.getrecursionlimit() - old)
sys.setrecursionlimit(old)
attempt(lambda: sys.setrecursionlimit(0))
attempt(lambda: sys.setrecursionlimit("a"))
attempt(lambda: sys.intern(5))
a = "".join(["inter", "ned"])
print(sys.intern(a) is sys.intern("".join(["int", "erned"])), sys.getsizeof("abc") > 0)


def hook(kind, value, trace):
    print("hook:", kind.__name__, value, trace is not None, flush=True)


sys.excepthook = hook
print("a", "b", sep="-", file=sys.stdout)
print(sys.stdout.write("four\n"))
sys.stdout.flush()
raise RuntimeError("for the hook")
