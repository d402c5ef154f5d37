import threading

one = threading.Lock()
data1 = data2 = 0


def updater():
    global data1, data2
    with one:
        data1 = 1
        data2 = data1 + 1


def reader():
    with one:
        x = data1
        y = data2
    assert x == 0 or y == x + 1, (x, y)


for f in [updater] * 19 + [reader]:
    threading.Thread(target=f).start()
