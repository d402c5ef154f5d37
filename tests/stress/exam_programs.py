# SPDX-License-Identifier: MIT
"""exam_programs.py - small programs with one known bug each: those of SCTBench, in Python.

P. Thomson, A. F. Donaldson, A. Betts: Concurrency Testing Using Controlled Schedulers: An Empirical
Study. TOPC 2016 (docs/papers.md, 57). Written anew, step by step as the published programs: the
same threads in the same order, started one after the other and joined, the same accesses and
locks; what the main thread does there it does here. The numbers of threads of twostage_20 and _50 are those of the collection that the published
figures were measured with (docs/papers.md, 56 and 60).
"""

START = """
threads = [threading.Thread(target=f) for f in {threads}]
for t in threads:
    t.start()
for t in threads:
    t.join()
"""


BESIDE = """
other = threading.Thread(target={thread})
other.start()
{main}
other.join()
"""


def program(body, threads):
    return "import threading\n" + body + START.format(threads=threads)


def beside_main(body, thread, main):
    """One thread is started, and the main thread does the rest."""
    return "import threading\n" + body + BESIDE.format(thread=thread, main=main)


# Fails if the check comes after both.
ACCOUNT = """
lock = threading.Lock()
x, y, z = 1, 2, 4
balance = x
deposited = withdrawn = False


def deposit():
    global balance, deposited
    with lock:
        balance = balance + y
        deposited = True


def withdraw():
    global balance, withdrawn
    with lock:
        balance = balance - z
        withdrawn = True


def check():
    with lock:
        if deposited and withdrawn:
            assert balance == (x - y) - z
"""

# The driver stops between the look at the flag and the increment.
BLUETOOTH = """
lock = threading.Lock()
stopped = False


class Device:
    def __init__(self):
        self.pending = 1
        self.stopping = self.event = False


device = Device()


def increment():
    if device.stopping:
        return False
    with lock:
        device.pending = device.pending + 1
    return True


def decrement():
    with lock:
        device.pending = device.pending - 1
        left = device.pending
    if left == 0:
        device.event = True


def add():
    if increment():
        assert not stopped
    decrement()


def stop():
    global stopped
    device.stopping = True
    decrement()
    if device.event:
        stopped = True
"""

DEADLOCK = """
a = threading.Lock()
b = threading.Lock()
counter = 1


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
        if data >= 3:
            assert False
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
            assert x1 == x2 and x2 == x3
"""

# Once something has been put, more may be taken than is there.
STACK = """
SIZE = 10
lock = threading.Lock()
items = [0] * SIZE
top = 0
flag = False


def get_top():
    return top


def push(x):
    global top
    if top == SIZE:
        return False
    items[get_top()] = x
    top += 1
    return True


def pop():
    global top
    if get_top() == 0:
        return False
    top -= 1
    items[get_top()]
    return True


def pusher():
    global flag
    for i in range(SIZE):
        with lock:
            assert push(i)
            flag = True


def popper():
    for i in range(SIZE):
        with lock:
            if flag:
                assert pop()
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
        if data1 == 0:
            return
        x = data1
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
    assert (a == 0 and b == 0) or (a == 1 and b == -1)
"""

# The length is asked under the lock, and used under the lock, but not under the same holding.
STRING_BUFFER = """
class StringBuffer:
    def __init__(self, text=""):
        self.lock = threading.RLock()
        self.value = list(text)
        self.count = len(text)

    def length(self):
        with self.lock:
            return self.count

    def get_chars(self, begin, end, into, at):
        with self.lock:
            assert 0 <= begin <= self.count and 0 <= end <= self.count and begin <= end
            into[at:at + end - begin] = self.value[begin:end]

    def append(self, text):
        with self.lock:
            self.value[self.count:] = list(text)
            self.count += len(text)

    def append_buffer(self, other):
        with self.lock:
            n = other.length()
            other.get_chars(0, n, self.value, self.count)
            self.count += n

    def erase(self, begin, end):
        with self.lock:
            end = min(end, self.count)
            if end > begin:
                del self.value[begin:end]
                self.count -= end - begin


buffer = StringBuffer("abc")


def change():
    buffer.erase(0, 3)
    buffer.append("abc")
"""

# A queue whose owner pushes and pops at one end, mostly without the lock, while a thief takes from
# the other. After it was empty once, an item may be lost or be taken twice. Head and tail are read
# by an exchange that changes nothing: one step that counts as a change, here a call of a builtin.
WORK_STEAL_QUEUE = """
class Queue:
    def __init__(self, size):
        self.lock = threading.Lock()
        self.head, self.tail = [0], [0]
        self.mask = size - 1
        self.items = [None] * size

    def steal(self):
        with self.lock:
            h = self.head.copy()[0]
            self.head[0] = h + 1
            if h < self.tail.copy()[0]:
                return self.items[h & self.mask]
            self.head[0] = h
            return None

    def pop(self):
        t = self.tail.copy()[0] - 1
        self.tail[0] = t
        if self.head.copy()[0] <= t:
            return self.items[t & self.mask]
        self.tail[0] = t + 1
        with self.lock:
            t = self.tail.copy()[0] - 1
            self.tail[0] = t
            found = None
            if self.head.copy()[0] <= t:
                found = self.items[t & self.mask]
            else:
                self.tail[0] = t + 1
            if self.head.copy()[0] > t:
                self.head[0] = 0
                self.tail[0] = 0
                found = None
            return found

    def push(self, item):
        t = self.tail.copy()[0]
        if t < self.head.copy()[0] + self.mask + 1 and t < 1 << 20:
            self.items[t & self.mask] = item
            self.tail[0] = t + 1
            return
        with self.lock:
            h = self.head.copy()[0]
            count = self.tail.copy()[0] - h
            h = h & self.mask
            self.head[0] = h
            self.tail[0] = h + count
            if count >= self.mask:
                size = 2 * (self.mask + 1)
                larger = [None] * size
                for i in range(count):
                    larger[i] = self.items[(h + i) & self.mask]
                self.items = larger
                self.mask = size - 1
                self.head[0] = 0
                self.tail[0] = count
            t = self.tail.copy()[0]
            self.items[t & self.mask] = item
            self.tail[0] = t + 1


class Item:
    def __init__(self):
        self.times = 0


queue = Queue(2)
items = [Item() for _ in range(4)]


def use(item):
    if item is not None:
        item.times += 1


def thief():
    for _ in range(2):
        use(queue.steal())


def owner():
    for i in range(2):
        queue.push(items[2 * i])
        queue.push(items[2 * i + 1])
        use(queue.pop())
    for i in range(2):
        use(queue.pop())
"""

# The lock of the same queue is a flag that is exchanged until it was free.
SPIN_LOCK = """
class SpinLock:
    def __init__(self):
        self.flag = threading.Lock()

    def __enter__(self):
        while not self.flag.acquire(blocking=False):
            pass

    def __exit__(self, *what):
        self.flag.release()
"""

# Two groups of threads keep each other out: the first of a group takes the lock of all, while it
# holds the one of the counters.
CARTER = """
counters = threading.Lock()
room = threading.Lock()
a = b = 0


def first():
    global a
    with counters:
        a += 1
        if a == 1:
            room.acquire()
    with counters:
        a -= 1
        if a == 0:
            room.release()


def second():
    global b
    with counters:
        b += 1
        if b == 1:
            room.acquire()
    with counters:
        b -= 1
        if b == 0:
            room.release()


def idle():
    pass
"""

ALL_ONCE = """
for item in items:
    assert item.times == 1
"""

PROGRAMS = {
    "account": program(ACCOUNT, "(check, deposit, withdraw)"),
    "bluetooth_driver": program(BLUETOOTH, "(stop, add)"),
    "deadlock01": program(DEADLOCK, "(first, second)"),
    "lazy01": program(LAZY, "(third, second, first)"),
    "token_ring": program(TOKEN_RING, "(t1, t2, t3, check)"),
    "stack": program(STACK, "(pusher, popper)"),
    "wronglock": program(WRONG_LOCK, "[guarded] + [other] * 7"),
    "twostage": program(TWO_STAGE, "(update, read)"),
    "twostage_20": program(TWO_STAGE, "[update] * 10 + [read] * 10"),
    "twostage_50": program(TWO_STAGE, "[update] * 40 + [read] * 10"),
    "twostage_100": program(TWO_STAGE, "[update] * 99 + [read]"),
    "reorder_3": program(REORDER, "[put] * 2 + [check]"),
    "reorder_5": program(REORDER, "[put] * 4 + [check]"),
    "reorder_10": program(REORDER, "[put] * 9 + [check]"),
    "reorder_20": program(REORDER, "[put] * 10 + [check] * 10"),
    "stringbuffer": beside_main(STRING_BUFFER, "change", "StringBuffer().append_buffer(buffer)"),
    "work_steal_queue": beside_main(WORK_STEAL_QUEUE, "thief", "owner()") + ALL_ONCE,
    "interlocked_queue": beside_main(
        SPIN_LOCK + WORK_STEAL_QUEUE.replace("threading.Lock()", "SpinLock()"), "thief",
        "owner()") + ALL_ONCE,
    "reorder_4": program(REORDER, "[put] * 3 + [check]"),
    "carter01": program(CARTER, "(first, second, idle, idle)"),
    "wronglock_3": program(WRONG_LOCK, "[guarded] + [other] * 3"),
}

# Mean schedules to the first failure, from the measurements published with SURW (limit 10,000, 20
# trials); a tuple: found in so many of the trials only. None: never found, or not with that strategy
# alone (SIMULATED of exam_larger.py).
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
    "work_steal_queue": (6, 48, 16, 12, None),
    "interlocked_queue": (6, 48, 13, 14, None),
    "interlocked_queue_with_state": (6, 907, 204, 5, 26),
    "qsort_mt": ((3048, 19), None, None, None, None),
    "cve_2016_1972": (11, (4902, 16), (2712, 19), 34, 299),
    "safestack": ((368921, 19), None, None, None, None),
}
