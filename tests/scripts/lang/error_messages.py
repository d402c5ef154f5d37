# SPDX-License-Identifier: MIT
# The messages of common mistakes, as programs print them.


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


class C:
    pass


c = C()
zero = 0
items = [1, 2]
table = {"a": 1}
text = "abc"
none = None
for f in (
        lambda: 1 / zero, lambda: 1 // zero, lambda: 1 % zero, lambda: 1.0 / zero,
        lambda: 1.0 // zero,
        lambda: 1.0 % zero, lambda: zero ** -1, lambda: 0.0 ** -1, lambda: 2**70 // zero,
        lambda: 2**70 / zero,
        lambda: 1 << -1, lambda: 1 >> -1, lambda: 2**70 % zero,
        lambda: 1 + "a", lambda: "a" + 1, lambda: "a" - "b", lambda: None + 1, lambda: [] + (),
        lambda: {} + 1,
        lambda: "a" * "b", lambda: "a" * 1.5, lambda: [1] * 1.5, lambda: 1.5 & 1, lambda: -"a",
        lambda: ~1.5, lambda: +"a", lambda: -none, lambda: not_defined + 1,
        lambda: 1 < "a", lambda: None < None, lambda: [] < {}, lambda: "a" >= 1, lambda: c < c,
        lambda: 1.5 > None,
        lambda: items[5], lambda: items[-5], lambda: items["a"], lambda: items[1.0],
        lambda: items[None],
        lambda: text[10], lambda: text["a"], lambda: table["z"], lambda: table[c.__class__],
        lambda: table[[]],
        lambda: zero[0], lambda: none[0], lambda: c[0], lambda: len[0], lambda: none["k"],
        lambda: zero(), lambda: none(), lambda: text(), lambda: items(), lambda: c(),
        lambda: zero.real.nope, lambda: none.nope, lambda: c.nope, lambda: C.nope,
        lambda: items.push(1),
        lambda: text.push, lambda: table.a, lambda: len.nope, lambda: (lambda: 0).nope,
        lambda: len(zero), lambda: len(none), lambda: len(c), lambda: iter(zero),
        lambda: list(none),
        lambda: [*zero], lambda: {**zero}, lambda: (lambda *a: a)(*none), lambda: 1 in 5,
        lambda: 1 in "a",
        lambda: "a" in none, lambda: int("ten"), lambda: int("1 2"), lambda: float("one"),
        lambda: "a".join([1]),
        lambda: "a".split(""), lambda: "a".index("z"), lambda: [].index(1), lambda: [].remove(1),
        lambda: {}.pop(1),
        lambda: [].pop(), lambda: "a".encode("nope"), lambda: "a" + b"b", lambda: b"a" + "b",
        lambda: hash([]),
        lambda: hash({}), lambda: {[]: 1}, lambda: sorted([1, None]), lambda: max([]),
        lambda: "%d" % "a",
        lambda: "{}".format(), lambda: "{x}".format(), lambda: round(none), lambda: sum(5),
        lambda: "abc".find(1),
        lambda: "a".replace(1, 2), lambda: "a".startswith(1), lambda: "a".center("b"),
        lambda: "a".zfill("b"),
        lambda: chr("a"), lambda: ord(1), lambda: list.append(1, 2), lambda: str.upper(1),
        lambda: dict.fromkeys(5), lambda: (1).to_bytes(0, "big"), lambda: (256).to_bytes(1, "big"),
        lambda: (-1).to_bytes(1, "big"), lambda: 10.0 ** 400, lambda: 2.0 ** 5000,
        lambda: int("9" * 5000) > 0,
        lambda: float(2**1100), lambda: 2**1100 / 3, lambda: 2**1100 * 1.0, lambda: (2**1100) + 0.5,
        lambda: [1, 2, 3][::0], lambda: range(0, 1, 0), lambda: slice(1)[0], lambda: super().x,
        lambda: object.__new__(5), lambda: int.__add__("a", 1), lambda: type(5, 6),
        lambda: isinstance(1, 1)):
    attempt(f)


def deletes():
    del items[9]


def deletes_key():
    del table["z"]


def deletes_attribute():
    del c.nope


def stores():
    items[9] = 1


def stores_string():
    text[0] = "x"


def stores_tuple():
    (1, 2)[0] = 5


def stores_none():
    none[0] = 5


def stores_attribute():
    zero.x = 5


def stores_none_attribute():
    none.x = 1


def stores_list_attribute():
    items.x = 1


def deletes_from_string():
    del text[0]


def unpacks():
    a, b = 5


def unpacks_none():
    a, b = none


def unpacks_few():
    a, b, d = items


def loops():
    for x in 5:
        pass


def loops_none():
    for x in none:
        pass


def withs():
    with 5:
        pass


def raises():
    raise 5


def imports():
    import no_such_module


for f in (deletes, deletes_key, deletes_attribute, stores, stores_string, stores_tuple, stores_none,
          stores_attribute,
          stores_none_attribute, stores_list_attribute, deletes_from_string, unpacks, unpacks_none,
          unpacks_few,
          loops, loops_none, withs, raises, imports):
    attempt(f)
