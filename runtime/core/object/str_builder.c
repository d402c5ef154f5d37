// SPDX-License-Identifier: MIT
//
// str_builder.c - text made piece by piece.
//
// A builder starts in its own few words and moves to the heap when they are full; it widens its
// units when a character asks for it. Nothing in it is shared, so no locks and no counts.
#include "core/object/error.h"     // tgc_raise_nomem
#include "core/object/str.h"       // own interface
#include "core/object/str_units.h" // units_*
#include "mem/raw.h"               // tgi_raw_alloc

#include <stdio.h> // vsnprintf

void tgc_strbuf_init(tgc_strbuf *b)
{
    b->units = b->local;
    b->length = 0;
    b->kind = 1;
    b->capacity = sizeof b->local;
    b->all_bits = 0;
}

void tgc_strbuf_discard(tgc_strbuf *b)
{
    if (b->units != b->local)
        tgi_raw_free(b->units);
    tgc_strbuf_init(b);
}

// Room for `extra` more characters of `kind` bytes.
static int reserve(tg_thread *t, tgc_strbuf *b, size_t extra, unsigned kind)
{
    if (TGI_LIKELY(kind <= b->kind && b->capacity - b->length >= extra))
        return 0;
    if (kind < b->kind)
        kind = b->kind;
    size_t need = b->length + extra;
    if (need < b->length || need > (size_t)INT64_MAX / 16) {
        tgc_raise_nomem(t);
        return -1;
    }
    if (b->units == b->local &&
        need * kind <= sizeof b->local) { // widen in place, last character first
        for (size_t i = b->length; i-- > 0;)
            units_set(b->local, kind, i, units_get(b->local, b->kind, i));
        b->kind = (uint8_t)kind;
        b->capacity = sizeof b->local / kind;
        return 0;
    }
    size_t capacity = need + need / 2 + 32;
    void *grown;
    if (kind == b->kind && b->units != b->local) {
        grown = tgi_raw_realloc(b->units, capacity * kind);
        if (grown == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
    } else {
        grown = tgi_raw_alloc(capacity * kind);
        if (grown == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
        units_copy(grown, kind, 0, b->units, b->kind, b->length);
        if (b->units != b->local)
            tgi_raw_free(b->units);
    }
    b->units = grown;
    b->capacity = capacity;
    b->kind = (uint8_t)kind;
    return 0;
}

int tgc_strbuf_append_char(tg_thread *t, tgc_strbuf *b, uint32_t cp)
{
    if (reserve(t, b, 1, units_kind_for(cp)) < 0)
        return -1;
    units_set(b->units, b->kind, b->length++, cp);
    b->all_bits |= cp;
    return 0;
}

int tgc_strbuf_append_fill(tg_thread *t, tgc_strbuf *b, uint32_t cp, size_t times)
{
    if (times == 0)
        return 0;
    if (reserve(t, b, times, units_kind_for(cp)) < 0)
        return -1;
    units_fill(b->units, b->kind, b->length, cp, times);
    b->length += times;
    b->all_bits |= cp;
    return 0;
}

static int append_view(tg_thread *t, tgc_strbuf *b, tgc_view v, uint32_t bits)
{
    if (reserve(t, b, v.length, units_kind_for(bits)) < 0)
        return -1;
    if (v.kind <= b->kind) {
        units_copy(b->units, b->kind, b->length, v.units, v.kind, v.length);
    } else {
        for (size_t i = 0; i < v.length; i++)
            units_set(b->units, b->kind, b->length + i, view_get(v, i));
    }
    b->length += v.length;
    b->all_bits |= bits;
    return 0;
}

int tgc_strbuf_append_view(tg_thread *t, tgc_strbuf *b, tgc_view v)
{
    return append_view(t, b, v, tgc_units_all_bits(v.units, v.kind, v.length));
}

int tgc_strbuf_append_str(tg_thread *t, tgc_strbuf *b, tg_value s)
{
    return tgc_strbuf_append_sub(t, b, s, 0, tgc_str_of(s)->length);
}

int tgc_strbuf_append_sub(tg_thread *t, tgc_strbuf *b, tg_value s, size_t from, size_t to)
{
    if (from >= to)
        return 0;
    tgc_view v = view_sub(units_view(s), from, to);
    uint32_t bits = tgc_str_of(s)->ascii ? 0x7F : tgc_units_all_bits(v.units, v.kind, v.length);
    return append_view(t, b, v, bits);
}

int tgc_strbuf_append_utf8(tg_thread *t, tgc_strbuf *b, const char *utf8, size_t n)
{
    if (tgc_ascii_prefix(utf8, n) == n)
        return n == 0 ? 0 : append_view(t, b, (tgc_view){utf8, n, 1}, 0x7F);
    tg_value s = tgc_str_new(t, utf8, n);
    if (s == TGC_NULL)
        return -1;
    int ok = tgc_strbuf_append_str(t, b, s);
    tgc_release(t, s);
    return ok;
}

int tgc_strbuf_append_cstr(tg_thread *t, tgc_strbuf *b, const char *utf8)
{
    return tgc_strbuf_append_utf8(t, b, utf8, strlen(utf8));
}

int tgc_strbuf_append_int(tg_thread *t, tgc_strbuf *b, int64_t i)
{
    char text[24], *end = text + sizeof text, *p = end;
    uint64_t m = i < 0 ? (uint64_t)0 - (uint64_t)i : (uint64_t)i;
    do {
        *--p = (char)('0' + m % 10);
        m /= 10;
    } while (m != 0);
    if (i < 0)
        *--p = '-';
    return append_view(t, b, (tgc_view){p, (size_t)(end - p), 1}, 0x7F);
}

int tgc_strbuf_append_printf(tg_thread *t, tgc_strbuf *b, const char *format, ...)
{
    char small[128];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof small)
        return tgc_strbuf_append_utf8(t, b, small, (size_t)n);
    va_start(args, format);
    tg_value s = tgc_str_vformat(t, format, args);
    va_end(args);
    if (s == TGC_NULL)
        return -1;
    int ok = tgc_strbuf_append_str(t, b, s);
    tgc_release(t, s);
    return ok;
}

int tgc_strbuf_append_repr(tg_thread *t, tgc_strbuf *b, tg_value v)
{
    tg_value s = tgc_repr(t, v);
    if (s == TGC_NULL)
        return -1;
    int ok = tgc_strbuf_append_str(t, b, s);
    tgc_release(t, s);
    return ok;
}

tg_value tgc_strbuf_finish(tg_thread *t, tgc_strbuf *b)
{
    tg_value result;
    if (b->all_bits < 0x80 && b->kind == 1)
        result = tgc_str_ascii(t, b->units, b->length);
    else
        result = tgc_str_from_units(t, b->units, b->length, b->kind);
    tgc_strbuf_discard(b);
    return result;
}
