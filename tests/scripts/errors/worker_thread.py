# SPDX-License-Identifier: MIT
# An exception in a thread is reported with the name of the thread; the program goes on and exits 0.
import threading


def work(n):
    return 1 // n


t = threading.Thread(target=work, args=(0,))
t.start()
t.join()
u = threading.Thread(target=work, args=(0,), name="second worker")
u.start()
u.join()
print("alive", t.is_alive(), u.is_alive())
v = threading.Thread(target=work, args=(1,))
v.start()
v.join()
print("main goes on")
