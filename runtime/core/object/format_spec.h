// SPDX-License-Identifier: MIT
//
// format_spec.h - what the formatting files share. Layer core/object; private to format*.c.
#ifndef TGC_OBJECT_FORMAT_SPEC_H
#define TGC_OBJECT_FORMAT_SPEC_H

#include "core/object/format.h" // tgc_spec

// A number's text in pieces: sign prefix digits rest. The digits take the grouping and the zeros.
typedef struct tgc_number_text {
    char sign; // 0 if none
    char prefix[2];
    unsigned prefix_length;
    const char *digits;
    size_t digit_count;
    const char *rest; // ".5", "e+10", "%"
    size_t rest_length;
} tgc_number_text;

// Appends the number padded and grouped as the spec says. default_align is '>' for numbers.
#define tgc_spec_put_number TG_CORE_SYM(tgc_spec_put_number)
int tgc_spec_put_number(tg_thread *t, tgc_strbuf *b, const tgc_spec *spec,
                        const tgc_number_text *n);
#define tgc_spec_parse_for TG_CORE_SYM(tgc_spec_parse_for)
int tgc_spec_parse_for(tg_thread *t, tg_value text, tg_value v, char default_align, tgc_spec *out);
// ValueError "Unknown format code ...".
#define tgc_spec_unknown TG_CORE_SYM(tgc_spec_unknown)
tg_value tgc_spec_unknown(tg_thread *t, uint32_t code, tg_value v);

// The text of |d| (with '-' for negatives, also for -0.0) in the style of type e, f, g (and upper
// case) or 'r' for repr; with `dot_zero` as str() shows it: never without a point. A short one goes
// into `small`; else the result is from tgi_raw_alloc and the caller frees it. NULL: raised.
#define tgc_double_text TG_CORE_SYM(tgc_double_text)
char *tgc_double_text(tg_thread *t, double d, char type, int precision, bool alternate,
                      bool dot_zero, char *small, size_t small_size, size_t *n);

#endif
