# The module weakref: references, proxies, dictionaries and sets of them, weak methods, finalizers.
import weakref
from weakref import (WeakKeyDictionary, WeakMethod, WeakSet, WeakValueDictionary, finalize,
                     getweakrefcount, getweakrefs, proxy, ref)


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "Thing(%r)" % self.name

    def hello(self, x=0):
        return self.name, x


class Equal:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return isinstance(other, Equal) and self.n == other.n

    def __hash__(self):
        return hash(self.n)


# --- references
a = Thing("a")
r = ref(a)
print(r() is a, r is ref(a), type(r) is weakref.ReferenceType, weakref.ref is weakref.ReferenceType)
log = []
with_callback = ref(a, lambda w: log.append(("one", w() is None)))
newer = ref(a, lambda w: log.append(("two", w() is None)))
print(getweakrefcount(a), len(getweakrefs(a)), r in getweakrefs(a), with_callback.__callback__ is None)
print(repr(r).startswith("<weakref at 0x"), "to 'Thing' at 0x" in repr(r))
del a
print(r(), log, with_callback.__callback__, repr(r).endswith("; dead>"))
for bad in (1, "s", (1,), [], {}, 1.5, None, b""):
    try:
        ref(bad)
    except TypeError as error:
        print(error)
for call in (lambda: ref(), lambda: ref(r, None, 1), lambda: ref(Thing, callback=None), lambda: r(1)):
    try:
        call()
    except TypeError as error:
        print(error)

# --- equality and hash
x, y = Equal(1), Equal(1)
rx, ry = ref(x), ref(y)
print(rx == ry, rx != ry, hash(rx) == hash(x), rx == x, rx is ry)
table = {rx: "kept"}
rz = ref(x, print)
del y
print(ry == rx, rx in table)
print(hash(rz) == hash(rx))
del rz
z = Equal(7)
never_hashed = ref(z)
del z
try:
    hash(never_hashed)
except TypeError as error:
    print(error)
print(never_hashed == ref(x), never_hashed == never_hashed)


# --- a subclass of ref
class Named(ref):
    def __init__(self, obj, callback=None, name=None):
        super().__init__(obj, callback)
        self.name = name

    def __new__(cls, obj, callback=None, name=None):
        return super().__new__(cls, obj, callback)


b = Thing("b")
n = Named(b, None, name="label")
print(n().name, n.name, n is Named(b), isinstance(n, ref), n == ref(b))
del b
print(n())

# --- proxies
c = Thing("c")
p = proxy(c)
print(p.name, p.hello(3), str(p), type(p) is weakref.ProxyType, p.__class__ is Thing)
p.extra = 5
print(c.extra)
del p.extra
print(hasattr(c, "extra"))
f = proxy(Thing("dies at once"))
try:
    f.name
except ReferenceError as error:
    print(error)
double = lambda v: v * 2
f = proxy(double)
print(f(4), type(f) is weakref.CallableProxyType, isinstance(f, weakref.ProxyTypes[1]))
try:
    hash(p)
except TypeError as error:
    print(type(error).__name__)
del c
for use in (lambda: p.name, lambda: str(p), lambda: bool(p), lambda: p == 1, lambda: setattr(p, "q", 1)):
    try:
        use()
    except ReferenceError as error:
        print(error)


class Numeric:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return ("add", self.v, other)

    def __radd__(self, other):
        return ("radd", self.v, other)

    def __iadd__(self, other):
        self.v += other
        return self

    def __neg__(self):
        return -self.v

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return i * 10

    def __contains__(self, v):
        return v == self.v

    def __iter__(self):
        return iter([self.v, self.v + 1])

    def __lt__(self, other):
        return self.v < other


d = Numeric(4)
q = proxy(d)
print(q + 1, 1 + q, -q, len(q), q[2], 4 in q, 5 in q, list(q), q < 9, bool(q))

# --- WeakValueDictionary
values = WeakValueDictionary()
one, two = Thing("one"), Thing("two")
values["one"] = one
values["two"] = two
print(len(values), sorted(values), values["one"], "two" in values, values.get("three"), values.get("x", 1))
print(sorted(values.keys()), sorted(v.name for v in values.values()), sorted(k for k, v in values.items()))
del two
print(len(values), sorted(values), "two" in values)
try:
    values["two"]
except KeyError as error:
    print("KeyError", error)
print(values.setdefault("one", Thing("other")).name)
three = Thing("three")
print(values.setdefault("three", three) is three, values.pop("three") is three, values.pop("three", "none"))
try:
    values.pop("three")
except KeyError as error:
    print("KeyError", error)
other = WeakValueDictionary(one=one)
print(other == values, other | {"k": three} == {"one": one, "k": three}, len(other.valuerefs()))
values.update({"k": three})
print(values.popitem()[0], len(values), values.copy()["one"] is one)
for key in values:
    one = None
print(len(values))
fresh = Thing("fresh")
values["k"] = Thing("gone at once")
values["k"] = fresh
print(values["k"].name, len(values))
values.clear()
print(len(values), getweakrefcount(fresh))

# --- WeakKeyDictionary
keys = WeakKeyDictionary()
k1, k2 = Equal(1), Equal(2)
keys[k1] = "one"
keys[k2] = "two"
print(len(keys), keys[Equal(1)], Equal(2) in keys, 5 in keys, keys.get(k2), keys.get(Equal(3), "no"))
print(sorted(k.n for k in keys), sorted(keys.values()), sorted((k.n, v) for k, v in keys.items()))
del k2
print(len(keys), [k.n for k in keys], len(keys.keyrefs()))
print(keys.setdefault(k1, "x"), keys.pop(k1), keys.pop(k1, None), len(keys))
try:
    keys[k1]
except KeyError as error:
    print("KeyError", isinstance(error.args[0], ref))
try:
    keys["text"] = 1
except TypeError as error:
    print(error)
keys[k1] = 9
print({k.n: v for k, v in keys.copy().items()}, keys.popitem()[1], len(keys))

# --- WeakSet
s1, s2, s3 = Equal(1), Equal(2), Equal(3)
ws = WeakSet([s1, s2])
print(len(ws), s1 in ws, Equal(2) in ws, s3 in ws, sorted(e.n for e in ws), 4 in ws)
ws.add(s3)
ws.add(s3)
print(len(ws), ws == WeakSet([s3, s2, s1]), ws.issuperset([s1]), ws.isdisjoint([Equal(9)]))
print(sorted(e.n for e in ws & [s1, s3]), sorted(e.n for e in ws - [s1]), sorted(e.n for e in ws ^ {s1}))
del s2
print(len(ws), sorted(e.n for e in ws | [Equal(8)]))
ws.remove(s1)
ws.discard(s1)
try:
    ws.remove(s1)
except KeyError as error:
    print("KeyError")
print(ws.pop() is s3, len(ws))
try:
    ws.pop()
except KeyError as error:
    print(error)
ws |= {s1, s3}
ws &= {s1}
print([e.n for e in ws])

# --- WeakMethod
m = Thing("m")
wm = WeakMethod(m.hello, lambda w: log.append("method gone"))
print(ref(m.hello)(), wm()(7), wm == WeakMethod(m.hello), hash(wm) == hash(ref(m)))
del m
print(wm(), log[-1])
try:
    WeakMethod(len)
except (TypeError, AttributeError) as error:
    print(type(error).__name__)

# --- finalize
t = Thing("t")
fin = finalize(t, print, "finalized", sep="-")
print(fin.alive, fin.peek()[0] is t, fin.peek()[2:], fin.atexit)
del t
print(fin.alive, fin.peek(), fin())
t = Thing("t")
fin = finalize(t, lambda *a: a, 1, 2)
print(fin(), fin(), fin.alive)
fin = finalize(t, print, "never")
print(fin.detach()[0] is t, fin.detach(), fin.alive)
quiet = finalize(t, print, "never")
quiet.atexit = False
finalize(t, print, "at exit, first made")
finalize(t, print, "at exit, last made")
print("end")
