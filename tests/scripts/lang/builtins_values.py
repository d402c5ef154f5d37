# The builtins about single values: conversions, attributes, kinds, rounding, printing.


def refused(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as e:
        print(type(e).__name__ + ":", e)
    else:
        print("accepted", result)


print(bin(10), bin(-5), bin(0), oct(-8), hex(255), hex(-255), bin(True), hex(2 ** 100))
print(chr(97), chr(0x1F600), ord("a"), ord("\U0001F600"), ord(b"a"), ascii("a\xe9\u1234\U0001F600"))
print(abs(-3), abs(-3.5), abs(-2 ** 70), abs(True))
print(divmod(7, 2), divmod(-7, 2), divmod(7.5, 2), divmod(2 ** 70, 3))
print(pow(2, 10), pow(2, -1), pow(3, 4, 5), pow(3, -1, 7), pow(2, 100, 10 ** 9 + 7), pow(2, 3, -5))
print(pow(base=2, exp=5), pow(2, 3, None), pow(2.0, 3))
print(callable(len), callable(1), callable(int), callable(lambda: 1))
print(format(3.14159, ".2f"), format("x", ">3"), format(5), format(True, "d"))
print(hash(1) == hash(1.0) == hash(True), hash("a") == hash("a"))
print(isinstance(1, int), isinstance(True, int), isinstance("a", (int, str)),
      isinstance("a", (int, (float, str))), issubclass(bool, int), issubclass(bool, (str, (int,))))

for value in (0.5, 1.5, 2.5, 3.5, -0.5, -1.5, 2.675, 1e16, 0.1, 123.456):
    print(value, round(value), round(value, 1), round(value, 2), round(value, -1),
          round(value, None))
for value in (0, 5, 14, 15, 16, 25, 35, -5, -15, -25, 1250, 1350, 2 ** 70 + 50, True):
    print(value, round(value), round(value, 1), round(value, -1), round(value, -2),
          round(value, -30))
print(round(number=2.5), round(1, ndigits=2), round(float("nan"), 2), round(1e300, 2))


class Attributes:
    kind = "class"

    def __init__(self):
        self.own = 1


a = Attributes()
print(hasattr(a, "own"), hasattr(a, "kind"), hasattr(a, "other"))
print(getattr(a, "own"), getattr(a, "kind"), getattr(a, "other", "default"))
setattr(a, "other", 5)
print(a.other, sorted(vars(a).items()))
delattr(a, "other")
print(hasattr(a, "other"))
print([name for name in dir(a) if not name.startswith("__")])
print(id(a) == id(a), id(1) == id(2), id(None) != id(True))


class Rounded:
    def __round__(self, digits=None):
        return ("rounded", digits)

    def __format__(self, spec):
        return "<" + spec + ">"

    def __dir__(self):
        return ["b", "a"]

    def __abs__(self):
        return "abs"

    def __index__(self):
        return 65

    def __divmod__(self, other):
        return "divmod"


r = Rounded()
print(round(r), round(r, 2), format(r, "x"), dir(r), abs(r), chr(r), hex(r), divmod(r, 1))

refused(bin, 1.5)
refused(chr, -1)
refused(chr, 0x110000)
refused(chr, "a")
refused(chr, 2 ** 70)
refused(ord, "")
refused(ord, "ab")
refused(ord, 1)
refused(abs, "a")
refused(divmod, 1, 0)
refused(divmod, 1)
refused(divmod, "a", 1)
refused(pow, 2, 3, 0)
refused(pow, 2, -1, 4)
refused(pow, 2.0, 1, 3)
refused(pow, "a", 1)
refused(pow, 2, 3, "a")
refused(pow, 1)
refused(pow, 1, 2, 3, 4)
refused(round)
refused(round, "a")
refused(round, 1.5, "a")
refused(round, 1, 2, 3)
refused(round, 1.5, foo=1)
refused(round, float("inf"))
refused(round, float("nan"))
refused(hash, [])
refused(getattr, 1, "foo")
refused(getattr, 1, 2)
refused(getattr, 1)
refused(getattr, 1, "a", 2, 3)
refused(setattr, 1, "foo", 3)
refused(hasattr, 1, 2)
refused(delattr, 1, "foo")
refused(isinstance, 1, 1)
refused(isinstance, "a", (int, 2))
refused(issubclass, 1, int)
refused(issubclass, int, 1)
refused(issubclass, int, (str, 1))
refused(format, 1, 2)
refused(format, "a", "d")
refused(vars, 1)
refused(repr)
refused(callable)
refused(open, "/nonexistent/file")
refused(open, 1.5)
refused(open, "x", "q")
refused(open, "x", 1)
refused(print, 1, sep=3)
refused(print, 1, end=3)
refused(print, 1, foo=3)
refused(print, 1, file=3)
refused(type(None), 1)
print(type(None)(), type(...)(), type(NotImplemented)())

print()
print(1, "a", None, 2.5, [1, "x"], -5, 2 ** 70)
print(1, 2, 3, sep=", ")
print("a", "b", sep="", end="!\n")
print("no line end", end="")
print()
print("x", "y", sep=None, end=None, flush=True)
print("\u00e9\u1234\U0001F600")


class Collector:
    def __init__(self):
        self.pieces = []

    def write(self, text):
        self.pieces.append(text)

    def flush(self):
        self.pieces.append("FLUSH")


c = Collector()
print("a", 1, file=c, sep="-", end="!", flush=True)
print(file=c)
print(c.pieces)
