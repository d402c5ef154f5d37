# SPDX-License-Identifier: MIT
# print: separators, ends, files, flush; containers; repr of nested and user objects.
import sys

print()
print("a", "b", 3, None, 4.0, True)
print("a", "b", sep="")
print("a", "b", sep="--", end=".\n")
print(*[1, 2, 3], sep=", ")
print("no newline", end="")
print(" then the rest")
print("to stdout", file=sys.stdout)
print("flushed", flush=True)
print("", end="")
print(sep="x")
print("é€😀", "\u4e2d\u6587")
sys.stdout.write("written\n")
print(sys.stdout.write("x\n"))
print([1, "a", 'it\'s', None, 1.0, True, b"x", (1,), (), {}, set(), [[]], {"k": [1]}, frozenset()])
print((1, "two", [3]), {"a": ("b", 'c"d')}, {1}, [(1, 2), (3,)], "plain", repr("quoted"),
      ["\n", "\\"])


class Named:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return "Named(%r)" % self.n

    def __str__(self):
        return "named " + self.n


n = Named("x")
print(n, [n], (n,), {n.n: n}, str(n), repr(n), f"{n} {n!r}", "%s %r" % (n, n),
      "{} {!r}".format(n, n))


class OnlyRepr:
    def __repr__(self):
        return "<only repr>"


print(OnlyRepr(), [OnlyRepr()], str(OnlyRepr()))


class Writer:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)

    def flush(self):
        self.parts.append("FLUSH")


w = Writer()
print("a", 1, file=w)
print("b", sep="-", end="", file=w, flush=True)
print(w.parts)
loop = [1]
loop.append(loop)
table = {"self": None}
table["self"] = table
pair = ([],)
pair[0].append(pair)
print(loop, table, pair)
print(len, print, type, int, ValueError, object, None, Ellipsis, NotImplemented)
print(Named, Named.__init__.__name__, type(n), [int, str])
print(1e5, 1e16, 123456789.123, -0.0, 1.0e-10, 10**20, 2.5e-5, [0.1 + 0.2], (1e300 * 1e10,))
print(range(3), slice(1), {}.keys(), {1: 2}.values(), {1: 2}.items())
