// SPDX-License-Identifier: MIT
//
// lexer_number.h - numeric literals: where they end and what they are worth. Layer lang.
#ifndef TGI_LANG_LEXER_NUMBER_H
#define TGI_LANG_LEXER_NUMBER_H

#include "lang/front.h" // tgi_front

typedef enum tgi_number_kind {
    TGI_NUMBER_INT,    // integer
    TGI_NUMBER_BIGINT, // decimal, beyond int64
    TGI_NUMBER_FLOAT,  // real
} tgi_number_kind;

typedef struct tgi_number {
    tgi_number_kind kind;
    int64_t integer;
    double real;
    const char *decimal; // NUL-terminated digits
} tgi_number;

// The end of the literal that starts at `start`; an error if it is malformed.
uint32_t tgi_lex_number(tgi_front *front, uint32_t start, uint32_t limit);
// The value of a literal that tgi_lex_number accepted.
tgi_number tgi_decode_number(tgi_front *front, uint32_t start, uint32_t end);

#endif
