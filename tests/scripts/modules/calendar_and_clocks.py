# SPDX-License-Identifier: MIT
# time: calendar functions in UTC, struct_time as a tuple, clocks of the process and the thread.
import time


def attempt(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__ + ":", e)


for s in (0, 1, 86399, 951782400, 951868800, 1e9, 1234567890.9, -1, -86401, 4102444800):
    print(time.gmtime(s))
t = time.gmtime(1234567890)
print(t.tm_year, t.tm_mon, t[2], t[-1], len(t), tuple(t), t == time.gmtime(1234567890), t[:3],
      t > time.gmtime(0), isinstance(t, tuple), hash(t) == hash(tuple(t)))
print(time.strftime("%Y-%m-%d %H:%M:%S %j %a %A %b %B %p %y %%", t), repr(time.strftime("", t)))
print(time.asctime(t), time.asctime(time.gmtime(0)), time.asctime((2024, 2, 29, 1, 2, 3, 3, 60, 0)))
print(time.struct_time(range(9)), time.struct_time((1, 2, 3, 4, 5, 6, 7, 8, 9)).tm_hour)
print(time.mktime(time.localtime(123456789)), time.ctime(0)[-4:], len(time.tzname))
year, month, *rest = t
print(year, month, rest)
attempt(lambda: time.struct_time((1, 2)))
attempt(lambda: time.strftime("%H", (1, 2, 3)))
attempt(lambda: time.strftime("%b", (2024, 13, 1, 0, 0, 0, 0, 1, 0)))
attempt(lambda: time.strftime("%H", 5))
attempt(lambda: time.gmtime("a"))
attempt(lambda: time.gmtime(1e20))
attempt(lambda: time.sleep(-1))
attempt(lambda: time.sleep(float("nan")))
attempt(lambda: time.sleep(1e30))
attempt(lambda: time.sleep("a"))
attempt(lambda: time.sleep(0))
attempt(lambda: time.sleep(True and 0.001))
for clock in (time.time, time.monotonic, time.perf_counter, time.process_time, time.thread_time):
    a = clock()
    b = clock()
    print(clock.__name__, isinstance(a, float), a <= b)
for clock in (time.time_ns, time.monotonic_ns, time.perf_counter_ns, time.process_time_ns,
              time.thread_time_ns):
    a = clock()
    b = clock()
    print(clock.__name__, isinstance(a, int), a <= b)
began = time.thread_time()
n = 0
while time.thread_time() - began < 0.01:
    n += 1
print(n > 0)
