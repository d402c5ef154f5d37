# SPDX-License-Identifier: MIT
# The iterator protocol: user iterators, built-in iterators, exhaustion, iter with a sentinel.


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Countdown(3)), sum(Countdown(4)), [*Countdown(2)], max(Countdown(5)), 1 in Countdown(3),
      sorted(Countdown(3)))
c = Countdown(3)
for v in c:
    print(v, end=" ")
    if v == 1:
        break
print(list(c), list(c))


class Fresh:
    def __iter__(self):
        return iter([1, 2, 3])


f = Fresh()
print(list(f), list(f), [(a, b) for a in f for b in f if a < b])
a, b, d = f
print(a, b, d, dict(zip(f, f)), tuple(f), set(f), list(map(str, f)), list(enumerate(f)),
      list(zip(f, "ab")))

for make in (lambda: [1, 2], lambda: (1, 2), lambda: "ab", lambda: {1: 2}, lambda: {1},
             lambda: range(2), lambda: b"ab",
             lambda: {1: 2}.items(), lambda: reversed([1, 2]), lambda: enumerate("a"),
             lambda: zip("a", "b"),
             lambda: map(str, [1]), lambda: filter(None, [1]), lambda: bytearray(b"a"),
             lambda: {1: 2}.values()):
    it = iter(make())
    out = []
    while True:
        try:
            out.append(next(it))
        except StopIteration:
            break
    print(type(it).__name__, out, next(it, "end"), iter(it) is it)

it = iter([1, 2, 3, 4])
print(list(zip(it, it)), next(it, None))
it = iter("abc")
print(next(it), list(it), list(it))
items = [1, 2]
it = iter(items)
next(it)
items.append(3)
print(list(it))
items.append(4)
print(list(it))
values = iter([1, 2, 0, 5])
print(list(iter(lambda: next(values), 0)), list(values))


class Reversible:
    def __len__(self):
        return 3

    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return "item %d" % i


print(list(reversed(Reversible())), list(Reversible()), "item 1" in Reversible())


class WithReversed:
    def __reversed__(self):
        return iter("zyx")


print(list(reversed(WithReversed())))


class Raises:
    def __iter__(self):
        return self

    def __next__(self):
        raise ValueError("in next")


try:
    list(Raises())
except ValueError as error:
    print("ValueError:", error)
try:
    for v in Raises():
        pass
except ValueError as error:
    print("ValueError:", error)


def first_of(iterable, default=None):
    for item in iterable:
        return item
    return default


print(first_of([]), first_of("x"), first_of({}, 5))
print(list(zip(range(3), [1, 2], "abc")), list(zip([1, 2], [3], strict=False)))
try:
    list(zip([1, 2], [3], strict=True))
except ValueError as error:
    print("ValueError:", error)
total = 0
for i, (a, b) in enumerate(zip(range(1000), range(1000, 2000))):
    total += i * a - b
print(total)
nested = [1, [2, [3, [4]]]]


def flatten(v):
    for item in v:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


print(list(flatten(nested)))
