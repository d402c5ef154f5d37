# SPDX-License-Identifier: MIT
#
# heapq.py - a list kept as a binary heap: heap[k] <= heap[2k+1] and heap[k] <= heap[2k+2].
#
# Only `<` of the items is used. Removing the smallest moves the hole at the top down to a leaf
# along the smaller children and lets the last item rise from there: a last item is usually large,
# so this compares less often than sinking it from the top.
# Sources  Williams, "Heapsort", 1964; Floyd, "Treesort 3", 1964.

__all__ = ["heapify", "heappop", "heappush", "heappushpop", "heapreplace", "merge", "nlargest",
           "nsmallest"]


def _rise(heap, item, place, top):
    # Puts item into the hole at place, or higher, but not above top.
    while place > top:
        parent = (place - 1) >> 1
        above = heap[parent]
        if not item < above:
            break
        heap[place] = above
        place = parent
    heap[place] = item


def _fill(heap, item, top):
    # Puts item into the heap below top, whose own place is a hole.
    size = len(heap)
    place = top
    child = 2 * place + 1
    while child < size:
        if child + 1 < size and not heap[child] < heap[child + 1]:
            child += 1
        heap[place] = heap[child]
        place = child
        child = 2 * place + 1
    _rise(heap, item, place, top)


def heappush(heap, item):
    heap.append(item)
    _rise(heap, item, len(heap) - 1, 0)


def heappop(heap):
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    if not heap:
        return last
    smallest = heap[0]
    _fill(heap, last, 0)
    return smallest


def heapreplace(heap, item):
    smallest = heap[0]
    _fill(heap, item, 0)
    return smallest


def heappushpop(heap, item):
    if heap and heap[0] < item:
        smallest = heap[0]
        _fill(heap, item, 0)
        return smallest
    return item


def heapify(heap):
    for top in range(len(heap) // 2 - 1, -1, -1):
        _fill(heap, heap[top], top)


def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[:max(n, 0)]


def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key, reverse=True)[:max(n, 0)]


class _Reversed:
    # Turns the order around, for merge(reverse=True).

    def __init__(self, key):
        self.key = key

    def __lt__(self, other):
        return other.key < self.key


def merge(*iterables, key=None, reverse=False):
    # Ties go to the earlier iterable: its number is the second item of an entry.
    heap = []
    sources = [iter(iterable) for iterable in iterables]
    for number in range(len(sources)):
        for value in sources[number]:
            heap.append(_entry(value, number, key, reverse))
            break
    heapify(heap)
    while heap:
        entry = heap[0]
        value = entry[2]
        number = entry[1]
        yield value
        for value in sources[number]:
            heapreplace(heap, _entry(value, number, key, reverse))
            break
        else:
            heappop(heap)


def _entry(value, number, key, reverse):
    rank = value if key is None else key(value)
    if reverse:
        rank = _Reversed(rank)
    return (rank, number, value)
