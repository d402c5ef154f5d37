// SPDX-License-Identifier: MIT
//
// compile_function.c - functions and classes: a unit of their own, and the code that makes the
// object.
#include <stdio.h>  // snprintf
#include <string.h> // strlen

#include "lang/compile_internal.h"

static bool inside_function(const tgi_gen *g)
{
    return (g->flags & TGI_UNIT_NESTED) != 0 || g->scope->kind == TGI_SCOPE_FUNCTION ||
           g->scope->kind == TGI_SCOPE_GENERATOR;
}

// Whether code at this place may run many times although it is not in a function.
static bool inside_loop(const tgi_gen *g)
{
    for (const tgi_guard *guard = g->guard; guard != NULL; guard = guard->outer) {
        if (guard->kind == TGI_GUARD_LOOP)
            return true;
    }
    return g->comprehensions > 0;
}

static const char *qualified(tgi_gen *outer, const char *name, const tgi_scope *scope)
{
    if (outer == NULL || outer->scope->kind == TGI_SCOPE_MODULE)
        return name;
    if (scope->name != NULL) {
        const tgi_symbol *s = tgi_scope_find(outer->scope, scope->name);
        if (s != NULL && s->is_global)
            return name;
    }
    const char *middle = outer->scope->kind == TGI_SCOPE_CLASS ? "." : ".<locals>.";
    size_t room = strlen(outer->qualname) + strlen(middle) + strlen(name) + 1;
    char *text = tgi_front_alloc(outer->front, room);
    snprintf(text, room, "%s%s%s", outer->qualname, middle, name);
    return text;
}

tgi_gen *tgi_open_unit(tgi_gen *outer, tgi_scope *scope, const char *name, uint32_t start)
{
    tgi_gen *g = tgi_front_alloc(outer->front, sizeof *g);
    g->front = outer->front;
    g->outer = outer;
    g->scope = scope;
    g->name = name;
    g->qualname = qualified(outer, name, scope);
    g->first_offset = start;
    g->start = g->end = start;
    g->hidden = g->hidden_peak = g->max_hidden = scope->local_count;
    g->handled = TGI_REG_NONE;
    g->doc = TGI_REG_NONE;
    if (inside_function(outer) || inside_loop(outer) || scope->kind == TGI_SCOPE_GENERATOR)
        g->flags |= TGI_UNIT_NESTED;
    if (scope->local_count >= TGI_MAX_REGISTERS)
        tgi_front_fail(g->front, TGI_SYNTAX_ERROR, start, start,
                       "this code is too large to compile");
    return g;
}

void tgi_enter_unit(tgi_gen *g)
{
    for (const tgi_symbol *s = g->scope->first; s != NULL; s = s->next) {
        if (s->alias == NULL && s->access == TGI_ACCESS_CELL)
            tgi_emit(g, TGI_OP_MAKECELL, s->slot, 0, 0);
    }
    if (g->scope->class_cell != NULL)
        tgi_emit(g, TGI_OP_MAKECELL, g->scope->class_cell->slot, 0, 0);
}

// The cells a unit needs from here, as a tuple in `temp`, which is on top.
static void cells_to(tgi_gen *g, const tgi_gen *unit, uint32_t temp)
{
    uint32_t temps = g->temps;
    uint32_t count = 0;
    for (const tgi_free *f = unit->scope->frees; f != NULL; f = f->next) {
        uint32_t into = count++ == 0 ? temp : tgi_push_temp(g);
        if (f->target->scope->unit == g->scope) {
            tgi_emit(g, TGI_OP_MOVE, into, f->target->slot, 0);
            continue;
        }
        uint32_t index = 0;
        const tgi_free *mine = g->scope->frees;
        while (mine != NULL && mine->target != f->target) {
            mine = mine->next;
            index++;
        }
        tgi_emit(g, TGI_OP_LOADFREE, into, index, 0);
    }
    tgi_emit(g, TGI_OP_BUILDTUPLE, temp, temp, count);
    g->temps = temps;
}

static void defaults_to(tgi_gen *g, const tgi_parameters *parameters, uint32_t temp)
{
    uint32_t temps = g->temps;
    uint32_t count = 0;
    for (uint32_t i = 0; i < parameters->positional_count; i++) {
        const tgi_expr *value = parameters->items[i].fallback;
        if (value != NULL)
            tgi_expr_to(g, value, count++ == 0 ? temp : tgi_push_temp(g));
    }
    if (count > 0)
        tgi_emit(g, TGI_OP_BUILDTUPLE, temp, temp, count);
    else
        tgi_load_none(g, temp);
    g->temps = temps;
}

static void keyword_defaults_to(tgi_gen *g, const tgi_parameters *parameters, uint32_t temp)
{
    uint32_t temps = g->temps;
    uint32_t count = 0;
    uint32_t first = parameters->positional_count;
    for (uint32_t i = first; i < first + parameters->kwonly_count; i++) {
        const tgi_parameter *p = &parameters->items[i];
        if (p->fallback == NULL)
            continue;
        uint32_t name = count++ == 0 ? temp : tgi_push_temp(g);
        tgi_emit(g, TGI_OP_LOADK, name, tgi_const_name(g, p->name), 0);
        tgi_expr_temp(g, p->fallback);
    }
    if (count > 0)
        tgi_emit(g, TGI_OP_BUILDDICT, temp, temp, count);
    else
        tgi_load_none(g, temp);
    g->temps = temps;
}

static void make_function(tgi_gen *g, tgi_gen *unit, const tgi_parameters *parameters,
                          uint32_t dest)
{
    uint32_t temps = g->temps;
    bool extras = unit->scope->free_count > 0;
    for (uint32_t i = 0; parameters != NULL && i < parameters->count; i++)
        extras |= parameters->items[i].fallback != NULL;
    uint32_t first = TGI_REG_NONE;
    if (extras) {
        first = tgi_window(g, dest);
        if (parameters != NULL)
            defaults_to(g, parameters, first);
        else
            tgi_load_none(g, first);
        uint32_t second = tgi_push_temp(g);
        if (parameters != NULL)
            keyword_defaults_to(g, parameters, second);
        else
            tgi_load_none(g, second);
        uint32_t third = tgi_push_temp(g);
        if (unit->scope->free_count > 0)
            cells_to(g, unit, third);
        else
            tgi_load_none(g, third);
    }
    tgi_emit(g, TGI_OP_MAKEFUNC, dest, tgi_const_unit(g, unit), first);
    g->temps = temps;
}

void tgi_make_function(tgi_gen *g, tgi_gen *unit, uint32_t dest)
{
    make_function(g, unit, NULL, dest);
}

void tgi_function_to(tgi_gen *g, const tgi_function *f, uint32_t start, uint32_t dest)
{
    uint32_t at = g->start;
    uint32_t end = g->end;
    tgi_gen *unit = tgi_open_unit(g, f->scope, f->name == NULL ? "<lambda>" : f->name->text, start);
    unit->parameters = &f->parameters;
    if (f->scope->is_generator)
        unit->flags |= TGI_UNIT_GENERATOR;
    tgi_enter_unit(unit);
    if (f->name == NULL) {
        uint32_t reg = tgi_operand(unit, f->result, TGI_REG_NONE);
        tgi_at_expr(unit, f->result);
        tgi_emit(unit, TGI_OP_RET, reg, 0, 0);
        unit->temps = 0;
    } else {
        tgi_compile_body(unit, &f->body);
        tgi_emit(unit, TGI_OP_RETK, tgi_const_none(unit), 0, 0);
    }
    tgi_close_unit(unit);
    g->start = at;
    g->end = end;
    make_function(g, unit, &f->parameters, dest);
}

// --- classes

static void set_class_name(tgi_gen *g, const char *name, uint32_t constant)
{
    uint32_t temp = tgi_push_temp(g);
    tgi_emit(g, TGI_OP_LOADK, temp, constant, 0);
    tgi_emit(g, TGI_OP_SETNAME, tgi_const_text(g, TGI_CONST_STR, name, (uint32_t)strlen(name)),
             temp, 0);
    g->temps--;
}

static tgi_gen *class_unit(tgi_gen *g, const tgi_stmt *s)
{
    tgi_scope *scope = s->u.definition.scope;
    tgi_gen *unit = tgi_open_unit(g, scope, s->u.definition.name->text, s->start);
    unit->flags |= TGI_UNIT_CLASSBODY;
    tgi_enter_unit(unit);
    uint32_t temp = tgi_push_temp(unit);
    tgi_name *module = tgi_front_name(g->front, "__name__", 8);
    tgi_emit(unit, TGI_OP_GETGLOBAL, temp, tgi_global_site(unit, module), 0);
    tgi_emit(unit, TGI_OP_SETNAME, tgi_const_text(unit, TGI_CONST_STR, "__module__", 10), temp, 0);
    unit->temps--;
    set_class_name(
        unit, "__qualname__",
        tgi_const_text(unit, TGI_CONST_STR, unit->qualname, (uint32_t)strlen(unit->qualname)));
    const tgi_block *body = &s->u.definition.body;
    if (body->items[0]->kind == TGI_STMT_EXPR && body->items[0]->u.value->kind == TGI_EXPR_STR)
        set_class_name(unit, "__doc__", tgi_const_of(unit, body->items[0]->u.value));
    tgi_compile_body(unit, body);
    unit->start = s->start;
    unit->end = s->end;
    if (scope->class_cell != NULL)
        tgi_emit(unit, TGI_OP_RET, scope->class_cell->slot, 0, 0);
    else
        tgi_emit(unit, TGI_OP_RETK, tgi_const_none(unit), 0, 0);
    tgi_close_unit(unit);
    return unit;
}

static void class_to(tgi_gen *g, const tgi_stmt *s, uint32_t dest)
{
    uint32_t temps = g->temps;
    tgi_gen *unit = class_unit(g, s);
    uint32_t base = tgi_window(g, dest);
    tgi_make_function(g, unit, base);
    const tgi_name *name = s->u.definition.name;
    tgi_emit(g, TGI_OP_LOADK, tgi_push_temp(g), tgi_const_name(g, name), 0);
    tgi_class_arguments(g, &s->u.definition.arguments);
    g->start = s->start;
    g->end = s->end;
    tgi_emit(g, TGI_OP_BUILDCLASS, dest, base, 0);
    g->temps = temps;
}

// --- definitions with decorators

void tgi_compile_definition(tgi_gen *g, const tgi_stmt *s)
{
    bool function = s->kind == TGI_STMT_FUNCTION;
    const tgi_symbol *symbol = function ? s->u.function->symbol : s->u.definition.symbol;
    const tgi_sequence *decorators =
        function ? &s->u.function->decorators : &s->u.definition.decorators;
    uint32_t temps = g->temps;
    uint32_t start = decorators->count > 0 ? decorators->items[0]->start : s->start;
    for (uint32_t i = 0; i < decorators->count; i++)
        tgi_expr_temp(g, decorators->items[i]);
    g->start = s->start;
    g->end = s->end;
    uint32_t dest = decorators->count == 0 && symbol->access == TGI_ACCESS_LOCAL ? symbol->slot
                                                                                 : tgi_push_temp(g);
    if (function)
        tgi_function_to(g, s->u.function, start, dest);
    else
        class_to(g, s, dest);
    // Each decorator waits in the temp below its argument.
    for (uint32_t i = decorators->count; i-- > 0;) {
        uint32_t decorator = TGI_TEMP + temps + i;
        tgi_at_expr(g, decorators->items[i]);
        tgi_emit(g, TGI_OP_CALL, decorator, 1, decorator);
        dest = decorator;
    }
    g->start = s->start;
    g->end = s->end;
    if (dest != symbol->slot || symbol->access != TGI_ACCESS_LOCAL)
        tgi_write_symbol(g, symbol, dest);
    g->temps = temps;
}
