# SPDX-License-Identifier: MIT
#
# counter_racy.py - one shared counter without a lock: a race on purpose.
#
# Usage     counter_racy.py [THREADS [UPDATES]]
# Stresses  a read-modify-write of one attribute from all threads. With a GIL that switches threads
#           only at a back edge no update is lost; without one, updates that overlap are.
# Output    how many updates were made. How many were lost depends on mode, machine and luck, so
#           that line goes to stderr, with the time.

import sys
import threading
import time


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


class Counter:
    def __init__(self):
        self.value = 0


def work(updates, counter):
    for _ in range(updates):
        counter.value += 1


def main():
    threads = argument(1, 1)
    updates = argument(2, 30000000)
    counter = Counter()
    workers = []
    for i in range(threads):
        share = updates * (i + 1) // threads - updates * i // threads
        workers.append(threading.Thread(target=work, args=(share, counter)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    lost = updates - counter.value
    print("counter_racy: updates", updates)
    percent = 100.0 * lost / updates
    print("lost %d of %d updates (%.2f %%)" % (lost, updates, percent), file=sys.stderr)
    print("%.3f s" % took, file=sys.stderr)
    if lost < 0:
        print("counter_racy: more updates than were made")
        sys.exit(1)


main()
