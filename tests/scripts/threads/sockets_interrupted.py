# SPDX-License-Identifier: MIT
# skip: library
# A socket call with a timeout ends at its deadline, whatever disturbs it: a storm of signals, or
# data that another reader takes away before this one gets to it. Wrong results: a call that ends
# early (a signal taken for the end), much too late (each disturbance begins a new wait), or with an
# error of the system.
import signal
import socket
import threading
import time

HOST = "127.0.0.1"
WAIT = 0.3
ticks = []
signal.signal(signal.SIGALRM, lambda signo, frame: ticks.append(signo))


def connected():
    with socket.create_server((HOST, 0)) as listener:
        a = socket.create_connection(listener.getsockname())
        b, _ = listener.accept()
    return a, b


def disturbed(title, f):
    ticks.clear()
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    began = time.monotonic()
    try:
        result = f()
    except TimeoutError as e:
        result = "TimeoutError: %s" % e
    took = time.monotonic() - began
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(title, result, "not early:", took >= WAIT, "not late:", took < WAIT + 20,
          "disturbed:", len(ticks) > 3)


a, b = connected()
a.settimeout(WAIT)
disturbed("recv", lambda: a.recv(10))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((HOST, 0))
udp.settimeout(WAIT)
disturbed("recvfrom", lambda: udp.recvfrom(10))
listener = socket.create_server((HOST, 0))
listener.settimeout(WAIT)
disturbed("accept", lambda: listener.accept())


# The kernel may move data on after its first refusal: full is what refuses at two looks in a row.
def fill():
    a.setblocking(False)
    refused = 0
    while refused < 2:
        try:
            a.send(b"x" * 60000)
            refused = 0
        except BlockingIOError:
            refused += 1
            time.sleep(0.3)


def drain():
    while b.recv(1000000):
        pass


fill()
a.settimeout(WAIT)
disturbed("send", lambda: a.send(b"x" * 60000))
disturbed("sendall", lambda: a.sendall(b"x" * 100000000))

full = socket.socket()
full.bind((HOST, 0))
full.listen(0)
waiting = []
while True:  # until there is no room in its queue
    c = socket.socket()
    waiting.append(c)
    c.settimeout(0.2)
    if c.connect_ex(full.getsockname()) != 0:
        break
c = socket.socket()
c.settimeout(WAIT)
disturbed("connect", lambda: c.connect(full.getsockname()))
for s in waiting + [c, full, udp, listener]:
    s.close()


# A call that succeeds goes on through the storm.
def later(s, data):
    time.sleep(0.1)
    s.sendall(data)


drainer = threading.Thread(target=drain)
drainer.start()
a.settimeout(60)
sender = threading.Thread(target=later, args=(b, b"late"))
sender.start()
ticks.clear()
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
print("recv in the storm", a.recv(10))
a.sendall(b"y" * 3000000)
signal.setitimer(signal.ITIMER_REAL, 0)
sender.join()
a.shutdown(socket.SHUT_WR)
drainer.join()
a.close()
b.close()

# --- several readers of one socket: each byte wakes them all, and all but one for nothing.
a, b = connected()
b.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
a.settimeout(1)
received = []
patience = []


def read():
    while True:
        began = time.monotonic()
        try:
            received.append(a.recv(1))
        except TimeoutError:
            took = time.monotonic() - began
            patience.append(1 <= took < 30)
            return


readers = [threading.Thread(target=read) for _ in range(3)]
for t in readers:
    t.start()
for i in range(300):
    b.send(b"z")
    while len(received) <= i:
        time.sleep(0.0001)
for t in readers:
    t.join()
print("nothing lost:", len(received), "at the deadline:", patience)
a.close()
b.close()
