import threading

ready = False
count = 0


def first():
    global count
    while not ready:
        pass
    count += 1


def second():
    global ready
    ready = True


for f in [first, second]:
    threading.Thread(target=f).start()
