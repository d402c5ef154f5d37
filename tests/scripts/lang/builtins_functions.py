# SPDX-License-Identifier: MIT
# The built-in functions, each with its usual arguments and its errors.


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


print("abs", abs(-3), abs(-2.5), abs(True), abs(-2**70))
print("all/any", all([]), all([1, "a"]), all([1, 0]), any([]), any([0, "", 3]),
      any(v > 2 for v in (1, 3)))
print("ascii/bin/hex/oct", ascii("aé"), bin(10), bin(-3), hex(255), hex(-255), oct(8), bin(2**65))
print("bool", bool(), bool(0), bool("x"), bool([]), bool(None), True + True, True == 1, repr(True),
      int(True))
print("callable", callable(len), callable(5), callable(lambda: 0), callable(str))
print("chr/ord", chr(97), ord("a"), chr(0x20ac), ord("\U0001f600"))
print("divmod", divmod(17, 5), divmod(-17, 5), divmod(17, -5), divmod(1.5, 0.5))
print("enumerate", list(enumerate("ab")), list(enumerate("ab", 5)), list(enumerate([], start=1)))
print("filter", list(filter(None, [0, 1, "", "a"])), list(filter(lambda v: v > 1, [1, 2, 3])))
print("float/int", int(), int("12"), int(" -7 "), int("0x1f", 16), int("ff", 16), int("0b11", 0),
      int("0o17", 0),
      int("z", 36), int(3.9), int("1_000"), int(b"12"), float("1.5"), float(), int("-0"), int("٣"))
print("getattr", getattr("a", "upper")(), getattr(5, "nope", None), hasattr("a", "join"),
      hasattr("a", "nope"))
print("isinstance", isinstance(1, int), isinstance(True, int), isinstance("a", (int, str)),
      isinstance(None, type(None)),
      issubclass(bool, int), issubclass(int, (str, object)), isinstance(5, object),
      isinstance(int, type))
print("iter/next", next(iter([1])), next(iter([]), "default"), list(iter("ab")),
      list(iter([3, 2, 1, 0].pop, 1)))
print("len", len("abc"), len([1]), len({}), len((1, 2)), len(range(10)), len(b"ab"), len({1, 2}))
print("map", list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2], [10, 20, 30])),
      list(map(None, [])) == [])
print("max/min", max(1, 2), max([3, 1]), max("ab", "b"), max([], default=0), min(3, 1, 2),
      min("hello"),
      max([1, -5], key=abs), min(["aa", "b"], key=len), max((1, 2), (1, 3)), max(1, 1.0),
      max(True, 1))
print("pow", pow(2, 5), pow(2, -1), pow(2, 5, 7), pow(2.0, 3), pow(-2, 3))
print("reversed", list(reversed([1, 2])), list(reversed("ab")), list(reversed(range(3))),
      list(reversed((1,))))
print("round", round(2.5), round(3.5), round(2.567, 2), round(-2.5), round(7), round(1234, -2))
print("sorted", sorted([3, 1, 2]), sorted("bca"), sorted([1, 2], reverse=True),
      sorted({"b": 1, "a": 2}))
print("sum", sum([1, 2]), sum([], 5), sum([1.5, 2]), sum([[1], [2]], []), sum((1, 2), start=10),
      sum([True, True]))
print("type", type(1).__name__, type("a") is str, type(None).__name__, type([]) == list,
      type(type).__name__,
      type(len).__name__, type(lambda: 0).__name__, type(range(1)).__name__,
      type({}.keys()).__name__,
      type(iter([])).__name__, type(Exception()).__name__, type(...).__name__,
      type(NotImplemented).__name__)
print("zip", list(zip([1, 2], "ab")), list(zip()), list(zip([1])), list(zip(*[(1, 2), (3, 4)])),
      list(zip([1, 2], [3])),
      dict(zip("ab", range(2))))
print("repr/str", repr("a"), str("a"), repr(1.0), str(None), repr([1, "b", None]), repr(("x",)),
      repr({1: {2}}), repr(len))
print("hash/id", hash("a") == hash("a"), hash(1) == hash(1.0), id(5) == id(5), hash(()) == hash(()),
      hash(None) == hash(None))
print("list/tuple/dict/set", list((1,)), tuple([1]), dict(a=1), set([1]), list(), tuple(), dict(),
      set())
print("print", end="")
print("", 1, "a", None, [2], sep="|", end="!\n")
print("object", type(object()).__name__, object() == object())
print("format", format(5, "03d"), format("a"), format(2.5, ".2f"))
print("slice", slice(1, 2), [1, 2, 3][slice(1, None)])

attempt(lambda: chr(-1))
attempt(lambda: chr(0x110000))
attempt(lambda: ord("ab"))
attempt(lambda: ord(5))
attempt(lambda: int("abc"))
attempt(lambda: int("12", 2))
attempt(lambda: int("12", 1))
attempt(lambda: int(""))
attempt(lambda: int("1.5"))
attempt(lambda: int(None))
attempt(lambda: int([]))
attempt(lambda: int(1.5, 10))
attempt(lambda: int(float("nan")))
attempt(lambda: int(float("inf")))
attempt(lambda: float("x"))
attempt(lambda: float(None))
attempt(lambda: float([]))
attempt(lambda: float("1e"))
attempt(lambda: float(10**400))
attempt(lambda: abs("a"))
attempt(lambda: sum(["a"]))
attempt(lambda: sum("ab", ""))
attempt(lambda: max(1))
attempt(lambda: max())
attempt(lambda: min([1, "a"]))
attempt(lambda: next([]))
attempt(lambda: iter(5))
attempt(lambda: reversed({1}))
attempt(lambda: round("a"))
attempt(lambda: divmod(1, 0))
attempt(lambda: pow(2, 3, 0))
attempt(lambda: hex(1.5))
attempt(lambda: isinstance(1, "int"))
attempt(lambda: issubclass(1, int))
attempt(lambda: enumerate(5))
attempt(lambda: zip([1], 5))
attempt(lambda: list(map(5, [1])))
attempt(lambda: list(map(len, [5])))
attempt(lambda: getattr("a", "nope"))
attempt(lambda: getattr("a", 5))
attempt(lambda: setattr(5, "x", 1))
attempt(lambda: sorted(5))
attempt(lambda: sorted([1], key=5))
attempt(lambda: bool(1, 2))
attempt(lambda: dict(5))
attempt(lambda: range("a"))
attempt(lambda: range())
attempt(lambda: str(b"a", "nope"))
attempt(lambda: all(5))
attempt(lambda: print(sep=5))
attempt(lambda: filter())
attempt(lambda: bytes(-1))
attempt(lambda: complex_is_not_here)
