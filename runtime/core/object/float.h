// SPDX-License-Identifier: MIT
//
// float.h - floating-point numbers. Layer core/object. float.c, float_text.c, float_methods.c.
//
// Most floats are immediate values (value.h); the rest, and instances of subclasses, are heap
// objects.
//
// Threads     immutable.
#ifndef TGC_OBJECT_FLOAT_H
#define TGC_OBJECT_FLOAT_H

#include "core/object/object.h" // tgc_binop

typedef struct tgc_float {
    tgc_obj head;
    double value; // const
} tgc_float;

#define tgc_float_new_boxed TG_CORE_SYM(tgc_float_new_boxed)
tg_value tgc_float_new_boxed(tg_thread *t, double d);
static inline tg_value tgc_float_new(tg_thread *t, double d)
{
    tg_value v;
    return TGI_LIKELY(tgc_flo_try(d, &v)) ? v : tgc_float_new_boxed(t, d);
}
static inline double tgc_float_value(tg_value v) // requires tgc_is_float(v)
{
    return tgc_is_ptr(v) ? ((tgc_float *)tgc_ptr(v))->value : tgc_flo(v);
}

// int, float, or an object with __float__ or __index__. TypeError "must be real number, not X".
#define tgc_as_double TG_CORE_SYM(tgc_as_double)
int tgc_as_double(tg_thread *t, tg_value v, double *out);
// Shortest text that reads back as d, as repr() prints it. Returns its length.
#define tgc_float_repr TG_CORE_SYM(tgc_float_repr)
size_t tgc_float_repr(char buf[32], double d);
// As float(text): whitespace, underscores, inf, nan. False if it is no number; raises nothing.
#define tgc_float_parse TG_CORE_SYM(tgc_float_parse)
bool tgc_float_parse(const char *text, size_t n, double *out);
#define tgc_float_hash TG_CORE_SYM(tgc_float_hash)
uint64_t tgc_float_hash(double d); // of nan: 0, see float_hash_slot

// Arithmetic; NotImplemented unless both are numbers and one is a float.
#define tgc_float_binary TG_CORE_SYM(tgc_float_binary)
tg_value tgc_float_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b);
// x // y and x % y with the sign of y; y not 0.
#define tgc_float_divmod TG_CORE_SYM(tgc_float_divmod)
void tgc_float_divmod(double x, double y, double *div, double *mod);
#define tgc_float_pow TG_CORE_SYM(tgc_float_pow)
tg_value tgc_float_pow(tg_thread *t, double x, double y);
// round(d, digits), half to even; digits may be negative.
#define tgc_float_round TG_CORE_SYM(tgc_float_round)
tg_value tgc_float_round(tg_thread *t, double d, int64_t digits);

#endif
