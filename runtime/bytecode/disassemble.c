// SPDX-License-Identifier: MIT
//
// disassemble.c - a unit and the units nested in it as text, one line per instruction.
//
//     f (script.py, line 1): 1 parameter, 2 locals, 1 temporary
//       line   pc  instruction  operands
//          2    0  JNLTK        n, 2 -> 2
//               1  RET          n
//          3 >  2  GETGLOBAL    t0 = fib
//
// Registers appear as the variable they hold, %N for a hidden local, tN for a temporary. What is
// written stands before "=", what is jumped to behind "->"; ">" marks a place that is jumped to.
//
// Owns        nothing; the text belongs to the caller.
// Threads     any; a unit does not change.
// Invariants  L1  A unit that tgi_unit_verify refuses is still printed without reading outside it.
#include "bytecode/unit.h"

#include <stdarg.h> // va_list
#include <stdio.h>  // vsnprintf
#include <stdlib.h> // realloc
#include <string.h> // strlen

enum { SHOWN_BYTES = 48, SHOWN_ITEMS = 8, SHOWN_NESTING = 4, OPERANDS_COLUMN = 13 };

typedef struct text {
    char *data;
    size_t used, capacity;
    bool failed; // memory ran out; everything after is dropped
} text;

static bool reserve(text *out, size_t more)
{
    if (out->failed)
        return false;
    if (out->capacity - out->used > more)
        return true;
    size_t capacity = out->capacity * 2 + more + 256;
    char *data = realloc(out->data, capacity);
    if (data == NULL) {
        out->failed = true;
        return false;
    }
    out->data = data;
    out->capacity = capacity;
    return true;
}

static void __attribute__((format(printf, 2, 3))) put(text *out, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n >= 0 && reserve(out, (size_t)n)) {
        vsnprintf(out->data + out->used, (size_t)n + 1, format, again);
        out->used += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

// --- constants

static void put_quoted(text *out, const char *s, size_t n, bool is_text)
{
    size_t shown = n < SHOWN_BYTES ? n : SHOWN_BYTES;
    while (is_text && shown < n && shown > 0 && ((unsigned char)s[shown] & 0xc0) == 0x80)
        shown--; // not into the middle of a character
    put(out, "%s'", is_text ? "" : "b");
    for (size_t i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)s[i];
        // A lone surrogate, ED A0..BF xx, is no UTF-8; show its bytes.
        bool lone = c == 0xed && i + 1 < n && (unsigned char)s[i + 1] >= 0xa0;
        if (c == '\n')
            put(out, "\\n");
        else if (c == '\'' || c == '\\')
            put(out, "\\%c", c);
        else if (c < 32 || c == 127 || (c >= 128 && !is_text))
            put(out, "\\x%02x", c);
        else if (lone && i + 2 < n) {
            put(out, "\\u%04x",
                0xd000u | ((unsigned char)s[i + 1] & 0x3fu) << 6 |
                    ((unsigned char)s[i + 2] & 0x3fu));
            i += 2;
        } else
            put(out, "%c", c);
    }
    put(out, "'%s", shown < n ? ".." : "");
}

static void put_float(text *out, double d)
{
    char s[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(s, sizeof s, "%.*g", digits, d);
        if (strtod(s, NULL) == d)
            break;
    }
    put(out, "%s%s", s, strpbrk(s, ".einf") == NULL ? ".0" : "");
}

static void put_const(text *out, const tgi_unit *unit, uint32_t index, int nesting)
{
    if (index >= unit->const_count) {
        put(out, "constant %u?", index);
        return;
    }
    const tgi_const *k = &unit->consts[index];
    switch (k->kind) {
    case TGI_CONST_NONE:
        put(out, "None");
        break;
    case TGI_CONST_FALSE:
        put(out, "False");
        break;
    case TGI_CONST_TRUE:
        put(out, "True");
        break;
    case TGI_CONST_ELLIPSIS:
        put(out, "...");
        break;
    case TGI_CONST_INT:
        put(out, "%lld", (long long)k->integer);
        break;
    case TGI_CONST_BIGINT:
        put(out, "%.*s%s", SHOWN_BYTES, k->text, strlen(k->text) > SHOWN_BYTES ? ".." : "");
        break;
    case TGI_CONST_FLOAT:
        put_float(out, k->real);
        break;
    case TGI_CONST_STR:
    case TGI_CONST_BYTES:
        put_quoted(out, k->text, k->size, k->kind == TGI_CONST_STR);
        break;
    case TGI_CONST_TUPLE:
        put(out, "(");
        for (uint32_t i = 0; i < k->count; i++) {
            put(out, "%s", i > 0 ? ", " : "");
            if (i == SHOWN_ITEMS || nesting == SHOWN_NESTING) {
                put(out, "..");
                break;
            }
            put_const(out, unit, k->items[i], nesting + 1);
        }
        put(out, k->count == 1 ? ",)" : ")");
        break;
    case TGI_CONST_UNIT:
        put(out, "<code of %s>", k->unit != NULL && k->unit->qualname ? k->unit->qualname : "?");
        break;
    default:
        put(out, "constant %u?", index);
    }
}

// A name: the text of a constant without quotes.
static void put_name(text *out, const tgi_unit *unit, const uint32_t *names, uint32_t count,
                     uint32_t index)
{
    uint32_t k = index < count ? names[index] : TGI_REG_NONE;
    if (k < unit->const_count && unit->consts[k].kind == TGI_CONST_STR)
        put(out, "%s", unit->consts[k].text);
    else
        put(out, "name %u?", index);
}

// --- operands

static void put_register(text *out, const tgi_unit *unit, uint32_t reg)
{
    if (reg == TGI_REG_NONE)
        put(out, "none");
    else if (reg >= unit->nlocals)
        put(out, "t%u", reg - unit->nlocals);
    else if (unit->local_names != NULL && unit->local_names[reg] != TGI_REG_NONE)
        put_name(out, unit, unit->local_names, unit->nlocals, reg);
    else
        put(out, "%%%u", reg);
}

static bool names_closure_cell(tgi_ins ins, int operand)
{
    switch ((tgi_opcode)ins.op) {
    case TGI_OP_GETFREE:
    case TGI_OP_LOADFREE:
    case TGI_OP_GETNAMEFREE:
        return operand == 1;
    case TGI_OP_SETFREE:
    case TGI_OP_DELFREE:
        return operand == 0;
    default:
        return false;
    }
}

static void put_operand(text *out, const tgi_unit *unit, tgi_ins ins, int operand)
{
    char kind = tgi_opcode_table[ins.op].format[operand];
    uint16_t v = operand == 0 ? ins.a : operand == 1 ? ins.b : ins.c;
    switch (kind) {
    case 'w':
    case 'r':
    case 'k':
        put_register(out, unit, v);
        break;
    case 'K':
        put_const(out, unit, v, 0);
        break;
    case 'I':
        put(out, "%d", (int16_t)v);
        break;
    case 'N':
        put(out, ".");
        put_name(out, unit, unit->attr_names, unit->attr_count, v);
        break;
    case 'G':
        put_name(out, unit, unit->global_names, unit->global_count, v);
        break;
    default:
        if (names_closure_cell(ins, operand))
            put_name(out, unit, unit->free_names, unit->free_count, v);
        else if (ins.op == TGI_OP_SETHANDLED)
            put_register(out, unit, v);
        else
            put(out, "%u", v);
    }
}

// The instruction that `at` may jump to, or UINT32_MAX.
static uint32_t jump_target(const tgi_unit *unit, uint32_t at)
{
    tgi_ins ins = unit->code[at];
    const char *format = tgi_opcode_table[ins.op].format;
    if (format[1] == 'J')
        return at + 1 + tgi_ins_jump32(ins);
    return format[2] == 'j' ? at + 1 + (uint32_t)(int32_t)(int16_t)ins.c : UINT32_MAX;
}

static void put_operands(text *out, const tgi_unit *unit, uint32_t at)
{
    tgi_ins ins = unit->code[at];
    const char *format = tgi_opcode_table[ins.op].format;
    // The written register first, wherever the instruction keeps it.
    int written = format[0] == 'w' ? 0 : format[2] == 'w' ? 2 : -1;
    const char *between = "";
    if (written >= 0) {
        put_operand(out, unit, ins, written);
        between = " = ";
    }
    for (int i = 0; i < 3; i++) {
        if (i == written || format[i] == '-' || format[i] == 'j')
            continue;
        if (format[i] == 'J')
            break;
        put(out, "%s", between);
        put_operand(out, unit, ins, i);
        between = ", ";
    }
    uint32_t target = jump_target(unit, at);
    if (target != UINT32_MAX)
        put(out, "%s-> %u", between[0] == '\0' ? "" : " ", target);
}

// --- units

static void put_count(text *out, const char *before, uint32_t n, const char *what)
{
    put(out, "%s%u %s%s", before, n, what, n == 1 ? "" : "s");
}

static void put_head(text *out, const tgi_unit *unit)
{
    uint32_t parameters = unit->positional_count + unit->kwonly_count +
                          ((unit->flags & TGI_UNIT_VARARGS) != 0) +
                          ((unit->flags & TGI_UNIT_VARKW) != 0);
    put(out, "%s (%s, line %u): ", unit->qualname != NULL ? unit->qualname : "?",
        unit->filename != NULL ? unit->filename : "?", unit->first_line);
    put_count(out, "", parameters, "parameter");
    put_count(out, ", ", unit->nlocals, "local");
    uint32_t temps = unit->nregs - unit->nlocals;
    put(out, ", %u temporar%s", temps, temps == 1 ? "y" : "ies");
    put(out, "%s\n", (unit->flags & TGI_UNIT_GENERATOR) != 0 ? ", generator" : "");
}

// One byte per instruction: is it jumped to? NULL without memory.
static char *targets_of(const tgi_unit *unit)
{
    char *marks = calloc((size_t)unit->code_count + 1, 1);
    for (uint32_t i = 0; marks != NULL && i < unit->code_count; i++) {
        uint32_t target = unit->code[i].op < TGI_OP_COUNT ? jump_target(unit, i) : UINT32_MAX;
        if (target < unit->code_count)
            marks[target] = 1;
    }
    for (uint32_t i = 0; marks != NULL && i < unit->handler_count; i++) {
        if (unit->handlers[i].target < unit->code_count)
            marks[unit->handlers[i].target] = 1;
    }
    return marks;
}

static void put_code(text *out, const tgi_unit *unit, const char *is_target)
{
    uint32_t line = 0;
    put(out, "  line   pc  %-*soperands\n", OPERANDS_COLUMN, "instruction");
    for (uint32_t i = 0; i < unit->code_count; i++) {
        uint32_t here = unit->positions != NULL ? unit->positions[i].line : 0;
        if (here != line && here != 0)
            put(out, "%6u", here);
        else
            put(out, "      ");
        line = here != 0 ? here : line;
        put(out, " %c %3u  ", is_target[i] ? '>' : ' ', i);
        tgi_ins ins = unit->code[i];
        if (ins.op >= TGI_OP_COUNT) {
            put(out, "instruction %u? %u %u %u\n", ins.op, ins.a, ins.b, ins.c);
            continue;
        }
        const tgi_opcode_info *info = &tgi_opcode_table[ins.op];
        bool bare = strcmp(info->format, "---") == 0;
        put(out, "%-*s", bare ? 0 : OPERANDS_COLUMN, info->name);
        put_operands(out, unit, i);
        put(out, "\n");
    }
}

static void put_handlers(text *out, const tgi_unit *unit)
{
    if (unit->handler_count > 0)
        put(out, "  handlers\n");
    for (uint32_t i = 0; i < unit->handler_count; i++) {
        const tgi_handler *h = &unit->handlers[i];
        put(out, "    %u to %u -> %u, exception in ", h->start, h->end - 1, h->target);
        put_register(out, unit, h->reg);
        put(out, "\n");
    }
}

static void put_unit(text *out, const tgi_unit *unit)
{
    char *is_target = targets_of(unit);
    if (is_target == NULL) {
        out->failed = true;
        return;
    }
    put_head(out, unit);
    put_code(out, unit, is_target);
    put_handlers(out, unit);
    free(is_target);
    for (uint32_t i = 0; i < unit->const_count && !out->failed; i++) {
        if (unit->consts[i].kind == TGI_CONST_UNIT && unit->consts[i].unit != NULL) {
            put(out, "\n");
            put_unit(out, unit->consts[i].unit);
        }
    }
}

char *tgi_unit_disassemble(const tgi_unit *unit)
{
    text out = {NULL, 0, 0, false};
    put_unit(&out, unit);
    if (out.failed || !reserve(&out, 1)) {
        free(out.data);
        return NULL;
    }
    out.data[out.used] = '\0';
    return out.data;
}
