import threading

data = 0
one = threading.Lock()
other = threading.Lock()


def first():
    global data
    with other:
        data += 1


def second():
    global data
    with other:
        data += 1


threads = [threading.Thread(target=f) for f in [first] + [second] * 7]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert data == 8, data
