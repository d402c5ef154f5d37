# SPDX-License-Identifier: MIT
# queue: Queue, LifoQueue, PriorityQueue, SimpleQueue; blocking, timeouts, task_done and join.
import queue
import threading


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue):
    q = kind()
    for v in (3, 1, 2):
        q.put(v)
    print(kind.__name__, q.qsize(), q.empty(), [q.get() for _ in range(3)], q.empty(), q.qsize())
    attempt(lambda: q.get(block=False))
    attempt(lambda: q.get_nowait())
    attempt(lambda: q.get(timeout=0.01))
    attempt(lambda: q.get(True, -1))
q = queue.Queue(2)
q.put("a")
q.put_nowait("b")
print(q.full(), q.maxsize, q.qsize())
attempt(lambda: q.put("c", False))
attempt(lambda: q.put_nowait("c"))
attempt(lambda: q.put("c", timeout=0.01))
attempt(lambda: q.put("c", True, -1))
print(q.get(), q.get(), q.full())
attempt(lambda: q.task_done())
attempt(lambda: q.task_done())
attempt(lambda: q.task_done())
print(issubclass(queue.Empty, Exception), issubclass(queue.Full, Exception))
p = queue.PriorityQueue()
for item in ((5, "e"), (1, "z"), (1, "a"), (3, "c"), (2, "b")):
    p.put(item)
print([p.get() for _ in range(5)])
values = [(i * 7919) % 211 for i in range(300)]
for v in values:
    p.put(v)
print([p.get() for _ in values] == sorted(values))


def many(make, producers, consumers, each):
    q = make()
    out = []
    guard = threading.Lock()

    def produce(n):
        for i in range(each):
            q.put((n, i))

    def consume():
        mine = []
        while True:
            item = q.get()
            if item == (9999, None):
                break
            mine.append(item)
        with guard:
            out.extend(mine)

    ps = [threading.Thread(target=produce, args=(n,)) for n in range(producers)]
    cs = [threading.Thread(target=consume) for _ in range(consumers)]
    for t in ps + cs:
        t.start()
    for t in ps:
        t.join()
    for _ in cs:
        q.put((9999, None))
    for t in cs:
        t.join()
    return sorted(out) == [(n, i) for n in range(producers) for i in range(each)]


print(many(queue.Queue, 3, 3, 300), many(lambda: queue.Queue(1), 3, 2, 200),
      many(lambda: queue.Queue(7), 2, 4, 300),
      many(queue.SimpleQueue, 4, 3, 300), many(lambda: queue.PriorityQueue(5), 2, 1, 100))

# One producer and one consumer keep the order.
q = queue.Queue(3)
order = []


def consume_in_order():
    while True:
        v = q.get()
        if v is None:
            return
        order.append(v)


t = threading.Thread(target=consume_in_order)
t.start()
for i in range(500):
    q.put(i)
q.put(None)
t.join()
print(order == list(range(500)))

# join waits until every item is done.
q = queue.Queue()
finished = []


def worker():
    while True:
        item = q.get()
        if item is None:
            q.task_done()
            return
        finished.append(item * item)
        q.task_done()


threads = [threading.Thread(target=worker) for _ in range(3)]
for t in threads:
    t.start()
for i in range(30):
    q.put(i)
q.join()
print(sorted(finished) == [i * i for i in range(30)], q.unfinished_tasks)
for _ in threads:
    q.put(None)
q.join()
for t in threads:
    t.join()

# A blocked put goes on when there is room; a get with a timeout gets what comes in time.
q = queue.Queue(1)
q.put("first")
t = threading.Thread(target=q.put, args=("second",))
t.start()
print(q.get(), q.get(timeout=30))
t.join()
t = threading.Thread(target=q.put, args=("late",))
t.start()
print(q.get(True, 30))
t.join()


class Unique(queue.Queue):
    def _init(self, maxsize):
        self.items = set()

    def _qsize(self):
        return len(self.items)

    def _put(self, item):
        self.items.add(item)

    def _get(self):
        v = min(self.items)
        self.items.remove(v)
        return v


u = Unique()
for v in (3, 1, 3, 2, 1):
    u.put(v)
print(u.qsize(), [u.get() for _ in range(3)], u.empty())
