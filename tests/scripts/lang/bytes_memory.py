# SPDX-License-Identifier: MIT
# memoryview: indexing, slices, writing through it, what takes it.

def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
a = bytearray(b'abcdef'); m = memoryview(a); b = memoryview(b'xyz123')
for f in [lambda: len(m), lambda: m[1], lambda: m[-1], lambda: m[9], lambda: m['a'], lambda: m[1:3].tobytes(), lambda: bytes(m[::2]), lambda: m[::-1].tobytes(), lambda: m[1:5][1:3].tolist(), lambda: m == b'abcdef', lambda: b'abcdef' == m, lambda: m != b, lambda: bytearray(b), lambda: list(b), lambda: b.readonly, lambda: m.readonly, lambda: m.nbytes, lambda: b.obj, lambda: b.hex(), lambda: b''.join([m, b]), lambda: b'q' + b, lambda: a + b, lambda: m.shape, lambda: m.format, lambda: m.itemsize, lambda: m.ndim, lambda: memoryview(5), lambda: memoryview('a'), lambda: 98 in m, lambda: [x for x in m], lambda: bytes(memoryview(m)[2:]), lambda: int.from_bytes(m[:2], 'big')]:
    show(f)
def s1(): b[0] = 1
def s2(): m[0] = 90; return a
def s3(): m[1:3] = b'QQ'; return a
def s4(): m[1:3] = b'QQQ'
def s5(): m[0] = 300
def s6(): m[::2] = b'---'; return a
def s7(): del m[0]
def s8():
    with memoryview(b'ab') as q: print(q[0])
    return q[0]
def s9(): m[0:2] = m[2:4]; return a
for f in (s1, s2, s3, s4, s5, s6, s7, s8, s9): show(f)
print([x for x in bytearray(b'ab')], type(iter(bytearray())).__name__)
