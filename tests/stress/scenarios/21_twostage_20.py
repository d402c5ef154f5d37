import threading

one = threading.Lock()
two = threading.Lock()
data1 = data2 = 0


def updater():
    global data1, data2
    with one:
        data1 = 1
    with two:
        data2 = data1 + 1


def reader():
    with one:
        x = data1
    if x == 0:
        return
    with two:
        y = data2
    assert y == x + 1, (x, y)


for f in [updater] * 19 + [reader]:
    threading.Thread(target=f).start()
