import threading

local = threading.local()
totals = []


def square(i):
    cache = getattr(local, "cache", None)
    if cache is None:
        cache = local.cache = {}
    if i not in cache:
        cache[i] = i * i
    return cache[i]


def work():
    totals.append(sum([square(i % 3) for i in range(9)]))


threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert totals == [15] * 3, totals
