# SPDX-License-Identifier: MIT
# list: display, methods, slices, assignment, sorting, comparison.

a = [3, 1, 2]
a.append(5)
a.extend([7, 6])
a.insert(0, 9)
a.insert(100, 8)
a.insert(-1, 4)
print(a, len(a), a.index(2), a.count(3), 7 in a, 10 not in a)
print(a.pop(), a.pop(0), a.pop(-2), a)
a.remove(3)
print(a, a[::-1], a[1:3], a[-2:], a[::2], a[10:], a[:-1], a[3:1], a[-100:2])
a.sort()
print(a)
a.reverse()
print(a, a.copy() == a, a.copy() is a)
a.clear()
print(a, [], [1], [1, ], [[], [1, [2]]], list(), list("abc"), list(range(3)), list({"k": 1}))

print("slice assignment")
b = list(range(10))
b[2:4] = ["x", "y", "z"]
print(b)
b[:0] = [-1]
print(b)
b[5:5] = (1, 2)
print(b)
b[::3] = [0] * len(b[::3])
print(b)
b[-1:] = []
del b[0]
del b[1:3]
del b[::2]
print(b)
b[:] = "abc"
print(b)
b[1:2] = b
print(b)
c = list(range(8))
c[5:2:-1] = ["p", "q", "r"]
print(c)
del c[::-2]
print(c)

print("operators")
print([1] + [2], [1, 2] * 2, 2 * [0], [1] * -1, [1, 2] == [1, 2], [1, 2] < [1, 3], [1] < [1, 0],
      [] < [1],
      [1, 2] != (1, 2), [2] > [1, 9], [[1]] * 2)
d = [1]
e = d
d += [2]
d *= 2
print(d, e, d is e)
d = d + [3]
print(d, e, d is e)
rows = [[0] * 2] * 2
rows[0][0] = 1
print(rows)

print("sorting")
words = ["banana", "Apple", "cherry", "apple", "fig"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len),
      sorted(words, reverse=True),
      sorted(words, key=lambda w: (-len(w), w)))
pairs = [(1, "b"), (0, "z"), (1, "a"), (0, "a"), (1, "c")]
print(sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: p[0], reverse=True),
      sorted(pairs))
numbers = [(i * 7919) % 101 for i in range(300)]
print(sorted(numbers) == sorted(numbers, key=lambda v: v), sorted(numbers)[:5],
      sorted(numbers)[-5:])
stable = sorted(enumerate(numbers), key=lambda p: p[1] % 5)
print(all(stable[i][0] < stable[i + 1][0] or stable[i][1] % 5 < stable[i + 1][1] % 5
          for i in range(len(stable) - 1)))


class OnlyLess:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        return self.v < other.v


print([o.v for o in sorted([OnlyLess(3), OnlyLess(1), OnlyLess(2)])])
f = [5, 3, 1]
f.sort(key=lambda v: -v, reverse=True)
print(f, max(f), min(f), sum(f), max(words, key=len), min(words, key=len), max([], default="none"))

print("iteration while changing")
g = [1, 2, 3, 4]
for v in g:
    if v == 2:
        g.remove(2)
    print(v, end=" ")
print(g)
h = [1]
for v in h:
    if v < 5:
        h.append(v + 1)
print(h)
r = [1]
r.append(r)
print(r, repr(r))

print("errors")


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: [1][1])
attempt(lambda: [][-1])
attempt(lambda: [].pop())
attempt(lambda: [1].pop(3))
attempt(lambda: [1].remove(2))
attempt(lambda: [1].index(2))
key = "a"
attempt(lambda: [1][key])
attempt(lambda: [1] + (2,))
attempt(lambda: [1] + 2)
attempt(lambda: [1] * "a")
attempt(lambda: [1] < 2)
attempt(lambda: sorted([1, "a"]))
attempt(lambda: hash([]))
attempt(lambda: max([]))
attempt(lambda: [1, 2][::0])
attempt(lambda: [].sort(lambda a: a))


def assign(target, key, value):
    target[key] = value
    return target


attempt(lambda: assign([1, 2, 3, 4], slice(None, None, 2), [1]))
attempt(lambda: assign([1], 5, 0))
attempt(lambda: assign([1], slice(0, 1), 5))
attempt(lambda: list(5))
