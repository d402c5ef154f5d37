# SPDX-License-Identifier: MIT
# Objects of the native modules used by many threads at once: thread-locals that come and go, one
# reentrant lock with a condition, one listener, one random generator. A wrong result is a lost
# count, a value of another thread, a message that differs from what was sent.
import random
import socket
import threading

ROUNDS = 8


def together(n, f):
    threads = [threading.Thread(target=f, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def locals_come_and_go():
    own = threading.local()
    counts = threading.local()
    out = []

    def work(i):
        own.x = [i]
        counts.n = 0
        for k in range(20):
            other = threading.local()
            other.a = k
            other.b = [k]
            counts.n += 1
        out.append(own.x[0] + counts.n)

    together(8, work)
    return sorted(out) == [i + 20 for i in range(8)]


def one_reentrant_lock():
    lock = threading.RLock()
    condition = threading.Condition(lock)
    count = [0]

    def work(_):
        for _ in range(50):
            with lock:
                with lock:
                    count[0] += 1
                    condition.notify_all()

    waiting = threading.Thread(target=together, args=(4, work))
    waiting.start()
    with condition:
        reached = condition.wait_for(lambda: count[0] >= 200, 60)
    waiting.join()
    return reached and count[0] == 200


def one_listener():
    listener = socket.create_server(("127.0.0.1", 0))
    answered = []

    def serve(_):
        try:
            while True:
                connection, _ = listener.accept()
                with connection:
                    while True:
                        data = connection.recv(1000)
                        if not data:
                            break
                        connection.sendall(data)
        except OSError:
            pass

    def ask(i):
        with socket.create_connection(listener.getsockname(), 60) as s:
            for k in range(10):
                message = b"%d-%d" % (i, k) * 20
                s.sendall(message)
                got = b""
                while len(got) < len(message):
                    got += s.recv(500)
                if got != message:
                    return
        answered.append(i)

    servers = [threading.Thread(target=serve, args=(i,)) for i in range(3)]
    for t in servers:
        t.start()
    together(6, ask)
    # A shutdown ends accept() in every thread under python3 too; a close does only here.
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for t in servers:
        t.join()
    return sorted(answered) == list(range(6))


generator = random.Random(1)


def one_generator():
    def work(_):
        for _ in range(200):
            generator.random()
            generator.getrandbits(100)
        generator.setstate(generator.getstate())

    together(4, work)
    return 0 <= generator.random() < 1


for f in (locals_come_and_go, one_reentrant_lock, one_listener, one_generator):
    print(f.__name__, all([f() for _ in range(ROUNDS)]))
