# SPDX-License-Identifier: MIT
# Generators: yield, send, throw, close, yield from, generator expressions.


def count_to(n):
    i = 0
    while i < n:
        yield i
        i += 1


print(list(count_to(4)), sum(count_to(5)), max(count_to(3)), [*count_to(2)], tuple(count_to(0)))
g = count_to(2)
print(next(g), next(g), next(g, "done"), next(g, "still done"))
try:
    next(g)
except StopIteration as stop:
    print("StopIteration", stop.value)
print(iter(g) is g, type(g).__name__)


def echo():
    received = []
    while True:
        value = yield received
        if value is None:
            break
        received.append(value)
    return len(received)


g = echo()
print(next(g), g.send("a"), g.send("b"))
try:
    next(g)
except StopIteration as stop:
    print("returned", stop.value)
try:
    count_to(1).send(5)
except TypeError as error:
    print("TypeError:", error)


def guarded(log):
    try:
        yield 1
        yield 2
    except ValueError as error:
        log.append("caught %s" % error)
        yield "after throw"
    finally:
        log.append("finally")


log = []
g = guarded(log)
print(next(g), g.throw(ValueError("boom")), log, next(g, "end"), log)
log = []
g = guarded(log)
next(g)
g.close()
print(log, next(g, "closed"))
log = []
g = guarded(log)
g.close()
print(log)
log = []
g = guarded(log)
next(g)
try:
    g.throw(KeyError("k"))
except KeyError as error:
    print("KeyError", error, log)
g = guarded([])
try:
    g.throw(RuntimeError("before start"))
except RuntimeError as error:
    print("RuntimeError:", error)


def ignores_close():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = ignores_close()
next(g)
try:
    g.close()
except RuntimeError as error:
    print("RuntimeError:", error)


def stops_inside():
    yield 1
    raise StopIteration("inner")


try:
    list(stops_inside())
except RuntimeError as error:
    print("RuntimeError:", error, type(error.__cause__).__name__)


def running():
    try:
        next(me)
    except ValueError as error:
        yield str(error)


me = running()
print(next(me))

print("yield from")


def inner():
    got = yield "inner 1"
    print("inner received", got)
    try:
        yield "inner 2"
    except ValueError as error:
        print("inner caught", error)
        yield "inner 3"
    return "inner result"


def outer():
    result = yield from inner()
    print("outer got", result)
    rest = yield from [10, 20]
    yield rest
    yield from range(2)
    return "outer result"


g = outer()
print(next(g), g.send("hello"), g.throw(ValueError("v")), next(g), next(g), next(g), list(g))


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


print(list(tree(4)))


def deep(n):
    if n == 0:
        yield "bottom"
    else:
        yield from deep(n - 1)


print(list(deep(50)))

print("expressions")
print(sum(i * i for i in range(10)), list((a, b) for a in range(2) for b in "xy" if a or b == "y"),
      max((len(w), w) for w in ["a", "bbb", "cc"]), any(i > 3 for i in range(10)),
      all(i for i in []), dict((k, v) for k, v in [("a", 1)]),
      "".join(c for c in "abc" if c != "b"))
lazy = (print("evaluated", i) or i for i in range(2))
print("not yet")
print(list(lazy))
source = [1, 2, 3]
gen = (v * k for v in source for k in source)
source = None
try:
    print(next(gen))
except TypeError as error:
    print("TypeError:", error)


def pipeline():
    def numbers():
        n = 0
        while True:
            yield n
            n += 1

    def keep(predicate, items):
        for item in items:
            if predicate(item):
                yield item

    def first(n, items):
        for _ in range(n):
            yield next(items)

    return list(first(5, keep(lambda v: v % 3 == 1, numbers())))


print(pipeline())


def with_finally_and_return():
    try:
        yield 1
        return "value"
    finally:
        print("cleaning")


def use():
    result = yield from with_finally_and_return()
    yield result


print(list(use()))


def lots(n):
    for i in range(n):
        yield i


print(sum(lots(20000)), sum(1 for _ in zip(lots(500), lots(300))))


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


print(list(Tree(4, Tree(2, Tree(1), Tree(3)), Tree(6))), 6 in Tree(6))
for i in count_to(10):
    if i == 2:
        break
print(i)
a, b, *c = count_to(5)
print(a, b, c)
