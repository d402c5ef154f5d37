# SPDX-License-Identifier: MIT
# atexit: last registered first, after the threads that are not daemons, arguments, failures.
# stderr: any
import atexit
import threading

main_ended = threading.Event()


def show(*args, **kwargs):
    print("at exit", args, kwargs, flush=True)


@atexit.register
def first():
    print("first registered", flush=True)


def fails():
    print("fails", flush=True)
    raise ValueError("at exit")


def adds():
    print("adds", flush=True)
    atexit.register(show, "added at the end")


def gone():
    print("never called", flush=True)


print(atexit.register(show, 1, 2, key="word") is show)
atexit.register(fails)
atexit.register(gone)
atexit.register(adds)
atexit.register(gone)
atexit.unregister(gone)
try:
    atexit.register(5)
except TypeError as e:
    print("TypeError:", e)


def late():
    main_ended.wait()
    print("thread ends", flush=True)


threading.Thread(target=late).start()
print("main ends", flush=True)
main_ended.set()
