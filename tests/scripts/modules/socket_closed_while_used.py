# SPDX-License-Identifier: MIT
# skip: python library
# A close in one thread ends what another thread waits for on the same socket: accept, recv,
# recvfrom and sendall fail with EBADF, and nobody reads from a descriptor that is no longer his.
import errno
import socket
import threading

HOST = "127.0.0.1"


def listening():
    s = socket.socket()
    s.bind((HOST, 0))
    s.listen(5)
    return s


def connected():
    listener = listening()
    a = socket.create_connection(listener.getsockname())
    b, _ = listener.accept()
    listener.close()
    return a, b


def outcome(begin, f, close):
    result = []

    def body():
        begin.set()
        try:
            f()
            result.append("done")
        except OSError as e:
            result.append(errno.errorcode[e.errno])

    t = threading.Thread(target=body)
    t.start()
    begin.wait()
    close()
    t.join(30)
    return "still waiting" if t.is_alive() else result[0]


def rounds(name, one):
    seen = set()
    for _ in range(30):
        seen.add(one(threading.Event()))
    print(name, sorted(seen))


def accept(begin):
    listener = listening()
    return outcome(begin, listener.accept, listener.close)


def recv(begin):
    a, b = connected()
    with b:
        return outcome(begin, lambda: a.recv(10), a.close)


def recvfrom(begin):
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.bind((HOST, 0))
    return outcome(begin, lambda: u.recvfrom(10), u.close)


def sendall(begin):
    a, b = connected()
    with b:
        return outcome(begin, lambda: a.sendall(b"x" * 30000000), a.close)


rounds("accept", accept)
rounds("recv", recv)
rounds("recvfrom", recvfrom)
rounds("sendall", sendall)

# The stranger: while one thread reads from sockets that are closed under it, new sockets get their
# numbers and carry a mark that the reader must never see.
stop = False
wrong = []


def strangers():
    while not stop:
        a, b = connected()
        b.sendall(b"stranger")
        a.recv(8)
        a.close()
        b.close()


t = threading.Thread(target=strangers)
t.start()
for _ in range(100):
    a, b = connected()

    def read(a=a):
        try:
            data = a.recv(8)
            if data:
                wrong.append(data)
        except OSError:
            pass

    reader = threading.Thread(target=read)
    reader.start()
    a.close()
    reader.join()
    b.close()
stop = True
t.join()
print("strangers seen:", wrong)
a, b = connected()
print(a.detach() >= 0, a.fileno())
b.close()
