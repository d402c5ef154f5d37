# SPDX-License-Identifier: MIT
#
# countdown.py - the smallest CPU-bound loop: count a number down to zero.
#
# Usage     countdown.py [THREADS [ITERATIONS]]
# Stresses  the bytecode loop and the hand-over of the GIL; nothing is shared.
# Output    the number of steps made by all threads; the time goes to stderr.

import sys
import threading
import time


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def countdown(n, steps, place):
    start = n
    while n > 0:
        n -= 1
    steps[place] = start - n


def main():
    threads = argument(1, 1)
    total = argument(2, 36000000)
    steps = [0] * threads
    workers = []
    for i in range(threads):
        share = total * (i + 1) // threads - total * i // threads
        workers.append(threading.Thread(target=countdown, args=(share, steps, i)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    print("countdown: steps", sum(steps))
    print("%.3f s" % took, file=sys.stderr)


main()
