# SPDX-License-Identifier: MIT
#
# functools.py - functions that take or make functions.
#
# lru_cache   The table is a dict in order of use: a hit takes its entry out and puts it back at the
#             end, so the entry to drop is the first. One lock guards table and counters; it is not
#             held while the function runs, so two threads that miss at once both compute.

import _thread

__all__ = ["WRAPPER_ASSIGNMENTS", "WRAPPER_UPDATES", "cache", "cached_property", "cmp_to_key",
           "lru_cache", "partial", "partialmethod", "reduce", "total_ordering", "update_wrapper",
           "wraps"]

_MISSING = object()

WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__")
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    for name in assigned:
        try:
            setattr(wrapper, name, getattr(wrapped, name))
        except AttributeError:
            pass
    for name in updated:
        for key, value in getattr(wrapped, name, {}).items():
            setattr(wrapper, key, value)
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    def decorate(wrapper):
        return update_wrapper(wrapper, wrapped, assigned, updated)
    return decorate


def reduce(function, iterable, initial=_MISSING):
    items = iter(iterable)
    if initial is _MISSING:
        for initial in items:
            break
        else:
            raise TypeError("reduce() of empty iterable with no initial value")
    for item in items:
        initial = function(initial, item)
    return initial


class partial:
    def __init__(self, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError("the first argument must be callable")
        if isinstance(func, partial):
            args = func.args + args
            merged = dict(func.keywords)
            merged.update(keywords)
            keywords = merged
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, /, *args, **keywords):
        if self.keywords:
            if keywords:
                merged = dict(self.keywords)
                merged.update(keywords)
                keywords = merged
            else:
                keywords = self.keywords
        return self.func(*self.args, *args, **keywords)

    def __repr__(self):
        parts = [repr(self.func)]
        for value in self.args:
            parts.append(repr(value))
        for key, value in self.keywords.items():
            parts.append("%s=%r" % (key, value))
        return "functools.partial(%s)" % ", ".join(parts)


class partialmethod:
    def __init__(self, func, /, *args, **keywords):
        self.func = func
        self.args = args
        self.keywords = keywords

    def __get__(self, instance, owner=None):
        function = self.func
        if hasattr(function, "__get__"):
            function = function.__get__(instance, owner)
        elif instance is not None:
            return partial(function, instance, *self.args, **self.keywords)
        return partial(function, *self.args, **self.keywords)


class _Ranked:
    # A value that compares by an old-style comparison function.
    __slots__ = ("obj", "compare")

    def __init__(self, obj, compare):
        self.obj = obj
        self.compare = compare

    def __lt__(self, other):
        return self.compare(self.obj, other.obj) < 0

    def __gt__(self, other):
        return self.compare(self.obj, other.obj) > 0

    def __le__(self, other):
        return self.compare(self.obj, other.obj) <= 0

    def __ge__(self, other):
        return self.compare(self.obj, other.obj) >= 0

    def __eq__(self, other):
        return self.compare(self.obj, other.obj) == 0

    __hash__ = None


def cmp_to_key(mycmp):
    def key(obj):
        return _Ranked(obj, mycmp)
    return key


class CacheInfo:
    # What cache_info() returns; by name, by place or by unpacking.

    def __init__(self, hits, misses, maxsize, currsize):
        self.hits = hits
        self.misses = misses
        self.maxsize = maxsize
        self.currsize = currsize

    def _all(self):
        return (self.hits, self.misses, self.maxsize, self.currsize)

    def __iter__(self):
        return iter(self._all())

    def __len__(self):
        return 4

    def __getitem__(self, place):
        return self._all()[place]

    def __eq__(self, other):
        if isinstance(other, CacheInfo):
            return self._all() == other._all()
        return self._all() == other

    def __repr__(self):
        return "CacheInfo(hits=%r, misses=%r, maxsize=%r, currsize=%r)" % self._all()


def _make_key(args, kwargs, typed):
    key = args
    if kwargs:
        key += (_MISSING,)
        for item in kwargs.items():
            key += item
    if typed:
        for value in args:
            key += (type(value),)
        for value in kwargs.values():
            key += (type(value),)
    return key


def _cached(function, maxsize, typed):
    table = {}
    lock = _thread.allocate_lock()
    counts = [0, 0]

    def wrapper(*args, **kwargs):
        key = args
        if kwargs or typed:
            key = _make_key(args, kwargs, typed)
        with lock:
            result = table.get(key, _MISSING)
            if result is not _MISSING:
                counts[0] += 1
                if maxsize is not None:
                    del table[key]
                    table[key] = result
                return result
            counts[1] += 1
        result = function(*args, **kwargs)
        dropped = None
        if maxsize != 0:
            with lock:
                if maxsize is not None and key not in table and len(table) >= maxsize:
                    # Kept until the lock is released: what it holds may end and call us again.
                    oldest = next(iter(table))
                    dropped = (oldest, table.pop(oldest))
                table[key] = result
        del dropped
        return result

    def cache_info():
        with lock:
            return CacheInfo(counts[0], counts[1], maxsize, len(table))

    def cache_clear():
        with lock:
            old = dict(table)
            table.clear()
            counts[0] = 0
            counts[1] = 0
        del old

    def cache_parameters():
        return {"maxsize": maxsize, "typed": typed}

    update_wrapper(wrapper, function)
    wrapper.cache_info = cache_info
    wrapper.cache_clear = cache_clear
    wrapper.cache_parameters = cache_parameters
    return wrapper


def lru_cache(maxsize=128, typed=False):
    if maxsize is not None and not isinstance(maxsize, int):
        if not callable(maxsize):
            raise TypeError("Expected first argument to be an integer, a callable, or None")
        # Used as a decorator without parentheses.
        return _cached(maxsize, 128, False)
    if maxsize is not None and maxsize < 0:
        maxsize = 0

    def decorate(function):
        return _cached(function, maxsize, typed)
    return decorate


def cache(user_function):
    return _cached(user_function, None, False)


class cached_property:
    # The first read computes; the value then lies in the instance, where it is found before this.

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__
        self.lock = _thread.RLock()

    def __set_name__(self, owner, name):
        self.attrname = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        name = self.attrname
        if name is None:
            name = self.func.__name__
        values = instance.__dict__
        value = values.get(name, _MISSING)
        if value is _MISSING:
            with self.lock:
                value = values.get(name, _MISSING)
                if value is _MISSING:
                    value = self.func(instance)
                    setattr(instance, name, value)
        return value


def _from_lt(name):
    def greater(self, other):
        result = self.__lt__(other)
        return result if result is NotImplemented else not result and self != other

    def less_or_equal(self, other):
        result = self.__lt__(other)
        return result if result is NotImplemented else result or self == other

    def greater_or_equal(self, other):
        result = self.__lt__(other)
        return result if result is NotImplemented else not result
    return {"__gt__": greater, "__le__": less_or_equal, "__ge__": greater_or_equal}[name]


def _from_gt(name):
    def less(self, other):
        result = self.__gt__(other)
        return result if result is NotImplemented else not result and self != other

    def greater_or_equal(self, other):
        result = self.__gt__(other)
        return result if result is NotImplemented else result or self == other

    def less_or_equal(self, other):
        result = self.__gt__(other)
        return result if result is NotImplemented else not result
    return {"__lt__": less, "__ge__": greater_or_equal, "__le__": less_or_equal}[name]


def _from_le(name):
    def greater_or_equal(self, other):
        result = self.__le__(other)
        return result if result is NotImplemented else not result or self == other

    def less(self, other):
        result = self.__le__(other)
        return result if result is NotImplemented else result and self != other

    def greater(self, other):
        result = self.__le__(other)
        return result if result is NotImplemented else not result
    return {"__ge__": greater_or_equal, "__lt__": less, "__gt__": greater}[name]


def _from_ge(name):
    def less_or_equal(self, other):
        result = self.__ge__(other)
        return result if result is NotImplemented else not result or self == other

    def greater(self, other):
        result = self.__ge__(other)
        return result if result is NotImplemented else result and self != other

    def less(self, other):
        result = self.__ge__(other)
        return result if result is NotImplemented else not result
    return {"__le__": less_or_equal, "__gt__": greater, "__lt__": less}[name]


def total_ordering(cls):
    names = ("__lt__", "__le__", "__gt__", "__ge__")
    given = []
    for name in names:
        if getattr(cls, name, None) is not getattr(object, name, None):
            given.append(name)
    if not given:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    # The first of this order that the class defines makes the others.
    for name, maker in (("__lt__", _from_lt), ("__le__", _from_le), ("__gt__", _from_gt),
                        ("__ge__", _from_ge)):
        if name in given:
            for other in names:
                if other not in given:
                    function = maker(other)
                    function.__name__ = other
                    setattr(cls, other, function)
            break
    return cls
