# SPDX-License-Identifier: MIT
# The module gc: what its functions take, give and refuse.
# skip: library
import gc


class Node:
    pass


def cycle(n):
    for _ in range(n):
        a = Node()
        a.me = a
    del a


gc.disable()
gc.collect()
print(gc.isenabled())
cycle(100)
print(gc.collect(), gc.collect())
for generation in 0, 1, 2:
    cycle(1)
    print(gc.collect(generation) >= 0)
gc.collect()
cycle(1)
print(gc.collect(generation=2))
for bad in (3, -1):
    try:
        gc.collect(bad)
    except ValueError as e:
        print("ValueError:", e)
try:
    gc.collect("2")
except TypeError:
    print("TypeError")
gc.enable()
print(gc.isenabled())

print(gc.get_threshold())
gc.set_threshold(1000, 5)
print(gc.get_threshold()[:2])
gc.set_threshold(700, 10, 10)
print(gc.get_threshold(), len(gc.get_count()), len(gc.get_stats()))
print(sorted(gc.get_stats()[2]))

print(gc.is_tracked([]), gc.is_tracked(Node()), gc.is_tracked(1), gc.is_tracked("a"), gc.is_tracked(None))
x = [1]
y = [x]
z = {"x": x}
print(any(r is y for r in gc.get_referrers(x)), any(r is z for r in gc.get_referrers(x)))
print(any(r is y for r in gc.get_referrers(z)))
print(gc.get_referrers())
print(sorted(gc.get_referents([3, 1], (2,))), gc.get_referents(), gc.get_referents(5))
print([r is x for r in gc.get_referents(y)])
print(any(o is y for o in gc.get_objects()), isinstance(gc.get_objects(generation=0), list))
for bad in (3, -2):
    try:
        gc.get_objects(generation=bad)
    except ValueError as e:
        print("ValueError:", e)

gc.freeze()
print(gc.get_freeze_count() > 10)
kept = [Node()]
kept.append(kept)
cycle(3)
print(gc.collect())
gc.unfreeze()
print(gc.get_freeze_count())

gc.disable()
gc.collect()
seen = []


def watch(phase, info):
    seen.append((phase, info["generation"], info["collected"], info["uncollectable"]))


gc.callbacks.append(watch)
cycle(7)
gc.collect()
gc.callbacks.remove(watch)
print(seen)


def broken(phase, info):
    raise KeyError(phase)


print(gc.get_debug(), gc.DEBUG_LEAK == gc.DEBUG_COLLECTABLE | gc.DEBUG_UNCOLLECTABLE | gc.DEBUG_SAVEALL)
gc.set_debug(gc.DEBUG_SAVEALL)
cycle(4)
print(gc.collect())
gc.set_debug(0)
print(len(gc.garbage), all(isinstance(o, Node) for o in gc.garbage))
gc.garbage.clear()
print(gc.collect())

# It starts by itself.
gc.enable()
gone = []


class Loud:
    def __del__(self):
        gone.append(1)


def loud_cycle():
    a = Loud()
    a.me = a


loud_cycle()
for i in range(300000):
    cycle(1)
    if gone:
        break
print(len(gone))

# Not while it is off, and a collection does not start another one.
gc.disable()


class Nested:
    def __del__(self):
        print("nested", gc.collect())


def nested_cycle():
    a = Nested()
    a.me = a


nested_cycle()
print(gc.collect() > 0)
