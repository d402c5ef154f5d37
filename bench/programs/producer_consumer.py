# SPDX-License-Identifier: MIT
#
# producer_consumer.py - producers and consumers around one bounded queue.
#
# Usage     producer_consumer.py [THREADS [ITEMS]]
# Stresses  queue.Queue, waiting and waking, and objects made by one thread and dropped by another.
#           THREADS is the number of pairs: so many producers and so many consumers.
# Output    items and the sum over them, the same for every number of pairs; the time goes to
#           stderr.

import queue
import sys
import threading
import time

CAPACITY = 64


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def produce(jobs, first, step, items):
    for number in range(first, items, step):
        jobs.put((number, [number, number * 2, number * 3]))


def consume(jobs, results, place):
    count = 0
    total = 0
    while True:
        item = jobs.get()
        if item is None:
            break
        number, parts = item
        count += 1
        total += number * 7 % 1009 + sum(parts)
    results[place] = (count, total)


def main():
    pairs = argument(1, 1)
    items = argument(2, 300000)
    jobs = queue.Queue(CAPACITY)
    results = [None] * pairs
    producers = []
    consumers = []
    for i in range(pairs):
        producers.append(threading.Thread(target=produce, args=(jobs, i, pairs, items)))
        consumers.append(threading.Thread(target=consume, args=(jobs, results, i)))
    began = time.perf_counter()
    for worker in consumers + producers:
        worker.start()
    for worker in producers:
        worker.join()
    for _ in consumers:
        jobs.put(None)
    for worker in consumers:
        worker.join()
    took = time.perf_counter() - began
    count = 0
    total = 0
    for part_count, part_total in results:
        count += part_count
        total += part_total
    print("producer_consumer: items", count, "checksum", total)
    print("%.3f s" % took, file=sys.stderr)


main()
