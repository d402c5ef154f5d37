# SPDX-License-Identifier: MIT
#
# convoy_server.py - answers one client while HOGS other threads compute.
#
# Usage     convoy_server.py HOGS
#           Started by convoy.py, under togil or python3. Prints the port it listens on.
# Protocol  the client connects, sends messages of 64 bytes, and gets each of them back; then it
#           closes. All of that is done by the main thread.
# Output    one line at the end: messages answered, chunks of work that the hogs finished while the
#           client was connected, seconds that took, and "ok" or what was wrong with the work.

import socket
import sys
import threading
import time

SIZE = 64
CHUNK = 200        # steps of one chunk of work
EXPECTED = 139810  # what they lead to


def work():
    x = 1
    for i in range(CHUNK):
        x = (x * 5 + i) % 1000003
    return x


def hog(stop, chunks, wrong, place):
    n = 0
    while not stop[0]:
        if work() != EXPECTED:
            wrong[place] += 1
        n += 1
        chunks[place] = n


def answer(connection):
    messages = 0
    while True:
        data = connection.recv(SIZE)
        while data and len(data) < SIZE:
            more = connection.recv(SIZE - len(data))
            if not more:
                break
            data += more
        if not data:
            return messages
        connection.sendall(data)
        messages += 1


def main():
    hogs = int(sys.argv[1])
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    stop = [False]
    chunks = [0] * hogs
    wrong = [0] * hogs
    threads = [threading.Thread(target=hog, args=(stop, chunks, wrong, i)) for i in range(hogs)]
    print(listener.getsockname()[1], flush=True)
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for thread in threads:
        thread.start()
    begin = time.perf_counter()
    messages = answer(connection)
    took = time.perf_counter() - begin
    done = sum(chunks)
    stop[0] = True
    for thread in threads:
        thread.join()
    connection.close()
    listener.close()
    verdict = "ok" if sum(wrong) == 0 else "wrong"
    if hogs > 0 and min(chunks) == 0:
        verdict = "idle"
    print(messages, done, "%.6f" % took, verdict)


main()
