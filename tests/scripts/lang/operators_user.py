# SPDX-License-Identifier: MIT
# Operators of user classes: arithmetic, reflected, in place, comparison, containers, calls, bool.


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __repr__(self):
        return "Vector(%r, %r)" % (self.x, self.y)

    def __str__(self):
        return "<%s, %s>" % (self.x, self.y)

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        if other == 0:
            return self
        return NotImplemented

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        if isinstance(k, Vector):
            return self.x * k.x + self.y * k.y
        return Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __truediv__(self, k):
        return Vector(self.x / k, self.y / k)

    def __floordiv__(self, k):
        return Vector(self.x // k, self.y // k)

    def __mod__(self, k):
        return Vector(self.x % k, self.y % k)

    def __pow__(self, k):
        return Vector(self.x ** k, self.y ** k)

    def __matmul__(self, other):
        return "matmul"

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __pos__(self):
        return self

    def __invert__(self):
        return "inverted"

    def __abs__(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5

    def __eq__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return self.x == other.x and self.y == other.y

    def __hash__(self):
        return hash((self.x, self.y))

    def __bool__(self):
        return bool(self.x or self.y)

    def __iter__(self):
        yield self.x
        yield self.y

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __contains__(self, v):
        return v == self.x or v == self.y

    def __call__(self, *args, **kwargs):
        return ("called", args, kwargs)

    def __and__(self, other):
        return "and"

    def __or__(self, other):
        return "or"

    def __xor__(self, other):
        return "xor"

    def __lshift__(self, other):
        return "lshift"

    def __rshift__(self, other):
        return "rshift"

    def __rsub__(self, other):
        return "rsub"

    def __rtruediv__(self, other):
        return "rtruediv"

    def __rpow__(self, other):
        return "rpow"

    def __divmod__(self, k):
        return "divmod"

    def __round__(self, n=None):
        return "rounded %s" % n

    def __int__(self):
        return 42

    def __float__(self):
        return 4.5

    def __index__(self):
        return 1


v = Vector(3, 4)
w = Vector(1, 2)
print(v + w, v - w, v * 2, 2 * v, v * w, v / 2, v // 2, v % 2, v ** 2, v @ w, -v, +v, ~v, abs(v))
print(v == Vector(3, 4), v != w, v == 5, v != 5, hash(v) == hash(Vector(3, 4)), bool(Vector(0, 0)),
      "yes" if v else "no", not v)
print(list(v), len(v), v[0], v[-1], v[:], 3 in v, 9 in v, v(1, k=2), [*v], dict([tuple(v)]))
print(v & 1, v | 1, v ^ 1, v << 1, v >> 1, 5 - v, 5 / v, 5 ** v, divmod(v, 2), round(v),
      round(v, 2), int(v),
      float(v), [10, 20][v], hex(v), "ab" * v, range(v))
print(sum([v, w]), sum([v, w], Vector(10, 10)), repr(v), str(v), "%s %r" % (v, v), f"{v} {v!r}",
      [v], {v: 1})
x, y = v
print(x, y, max(v), sorted(v, reverse=True))
v += w
print(v)


class Accumulator:
    def __init__(self):
        self.items = []

    def __iadd__(self, other):
        self.items.append(other)
        return self

    def __isub__(self, other):
        self.items.remove(other)
        return self

    def __imul__(self, n):
        self.items *= n
        return self

    def __ior__(self, other):
        self.items.append(("or", other))
        return self


a = Accumulator()
b = a
a += 1
a += 2
a -= 1
a *= 2
a |= 7
print(a.items, a is b)


class Version:
    def __init__(self, *parts):
        self.parts = parts

    def __lt__(self, other):
        return self.parts < other.parts

    def __le__(self, other):
        return self.parts <= other.parts

    def __eq__(self, other):
        return self.parts == other.parts

    def __repr__(self):
        return "v" + ".".join(str(p) for p in self.parts)


p, q = Version(1, 2), Version(1, 10)
print(p < q, p <= q, p > q, p >= q, p == q, p != q, sorted([q, p, Version(0)]), max(p, q),
      min([q, p]))
try:
    hash(p)
except TypeError as error:
    print("TypeError:", error)


class Grid:
    def __init__(self):
        self.cells = {}

    def __getitem__(self, key):
        return self.cells.get(key, ".")

    def __setitem__(self, key, value):
        self.cells[key] = value

    def __delitem__(self, key):
        del self.cells[key]


g = Grid()
g[1, 2] = "x"
g["name"] = "grid"
print(g[1, 2], g["name"], g[0, 0], len(g.cells))
del g[1, 2]
g["name"] += "!"
print(g[1, 2], g["name"])


class OldIteration:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError
        return i * 10


print(list(OldIteration()), 20 in OldIteration(), [a for a in OldIteration()], max(OldIteration()))


class Lengthy:
    def __len__(self):
        return 0


class Plain:
    pass


print(bool(Lengthy()), bool(Plain()), Plain() == Plain(), Plain() != Plain())
z = Plain()
print(z == z, z in [z], hash(z) == hash(z))


class Money:
    def __init__(self, amount):
        self.amount = int(amount)

    def __int__(self):
        return self.amount

    def __add__(self, other):
        return Money(int(self) + int(other))

    __radd__ = __add__

    def __repr__(self):
        return "$%d" % int(self)


print(Money(5) + 3, 3 + Money(5), sum([Money(1), Money(2)]))


class Left:
    def __add__(self, other):
        return "left add"

    def __eq__(self, other):
        return "left eq"


class Right(Left):
    def __radd__(self, other):
        return "right radd"

    def __eq__(self, other):
        return "right eq"


print(Left() + Right(), Right() + Left(), Left() + 1, Left() == Right(), 1 == Left(), Left() != 1)


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: Vector(1, 2) + 1)
attempt(lambda: 1 + Vector(1, 2))
attempt(lambda: Plain() + 1)
attempt(lambda: Plain() < Plain())
attempt(lambda: -Plain())
attempt(lambda: len(Plain()))
attempt(lambda: Plain()[0])
attempt(lambda: Plain()())
attempt(lambda: 1 in Plain())
attempt(lambda: iter(Plain()))
attempt(lambda: next(Plain()))
attempt(lambda: int(Plain()))
attempt(lambda: [1][Plain()])
attempt(lambda: Plain() @ Plain())


class Bad:
    def __bool__(self):
        return "yes"

    def __len__(self):
        return -1

    def __repr__(self):
        return 5

    def __hash__(self):
        return "h"

    def __iter__(self):
        return 5

    def __index__(self):
        return "i"


attempt(lambda: bool(Bad()))
attempt(lambda: len(Bad()))
attempt(lambda: repr(Bad()))
attempt(lambda: hash(Bad()))
attempt(lambda: list(Bad()))
attempt(lambda: [1][Bad()])
