# SPDX-License-Identifier: MIT
#
# scanner.py - find the open TCP ports in a range of localhost.
#
# Usage     scanner.py [THREADS [PORTS]]
#           THREADS 1 asks one port after the other; 0 starts one thread per port; any other number
#           is the size of a pool (50 is the classic choice).
# Stresses  calls that block and must let other threads run. A closed port refuses at once; an open
#           one greets only after a while, so many threads are worth having, with or without a GIL.
# Setup     every port of the range is bound by this program, so nobody else can answer there; only
#           some of them listen. A bound port that does not listen refuses connections.
# Output    positions of the open ports within the range; must be exactly those that listen.

import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

HOST = "127.0.0.1"
GREETING = b"togil scanner test port\r\n"
GREETING_DELAY = 0.04
TIMEOUT = 10.0


def argument(index, default):
    return int(sys.argv[index]) if len(sys.argv) > index else default


def bind_range(first, ports):
    sockets = []
    for port in range(first, first + ports):
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sockets.append(s)
        try:
            s.bind((HOST, port))
        except OSError:
            for other in sockets:
                other.close()
            return None
    return sockets


def reserve_range(ports):
    for first in range(20000, 32000, ports):
        sockets = bind_range(first, ports)
        if sockets is not None:
            return first, sockets
    print("scanner: no free range of", ports, "ports")
    sys.exit(1)


def greet(listener):
    connection, _ = listener.accept()
    with connection:
        time.sleep(GREETING_DELAY)
        connection.sendall(GREETING)


def probe(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(TIMEOUT)
        try:
            s.connect((HOST, port))
        except ConnectionRefusedError:
            return False
        received = b""
        while len(received) < len(GREETING):
            data = s.recv(64)
            if not data:
                break
            received += data
        return received == GREETING


def scan_with_one_thread(ports):
    return [port for port in ports if probe(port)]


def scan_with_a_thread_each(ports):
    lock = threading.Lock()
    found = []

    def work(port):
        if probe(port):
            with lock:
                found.append(port)

    workers = [threading.Thread(target=work, args=(port,)) for port in ports]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(found)


def scan_with_a_pool(ports, threads):
    with ThreadPoolExecutor(max_workers=threads) as pool:
        answers = list(pool.map(probe, ports))
    return [port for port, is_open in zip(ports, answers) if is_open]


def main():
    threads = argument(1, 1)
    count = argument(2, 200)
    first, sockets = reserve_range(count)
    listening = list(range(3, count, max(count // 16, 2)))
    greeters = []
    for position in listening:
        sockets[position].listen(8)
        sockets[position].settimeout(TIMEOUT)
        greeter = threading.Thread(target=greet, args=(sockets[position],), daemon=True)
        greeter.start()
        greeters.append(greeter)

    ports = range(first, first + count)
    began = time.perf_counter()
    if threads == 1:
        found = scan_with_one_thread(ports)
    elif threads == 0:
        found = scan_with_a_thread_each(ports)
    else:
        found = scan_with_a_pool(ports, threads)
    took = time.perf_counter() - began

    for greeter in greeters:
        greeter.join(TIMEOUT)
    for s in sockets:
        s.close()
    positions = [port - first for port in found]
    print("scanner: ports", count, "open", len(positions), "at", positions)
    print("%.3f s" % took, file=sys.stderr)
    if positions != listening:
        print("scanner: expected", listening)
        sys.exit(1)


main()
