# SPDX-License-Identifier: MIT
# TCP over localhost: server, clients, timeouts, errors, options.
import socket
import threading

HOST = "127.0.0.1"


def attempt(f):
    try:
        print(f())
    except OSError as e:
        print(type(e).__name__, isinstance(e, OSError))
    except Exception as e:
        print(type(e).__name__ + ":", e)


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((HOST, 0))
listener.listen(5)
address = listener.getsockname()
print(address[0], address[1] > 0, listener.gettimeout(), listener.fileno() >= 0,
      listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) != 0,
      listener.family == socket.AF_INET)


def upper(n):
    for _ in range(n):
        connection, peer = listener.accept()
        with connection:
            assert peer[0] == HOST
            while True:
                data = connection.recv(1024)
                if not data:
                    break
                connection.sendall(data.upper())


server = threading.Thread(target=upper, args=(4,))
server.start()
with socket.socket() as s:
    print(s.connect(address), s.getpeername() == address, s.getsockname()[0])
    print(s.sendall(b"hello"), s.recv(100), s.send(b"xy"), s.recv(1), s.recv(1))
    buffer = bytearray(8)
    s.sendall(b"abc")
    n = s.recv_into(buffer)
    print(n, bytes(buffer))
    s.shutdown(socket.SHUT_WR)
    print(s.recv(10))
print(s.fileno())
attempt(lambda: s.send(b"x"))
with socket.create_connection(address) as s:
    s.settimeout(30)
    s.sendall(b"x" * 100000)
    got = 0
    while got < 100000:
        got += len(s.recv(65536))
    print(got, s.gettimeout())
s = socket.create_connection(("localhost", address[1]), timeout=30)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
s.sendall(b"named host")
print(s.recv(100), s.gettimeout(), s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
s.close()
s.close()
s = socket.socket()
print(s.connect_ex(address), s.close())
server.join()

print("timeouts")
s = socket.socket()
s.connect(address)
s.settimeout(0.02)
attempt(lambda: s.recv(10))
s.setblocking(False)
print(s.gettimeout(), s.getblocking())
attempt(lambda: s.recv(10))
s.setblocking(True)
print(s.gettimeout(), s.getblocking())
s.close()
listener.settimeout(0.02)
connection, _ = listener.accept()
print(connection.gettimeout())
connection.close()
attempt(lambda: listener.accept())
attempt(lambda: listener.settimeout(-1))
listener.close()
attempt(lambda: listener.accept())

print("errors")
closed = socket.socket()
closed.bind((HOST, 0))
free = closed.getsockname()
attempt(lambda: socket.create_connection(free, 5))
t = socket.socket()
print(t.connect_ex(free) != 0)
t.close()
try:
    socket.create_connection(free)
except ConnectionRefusedError as error:
    print(error, error.errno == 111)
other = socket.socket()
attempt(lambda: other.bind(free))
attempt(lambda: other.getpeername())
attempt(lambda: other.connect(("127.0.0.1", "80")))
attempt(lambda: other.connect(("127.0.0.1",)))
attempt(lambda: other.connect("127.0.0.1"))
attempt(lambda: other.bind((HOST, 99999999)))
attempt(lambda: socket.create_connection(("no-such-host.invalid", 80)))
attempt(lambda: other.send("text"))
other.close()
closed.close()
print(socket.error is OSError, socket.timeout is TimeoutError, issubclass(socket.gaierror, OSError))
print(socket.gethostbyname("127.0.0.1"), socket.getdefaulttimeout())
socket.setdefaulttimeout(5)
d = socket.socket()
print(d.gettimeout())
socket.setdefaulttimeout(None)
d.close()
info = socket.getaddrinfo("127.0.0.1", 80, socket.AF_INET, socket.SOCK_STREAM)
print(info[0][4], info[0][0] == socket.AF_INET, info[0][1] == socket.SOCK_STREAM)

print("many clients")
listener = socket.create_server((HOST, 0))
address = listener.getsockname()


def serve(n):
    def one(connection):
        with connection:
            text = connection.recv(100).decode()
            connection.sendall(str(int(text) ** 2).encode())
    threads = []
    for _ in range(n):
        connection, _ = listener.accept()
        t = threading.Thread(target=one, args=(connection,))
        t.start()
        threads.append(t)
    for t in threads:
        t.join()


answers = {}


def ask(n):
    with socket.create_connection(address, 30) as s:
        s.sendall(str(n).encode())
        answers[n] = int(s.recv(100))


server = threading.Thread(target=serve, args=(20,))
server.start()
clients = [threading.Thread(target=ask, args=(n,)) for n in range(20)]
for c in clients:
    c.start()
for c in clients:
    c.join()
server.join()
listener.close()
print(answers == {n: n * n for n in range(20)})
