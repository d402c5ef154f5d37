# SPDX-License-Identifier: MIT
# functools.
import functools
from functools import cache, cached_property, cmp_to_key, lru_cache, partial, reduce
from functools import total_ordering, wraps


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


print(reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, b: a * b, range(1, 6), 10),
      reduce(max, [3], 1),
      reduce(lambda a, b: b, [], "initial"))
attempt(lambda: reduce(max, []))


def show(a, b=2, *args, **kw):
    return a, b, args, kw


p = partial(show, 1, c=3)
print(p(), p(5), p(5, 6, c=7, d=8), p.func is show, p.args, p.keywords, partial(p, 9, e=1)())
print(list(map(partial(pow, 2), range(4))), partial(int, base=2)("101"))
attempt(lambda: partial(5))
print(sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)),
      sorted(["bb", "a", "cc"], key=cmp_to_key(lambda a, b: (len(a) > len(b)) - (len(a) < len(b)))))


def trace(f):
    @wraps(f)
    def wrapper(*args):
        "Wrapper doc."
        return f(*args)
    return wrapper


@trace
def documented(a):
    "Original doc."
    return a


print(documented.__name__, documented.__doc__, documented.__wrapped__(4), documented(5))
calls = []


@lru_cache(maxsize=2)
def slow(a, b=0):
    calls.append((a, b))
    return a * 10 + b


print(slow(1), slow(2), slow(1), slow(3), slow(2), slow(1, b=5), slow(1, b=5), calls)
info = slow.cache_info()
print(info, info.hits, info.misses, info.maxsize, info.currsize, slow.__name__)
slow.cache_clear()
print(slow.cache_info())


@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@lru_cache
def plain(n):
    return n


@lru_cache(None, typed=True)
def typed(v):
    return type(v).__name__


print(fib(100), fib.cache_info(), plain(1), plain.cache_info().maxsize, typed(1), typed(1.0),
      typed(True),
      typed.cache_info().currsize)
attempt(lambda: plain([]))


class Data:
    computed = 0

    @cached_property
    def value(self):
        "Doc."
        Data.computed += 1
        return 42

    @lru_cache(maxsize=None)
    def method(self, n):
        return n + self.value


d = Data()
print(d.value, d.value, Data.computed, d.__dict__, d.method(1), d.method(1),
      Data.method.cache_info().hits)
d.value = 5
print(d.value)
del d.value
print(d.value, Data.computed)


@total_ordering
class Size:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n


a, b = Size(1), Size(2)
print(a < b, a <= b, a > b, a >= b, a <= a, a >= a, a == a, sorted([b, a])[0].n, max(a, b).n)
print(functools.WRAPPER_ASSIGNMENTS[1])
