// SPDX-License-Identifier: MIT
//
// str.h - text objects. Layer core/object. The code is in str*.c; Unicode facts in unicode.h.
//
// A str is one block: the head below (and the attributes, in an instance of a subclass), then the
// characters as 1-, 2- or 4-byte units, whichever is the narrowest that holds all of them (so equal
// texts have equal bytes), then one zero unit. ASCII is marked, since it is its own UTF-8; other
// texts have room for a cached UTF-8 copy between the head and the characters.
//
// Threads     immutable once another thread can see it, but for the caches: any thread may fill
//             them.
// Invariants  S1  kind is minimal: no two representations of one text.
//             S2  hash 0 means not computed yet; a computed hash is never 0. Racing writers store
//                 equal values.
//             S3  an interned str is immortal, and the only interned one of its content in this
//                 core.
#ifndef TGC_OBJECT_STR_H
#define TGC_OBJECT_STR_H

#include "core/object/object.h" // tgc_type, flags

#include <stdarg.h>       // tgc_str_vformat
#include <togil/status.h> // tg_status

typedef struct tgc_str {
    tgc_obj head;
    _Atomic(uint64_t) hash; // any thread: S2
    uint64_t length;        // characters; const once shared
    uint8_t kind;           // bytes per character: 1, 2, 4; const
    uint8_t ascii;          // const
    uint8_t interned;       // const: S3
    uint8_t units_at;     // const: where the characters begin, in steps of 8 bytes from the object
    uint32_t growing : 1; // owner of a unique str: was appended to, Note [str-spare]
    uint32_t
        spare : 31; // owner of a unique str: characters that fit behind the last one, for s += x
} tgc_str;

// Not ASCII: the UTF-8 copy, made when somebody asks for it.
typedef struct tgc_str_wide {
    tgc_str str;
    _Atomic(char *) utf8; // any thread: NULL, then const. A size_t, the text, a zero byte; owned
} tgc_str_wide;

#define tgc_str_of(v) ((tgc_str *)tgc_ptr(v))

#define tgc_str_iter_type TG_CORE_SYM(tgc_str_iter_type)
extern tgc_type tgc_str_iter_type; // str_type.c

static inline void *tgc_str_units(const tgc_str *s)
{
    return (char *)s + (size_t)s->units_at * 8;
}
static inline size_t tgc_str_length(tg_value v)
{
    return tgc_str_of(v)->length;
}
static inline uint32_t tgc_str_char(tg_value v, size_t i)
{
    const tgc_str *s = tgc_str_of(v);
    const void *p = tgc_str_units(s);
    return s->kind == 1   ? ((const uint8_t *)p)[i]
           : s->kind == 2 ? ((const uint16_t *)p)[i]
                          : ((const uint32_t *)p)[i];
}
static inline bool tgc_str_is_interned(tg_value v)
{
    return tgc_str_of(v)->interned != 0;
}

// Once per process and core, before any str exists. The hash key comes from TOGIL_HASHSEED (a
// number), or is random.
#define tgc_str_init TG_CORE_SYM(tgc_str_init)
tg_status tgc_str_init(tg_thread *t);

// --- making. UTF-8 input is checked; surrogates encoded as three bytes are taken, as unit
// constants have them.
#define tgc_str_new TG_CORE_SYM(tgc_str_new)
tg_value tgc_str_new(tg_thread *t, const char *utf8, size_t n);
#define tgc_str_cstr TG_CORE_SYM(tgc_str_cstr)
tg_value tgc_str_cstr(tg_thread *t, const char *utf8);
#define tgc_str_format TG_CORE_SYM(tgc_str_format)
tg_value tgc_str_format(tg_thread *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
#define tgc_str_vformat TG_CORE_SYM(tgc_str_vformat)
tg_value tgc_str_vformat(tg_thread *t, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
#define tgc_str_ascii TG_CORE_SYM(tgc_str_ascii)
tg_value tgc_str_ascii(tg_thread *t, const char *ascii, size_t n); // trusted to be ASCII
// Characters of `kind` bytes each, narrowed as far as they allow.
#define tgc_str_from_units TG_CORE_SYM(tgc_str_from_units)
tg_value tgc_str_from_units(tg_thread *t, const void *units, size_t n, unsigned kind);
#define tgc_str_from_char TG_CORE_SYM(tgc_str_from_char)
tg_value tgc_str_from_char(tg_thread *t, uint32_t cp); // up to U+00FF: immortal, no allocation
#define tgc_str_empty TG_CORE_SYM(tgc_str_empty)
tg_value tgc_str_empty(void); // immortal
// A new str to be filled by the caller, who knows the largest character; units are not initialised.
// The one object that must not be seen by others until it is filled; S1 is the caller's duty. n 0
// is not allowed.
#define tgc_str_alloc TG_CORE_SYM(tgc_str_alloc)
tgc_str *tgc_str_alloc(tg_thread *t, size_t n, uint32_t max_char);

// s if it is exactly a str, else an equal one that is: a new reference.
#define tgc_str_plain TG_CORE_SYM(tgc_str_plain)
tg_value tgc_str_plain(tg_thread *t, tg_value s);
// An instance of a subclass with the text of s; attributes are left to the caller.
#define tgc_str_new_typed TG_CORE_SYM(tgc_str_new_typed)
tg_value tgc_str_new_typed(tg_thread *t, tgc_type *type, tg_value s);

// --- interning (str_intern.c): one immortal str per content and core; needs no release.
#define tgc_str_intern TG_CORE_SYM(tgc_str_intern)
tg_value tgc_str_intern(tg_thread *t, const char *utf8, size_t n);
#define tgc_str_intern_value TG_CORE_SYM(tgc_str_intern_value)
tg_value tgc_str_intern_value(tg_thread *t, tg_value s);
#define tgc_str_intern_cstr(t, literal) tgc_str_intern((t), (literal), strlen(literal))

// --- reading
// UTF-8 text that lives as long as s, NUL-terminated; n may be NULL. NULL: raised
// (UnicodeEncodeError for lone surrogates).
#define tgc_str_utf8 TG_CORE_SYM(tgc_str_utf8)
const char *tgc_str_utf8(tg_thread *t, tg_value s, size_t *n);
#define tgc_str_equal_slow TG_CORE_SYM(tgc_str_equal_slow)
bool tgc_str_equal_slow(tg_value a, tg_value b);
static inline bool tgc_str_equal(tg_value a, tg_value b)
{
    if (a == b)
        return true;
    const tgc_str *x = tgc_str_of(a), *y = tgc_str_of(b);
    if (x->length != y->length || x->kind != y->kind || (x->interned & y->interned) != 0)
        return false;
    return tgc_str_equal_slow(a, b);
}
#define tgc_str_order TG_CORE_SYM(tgc_str_order)
int tgc_str_order(tg_value a, tg_value b); // <0, 0, >0 by code points
#define tgc_str_equal_cstr TG_CORE_SYM(tgc_str_equal_cstr)
bool tgc_str_equal_cstr(tg_value s, const char *ascii);
#define tgc_str_hash_slow TG_CORE_SYM(tgc_str_hash_slow)
uint64_t tgc_str_hash_slow(tg_value s);
static inline uint64_t tgc_str_hash(tg_value s)
{
    // ORDER: relaxed; S2, the value depends on nothing else.
    uint64_t h = atom_load_relaxed(&tgc_str_of(s)->hash);
    return h != 0 ? h : tgc_str_hash_slow(s);
}
// The keyed hash of bytes that str, bytes and the interning table share; never 0.
#define tgc_hash_bytes TG_CORE_SYM(tgc_hash_bytes)
uint64_t tgc_hash_bytes(const void *p, size_t n);
// First index >= from where needle occurs and ends at or before end; -1 if none.
#define tgc_str_find TG_CORE_SYM(tgc_str_find)
int64_t tgc_str_find(tg_value s, tg_value needle, size_t from, size_t end);

// --- combining
#define tgc_str_concat TG_CORE_SYM(tgc_str_concat)
tg_value tgc_str_concat(tg_thread *t, tg_value a, tg_value b);
#define tgc_str_append_steal TG_CORE_SYM(tgc_str_append_steal)
tg_value tgc_str_append_steal(tg_thread *t, tg_value a, tg_value b); // consumes a, also on failure
#define tgc_str_join TG_CORE_SYM(tgc_str_join)
tg_value tgc_str_join(tg_thread *t, const tg_value *parts, size_t n);
#define tgc_str_sub TG_CORE_SYM(tgc_str_sub)
tg_value tgc_str_sub(tg_thread *t, tg_value s, size_t from, size_t to); // from <= to <= length
#define tgc_str_repeat TG_CORE_SYM(tgc_str_repeat)
tg_value tgc_str_repeat(tg_thread *t, tg_value s, int64_t times);
#define tgc_str_repr TG_CORE_SYM(tgc_str_repr)
tg_value tgc_str_repr(tg_thread *t, tg_value s); // quoted
#define tgc_str_ascii_repr TG_CORE_SYM(tgc_str_ascii_repr)
tg_value tgc_str_ascii_repr(tg_thread *t,
                            tg_value s); // any str with its non-ASCII characters escaped: ascii()

// --- codecs (str_codec.c). errors: "strict", "ignore", "replace", "surrogateescape", ...; NULL:
// strict.
#define tgc_str_encode TG_CORE_SYM(tgc_str_encode)
tg_value tgc_str_encode(tg_thread *t, tg_value s, const char *encoding,
                        const char *errors); // bytes
#define tgc_str_decode TG_CORE_SYM(tgc_str_decode)
tg_value tgc_str_decode(tg_thread *t, const void *data, size_t n, const char *encoding,
                        const char *errors);

// --- building piece by piece (str_builder.c). Owned by one C function; after a failed append (-1,
// raised) the caller discards it. finish and discard end it.
typedef struct tgc_strbuf {
    void *units;
    size_t length, capacity;
    uint8_t kind;      // of units
    uint32_t all_bits; // or of all characters
    uint64_t local[24];
} tgc_strbuf;

#define tgc_strbuf_init TG_CORE_SYM(tgc_strbuf_init)
void tgc_strbuf_init(tgc_strbuf *b);
#define tgc_strbuf_append_utf8 TG_CORE_SYM(tgc_strbuf_append_utf8)
int tgc_strbuf_append_utf8(tg_thread *t, tgc_strbuf *b, const char *utf8, size_t n);
#define tgc_strbuf_append_cstr TG_CORE_SYM(tgc_strbuf_append_cstr)
int tgc_strbuf_append_cstr(tg_thread *t, tgc_strbuf *b, const char *utf8);
#define tgc_strbuf_append_str TG_CORE_SYM(tgc_strbuf_append_str)
int tgc_strbuf_append_str(tg_thread *t, tgc_strbuf *b, tg_value s);
#define tgc_strbuf_append_sub TG_CORE_SYM(tgc_strbuf_append_sub)
int tgc_strbuf_append_sub(tg_thread *t, tgc_strbuf *b, tg_value s, size_t from, size_t to);
#define tgc_strbuf_append_char TG_CORE_SYM(tgc_strbuf_append_char)
int tgc_strbuf_append_char(tg_thread *t, tgc_strbuf *b, uint32_t cp);
#define tgc_strbuf_append_fill TG_CORE_SYM(tgc_strbuf_append_fill)
int tgc_strbuf_append_fill(tg_thread *t, tgc_strbuf *b, uint32_t cp, size_t times);
#define tgc_strbuf_append_int TG_CORE_SYM(tgc_strbuf_append_int)
int tgc_strbuf_append_int(tg_thread *t, tgc_strbuf *b, int64_t i); // decimal
#define tgc_strbuf_append_printf TG_CORE_SYM(tgc_strbuf_append_printf)
int tgc_strbuf_append_printf(tg_thread *t, tgc_strbuf *b, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define tgc_strbuf_append_repr TG_CORE_SYM(tgc_strbuf_append_repr)
int tgc_strbuf_append_repr(tg_thread *t, tgc_strbuf *b, tg_value v); // repr(v); runs script code
#define tgc_strbuf_finish TG_CORE_SYM(tgc_strbuf_finish)
tg_value tgc_strbuf_finish(tg_thread *t, tgc_strbuf *b); // the str; b is discarded in any case
#define tgc_strbuf_discard TG_CORE_SYM(tgc_strbuf_discard)
void tgc_strbuf_discard(tgc_strbuf *b);

#endif
