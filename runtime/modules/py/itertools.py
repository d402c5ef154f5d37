# SPDX-License-Identifier: MIT
#
# itertools.py - building blocks for iteration.
#
# Most are generators: one of those must not be advanced by two threads at once. count() is the
# exception, because programs use it to number things from several threads: it has a lock.

import _thread

__all__ = ["accumulate", "chain", "combinations", "combinations_with_replacement", "compress",
           "count", "cycle", "dropwhile", "filterfalse", "groupby", "islice", "pairwise",
           "permutations", "product", "repeat", "starmap", "takewhile", "tee", "zip_longest"]

_MISSING = object()


class count:
    def __init__(self, start=0, step=1):
        self._next = start
        self._step = step
        self._lock = _thread.allocate_lock()

    def __iter__(self):
        return self

    def __next__(self):
        with self._lock:
            value = self._next
            self._next = value + self._step
        return value

    def __repr__(self):
        if self._step == 1:
            return "count(%r)" % (self._next,)
        return "count(%r, %r)" % (self._next, self._step)


def cycle(iterable):
    saved = []
    for item in iterable:
        yield item
        saved.append(item)
    while saved:
        for item in saved:
            yield item


class repeat:
    def __init__(self, object, times=_MISSING):
        self._object = object
        self._left = None if times is _MISSING else max(times, 0)

    def __iter__(self):
        return self

    def __next__(self):
        if self._left is not None:
            if self._left == 0:
                raise StopIteration
            self._left -= 1
        return self._object

    def __repr__(self):
        if self._left is None:
            return "repeat(%r)" % (self._object,)
        return "repeat(%r, %d)" % (self._object, self._left)


def _all_of(iterables):
    for iterable in iterables:
        for item in iterable:
            yield item


class chain:
    def __init__(self, *iterables):
        self._items = _all_of(iterables)

    @classmethod
    def from_iterable(cls, iterables):
        result = cls()
        result._items = _all_of(iterables)
        return result

    def __iter__(self):
        return self._items

    def __next__(self):
        return next(self._items)


def _islice_bound(value):
    if value is not None and (not isinstance(value, int) or value < 0):
        raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    return value


def islice(iterable, *args):
    if len(args) == 1:
        start = 0
        stop = args[0]
        step = 1
        if stop is not None and (not isinstance(stop, int) or stop < 0):
            raise ValueError("Stop argument for islice() must be None or an integer: "
                             "0 <= x <= sys.maxsize.")
    else:
        start = _islice_bound(args[0]) or 0
        stop = _islice_bound(args[1])
        step = args[2] if len(args) > 2 else 1
        if step is None:
            step = 1
        if not isinstance(step, int) or step < 1:
            raise ValueError("Step for islice() must be a positive integer or None.")
    return _islice(iter(iterable), start, stop, step)


def _islice(items, start, stop, step):
    # Takes no item more than it must: what follows stop is left for the next user of items.
    if stop is None:
        place = 0
        for item in items:
            if place == start:
                yield item
                start += step
            place += 1
        return
    place = 0
    while place < stop:
        try:
            item = next(items)
        except StopIteration:
            return
        if place == start:
            yield item
            start += step
        place += 1


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            return
        yield item


def dropwhile(predicate, iterable):
    items = iter(iterable)
    for item in items:
        if not predicate(item):
            yield item
            break
    for item in items:
        yield item


def filterfalse(predicate, iterable):
    if predicate is None:
        predicate = bool
    for item in iterable:
        if not predicate(item):
            yield item


def compress(data, selectors):
    for item, selected in zip(data, selectors):
        if selected:
            yield item


def starmap(function, iterable):
    for args in iterable:
        yield function(*args)


def accumulate(iterable, func=None, *, initial=None):
    items = iter(iterable)
    total = initial
    if initial is None:
        for total in items:
            break
        else:
            return
    yield total
    for item in items:
        total = total + item if func is None else func(total, item)
        yield total


def pairwise(iterable):
    items = iter(iterable)
    for previous in items:
        for item in items:
            yield previous, item
            previous = item


def zip_longest(*iterables, fillvalue=None):
    sources = [iter(iterable) for iterable in iterables]
    running = len(sources)
    ended = [False] * running
    while running:
        row = []
        for i in range(len(sources)):
            value = fillvalue
            if not ended[i]:
                value = next(sources[i], _MISSING)
                if value is _MISSING:
                    value = fillvalue
                    ended[i] = True
                    running -= 1
            row.append(value)
        if not running:
            return
        yield tuple(row)


def product(*iterables, repeat=1):
    if repeat < 0:
        raise ValueError("repeat argument cannot be negative")
    pools = [tuple(iterable) for iterable in iterables] * repeat
    return _product(pools)


def _product(pools):
    # Counts like an odometer: the last place turns fastest.
    for pool in pools:
        if not pool:
            return
    places = [0] * len(pools)
    row = [pool[0] for pool in pools]
    while True:
        yield tuple(row)
        i = len(pools) - 1
        while i >= 0:
            places[i] += 1
            if places[i] < len(pools[i]):
                row[i] = pools[i][places[i]]
                break
            places[i] = 0
            row[i] = pools[i][0]
            i -= 1
        if i < 0:
            return


def permutations(iterable, r=None):
    pool = tuple(iterable)
    if r is None:
        r = len(pool)
    if r < 0:
        raise ValueError("r must be non-negative")
    return _permutations(pool, r)


def _permutations(pool, r):
    # A search in depth without recursion: at each depth the next item not yet used.
    n = len(pool)
    if r > n:
        return
    if r == 0:
        yield ()
        return
    used = [False] * n
    chosen = [-1] * r
    depth = 0
    while depth >= 0:
        i = chosen[depth]
        if i >= 0:
            used[i] = False
        i += 1
        while i < n and used[i]:
            i += 1
        if i == n:
            chosen[depth] = -1
            depth -= 1
            continue
        chosen[depth] = i
        if depth == r - 1:
            yield tuple([pool[k] for k in chosen])
        else:
            used[i] = True
            depth += 1


def combinations(iterable, r):
    pool = tuple(iterable)
    if r < 0:
        raise ValueError("r must be non-negative")
    return _combinations(pool, r)


def _combinations(pool, r):
    n = len(pool)
    if r > n:
        return
    places = list(range(r))
    while True:
        yield tuple([pool[i] for i in places])
        # The last place that can still move on, and all behind it, close up.
        i = r - 1
        while i >= 0 and places[i] == i + n - r:
            i -= 1
        if i < 0:
            return
        places[i] += 1
        for j in range(i + 1, r):
            places[j] = places[j - 1] + 1


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)
    if r < 0:
        raise ValueError("r must be non-negative")
    return _combinations_with_replacement(pool, r)


def _combinations_with_replacement(pool, r):
    n = len(pool)
    if n == 0 and r > 0:
        return
    places = [0] * r
    while True:
        yield tuple([pool[i] for i in places])
        i = r - 1
        while i >= 0 and places[i] == n - 1:
            i -= 1
        if i < 0:
            return
        value = places[i] + 1
        for j in range(i, r):
            places[j] = value


class groupby:
    # Both this object and the group it has handed out advance the same source; a group ends when
    # the key changes or when this object has moved on.

    def __init__(self, iterable, key=None):
        self._items = iter(iterable)
        self._key = key
        self._item = _MISSING
        self._item_key = _MISSING
        self._group = None

    def __iter__(self):
        return self

    def _advance(self):
        item = next(self._items, _MISSING)
        self._item = item
        if item is not _MISSING:
            self._item_key = item if self._key is None else self._key(item)

    def __next__(self):
        group = self._group
        if group is None:
            self._advance()
        else:
            self._group = None
            while self._item is not _MISSING and self._item_key == group.key:
                self._advance()
        if self._item is _MISSING:
            self._group = group
            raise StopIteration
        group = _Group(self, self._item_key)
        self._group = group
        return group.key, group


class _Group:
    def __init__(self, parent, key):
        self._parent = parent
        self.key = key

    def __iter__(self):
        return self

    def __next__(self):
        parent = self._parent
        if parent._group is not self or parent._item is _MISSING or parent._item_key != self.key:
            raise StopIteration
        item = parent._item
        parent._advance()
        return item


def tee(iterable, n=2):
    if n < 0:
        raise ValueError("n must be >= 0")
    # A chain of links [item, next link]; the last link is empty until someone asks for it.
    items = iter(iterable)
    last = [_MISSING, None]
    return tuple([_tee(items, last) for _ in range(n)])


def _tee(items, link):
    while True:
        if link[1] is None:
            try:
                link[0] = next(items)
            except StopIteration:
                return
            link[1] = [_MISSING, None]
        item = link[0]
        link = link[1]
        yield item
