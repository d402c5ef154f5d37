# SPDX-License-Identifier: MIT
# io: StringIO and BytesIO.
import io


def attempt(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__ + ":", e)


s = io.StringIO()
print(s.write("one\ntwo\n"), s.write(""), s.tell(), repr(s.getvalue()), repr(s.read()))
print(s.seek(0), repr(s.readline()), repr(s.read(2)), repr(s.read()), repr(s.readline()))
s.seek(4)
print(s.write("TWO and more"), repr(s.getvalue()), s.tell())
s.seek(20)
s.write("x")
print(repr(s.getvalue()), s.seek(0, 2), s.truncate(3), repr(s.getvalue()), s.tell())
s.write("!")
print(repr(s.getvalue()))
s = io.StringIO("a\nb\n\nc")
print(list(s), s.seek(0), s.readlines(), s.seek(2), next(s), s.readline(1), s.readable())
print("to a file", 1, 2, sep="-", file=s)
print(repr(s.getvalue()))
s.writelines(["x\n", "y\n"])
print(repr(s.getvalue()[-4:]))
attempt(lambda: s.write(b"x"))
attempt(lambda: s.seek(-1))
attempt(lambda: s.seek(1, 1))
attempt(lambda: s.seek(0, 5))
attempt(lambda: s.truncate(-1))
attempt(lambda: s.fileno())
attempt(lambda: io.StringIO(5))
with s as same:
    print(same is s, s.closed)
print(s.closed)
attempt(lambda: s.write("x"))
attempt(lambda: s.getvalue())
print(repr(io.StringIO("a\r\nb\rc", None).getvalue()), repr(io.StringIO("a\r\nb").getvalue()))

b = io.BytesIO(b"abc\ndef")
print(b.read(1), b.readline(), b.tell(), b.read(), b.read(), b.getvalue())
print(b.seek(-2, 2), b.write(b"XYZ"), b.getvalue(), b.seek(2), b.seek(1, 1), b.read(3))
b.seek(12)
b.write(bytearray(b"end"))
print(b.getvalue(), list(b), b.seek(0), list(b))
buffer = bytearray(4)
b.seek(0)
print(b.readinto(buffer), buffer)
attempt(lambda: b.write("x"))
attempt(lambda: b.seek(-1))
attempt(lambda: b.truncate(-1))
b.close()
attempt(lambda: b.read())
print(issubclass(io.UnsupportedOperation, OSError))
