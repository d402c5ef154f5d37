# SPDX-License-Identifier: MIT
# operator and copy.
import copy
import operator
from operator import attrgetter, itemgetter, methodcaller

print(operator.add(1, 2), operator.mul("a", 3), operator.sub(5, 2), operator.truediv(1, 2),
      operator.floordiv(7, 2),
      operator.mod(7, 3), operator.pow(2, 5), operator.neg(3), operator.not_(0),
      operator.and_(6, 3), operator.or_(6, 3),
      operator.xor(6, 3), operator.lshift(1, 4), operator.rshift(16, 2), operator.inv(5),
      operator.eq(1, 1.0),
      operator.lt(1, 2), operator.contains([1], 1), operator.getitem({"a": 1}, "a"),
      operator.is_(None, None),
      operator.concat([1], [2]), operator.countOf([1, 2, 1], 1), operator.indexOf("abc", "c"),
      operator.truth([]),
      operator.index(True), operator.abs(-2))
rows = [("b", 2, {"k": 1}), ("a", 3, {"k": 0}), ("c", 1, {"k": 2})]
print(sorted(rows, key=itemgetter(1))[0], list(map(itemgetter(0, 1), rows)),
      itemgetter("k")(rows[0][2]),
      itemgetter(slice(1, 3))("abcd"))


class Node:
    def __init__(self, value, child=None):
        self.value = value
        self.child = child

    def add(self, n, times=1):
        return self.value + n * times


n = Node(1, Node(2))
print(attrgetter("value")(n), attrgetter("child.value")(n), attrgetter("value", "child.value")(n),
      methodcaller("add", 5, times=2)(n), methodcaller("upper")("x"), itemgetter(1),
      attrgetter("a.b"))
x = [1]
y = operator.iadd(x, [2])
print(x, y is x, operator.iadd(1, 2))
d = {}
operator.setitem(d, "k", 1)
print(d, operator.delitem(d, "k"), d)
for f in (lambda: operator.index(1.5), lambda: operator.indexOf([], 1), lambda: itemgetter(5)([1]),
          lambda: attrgetter("nope")(n), lambda: operator.concat(1, 2)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)

print("copy")
a = [1, [2, 3], {"k": [4]}, (5, [6]), {7}, "s", None, 1.5, b"b", range(3), bytearray(b"x")]
b = copy.copy(a)
c = copy.deepcopy(a)
print(b == a, b is a, b[1] is a[1], c == a, c[1] is a[1], c[2]["k"] is a[2]["k"], c[3] is a[3],
      c[3][1] is a[3][1],
      copy.copy((1,)), copy.deepcopy((1, 2)), copy.copy({1: 2}), copy.copy({1}),
      copy.copy(frozenset([1])))
a[1].append("new")
print(b[1], c[1])
loop = [1]
loop.append(loop)
copied = copy.deepcopy(loop)
print(copied[1] is copied, copied is loop)
shared = [0]
pair = copy.deepcopy([shared, shared])
print(pair[0] is pair[1], pair[0] is shared)


class Thing:
    def __init__(self, v):
        self.v = v
        self.items = [v]


t = Thing(1)
t.me = t
s = copy.copy(t)
u = copy.deepcopy(t)
print(s.items is t.items, u.items is t.items, u.me is u, s.me is t, type(u).__name__, u.v)


class Custom:
    def __copy__(self):
        return "copied"

    def __deepcopy__(self, memo):
        return "deep copied"


class Slots:
    __slots__ = ("a", "b")


class Stack(list):
    pass


slots = Slots()
slots.a = [1]
stack = Stack([[1], 2])
stack.name = "named"
deep = copy.deepcopy(stack)
print(copy.copy(Custom()), copy.deepcopy([Custom()]), copy.deepcopy(slots).a,
      copy.copy(slots).a is slots.a, deep, type(deep).__name__,
      deep.name, deep[0] is stack[0], copy.copy(stack), copy.copy(Thing) is Thing,
      copy.deepcopy(len) is len)
error = copy.copy(ValueError("a", 1))
print(repr(error), copy.deepcopy({"e": KeyError("k")}))
