# SPDX-License-Identifier: MIT
# random: the same numbers as python3 for the same seeds.
import random

for seed in (0, 1, -7, 2**32, 2**64 + 1, 10**30, 3.5, True, "", "abc", "héllo", b"bytes",
             bytearray(b"x")):
    r = random.Random(seed)
    print(repr(seed), r.random(), r.getrandbits(1), r.getrandbits(32), r.getrandbits(100),
          r.randrange(10),
          r.randint(-5, 5), r.choice("abcdef"), r.uniform(1, 2), r.gauss(0, 1), r.gauss(0, 1))
random.seed(42)
print([random.random() for _ in range(3)])
print([random.randrange(100) for _ in range(10)], [random.randrange(0, 100, 7) for _ in range(5)],
      [random.randrange(100, 0, -9) for _ in range(5)], random.randrange(10**30))
items = list(range(20))
random.shuffle(items)
print(items, random.sample(range(1000), 10), random.sample(items, 3), random.sample("abc", 3))
print(random.choices("abc", k=8), random.choices("abc", weights=[1, 5, 1], k=8),
      random.choices([1, 2], cum_weights=[1, 3], k=5))
print(random.normalvariate(0, 1), random.expovariate(2), random.triangular(0, 10, 3),
      random.betavariate(2, 3),
      random.gammavariate(2, 1), random.gammavariate(0.5, 1), random.lognormvariate(0, 1),
      random.paretovariate(3), random.weibullvariate(1, 2), random.vonmisesvariate(1, 2))
print(random.randbytes(8), random.getrandbits(0), random.getrandbits(64))
state = random.getstate()
a = [random.random() for _ in range(5)]
random.setstate(state)
print(a == [random.random() for _ in range(5)])
random.seed("reset")
total = 0.0
for _ in range(2000):
    total += random.random()
print(total)
r = random.Random(99)
print(sum(r.getrandbits(17) for _ in range(1000)), r.random())
s = random.Random()
t = random.Random()
print(0 <= s.random() < 1, s.random() != t.random())


class Mine(random.Random):
    def random(self):
        return 0.25


print(Mine(1).random(), Mine(1).uniform(0, 4), Mine(1).choices("abcd", k=2))


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: random.choice([]))
attempt(lambda: random.randrange(0))
attempt(lambda: random.randrange(5, 2))
attempt(lambda: random.randint(2, 1))
attempt(lambda: random.sample([1], 2))
attempt(lambda: random.sample({1}, 1))
attempt(lambda: random.seed([]))
attempt(lambda: random.choices("ab", weights=[1]))
attempt(lambda: random.getrandbits(-1))
