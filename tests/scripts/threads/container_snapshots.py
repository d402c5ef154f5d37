# SPDX-License-Identifier: MIT
# Operations that read a second container: what they get of it is its content at one moment.
#
# A writer changes `other` between states that can be told from anything in between: a list is
# always [k] * n, a dict or set always a window k, k + 1, ... of two to four neighbours. A wrong
# result is a copy that is not such a state.
# Each check is named in docs/containers.md.

import threading
from collections import deque

ROUNDS = 150


def beside(write, check, shared):
    # check(shared) again and again while another thread writes.
    stop = threading.Event()
    started = threading.Event()

    def writer():
        k = 0
        while not stop.is_set():
            write(shared, k)
            started.set()
            k += 1

    t = threading.Thread(target=writer)
    t.start()
    started.wait()
    try:
        for i in range(ROUNDS):
            check(shared)
    finally:
        stop.set()
        t.join()


def same(items):
    return len(items) in (3, 5) and len(set(items)) == 1


def write_list(other, k):
    other[:] = [k] * (3 + k % 2 * 2)


def list_takes_another_list_at_one_moment():
    def check(other):
        o = [-1]
        o.extend(other)
        assert same(o[1:]), o
        o = []
        o += other
        assert same(o), o
        o = [1, 2, 3]
        o[1:2] = other
        assert o[0] == 1 and o[-1] == 3 and same(o[1:-1]), o
        o = [0] + other
        assert same(o[1:]), o
        o = other + [0]
        assert same(o[:-1]), o
        o = list(other)
        assert same(o), o
        o = tuple(other)
        assert same(o), o
        o = sorted(other)
        assert same(o), o
        o = other * 2
        assert same(o[:len(o) // 2]) and o[:len(o) // 2] == o[len(o) // 2:], o
        assert same([*other]) and same(other[:]) and same(other.copy())

    beside(write_list, check, [0, 0, 0])


def window(keys):
    keys = sorted(keys)
    return 2 <= len(keys) <= 4 and keys[-1] - keys[0] == len(keys) - 1


def write_dict(other, k):
    other[k + 3] = k + 3
    other.pop(k, None)


def dict_takes_another_dict_at_one_moment():
    def check(other):
        o = {}
        o.update(other)
        assert window(o), o
        o = {} | other
        assert window(o), o
        o = other | {}
        assert window(o), o
        o = {}
        o |= other
        assert window(o), o
        assert window(dict(other)) and window(other.copy())
        assert window({**other}), other
        assert window(list(other)) and window(other.keys() | set()), other

    beside(write_dict, check, {0: 0, 1: 1, 2: 2})


def write_set(other, k):
    if k > 90000:
        return
    other.add(k + 3)
    other.discard(k)


def set_takes_another_set_at_one_moment():
    everything = set(range(100000))

    def check(other):
        o = set()
        o.update(other)
        assert window(o), o
        assert window(other | set()) and window(set() | other)
        assert window(other - {-1}) and window(other.union(())) and window(other.copy())
        assert window(frozenset(other)) and window(set(other))
        assert window(other & everything)
        assert window(everything.intersection(other))
        assert window(set() ^ other), other
        o = set(range(-5, 0))
        o |= other
        o.difference_update(range(-5, 0))
        assert window(o), o
        o = {-1}
        o.symmetric_difference_update(other)
        o.discard(-1)
        assert window(o), o
        assert other <= everything
        assert other.issubset(everything)
        assert everything.issuperset(other)
        assert other.isdisjoint({-1})

    beside(write_set, check, {0, 1, 2})


def deque_iteration_notices_a_change():
    noticed = 0
    d = deque(range(1000))

    def write(d, k):
        d.append(k)
        d.popleft()

    def check(d):
        nonlocal noticed
        try:
            for x in d:
                pass
        except RuntimeError:
            noticed += 1

    beside(write, check, d)
    other = deque()
    other.extend(range(10))
    it = iter(other)
    next(it)
    other.append(1)
    try:
        next(it)
    except RuntimeError as e:
        print(e)
    assert noticed >= 0


for f in (list_takes_another_list_at_one_moment, dict_takes_another_dict_at_one_moment,
          set_takes_another_set_at_one_moment, deque_iteration_notices_a_change):
    f()
    print(f.__name__)
