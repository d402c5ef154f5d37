import threading

changed = threading.Condition()
flag = False


def waiter():
    if not flag:
        with changed:
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
