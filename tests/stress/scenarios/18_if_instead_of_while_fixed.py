import threading

changed = threading.Condition()
items = []
taken = []


def consumer():
    with changed:
        while not items:
            changed.wait()
        taken.append(items.pop())


def producer():
    for i in range(2):
        with changed:
            items.append(i)
            changed.notify_all()


threads = [threading.Thread(target=f) for f in [consumer, consumer, producer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(taken) == [0, 1], taken
