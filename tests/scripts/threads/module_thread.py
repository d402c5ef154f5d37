# SPDX-License-Identifier: MIT
# The module _thread and the thread functions of sys.
import _thread
import sys
import threading

lock = _thread.allocate_lock()
print(lock.acquire(), lock.locked(), lock.release(), isinstance(lock, _thread.LockType))
print(_thread.get_ident() == threading.get_ident(), _thread.TIMEOUT_MAX > 1000)
done = _thread.allocate_lock()
done.acquire()
out = []


def work(a, b=0):
    out.append((a, b, _thread.get_ident() != threading.main_thread().ident))
    done.release()


_thread.start_new_thread(work, (1,), {"b": 2})
done.acquire()
print(out)
interval = sys.getswitchinterval()
print(interval)
sys.setswitchinterval(0.001)
print(sys.getswitchinterval())
sys.setswitchinterval(interval)
try:
    sys.setswitchinterval(0)
except ValueError as error:
    print("ValueError:", error)
