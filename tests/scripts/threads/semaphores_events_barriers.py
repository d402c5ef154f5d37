# SPDX-License-Identifier: MIT
# Semaphore, BoundedSemaphore, Event, Barrier, Timer.
import threading


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


def run_all(threads):
    for t in threads:
        t.start()
    for t in threads:
        t.join()


print("semaphore")
s = threading.Semaphore(2)
print(s.acquire(), s.acquire(), s.acquire(blocking=False), s.acquire(timeout=0.01), s.release(),
      s.acquire(False), s.release(2))
inside = 0
most = 0
guard = threading.Lock()


def limited():
    global inside, most
    for _ in range(50):
        with s:
            with guard:
                inside += 1
                most = max(most, inside)
            with guard:
                inside -= 1


run_all([threading.Thread(target=limited) for _ in range(6)])
print(most <= 2, inside, s.acquire(False), s.acquire(False), s.acquire(False))
z = threading.Semaphore(0)
passed = []


def wait_and_pass(i):
    z.acquire()
    passed.append(i)


threads = [threading.Thread(target=wait_and_pass, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for _ in range(4):
    z.release()
for t in threads:
    t.join()
print(sorted(passed), z.acquire(blocking=False))
attempt(lambda: threading.Semaphore(-1))
attempt(lambda: z.acquire(False, 1))
attempt(lambda: z.release(0))
b = threading.BoundedSemaphore(2)
with b:
    print("held", b.acquire(False), b.acquire(False))
b.release()
attempt(lambda: b.release())
attempt(lambda: threading.BoundedSemaphore(1).release(5))

print("event")
e = threading.Event()
print(e.is_set(), e.wait(0.01), e.wait(0), e.set(), e.is_set(), e.wait(), e.wait(5), e.clear(),
      e.is_set())
seen = []


def wait_event():
    seen.append(e.wait())


threads = [threading.Thread(target=wait_event) for _ in range(5)]
for t in threads:
    t.start()
e.set()
for t in threads:
    t.join()
print(seen)
ping = threading.Event()
pong = threading.Event()
rally = []


def player(mine, other, name):
    for _ in range(20):
        mine.wait()
        mine.clear()
        rally.append(name)
        other.set()


threads = [threading.Thread(target=player, args=(ping, pong, "ping")),
           threading.Thread(target=player, args=(pong, ping, "pong"))]
for t in threads:
    t.start()
ping.set()
for t in threads:
    t.join()
print(rally == ["ping", "pong"] * 20)

print("barrier")
rounds = []
actions = []
barrier = threading.Barrier(4, action=lambda: actions.append(len(rounds)))


def cross():
    for n in range(10):
        with guard:
            rounds.append(n)
        index = barrier.wait()
        if index == 0:
            with guard:
                actions.append("index 0")
        barrier.wait()


run_all([threading.Thread(target=cross) for _ in range(4)])
print(rounds == sorted(rounds), len(rounds), [a for a in actions if a != "index 0"] == [
    n // 2 * 4 + 4 for n in range(20)], actions.count("index 0"))
print(barrier.parties, barrier.n_waiting, barrier.broken)
indexes = []
barrier = threading.Barrier(3)
run_all([threading.Thread(target=lambda: indexes.append(barrier.wait())) for _ in range(3)])
print(sorted(indexes))
attempt(lambda: threading.Barrier(2).wait(0.01))
broken = threading.Barrier(2)
outcome = []


def wait_broken():
    try:
        broken.wait()
    except threading.BrokenBarrierError:
        outcome.append("broken")


t = threading.Thread(target=wait_broken)
t.start()
while broken.n_waiting == 0:
    pass
broken.abort()
t.join()
print(outcome, broken.broken)
attempt(lambda: broken.wait())
broken.reset()
print(broken.broken)
run_all([threading.Thread(target=lambda: outcome.append(broken.wait() < 2)) for _ in range(2)])
print(outcome)
t = threading.Thread(target=wait_broken)
t.start()
while broken.n_waiting == 0:
    pass
broken.reset()
t.join()
print(outcome, broken.broken)


def bad_action():
    raise ValueError("action")


failing = threading.Barrier(1, action=bad_action)
attempt(lambda: failing.wait())
print(failing.broken)
attempt(lambda: failing.wait())

print("timer")
fired = []
done = threading.Event()


def fire(v, k=0):
    fired.append((v, k))
    done.set()


t = threading.Timer(0.01, fire, [1], {"k": 2})
t.start()
done.wait()
t.join()
u = threading.Timer(60, fire, (2,))
u.start()
u.cancel()
u.join()
print(fired, u.finished.is_set())
