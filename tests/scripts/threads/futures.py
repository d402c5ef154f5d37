# SPDX-License-Identifier: MIT
# concurrent.futures: ThreadPoolExecutor, Future, as_completed, wait.
import concurrent.futures
import threading
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION
from concurrent.futures import CancelledError, Future
from concurrent.futures import ThreadPoolExecutor, as_completed, wait


def attempt(f):
    try:
        print(f())
    except (Exception, CancelledError) as e:
        print(type(e).__name__ + ":", e)


def square(n):
    return n * n


def fail(text):
    raise ValueError(text)


with ThreadPoolExecutor(max_workers=4) as pool:
    futures = [pool.submit(square, n) for n in range(10)]
    print([f.result() for f in futures], all(f.done() for f in futures))
    print(list(pool.map(square, range(20))))
    print(list(pool.map(lambda a, b: a + b, [1, 2], [10, 20, 30])))
    f = pool.submit(fail, "no")
    attempt(lambda: f.result())
    print(repr(f.exception()), f.done(), f.cancelled(), f.running(), f.cancel())
    print(sorted(f.result() for f in as_completed([pool.submit(square, n) for n in range(5)])))
    done, not_done = wait([pool.submit(square, n) for n in range(5)])
    print(sorted(f.result() for f in done), not_done)
    attempt(lambda: list(pool.map(lambda v: 1 // v, [1, 0, 2])))
    print(pool.submit(lambda *a, **k: (a, k), 1, 2, x=3).result(timeout=30))
attempt(lambda: pool.submit(square, 1))

print("worker threads")
with ThreadPoolExecutor(2, thread_name_prefix="pool") as pool:
    meet = threading.Barrier(2)

    def name():
        meet.wait()
        return threading.current_thread().name

    names = sorted(f.result() for f in [pool.submit(name), pool.submit(name)])
    print(names)
ready = []
with ThreadPoolExecutor(1, initializer=ready.append, initargs=("initialized",)) as pool:
    print(pool.submit(lambda: list(ready)).result())

print("futures by hand")
f = Future()
calls = []
f.add_done_callback(lambda done: calls.append(("first", done is f)))
f.add_done_callback(lambda done: calls.append(("second", done.result())))
print(f.done(), f.running(), f.set_running_or_notify_cancel(), f.running(), f.cancel())
f.set_result(42)
f.add_done_callback(lambda done: calls.append(("late", done.done())))
print(f.result(), f.exception(), calls)
attempt(lambda: f.set_result(1))
g = Future()
print(g.cancel(), g.cancelled(), g.done(), g.cancel(), g.set_running_or_notify_cancel())
attempt(lambda: g.result())
attempt(lambda: g.exception())
h = Future()
h.set_exception(KeyError("k"))
attempt(lambda: h.result())
attempt(lambda: Future().result(timeout=0.01))
attempt(lambda: Future().exception(timeout=0))
print(concurrent.futures.TimeoutError is TimeoutError)

print("waiting")
gate = threading.Event()
with ThreadPoolExecutor(3) as pool:
    quick = pool.submit(square, 3)
    slow = pool.submit(gate.wait)
    done, not_done = wait([quick, slow], return_when=FIRST_COMPLETED)
    print(quick in done, slow in not_done)
    done, not_done = wait([quick, slow], timeout=0.02, return_when=ALL_COMPLETED)
    print(len(done), len(not_done))
    attempt(lambda: [f for f in as_completed([slow], timeout=0.02)])
    attempt(lambda: slow.result(timeout=0.02))
    bad = pool.submit(fail, "x")
    done, not_done = wait([bad, slow], return_when=FIRST_EXCEPTION)
    print(bad in done, slow in not_done)
    gate.set()
    print(slow.result(), len(wait([quick, slow, bad]).done))
order = []
gates = [threading.Event() for _ in range(3)]
with ThreadPoolExecutor(3) as pool:
    fs = {pool.submit(gates[i].wait): i for i in range(3)}
    gates[1].set()
    for f in as_completed(fs):
        order.append(fs[f])
        if len(order) == 1:
            gates[2].set()
        elif len(order) == 2:
            gates[0].set()
print(order)

print("cancelling")
gate = threading.Event()
pool = ThreadPoolExecutor(1)
started = threading.Event()


def runs():
    started.set()
    return gate.wait()


running = pool.submit(runs)
started.wait()
waiting = [pool.submit(square, n) for n in range(3)]
print(waiting[1].cancel(), waiting[1].cancelled())
pool.shutdown(wait=False, cancel_futures=True)
gate.set()
print(running.result(), [w.cancelled() for w in waiting])
pool.shutdown()
pool = ThreadPoolExecutor(2)
fs = [pool.submit(square, n) for n in range(50)]
pool.shutdown()
print(sum(f.result() for f in fs))
attempt(lambda: ThreadPoolExecutor(0))
attempt(lambda: ThreadPoolExecutor(1, initializer=5))
with ThreadPoolExecutor(8) as pool:
    total = 0
    for f in as_completed([pool.submit(sum, range(n)) for n in range(200)]):
        total += f.result()
    print(total)
    nested = pool.submit(lambda: pool.submit(square, 6).result())
    print(nested.result())
results = ThreadPoolExecutor(2).map(square, [1, 2, 3])
print(next(results), list(results))
left_running = ThreadPoolExecutor(1)
left_running.submit(print, "finished at the end of the program")
