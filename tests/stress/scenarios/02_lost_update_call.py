import threading

x = 0


def next_of(value):
    return value + 1


def work():
    global x
    x = next_of(x)


threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert x == 2, x
