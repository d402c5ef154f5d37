import threading

items = [1, 2, 3]
out = []


def work():
    while True:
        try:
            item = items.pop()
        except IndexError:
            return
        out.append(item)


threads = [threading.Thread(target=f) for f in [work, work]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(out) == [1, 2, 3], out
