# SPDX-License-Identifier: MIT
# f-strings, str.format, % and format(): every specification.

print("f-strings")
name = "world"
n = 42
x = 3.14159
print(f"hello {name}", f"{n}", f"{n + 1}", f"{x:.2f}", f"{name!r}", f"{name!s:>8}", f"{'é'!a}")
print(f"{{}} {{{n}}}", f"{n:5d}|{n:<5}|{n:^5}|{n:>5}|{n:05}", f"{name:*^11}", f"{n=}", f"{n = }",
      f"{x=:.1f}")
width = 10
precision = 3
print(f"{x:{width}.{precision}f}|", f"{name:{'>' if n else '<'}{width}}|", f"{n:#x} {n:#b} {n:#o}")
print(f"{'nested ' + f'{n}'}", f"{[i * 2 for i in range(3)]}", f"{ {'a': 1}['a'] }",
      f"{(lambda: 5)()}")
print(f"""multi
{n} line""", f"{n}" "plain" f"{x}", rf"\n{n}")

print("integers")
for spec in ("", "d", "5d", "<5d", "^5d", ">5d", "05d", "+d", " d", "+05d", "x", "X", "#x", "#X",
             "o",
             "#o", "b", "#b", "08b", "#010x", ",", "_", "_x", "*>8", "*<8d", "=+8d", "c", "e",
             ".2f", "g",
             "%", "n"):
    print(repr(spec), [format(v, spec) for v in (0, 65, 1234567) if spec != "c" or v == 65],
          [format(v, spec) for v in (-7,) if spec != "c"])
print(format(10**25, ","), format(-10**25, "_"), format(2**70, "x"), format(2**70, "+40d"))
print(format(True), format(True, "d"), format(True, "5"), format(False, ""))

print("floats")
for spec in ("", "f", ".0f", ".1f", ".3f", "10.3f", "<10.3f", "^10.3f", "+.2f", " .2f", "010.2f",
             "e",
             ".2e", "E", "g", ".3g", "G", "%", ".1%", ",", ",.2f", "_", "#.0f", "#g", "*>12.4f",
             ".10",
             "=10.2f", "n", "z.1f"):
    print(repr(spec), [format(v, spec) for v in (0.0, 1.5, -2.675, 1234567.891, 1e-7, 1e22)])
for spec in ("", "f", "e", "g", "6.2f", "06", "+", "F", "E", "%"):
    print(repr(spec), [format(v, spec) for v in (float("inf"), float("-inf"), float("nan"))])

print("strings")
for spec in ("", "s", "8", "<8", ">8", "^8", "*^8", ".2", "8.2s", "é<6", "08"):
    print(repr(spec), [format(v, spec) for v in ("", "abc", "é€")])

print("str.format")
print("{} {}".format(1, 2), "{0} {1} {0}".format("a", "b"), "{a} {b}".format(a=1, b=2),
      "{:>5}|{:<5}|".format(1, 2), "{0[1]} {1[key]}".format([1, 2], {"key": "v"}),
      "{0.real} {0.imag}".format(5), "{!r} {!s}".format("x", "y"), "{{}}".format(),
      "{:{}}".format(5, 4),
      "{:{w}.{p}f}|".format(2.5, w=8, p=2), "{0:d} {0:x}".format(255))

print("percent")
print("%d %i %u" % (1, -2, 3), "%5d|%-5d|%05d|%+d|% d" % (1, 2, 3, 4, 5), "%x %X %#x %o %#o" % (
    255, 255, 255, 8, 8), "%s %r %a" % ("é", "é", "é"), "%c%c" % (65, "B"), "%%" % ())
print("%f %.2f %8.3f|%-8.1f|%+.1f|%08.2f" % (1.5, 1.5, 1.5, 1.5, 1.5, -1.5), "%e %.1E %g %G" % (
    12345.678, 12345.678, 12345.678, 1e-10), "%5s|%-5s|%.2s" % ("ab", "ab", "abcdef"))
print("%(a)s and %(b)05.1f" % {"a": 1, "b": 2.25}, "%*d|%-*d|%.*f" % (5, 1, 5, 2, 2, 3.14159))
print("%s" % [1, 2], "%s" % (1,), "%s %s" % ("a", (1, 2)), "%d" % 3.99, "%x" % 2**70, "%d" % -2**70)
print("%s" % None, "%r" % True, "%10.4r|" % "abcdef", "%s%%" % 50)


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __format__(self, spec):
        if spec == "":
            return "(%s, %s)" % (self.x, self.y)
        return "<%s|%s>" % (format(self.x, spec), format(self.y, spec))

    def __repr__(self):
        return "Point!"

    def __str__(self):
        return "point"


p = Point(1, 2.5)
print(f"{p}", f"{p:.1f}", f"{p!r}", f"{p!s:>8}", "{0.x} {0.y:.2f} {0}".format(p), "%s %r" % (p, p),
      [p],
      format(p, "5"))

print("errors")


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(format, "a", "d")
attempt(format, 1, "s")
attempt(format, 1.5, "d")
attempt(format, 1, ".2d")
attempt(format, "a", "=5")
attempt(format, [], "5")
attempt(lambda: "%d" % "a")
attempt(lambda: "%d %d" % (1,))
attempt(lambda: "%d" % (1, 2))
attempt(lambda: "%(a)s" % (1,))
attempt(lambda: "%(a)s" % {"b": 1})
attempt(lambda: "%z" % 1)
attempt(lambda: "%" % 1)
attempt(lambda: "%c" % "ab")
attempt(lambda: "{} {}".format(1))
attempt(lambda: "{a}".format(b=1))
attempt(lambda: "{".format(1))
attempt(lambda: "}".format(1))
attempt(lambda: "{0} {}".format(1))
attempt(lambda: "{:q}".format(1))
