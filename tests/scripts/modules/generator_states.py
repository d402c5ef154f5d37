# SPDX-License-Identifier: MIT
# random: seeds of every size, states, long draws, sharing one generator between threads.
import random
import threading


def attempt(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__ + ":", e)


for seed in (0, 1, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 64, 2 ** 19937, 3 ** 20000, "", "a" * 200,
             b"\x00\xff" * 50, 0.5, -7):
    r = random.Random(seed)
    print(r.random(), r.getrandbits(1), r.getrandbits(31), r.getrandbits(32), r.getrandbits(33),
          r.getrandbits(200), r.randrange(10 ** 30), r.gauss(0, 1))
r = random.Random(42)
total = 0
for _ in range(5000):
    total ^= r.getrandbits(32)
print(total, r.random())
state = r.getstate()
a = [r.random() for _ in range(700)]
r.setstate(state)
print(a == [r.random() for _ in range(700)], len(state[1]), state[0])
attempt(lambda: r.getrandbits(-1))
attempt(lambda: r.getrandbits("a"))
attempt(lambda: r.getrandbits(0))
attempt(lambda: r.setstate((3, (1, 2), None)))
attempt(lambda: r.setstate((3, [1], None)))
r.shuffle(a)
print(a[:3], r.sample(range(1000), 5), r.choices("abc", k=6))

# Draws of several threads are dealt out: together they are the sequence of one.
shared = random.Random(7)
expected = random.Random(7)
want = sorted(expected.random() for _ in range(8000))
got = [[] for _ in range(4)]
barrier = threading.Barrier(4)


def draw(mine):
    barrier.wait()
    for _ in range(2000):
        mine.append(shared.random())


threads = [threading.Thread(target=draw, args=(mine,)) for mine in got]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(x for mine in got for x in mine) == want, shared.random() == expected.random())
