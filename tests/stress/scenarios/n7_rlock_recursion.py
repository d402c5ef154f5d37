import threading

lock = threading.RLock()
count = 0


def add(depth):
    global count
    with lock:
        count += 1
        if depth > 0:
            add(depth - 1)


threads = [threading.Thread(target=add, args=(3,)) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert count == 12, count
