import queue
import threading

lock = threading.Lock()
items = queue.Queue(1)
done = []


def producer():
    for i in range(2):
        with lock:
            items.put(i)


def consumer():
    for _ in range(2):
        with lock:
            pass
        items.get()


def other():
    for i in range(3):
        done.append(i)


threads = [threading.Thread(target=f) for f in [producer, consumer, other]]
for t in threads:
    t.start()
for t in threads:
    t.join()
