# SPDX-License-Identifier: MIT
#
# plateau_work.py - births and deaths without end: what tests/soak/plateau.py watches.
#
# Usage     plateau_work.py SECONDS SEED
# Does      rounds of one to eight threads that each make and drop objects of all kinds: kept for a
#           while by the thread, kept in one shared dict until another thread drops them, or in rings
#           that only the collector frees. What is alive at a time is bounded, whatever the round.
# Output    rounds, threads and objects made; "left" and the number of finalizers that did not run.
import gc
import random
import sys
import threading
import time

SHARED = 4000
KEPT = 2000
shared = {}
made = [0]
lock = threading.Lock()
born = [0]
died = [0]


class Node:
    def __init__(self, other):
        self.other = other
        self.data = [1, 2, 3]


class Told:
    def __init__(self):
        with lock:
            born[0] += 1

    def __del__(self):
        with lock:
            died[0] += 1


def ring(n):
    first = last = Node(None)
    for i in range(n):
        last = Node(last)
    first.other = last
    return first


def some(rng):
    kind = rng.randrange(9)
    size = rng.randrange(40) if rng.randrange(50) else rng.randrange(5000)
    if kind == 0:
        return list(range(size))
    if kind == 1:
        return {i: str(i) for i in range(size)}
    if kind == 2:
        return "text " * size
    if kind == 3:
        return tuple([str(i) for i in range(size)])
    if kind == 4:
        return {i * 7 for i in range(size)}
    if kind == 5:
        return lambda: size
    if kind == 6:
        return bytearray(size * 10)
    if kind == 7:
        return Told()
    return ring(size % 30)


def work(seed):
    rng = random.Random(seed)
    kept = [None] * KEPT
    steps = rng.randrange(3000)
    for i in range(steps):
        kept[rng.randrange(KEPT)] = some(rng)
        if i % 4 == 0:
            shared[rng.randrange(SHARED)] = kept[rng.randrange(KEPT)]
    with lock:
        made[0] += steps


def main():
    end = time.monotonic() + float(sys.argv[1])
    rng = random.Random(int(sys.argv[2]))
    rounds = threads = 0
    while time.monotonic() < end:
        workers = [threading.Thread(target=work, args=(rng.randrange(1 << 30),))
                   for i in range(1 + rng.randrange(8))]
        for w in workers:
            w.start()
        for w in workers:
            w.join()
        rounds += 1
        threads += len(workers)
    shared.clear()
    workers = w = None
    for i in range(3):
        gc.collect()
    print("rounds", rounds, "threads", threads, "steps", made[0], "left", born[0] - died[0])


main()
