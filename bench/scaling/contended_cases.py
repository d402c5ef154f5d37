# SPDX-License-Identifier: MIT
#
# contended_cases.py - one container that threads do nothing but write to: what bench/contended.py runs.
#
# Usage     contended_cases.py CASE STEPS ROUNDS SEED
# Output    a line per run: kind (one, two, again, beside), nanoseconds. one and again: one thread does all steps;
#           two: two threads do half of them each, in the same container; beside: one thread does all steps while
#           another computes something of its own. The order is random.
# Checks    what the container holds at the end; exit code 1 if it is wrong.
import random
import sys
import threading
import time


def append(shared, index, steps):
    for i in range(steps):
        shared.append(i)


def append_pop(shared, index, steps):
    for i in range(steps):
        shared.append(i)
        shared.pop()


def dict_write(shared, index, steps):
    for i in range(steps):
        shared[i % 8] = i


CASES = {"append": (append, list), "append-pop": (append_pop, list), "dict-write": (dict_write, dict)}
LENGTH = {"append": lambda steps: steps, "append-pop": lambda steps: 0, "dict-write": lambda steps: 8}


def run(name, kind, steps):
    f, make = CASES[name]
    shared = make()
    threads = 2 if kind == "two" else 1
    bystanders = 1 if kind == "beside" else 0
    ready, spans = [], [None] * threads

    def bystander():
        ready.append(-1)
        x = 0
        while spans[0] is None:
            for i in range(1000):
                x += i

    def worker(index):
        ready.append(index)
        while len(ready) < threads + bystanders:
            pass
        began = time.perf_counter_ns()
        f(shared, index, steps // threads)
        spans[index] = (began, time.perf_counter_ns())

    workers = [threading.Thread(target=worker, args=(i,)) for i in range(threads)]
    workers += [threading.Thread(target=bystander) for _ in range(bystanders)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    if len(shared) != LENGTH[name](steps):
        print(name, "holds", len(shared), "instead of", LENGTH[name](steps))
        sys.exit(1)
    return max([s[1] for s in spans]) - min([s[0] for s in spans])


def main():
    name, steps, rounds, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    rng = random.Random(seed)
    run(name, "two", steps)
    for _ in range(rounds):
        kinds = ["one", "two", "again", "beside"]
        rng.shuffle(kinds)
        for kind in kinds:
            print(kind, run(name, kind, steps))


main()
