# SPDX-License-Identifier: MIT
# args: first second "with space"
# time and sys: clocks, sleep, attributes that programs use.
import sys
import time

a = time.perf_counter()
b = time.perf_counter()
print(type(a).__name__, b >= a, type(time.perf_counter_ns()).__name__,
      time.monotonic() <= time.monotonic(),
      time.time() > 1.6e9, type(time.time_ns()).__name__, time.process_time() >= 0)
began = time.monotonic()
print(time.sleep(0.02), 0.019 < time.monotonic() - began < 5)
time.sleep(0)


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: time.sleep(-1))
attempt(lambda: time.sleep("a"))
print(sys.argv[0].split("/")[-1], sys.argv[1:], sys.maxsize, sys.byteorder, sys.version_info[0])
print(sys.getrecursionlimit() > 100, sys.modules["sys"] is sys, isinstance(sys.path, list),
      sys.platform.startswith("linux"), sys.intern("a") == "a")
try:
    raise ValueError("current")
except ValueError:
    kind, value, trace = sys.exc_info()
    print(kind.__name__, value, trace is not None)
print(sys.exc_info())
print("out", file=sys.stdout)
sys.stdout.flush()
try:
    sys.exit("message")
except SystemExit as error:
    print(error.code)
