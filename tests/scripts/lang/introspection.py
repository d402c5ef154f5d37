# SPDX-License-Identifier: MIT
# Looking at names and objects: dir, vars, globals, locals, attributes of functions and classes.

x = 1


class C:
    "A class."
    a = 1

    def __init__(self):
        self.b = 2

    def method(self):
        "A method."


def f(a, b=2, *c, d=4, **e):
    "A function."
    local = a
    return sorted(locals())


print("append" in dir([]), "x" in dir(), "f" in globals(), globals()["__name__"], globals()["x"])
print([n for n in dir(C()) if n[0] != "_"], vars(C()), "a" in vars(C), C.__dict__["a"])
print(f(1), (lambda p: locals())(1))
globals()["made"] = 5
print(made)
print(f.__name__, f.__doc__, f.__defaults__, f.__kwdefaults__, f.__module__, f.__qualname__)
print(C.__name__, C.__doc__, C.method.__doc__, C.method.__qualname__, C.__module__,
      C().__class__ is C)
print(f.__code__.co_name, f.__code__.co_argcount, f.__code__.co_varnames[:2])
c = C()
print(c.__doc__, c.method.__name__, c.method.__self__ is c, c.method.__func__ is C.method)
print(C.__bases__, C.__mro__, type(c).__name__, isinstance(c, object), id(c) == id(c))
print(len.__name__, [].append.__name__, str.upper.__name__, int.__name__, type(None).__name__)


def annotated(p: int, q: "str" = "") -> bool:
    pass


print(annotated.__name__)


def outer():
    v = 10

    def inner():
        return v
    return inner


print(outer().__closure__[0].cell_contents, outer().__qualname__)
