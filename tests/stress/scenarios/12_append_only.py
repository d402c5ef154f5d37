import threading

items = []


def work(first):
    for i in range(250):
        items.append(first + i)


threads = [threading.Thread(target=work, args=(250 * i,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(items) == list(range(1000))
