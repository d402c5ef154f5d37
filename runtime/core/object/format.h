// SPDX-License-Identifier: MIT
//
// format.h - text from values: format specs, str.format, the % operator. Layer core/object.
//
// Reading order: format.c (the spec and padding), format_number.c (int and float), format_method.c
// (str.format), format_percent.c (%).
#ifndef TGC_OBJECT_FORMAT_H
#define TGC_OBJECT_FORMAT_H

#include "core/object/object.h" // tg_value
#include "core/object/str.h"    // tgc_strbuf

// [[fill]align][sign][z][#][0][width][grouping][.precision][type]
typedef struct tgc_spec {
    uint32_t fill;    // ' ' unless given
    char align;       // '<' '>' '^' '=', 0 if not given
    char sign;        // '+' '-' ' ', 0 if not given
    bool no_neg_zero; // z
    bool alternate;   // #
    char grouping;    // ',' '_' or 0
    bool fill_given;
    int64_t width;     // -1 if not given
    int64_t precision; // -1 if not given
    uint32_t type;     // code point, 0 if not given
} tgc_spec;

// ValueError if text is no spec; `v` is named in the messages.
#define tgc_spec_parse TG_CORE_SYM(tgc_spec_parse)
int tgc_spec_parse(tg_thread *t, tg_value text, tg_value v, tgc_spec *out);

// The __format__ of the types; spec is a str.
#define tgc_int_format TG_CORE_SYM(tgc_int_format)
tg_value tgc_int_format(tg_thread *t, tg_value v, tg_value spec);
#define tgc_float_format TG_CORE_SYM(tgc_float_format)
tg_value tgc_float_format(tg_thread *t, tg_value v, tg_value spec);
#define tgc_str_format_spec TG_CORE_SYM(tgc_str_format_spec)
tg_value tgc_str_format_spec(tg_thread *t, tg_value v, tg_value spec);
// For types without a format of their own: str(v) if spec is empty, else TypeError "unsupported
// format string passed to X.__format__".
#define tgc_object_format TG_CORE_SYM(tgc_object_format)
tg_value tgc_object_format(tg_thread *t, tg_value v, tg_value spec);

// fmt % args, fmt a str.
#define tgc_str_percent TG_CORE_SYM(tgc_str_percent)
tg_value tgc_str_percent(tg_thread *t, tg_value fmt, tg_value args);
#define tgc_bytes_percent TG_CORE_SYM(tgc_bytes_percent)
tg_value tgc_bytes_percent(tg_thread *t, tg_value fmt, tg_value args); // fmt bytes
// fmt.format(*args, **kw); args without self.
#define tgc_str_format_method TG_CORE_SYM(tgc_str_format_method)
tg_value tgc_str_format_method(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                               tg_value kwnames);
// fmt.format_map(mapping).
#define tgc_str_format_map TG_CORE_SYM(tgc_str_format_map)
tg_value tgc_str_format_map(tg_thread *t, tg_value self, tg_value mapping);

// d in one of e E f F g G %, r for repr; the text of the number without padding, into b. precision
// -1: 6.
#define tgc_format_double TG_CORE_SYM(tgc_format_double)
int tgc_format_double(tg_thread *t, tgc_strbuf *b, double d, char type, int64_t precision,
                      bool alternate);

#endif
