# SPDX-License-Identifier: MIT
# Deep recursion is an error that can be caught; moderate recursion just works.


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


print(depth(500))


def forever(n):
    return forever(n + 1)


try:
    forever(0)
except RecursionError as error:
    print(type(error).__name__, str(error).startswith("maximum recursion depth exceeded"))
print(depth(300))


class Loop:
    def __repr__(self):
        return repr(self)


try:
    repr(Loop())
except RecursionError:
    print("RecursionError in repr")


class Getter:
    def __getattr__(self, name):
        return getattr(self, name + "x")


try:
    Getter().a
except RecursionError:
    print("RecursionError in __getattr__")


def mutual_a(n):
    return mutual_b(n - 1) if n else "a"


def mutual_b(n):
    return mutual_a(n - 1) if n else "b"


print(mutual_a(301))


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


print(ackermann(2, 6))


def hanoi(n, a, b, c):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


print(hanoi(8, "a", "b", "c"))
nested = []
for _ in range(200):
    nested = [nested]
print(len(repr(nested)), nested == nested)


def permutations(items):
    if not items:
        return [[]]
    return [[items[i]] + rest for i in range(len(items))
            for rest in permutations(items[:i] + items[i + 1:])]


print(len(permutations([1, 2, 3, 4, 5])), permutations("ab"))
