# SPDX-License-Identifier: MIT
#
# _deque.py - the class deque of collections.
#
# A ring buffer in a list whose length is a power of two. Every operation holds the deque's own
# lock, so it is atomic without a GIL too; an item that is dropped or replaced is let go after the
# lock is released, because its end may run code that uses the same deque. Only the length is read
# without the lock, so an operation stores it once at most. Searching works on a copy, without the
# lock, because == may run code; if the deque has changed meanwhile, it fails, unless no code can
# have run: then it was another thread, and the search saw the moment of the copy. Iteration takes
# items one at a time and fails when it notices a change.
# Relies on  _thread: allocate_lock.

import _thread

__all__ = ["deque"]


_PLAIN = {int, str, float, bool, bytes, type(None)}


def _is_plain(value, items):
    # Whether value is compared with the items without running code of a script.
    if type(value) not in _PLAIN:
        return False
    for item in items:
        if type(item) not in _PLAIN:
            return False
    return True


def _whole(n, message):
    # An int; asked for before the lock is taken, because n may be anything, the deque itself too.
    if isinstance(n, int):
        return n
    if hasattr(type(n), "__index__"):
        return n.__index__()
    raise TypeError(message % type(n).__name__)


class deque:
    def __init__(self, iterable=(), maxlen=None):
        if maxlen is not None:
            if not isinstance(maxlen, int):
                raise TypeError("an integer is required")
            if maxlen < 0:
                raise ValueError("maxlen must be non-negative")
        self._lock = _thread.allocate_lock()
        self._ring = [None] * 8
        self._mask = 7
        self._first = 0
        self._size = 0
        self._changes = 0
        self._stores = 0
        self._maxlen = maxlen
        self.extend(iterable)

    __hash__ = None

    @property
    def maxlen(self):
        return self._maxlen

    def _grow(self):
        # Doubles the ring, with the first item at place 0.
        ring = self._ring
        first = self._first
        self._ring = ring[first:] + ring[:first] + [None] * len(ring)
        self._mask = len(self._ring) - 1
        self._first = 0

    def append(self, item):
        dropped = None
        with self._lock:
            self._changes += 1
            size = self._size
            if size == self._maxlen:
                if size == 0:
                    return
                first = self._first
                dropped = self._ring[first]
                self._ring[first] = None
                self._ring[(first + size) & self._mask] = item
                self._first = (first + 1) & self._mask
            else:
                if size > self._mask:
                    self._grow()
                self._ring[(self._first + size) & self._mask] = item
                self._size = size + 1
        del dropped

    def appendleft(self, item):
        dropped = None
        with self._lock:
            self._changes += 1
            size = self._size
            if size == self._maxlen:
                if size == 0:
                    return
                last = (self._first + size - 1) & self._mask
                dropped = self._ring[last]
                self._ring[last] = None
            elif size > self._mask:
                self._grow()
            first = (self._first - 1) & self._mask
            self._first = first
            self._ring[first] = item
            if size != self._maxlen:
                self._size = size + 1
        del dropped

    def _take_first(self):
        first = self._first
        item = self._ring[first]
        self._ring[first] = None
        self._first = (first + 1) & self._mask
        self._size -= 1
        return item

    def _take_last(self):
        self._size -= 1
        place = (self._first + self._size) & self._mask
        item = self._ring[place]
        self._ring[place] = None
        return item

    def pop(self):
        with self._lock:
            if self._size:
                self._changes += 1
                return self._take_last()
        raise IndexError("pop from an empty deque")

    def popleft(self):
        with self._lock:
            if self._size:
                self._changes += 1
                return self._take_first()
        raise IndexError("pop from an empty deque")

    def extend(self, iterable):
        kind = type(iterable)
        if kind is not list and kind is not tuple and kind is not deque:
            if iterable is self:
                iterable = self._items()
            for item in iterable:
                self.append(item)
            return
        items = iterable._items() if kind is deque else list(iterable)
        if not items:
            return
        with self._lock:
            old = self._ring
            if self._maxlen is not None:
                items = self._items_locked() + items
                self._reset(items[max(len(items) - self._maxlen, 0):])
            else:
                self._changes += 1
                end = self._size + len(items)
                while end > len(self._ring):
                    self._grow()
                place = self._first + self._size
                for item in items:
                    self._ring[place & self._mask] = item
                    place += 1
                self._size = end
        del old

    def extendleft(self, iterable):
        kind = type(iterable)
        if kind is not list and kind is not tuple and kind is not deque:
            if iterable is self:
                iterable = self._items()
            for item in iterable:
                self.appendleft(item)
            return
        items = iterable._items() if kind is deque else list(iterable)
        if not items:
            return
        items.reverse()
        with self._lock:
            old = self._ring
            items += self._items_locked()
            self._reset(items if self._maxlen is None else items[:self._maxlen])
        del old

    def clear(self):
        with self._lock:
            old = self._ring
            self._reset([])
        del old

    def _items_locked(self):
        first = self._first
        end = first + self._size
        if end <= len(self._ring):
            return self._ring[first:end]
        return self._ring[first:] + self._ring[:end & self._mask]

    def _items(self):
        with self._lock:
            return self._items_locked()

    def _reset(self, items):
        size = 8
        while size < len(items):
            size *= 2
        self._ring = items + [None] * (size - len(items))
        self._mask = size - 1
        self._first = 0
        self._size = len(items)
        self._changes += 1

    def copy(self):
        return type(self)(self._items(), self._maxlen)

    __copy__ = copy

    def __deepcopy__(self, memo):
        from copy import deepcopy
        result = type(self)((), self._maxlen)
        memo[id(self)] = result
        for item in self._items():
            result.append(deepcopy(item, memo))
        return result

    def rotate(self, n=1):
        n = _whole(n, "'%s' object cannot be interpreted as an integer")
        with self._lock:
            if self._size > 1:
                n %= self._size
                if n:
                    items = self._items_locked()
                    self._reset(items[-n:] + items[:-n])

    def reverse(self):
        with self._lock:
            items = self._items_locked()
            items.reverse()
            self._reset(items)

    def _copied(self):
        with self._lock:
            return self._items_locked(), self._changes

    def _check(self, changes, value, items):
        if self._changes != changes and not _is_plain(value, items):
            raise RuntimeError("deque mutated during iteration")

    def count(self, value):
        items, changes = self._copied()
        n = items.count(value)
        self._check(changes, value, items)
        return n

    def index(self, value, start=0, stop=None):
        items, changes = self._copied()
        try:
            place = items.index(value, start, len(items) if stop is None else stop)
        except ValueError:
            place = -1
        self._check(changes, value, items)
        if place < 0:
            raise ValueError("%r is not in deque" % (value,))
        return place

    def insert(self, place, value):
        place = _whole(place, "'%s' object cannot be interpreted as an integer")
        with self._lock:
            if self._size == self._maxlen:
                raise IndexError("deque already at its maximum size")
            items = self._items_locked()
            items.insert(place, value)
            self._reset(items)

    def remove(self, value):
        while True:
            with self._lock:
                items = self._items_locked()
                changes = self._changes
                stores = self._stores
            try:
                place = items.index(value)
            except ValueError:
                place = -1
            plain = self._stores == stores and self._changes == changes or _is_plain(value, items)
            old = None
            with self._lock:
                same = self._changes == changes
                now = same and (self._stores == stores or not plain)
                if now and place >= 0:
                    old = self._delete_locked(place)
            if not same and not plain:
                raise IndexError("deque mutated during remove().")
            if place < 0:
                raise ValueError("%r is not in deque" % (value,))
            if now:
                return

    def _delete_locked(self, place):
        items = self._items_locked()
        old = items.pop(place)
        self._reset(items)
        return old

    def _place(self, index):
        if not isinstance(index, int):
            raise TypeError("sequence index must be integer, not '%s'" % type(index).__name__)
        if index < 0:
            index += self._size
        if not 0 <= index < self._size:
            raise IndexError("deque index out of range")
        return index

    def __getitem__(self, index):
        with self._lock:
            return self._ring[(self._first + self._place(index)) & self._mask]

    def __setitem__(self, index, value):
        with self._lock:
            place = (self._first + self._place(index)) & self._mask
            old = self._ring[place]
            self._ring[place] = value
            self._stores += 1
        del old

    def __delitem__(self, index):
        with self._lock:
            old = self._delete_locked(self._place(index))
        del old

    def __len__(self):
        return self._size

    def __bool__(self):
        return self._size > 0

    def __iter__(self):
        with self._lock:
            return _walk(self, self._changes, 0, self._size, 1)

    def __reversed__(self):
        with self._lock:
            return _walk(self, self._changes, self._size - 1, -1, -1)

    def __contains__(self, value):
        items, changes = self._copied()
        found = value in items
        self._check(changes, value, items)
        return found

    def __add__(self, other):
        if not isinstance(other, deque):
            raise TypeError('can only concatenate deque (not "%s") to deque'
                            % type(other).__name__)
        result = self.copy()
        result.extend(other)
        return result

    def __iadd__(self, other):
        self.extend(other)
        return self

    def __mul__(self, n):
        n = _whole(n, "can't multiply sequence by non-int of type '%s'")
        return type(self)(self._items() * n, self._maxlen)

    __rmul__ = __mul__

    def __imul__(self, n):
        n = _whole(n, "can't multiply sequence by non-int of type '%s'")
        with self._lock:
            old = self._ring
            items = self._items_locked() * n
            if self._maxlen is not None:
                items = items[max(len(items) - self._maxlen, 0):]
            self._reset(items)
        del old
        return self

    def __eq__(self, other):
        if isinstance(other, deque):
            return self._items() == other._items()
        return NotImplemented

    def __lt__(self, other):
        if isinstance(other, deque):
            return self._items() < other._items()
        return NotImplemented

    def __le__(self, other):
        if isinstance(other, deque):
            return self._items() <= other._items()
        return NotImplemented

    def __gt__(self, other):
        if isinstance(other, deque):
            return self._items() > other._items()
        return NotImplemented

    def __ge__(self, other):
        if isinstance(other, deque):
            return self._items() >= other._items()
        return NotImplemented

    def __repr__(self):
        items = self._items()
        parts = []
        for item in items:
            parts.append("[...]" if item is self else repr(item))
        text = ", ".join(parts)
        if self._maxlen is None:
            return "%s([%s])" % (type(self).__name__, text)
        return "%s([%s], maxlen=%d)" % (type(self).__name__, text, self._maxlen)


def _walk(items, changes, place, end, step):
    while True:
        with items._lock:
            if items._changes != changes:
                raise RuntimeError("deque mutated during iteration")
            if place == end:
                return
            item = items._ring[(items._first + place) & items._mask]
        place += step
        yield item
