# SPDX-License-Identifier: MIT
# Comprehensions of all kinds: conditions, nesting, scopes, unpacking, order of evaluation.

print([x for x in range(5)], [x * y for x in range(3) for y in range(3)],
      [x for x in range(20) if x % 3 if x % 2],
      [(x, y) for x in range(3) if x for y in range(x)], [[y for y in range(x)] for x in range(4)])
print({x: x * x for x in range(4)}, {k: v for k, v in zip("abc", [1, 2, 3]) if v != 2},
      {x % 2: x for x in range(6)})
print(sorted({len(w) for w in ["a", "bb", "cc"]}), {i for i in ()},
      {i: j for i in range(2) for j in range(3)})
print([a + b for a, b in [(1, 2), (3, 4)]], [a for a, *b in [(1, 2, 3), "xyz"]],
      [k for k in {"x": 1, "y": 2}],
      [i if i % 2 else -i for i in range(5)], [not x for x in (0, 1)],
      [lambda: 1 for _ in range(1)][0]())
matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], [v for row in matrix for v in row],
      list(zip(*matrix)),
      [sum(row) for row in matrix], sum(sum(row) for row in matrix))
words = "the quick brown fox jumps over the lazy dog".split()
index = {}
for position, word in enumerate(words):
    index.setdefault(word[0], []).append(position)
print(index, {w: words.count(w) for w in words if words.count(w) > 1},
      sorted({w[0] for w in words}))
primes = [n for n in range(2, 60) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
print(primes)


def trace(v):
    print("t%s" % v, end=" ")
    return v


print([trace(x) for x in [1, 2] if trace(x + 10)], {trace(1): trace(2)})
print([(trace(i), trace(j)) for i in range(2) for j in range(i + 1)])


def uses_argument(n):
    return [[i * n + j for j in range(n)] for i in range(n)], {n: [n for _ in range(2)]}


print(uses_argument(2))
x = "outside"
print([x for x in "ab"], x, [[x for x in "cd"] for _ in range(1)], x)
g = (i for i in range(3))
print(next(g), list(g), list(g))
print([c for c in (d for d in "abc") if c != "b"], list(map(lambda p: p[0] + p[1], [(1, 2)])),
      [*(i for i in range(2))])


class K:
    base = [1, 2]
    twice = [b * 2 for b in base]
    total = sum(b for b in base)


print(K.twice, K.total)
try:
    [1 / i for i in (1, 0)]
except ZeroDivisionError as error:
    print(error)
