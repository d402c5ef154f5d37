import threading

forks = [threading.Lock() for _ in range(5)]


def dine(i):
    with forks[i]:
        with forks[(i + 1) % 5]:
            pass


for i in range(5):
    threading.Thread(target=dine, args=(i,)).start()
