// SPDX-License-Identifier: MIT
//
// unicode.h - what kind of character it is, and its other cases. Layer core/object.
//
// Rejected    the C library's tables: they depend on the locales installed, know no one-to-many
//             mappings and differ from Python's idea of digits and printable characters;
//             libunistring: a dependency for 20 KB of data.
#ifndef TGC_OBJECT_UNICODE_H
#define TGC_OBJECT_UNICODE_H

#include "core/policy/names.h" // TG_CORE_SYM

#include <stddef.h> // size_t
#include <stdint.h> // uint32_t

enum {
    TGC_UNI_ALPHA = 1 << 0,
    TGC_UNI_DECIMAL = 1 << 1,
    TGC_UNI_DIGIT = 1 << 2,
    TGC_UNI_NUMERIC = 1 << 3,
    TGC_UNI_LOWER = 1 << 4,
    TGC_UNI_UPPER = 1 << 5,
    TGC_UNI_TITLE = 1 << 6,
    TGC_UNI_SPACE = 1 << 7,
    TGC_UNI_PRINTABLE = 1 << 8,
    TGC_UNI_ID_START = 1 << 9,
    TGC_UNI_ID_CONTINUE = 1 << 10,
    TGC_UNI_CASED = 1 << 11,
    TGC_UNI_IGNORABLE = 1 << 12, // between cased characters it does not end a word
    TGC_UNI_LINE_BREAK = 1 << 13,
};

#define tgc_unicode_flags_slow TG_CORE_SYM(tgc_unicode_flags_slow)
unsigned tgc_unicode_flags_slow(uint32_t c);
#define tgc_unicode_ascii TG_CORE_SYM(tgc_unicode_ascii)
extern const uint16_t tgc_unicode_ascii[128];
static inline unsigned tgc_unicode_flags(uint32_t c)
{
    return c < 128 ? tgc_unicode_ascii[c] : tgc_unicode_flags_slow(c);
}
#define tgc_unicode_decimal TG_CORE_SYM(tgc_unicode_decimal)
int tgc_unicode_decimal(uint32_t c); // 0..9, or -1

typedef enum tgc_case { TGC_CASE_UPPER, TGC_CASE_LOWER, TGC_CASE_TITLE, TGC_CASE_FOLD } tgc_case;
// The full mapping of one character, without context; returns how many characters it is.
#define tgc_unicode_map TG_CORE_SYM(tgc_unicode_map)
size_t tgc_unicode_map(tgc_case to, uint32_t c, uint32_t out[3]);

#endif
