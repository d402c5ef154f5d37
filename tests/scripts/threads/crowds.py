# SPDX-License-Identifier: MIT
# Threads that do nothing but write to the same containers, beside one that searches them, collects
# garbage and starts threads that read. Under free threading the writers keep a container's lock for
# a while (runtime/sync/lease.h). A wrong result: an item too many or too few, an item twice, a
# writer that waits for ever.
import gc
import threading

WRITERS, STEPS, BATCH = 3, 60000, 20000


def run(shared, popped, table, numbers):
    ended = []

    def write(k):
        for start in range(k * STEPS, (k + 1) * STEPS, BATCH):
            for i in range(start, start + BATCH):
                shared.append(i)
                if i % 4 == 0:
                    popped.append(shared.pop())
            for i in range(start, start + BATCH):
                table[i % 16] = i
            for i in range(start, start + BATCH):
                numbers.add(i % 1000)
        ended.append(k)

    def look():
        rounds = 0
        while len(ended) < WRITERS or rounds == 0:
            gc.collect()
            assert shared[-1] >= -100
            assert -1 in shared[:100]
            reader = threading.Thread(target=lambda: [table.get(i) for i in range(16)])
            reader.start()
            reader.join()
            rounds += 1

    threads = [threading.Thread(target=write, args=(k,)) for k in range(WRITERS)]
    threads.append(threading.Thread(target=look))
    for t in threads:
        t.start()
    for t in threads:
        t.join()


shared, popped, table, numbers = list(range(-100, 0)), [], {}, set()
run(shared, popped, table, numbers)
print(len(shared), len(popped), len(table), len(numbers))
print(sorted(shared + popped) == list(range(-100, WRITERS * STEPS)))
print(all(i % 16 == table[i] % 16 for i in table))
