# SPDX-License-Identifier: MIT
#
# storm_work.py - what the worker threads of the storm run. Every function returns a number that
# depends on its arguments only, so that a wrong one shows.
import socket
import threading
import time


class Node:
    def __init__(self, value, rest):
        self.value = value
        self.rest = rest


def cpu(n):
    total = 1
    for i in range(n):
        total = (total * 31 + i) % 1000003
    return total


def alloc(n):
    head = None
    table = {}
    for i in range(n):
        head = Node(i, head)
        table["k%d" % i] = [i, (i, str(i))]
    total = 0
    while head is not None:
        total += head.value
        head = head.rest
    for key in table:
        entry = table[key]
        total += entry[0] + len(entry[1][1])
    return total


def rings(n):
    # Garbage that only the collector frees, and a ring that is alive while it may run.
    total = 0
    kept = Node(n, None)
    kept.rest = kept
    for i in range(n):
        a = Node(i, None)
        b = Node([a], {"a": a})
        a.rest = b
        total += b.value[0].value + b.rest["a"].value
        del a, b
    if kept.rest is not kept or kept.value != n:
        return -1
    return total


lock = threading.Lock()
counted = [0]
box = {}
shelf = []


def share(n):
    # Every thread writes to the same containers: values die in a thread that did not make them.
    good = 0
    for i in range(n):
        with lock:
            counted[0] += 1
        box[i % 16] = [i, str(i)]
        shelf.append((i, str(i)))
        try:
            value, text = shelf.pop()
            if str(value) == text:
                good += 1
        except IndexError:
            pass  # another thread was faster
        seen = box.get((i * 7) % 16)
        if seen is not None and str(seen[0]) != seen[1]:
            return -1
    return n if good <= n else -1


def nap(n):
    for _ in range(n):
        time.sleep(0.0002)
    return n


def pair():
    return socket.socketpair()


def ping(s, n):
    total = 0
    for i in range(n):
        s.sendall(b"ping" + bytes([i % 251]))
        data = b""
        while len(data) < 5:
            part = s.recv(5 - len(data))
            if not part:
                return -1
            data += part
        if data[:4] != b"ping":
            return -2
        total += data[4]
    return total


def serve(s):
    # Sends back what comes until the other end closes.
    total = 0
    while True:
        data = s.recv(64)
        if not data:
            s.close()
            return total
        s.sendall(data)
        total += len(data)


def close(s):
    s.close()
    return 0


def stall():
    mine = threading.Lock()
    mine.acquire()
    wait_for_ever(mine)


def wait_for_ever(mine):
    mine.acquire()


def total():
    return counted[0]
