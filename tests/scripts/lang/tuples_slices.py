# SPDX-License-Identifier: MIT
# tuple, range, slice objects and unpacking.

t = (1, "a", None)
print(t, len(t), t[0], t[-1], t[1:], t[::-1], (), (1,), 1 in t, t.index("a"), t.count(1), t + (2,),
      t * 2)
print((1, 2) < (1, 3), (1,) < (1, 0), () < (1,), (1, 2) == (1, 2), (1, 2) != [1, 2],
      hash((1, 2)) == hash((1, 2)),
      tuple("abc"), tuple([1]), tuple(), ((1, 2), (3,)), max((1, 5), (2, 0)),
      sorted([(2, "b"), (1, "z"), (2, "a")]))

print("range")
for r in (range(5), range(2, 8), range(0, 10, 3), range(10, 0, -3), range(0), range(5, 5),
          range(-3, 3),
          range(0, -5, -2), range(10**20, 10**20 + 3)):
    print(r, list(r), len(r), list(reversed(r)), bool(r), r[-1] if r else None, list(r[1:]), 4 in r)
print(range(10)[2:8:2], range(10)[::-1], range(3) == range(0, 3, 1), range(0) == range(5, 5),
      range(0, 10, 3).index(6), range(10).count(3), range(5).start, range(5).stop, range(5).step,
      2.0 in range(5), "a" in range(3), hash(range(3)) == hash(range(0, 3)))

print("slice objects")
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, slice(3), slice(None), s.indices(5),
      slice(None, None, -1).indices(4),
      list(range(20))[s], "abcdefghijkl"[s], s == slice(1, 10, 2))


class Show:
    def __getitem__(self, key):
        return key


show = Show()
print(show[1], show[1:2], show[::3], show[1, 2], show[1:2, ::3], show[...], show[:], show["k", 0],
      show[()])

print("unpacking")
a, b = 1, 2
a, b = b, a
print(a, b)
(a, b), c = (1, 2), 3
[a, [b, c]] = [4, (5, 6)]
print(a, b, c)
a, *b = [1, 2, 3]
print(a, b)
*a, b = "xyz"
print(a, b)
a, *b, c = range(6)
print(a, b, c)
a, *b, c = (1, 2)
print(a, b, c)
a, (b, *c), *d = 1, (2, 3, 4), 5, 6
print(a, b, c, d)
a = b = c = []
print(a is b is c)
x = [0, 0, 0]
i = 0
i, x[i] = 1, 9
print(i, x)
for n, (p, q) in enumerate([(1, 2), (3, 4)]):
    print(n, p, q, end="; ")
for first, *rest in ([1, 2, 3], "ab"):
    print(first, rest, end="; ")
print()
print([*range(3), *"ab"], (*[1], 2), {**{"a": 1}, "b": 2}, [*[]], *[1, 2], *"xy")
t = 1,
print(t, (t), ((t),))
a, b, c = {"k1": 1, "k2": 2, "k3": 3}
print(a, b, c)
x, y = (v * 2 for v in (1, 2))
print(x, y)
lst = [1, 2, 3]
lst[0], lst[-1] = lst[-1], lst[0]
print(lst)


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


def unpack_two(v):
    a, b = v
    return a, b


def unpack_star(v):
    a, b, *c = v
    return a, b, c


attempt(lambda: unpack_two([1]))
attempt(lambda: unpack_two([1, 2, 3]))
attempt(lambda: unpack_two([]))
attempt(lambda: unpack_two(5))
attempt(lambda: unpack_two(iter([1, 2, 3])))
attempt(lambda: unpack_star([1]))
attempt(lambda: (1,)[3])
attempt(lambda: (1, 2).index(5))
attempt(lambda: (1,) + [2])
attempt(lambda: range(3)[5])
attempt(lambda: range(1, 2, 0))
attempt(lambda: range(1.5))
attempt(lambda: range(3).index(7))
attempt(lambda: hash(([],)))
attempt(lambda: (1, "a") < (1, 2))
key = 1.5
attempt(lambda: "abc"[key])
attempt(lambda: "abc"[::0])
