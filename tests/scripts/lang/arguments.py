# SPDX-License-Identifier: MIT
# Calls and parameters: defaults, *args, keyword-only, **kw, positional-only, error messages.


def plain(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw


print(plain(1, c=3), plain(1, 2, 3, 4, c=5, e=6), plain(a=1, c=2),
      plain(*[1, 2], **{"c": 3, "x": 4}),
      plain(1, *[2, 3], c=0, *[4], **{"d": 1}, **{"z": 2}))


def defaults(a, b=[], c=None):
    b.append(a)
    return b, c


print(defaults(1), defaults(2), defaults(3, []), defaults(4, c=5))


def only_args(*args):
    return args


def only_kw(**kw):
    return kw


def keyword_only(*, a, b=1):
    return a, b


def positional_only(a, b=2, /, c=3):
    return a, b, c


print(only_args(), only_args(1, *"ab", *range(2)), only_kw(), only_kw(a=1, **{"b c": 2}),
      keyword_only(a=5),
      positional_only(1), positional_only(1, 5, c=6))
print((lambda a, b=1, *c, d=2, **e: (a, b, c, d, e))(0, 1, 2, d=3, f=4))


def order():
    def show(v):
        print(v, end=" ")
        return v

    def target(*args, **kw):
        return len(args) + len(kw)

    return target(show(1), *[show(2)], k=show(3), **{"l": show(4)})


print(order())
n = 5


def default_is_evaluated_once(v=n):
    return v


n = 6
print(default_is_evaluated_once())


def annotated(a: int, b: "text" = 1, *c: float, d: list = None) -> dict:
    e: int = 3
    f: str
    return a, b, c, d, e


print(annotated(1))


def many(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9):
    return a0 + a9 * 2 + b0 * 3 + b9 * 4


print(many(*range(20)), many(**{"%s%d" % (l, i): i for l in "ab" for i in range(10)}))


class C:
    def method(self, a, *, b=1):
        return a, b

    @classmethod
    def cls_method(cls, a):
        return cls.__name__, a

    @staticmethod
    def static(a, b=2):
        return a, b

    def __call__(self, x):
        return x * 2


print(C().method(1, b=2), C.cls_method(1), C().static(1), C()(4), C.method(C(), 5),
      list(map(C(), [1, 2])))


def attempt(f):
    try:
        print(f())
    except TypeError as e:
        print("TypeError:", e)


attempt(lambda: plain())
attempt(lambda: plain(1))
attempt(lambda: plain(1, a=2, c=3))
attempt(lambda: defaults())
attempt(lambda: defaults(1, 2, 3, 4))
attempt(lambda: defaults(1, z=2))
attempt(lambda: defaults(1, b=[], **{"b": []}))
attempt(lambda: keyword_only(1))
attempt(lambda: keyword_only())
attempt(lambda: positional_only(a=1))
attempt(lambda: positional_only())
attempt(lambda: only_args(a=1))
attempt(lambda: only_kw(1))
attempt(lambda: only_kw(**{1: 2}))
attempt(lambda: only_args(*5))
attempt(lambda: only_kw(**5))
attempt(lambda: C().method())
attempt(lambda: C().method(1, 2))
attempt(lambda: C.method())
attempt(lambda: C.cls_method())
attempt(lambda: C().static())
attempt(lambda: C(1))
attempt(lambda: (lambda a, b: a)(1))
attempt(lambda: many(1))
attempt(lambda: len())
attempt(lambda: len(1, 2))
attempt(lambda: len(5))
attempt(lambda: [].append())
attempt(lambda: [].append(1, 2))
attempt(lambda: print(1, nosuch=2))
attempt(lambda: int(1, 2, 3))
