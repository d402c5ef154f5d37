// SPDX-License-Identifier: MIT
//
// compile.h - source text to compiled unit: the door of this layer. Layer lang.
#ifndef TGI_LANG_COMPILE_H
#define TGI_LANG_COMPILE_H

#include <stddef.h> // size_t

#include "bytecode/unit.h"     // tgi_unit
#include "lang/syntax_error.h" // tgi_syntax_error
#include "togil/status.h"      // tg_status

typedef enum tgi_compile_mode {
    TGI_MODULE,     // statements; the unit returns None
    TGI_EXPRESSION, // one expression; the unit returns its value
} tgi_compile_mode;

// TG_OK and *out, which the caller frees with tgi_unit_free; TG_ERR_NOMEM; or TG_ERR_ARG and *error
// filled when the source is not a program of this language. The source need not end in NUL. Any
// thread.
tg_status tgi_compile(const char *source, size_t length, const char *filename,
                      tgi_compile_mode mode, tgi_unit **out, tgi_syntax_error *error);

#endif
