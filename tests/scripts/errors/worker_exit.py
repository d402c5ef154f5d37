# SPDX-License-Identifier: MIT
# sys.exit in a thread ends only the thread, silently. threading.excepthook may be replaced.
import sys
import threading


def leave():
    print("thread leaves")
    sys.exit(5)


def fail():
    raise ValueError("hooked")


def hook(args):
    print("hook:", args.exc_type.__name__, args.exc_value, args.thread.name,
          args.exc_traceback is not None)


t = threading.Thread(target=leave)
t.start()
t.join()
threading.excepthook = hook
u = threading.Thread(target=fail, name="hooked thread")
u.start()
u.join()
print("main ends")
