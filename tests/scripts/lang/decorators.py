# SPDX-License-Identifier: MIT
# Decorators on functions, methods and classes, with and without arguments.

order = []


def plain(f):
    def wrapper(*args, **kw):
        order.append("before " + f.__name__)
        try:
            return f(*args, **kw)
        finally:
            order.append("after " + f.__name__)
    return wrapper


def with_args(prefix, suffix="!"):
    def decorate(f):
        def wrapper(*args):
            return prefix + f(*args) + suffix
        return wrapper
    return decorate


@plain
def add(a, b=1):
    return a + b


@with_args("<", suffix=">")
@with_args("[", "]")
def name(v):
    return str(v)


print(add(1), add(1, b=5), name(3), order)


def class_decorator(cls):
    cls.added = "added to " + cls.__name__
    cls.method = lambda self: "method of " + type(self).__name__
    return cls


@class_decorator
class Plain:
    pass


print(Plain.added, Plain().method())
registry = {}


def register(key):
    def store(thing):
        registry[key] = thing
        return thing
    return store


@register("f")
def f():
    return "f called"


@register("C")
class C:
    @plain
    def method(self, v):
        return v * 2

    @staticmethod
    @with_args("s:")
    def static(v):
        return v

    @classmethod
    def make(cls):
        return cls()

    @property
    @plain
    def prop(self):
        return "prop value"


print(sorted(registry), registry["f"](), C().method(4), C.static("x"), C.make().prop, len(order))


class Counter:
    def __init__(self, f):
        self.f = f
        self.calls = 0

    def __call__(self, *args):
        self.calls += 1
        return self.f(*args)


@Counter
def counted(v):
    return v


print(counted(1), counted(2), counted.calls)


def trace(label):
    print("make", label)

    def decorate(f):
        print("apply", label)
        return f
    return decorate


@trace("outer")
@trace("inner")
def g():
    "Doc of g."


print(g.__name__, g.__doc__, g.__qualname__, add.__name__)


def memoize(f):
    cache = {}

    def wrapper(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]
    wrapper.cache = cache
    return wrapper


@memoize
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), len(fib.cache))


@lambda f: f() * 2
def value():
    return 21


print(value)
f.attribute = "functions have attributes"
print(f.attribute, f.__dict__, hasattr(f, "nope"))
