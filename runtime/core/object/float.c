// SPDX-License-Identifier: MIT
//
// float.c - arithmetic, comparison and hashing of floats. Text: float_text.c. The type:
// float_methods.c.
#include "core/object/float_text.h" // own interface

#include "core/object/class.h" // tgc_special_call
#include "core/object/error.h" // tgc_raise
#include "core/object/int.h"   // tgc_int_as_double
#include "core/object/known.h" // TGC_NAME
#include "core/object/tuple.h" // tgc_tuple_pack2_steal

#include <errno.h> // ERANGE
#include <math.h>  // fmod

tg_value tgc_float_new_boxed(tg_thread *t, double d)
{
    tgc_float *f = (tgc_float *)tgc_new_raw(t, &tgc_float_type, sizeof *f);
    if (f == NULL)
        return TGC_NULL;
    f->value = d;
    return tgc_from_ptr(f);
}

// Numbers only: 1 and *out, 0 if v is none, -1 raised (an integer beyond all floats).
static int as_number(tg_thread *t, tg_value v, double *out)
{
    if (tgc_is_flo(v)) {
        *out = tgc_flo(v);
        return 1;
    }
    if (tgc_is_int(v)) {
        *out = (double)tgc_int(v);
        return 1;
    }
    if (tgc_is_float(v)) {
        *out = tgc_float_value(v);
        return 1;
    }
    if (!tgc_is_integer(v))
        return 0;
    bool ok;
    *out = tgc_int_as_double(t, v, &ok);
    return ok ? 1 : -1;
}

int tgc_as_double(tg_thread *t, tg_value v, double *out)
{
    return tgc_double_of_object(t, v, "must be real number, not ", "", out);
}

int tgc_double_of_object(tg_thread *t, tg_value v, const char *refusal, const char *after,
                         double *out)
{
    int status = as_number(t, v, out);
    if (status != 0)
        return status < 0 ? -1 : 0;
    tg_value r = tgc_special_call(t, v, TGC_NAME(float), TGC_NULL, TGC_NULL);
    if (r == TGC_NOTIMPL) {
        r = tgc_special_call(t, v, TGC_NAME(index), TGC_NULL, TGC_NULL);
        if (r == TGC_NOTIMPL)
            return tgc_raise_int(t, &TGC_EXC(TypeError), "%s%.200s%s", refusal, tgc_type_name(v),
                                 after);
        if (r == TGC_NULL)
            return -1;
        bool ok = false;
        if (tgc_is_integer(r))
            *out = tgc_int_as_double(t, r, &ok);
        else
            tgc_raise(t, &TGC_EXC(TypeError), "__index__ returned non-int (type %.200s)",
                      tgc_type_name(r));
        tgc_release(t, r);
        return ok ? 0 : -1;
    }
    if (r == TGC_NULL)
        return -1;
    status = 0;
    if (tgc_is_float(r))
        *out = tgc_float_value(r);
    else
        status = tgc_raise_int(t, &TGC_EXC(TypeError),
                               "%.200s.__float__ returned non-float (type %.200s)",
                               tgc_type_name(v), tgc_type_name(r));
    tgc_release(t, r);
    return status;
}

void tgc_float_divmod(double x, double y, double *div, double *mod)
{
    double m = fmod(x, y), d = (x - m) / y;
    if (m != 0.0) {
        if ((y < 0) != (m < 0)) {
            m += y;
            d -= 1.0;
        }
    } else {
        m = copysign(0.0, y);
    }
    if (d != 0.0) {
        double whole = floor(d);
        d = d - whole > 0.5 ? whole + 1.0 : whole;
    } else {
        d = copysign(0.0, x / y);
    }
    *div = d;
    *mod = m;
}

tg_value tgc_float_pow(tg_thread *t, double x, double y)
{
    if (x == 0.0 && y < 0.0)
        return tgc_raise(t, &TGC_EXC(ZeroDivisionError),
                         "0.0 cannot be raised to a negative power");
    if (x < 0.0 && isfinite(x) && isfinite(y) && y != floor(y))
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "a negative number to a fractional power is a complex number; "
                         "complex numbers are not supported");
    double d = pow(x, y);
    if (isinf(d) && isfinite(x) && isfinite(y))
        return tgc_raise(t, &TGC_EXC(OverflowError), "(%d, 'Numerical result out of range')",
                         ERANGE);
    return tgc_float_new(t, d);
}

tg_value tgc_float_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    double x, y;
    int sa = as_number(t, a, &x), sb = sa == 1 ? as_number(t, b, &y) : sa;
    if (sa != 1 || sb != 1)
        return sa < 0 || sb < 0 ? TGC_NULL : TGC_NOTIMPL;
    switch (op) {
    case TGC_ADD:
        return tgc_float_new(t, x + y);
    case TGC_SUB:
        return tgc_float_new(t, x - y);
    case TGC_MUL:
        return tgc_float_new(t, x * y);
    case TGC_DIV:
        if (y == 0.0)
            return tgc_raise(t, &TGC_EXC(ZeroDivisionError), "float division by zero");
        return tgc_float_new(t, x / y);
    case TGC_POW:
        return tgc_float_pow(t, x, y);
    case TGC_FLOORDIV:
    case TGC_MOD:
    case TGC_DIVMOD: {
        if (y == 0.0)
            return tgc_raise(t, &TGC_EXC(ZeroDivisionError), "%s",
                             op == TGC_FLOORDIV ? "float floor division by zero"
                             : op == TGC_MOD    ? "float modulo"
                                                : "float divmod()");
        double d, m;
        tgc_float_divmod(x, y, &d, &m);
        if (op == TGC_FLOORDIV)
            return tgc_float_new(t, d);
        if (op == TGC_MOD)
            return tgc_float_new(t, m);
        tg_value q = tgc_float_new(t, d);
        if (q == TGC_NULL)
            return TGC_NULL;
        tg_value r = tgc_float_new(t, m);
        if (r == TGC_NULL) {
            tgc_release(t, q);
            return TGC_NULL;
        }
        return tgc_tuple_pack2_steal(t, q, r);
    }
    default:
        return TGC_NOTIMPL;
    }
}

// Reduces the number modulo 2^61 - 1, where 2^61 is 1, so that multiplying by a power of two is a
// rotation of 61 bits. Agrees with tgc_int_hash for whole numbers.
uint64_t tgc_float_hash(double d)
{
    const uint64_t prime = (UINT64_C(1) << 61) - 1;
    if (isinf(d))
        return d > 0 ? 314159 : (uint64_t)-314159;
    if (isnan(d) || d == 0.0)
        return 0;
    int exponent;
    double fraction = frexp(fabs(d), &exponent);
    uint64_t h = (uint64_t)ldexp(fraction, 53);
    exponent -= 53;
    unsigned by = (unsigned)(((exponent % 61) + 61) % 61);
    h = by == 0 ? h : ((h << by) & prime) | h >> (61 - by);
    if (h == prime)
        h = 0;
    if (d < 0)
        h = (uint64_t)0 - h;
    return h == UINT64_MAX ? UINT64_MAX - 1 : h;
}

// round(d): half to even. round(d, digits): what the decimal text rounded to so many digits reads
// as.
tg_value tgc_float_round(tg_thread *t, double d, int64_t digits)
{
    if (!isfinite(d) || digits > 323) // no double has digits behind that place
        return tgc_float_new(t, d);
    if (digits < -308)
        return tgc_float_new(t, copysign(0.0, d));
    char text[400];
    double r;
    if (digits >= 0) {
        tgc_double_print(text, sizeof text, d, 'f', (int)digits, false);
        if (!tgc_float_parse(text, strlen(text), &r))
            r = d;
    } else {
        // Places left of the point: rounded as text of an exact decimal integer part.
        double whole, part = modf(fabs(d), &whole);
        char *p = text + 1;
        text[0] = '0'; // room for a carry
        int n = tgc_double_print(p, sizeof text - 1, whole, 'f', 0, false), cut = n - (int)-digits;
        if (cut < 0)
            return tgc_float_new(t, copysign(0.0, d));
        bool rest = part != 0.0;
        for (int i = cut + 1; i < n; i++)
            rest |= p[i] != '0';
        bool up =
            p[cut] > '5' || (p[cut] == '5' && (rest || ((cut == 0 ? '0' : p[cut - 1]) & 1) != 0));
        for (int i = cut; i < n; i++)
            p[i] = '0';
        for (int i = cut - 1; up && i >= -1; i--) {
            up = p[i] == '9';
            p[i] = up ? '0' : (char)(p[i] + 1);
        }
        if (!tgc_float_parse(text, strlen(text), &r))
            r = whole;
        r = copysign(r, d);
    }
    if (isinf(r))
        return tgc_raise(t, &TGC_EXC(OverflowError), "rounded value too large to represent");
    return tgc_float_new(t, r);
}
