// SPDX-License-Identifier: MIT
//
// value.h - the 64-bit value word: tags, immediates, conversions. Layer core/policy.
//
// Low three bits of a tg_value:
//     x00          integer, two's complement, in the upper 62 bits
//     001          counted heap object: address + 1
//     010          one of the constants below
//     011 110 111  float: the IEEE bits rotated left by 4, plus 3. This covers 0.0, and magnitudes
//                  from 2^-255 up to 2^256; all other floats are heap objects (float.c)
//     101          unused
// A value is one word, so a slot is read and written whole: it never tears.
// Sources     Melancon, Serrano, Feeley, "Float Self-Tagging", 2024 (docs/papers.md).
#ifndef TGC_POLICY_VALUE_H
#define TGC_POLICY_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <togil/value.h> // tg_value

typedef struct tgc_obj tgc_obj;

// TG_NULL: "no value": an exception is set, or the entry is absent. Zeroed memory is the integer 0,
// not TG_NULL.
#define TGC_NULL     ((tg_value)2)
#define TGC_NONE     ((tg_value)10)
#define TGC_FALSE    ((tg_value)18)
#define TGC_TRUE     ((tg_value)26)
#define TGC_UNBOUND  ((tg_value)34) // an unset variable or attribute slot
#define TGC_ELLIPSIS ((tg_value)42)
#define TGC_NOTIMPL  ((tg_value)50) // NotImplemented
#define TGC_DUMMY    ((tg_value)58) // a deleted hash-table entry
#define TGC_NOVALUE  ((tg_value)66) // LOADMETHOD: the callable has no self

#define TGC_INT_MAX ((INT64_C(1) << 61) - 1)
#define TGC_INT_MIN (-(INT64_C(1) << 61))

static inline bool tgc_is_int(tg_value v)
{
    return (v & 3) == 0;
} // immediate integer, bool excluded
static inline bool tgc_both_int(tg_value a, tg_value b)
{
    return ((a | b) & 3) == 0;
}
static inline int64_t tgc_int(tg_value v)
{
    return (int64_t)v >> 2;
}
static inline bool tgc_int_fits(int64_t i)
{
    return i >= TGC_INT_MIN && i <= TGC_INT_MAX;
}
static inline tg_value tgc_from_int(int64_t i)
{
    return (tg_value)i << 2;
} // requires tgc_int_fits(i)
static inline tg_value tgc_from_bool(bool b)
{
    return b ? TGC_TRUE : TGC_FALSE;
}
static inline bool tgc_is_bool(tg_value v)
{
    return v == TGC_TRUE || v == TGC_FALSE;
}

static inline bool tgc_is_ptr(tg_value v)
{
    return (v & 7) == 1;
}
static inline tgc_obj *tgc_ptr(tg_value v)
{
    return (tgc_obj *)(uintptr_t)(v - 1);
}
static inline tg_value tgc_from_ptr(const void *o)
{
    return (tg_value)(uintptr_t)o + 1;
}

// Floats. tgc_is_flo tests the immediate form only; a boxed float is a heap object of
// tgc_float_type.
static inline bool tgc_is_flo(tg_value v)
{
    return (v & 6) == 6 || (v & 7) == 3;
}
static inline bool tgc_both_flo_normal(tg_value a, tg_value b)
{
    return (a & b & 6) == 6;
} // 0.0 excluded
static inline double tgc_flo(tg_value v)
{
    uint64_t r = v - 3;
    r = r >> 4 | r << 60;
    double d;
    memcpy(&d, &r, sizeof d);
    return d;
}
// The immediate form of d in *out, or false if d needs a box.
static inline bool tgc_flo_try(double d, tg_value *out)
{
    uint64_t r;
    memcpy(&r, &d, sizeof r);
    r = (r << 4 | r >> 60) + 3;
    unsigned low = r & 7;
    *out = r;
    return low == 3 || low >= 6;
}

#endif
