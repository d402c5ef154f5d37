# SPDX-License-Identifier: MIT
#
# phases.py LIVE RINGS MARKERS ROUNDS - what a piece of garbage costs in each part of a collection, alone on
# the machine: LIVE objects that stay; in each round four threads make RINGS rings of two objects each, wait,
# and the main thread collects. Run by togil; MARKERS as in churn.py. Prints the best round, in nanoseconds
# for each object found: made (processor time), counted in the pause, freed after it, and the processor time
# of the collection; marking in microseconds. Checks that all garbage is found and nothing else.
import gc
import sys
import threading
import time

import togil

live, rings, markers, rounds = [int(a) for a in sys.argv[1:5]]
THREADS = 4


class Node:
    def __init__(self, value):
        self.value = value
        self.other = None


def churn():
    for r in range(rounds):
        begin.wait()
        for i in range(rings):
            a = Node(i)
            b = Node(i)
            a.other = b
            b.other = a
        a = b = None
        end.wait()


gc.disable()
togil.gc_threads(markers)
heap = []
for i in range(live * 10 // 11 // 10):
    heap.append([Node(k) for k in range(10)])
begin, end = threading.Barrier(THREADS + 1), threading.Barrier(THREADS + 1)
workers = [threading.Thread(target=churn) for _ in range(THREADS)]
for w in workers:
    w.start()
best = {}
for r in range(rounds):
    gc.collect()
    cpu = time.process_time()
    begin.wait()
    end.wait()
    made = time.process_time() - cpu
    before = togil.stats()["collector"]
    wall, cpu = time.perf_counter(), time.process_time()
    gc.collect()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    after = togil.stats()["collector"]
    step = {k: after[k] - before[k] for k in ("found", "mark_ns", "count_ns", "paused_ns")}
    found = step["found"]
    if not THREADS * rings * 2 <= found < THREADS * rings * 2 + 100:
        sys.exit("found %d objects" % found)
    row = {"made": made * 1e9 / found, "marking, us": step["mark_ns"] / 1e3, "counted": step["count_ns"] / found,
           "freed": (wall * 1e9 - step["paused_ns"]) / found, "collected": cpu * 1e9 / found}
    for k, v in row.items():
        best[k] = min(best.get(k, v), v)
for w in workers:
    w.join()
if not all([n.value == k for ten in heap for k, n in enumerate(ten)]):
    sys.exit("a live object is not what it was")
print(", ".join(["%s %.1f" % (k, v) for k, v in best.items()]))
