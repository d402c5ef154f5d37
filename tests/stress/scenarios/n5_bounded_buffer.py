import threading

lock = threading.Lock()
not_empty = threading.Condition(lock)
not_full = threading.Condition(lock)
items = []
out = []


def producer(k):
    for i in range(2):
        with not_full:
            while len(items) == 2:
                not_full.wait()
            items.append(k * 10 + i)
            not_empty.notify()


def consumer():
    for _ in range(2):
        with not_empty:
            while not items:
                not_empty.wait()
            out.append(items.pop(0))
            not_full.notify()


threads = [threading.Thread(target=producer, args=(k,)) for k in range(3)]
threads += [threading.Thread(target=consumer) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(out) == [0, 1, 10, 11, 20, 21], out
