# SPDX-License-Identifier: MIT
# heapq and bisect.
import bisect
import heapq
from bisect import bisect_left, bisect_right, insort

heap = []
for v in (5, 1, 8, 3, 9, 2):
    heapq.heappush(heap, v)
print(heap[0], [heapq.heappop(heap) for _ in range(6)], heap)
values = [(i * 7919) % 503 for i in range(400)]
heap = values[:]
heapq.heapify(heap)
print(all(heap[(i - 1) // 2] <= heap[i] for i in range(1, len(heap))),
      [heapq.heappop(heap) for _ in values] == sorted(values))
heap = [1, 4, 6]
print(heapq.heapreplace(heap, 5), heapq.heappushpop(heap, 2), heapq.heappushpop(heap, 9),
      sorted(heap))
print(heapq.nsmallest(3, values), heapq.nlargest(3, values), heapq.nsmallest(2, "hello", key=ord),
      heapq.nlargest(0, [1]),
      heapq.nsmallest(10, [3, 1]), heapq.nlargest(2, [(1, "b"), (1, "a"), (0, "c")],
                                                  key=lambda p: p[0]))
print(list(heapq.merge([1, 4, 7], [2, 5], [], [3, 6, 8])), list(heapq.merge("ace", "bd")),
      list(heapq.merge([5, 3], [4, 1], reverse=True)), list(heapq.merge(["aa", "b"], ["c"],
                                                                        key=lambda s: -len(s))))
tasks = []
for task in ((2, "write"), (1, "think"), (3, "rest"), (1, "plan")):
    heapq.heappush(tasks, task)
print([heapq.heappop(tasks) for _ in range(4)])
try:
    heapq.heappop([])
except IndexError as error:
    print("IndexError:", error)
a = [1, 2, 2, 3, 5]
print([bisect_left(a, v) for v in range(7)], [bisect_right(a, v) for v in range(7)],
      bisect.bisect(a, 2), bisect_left(a, 2, 2),
      bisect_right(a, 2, 0, 2), bisect_left([], 1), bisect_left("aabbc", "b"))
b = []
for v in (5, 1, 3, 3, 9):
    insort(b, v)
bisect.insort_left(b, 3)
print(b, bisect_left([(1, "a"), (2, "b")], 2, key=lambda p: p[0]))


def grade(score):
    return "FDCBA"[bisect.bisect([60, 70, 80, 90], score)]


print([grade(s) for s in (33, 99, 77, 70, 89, 90, 100)])
try:
    bisect_left(a, 1, -1)
except ValueError as error:
    print("ValueError:", error)


def dijkstra(graph, start):
    distance = {start: 0}
    heap = [(0, start)]
    while heap:
        d, node = heapq.heappop(heap)
        if d > distance[node]:
            continue
        for other, weight in graph.get(node, {}).items():
            if d + weight < distance.get(other, 10**9):
                distance[other] = d + weight
                heapq.heappush(heap, (d + weight, other))
    return distance


print(dijkstra({"a": {"b": 7, "c": 3}, "c": {"b": 1, "d": 8}, "b": {"d": 2}}, "a"))
