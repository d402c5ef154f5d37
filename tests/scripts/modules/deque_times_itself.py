# SPDX-License-Identifier: MIT
# What is not a number does not make a deque wait for its own lock.
from collections import deque


class Two:
    def __index__(self):
        return 2


def attempt(f, *args):
    d = deque([1, 2, 3])
    try:
        print(f(d, *[d if a == "itself" else a for a in args]), d)
    except TypeError:
        print("TypeError", d)


for n in ("itself", "a %s", [1], 1.5, 2, Two()):
    attempt(deque.__imul__, n)
    attempt(deque.__mul__, n)
    attempt(deque.rotate, n)
    attempt(lambda d, n: d.insert(n, 9), n)
