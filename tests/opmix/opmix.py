# SPDX-License-Identifier: MIT
#
# opmix.py - threads do random things to a pool of objects that they share by reference.
#
# Usage      togil opmix.py THREADS SECONDS SEED OPS [FIRST]
# Operations what dir(type) names at run time, so that a new method takes part by itself, and what
#            scripts write: operators, subscripts, loops, builtins. Arguments come from the pool.
# Wrong      a crash, a hang, a report of a sanitizer (the driver run.py sees them); a container that
#            contradicts itself when all threads rest; objects left over after a round.
# Rounds     each thread does OPS operations on a fresh pool; then they rest, and everything is
#            looked at. A round depends on SEED and its number alone, but for the interleaving;
#            FIRST is the number of the first one.
# Pairs      for each method: which mutators another thread had just done to the same object. A
#            mutator is a method that changed its object when it was tried out at the start, or a
#            step of an iterator.

import gc
import random
import sys
import threading
import time
from collections import deque
from itertools import islice

import togil

THREADS = int(sys.argv[1])
SECONDS = float(sys.argv[2])
SEED = int(sys.argv[3])
OPS = int(sys.argv[4])
FIRST_ROUND = int(sys.argv[5]) if len(sys.argv) > 5 else 0

# Not called: they are the object's class and its attributes, not its content, or they are a type's.
LEFT_OUT = ["__class__", "__class_getitem__", "__dict__", "__doc__", "__init_subclass__", "__new__",
            "__getattribute__", "__delattr__", "__setattr__", "__subclasshook__", "__module__",
            "__qualname__", "__dir__", "__del__", "__weakref__", "__deepcopy__"]
POOL = 40
LARGEST = 48


class Thing:
    def __init__(self, x):
        self.x = x

    def get(self):
        return self.x

    def put(self, x):
        self.x = x

    def __eq__(self, other):
        return isinstance(other, Thing) and getattr(self, "x", 0) is getattr(other, "x", 0)

    def __hash__(self):
        return 5

    def __len__(self):
        return 3

    def __getitem__(self, i):
        if i > 3:
            raise IndexError(i)
        return self.x


def numbers(n):
    for i in range(n):
        yield i


def leaf(r):
    # A value without anything in it.
    k = r.randrange(12)
    if k < 5:
        return r.randrange(-3, 9)
    if k == 5:
        return r.choice(["", "a", "b", "ab", "key", "\u20ac"]) + str(r.randrange(3))
    if k == 6:
        return bytes([r.randrange(256) for _ in range(r.randrange(4))])
    if k == 7:
        return (r.randrange(4), "t")
    if k == 8:
        return r.choice([None, True, False, 1.5, 1 << 70, -0.0])
    if k == 9:
        return frozenset([r.randrange(4), "f"])
    if k == 10:
        return Thing(r.randrange(3))
    return slice(r.choice([None, 0, 1, -2]), r.choice([None, 2, 5]), r.choice([None, 1, 2, -1]))


def leaves(r, n):
    return [leaf(r) for _ in range(r.randrange(n))]


def hashables(r, n):
    return [x for x in leaves(r, n) if not isinstance(x, slice)]


MAKERS = {
    "list": lambda r, p: leaves(r, 9),
    "dict": lambda r, p: {k: leaf(r) for k in hashables(r, 9)},
    "set": lambda r, p: set(hashables(r, 9)),
    "deque": lambda r, p: deque(leaves(r, 6), r.choice([None, 4])),
    "bytearray": lambda r, p: bytearray(r.randrange(9)),
    "tuple": lambda r, p: tuple(leaves(r, 5)),
    "frozenset": lambda r, p: frozenset(hashables(r, 5)),
    "str": lambda r, p: r.choice(["spam", "", "a b c", "\u20acuro", "x" * 20]) + str(r.randrange(9)),
    "bytes": lambda r, p: b"some bytes"[r.randrange(9):],
    "int": lambda r, p: r.choice([3, -1, 1 << 65]),
    "Thing": lambda r, p: Thing(leaf(r)),
    "iterator": lambda r, p: iter(p[r.randrange(len(p))]),
    "reversed": lambda r, p: reversed(p[r.randrange(len(p))]),
    "enumerate": lambda r, p: enumerate(p[r.randrange(len(p))]),
    "zip": lambda r, p: zip(p[r.randrange(len(p))], p[r.randrange(len(p))]),
    "map": lambda r, p: map(repr, p[r.randrange(len(p))]),
    "filter": lambda r, p: filter(None, p[r.randrange(len(p))]),
    "generator": lambda r, p: numbers(r.randrange(20)),
    "range": lambda r, p: iter(range(r.randrange(20))),
    "view": lambda r, p: r.choice([dict.keys, dict.values, dict.items])(p[r.randrange(4) * 5 + 1]),
    "memoryview": lambda r, p: memoryview(p[r.randrange(4) * 5 + 4]),
}
FIRST = ["list", "dict", "set", "deque", "bytearray"] * 4
OTHERS = [name for name in MAKERS if name not in FIRST]


def make(name, r, pool):
    try:
        return MAKERS[name](r, pool)
    except Exception:
        return leaves(r, 5)


def new_pool(r):
    pool = []
    for name in FIRST:
        pool.append(make(name, r, pool))
    while len(pool) < POOL:
        pool.append(make(r.choice(OTHERS), r, pool))
    return pool


def methods_of(kind):
    return [n for n in dir(kind) if n not in LEFT_OUT and callable(getattr(kind, n, None)) and
            not (n[0] == "_" and n[1] != "_")]


KINDS = {}  # type -> names of its methods
MUTATORS = {}  # type -> those that change it
STEPS = ["__next__", "send", "throw", "close"]
TRIALS = [0, 1, 2, 3, [1, 2], {1: 2}, {1, 2}, b"ab", "b"]
FITTING = {}  # type, name -> numbers of arguments that it took


def try_out(kind, method, name, r, pool):
    fitting = []
    for attempt in range(90 if name in FIRST else 16):
        o = make(name, r, pool)
        if type(o) is not kind:
            continue
        before = repr(o) if name in FIRST else None
        args = [r.choice(TRIALS) if r.randrange(4) else leaf(r) for _ in range([0, 1, 1, 2, 2, 3][attempt % 6])]
        try:
            getattr(o, method)(*args)
            fitting.append(len(args))
        except TypeError:
            pass
        except Exception:
            fitting.append(len(args))
        if before is not None and repr(o) != before:
            MUTATORS[kind].add(method)
            if attempt > 12:
                break
    FITTING[kind, method] = fitting or [0, 1, 2]


def learn():
    # Which methods there are, how many arguments they take, which of them change their object.
    r = random.Random(1)
    pool = new_pool(r)
    for name in MAKERS:
        for attempt in range(1 if name in FIRST else 24):
            kind = type(make(name, r, pool))
            if kind in KINDS:
                continue
            KINDS[kind] = methods_of(kind)
            # An iterator does not show in its text how far it is.
            MUTATORS[kind] = {n for n in STEPS if n in KINDS[kind] and "__next__" in KINDS[kind]}
            for method in KINDS[kind]:
                try_out(kind, method, name, r, pool)


# What is written without the name of a method.
STATEMENTS = []


def add(f):
    STATEMENTS.append(f)
    return f


@add
def get_item(o, a, b):
    return o[a]


@add
def set_item(o, a, b):
    o[a] = b


@add
def delete_item(o, a, b):
    del o[a]


@add
def cut(o, a, b):
    return o[1:], o[::-1], o[::2]


@add
def replace(o, a, b):
    o[1:3] = [b, b]


@add
def remove_range(o, a, b):
    del o[0:2]


@add
def step(o, a, b):
    return next(o)


@add
def some_steps(o, a, b):
    n = 0
    for x in o:
        n += 1
        if n > 5:
            break
    return n


@add
def all_steps(o, a, b):
    return list(o), tuple(o), set(o)


@add
def texts(o, a, b):
    return repr(o), str(o)


@add
def looks(o, a, b):
    return len(o), bool(o), a in o, hash(o)


@add
def compares(o, a, b):
    return o == a, o == b, o != a, o < a


@add
def adds(o, a, b):
    return o + a, o * 2


@add
def adds_in_place(o, a, b):
    o += b
    return o


@add
def joins(o, a, b):
    return o | a, o & a, o - a, o ^ a


@add
def joins_in_place(o, a, b):
    o |= a
    o -= b


@add
def keeps(o, a, b):
    o &= a


@add
def sorts(o, a, b):
    return sorted(o)


@add
def extremes(o, a, b):
    return min(o), max(o), sum(o)


@add
def unpacks(o, a, b):
    first, *rest = o
    return rest


@add
def unpacks_two(o, a, b):
    x, y = o
    return x


@add
def spreads(o, a, b):
    return [*o], {**o}


@add
def formats(o, a, b):
    return f"{o!r:>10}", "%s" % (o,)


@add
def sets_attribute(o, a, b):
    o.x = b
    return o.x


@add
def deletes_attribute(o, a, b):
    del o.x


@add
def sort_by_key(o, a, b):
    o.sort(key=repr)


@add
def sends(o, a, b):
    return o.send(None)


@add
def closes(o, a, b):
    o.close()


def shrink(o):
    try:
        if len(o) > LARGEST:
            if isinstance(o, (dict, set, deque)):
                o.clear()
            else:
                del o[LARGEST // 2:]
    except Exception:
        pass


class Worker:
    def __init__(self, index):
        self.index = index
        self.done = 0
        self.raised = 0
        self.pairs = {}
        self.called = {}
        self.made = []

    def one(self, r, pool, last):
        i = r.randrange(len(pool))
        o = pool[i]
        kind = type(o)
        names = KINDS.get(kind)
        name = r.choice(names) if names is not None else None
        args = []
        for _ in range(r.choice(FITTING[kind, name] if name is not None and r.randrange(8) else
                                [0, 1, 2, 3])):
            k = r.randrange(20)
            if k < 13:
                args.append(leaf(r))
            elif k < 17:
                args.append(leaves(r, 4))
            else:
                x = pool[r.randrange(len(pool))]
                # A list that is extended by an iterator over itself would never end.
                args.append(islice(x, 20) if hasattr(x, "__next__") else x)
        if names is None or r.randrange(3) == 0:
            f = r.choice(STATEMENTS)
            while len(args) < 2:
                args.append(leaf(r))
            f(o, args[0], args[1])
        else:
            before = last[i]
            # Said before the call, so that another thread's call at the same time sees it.
            last[i] = (self.index, kind, name)
            self.called[kind, name] = self.called.get((kind, name), 0) + 1
            if name == "__format__":
                # The digits of a text are a width: a long one asks for all the memory there is.
                args = [x[:3] if isinstance(x, str) else x for x in args]
            elif name in ("__mul__", "__rmul__", "__imul__"):
                # And the product of a product of a product would be all there is.
                args = [x % 8 if type(x) is int else x for x in args]
            if (before is not None and before[0] != self.index and before[1] is kind and
                    before[2] in MUTATORS[kind]):
                pair = (kind, name, before[2])
                self.pairs[pair] = self.pairs.get(pair, 0) + 1
            result = getattr(o, name)(*args)
            # Not a hash: it would be the size of something soon. Nothing that grows by each use.
            if (r.randrange(40) == 0 and result is not None and
                    not (isinstance(result, int) and abs(result) > 1000) and
                    not (hasattr(result, "__len__") and len(result) > 1000)):
                pool[i] = result
                self.made.append(result)
        shrink(o)

    def round(self, r, pool, last):
        for n in range(OPS):
            try:
                self.one(r, pool, last)
            except Exception:
                self.raised += 1
            self.done += 1
            if n % 40 == 39:
                i = r.randrange(len(pool))
                name = FIRST[i] if i < len(FIRST) else r.choice(OTHERS)
                o = make(name, r, pool)
                self.made.append(o)
                pool[i] = o


def broken(what, o):
    print("BROKEN", what, type(o).__name__, repr(o)[:300], flush=True)
    sys.exit(1)


def check(o):
    # Everything a container says of itself agrees; nobody else uses it now.
    if isinstance(o, (list, tuple, deque)):
        items = [x for x in o]
        if len(items) != len(o):
            broken("length", o)
        # Some thousands of them: a deque looks for each from the next end, and may have got long.
        for i in range(0, len(items), 1 + len(items) // 5000):
            if o[i] is not items[i]:
                broken("item", o)
        if isinstance(o, list):
            if len(o.copy()) != len(o) or len(o[::-1]) != len(o):
                broken("copy", o)
            ints = [x for x in o if type(x) is int]
            ordered = sorted(ints)
            for i in range(1, len(ordered)):
                if ordered[i - 1] > ordered[i]:
                    broken("sorted", o)
    elif isinstance(o, dict):
        keys = list(o)
        if len(keys) != len(o) or len(list(o.values())) != len(o) or len(o.items()) != len(o):
            broken("length", o)
        for k in keys:
            if k not in o:
                broken("key", o)
            o[k]
        if len(o.copy()) != len(o) or list(reversed(o)) != keys[::-1]:
            broken("copy", o)
    elif isinstance(o, (set, frozenset)):
        items = list(o)
        if len(items) != len(o):
            broken("length", o)
        for x in items:
            if x not in o:
                broken("member", o)
        if len(o.copy()) != len(o) or len(o | set()) != len(o):
            broken("copy", o)
    elif isinstance(o, (bytearray, bytes, str)):
        if len(o) != len(list(o)) or o + o[:0] != o:
            broken("length", o)


def empty(o):
    # Cuts cycles, so that what is left over after a round is a mistake.
    if isinstance(o, (list, dict, set, deque)):
        try:
            o.clear()
        except Exception:
            pass
    elif isinstance(o, Thing):
        o.x = None


def one_round(number, workers):
    seed = SEED * 1000003 + number
    r = random.Random(seed)
    pool = new_pool(r)
    made = list(pool)
    last = [None] * len(pool)
    threads = []
    for w in workers:
        w.made = []
        threads.append(threading.Thread(target=w.round,
                                        args=(random.Random(seed * 31 + w.index), pool, last)))
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for w in workers:
        made += w.made
        w.made = []
    for o in made:
        try:
            check(o)
        except RecursionError:
            pass
    for o in made:
        empty(o)


def main():
    learn()
    workers = [Worker(i) for i in range(THREADS)]
    end = time.monotonic() + SECONDS
    number = 0
    live = []
    while number < 3 or time.monotonic() < end:
        one_round(FIRST_ROUND + number, workers)
        number += 1
        # What several threads have counted is freed by it, and not only when that is due.
        gc.collect()
        # What the figures themselves hold is not left over.
        live.append(togil.stats()["objects_live"] -
                    sum([len(w.pairs) + len(w.called) for w in workers]))
        print("round", FIRST_ROUND + number - 1, "operations", sum([w.done for w in workers]), "live", live[-1],
              flush=True)
    pairs = {}
    called = {}
    for w in workers:
        for pair, n in w.pairs.items():
            pairs[pair] = pairs.get(pair, 0) + n
        for key, n in w.called.items():
            called[key] = called.get(key, 0) + n
    for kind in KINDS:
        names = KINDS[kind]
        mutators = sorted(MUTATORS[kind])
        wanted = [(kind, a, b) for a in names for b in mutators]
        met = [p for p in wanted if p in pairs]
        least = min([pairs.get(p, 0) for p in wanted]) if wanted else 0
        print("coverage %-20s methods %3d of %3d  mutators %2d  pairs %5d of %5d, least %d" % (
            kind.__name__, len([n for n in names if (kind, n) in called]), len(names),
            len(mutators), len(met), len(wanted), least))
    total = sum([w.done for w in workers])
    print("operations", total, "exceptions", sum([w.raised for w in workers]), "rounds", number)
    if len(live) >= 4 and live[-1] > max(live[1:len(live) // 2 + 1]) + 200:
        print("LEFT OVER", live)
        sys.exit(1)


main()
