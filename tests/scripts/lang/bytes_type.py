# SPDX-License-Identifier: MIT
# bytes and bytearray.

b = b"hello\x00\xff\n"
print(b, len(b), b[0], b[-1], b[1:3], b[::-1], list(b)[:3], repr(b), str(b))
print(b"" == b"", b"a" + b"b", b"ab" * 2, b"l" in b, 104 in b, 300 > 1, b"a" < b"b", b"'", b'"',
      b"'\"")
print(bytes(3), bytes([1, 2, 255]), bytes("é", "utf-8"), bytes(b"x"), bytes(range(3)), bytes())
print(b.hex(), bytes.fromhex("00 ff 1a"), b"abc".hex(":"), b"abc".decode(),
      b"\xe2\x82\xac".decode("utf-8"))
print(b"a,b,c".split(b","), b" a b ".split(), b",".join([b"x", b"y"]), b"abc".replace(b"b", b"--"),
      b"abc".find(b"c"), b"abc".find(b"x"), b"abcabc".count(b"bc"), b"abc".index(b"b"),
      b"abcb".rfind(b"b"))
print(b"abc".startswith(b"ab"), b"abc".endswith((b"x", b"c")), b" x ".strip(), b"xxaxx".strip(b"x"),
      b"AbC".lower(), b"AbC".upper(), b"abc".title(), b"a\nb".splitlines(), b"ab".center(6, b"."),
      b"7".zfill(3), b"ab".ljust(4), b"ab".rjust(4))
print(b"abc".isalpha(), b"123".isdigit(), b"a1".isalnum(), b" ".isspace(), b"a.b".partition(b"."))
print(b"%d %s %x" % (5, b"abc", 255), b"%08d|" % 42, b"%b" % b"q", b"%r" % "a")
print(hash(b"abc") == hash(b"abc"), {b"k": 1}[b"k"], sorted([b"b", b"a"]), max(b"az"),
      sum(b"\x01\x02"))
print(b"\101\x42\t", rb"\n", b"ab" b"cd", b"\\")

a = bytearray(b"abc")
a.append(100)
a.extend(b"ef")
a[0] = 65
print(a, len(a), a[1], bytes(a), a == b"Abcdef", a.decode(), repr(a))
a[1:3] = b"XYZ"
print(a)
del a[0]
print(a, a.pop(), a.pop(0), a)
a += b"!"
a.insert(1, 33)
a.reverse()
print(a, a.find(b"!"), a.hex(), a.upper(), a[::2], a * 2, a + b"z", 33 in a)
a.clear()
print(a, bytearray(3), bytearray([1, 2]), bytearray("é", "utf-8"))
for v in b"\x01\x02":
    print(v, end=" ")
print()


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: b"a" + "b")
attempt(lambda: bytes([256]))
attempt(lambda: bytes([-1]))
attempt(lambda: bytes("a"))
attempt(lambda: b"\xff".decode())
attempt(lambda: "é".encode("ascii"))
attempt(lambda: b"abc"[5])
attempt(lambda: b"abc".index(b"z"))
attempt(lambda: bytes.fromhex("0g"))
attempt(lambda: "a" in b"abc")
attempt(lambda: b"x".join(["a"]))
attempt(lambda: bytearray(b"a")[3])
attempt(lambda: bytearray().pop())
attempt(lambda: hash(bytearray()))
