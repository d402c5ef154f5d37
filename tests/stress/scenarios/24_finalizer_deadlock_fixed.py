import threading

lock = threading.Lock()
log = []
to_close = []


class Resource:
    def __del__(self):
        to_close.append("closed")


shared = [Resource()]


def user():
    with lock:
        mine = shared[0]
        log.append("used")
        mine = None


def replace():
    shared[0] = None


threads = [threading.Thread(target=f) for f in [user, replace]]
for t in threads:
    t.start()
for t in threads:
    t.join()
with lock:
    log.extend(to_close)
