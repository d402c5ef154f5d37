import threading
import time

value = None


def writer():
    global value
    time.sleep(0.1)
    value = 1


def reader():
    time.sleep(0.2)
    assert value == 1, value


for f in [writer, reader]:
    threading.Thread(target=f).start()
