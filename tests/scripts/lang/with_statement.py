# SPDX-License-Identifier: MIT
# with: order of enter and exit, suppressing, several managers, targets, errors.


class Manager:
    def __init__(self, name, suppress=False, fail=None):
        self.name = name
        self.suppress = suppress
        self.fail = fail

    def __enter__(self):
        print("enter", self.name)
        if self.fail == "enter":
            raise RuntimeError("enter " + self.name)
        return self.name.upper()

    def __exit__(self, kind, value, trace):
        print("exit", self.name, kind.__name__ if kind else None, value, trace is not None)
        if self.fail == "exit":
            raise RuntimeError("exit " + self.name)
        return self.suppress


with Manager("a") as target:
    print("body", target)
with Manager("a"), Manager("b") as b:
    print("body", b)
with (Manager("p") as p, Manager("q") as q):
    print(p, q)
with Manager("s", suppress=True):
    raise ValueError("suppressed")
print("after")
try:
    with Manager("n"):
        raise ValueError("passes")
except ValueError as error:
    print("caught", error)
try:
    with Manager("outer"), Manager("inner", fail="enter"):
        print("never")
except RuntimeError as error:
    print("caught", error)
try:
    with Manager("outer"), Manager("inner", fail="exit"):
        raise ValueError("first")
except RuntimeError as error:
    print("caught", error, repr(error.__context__))
with Manager("outer", suppress=True):
    with Manager("inner", fail="exit"):
        pass


def returns():
    with Manager("r"):
        return "returned"


def loops():
    for i in range(3):
        with Manager("l%d" % i):
            if i == 0:
                continue
            break
    return i


def yields():
    with Manager("y"):
        yield 1
        yield 2


print(returns(), loops(), list(yields()))
g = yields()
next(g)
g.close()


class Holder:
    pass


holder = Holder()
items = [None]
with Manager("t") as holder.attribute, Manager("u") as items[0]:
    print(holder.attribute, items)


class Pair:
    def __enter__(self):
        return 1, (2, 3)

    def __exit__(self, *details):
        return None


with Pair() as (a, (b, c)):
    print(a, b, c)


class NoExit:
    def __enter__(self):
        return self


for thing in (5, NoExit()):
    try:
        with thing:
            pass
    except TypeError as error:
        print("TypeError:", error)


class Truthy:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return [1]


with Truthy() as t:
    raise KeyError("gone")
print("end", type(t).__name__)
