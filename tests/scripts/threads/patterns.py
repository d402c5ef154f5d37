# SPDX-License-Identifier: MIT
# Well-known shapes of threaded programs: pipeline, pool, map-reduce, philosophers, readers-writers.
import queue
import threading


def pipeline(values, *stages):
    queues = [queue.Queue(4) for _ in range(len(stages) + 1)]
    end = object()

    def stage(f, source, sink):
        while True:
            v = source.get()
            if v is end:
                sink.put(end)
                return
            sink.put(f(v))

    def feed():
        for v in values:
            queues[0].put(v)
        queues[0].put(end)

    threads = [threading.Thread(target=feed)]
    for i, f in enumerate(stages):
        threads.append(threading.Thread(target=stage, args=(f, queues[i], queues[i + 1])))
    for t in threads:
        t.start()
    out = []
    while True:
        v = queues[-1].get()
        if v is end:
            break
        out.append(v)
    for t in threads:
        t.join()
    return out


print(pipeline(range(12), lambda v: v + 1, lambda v: v * v, str))


class Pool:
    def __init__(self, size):
        self.jobs = queue.Queue()
        self.results = {}
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(size)]
        for t in self.threads:
            t.start()

    def work(self):
        while True:
            number, f, args = self.jobs.get()
            try:
                result = ("ok", f(*args))
            except Exception as error:
                result = ("error", type(error).__name__)
            with self.lock:
                self.results[number] = result
            self.jobs.task_done()

    def run(self, calls):
        for number, call in enumerate(calls):
            self.jobs.put((number, call[0], call[1:]))
        self.jobs.join()
        return [self.results[i] for i in range(len(self.results))]


print(Pool(3).run([(pow, 2, 10), (int, "x"), (len, "four"), (divmod, 1, 0), (sorted, [3, 1, 2])]))


def map_reduce(lines, workers):
    parts = [None] * workers

    def count(n):
        mine = {}
        for line in lines[n::workers]:
            for word in line.split():
                mine[word] = mine.get(word, 0) + 1
        parts[n] = mine

    threads = [threading.Thread(target=count, args=(n,)) for n in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    total = {}
    for part in parts:
        for word, n in part.items():
            total[word] = total.get(word, 0) + n
    return sorted(total.items(), key=lambda p: (-p[1], p[0]))


LINES = ["a b c a", "b b", "c a", "d", "a d d e"] * 20
print(map_reduce(LINES, 1) == map_reduce(LINES, 4), map_reduce(LINES, 3))


def philosophers(n, meals):
    forks = [threading.Lock() for _ in range(n)]
    eaten = [0] * n

    def dine(i):
        low, high = sorted((i, (i + 1) % n))
        for _ in range(meals):
            with forks[low], forks[high]:
                eaten[i] += 1

    threads = [threading.Thread(target=dine, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return eaten


print(philosophers(5, 200))


class ReadersWriter:
    def __init__(self):
        self.condition = threading.Condition()
        self.readers = 0
        self.writing = False

    def read(self, f):
        with self.condition:
            while self.writing:
                self.condition.wait()
            self.readers += 1
        try:
            return f()
        finally:
            with self.condition:
                self.readers -= 1
                if not self.readers:
                    self.condition.notify_all()

    def write(self, f):
        with self.condition:
            while self.writing or self.readers:
                self.condition.wait()
            self.writing = True
        try:
            return f()
        finally:
            with self.condition:
                self.writing = False
                self.condition.notify_all()


rw = ReadersWriter()
pair = [0, 0]
wrong = []


def writer():
    def change():
        pair[0] += 1
        pair[1] += 1
    for _ in range(100):
        rw.write(change)


def reader():
    for _ in range(100):
        if not rw.read(lambda: pair[0] == pair[1]):
            wrong.append(list(pair))


threads = [threading.Thread(target=f) for f in (writer, reader, writer, reader, reader)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(pair, wrong)


class Once:
    def __init__(self, f):
        self.f = f
        self.lock = threading.Lock()
        self.done = False

    def get(self):
        if not self.done:
            with self.lock:
                if not self.done:
                    self.value = self.f()
                    self.done = True
        return self.value


calls = []
once = Once(lambda: calls.append(1) or "value")
got = []
threads = [threading.Thread(target=lambda: got.append(once.get())) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(calls, got)
