// SPDX-License-Identifier: MIT
//
// str_codec.c - encodings by name, their error handlers, and all of them but UTF-8 (str_utf8.c).
//
// Known: utf-8, utf-8-sig, ascii, latin-1, utf-16 and utf-32 in both byte orders, under their usual
// aliases. Handlers: strict, ignore, replace, backslashreplace, xmlcharrefreplace, surrogateescape,
// surrogatepass.
#include "core/object/str_codec.h" // own interface

#include "core/object/bytes.h"     // tgc_bytes_new
#include "core/object/error.h"     // tgc_raise
#include "core/object/str_units.h" // utf8_put
#include "mem/raw.h"               // tgi_raw_realloc

#include <stdio.h> // snprintf

typedef struct codec_name {
    const char *name; // lower case, without '-', '_' and ' '
    tgc_codec codec;
    const char *shown; // in messages
} codec_name;

static const codec_name codec_names[] = {
    {"utf8", TGC_CODEC_UTF8, "utf-8"},
    {"u8", TGC_CODEC_UTF8, "utf-8"},
    {"utf", TGC_CODEC_UTF8, "utf-8"},
    {"cp65001", TGC_CODEC_UTF8, "utf-8"},
    {"ascii", TGC_CODEC_ASCII, "ascii"},
    {"usascii", TGC_CODEC_ASCII, "ascii"},
    {"646", TGC_CODEC_ASCII, "ascii"},
    {"latin1", TGC_CODEC_LATIN1, "latin-1"},
    {"l1", TGC_CODEC_LATIN1, "latin-1"},
    {"latin", TGC_CODEC_LATIN1, "latin-1"},
    {"iso88591", TGC_CODEC_LATIN1, "latin-1"},
    {"88591", TGC_CODEC_LATIN1, "latin-1"},
    {"utf16", TGC_CODEC_UTF16, "utf-16"},
    {"u16", TGC_CODEC_UTF16, "utf-16"},
    {"utf16le", TGC_CODEC_UTF16_LE, "utf-16-le"},
    {"utf16be", TGC_CODEC_UTF16_BE, "utf-16-be"},
    {"utf32", TGC_CODEC_UTF32, "utf-32"},
    {"u32", TGC_CODEC_UTF32, "utf-32"},
    {"utf32le", TGC_CODEC_UTF32_LE, "utf-32-le"},
    {"utf32be", TGC_CODEC_UTF32_BE, "utf-32-be"},
    {"utf8sig", TGC_CODEC_UTF8_SIG, "utf-8-sig"},
};

static const codec_name *find_codec(tg_thread *t, const char *name)
{
    if (name == NULL)
        return &codec_names[0];
    char plain[16];
    size_t n = 0;
    for (const char *p = name; *p != '\0' && n < sizeof plain - 1; p++) {
        if (*p != '-' && *p != '_' && *p != ' ')
            plain[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    }
    plain[n] = '\0';
    for (size_t i = 0; i < sizeof codec_names / sizeof *codec_names; i++) {
        if (strcmp(plain, codec_names[i].name) == 0)
            return &codec_names[i];
    }
    tgc_raise(t, &TGC_EXC(LookupError), "unknown encoding: %.100s", name);
    return NULL;
}

static bool handler_is(const char *errors, const char *name)
{
    return errors != NULL && strcmp(errors, name) == 0;
}

static bool is_strict(const char *errors)
{
    return errors == NULL || strcmp(errors, "strict") == 0;
}

static int unknown_handler(tg_thread *t, const char *errors)
{
    return tgc_raise_int(t, &TGC_EXC(LookupError), "unknown error handler name '%.200s'", errors);
}

// --- decoding

static int append_bytes(tg_thread *t, tgc_strbuf *out, const uint8_t *p, size_t from, size_t to,
                        bool hex)
{
    for (size_t i = from; i < to; i++) {
        int ok = hex            ? tgc_strbuf_append_printf(t, out, "\\x%02x", p[i])
                 : p[i] >= 0x80 ? tgc_strbuf_append_char(t, out, 0xDC00u + p[i])
                                : -2;
        if (ok == -2) // surrogateescape stands for bytes above 0x7f only
            return tgc_raise_int(t, &TGC_EXC(UnicodeError),
                                 "cannot escape byte 0x%02x as a surrogate", p[i]);
        if (ok < 0)
            return -1;
    }
    return 0;
}

int tgc_codec_fault(tg_thread *t, tgc_strbuf *out, const char *encoding, const char *errors,
                    const uint8_t *p, size_t from, size_t to, const char *reason)
{
    if (is_strict(errors)) {
        if (to - from == 1)
            return tgc_raise_int(t, &TGC_EXC(UnicodeDecodeError),
                                 "'%s' codec can't decode byte 0x%02x in position %zu: %s",
                                 encoding, p[from], from, reason);
        return tgc_raise_int(t, &TGC_EXC(UnicodeDecodeError),
                             "'%s' codec can't decode bytes in position %zu-%zu: %s", encoding,
                             from, to - 1, reason);
    }
    if (handler_is(errors, "ignore"))
        return 0;
    if (handler_is(errors, "replace"))
        return tgc_strbuf_append_char(t, out, 0xFFFD);
    if (handler_is(errors, "backslashreplace"))
        return append_bytes(t, out, p, from, to, true);
    if (handler_is(errors, "surrogateescape"))
        return append_bytes(t, out, p, from, to, false);
    return unknown_handler(t, errors);
}

static tg_value decode_bytewise(tg_thread *t, const uint8_t *p, size_t n, const char *errors)
{
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    for (size_t i = 0; i < n; i++) {
        int ok = p[i] < 0x80 ? tgc_strbuf_append_char(t, &out, p[i])
                             : tgc_codec_fault(t, &out, "ascii", errors, p, i, i + 1,
                                               "ordinal not in range(128)");
        if (ok < 0) {
            tgc_strbuf_discard(&out);
            return TGC_NULL;
        }
    }
    return tgc_strbuf_finish(t, &out);
}

static uint32_t take(const uint8_t *p, size_t bytes, bool big)
{
    uint32_t c = 0;
    for (size_t i = 0; i < bytes; i++)
        c |= (uint32_t)p[i] << (8 * (big ? bytes - 1 - i : i));
    return c;
}

// One character of UTF-16 or UTF-32; 0 for a fault, as str_utf8.c does it.
static size_t decode_wide(const uint8_t *p, size_t room, size_t unit, bool big, uint32_t *c,
                          size_t *fault, const char **reason)
{
    *fault = unit;
    if (room < unit) {
        *fault = room;
        *reason = "truncated data";
        return 0;
    }
    *c = take(p, unit, big);
    if (unit == 4) {
        *reason = is_surrogate(*c) ? "code point in surrogate code point range(0xd800, 0xe000)"
                                   : "code point not in range(0x110000)";
        return is_surrogate(*c) || *c > 0x10FFFF ? 0 : 4;
    }
    if (!is_surrogate(*c))
        return 2;
    *reason = "illegal encoding";
    if (*c >= 0xDC00)
        return 0;
    if (room < 4) {
        *fault = room;
        *reason = "unexpected end of data";
        return 0;
    }
    uint32_t low = take(p + 2, 2, big);
    *reason = "illegal UTF-16 surrogate";
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
    return 4;
}

static tg_value decode_units(tg_thread *t, const uint8_t *p, size_t n, tgc_codec codec,
                             const char *name, const char *errors)
{
    size_t unit = codec >= TGC_CODEC_UTF32 ? 4 : 2, i = 0;
    bool big = codec == TGC_CODEC_UTF16_BE || codec == TGC_CODEC_UTF32_BE;
    if ((codec == TGC_CODEC_UTF16 || codec == TGC_CODEC_UTF32) && n >= unit) {
        bool big_mark = take(p, unit, true) == 0xFEFF;
        if (big_mark || take(p, unit, false) == 0xFEFF) {
            big = big_mark;
            i = unit;
        }
    }
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    while (i < n) {
        uint32_t c;
        size_t fault;
        const char *reason = "";
        size_t size = decode_wide(p + i, n - i, unit, big, &c, &fault, &reason);
        int ok = size != 0 ? tgc_strbuf_append_char(t, &out, c)
                           : tgc_codec_fault(t, &out, name, errors, p, i, i + fault, reason);
        i += size != 0 ? size : fault;
        if (ok < 0) {
            tgc_strbuf_discard(&out);
            return TGC_NULL;
        }
    }
    return tgc_strbuf_finish(t, &out);
}

tg_value tgc_str_decode(tg_thread *t, const void *data, size_t n, const char *encoding,
                        const char *errors)
{
    const codec_name *codec = find_codec(t, encoding);
    if (codec == NULL)
        return TGC_NULL;
    const uint8_t *p = data;
    switch (codec->codec) {
    case TGC_CODEC_UTF8:
        return tgc_utf8_decode(t, p, n, errors, handler_is(errors, "surrogatepass"));
    case TGC_CODEC_UTF8_SIG: {
        size_t skip = n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        return tgc_utf8_decode(t, p + skip, n - skip, errors, false);
    }
    case TGC_CODEC_ASCII:
        if (tgc_ascii_prefix(p, n) == n)
            return tgc_str_ascii(t, (const char *)p, n);
        return decode_bytewise(t, p, n, errors);
    case TGC_CODEC_LATIN1:
        return tgc_str_from_units(t, p, n, 1);
    default:
        return decode_units(t, p, n, codec->codec, codec->shown, errors);
    }
}

// --- encoding

typedef struct bytebuf {
    uint8_t *data;
    size_t size, capacity;
} bytebuf;

static int put_bytes(tg_thread *t, bytebuf *b, const void *p, size_t n)
{
    if (b->capacity - b->size < n) {
        size_t capacity = b->size + n + b->size / 2 + 64;
        uint8_t *grown = tgi_raw_realloc(b->data, capacity);
        if (grown == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
        b->data = grown;
        b->capacity = capacity;
    }
    memcpy(b->data + b->size, p, n);
    b->size += n;
    return 0;
}

// The bytes of one character, or 0 if the codec has none for it.
static size_t encode_one(uint8_t out[4], uint32_t c, tgc_codec codec)
{
    bool big = codec == TGC_CODEC_UTF16_BE || codec == TGC_CODEC_UTF32_BE;
    uint32_t units[2] = {c, 0};
    size_t count = 1, unit = 2, n = 0;
    switch (codec) {
    case TGC_CODEC_ASCII:
    case TGC_CODEC_LATIN1:
        out[0] = (uint8_t)c;
        return c < (codec == TGC_CODEC_ASCII ? 0x80u : 0x100u);
    case TGC_CODEC_UTF8:
    case TGC_CODEC_UTF8_SIG:
        return is_surrogate(c) ? 0 : utf8_put(out, c);
    case TGC_CODEC_UTF32:
    case TGC_CODEC_UTF32_LE:
    case TGC_CODEC_UTF32_BE:
        unit = 4;
        break;
    default:
        if (c > 0xFFFF) {
            units[0] = 0xD800 + ((c - 0x10000) >> 10);
            units[1] = 0xDC00 + ((c - 0x10000) & 0x3FF);
            count = 2;
        }
    }
    if (is_surrogate(c))
        return 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < unit; k++)
            out[n++] = (uint8_t)(units[i] >> (8 * (big ? unit - 1 - k : k)));
    }
    return n;
}

tg_value tgc_codec_refuse(tg_thread *t, const char *encoding, tg_value s, size_t from, size_t to,
                          const char *reason)
{
    if (to - from != 1)
        return tgc_raise(t, &TGC_EXC(UnicodeEncodeError),
                         "'%s' codec can't encode characters in position %zu-%zu: %s", encoding,
                         from, to - 1, reason);
    uint32_t c = tgc_str_char(s, from);
    const char *form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
    char shown[16];
    snprintf(shown, sizeof shown, form, c);
    return tgc_raise(t, &TGC_EXC(UnicodeEncodeError),
                     "'%s' codec can't encode character '%s' in position %zu: %s", encoding, shown,
                     from, reason);
}

// What the handler gives for one character; -1 raised.
static int encode_fault(tg_thread *t, bytebuf *out, uint32_t c, const char *errors, tgc_codec codec)
{
    char text[24];
    uint8_t one[4];
    if (handler_is(errors, "ignore"))
        return 0;
    if (handler_is(errors, "surrogateescape") && c >= 0xDC80 && c <= 0xDCFF &&
        codec <= TGC_CODEC_LATIN1) {
        one[0] = (uint8_t)(c - 0xDC00);
        return put_bytes(t, out, one, 1);
    }
    if (handler_is(errors, "surrogatepass") && is_surrogate(c) && codec != TGC_CODEC_ASCII &&
        codec != TGC_CODEC_LATIN1) {
        size_t unit = codec >= TGC_CODEC_UTF32 && codec <= TGC_CODEC_UTF32_BE ? 4 : 2;
        bool big = codec == TGC_CODEC_UTF16_BE || codec == TGC_CODEC_UTF32_BE;
        if (codec == TGC_CODEC_UTF8 || codec == TGC_CODEC_UTF8_SIG)
            return put_bytes(t, out, one, utf8_put(one, c));
        for (size_t k = 0; k < unit; k++)
            one[k] = (uint8_t)(c >> (8 * (big ? unit - 1 - k : k)));
        return put_bytes(t, out, one, unit);
    }
    if (handler_is(errors, "replace"))
        snprintf(text, sizeof text, "?");
    else if (handler_is(errors, "backslashreplace"))
        snprintf(text, sizeof text, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    else if (handler_is(errors, "xmlcharrefreplace"))
        snprintf(text, sizeof text, "&#%u;", c);
    else
        return 1; // refused
    for (const char *p = text; *p != '\0'; p++) {
        if (put_bytes(t, out, one, encode_one(one, (uint8_t)*p, codec)) < 0)
            return -1;
    }
    return 0;
}

tg_value tgc_codec_encode_slow(tg_thread *t, tg_value s, const char *encoding, const char *errors,
                               tgc_codec codec)
{
    static const char *const handlers[] = {
        "strict",          "ignore",       "replace", "backslashreplace", "xmlcharrefreplace",
        "surrogateescape", "surrogatepass"};
    tgc_view v = units_view(s);
    bytebuf out = {NULL, 0, 0};
    uint8_t one[4];
    int ok = 0;
    if (codec == TGC_CODEC_UTF16 || codec == TGC_CODEC_UTF32)
        ok = put_bytes(t, &out, one, encode_one(one, 0xFEFF, codec));
    else if (codec == TGC_CODEC_UTF8_SIG)
        ok = put_bytes(t, &out, "\xEF\xBB\xBF", 3);
    for (size_t i = 0; ok == 0 && i < v.length; i++) {
        uint32_t c = view_get(v, i);
        size_t n = encode_one(one, c, codec);
        if (n != 0) {
            ok = put_bytes(t, &out, one, n);
            continue;
        }
        bool known = errors == NULL;
        for (size_t k = 0; k < sizeof handlers / sizeof *handlers && !known; k++)
            known = strcmp(errors, handlers[k]) == 0;
        ok = known ? encode_fault(t, &out, c, errors, codec) : unknown_handler(t, errors);
        if (ok == 1) {
            size_t to = i + 1;
            while (to < v.length && encode_one(one, view_get(v, to), codec) == 0)
                to++;
            tgc_codec_refuse(t, encoding, s, i, to,
                             codec == TGC_CODEC_ASCII    ? "ordinal not in range(128)"
                             : codec == TGC_CODEC_LATIN1 ? "ordinal not in range(256)"
                                                         : "surrogates not allowed");
            ok = -1;
        }
    }
    tg_value result =
        ok < 0 ? TGC_NULL
               : tgc_bytes_new(t, out.data == NULL ? (const void *)"" : out.data, out.size);
    tgi_raw_free(out.data);
    return result;
}

tg_value tgc_str_encode(tg_thread *t, tg_value s, const char *encoding, const char *errors)
{
    const codec_name *codec = find_codec(t, encoding);
    if (codec == NULL)
        return TGC_NULL;
    const tgc_str *o = tgc_str_of(s);
    if (codec->codec == TGC_CODEC_UTF8)
        return tgc_utf8_encode(t, s, errors);
    if ((codec->codec == TGC_CODEC_ASCII && o->ascii) ||
        (codec->codec == TGC_CODEC_LATIN1 && o->kind == 1))
        return tgc_bytes_new(t, tgc_str_units(o), o->length);
    return tgc_codec_encode_slow(t, s, codec->shown, errors, codec->codec);
}
