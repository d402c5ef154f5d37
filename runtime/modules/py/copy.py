# SPDX-License-Identifier: MIT
#
# copy.py - shallow and deep copies.
#
# A class may define __copy__() and __deepcopy__(memo). Other instances are made anew without
# calling __init__ and get the attributes of the old one, from __dict__ and __slots__.
# memo maps the id of every original to its copy, so shared and cyclic structure is kept; the list
# under the id of memo itself keeps the originals alive while their ids are in use.

__all__ = ["Error", "copy", "deepcopy"]


class Error(Exception):
    pass


error = Error


def _plain_function():
    pass


# Copies of these are the things themselves.
_ATOMIC = {type(None), bool, int, float, str, bytes, range, type, type(_plain_function), type(len),
           type(...), type(NotImplemented), property}


def _is_atomic(kind):
    return kind in _ATOMIC or issubclass(kind, type)


def copy(x):
    kind = type(x)
    if _is_atomic(kind) or kind is tuple or kind is frozenset:
        return x
    if kind is list or kind is dict or kind is set or kind is bytearray:
        return x.copy()
    method = getattr(kind, "__copy__", None)
    if method is not None:
        return method(x)
    result = _new_like(x)
    for name, value in _attributes(x):
        setattr(result, name, value)
    return result


def _base_value(x):
    # The part of an instance that a built-in base class holds.
    for base in (list, dict, set):
        if isinstance(x, base):
            return base
    return None


def _new_like(x):
    kind = type(x)
    for base in (int, float, str, bytes, tuple, frozenset):
        if isinstance(x, base):
            return base.__new__(kind, x)
    if isinstance(x, BaseException):
        result = kind.__new__(kind, *x.args)
        result.args = x.args
        return result
    try:
        result = kind.__new__(kind)
    except TypeError:
        raise TypeError("cannot copy '%s' object" % kind.__name__) from None
    base = _base_value(x)
    if base is list:
        result.extend(x)
    elif base is not None:
        base.update(result, x)
    return result


def _attributes(x):
    pairs = list(getattr(x, "__dict__", {}).items())
    for kind in type(x).__mro__:
        slots = getattr(kind, "__slots__", ())
        if isinstance(slots, str):
            slots = (slots,)
        for name in slots:
            if name not in ("__dict__", "__weakref__") and hasattr(x, name):
                pairs.append((name, getattr(x, name)))
    return pairs


def deepcopy(x, memo=None):
    kind = type(x)
    if _is_atomic(kind):
        return x
    if memo is None:
        memo = {}
    key = id(x)
    if key in memo:
        return memo[key]
    method = getattr(kind, "__deepcopy__", None)
    if kind is list:
        result = []
        memo[key] = result
        for item in x:
            result.append(deepcopy(item, memo))
    elif kind is dict:
        result = {}
        memo[key] = result
        for name, value in x.items():
            result[deepcopy(name, memo)] = deepcopy(value, memo)
    elif kind is set:
        result = set()
        memo[key] = result
        for item in x:
            result.add(deepcopy(item, memo))
    elif kind is tuple or kind is frozenset:
        result = _deepcopy_fixed(x, kind, memo)
    elif kind is bytearray:
        result = bytearray(x)
    elif method is not None:
        result = method(x, memo)
    else:
        return _deepcopy_instance(x, memo)
    memo[key] = result
    _keep(x, memo)
    return result


def _keep(x, memo):
    memo.setdefault(id(memo), []).append(x)


def _deepcopy_fixed(x, kind, memo):
    items = [deepcopy(item, memo) for item in x]
    # A tuple that contains itself, by way of a list, has been copied meanwhile.
    if id(x) in memo:
        return memo[id(x)]
    if kind is frozenset:
        return frozenset(items)
    for old, new in zip(x, items):
        if old is not new:
            return tuple(items)
    return x


def _deepcopy_instance(x, memo):
    base = _base_value(x)
    if base is None and isinstance(x, (tuple, frozenset)):
        result = _new_like(x)
        values = [deepcopy(item, memo) for item in x]
        result = (tuple if isinstance(x, tuple) else frozenset).__new__(type(x), values)
    elif base is not None:
        result = type(x).__new__(type(x))
    else:
        result = _new_like(x)
    memo[id(x)] = result
    _keep(x, memo)
    if base is list:
        for item in x:
            result.append(deepcopy(item, memo))
    elif base is dict:
        for name, value in x.items():
            dict.__setitem__(result, deepcopy(name, memo), deepcopy(value, memo))
    elif base is set:
        for item in x:
            result.add(deepcopy(item, memo))
    for name, value in _attributes(x):
        setattr(result, name, deepcopy(value, memo))
    return result
