# SPDX-License-Identifier: MIT
#
# cases.py - the loops of bench/scaling.py: what one thread does, and two threads at once.
#
# Usage     cases.py CASE STEPS ROUNDS SEED     or    cases.py CASE STEPS --for SECONDS     or
#           cases.py --list
# Output    a line per run: threads, wall and processor nanoseconds of the slowest thread, how far
#           apart the threads began, references dropped by threads that do not own the object. Every
#           run's answer is compared with the one that was computed beforehand without threads: a
#           mistake ends the program with exit code 1. With --for all runs have one thread.
#
# What only reads is given the same objects in every run of a process: from the second run on they are
# hot, if they ever become so.
#
# A case is a function f(shared, index, steps) that returns a number, and what it shares. Every thread
# does `steps` steps, so perfect scaling is the same wall time for two threads as for one.

import random
import sys
import threading
import time

import togil

CASES = {}
WRITES = ("shared append", "shared dict write", "thread-local")
CHUNK = 16


def text(i):
    return "item " + str(i)  # made at run time: a counted object, owned by the main thread


def counted():
    return togil.stats()["foreign"]


def case(name, make):
    def add(f):
        CASES[name] = (f, make)
        return f
    return add


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def add(self, n):
        return self.x + n


def plus_one(n):
    return n + 1


def make_adder(step):
    def add(n):
        return n + step
    return add


@case("local", lambda: None)
def local(shared, index, steps):  # nothing shared: what the machine itself allows
    total = 0
    for i in range(steps):
        total = (total + i * 3) % 1000003
    return total


@case("list of ints", lambda: list(range(CHUNK)))
def list_ints(shared, index, steps):
    total = 0
    for i in range(steps // 4):
        total += shared[1] + shared[5] + shared[9] + shared[i % CHUNK]
    return total


@case("list of objects", lambda: [text(i) for i in range(CHUNK)])
def list_objects(shared, index, steps):
    total = 0
    for i in range(steps // 4):
        a = shared[1]
        b = shared[5]
        a = shared[9]
        b = shared[i % CHUNK]
        total += len(b)
    return total


@case("list iterated", lambda: [text(i) for i in range(CHUNK * 4)])
def list_iterated(shared, index, steps):
    total = 0
    for i in range(steps // (CHUNK * 4)):
        for item in shared:
            total += 1
    return total


@case("tuple of objects", lambda: tuple([text(i) for i in range(CHUNK)]))
def tuple_objects(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        a = shared[3]
        b = shared[i % CHUNK]
        total += len(b)
    return total


@case("dict of ints", lambda: {"key" + str(i): i for i in range(CHUNK)})
def dict_ints(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        total += shared["key3"] + shared["key7"]
    return total


@case("dict of objects", lambda: {"key" + str(i): text(i) for i in range(CHUNK)})
def dict_objects(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        a = shared["key3"]
        b = shared["key7"]
        total += len(a)
    return total


@case("attribute int", lambda: Point(3, 4))
def attribute_int(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        total += shared.x + shared.y
    return total


@case("attribute object", lambda: Point(text(3), text(4)))
def attribute_object(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        a = shared.x
        b = shared.y
        total += len(b)
    return total


@case("attribute chain", lambda: Point(Point(Point(1, 2), 3), 4))
def attribute_chain(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        total += shared.x.x.y
    return total


@case("function", lambda: None)
def function(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        total = plus_one(total)
    return total


@case("closure", lambda: make_adder(2))
def closure(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        total = shared(total)
    return total


@case("bound method", lambda: Point(1, 2).add)
def bound_method(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        total = shared(total)
    return total


@case("method call", lambda: Point(1, 2))
def method_call(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        total = shared.add(total)
    return total


@case("list of methods' objects", lambda: [Point(i, i) for i in range(CHUNK)])
def list_methods(shared, index, steps):
    total = 0
    for i in range(steps // 2):
        total = shared[i % CHUNK].add(total) % 1000
    return total


@case("thread-local", lambda: threading.local())
def thread_local(shared, index, steps):
    shared.value = 3
    total = 0
    for i in range(steps // 2):
        total += shared.value
    return total


@case("object churn", lambda: None)
def churn(shared, index, steps):
    total = 0
    for i in range(steps // 8):
        p = Point(i, 2)
        pair = (p, total)
        items = [p, pair]
        total = (total + p.add(len(items))) % 1000003
    return total


@case("text churn", lambda: text(77))
def text_churn(shared, index, steps):
    total = 0
    for i in range(steps // 8):
        total += len(shared + str(i))
    return total


@case("matrix rows", lambda: [[float(i * j % 7) for i in range(20)] for j in range(20)])
def matrix_rows(shared, index, steps):
    total = 0.0
    size = 20
    for n in range(steps // (size * size * 4)):
        for i in range(4):
            row = shared[i]
            for column in shared:
                for k in range(size):
                    total += row[k] * column[k]
    return total


@case("shared append", lambda: [])
def shared_append(shared, index, steps):
    for i in range(steps // 4):
        shared.append(i)
    return steps // 4


@case("shared dict write", lambda: {})
def shared_dict_write(shared, index, steps):
    for i in range(steps // 4):
        shared[index * 8 + i % 8] = i
    return steps // 4


@case("private writes", lambda: None)
def private_writes(shared, index, steps):
    items = [0] * CHUNK
    table = {}
    for i in range(steps // 8):
        items[i % CHUNK] = i
        table[i % CHUNK] = i
    return sum(items) + len(table)


# One thread makes objects, and when it is done another lets go of them (or the same one, with one
# thread). Nothing runs in parallel: what counts is the processor time of the process.
def cross_thread_free(threads, steps):
    batches = []
    count = steps // 100

    def make():
        for n in range(count // 100):
            batches.append([Point(i, n) for i in range(100)])

    def free():
        while batches:
            batches.pop()

    def both():
        make()
        free()

    began = time.process_time_ns()
    for f in ([both] if threads == 1 else [make, free]):
        thread = threading.Thread(target=f)
        thread.start()
        thread.join()
    took = time.process_time_ns() - began
    if batches:
        print("cross-thread free: something is left")
        sys.exit(1)
    return [(0, 0, took, took)]


CASES["cross-thread free"] = (None, None)


def run(name, threads, steps, shared):
    f, make = CASES[name]
    if f is None:
        return cross_thread_free(threads, steps)
    if name in WRITES:
        shared = make()
    ready = []
    results = [None] * threads

    def worker(index):
        ready.append(index)
        while len(ready) < threads:
            pass
        began = time.perf_counter_ns()
        busy = time.thread_time_ns()
        answer = f(shared, index, steps)
        busy = time.thread_time_ns() - busy
        ended = time.perf_counter_ns()
        results[index] = (answer, began, ended, busy)

    workers = [threading.Thread(target=worker, args=(i,)) for i in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    if name == "shared append" and len(shared) != threads * (steps // 4):
        print("shared append: lost items", len(shared))
        sys.exit(1)
    return results


def orders(rounds, seed):  # numbers of threads for each round
    if rounds == "--for":
        end = time.perf_counter() + float(seed)
        while time.perf_counter() < end:
            yield [1]
        return
    rng = random.Random(int(seed))
    for _ in range(int(rounds)):
        order = [1, 2]
        rng.shuffle(order)
        yield order


def main():
    if sys.argv[1] == "--list":
        for name in CASES:
            print(name)
        return
    name, steps = sys.argv[1], int(sys.argv[2])
    f, make = CASES[name]
    right = f(make(), 0, steps) if f is not None else 0
    shared = make() if f is not None else None
    for order in orders(sys.argv[3], sys.argv[4]):
        for threads in order:
            foreign = counted()
            results = run(name, threads, steps, shared)
            foreign = counted() - foreign
            for answer, began, ended, busy in results:
                if answer != right:
                    print(name, "answered", answer, "instead of", right)
                    sys.exit(1)
            first = max([r[1] for r in results])
            last = max([r[2] for r in results])
            skew = first - min([r[1] for r in results])
            print(threads, last - first, max([r[3] for r in results]), skew, foreign)


main()
