import threading


def half(i):
    return i // 2


def numbers():
    for i in range(6):
        yield half(2 * i)


source = numbers()
taken = []


def work():
    for i in source:
        taken.append(i)


threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(taken) == list(range(6)), taken
