# SPDX-License-Identifier: MIT
# Lists, dicts and sets used by several threads at once keep every single operation whole.
import threading

N = 4
EACH = 2000


def run(*targets):
    start = threading.Barrier(len(targets))

    def body(f, *args):
        start.wait()
        f(*args)

    threads = []
    for target in targets:
        args = target if isinstance(target, tuple) else (target,)
        threads.append(threading.Thread(target=body, args=args))
    for t in threads:
        t.start()
    for t in threads:
        t.join()


items = []
run(*[(lambda base: [items.append(base * EACH + i) for i in range(EACH)], n) for n in range(N)])
print(len(items), sorted(items) == list(range(N * EACH)))
for n in range(N):
    mine = [v for v in items if v // EACH == n]
    assert mine == sorted(mine)

table = {}
run(*[(lambda base: [table.__setitem__((base, i), i) for i in range(EACH)], n) for n in range(N)])
print(len(table), sum(table.values()) == N * EACH * (EACH - 1) // 2)
run(*[(lambda base: [table.pop((base, i)) for i in range(EACH)], n) for n in range(N)])
print(table)

members = set()
run(*[(lambda base: [members.add(i * N + base) for i in range(EACH)], n) for n in range(N)])
print(len(members), members == set(range(N * EACH)))

stack = list(range(N * EACH))
taken = [[] for _ in range(N)]


def take(mine):
    while True:
        try:
            mine.append(stack.pop())
        except IndexError:
            return


run(*[(take, taken[n]) for n in range(N)])
print(sorted(v for mine in taken for v in mine) == list(range(N * EACH)), stack)

first = {}
winners = []


def claim(n):
    for i in range(500):
        if first.setdefault(i, n) == n:
            winners.append(i)


run(*[(claim, n) for n in range(N)])
print(sorted(winners) == list(range(500)), len(first))


class Thing:
    pass


thing = Thing()


def set_attributes(n):
    for i in range(200):
        setattr(thing, "a%d_%d" % (n, i), i)


run(*[(set_attributes, n) for n in range(N)])
print(len(vars(thing)), all(getattr(thing, "a%d_%d" % (n, i)) == i
                            for n in range(N) for i in range(200)))

# Readers see either the old or the new value, never something else.
slot = [(0, 0)]
bad = []
stop = [False]


def write():
    for i in range(EACH * 2):
        slot[0] = (i, i * 2)
    stop[0] = True


def read():
    while not stop[0]:
        a, b = slot[0]
        if b != a * 2:
            bad.append((a, b))


run(write, read, read)
print(bad, slot)

# Iterating over a snapshot while others change the original.
growing = list(range(10))


def grow():
    for i in range(EACH):
        growing.append(i)
        growing.pop()


def look():
    for _ in range(200):
        copy = list(growing)
        assert copy[:10] == list(range(10)) and 10 <= len(copy) <= 12, copy


run(grow, grow, look)
print(growing)
big = {}


def make_strings(n):
    for i in range(EACH):
        big[str(i)] = big.get(str(i), 0) * 0 + 1


run(*[(make_strings, n) for n in range(N)])
print(len(big), set(big.values()))
