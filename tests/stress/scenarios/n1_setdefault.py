import threading

made = []
things = {}


def make():
    made.append(1)
    return len(made)


def work(seen):
    seen.append(things.setdefault("k", make()))


one, two = [], []
threads = [threading.Thread(target=work, args=(s,)) for s in [one, two]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert one == two, (one, two)
