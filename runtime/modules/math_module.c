// SPDX-License-Identifier: MIT
//
// math_module.c - the module math: functions of floats. Those of integers are in math_int.c.
//
// A domain error is a NaN that did not come from an argument, or an infinity from finite arguments
// where the function has a pole; an overflow is any other such infinity.
//
// Sources     Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
//             Predicates", 1997 (fsum).
#include "modules/math_gamma.h" // gamma
#include "modules/math_int.h"   // integer functions
#include "modules/modules.h"
#include "modules/support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static tg_value domain_error(tg_thread *t)
{
    return tg_raise(t, TG_ValueError, "math domain error");
}

static tg_value range_error(tg_thread *t)
{
    return tg_raise(t, TG_OverflowError, "math range error");
}

// --- functions of one float

// can_overflow: an infinite result of a finite argument is an overflow, else a pole.
static tg_value apply(tg_thread *t, tg_value v, double (*f)(double), bool can_overflow)
{
    double x;
    if (tg_as_double(t, v, &x) < 0)
        return TG_NULL;
    double r = f(x);
    if (isnan(r) && !isnan(x))
        return domain_error(t);
    if (isinf(r) && isfinite(x))
        return can_overflow ? range_error(t) : domain_error(t);
    return tg_float(t, r);
}

#define UNARY(name, f, can_overflow)               \
    TGI_NATIVE(math_##name)                        \
    {                                              \
        return apply(t, args[0], f, can_overflow); \
    }

// At zero gamma has a pole.
static double gamma_of(double x)
{
    return x == 0 ? NAN : tgi_gamma(x);
}

static double to_degrees(double x)
{
    return x * (180.0 / M_PI);
}

static double to_radians(double x)
{
    return x * (M_PI / 180.0);
}

UNARY(sqrt, sqrt, false)
UNARY(cbrt, cbrt, false)
UNARY(exp, exp, true)
UNARY(exp2, exp2, true)
UNARY(expm1, expm1, true)
UNARY(log1p, log1p, false)
UNARY(sin, sin, false)
UNARY(cos, cos, false)
UNARY(tan, tan, false)
UNARY(asin, asin, false)
UNARY(acos, acos, false)
UNARY(atan, atan, false)
UNARY(sinh, sinh, true)
UNARY(cosh, cosh, true)
UNARY(tanh, tanh, false)
UNARY(asinh, asinh, false)
UNARY(acosh, acosh, false)
UNARY(atanh, atanh, false)
UNARY(erf, erf, false)
UNARY(erfc, erfc, false)
UNARY(gamma, gamma_of, true)
UNARY(lgamma, tgi_lgamma, true)
UNARY(fabs, fabs, false)
UNARY(degrees, to_degrees, false)
UNARY(radians, to_radians, false)

TGI_NATIVE(math_ulp)
{
    double x;
    if (tg_as_double(t, args[0], &x) < 0)
        return TG_NULL;
    x = fabs(x);
    if (!isfinite(x))
        return tg_float(t, x);
    double up = nextafter(x, HUGE_VAL);
    return tg_float(t, isinf(up) ? x - nextafter(x, -HUGE_VAL) : up - x);
}

// --- logarithms, also of integers beyond the range of floats

// log(v) in the base of f, where v = m * 2**bits, 1/2 <= m < 1, is an int too large for a double.
static tg_value log_of_int(tg_thread *t, tg_value v, double (*f)(double))
{
    size_t n, bits = tg_int_bits(t, v);
    uint32_t *words = tg_int_words(t, v, &n);
    if (words == NULL)
        return TG_NULL;
    double m = 0;
    size_t low = n > 3 ? n - 3 : 0; // 65 bits at least, more than a double keeps
    for (size_t i = n; i > low; i--)
        m = m * 4294967296.0 + words[i - 1];
    tg_free(words);
    m = ldexp(m, -(int)(bits - low * 32));
    return tg_float(t, f(m) + f(2.0) * (double)bits);
}

static tg_value log_of(tg_thread *t, tg_value v, double (*f)(double))
{
    double x;
    tg_kind kind = tg_kind_of(t, v);
    if (tg_as_double(t, v, &x) < 0) {
        if (kind != TG_KIND_INT || !tg_error_is(t, TG_OverflowError))
            return TG_NULL;
        tg_error_clear(t);
        int negative = tg_less(t, v, tg_int(t, 0));
        return negative < 0 ? TG_NULL : negative ? domain_error(t) : log_of_int(t, v, f);
    }
    if (x <= 0)
        return domain_error(t);
    return tg_float(t, f(x));
}

TGI_NATIVE(math_log)
{
    if (nargs < 1 || nargs > 2)
        return tg_raise(t, TG_TypeError, "math.log requires 1 to 2 arguments");
    tg_value a = log_of(t, args[0], log);
    if (a == TG_NULL || nargs < 2)
        return a;
    tg_value b = log_of(t, args[1], log);
    tg_value r = b == TG_NULL ? TG_NULL : tg_binary(t, '/', a, b);
    tg_release(t, a);
    tg_release(t, b);
    return r;
}

TGI_NATIVE(math_log2)
{
    return log_of(t, args[0], log2);
}

TGI_NATIVE(math_log10)
{
    return log_of(t, args[0], log10);
}

// --- functions of two floats

static int two(tg_thread *t, const tg_value *args, double *x, double *y)
{
    return tg_as_double(t, args[0], x) < 0 || tg_as_double(t, args[1], y) < 0 ? -1 : 0;
}

TGI_NATIVE(math_atan2)
{
    double x, y;
    return two(t, args, &y, &x) < 0 ? TG_NULL : tg_float(t, atan2(y, x));
}

TGI_NATIVE(math_copysign)
{
    double x, y;
    return two(t, args, &x, &y) < 0 ? TG_NULL : tg_float(t, copysign(x, y));
}

TGI_NATIVE(math_nextafter)
{
    double x, y;
    return two(t, args, &x, &y) < 0 ? TG_NULL : tg_float(t, nextafter(x, y));
}

TGI_NATIVE(math_fmod)
{
    double x, y;
    if (two(t, args, &x, &y) < 0)
        return TG_NULL;
    double r = fmod(x, y);
    return isnan(r) && !isnan(x) && !isnan(y) ? domain_error(t) : tg_float(t, r);
}

TGI_NATIVE(math_remainder)
{
    double x, y;
    if (two(t, args, &x, &y) < 0)
        return TG_NULL;
    double r = remainder(x, y);
    return isnan(r) && !isnan(x) && !isnan(y) ? domain_error(t) : tg_float(t, r);
}

TGI_NATIVE(math_pow)
{
    double x, y;
    if (two(t, args, &x, &y) < 0)
        return TG_NULL;
    double r = pow(x, y);
    if (isnan(r) && !isnan(x) && !isnan(y))
        return domain_error(t);
    if (isinf(r) && isfinite(x) && isfinite(y))
        return x == 0 ? domain_error(t) : range_error(t);
    return tg_float(t, r);
}

TGI_NATIVE(math_ldexp)
{
    double x;
    int64_t e;
    if (tg_as_double(t, args[0], &x) < 0)
        return TG_NULL;
    tg_kind kind = tg_kind_of(t, args[1]);
    if (kind != TG_KIND_INT && kind != TG_KIND_BOOL)
        return tg_raise(t, TG_TypeError, "Expected an int as second argument to ldexp.");
    if (tg_as_int64(t, args[1], &e) < 0) {
        if (!tg_error_is(t, TG_OverflowError))
            return TG_NULL;
        tg_error_clear(t);
        int negative = tg_less(t, args[1], tg_int(t, 0));
        if (negative < 0)
            return TG_NULL;
        e = negative ? INT32_MIN : INT32_MAX;
    }
    e = e > INT32_MAX ? INT32_MAX : e < INT32_MIN ? INT32_MIN : e;
    double r = ldexp(x, (int)e);
    return isinf(r) && isfinite(x) ? range_error(t) : tg_float(t, r);
}

static tg_value pair(tg_thread *t, tg_value a, tg_value b)
{
    tg_value items[2] = {a, b};
    tg_value r = a == TG_NULL || b == TG_NULL ? TG_NULL : tg_tuple(t, items, 2);
    tg_release(t, a);
    tg_release(t, b);
    return r;
}

TGI_NATIVE(math_frexp)
{
    double x;
    int e = 0;
    if (tg_as_double(t, args[0], &x) < 0)
        return TG_NULL;
    double m = isfinite(x) ? frexp(x, &e) : x;
    return pair(t, tg_float(t, m), tg_int(t, e));
}

TGI_NATIVE(math_modf)
{
    double x, whole;
    if (tg_as_double(t, args[0], &x) < 0)
        return TG_NULL;
    double part = modf(x, &whole);
    return pair(t, tg_float(t, part), tg_float(t, whole));
}

// --- what kind of float

TGI_NATIVE(math_isnan)
{
    double x;
    return tg_as_double(t, args[0], &x) < 0 ? TG_NULL : tg_bool(isnan(x));
}

TGI_NATIVE(math_isinf)
{
    double x;
    return tg_as_double(t, args[0], &x) < 0 ? TG_NULL : tg_bool(isinf(x));
}

TGI_NATIVE(math_isfinite)
{
    double x;
    return tg_as_double(t, args[0], &x) < 0 ? TG_NULL : tg_bool(isfinite(x));
}

TGI_NATIVE(math_isclose)
{
    static const char *const names[] = {"a", "b", "rel_tol", "abs_tol", NULL};
    tg_value v[4];
    double x[4] = {0, 0, 1e-9, 0};
    if (tg_parse_args(t, "isclose", names, 2, args, nargs, kwnames, v) < 0)
        return TG_NULL;
    for (size_t i = 0; i < 4; i++) {
        if (v[i] != TG_NULL && tg_as_double(t, v[i], &x[i]) < 0)
            return TG_NULL;
    }
    if (x[2] < 0 || x[3] < 0)
        return tg_raise(t, TG_ValueError, "tolerances must be non-negative");
    if (x[0] == x[1])
        return TG_TRUE;
    if (isinf(x[0]) || isinf(x[1]))
        return TG_FALSE;
    double apart = fabs(x[1] - x[0]);
    return tg_bool(apart <= fabs(x[2] * x[1]) || apart <= fabs(x[2] * x[0]) || apart <= x[3]);
}

// --- sums

// The floats of an iterable; to be freed. NULL if raised.
static double *floats_of(tg_thread *t, tg_value iterable, size_t *count)
{
    size_t capacity = 16, n = 0;
    tg_value it = tg_iter(t, iterable), item;
    double *x = it == TG_NULL ? NULL : malloc(capacity * sizeof *x);
    while (x != NULL && (item = tg_next(t, it)) != TG_NULL) {
        double *bigger = x;
        if (n == capacity)
            bigger = realloc(x, (capacity *= 2) * sizeof *x);
        int st = bigger == NULL ? -1 : tg_as_double(t, item, &bigger[n++]);
        x = bigger != NULL ? bigger : x;
        tg_release(t, item);
        if (bigger == NULL)
            tg_raise_nomem(t);
        if (st < 0)
            break;
    }
    if (x == NULL && it != TG_NULL)
        tg_raise_nomem(t);
    tg_release(t, it);
    if (tg_error_set(t)) {
        free(x);
        return NULL;
    }
    *count = n;
    return x;
}

// The exact sum of finite floats as partial sums that do not overlap, rounded once at the end.
static double exact_sum(const double *x, size_t n, double *partials)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        double a = x[i];
        size_t kept = 0;
        for (size_t k = 0; k < used; k++) {
            double b = partials[k];
            if (fabs(a) < fabs(b)) {
                double swap = a;
                a = b;
                b = swap;
            }
            volatile double high = a + b, back = high - a, low = b - back;
            if (low != 0)
                partials[kept++] = low;
            a = high;
        }
        partials[kept++] = a;
        used = kept;
    }
    if (used == 0)
        return 0;
    volatile double high = partials[--used], low = 0;
    while (used > 0) {
        volatile double a = high, b = partials[--used], back;
        high = a + b;
        back = high - a;
        low = b - back;
        if (low != 0)
            break;
    }
    // Half way between two floats: the sign of what is left decides the rounding.
    if (used > 0 && ((low < 0 && partials[used - 1] < 0) || (low > 0 && partials[used - 1] > 0))) {
        volatile double twice = low * 2, up = high + twice, gained = up - high;
        if (twice == gained)
            high = up;
    }
    return high;
}

TGI_NATIVE(math_fsum)
{
    size_t n;
    double *x = floats_of(t, args[0], &n), special = 0;
    if (x == NULL)
        return TG_NULL;
    bool infinite = false;
    size_t finite = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(x[i])) {
            x[finite++] = x[i];
        } else {
            special += x[i];
            infinite = infinite || isinf(x[i]);
        }
    }
    tg_value r;
    double *partials = malloc((finite + 1) * sizeof *partials);
    double sum = partials == NULL ? 0 : exact_sum(x, finite, partials);
    if (partials == NULL)
        r = tg_raise_nomem(t);
    else if (finite < n)
        r = isnan(special) && infinite ? tg_raise(t, TG_ValueError, "-inf + inf in fsum")
                                       : tg_float(t, special);
    else if (!isfinite(sum))
        r = tg_raise(t, TG_OverflowError, "intermediate overflow in fsum");
    else
        r = tg_float(t, sum);
    free(partials);
    free(x);
    return r;
}

// The length of a vector: scaled by its largest part, summed exactly, corrected once.
static double length_of(double *x, size_t n)
{
    double max = 0;
    bool nan = false;
    for (size_t i = 0; i < n; i++) {
        x[i] = fabs(x[i]);
        nan = nan || isnan(x[i]);
        max = x[i] > max ? x[i] : max;
    }
    if (isinf(max) || max == 0 || nan)
        return isinf(max) ? max : nan ? NAN : 0;
    if (n == 1)
        return max;
    int e;
    frexp(max, &e);
    long double sum = 0, rest = 0;
    for (size_t i = 0; i < n; i++) {
        long double part = ldexp(x[i], -e), square = part * part, next = sum + square;
        rest += fabsl(sum) >= square ? (sum - next) + square : (square - next) + sum;
        sum = next;
    }
    return ldexp((double)sqrtl(sum + rest), e);
}

static tg_value as_length(tg_thread *t, double *x, size_t n)
{
    double r = length_of(x, n);
    free(x);
    return tg_float(t, r);
}

TGI_NATIVE(math_hypot)
{
    double *x = malloc((nargs + 1) * sizeof *x);
    if (x == NULL)
        return tg_raise_nomem(t);
    for (size_t i = 0; i < nargs; i++) {
        if (tg_as_double(t, args[i], &x[i]) < 0) {
            free(x);
            return TG_NULL;
        }
    }
    return as_length(t, x, nargs);
}

TGI_NATIVE(math_dist)
{
    size_t n, m;
    double *x = floats_of(t, args[0], &n), *y = x == NULL ? NULL : floats_of(t, args[1], &m);
    if (y == NULL || n != m) {
        free(x);
        free(y);
        return y == NULL ? TG_NULL
                         : tg_raise(t, TG_ValueError,
                                    "both points must have the same number of dimensions");
    }
    for (size_t i = 0; i < n; i++)
        x[i] -= y[i];
    free(y);
    return as_length(t, x, n);
}

TGI_NATIVE(math_prod)
{
    static const char *const names[] = {"iterable", "start", NULL};
    tg_value v[2];
    if (tg_parse_args(t, "prod", names, 1, args, nargs, kwnames, v) < 0)
        return TG_NULL;
    tg_value it = tg_iter(t, v[0]), item;
    tg_value product = v[1] != TG_NULL ? tg_retain(t, v[1]) : tg_int(t, 1);
    while (it != TG_NULL && product != TG_NULL && (item = tg_next(t, it)) != TG_NULL) {
        tg_value next = tg_binary(t, '*', product, item);
        tg_release(t, item);
        tg_release(t, product);
        product = next;
    }
    tg_release(t, it);
    if (!tg_error_set(t))
        return product;
    tg_release(t, product);
    return TG_NULL;
}

static const tg_function_def functions[] = {
    TGI_FN("sqrt", math_sqrt, 1, 1),
    TGI_FN("cbrt", math_cbrt, 1, 1),
    TGI_FN("exp", math_exp, 1, 1),
    TGI_FN("exp2", math_exp2, 1, 1),
    TGI_FN("expm1", math_expm1, 1, 1),
    TGI_FN("log", math_log, 0, -1),
    TGI_FN("log2", math_log2, 1, 1),
    TGI_FN("log10", math_log10, 1, 1),
    TGI_FN("log1p", math_log1p, 1, 1),
    TGI_FN("sin", math_sin, 1, 1),
    TGI_FN("cos", math_cos, 1, 1),
    TGI_FN("tan", math_tan, 1, 1),
    TGI_FN("asin", math_asin, 1, 1),
    TGI_FN("acos", math_acos, 1, 1),
    TGI_FN("atan", math_atan, 1, 1),
    TGI_FN("atan2", math_atan2, 2, 2),
    TGI_FN("sinh", math_sinh, 1, 1),
    TGI_FN("cosh", math_cosh, 1, 1),
    TGI_FN("tanh", math_tanh, 1, 1),
    TGI_FN("asinh", math_asinh, 1, 1),
    TGI_FN("acosh", math_acosh, 1, 1),
    TGI_FN("atanh", math_atanh, 1, 1),
    TGI_FN("erf", math_erf, 1, 1),
    TGI_FN("erfc", math_erfc, 1, 1),
    TGI_FN("gamma", math_gamma, 1, 1),
    TGI_FN("lgamma", math_lgamma, 1, 1),
    TGI_FN("fabs", math_fabs, 1, 1),
    TGI_FN("degrees", math_degrees, 1, 1),
    TGI_FN("radians", math_radians, 1, 1),
    TGI_FN("ulp", math_ulp, 1, 1),
    TGI_FN("copysign", math_copysign, 2, 2),
    TGI_FN("nextafter", math_nextafter, 2, 2),
    TGI_FN("fmod", math_fmod, 2, 2),
    TGI_FN("remainder", math_remainder, 2, 2),
    TGI_FN("pow", math_pow, 2, 2),
    TGI_FN("ldexp", math_ldexp, 2, 2),
    TGI_FN("frexp", math_frexp, 1, 1),
    TGI_FN("modf", math_modf, 1, 1),
    TGI_FN("isnan", math_isnan, 1, 1),
    TGI_FN("isinf", math_isinf, 1, 1),
    TGI_FN("isfinite", math_isfinite, 1, 1),
    TGI_FN_KW("isclose", math_isclose),
    TGI_FN("fsum", math_fsum, 1, 1),
    TGI_FN("hypot", math_hypot, 0, -1),
    TGI_FN("dist", math_dist, 2, 2),
    TGI_FN_KW("prod", math_prod),
    TGI_FN_END,
};

static int init(tg_thread *t, tg_value module)
{
    if (tgi_add_float(t, module, "pi", M_PI) < 0 || tgi_add_float(t, module, "e", M_E) < 0 ||
        tgi_add_float(t, module, "tau", 2 * M_PI) < 0 ||
        tgi_add_float(t, module, "inf", HUGE_VAL) < 0 || tgi_add_float(t, module, "nan", NAN) < 0)
        return -1;
    return tg_module_add_functions(t, module, functions) < 0
               ? -1
               : tg_module_add_functions(t, module, tgi_math_int_functions);
}

const tg_module_def tgi_module_math = {"math", init};
