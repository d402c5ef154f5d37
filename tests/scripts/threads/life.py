# SPDX-License-Identifier: MIT
# skip: library
# stderr: any
# From start to end: names, stack sizes, join with a timeout, what a thread kept for itself, hooks
# for exceptions, daemons when the program ends.
import sys
import threading
import time

# --- names and numbers
seen = {}


def note():
    t = threading.current_thread()
    seen[t.name] = (t.ident == threading.get_ident(), t.native_id == threading.get_native_id(),
                    t.is_alive(), t.daemon)


t = threading.Thread(target=note, name="one")
print(t.ident, t.native_id, t.is_alive())
t.start()
t.join()
t.name = "renamed"
print(seen, t.name, t.is_alive(), t.ident is not None, t.native_id is not None)
main = threading.main_thread()
print(main.name, main.ident == threading.get_ident(), main is threading.current_thread())
many = [threading.Thread(target=note) for _ in range(20)]
for t in many:
    t.start()
for t in many:
    t.join()
print(len(set(t.native_id for t in many)) >= 1, threading.active_count())

# --- stack size
print(threading.stack_size())
print(threading.stack_size(1 << 20), threading.stack_size())
t = threading.Thread(target=note, name="small")
t.start()
t.join()
print(threading.stack_size(0), seen["small"])
for wrong in (-1, 1, 32767):
    try:
        threading.stack_size(wrong)
    except ValueError as e:
        print("ValueError")

# --- join with a timeout
gate = threading.Event()
t = threading.Thread(target=gate.wait)
t.start()
began = time.monotonic()
print(t.join(0.05), time.monotonic() - began >= 0.05, t.is_alive())
print(t.join(0), t.join(-1), t.is_alive())
gate.set()
print(t.join(60), t.join(), t.is_alive())
try:
    threading.current_thread().join()
except RuntimeError as e:
    print(e)

# --- thread-local objects
log = []


class Kept:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


own = threading.local()


def keep(name):
    own.kept = Kept(name)
    own.more = [Kept(name + " in a list")]


own.kept = Kept("main")
for name in ("first", "second"):
    t = threading.Thread(target=keep, args=(name,))
    t.start()
    t.join()
print(sorted(log), own.kept.name)
log.clear()
del own
print(log)


# --- exception hooks
def hook(args):
    print("hook:", args.exc_type.__name__, args.exc_value, args.exc_traceback is not None,
          args.thread.name)


def failing():
    raise ValueError("in a thread")


original = threading.excepthook
print(original is threading.__excepthook__)
threading.excepthook = hook
t = threading.Thread(target=failing, name="failing")
t.start()
t.join()
t = threading.Thread(target=sys.exit, name="leaving")
t.start()
t.join()
threading.excepthook = original
args = threading.ExceptHookArgs((ValueError, ValueError("x"), None, None))
print(args.exc_type.__name__, args.exc_value, args.exc_traceback, args.thread)


# --- daemons: running, waiting, and never asked to end by the script
def run():
    while True:
        pass


lock = threading.Lock()
lock.acquire()
for body in (run, lock.acquire, lambda: time.sleep(600)):
    threading.Thread(target=body, daemon=True).start()
print("daemons:", threading.active_count() - 1)
threading.Thread(target=lambda: print("the last one", flush=True)).start()
