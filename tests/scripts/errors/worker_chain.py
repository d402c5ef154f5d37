# SPDX-License-Identifier: MIT
# An exception with a cause in a subclass of Thread, and a wrong call of the target.
import threading


class Worker(threading.Thread):
    def run(self):
        try:
            {}["key"]
        except KeyError as error:
            raise RuntimeError("worker failed") from error


w = Worker(name="chain")
w.start()
w.join()


def needs_two(a, b):
    return a + b


t = threading.Thread(target=needs_two, args=(1,), name="wrong call")
t.start()
t.join()
print("done")
