# SPDX-License-Identifier: MIT
# Lock and RLock: ownership, timeouts, with, errors, mutual exclusion.
import threading
import time


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


lock = threading.Lock()
print(lock.acquire(), lock.locked(), lock.acquire(False), lock.acquire(blocking=False),
      lock.acquire(True, 0.01),
      lock.acquire(timeout=0.01), lock.release(), lock.locked())
with lock:
    print(lock.locked())
with lock as value:
    print(value)
attempt(lambda: lock.release())
attempt(lambda: lock.acquire(False, 1))
attempt(lambda: lock.acquire(True, -5))
print("unlocked" in repr(lock))

# A lock may be released by another thread.
lock.acquire()
t = threading.Thread(target=lock.release)
t.start()
t.join()
print(lock.locked())

rlock = threading.RLock()
print(rlock.acquire(), rlock.acquire(), rlock.acquire(blocking=False))
seen = []


def try_it():
    seen.append(rlock.acquire(blocking=False))
    seen.append(rlock.acquire(timeout=0.01))
    try:
        rlock.release()
    except RuntimeError as error:
        seen.append(str(error))


t = threading.Thread(target=try_it)
t.start()
t.join()
print(seen)
rlock.release()
rlock.release()
rlock.release()
attempt(lambda: rlock.release())
with rlock:
    with rlock:
        print("twice")


def recursive(n):
    with rlock:
        return 0 if n == 0 else 1 + recursive(n - 1)


print(recursive(50))
try:
    with lock:
        raise ValueError("inside")
except ValueError:
    print(lock.locked())


class Account:
    def __init__(self, balance):
        self.balance = balance
        self.lock = threading.Lock()


accounts = [Account(1000) for _ in range(6)]


def transfer(seed):
    state = seed
    for _ in range(500):
        state = (state * 1103515245 + 12345) % 2147483648
        a, b, amount = state // 7 % 6, state // 97 % 6, state // 1009 % 50
        if a == b:
            continue
        first, second = (a, b) if a < b else (b, a)
        with accounts[first].lock, accounts[second].lock:
            accounts[a].balance -= amount
            accounts[b].balance += amount


threads = [threading.Thread(target=transfer, args=(seed,)) for seed in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sum(a.balance for a in accounts))

counter = [0, 0]


def count(lock, place):
    for _ in range(3000):
        with lock:
            value = counter[place]
            counter[place] = value + 1


for place, shared in ((0, lock), (1, rlock)):
    threads = [threading.Thread(target=count, args=(shared, place)) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
print(counter)

# A waiter gets the lock when it is released, and a timeout is not shorter than asked for.
lock.acquire()
order = []


def waiter():
    lock.acquire()
    order.append("waiter")
    lock.release()


t = threading.Thread(target=waiter)
t.start()
order.append("holder")
lock.release()
t.join()
print(order)
lock.acquire()
began = time.monotonic()
got = lock.acquire(timeout=0.05)
print(got, 0.045 < time.monotonic() - began < 5)
