# SPDX-License-Identifier: MIT
# Floats: repr, arithmetic, rounding, special values, conversion.

VALUES = [0.0, -0.0, 1.0, -1.5, 0.1, 0.2, 0.1 + 0.2, 1e16, 1e15, 123456789012345680.0, 1e22, 1e23,
          1e-4,
          1e-5, 1.5e-7, 1e100, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, 3.14159,
          float("inf"), float("-inf"), float("nan")]

for v in VALUES:
    print(repr(v), str(v), -v, abs(v), bool(v), v == v, v.is_integer())

print("arithmetic")
print(0.1 + 0.2, 0.1 * 3, 1.1 - 1.0, 1 / 3, 2 / 3, 10 / 4, 1e308 * 10, -1e308 * 10, 1e-320 / 1e10)
print(7.5 // 2, -7.5 // 2, 7.5 // -2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(7.5, 2), divmod(-7.5, 2))
print(2.0 ** 0.5, 2 ** 0.5, 2.0 ** 10, (-8.0) ** 3, 4 ** -0.5, 0.0 ** 0, 1e10 ** 2)
print(1.0 + 1, 1 + 1.0, 3 * 1.5, 7 - 0.5, 7 / 2.0, 2 ** 1.5)
inf = float("inf")
nan = float("nan")
print(inf - inf, inf + 1, inf * -1, 1 / inf, -1 / inf, nan == nan, nan != nan, nan < 1,
      inf > 10**400)
print(0.0 == -0.0, 1e16 + 1 == 1e16, 2.0**53 == 2**53, 0.5 == 1 / 2)

print("round, int, trunc")
for v in (0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1e10 + 0.5, 1234.5678, -1234.5678):
    print(round(v), round(v, 1), round(v, 2), round(v, -2), int(v), v.__trunc__())
print(round(1234567, -3), round(15, -1), round(25, -1), round(5), type(round(1.0)).__name__,
      type(round(1.0, 0)).__name__)

print("conversion")
for text in ("1", " 2.5 ", "-1e5", "1_000.5", "inf", "-Infinity", "nan", "1e400", ".5", "5."):
    print(repr(text), float(text))
print(float(10**20), float(True), int(1e20), int(-3.99), int(2.0**70))
print((0.75).as_integer_ratio(), (0.1).hex(), float.fromhex("0x1.8p+1"), (0.1).as_integer_ratio())
print(0.1 .hex(), (1.0).hex(), (-0.0).hex())

print("hash and dict keys")
print(hash(0.5), hash(1e300) == hash(1e300), hash(inf), hash(-inf), hash(0.0) == hash(-0.0))
print({0.5: "half", 1.0: "one"}[1], {2: "x"}[2.0])

print("sorting and extremes")
print(sorted([3.5, -1, 2, 0.5, -0.0, 10**20, 1e19]))
print(max(1, 2.5, 2), min(1.0, 1), sum([0.1] * 10), sum([1, 2.5]), sum([0.5, 0.25], 1))

print("comparison with ints")
for a, b in ((2**53, 2.0**53), (2**53 + 1, 2.0**53), (10**17 + 1, 1e17), (1, 1.5), (2, 1.5)):
    print(a < b, a <= b, a == b, a != b, a >= b, a > b, b < a)

total = 0.0
for i in range(1, 1001):
    total += 1.0 / i
print(total)
x = 1.0
for _ in range(1100):
    x /= 2.0
print(x)
