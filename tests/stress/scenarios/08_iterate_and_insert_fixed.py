import threading

d = {1: 1, 2: 2, 3: 3}
total = 0


def value(k):
    return d[k]


def reader():
    global total
    for k in list(d):
        total += value(k)


def writer():
    d[4] = 4


threads = [threading.Thread(target=f) for f in [reader, writer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert total in (6, 10), total
