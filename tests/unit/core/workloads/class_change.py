# Class attributes and methods change while others use them. Wrong looks like: a value nobody ever stored, a base's
# value after the derived one was set by the same thread, a crash.


class Base:
    number = ("base", 0)

    def method(self):
        return ("method", 0)


class Derived(Base):
    def __init__(self):
        self.own = 1


class Spare(Base):
    pass


def replace(n):
    def method(self):
        return ("method", n)
    return method


shared = Derived()


def worker(index, rounds):
    for i in range(rounds):
        if index == 0:
            Base.number = ("base", i)
            Base.method = replace(i)
            if i % 8 == 0:
                Derived.number = ("derived", i)
                if Derived.number[0] != "derived":
                    return "own write not seen"
            elif i % 8 == 4:
                try:
                    del Derived.number
                except AttributeError:
                    return "del"
            if i % 16 == 1:
                Spare.extra = i
                Spare.__len__ = lambda self: 3
        for k in range(4):
            kind, n = shared.number
            if kind not in ("base", "derived") or n < 0:
                return "number"
            kind, n = shared.method()
            if kind != "method" or n < 0:
                return "method"
            kind, n = Derived.number
            if kind not in ("base", "derived"):
                return "class number"
            bound = shared.method
            if bound()[0] != "method":
                return "bound"
            if shared.own != 1:
                return "own"
            s = Spare()
            s.x = k
            if s.x != k:
                return "spare"
    return ""


def check(threads, rounds):
    return "" if shared.own == 1 else "own"
