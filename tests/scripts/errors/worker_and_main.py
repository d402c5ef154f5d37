# SPDX-License-Identifier: MIT
# The main thread fails; a thread that is still running finishes before the program ends.
import threading

go = threading.Event()


def work():
    go.wait()
    print("worker finished", flush=True)


t = threading.Thread(target=work)
t.start()


class Last:
    def __str__(self):
        go.set()
        return "from main"


raise RuntimeError(Last())
