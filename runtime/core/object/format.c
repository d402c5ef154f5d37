// SPDX-License-Identifier: MIT
//
// format.c - format specs: reading them, padding, and format() of text and of objects without a
// format of their own.
#include "core/object/format_spec.h" // own interface

#include "core/object/error.h"     // tgc_raise
#include "core/object/str_units.h" // view
#include "core/object/unicode.h"   // tgc_unicode_decimal

static bool is_align(uint32_t c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

// Digits at *at: 1 and *out, 0 if there are none, -1 raised.
static int take_number(tg_thread *t, tgc_view v, size_t *at, int64_t *out)
{
    int64_t n = 0;
    size_t start = *at;
    for (; *at < v.length; ++*at) {
        int digit = tgc_unicode_decimal(view_get(v, *at));
        if (digit < 0)
            break;
        if (n > (INT64_MAX - digit) / 10)
            return tgc_raise_int(t, &TGC_EXC(ValueError),
                                 "Too many decimal digits in format string");
        n = n * 10 + digit;
    }
    if (*at == start)
        return 0;
    *out = n;
    return 1;
}

static int check_grouping(tg_thread *t, const tgc_spec *spec, bool text)
{
    uint32_t c = spec->type == 0 && text ? 's' : spec->type;
    if (c == 0 || (c < 128 && strchr("deEfFgG%", (int)c) != NULL))
        return 0;
    if (spec->grouping == '_' && c < 128 && strchr("boxX", (int)c) != NULL)
        return 0;
    if (c > 32 && c < 128)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "Cannot specify '%c' with '%c'.",
                             spec->grouping, (int)c);
    return tgc_raise_int(t, &TGC_EXC(ValueError), "Cannot specify '%c' with '\\x%x'.",
                         spec->grouping, c);
}

int tgc_spec_parse_for(tg_thread *t, tg_value text, tg_value v, char default_align, tgc_spec *out)
{
    *out = (tgc_spec){.fill = ' ', .width = -1, .precision = -1};
    tgc_view s = units_view(text);
    size_t at = 0, n = s.length;
#define PEEK() (at < n ? view_get(s, at) : 0)
    if (n >= 2 && is_align(view_get(s, 1))) {
        out->fill = view_get(s, 0);
        out->fill_given = true;
        out->align = (char)view_get(s, 1);
        at = 2;
    } else if (n >= 1 && is_align(view_get(s, 0))) {
        out->align = (char)view_get(s, 0);
        at = 1;
    }
    if (PEEK() == '+' || PEEK() == '-' || PEEK() == ' ')
        out->sign = (char)view_get(s, at++);
    if (PEEK() == 'z') {
        out->no_neg_zero = true;
        at++;
    }
    if (PEEK() == '#') {
        out->alternate = true;
        at++;
    }
    if (!out->fill_given && PEEK() == '0') {
        out->fill = '0';
        if (out->align == 0 && default_align == '>')
            out->align = '=';
        at++;
    }
    if (take_number(t, s, &at, &out->width) < 0)
        return -1;
    if (PEEK() == ',') {
        out->grouping = ',';
        at++;
    }
    if (PEEK() == '_') {
        if (out->grouping != 0)
            return tgc_raise_int(t, &TGC_EXC(ValueError), "Cannot specify both ',' and '_'.");
        out->grouping = '_';
        at++;
    }
    if (PEEK() == ',' && out->grouping == '_')
        return tgc_raise_int(t, &TGC_EXC(ValueError), "Cannot specify both ',' and '_'.");
    if (PEEK() == '.') {
        at++;
        int got = take_number(t, s, &at, &out->precision);
        if (got <= 0)
            return got < 0 ? -1
                           : tgc_raise_int(t, &TGC_EXC(ValueError),
                                           "Format specifier missing precision");
    }
#undef PEEK
    if (n - at > 1) {
        tgc_strbuf b; // the text may hold surrogates, which no printf takes
        tgc_strbuf_init(&b);
        if (tgc_strbuf_append_cstr(t, &b, "Invalid format specifier '") < 0 ||
            tgc_strbuf_append_str(t, &b, text) < 0 ||
            tgc_strbuf_append_printf(t, &b, "' for object of type '%.200s'", tgc_type_name(v)) <
                0) {
            tgc_strbuf_discard(&b);
            return -1;
        }
        tg_value message = tgc_strbuf_finish(t, &b);
        if (message != TGC_NULL)
            tgc_raise_value(t, &TGC_EXC(ValueError), message);
        tgc_release(t, message);
        return -1;
    }
    if (n - at == 1)
        out->type = view_get(s, at);
    return out->grouping == 0 ? 0 : check_grouping(t, out, default_align == '<');
}

int tgc_spec_parse(tg_thread *t, tg_value text, tg_value v, tgc_spec *out)
{
    return tgc_spec_parse_for(t, text, v, tgc_is_str(v) ? '<' : '>', out);
}

tg_value tgc_spec_unknown(tg_thread *t, uint32_t code, tg_value v)
{
    if (code > 32 && code < 128)
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "Unknown format code '%c' for object of type '%.200s'", (int)code,
                         tgc_type_name(v));
    return tgc_raise(t, &TGC_EXC(ValueError),
                     "Unknown format code '\\x%x' for object of type '%.200s'", code,
                     tgc_type_name(v));
}

// How much of `pad` goes to the left.
static size_t left_part(char align, size_t pad)
{
    return align == '>' ? pad : align == '^' ? pad / 2 : 0;
}

int tgc_spec_put_number(tg_thread *t, tgc_strbuf *b, const tgc_spec *spec, const tgc_number_text *n)
{
    char align = spec->align == 0 ? '>' : spec->align;
    size_t width = spec->width < 0 ? 0 : (size_t)spec->width;
    size_t fixed = (n->sign != 0) + n->prefix_length + n->rest_length, digits = n->digit_count;
    bool hex = spec->type < 128 && spec->type != 0 && strchr("boxX", (int)spec->type) != NULL;
    size_t group = spec->grouping == 0 ? 0 : hex ? 4 : 3;
    if (spec->fill == '0' && align == '=' && group != 0 &&
        width > fixed) { // the zeros are grouped too
        while (digits + (digits - 1) / group < width - fixed && digits < width)
            digits++;
    }
    size_t zeros = digits - n->digit_count;
    size_t body = fixed + digits + (group != 0 && digits != 0 ? (digits - 1) / group : 0);
    size_t pad = width > body ? width - body : 0, left = left_part(align, pad);
    size_t inside = align == '=' ? pad : 0, right = pad - left - inside;
    if (tgc_strbuf_append_fill(t, b, spec->fill, left) < 0)
        return -1;
    if (n->sign != 0 && tgc_strbuf_append_char(t, b, (uint8_t)n->sign) < 0)
        return -1;
    if (tgc_strbuf_append_utf8(t, b, n->prefix, n->prefix_length) < 0 ||
        tgc_strbuf_append_fill(t, b, spec->fill, inside) < 0)
        return -1;
    if (group == 0) {
        if (tgc_strbuf_append_utf8(t, b, n->digits, n->digit_count) < 0)
            return -1;
    } else {
        for (size_t i = 0; i < digits; i++) {
            if (i != 0 && (digits - i) % group == 0 &&
                tgc_strbuf_append_char(t, b, (uint8_t)spec->grouping) < 0)
                return -1;
            char c = i < zeros ? '0' : n->digits[i - zeros];
            if (tgc_strbuf_append_char(t, b, (uint8_t)c) < 0)
                return -1;
        }
    }
    if (tgc_strbuf_append_utf8(t, b, n->rest, n->rest_length) < 0)
        return -1;
    return tgc_strbuf_append_fill(t, b, spec->fill, right);
}

tg_value tgc_str_format_spec(tg_thread *t, tg_value v, tg_value text)
{
    if (tgc_str_length(text) == 0)
        return tgc_is_exact(v, &tgc_str_type) ? tgc_retain(t, v) : tgc_to_str(t, v);
    tgc_spec spec;
    if (tgc_spec_parse_for(t, text, v, '<', &spec) < 0)
        return TGC_NULL;
    if (spec.type != 0 && spec.type != 's')
        return tgc_spec_unknown(t, spec.type, v);
    if (spec.sign != 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "%s not allowed in string format specifier",
                         spec.sign == ' ' ? "Space" : "Sign");
    if (spec.no_neg_zero)
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "Negative zero coercion (z) not allowed in string format specifier");
    if (spec.alternate)
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=')
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "'=' alignment not allowed in string format specifier");
    size_t n = tgc_str_length(v);
    if (spec.precision >= 0 && (uint64_t)spec.precision < n)
        n = (size_t)spec.precision;
    size_t width = spec.width < 0 ? 0 : (size_t)spec.width, pad = width > n ? width - n : 0;
    if (pad == 0)
        return tgc_str_sub(t, v, 0, n);
    size_t left = left_part(spec.align == 0 ? '<' : spec.align, pad);
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    if (tgc_strbuf_append_fill(t, &b, spec.fill, left) < 0 ||
        tgc_strbuf_append_sub(t, &b, v, 0, n) < 0 ||
        tgc_strbuf_append_fill(t, &b, spec.fill, pad - left) < 0) {
        tgc_strbuf_discard(&b);
        return TGC_NULL;
    }
    return tgc_strbuf_finish(t, &b);
}

tg_value tgc_object_format(tg_thread *t, tg_value v, tg_value spec)
{
    if (tgc_str_length(spec) == 0)
        return tgc_to_str(t, v);
    return tgc_raise(t, &TGC_EXC(TypeError),
                     "unsupported format string passed to %.200s.__format__", tgc_type_name(v));
}
