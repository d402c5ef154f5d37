# SPDX-License-Identifier: MIT
# math: special values, big integers, error messages, gamma over its range.
import math


def attempt(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__ + ":", e)


inf = math.inf
nan = math.nan
for f in (math.sqrt, math.exp, math.log, math.log2, math.log10, math.log1p, math.expm1, math.sin,
          math.cos, math.tan, math.asin, math.acos, math.atan, math.sinh, math.cosh, math.tanh,
          math.asinh, math.acosh, math.atanh, math.erf, math.erfc, math.gamma, math.lgamma,
          math.fabs, math.floor, math.ceil, math.trunc, math.degrees, math.ulp, math.cbrt,
          math.exp2):
    for x in (0.0, -0.0, 1, -1, 0.5, -2.5, 1000, inf, -inf, nan):
        attempt(lambda: (f.__name__, x, f(x)))
for x in (1e-300, 1e-21, 1e-5, 0.1, 3.5, 5.5, 23, 24, 50.25, 139.9, 140.1, 170.6, 171.7, -0.1, -3.5,
          -50.25, -139.5, -150.25, -170.5, -201.5):
    attempt(lambda: (x, math.gamma(x), math.lgamma(x)))
for x in (-inf, -1.0, -0.0, 0.0, 0.5, 2.0, inf, nan):
    for y in (-inf, -2.0, -0.5, 0.0, 3.0, inf, nan):
        attempt(lambda: ("pow", x, y, math.pow(x, y)))
        attempt(lambda: ("fmod", x, y, math.fmod(x, y)))
        attempt(lambda: ("remainder", x, y, math.remainder(x, y)))
        attempt(lambda: ("atan2", x, y, math.atan2(x, y), math.copysign(x, y)))
big = 7 ** 400
print(math.log(big), math.log2(big), math.log10(big), math.log(big, 7), math.log(2 ** 1024))
attempt(lambda: math.sqrt(big))
attempt(lambda: math.log(-big))
print(math.gcd(big, 7 ** 300 * 12) == 7 ** 300, math.gcd(-12, 18, 27), math.gcd(), math.gcd(-5))
print(math.lcm(2 ** 70, 6), math.lcm(), math.lcm(4, 0), math.lcm(-4, 6))
for n in (0, 1, 2, 3, 99, 2 ** 53 + 1, 2 ** 62 - 1, 2 ** 62, 2 ** 63, 2 ** 64 - 1, 10 ** 40,
          big, big * big - 1, big * big):
    r = math.isqrt(n)
    print(r if n < 10 ** 41 else "", r * r <= n < (r + 1) ** 2)
print(math.factorial(0), math.factorial(1), math.factorial(30), math.factorial(200) % 10 ** 60)
print([math.comb(10, k) for k in range(12)], math.comb(300, 150), math.comb(big, 2) % 10 ** 20)
print([math.perm(6, k) for k in range(8)], math.perm(10), math.perm(5, None),
      math.perm(big, 2) % 10 ** 20)
print(math.floor(1e300) == int(1e300), math.ceil(-1e20), math.trunc(-2.9), math.floor(True))
print(math.frexp(0.1), math.frexp(-inf), math.modf(-3.75), math.modf(inf), math.ldexp(0.75, 10),
      math.ldexp(5e-324, 2000), math.ldexp(1.0, -2000))
attempt(lambda: math.ldexp(1, 5000))
attempt(lambda: math.ldexp(1, -10 ** 30))
attempt(lambda: math.ldexp(1, 2.0))
print(math.fsum([1e16, 1, 1e-16] * 10), math.fsum([1e308, 1e308, -1e308]
                                                  if False else [1e100, 1.0, -1e100]),
      math.fsum([]), math.fsum([0.1] * 7 + [inf]), math.fsum(x * 0.1 for x in range(100)))
attempt(lambda: math.fsum([inf, -inf]))
attempt(lambda: math.fsum([1e308] * 2))
attempt(lambda: math.fsum(["a"]))
print(math.hypot(), math.hypot(-3), math.hypot(3, 4), math.hypot(1e200, 1e200),
      math.hypot(5e-324, 5e-324), math.hypot(inf, nan), math.hypot(1, nan), math.hypot(1, 2, 3, 4))
print(math.dist((1, 2, 3), (4, 6, 3)), math.dist([], []))
attempt(lambda: math.dist([1], [1, 2]))
print(math.prod(range(1, 25)), math.prod(["a"], start=3), math.prod([0.5, 4]))
print(math.isclose(1e-10, 0), math.isclose(1e-10, 0, abs_tol=1e-9), math.isclose(inf, inf),
      math.isclose(inf, 1), math.isclose(1, 1.0000000001))
attempt(lambda: math.isclose(1, 2, rel_tol=-1))
print(math.nextafter(1, 2), math.nextafter(0, -1), math.ulp(1e300), math.ulp(5e-324))


class Real:
    def __float__(self):
        return 2.25

    def __floor__(self):
        return "floor"

    def __ceil__(self):
        return "ceil"

    def __trunc__(self):
        return "trunc"


class Index:
    def __index__(self):
        return 12


print(math.sqrt(Real()), math.floor(Real()), math.ceil(Real()), math.trunc(Real()),
      math.gcd(Index(), 18), math.factorial(Index()), math.isqrt(Index()), math.comb(Index(), 2))
for f in (lambda: math.gcd(1.5), lambda: math.factorial(2.0), lambda: math.factorial(-1),
          lambda: math.comb(-1, 2), lambda: math.comb(1, -2), lambda: math.perm(-1),
          lambda: math.isqrt(2.0), lambda: math.trunc("a"), lambda: math.floor("a"),
          lambda: math.log(), lambda: math.log(2, 1), lambda: math.log("a"),
          lambda: math.log(2, 0), lambda: math.hypot("a")):
    attempt(f)
