import threading

a = b = 0


def setter():
    global a, b
    a = 1
    b = -1


def checker():
    x = a
    y = b
    assert (x, y) in ((0, 0), (1, -1)), (x, y)


for f in [setter] * 9 + [checker]:
    threading.Thread(target=f).start()
