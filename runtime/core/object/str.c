// SPDX-License-Identifier: MIT
//
// str.c - making, comparing, joining and hashing text. The type and its methods are in str_type.c.
//
// Owns        the 256 one-character strs and the empty one, which are static; the hash key.
// Threads     any. A str is filled before its value leaves the function that made it.
// Note [str-spare]
//   s += x on a str that nobody else can see keeps room behind the last character, so that a loop
//   of appends costs its length once. The room is given from the second append on; `growing`
//   remembers the first.
#include "core/object/str.h" // own interface

#include "base/hash.h"             // tgi_hash_bytes
#include "base/random.h"           // tgi_random_os_seed
#include "core/object/error.h"     // tgc_raise
#include "core/object/str_units.h" // units_*

#include <stdio.h>  // vsnprintf
#include <stdlib.h> // getenv, strtoull

#define STR_MAX ((size_t)INT64_MAX / 8)

typedef struct single {
    tgc_str str;
    uint8_t units[8];
} single;

typedef struct single_wide {
    tgc_str_wide wide;
    uint8_t units[8];
} single_wide;

#define SINGLE_HEAD(ascii_)                                                                  \
    {                                                                                        \
        .head = TGC_IMMORTAL_HEAD(&tgc_str_type), .length = 1, .kind = 1, .ascii = (ascii_), \
        .interned = 1, .units_at = ((ascii_) ? sizeof(tgc_str) : sizeof(tgc_str_wide)) / 8   \
    }

static single ascii_chars[128] = {[0 ... 127] = {.str = SINGLE_HEAD(1)}}; // const after init
static single_wide latin_chars[128] = {
    [0 ... 127] = {.wide = {.str = SINGLE_HEAD(0)}}}; // const after init
static single empty_str = {.str = {.head = TGC_IMMORTAL_HEAD(&tgc_str_type),
                                   .kind = 1,
                                   .ascii = 1,
                                   .interned = 1,
                                   .units_at = sizeof(tgc_str) / 8}};
static tgi_hash_key hash_key; // const after init

tg_status tgc_str_init(tg_thread *t)
{
    (void)t;
    const char *seed = getenv("TOGIL_HASHSEED");
    if (seed != NULL && *seed != '\0')
        hash_key = tgi_hash_key_from_seed(strtoull(seed, NULL, 10));
    else
        hash_key = tgi_hash_key_from_seed(tgi_random_os_seed());
    for (unsigned i = 0; i < 128; i++) {
        ascii_chars[i].units[0] = (uint8_t)i;
        latin_chars[i].units[0] = (uint8_t)(128 + i);
    }
    return TG_OK;
}

tg_value tgc_str_empty(void)
{
    return tgc_from_ptr(&empty_str);
}

static tg_value single_char(uint32_t c)
{
    return c < 128 ? tgc_from_ptr(&ascii_chars[c]) : tgc_from_ptr(&latin_chars[c - 128]);
}

// --- allocation

static uint32_t kind_bits(const tgc_str *s) // a character as large as s may need
{
    return s->ascii ? 0x7F : s->kind == 1 ? 0xFF : s->kind == 2 ? 0xFFFF : 0x10FFFF;
}

static size_t str_bytes(const tgc_str *s)
{
    return (size_t)s->units_at * 8 + (s->length + s->spare + 1) * s->kind;
}

// head_size: bytes before the characters.
static tgc_str *alloc_typed(tg_thread *t, tgc_type *type, size_t head_size, size_t n,
                            uint32_t max_char, uint32_t spare)
{
    unsigned kind = units_kind_for(max_char);
    bool ascii = max_char < 0x80;
    if (n > STR_MAX) {
        tgc_raise_nomem(t);
        return NULL;
    }
    tgc_str *s = (tgc_str *)tgc_new_raw(t, type, head_size + (n + spare + 1) * kind);
    if (s == NULL)
        return NULL;
    // ORDER: relaxed; the object is private until its value is handed out.
    atom_store_relaxed(&s->hash, 0);
    s->length = n;
    s->kind = (uint8_t)kind;
    s->ascii = ascii;
    s->interned = 0;
    s->units_at = (uint8_t)(head_size / 8);
    s->growing = 0;
    s->spare = spare;
    if (head_size != sizeof(tgc_str))
        // ORDER: relaxed; as above.
        atom_store_relaxed(&((tgc_str_wide *)s)->utf8, NULL);
    units_set(tgc_str_units(s), kind, n, 0);
    return s;
}

static tgc_str *alloc_spare(tg_thread *t, size_t n, uint32_t max_char, uint32_t spare)
{
    size_t head_size = max_char < 0x80 ? sizeof(tgc_str) : sizeof(tgc_str_wide);
    return alloc_typed(t, &tgc_str_type, head_size, n, max_char, spare);
}

tgc_str *tgc_str_alloc(tg_thread *t, size_t n, uint32_t max_char)
{
    return alloc_spare(t, n, max_char, 0);
}

void tgc_str_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_str *s = (tgc_str *)o;
    if (s->interned) {
        tgc_make_immortal(o); // a constant of something that went away
        return;
    }
    if (!s->ascii)
        // ORDER: relaxed; the object is dead, whoever dropped the last reference ordered all before
        // it.
        tgi_raw_free(atom_load_relaxed(&((tgc_str_wide *)s)->utf8));
    tgc_delete(t, o, str_bytes(s));
}

uint32_t tgc_units_all_bits(const void *p, unsigned kind, size_t n)
{
    size_t i = 0, bytes = n * kind;
    uint64_t all = 0, word;
    for (; i + 8 <= bytes; i += 8) {
        memcpy(&word, (const char *)p + i, 8);
        all |= word;
    }
    all |= all >> 32;
    if (kind < 4)
        all |= all >> 16;
    if (kind < 2)
        all |= all >> 8;
    uint32_t bits = (uint32_t)all & (kind == 1 ? 0xFFu : kind == 2 ? 0xFFFFu : 0xFFFFFFFFu);
    for (i /= kind; i < n; i++)
        bits |= units_get(p, kind, i);
    return bits;
}

size_t tgc_ascii_prefix(const void *p, size_t n)
{
    const uint8_t *bytes = p;
    size_t i = 0;
    uint64_t word;
    for (; i + 8 <= n; i += 8) {
        memcpy(&word, bytes + i, 8);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (i < n && bytes[i] < 0x80)
        i++;
    return i;
}

// --- constructors

tg_value tgc_str_ascii(tg_thread *t, const char *ascii, size_t n)
{
    if (n <= 1)
        return n == 0 ? tgc_str_empty() : single_char((uint8_t)ascii[0]);
    tgc_str *s = tgc_str_alloc(t, n, 0x7F);
    if (s == NULL)
        return TGC_NULL;
    memcpy(tgc_str_units(s), ascii, n);
    return tgc_from_ptr(s);
}

tg_value tgc_str_new(tg_thread *t, const char *utf8, size_t n)
{
    if (TGI_LIKELY(tgc_ascii_prefix(utf8, n) == n))
        return tgc_str_ascii(t, utf8, n);
    return tgc_utf8_decode(t, (const uint8_t *)utf8, n, NULL, true);
}

tg_value tgc_str_cstr(tg_thread *t, const char *utf8)
{
    return tgc_str_new(t, utf8, strlen(utf8));
}

tg_value tgc_str_from_units(tg_thread *t, const void *units, size_t n, unsigned kind)
{
    if (n == 0)
        return tgc_str_empty();
    if (n == 1)
        return tgc_str_from_char(t, units_get(units, kind, 0));
    uint32_t bits = tgc_units_all_bits(units, kind, n);
    tgc_str *s = tgc_str_alloc(t, n, bits);
    if (s == NULL)
        return TGC_NULL;
    void *to = tgc_str_units(s);
    if (s->kind == kind) {
        memcpy(to, units, n * kind);
    } else {
        for (size_t i = 0; i < n; i++)
            units_set(to, s->kind, i, units_get(units, kind, i));
    }
    return tgc_from_ptr(s);
}

tg_value tgc_str_from_char(tg_thread *t, uint32_t cp)
{
    if (cp < 0x100)
        return single_char(cp);
    tgc_str *s = tgc_str_alloc(t, 1, cp);
    if (s == NULL)
        return TGC_NULL;
    units_set(tgc_str_units(s), s->kind, 0, cp);
    return tgc_from_ptr(s);
}

tg_value tgc_str_vformat(tg_thread *t, const char *format, va_list args)
{
    char small[256];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    tg_value result;
    if (n < 0) {
        result = tgc_raise(t, &TGC_EXC(SystemError), "bad text format");
    } else if ((size_t)n < sizeof small) {
        result = tgc_str_decode(t, small, (size_t)n, "utf-8", "replace");
    } else {
        char *large = tgi_raw_alloc((size_t)n + 1);
        if (large == NULL) {
            result = tgc_raise_nomem(t);
        } else {
            vsnprintf(large, (size_t)n + 1, format, again);
            result = tgc_str_decode(t, large, (size_t)n, "utf-8", "replace");
            tgi_raw_free(large);
        }
    }
    va_end(again);
    return result;
}

tg_value tgc_str_format(tg_thread *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tg_value result = tgc_str_vformat(t, format, args);
    va_end(args);
    return result;
}

tg_value tgc_str_plain(tg_thread *t, tg_value s)
{
    if (TGI_LIKELY(tgc_is_exact(s, &tgc_str_type)))
        return tgc_retain(t, s);
    const tgc_str *o = tgc_str_of(s);
    return tgc_str_from_units(t, tgc_str_units(o), o->length, o->kind);
}

tg_value tgc_str_new_typed(tg_thread *t, tgc_type *type, tg_value s)
{
    const tgc_str *o = tgc_str_of(s);
    size_t head_size = (type->size + 7u) & ~7u;
    if (head_size > UINT8_MAX * 8)
        return tgc_raise(t, &TGC_EXC(TypeError), "'%s' has too many attributes for a kind of str",
                         type->name);
    tgc_str *r = alloc_typed(t, type, head_size, o->length, kind_bits(o), 0);
    if (r == NULL)
        return TGC_NULL;
    memcpy(tgc_str_units(r), tgc_str_units(o), o->length * o->kind);
    return tgc_from_ptr(r);
}

// --- comparing

bool tgc_str_equal_slow(tg_value a, tg_value b)
{
    const tgc_str *x = tgc_str_of(a), *y = tgc_str_of(b);
    if (x->length != y->length || x->kind != y->kind)
        return false;
    // ORDER: relaxed; S2, hints that may be missing.
    uint64_t hx = atom_load_relaxed(&x->hash), hy = atom_load_relaxed(&y->hash);
    if (hx != hy && hx != 0 && hy != 0)
        return false;
    return memcmp(tgc_str_units(x), tgc_str_units(y), x->length * x->kind) == 0;
}

int tgc_str_order(tg_value a, tg_value b)
{
    tgc_view x = units_view(a), y = units_view(b);
    size_t n = x.length < y.length ? x.length : y.length;
    if (x.kind == 1 && y.kind == 1) {
        int c = memcmp(x.units, y.units, n);
        if (c != 0)
            return c;
    } else {
        for (size_t i = 0; i < n; i++) {
            uint32_t cx = view_get(x, i), cy = view_get(y, i);
            if (cx != cy)
                return cx < cy ? -1 : 1;
        }
    }
    return x.length == y.length ? 0 : x.length < y.length ? -1 : 1;
}

bool tgc_str_equal_cstr(tg_value s, const char *ascii)
{
    const tgc_str *o = tgc_str_of(s);
    size_t n = strlen(ascii);
    return o->length == n && o->kind == 1 && memcmp(tgc_str_units(o), ascii, n) == 0;
}

uint64_t tgc_hash_bytes(const void *p, size_t n)
{
    uint64_t h = tgi_hash_bytes(hash_key, p, n);
    return h == 0 || h == UINT64_MAX ? 2 : h;
}

uint64_t tgc_str_hash_slow(tg_value v)
{
    tgc_str *s = tgc_str_of(v);
    uint64_t h = tgc_hash_bytes(tgc_str_units(s), s->length * s->kind);
    // ORDER: relaxed; S2.
    atom_store_relaxed(&s->hash, h);
    return h;
}

// --- combining

static tg_value concat_spare(tg_thread *t, const tgc_str *x, const tgc_str *y, uint32_t spare)
{
    uint32_t bits = kind_bits(x) | kind_bits(y);
    tgc_str *s = alloc_spare(t, x->length + y->length, bits, spare);
    if (s == NULL)
        return TGC_NULL;
    void *to = tgc_str_units(s);
    units_copy(to, s->kind, 0, tgc_str_units(x), x->kind, x->length);
    units_copy(to, s->kind, x->length, tgc_str_units(y), y->kind, y->length);
    return tgc_from_ptr(s);
}

tg_value tgc_str_concat(tg_thread *t, tg_value a, tg_value b)
{
    const tgc_str *x = tgc_str_of(a), *y = tgc_str_of(b);
    if (y->length == 0)
        return tgc_str_plain(t, a);
    if (x->length == 0)
        return tgc_str_plain(t, b);
    return concat_spare(t, x, y, 0);
}

// See Note [str-spare].
tg_value tgc_str_append_steal(tg_thread *t, tg_value a, tg_value b)
{
    tgc_str *x = tgc_str_of(a);
    const tgc_str *y = tgc_str_of(b);
    if (y->length == 0 && tgc_is_exact(a, &tgc_str_type))
        return a;
    bool unique = a != b && tgc_is_exact(a, &tgc_str_type) && x->length != 0 && !x->interned &&
                  tgc_is_unique(t, &x->head);
    if (unique && y->length <= x->spare && y->kind <= x->kind && y->ascii >= x->ascii) {
        void *to = tgc_str_units(x);
        units_copy(to, x->kind, x->length, tgc_str_units(y), y->kind, y->length);
        x->length += y->length;
        x->spare = x->spare - (uint32_t)y->length;
        units_set(to, x->kind, x->length, 0);
        // ORDER: relaxed; the object is ours alone.
        atom_store_relaxed(&x->hash, 0);
        if (!x->ascii) {
            tgc_str_wide *w = (tgc_str_wide *)x;
            // ORDER: relaxed; the object is ours alone.
            tgi_raw_free(atom_load_relaxed(&w->utf8));
            atom_store_relaxed(&w->utf8, NULL); // ORDER: relaxed; as above.
        }
        return a;
    }
    tg_value result;
    if (unique) {
        size_t total = x->length + y->length;
        size_t spare = x->growing ? total / 2 + 16 : total / 8;
        result = concat_spare(t, x, y, spare > INT32_MAX / 2 ? INT32_MAX / 2 : (uint32_t)spare);
        if (result != TGC_NULL)
            tgc_str_of(result)->growing = 1;
    } else {
        result = tgc_str_concat(t, a, b);
    }
    tgc_release(t, a);
    return result;
}

tg_value tgc_str_join(tg_thread *t, const tg_value *parts, size_t n)
{
    size_t total = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        const tgc_str *s = tgc_str_of(parts[i]);
        if (s->length == 0)
            continue;
        total += s->length;
        bits |= kind_bits(s);
    }
    if (total == 0)
        return tgc_str_empty();
    tgc_str *s = tgc_str_alloc(t, total, bits);
    if (s == NULL)
        return TGC_NULL;
    void *to = tgc_str_units(s);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const tgc_str *part = tgc_str_of(parts[i]);
        units_copy(to, s->kind, at, tgc_str_units(part), part->kind, part->length);
        at += part->length;
    }
    return tgc_from_ptr(s);
}

tg_value tgc_str_sub(tg_thread *t, tg_value s, size_t from, size_t to)
{
    const tgc_str *o = tgc_str_of(s);
    if (from >= to)
        return tgc_str_empty();
    if (to - from == o->length)
        return tgc_str_plain(t, s);
    const char *units = (const char *)tgc_str_units(o) + from * o->kind;
    if (o->ascii)
        return tgc_str_ascii(t, units, to - from);
    return tgc_str_from_units(t, units, to - from, o->kind);
}

tg_value tgc_str_repeat(tg_thread *t, tg_value s, int64_t times)
{
    const tgc_str *o = tgc_str_of(s);
    if (times <= 0 || o->length == 0)
        return tgc_str_empty();
    if (times == 1)
        return tgc_str_plain(t, s);
    if ((uint64_t)times > STR_MAX / o->length)
        return tgc_raise_nomem(t);
    size_t n = o->length * (size_t)times;
    tgc_str *r = tgc_str_alloc(t, n, kind_bits(o));
    if (r == NULL)
        return TGC_NULL;
    char *to = tgc_str_units(r);
    if (o->length == 1) {
        units_fill(to, r->kind, 0, units_get(tgc_str_units(o), o->kind, 0), n);
    } else {
        size_t unit = o->length * o->kind, total = n * o->kind, done = unit;
        memcpy(to, tgc_str_units(o), unit);
        while (done < total) {
            size_t more = done < total - done ? done : total - done;
            memcpy(to + done, to, more);
            done += more;
        }
    }
    return tgc_from_ptr(r);
}
