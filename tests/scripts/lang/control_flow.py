# SPDX-License-Identifier: MIT
# if, while, for, else, chained comparison, boolean operators, conditional expressions, del, pass.

for n in (-1, 0, 1, 15, 100):
    if n < 0:
        print(n, "negative")
    elif n == 0:
        print(n, "zero")
    elif 0 < n < 10:
        print(n, "small")
    elif 10 <= n <= 20 != n:
        print(n, "medium")
    else:
        print(n, "large")

print("chained comparison")


def show(v):
    print("<%s>" % v, end=" ")
    return v


print(show(1) < show(2) < show(3), show(1) < show(0) < show(3),
      show(5) > show(3) != show(3) < show(9))
print(1 < 2 > 1, 1 == 1 == 1, 1 < 3 < 2, 3 > 2 >= 2 > 1, 1 in [1] == True, "a" < "b" in "abc",
      None is None is None,
      not 1 == 2, n is not None, 2 not in (1, 3))

print("boolean operators give an operand")
print(0 or "a", 1 and "b", [] or {} or 0, 1 and 2 and 3, None and 1 / 0, 1 or 1 / 0, not [],
      not "x", not not 5,
      (0 or 5) and (3 and 7), False or None, "" and 5)
print(show(0) or show(1) or show(2), show(1) and show(0) and show(2))
print("yes" if 1 else "no", "a" if 0 else "b" if 0 else "c", [1 if v else 2 for v in (0, 1)],
      (1, 2) if 0 else 3)

print("truth")
for v in (0, 1, -1, 0.0, 0.1, "", "0", [], [0], (), (0,), {}, {0: 0}, set(), None, True, False,
          range(0), range(1),
          b"", b"\0", len, object):
    print(1 if v else 0, end="")
print()

print("loops")
n = 27
steps = 0
while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
print(steps)
for i in range(10):
    if i % 2:
        continue
    if i > 6:
        break
    print(i, end=" ")
else:
    print("no")
print("left at", i)
for i in range(0):
    pass
else:
    print("else of an empty loop", i)
while True:
    break
else:
    print("never")
found = []
for i in range(5):
    for j in range(5):
        if i * j == 6:
            found.append((i, j))
            break
        if j > i:
            break
    else:
        found.append("all of %d" % i)
        continue
print(found)
for a in [1, 2, 3]:
    for b in (4, 5):
        for c in {6: 1}:
            print(a * b * c, end=" ")
print()
for i in [1, 2]:
    i = 10
    print(i, end=" ")
print()
holder = [0, 0]
for holder[1] in range(3):
    pass
for holder[0], k in [(5, "k")]:
    pass
print(holder, k)
i = 5
while i:
    i -= 1
    if i == 3:
        continue
    if i == 1:
        break
else:
    print("never")
print(i)

print("augmented assignment")
v = 10
v += 5
v -= 3
v *= 4
v //= 5
v **= 2
v %= 50
v <<= 3
v >>= 1
v |= 64
v &= 0x7f
v ^= 3
print(v)
v /= 4
print(v)
s = "a"
s += "b"
s *= 3
t = (1,)
t += (2, 3)
items = [1, 2, 3]
items[0] += 10
items[-1] *= 2
d = {"k": [1]}
d["k"] += [2]
d["n"] = d.get("n", 0) + 1
print(s, t, items, d)


def index():
    print("index once", end=" ")
    return 1


items[index()] += 5
print(items)


class Thing:
    total = 0


thing = Thing()
thing.total += 1
Thing.total += 10
print(thing.total, Thing.total)

a = b = 3
del a
x, y = 1, 2
del x, y
z = [1, 2, 3, 4]
del z[0], z[0]
print(b, z)
if True: print("one line"); print("two statements")
for i in range(2): print(i, end=";")
print()
long_sum = 1 + \
    2 + \
    3
wrapped = (1 +
           2
           + 3)
print(long_sum, wrapped, [
    1,
    2,  # with a comment
], {
    "a": 1,
})
pass
...
"a string as a statement"
print(5 if b == 3 else 6); print(-2 ** 2, 2 ** 3 ** 2, -3 // 2, not 1 == 1, 1 + 2 * 3 % 4 - 5 // 2,
                                 ~5 & 3 | 8 ^ 1 << 2)
print(1 if 2 < 3 else 4 or 5, [1, 2][0 if 1 else 1])
