// SPDX-License-Identifier: MIT
//
// format_number.c - format() of integers and floats.
#include "core/object/error.h"       // tgc_raise
#include "core/object/float_text.h"  // tgc_double_print
#include "core/object/format_spec.h" // own interface
#include "core/object/int_big.h"     // tgc_int_digits
#include "mem/raw.h"                 // tgi_raw_alloc

#include <math.h>   // isfinite
#include <stdlib.h> // atoi

// --- floats

// Leading digits of the text: what is grouped.
static size_t count_digits(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && p[i] >= '0' && p[i] <= '9')
        i++;
    return i;
}

// repr() with at most `precision` digits: like g, but exponents start one earlier and whole numbers
// end in ".0".
static void add_dot_zero(char *text)
{
    size_t n = strlen(text), digits = count_digits(text + (*text == '-'), n) + (*text == '-');
    if (digits == n)
        memcpy(text + n, ".0", 3);
}

char *tgc_double_text(tg_thread *t, double d, char type, int precision, bool alternate,
                      bool dot_zero, char *small, size_t small_size, size_t *n)
{
    bool upper = type >= 'A' && type <= 'Z';
    if (isnan(d) || isinf(d)) {
        const char *text = isnan(d) ? (upper ? "NAN" : "nan")
                           : upper  ? (d < 0 ? "-INF" : "INF")
                           : d < 0  ? "-inf"
                                    : "inf";
        *n = strlen(text);
        memcpy(small, text, *n + 1);
        return small;
    }
    if (type == 'r') {
        *n = tgc_float_repr(small, d);
        char *e = strchr(small, 'e');
        if (alternate && e != NULL && strchr(small, '.') == NULL) { // 1e+16 becomes 1.e+16
            memmove(e + 1, e, strlen(e) + 1);
            *e = '.';
            ++*n;
        }
        return small;
    }
    // 310 digits can stand before the point.
    size_t room = (size_t)precision + 330;
    char *out = room <= small_size ? small : tgi_raw_alloc(room);
    if (out == NULL) {
        tgc_raise_nomem(t);
        return NULL;
    }
    if (dot_zero) { // is the exponent of the rounded number one that shows?
        int digits = precision == 0 ? 1 : precision;
        tgc_double_print(out, room, d, 'e', digits - 1, false);
        int exponent = atoi(strchr(out, 'e') + 1);
        if (exponent == digits - 1 && alternate) { // g would still write it out
            tgc_double_print(out, room, d, 'e', digits - 1, true);
        } else if (exponent == digits - 1) {
            char *e = strchr(out, 'e'), *p = e;
            while (p[-1] == '0' && memchr(out, '.', (size_t)(p - out)) != NULL)
                p--;
            if (p[-1] == '.')
                p--;
            memmove(p, e, strlen(e) + 1);
        } else {
            tgc_double_print(out, room, d, 'g', precision, alternate);
        }
        add_dot_zero(out);
        *n = strlen(out);
        return out;
    }
    *n = (size_t)tgc_double_print(out, room, d, type, precision, alternate);
    return out;
}

int tgc_format_double(tg_thread *t, tgc_strbuf *b, double d, char type, int64_t precision,
                      bool alternate)
{
    char small[400];
    size_t n;
    if (precision > INT32_MAX - 400)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "precision too big");
    char *text = tgc_double_text(t, type == '%' ? d * 100 : d, type == '%' ? 'f' : type,
                                 precision < 0 ? 6 : (int)precision, alternate, false, small,
                                 sizeof small, &n);
    if (text == NULL)
        return -1;
    int ok = tgc_strbuf_append_utf8(t, b, text, n);
    if (ok == 0 && type == '%')
        ok = tgc_strbuf_append_char(t, b, '%');
    if (text != small)
        tgi_raw_free(text);
    return ok;
}

static char sign_of(const tgc_spec *spec, bool negative)
{
    return negative ? '-' : spec->sign == '+' || spec->sign == ' ' ? spec->sign : 0;
}

static bool all_zero(const char *p)
{
    for (; *p != '\0' && *p != 'e' && *p != 'E'; p++) {
        if (*p >= '1' && *p <= '9')
            return false;
    }
    return true;
}

static tg_value format_double(tg_thread *t, double d, const tgc_spec *spec)
{
    char type = (char)spec->type, small[400];
    bool percent = type == '%', dot_zero = false;
    int64_t precision = spec->precision;
    if (type == 0) {
        type = precision < 0 ? 'r' : 'g';
        dot_zero = precision >= 0;
    } else if (type == 'n') {
        type = 'g';
    } else if (percent) {
        type = 'f';
        d *= 100;
    }
    if (precision > INT32_MAX - 400)
        return tgc_raise(t, &TGC_EXC(ValueError), "precision too big");
    size_t n;
    char *text = tgc_double_text(t, d, type, precision < 0 ? 6 : (int)precision, spec->alternate,
                                 dot_zero, small, sizeof small - 2, &n);
    if (text == NULL)
        return TGC_NULL;
    bool negative = text[0] == '-';
    if (negative && spec->no_neg_zero && isfinite(d) && all_zero(text + 1)) {
        memmove(text, text + 1, n--);
        negative = false;
    }
    tgc_number_text number = {.sign = sign_of(spec, negative), .digits = text + negative};
    number.digit_count = count_digits(number.digits, n - negative);
    number.rest = number.digits + number.digit_count;
    number.rest_length = n - negative - number.digit_count;
    char tail[408];
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    char *rest = NULL;
    if (percent) { // the sign belongs to the rest
        rest = number.rest_length < sizeof tail ? tail : tgi_raw_alloc(number.rest_length + 1);
        if (rest == NULL) {
            if (text != small)
                tgi_raw_free(text);
            return tgc_raise_nomem(t);
        }
        memcpy(rest, number.rest, number.rest_length);
        rest[number.rest_length++] = '%';
        number.rest = rest;
    }
    int ok = tgc_spec_put_number(t, &b, spec, &number);
    if (rest != NULL && rest != tail)
        tgi_raw_free(rest);
    if (text != small)
        tgi_raw_free(text);
    if (ok < 0) {
        tgc_strbuf_discard(&b);
        return TGC_NULL;
    }
    return tgc_strbuf_finish(t, &b);
}

tg_value tgc_float_format(tg_thread *t, tg_value v, tg_value text)
{
    double d = tgc_float_value(v);
    if (tgc_str_length(text) == 0) {
        if (tgc_is_flo(v) || tgc_is_exact(v, &tgc_float_type)) {
            char buf[32];
            size_t n = tgc_float_repr(buf, d);
            return tgc_str_ascii(t, buf, n);
        }
        return tgc_to_str(t, v);
    }
    tgc_spec spec;
    if (tgc_spec_parse_for(t, text, v, '>', &spec) < 0)
        return TGC_NULL;
    if (spec.type != 0 && (spec.type > 127 || strchr("eEfFgGn%", (int)spec.type) == NULL))
        return tgc_spec_unknown(t, spec.type, v);
    return format_double(t, d, &spec);
}

// --- integers

static tg_value format_char(tg_thread *t, tg_value v, const tgc_spec *spec)
{
    if (spec->sign != 0)
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "Sign not allowed with integer format specifier 'c'");
    if (spec->alternate)
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "Alternate form (#) not allowed with integer format specifier 'c'");
    int64_t c;
    if (!tgc_int_try_i64(v, &c))
        return tgc_raise(t, &TGC_EXC(OverflowError), "Python int too large to convert to C long");
    if (c < 0 || c > 0x10FFFF)
        return tgc_raise(t, &TGC_EXC(OverflowError), "%%c arg not in range(0x110000)");
    char align = spec->align == 0 ? '>' : spec->align;
    size_t pad = spec->width > 1 ? (size_t)spec->width - 1 : 0;
    size_t left = align == '>' || align == '=' ? pad : align == '^' ? pad / 2 : 0;
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    if (tgc_strbuf_append_fill(t, &b, spec->fill, left) < 0 ||
        tgc_strbuf_append_char(t, &b, (uint32_t)c) < 0 ||
        tgc_strbuf_append_fill(t, &b, spec->fill, pad - left) < 0) {
        tgc_strbuf_discard(&b);
        return TGC_NULL;
    }
    return tgc_strbuf_finish(t, &b);
}

static void to_upper(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] >= 'a' && p[i] <= 'z')
            p[i] -= 32;
    }
}

static tg_value format_integer(tg_thread *t, tg_value v, const tgc_spec *spec)
{
    char small[128];
    size_t n;
    int base = spec->type == 'b'                        ? 2
               : spec->type == 'o'                      ? 8
               : spec->type == 'x' || spec->type == 'X' ? 16
                                                        : 10;
    char *digits = tgc_int_digits(t, v, base, small, sizeof small, &n);
    if (digits == NULL)
        return TGC_NULL;
    if (spec->type == 'X')
        to_upper(digits, n);
    tgc_number_text number = {
        .sign = sign_of(spec, tgc_int_sign(v) < 0), .digits = digits, .digit_count = n, .rest = ""};
    if (spec->alternate && base != 10) {
        number.prefix[0] = '0';
        number.prefix[1] = (char)spec->type;
        number.prefix_length = 2;
    }
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    int ok = tgc_spec_put_number(t, &b, spec, &number);
    if (digits != small)
        tgi_raw_free(digits);
    if (ok < 0) {
        tgc_strbuf_discard(&b);
        return TGC_NULL;
    }
    return tgc_strbuf_finish(t, &b);
}

tg_value tgc_int_format(tg_thread *t, tg_value v, tg_value text)
{
    if (tgc_str_length(text) == 0)
        return tgc_is_int(v) || tgc_is_exact(v, &tgc_int_type) ? tgc_int_to_text(t, v, 10)
                                                               : tgc_to_str(t, v);
    tgc_spec spec;
    if (tgc_spec_parse_for(t, text, v, '>', &spec) < 0)
        return TGC_NULL;
    if (spec.type != 0 && (spec.type > 127 || strchr("bcdoxXneEfFgG%", (int)spec.type) == NULL))
        return tgc_spec_unknown(t, spec.type, v);
    if (spec.type != 0 && strchr("eEfFgG%", (int)spec.type) != NULL) {
        bool ok;
        double d = tgc_int_as_double(t, v, &ok);
        return ok ? format_double(t, d, &spec) : TGC_NULL;
    }
    if (spec.precision >= 0)
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "Precision not allowed in integer format specifier");
    if (spec.no_neg_zero)
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "Negative zero coercion (z) not allowed in integer format specifier");
    return spec.type == 'c' ? format_char(t, v, &spec) : format_integer(t, v, &spec);
}
