# SPDX-License-Identifier: MIT
#
# copies_compare_nothing.py - keys that have become equal since are both in a copy.
class Thing:
    def __init__(self, x): self.x = x
    def __eq__(self, o): return isinstance(o, Thing) and self.x is o.x
    def __hash__(self): return 5
a, b = Thing(1), Thing(2)
s = {a, b, 3}
b.x = 1
print(len(s.copy()), len(s | set()), len(set(s)), len(frozenset(s)), len(s | {9}), len(s - set()), len(s & s), len(s ^ set()), len({*s}), len(set(list(s))))
t = set(); t |= s; print(len(t)); t = set(); t.update(s); print(len(t)); t = {7}; t.update(s); print(len(t)); print(len(s.union()), len(s.difference()), len(s.union([])))
d = dict.fromkeys(s); print(len(d)); d2 = dict(d); print(len(d2), len(d.copy()), len(d | {}), len({**d}), len({}|d))
b.x = 2; d = {a: 1, b: 2}; b.x = 1; print(len(d.copy()), len(dict(d)), len(d | {}), len({**d}), len({} | d)); e = {}; e.update(d); print(len(e)); e={5:5}; e.update(d); print(len(e)); print(len(set(d)), len(frozenset(d.keys())), len(set(d.items())))
b.x = 2
s = {a, b, 3, 4, 5, 6}
s.discard(4)  # a removed entry
b.x = 1
print(len(s.copy()), len(s | set()), len(set(s)), len(frozenset(s)), len(s | {9}))
b.x = 2
d = {a: 1, 7: 7, b: 2}
del d[7]
b.x = 1
print(len(d.copy()), len({**d}), len({} | d))
d.popitem()
e = {}
e.update(d)
print(len(e))
