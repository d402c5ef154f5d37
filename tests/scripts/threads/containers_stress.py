# SPDX-License-Identifier: MIT
# Four threads on one list, dict and set, on shared iterators, and on keys whose == is script code. No
# append is lost, no key is there twice, list(d.items()) is some state of d, every item is a real one.
import threading

THREADS = 4
ROUNDS = 2000


def in_threads(fn):
    failures = []

    def run(k):
        try:
            fn(k)
        except BaseException as e:
            failures.append(repr(e))

    threads = [threading.Thread(target=run, args=(k,)) for k in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(fn.__name__, failures)


items = []
table = {}
members = set()


def mixed(k):
    for i in range(ROUNDS):
        items.append((k, i))
        table[(i, k % 2)] = k
        table["s%d" % (i % 50)] = i
        members.add(i % 97)
        members.discard((i * 7) % 97)
        if i % 10 == 0:
            last = items[-1]
            assert isinstance(last, tuple) and len(last) == 2
            for key, value in list(table.items()):
                assert isinstance(value, int)
        if i % 50 == 0:
            half = len(items) // 2
            items[half:half] = []
            assert all(len(pair) == 2 for pair in items[:100])
        table.get("s%d" % (i % 50))
        table.pop((i - 100, k % 2), None)


in_threads(mixed)
print(len(items))
by_thread = {}
for k, i in items:
    by_thread.setdefault(k, []).append(i)
print(sorted(by_thread), all(v == list(range(ROUNDS)) for v in by_thread.values()))

numbers = iter(range(50000))
taken = [[] for _ in range(THREADS)]


def take_numbers(k):
    for x in numbers:
        taken[k].append(x)


in_threads(take_numbers)
print(set(sum(taken, [])) <= set(range(50000)))

pairs = zip(list(range(10000)), [str(i) for i in range(10000)])
counted = enumerate([str(i) for i in range(10000)])


def take_pairs(k):
    for a, b in pairs:
        assert isinstance(a, int) and isinstance(b, str)
    for p in counted:
        assert len(p) == 2 and isinstance(p[0], int) and isinstance(p[1], str)


in_threads(take_pairs)


class Key:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return self.v % 5

    def __eq__(self, other):
        return self.v == other.v


key_table = {}
key_set = set()


def script_keys(k):
    for i in range(300):
        key_table[Key(i % 40)] = i
        key_set.add(Key(i % 40))
        if i % 3 == 0:
            key_table.pop(Key(i * 7 % 40), None)
        if i % 5 == 0:
            key_set.discard(Key(i * 3 % 40))
        Key(i % 40) in key_table
        Key(i % 40) in key_set


in_threads(script_keys)
for container in (key_table, key_set):
    values = [key.v for key in container]
    print(len(values) == len(set(values)))

steady = {i: i for i in range(100)}
stop = threading.Event()


def reads_and_rebuilds(k):
    if k == 0:
        for i in range(3000):
            for j in range(0, 100, 7):
                assert steady[j] == j
        stop.set()
        return
    n = 0
    while not stop.is_set():
        steady[1000 + k * 1000 + n % 300] = n
        steady.pop(1000 + k * 1000 + (n * 7) % 300, None)
        n += 1


in_threads(reads_and_rebuilds)
print(all(steady[i] == i for i in range(100)))
