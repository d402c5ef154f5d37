# SPDX-License-Identifier: MIT
#
# matmul.py - multiply two square matrices held as lists of lists.
#
# Usage     matmul.py [THREADS [SIZE]]
# Stresses  reading shared lists: every thread reads all of the second matrix (stored transposed)
#           and writes its own rows of the result. Row i belongs to thread i modulo THREADS.
# Output    trace and checksum of the product; values are whole numbers, so sums are exact.

import sys
import threading
import time


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def make_matrix(size, seed):
    state = seed
    matrix = []
    for _ in range(size):
        row = []
        for _ in range(size):
            state = (state * 69069 + 1) % 4294967296
            row.append(float(state // 65536 % 100))
        matrix.append(row)
    return matrix


def work(a, columns, first, step, product):
    size = len(a)
    for i in range(first, size, step):
        row = a[i]
        out = []
        for column in columns:
            total = 0.0
            for k in range(size):
                total += row[k] * column[k]
            out.append(total)
        product[i] = out


def main():
    threads = argument(1, 1)
    size = argument(2, 300)
    a = make_matrix(size, 1)
    b = make_matrix(size, 2)
    columns = [[b[i][j] for i in range(size)] for j in range(size)]
    product = [None] * size
    workers = []
    for i in range(threads):
        workers.append(threading.Thread(target=work, args=(a, columns, i, threads, product)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    trace = 0
    checksum = 0
    for i, row in enumerate(product):
        trace += int(row[i])
        for value in row:
            checksum = (checksum * 33 + int(value)) % 2147483647
    print("matmul: size", size, "trace", trace, "checksum", checksum)
    print("%.3f s" % took, file=sys.stderr)


main()
