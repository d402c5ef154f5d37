# SPDX-License-Identifier: MIT
# skip: python library
# A descriptor that is closed while threads use it keeps its number until the last of them has left
# the call, so that none of them can read from a stranger with the same number.
#
# Nothing is left to chance: the GIL is on and is not given up between close() and the check, so the
# threads that were blocked cannot have left. A wrong result is a new socket with the old number.
import errno
import socket
import sys
import threading
import time
import togil

HOST = "127.0.0.1"
IN_POLL = ("7", "271", "73")  # poll and ppoll, by processor
outcomes = []


def blocked(thread):
    with open("/proc/self/task/%d/syscall" % thread.native_id) as f:
        return f.read().split()[0] in IN_POLL


def outcome(f):
    try:
        outcomes.append(f())
    except OSError as e:
        outcomes.append(errno.errorcode[e.errno])


def closed_under(name, s, f, readers=3):
    threads = [threading.Thread(target=outcome, args=(f,)) for _ in range(readers)]
    for t in threads:
        t.start()
    for t in threads:
        while not blocked(t):
            time.sleep(0.001)
    number = s.fileno()
    s.close()
    strangers = [socket.socket(), socket.socket(), socket.socket()]
    reused = [x for x in strangers if x.fileno() == number]
    for t in threads:
        t.join()
    again = socket.socket()
    print(name, "reused:", len(reused), "outcomes:", outcomes, "free at last:",
          again.fileno() == number)
    outcomes.clear()
    for x in strangers:
        x.close()
    again.close()


sys.setswitchinterval(100)  # nobody is asked to let go
listener = socket.create_server((HOST, 0))
with togil.gil:
    a = socket.create_connection(listener.getsockname())
    b, _ = listener.accept()
    closed_under("recv", a, lambda: a.recv(10))
    b.close()

    a = socket.create_connection(listener.getsockname())
    b, _ = listener.accept()
    a.settimeout(600)
    closed_under("recv with a timeout", a, lambda: a.recv(10))
    b.close()

    a = socket.create_connection(listener.getsockname())
    b, _ = listener.accept()

    def fill():
        while True:
            a.send(b"x" * 16384)

    closed_under("send", a, fill)
    b.close()

    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.bind((HOST, 0))
    closed_under("recvfrom", u, lambda: u.recvfrom(10))

    # Connections to a listener whose queue is full get no answer.
    full = socket.socket()
    full.bind((HOST, 0))
    full.listen(0)
    waiting = []
    while True:
        c = socket.socket()
        waiting.append(c)
        c.settimeout(0.2)
        if c.connect_ex(full.getsockname()) != 0:
            break
    c = socket.socket()
    closed_under("connect", c, lambda: c.connect(full.getsockname()), 1)

    closed_under("accept", listener, lambda: listener.accept())
    for c in waiting:
        c.close()
    full.close()
