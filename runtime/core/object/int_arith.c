// SPDX-License-Identifier: MIT
//
// int_arith.c - the operators of integers: immediate operands first, limbs (int_big.c) for the
// rest.
//
// Two immediates never need limbs for their operands, and their sum, difference and product fit 128
// bits; so the common overflow of a product allocates its result and nothing else.
#include "core/object/error.h"   // tgc_raise
#include "core/object/float.h"   // tgc_float_new
#include "core/object/int_big.h" // tgc_big_*
#include "core/object/tuple.h"   // tgc_tuple_from_steal

static tg_value zero_division(tg_thread *t, tgc_binop op)
{
    const char *text = op == TGC_DIV   ? "division by zero"
                       : op == TGC_MOD ? "integer modulo by zero"
                                       : "integer division or modulo by zero";
    return tgc_raise(t, &TGC_EXC(ZeroDivisionError), "%s", text);
}

static inline void floor_divmod(int64_t a, int64_t b, int64_t *q, int64_t *r)
{
    *q = a / b;
    *r = a % b;
    if (*r != 0 && (*r ^ b) < 0) {
        *q -= 1;
        *r += b;
    }
}

static tg_value pair_steal(tg_thread *t, tg_value q, tg_value r)
{
    tg_value items[2] = {q, r};
    return tgc_tuple_from_steal(t, items, 2);
}

static tg_value divide(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (tgc_int_sign(b) == 0)
        return zero_division(t, op);
    tg_value q = TGC_NULL, r = TGC_NULL;
    if (!tgc_is_ptr(a) && !tgc_is_ptr(b)) {
        int64_t qi, ri;
        floor_divmod(int_of_immediate(a), int_of_immediate(b), &qi, &ri);
        q = tgc_int_from_i64(t, qi); // may be 2^61: the least immediate by -1
        r = tgc_from_int(ri);
    } else if (tgc_big_divmod(t, a, b, op == TGC_MOD ? NULL : &q, op == TGC_FLOORDIV ? NULL : &r) <
               0) {
        return TGC_NULL;
    }
    if (op == TGC_FLOORDIV) // the other result is an immediate or was not made
        return q;
    if (op == TGC_MOD) {
        tgc_release(t, q);
        return r;
    }
    if (q == TGC_NULL)
        return TGC_NULL;
    return pair_steal(t, q, r);
}

static tg_value true_divide(tg_thread *t, tg_value a, tg_value b)
{
    if (!tgc_is_ptr(a) && !tgc_is_ptr(b)) {
        int64_t x = int_of_immediate(a), y = int_of_immediate(b);
        const int64_t exact = INT64_C(1) << 53;
        if (y == 0)
            return zero_division(t, TGC_DIV);
        if (x >= -exact && x <= exact && y >= -exact && y <= exact)
            return tgc_float_new(t, (double)x / (double)y);
    }
    return tgc_big_true_divide(t, a, b);
}

static tg_value shift(tg_thread *t, tg_value a, tg_value b, bool left)
{
    if (tgc_int_sign(b) < 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "negative shift count");
    int sign = tgc_int_sign(a);
    if (tgc_is_ptr(b)) { // beyond 2^61
        if (sign == 0)
            return tgc_from_int(0);
        if (left)
            return tgc_raise(t, &TGC_EXC(OverflowError), "too many digits in integer");
        return tgc_from_int(sign < 0 ? -1 : 0);
    }
    int64_t by = int_of_immediate(b);
    if (!tgc_is_ptr(a)) {
        int64_t x = int_of_immediate(a);
        if (!left)
            return tgc_from_int(x >> (by > 63 ? 63 : by));
        if (by < 64)
            return tgc_int_from_i128(t, (__int128)((unsigned __int128)(__int128)x << by));
    }
    return tgc_big_shift(t, a, (uint64_t)by, left);
}

static tg_value power(tg_thread *t, tg_value a, tg_value b)
{
    if (tgc_int_sign(b) < 0) {
        bool ok_a, ok_b;
        double x = tgc_int_as_double(t, a, &ok_a);
        if (!ok_a)
            return TGC_NULL;
        double y = tgc_int_as_double(t, b, &ok_b);
        if (!ok_b)
            return TGC_NULL;
        return tgc_float_pow(t, x, y);
    }
    if (tgc_is_ptr(b)) {
        if (!tgc_is_ptr(a) && int_of_immediate(a) >= -1 && int_of_immediate(a) <= 1) {
            bool odd = (tgc_int_low_u64(b) & 1) != 0;
            int64_t x = int_of_immediate(a);
            return tgc_from_int(x == -1 && !odd ? 1 : x);
        }
        return tgc_raise_nomem(t);
    }
    uint64_t exponent = (uint64_t)int_of_immediate(b);
    if (!tgc_is_ptr(a) && exponent < 64) {
        int64_t base = int_of_immediate(a), result = 1;
        uint64_t e = exponent;
        bool fits = true;
        while (e != 0 && fits) {
            if ((e & 1) != 0)
                fits = !__builtin_mul_overflow(result, base, &result);
            e >>= 1;
            if (e != 0 && fits)
                fits = !__builtin_mul_overflow(base, base, &base);
        }
        if (fits)
            return tgc_int_from_i64(t, result);
    }
    return tgc_big_pow(t, a, exponent);
}

static tg_value bitwise(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (tgc_is_bool(a) && tgc_is_bool(b)) {
        bool x = a == TGC_TRUE, y = b == TGC_TRUE;
        return tgc_from_bool(op == TGC_AND ? x && y : op == TGC_OR ? x || y : x != y);
    }
    if (!tgc_is_ptr(a) && !tgc_is_ptr(b)) {
        int64_t x = int_of_immediate(a), y = int_of_immediate(b);
        return tgc_from_int(op == TGC_AND ? (x & y) : op == TGC_OR ? (x | y) : (x ^ y));
    }
    return tgc_big_bitwise(t, op, a, b);
}

tg_value tgc_int_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (!tgc_is_integer(a) || !tgc_is_integer(b))
        return TGC_NOTIMPL;
    a = int_plain(a);
    b = int_plain(b);
    bool small = !tgc_is_ptr(a) && !tgc_is_ptr(b);
    switch (op) {
    case TGC_ADD:
        if (small)
            return tgc_int_from_i64(t, int_of_immediate(a) + int_of_immediate(b));
        return tgc_big_add(t, a, b, false);
    case TGC_SUB:
        if (small)
            return tgc_int_from_i64(t, int_of_immediate(a) - int_of_immediate(b));
        return tgc_big_add(t, a, b, true);
    case TGC_MUL:
        if (small)
            return tgc_int_from_i128(t, (__int128)int_of_immediate(a) * int_of_immediate(b));
        return tgc_big_mul(t, a, b);
    case TGC_DIV:
        return true_divide(t, a, b);
    case TGC_FLOORDIV:
    case TGC_MOD:
    case TGC_DIVMOD:
        return divide(t, op, a, b);
    case TGC_POW:
        return power(t, a, b);
    case TGC_LSHIFT:
        return shift(t, a, b, true);
    case TGC_RSHIFT:
        return shift(t, a, b, false);
    case TGC_AND:
    case TGC_OR:
    case TGC_XOR:
        return bitwise(t, op, a, b);
    default:
        return TGC_NOTIMPL;
    }
}

tg_value tgc_int_unary(tg_thread *t, tgc_unop op, tg_value a)
{
    a = int_plain(a);
    if (!tgc_is_ptr(a)) {
        int64_t i = int_of_immediate(a);
        switch (op) {
        case TGC_NEG:
            return tgc_int_from_i64(t, -i);
        case TGC_POS:
            return tgc_from_int(i);
        case TGC_INVERT:
            return tgc_from_int(~i);
        case TGC_ABS:
            return tgc_int_from_i64(t, i < 0 ? -i : i);
        }
        return TGC_NOTIMPL;
    }
    tgc_mag m;
    mag_of(a, &m);
    switch (op) {
    case TGC_NEG:
        return tgc_int_from_limbs(t, m.limbs, (size_t)m.size, !m.negative);
    case TGC_POS:
        return tgc_retain(t, a);
    case TGC_INVERT: { // -(a + 1)
        tg_value next = tgc_big_add(t, a, tgc_from_int(1), false);
        if (next == TGC_NULL)
            return TGC_NULL;
        tg_value result = tgc_int_unary(t, TGC_NEG, next);
        tgc_release(t, next);
        return result;
    }
    case TGC_ABS:
        return m.negative ? tgc_int_from_limbs(t, m.limbs, (size_t)m.size, false)
                          : tgc_retain(t, a);
    }
    return TGC_NOTIMPL;
}

static int64_t mul_mod(int64_t a, int64_t b, int64_t m)
{
    return (int64_t)((__int128)a * b % m);
}

tg_value tgc_int_powmod(tg_thread *t, tg_value base, tg_value exponent, tg_value modulus)
{
    int sign = tgc_int_sign(modulus);
    base = int_plain(base);
    exponent = int_plain(exponent);
    modulus = int_plain(modulus);
    if (sign == 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "pow() 3rd argument cannot be 0");
    if (!tgc_is_ptr(base) && !tgc_is_ptr(exponent) && !tgc_is_ptr(modulus) && sign > 0 &&
        tgc_int_sign(exponent) >= 0) {
        int64_t m = int_of_immediate(modulus), e = int_of_immediate(exponent), q, b, result = 1 % m;
        floor_divmod(int_of_immediate(base), m, &q, &b);
        for (; e != 0; e >>= 1) {
            if ((e & 1) != 0)
                result = mul_mod(result, b, m);
            b = mul_mod(b, b, m);
        }
        return tgc_from_int(result);
    }
    tgc_mag mb, me, mm;
    mag_of(base, &mb);
    mag_of(exponent, &me);
    mag_of(modulus, &mm);
    mpz_t zb, ze, zm, result, inverse;
    mpz_srcptr b = mag_mpz(zb, &mb);
    bool invert = me.negative;
    me.negative = mm.negative = false;
    mpz_srcptr e = mag_mpz(ze, &me), m = mag_mpz(zm, &mm);
    if (!tgc_int_room(t, (size_t)(mb.size + mm.size)))
        return TGC_NULL;
    mpz_init(result);
    mpz_init(inverse);
    tg_value v = TGC_NULL;
    bool found = true;
    if (invert) {
        found = mpz_cmpabs_ui(m, 1) == 0 || mpz_invert(inverse, b, m) != 0;
        b = inverse;
    }
    if (!found) {
        tgc_raise(t, &TGC_EXC(ValueError), "base is not invertible for the given modulus");
    } else {
        mpz_powm(result, b, e, m);
        if (sign < 0 && mpz_sgn(result) != 0)
            mpz_sub(result, result, m); // the sign of the modulus
        v = tgc_int_from_mpz(t, result);
    }
    mpz_clear(result);
    mpz_clear(inverse);
    return v;
}

tg_value tgc_int_isqrt(tg_thread *t, tg_value v)
{
    tgc_mag m;
    mag_of(v, &m);
    if (m.size == 0)
        return tgc_from_int(0);
    size_t n = ((size_t)m.size + 1) / 2;
    if (!tgc_int_room(t, n * 2))
        return TGC_NULL;
    tgc_bigint *r = tgc_bigint_alloc(t, n);
    if (r == NULL)
        return TGC_NULL;
    mpn_sqrtrem(r->limbs, NULL, m.limbs, m.size);
    return tgc_bigint_finish(t, r, n, false);
}

tg_value tgc_int_gcd(tg_thread *t, tg_value a, tg_value b)
{
    if (!tgc_is_ptr(a) && !tgc_is_ptr(b)) {
        int64_t x = int_of_immediate(a), y = int_of_immediate(b);
        x = x < 0 ? -x : x;
        y = y < 0 ? -y : y;
        while (y != 0) {
            int64_t r = x % y;
            x = y;
            y = r;
        }
        return tgc_int_from_i64(t, x);
    }
    tgc_mag ma, mb;
    mag_of(a, &ma);
    mag_of(b, &mb);
    if (!tgc_int_room(t, (size_t)(ma.size + mb.size)))
        return TGC_NULL;
    mpz_t za, zb, result;
    mpz_init(result);
    mpz_gcd(result, mag_mpz(za, &ma), mag_mpz(zb, &mb));
    tg_value v = tgc_int_from_mpz(t, result);
    mpz_clear(result);
    return v;
}
