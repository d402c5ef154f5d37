// SPDX-License-Identifier: MIT
//
// utf8.h - one code point in, one code point out. Layer lang.
#ifndef TGI_LANG_UTF8_H
#define TGI_LANG_UTF8_H

#include <stdint.h>

// Decodes one code point of at most `room` (> 0) bytes; returns its size, or 0 if it is not valid
// UTF-8.
static inline uint32_t utf8_decode(const char *text, uint32_t room, uint32_t *point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text[0];
    *point = first;
    if (first < 0x80)
        return 1;
    uint32_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || size > room)
        return 0;
    uint32_t value = first & (0x7Fu >> size);
    for (uint32_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (next & 0x3F);
    }
    if (value < least[size] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return 0;
    *point = value;
    return size;
}

// Writes at most 4 bytes; surrogates are written as three bytes. Returns the size.
static inline uint32_t utf8_encode(uint32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

#endif
