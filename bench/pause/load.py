# SPDX-License-Identifier: MIT
#
# load.py THREADS KIND ROUNDS - what bench/pause/pause.py measures: ROUNDS pauses while THREADS
# threads compute (cpu), wait for an event (blocked), or half of each (mixed).
#
# Each round turns the GIL on and off again: turning it on stops the world once. What it says at its
# end, and what every thread worked out, is checked by pause.py.
import sys
import threading
import time

import togil

threads = int(sys.argv[1])
kind = sys.argv[2]
rounds = int(sys.argv[3])
done = False
release = threading.Event()
steps = [0] * threads
begun = threading.Barrier(threads + 1)


def compute(index):
    begun.wait()
    n = steps[index] = 1
    while not done:
        n = n + 1
    steps[index] = n


def wait(index):
    begun.wait()
    release.wait()
    steps[index] = 1


opened = togil.gil.status() == "on"
if opened:
    togil.gil.disable()
computes = [kind == "cpu" or (kind == "mixed" and i % 2 == 0) for i in range(threads)]
workers = []
for i in range(threads):
    workers.append(threading.Thread(target=compute if computes[i] else wait, args=(i,)))
for worker in workers:
    worker.start()
begun.wait()
while sum(steps) < sum(computes):
    time.sleep(0.001)
before = togil.stats()["pause_times"]["runtime"]["count"]
for i in range(rounds):
    togil.gil.enable()
    togil.gil.disable()
after = togil.stats()["pause_times"]["runtime"]["count"]
done = True
release.set()
for worker in workers:
    worker.join()
if opened:
    togil.gil.enable()
print(after - before, sum(1 for n in steps if n > 0))
