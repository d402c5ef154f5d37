# SPDX-License-Identifier: MIT
#
# repeat.py - runs a bundled program several times in one process, with the GIL toggled meanwhile.
#
# Usage     togil repeat.py FOLDER PROGRAM ROUNDS TOGGLE SEED ARGUMENTS...
# Wrong     the number of live objects grows from round to round (a leak): exit code 3. The
#           program's own output is for the caller to compare.
import gc
import random
import sys
import threading
import time

import togil

folder, program, rounds, toggle, seed = sys.argv[1:6]
rounds = int(rounds)
rng = random.Random(int(seed))
sys.path.insert(0, folder)
sys.argv = [program] + sys.argv[6:]
stop = threading.Event()
toggles = [0]


def toggler():
    while not stop.is_set():
        togil.gil.enable()
        time.sleep(rng.random() * 0.002)
        togil.gil.disable()
        time.sleep(rng.random() * 0.002)
        toggles[0] += 1


def live():
    gc.collect()  # frees what died while several threads counted it, which is not due else
    return togil.stats()["objects_live"]


thread = threading.Thread(target=toggler)
if toggle == "1":
    thread.start()
try:
    module = __import__(program)  # runs it once
    module.main()
    before = live()
    for _ in range(rounds):
        module.main()
    grown = live() - before
finally:
    stop.set()
    if toggle == "1":
        thread.join()
print("toggles", toggles[0], "objects grown", grown, file=sys.stderr)
# A few objects per thread that has just ended may still wait in its queues.
if grown > 200:
    sys.exit(3)
