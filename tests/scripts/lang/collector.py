# SPDX-License-Identifier: MIT
# Cycles through everything that can hold a reference are found, once, and nothing else is.
import gc

gc.disable()
gc.collect()


class Node:
    def __init__(self):
        self.other = None


class Slotted:
    __slots__ = ("other",)


class Loud:
    def __init__(self, name):
        self.name = name
        self.me = self

    def __del__(self):
        print("del", self.name)


def check(name, make):
    # A loud object hangs on each cycle: it speaks when the cycle goes.
    made = make(Loud(name))
    gc.collect()
    print(name, "is alive")
    del made
    gc.collect()


def through_list(loud):
    x = [loud]
    x.append(x)
    return x


def through_dict(loud):
    x = {"loud": loud}
    x["self"] = x
    return x


def through_set(loud):
    node = Node()
    node.other = {node, loud}
    return node


def through_frozenset(loud):
    node = Node()
    node.other = frozenset([node, loud])
    return node


def through_tuple(loud):
    x = []
    x.append((x, loud))
    return x


def through_instances(loud):
    a, b = Node(), Node()
    a.other, b.other, b.loud = b, a, loud
    return a


def through_instance_dict(loud):
    a = Node()
    a.__dict__["other"] = a
    a.__dict__["loud"] = loud
    return a


def through_slots(loud):
    a = Slotted()
    a.other = (a, loud)
    return a


def through_closure(loud):
    def inner():
        return inner, loud

    return inner


def through_bound_method(loud):
    a = Node()
    a.other = a.__init__
    a.loud = loud
    return a


def through_default(loud):
    x = []

    def f(a=(x, loud)):
        return a

    x.append(f)
    return f


def through_generator(loud):
    x = [loud]

    def g():
        yield x

    it = g()
    next(it)
    x.append(it)
    return it


def through_iterator(loud):
    x = [loud]
    x.append(iter(x))
    return x


def through_views(loud):
    d = {"loud": loud}
    d["keys"] = d.keys()
    d["items"] = iter(d.items())
    return d


def through_tools(loud):
    x = [loud]
    x.append(enumerate(x))
    x.append(zip(x, x))
    x.append(map(lambda v: v, x))
    x.append(reversed(x))
    return x


def through_slice(loud):
    x = [loud]
    x.append(slice(x))
    return x


def through_exception(loud):
    try:
        raise ValueError(loud)
    except ValueError as e:
        err = e
    err.me = err
    return err


def through_cause(loud):
    a, b = ValueError(loud), KeyError()
    a.__cause__, b.__context__ = b, a
    return a


def through_property(loud):
    x = []
    x.append(property(lambda self: (x, loud)))
    return x


def through_staticmethod(loud):
    x = []
    x.append(staticmethod(lambda: (x, loud)))
    x.append(classmethod(lambda: x))
    return x


class List(list):
    pass


class Dict(dict):
    pass


class Error(Exception):
    pass


def through_subclasses(loud):
    a, b, c = List(), Dict(), Error()
    a.append(b)
    b["c"] = c
    c.a = a
    a.loud = loud
    return a


for name, make in sorted(globals().copy().items()):
    if name.startswith("through_"):
        check(name, make)

# What is reachable stays, by whatever way.
kept = through_list(Loud("kept"))


def hold():
    local = Loud("local")
    gc.collect()
    print("still here:", local.name)
    for item in (Loud("temporary"), 1):
        gc.collect()
        if item != 1:
            print("still here:", item.name)
    return len([gc.collect(), local])


print(hold())
gc.collect()


def sleeping():
    mine = Loud("sleeper")
    yield 1
    yield mine.name


g = sleeping()
next(g)
gc.collect()
print(next(g))
del g
gc.collect()

kept.clear()
kept = None
gc.collect()
print(gc.collect(), gc.garbage)
