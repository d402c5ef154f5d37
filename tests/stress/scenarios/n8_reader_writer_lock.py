import threading


class ReadWriteLock:
    def __init__(self):
        self.changed = threading.Condition()
        self.readers = 0
        self.writing = False

    def read(self):
        with self.changed:
            while self.writing:
                self.changed.wait()
            self.readers += 1

    def end_read(self):
        with self.changed:
            self.readers -= 1
            self.changed.notify_all()

    def write(self):
        with self.changed:
            while self.writing or self.readers > 0:
                self.changed.wait()
            self.writing = True

    def end_write(self):
        with self.changed:
            self.writing = False
            self.changed.notify_all()


lock = ReadWriteLock()
a = b = 0


def reader():
    lock.read()
    assert a == b, (a, b)
    lock.end_read()


def writer():
    global a, b
    lock.write()
    a += 1
    b += 1
    lock.end_write()


threads = [threading.Thread(target=f) for f in [reader, writer, reader, writer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert (a, b) == (2, 2), (a, b)
