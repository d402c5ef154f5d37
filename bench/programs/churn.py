# SPDX-License-Identifier: MIT
#
# churn.py - create and drop objects as fast as possible.
#
# Usage     churn.py [THREADS [ROUNDS]]
# Stresses  allocation, counts and freeing by the owner: trees of small objects, lists, tuples,
#           dicts and strings that live for a moment. Nothing is shared. Rounds are dealt out in
#           turn.
# Output    the number of objects seen and a checksum; the time goes to stderr.

import sys
import threading
import time

DEPTH = 6


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


class Node:
    def __init__(self, value, left, right):
        self.value = value
        self.left = left
        self.right = right


def build(depth, value):
    if depth == 0:
        return Node(value, None, None)
    return Node(value, build(depth - 1, value * 2), build(depth - 1, value * 2 + 1))


def total(node):
    result = node.value
    if node.left is not None:
        result += total(node.left) + total(node.right)
    return result


def count(node):
    if node.left is None:
        return 1
    return 1 + count(node.left) + count(node.right)


def one_round(number):
    tree = build(DEPTH, number % 7 + 1)
    seen = count(tree)
    checksum = total(tree)
    pairs = [(i, [i, str(i)]) for i in range(60)]
    table = {}
    for key, value in pairs:
        table[value[1]] = (key, value)
    for name in list(table):
        checksum += table.pop(name)[0] + len(name)
    return seen + len(pairs) * 3, checksum


def work(rounds, first, step, results, place):
    seen = 0
    checksum = 0
    for number in range(first, rounds, step):
        more, part = one_round(number)
        seen += more
        checksum += part * (number % 13 + 1)
    results[place] = (seen, checksum)


def main():
    threads = argument(1, 1)
    rounds = argument(2, 18000)
    results = [None] * threads
    workers = []
    for i in range(threads):
        workers.append(threading.Thread(target=work, args=(rounds, i, threads, results, i)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    seen = 0
    checksum = 0
    for part_seen, part_checksum in results:
        seen += part_seen
        checksum += part_checksum
    print("churn: rounds", rounds, "objects", seen, "checksum", checksum)
    print("%.3f s" % took, file=sys.stderr)


main()
