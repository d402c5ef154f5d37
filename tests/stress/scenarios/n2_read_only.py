import threading

things = [(i, str(i)) for i in range(200)]
sums = []


def work():
    total = 0
    for number, text in things:
        total += number + len(text)
    sums.append(total)


threads = [threading.Thread(target=work) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(set(sums)) == 1 and len(sums) == 8, sums
