// SPDX-License-Identifier: MIT
//
// support.h - compiling in tests, and a check of a unit's structure.
#ifndef TG_TEST_LANG_SUPPORT_H
#define TG_TEST_LANG_SUPPORT_H

#include <stdlib.h> // free
#include <string.h> // strlen

#include "lang/compile.h"
#include "test.h"

// The unit of a source that must compile.
static inline tgi_unit *compile_good(const char *source)
{
    tgi_unit *unit = NULL;
    tgi_syntax_error error = {0};
    tg_status st = tgi_compile(source, strlen(source), "test.py", TGI_MODULE, &unit, &error);
    if (st != TG_OK)
        test_fail(__FILE__, __LINE__, "%s: refused at %u:%u: %s", source, error.line, error.column,
                  error.message);
    return unit;
}

static inline tgi_unit *nested_unit(const tgi_unit *unit, const char *name)
{
    for (uint32_t i = 0; i < unit->const_count; i++) {
        tgi_unit *inner = unit->consts[i].unit;
        if (inner != NULL && strcmp(inner->name, name) == 0)
            return inner;
    }
    return NULL;
}

static inline uint32_t count_op(const tgi_unit *unit, tgi_opcode op)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < unit->code_count; i++)
        count += unit->code[i].op == op;
    return count;
}

// Every operand names something that exists; NULL if so, else what is wrong.
static inline const char *structure_error(const tgi_unit *unit)
{
    for (uint32_t i = 0; i < unit->code_count; i++) {
        const tgi_ins *ins = &unit->code[i];
        const uint16_t operands[] = {ins->a, ins->b, ins->c};
        if (ins->op >= TGI_OP_COUNT)
            return "unknown instruction";
        const char *format = tgi_opcode_table[ins->op].format;
        for (int k = 0; format[k] != '\0'; k++) {
            uint32_t value = operands[k];
            switch (format[k]) {
            case 'w':
            case 'r':
            case 'k':
                if (value >= unit->nregs && !(ins->op == TGI_OP_MAKEFUNC && value == TGI_REG_NONE))
                    return "register out of range";
                break;
            case 'K':
                if (value >= unit->const_count)
                    return "constant out of range";
                break;
            case 'N':
                if (value >= unit->attr_count)
                    return "attribute site out of range";
                break;
            case 'G':
                if (value >= unit->global_count)
                    return "global site out of range";
                break;
            case 'j':
                if (i + 1 + (uint32_t)(int16_t)ins->c >= unit->code_count)
                    return "short jump out of range";
                break;
            case 'J':
                if (i + 1 + tgi_ins_jump32(*ins) >= unit->code_count)
                    return "jump out of range";
                break;
            default:
                break;
            }
        }
    }
    if (unit->code_count == 0 ||
        strchr(tgi_opcode_table[unit->code[unit->code_count - 1].op].effects, 'T') == NULL)
        return "control falls off the end";
    for (uint32_t i = 0; i < unit->handler_count; i++) {
        const tgi_handler *h = &unit->handlers[i];
        if (h->start >= h->end || h->end > unit->code_count || h->target >= unit->code_count ||
            h->reg >= unit->nlocals)
            return "bad handler";
    }
    for (uint32_t i = 0; i < unit->nlocals; i++) {
        if (unit->local_names[i] != TGI_REG_NONE && unit->local_names[i] >= unit->const_count)
            return "bad name of a local";
    }
    for (uint32_t i = 0; i < unit->const_count; i++) {
        const char *inner =
            unit->consts[i].unit == NULL ? NULL : structure_error(unit->consts[i].unit);
        if (inner != NULL)
            return inner;
        for (uint32_t k = 0; k < unit->consts[i].count; k++) {
            if (unit->consts[i].items[k] >= i)
                return "a tuple names a later constant";
        }
    }
    return NULL;
}

#endif
