# SPDX-License-Identifier: MIT
#
# primes.py - count the primes below a limit by trial division.
#
# Usage     primes.py [THREADS [LIMIT]]
# Stresses  integer division and comparison. Numbers are dealt out in blocks of 500, so that every
#           thread gets small and large ones.
# Output    how many primes there are and their sum; the time goes to stderr.

import sys
import threading
import time

BLOCK = 500


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def is_prime(n):
    if n < 4:
        return n > 1
    if n % 2 == 0:
        return False
    divisor = 3
    while divisor * divisor <= n:
        if n % divisor == 0:
            return False
        divisor += 2
    return True


def work(limit, first, step, results, place):
    count = 0
    total = 0
    for start in range(first * BLOCK, limit, step * BLOCK):
        for n in range(start, min(start + BLOCK, limit)):
            if is_prime(n):
                count += 1
                total += n
    results[place] = (count, total)


def main():
    threads = argument(1, 1)
    limit = argument(2, 1500000)
    results = [None] * threads
    workers = []
    for i in range(threads):
        workers.append(threading.Thread(target=work, args=(limit, i, threads, results, i)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    count = 0
    total = 0
    for part_count, part_total in results:
        count += part_count
        total += part_total
    print("primes: below", limit, "count", count, "sum", total)
    print("%.3f s" % took, file=sys.stderr)


main()
