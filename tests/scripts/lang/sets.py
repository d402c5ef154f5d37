# SPDX-License-Identifier: MIT
# set and frozenset; printed sorted, because the order of a set is free.

a = {3, 1, 2}
b = {2, 3, 4}
print(sorted(a), len(a), 1 in a, 9 not in a, sorted(a | b), sorted(a & b), sorted(a - b),
      sorted(a ^ b))
print(sorted(a.union([7], (8,))), sorted(a.intersection(b, [3])), sorted(a.difference([1])),
      sorted(a.symmetric_difference(b)))
print({1, 2} <= {1, 2, 3}, {1, 2} < {1, 2}, {1, 2, 3} >= {1}, {1, 2} > {1}, {1}.issubset([1, 2]),
      {1, 2}.issuperset([1]), {1}.isdisjoint({2}), {1} == {1.0}, {1, 2} == frozenset([2, 1]),
      {1} != {2})
a.add(5)
a.add(5)
a.discard(1)
a.discard(99)
a.remove(2)
print(sorted(a))
a.update([10, 11], {12})
a |= {20}
a &= {3, 5, 10, 20}
a -= {3}
a ^= {5, 6}
print(sorted(a))
a.intersection_update([6, 10, 20])
a.difference_update([20])
a.symmetric_difference_update([10, 30])
print(sorted(a), sorted(a.copy()))
a.clear()
print(a, set(), len(set("hello")), sorted(set("hello")), {1}, {(1, 2)}, set([1, 1, 1]), frozenset(),
      frozenset([1]), repr({"x"}))
print(sorted({i % 3 for i in range(10)}), sorted({x for x in "banana" if x != "n"}), {*[1], *(1,)})
f = frozenset([1, 2])
print(hash(f) == hash(frozenset([2, 1])), {f: "key"}[frozenset((2, 1))], sorted(f | {3}),
      type(f | {3}).__name__,
      type({3} | f).__name__, f in {f}, {1, 2} in {f})
print(sorted(max({3, 9, 2}, {1}, key=len)), sum({1, 2, 3}), min({4, 2}), any({0, 1}), all({1, 2}),
      bool(set()))
p = {1}
print(p.pop(), p)
big = set()
for i in range(3000):
    big.add(i * 31 % 1009)
for i in range(0, 1009, 3):
    big.discard(i)
print(len(big), sum(big))
s = {1, 2, 3}
try:
    for v in s:
        s.add(v + 100)
except RuntimeError as error:
    print("RuntimeError:", error)


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: set().pop())
attempt(lambda: {1}.remove(2))
attempt(lambda: {[]})
attempt(lambda: {1} + {2})
attempt(lambda: {1} | [2])
attempt(lambda: hash({1}))
attempt(lambda: {1} < [1])
attempt(lambda: frozenset().add(1))
attempt(lambda: set(5))
a = {1}
attempt(lambda: a[0])
