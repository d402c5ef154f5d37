# SPDX-License-Identifier: MIT
# socket: arguments that are refused, with their messages; name resolution of numbers; options.
import socket


def attempt(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__ + ":", e, e.args)


s = socket.socket()
for f in (s.connect, s.bind, s.connect_ex):
    for where in ("x", ("127.0.0.1",), ("127.0.0.1", "80"), ("127.0.0.1", 99999999), (1, 2),
                  ("127.0.0.1", -1), ("127.0.0.1", 80, 1), ("a\0b", 80), (None, 80)):
        attempt(lambda: f(where))
attempt(lambda: s.send("x"))
attempt(lambda: s.send(1))
attempt(lambda: s.recv(-1))
attempt(lambda: s.recv("a"))
attempt(lambda: s.settimeout(-1))
attempt(lambda: s.settimeout("a"))
attempt(lambda: s.settimeout(1e30))
attempt(lambda: s.recv(1))
attempt(lambda: s.sendto(b"x", "a"))
attempt(lambda: s.sendto(b"x"))
attempt(lambda: s.sendto("x", ("127.0.0.1", 1)))
attempt(lambda: s.sendto(b"x", 1, 2, 3))
attempt(lambda: s.setsockopt(1, 2, "x"))
attempt(lambda: s.getsockopt(1, 2, 4))
attempt(lambda: s.getsockopt(1, 2, -4))
attempt(lambda: s.getsockopt(1, 9999))
attempt(lambda: s.recv_into(b"abc"))
attempt(lambda: s.recv_into(bytearray(3), 5))
attempt(lambda: s.recv_into(bytearray(3), -5))
attempt(lambda: s.shutdown(5))
attempt(lambda: s.listen("a"))
attempt(lambda: s.getpeername())
attempt(lambda: socket.socket(99, 1))
attempt(lambda: socket.socket("a"))
attempt(lambda: socket.getaddrinfo(None, None))
attempt(lambda: socket.getaddrinfo("127.0.0.1", "no-such-service"))
attempt(lambda: socket.getaddrinfo("127.0.0.1", []))
attempt(lambda: [info[4] for info in socket.getaddrinfo("127.0.0.1", "http",
                                                        type=socket.SOCK_STREAM)])
attempt(lambda: [info[4] for info in socket.getaddrinfo("10.1.2.3", 8080, socket.AF_INET,
                                                        socket.SOCK_DGRAM)])
attempt(lambda: socket.gethostbyname("10.11.12.13"))
attempt(lambda: socket.setdefaulttimeout(-1))
attempt(lambda: socket.setdefaulttimeout("a"))
s.settimeout(2)
print(s.gettimeout(), s.getblocking())
s.setblocking(False)
print(s.gettimeout(), s.getblocking())
listener = socket.create_server(("127.0.0.1", 0))
print(s.connect_ex(listener.getsockname()) in (0, 115))
listener.accept()[0].close()
s.close()
attempt(lambda: s.recv(1))
attempt(lambda: s.send(b"x"))
attempt(lambda: s.accept())
attempt(lambda: s.getsockname())
attempt(lambda: s.connect(("127.0.0.1", 1)))
attempt(lambda: s.connect_ex(("127.0.0.1", 1)))
attempt(lambda: s.fileno())
attempt(lambda: s.close())
listener.settimeout(0)
attempt(lambda: listener.accept())
listener.settimeout(0.01)
attempt(lambda: listener.accept())
listener.close()
