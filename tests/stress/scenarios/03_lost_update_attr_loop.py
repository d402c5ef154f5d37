import threading

class Counter:
    def __init__(self):
        self.n = 0

    def work(self):
        for _ in range(1000):
            self.n += 1


counter = Counter()


threads = [threading.Thread(target=f) for f in [counter.work, counter.work]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert counter.n == 2000, counter.n
