# SPDX-License-Identifier: MIT
# Threads make cycles of every kind, share some of them, and collect. Attacks the two pauses, counts
# that are in two halves or on a queue when the world stops, and generators and frames that sleep.
# Wrong looks like: a live object that was cleared (its content is gone or it is unequal), a
# finalizer that runs twice or never, an object left over in the end.
import gc
import threading

lock = threading.Lock()
made = 0
finalized = {}
board = [None] * 16


class Node:
    def __init__(self, name):
        self.name = name
        self.links = [self]
        self.text = str(name)


class Loud(Node):
    def __del__(self):
        with lock:
            finalized[self.name] = finalized.get(self.name, 0) + 1


class Back(Loud):
    def __del__(self):
        if self.name in finalized:
            return
        super().__del__()
        board[self.name[1] % len(board)] = self


def ring(a, b):
    a.links.append(b)
    b.links.append({"back": a, "tuple": (a, b)})
    return a


def sleeper(x):
    y = [x]
    y.append(y)
    try:
        yield x
    finally:
        y.clear()


def whole(node):
    return node.text == str(node.name) and node.links[0] is node


def worker(index, rounds):
    global made
    mine = []
    for i in range(rounds):
        name = (index, i)
        a = ring(Node(name), Node(("b", i)))
        board[(i * 7 + index) % len(board)] = a  # another thread may drop the last reference
        other = board[(i * 3 + index) % len(board)]
        if other is not None and not whole(other):
            return "node %r is broken" % (other.name,)
        if i % 5 == 0:
            ring(Loud(name), a)
            with lock:
                made += 1
        if i % 50 == 1:
            ring(Back(name), Node(0))
            with lock:
                made += 1
        g = sleeper(a)
        next(g)
        a.links.append(g)
        f = lambda: (f, a)
        mine.append(f)
        if len(mine) > 20:
            for kept in mine:
                if not whole(kept()[1]):
                    return "a node in a closure is broken"
            mine.clear()
        if i % 199 == index:
            if gc.collect() < 0:
                return "collect"
            if i % 2 and len(gc.get_referrers(a)) == 0:
                return "a node on the board has no referrer"
    return ""


def check(threads, rounds):
    global made
    for i in range(len(board)):
        board[i] = None
    gc.collect()
    for i in range(len(board)):  # what came back
        board[i] = None
    gc.collect()
    if len(finalized) != made:
        return "%d finalizers of %d ran" % (len(finalized), made)
    finalized.clear()
    made = 0
    return ""
