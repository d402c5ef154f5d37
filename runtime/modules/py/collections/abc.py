# SPDX-License-Identifier: MIT
#
# collections.abc - base classes named after the usual protocols, with the methods they add.
#
# They are plain classes: isinstance() knows those who inherit from them, not those who merely have
# the methods. Their use is in annotations and as base classes.

__all__ = ["Callable", "Collection", "Container", "Generator", "Hashable", "Iterable", "Iterator",
           "Mapping", "MutableMapping", "MutableSequence", "Reversible", "Sequence", "Set",
           "Sized"]


class Container:
    pass


class Hashable:
    pass


class Sized:
    pass


class Callable:
    pass


class Iterable:
    pass


class Iterator(Iterable):
    def __iter__(self):
        return self


class Generator(Iterator):
    def __next__(self):
        return self.send(None)


class Reversible(Iterable):
    pass


class Collection(Sized, Iterable, Container):
    pass


class Sequence(Reversible, Collection):
    def __iter__(self):
        i = 0
        while True:
            try:
                value = self[i]
            except IndexError:
                return
            yield value
            i += 1

    def __contains__(self, value):
        for item in self:
            if item is value or item == value:
                return True
        return False

    def __reversed__(self):
        for i in range(len(self) - 1, -1, -1):
            yield self[i]

    def index(self, value, start=0, stop=None):
        size = len(self)
        if start < 0:
            start = max(start + size, 0)
        if stop is None:
            stop = size
        elif stop < 0:
            stop += size
        for i in range(start, min(stop, size)):
            item = self[i]
            if item is value or item == value:
                return i
        raise ValueError

    def count(self, value):
        n = 0
        for item in self:
            if item is value or item == value:
                n += 1
        return n


class MutableSequence(Sequence):
    def append(self, value):
        self.insert(len(self), value)

    def clear(self):
        while len(self):
            self.pop()

    def reverse(self):
        n = len(self)
        for i in range(n // 2):
            self[i], self[n - i - 1] = self[n - i - 1], self[i]

    def extend(self, values):
        if values is self:
            values = list(values)
        for value in values:
            self.append(value)

    def pop(self, index=-1):
        value = self[index]
        del self[index]
        return value

    def remove(self, value):
        del self[self.index(value)]

    def __iadd__(self, values):
        self.extend(values)
        return self


class Set(Collection):
    def __le__(self, other):
        if len(self) > len(other):
            return False
        for item in self:
            if item not in other:
                return False
        return True

    def __eq__(self, other):
        return len(self) == len(other) and self <= other

    __hash__ = None

    def isdisjoint(self, other):
        for item in other:
            if item in self:
                return False
        return True


class Mapping(Collection):
    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        return True

    def keys(self):
        return [key for key in self]

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]

    def __eq__(self, other):
        if not hasattr(other, "items"):
            return NotImplemented
        return dict(self.items()) == dict(other.items())

    __hash__ = None


_MISSING = object()


class MutableMapping(Mapping):
    def pop(self, key, default=_MISSING):
        try:
            value = self[key]
        except KeyError:
            if default is _MISSING:
                raise
            return default
        del self[key]
        return value

    def popitem(self):
        for key in self:
            value = self[key]
            del self[key]
            return key, value
        raise KeyError

    def clear(self):
        for key in list(self):
            del self[key]

    def update(self, other=(), **kwargs):
        if hasattr(other, "keys"):
            for key in other.keys():
                self[key] = other[key]
        else:
            for key, value in other:
                self[key] = value
        for key, value in kwargs.items():
            self[key] = value

    def setdefault(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            self[key] = default
        return default
