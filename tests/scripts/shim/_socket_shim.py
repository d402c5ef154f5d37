# SPDX-License-Identifier: MIT
#
# _socket_shim.py - the native module _socket as togil's library expects it, made from python3's.
#
# The only difference: accept() returns a native socket, where python3's returns a descriptor.

import _socket as _native

for _name in dir(_native):
    if _name.isupper() or _name in ("error", "gaierror", "herror", "timeout", "getaddrinfo",
                                    "gethostbyname", "gethostname", "getdefaulttimeout",
                                    "setdefaulttimeout", "htons", "ntohs", "htonl", "ntohl",
                                    "inet_aton", "inet_ntoa", "has_ipv6"):
        globals()[_name] = getattr(_native, _name)


class socket(_native.socket):
    def accept(self):
        descriptor, address = self._accept()
        connection = socket(self.family, self.type, self.proto, descriptor)
        connection.settimeout(_native.getdefaulttimeout())
        return connection, address
