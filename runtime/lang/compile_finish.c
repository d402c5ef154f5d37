// SPDX-License-Identifier: MIT
//
// compile_finish.c - a draft becomes a unit: registers settle, jumps find their distance, memory is
// malloc'ed.
//
// tgi_close_unit runs while the escape of the front is open and may fail by it; tgi_finish_unit
// runs after it and reports lack of memory by NULL, so that no half-made unit is lost.
#include <stdlib.h> // malloc, calloc
#include <string.h> // memcpy, strdup

#include "lang/compile_internal.h"

// --- names of locals and closure cells

static void name_locals(tgi_gen *g, const tgi_scope *scope)
{
    for (const tgi_symbol *s = scope->first; s != NULL; s = s->next) {
        if (s->alias == NULL && (s->access == TGI_ACCESS_LOCAL || s->access == TGI_ACCESS_CELL))
            g->local_names[s->slot] = tgi_const_name(g, s->name);
    }
    for (const tgi_scope *child = scope->first_child; child != NULL; child = child->next) {
        if (child->kind == TGI_SCOPE_COMPREHENSION)
            name_locals(g, child);
    }
}

// --- far jumps

static int jump_width(const tgi_ins *ins)
{
    const char *format = tgi_opcode_table[ins->op].format;
    return format[1] == 'J' ? 32 : format[2] == 'j' ? 16 : 0;
}

static bool has_far_jump(const tgi_gen *g)
{
    for (uint32_t i = 0; i < g->count; i++) {
        if (g->marks[i].label == 0 || jump_width(&g->code[i]) != 16)
            continue;
        int64_t distance = (int64_t)g->labels[g->marks[i].label - 1].at - i - 1;
        if (distance > INT16_MAX || distance < INT16_MIN)
            return true;
    }
    return false;
}

// Every short jump becomes: the jump, over a JMP to what follows, to a JMP to its target.
static void widen_jumps(tgi_gen *g)
{
    uint32_t *moved = tgi_front_alloc(g->front, ((size_t)g->count + 1) * sizeof *moved);
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        moved[i] = count;
        count += g->marks[i].label != 0 && jump_width(&g->code[i]) == 16 ? 3 : 1;
    }
    moved[g->count] = count;
    tgi_ins *code = tgi_front_alloc(g->front, (size_t)count * sizeof *code);
    tgi_mark *marks = tgi_front_alloc(g->front, (size_t)count * sizeof *marks);
    for (uint32_t i = 0; i < g->count; i++) {
        uint32_t at = moved[i];
        code[at] = g->code[i];
        marks[at] = g->marks[i];
        if (moved[i + 1] - at == 1)
            continue;
        code[at].c = 1;
        marks[at].label = 0;
        marks[at + 1] = marks[at + 2] = marks[at];
        code[at + 1] = (tgi_ins){.op = TGI_OP_JMP, .b = 1};
        code[at + 2] = (tgi_ins){.op = TGI_OP_JMP};
        marks[at + 2].label = g->marks[i].label;
    }
    for (uint32_t i = 0; i < g->label_count; i++)
        g->labels[i].at = moved[g->labels[i].at];
    for (uint32_t i = 0; i < g->handler_count; i++) {
        g->handlers[i].start = moved[g->handlers[i].start];
        g->handlers[i].end = moved[g->handlers[i].end];
    }
    g->code = code;
    g->marks = marks;
    g->count = count;
}

// --- registers and distances

static void settle(tgi_gen *g, uint32_t nlocals)
{
    for (uint32_t i = 0; i < g->count; i++) {
        tgi_ins *ins = &g->code[i];
        uint16_t *const operands[] = {&ins->a, &ins->b, &ins->c};
        const char *format = tgi_opcode_table[ins->op].format;
        for (int k = 0; k < 3; k++) {
            bool reg = format[k] == 'w' || format[k] == 'r' || format[k] == 'k';
            if (reg && *operands[k] >= TGI_TEMP && *operands[k] != TGI_REG_NONE)
                *operands[k] = (uint16_t)(*operands[k] - TGI_TEMP + nlocals);
        }
        if (g->marks[i].label == 0)
            continue;
        uint32_t distance = g->labels[g->marks[i].label - 1].at - i - 1;
        ins->c = (uint16_t)(jump_width(ins) == 32 ? distance >> 16 : distance);
        if (jump_width(ins) == 32)
            ins->b = (uint16_t)distance;
    }
}

void tgi_close_unit(tgi_gen *g)
{
    uint32_t nlocals = g->max_hidden;
    g->local_names = tgi_front_alloc(g->front, ((size_t)nlocals + 1) * sizeof *g->local_names);
    for (uint32_t i = 0; i < nlocals; i++)
        g->local_names[i] = TGI_REG_NONE;
    name_locals(g, g->scope);
    if (g->scope->class_cell != NULL)
        g->local_names[g->scope->class_cell->slot] = tgi_const_name(g, g->scope->class_cell->name);
    g->free_names =
        tgi_front_alloc(g->front, ((size_t)g->scope->free_count + 1) * sizeof *g->free_names);
    uint32_t n = 0;
    for (const tgi_free *f = g->scope->frees; f != NULL; f = f->next)
        g->free_names[n++] = tgi_const_name(g, f->target->name);
    g->instance_names =
        tgi_front_alloc(g->front, ((size_t)g->instance_count + 1) * sizeof *g->instance_names);
    for (uint32_t i = 0; i < g->instance_count; i++)
        g->instance_names[i] = tgi_const_name(g, g->instance[i]);
    if (nlocals + g->max_temps >= TGI_REG_NONE) {
        tgi_front_fail(g->front, TGI_SYNTAX_ERROR, g->first_offset, g->first_offset,
                       "this code is too large to compile");
    }
    if (has_far_jump(g))
        widen_jumps(g);
    settle(g, nlocals);
}

// --- the unit itself

static void *copy_of(const void *data, size_t size, bool *good)
{
    void *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        *good = false;
    else if (size > 0)
        memcpy(copy, data, size);
    return copy;
}

static char *text_of(const char *text, size_t size, bool *good)
{
    char *copy = malloc(size + 1);
    if (copy == NULL) {
        *good = false;
        return NULL;
    }
    if (size > 0)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

static bool finish_consts(const tgi_gen *g, tgi_unit *unit)
{
    bool good = true;
    unit->consts = calloc(g->const_count + 1, sizeof *unit->consts);
    if (unit->consts == NULL)
        return false;
    for (uint32_t i = 0; i < g->const_count && good; i++) {
        const tgi_draft_const *from = &g->consts[i];
        tgi_const *to = &unit->consts[i];
        to->kind = from->kind;
        to->integer = from->integer;
        to->real = from->real;
        unit->const_count = i + 1;
        if (from->text != NULL) {
            to->text = text_of(from->text, from->size, &good);
            to->size = from->size;
        }
        if (from->kind == TGI_CONST_TUPLE) {
            to->items = copy_of(from->items, from->count * sizeof *to->items, &good);
            to->count = from->count;
        }
        if (from->kind == TGI_CONST_UNIT) {
            to->unit = tgi_finish_unit(from->unit);
            good &= to->unit != NULL;
        }
    }
    return good;
}

static uint16_t saturate(uint32_t column)
{
    return (uint16_t)(column > UINT16_MAX ? UINT16_MAX : column);
}

static bool finish_positions(const tgi_gen *g, tgi_unit *unit)
{
    unit->positions = calloc((size_t)g->count + 1, sizeof *unit->positions);
    if (unit->positions == NULL)
        return false;
    for (uint32_t i = 0; i < g->count; i++) {
        uint32_t line, column, end_line, end_column;
        tgi_front_locate(g->front, g->marks[i].start, &line, &column);
        tgi_front_locate(g->front, g->marks[i].end, &end_line, &end_column);
        unit->positions[i] = (tgi_position){.line = line, .column = saturate(column)};
        if (end_line == line && end_column > column)
            unit->positions[i].end_column = saturate(end_column);
    }
    return true;
}

static bool finish_handlers(const tgi_gen *g, tgi_unit *unit)
{
    unit->handlers = calloc((size_t)g->handler_count + 1, sizeof *unit->handlers);
    if (unit->handlers == NULL)
        return false;
    unit->handler_count = g->handler_count;
    for (uint32_t i = 0; i < g->handler_count; i++) {
        const tgi_draft_handler *h = &g->handlers[i];
        unit->handlers[i] = (tgi_handler){h->start, h->end, g->labels[h->label].at, h->reg};
    }
    return true;
}

static void finish_counts(const tgi_gen *g, tgi_unit *unit)
{
    const tgi_parameters *p = g->parameters;
    unit->first_line = tgi_front_line(g->front, g->first_offset);
    unit->flags = g->flags;
    unit->code_count = g->count;
    unit->doc = g->doc;
    unit->attr_count = g->attr_count;
    unit->global_count = g->global_count;
    unit->nlocals = g->max_hidden;
    unit->nregs = g->max_hidden + g->max_temps;
    unit->free_count = g->scope->free_count;
    unit->instance_count = g->instance_count;
    if (g->scope->kind == TGI_SCOPE_GENERATOR || g->scope->kind == TGI_SCOPE_CLASS)
        unit->positional_count = 1; // the iterator; the namespace
    if (p == NULL)
        return;
    unit->positional_count = p->positional_count;
    unit->posonly_count = p->posonly_count;
    unit->kwonly_count = p->kwonly_count;
    unit->flags |= (p->has_varargs ? TGI_UNIT_VARARGS : 0u) | (p->has_varkw ? TGI_UNIT_VARKW : 0u);
}

tgi_unit *tgi_finish_unit(const tgi_gen *g)
{
    bool good = true;
    tgi_unit *unit = tgi_unit_new();
    if (unit == NULL)
        return NULL;
    unit->name = text_of(g->name, strlen(g->name), &good);
    unit->qualname = text_of(g->qualname, strlen(g->qualname), &good);
    unit->filename = text_of(g->front->filename, strlen(g->front->filename), &good);
    unit->code = copy_of(g->code, g->count * sizeof *g->code, &good);
    unit->attr_names = copy_of(g->attrs, g->attr_count * sizeof *g->attrs, &good);
    unit->global_names = copy_of(g->globals, g->global_count * sizeof *g->globals, &good);
    unit->local_names = copy_of(g->local_names, g->max_hidden * sizeof *g->local_names, &good);
    unit->free_names = copy_of(g->free_names, g->scope->free_count * sizeof *g->free_names, &good);
    unit->instance_names =
        copy_of(g->instance_names, g->instance_count * sizeof *g->instance_names, &good);
    good = good && finish_consts(g, unit) && finish_positions(g, unit) && finish_handlers(g, unit);
    if (!good) {
        tgi_unit_free(unit);
        return NULL;
    }
    finish_counts(g, unit);
    return unit;
}
