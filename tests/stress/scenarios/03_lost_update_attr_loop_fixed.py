import threading

totals = []


def work():
    n = 0
    for _ in range(1000):
        n += 1
    totals.append(n)


threads = [threading.Thread(target=f) for f in [work, work]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sum(totals) == 2000, totals
