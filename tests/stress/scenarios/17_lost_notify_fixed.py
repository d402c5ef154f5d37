import threading

changed = threading.Condition()
flag = False


def waiter():
    with changed:
        while not flag:
            changed.wait()


def notifier():
    global flag
    with changed:
        flag = True
        changed.notify()


threads = [threading.Thread(target=f) for f in [waiter, notifier]]
for t in threads:
    t.start()
for t in threads:
    t.join()
