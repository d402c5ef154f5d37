import threading

items = [3, 1, 2]
result = []


def key(x):
    return x


def sorter():
    result.extend(sorted(items, key=key))


def writer():
    items.append(0)


threads = [threading.Thread(target=f) for f in [sorter, writer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(items) == [0, 1, 2, 3], items
