// SPDX-License-Identifier: MIT
//
// build.h - small units by hand.
#ifndef TG_TEST_BYTECODE_BUILD_H
#define TG_TEST_BYTECODE_BUILD_H

#include <stdlib.h> // calloc
#include <string.h> // strdup

#include "bytecode/unit.h"
#include "test.h"

// Constants of every unit made here.
enum { K_NONE, K_STR, K_INT, K_TUPLE, K_NAMES, K_FLOAT, K_COUNT };

// A unit with 2 locals (x and a hidden one), 4 temporaries and one site of each kind.
static inline tgi_unit *unit_of(const tgi_ins *code, uint32_t count)
{
    tgi_unit *u = tgi_unit_new();
    REQUIRE(u != NULL);
    u->name = strdup("f");
    u->qualname = strdup("f");
    u->filename = strdup("test.py");
    u->first_line = 1;
    u->code = calloc(count + 1, sizeof *u->code);
    u->positions = calloc(count + 1, sizeof *u->positions);
    memcpy(u->code, code, count * sizeof *code);
    for (uint32_t i = 0; i < count; i++)
        u->positions[i].line = i / 2 + 1;
    u->code_count = count;
    u->consts = calloc(K_COUNT, sizeof *u->consts);
    u->const_count = K_COUNT;
    u->consts[K_STR] = (tgi_const){.kind = TGI_CONST_STR, .text = strdup("x"), .size = 1};
    u->consts[K_INT] = (tgi_const){.kind = TGI_CONST_INT, .integer = 42};
    u->consts[K_TUPLE] = (tgi_const){.kind = TGI_CONST_TUPLE, .count = 1};
    u->consts[K_TUPLE].items = calloc(1, sizeof(uint32_t));
    u->consts[K_TUPLE].items[0] = K_INT;
    u->consts[K_NAMES] = (tgi_const){.kind = TGI_CONST_TUPLE, .count = 1};
    u->consts[K_NAMES].items = calloc(1, sizeof(uint32_t));
    u->consts[K_NAMES].items[0] = K_STR;
    u->consts[K_FLOAT] = (tgi_const){.kind = TGI_CONST_FLOAT, .real = 0.1};
    u->doc = TGI_REG_NONE;
    u->positional_count = 1;
    u->nlocals = 2;
    u->nregs = 6;
    u->local_names = calloc(2, sizeof(uint32_t));
    u->local_names[0] = K_STR;
    u->local_names[1] = TGI_REG_NONE;
    u->attr_names = calloc(1, sizeof(uint32_t));
    u->attr_names[0] = K_STR;
    u->attr_count = 1;
    u->global_names = calloc(1, sizeof(uint32_t));
    u->global_names[0] = K_STR;
    u->global_count = 1;
    u->free_names = calloc(1, sizeof(uint32_t));
    u->free_names[0] = K_STR;
    u->free_count = 1;
    return u;
}

#define UNIT(...)                           \
    unit_of((const tgi_ins[]){__VA_ARGS__}, \
            sizeof((const tgi_ins[]){__VA_ARGS__}) / sizeof(tgi_ins))
#define INS(OP, a, b, c)                                         \
    {                                                            \
        TGI_OP_##OP, (uint16_t)(a), (uint16_t)(b), (uint16_t)(c) \
    }

enum { X = 0, HIDDEN = 1, T0 = 2, T1 = 3, T2 = 4, T3 = 5, NO_REG = 6 };

#endif
