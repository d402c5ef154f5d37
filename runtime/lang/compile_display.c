// SPDX-License-Identifier: MIT
//
// compile_display.c - displays and comprehensions. See Note [inline-comprehension] in scope.c.
#include "lang/compile_internal.h"

enum {
    MAX_WINDOW = 64,    // items built from temps at once
    MIN_CONST_LIST = 8, // from here on a list of constants is copied from a tuple
};

static bool all_constant(const tgi_sequence *items)
{
    for (uint32_t i = 0; i < items->count; i++) {
        if (!tgi_expr_is_constant(items->items[i]))
            return false;
    }
    return true;
}

static uint32_t const_items(tgi_gen *g, const tgi_sequence *items)
{
    uint32_t *indices = tgi_front_alloc(g->front, ((size_t)items->count + 1) * sizeof *indices);
    for (uint32_t i = 0; i < items->count; i++)
        indices[i] = tgi_const_of(g, items->items[i]);
    return tgi_const_items(g, indices, items->count);
}

// Items too many for a window, or with stars: a list or set that grows.
static void growing_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_sequence *items = &e->u.sequence;
    bool set = e->kind == TGI_EXPR_SET;
    uint32_t temps = g->temps;
    uint32_t into = tgi_window(g, dest);
    uint32_t inner = g->temps;
    uint32_t at = 0;
    while (at < items->count && at < MAX_WINDOW && items->items[at]->kind != TGI_EXPR_STARRED) {
        if (at == 0)
            tgi_expr_to(g, items->items[at], into);
        else
            tgi_expr_temp(g, items->items[at]);
        at++;
    }
    tgi_at_expr(g, e);
    tgi_emit(g, set ? TGI_OP_BUILDSET : TGI_OP_BUILDLIST, into, into, at);
    g->temps = inner;
    for (; at < items->count; at++) {
        const tgi_expr *item = items->items[at];
        bool starred = item->kind == TGI_EXPR_STARRED;
        uint32_t value = tgi_operand(g, starred ? item->u.operand : item, TGI_REG_NONE);
        tgi_at_expr(g, item);
        tgi_opcode op = set ? (starred ? TGI_OP_SETUPDATE : TGI_OP_SETADD)
                            : (starred ? TGI_OP_LISTEXTEND : TGI_OP_LISTAPPEND);
        tgi_emit(g, op, into, value, 0);
        g->temps = inner;
    }
    if (e->kind == TGI_EXPR_TUPLE)
        tgi_emit(g, TGI_OP_LISTTOTUPLE, dest, into, 0);
    else if (into != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, into, 0);
    g->temps = temps;
}

static void const_list_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    uint32_t into = tgi_window(g, dest);
    uint32_t tuple = tgi_push_temp(g);
    tgi_emit(g, TGI_OP_BUILDLIST, into, into, 0);
    tgi_emit(g, TGI_OP_LOADK, tuple, const_items(g, &e->u.sequence), 0);
    tgi_emit(g, TGI_OP_LISTEXTEND, into, tuple, 0);
    if (into != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, into, 0);
    g->temps = temps;
}

void tgi_display_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_sequence *items = &e->u.sequence;
    bool starred = false;
    for (uint32_t i = 0; i < items->count; i++)
        starred |= items->items[i]->kind == TGI_EXPR_STARRED;
    if (e->kind == TGI_EXPR_LIST && items->count >= MIN_CONST_LIST && all_constant(items)) {
        const_list_to(g, e, dest);
        return;
    }
    if (starred || items->count > MAX_WINDOW) {
        growing_to(g, e, dest);
        return;
    }
    uint32_t temps = g->temps;
    uint32_t first = tgi_window(g, dest);
    for (uint32_t i = 0; i < items->count; i++) {
        if (i == 0)
            tgi_expr_to(g, items->items[i], first);
        else
            tgi_expr_temp(g, items->items[i]);
    }
    tgi_at_expr(g, e);
    tgi_opcode op = e->kind == TGI_EXPR_TUPLE ? TGI_OP_BUILDTUPLE
                    : e->kind == TGI_EXPR_SET ? TGI_OP_BUILDSET
                                              : TGI_OP_BUILDLIST;
    tgi_emit(g, op, dest, first, items->count);
    g->temps = temps;
}

void tgi_dict_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_sequence *items = &e->u.sequence; // key, value, ..
    uint32_t temps = g->temps;
    uint32_t into = tgi_window(g, dest);
    uint32_t inner = g->temps;
    uint32_t at = 0;
    for (; at < items->count && at < MAX_WINDOW && items->items[at] != NULL; at += 2) {
        if (at == 0)
            tgi_expr_to(g, items->items[at], into);
        else
            tgi_expr_temp(g, items->items[at]);
        tgi_expr_temp(g, items->items[at + 1]);
    }
    tgi_at_expr(g, e);
    tgi_emit(g, TGI_OP_BUILDDICT, at == items->count ? dest : into, into, at / 2);
    g->temps = inner;
    if (at == items->count) {
        g->temps = temps;
        return;
    }
    for (; at < items->count; at += 2) {
        const tgi_expr *key = items->items[at];
        uint32_t name = key == NULL ? 0 : tgi_operand(g, key, TGI_REG_NONE);
        uint32_t value = tgi_operand(g, items->items[at + 1], TGI_REG_NONE);
        tgi_at_expr(g, items->items[at + 1]);
        if (key == NULL)
            tgi_emit(g, TGI_OP_DICTUPDATE, into, value, 0);
        else
            tgi_emit(g, TGI_OP_DICTSET, into, name, value);
        g->temps = inner;
    }
    if (into != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, into, 0);
    g->temps = temps;
}

// --- comprehensions

typedef struct run {
    const tgi_expr *e;
    uint32_t into; // register of the list, set or dict; TGI_REG_NONE in a generator expression
} run;

static void element(tgi_gen *g, const run *r)
{
    const tgi_comprehension *c = r->e->u.comprehension;
    uint32_t temps = g->temps;
    uint32_t value = tgi_operand(g, c->element, TGI_REG_NONE);
    switch ((tgi_expr_kind)r->e->kind) {
    case TGI_EXPR_LISTCOMP:
        tgi_at_expr(g, c->element);
        tgi_emit(g, TGI_OP_LISTAPPEND, r->into, value, 0);
        break;
    case TGI_EXPR_SETCOMP:
        tgi_at_expr(g, c->element);
        tgi_emit(g, TGI_OP_SETADD, r->into, value, 0);
        break;
    case TGI_EXPR_DICTCOMP: {
        uint32_t second = tgi_operand(g, c->value, TGI_REG_NONE);
        tgi_at_expr(g, c->element);
        tgi_emit(g, TGI_OP_DICTSET, r->into, value, second);
        break;
    }
    default: {
        uint32_t sent = tgi_push_temp(g);
        tgi_at_expr(g, c->element);
        tgi_emit(g, TGI_OP_YIELD, sent, value, 0);
        tgi_emit(g, TGI_OP_CLEAR, sent, 0, 0);
        break;
    }
    }
    g->temps = temps;
}

static void clauses(tgi_gen *g, const run *r, uint32_t index, uint32_t first_iterable)
{
    const tgi_comprehension *c = r->e->u.comprehension;
    if (index == c->clause_count) {
        element(g, r);
        return;
    }
    const tgi_clause *clause = &c->clauses[index];
    uint32_t temps = g->temps;
    uint32_t state = tgi_push_hidden(g, 3);
    uint32_t iterable = index == 0 && first_iterable != TGI_REG_NONE
                            ? first_iterable
                            : tgi_operand(g, clause->iterable, TGI_REG_NONE);
    tgi_at_expr(g, clause->iterable);
    tgi_emit(g, TGI_OP_FORPREP, state, iterable, 0);
    g->temps = temps;
    uint32_t body = tgi_new_label(g);
    uint32_t next = tgi_new_label(g);
    g->labels[body].used = !g->dead;
    tgi_emit_jump(g, TGI_OP_JMP, 0, 0, next);
    uint32_t item = tgi_target_register(clause->target);
    uint32_t temp = item == TGI_REG_NONE ? tgi_push_temp(g) : item;
    tgi_place(g, body);
    if (item == TGI_REG_NONE)
        tgi_assign(g, clause->target, temp);
    g->temps = temps;
    for (uint32_t i = 0; i < clause->conditions.count; i++)
        tgi_jump_if(g, clause->conditions.items[i], false, next);
    clauses(g, r, index + 1, TGI_REG_NONE);
    tgi_place(g, next);
    tgi_at_expr(g, clause->iterable);
    tgi_emit_jump(g, TGI_OP_FORITER, temp, state, body);
    g->hidden = state;
}

static void make_cells(tgi_gen *g, const tgi_scope *scope)
{
    for (const tgi_symbol *s = scope->first; s != NULL; s = s->next) {
        if (s->alias == NULL && s->access == TGI_ACCESS_CELL) {
            // A cell of its own for every run.
            tgi_emit(g, TGI_OP_CLEAR, s->slot, 0, 0);
            tgi_emit(g, TGI_OP_MAKECELL, s->slot, 0, 0);
        }
    }
}

static void clear_variables(tgi_gen *g, const tgi_scope *scope)
{
    for (const tgi_symbol *s = scope->first; s != NULL; s = s->next) {
        if (s->alias == NULL && (s->access == TGI_ACCESS_CELL || s->access == TGI_ACCESS_LOCAL))
            tgi_emit(g, TGI_OP_CLEAR, s->slot, 0, 0);
    }
}

void tgi_comprehension_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_comprehension *c = e->u.comprehension;
    uint32_t temps = g->temps;
    run r = {.e = e, .into = tgi_is_temp(dest) ? dest : tgi_push_temp(g)};
    tgi_opcode op = e->kind == TGI_EXPR_LISTCOMP  ? TGI_OP_BUILDLIST
                    : e->kind == TGI_EXPR_SETCOMP ? TGI_OP_BUILDSET
                                                  : TGI_OP_BUILDDICT;
    // The first iterable belongs to the scope outside.
    uint32_t iterable = tgi_operand(g, c->clauses[0].iterable, TGI_REG_NONE);
    make_cells(g, c->scope);
    tgi_at_expr(g, e);
    tgi_emit(g, op, r.into, r.into, 0);
    g->comprehensions++;
    clauses(g, &r, 0, iterable);
    g->comprehensions--;
    clear_variables(g, c->scope);
    if (r.into != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, r.into, 0);
    g->temps = temps;
}

void tgi_generator_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_comprehension *c = e->u.comprehension;
    uint32_t temps = g->temps;
    tgi_gen *unit = tgi_open_unit(g, c->scope, "<genexpr>", e->start);
    tgi_generator_body(unit, e);
    uint32_t base = tgi_window(g, dest);
    tgi_make_function(g, unit, base);
    uint32_t iterator = tgi_push_temp(g);
    uint32_t source = tgi_operand(g, c->clauses[0].iterable, iterator);
    tgi_at_expr(g, c->clauses[0].iterable);
    tgi_emit(g, TGI_OP_GETITER, iterator, source, 0);
    tgi_at_expr(g, e);
    tgi_emit(g, TGI_OP_CALL, base, 1, dest);
    g->temps = temps;
}

// The unit of a generator expression; its only parameter is the iterator of the first clause.
void tgi_generator_body(tgi_gen *g, const tgi_expr *e)
{
    run r = {.e = e, .into = TGI_REG_NONE};
    g->flags |= TGI_UNIT_GENERATOR;
    tgi_at_expr(g, e);
    tgi_enter_unit(g);
    clauses(g, &r, 0, 0);
    tgi_emit(g, TGI_OP_RETK, tgi_const_none(g), 0, 0);
    tgi_close_unit(g);
}
