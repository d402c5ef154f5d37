// SPDX-License-Identifier: MIT
//
// string_literal.h - the parts of a string token and the value of its escapes. Layer lang.
#ifndef TGI_LANG_STRING_LITERAL_H
#define TGI_LANG_STRING_LITERAL_H

#include "lang/front.h" // tgi_front

typedef struct tgi_string_token {
    bool raw, bytes, format;
    uint32_t start, end; // of the text between the quotes
} tgi_string_token;

typedef struct tgi_text { // grows in the arena
    char *bytes;
    uint32_t size, capacity;
} tgi_text;

tgi_string_token tgi_split_string(const tgi_front *front, uint32_t start, uint32_t end);
void tgi_text_add(tgi_front *front, tgi_text *text, const char *bytes, uint32_t size);
// Appends the value of the text [start, end) of a literal; the errors name that range.
void tgi_decode_string(tgi_front *front, const tgi_string_token *token, uint32_t start,
                       uint32_t end, tgi_text *out);

#endif
