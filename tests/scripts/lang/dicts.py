# SPDX-License-Identifier: MIT
# dict: display, methods, order, views, comparison, mutation.

d = {"a": 1, "b": 2, 3: [4], (1, 2): None}
print(d, len(d), d["a"], d[3], d[(1, 2)], "a" in d, "z" in d, "z" not in d)
d["c"] = 3
d["a"] = 10
print(d, list(d), list(d.keys()), list(d.values()), list(d.items()))
print(d.get("a"), d.get("z"), d.get("z", 0), d.setdefault("a", 5), d.setdefault("n", []), d)
print(d.pop("n"), d.pop("n", "gone"), d.popitem(), d)
del d["b"]
print(d, dict(), dict(a=1, b=2), dict([("x", 1), ("y", 2)]), dict({"p": 1}, q=2),
      dict(zip("ab", (1, 2))))
d["b"] = "again at the end"
print(d, list(reversed(d)), list(reversed(d.items()))[:1])

print("update and merge")
e = {"a": 1}
e.update({"b": 2})
e.update([("c", 3)])
e.update(d=4, a=0)
print(e, e | {"z": 1}, {"a": 9} | e, {**e, "x": 1}, {"x": 1, **{"x": 2}})
e |= {"q": 7}
print(e, dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), e.copy() == e)

print("comparison ignores order")
print({"a": 1, "b": 2} == {"b": 2, "a": 1}, {"a": 1} != {"a": 2}, {} == {}, {1: "x"} == {1.0: "x"})

print("views are live")
f = {"x": 1, "y": 2}
keys = f.keys()
items = f.items()
f["z"] = 3
print(keys, items, f.values(), len(keys), "z" in keys, ("z", 3) in items, sorted(keys & {"x", "q"}),
      sorted(keys | {"q"}), sorted(keys - {"x"}), keys == {"x", "y", "z"})

print("iteration")
for k in f:
    print(k, end=" ")
for k, v in f.items():
    print(k, v, end=" ")
print({v: k for k, v in f.items()}, {k: v for k, v in f.items() if v > 1},
      sorted(f, key=f.get, reverse=True))

print("changes during iteration")
g = {i: i for i in range(5)}
try:
    for k in g:
        g[k + 10] = 1
except RuntimeError as error:
    print("RuntimeError:", error)
try:
    for k in g:
        del g[k]
except RuntimeError as error:
    print("RuntimeError:", error)
for k in list(g):
    if k % 2:
        del g[k]
print(g)

print("keys that collide or are equal")


class Key:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return isinstance(other, Key) and self.v == other.v

    def __repr__(self):
        return "Key(%d)" % self.v


h = {Key(1): "one", Key(2): "two", Key(1): "uno"}
print(h, h[Key(2)], Key(3) in h, len(h))
del h[Key(1)]
print(h, {True: "t", 1: "one"}, {0: 1, False: 2, 0.0: 3}, {None: 1, "": 2})

print("many")
big = {}
for i in range(2000):
    big[i * 37 % 2003] = i
for i in range(0, 2000, 2):
    del big[i * 37 % 2003]
print(len(big), sum(big), sum(big.values()), list(big.items())[:3])
for i in range(100):
    big[str(i)] = i
print(len(big), big["99"], list(big)[-2:])
r = {}
r["self"] = r
print(r)


class WithMissing(dict):
    def __missing__(self, key):
        return "no " + str(key)


m = WithMissing(a=1)
print(m["a"], m["b"], m.get("b"), "b" in m, m, isinstance(m, dict), len(m))

print("errors")


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: {}["k"])
attempt(lambda: {}[1])
attempt(lambda: {}[(1, "a")])
attempt(lambda: {}.pop("k"))
attempt(lambda: {}.popitem())
attempt(lambda: {[]: 1})
attempt(lambda: {}[{}])
attempt(lambda: dict([1]))
attempt(lambda: dict([(1, 2, 3)]))
attempt(lambda: dict(5))
attempt(lambda: {} < {})
attempt(lambda: {} + {})
attempt(lambda: hash({}))
attempt(lambda: {}.update(5))
