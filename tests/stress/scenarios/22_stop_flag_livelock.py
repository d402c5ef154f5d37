import threading

ready = False
count = 0
quick = False


def first():
    global count, quick
    quick = True
    while not ready:
        pass
    count += 1


def second():
    global ready
    if quick:
        while count == 0:
            pass
    ready = True


for f in [first, second]:
    threading.Thread(target=f).start()
