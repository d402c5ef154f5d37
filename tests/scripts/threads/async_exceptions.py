# SPDX-License-Identifier: MIT
# skip: python library
# stderr: any
# togil.raise_in: an exception raised in another thread, at its next poll, also while it waits for a
# lock, a thread or time. Wrong results: it goes to another thread, is lost, or comes twice.
import threading
import time
import togil


class Stop(Exception):
    pass


def started(body):
    ready = threading.Event()
    result = []

    def run():
        try:
            body(ready, result)
        except BaseException as e:
            result.append((type(e).__name__, e.args))

    t = threading.Thread(target=run)
    t.start()
    ready.wait()
    return t, result


def check(title, body, exc, before=None):
    t, result = started(body)
    if before is not None:
        before(t)
    print(title, togil.raise_in(t.ident, exc), end=" ")
    t.join(30)
    print("alive" if t.is_alive() else result)


def busy(ready, result):
    ready.set()
    while True:
        pass


check("busy, class:", busy, Stop)
check("busy, instance:", busy, Stop("why", 1))
check("busy, built in:", busy, KeyboardInterrupt)


def calling(ready, result):
    def f(n):
        return n if n == 0 else f(n - 1)

    ready.set()
    while True:
        f(20)


check("calling:", calling, ValueError("x"))

lock = threading.Lock()
lock.acquire()


def locked(ready, result):
    ready.set()
    lock.acquire()


check("lock:", locked, Stop)


def locked_with_timeout(ready, result):
    ready.set()
    lock.acquire(timeout=600)


check("lock with timeout:", locked_with_timeout, Stop)


def asleep(ready, result):
    ready.set()
    time.sleep(600)


check("sleep:", asleep, Stop)

forever = threading.Event()
waiter = threading.Thread(target=forever.wait)
waiter.start()


def joining(ready, result):
    ready.set()
    waiter.join()


check("join:", joining, Stop)
forever.set()
waiter.join()


def catching(ready, result):
    ready.set()
    try:
        while True:
            pass
    except Stop:
        result.append("caught")
    for i in range(1000):
        pass
    result.append("went on")


check("caught:", catching, Stop)

# The one that was set last counts; None takes it back. The GIL keeps the other thread from looking.
import sys
sys.setswitchinterval(100)


def waiting(ready, result):
    ready.set()
    gate.acquire()
    gate.release()
    result.append("undisturbed")


with togil.gil:
    gate = threading.Lock()
    gate.acquire()
    t, result = started(waiting)
    togil.raise_in(t.ident, Stop)
    print("taken back:", togil.raise_in(t.ident, None))
    gate.release()
t.join()
print(result)
sys.setswitchinterval(0.005)

# To itself it comes at once.
try:
    togil.raise_in(threading.get_ident(), Stop("self"))
    print("not raised")
except Stop as e:
    print("itself:", e)

# Not a thread any more, and never one.
t = threading.Thread(target=lambda: None)
t.start()
t.join()
print("ended:", togil.raise_in(t.ident, Stop), "unknown:", togil.raise_in(2, Stop))
for wrong in (1, "text", int, object()):
    try:
        togil.raise_in(threading.get_ident(), wrong)
    except TypeError as e:
        print(type(e).__name__, e)

# Many to many: each thread counts what it gets, and gets no more than was sent.
got = [0] * 4
sent = [0] * 4
stop = threading.Event()


def counting(i):
    while not stop.is_set():
        try:
            while not stop.is_set():
                pass
        except Stop:
            got[i] += 1


def body(i):
    while True:
        try:
            counting(i)
            return
        except Stop:
            got[i] += 1


threads = [threading.Thread(target=body, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for n in range(400):
    sent[n % 4] += togil.raise_in(threads[n % 4].ident, Stop)
for t in threads:
    togil.raise_in(t.ident, None)
stop.set()
for t in threads:
    t.join()
print("no more than sent:", all(0 <= g <= s for g, s in zip(got, sent)))
