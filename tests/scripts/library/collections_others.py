# SPDX-License-Identifier: MIT
# collections: defaultdict, Counter, OrderedDict, namedtuple, ChainMap.
from collections import ChainMap, Counter, OrderedDict, defaultdict, namedtuple


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


print("defaultdict")
d = defaultdict(list)
for word in "the quick brown the lazy quick the".split():
    d[len(word)].append(word)
print(dict(d), d[99], 99 in d, d.get(7), 7 in d, len(d), isinstance(d, dict))
n = defaultdict(int, a=1)
n["b"] += 5
n["a"] += 1
print(n, n == {"a": 2, "b": 5}, n.default_factory is int, n.copy())
tree = defaultdict(lambda: defaultdict(int))
tree["x"]["y"] += 1
print({k: dict(v) for k, v in tree.items()}, defaultdict(None, {"k": 1}))
attempt(lambda: defaultdict(None)["k"])
attempt(lambda: defaultdict()[1])
attempt(lambda: defaultdict(5))

print("Counter")
c = Counter("abracadabra")
print(c, c["a"], c["z"], "z" in c, c.most_common(2), c.most_common(), sorted(c.elements())[:4],
      c.total(), len(c))
c.update("aaa")
c.subtract({"b": 5})
print(c, Counter(a=3, b=1), Counter({"x": 2}), Counter(), Counter([1, 1.0, True]))
a, b = Counter(a=3, b=1), Counter(a=1, b=2, c=4)
print(a + b, a - b, a & b, a | b, +Counter(a=-1, b=2), -Counter(a=-1, b=2), a == b,
      a == Counter(b=1, a=3),
      Counter(a=1) == Counter(a=1, b=0), a <= a + b)
a += b
a -= Counter(c=1)
print(a, dict(a), sum(a.values()), a.pop("c"), a)
del a["nothing"]
a["new"] += 1
print(a, sorted(a), a.copy() == a)

print("OrderedDict")
o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
o.move_to_end("a")
print(o, list(o))
o.move_to_end("c", last=False)
print(list(o.items()), o.popitem(), o.popitem(last=False), o, OrderedDict())
print(OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == {"b": 2, "a": 1},
      list(reversed(OrderedDict(x=1, y=2))))
attempt(lambda: OrderedDict().popitem())
attempt(lambda: OrderedDict().move_to_end("k"))


class LRU:
    def __init__(self, size):
        self.size = size
        self.items = OrderedDict()

    def get(self, key):
        if key not in self.items:
            return None
        self.items.move_to_end(key)
        return self.items[key]

    def put(self, key, value):
        self.items[key] = value
        self.items.move_to_end(key)
        if len(self.items) > self.size:
            self.items.popitem(last=False)


lru = LRU(2)
lru.put("a", 1)
lru.put("b", 2)
lru.get("a")
lru.put("c", 3)
print(lru.get("a"), lru.get("b"), lru.get("c"), list(lru.items))

print("namedtuple")
Point = namedtuple("Point", ["x", "y"])
p = Point(1, y=2)
print(p, p.x, p.y, p[0], p[-1], len(p), list(p), p == (1, 2), p + (3,), hash(p) == hash((1, 2)),
      isinstance(p, tuple))
x, y = p
print(x, y, p._replace(x=9), p._asdict(), Point._fields, Point._make([5, 6]), Point.__name__,
      p._replace(), Point(**{"x": 1, "y": 2}))
Three = namedtuple("Three", "a b c", defaults=[2, 3])
print(Three(1), Three(1, c=9), Three._field_defaults, namedtuple("R", "a class a",
                                                                 rename=True)._fields,
                                                                 Three(1) < Three(2))


class Vector(namedtuple("Vector", "x, y")):
    def length(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5

    @property
    def flipped(self):
        return Vector(self.y, self.x)


print(Vector(3, 4).length(), Vector(3, 4).flipped, sorted([Point(2, 1), Point(1, 5)]),
      {p: "key"}[(1, 2)])


def set_x(point):
    point.x = 5


attempt(lambda: set_x(p))
attempt(lambda: Point(1))
attempt(lambda: Three())
attempt(lambda: Point(1, 2, 3))
attempt(lambda: Point(1, z=2))
attempt(lambda: Point(1, 2, x=5))
attempt(lambda: namedtuple("Bad", "a a"))
attempt(lambda: namedtuple("Bad", "class"))
attempt(lambda: namedtuple("Bad", "_x"))
attempt(lambda: namedtuple("Bad", "1x"))
attempt(lambda: Point._make([1]))
attempt(lambda: p._replace(z=1))

print("ChainMap")
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
print(m["a"], m["b"], len(m), sorted(m), "b" in m, m.get("z", 0), m.maps, dict(m))
m["c"] = 4
child = m.new_child({"a": 0})
print(m, child["a"], child.parents["a"])
attempt(lambda: m["nope"])
