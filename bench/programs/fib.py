# SPDX-License-Identifier: MIT
#
# fib.py - naive Fibonacci: the cost of a function call.
#
# Usage     fib.py [THREADS [N]]
# Stresses  calls, frames and small integers. The fixed work is 48 calls of fib(N), dealt out to
#           the threads in turn; 48 divides evenly among 1, 2, 3, 4, 6, 8, 12, 16 and 24 threads.
# Output    the sum of the 48 results; the time goes to stderr.

import sys
import threading
import time

JOBS = 48


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def work(n, first, step, results, place):
    total = 0
    for _ in range(first, JOBS, step):
        total += fib(n)
    results[place] = total


def main():
    threads = argument(1, 1)
    n = argument(2, 26)
    results = [0] * threads
    workers = []
    for i in range(threads):
        workers.append(threading.Thread(target=work, args=(n, i, threads, results, i)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    print("fib: jobs", JOBS, "sum", sum(results))
    print("%.3f s" % took, file=sys.stderr)


main()
