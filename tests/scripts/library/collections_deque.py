# SPDX-License-Identifier: MIT
# collections.deque.
from collections import deque


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


d = deque([1, 2, 3])
d.append(4)
d.appendleft(0)
print(d, len(d), d[0], d[-1], d[2], list(d), 3 in d, 9 in d, bool(d), bool(deque()))
print(d.pop(), d.popleft(), d)
d.extend([5, 6])
d.extendleft([7, 8])
print(d, d.count(2), d.index(5), list(reversed(d)))
d.rotate(2)
print(d)
d.rotate(-3)
print(d)
d.rotate()
d.reverse()
print(d)
d[1] = "set"
del d[0]
d.insert(1, "inserted")
d.remove("set")
print(d, d.copy() == d, d.copy() is d)
d.clear()
print(d, deque("abc"), deque())
m = deque(maxlen=3)
for i in range(5):
    m.append(i)
print(m, m.maxlen, deque([1]).maxlen)
m.appendleft("left")
m.extend([8, 9])
print(m, deque(range(10), 4), deque([1, 2], maxlen=0), m.copy())
print(deque([1, 2]) == deque([1, 2]), deque([1]) == [1], deque([1]) < deque([2]),
      deque([1]) + deque([2]), deque([1, 2]) * 2)
e = deque([1])
e += [2, 3]
e *= 2
print(e, sorted(deque([3, 1, 2])), sum(deque([1, 2])), [*deque("xy")], max(deque([1, 5])))
big = deque()
for i in range(1000):
    big.append(i)
    if i % 3 == 0:
        big.popleft()
for i in range(100):
    big.appendleft(-i)
print(len(big), big[0], big[-1], sum(big), big[50], big[300])
f = deque([1, 2, 3])
try:
    for v in f:
        f.append(v)
except RuntimeError as error:
    print("RuntimeError:", error)
f.append(f)
print(f)
attempt(lambda: deque().pop())
attempt(lambda: deque().popleft())
attempt(lambda: deque()[0])
attempt(lambda: deque([1])[5])
attempt(lambda: deque([1]).remove(2))
attempt(lambda: deque([1]).index(2))
attempt(lambda: deque([1], maxlen=-1))
attempt(lambda: deque([1], maxlen=1).insert(0, 5))
try:
    hash(deque())
except TypeError:
    print("unhashable")
attempt(lambda: deque([1]) + [2])
attempt(lambda: deque(5))
