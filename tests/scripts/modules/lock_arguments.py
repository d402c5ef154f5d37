# SPDX-License-Identifier: MIT
# _thread: arguments of acquire, errors of release, reentrant locks, starting threads.
import _thread


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


lock = _thread.allocate_lock()
attempt(lambda: lock.release())
attempt(lambda: lock.acquire(False, 1))
attempt(lambda: lock.acquire(True, -2))
attempt(lambda: lock.acquire(True, 1e20))
attempt(lambda: lock.acquire(True, "a"))
attempt(lambda: lock.acquire(blocking=False))
attempt(lambda: lock.acquire(False))
attempt(lambda: lock.acquire(timeout=0.01))
attempt(lambda: lock.acquire(True, 0))
attempt(lambda: lock.locked())
attempt(lambda: lock.release())
attempt(lambda: lock.locked())
with lock as entered:
    print(entered, lock.locked())
try:
    with lock:
        raise KeyError("inside")
except KeyError:
    print("released:", not lock.locked())

rlock = _thread.RLock()
attempt(lambda: rlock.release())
attempt(lambda: rlock._release_save())
print(rlock.acquire(), rlock.acquire(), rlock._is_owned())
saved = rlock._release_save()
print(saved[0], rlock._is_owned())
rlock._acquire_restore(saved)
rlock.release()
print(rlock._is_owned())
rlock.release()
print(rlock._is_owned())
attempt(lambda: rlock.release())

ended = _thread.allocate_lock()
ended.acquire()
results = []


def other():
    results.append(rlock.acquire(False))
    try:
        rlock.release()
    except RuntimeError as e:
        results.append(str(e))
    results.append(lock.acquire(True, 0.01))
    lock.release()
    results.append(lock.locked())
    ended.release()


rlock.acquire()
_thread.start_new_thread(other, ())
ended.acquire()
print(results)
attempt(lambda: _thread.start_new_thread(1, ()))
attempt(lambda: _thread.start_new_thread(print, []))
attempt(lambda: _thread.start_new_thread(print, (), 1))
attempt(lambda: _thread.stack_size(5))
attempt(lambda: _thread.stack_size(-5))
print(_thread.stack_size(), _thread.stack_size(1 << 20), _thread.stack_size(0))
_thread.start_new_thread(lambda *a, **k: (print(a, k), ended.release()), (1, 2), {"x": 3})
ended.acquire()
attempt(lambda: _thread.exit(1))
try:
    _thread.exit()
except SystemExit as e:
    print("SystemExit", e.code)
