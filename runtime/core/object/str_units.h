// SPDX-License-Identifier: MIT
//
// str_units.h - characters in arrays of 1-, 2- and 4-byte units. Layer core/object; private to
// str*.c, format*.c.
//
// A view names a run of characters inside a str (or a buffer) without owning it.
#ifndef TGC_OBJECT_STR_UNITS_H
#define TGC_OBJECT_STR_UNITS_H

#include "core/object/str.h" // tgc_str

typedef struct tgc_view {
    const void *units;
    size_t length;
    unsigned kind;
} tgc_view;

static inline tgc_view units_view(tg_value s)
{
    const tgc_str *o = tgc_str_of(s);
    return (tgc_view){tgc_str_units(o), o->length, o->kind};
}

static inline uint32_t units_get(const void *p, unsigned kind, size_t i)
{
    return kind == 1   ? ((const uint8_t *)p)[i]
           : kind == 2 ? ((const uint16_t *)p)[i]
                       : ((const uint32_t *)p)[i];
}

static inline uint32_t view_get(tgc_view v, size_t i)
{
    return units_get(v.units, v.kind, i);
}

static inline tgc_view view_sub(tgc_view v, size_t from, size_t to)
{
    return (tgc_view){(const char *)v.units + from * v.kind, to - from, v.kind};
}

static inline void units_set(void *p, unsigned kind, size_t i, uint32_t c)
{
    if (kind == 1)
        ((uint8_t *)p)[i] = (uint8_t)c;
    else if (kind == 2)
        ((uint16_t *)p)[i] = (uint16_t)c;
    else
        ((uint32_t *)p)[i] = c;
}

static inline unsigned units_kind_for(uint32_t max_char)
{
    return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4;
}

// Copies n characters; the target's kind is at least the source's.
static inline void units_copy(void *to, unsigned to_kind, size_t at, const void *from,
                              unsigned from_kind, size_t n)
{
    if (to_kind == from_kind) {
        memcpy((char *)to + at * to_kind, from, n * to_kind);
        return;
    }
    for (size_t i = 0; i < n; i++)
        units_set(to, to_kind, at + i, units_get(from, from_kind, i));
}

static inline void units_fill(void *p, unsigned kind, size_t at, uint32_t c, size_t n)
{
    if (kind == 1)
        memset((char *)p + at, (int)c, n);
    else
        for (size_t i = 0; i < n; i++)
            units_set(p, kind, at + i, c);
}

// The OR of all characters: it needs the same kind, and is ASCII if and only if all of them are.
#define tgc_units_all_bits TG_CORE_SYM(tgc_units_all_bits)
uint32_t tgc_units_all_bits(const void *p, unsigned kind, size_t n);
// Bytes of n UTF-8 bytes at the start that are ASCII.
#define tgc_ascii_prefix TG_CORE_SYM(tgc_ascii_prefix)
size_t tgc_ascii_prefix(const void *p, size_t n);

// A str of the view's characters, narrowed.
static inline tg_value units_str(tg_thread *t, tgc_view v)
{
    return tgc_str_from_units(t, v.units, v.length, v.kind);
}

#define tgc_str_dealloc TG_CORE_SYM(tgc_str_dealloc)
void tgc_str_dealloc(tg_thread *t, tgc_obj *o); // the type's slot

#define tgc_strbuf_append_view TG_CORE_SYM(tgc_strbuf_append_view)
int tgc_strbuf_append_view(tg_thread *t, tgc_strbuf *b, tgc_view v);

// --- UTF-8 (str_utf8.c)
// Decodes; with `surrogates`, surrogates encoded as three bytes are taken.
#define tgc_utf8_decode TG_CORE_SYM(tgc_utf8_decode)
tg_value tgc_utf8_decode(tg_thread *t, const uint8_t *p, size_t n, const char *errors,
                         bool surrogates);
// Writes one character, at most four bytes; returns their number.
static inline size_t utf8_put(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xC0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xE0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (c & 0x3F));
    return 4;
}

static inline bool is_surrogate(uint32_t c)
{
    return c >= 0xD800 && c < 0xE000;
}

// --- searching (str_find.c). Index within `text`, or -1.
#define tgc_view_find TG_CORE_SYM(tgc_view_find)
int64_t tgc_view_find(tgc_view text, tgc_view needle);
#define tgc_view_rfind TG_CORE_SYM(tgc_view_rfind)
int64_t tgc_view_rfind(tgc_view text, tgc_view needle);
#define tgc_view_count TG_CORE_SYM(tgc_view_count)
size_t tgc_view_count(tgc_view text, tgc_view needle,
                      size_t most); // not overlapping; needle not empty
#define tgc_view_equal TG_CORE_SYM(tgc_view_equal)
bool tgc_view_equal(tgc_view a, tgc_view b);
#define tgc_view_find_char TG_CORE_SYM(tgc_view_find_char)
int64_t tgc_view_find_char(tgc_view text, uint32_t c);

// Resolves optional start and end arguments as slices do, against `length`: from may exceed length.
// 0 or -1.
#define tgc_str_bounds TG_CORE_SYM(tgc_str_bounds)
int tgc_str_bounds(tg_thread *t, tg_value start, tg_value end, int64_t length, int64_t *from,
                   int64_t *to);
// args[i] as a str: TypeError "NAME() argument N must be str, not X" (without a number if number is
// 0).
#define tgc_str_expect TG_CORE_SYM(tgc_str_expect)
int tgc_str_expect(tg_thread *t, tg_value v, const char *method, int number);

#endif
