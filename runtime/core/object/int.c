// SPDX-License-Identifier: MIT
//
// int.c - making, reading, hashing and comparing integers. Operators: int_arith.c. The types:
// int_methods.c.
#include "core/object/int.h" // own interface

#include "core/object/error.h"   // tgc_raise
#include "core/object/int_big.h" // tgc_mag

#include <math.h> // frexp

// --- making

tg_value tgc_int_from_i64_big(tg_thread *t, int64_t i)
{
    mp_limb_t m = i < 0 ? (mp_limb_t)0 - (mp_limb_t)i : (mp_limb_t)i;
    return tgc_int_from_limbs(t, &m, 1, i < 0);
}

tg_value tgc_int_from_u64(tg_thread *t, uint64_t i)
{
    if (i <= (uint64_t)TGC_INT_MAX)
        return tgc_from_int((int64_t)i);
    mp_limb_t m = i;
    return tgc_int_from_limbs(t, &m, 1, false);
}

tg_value tgc_int_from_i128(tg_thread *t, __int128 i)
{
    if (TGI_LIKELY(i >= TGC_INT_MIN && i <= TGC_INT_MAX))
        return tgc_from_int((int64_t)i);
    unsigned __int128 m =
        i < 0 ? (unsigned __int128)0 - (unsigned __int128)i : (unsigned __int128)i;
    mp_limb_t limbs[2] = {(mp_limb_t)m, (mp_limb_t)(m >> 64)};
    return tgc_int_from_limbs(t, limbs, 2, i < 0);
}

tg_value tgc_int_from_double(tg_thread *t, double d)
{
    if (d > -0x1p61 && d < 0x1p61)
        return tgc_from_int((int64_t)d);
    if (isnan(d))
        return tgc_raise(t, &TGC_EXC(ValueError), "cannot convert float NaN to integer");
    if (isinf(d))
        return tgc_raise(t, &TGC_EXC(OverflowError), "cannot convert float infinity to integer");
    int exponent;
    double fraction = frexp(fabs(d), &exponent); // exponent >= 62
    mp_limb_t limbs[18] = {0};
    uint64_t mantissa = (uint64_t)ldexp(fraction, 53);
    int by = exponent - 53, at = by / 64, bits = by % 64;
    limbs[at] = mantissa << bits;
    if (bits != 0)
        limbs[at + 1] = mantissa >> (64 - bits);
    return tgc_int_from_limbs(t, limbs, (size_t)at + 2, d < 0);
}

tg_value tgc_int_from_bytes(tg_thread *t, const uint8_t *p, size_t n, bool little, bool is_signed)
{
    size_t limbs = (n + 7) / 8;
    if (n == 0)
        return tgc_from_int(0);
    tgc_bigint *b = tgc_bigint_alloc(t, limbs);
    if (b == NULL)
        return TGC_NULL;
    bool negative = is_signed && (p[little ? n - 1 : 0] & 0x80) != 0;
    for (size_t i = 0; i < limbs; i++)
        b->limbs[i] = negative ? ~(mp_limb_t)0 : 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = p[little ? i : n - 1 - i];
        b->limbs[i / 8] &= ~((mp_limb_t)0xFF << (i % 8 * 8));
        b->limbs[i / 8] |= (mp_limb_t)byte << (i % 8 * 8);
    }
    if (negative)
        mpn_neg(b->limbs, b->limbs, (mp_size_t)limbs);
    return tgc_bigint_finish(t, b, limbs, negative);
}

// --- reading

bool tgc_int_try_i64(tg_value v, int64_t *out)
{
    if (tgc_is_int(v)) {
        *out = tgc_int(v);
        return true;
    }
    if (!tgc_is_integer(v))
        return false;
    tgc_mag m;
    mag_of(v, &m);
    if (m.size > 1 || (m.size == 1 && m.limbs[0] > (mp_limb_t)INT64_MAX + (m.negative ? 1 : 0)))
        return false;
    mp_limb_t limb = m.size == 0 ? 0 : m.limbs[0];
    *out = (int64_t)(m.negative ? (mp_limb_t)0 - limb : limb);
    return true;
}

int tgc_int_as_i64(tg_thread *t, tg_value v, int64_t *out)
{
    if (tgc_int_try_i64(v, out))
        return 0;
    if (!tgc_is_integer(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "'%.200s' object cannot be interpreted as an integer",
                             tgc_type_name(v));
    return tgc_raise_int(t, &TGC_EXC(OverflowError), "Python int too large to convert to C long");
}

int tgc_int_as_u64(tg_thread *t, tg_value v, uint64_t *out)
{
    if (!tgc_is_integer(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "'%.200s' object cannot be interpreted as an integer",
                             tgc_type_name(v));
    tgc_mag m;
    mag_of(v, &m);
    if (m.negative && m.size != 0)
        return tgc_raise_int(t, &TGC_EXC(OverflowError),
                             "can't convert negative value to unsigned int");
    if (m.size > 1)
        return tgc_raise_int(t, &TGC_EXC(OverflowError),
                             "Python int too large to convert to C unsigned long");
    *out = m.size == 0 ? 0 : m.limbs[0];
    return 0;
}

uint64_t tgc_int_low_u64(tg_value v)
{
    tgc_mag m;
    mag_of(v, &m);
    mp_limb_t low = m.size == 0 ? 0 : m.limbs[0];
    return m.negative ? (mp_limb_t)0 - low : low;
}

double tgc_int_as_double(tg_thread *t, tg_value v, bool *ok)
{
    *ok = true;
    v = int_plain(v);
    if (!tgc_is_ptr(v))
        return (double)int_of_immediate(v);
    tgc_mag m;
    mag_of(v, &m);
    int64_t shift;
    uint64_t top = tgc_mag_top(&m, &shift);
    double d = shift > 2000 ? HUGE_VAL : ldexp((double)top, (int)shift);
    if (isinf(d)) {
        *ok = false;
        tgc_raise(t, &TGC_EXC(OverflowError), "int too large to convert to float");
        return -1.0;
    }
    return m.negative ? -d : d;
}

int tgc_int_sign(tg_value v)
{
    v = int_plain(v);
    if (tgc_is_ptr(v))
        return bigint_of(v)->size < 0 ? -1 : 1;
    int64_t i = int_of_immediate(v);
    return (i > 0) - (i < 0);
}

uint64_t tgc_int_bits(tg_value v)
{
    tgc_mag m;
    mag_of(v, &m);
    return mag_bits(&m);
}

size_t tgc_int_words(tg_value v, uint32_t *out, size_t max)
{
    tgc_mag m;
    mag_of(v, &m);
    size_t words = (mag_bits(&m) + 31) / 32;
    if (words > max)
        words = max;
    for (size_t i = 0; i < words; i++)
        out[i] = (uint32_t)(m.limbs[i / 2] >> (i % 2 * 32));
    return words;
}

// Modulo 2^61 - 1, with the sign; never -1. Floats of the same value agree (tgc_float_hash).
uint64_t tgc_int_hash(tg_value v)
{
    const mp_limb_t prime = (UINT64_C(1) << 61) - 1;
    tgc_mag m;
    mag_of(v, &m);
    mp_limb_t h;
    if (m.size == 0)
        return 0;
    if (m.size == 1)
        h = m.limbs[0] % prime;
    else
        h = mpn_mod_1(m.limbs, m.size, prime);
    if (m.negative)
        h = (mp_limb_t)0 - h;
    return h == UINT64_MAX ? UINT64_MAX - 1 : h;
}

// --- comparing

int tgc_int_order(tg_value a, tg_value b)
{
    if (!tgc_is_ptr(a) && !tgc_is_ptr(b)) {
        int64_t x = int_of_immediate(a), y = int_of_immediate(b);
        return (x > y) - (x < y);
    }
    tgc_mag x, y;
    mag_of(a, &x);
    mag_of(b, &y);
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    int c = x.size != y.size ? (x.size > y.size ? 1 : -1) : mpn_cmp(x.limbs, y.limbs, x.size);
    c = (c > 0) - (c < 0);
    return x.negative ? -c : c;
}

bool tgc_int_equal(tg_value a, tg_value b)
{
    return a == b || tgc_int_order(a, b) == 0;
}

int tgc_int_order_double(tg_value a, double d)
{
    a = int_plain(a);
    int sign = tgc_int_sign(a), d_sign = (d > 0) - (d < 0);
    if (sign != d_sign)
        return sign < d_sign ? -1 : 1;
    if (sign == 0)
        return 0;
    if (isinf(d))
        return -d_sign;
    if (!tgc_is_ptr(a)) {
        int64_t i = int_of_immediate(a);
        if (d >= 0x1p62 || d <= -0x1p62)
            return -d_sign;
        int64_t whole = (int64_t)d;
        if (i != whole)
            return i < whole ? -1 : 1;
        double fraction = d - (double)whole;
        return (fraction < 0) - (fraction > 0);
    }
    // At least 62 bits: compare the bit lengths, then the leading 64 bits, of which d fills 53.
    tgc_mag m;
    mag_of(a, &m);
    int exponent, c;
    double fraction = frexp(fabs(d), &exponent);
    int64_t bits = (int64_t)mag_bits(&m), shift;
    if (bits != exponent) {
        c = bits < exponent ? -1 : 1;
    } else {
        uint64_t top = tgc_mag_top(&m, &shift), top_d = (uint64_t)ldexp(fraction, 53) << 11;
        c = (top > top_d) - (top < top_d);
    }
    return sign < 0 ? -c : c;
}

tg_value tgc_int_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    (void)t;
    if (!tgc_is_integer(a) || !tgc_is_integer(b))
        return TGC_NOTIMPL;
    int c = tgc_int_order(a, b);
    return tgc_from_order(op, c);
}
