# SPDX-License-Identifier: MIT
#
# socket.py - TCP and UDP over IPv4, on top of the native module _socket.
#
# A socket object holds a native one and forwards to it. The native methods release the GIL while
# they block, keep the timeout, and raise the OSError family.
# Relies on  _socket: the class socket(family, type, proto) with connect, connect_ex, bind, listen,
#            accept (a native socket and an address), send, sendall, recv, recv_into, sendto,
#            recvfrom, shutdown, close, fileno, detach, settimeout, gettimeout, setblocking,
#            getsockname, getpeername, setsockopt, getsockopt; getaddrinfo, gethostbyname,
#            gethostname, getdefaulttimeout, setdefaulttimeout, gaierror, herror and the constants.

import _socket

AF_UNSPEC = _socket.AF_UNSPEC
AF_INET = _socket.AF_INET
SOCK_STREAM = _socket.SOCK_STREAM
SOCK_DGRAM = _socket.SOCK_DGRAM
SOL_SOCKET = _socket.SOL_SOCKET
SO_REUSEADDR = _socket.SO_REUSEADDR
SO_REUSEPORT = _socket.SO_REUSEPORT
SO_KEEPALIVE = _socket.SO_KEEPALIVE
SO_BROADCAST = _socket.SO_BROADCAST
SO_SNDBUF = _socket.SO_SNDBUF
SO_RCVBUF = _socket.SO_RCVBUF
SO_LINGER = _socket.SO_LINGER
SO_ERROR = _socket.SO_ERROR
SO_TYPE = _socket.SO_TYPE
SOMAXCONN = _socket.SOMAXCONN
IPPROTO_IP = _socket.IPPROTO_IP
IPPROTO_TCP = _socket.IPPROTO_TCP
IPPROTO_UDP = _socket.IPPROTO_UDP
TCP_NODELAY = _socket.TCP_NODELAY
SHUT_RD = _socket.SHUT_RD
SHUT_WR = _socket.SHUT_WR
SHUT_RDWR = _socket.SHUT_RDWR
MSG_PEEK = _socket.MSG_PEEK
MSG_DONTWAIT = _socket.MSG_DONTWAIT
MSG_WAITALL = _socket.MSG_WAITALL
INADDR_ANY = _socket.INADDR_ANY
AI_PASSIVE = _socket.AI_PASSIVE
NI_NUMERICHOST = _socket.NI_NUMERICHOST
EAI_NONAME = _socket.EAI_NONAME

error = OSError
timeout = TimeoutError
gaierror = _socket.gaierror
herror = _socket.herror

getaddrinfo = _socket.getaddrinfo
gethostbyname = _socket.gethostbyname
gethostname = _socket.gethostname
getdefaulttimeout = _socket.getdefaulttimeout
setdefaulttimeout = _socket.setdefaulttimeout
has_ipv6 = False

# Means "the default timeout" as an argument, where None means no timeout.
_DEFAULT = object()


class socket:
    __slots__ = ("__weakref__", "_native", "_closed", "family", "type", "proto")

    def __init__(self, family=AF_INET, type=SOCK_STREAM, proto=0, *, _native=None):
        if _native is None:
            _native = _socket.socket(family, type, proto)
        self._native = _native
        self._closed = False
        self.family = family
        self.type = type
        self.proto = proto

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()

    def __repr__(self):
        text = "<socket.socket%s fd=%d, family=%d, type=%d, proto=%d" % (
            " [closed]" if self._closed else "", self.fileno(), self.family, self.type, self.proto)
        if not self._closed:
            try:
                local = self.getsockname()
                if local:
                    text += ", laddr=%s" % (local,)
                text += ", raddr=%s" % (self.getpeername(),)
            except OSError:
                pass
        return text + ">"

    def accept(self):
        native, address = self._native.accept()
        return socket(self.family, self.type, self.proto, _native=native), address

    def bind(self, address):
        self._native.bind(address)

    def listen(self, backlog=128):
        self._native.listen(backlog)

    def connect(self, address):
        self._native.connect(address)

    def connect_ex(self, address):
        return self._native.connect_ex(address)

    def send(self, data, flags=0):
        return self._native.send(data, flags)

    def sendall(self, data, flags=0):
        self._native.sendall(data, flags)

    def sendto(self, data, *args):
        return self._native.sendto(data, *args)

    def recv(self, size, flags=0):
        return self._native.recv(size, flags)

    def recv_into(self, buffer, size=0, flags=0):
        return self._native.recv_into(buffer, size, flags)

    def recvfrom(self, size, flags=0):
        return self._native.recvfrom(size, flags)

    def shutdown(self, how):
        self._native.shutdown(how)

    def close(self):
        self._closed = True
        self._native.close()

    def detach(self):
        self._closed = True
        return self._native.detach()

    def fileno(self):
        return self._native.fileno()

    def settimeout(self, value):
        self._native.settimeout(value)

    def gettimeout(self):
        return self._native.gettimeout()

    @property
    def timeout(self):
        return self._native.gettimeout()

    def setblocking(self, flag):
        self._native.settimeout(None if flag else 0.0)

    def getblocking(self):
        return self._native.gettimeout() != 0.0

    def getsockname(self):
        return self._native.getsockname()

    def getpeername(self):
        return self._native.getpeername()

    def setsockopt(self, level, option, value):
        self._native.setsockopt(level, option, value)

    def getsockopt(self, level, option, *args):
        return self._native.getsockopt(level, option, *args)


SocketType = socket


def create_connection(address, timeout=_DEFAULT, source_address=None):
    # Tries every address of the host; the error is that of the last one.
    host, port = address
    failure = None
    for family, kind, proto, _, where in getaddrinfo(host, port, AF_INET, SOCK_STREAM):
        s = socket(family, kind, proto)
        try:
            if timeout is not _DEFAULT:
                s.settimeout(timeout)
            if source_address is not None:
                s.bind(source_address)
            s.connect(where)
            return s
        except OSError as problem:
            failure = problem
            s.close()
        except:
            s.close()
            raise
    if failure is None:
        failure = OSError("getaddrinfo returns an empty list")
    try:
        raise failure
    finally:
        failure = None


def create_server(address, *, family=AF_INET, backlog=None, reuse_port=False):
    s = socket(family, SOCK_STREAM)
    try:
        s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        if reuse_port:
            s.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)
        s.bind(address)
        if backlog is None:
            s.listen()
        else:
            s.listen(backlog)
        return s
    except:
        s.close()
        raise


def socketpair():
    # Two connected TCP sockets over the loopback interface.
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        first = socket()
        try:
            first.connect(listener.getsockname())
            while True:
                second, peer = listener.accept()
                if peer == first.getsockname():
                    return first, second
                second.close()
        except:
            first.close()
            raise
