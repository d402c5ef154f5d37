# SPDX-License-Identifier: MIT
# skip: python library
# What a socket call costs in leaving and entering the runtime, counted by togil.stats(): nothing
# when the data is there and short, one pair when it is long, one pair when the call has to wait.
# A wrong result is a number above: the call was polled for first, or detached without need.
import socket
import threading
import togil

HOST = "127.0.0.1"
ROUNDS = 50


def pairs(f):
    before = togil.stats()["attaches"]
    for _ in range(ROUNDS):
        f()
    return togil.stats()["attaches"] - before


listener = socket.create_server((HOST, 0))
a = socket.create_connection(listener.getsockname())
b, _ = listener.accept()
for s in (a, b):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1000000)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1000000)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

print("send, short:", pairs(lambda: a.send(b"0123456789")))
print("recv, short, ready:", pairs(lambda: b.recv(10)))
b.settimeout(60)
a.sendall(b"." * ROUNDS)
print("recv with a timeout, ready:", pairs(lambda: b.recv(1)))
b.settimeout(0)
a.sendall(b"." * ROUNDS)
print("recv without waiting, ready:", pairs(lambda: b.recv(1)))


def refused():
    try:
        b.recv(1)
    except BlockingIOError:
        pass


print("recv without waiting, nothing there:", pairs(refused))
a.sendall(b"x" * 100000)
b.settimeout(None)
print("recv, long, ready:", pairs(lambda: b.recv(40000, socket.MSG_PEEK)))
while len(b.recv(100000, socket.MSG_PEEK)) < 100000:
    pass
b.recv(100000)
print("send, long:", pairs(lambda: (a.send(b"x" * 20000), b.recv(20000))) >= ROUNDS)

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((HOST, 0))
address = udp.getsockname()
print("sendto and recvfrom:", pairs(lambda: (udp.sendto(b"?", address), udp.recvfrom(10))))

waiting = [socket.create_connection(listener.getsockname()) for _ in range(ROUNDS)]
accepted = []
print("accept, ready:", pairs(lambda: accepted.append(listener.accept()[0])))


# A call that waits: the other thread answers only when asked, so every recv finds nothing first.
# Both threads count together, so a round is one pair of each.
def answer():
    while a.recv(1):
        a.send(b"!")


t = threading.Thread(target=answer)
t.start()
rounds = 20
before = togil.stats()["attaches"]
for _ in range(rounds):
    b.send(b"?")
    b.recv(1)
took = togil.stats()["attaches"] - before
print("waiting, at most one pair a call:", took <= 2 * rounds + 5)
b.shutdown(socket.SHUT_WR)
t.join()
for s in [a, b, listener, udp] + waiting + accepted:
    s.close()
