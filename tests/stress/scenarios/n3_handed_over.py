import queue
import threading

line = queue.Queue()
out = []


def producer():
    for i in range(3):
        box = [i]
        box.append(i * i)
        line.put(box)
    line.put(None)


def consumer():
    while True:
        box = line.get()
        if box is None:
            return
        box.append(sum(box))
        out.append(box)


threads = [threading.Thread(target=f) for f in [producer, consumer]]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert out == [[0, 0, 0], [1, 1, 2], [2, 4, 6]], out
