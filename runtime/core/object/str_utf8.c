// SPDX-License-Identifier: MIT
//
// str_utf8.c - UTF-8 in and out.
//
// Valid input is measured, then copied into an object of the right size. Only input with faults, or
// with an error handler at work, goes through a builder. What counts as one fault (the longest
// prefix that could have been the start of a character) follows the Unicode standard, chapter 3,
// "best practice for U+FFFD substitution".
#include "core/object/bytes.h"     // tgc_bytes_new
#include "core/object/error.h"     // tgc_raise
#include "core/object/str_codec.h" // tgc_codec_fault
#include "core/object/str_units.h" // utf8_put

// Decodes one character at p. Returns its size and *c; or 0, with *fault the number of bytes at
// fault and *reason.
static size_t decode_one(const uint8_t *p, size_t room, bool surrogates, uint32_t *c, size_t *fault,
                         const char **reason)
{
    uint8_t b = p[0];
    *fault = 1;
    if (b < 0x80) {
        *c = b;
        return 1;
    }
    if (b < 0xC2 || b > 0xF4) {
        *reason = "invalid start byte";
        return 0;
    }
    size_t size = b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
    uint8_t low = 0x80, high = 0xBF; // of the second byte
    if (b == 0xE0)
        low = 0xA0;
    else if (b == 0xED && !surrogates)
        high = 0x9F;
    else if (b == 0xF0)
        low = 0x90;
    else if (b == 0xF4)
        high = 0x8F;
    uint32_t value = b & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if (i == room) {
            *fault = room;
            *reason = "unexpected end of data";
            return 0;
        }
        if (p[i] < low || p[i] > high) {
            *fault = i;
            *reason = "invalid continuation byte";
            return 0;
        }
        value = value << 6 | (p[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    *c = value;
    return size;
}

static tg_value decode_faulty(tg_thread *t, const uint8_t *p, size_t n, const char *errors,
                              bool surrogates)
{
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    for (size_t i = 0; i < n;) {
        uint32_t c;
        size_t fault;
        const char *reason = NULL;
        size_t size = decode_one(p + i, n - i, surrogates, &c, &fault, &reason);
        int ok;
        if (size != 0) {
            ok = tgc_strbuf_append_char(t, &out, c);
            i += size;
        } else {
            ok = tgc_codec_fault(t, &out, "utf-8", errors, p, i, i + fault, reason);
            i += fault;
        }
        if (ok < 0) {
            tgc_strbuf_discard(&out);
            return TGC_NULL;
        }
    }
    return tgc_strbuf_finish(t, &out);
}

tg_value tgc_utf8_decode(tg_thread *t, const uint8_t *p, size_t n, const char *errors,
                         bool surrogates)
{
    size_t prefix = tgc_ascii_prefix(p, n), count = prefix;
    if (prefix == n)
        return tgc_str_ascii(t, (const char *)p, n);
    uint32_t bits = 0, c;
    size_t fault;
    const char *reason;
    for (size_t i = prefix; i < n; count++) {
        size_t size = decode_one(p + i, n - i, surrogates, &c, &fault, &reason);
        if (size == 0)
            return decode_faulty(t, p, n, errors, surrogates);
        bits |= c;
        i += size;
    }
    if (count == 1)
        return tgc_str_from_char(t, c);
    tgc_str *s = tgc_str_alloc(t, count, bits | 0x80);
    if (s == NULL)
        return TGC_NULL;
    void *to = tgc_str_units(s);
    for (size_t i = 0, k = 0; i < n; k++) {
        i += decode_one(p + i, n - i, surrogates, &c, &fault, &reason);
        units_set(to, s->kind, k, c);
    }
    return tgc_from_ptr(s);
}

// The size of the UTF-8 form; *surrogate is the index of the first surrogate, or the length.
static size_t utf8_size(tgc_view v, size_t *surrogate)
{
    size_t size = 0;
    *surrogate = v.length;
    for (size_t i = v.length; i-- > 0;) {
        uint32_t c = view_get(v, i);
        size += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (is_surrogate(c))
            *surrogate = i;
    }
    return size;
}

static size_t surrogate_end(tgc_view v, size_t from)
{
    while (from < v.length && is_surrogate(view_get(v, from)))
        from++;
    return from;
}

const char *tgc_str_utf8(tg_thread *t, tg_value v, size_t *n)
{
    tgc_str *s = tgc_str_of(v);
    if (s->ascii) {
        if (n != NULL)
            *n = s->length;
        return tgc_str_units(s);
    }
    tgc_str_wide *w = (tgc_str_wide *)s;
    // ORDER: acquire; pairs with the CAS below: the text and its length are complete.
    char *text = atom_load_acquire(&w->utf8);
    if (text == NULL) {
        tgc_view view = units_view(v);
        size_t surrogate, size = utf8_size(view, &surrogate);
        if (surrogate != view.length) {
            tgc_codec_refuse(t, "utf-8", v, surrogate, surrogate_end(view, surrogate),
                             "surrogates not allowed");
            return NULL;
        }
        char *made = tgi_raw_alloc(size + 1 + sizeof size);
        if (made == NULL) {
            tgc_raise_nomem(t);
            return NULL;
        }
        // The length travels in the block: a field of the object would be written by racing
        // threads.
        memcpy(made, &size, sizeof size);
        uint8_t *out = (uint8_t *)made + sizeof size;
        for (size_t i = 0; i < view.length; i++)
            out += utf8_put(out, view_get(view, i));
        *out = 0;
        char *expected = NULL;
        // ORDER: acq_rel; release pairs with the load above, acquire with the winner if that is
        // another thread.
        if (atom_cas_strong_acq_rel(&w->utf8, &expected, made)) {
            text = made;
        } else {
            tgi_raw_free(made);
            text = expected;
        }
    }
    if (n != NULL)
        memcpy(n, text, sizeof *n);
    return text + sizeof(size_t);
}

tg_value tgc_utf8_encode(tg_thread *t, tg_value v, const char *errors)
{
    const tgc_str *s = tgc_str_of(v);
    if (s->ascii)
        return tgc_bytes_new(t, tgc_str_units(s), s->length);
    tgc_view view = units_view(v);
    size_t surrogate, size = utf8_size(view, &surrogate);
    if (surrogate != view.length)
        return tgc_codec_encode_slow(t, v, "utf-8", errors, TGC_CODEC_UTF8);
    tg_value result = tgc_bytes_new(t, NULL, size);
    if (result == TGC_NULL)
        return TGC_NULL;
    uint8_t *out = tgc_bytes_of(result)->data;
    for (size_t i = 0; i < view.length; i++)
        out += utf8_put(out, view_get(view, i));
    return result;
}
