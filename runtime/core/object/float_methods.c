// SPDX-License-Identifier: MIT
//
// float_methods.c - the type float: constructor, methods, slots.
#include "core/object/bytes.h"      // tgc_bytes_data
#include "core/object/class.h"      // tgc_attrs_init
#include "core/object/error.h"      // tgc_raise
#include "core/object/float_text.h" // tgc_float_repr
#include "core/object/format.h"     // tgc_float_format
#include "core/object/int.h"        // tgc_int_from_double
#include "core/object/known.h"      // TGC_NAME
#include "core/object/str.h"        // tgc_str_utf8
#include "core/object/tuple.h"      // tgc_tuple_pack2_steal
#include "core/object/unicode.h"    // tgc_unicode_decimal
#include "mem/raw.h"                // tgi_raw_alloc

#include <math.h>   // floor
#include <stdio.h>  // snprintf
#include <stdlib.h> // strtod

static double self_double(const tg_value *args)
{
    return tgc_float_value(args[0]);
}

// --- the constructor

static tg_value refuse_text(tg_thread *t, tg_value v)
{
    tg_value shown = tgc_repr(t, v);
    if (shown == TGC_NULL)
        return TGC_NULL;
    const char *text = tgc_str_utf8(t, shown, NULL);
    if (text != NULL)
        tgc_raise(t, &TGC_EXC(ValueError), "could not convert string to float: %.200s", text);
    tgc_release(t, shown);
    return TGC_NULL;
}

static int double_of_text(tg_thread *t, tg_value v, double *out)
{
    bool ok;
    if (tgc_is_bytes(v)) {
        size_t n;
        const char *p = (const char *)tgc_bytes_data(v, &n);
        ok = tgc_float_parse(p, n, out);
    } else if (tgc_str_of(v)->ascii) {
        ok = tgc_float_parse(tgc_str_utf8(t, v, NULL), tgc_str_length(v), out);
    } else { // digits and spaces of other scripts
        size_t n = tgc_str_length(v);
        char *plain = tgi_raw_alloc(n + 1);
        if (plain == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
        for (size_t i = 0; i < n; i++) {
            uint32_t c = tgc_str_char(v, i);
            int digit = tgc_unicode_decimal(c);
            bool space = (tgc_unicode_flags(c) & TGC_UNI_SPACE) != 0;
            plain[i] = digit >= 0 ? (char)('0' + digit) : c < 128 ? (char)c : space ? ' ' : '?';
        }
        ok = tgc_float_parse(plain, n, out);
        tgi_raw_free(plain);
    }
    if (ok)
        return 0;
    refuse_text(t, v);
    return -1;
}

static tg_value float_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                tg_value kwnames)
{
    if (kwnames != TGC_NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "float() takes no keyword arguments");
    if (nargs > 1)
        return tgc_raise(t, &TGC_EXC(TypeError), "float expected at most 1 argument, got %zu",
                         nargs);
    double d = 0.0;
    if (nargs == 1 && (tgc_is_str(args[0]) || tgc_is_bytes(args[0]))) {
        if (double_of_text(t, args[0], &d) < 0)
            return TGC_NULL;
    } else if (nargs == 1) {
        if (type == &tgc_float_type && tgc_is_flo(args[0]))
            return args[0];
        if (tgc_double_of_object(t, args[0],
                                 "float() argument must be a string or a real number, not '", "'",
                                 &d) < 0)
            return TGC_NULL;
    }
    if (type == &tgc_float_type)
        return tgc_float_new(t, d);
    tgc_float *f = (tgc_float *)tgc_new(t, type, type->size);
    if (f == NULL)
        return TGC_NULL;
    f->value = d;
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, &f->head);
    if ((type->flags & TGC_TF_TRACKED) != 0)
        tgc_track(t, &f->head);
    return tgc_from_ptr(f);
}

// --- methods

static tg_value float_is_integer(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)t;
    (void)nargs;
    (void)kwnames;
    double d = self_double(args);
    return tgc_from_bool(isfinite(d) && floor(d) == d);
}

static tg_value float_trunc(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_int_from_double(t, self_double(args));
}

static tg_value float_floor(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_int_from_double(t, floor(self_double(args)));
}

static tg_value float_ceil(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_int_from_double(t, ceil(self_double(args)));
}

static tg_value float_round(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    double d = self_double(args);
    if (nargs < 2 || args[1] == TGC_NONE) {
        double r = round(d);
        if (fabs(d - r) == 0.5)
            r = 2.0 * round(d / 2.0);
        return tgc_int_from_double(t, r);
    }
    tg_value index = tgc_index(t, args[1]);
    if (index == TGC_NULL)
        return TGC_NULL;
    int64_t digits;
    if (!tgc_int_try_i64(index, &digits))
        digits = tgc_int_sign(index) < 0 ? INT64_MIN : INT64_MAX;
    tgc_release(t, index);
    return tgc_float_round(t, d, digits);
}

static tg_value float_ratio(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    double d = self_double(args);
    if (isinf(d))
        return tgc_raise(t, &TGC_EXC(OverflowError), "cannot convert Infinity to integer ratio");
    if (isnan(d))
        return tgc_raise(t, &TGC_EXC(ValueError), "cannot convert NaN to integer ratio");
    int exponent;
    double fraction = frexp(d, &exponent);
    int64_t whole = (int64_t)ldexp(fraction, 53);
    exponent -= 53;
    while (whole != 0 && (whole & 1) == 0 && exponent < 0) {
        whole /= 2;
        exponent++;
    }
    if (whole == 0)
        exponent = 0;
    tg_value up = tgc_int_binary(t, TGC_LSHIFT, tgc_from_int(whole),
                                 tgc_from_int(exponent > 0 ? exponent : 0));
    if (up == TGC_NULL)
        return TGC_NULL;
    tg_value down =
        tgc_int_binary(t, TGC_LSHIFT, tgc_from_int(1), tgc_from_int(exponent < 0 ? -exponent : 0));
    if (down == TGC_NULL) {
        tgc_release(t, up);
        return TGC_NULL;
    }
    return tgc_tuple_pack2_steal(t, up, down);
}

static tg_value float_hex(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    double d = self_double(args);
    char buf[48];
    if (!isfinite(d)) {
        size_t n = tgc_float_repr(buf, d);
        return tgc_str_ascii(t, buf, n);
    }
    const char *sign = signbit(d) ? "-" : "";
    d = fabs(d);
    if (d == 0.0)
        return tgc_str_format(t, "%s0x0.0p+0", sign);
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    int exponent = (int)(bits >> 52);
    int lead = exponent != 0;
    return tgc_str_format(t, "%s0x%d.%013llxp%+d", sign, lead,
                          (unsigned long long)(bits & ((UINT64_C(1) << 52) - 1)),
                          lead ? exponent - 1023 : -1022);
}

static tg_value float_fromhex(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    if (!tgc_is_str(args[1]))
        return tgc_raise(t, &TGC_EXC(TypeError), "bad argument type for built-in operation");
    size_t n;
    const char *p = tgc_str_utf8(t, args[1], &n);
    if (p == NULL)
        return TGC_NULL;
    const char *end = p + n;
    while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
        p++;
    while (p < end && (end[-1] == ' ' || (end[-1] >= '\t' && end[-1] <= '\r')))
        end--;
    double d;
    bool negative = false;
    const char *q = p;
    if (q < end && (*q == '+' || *q == '-'))
        negative = *q++ == '-';
    char text[1100];
    size_t left = (size_t)(end - q);
    bool ok = left > 0 && left + 3 < sizeof text;
    if (ok && (*q | 0x20) >= 'g') { // inf, nan
        ok = tgc_float_parse(q, left, &d);
    } else if (ok) {
        bool prefix = left > 2 && q[0] == '0' && (q[1] | 0x20) == 'x';
        snprintf(text, sizeof text, "0x%.*s", (int)(left - (prefix ? 2 : 0)), q + (prefix ? 2 : 0));
        ok = text[2] != '+' && text[2] != '-' && text[2] != 'p' && text[2] != 'P' && text[2] != ' ';
        char *stop;
        d = strtod(text, &stop);
        ok = ok && *stop == '\0' && stop > text + 2;
        if (ok && isinf(d))
            return tgc_raise(t, &TGC_EXC(OverflowError),
                             "hexadecimal value too large to represent as a float");
    }
    if (!ok)
        return tgc_raise(t, &TGC_EXC(ValueError), "invalid hexadecimal floating-point string");
    return tgc_float_new(t, negative ? -d : d);
}

static tg_value float_same(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_float_new(t, self_double(args));
}

static const tgc_method_def float_methods[] = {
    {"as_integer_ratio", float_ratio, 0, 0, 0},
    {"conjugate", float_same, 0, 0, 0},
    {"fromhex", float_fromhex, 1, 1, TGC_METH_CLASS},
    {"hex", float_hex, 0, 0, 0},
    {"is_integer", float_is_integer, 0, 0, 0},
    {"__ceil__", float_ceil, 0, 0, 0},
    {"__float__", float_same, 0, 0, 0},
    {"__floor__", float_floor, 0, 0, 0},
    {"__int__", float_trunc, 0, 0, 0},
    {"__round__", float_round, 0, 1, 0},
    {"__trunc__", float_trunc, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

static tg_value get_real(tg_thread *t, tg_value v)
{
    return tgc_float_new(t, tgc_float_value(v));
}

static tg_value get_imag(tg_thread *t, tg_value v)
{
    (void)v;
    return tgc_float_new(t, 0.0);
}

static const tgc_getset_def float_getsets[] = {
    {"real", get_real, NULL},
    {"imag", get_imag, NULL},
    {NULL, NULL, NULL},
};

// --- slots

static void float_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_delete(t, o, tgc_obj_type(o)->size);
}

static tg_value float_repr(tg_thread *t, tg_value v)
{
    char buf[32];
    size_t n = tgc_float_repr(buf, tgc_float_value(v));
    return tgc_str_ascii(t, buf, n);
}

static int float_hash_slot(tg_thread *t, tg_value v, uint64_t *out)
{
    (void)t;
    double d = tgc_float_value(v);
    if (!isnan(d))
        *out = tgc_float_hash(d);
    else // no nan equals another, so they should not share a hash
        *out = tgc_is_ptr(v) ? (uint64_t)v >> 4 : (uint64_t)v;
    if (*out == UINT64_MAX)
        *out = UINT64_MAX - 1;
    return 0;
}

static int float_truth(tg_thread *t, tg_value v)
{
    (void)t;
    return tgc_float_value(v) != 0.0;
}

static tg_value float_unary(tg_thread *t, tgc_unop op, tg_value a)
{
    double d = tgc_float_value(a);
    switch (op) {
    case TGC_NEG:
        return tgc_float_new(t, -d);
    case TGC_POS:
        return tgc_float_new(t, d);
    case TGC_ABS:
        return tgc_float_new(t, fabs(d));
    default:
        return TGC_NOTIMPL;
    }
}

static tg_value float_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    (void)t;
    double x = tgc_float_value(a);
    int c; // of a and b
    if (tgc_is_float(b)) {
        double y = tgc_float_value(b);
        if (isnan(x) || isnan(y))
            return tgc_from_bool(op == TGC_NE);
        c = (x > y) - (x < y);
    } else if (tgc_is_integer(b)) {
        if (isnan(x))
            return tgc_from_bool(op == TGC_NE);
        c = -tgc_int_order_double(b, x);
    } else {
        return TGC_NOTIMPL;
    }
    return tgc_from_order(op, c);
}

tgc_type tgc_float_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "float",
    .flags = TGC_TF_FLOAT | TGC_TF_BASETYPE,
    .size = sizeof(tgc_float),
    .methods = float_methods,
    .getsets = float_getsets,
    .doc = "Convert a string or number to a floating point number, if possible.",
    .dealloc = float_dealloc,
    .construct = float_construct,
    .repr = float_repr,
    .hash = float_hash_slot,
    .truth = float_truth,
    .binary = tgc_float_binary,
    .unary = float_unary,
    .compare = float_compare,
    .format = tgc_float_format,
};
