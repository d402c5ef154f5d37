# SPDX-License-Identifier: MIT
#
# counter_locked.py - one shared counter, every update under one lock.
#
# Usage     counter_locked.py [THREADS [UPDATES]]
# Stresses  the lock and its hand-over between threads, and one object that all threads write.
# Output    the final count, which must equal UPDATES; the time goes to stderr.

import sys
import threading
import time


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


class Counter:
    def __init__(self):
        self.value = 0


def work(updates, counter, lock):
    for _ in range(updates):
        with lock:
            counter.value += 1


def main():
    threads = argument(1, 1)
    updates = argument(2, 5000000)
    counter = Counter()
    lock = threading.Lock()
    workers = []
    for i in range(threads):
        share = updates * (i + 1) // threads - updates * i // threads
        workers.append(threading.Thread(target=work, args=(share, counter, lock)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    print("counter_locked: updates", updates, "counted", counter.value)
    print("%.3f s" % took, file=sys.stderr)
    if counter.value != updates:
        sys.exit(1)


main()
