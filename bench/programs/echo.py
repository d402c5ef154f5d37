# SPDX-License-Identifier: MIT
#
# echo.py - how long a small request waits while another thread burns the CPU.
#
# Usage     echo.py [THREADS [REQUESTS [HOGS]]]
#           THREADS clients share REQUESTS round trips; HOGS threads (1 if not given) only compute.
# Stresses  the way back from a blocking call: with a GIL a thread that wakes up must get the lock
#           from the hog first, twice per round trip (server and client).
# Output    messages, bytes and a checksum; latency percentiles go to stderr.

import socket
import sys
import threading
import time

HOST = "127.0.0.1"
SIZE = 64
TIMEOUT = 60.0


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def receive_exactly(s, size):
    data = b""
    while len(data) < size:
        part = s.recv(size - len(data))
        if not part:
            return b""
        data += part
    return data


def serve_one(connection):
    with connection:
        while True:
            data = connection.recv(SIZE)
            if not data:
                return
            connection.sendall(data)


def serve(listener, clients):
    servants = []
    for _ in range(clients):
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        servant = threading.Thread(target=serve_one, args=(connection,))
        servant.start()
        servants.append(servant)
    for servant in servants:
        servant.join()


def make_message(number):
    return (b"request %08d " % number) + b"." * (SIZE - 17)


def ask(address, first, step, requests, results, place):
    latencies = []
    checksum = 0
    size = 0
    with socket.create_connection(address, TIMEOUT) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(first, requests, step):
            message = make_message(number)
            began = time.perf_counter()
            s.sendall(message)
            answer = receive_exactly(s, SIZE)
            latencies.append(time.perf_counter() - began)
            if answer != message:
                raise RuntimeError("wrong answer to request %d" % number)
            size += len(answer)
            checksum += sum(answer) * (number % 97 + 1)
    results[place] = (latencies, size, checksum)


def hog(stop, loops, place):
    n = 0
    while not stop[0]:
        n += 1
    loops[place] = n


def percentile(ordered, percent):
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000.0


def main():
    clients = argument(1, 1)
    requests = argument(2, 80)
    hogs = argument(3, 1)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind((HOST, 0))
    listener.listen(clients + 1)
    address = listener.getsockname()

    stop = [False]
    loops = [0] * hogs
    burners = [threading.Thread(target=hog, args=(stop, loops, i)) for i in range(hogs)]
    results = [None] * clients
    askers = []
    for i in range(clients):
        askers.append(threading.Thread(target=ask,
                                       args=(address, i, clients, requests, results, i)))
    server = threading.Thread(target=serve, args=(listener, clients))

    began = time.perf_counter()
    server.start()
    for burner in burners:
        burner.start()
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    stop[0] = True
    for burner in burners:
        burner.join()
    server.join()
    took = time.perf_counter() - began
    listener.close()

    latencies = []
    size = 0
    checksum = 0
    for part_latencies, part_size, part_checksum in results:
        latencies.extend(part_latencies)
        size += part_size
        checksum += part_checksum
    print("echo: messages", len(latencies), "bytes", size, "checksum", checksum)
    latencies.sort()
    print("latency ms: p50 %.3f p90 %.3f p99 %.3f max %.3f" % (
        percentile(latencies, 50), percentile(latencies, 90), percentile(latencies, 99),
        latencies[-1] * 1000.0), file=sys.stderr)
    print("hog loops per second: %.0f" % (sum(loops) / took), file=sys.stderr)
    print("%.3f s" % took, file=sys.stderr)


main()
