// SPDX-License-Identifier: MIT
//
// compile_emit.c - instructions, labels, registers and constants of a unit under construction.
#include <string.h> // memcmp, memcpy

#include "lang/compile_internal.h"

enum { FIRST_CONST_BUCKETS = 64, MAX_OPERAND = 0xFFFF };

static _Noreturn void too_large(tgi_gen *g)
{
    tgi_front_fail(g->front, TGI_SYNTAX_ERROR, g->start, g->end,
                   "this code is too large to compile");
}

void tgi_emit(tgi_gen *g, tgi_opcode op, uint32_t a, uint32_t b, uint32_t c)
{
    if (g->dead)
        return;
    g->code = tgi_front_grow(g->front, g->code, &g->code_capacity, g->count + 1, sizeof *g->code);
    g->marks =
        tgi_front_grow(g->front, g->marks, &g->marks_capacity, g->count + 1, sizeof *g->marks);
    g->code[g->count] = (tgi_ins){(uint16_t)op, (uint16_t)a, (uint16_t)b, (uint16_t)c};
    g->marks[g->count] = (tgi_mark){g->start, g->end, 0};
    g->count++;
    if (g->count > INT32_MAX / 4)
        too_large(g);
    if (strchr(tgi_opcode_table[op].effects, 'T') != NULL)
        g->dead = true;
}

void tgi_emit_jump(tgi_gen *g, tgi_opcode op, uint32_t a, uint32_t b, uint32_t label)
{
    if (g->dead)
        return;
    tgi_emit(g, op, a, b, 0);
    g->marks[g->count - 1].label = label + 1;
    g->labels[label].used = true;
}

uint32_t tgi_new_label(tgi_gen *g)
{
    g->labels = tgi_front_grow(g->front, g->labels, &g->label_capacity, g->label_count + 1,
                               sizeof *g->labels);
    g->labels[g->label_count] = (tgi_label){0};
    return g->label_count++;
}

void tgi_place(tgi_gen *g, uint32_t label)
{
    g->labels[label].at = g->count;
    if (g->labels[label].used)
        g->dead = false;
}

uint32_t tgi_push_temp(tgi_gen *g)
{
    if (g->temps >= TGI_MAX_REGISTERS)
        too_large(g);
    uint32_t temp = TGI_TEMP + g->temps++;
    if (g->temps > g->max_temps)
        g->max_temps = g->temps;
    return temp;
}

uint32_t tgi_push_hidden(tgi_gen *g, uint32_t count)
{
    uint32_t first = g->hidden;
    g->hidden += count;
    if (g->hidden >= TGI_MAX_REGISTERS)
        too_large(g);
    if (g->hidden > g->hidden_peak)
        g->hidden_peak = g->hidden;
    if (g->hidden > g->max_hidden)
        g->max_hidden = g->hidden;
    return first;
}

uint32_t tgi_window(tgi_gen *g, uint32_t reg)
{
    return tgi_is_temp(reg) && reg == TGI_TEMP + g->temps - 1 ? reg : tgi_push_temp(g);
}

// --- constants

static uint32_t hash_const(const tgi_draft_const *c)
{
    uint32_t hash = 2166136261u + (uint32_t)c->kind;
    uint64_t bits = (uint64_t)c->integer;
    if (c->kind == TGI_CONST_FLOAT)
        memcpy(&bits, &c->real, sizeof bits);
    for (int i = 0; i < 8; i++)
        hash = (hash ^ (uint32_t)(bits >> (i * 8) & 0xFF)) * 16777619u;
    for (uint32_t i = 0; i < c->size; i++)
        hash = (hash ^ (unsigned char)c->text[i]) * 16777619u;
    for (uint32_t i = 0; i < c->count; i++)
        hash = (hash ^ c->items[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static bool same_const(const tgi_draft_const *a, const tgi_draft_const *b)
{
    if (a->kind != b->kind || a->integer != b->integer || a->size != b->size ||
        a->count != b->count || a->unit != b->unit)
        return false;
    // Bits, not values: 0.0 is not -0.0.
    if (memcmp(&a->real, &b->real, sizeof a->real) != 0)
        return false;
    return (a->size == 0 || memcmp(a->text, b->text, a->size) == 0) &&
           (a->count == 0 || memcmp(a->items, b->items, a->count * sizeof *a->items) == 0);
}

static void rehash_consts(tgi_gen *g)
{
    uint32_t buckets = g->const_buckets == 0 ? FIRST_CONST_BUCKETS : g->const_buckets * 4;
    g->const_table = tgi_front_alloc(g->front, buckets * sizeof *g->const_table);
    g->const_buckets = buckets;
    for (uint32_t i = 0; i < g->const_count; i++) {
        uint32_t *bucket = &g->const_table[hash_const(&g->consts[i]) & (buckets - 1)];
        g->consts[i].next = *bucket;
        *bucket = i + 1;
    }
}

static uint32_t add_const(tgi_gen *g, const tgi_draft_const *wanted)
{
    if (g->const_count >= g->const_buckets)
        rehash_consts(g);
    uint32_t *bucket = &g->const_table[hash_const(wanted) & (g->const_buckets - 1)];
    for (uint32_t i = *bucket; i != 0; i = g->consts[i - 1].next) {
        if (same_const(&g->consts[i - 1], wanted))
            return i - 1;
    }
    if (g->const_count > MAX_OPERAND)
        too_large(g);
    g->consts = tgi_front_grow(g->front, g->consts, &g->const_capacity, g->const_count + 1,
                               sizeof *g->consts);
    g->consts[g->const_count] = *wanted;
    g->consts[g->const_count].next = *bucket;
    *bucket = ++g->const_count;
    return g->const_count - 1;
}

uint32_t tgi_const_text(tgi_gen *g, tgi_const_kind kind, const char *text, uint32_t size)
{
    return add_const(g, &(tgi_draft_const){.kind = kind, .text = text, .size = size});
}

uint32_t tgi_const_name(tgi_gen *g, const tgi_name *name)
{
    return tgi_const_text(g, TGI_CONST_STR, name->text, name->length);
}

uint32_t tgi_const_none(tgi_gen *g)
{
    return add_const(g, &(tgi_draft_const){.kind = TGI_CONST_NONE});
}

uint32_t tgi_const_int(tgi_gen *g, int64_t value)
{
    return add_const(g, &(tgi_draft_const){.kind = TGI_CONST_INT, .integer = value});
}

uint32_t tgi_const_items(tgi_gen *g, const uint32_t *items, uint32_t count)
{
    uint32_t *copy = tgi_front_alloc(g->front, ((size_t)count + 1) * sizeof *copy);
    if (count > 0)
        memcpy(copy, items, count * sizeof *copy);
    return add_const(g, &(tgi_draft_const){.kind = TGI_CONST_TUPLE, .items = copy, .count = count});
}

uint32_t tgi_const_unit(tgi_gen *g, tgi_gen *unit)
{
    return add_const(g, &(tgi_draft_const){.kind = TGI_CONST_UNIT, .unit = unit});
}

static uint32_t const_tuple(tgi_gen *g, const tgi_expr *e)
{
    uint32_t count = e->u.sequence.count;
    uint32_t *items = tgi_front_alloc(g->front, ((size_t)count + 1) * sizeof *items);
    for (uint32_t i = 0; i < count; i++)
        items[i] = tgi_const_of(g, e->u.sequence.items[i]);
    return tgi_const_items(g, items, count);
}

uint32_t tgi_const_of(tgi_gen *g, const tgi_expr *e)
{
    tgi_draft_const c = {0};
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_FALSE:
        c.kind = TGI_CONST_FALSE;
        break;
    case TGI_EXPR_TRUE:
        c.kind = TGI_CONST_TRUE;
        break;
    case TGI_EXPR_ELLIPSIS:
        c.kind = TGI_CONST_ELLIPSIS;
        break;
    case TGI_EXPR_INT:
        return tgi_const_int(g, e->u.integer);
    case TGI_EXPR_BIGINT:
        return tgi_const_text(g, TGI_CONST_BIGINT, e->u.text.text, e->u.text.size);
    case TGI_EXPR_FLOAT:
        c.kind = TGI_CONST_FLOAT;
        c.real = e->u.real;
        break;
    case TGI_EXPR_STR:
        return tgi_const_text(g, TGI_CONST_STR, e->u.text.text, e->u.text.size);
    case TGI_EXPR_BYTES:
        return tgi_const_text(g, TGI_CONST_BYTES, e->u.text.text, e->u.text.size);
    case TGI_EXPR_CONST_TUPLE:
        return const_tuple(g, e);
    default:
        c.kind = TGI_CONST_NONE;
        break;
    }
    return add_const(g, &c);
}

void tgi_load_none(tgi_gen *g, uint32_t dest)
{
    tgi_emit(g, TGI_OP_LOADK, dest, tgi_const_none(g), 0);
}

// --- sites

uint32_t tgi_attr_site(tgi_gen *g, const tgi_name *name)
{
    uint32_t index = tgi_const_name(g, name);
    if (g->dead)
        return 0;
    if (g->attr_count > MAX_OPERAND)
        too_large(g);
    g->attrs =
        tgi_front_grow(g->front, g->attrs, &g->attr_capacity, g->attr_count + 1, sizeof *g->attrs);
    g->attrs[g->attr_count] = index;
    return g->attr_count++;
}

uint32_t tgi_global_site(tgi_gen *g, const tgi_name *name)
{
    uint32_t index = tgi_const_name(g, name);
    g->global_of = tgi_front_grow(g->front, g->global_of, &g->global_of_capacity, index + 1,
                                  sizeof *g->global_of);
    if (g->global_of[index] == 0) {
        g->globals = tgi_front_grow(g->front, g->globals, &g->global_capacity, g->global_count + 1,
                                    sizeof *g->globals);
        g->globals[g->global_count] = index;
        g->global_of[index] = ++g->global_count;
    }
    return g->global_of[index] - 1;
}
