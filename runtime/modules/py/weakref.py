# SPDX-License-Identifier: MIT
#
# weakref.py - dictionaries and sets that do not keep their content alive, weak methods, finalizers.
#
# ref, proxy and their classes are native (_weakref). An entry whose object is gone is taken out by
# the callback of its weak reference, which may run at any time, in any thread, also in the middle
# of another method of the same object. So no method holds a lock, and each step on the inner table
# is one that is atomic by itself:
#   values  the callback removes an entry only while its value is a dead reference
#           (_remove_dead_weakref): an entry that was replaced meanwhile stays.
#   keys    a dead reference equals nothing but itself, so removing by it removes its own entry.
# Iteration goes over a copy of the table, and skips what has died since.
# Relies on  _weakref, atexit.

import atexit
from _weakref import (CallableProxyType, ProxyType, ReferenceType, _remove_dead_weakref,
                      getweakrefcount, getweakrefs, proxy, ref)

__all__ = ["ref", "proxy", "getweakrefcount", "getweakrefs", "WeakKeyDictionary", "ReferenceType",
           "ProxyType", "CallableProxyType", "ProxyTypes", "WeakValueDictionary", "WeakSet",
           "WeakMethod", "finalize"]

ProxyTypes = (ProxyType, CallableProxyType)
_MISSING = object()


class WeakMethod(ref):
    """A reference to a bound method that lives as long as the object it is bound to."""

    __slots__ = "_func_ref", "_kind", "_alive", "__weakref__"

    def __new__(cls, meth, callback=None):
        try:
            obj = meth.__self__
            func = meth.__func__
        except AttributeError:
            raise TypeError("argument should be a bound method, not {}"
                            .format(type(meth))) from None

        def gone(which):
            # The reference may be gone itself; of its two parts the first to die calls back.
            self = self_ref()
            if self is not None and self._alive:
                self._alive = False
                if callback is not None:
                    callback(self)

        self = ref.__new__(cls, obj, gone)
        self._func_ref = ref(func, gone)
        self._kind = type(meth)
        self._alive = True
        self_ref = ref(self)
        return self

    def __call__(self):
        obj = ref.__call__(self)
        func = self._func_ref()
        if obj is None or func is None:
            return None
        return self._kind(func, obj)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if not self._alive or not other._alive:
            return self is other
        return ref.__eq__(self, other) and self._func_ref == other._func_ref

    def __ne__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        return not self == other

    __hash__ = ref.__hash__


class KeyedRef(ref):
    """A weak reference that knows the key it is stored under."""

    __slots__ = ("key",)

    def __new__(cls, obj, callback, key):
        self = ref.__new__(cls, obj, callback)
        self.key = key
        return self

    def __init__(self, obj, callback, key):
        pass


def _pairs(other):
    # The pairs that dict.update would take from it.
    if hasattr(other, "items"):
        return other.items()
    if hasattr(other, "keys"):
        return [(key, other[key]) for key in other.keys()]
    return other


class _WeakDictionary:
    # What the two dictionaries share. They define __iter__, items, get, __setitem__ and copy.

    def __len__(self):
        return len(self.data)

    def __repr__(self):
        return "<%s at %#x>" % (type(self).__name__, id(self))

    def __eq__(self, other):
        if not isinstance(other, (dict, _WeakDictionary)):
            return NotImplemented
        return dict(self.items()) == dict(other.items())

    __hash__ = None

    def __copy__(self):
        return self.copy()

    def keys(self):
        return iter(self)

    def values(self):
        for key, value in self.items():
            yield value

    def clear(self):
        self.data.clear()

    def update(self, other=(), /, **kwargs):
        for key, value in _pairs(other):
            self[key] = value
        for key, value in kwargs.items():
            self[key] = value

    def __ior__(self, other):
        self.update(other)
        return self

    def __or__(self, other):
        if not isinstance(other, (dict, _WeakDictionary)):
            return NotImplemented
        result = self.copy()
        result.update(other)
        return result

    def __ror__(self, other):
        if not isinstance(other, (dict, _WeakDictionary)):
            return NotImplemented
        result = type(self)()
        result.update(other)
        result.update(self)
        return result


class WeakValueDictionary(_WeakDictionary):
    """A mapping whose entries go when nothing else refers to their value."""

    def __init__(self, other=(), /, **kwargs):
        def remove(dead, self_ref=ref(self)):
            self = self_ref()
            if self is not None:
                _remove_dead_weakref(self.data, dead.key)

        self.data = {}
        self._remove = remove
        self.update(other, **kwargs)

    def __getitem__(self, key):
        value = self.data[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        self.data[key] = KeyedRef(value, self._remove, key)

    def __delitem__(self, key):
        del self.data[key]

    def __contains__(self, key):
        wr = self.data.get(key)
        return wr is not None and wr() is not None

    def get(self, key, default=None):
        wr = self.data.get(key)
        value = wr() if wr is not None else None
        return default if value is None else value

    def setdefault(self, key, default=None):
        wr = self.data.get(key)
        fresh = None
        while True:
            value = wr() if wr is not None else None
            if value is not None:
                return value
            if wr is not None:
                _remove_dead_weakref(self.data, key)
            if fresh is None:
                fresh = KeyedRef(default, self._remove, key)
            wr = self.data.setdefault(key, fresh)

    def pop(self, key, default=_MISSING):
        wr = self.data.pop(key, None)
        value = wr() if wr is not None else None
        if value is not None:
            return value
        if default is _MISSING:
            raise KeyError(key)
        return default

    def popitem(self):
        while True:
            key, wr = self.data.popitem()
            value = wr()
            if value is not None:
                return key, value

    def items(self):
        for key, wr in self.data.copy().items():
            value = wr()
            if value is not None:
                yield key, value

    def __iter__(self):
        for key, wr in self.data.copy().items():
            if wr() is not None:
                yield key

    def itervaluerefs(self):
        yield from self.data.copy().values()

    def valuerefs(self):
        return list(self.data.copy().values())

    def copy(self):
        return WeakValueDictionary(self)

    def __deepcopy__(self, memo):
        from copy import deepcopy
        result = type(self)()
        for key, value in self.items():
            result[deepcopy(key, memo)] = value
        return result


class WeakKeyDictionary(_WeakDictionary):
    """A mapping whose entries go when nothing else refers to their key."""

    def __init__(self, other=None, /):
        def remove(dead, self_ref=ref(self)):
            self = self_ref()
            if self is not None:
                self.data.pop(dead, None)

        self.data = {}
        self._remove = remove
        if other is not None:
            self.update(other)

    def __getitem__(self, key):
        return self.data[ref(key)]

    def __setitem__(self, key, value):
        self.data[ref(key, self._remove)] = value

    def __delitem__(self, key):
        del self.data[ref(key)]

    def __contains__(self, key):
        try:
            wr = ref(key)
        except TypeError:
            return False
        return wr in self.data

    def get(self, key, default=None):
        return self.data.get(ref(key), default)

    def setdefault(self, key, default=None):
        return self.data.setdefault(ref(key, self._remove), default)

    def pop(self, key, *default):
        return self.data.pop(ref(key), *default)

    def popitem(self):
        while True:
            wr, value = self.data.popitem()
            key = wr()
            if key is not None:
                return key, value

    def items(self):
        for wr, value in self.data.copy().items():
            key = wr()
            if key is not None:
                yield key, value

    def __iter__(self):
        for wr in self.data.copy():
            key = wr()
            if key is not None:
                yield key

    def keyrefs(self):
        return list(self.data.copy())

    def copy(self):
        return WeakKeyDictionary(self)

    def __deepcopy__(self, memo):
        from copy import deepcopy
        result = type(self)()
        for key, value in self.items():
            result[key] = deepcopy(value, memo)
        return result


class WeakSet:
    """A set whose items go when nothing else refers to them."""

    def __init__(self, data=None):
        def remove(dead, self_ref=ref(self)):
            self = self_ref()
            if self is not None:
                self.data.discard(dead)

        self.data = set()
        self._remove = remove
        if data is not None:
            self.update(data)

    def __iter__(self):
        for wr in self.data.copy():
            item = wr()
            if item is not None:
                yield item

    def __len__(self):
        return len(self.data)

    def __contains__(self, item):
        try:
            wr = ref(item)
        except TypeError:
            return False
        return wr in self.data

    def __repr__(self):
        return repr(self.data)

    def add(self, item):
        self.data.add(ref(item, self._remove))

    def clear(self):
        self.data.clear()

    def copy(self):
        return type(self)(self)

    __copy__ = copy

    def pop(self):
        while True:
            try:
                wr = self.data.pop()
            except KeyError:
                raise KeyError("pop from empty WeakSet") from None
            item = wr()
            if item is not None:
                return item

    def remove(self, item):
        self.data.remove(ref(item))

    def discard(self, item):
        self.data.discard(ref(item))

    def update(self, other):
        for item in other:
            self.add(item)

    def __ior__(self, other):
        self.update(other)
        return self

    def difference(self, other):
        result = self.copy()
        result.difference_update(other)
        return result

    __sub__ = difference

    def difference_update(self, other):
        self.__isub__(other)

    def __isub__(self, other):
        if self is other:
            self.clear()
        else:
            for item in list(other):
                self.discard(item)
        return self

    def intersection(self, other):
        return type(self)([item for item in other if item in self])

    __and__ = intersection

    def intersection_update(self, other):
        self.__iand__(other)

    def __iand__(self, other):
        keep = set([ref(item) for item in other])
        for wr in self.data.copy():
            if wr not in keep:
                self.data.discard(wr)
        return self

    def symmetric_difference(self, other):
        result = self.copy()
        result.symmetric_difference_update(other)
        return result

    __xor__ = symmetric_difference

    def symmetric_difference_update(self, other):
        self.__ixor__(other)

    def __ixor__(self, other):
        if self is other:
            self.clear()
            return self
        for item in list(other):
            if item in self:
                self.discard(item)
            else:
                self.add(item)
        return self

    def union(self, other):
        result = self.copy()
        result.update(other)
        return result

    __or__ = union

    def issubset(self, other):
        return self.data.issubset([ref(item) for item in other])

    __le__ = issubset

    def __lt__(self, other):
        return self.data < set([ref(item) for item in other])

    def issuperset(self, other):
        return self.data.issuperset([ref(item) for item in other])

    __ge__ = issuperset

    def __gt__(self, other):
        return self.data > set([ref(item) for item in other])

    def __eq__(self, other):
        if not isinstance(other, WeakSet):
            return NotImplemented
        return self.data == set([ref(item) for item in other])

    __hash__ = None

    def isdisjoint(self, other):
        return len(self.intersection(other)) == 0


class _Call:
    __slots__ = ("weakref", "func", "args", "kwargs", "atexit", "index")


class finalize:
    """Calls a function once: when an object dies, when asked to, or at the end of the program."""

    __slots__ = ("__weakref__",)

    _registry = {}  # finalize: _Call; who takes an entry out owns the call
    _hooked = False
    _over = False  # the program has ended: what dies now is not announced
    _made = 0

    def __init__(self, obj, func, /, *args, **kwargs):
        if not finalize._hooked:
            finalize._hooked = True
            atexit.register(_at_exit)
        call = _Call()
        call.weakref = ref(obj, self)
        call.func = func
        call.args = args
        call.kwargs = kwargs or None
        call.atexit = True
        call.index = finalize._made
        finalize._made = call.index + 1
        finalize._registry[self] = call

    def __call__(self, _=None):
        call = finalize._registry.pop(self, None)
        if call is not None and not finalize._over:
            return call.func(*call.args, **(call.kwargs or {}))

    def detach(self):
        call = finalize._registry.get(self)
        obj = call.weakref() if call is not None else None
        if obj is not None and finalize._registry.pop(self, None) is not None:
            return (obj, call.func, call.args, call.kwargs or {})

    def peek(self):
        call = finalize._registry.get(self)
        obj = call.weakref() if call is not None else None
        if obj is not None:
            return (obj, call.func, call.args, call.kwargs or {})

    @property
    def alive(self):
        return self in finalize._registry

    @property
    def atexit(self):
        call = finalize._registry.get(self)
        return call is not None and call.atexit

    @atexit.setter
    def atexit(self, value):
        call = finalize._registry.get(self)
        if call is not None:
            call.atexit = bool(value)

    def __repr__(self):
        call = finalize._registry.get(self)
        obj = call.weakref() if call is not None else None
        if obj is None:
            return "<%s object at %#x; dead>" % (type(self).__name__, id(self))
        return "<%s object at %#x; for %r at %#x>" % (type(self).__name__, id(self),
                                                     type(obj).__name__, id(obj))


def _at_exit():
    # Newest first; functions may make further finalizers or take some away.
    while True:
        waiting = [(call.index, f) for f, call in finalize._registry.copy().items() if call.atexit]
        if not waiting:
            finalize._over = True
            return
        waiting.sort(key=lambda pair: pair[0], reverse=True)
        for index, f in waiting:
            try:
                f()
            except Exception:
                import sys
                sys.excepthook(*sys.exc_info())
