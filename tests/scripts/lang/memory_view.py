# SPDX-License-Identifier: MIT
# memoryview over bytes and bytearray.

m = memoryview(b"abcdef")
print(len(m), m[1], bytes(m[2:4]), m.tobytes(), m == b"abcdef")
n = bytearray(4)
view = memoryview(n)
view[1] = 7
view[2:4] = b"xy"
print(n)
