import threading

x = 0


def work():
    global x
    x += 1


threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert x == 2, x
