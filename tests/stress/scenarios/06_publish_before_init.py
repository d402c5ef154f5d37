import threading

class Box:
    pass


class Shared:
    obj = None


shared = Shared()


def load():
    return 42


def writer():
    box = Box()
    shared.obj = box
    box.data = load()


def reader():
    if shared.obj:
        assert shared.obj.data == 42


threads = [threading.Thread(target=f) for f in [writer, reader]]
for t in threads:
    t.start()
for t in threads:
    t.join()
