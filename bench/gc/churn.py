# SPDX-License-Identifier: MIT
#
# churn.py THREADS LIVE RINGS KIND [MARKERS] - LIVE objects that stay, and THREADS threads that each
# make RINGS rings of two objects that nothing refers to, with a little work on each. KIND: on, or off
# (the collector does not start by itself). MARKERS: threads that look at the heap in a pause; 0: by the
# number of processors. Prints one line, a dict, that bench/gc/gc_bench.py reads.
import gc
import sys
import threading
import time

threads, live, rings, kind = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
markers = int(sys.argv[5]) if len(sys.argv) > 5 else 0


class Node:
    def __init__(self, value):
        self.value = value
        self.other = None


def churn(n, out, index):
    total = 0
    for i in range(n):
        a = Node(i)
        b = Node(total & 1023)
        a.other = b
        b.other = a
        for k in range(8):
            total = (total * 31 + a.other.value + k) & 0xffffff
    out[index] = total


try:
    import togil
    togil.gc_threads(markers)
except ImportError:
    togil = None


def figures():
    return togil.stats()["collector"] if togil else {}


gc.disable()
# A live object is a node; nodes are in lists of ten, so that a tenth more are lists.
heap = []
for i in range(live * 10 // 11 // 10):
    heap.append([Node(k) for k in range(10)])
gc.collect()
before = figures()
pauses = []
stopped = []


def note(phase, info):  # two pauses would be one here; there is one where no finalizer runs
    if togil and phase == "stop":
        stopped.append(figures()["paused_ns"])


if kind == "on":
    gc.callbacks.append(note)
    gc.enable()
out = [None] * threads
workers = [threading.Thread(target=churn, args=(rings, out, i)) for i in range(threads)]
begin, begin_cpu = time.perf_counter(), time.process_time()
for w in workers:
    w.start()
for w in workers:
    w.join()
seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
gc.disable()
last = before.get("paused_ns", 0)
for ns in stopped:
    pauses.append(ns - last)
    last = ns
after = figures()
result = {"seconds": seconds, "cpu": cpu, "answer": out[0], "same": out.count(out[0]) == threads,
          "intact": all(n.value == k for ten in heap for k, n in enumerate(ten)), "pauses": pauses}
for key in ("collections", "paused_ns", "mark_ns", "count_ns", "total_ns", "found"):
    result[key] = after.get(key, 0) - before.get(key, 0)
result["markers"] = after.get("threads", 0)
print(result)
