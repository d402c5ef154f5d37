# SPDX-License-Identifier: MIT
#
# queue.py - queues between threads.
#
# Queue       One lock guards everything. A thread that must wait leaves a locked lock in a list and
#             blocks on it; put() and get() release the first waiter of the other side. A woken
#             thread looks again, because a third one may have been faster, and goes back to the
#             end of the list if so.
# Items       A first-in-first-out queue is two lists: items are appended to one and popped from the
#             end of the other, which is refilled by turning the first around. Both steps are cheap
#             for every length.
# Subclasses  may override _init, _qsize, _put and _get, which are called with the lock held.
# Relies on   _thread: allocate_lock, TIMEOUT_MAX.

import _thread
from heapq import heappop as _heappop, heappush as _heappush
from time import monotonic as _now

__all__ = ["Empty", "Full", "LifoQueue", "PriorityQueue", "Queue", "SimpleQueue"]

_allocate_lock = _thread.allocate_lock
_TIMEOUT_MAX = _thread.TIMEOUT_MAX


class Empty(Exception):
    "Raised by a get that must not or no longer wait."


class Full(Exception):
    "Raised by a put that must not or no longer wait."


def _wait(lock, waiters, deadline):
    # Waits for a wake-up, giving up the lock meanwhile. False if the deadline passed first.
    waiter = _allocate_lock()
    waiter.acquire()
    waiters.append(waiter)
    lock.release()
    woken = False
    try:
        if deadline is None:
            woken = waiter.acquire()
        else:
            left = deadline - _now()
            woken = waiter.acquire(True, min(left, _TIMEOUT_MAX)) if left > 0 else False
    finally:
        lock.acquire()
        if not woken:
            if waiter in waiters:
                waiters.remove(waiter)
            else:
                woken = True
    return woken


def _deadline(timeout):
    if timeout is None:
        return None
    if timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
    return _now() + timeout


class Queue:
    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self.mutex = _allocate_lock()
        self.unfinished_tasks = 0
        self._getters = []
        self._putters = []
        self._joiners = []
        self._init(maxsize)

    def _init(self, maxsize):
        self._arriving = []
        self._leaving = []

    def _qsize(self):
        return len(self._arriving) + len(self._leaving)

    def _put(self, item):
        self._arriving.append(item)

    def _get(self):
        leaving = self._leaving
        if not leaving:
            leaving = self._arriving
            leaving.reverse()
            self._arriving = []
            self._leaving = leaving
        return leaving.pop()

    def put(self, item, block=True, timeout=None):
        lock = self.mutex
        with lock:
            if self.maxsize > 0 and self._qsize() >= self.maxsize:
                self._wait_for_room(block, timeout)
            self._put(item)
            self.unfinished_tasks += 1
            if self._getters:
                self._getters.pop(0).release()

    def _wait_for_room(self, block, timeout):
        if not block:
            raise Full
        deadline = _deadline(timeout)
        try:
            while self._qsize() >= self.maxsize:
                woken = _wait(self.mutex, self._putters, deadline)
                if not woken and self._qsize() >= self.maxsize:
                    raise Full
        except:
            self._pass_on()
            raise

    def get(self, block=True, timeout=None):
        lock = self.mutex
        with lock:
            if not self._qsize():
                self._wait_for_item(block, timeout)
            item = self._get()
            if self._putters:
                self._putters.pop(0).release()
        return item

    def _wait_for_item(self, block, timeout):
        if not block:
            raise Empty
        deadline = _deadline(timeout)
        try:
            while not self._qsize():
                woken = _wait(self.mutex, self._getters, deadline)
                if not woken and not self._qsize():
                    raise Empty
        except:
            self._pass_on()
            raise

    def _pass_on(self):
        # An exception, as from Ctrl-C, ends a wait: what this thread was perhaps woken for must
        # not be missed by the others.
        if self._getters and self._qsize():
            self._getters.pop(0).release()
        if self._putters and self._qsize() < self.maxsize:
            self._putters.pop(0).release()

    def put_nowait(self, item):
        return self.put(item, False)

    def get_nowait(self):
        return self.get(False)

    def qsize(self):
        with self.mutex:
            return self._qsize()

    def empty(self):
        with self.mutex:
            return not self._qsize()

    def full(self):
        with self.mutex:
            return 0 < self.maxsize <= self._qsize()

    def task_done(self):
        with self.mutex:
            left = self.unfinished_tasks - 1
            if left < 0:
                raise ValueError("task_done() called too many times")
            self.unfinished_tasks = left
            if left == 0:
                joiners = self._joiners
                self._joiners = []
                for waiter in joiners:
                    waiter.release()

    def join(self):
        with self.mutex:
            while self.unfinished_tasks:
                _wait(self.mutex, self._joiners, None)


class LifoQueue(Queue):
    def _init(self, maxsize):
        self._stack = []

    def _qsize(self):
        return len(self._stack)

    def _put(self, item):
        self._stack.append(item)

    def _get(self):
        return self._stack.pop()


class PriorityQueue(Queue):
    def _init(self, maxsize):
        self._heap = []

    def _qsize(self):
        return len(self._heap)

    def _put(self, item):
        _heappush(self._heap, item)

    def _get(self):
        return _heappop(self._heap)


class SimpleQueue:
    # Without a bound and without task_done.

    def __init__(self):
        self._lock = _allocate_lock()
        self._arriving = []
        self._leaving = []
        self._getters = []

    def put(self, item, block=True, timeout=None):
        with self._lock:
            self._arriving.append(item)
            if self._getters:
                self._getters.pop(0).release()

    def get(self, block=True, timeout=None):
        with self._lock:
            if not self._leaving:
                if not self._arriving:
                    self._wait_for_item(block, timeout)
                if not self._leaving:
                    self._leaving = self._arriving
                    self._leaving.reverse()
                    self._arriving = []
            return self._leaving.pop()

    def _wait_for_item(self, block, timeout):
        if not block:
            raise Empty
        deadline = _deadline(timeout)
        try:
            while not self._arriving and not self._leaving:
                if not _wait(self._lock, self._getters, deadline):
                    if not self._arriving and not self._leaving:
                        raise Empty
        except:
            if self._getters and (self._arriving or self._leaving):
                self._getters.pop(0).release()
            raise

    def put_nowait(self, item):
        self.put(item)

    def get_nowait(self):
        return self.get(False)

    def qsize(self):
        with self._lock:
            return len(self._arriving) + len(self._leaving)

    def empty(self):
        return not self.qsize()
