// SPDX-License-Identifier: MIT
//
// math_gamma.c - the gamma function and its logarithm.
//
// gamma(x) = S(x) * ((x + g - 1/2) / e) ** (x - 1/2) with Lanczos' rational sum S of 13 terms, and
// the reflection formula for negative x. The C library's functions would do, but scripts print the
// last digits, and those are to be the ones of CPython.
//
// Sources     Lanczos, "A precision approximation of the gamma function", 1964; the coefficients
//             for g = 6.02468 and 53 bits are those of Maddock's tables (Boost.Math).
#include "modules/math_gamma.h"

#include <math.h>

#define G 6.024680040776729583740234375

enum { TERMS = 13 };

static const double above[TERMS] = {
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
};

static const double below[TERMS] = {
    // x * (x + 1) * ... * (x + 11)
    0,       39916800, 120543840, 150917976, 105258076, 45995730, 13339535,
    2637558, 357423,   32670,     1925,      66,        1,
};

static double lanczos_sum(double x)
{
    double a = 0, b = 0;
    if (x < 5) {
        for (int i = TERMS - 1; i >= 0; i--) {
            a = a * x + above[i];
            b = b * x + below[i];
        }
    } else { // in powers of 1/x, so that nothing overflows
        for (int i = 0; i < TERMS; i++) {
            a = a / x + above[i];
            b = b / x + below[i];
        }
    }
    return a / b;
}

// sin(pi * x) for x >= 0, exact where it is 0 or 1.
static double sin_of_pi(double x)
{
    double y = fmod(x, 2);
    switch ((int)round(2 * y)) {
    case 0:
        return sin(M_PI * y);
    case 1:
        return cos(M_PI * (y - 0.5));
    case 2:
        return sin(M_PI * (1 - y));
    case 3:
        return -cos(M_PI * (y - 1.5));
    default:
        return sin(M_PI * (y - 2));
    }
}

static double factorial(int n)
{
    double r = 1;
    for (int i = 2; i <= n; i++)
        r *= i;
    return r;
}

double tgi_gamma(double x)
{
    if (!isfinite(x))
        return x > 0 || isnan(x) ? x : NAN;
    if (x == 0)
        return copysign(HUGE_VAL, x);
    if (x == floor(x)) {
        if (x < 0)
            return NAN;
        if (x <= 23) // the factorials that a double holds exactly
            return factorial((int)x - 1);
    }
    double size = fabs(x);
    if (size < 1e-20)
        return 1 / x;
    if (size > 200)
        return x < 0 ? 0 / -sin_of_pi(size) : HUGE_VAL;
    // y = size + g - 1/2, and z: what the rounding of y costs the result, relatively.
    double shift = G - 0.5, y = size + shift, z;
    if (size > shift)
        z = (y - size) - shift;
    else
        z = (y - shift) - size;
    z = z * G / y;
    double r, half = size < 140 ? 0 : pow(y, size / 2 - 0.25);
    if (x < 0) {
        r = -M_PI / sin_of_pi(size) / size * exp(y) / lanczos_sum(size);
        r -= z * r;
        return size < 140 ? r / pow(y, size - 0.5) : r / half / half;
    }
    r = lanczos_sum(size) / exp(y);
    r += z * r;
    return size < 140 ? r * pow(y, size - 0.5) : r * half * half;
}

double tgi_lgamma(double x)
{
    if (!isfinite(x))
        return isnan(x) ? x : HUGE_VAL;
    if (x == floor(x) && x <= 2)
        return x <= 0 ? NAN : 0;
    double size = fabs(x);
    if (size < 1e-20)
        return -log(size);
    double r = log(lanczos_sum(size)) - G;
    r += (size - 0.5) * (log(size + G - 0.5) - 1);
    return x < 0 ? 1.144729885849400174143427351353058711647 - log(fabs(sin_of_pi(size))) -
                       log(size) - r
                 : r;
}
