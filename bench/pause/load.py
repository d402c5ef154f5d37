# SPDX-License-Identifier: MIT
#
# load.py THREADS KIND ROUNDS SECONDS - what bench/pause/pause.py measures: at most ROUNDS pauses in
# about SECONDS, at least LEAST, while THREADS threads compute (cpu), wait for an event (blocked), or
# half of each (mixed).
#
# Where the GIL can be switched, each round turns it on and off again: turning it on stops the world
# once. Before each round every computing thread has made a step since the last one, so that it is
# attached when it is asked to stop, on a processor or ready for one. Where the GIL stays on, each
# round forks: that stops the world too, and there nobody else is attached.
#
# What it says at its end, and what every thread worked out, is checked by pause.py.
import os
import sys
import threading
import time

import togil

LEAST = 10
threads = int(sys.argv[1])
kind = sys.argv[2]
rounds = int(sys.argv[3])
seconds = float(sys.argv[4])
done = False
release = threading.Event()
steps = [[0] for _ in range(threads)]
begun = threading.Barrier(threads + 1)


def compute(mine):
    begun.wait()
    while not done:
        mine[0] += 1


def wait(mine):
    begun.wait()
    release.wait()
    mine[0] += 1


def toggle():
    togil.gil.enable()
    togil.gil.disable()


def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


switchable = togil.mode() != "gil"
opened = switchable and togil.gil_enabled()
if opened:
    togil.gil.disable()
# Between on and off nobody asks for the GIL: behind it, each of the others would have it in turn.
interval = sys.getswitchinterval()
sys.setswitchinterval(10 if switchable else 0.0005)
computes = [kind == "cpu" or (kind == "mixed" and i % 2 == 0) for i in range(threads)]
workers = []
for i in range(threads):
    workers.append(threading.Thread(target=compute if computes[i] else wait, args=(steps[i],)))
for worker in workers:
    worker.start()
begun.wait()
computing = [steps[i] for i in range(threads) if computes[i]]


def all_move(seen):
    for cell, before in zip(computing, seen):
        while cell[0] == before:
            time.sleep(0.001)


all_move([0] * len(computing))
before = togil.stats()["pause_times"]["runtime"]["count"]
end = time.monotonic() + seconds
made = 0
while made < rounds and (made < LEAST or time.monotonic() < end):
    if switchable:
        all_move([cell[0] for cell in computing])
        toggle()
    else:
        fork()
    made += 1
after = togil.stats()["pause_times"]["runtime"]["count"]
done = True
release.set()
for worker in workers:
    worker.join()
sys.setswitchinterval(interval)
if opened:
    togil.gil.enable()
print(made, after - before, sum(1 for cell in steps if cell[0] > 0))
