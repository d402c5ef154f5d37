# SPDX-License-Identifier: MIT
# math: values, special cases and errors.
import math

print(math.pi, math.e, math.tau, math.inf, math.nan)
for f in (math.sqrt, math.exp, math.log, math.log2, math.log10, math.sin, math.cos, math.tan,
          math.atan, math.sinh,
          math.cosh, math.tanh, math.fabs, math.floor, math.ceil, math.trunc, math.degrees,
          math.radians,
          math.log1p, math.expm1, math.asinh, math.erf, math.gamma, math.lgamma):
    print(f.__name__, [f(v) for v in (0.5, 1, 2.75, 10)])
print(math.asin(0.5), math.acos(0.5), math.atanh(0.5), math.acosh(2), math.atan2(1, -1),
      math.hypot(3, 4),
      math.pow(2, 0.5), math.fmod(-7, 3), math.copysign(3, -0.0), math.log(8, 2), math.log(2**2000),
      math.modf(3.25), math.modf(-3.25), math.frexp(10), math.ldexp(0.5, 4))
print(math.isnan(math.nan), math.isinf(-math.inf), math.isfinite(1), math.isclose(0.1 + 0.2, 0.3),
      math.isclose(1, 1.1), math.isclose(1, 1.05, rel_tol=0.1))
print(math.gcd(12, 18), math.gcd(0, 5), math.gcd(2**70, 6**20), math.lcm(4, 6), math.factorial(20),
      math.factorial(25), math.isqrt(10**20), math.isqrt(2**130), math.comb(10, 3), math.perm(5, 2),
      math.prod([1, 2, 3]), math.prod([], start=5), math.fsum([0.1] * 10),
      math.dist([0, 0], [3, 4]))
print(math.floor(-2.5), math.ceil(-2.5), math.trunc(-2.5), math.floor(1e20),
      type(math.floor(2.5)).__name__,
      math.floor(7), math.ceil(2**70))


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: math.sqrt(-1))
attempt(lambda: math.log(0))
attempt(lambda: math.log(-1))
attempt(lambda: math.exp(1000))
attempt(lambda: math.acos(2))
attempt(lambda: math.factorial(-1))
attempt(lambda: math.isqrt(-1))
attempt(lambda: math.sqrt("a"))
attempt(lambda: math.sqrt())
attempt(lambda: math.floor(math.nan))
attempt(lambda: math.ceil(math.inf))
attempt(lambda: math.fmod(1, 0))
attempt(lambda: math.pow(0, -1))
attempt(lambda: math.gcd(1.5, 2))
attempt(lambda: math.comb(-1, 2))
