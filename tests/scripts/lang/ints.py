# SPDX-License-Identifier: MIT
# Small and large integers: arithmetic, signs, bits, conversion, the edge of 62 and 64 bits.

EDGES = [0, 1, -1, 2, 7, -7, 255, 2**31, -2**31, 2**61 - 1, 2**61, -2**61, -2**61 - 1, 2**62,
         2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64, 10**20, -10**20]

for a in EDGES:
    print(a, -a, +a, ~a, abs(a), bool(a), a.bit_length(), hex(a), oct(a), bin(a))

print("add, subtract, multiply")
for a in EDGES:
    print([a + b for b in EDGES])
    print([a - b for b in EDGES])
    print([a * b for b in EDGES])

print("floor division and modulo keep the sign of the divisor")
for a in (7, -7, 0, 2**61, -2**61, 2**70, -2**70, 10**30 + 1):
    for b in (2, -2, 3, -3, 2**61, -2**61 - 1, 2**64 + 1, -10**18):
        q, r = divmod(a, b)
        print(a, b, a // b, a % b, (q, r) == (a // b, a % b), q * b + r == a)

print("true division")
print(7 / 2, -7 / 2, 1 / 3, 2**60 / 3, 10**30 / 10**29, 2**1000 / 2**990, 3 / 10**400)

print("powers")
for a, b in ((2, 10), (2, 61), (2, 62), (2, 64), (-2, 63), (3, 100), (0, 0), (1, 10**6), (-1, 7),
             (10, 25), (2, -1), (4, -2)):
    print(a, b, a ** b)
print(pow(3, 200, 1000007), pow(2, 10**6, 97), pow(-3, 5, 7), pow(3, -1, 7), pow(5, 0, 1))

print("bits")
for a in (0, 1, -1, 12, -12, 2**62 + 5, -2**62 - 5, 2**100 - 1):
    for b in (0, 3, -4, 2**61 + 3, -2**65):
        print(a & b, a | b, a ^ b)
for a in (1, -1, 5, -5, 2**61, -2**64 - 1):
    print([a << n for n in (0, 1, 3, 30, 60, 61, 62, 63, 64, 100)])
    print([a >> n for n in (0, 1, 3, 30, 60, 61, 62, 63, 64, 100)])

print("comparison")
print([[a < b for b in EDGES] for a in EDGES[::4]])
print([[a == b for b in EDGES] for a in EDGES[::4]])
print(2**64 == 2.0**64, 2**64 + 1 == 2.0**64, 2**64 + 1 > 2.0**64, 1 == 1.0, 2**53 + 1 == 2.0**53)
print(max(EDGES), min(EDGES), sum(EDGES), sorted(EDGES)[:4])

print("hash and equality across types")
print(hash(1) == hash(1.0) == hash(True), hash(2**61 - 1), hash(2**61), hash(-1), hash(-2))
print({1: "a", 1.0: "b", True: "c"})

print("methods")
print((10).bit_count(), (255).to_bytes(2, "big"), (255).to_bytes(2, "little"),
      int.from_bytes(b"\x01\x02", "big"), int.from_bytes(b"\x01\x02", "little"),
      int.from_bytes(b"\xff\xfe", "big", signed=True), (-2).to_bytes(2, "little", signed=True))
print((7).conjugate(), (7).numerator, (7).denominator, (7).real, (7).imag)

print("digits")
print(1_000_000, 0xFF_FF, 0b1010, 0o17, 0xdeadbeefcafebabe1234)
print(len(str(3**1000)), str(3**1000)[:20], str(3**1000)[-20:])
factorial = 1
for n in range(1, 60):
    factorial *= n
print(factorial, factorial // 10**40, factorial % 10**9 == 0)


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


print(fibonacci(90), fibonacci(91), fibonacci(92), fibonacci(93), fibonacci(300))
x = 2**61 - 3
for _ in range(6):
    x += 1
    print(x, x - 1, type(x).__name__)
