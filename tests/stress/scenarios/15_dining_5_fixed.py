import threading

forks = [threading.Lock() for _ in range(5)]


def dine(i):
    first, second = i, (i + 1) % 5
    if i == 4:
        first, second = second, first
    with forks[first]:
        with forks[second]:
            pass


for i in range(5):
    threading.Thread(target=dine, args=(i,)).start()
