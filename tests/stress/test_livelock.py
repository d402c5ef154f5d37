#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_livelock.py - loops that only wait, although they call functions.

    test_livelock.py Stuck|Goes      TOGIL names the command

Stuck: nobody is left to change anything, and the command says so. Goes: programs that look similar and
end, or do something.
"""
import os
import re
import subprocess
import sys
import unittest

TOGIL = os.environ.get("TOGIL", "togil")

HEAD = """
import queue, random, threading, time
lock, other, done, items = threading.Lock(), threading.Lock(), False, []
event, condition = threading.Event(), threading.Condition()
q = queue.Queue()

class Box:
    value = None
    def get(self):
        with lock:
            return self.value
    @property
    def ready(self):
        return self.value is not None

box = Box()

def run(*functions):
    threads = [threading.Thread(target=f) for f in functions]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
"""

# Each of them alone, and two of them at once, wait for ever.
STUCK = {
    "a call": """
def look():
    return done
def work():
    while not look():
        pass
""",
    "a lock that nobody gives back": """
lock.acquire()
def work():
    while not lock.acquire(blocking=False):
        pass
""",
    "the same in a function": """
lock.acquire()
def take():
    return lock.acquire(False)
def work():
    while not take():
        time.sleep(0)
""",
    "with": """
def work():
    while True:
        with lock:
            if done:
                break
""",
    "a method": """
def work():
    while box.get() is None:
        pass
""",
    "a property": """
def work():
    while not box.ready:
        pass
""",
    "an event": """
def work():
    while not event.is_set():
        pass
""",
    "an empty queue": """
def work():
    while True:
        try:
            q.get_nowait()
            return
        except queue.Empty:
            pass
""",
    "a list": """
def work():
    while True:
        if len(items) > 0 and any([x > 0 for x in items]):
            break
""",
    "locals that come round": """
def work():
    k = 0
    while not box.get():
        k = (k + 1) % 1
        text = f"{k} {box.value}"
""",
}

GOES = {
    "a bounded number of tries": """
lock.acquire()
def work():
    for k in range(2000):
        if lock.acquire(False):
            raise ValueError
    n = 2000
    while n > 0 and not lock.acquire(False):
        n -= 1
run(work, work)
""",
    "tries that are counted in an object": """
lock.acquire()
class Tries:
    n = 0
def work():
    tries = Tries()
    while not lock.acquire(False):
        tries.n += 1
        if tries.n == 1000:
            break
run(work, work)
""",
    "a queue that is polled": """
def producer():
    time.sleep(1000)
    q.put(1)
def consumer():
    while True:
        try:
            q.get(timeout=1)
            return
        except queue.Empty:
            pass
run(producer, consumer)
""",
    "a deadline": """
def work():
    until = time.monotonic() + 0.001
    while time.monotonic() < until:
        pass
run(work, work)
""",
    "somebody sleeps first": """
def setter():
    global done
    time.sleep(1000)
    done = True
def look():
    return done
def work():
    while not look():
        pass
run(setter, work, work)
""",
    "a lock that is given back": """
def holder():
    with lock:
        time.sleep(1000)
def work():
    while not lock.acquire(blocking=False):
        pass
    lock.release()
run(holder, work, work)
""",
    "each waits for the other in turn": """
turn = 0
def work(me):
    def mine():
        with lock:
            return turn == me
    def go():
        global turn
        for k in range(30):
            while not mine():
                pass
            with lock:
                turn = 1 - me
    return go
run(work(0), work(1))
""",
    "the setter looks for a free lock": """
def setter():
    global done
    while not lock.acquire(False):
        pass
    done = True
    lock.release()
def work():
    while True:
        with lock:
            if done:
                break
run(work, setter, work)
""",
    "locks in two orders, with a way back": """
def work(a, b):
    def go():
        while True:
            with a:
                if b.acquire(False):
                    b.release()
                    return
    return go
run(work(lock, other), work(other, lock))
""",
    "what a round has seen is old when it ends": """
a = b = False
def first():
    global a
    while b == a:
        pass
    a = True
def second():
    global b
    b = True
    while not a:
        pass
run(first, second)
""",
    "after Peterson": """
want, turn, inside = [False, False], 0, 0
def work(me):
    def go():
        global turn, inside
        want[me] = True
        turn = 1 - me
        while want[1 - me] and turn != me:
            pass
        inside += 1
        assert inside == 1
        inside -= 1
        want[me] = False
    return go
run(work(0), work(1))
""",
    "computing": """
def step(x):
    return x * 3
def collatz(n):
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
    return True
def work():
    x = 1
    while x != 4782969:
        x = step(x)
    n = 1
    while n < 30 and collatz(n):
        n += 1
run(work)
""",
    "a list that is walked along": """
class Node:
    def __init__(self, next):
        self.next = next
    def step(self):
        return self.next
def work():
    node = None
    for k in range(500):
        node = Node(node)
    while node is not None:
        node = node.step()
run(work)
""",
    "a short loop in a function that is called often": """
def inner():
    k = 0
    while k < 1:
        k += 1
    return True
def work():
    i = 0
    while i < 2000 and inner():
        i += 1
run(work)
""",
    "iterators": """
def numbers():
    for k in range(500):
        yield k
def work():
    it = numbers()
    while next(it, None) is not None:
        pass
    it = iter([0] * 300 + [1])
    while not next(it):
        pass
    it = iter([0] * 300 + [1])
    def more():
        for x in it:
            return not x
    while more():
        pass
run(work)
""",
    "a closure that counts": """
def work():
    n = 0
    def more():
        nonlocal n
        n += 1
        return n < 500
    while more():
        pass
run(work)
""",
    "items that are taken": """
def work():
    items.extend(range(300))
    while items and items.pop() >= 0:
        pass
    d = dict.fromkeys(range(300))
    while d:
        d.popitem()
run(work)
""",
    "chance": """
def work():
    while random.random() < 0.99:
        pass
run(work)
""",
    "a thread that ends": """
def short():
    for k in range(100):
        pass
t = threading.Thread(target=short)
t.start()
while t.is_alive():
    pass
""",
}

SHORT = float(os.environ.get("TG_TEST_SCALE", "1")) < 1
HOW = (("portfolio", "gil", "40"), ("portfolio", "free", "40"), ("none", "free", "9"),
       ("exhaustive", "free", "120"))


def stress(text, *options):
    done = subprocess.run([TOGIL, "stress", "--seed", "1", *options, "-c", text],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


class Stuck(unittest.TestCase):
    def check(self, text, *options):
        code, out = stress(text, *options)
        self.assertEqual(code, 1, out)
        self.assertIn("FAILED: livelock", out, text)
        self.assertIn("nobody is left to change what a loop looks at", out)
        return out

    def test_one_or_two_threads_that_wait_for_ever(self):
        for name, text in STUCK.items():
            for threads, policy in (("work, work", "free"), ("work", "gil"))[:1 if SHORT else 2]:
                with self.subTest(loop=name, threads=threads, policy=policy):
                    self.check(f"{HEAD}{text}run({threads})\n", "--runs", "9", "--policy", policy)

    def test_under_every_strategy_and_again(self):
        text = f"{HEAD}{STUCK['an empty queue']}run(work, work)\n"
        for strategy in ("pct:3", "dpor") if SHORT else ("none", "random", "pos", "pct:3", "surw",
                                                         "urw", "pb:1", "dpor"):
            with self.subTest(strategy=strategy):
                out = self.check(text, "--strategy", strategy, "--runs", "20")
                words = re.search("replay: togil stress (.*) -c CODE", out).group(1).split()
                self.check(text, *words)

    def test_a_bug_that_only_some_orders_show(self):
        # The setter gives up if it comes before the waiter is ready.
        out = self.check(HEAD + """
waits = False
def look():
    with lock:
        return done
def waiter():
    global waits
    waits = True
    while not look():
        pass
def setter():
    global done
    if waits:
        done = True
run(waiter, setter)
""", "--runs", "200")
        self.assertIn("goes round for ever", out)


class Goes(unittest.TestCase):
    def test_what_ends_is_no_livelock(self):
        for name, text in GOES.items():
            for strategy, policy, runs in HOW[1:2] if SHORT else HOW:
                with self.subTest(program=name, strategy=strategy, policy=policy):
                    code, out = stress(HEAD + text, "--strategy", strategy, "--policy", policy,
                                       "--runs", runs)
                    self.assertEqual(code, 0, out)

    def test_what_never_ends_but_does_something_is_no_livelock(self):
        for line in ("items.append(1); items.pop()", "time.sleep(1)", "print()",
                     "q.put(1); q.get()", "random.random()"):
            code, out = stress(f"{HEAD}while True: {line}\n", "--max-steps", "3000", "--runs", "9")
            self.assertEqual(code, 1, out)
            self.assertIn("FAILED: endless run", out)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
