# SPDX-License-Identifier: MIT
# skip: python library
# togil: the mode, the switch of the GIL, figures. Prints the same in every mode.
import sys
import threading
import togil

mode = togil.mode()
print(mode in togil.modes(), togil.counts() in ("classic", "atomic", "biased"),
      togil.gil_enabled() == (not mode.startswith("nogil")), togil.version == togil.__version__)
print(togil.gil.enabled == togil.gil_enabled() == sys._is_gil_enabled(), togil.gil() is togil.gil)


def attempt(f):
    try:
        return f() is None
    except RuntimeError as e:
        return str(e)


def state():
    status = togil.gil.status()
    assert status["enabled"] == togil.gil_enabled()
    assert status["count"] == sum(n for _, n in status["who"])
    assert bool(status["who"]) == status["enabled"]
    return "permanent" if status["permanent"] else "on" if status["enabled"] else "off"


if togil.gil.switchable and not mode.startswith("gil"):
    states = [state()]
    with togil.gil():
        states.append(state())
        with togil.gil:
            states.append((state(), togil.gil.requests()))
        states.append((togil.gil_enabled(), togil.gil.requests()))
    states.append(state())
    togil.gil.enable()
    states.append(togil.gil_enabled())
    togil.gil.disable()
    states.append(togil.gil_enabled())
    states.append(attempt(togil.gil.disable) == "no request to enable the GIL is open")
    print(states == ["off", "on", ("on", 2), (True, 1), "off", True, False, True])
elif not togil.gil.switchable:
    with togil.gil:
        pass
    text = "the GIL cannot be switched in mode '%s'" % mode
    print(attempt(togil.gil.enable) == attempt(togil.gil.disable) == text
          if togil.gil_enabled() else True)
else:
    with togil.gil():
        print(togil.gil_enabled())

# How threads share the GIL: settings that can be read and written in every mode.
print(togil.gil.policies, togil.gil.policy in togil.gil.policies,
      togil.gil.status()["policy"] == togil.gil.policy)
for policy in togil.gil.policies:
    togil.gil.policy = policy
    print(togil.gil.policy, end=" ")
togil.gil.policy = "timed"
togil.gil.slice_us = 250
togil.gil.check_interval = 7
sys.setswitchinterval(0.01)
print(togil.gil.slice_us, togil.gil.check_interval, sys.getswitchinterval())
for name, value in (("policy", "robin"), ("policy", 1), ("slice_us", -1), ("check_interval", 0),
                    ("check_interval", 2 ** 40), ("policies", ())):
    try:
        setattr(togil.gil, name, value)
    except (AttributeError, TypeError, ValueError) as e:
        print(type(e).__name__ + ":", e)

# Threads that switch the GIL while others count: nothing is lost under a lock, and the GIL ends as
# it began.
before = togil.gil_enabled()
lock = threading.Lock()
total = 0


def count():
    global total
    for _ in range(2000):
        with lock:
            total += 1


def switch():
    for i in range(50):
        with togil.gil:
            pass
        togil.gil.policy = togil.gil.policies[i % 3]


threads = [threading.Thread(target=f) for f in (count, count, switch, switch)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(total, togil.gil_enabled() == before)
stats = togil.stats()
times = stats.pop("pause_times")
gil = stats.pop("gil_times")["all"]
collector = stats.pop("collector")
memory = stats.pop("memory")
print(stats["threads_started"] >= 4, stats["objects_live"] > 0 and "runtime" in times and
      gil["wait"]["count"] == stats["gil_waits"],
      all(isinstance(v, int) and v >= 0 for v in stats.values()) and memory["blocks"] > 0 and
      collector["found"] >= collector["collected"], togil.thread_count() >= 1)
try:
    type(togil.gil)()
except TypeError as e:
    print("TypeError:", e)
