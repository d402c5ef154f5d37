# SPDX-License-Identifier: MIT
"""exam_programs.py - small programs with one known bug each, after the descriptions of SCTBench.

P. Thomson, A. F. Donaldson, A. Betts: Concurrency Testing Using Controlled Schedulers: An Empirical
Study. TOPC 2016 (docs/papers.md). Written anew: what a thread does is one step where the original
has one, but threads are started by the main thread one after the other and not joined.
"""

START = """
for f in {threads}:
    threading.Thread(target=f).start()
"""


def program(body, threads):
    return "import threading\n" + body + START.format(threads=threads)


# Fails if the check comes after both.
ACCOUNT = """
lock = threading.Lock()
balance = 10
deposited = withdrawn = False


def deposit():
    global balance, deposited
    with lock:
        balance = balance + 5
        deposited = True


def withdraw():
    global balance, withdrawn
    with lock:
        balance = balance - 3
        withdrawn = True


def check():
    with lock:
        if deposited and withdrawn:
            assert balance == 10 - 5 - 3
"""

# The driver stops between the look at the flag and the increment.
BLUETOOTH = """
lock = threading.Lock()
pending = 1
stopping = event = stopped = False


def decrement():
    global pending, event
    with lock:
        pending -= 1
        left = pending
    if left == 0:
        event = True


def add():
    global pending
    if stopping:
        return
    with lock:
        pending += 1
    assert not stopped
    decrement()


def stop():
    global stopping, stopped
    stopping = True
    decrement()
    if event:
        stopped = True
"""

DEADLOCK = """
a = threading.Lock()
b = threading.Lock()
counter = 0


def first():
    global counter
    with a:
        with b:
            counter += 1


def second():
    global counter
    with b:
        with a:
            counter -= 1
"""

# Fails if the third comes after both.
LAZY = """
lock = threading.Lock()
data = 0


def first():
    global data
    with lock:
        data += 1


def second():
    global data
    with lock:
        data += 2


def third():
    with lock:
        assert data < 3
"""

# Each thread hands on what it finds; the check comes when all have, in whatever order.
TOKEN_RING = """
lock = threading.Lock()
x1, x2, x3 = 1, 2, 1
f1 = f2 = f3 = False


def t1():
    global x1, f1
    with lock:
        x1 = (x3 + 1) % 4
        f1 = True


def t2():
    global x2, f2
    with lock:
        x2 = x1
        f2 = True


def t3():
    global x3, f3
    with lock:
        x3 = x2
        f3 = True


def check():
    with lock:
        if f1 and f2 and f3:
            assert x1 == x2 == x3
"""

# After the first push, more is taken than was put.
STACK = """
lock = threading.Lock()
top = 0
pushed = False


def push():
    global top, pushed
    for _ in range(5):
        with lock:
            top += 1
            pushed = True


def pop():
    global top
    for _ in range(5):
        with lock:
            if pushed:
                assert top > 0
                top -= 1
"""

WRONG_LOCK = """
one = threading.Lock()
two = threading.Lock()
data = 0


def guarded():
    global data
    with one:
        x = data
        data += 1
        assert data == x + 1


def other():
    global data
    with two:
        data += 2
"""

TWO_STAGE = """
one = threading.Lock()
two = threading.Lock()
data1 = data2 = 0


def update():
    global data1, data2
    with one:
        data1 = 1
    with two:
        data2 = data1 + 1


def read():
    with one:
        x = data1
    if x == 0:
        return
    with two:
        y = data2
    assert y == x + 1
"""

REORDER = """
a = b = 0


def put():
    global a, b
    a = 1
    b = -1


def check():
    x = a
    y = b
    assert (x, y) in ((0, 0), (1, -1))
"""

# The length is asked under the lock, and used under the lock, but not under the same holding.
STRING_BUFFER = """
class Buffer:
    def __init__(self, n):
        self.lock = threading.Lock()
        self.count = n

    def length(self):
        with self.lock:
            return self.count

    def read(self, n):
        with self.lock:
            assert n <= self.count

    def erase(self):
        with self.lock:
            self.count = 0


buffer = Buffer(5)


def append():
    n = buffer.length()
    buffer.read(n)


def erase():
    buffer.erase()
"""

PROGRAMS = {
    "account": program(ACCOUNT, "(check, deposit, withdraw)"),
    "bluetooth_driver": program(BLUETOOTH, "(stop, add)"),
    "deadlock01": program(DEADLOCK, "(first, second)"),
    "lazy01": program(LAZY, "(first, second, third)"),
    "token_ring": program(TOKEN_RING, "(t1, t2, t3, check)"),
    "stack": program(STACK, "(push, pop)"),
    "wronglock": program(WRONG_LOCK, "[guarded] + [other] * 7"),
    "twostage": program(TWO_STAGE, "(update, read)"),
    "twostage_20": program(TWO_STAGE, "[update] * 19 + [read]"),
    "twostage_50": program(TWO_STAGE, "[update] * 49 + [read]"),
    "twostage_100": program(TWO_STAGE, "[update] * 99 + [read]"),
    "reorder_3": program(REORDER, "[put] * 2 + [check]"),
    "reorder_5": program(REORDER, "[put] * 4 + [check]"),
    "reorder_10": program(REORDER, "[put] * 9 + [check]"),
    "reorder_20": program(REORDER, "[put] * 19 + [check]"),
    "stringbuffer": program(STRING_BUFFER, "(append, erase)"),
}

# Mean schedules to the first failure, from the measurements published with SURW (limit 10,000, 20
# trials); a tuple: found in so many of the trials only. None: never found.
STRATEGIES = ("surw", "pct:3", "pct:10", "pos", "random")
PUBLISHED = {
    "account": (6, 4, 4, 4, 18),
    "bluetooth_driver": (70, 112, 83, 36, 215),
    "deadlock01": (2, 13, 7, 4, 3),
    "lazy01": (2, 5, 5, 5, 21),
    "token_ring": (8, 8, 8, 9, 13),
    "stack": (5, 3, 3, 2, 176),
    "wronglock": (7, 51, 20, 10, 36),
    "twostage": (8, 13, 9, 15, 464),
    "twostage_20": (6, 159, 101, 156, None),
    "twostage_50": (20, 1676, 692, 1637, None),
    "twostage_100": (454, (7466, 3), (5726, 9), (6674, 3), None),
    "reorder_3": (7, 185, 148, 86, None),
    "reorder_5": (10, 647, 1094, 2169, None),
    "reorder_10": (17, (3225, 16), (4462, 12), None, None),
    "reorder_20": (6, 3005, (3297, 17), None, None),
    "stringbuffer": (8, 281, 26, 23, (2243, 19)),
}
