# SPDX-License-Identifier: MIT
#
# churn.py THREADS LIVE RINGS KIND - LIVE objects that stay, and THREADS threads that each make RINGS
# rings of two objects that nothing refers to, with a little work on each. KIND: on, or off (the
# collector does not start by itself). Prints one line, a dict, that bench/gc/gc_bench.py reads.
import gc
import sys
import threading
import time

threads, live, rings, kind = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]


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


gc.disable()
# A live object is a node; nodes are in lists of ten, so that a tenth more are lists.
heap = []
for i in range(live * 10 // 11 // 10):
    heap.append([Node(k) for k in range(10)])
gc.collect()
if kind == "on":
    gc.enable()
out = [None] * threads
workers = [threading.Thread(target=churn, args=(rings, out, i)) for i in range(threads)]
begin = time.perf_counter()
for w in workers:
    w.start()
for w in workers:
    w.join()
seconds = time.perf_counter() - begin
gc.disable()
result = {"seconds": seconds, "answer": out[0], "same": out.count(out[0]) == threads,
          "intact": all(n.value == k for ten in heap for k, n in enumerate(ten))}
try:
    import togil
    result["collector"] = togil.stats()["collector"]
except ImportError:
    pass
print(result)
