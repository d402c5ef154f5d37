# SPDX-License-Identifier: MIT
#
# mandelbrot.py - escape times of the Mandelbrot set over a grid.
#
# Usage     mandelbrot.py [THREADS [WIDTH]]
# Stresses  floating-point arithmetic in a tight loop; nothing is shared. Row y belongs to thread
#           y modulo THREADS; the grid is WIDTH by three quarters of WIDTH.
# Output    the points inside, the sum of all escape times and a weighted checksum of the rows.

import sys
import threading
import time

LIMIT = 50


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def escape_time(cr, ci):
    zr = 0.0
    zi = 0.0
    for step in range(LIMIT):
        rr = zr * zr
        ii = zi * zi
        if rr + ii > 4.0:
            return step
        zi = 2.0 * zr * zi + ci
        zr = rr - ii + cr
    return LIMIT


def work(width, height, first, step, rows):
    for y in range(first, height, step):
        ci = y * 2.5 / height - 1.25
        inside = 0
        total = 0
        for x in range(width):
            n = escape_time(x * 3.0 / width - 2.25, ci)
            if n == LIMIT:
                inside += 1
            total += n
        rows[y] = (inside, total)


def main():
    threads = argument(1, 1)
    width = argument(2, 900)
    height = width * 3 // 4
    rows = [None] * height
    workers = []
    for i in range(threads):
        workers.append(threading.Thread(target=work, args=(width, height, i, threads, rows)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    inside = 0
    total = 0
    checksum = 0
    for y, row in enumerate(rows):
        inside += row[0]
        total += row[1]
        checksum = (checksum * 31 + row[1] * (y + 1)) % 1000000007
    print("mandelbrot: grid", width, "x", height, "inside", inside, "steps", total,
          "checksum", checksum)
    print("%.3f s" % took, file=sys.stderr)


main()
