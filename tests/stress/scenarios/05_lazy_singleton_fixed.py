import threading

made = []


class Thing:
    def __init__(self):
        made.append(1)


instance = None
lock = threading.Lock()


def work():
    global instance
    if instance is None:
        with lock:
            if instance is None:
                instance = Thing()


threads = [threading.Thread(target=f) for f in [work, work]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(made) == 1, made
