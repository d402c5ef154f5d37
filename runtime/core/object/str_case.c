// SPDX-License-Identifier: MIT
//
// str_case.c - methods about letters: changing their case, asking what kind they are.
#include "core/object/str_methods.h" // own interface

#include "core/object/str_units.h" // view
#include "core/object/unicode.h"   // tgc_unicode_map

typedef enum change { UPPER, LOWER, FOLD, SWAP, TITLE, CAPITAL } change;

static bool cased(uint32_t c)
{
    return (tgc_unicode_flags(c) & TGC_UNI_CASED) != 0;
}
static bool ignorable(uint32_t c)
{
    return (tgc_unicode_flags(c) & TGC_UNI_IGNORABLE) != 0;
}

// A capital sigma becomes a final one at the end of a word: behind a cased letter and in front of
// none, not counting what may stand between letters (Unicode standard, 3.13, Final_Sigma).
static bool is_final_sigma(tgc_view v, size_t i)
{
    size_t k = i;
    while (k > 0 && ignorable(view_get(v, k - 1)) && !cased(view_get(v, k - 1)))
        k--;
    if (k == 0 || !cased(view_get(v, k - 1)))
        return false;
    for (k = i + 1; k < v.length && ignorable(view_get(v, k)) && !cased(view_get(v, k)); k++) {}
    return k == v.length || !cased(view_get(v, k));
}

static size_t map_char(tgc_view v, size_t i, tgc_case to, uint32_t out[3])
{
    uint32_t c = view_get(v, i);
    if (c == 0x3A3 && to == TGC_CASE_LOWER) {
        out[0] = is_final_sigma(v, i) ? 0x3C2 : 0x3C3;
        return 1;
    }
    return tgc_unicode_map(to, c, out);
}

static tgc_case case_for(change how, uint32_t c, bool *in_word)
{
    switch (how) {
    case UPPER:
        return TGC_CASE_UPPER;
    case LOWER:
        return TGC_CASE_LOWER;
    case FOLD:
        return TGC_CASE_FOLD;
    case SWAP:
        return (tgc_unicode_flags(c) & TGC_UNI_UPPER) != 0 ? TGC_CASE_LOWER : TGC_CASE_UPPER;
    case CAPITAL: {
        bool first = !*in_word;
        *in_word = true;
        return first ? TGC_CASE_TITLE : TGC_CASE_LOWER;
    }
    case TITLE: {
        bool first = !*in_word;
        *in_word = cased(c);
        return first ? TGC_CASE_TITLE : TGC_CASE_LOWER;
    }
    }
    return TGC_CASE_LOWER;
}

// Copies n ASCII characters, changing the case of those from `first` on that are letters of its
// case. Eight at a time: with seven bits per character, a sum tells by its high bit whether the
// character is at least `first`, another one whether it is beyond the last letter.
static void flip_letters(uint8_t *to, const uint8_t *from, size_t n, uint8_t first)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    uint64_t reach_first = ones * (0x80u - first), pass_last = ones * (0x80u - first - 26);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, from + i, 8);
        w ^= ((w + reach_first) & ~(w + pass_last) & high) >> 2;
        memcpy(to + i, &w, 8);
    }
    for (; i < n; i++)
        to[i] = (uint8_t)(from[i] ^ ((uint8_t)(from[i] - first) < 26) * 32);
}

static tg_value change_ascii(tg_thread *t, tgc_view v, change how)
{
    if (v.length == 0)
        return tgc_str_empty();
    tgc_str *s = tgc_str_alloc(t, v.length, 0x7F);
    if (s == NULL)
        return TGC_NULL;
    const uint8_t *from = v.units;
    uint8_t *to = tgc_str_units(s);
    if (how == UPPER || how == LOWER || how == FOLD) {
        flip_letters(to, from, v.length, how == UPPER ? 'a' : 'A');
        return tgc_from_ptr(s);
    }
    bool in_word = false;
    for (size_t i = 0; i < v.length; i++) {
        uint8_t c = from[i];
        bool up = c >= 'A' && c <= 'Z', low = c >= 'a' && c <= 'z';
        bool make_upper = (how == SWAP && low) || ((how == TITLE || how == CAPITAL) && !in_word);
        if (how == TITLE || how == CAPITAL)
            in_word = how == CAPITAL || up || low;
        to[i] = make_upper && low ? (uint8_t)(c - 32) : !make_upper && up ? (uint8_t)(c + 32) : c;
    }
    return tgc_from_ptr(s);
}

static tg_value change_case(tg_thread *t, tg_value s, change how)
{
    tgc_view v = units_view(s);
    if (tgc_str_of(s)->ascii)
        return change_ascii(t, v, how);
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    bool in_word = false;
    for (size_t i = 0; i < v.length; i++) {
        uint32_t mapped[3];
        // swapcase leaves what is neither upper nor lower alone
        uint32_t c = view_get(v, i);
        size_t n = 1;
        if (how == SWAP && (tgc_unicode_flags(c) & (TGC_UNI_UPPER | TGC_UNI_LOWER)) == 0)
            mapped[0] = c;
        else
            n = map_char(v, i, case_for(how, c, &in_word), mapped);
        for (size_t k = 0; k < n; k++) {
            if (tgc_strbuf_append_char(t, &out, mapped[k]) < 0) {
                tgc_strbuf_discard(&out);
                return TGC_NULL;
            }
        }
    }
    return tgc_strbuf_finish(t, &out);
}

#define CASE_METHOD(name, how)                                                       \
    tg_value TGC_STR_METHOD(name)(tg_thread * t, const tg_value *args, size_t nargs, \
                                  tg_value kwnames)                                  \
    {                                                                                \
        (void)nargs;                                                                 \
        (void)kwnames;                                                               \
        return change_case(t, args[0], how);                                         \
    }

CASE_METHOD(upper, UPPER)
CASE_METHOD(lower, LOWER)
CASE_METHOD(casefold, FOLD)
CASE_METHOD(swapcase, SWAP)
CASE_METHOD(title, TITLE)
CASE_METHOD(capitalize, CAPITAL)

// --- questions

// Not empty, and every character has one of the flags.
static tg_value all_have(tg_value s, unsigned flags, bool if_empty)
{
    tgc_view v = units_view(s);
    for (size_t i = 0; i < v.length; i++) {
        if ((tgc_unicode_flags(view_get(v, i)) & flags) == 0)
            return TGC_FALSE;
    }
    return tgc_from_bool(v.length != 0 || if_empty);
}

#define KIND_METHOD(name, flags, if_empty)                                           \
    tg_value TGC_STR_METHOD(name)(tg_thread * t, const tg_value *args, size_t nargs, \
                                  tg_value kwnames)                                  \
    {                                                                                \
        (void)t;                                                                     \
        (void)nargs;                                                                 \
        (void)kwnames;                                                               \
        return all_have(args[0], (flags), (if_empty));                               \
    }

KIND_METHOD(isalpha, TGC_UNI_ALPHA, false)
KIND_METHOD(isalnum, TGC_UNI_ALPHA | TGC_UNI_DECIMAL | TGC_UNI_DIGIT | TGC_UNI_NUMERIC, false)
KIND_METHOD(isdecimal, TGC_UNI_DECIMAL, false)
KIND_METHOD(isdigit, TGC_UNI_DIGIT, false)
KIND_METHOD(isnumeric, TGC_UNI_NUMERIC, false)
KIND_METHOD(isspace, TGC_UNI_SPACE, false)
KIND_METHOD(isprintable, TGC_UNI_PRINTABLE, true)

tg_value TGC_STR_METHOD(isascii)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)t;
    (void)nargs;
    (void)kwnames;
    return tgc_from_bool(tgc_str_of(args[0])->ascii);
}

tg_value TGC_STR_METHOD(isidentifier)(tg_thread *t, const tg_value *args, size_t nargs,
                                      tg_value kwnames)
{
    (void)t;
    (void)nargs;
    (void)kwnames;
    tgc_view v = units_view(args[0]);
    for (size_t i = 0; i < v.length; i++) {
        unsigned need = i == 0 ? TGC_UNI_ID_START : TGC_UNI_ID_CONTINUE;
        if ((tgc_unicode_flags(view_get(v, i)) & need) == 0)
            return TGC_FALSE;
    }
    return tgc_from_bool(v.length != 0);
}

// Some character has the wanted case, and none has another one.
static tg_value only_case(tg_value s, unsigned wanted, unsigned refused)
{
    tgc_view v = units_view(s);
    bool any = false;
    for (size_t i = 0; i < v.length; i++) {
        unsigned flags = tgc_unicode_flags(view_get(v, i));
        if ((flags & refused) != 0)
            return TGC_FALSE;
        any |= (flags & wanted) != 0;
    }
    return tgc_from_bool(any);
}

tg_value TGC_STR_METHOD(islower)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)t;
    (void)nargs;
    (void)kwnames;
    return only_case(args[0], TGC_UNI_LOWER, TGC_UNI_UPPER | TGC_UNI_TITLE);
}

tg_value TGC_STR_METHOD(isupper)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)t;
    (void)nargs;
    (void)kwnames;
    return only_case(args[0], TGC_UNI_UPPER, TGC_UNI_LOWER | TGC_UNI_TITLE);
}

tg_value TGC_STR_METHOD(istitle)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)t;
    (void)nargs;
    (void)kwnames;
    tgc_view v = units_view(args[0]);
    bool any = false, in_word = false;
    for (size_t i = 0; i < v.length; i++) {
        unsigned flags = tgc_unicode_flags(view_get(v, i));
        if ((flags & (TGC_UNI_UPPER | TGC_UNI_TITLE)) != 0) {
            if (in_word)
                return TGC_FALSE;
            any = in_word = true;
        } else if ((flags & TGC_UNI_LOWER) != 0) {
            if (!in_word)
                return TGC_FALSE;
            any = true;
        } else {
            in_word = false;
        }
    }
    return tgc_from_bool(any);
}
