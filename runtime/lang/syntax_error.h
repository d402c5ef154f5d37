// SPDX-License-Identifier: MIT
//
// syntax_error.h - why a source text was refused. Layer lang.
#ifndef TGI_LANG_SYNTAX_ERROR_H
#define TGI_LANG_SYNTAX_ERROR_H

#include <stdint.h>

typedef enum tgi_syntax_kind {
    TGI_SYNTAX_ERROR,
    TGI_INDENTATION_ERROR,
    TGI_TAB_ERROR,
} tgi_syntax_kind;

// Lines and columns count from 1, columns in characters; 0 means unknown. end_column is exclusive.
typedef struct tgi_syntax_error {
    tgi_syntax_kind kind;
    uint32_t line, column;
    uint32_t end_line, end_column;
    char message[256];
} tgi_syntax_error;

#endif
