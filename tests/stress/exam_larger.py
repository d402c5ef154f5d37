# SPDX-License-Identifier: MIT
"""exam_larger.py - the longer programs of the exam: a queue that keeps a record of its calls, a sort,
two vulnerabilities, and a stack whose bug takes many switches.

Written anew, step by step as those of the collection that the published figures were measured with
(docs/papers.md, 56 and 60): the same threads in the same order, the same accesses to what they
share, the same locks. What C does in one atomic instruction is one step here, too, where Python has
one; STACK_WITHOUT_LOCKS says where it has none.
"""
from exam_programs import program

# The queue of exam_programs.py, where push leaves a slot free, with a record of what each thread is
# doing. The records of all threads are in one vector, which grows when a thread makes its first one.
# Two threads that do so at a time: the length is looked at, and then set, and the vector may shrink
# again when another thread has a place in it already. That thread finds no record of its own. Who
# waits for the lock there notes down that it does each time it looks; here it only looks.
QUEUE_WITH_STATE = """
class Vector:
    def __init__(self, room):
        self.places = [None] * room
        self.end = 0

    def resize(self, size):
        if size > self.end:
            self.grow(size - self.end)
        elif size < self.end:
            if self.end - size:
                self.end = size

    def grow(self, more):
        self.end
        if len(self.places) - self.end >= more:
            end = self.end
            for i in range(more):
                self.places[end + i] = []
            self.end = end + more

    def at(self, i):
        if i >= self.end:
            raise IndexError
        return self.places[i]


class State:
    def __init__(self):
        self.stacks = Vector(100)

    def push(self, me):
        if self.stacks.end <= me:
            self.stacks.resize(me + 1)
        self.stacks.at(me).append([0])

    def pop(self, me):
        assert len(self.stacks.at(me)) > 0
        self.stacks.at(me).pop()

    def peek(self, me):
        size = len(self.stacks.at(me))
        assert size > 0
        return self.stacks.at(me)[size - 1]

    def update(self, me, place):
        self.peek(me)[0] = place


class SpinLock:
    def __init__(self):
        self.flag = threading.Lock()

    def acquire(self, me):
        state.push(me)
        state.peek(me)
        state.update(me, 0)
        while not self.flag.acquire(blocking=False):
            pass
        state.pop(me)

    def release(self, me):
        state.push(me)
        state.peek(me)
        state.update(me, 0)
        self.flag.release()
        state.pop(me)


class Queue:
    def __init__(self, size):
        self.lock = SpinLock()
        self.head, self.tail = [0], [0]
        self.mask = size - 1
        self.items = [None] * size

    def index(self, at):
        if at >= self.head[0]:
            return at - self.head[0]
        return self.mask + 1 - (self.head[0] - at)

    def steal(self, me):
        state.push(me)
        state.peek(me)
        state.update(me, 0)
        self.lock.acquire(me)
        state.update(me, 1)
        h = self.head.copy()[0]
        self.index(h)
        state.update(me, 2)
        self.head[0] = h + 1
        found = None
        state.update(me, 3)
        if h < self.tail.copy()[0]:
            found = self.items[h & self.mask]
        else:
            state.update(me, 4)
            self.head[0] = h
        state.update(me, 5)
        self.lock.release(me)
        state.pop(me)
        return found

    def pop(self, me):
        state.push(me)
        state.peek(me)
        state.update(me, 0)
        t = self.tail.copy()[0] - 1
        self.index(t)
        state.update(me, 1)
        self.tail[0] = t
        state.update(me, 2)
        if self.head.copy()[0] <= t:
            found = self.items[t & self.mask]
        else:
            state.update(me, 3)
            self.tail[0] = t + 1
            found = self.pop_alone(me)
        state.pop(me)
        return found

    def pop_alone(self, me):
        state.push(me)
        state.peek(me)
        state.update(me, 0)
        self.lock.acquire(me)
        state.update(me, 1)
        t = self.tail.copy()[0] - 1
        self.index(t)
        state.update(me, 2)
        self.tail[0] = t
        found = None
        state.update(me, 3)
        if self.head.copy()[0] <= t:
            found = self.items[t & self.mask]
        else:
            state.update(me, 4)
            self.tail[0] = t + 1
        state.update(me, 5)
        if self.head.copy()[0] > t:
            state.update(me, 6)
            self.head[0] = 0
            state.update(me, 7)
            self.tail[0] = 0
            found = None
        state.update(me, 8)
        self.lock.release(me)
        state.pop(me)
        return found

    def push(self, item, me):
        state.push(me)
        state.peek(me)
        state.update(me, 0)
        t = self.tail.copy()[0]
        self.index(t)
        state.update(me, 1)
        if t < self.head.copy()[0] + self.mask and t < 1 << 20:
            self.items[t & self.mask] = item
            state.update(me, 2)
            self.tail[0] = t + 1
        else:
            state.update(me, 3)
            self.push_alone(item, me)
        state.pop(me)

    def push_alone(self, item, me):
        state.push(me)
        state.peek(me)
        state.update(me, 0)
        self.lock.acquire(me)
        state.update(me, 1)
        h = self.head.copy()[0]
        self.index(h)
        state.update(me, 2)
        count = self.tail.copy()[0] - h
        h = h & self.mask
        self.index(h)
        state.update(me, 3)
        state.update(me, 3)
        self.head[0] = h
        state.update(me, 4)
        self.tail[0] = h + count
        if count >= self.mask:
            size = 2 * (self.mask + 1)
            larger = [None] * size
            for i in range(count):
                larger[i] = self.items[(h + i) & self.mask]
            self.items = larger
            self.mask = size - 1
            state.update(me, 5)
            self.head[0] = 0
            state.update(me, 6)
            self.tail[0] = count
        state.update(me, 7)
        t = self.tail.copy()[0]
        self.items[t & self.mask] = item
        self.index(t)
        state.update(me, 8)
        self.tail[0] = t + 1
        state.update(me, 9)
        self.lock.release(me)
        state.pop(me)


class Item:
    def __init__(self):
        self.times = 0


state = State()
state.push(0)
queue = Queue(2)
items = [Item() for _ in range(4)]
state.peek(0)


def use(item):
    if item is not None:
        item.times += 1


def thief(me):
    state.push(me)
    state.peek(me)
    for i in range(2):
        state.update(me, 0)
        use(queue.steal(me))
    state.pop(me)


def owner():
    for i in range(2):
        state.update(0, 1)
        queue.push(items[2 * i], 0)
        state.update(0, 2)
        queue.push(items[2 * i + 1], 0)
        state.update(0, 3)
        use(queue.pop(0))
    for i in range(2):
        state.update(0, 4)
        use(queue.pop(0))
    state.update(0, 5)


thieves = [threading.Thread(target=thief, args=(i,)) for i in (1, 2)]
for t in thieves:
    t.start()
other = threading.Thread(target=owner)
other.start()
other.join()
for t in thieves:
    t.join()
for item in items:
    assert item.times == 1
"""

# A sort by a fixed pool of threads. Who splits a range gives the left part to an idle thread: it
# marks it as working, takes its lock, and then says which range. A thread that comes between the
# mark and the lock works on the range it had before, and the new one is left as it was. If it had
# none yet, it may see the new length with no array to it. An element is one value here; there it is
# swapped by bytes.
SORT = """
IDLE, WORK, TERM = 0, 1, 2
THREADS, FORK = 4, 4
NOWHERE = -1000
items = [7, 6, 9, 19, 17, 31, 10, 12, 9, 13, 26, 11, 18, 27, 3, 6,
         28, 2, 20, 24, 27, 8, 7, 13, 22, 26, 14, 3, 19, 31, 9, 26]


class Slot:
    def __init__(self):
        self.changed = threading.Condition(threading.Lock())
        self.state = IDLE
        self.first, self.n = NOWHERE, 0


class Common:
    def __init__(self):
        self.lock = threading.Lock()
        self.pool = []
        self.idle = 0


common = Common()


def allocate():
    common.lock.acquire()
    for i in range(THREADS):
        slot = common.pool[i]
        if slot.state == IDLE:
            common.idle -= 1
            slot.state = WORK
            slot.changed.acquire()
            common.lock.release()
            return slot
    common.lock.release()
    return None


def swap(i, j):
    t = items[i]
    items[i] = items[j]
    items[j] = t


def swap_ranges(i, j, n):
    for k in range(n):
        swap(i + k, j + k)


def compare(i, j):
    return items[i] - items[j]


def median(a, b, c):
    if compare(a, b) < 0:
        if compare(b, c) < 0:
            return b
        return c if compare(a, c) < 0 else a
    if compare(b, c) > 0:
        return b
    return a if compare(a, c) < 0 else c


def insert(first, n):
    for m in range(first + 1, first + n):
        at = m
        while at > first and compare(at - 1, at) > 0:
            swap(at, at - 1)
            at -= 1


def sort(slot):
    first, n = slot.first, slot.n
    while True:
        if n < 7:
            insert(first, n)
            return
        middle = first + n // 2
        if n > 7:
            middle = median(first, middle, first + n - 1)
        swap(first, middle)
        swapped = False
        a = b = first + 1
        c = d = first + n - 1
        while True:
            while b <= c:
                r = compare(b, first)
                if r > 0:
                    break
                if r == 0:
                    swapped = True
                    swap(a, b)
                    a += 1
                b += 1
            while b <= c:
                r = compare(c, first)
                if r < 0:
                    break
                if r == 0:
                    swapped = True
                    swap(c, d)
                    d -= 1
                c -= 1
            if b > c:
                break
            swap(b, c)
            swapped = True
            b += 1
            c -= 1
        if not swapped:
            insert(first, n)
            return
        end = first + n
        r = min(a - first, b - a)
        swap_ranges(first, b - r, r)
        r = min(d - c, end - d - 1)
        swap_ranges(b, end - r, r)
        left, right = b - a, d - c
        helper = allocate() if left > FORK and right > FORK else None
        if helper is not None:
            helper.first = first
            helper.n = left
            helper.changed.notify()
            helper.changed.release()
        elif left > 0:
            slot.first = first
            slot.n = left
            sort(slot)
        if right <= 0:
            return
        first, n = end - right, right


def work(slot):
    while True:
        with slot.changed:
            while slot.state == IDLE:
                slot.changed.wait()
        if slot.state == TERM:
            return
        assert slot.state == WORK
        sort(slot)
        with common.lock:
            slot.state = IDLE
            common.idle += 1
            if common.idle == THREADS:
                for other in common.pool:
                    if other is not slot:
                        with other.changed:
                            other.state = TERM
                            other.changed.notify()
                return


threads = []
common.pool = [Slot() for _ in range(THREADS)]
for slot in common.pool:
    threads.append(threading.Thread(target=work, args=(slot,)))
    threads[-1].start()
common.idle = THREADS
slot = common.pool[0]
with slot.changed:
    slot.first = 0
    slot.n = len(items)
    slot.state = WORK
    common.idle -= 1
    slot.changed.notify()
for t in threads:
    t.join()
assert items == sorted(items)
"""

# CVE-2016-1972: who is the last to leave a section frees it, but a thread that is about to enter
# may not have said so yet. It finds no section, or the section is freed twice. To use what was
# freed is nothing that C would notice, and it is not noticed here.
LAST_ONE_FREES = """
waiters = 0
done = False


class Section:
    def __init__(self):
        self.mutex = threading.Lock()
        self.entered = 0
        self.memory = [None]


section = Section()


def enter(section):
    section.entered = 1
    section.mutex.acquire()


def leave(section):
    section.mutex.release()


def free(section):
    if section is not None:
        section.memory.pop()


def once():
    global waiters, done, section
    if done:
        return
    waiters += 1
    enter(section)
    if not done:
        done = True
    leave(section)
    left = waiters - 1
    waiters = left
    if left == 0:
        free(section)
        section = None
"""

# CVE-2017-15265: a port is in the list before its maker has done with it, and another thread may
# delete it there. The maker then writes into what was freed. C does not notice; here it fails: the
# fields of a port are a list, and freed is an empty one.
PORT_IN_THE_LIST = """
class Link:
    def __init__(self, port, number):
        self.next = self.previous = None
        self.number = number
        self.lock = threading.Lock()
        self.fields = [port]


class Client:
    def __init__(self):
        self.mutex = threading.Lock()
        self.lock = threading.Lock()
        self.ports = 1
        self.head = Link(None, None)


client = Client()
zero = Link("", 0)
client.head.next = client.head.previous = zero
zero.next = zero.previous = client.head


def create():
    new = Link("", -1)
    number = 1
    with client.mutex:
        with client.lock:
            p = client.head.next
            while p is not client.head:
                if p.number > number:
                    break
                p = p.next
            previous = p.previous
            p.previous = new
            new.next = p
            new.previous = previous
            previous.next = new
            client.ports += 1
            new.number = number
    new.fields[0] = "type"
    new.number


def delete():
    found = None
    with client.mutex:
        with client.lock:
            p = client.head.next
            while p is not client.head:
                if p.number == 1:
                    next, previous = p.next, p.previous
                    next.previous = previous
                    previous.next = next
                    client.ports -= 1
                    found = p
                    break
                p = p.next
    if found is not None:
        found.lock.acquire()
        found.fields.clear()
"""

# SafeStack of D. Vyukov: a stack of indices without locks. Who takes one off marks it, so that
# nobody else does, and unmarks it if the head has changed meanwhile; the mark then may be that of
# another thread. In the end two threads have the same element. Exchange, and one more or one less,
# are one step each. Compare and exchange is two steps under a lock of its own: all others look at
# the head only, and see it before or after.
STACK_WITHOUT_LOCKS = """
import heapq


class Item:
    def __init__(self, next):
        self.value = -1
        self.next = [next]


class Stack:
    def __init__(self, n):
        self.items = [Item(i + 1 if i + 1 < n else -1) for i in range(n)]
        self.head = 0
        self.count = [None] * n
        self.lock = threading.Lock()

    def head_becomes(self, old, new):
        with self.lock:
            found = self.head
            if found == old:
                self.head = new
        return found

    def pop(self):
        while len(self.count) > 1:
            head = self.head
            next = heapq.heapreplace(self.items[head].next, -1)
            if next >= 0:
                if self.head_becomes(head, next) == head:
                    self.count.pop()
                    return head
                heapq.heapreplace(self.items[head].next, next)
        return -1

    def push(self, i):
        head = self.head
        while True:
            self.items[i].next[0] = head
            found = self.head_becomes(head, i)
            if found == head:
                break
            head = found
        self.count.append(None)


stack = Stack(3)


def work(me):
    for _ in range(2):
        while True:
            i = stack.pop()
            if i >= 0:
                break
        stack.items[i].value = me
        assert stack.items[i].value == me
        stack.push(i)


threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
"""

PROGRAMS = {
    "interlocked_queue_with_state": "import threading\n" + QUEUE_WITH_STATE,
    "qsort_mt": "import threading\n" + SORT,
    "cve_2016_1972": program(LAST_ONE_FREES, "(once, once)"),
    "cve_2017_15265": program(PORT_IN_THE_LIST, "(create, delete)"),
    "safestack": "import threading\n" + STACK_WITHOUT_LOCKS,
}

# What was published for the sort with strategies other than SURW was measured with one more rule:
# a place is drawn for each run, and who comes to it is held back until the thread that was running
# then gets there (docs/stress.md). These are from a simulation of ours, of the C program with the
# strategies as they are; accesses to what is on a thread's own stack are no steps. In the order of
# STRATEGIES of exam.py; a tuple: never found in so many schedules.
SIMULATED = {
    "qsort_mt": (None, 1143, 971, 463, (800000, 0)),
}
