# SPDX-License-Identifier: MIT
# skip: library
# Handlers of signals: they run on the main thread, between two instructions, also while it waits;
# what they interrupt goes on. Wrong results: a handler on another thread or not at all, a wait that
# ends early, an exception of a handler that gets lost.
import os
import signal
import threading
import time

log = []


def note(signo, frame):
    log.append((signal.Signals(signo).name, threading.current_thread() is threading.main_thread()))


def show(title):
    print(title, log)
    log.clear()


# --- setting and asking
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
print(signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL, repr(signal.SIG_DFL), signal.SIG_IGN)
print(signal.signal(signal.SIGUSR1, note) is signal.SIG_DFL)
print(signal.getsignal(signal.SIGUSR1) is note)
print(signal.signal(signal.SIGUSR1, note) is note)
print(repr(signal.SIGTERM), signal.SIGTERM.name, signal.SIGTERM + 0, signal.Signals(10).name)
print(signal.strsignal(signal.SIGTERM), "|", signal.strsignal(signal.SIGUSR1))
print(signal.SIGUSR1 in signal.valid_signals(), "%d" % signal.SIGINT)


def failing(f, *args):
    try:
        f(*args)
    except (ValueError, TypeError, OSError) as e:
        print(type(e).__name__, e)


failing(signal.signal, 0, note)
failing(signal.signal, 1000, note)
failing(signal.signal, signal.SIGKILL, note)
failing(signal.signal, signal.SIGUSR1, "text")
failing(signal.signal, signal.SIGUSR1, 7)
failing(signal.getsignal, 0)
failing(signal.raise_signal, 0)

# --- arriving
signal.raise_signal(signal.SIGUSR1)
show("raised")
os.kill(os.getpid(), signal.SIGUSR1)
show("killed")
signal.signal(signal.SIGUSR2, note)


def in_thread():
    failing(signal.signal, signal.SIGUSR1, note)
    print(signal.getsignal(signal.SIGUSR2) is note)
    signal.raise_signal(signal.SIGUSR2)


t = threading.Thread(target=in_thread)
t.start()
t.join()
while not log:
    pass
show("raised in a thread")

signal.signal(signal.SIGUSR1, signal.SIG_IGN)
signal.raise_signal(signal.SIGUSR1)
show("ignored")
signal.signal(signal.SIGUSR1, note)


# --- nested, and several at once
def nesting(signo, frame):
    log.append("begin")
    signal.raise_signal(signal.SIGUSR1)
    log.append("end")


signal.signal(signal.SIGUSR2, nesting)
signal.raise_signal(signal.SIGUSR2)
show("nested")


# --- exceptions of a handler
class Stop(Exception):
    pass


def stopping(signo, frame):
    raise Stop("from %s" % signal.Signals(signo).name)


signal.signal(signal.SIGUSR2, stopping)
try:
    signal.raise_signal(signal.SIGUSR2)
    print("not raised")
except Stop as e:
    print("Stop", e)
try:
    try:
        1 // 0
    finally:
        signal.raise_signal(signal.SIGUSR2)
except Stop as e:
    print("Stop", e, "after", type(e.__context__).__name__)


# --- while the main thread waits: the wait goes on and keeps its deadline
def soon(target, *args):
    def body():
        while not waiting.is_set():
            pass
        time.sleep(0.03)
        for _ in range(5):
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0.005)
        target(*args)

    t = threading.Thread(target=body)
    t.start()
    return t


def interrupted(title, f, after=lambda: None):
    waiting.clear()
    t = soon(after)
    waiting.set()
    result = f()
    t.join()
    print(title, result, len(log) >= 1, all(main for _, main in log))
    log.clear()


waiting = threading.Event()
lock = threading.Lock()
lock.acquire()
interrupted("lock", lambda: lock.acquire(), lock.release)
event = threading.Event()
interrupted("event", lambda: event.wait(), event.set)
condition = threading.Condition()


def wake():
    with condition:
        condition.notify()


def sleep_in_condition():
    with condition:
        return condition.wait()


interrupted("condition", sleep_in_condition, wake)
other = threading.Thread(target=event.wait)
event.clear()
other.start()
interrupted("join", lambda: other.join(), event.set)


def timed(f, seconds):
    def body():
        began = time.monotonic()
        result = f()
        took = time.monotonic() - began
        return result, took >= seconds, took < seconds + 30

    return body


interrupted("sleep", timed(lambda: time.sleep(0.2), 0.2))
interrupted("lock with timeout", timed(lambda: lock.acquire(timeout=0.2), 0.2))
event.clear()
interrupted("event with timeout", timed(lambda: event.wait(0.2), 0.2))
never = threading.Thread(target=event.wait)
never.start()
interrupted("join with timeout", timed(lambda: never.join(0.2), 0.2))
event.set()
never.join()
reader, writer = os.pipe()
interrupted("pipe", lambda: os.read(reader, 10), lambda: os.write(writer, b"data"))


# --- a handler that raises ends the wait
def ends(title, f):
    try:
        f()
        print(title, "went on")
    except Stop:
        print(title, "ended")


signal.signal(signal.SIGALRM, stopping)
event.clear()
for title, wait in (("lock", lock.acquire), ("event", event.wait), ("sleep", lambda: time.sleep(60)),
                    ("pipe", lambda: os.read(reader, 1))):
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    ends(title, wait)

# --- timers
ticks = []
signal.signal(signal.SIGALRM, lambda signo, frame: ticks.append(signo))
print(signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002))
while len(ticks) < 5:
    pass
left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
print(0 <= left <= 0.002, abs(interval - 0.002) < 1e-6, set(ticks) == {signal.SIGALRM})
print(signal.getitimer(signal.ITIMER_REAL), signal.alarm(0))

# --- a storm beside work: every result is right
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
ticks.clear()


def work(n):
    return n if n < 2 else work(n - 1) + work(n - 2)


rounds = 0
while len(ticks) < 50:
    rounds += 1
    assert work(12) == 144
    assert sorted(range(50, 0, -1))[:3] == [1, 2, 3]
    assert "".join(c for c in "abc") == "abc"
signal.setitimer(signal.ITIMER_REAL, 0)
print("storm", rounds > 0)

print(signal.signal(signal.SIGINT, signal.SIG_IGN) is signal.default_int_handler)
signal.raise_signal(signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("KeyboardInterrupt")
