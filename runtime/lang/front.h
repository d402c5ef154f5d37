// SPDX-License-Identifier: MIT
//
// front.h - what every pass over one source text shares: text, names, memory, errors. Layer lang.
//
// Note [escape]: every byte a pass allocates is in the arena, so a pass reports an error (bad
// source, no memory) by tgi_front_fail or tgi_front_alloc, which jump to the running tgi_front_run
// and never return. Nothing has to be released on the way.
#ifndef TGI_LANG_FRONT_H
#define TGI_LANG_FRONT_H

#include <setjmp.h> // jmp_buf
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lang/arena.h"        // tgi_arena
#include "lang/syntax_error.h" // tgi_syntax_error

typedef struct tgi_name {
    const char *text; // NUL-terminated UTF-8
    uint32_t length;
    uint32_t hash;
    uint8_t keyword; // its token kind if it is a keyword, else 0
    struct tgi_name *next;
} tgi_name;

typedef struct tgi_front {
    tgi_arena arena;
    const char *filename;
    // The source with its line ends made "\n", ending in "\n" (unless empty) and NUL, without byte
    // order mark.
    const char *text;
    uint32_t length;
    uint32_t *lines; // offset of each line's first byte
    uint32_t line_count;
    uint32_t unclosed; // 1 + offset of the innermost bracket open at the end, 0 if none
    char unclosed_kind;

    tgi_name **names; // hash table of all names, chained
    uint32_t name_buckets;
    uint32_t name_count;

    tgi_syntax_error *error;
    int status; // 0, or why the pass ended: see tgi_front_outcome
    jmp_buf *escape;
} tgi_front;

enum tgi_front_outcome { TGI_FRONT_OK, TGI_FRONT_SYNTAX, TGI_FRONT_NOMEM };

// Runs pass(front, argument); returns a tgi_front_outcome. May be nested: an inner run hides the
// outer one.
int tgi_front_run(tgi_front *front, void (*pass)(tgi_front *front, void *argument), void *argument);

// Copies and checks the source; to be called inside tgi_front_run, first.
void tgi_front_open(tgi_front *front, const char *source, size_t length);
void tgi_front_close(tgi_front *front);

// See Note [escape]. start and end are byte offsets of the text; start == end leaves the end open.
_Noreturn void tgi_front_fail(tgi_front *front, tgi_syntax_kind kind, uint32_t start, uint32_t end,
                              const char *format, ...) __attribute__((format(printf, 5, 6)));
_Noreturn void tgi_front_fail_nomem(tgi_front *front);
void *tgi_front_alloc(tgi_front *front, size_t size);
// An array grown to hold at least `needed` items; the old one is left behind in the arena.
void *tgi_front_grow(tgi_front *front, void *old, uint32_t *capacity, uint32_t needed, size_t item);

tgi_name *tgi_front_name(tgi_front *front, const char *text, uint32_t length);

// 1-based line and 0-based byte column of an offset.
void tgi_front_locate(const tgi_front *front, uint32_t offset, uint32_t *line, uint32_t *column);
uint32_t tgi_front_line(const tgi_front *front, uint32_t offset);

#endif
