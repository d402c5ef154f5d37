# SPDX-License-Identifier: MIT
# threading.local, identities, what threads share and what not.
import threading

data = threading.local()
data.x = "main"
barrier = threading.Barrier(4)
seen = []
guard = threading.Lock()


def work(i):
    before = hasattr(data, "x")
    data.x = i
    data.items = [i]
    barrier.wait()
    data.items.append(i * 2)
    barrier.wait()
    with guard:
        seen.append((i, before, data.x, data.items, sorted(data.__dict__)))


threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(seen), data.x, hasattr(data, "items"))
try:
    data.items
except AttributeError as error:
    print("AttributeError:", error)
del data.x
print(hasattr(data, "x"))


class Mine(threading.local):
    default = "class attribute"

    def __init__(self, start):
        self.count = start

    def add(self):
        self.count += 1
        return self.count


mine = Mine(10)
mine.add()
counts = []


def use():
    mine.add()
    counts.append((mine.add(), mine.default))


t = threading.Thread(target=use)
t.start()
t.join()
print(counts, mine.count)
idents = set()
barrier = threading.Barrier(8)


def note():
    with guard:
        idents.add(threading.get_ident())
    barrier.wait()


threads = [threading.Thread(target=note) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(idents), threading.get_ident() in idents, {t.ident for t in threads} == idents,
      all(isinstance(i, int) and i != 0 for i in idents))
natives = [t.native_id for t in threads]
print(len(set(natives)) == 8, threading.get_native_id() > 0)
