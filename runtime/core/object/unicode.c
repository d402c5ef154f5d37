// SPDX-License-Identifier: MIT
//
// unicode.c - lookups in the tables of unicode_class.c and unicode_case.c, by binary search.
#include "core/object/unicode.h" // own interface

#include "core/object/unicode_data.h" // tables

#include <stdbool.h> // results

#define PR TGC_UNI_PRINTABLE
#define DI (PR | TGC_UNI_DECIMAL | TGC_UNI_DIGIT | TGC_UNI_NUMERIC | TGC_UNI_ID_CONTINUE)
#define AL (PR | TGC_UNI_ALPHA | TGC_UNI_ID_START | TGC_UNI_ID_CONTINUE | TGC_UNI_CASED)
#define UP (AL | TGC_UNI_UPPER)
#define LO (AL | TGC_UNI_LOWER)
#define IG (PR | TGC_UNI_IGNORABLE)
#define SP TGC_UNI_SPACE
#define LB (SP | TGC_UNI_LINE_BREAK)

const uint16_t tgc_unicode_ascii[128] = {
    [9] = SP,
    [10 ... 13] = LB,
    [28 ... 30] = LB,
    [31] = SP,
    [' '] = PR | SP,
    ['!' ... '&'] = PR,
    ['\''] = IG,
    ['(' ... '-'] = PR,
    ['.'] = IG,
    ['/'] = PR,
    ['0' ... '9'] = DI,
    [':'] = IG,
    [';' ... '@'] = PR,
    ['A' ... 'Z'] = UP,
    ['[' ... ']'] = PR,
    ['^'] = IG,
    ['_'] = PR | TGC_UNI_ID_START | TGC_UNI_ID_CONTINUE,
    ['`'] = IG,
    ['a' ... 'z'] = LO,
    ['{' ... '~'] = PR,
};

unsigned tgc_unicode_flags_slow(uint32_t c)
{
    size_t low = 0,
           high = tgc_uni_runs_count; // the last run that starts at or before c is in [low, high)
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (tgc_uni_runs[middle] >> 6 <= c)
            low = middle;
        else
            high = middle;
    }
    return tgc_uni_classes[tgc_uni_runs[low] & 63];
}

int tgc_unicode_decimal(uint32_t c)
{
    if (c < 128)
        return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
    for (size_t i = 0; i < tgc_uni_zeros_count; i++) {
        if (c >= tgc_uni_zeros[i] && c < tgc_uni_zeros[i] + 10)
            return (int)(c - tgc_uni_zeros[i]);
    }
    return -1;
}

static bool map_single(const tgc_uni_map *runs, size_t count, uint32_t c, uint32_t *out)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (runs[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    // Runs of step 2 may interleave: the one that holds c is here or next to here.
    for (size_t i = low; i < count && i < low + 3; i++) {
        const tgc_uni_map *run = &runs[i];
        if (c >= run->first && c <= run->last && (c - run->first) % run->step == 0) {
            *out = (uint32_t)((int32_t)c + run->distance);
            return true;
        }
    }
    return false;
}

static size_t map_special(const tgc_uni_special *specials, size_t count, uint32_t c,
                          uint32_t out[3])
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (specials[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count || specials[low].from != c)
        return 0;
    size_t n = 0;
    for (; n < 3 && specials[low].to[n] != 0; n++)
        out[n] = specials[low].to[n];
    return n;
}

#define LOOK(name, c, out)                                          \
    (map_single(tgc_uni_##name, tgc_uni_##name##_count, (c), (out)) \
         ? 1                                                        \
         : map_special(tgc_uni_##name##_special, tgc_uni_##name##_special_count, (c), (out)))

size_t tgc_unicode_map(tgc_case to, uint32_t c, uint32_t out[3])
{
    if (c < 128) {
        bool up = to == TGC_CASE_UPPER || to == TGC_CASE_TITLE;
        unsigned flags = tgc_unicode_ascii[c];
        out[0] = up && (flags & TGC_UNI_LOWER) != 0    ? c - 32
                 : !up && (flags & TGC_UNI_UPPER) != 0 ? c + 32
                                                       : c;
        return 1;
    }
    size_t n = to == TGC_CASE_TITLE  ? LOOK(title, c, out)
               : to == TGC_CASE_FOLD ? LOOK(fold, c, out)
                                     : 0;
    if (n == 0)
        n = to == TGC_CASE_UPPER || to == TGC_CASE_TITLE ? LOOK(upper, c, out)
                                                         : LOOK(lower, c, out);
    if (n == 0) {
        out[0] = c;
        n = 1;
    }
    return n;
}
