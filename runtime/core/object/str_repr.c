// SPDX-License-Identifier: MIT
//
// str_repr.c - text as source code: quotes and escapes.
//
// Single quotes, unless the text has some and no double ones. What cannot be printed is escaped.
#include "core/object/str_units.h" // view
#include "core/object/unicode.h"   // tgc_unicode_flags

static const char hex_digits[] = "0123456789abcdef";

// Writes the escape of c as ASCII; returns its length.
static size_t put_escape(char out[10], uint32_t c)
{
    size_t digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    out[0] = '\\';
    out[1] = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
    for (size_t i = 0; i < digits; i++)
        out[2 + i] = hex_digits[c >> (4 * (digits - 1 - i)) & 15];
    return digits + 2;
}

// How many units c takes within quotes.
static size_t shown_size(uint32_t c, uint32_t quote)
{
    if (c == quote || c == '\\' || c == '\n' || c == '\r' || c == '\t')
        return 2;
    if ((tgc_unicode_flags(c) & TGC_UNI_PRINTABLE) != 0)
        return 1;
    return c < 0x100 ? 4 : c < 0x10000 ? 6 : 10;
}

tg_value tgc_str_repr(tg_thread *t, tg_value s)
{
    tgc_view v = units_view(s);
    bool single = tgc_view_find_char(v, '\'') >= 0;
    uint32_t quote = single && tgc_view_find_char(v, '"') < 0 ? '"' : '\'', bits = 0x7F;
    size_t n = 2;
    for (size_t i = 0; i < v.length; i++) {
        uint32_t c = view_get(v, i);
        size_t size = shown_size(c, quote);
        n += size;
        if (size == 1)
            bits |= c;
    }
    tgc_str *r = tgc_str_alloc(t, n, bits);
    if (r == NULL)
        return TGC_NULL;
    void *to = tgc_str_units(r);
    units_set(to, r->kind, 0, quote);
    units_set(to, r->kind, n - 1, quote);
    if (n == v.length + 2) {
        units_copy(to, r->kind, 1, v.units, v.kind, v.length);
        return tgc_from_ptr(r);
    }
    size_t at = 1;
    for (size_t i = 0; i < v.length; i++) {
        uint32_t c = view_get(v, i);
        size_t size = shown_size(c, quote);
        if (size == 1) {
            units_set(to, r->kind, at++, c);
        } else if (size == 2) {
            units_set(to, r->kind, at++, '\\');
            units_set(to, r->kind, at++, c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c);
        } else {
            char text[10];
            size_t k = put_escape(text, c);
            for (size_t j = 0; j < k; j++)
                units_set(to, r->kind, at++, (uint8_t)text[j]);
        }
    }
    return tgc_from_ptr(r);
}

tg_value tgc_str_ascii_repr(tg_thread *t, tg_value s)
{
    if (tgc_str_of(s)->ascii)
        return tgc_retain(t, s);
    tgc_view v = units_view(s);
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    for (size_t i = 0; i < v.length; i++) {
        uint32_t c = view_get(v, i);
        char text[10];
        int ok = c < 0x80 ? tgc_strbuf_append_char(t, &out, c)
                          : tgc_strbuf_append_utf8(t, &out, text, put_escape(text, c));
        if (ok < 0) {
            tgc_strbuf_discard(&out);
            return TGC_NULL;
        }
    }
    return tgc_strbuf_finish(t, &out);
}
