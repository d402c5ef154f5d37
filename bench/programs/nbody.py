# SPDX-License-Identifier: MIT
#
# nbody.py - several independent star clusters that fall and swing under their own gravity.
#
# Usage     nbody.py [THREADS [STEPS]]
# Stresses  attribute reads and writes with floats. The fixed work is 24 clusters of 5 stars, each
#           advanced STEPS times (leapfrog, softened gravity); clusters are dealt out in turn.
# Output    the total energy after the last step, summed in cluster order; the time goes to stderr.

import math
import sys
import threading
import time

CLUSTERS = 24
STARS = 5
SOFTENING = 0.05
DT = 0.002


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


class Star:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, position, velocity, mass):
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = velocity
        self.mass = mass


def make_cluster(seed):
    # A small linear congruential generator: the same cluster everywhere, without any module.
    state = seed * 7919 + 12345
    stars = []
    for _ in range(STARS):
        numbers = []
        for _ in range(7):
            state = (state * 1103515245 + 12345) % 2147483648
            numbers.append(state / 2147483648.0 - 0.5)
        position = (numbers[0] * 4.0, numbers[1] * 4.0, numbers[2] * 4.0)
        velocity = (numbers[3], numbers[4], numbers[5])
        stars.append(Star(position, velocity, 1.0 + numbers[6]))
    return stars


def advance(pairs, stars, steps):
    sqrt = math.sqrt
    for _ in range(steps):
        for a, b in pairs:
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            square = dx * dx + dy * dy + dz * dz + SOFTENING
            pull = DT / (square * sqrt(square))
            ma = a.mass * pull
            mb = b.mass * pull
            a.vx -= dx * mb
            a.vy -= dy * mb
            a.vz -= dz * mb
            b.vx += dx * ma
            b.vy += dy * ma
            b.vz += dz * ma
        for s in stars:
            s.x += DT * s.vx
            s.y += DT * s.vy
            s.z += DT * s.vz


def energy(pairs, stars):
    total = 0.0
    for s in stars:
        total += 0.5 * s.mass * (s.vx * s.vx + s.vy * s.vy + s.vz * s.vz)
    for a, b in pairs:
        dx = a.x - b.x
        dy = a.y - b.y
        dz = a.z - b.z
        total -= a.mass * b.mass / math.sqrt(dx * dx + dy * dy + dz * dz + SOFTENING)
    return total


def work(steps, first, step, energies):
    for number in range(first, CLUSTERS, step):
        stars = make_cluster(number)
        pairs = []
        for i in range(STARS):
            for j in range(i + 1, STARS):
                pairs.append((stars[i], stars[j]))
        advance(pairs, stars, steps)
        energies[number] = energy(pairs, stars)


def main():
    threads = argument(1, 1)
    steps = argument(2, 10000)
    energies = [0.0] * CLUSTERS
    workers = []
    for i in range(threads):
        workers.append(threading.Thread(target=work, args=(steps, i, threads, energies)))
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    total = 0.0
    for value in energies:
        total += value
    print("nbody: clusters", CLUSTERS, "steps", steps, "energy %.12f" % total)
    print("%.3f s" % took, file=sys.stderr)


main()
