import threading

barrier = threading.Barrier(3)
now = [1, 2, 3]
after = [0, 0, 0]


def work(i):
    after[i] = now[i] + now[(i + 1) % 3]
    barrier.wait()
    now[i] = after[i] + after[(i + 2) % 3]


threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert now == [7, 8, 9], now
