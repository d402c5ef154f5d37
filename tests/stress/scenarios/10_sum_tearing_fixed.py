import threading

items = [1, 2, 3]
result = []


def reader():
    result.append(sum(tuple(items)))


def writer():
    items[0] = 10
    items[2] = 30


threads = [threading.Thread(target=f) for f in [reader, writer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert result[0] in (6, 15, 42), result
