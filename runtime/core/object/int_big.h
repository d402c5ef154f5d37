// SPDX-License-Identifier: MIT
//
// int_big.h - integers beyond 62 bits: representation and limb arithmetic. Layer core/object;
// private to int*.c, float*.c and format*.c. The limb work itself is GMP's mpn functions.
#ifndef TGC_OBJECT_INT_BIG_H
#define TGC_OBJECT_INT_BIG_H

#include "core/object/int.h" // own public part

#include <gmp.h> // mp_limb_t

// GMP calls abort when they cannot get scratch memory, so no operation may ask for more than this,
// and those above TGC_INT_PROBE_LIMBS first see whether the memory is there.
#define TGC_INT_MAX_LIMBS   ((size_t)1 << 27)
#define TGC_INT_PROBE_LIMBS 4096

// An instance of a subclass has a fixed size: its only "limb" is the plain integer it stands for, a
// tg_value with a reference.
#define TGC_INT_BOXED INT32_MIN

typedef struct tgc_bigint {
    tgc_obj head;
    int32_t size;      // limbs in use, negative below zero, or TGC_INT_BOXED; const once shared
    uint32_t capacity; // limbs allocated; const
    mp_limb_t limbs[]; // least significant first; const once shared
} tgc_bigint;

// An integer of either form as sign and magnitude, borrowed from the value (or from the view
// itself).
typedef struct tgc_mag {
    const mp_limb_t *limbs; // NULL: use the field small
    mp_limb_t small;
    mp_size_t size; // 0 for zero
    bool negative;
} tgc_mag;

static inline tgc_bigint *bigint_of(tg_value v)
{
    return (tgc_bigint *)tgc_ptr(v);
}

// The plain integer that v is or stands for: an immediate, or a heap integer in limbs. Borrowed
// from v.
static inline tg_value int_plain(tg_value v)
{
    if (tgc_is_ptr(v) && bigint_of(v)->size == TGC_INT_BOXED)
        return (tg_value)bigint_of(v)->limbs[0];
    return v;
}

static inline int64_t int_of_immediate(tg_value v) // int or bool
{
    return tgc_is_int(v) ? tgc_int(v) : v == TGC_TRUE;
}

// The view; m must stay where it is as long as the view is used.
static inline void mag_of(tg_value v, tgc_mag *m)
{
    v = int_plain(v);
    if (tgc_is_ptr(v)) {
        const tgc_bigint *b = bigint_of(v);
        m->limbs = b->limbs;
        m->size = b->size < 0 ? -b->size : b->size;
        m->negative = b->size < 0;
        return;
    }
    int64_t i = int_of_immediate(v);
    m->small = i < 0 ? (mp_limb_t)0 - (mp_limb_t)i : (mp_limb_t)i;
    m->limbs = &m->small;
    m->size = i != 0;
    m->negative = i < 0;
}

// A new object with room for n limbs, or NULL with MemoryError.
#define tgc_bigint_alloc TG_CORE_SYM(tgc_bigint_alloc)
tgc_bigint *tgc_bigint_alloc(tg_thread *t, size_t n);
// Ends the making of b, whose n lowest limbs are filled: drops leading zeros, turns small values
// into immediates.
#define tgc_bigint_finish TG_CORE_SYM(tgc_bigint_finish)
tg_value tgc_bigint_finish(tg_thread *t, tgc_bigint *b, size_t n, bool negative);
// The value of n limbs.
#define tgc_int_from_limbs TG_CORE_SYM(tgc_int_from_limbs)
tg_value tgc_int_from_limbs(tg_thread *t, const mp_limb_t *limbs, size_t n, bool negative);
#define tgc_int_from_mpz TG_CORE_SYM(tgc_int_from_mpz)
tg_value tgc_int_from_mpz(tg_thread *t, const mpz_t z);
// A read-only mpz of the magnitude with its sign.
static inline mpz_srcptr mag_mpz(mpz_t z, const tgc_mag *m)
{
    return mpz_roinit_n(z, m->limbs, m->negative ? -m->size : m->size);
}
static inline size_t mag_bits(const tgc_mag *m)
{
    return m->size == 0 ? 0 : (size_t)m->size * 64 - (size_t)__builtin_clzll(m->limbs[m->size - 1]);
}
// False with MemoryError if an operation on n limbs in all cannot be done.
#define tgc_int_room TG_CORE_SYM(tgc_int_room)
bool tgc_int_room(tg_thread *t, size_t n);

// The operators on any two integers; the results are normal. Divisions: b is not zero; q and r may
// be NULL; floor.
#define tgc_big_add TG_CORE_SYM(tgc_big_add)
tg_value tgc_big_add(tg_thread *t, tg_value a, tg_value b, bool subtract);
#define tgc_big_mul TG_CORE_SYM(tgc_big_mul)
tg_value tgc_big_mul(tg_thread *t, tg_value a, tg_value b);
#define tgc_big_divmod TG_CORE_SYM(tgc_big_divmod)
int tgc_big_divmod(tg_thread *t, tg_value a, tg_value b, tg_value *q, tg_value *r);
#define tgc_big_true_divide TG_CORE_SYM(tgc_big_true_divide)
tg_value tgc_big_true_divide(tg_thread *t, tg_value a, tg_value b);
#define tgc_big_shift TG_CORE_SYM(tgc_big_shift)
tg_value tgc_big_shift(tg_thread *t, tg_value a, uint64_t by, bool left);
#define tgc_big_bitwise TG_CORE_SYM(tgc_big_bitwise)
tg_value tgc_big_bitwise(tg_thread *t, tgc_binop op, tg_value a, tg_value b);
#define tgc_big_pow TG_CORE_SYM(tgc_big_pow)
tg_value tgc_big_pow(tg_thread *t, tg_value a, uint64_t exponent);

// --- text (int_text.c)
// 1 and *out, 0 if text is no integer of that base, -1 raised (too many digits, memory).
#define tgc_int_parse TG_CORE_SYM(tgc_int_parse)
int tgc_int_parse(tg_thread *t, const char *text, size_t n, int base, tg_value *out);
// The digits of the magnitude, without sign and prefix, lower case. A buffer of `small` bytes is
// used if it is large enough, else one from tgi_raw_alloc that the caller frees; NULL raised. Only
// base 10 knows the digit limit.
#define tgc_int_digits TG_CORE_SYM(tgc_int_digits)
char *tgc_int_digits(tg_thread *t, tg_value v, int base, char *small, size_t small_size, size_t *n);

#define tgc_int_dealloc TG_CORE_SYM(tgc_int_dealloc)
void tgc_int_dealloc(tg_thread *t, tgc_obj *o); // the type's slot

// Magnitude in [top 64 bits] * 2^*shift, with the lowest bit set if anything was cut off; m is not
// zero.
#define tgc_mag_top TG_CORE_SYM(tgc_mag_top)
uint64_t tgc_mag_top(const tgc_mag *m, int64_t *shift);

#endif
