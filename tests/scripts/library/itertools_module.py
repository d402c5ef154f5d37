# SPDX-License-Identifier: MIT
# itertools.
import itertools as it
from itertools import (accumulate, chain, combinations, combinations_with_replacement, compress,
                       count, cycle,
                       dropwhile, filterfalse, groupby, islice, pairwise, permutations, product,
                       repeat, starmap,
                       takewhile, tee, zip_longest)


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


print(list(islice(count(), 4)), list(islice(count(10, -3), 4)), list(islice(count(0.5, 0.25), 3)),
      count(5), count(1, 2))
print(list(islice(cycle("ab"), 5)), list(cycle([])), list(repeat("x", 3)),
      list(islice(repeat(1), 2)), list(map(pow, [2, 3], repeat(2))))
print(list(chain([1], "ab", ())), list(chain()), list(chain.from_iterable([[1, 2], [3]])),
      next(chain([7])))
print(list(islice("abcdef", 2)), list(islice("abcdef", 2, 4)), list(islice("abcdef", 1, None, 2)),
      list(islice("abc", None)),
      list(islice("abc", 0)), list(islice([1, 2], 5, 9)))
source = iter(range(10))
print(list(islice(source, 3)), next(source), list(islice(source, 1, 4, 2)), list(source))
print(list(takewhile(lambda v: v < 3, [1, 2, 5, 1])), list(dropwhile(lambda v: v < 3,
                                                                     [1, 2, 5, 1])),
      list(filterfalse(lambda v: v % 2, range(6))), list(filterfalse(None, [0, 1, ""])),
      list(compress("abcd", [1, 0, 1, 1])))
print(list(starmap(pow, [(2, 3), (3, 2)])), list(accumulate([1, 2, 3, 4])),
      list(accumulate([3, 1, 4], max)),
      list(accumulate([1, 2], initial=10)), list(accumulate([])), list(accumulate("abc")))
print(list(pairwise([1, 2, 3])), list(pairwise("a")), list(zip_longest([1, 2, 3], "a")),
      list(zip_longest("ab", [1], [], fillvalue="-")),
      list(zip_longest()))
print(list(product("ab", [1, 2])), list(product([0, 1], repeat=3)), list(product()),
      list(product("a", [])), list(product([1], repeat=0)))
print(list(permutations([1, 2, 3])), list(permutations("abc", 2)), list(permutations("ab", 3)),
      list(permutations("ab", 0)),
      len(list(permutations(range(6)))))
print(list(combinations("abcd", 2)), list(combinations(range(4), 3)), list(combinations("ab", 3)),
      list(combinations("ab", 0)),
      len(list(combinations(range(10), 5))))
print(list(combinations_with_replacement("abc", 2)), list(combinations_with_replacement("", 1)),
      list(combinations_with_replacement("ab", 0)))
print([(k, list(g)) for k, g in groupby("aaabbca")], [(k, len(list(g))) for k,
                                                      g in groupby(range(10), lambda v: v // 4)],
      [k for k, g in groupby([1, 1, 2])], list(groupby([])))
groups = groupby("aabb")
first_key, first = next(groups)
second_key, second = next(groups)
print(first_key, list(first), second_key, next(second), list(second), list(groups))
a, b, c = tee(iter([1, 2, 3]), 3)
print(next(a), next(a), next(b), list(c), list(a), list(b), tee([], 0))
print(sum(it.islice(it.count(1), 100)), max(it.permutations([1, 3, 2])),
      dict(zip("ab", it.count())))
numbers = count()
print(next(numbers), next(numbers), [next(numbers) for _ in range(3)])
attempt(lambda: islice([1], -1))
attempt(lambda: list(product([1], repeat=-1)))
attempt(lambda: list(combinations([1], -1)))
attempt(lambda: next(iter(chain())))
