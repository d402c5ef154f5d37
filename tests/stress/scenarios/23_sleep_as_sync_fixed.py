import threading
import time

value = None
ready = threading.Event()


def writer():
    global value
    time.sleep(0.1)
    value = 1
    ready.set()


def reader():
    ready.wait()
    assert value == 1, value


for f in [writer, reader]:
    threading.Thread(target=f).start()
