// SPDX-License-Identifier: MIT
//
// int.h - integers and booleans. Layer core/object. int.c, int_arith.c, int_big.c, int_text.c,
// int_methods.c.
//
// An integer of at most 62 bits is an immediate value; any other is a heap object with its
// magnitude in limbs.
//
// Threads     immutable.
// Invariants  I1  a heap integer never has a value that fits the immediate form, and no leading
//                 zero limb: so equal small integers are identical values.
#ifndef TGC_OBJECT_INT_H
#define TGC_OBJECT_INT_H

#include "core/object/object.h" // tgc_binop

#define TGC_INT_DIGITS_LIMIT 4300 // default of the limit for int <-> decimal text
#define TGC_INT_DIGITS_LEAST 640  // smallest limit that may be set

// Any thread: sys.set_int_max_str_digits; 0 for no limit. Process-wide per core.
#define tgc_int_digits_limit TG_CORE_SYM(tgc_int_digits_limit)
extern _Atomic(uint32_t) tgc_int_digits_limit;

// --- making
#define tgc_int_from_i64_big TG_CORE_SYM(tgc_int_from_i64_big)
tg_value tgc_int_from_i64_big(tg_thread *t, int64_t i);
static inline tg_value tgc_int_from_i64(tg_thread *t, int64_t i)
{
    return TGI_LIKELY(tgc_int_fits(i)) ? tgc_from_int(i) : tgc_int_from_i64_big(t, i);
}
#define tgc_int_from_u64 TG_CORE_SYM(tgc_int_from_u64)
tg_value tgc_int_from_u64(tg_thread *t, uint64_t i);
#define tgc_int_from_i128 TG_CORE_SYM(tgc_int_from_i128)
tg_value tgc_int_from_i128(tg_thread *t, __int128 i);
#define tgc_int_from_double TG_CORE_SYM(tgc_int_from_double)
tg_value tgc_int_from_double(tg_thread *t,
                             double d); // truncates; OverflowError, ValueError for inf, nan
// As int(text, base): whitespace, sign, prefix and underscores allowed; base 0 or 2..36. ValueError
// as int().
#define tgc_int_from_text TG_CORE_SYM(tgc_int_from_text)
tg_value tgc_int_from_text(tg_thread *t, const char *text, size_t n, int base);
#define tgc_int_from_bytes TG_CORE_SYM(tgc_int_from_bytes)
tg_value tgc_int_from_bytes(tg_thread *t, const uint8_t *p, size_t n, bool little, bool is_signed);

// --- reading. v is an integer (tgc_is_integer) unless said otherwise.
// TypeError if v is no integer (no __index__ here: see tgc_as_index), OverflowError if it does not
// fit.
#define tgc_int_as_i64 TG_CORE_SYM(tgc_int_as_i64)
int tgc_int_as_i64(tg_thread *t, tg_value v, int64_t *out);
// The same without raising: false if v does not fit or is no integer.
#define tgc_int_try_i64 TG_CORE_SYM(tgc_int_try_i64)
bool tgc_int_try_i64(tg_value v, int64_t *out);
#define tgc_int_as_u64 TG_CORE_SYM(tgc_int_as_u64)
int tgc_int_as_u64(tg_thread *t, tg_value v, uint64_t *out); // OverflowError
#define tgc_int_low_u64 TG_CORE_SYM(tgc_int_low_u64)
uint64_t tgc_int_low_u64(tg_value v); // modulo 2^64
// Correctly rounded; *ok false and OverflowError "int too large to convert to float".
#define tgc_int_as_double TG_CORE_SYM(tgc_int_as_double)
double tgc_int_as_double(tg_thread *t, tg_value v, bool *ok);
#define tgc_int_sign TG_CORE_SYM(tgc_int_sign)
int tgc_int_sign(tg_value v); // -1, 0, 1
#define tgc_int_bits TG_CORE_SYM(tgc_int_bits)
uint64_t tgc_int_bits(tg_value v); // bit_length
// Magnitude as 32-bit words, least significant first, for seeding generators; returns the count, at
// most max.
#define tgc_int_words TG_CORE_SYM(tgc_int_words)
size_t tgc_int_words(tg_value v, uint32_t *out, size_t max);
#define tgc_int_to_text TG_CORE_SYM(tgc_int_to_text)
tg_value tgc_int_to_text(tg_thread *t, tg_value v,
                         int base); // 2..36, no prefix; the digit limit holds for 10
#define tgc_int_hash TG_CORE_SYM(tgc_int_hash)
uint64_t tgc_int_hash(tg_value v);
#define tgc_int_order TG_CORE_SYM(tgc_int_order)
int tgc_int_order(tg_value a, tg_value b); // -1, 0, 1
#define tgc_int_equal TG_CORE_SYM(tgc_int_equal)
bool tgc_int_equal(tg_value a, tg_value b);
// Exact order of an integer and a float that is not nan.
#define tgc_int_order_double TG_CORE_SYM(tgc_int_order_double)
int tgc_int_order_double(tg_value a, double d);

// --- arithmetic
// The slow path of all integer arithmetic: NotImplemented unless both are integers.
#define tgc_int_binary TG_CORE_SYM(tgc_int_binary)
tg_value tgc_int_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b);
#define tgc_int_unary TG_CORE_SYM(tgc_int_unary)
tg_value tgc_int_unary(tg_thread *t, tgc_unop op, tg_value a);
#define tgc_int_compare TG_CORE_SYM(tgc_int_compare)
tg_value tgc_int_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b);
#define tgc_int_powmod TG_CORE_SYM(tgc_int_powmod)
tg_value tgc_int_powmod(tg_thread *t, tg_value base, tg_value exponent,
                        tg_value modulus); // pow(b, e, m)
#define tgc_int_isqrt TG_CORE_SYM(tgc_int_isqrt)
tg_value tgc_int_isqrt(tg_thread *t, tg_value v); // v >= 0
#define tgc_int_gcd TG_CORE_SYM(tgc_int_gcd)
tg_value tgc_int_gcd(tg_thread *t, tg_value a, tg_value b);

// v as an integer: v itself (a new reference), or through __index__. TypeError "'X' object cannot
// be interpreted as an integer".
#define tgc_index TG_CORE_SYM(tgc_index)
tg_value tgc_index(tg_thread *t, tg_value v);

#endif
