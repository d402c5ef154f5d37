// SPDX-License-Identifier: MIT
//
// math_int.c - the functions of the module math that work on integers of any size.
//
// Sources     Brent and Zimmermann, "Modern Computer Arithmetic", 2010 (integer square root by
//             Newton's iteration); products of many factors are taken in pairs of equal size.
#include "modules/math_int.h"

#include "modules/support.h"

#include <math.h>
#include <stdlib.h>

// An int of any size from an argument (int, bool, __index__); new reference.
static tg_value index_of(tg_thread *t, tg_value v)
{
    tg_kind kind = tg_kind_of(t, v);
    if (kind == TG_KIND_INT)
        return tg_retain(t, v);
    int64_t i;
    return tg_as_int64(t, v, &i) < 0 ? TG_NULL : tg_int(t, i);
}

static bool is_negative(tg_thread *t, tg_value v)
{
    return tg_less(t, v, tg_int(t, 0)) == 1;
}

// a op b, where both are taken.
static tg_value take(tg_thread *t, char op, tg_value a, tg_value b)
{
    tg_value r = a == TG_NULL || b == TG_NULL ? TG_NULL : tg_binary(t, op, a, b);
    tg_release(t, a);
    tg_release(t, b);
    return r;
}

static tg_value absolute(tg_thread *t, tg_value taken)
{
    if (taken == TG_NULL || !is_negative(t, taken))
        return taken;
    return take(t, '-', tg_int(t, 0), taken);
}

// --- greatest common divisor

static bool is_zero(tg_thread *t, tg_value v)
{
    return tg_truth(t, v) == 0;
}

static tg_value gcd2(tg_thread *t, tg_value a, tg_value b) // takes both, not negative
{
    while (a != TG_NULL && b != TG_NULL && !is_zero(t, b)) {
        int64_t x, y;
        if (tg_int_bits(t, a) < 63 && tg_int_bits(t, b) < 63 && tg_as_int64(t, a, &x) == 0 &&
            tg_as_int64(t, b, &y) == 0) {
            while (y != 0) {
                int64_t r = x % y;
                x = y;
                y = r;
            }
            tg_release(t, a);
            tg_release(t, b);
            return tg_int(t, x);
        }
        tg_value r = tg_binary(t, '%', a, b);
        tg_release(t, a);
        a = b;
        b = r;
    }
    if (b == TG_NULL) {
        tg_release(t, a);
        return TG_NULL;
    }
    tg_release(t, b);
    return a;
}

TGI_NATIVE(math_gcd)
{
    tg_value r = tg_int(t, 0);
    for (size_t i = 0; i < nargs && r != TG_NULL; i++) {
        tg_value v = absolute(t, index_of(t, args[i]));
        if (v == TG_NULL) {
            tg_release(t, r);
            return TG_NULL;
        }
        r = gcd2(t, r, v);
    }
    return r;
}

TGI_NATIVE(math_lcm)
{
    tg_value r = tg_int(t, 1);
    for (size_t i = 0; i < nargs && r != TG_NULL; i++) {
        tg_value v = absolute(t, index_of(t, args[i]));
        if (v == TG_NULL) {
            tg_release(t, r);
            return TG_NULL;
        }
        if (is_zero(t, r) || is_zero(t, v)) {
            tg_release(t, r);
            tg_release(t, v);
            r = tg_int(t, 0);
            continue;
        }
        tg_value divisor = gcd2(t, tg_retain(t, r), tg_retain(t, v));
        r = take(t, '*', take(t, 'i', r, divisor), v);
    }
    return r;
}

// --- products

// low * (low + 1) * ... * high
static tg_value range_product(tg_thread *t, int64_t low, int64_t high)
{
    if (high - low < 8) {
        tg_value r = tg_int(t, low);
        for (int64_t i = low + 1; i <= high && r != TG_NULL; i++)
            r = take(t, '*', r, tg_int(t, i));
        return r;
    }
    if (tg_poll(t) != TG_OK)
        return TG_NULL;
    int64_t middle = low + (high - low) / 2;
    tg_value a = range_product(t, low, middle);
    tg_value b = a == TG_NULL ? TG_NULL : range_product(t, middle + 1, high);
    return take(t, '*', a, b);
}

static tg_value factorial_of(tg_thread *t, tg_value v)
{
    int64_t n;
    tg_value i = index_of(t, v);
    if (i == TG_NULL)
        return TG_NULL;
    bool negative = is_negative(t, i);
    int st = negative ? 0 : tg_as_int64(t, i, &n);
    tg_release(t, i);
    if (negative)
        return tg_raise(t, TG_ValueError, "factorial() not defined for negative values");
    if (st < 0) {
        tg_error_clear(t);
        return tg_raise(t, TG_OverflowError,
                        "factorial() argument should not exceed 9223372036854775807");
    }
    return n < 2 ? tg_int(t, 1) : range_product(t, 2, n);
}

TGI_NATIVE(math_factorial)
{
    return factorial_of(t, args[0]);
}

// The arguments n and k of comb and perm, not negative; new references. 0 or -1.
static int two_counts(tg_thread *t, const tg_value *args, tg_value *n, tg_value *k)
{
    *n = index_of(t, args[0]);
    *k = *n == TG_NULL ? TG_NULL : index_of(t, args[1]);
    if (*k != TG_NULL && is_negative(t, *n))
        tg_raise(t, TG_ValueError, "n must be a non-negative integer");
    else if (*k != TG_NULL && is_negative(t, *k))
        tg_raise(t, TG_ValueError, "k must be a non-negative integer");
    else if (*k != TG_NULL)
        return 0;
    tg_release(t, *n);
    tg_release(t, *k);
    return -1;
}

// n * (n - 1) * ... (k factors), divided by 1 * 2 * ... * k on the way if `divide`. Takes n.
static tg_value falling(tg_thread *t, tg_value n, int64_t k, bool divide)
{
    tg_value r = tg_int(t, 1);
    for (int64_t i = 0; i < k && r != TG_NULL; i++) {
        if ((i & 1023) == 1023 && tg_poll(t) != TG_OK) {
            tg_release(t, r);
            r = TG_NULL;
            break;
        }
        r = take(t, '*', r, take(t, '-', tg_retain(t, n), tg_int(t, i)));
        if (divide)
            r = take(t, 'i', r, tg_int(t, i + 1));
    }
    tg_release(t, n);
    return r;
}

TGI_NATIVE(math_comb)
{
    tg_value n, k;
    int64_t count;
    if (two_counts(t, args, &n, &k) < 0)
        return TG_NULL;
    tg_value rest = tg_binary(t, '-', n, k);
    if (rest != TG_NULL && is_negative(t, rest)) {
        tg_release(t, rest);
        tg_release(t, k);
        tg_release(t, n);
        return tg_int(t, 0);
    }
    bool swap = rest != TG_NULL && tg_less(t, rest, k) == 1;
    int st = rest == TG_NULL ? -1 : tg_as_int64(t, swap ? rest : k, &count);
    tg_release(t, rest);
    tg_release(t, k);
    if (st < 0) {
        tg_release(t, n);
        if (tg_error_is(t, TG_OverflowError)) {
            tg_error_clear(t);
            tg_raise(t, TG_OverflowError, "min(n - k, k) must not exceed 9223372036854775807");
        }
        return TG_NULL;
    }
    return falling(t, n, count, true);
}

TGI_NATIVE(math_perm)
{
    tg_value n, k;
    int64_t count;
    if (nargs < 2 || args[1] == TG_NONE)
        return factorial_of(t, args[0]);
    if (two_counts(t, args, &n, &k) < 0)
        return TG_NULL;
    bool beyond = tg_less(t, n, k) == 1;
    int st = beyond ? 0 : tg_as_int64(t, k, &count);
    tg_release(t, k);
    if (beyond || st < 0)
        tg_release(t, n);
    if (st < 0 && tg_error_is(t, TG_OverflowError)) {
        tg_error_clear(t);
        return tg_raise(t, TG_OverflowError, "k must not exceed 9223372036854775807");
    }
    return beyond ? tg_int(t, 0) : st < 0 ? TG_NULL : falling(t, n, count, false);
}

// --- integer square root

static tg_value power_of_two(tg_thread *t, size_t bit)
{
    size_t n = bit / 32 + 1;
    uint32_t *words = calloc(n, sizeof *words);
    if (words == NULL)
        return tg_raise_nomem(t);
    words[n - 1] = UINT32_C(1) << (bit % 32);
    tg_value v = tg_int_from_words(t, words, n);
    free(words);
    return v;
}

static tg_value small_root(tg_thread *t, uint64_t n)
{
    uint64_t r = (uint64_t)sqrt((double)n);
    while (r > UINT32_MAX || r * r > n)
        r--;
    while (r < UINT32_MAX && (r + 1) * (r + 1) <= n)
        r++;
    return tg_uint(t, r);
}

TGI_NATIVE(math_isqrt)
{
    tg_value n = index_of(t, args[0]);
    if (n == TG_NULL)
        return TG_NULL;
    if (is_negative(t, n)) {
        tg_release(t, n);
        return tg_raise(t, TG_ValueError, "isqrt() argument must be nonnegative");
    }
    size_t bits = tg_int_bits(t, n);
    int64_t small;
    if (bits < 63 && tg_as_int64(t, n, &small) == 0) {
        tg_release(t, n);
        return small_root(t, (uint64_t)small);
    }
    // From above the iteration falls until it is there.
    tg_value x = power_of_two(t, (bits + 1) / 2);
    while (x != TG_NULL) {
        tg_value y = tg_binary(t, 'i', n, x);
        y = take(t, 'i', take(t, '+', y, tg_retain(t, x)), tg_int(t, 2));
        int falls = y == TG_NULL ? -1 : tg_less(t, y, x);
        if (falls == 0) {
            tg_release(t, y);
            break;
        }
        tg_release(t, x);
        x = falls < 0 ? TG_NULL : y;
    }
    tg_release(t, n);
    return x;
}

// --- floats to integers

static tg_value int_of_float(tg_thread *t, double d)
{
    if (isnan(d))
        return tg_raise(t, TG_ValueError, "cannot convert float NaN to integer");
    if (isinf(d))
        return tg_raise(t, TG_OverflowError, "cannot convert float infinity to integer");
    if (d > -9.2e18 && d < 9.2e18)
        return tg_int(t, (int64_t)d);
    int e;
    uint64_t m = (uint64_t)ldexp(frexp(fabs(d), &e), 53);
    tg_value r = take(t, '*', tg_uint(t, m), power_of_two(t, (size_t)(e - 53)));
    return d < 0 ? take(t, '-', tg_int(t, 0), r) : r;
}

static double whole(double d)
{
    return trunc(d);
}

// round one way: by the method `special` of other types, by f of floats.
static tg_value round_by(tg_thread *t, tg_value v, const char *special, double (*f)(double))
{
    tg_kind kind = tg_kind_of(t, v);
    if (kind == TG_KIND_INT)
        return tg_retain(t, v);
    if (kind == TG_KIND_BOOL)
        return tg_int(t, v == TG_TRUE);
    double d;
    if (kind != TG_KIND_FLOAT) {
        tg_value method;
        int found = tg_getattr_opt(t, v, special, &method);
        if (found < 0)
            return TG_NULL;
        if (found > 0) {
            tg_value r = tg_call(t, method, NULL, 0);
            tg_release(t, method);
            return r;
        }
        if (f == whole)
            return tg_raise(t, TG_TypeError, "type %s doesn't define __trunc__ method",
                            tg_type_name(t, v));
    }
    return tg_as_double(t, v, &d) < 0 ? TG_NULL : int_of_float(t, f(d));
}

TGI_NATIVE(math_floor)
{
    return round_by(t, args[0], "__floor__", floor);
}

TGI_NATIVE(math_ceil)
{
    return round_by(t, args[0], "__ceil__", ceil);
}

TGI_NATIVE(math_trunc)
{
    return round_by(t, args[0], "__trunc__", whole);
}

const tg_function_def tgi_math_int_functions[] = {
    TGI_FN("gcd", math_gcd, 0, -1),
    TGI_FN("lcm", math_lcm, 0, -1),
    TGI_FN("factorial", math_factorial, 1, 1),
    TGI_FN("comb", math_comb, 2, 2),
    TGI_FN("perm", math_perm, 1, 2),
    TGI_FN("isqrt", math_isqrt, 1, 1),
    TGI_FN("floor", math_floor, 1, 1),
    TGI_FN("ceil", math_ceil, 1, 1),
    TGI_FN("trunc", math_trunc, 1, 1),
    TGI_FN_END,
};
