// SPDX-License-Identifier: MIT
//
// int_big.c - arithmetic on sign and magnitude, for integers that left the immediate range.
//
// Each operation allocates its result once and computes into it; a result that fits the immediate
// form again gives the object back. Operands of one limb take the short mpn functions.
#include "core/object/int_big.h" // own interface

#include "core/object/error.h" // tgc_raise
#include "core/object/float.h" // tgc_float_new
#include "mem/raw.h"           // tgi_raw_alloc

#include <math.h> // ldexp

#define BIG_STACK_LIMBS 64

tgc_bigint *tgc_bigint_alloc(tg_thread *t, size_t n)
{
    if (n > TGC_INT_MAX_LIMBS) {
        tgc_raise_nomem(t);
        return NULL;
    }
    tgc_bigint *b = (tgc_bigint *)tgc_new_raw(t, &tgc_int_type, sizeof *b + n * sizeof(mp_limb_t));
    if (b != NULL) {
        b->size = 0;
        b->capacity = (uint32_t)n;
    }
    return b;
}

void tgc_int_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_bigint *b = (tgc_bigint *)o;
    if (b->size == TGC_INT_BOXED) {
        tgc_release(t, (tg_value)b->limbs[0]);
        tgc_delete(t, o, tgc_obj_type(o)->size);
        return;
    }
    tgc_delete(t, o, sizeof *b + b->capacity * sizeof(mp_limb_t));
}

// True, with the immediate in *out, if the magnitude is small enough.
static bool small_value(const mp_limb_t *limbs, size_t n, bool negative, tg_value *out)
{
    if (n > 1)
        return false;
    mp_limb_t m = n == 0 ? 0 : limbs[0];
    if (m > (mp_limb_t)TGC_INT_MAX + (negative ? 1 : 0))
        return false;
    *out = tgc_from_int(negative ? -(int64_t)m : (int64_t)m);
    return true;
}

tg_value tgc_bigint_finish(tg_thread *t, tgc_bigint *b, size_t n, bool negative)
{
    while (n > 0 && b->limbs[n - 1] == 0)
        n--;
    b->size = negative ? -(int32_t)n : (int32_t)n;
    tg_value v;
    if (small_value(b->limbs, n, negative, &v)) {
        tgc_decref(t, &b->head);
        return v;
    }
    return tgc_from_ptr(b);
}

tg_value tgc_int_from_limbs(tg_thread *t, const mp_limb_t *limbs, size_t n, bool negative)
{
    while (n > 0 && limbs[n - 1] == 0)
        n--;
    tg_value v;
    if (small_value(limbs, n, negative, &v))
        return v;
    tgc_bigint *b = tgc_bigint_alloc(t, n);
    if (b == NULL)
        return TGC_NULL;
    memcpy(b->limbs, limbs, n * sizeof *limbs);
    b->size = negative ? -(int32_t)n : (int32_t)n;
    return tgc_from_ptr(b);
}

tg_value tgc_int_from_mpz(tg_thread *t, const mpz_t z)
{
    return tgc_int_from_limbs(t, mpz_limbs_read(z), mpz_size(z), mpz_sgn(z) < 0);
}

bool tgc_int_room(tg_thread *t, size_t n)
{
    if (n <= TGC_INT_PROBE_LIMBS)
        return true;
    void *p = n <= TGC_INT_MAX_LIMBS ? tgi_raw_alloc(n * 4 * sizeof(mp_limb_t)) : NULL;
    if (p == NULL) {
        tgc_raise_nomem(t);
        return false;
    }
    tgi_raw_free(p);
    return true;
}

tg_value tgc_big_add(tg_thread *t, tg_value av, tg_value bv, bool subtract)
{
    tgc_mag x, y, *a = &x, *b = &y;
    mag_of(av, a);
    mag_of(bv, b);
    bool a_negative = a->negative, b_negative = b->negative != subtract;
    if (a->size < b->size) {
        tgc_mag *m = a;
        a = b;
        b = m;
        bool n = a_negative;
        a_negative = b_negative;
        b_negative = n;
    }
    size_t n = (size_t)a->size;
    tgc_bigint *r = tgc_bigint_alloc(t, n + 1);
    if (r == NULL)
        return TGC_NULL;
    if (a_negative == b_negative) {
        r->limbs[n] = b->size == 0 ? (mpn_copyi(r->limbs, a->limbs, a->size), 0)
                                   : mpn_add(r->limbs, a->limbs, a->size, b->limbs, b->size);
        return tgc_bigint_finish(t, r, n + 1, a_negative);
    }
    if (a->size == b->size && mpn_cmp(a->limbs, b->limbs, a->size) < 0) {
        mpn_sub_n(r->limbs, b->limbs, a->limbs, a->size);
        return tgc_bigint_finish(t, r, n, b_negative);
    }
    if (b->size == 0)
        mpn_copyi(r->limbs, a->limbs, a->size);
    else
        mpn_sub(r->limbs, a->limbs, a->size, b->limbs, b->size);
    return tgc_bigint_finish(t, r, n, a_negative);
}

tg_value tgc_big_mul(tg_thread *t, tg_value av, tg_value bv)
{
    tgc_mag x, y, *a = &x, *b = &y;
    mag_of(av, a);
    mag_of(bv, b);
    if (a->size < b->size) {
        tgc_mag *m = a;
        a = b;
        b = m;
    }
    if (b->size == 0)
        return tgc_from_int(0);
    size_t n = (size_t)(a->size + b->size);
    if (!tgc_int_room(t, n))
        return TGC_NULL;
    tgc_bigint *r = tgc_bigint_alloc(t, n);
    if (r == NULL)
        return TGC_NULL;
    if (b->size == 1)
        r->limbs[n - 1] = mpn_mul_1(r->limbs, a->limbs, a->size, b->limbs[0]);
    else if (a->limbs == b->limbs)
        mpn_sqr(r->limbs, a->limbs, a->size);
    else
        mpn_mul(r->limbs, a->limbs, a->size, b->limbs, b->size);
    return tgc_bigint_finish(t, r, n, a->negative != b->negative);
}

// Floor: when the signs differ and the division is not exact, the truncated quotient is one too
// high and the remainder is b's magnitude away.
int tgc_big_divmod(tg_thread *t, tg_value av, tg_value bv, tg_value *q, tg_value *r)
{
    tgc_mag a, b;
    mag_of(av, &a);
    mag_of(bv, &b);
    bool differ = a.negative != b.negative;
    size_t qn = a.size >= b.size ? (size_t)(a.size - b.size) + 1 : 0;
    if (!tgc_int_room(t, (size_t)a.size + (size_t)b.size))
        return -1;
    tgc_bigint *quotient = q == NULL && b.size == 1 ? NULL : tgc_bigint_alloc(t, qn + 1);
    tgc_bigint *rest = tgc_bigint_alloc(t, (size_t)b.size);
    if (rest == NULL || (quotient == NULL && !(q == NULL && b.size == 1)))
        goto failed;
    if (qn == 0) {
        mpn_zero(rest->limbs, b.size);
        mpn_copyi(rest->limbs, a.limbs, a.size);
    } else if (quotient == NULL) {
        rest->limbs[0] = mpn_mod_1(a.limbs, a.size, b.limbs[0]);
    } else if (b.size == 1) {
        rest->limbs[0] = mpn_divrem_1(quotient->limbs, 0, a.limbs, a.size, b.limbs[0]);
    } else {
        mpn_tdiv_qr(quotient->limbs, rest->limbs, 0, a.limbs, a.size, b.limbs, b.size);
    }
    if (quotient != NULL)
        quotient->limbs[qn] = 0;
    if (differ && !mpn_zero_p(rest->limbs, b.size)) {
        mpn_sub_n(rest->limbs, b.limbs, rest->limbs, b.size);
        if (quotient != NULL)
            mpn_add_1(quotient->limbs, quotient->limbs, (mp_size_t)qn + 1, 1);
    }
    if (q != NULL)
        *q = tgc_bigint_finish(t, quotient, qn + 1, differ);
    else if (quotient != NULL)
        tgc_decref(t, &quotient->head);
    if (r != NULL)
        *r = tgc_bigint_finish(t, rest, (size_t)b.size, b.negative);
    else
        tgc_decref(t, &rest->head);
    return 0;
failed:
    if (quotient != NULL)
        tgc_decref(t, &quotient->head);
    if (rest != NULL)
        tgc_decref(t, &rest->head);
    return -1;
}

tg_value tgc_big_shift(tg_thread *t, tg_value av, uint64_t by, bool left)
{
    tgc_mag a;
    mag_of(av, &a);
    if (a.size == 0)
        return tgc_from_int(0);
    size_t limbs = (size_t)(by / 64), n = (size_t)a.size;
    unsigned bits = (unsigned)(by % 64);
    if (left) {
        if (by / 64 > TGC_INT_MAX_LIMBS - n)
            return tgc_raise_nomem(t);
        tgc_bigint *r = tgc_bigint_alloc(t, n + limbs + 1);
        if (r == NULL)
            return TGC_NULL;
        mpn_zero(r->limbs, (mp_size_t)limbs);
        if (bits != 0) {
            r->limbs[n + limbs] = mpn_lshift(r->limbs + limbs, a.limbs, a.size, bits);
        } else {
            mpn_copyi(r->limbs + limbs, a.limbs, a.size);
            r->limbs[n + limbs] = 0;
        }
        return tgc_bigint_finish(t, r, n + limbs + 1, a.negative);
    }
    if (limbs >= n)
        return tgc_from_int(a.negative ? -1 : 0);
    size_t left_over = n - limbs;
    tgc_bigint *r = tgc_bigint_alloc(t, left_over + 1);
    if (r == NULL)
        return TGC_NULL;
    bool inexact = limbs > 0 && !mpn_zero_p(a.limbs, (mp_size_t)limbs);
    if (bits != 0)
        inexact |= mpn_rshift(r->limbs, a.limbs + limbs, (mp_size_t)left_over, bits) != 0;
    else
        mpn_copyi(r->limbs, a.limbs + limbs, (mp_size_t)left_over);
    r->limbs[left_over] = 0;
    if (a.negative && inexact)
        mpn_add_1(r->limbs, r->limbs, (mp_size_t)left_over + 1, 1);
    return tgc_bigint_finish(t, r, left_over + 1, a.negative);
}

// The two's complement of m in n limbs.
static void to_complement(mp_limb_t *out, const tgc_mag *m, size_t n)
{
    mpn_zero(out, (mp_size_t)n);
    mpn_copyi(out, m->limbs, m->size);
    if (m->negative)
        mpn_neg(out, out, (mp_size_t)n);
}

tg_value tgc_big_bitwise(tg_thread *t, tgc_binop op, tg_value av, tg_value bv)
{
    tgc_mag a, b;
    mag_of(av, &a);
    mag_of(bv, &b);
    size_t n = (size_t)(a.size > b.size ? a.size : b.size) + 1;
    if (op == TGC_AND && !a.negative &&
        !b.negative) { // as for masks: no more limbs than the shorter has
        size_t least = (size_t)(a.size < b.size ? a.size : b.size);
        if (least <= 1)
            return least == 0 ? tgc_from_int(0) : tgc_int_from_u64(t, a.limbs[0] & b.limbs[0]);
        n = least;
    }
    tgc_bigint *r = tgc_bigint_alloc(t, n);
    if (r == NULL)
        return TGC_NULL;
    if (op == TGC_AND && !a.negative && !b.negative) {
        mpn_and_n(r->limbs, a.limbs, b.limbs, (mp_size_t)n);
        return tgc_bigint_finish(t, r, n, false);
    }
    mp_limb_t small[BIG_STACK_LIMBS];
    mp_limb_t *other = n <= BIG_STACK_LIMBS ? small : tgi_raw_alloc(n * sizeof *other);
    if (other == NULL) {
        tgc_decref(t, &r->head);
        return tgc_raise_nomem(t);
    }
    to_complement(r->limbs, &a, n);
    to_complement(other, &b, n);
    if (op == TGC_AND)
        mpn_and_n(r->limbs, r->limbs, other, (mp_size_t)n);
    else if (op == TGC_OR)
        mpn_ior_n(r->limbs, r->limbs, other, (mp_size_t)n);
    else
        mpn_xor_n(r->limbs, r->limbs, other, (mp_size_t)n);
    if (other != small)
        tgi_raw_free(other);
    bool negative = (r->limbs[n - 1] >> 63) != 0;
    if (negative)
        mpn_neg(r->limbs, r->limbs, (mp_size_t)n);
    return tgc_bigint_finish(t, r, n, negative);
}

tg_value tgc_big_pow(tg_thread *t, tg_value av, uint64_t exponent)
{
    tgc_mag a;
    mag_of(av, &a);
    if (exponent == 0)
        return tgc_from_int(1);
    if (a.size == 0)
        return tgc_from_int(0);
    if (a.size == 1 && a.limbs[0] == 1)
        return tgc_from_int(a.negative && (exponent & 1) != 0 ? -1 : 1);
    size_t bits = mag_bits(&a);
    if (exponent > TGC_INT_MAX_LIMBS * 64 / bits)
        return tgc_raise_nomem(t);
    if (!tgc_int_room(t, (size_t)(bits * exponent / 64) + 2))
        return TGC_NULL;
    mpz_t base, result;
    mpz_init(result);
    mpz_pow_ui(result, mag_mpz(base, &a), exponent);
    tg_value v = tgc_int_from_mpz(t, result);
    mpz_clear(result);
    return v;
}

uint64_t tgc_mag_top(const tgc_mag *m, int64_t *shift)
{
    size_t n = (size_t)m->size;
    mp_limb_t top = m->limbs[n - 1];
    unsigned lead = (unsigned)__builtin_clzll(top);
    *shift = (int64_t)(n * 64 - lead) - 64;
    if (n == 1)
        return top << lead; // shift may be negative
    mp_limb_t next = m->limbs[n - 2];
    uint64_t result = lead == 0 ? top : top << lead | next >> (64 - lead);
    bool rest = (lead == 0 ? next : next << lead) != 0 ||
                (n > 2 && !mpn_zero_p(m->limbs, (mp_size_t)n - 2));
    return result | rest;
}

// q * 2^shift (plus a little if `inexact`), rounded half to even, also where the result is
// subnormal.
static double round_scaled(uint64_t q, int shift, bool inexact)
{
    int bits = 64 - __builtin_clzll(q),
        least = -1021 - shift; // of bits, where a subnormal's last one is the 53rd
    int extra = (bits > least ? bits : least) - 53;
    if (extra <= 0)
        return ldexp((double)q, shift);
    uint64_t half = UINT64_C(1) << (extra - 1), low = q | inexact;
    if ((low & half) != 0 && (low & (3 * half - 1)) != 0)
        low += half;
    return ldexp((double)(low & ~(2 * half - 1)), shift);
}

tg_value tgc_big_true_divide(tg_thread *t, tg_value av, tg_value bv)
{
    tgc_mag a, b;
    mag_of(av, &a);
    mag_of(bv, &b);
    if (b.size == 0)
        return tgc_raise(t, &TGC_EXC(ZeroDivisionError), "division by zero");
    bool negative = a.negative != b.negative;
    if (a.size == 0)
        return tgc_float_new(t, negative ? -0.0 : 0.0);
    int64_t order = (int64_t)mag_bits(&a) - (int64_t)mag_bits(&b);
    if (order > 1024)
        return tgc_raise(t, &TGC_EXC(OverflowError),
                         "integer division result too large for a float");
    if (order < -1080)
        return tgc_float_new(t, negative ? -0.0 : 0.0);
    int shift = (int)(order > -1021 ? order : -1021) - 55;
    // |a| / |b| = q * 2^shift with a q of 54 to 57 bits: either a is scaled up, or b is.
    mpz_t za, zb, scaled, q, rest;
    mpz_init(scaled);
    mpz_init(q);
    mpz_init(rest);
    a.negative = b.negative = false;
    mpz_srcptr top = mag_mpz(za, &a), bottom = mag_mpz(zb, &b);
    mpz_mul_2exp(scaled, shift < 0 ? top : bottom, (mp_bitcnt_t)(shift < 0 ? -shift : shift));
    mpz_tdiv_qr(q, rest, shift < 0 ? scaled : top, shift < 0 ? bottom : scaled);
    uint64_t quotient = mpz_get_ui(q);
    bool inexact = mpz_sgn(rest) != 0;
    mpz_clear(scaled);
    mpz_clear(q);
    mpz_clear(rest);
    double d = quotient == 0 ? 0.0 : round_scaled(quotient, shift, inexact);
    if (isinf(d))
        return tgc_raise(t, &TGC_EXC(OverflowError),
                         "integer division result too large for a float");
    return tgc_float_new(t, negative ? -d : d);
}
