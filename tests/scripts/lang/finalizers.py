# stderr: any
# __del__: once per object, resurrection, order with weak references, at the end of the program.
import _weakref
import threading

log = []
kept = []


class Phoenix:
    def __del__(self):
        log.append("del")
        kept.append(self)


p = Phoenix()
del p
print(log, len(kept))
w = _weakref.ref(kept[0], lambda r: log.append("callback"))
kept.clear()
print(log, w())


class Slotted:
    __slots__ = ("name",)

    def __del__(self):
        log.append(self.name)
        kept.append(self)


s = Slotted()
s.name = "slotted"
del s
print(log[-1], len(kept))
kept.clear()
print(log.count("slotted"))


class Number(int):
    def __del__(self):
        log.append(int(self) + 1)


n = Number(41)
del n
print(log[-1])


class Sees:
    def __del__(self):
        log.append(("in del", ref() is self))


seen = Sees()
ref = _weakref.ref(seen, lambda r: log.append(("then", r() is None)))
del seen
print(log[-2:])


class Late:
    pass


late = Late()
Late.__del__ = lambda self: log.append("late")
del late
print(log[-1])
del Late.__del__
late = Late()
del late
print(log.count("late"))


class Base:
    def __del__(self):
        log.append("base")


class Derived(Base):
    def __del__(self):
        log.append("derived")
        super().__del__()


Derived()
print(log[-2:])


class Raises:
    def __del__(self):
        raise ValueError("nobody catches this")


try:
    raise KeyError("outer")
except KeyError as error:
    Raises()
    print("still handling", error)


def generator(name):
    try:
        yield 1
    except GeneratorExit:
        log.append(("exit", name))
        raise
    finally:
        log.append(("finally", name))


g = generator("g")
next(g)
del g
print(log[-2:])
g = generator("not started")
del g
print(log[-1])


def stubborn():
    try:
        yield 1
    finally:
        yield 2


g = stubborn()
next(g)
del g
print("goes on")


class Made:
    made = 0
    ended = 0

    def __init__(self):
        self.other = None

    def __del__(self):
        with lock:
            Made.ended += 1


lock = threading.Lock()


def work(n):
    for i in range(n):
        a, b = Made(), Made()
        a.other = b


threads = [threading.Thread(target=work, args=(200,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(Made.ended)


class AtEnd:
    def __init__(self, text):
        self.text = text

    def __del__(self):
        print("end of", self.text)


last = AtEnd("the program")
