// SPDX-License-Identifier: MIT
//
// scope_resolve.c - what each symbol is, once all bindings are known, and where it lives.
//
// Invariants  R1  parameters are the first registers of their unit, in order; then come its other
//             variables,
//                 then those of the comprehensions inlined in it.
//             R2  a free variable has one closure cell in every unit from its user up to, not
//                 including, the unit that owns it.
#include "lang/scope.h"

static bool owns(const tgi_symbol *s)
{
    return s->bound && !s->is_global && !s->is_nonlocal;
}

// The variable of a function around `scope` that `name` means there; NULL for a global.
static tgi_symbol *find_outer(tgi_walker *w, tgi_scope *scope, tgi_name *name)
{
    for (; scope != NULL && scope->kind != TGI_SCOPE_MODULE; scope = scope->parent) {
        if (scope->kind == TGI_SCOPE_CLASS) {
            // Variables of a class body are not seen from inside, except the implicit __class__.
            if (name != w->name_class)
                continue;
            if (scope->class_cell == NULL) {
                tgi_symbol *cell = tgi_front_alloc(w->front, sizeof *cell);
                cell->name = name;
                cell->scope = scope;
                cell->access = TGI_ACCESS_CELL;
                cell->captured = true;
                cell->slot = scope->local_count++;
                scope->class_cell = cell;
            }
            return scope->class_cell;
        }
        tgi_symbol *s = tgi_scope_find(scope, name);
        if (s == NULL)
            continue;
        if (s->is_global)
            return NULL;
        if (owns(s))
            return s;
    }
    return NULL;
}

static uint32_t closure_cell(tgi_walker *w, tgi_scope *unit, tgi_symbol *target)
{
    uint32_t index = 0;
    for (tgi_free *f = unit->frees; f != NULL; f = f->next, index++) {
        if (f->target == target)
            return index;
    }
    tgi_free *f = tgi_front_alloc(w->front, sizeof *f);
    f->target = target;
    if (unit->last_free == NULL)
        unit->frees = f;
    else
        unit->last_free->next = f;
    unit->last_free = f;
    unit->free_count++;
    return index;
}

static void capture(tgi_walker *w, tgi_symbol *s, tgi_symbol *target)
{
    target->captured = true;
    target->access = TGI_ACCESS_CELL;
    for (tgi_scope *unit = s->scope->unit->parent; unit->unit != target->scope->unit;
         unit = unit->unit->parent)
        closure_cell(w, unit->unit, target);
    s->access = TGI_ACCESS_FREE;
    s->slot = closure_cell(w, s->scope->unit, target);
}

static void resolve_symbol(tgi_walker *w, tgi_symbol *s)
{
    tgi_scope *scope = s->scope;
    if (s->is_global) {
        s->access = TGI_ACCESS_GLOBAL;
        return;
    }
    if (owns(s)) {
        if (scope->kind == TGI_SCOPE_MODULE) {
            s->access = TGI_ACCESS_GLOBAL;
        } else if (scope->kind == TGI_SCOPE_CLASS) {
            s->access = TGI_ACCESS_NAME;
        } else {
            s->access = TGI_ACCESS_LOCAL;
            s->slot = scope->unit->local_count++;
        }
        return;
    }
    tgi_symbol *target = scope->parent == NULL ? NULL : find_outer(w, scope->parent, s->name);
    if (target == NULL) {
        if (s->is_nonlocal) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->start,
                           "no binding for nonlocal '%s' found", s->name->text);
        }
        // A name a class body only reads may still have been put in its namespace.
        s->access = scope->kind == TGI_SCOPE_CLASS ? TGI_ACCESS_NAME : TGI_ACCESS_GLOBAL;
        return;
    }
    if (target->scope->unit == scope->unit) {
        // Another scope of the same unit: the same register or cell. Whether it is a cell is not
        // known yet.
        s->alias = target;
        return;
    }
    capture(w, s, target);
}

static void resolve_scope(tgi_walker *w, tgi_scope *scope)
{
    if (scope->kind == TGI_SCOPE_CLASS)
        scope->local_count = 1; // the namespace
    for (tgi_symbol *s = scope->first; s != NULL; s = s->next)
        resolve_symbol(w, s);
    for (tgi_scope *child = scope->first_child; child != NULL; child = child->next)
        resolve_scope(w, child);
}

static void settle_aliases(tgi_scope *scope)
{
    for (tgi_symbol *s = scope->first; s != NULL; s = s->next) {
        if (s->alias != NULL) {
            s->access = s->alias->access;
            s->slot = s->alias->slot;
            s->walrus = s->alias->walrus;
        }
    }
    for (tgi_scope *child = scope->first_child; child != NULL; child = child->next)
        settle_aliases(child);
}

void tgi_resolve(tgi_walker *w, tgi_scope *module)
{
    resolve_scope(w, module);
    settle_aliases(module);
}
