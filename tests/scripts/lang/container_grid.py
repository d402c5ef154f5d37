# SPDX-License-Identifier: MIT
# Dicts, sets, ranges and slices: order, methods, operators, subclasses, script-level keys, messages.

def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


def digest(lines):
    h = 0
    for line in lines:
        for c in line:
            h = (h * 31 + ord(c)) % 1000000007
    return len(lines), h

d = {}
for i in range(200):
    d[i * 37 % 101] = i
print(d)
for i in range(0, 101, 3):
    del d[i]
print(d, len(d))
for i in range(50):
    d[i] = 'n'
print(d)
print(list(d.items())[:5], list(d.keys())[-3:], list(d.values())[:4])
show(lambda: d[1000])
show(lambda: d['x'])
show(lambda: d[(1, 2)])
show(lambda: d.pop('zz'))
show(lambda: d.pop('zz', 5))
show(lambda: d.get('zz'))
show(lambda: d.get('zz', 7))
show(lambda: d[[1]])
show(lambda: {}.popitem())
show(lambda: {[]: 1})
show(lambda: {1: 2}.setdefault(3))
show(lambda: {1: 2}.setdefault(1, 9))
show(lambda: dict([(1, 2), (3, 4)], a=5))
show(lambda: dict({'a': 1}, b=2))
show(lambda: dict(a=1, b=2))
show(lambda: dict(5))
show(lambda: dict([1]))
show(lambda: dict([(1, 2, 3)]))
show(lambda: dict(['ab', 'cd']))
show(lambda: dict(1, 2))
show(lambda: {1: 2} | {3: 4, 1: 5})
show(lambda: {1: 2} | [(3, 4)])
e = {1: 2}
e |= [(3, 4)]
print(e)
e |= {1: 9}
print(e)
show(lambda: {1: 2} == {1.0: 2})
show(lambda: {1: 2} == {1: 3})
show(lambda: {1: 2, 3: 4} == {3: 4, 1: 2})
show(lambda: {} < {})
show(lambda: {1: 2} != {1: 2})
show(lambda: 1 in {1: 2})
show(lambda: [] in {1: 2})
show(lambda: list(reversed({'a': 1, 'b': 2}.items())))
show(lambda: dict.fromkeys('abc'))
show(lambda: dict.fromkeys([1, 2], 0))
show(lambda: {'a': 1, 'b': 2}.keys())
show(lambda: {'a': 1, 'b': 2}.values())
show(lambda: {'a': 1, 'b': 2}.items())
show(lambda: sorted({'a': 1, 'b': 2}.keys() & {'a', 'z'}))
show(lambda: sorted({'a': 1, 'b': 2}.keys() | ['q']))
show(lambda: sorted({'a': 1, 'b': 2}.keys() - {'a'}))
show(lambda: sorted({'a': 1, 'b': 2}.keys() ^ {'a', 'c'}))
show(lambda: sorted({'a': 1, 'b': 2}.items() & {('a', 1)}))
show(lambda: {'a': 1}.keys() == {'a'})
show(lambda: {'a': 1}.keys() <= {'a', 'b'})
show(lambda: {'a': 1}.items() == {('a', 1)})
show(lambda: ('a', 1) in {'a': 1}.items())
show(lambda: ('a', 2) in {'a': 1}.items())
show(lambda: 5 in {'a': 5}.values())
show(lambda: {'a': 1}.keys().isdisjoint(['b']))
show(lambda: hash({}.keys()))
show(lambda: {}.keys() + 1)
show(lambda: {}.values() & {1})
def it():
    d = {1: 2, 3: 4}
    for k in d:
        d[k + 10] = 1
show(it)
def it():
    d = {1: 2, 3: 4}
    for k in d.items():
        del d[1]
show(it)
def it():
    s = {1, 2, 3}
    for k in s:
        s.add(k + 10)
show(it)
def it():
    d = {1: 1, 2: 2}
    for k in d:
        d.pop(k)
        d[k + 100] = 1
show(it)
x = {1: 'a', 2: 'b'}
print(x.popitem(), x.popitem(), x)
for i in range(20): x[i] = i
out = []
while x:
    out.append(x.popitem())
    if len(x) == 10:
        x['again'] = 1
        print(x.popitem())
print(out)
class H:
    def __init__(self, v): self.v = v
    def __hash__(self): return self.v % 3
    def __eq__(self, o): return isinstance(o, H) and self.v == o.v
    def __repr__(self): return f"H{self.v}"
d = {}
for i in range(30):
    d[H(i)] = i
print(d, [d[H(i)] for i in range(30)])
for i in range(0, 30, 2):
    del d[H(i)]
print(d, H(3) in d, H(4) in d)
s = {H(i % 7) for i in range(50)}
print(len(s), H(3) in s, H(9) in s)
class Bad:
    def __hash__(self): return 1
    def __eq__(self, o): raise ValueError('eq!')
b = {1: 2}
show(lambda: b[Bad()])
def setbad(): b[Bad()] = 3
show(setbad)
class D(dict):
    def __missing__(self, key):
        self[key] = v = [key]
        return v
dd = D(a=1)
dd['z'].append(5)
dd.attr = 3
print(dd, dd.attr, dd.get('nope'), dd['a'], len(dd), 'z' in dd, isinstance(dd, dict), dd | {'k': 1}, type(dd | {}))
class D2(dict):
    def __init__(self, n):
        super().__init__()
        self.n = n
    def __getitem__(self, k):
        return dict.__getitem__(self, k) * self.n
q = D2(3); q['a'] = 2
print(q['a'], q.get('a'), q)
print({True: 'a', 1: 'b', 1.0: 'c'})
print({0: 'a', False: 'b', -0.0: 'c'})
print({None: 1, (): 2, ((), ()): 3, '': 4, b'': 5})
print({-1: 'a', -2: 'b'}[-1], {2**61 - 1: 'x', 0: 'y'}, {2**70: 1}[2**70], {1.5: 2}[1.5])
print({(1, 2): 'a', (1, (2, 3)): 'b'}[(1, (2, 3))])
big = {}
for i in range(3000):
    big['k%d' % i] = i
tot = 0
for i in range(3000):
    tot += big['k' + str(i)]
print(tot, len(big))
for i in range(0, 3000, 2): del big['k%d' % i]
print(len(big), sum(big.values()), next(iter(big)), big.popitem())
big.clear(); print(big)
c = {1: [2]}
e = c.copy(); e[1].append(3); e[5] = 6
print(c, e)
show(lambda: c.update(5))
show(lambda: c.update([(1, 2)], z=1)); print(c)
show(lambda: c.update({1: 2}, {3: 4}))
show(lambda: c.get())
show(lambda: c.keys(1))
show(lambda: c.popitem(1))
# sets
def p(s):
    print(list(s), len(s))
p(set()); p({3, 1, 2}); p(set(range(100))); p(set([5, 1000, 3, 77, -1, -2, 8, 16, 24, 32]))
seed = 12345
def rnd(n):
    global seed
    seed = (seed * 1103515245 + 12345) % 2147483648
    return (seed >> 8) % n
for trial in range(60):
    lines = []

    def p(s):
        lines.append(repr(list(s)))

    s = set()
    n = rnd(40) + 1
    rng = (8, 16, 64, 300, 100000)[rnd(5)]
    for k in range(n):
        op = rnd(10)
        v = rnd(rng) - rng // 4
        if op < 6: s.add(v)
        elif op < 8: s.discard(v)
        elif op == 8 and s: s.pop()
    u = set(rnd(rng) - rng // 4 for k in range(rnd(40)))
    lines.append(repr((list(s), list(u), list(s | u), list(s & u), list(s - u), list(s ^ u), list(u - s), list(s.copy()),
          list(frozenset(s)), list(set(list(s))), s <= u, s < u, s >= u, s == u, s.isdisjoint(u), s.issubset(u))))
    w = set(s); w |= u; p(w)
    w = set(s); w &= u; p(w)
    w = set(s); w -= u; p(w)
    w = set(s); w ^= u; p(w)
    w = set(s); w.update(list(u), range(5)); p(w)
    w = set(s); w.difference_update(list(u)); p(w)
    w = set(s); w.intersection_update(list(u)); p(w)
    w = set(s); w.symmetric_difference_update(list(u)); p(w)
    p(s.union(u, [1, 2])); p(s.intersection(list(u))); p(s.difference(list(u), [3])); p(s.symmetric_difference(list(u)))
    p(s.difference({k: 1 for k in u})); p(set(dict.fromkeys(u)))
    print(trial, *digest(lines))
show(lambda: set().pop())
show(lambda: {1}.remove(2))
show(lambda: {1}.remove([]))
show(lambda: {1} | [2])
show(lambda: {1} & 5)
show(lambda: {1} - [1])
show(lambda: set(5))
show(lambda: set(1, 2))
show(lambda: {[]})
show(lambda: hash({1}))
show(lambda: hash(frozenset([1, 2])) == hash(frozenset([2, 1])))
show(lambda: {frozenset([1]), 2} == {2, frozenset([1])})
show(lambda: {1} in {frozenset([1])})
show(lambda: {1, 2} == frozenset([1, 2]))
show(lambda: frozenset())
show(lambda: frozenset([3]))
show(lambda: type(frozenset([1]) | {2}))
show(lambda: type({2} | frozenset([1])))
show(lambda: {1} < {1, 2} <= {1, 2} > {2})
show(lambda: {1} < 5)
show(lambda: frozenset([1]).add(2))
show(lambda: {1, 2}.issuperset([1]))
show(lambda: {1}.add())
show(lambda: {1}.pop(1))
class S(set):
    def __init__(self, x): super().__init__(x); self.q = 1
ss = S([1, 2]); ss.add(3)
print(ss, ss.q, len(ss), ss | {9}, type(ss | {9}), 2 in ss)
class FS(frozenset): pass
print(FS([1]), FS(), hash(FS([1])) == hash(frozenset([1])))
# range and slice
for r in (range(0), range(10), range(1, 10, 3), range(10, 0, -3), range(5, 5), range(-3, 3), range(2**70, 2**70 + 3), range(0, -10, -1), range(2**61 - 3, 2**61 + 5, 3), range(-2**64, 2**64, 2**63)):
    print(r, list(r), list(reversed(r)), len(r), bool(r), r == range(r.start, r.stop, r.step), r[1:], r[::-1], r[:2])
    for v in (0, 1, 4, 7, 2.0, 'a', 2**70 + 1, -1, True):
        print(v in r, end=' ')
        show(lambda: r.index(v)); show(lambda: r.count(v))
    show(lambda: r[0]); show(lambda: r[-1]); show(lambda: r[100])
show(lambda: range())
show(lambda: range(1, 2, 3, 4))
show(lambda: range(1, 2, 0))
show(lambda: range('a'))
show(lambda: range(1.5))
show(lambda: range(10)['a'])
show(lambda: len(range(2**70)))
show(lambda: hash(range(3)) == hash(range(0, 3, 1)))
show(lambda: range(0, 3, 2) == range(0, 4, 2))
show(lambda: range(1) < range(2))
show(lambda: slice(1, 2))
show(lambda: slice(5).indices(3))
show(lambda: slice(None, None, -1).indices(5))
show(lambda: slice(1, 2) == slice(1, 2))
show(lambda: slice(1).start)
show(lambda: slice())
show(lambda: slice(1, 2, 3).indices(-1))
show(lambda: hash(slice(1)))
i = iter(range(3)); print(next(i), list(i), list(i))
i = iter([1, 2]); print(list(i)); 
L = [1, 2, 3]
i = iter(L); next(i); next(i); next(i); print(next(i, 'end')); L.append(4); print(next(i, 'still'))
class Seq:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * i
    def __len__(self): return 4
print(list(Seq()), list(reversed(Seq())), 9 in Seq(), max(Seq()), list(zip(Seq(), Seq())))
