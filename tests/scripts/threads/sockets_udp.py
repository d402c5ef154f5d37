# SPDX-License-Identifier: MIT
# UDP over localhost: sendto, recvfrom, connected sockets, timeouts.
import socket
import threading

HOST = "127.0.0.1"
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((HOST, 0))
address = server.getsockname()


def serve(n):
    for _ in range(n):
        data, peer = server.recvfrom(2048)
        server.sendto(data[::-1], peer)


t = threading.Thread(target=serve, args=(5,))
t.start()
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(30)
print(client.sendto(b"hello", address))
data, peer = client.recvfrom(2048)
print(data, peer == address)
print(client.sendto(b"flags", 0, address), client.recvfrom(100)[0])
client.connect(address)
print(client.send(b"connected"), client.recv(100), client.getpeername() == address)
print(client.send(b""), client.recv(100))
client.send(b"cut off here")
print(client.recv(4))
t.join()
client.settimeout(0.02)
try:
    client.recv(10)
except TimeoutError as error:
    print("TimeoutError:", error)
client.settimeout(0)
try:
    client.recvfrom(10)
except BlockingIOError as error:
    print("BlockingIOError", error.errno == 11)
client.close()
server.close()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    try:
        s.sendto("text", address)
    except TypeError:
        print("TypeError")
    buffer = bytearray(5)
    s.bind((HOST, 0))
    s.sendto(b"me", s.getsockname())
    print(s.recv_into(buffer), buffer)
