// SPDX-License-Identifier: MIT
//
// scope_stmt.c - scopes of statements: see scope.c.
#include <string.h> // strcmp

#include "lang/scope.h"

// --- functions and classes

static void walk_parameters(tgi_walker *w, tgi_parameters *parameters)
{
    for (uint32_t i = 0; i < parameters->count; i++) {
        tgi_parameter *p = &parameters->items[i];
        p->name = tgi_mangle(w, p->name);
        tgi_symbol *known = tgi_scope_find(w->scope, p->name);
        if (known != NULL) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, p->start, p->end,
                           "duplicate argument '%s' in function definition", p->name->text);
        }
        p->symbol = tgi_bind(w, p->name, p->start, p->end);
        p->symbol->parameter = true;
    }
}

void tgi_walk_function(tgi_walker *w, tgi_function *f)
{
    for (uint32_t i = 0; i < f->parameters.count; i++) {
        if (f->parameters.items[i].fallback != NULL)
            tgi_walk_expr(w, f->parameters.items[i].fallback);
    }
    uint32_t loops = w->loops;
    w->loops = 0;
    w->iterable = 0;
    bool method = w->scope->kind == TGI_SCOPE_CLASS;
    f->scope = tgi_open_scope(w, TGI_SCOPE_FUNCTION, f->name);
    walk_parameters(w, &f->parameters);
    if (method && f->name != NULL && f->parameters.positional_count > 0)
        f->scope->self = f->parameters.items[0].symbol;
    if (f->name == NULL)
        tgi_walk_expr(w, f->result);
    else
        tgi_walk_block(w, &f->body);
    tgi_close_scope(w);
    w->loops = loops;
}

static void walk_exprs(tgi_walker *w, const tgi_sequence *sequence)
{
    for (uint32_t i = 0; i < sequence->count; i++)
        tgi_walk_expr(w, sequence->items[i]);
}

static void walk_definition(tgi_walker *w, tgi_stmt *s)
{
    if (s->kind == TGI_STMT_FUNCTION) {
        tgi_function *f = s->u.function;
        walk_exprs(w, &f->decorators);
        f->symbol = tgi_bind(w, f->name, s->start, s->end);
        tgi_walk_function(w, f);
        return;
    }
    walk_exprs(w, &s->u.definition.decorators);
    tgi_walk_arguments(w, &s->u.definition.arguments);
    s->u.definition.symbol = tgi_bind(w, s->u.definition.name, s->start, s->end);
    uint32_t loops = w->loops;
    w->loops = 0;
    s->u.definition.scope = tgi_open_scope(w, TGI_SCOPE_CLASS, s->u.definition.name);
    tgi_walk_block(w, &s->u.definition.body);
    tgi_close_scope(w);
    w->loops = loops;
}

// --- declarations

static void walk_declaration(tgi_walker *w, tgi_stmt *s)
{
    bool global = s->kind == TGI_STMT_GLOBAL;
    const char *what = global ? "global" : "nonlocal";
    if (!global && w->scope->kind == TGI_SCOPE_MODULE) {
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                       "nonlocal declaration not allowed at module level");
    }
    for (uint32_t i = 0; i < s->u.names.count; i++) {
        tgi_name *name = tgi_mangle(w, s->u.names.items[i].name);
        tgi_symbol *known = tgi_scope_find(w->scope, name);
        const char *problem = NULL;
        if (known != NULL && known->parameter) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                           "name '%s' is parameter and %s", name->text, what);
        }
        if (known != NULL && (global ? known->is_nonlocal : known->is_global)) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                           "name '%s' is nonlocal and global", name->text);
        }
        if (known != NULL && known->annotated) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                           "annotated name '%s' can't be %s", name->text, what);
        }
        if (known != NULL && known->used)
            problem = "used prior to";
        else if (known != NULL && known->bound)
            problem = "assigned to before";
        if (problem != NULL) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                           "name '%s' is %s %s declaration", name->text, problem, what);
        }
        tgi_symbol *symbol = tgi_scope_symbol(w, w->scope, name, s->start);
        symbol->start = s->start;
        if (global)
            symbol->is_global = true;
        else
            symbol->is_nonlocal = true;
    }
}

static void walk_annotated(tgi_walker *w, tgi_stmt *s)
{
    tgi_expr *target = s->u.single.target;
    if (s->u.single.value != NULL)
        tgi_walk_expr(w, s->u.single.value);
    if (target->kind != TGI_EXPR_NAME) {
        tgi_walk_target(w, target);
        return;
    }
    tgi_symbol *known = tgi_scope_find(w->scope, tgi_mangle(w, target->u.name.id));
    if (known != NULL && (known->is_global || known->is_nonlocal) &&
        w->scope->kind != TGI_SCOPE_MODULE) {
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                       "annotated name '%s' can't be %s", known->name->text,
                       known->is_global ? "global" : "nonlocal");
    }
    if (s->u.single.value != NULL || !target->parenthesised) {
        tgi_walk_target(w, target);
        target->u.name.symbol->annotated = true;
    }
}

// --- imports

static void check_future(tgi_walker *w, tgi_stmt *s)
{
    static const char *const features[] = {
        "nested_scopes",  "generators",       "division",       "absolute_import", "with_statement",
        "print_function", "unicode_literals", "barry_as_FLUFL", "generator_stop",  "annotations"};
    if (!w->future_allowed) {
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                       "from __future__ imports must occur at the beginning of the file");
    }
    for (uint32_t i = 0; i < s->u.import.count; i++) {
        const char *name = s->u.import.items[i].dotted;
        bool known = false;
        for (size_t k = 0; k < sizeof features / sizeof features[0]; k++)
            known |= strcmp(features[k], name) == 0;
        if (strcmp(name, "barry_as_FLUFL") == 0) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                           "future feature barry_as_FLUFL is not supported");
        }
        if (strcmp(name, "braces") == 0)
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end, "not a chance");
        if (!known) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                           "future feature %s is not defined", name);
        }
    }
}

static void walk_import(tgi_walker *w, tgi_stmt *s)
{
    bool from = s->kind == TGI_STMT_IMPORT_FROM;
    if (from && s->u.import.level == 0 && strcmp(s->u.import.module, "__future__") == 0)
        check_future(w, s);
    if (from && s->u.import.star && w->scope->kind != TGI_SCOPE_MODULE) {
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                       "import * only allowed at module level");
    }
    for (uint32_t i = 0; i < s->u.import.count; i++) {
        tgi_alias *a = &s->u.import.items[i];
        a->symbol = tgi_bind(w, a->name, a->start, a->end);
    }
}

// --- the rest

static void walk_loop_body(tgi_walker *w, const tgi_block *body, const tgi_block *otherwise)
{
    w->loops++;
    tgi_walk_block(w, body);
    w->loops--;
    tgi_walk_block(w, otherwise);
}

static void walk_try(tgi_walker *w, tgi_stmt *s)
{
    tgi_walk_block(w, &s->u.attempt.body);
    for (uint32_t i = 0; i < s->u.attempt.handler_count; i++) {
        tgi_except *handler = &s->u.attempt.handlers[i];
        if (handler->type != NULL)
            tgi_walk_expr(w, handler->type);
        else if (i + 1 < s->u.attempt.handler_count)
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, handler->start, handler->start,
                           "default 'except:' must be last");
        if (handler->name != NULL)
            handler->symbol = tgi_bind(w, handler->name, handler->start, handler->start);
        tgi_walk_block(w, &handler->body);
    }
    tgi_walk_block(w, &s->u.attempt.otherwise);
    tgi_walk_block(w, &s->u.attempt.finally);
}

static void walk_optional(tgi_walker *w, tgi_expr *e)
{
    if (e != NULL)
        tgi_walk_expr(w, e);
}

// Deleting a name binds it, as assigning does; items of a list are deleted one by one.
static void walk_deleted(tgi_walker *w, const tgi_sequence *targets)
{
    for (uint32_t i = 0; i < targets->count; i++)
        tgi_walk_target(w, targets->items[i]);
}

static void walk_statement(tgi_walker *w, tgi_stmt *s)
{
    switch ((tgi_stmt_kind)s->kind) {
    case TGI_STMT_EXPR:
        tgi_walk_expr(w, s->u.value);
        break;
    case TGI_STMT_ASSIGN:
        tgi_walk_expr(w, s->u.assign.value);
        for (uint32_t i = 0; i < s->u.assign.targets.count; i++)
            tgi_walk_target(w, s->u.assign.targets.items[i]);
        break;
    case TGI_STMT_AUGASSIGN:
        tgi_walk_target(w, s->u.single.target);
        tgi_walk_expr(w, s->u.single.value);
        break;
    case TGI_STMT_ANNOTATED:
        walk_annotated(w, s);
        break;
    case TGI_STMT_RETURN:
        if (w->scope->kind != TGI_SCOPE_FUNCTION)
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                           "'return' outside function");
        walk_optional(w, s->u.value);
        break;
    case TGI_STMT_DELETE:
        walk_deleted(w, &s->u.targets);
        break;
    case TGI_STMT_PASS:
        break;
    case TGI_STMT_BREAK:
        if (w->loops == 0)
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end, "'break' outside loop");
        break;
    case TGI_STMT_CONTINUE:
        if (w->loops == 0)
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, s->start, s->end,
                           "'continue' not properly in loop");
        break;
    case TGI_STMT_RAISE:
        walk_optional(w, s->u.raise.exception);
        walk_optional(w, s->u.raise.cause);
        break;
    case TGI_STMT_GLOBAL:
    case TGI_STMT_NONLOCAL:
        walk_declaration(w, s);
        break;
    case TGI_STMT_IMPORT:
    case TGI_STMT_IMPORT_FROM:
        walk_import(w, s);
        break;
    case TGI_STMT_ASSERT:
        tgi_walk_expr(w, s->u.assertion.test);
        walk_optional(w, s->u.assertion.message);
        break;
    case TGI_STMT_IF:
        for (uint32_t i = 0; i < s->u.conditional.count; i++) {
            tgi_walk_expr(w, s->u.conditional.branches[i].test);
            tgi_walk_block(w, &s->u.conditional.branches[i].body);
        }
        tgi_walk_block(w, &s->u.conditional.otherwise);
        break;
    case TGI_STMT_WHILE:
        tgi_walk_expr(w, s->u.loop.test);
        walk_loop_body(w, &s->u.loop.body, &s->u.loop.otherwise);
        break;
    case TGI_STMT_FOR:
        tgi_walk_expr(w, s->u.iteration.iterable);
        tgi_walk_target(w, s->u.iteration.target);
        walk_loop_body(w, &s->u.iteration.body, &s->u.iteration.otherwise);
        break;
    case TGI_STMT_TRY:
        walk_try(w, s);
        break;
    case TGI_STMT_WITH:
        for (uint32_t i = 0; i < s->u.with.count; i++) {
            tgi_walk_expr(w, s->u.with.items[i].context);
            if (s->u.with.items[i].target != NULL)
                tgi_walk_target(w, s->u.with.items[i].target);
        }
        tgi_walk_block(w, &s->u.with.body);
        break;
    case TGI_STMT_FUNCTION:
    case TGI_STMT_CLASS:
        walk_definition(w, s);
        break;
    }
}

static bool is_future_import(const tgi_stmt *s)
{
    return s->kind == TGI_STMT_IMPORT_FROM && s->u.import.level == 0 &&
           strcmp(s->u.import.module, "__future__") == 0;
}

void tgi_walk_block(tgi_walker *w, const tgi_block *block)
{
    for (uint32_t i = 0; i < block->count; i++) {
        tgi_stmt *s = block->items[i];
        bool docstring = i == 0 && s->kind == TGI_STMT_EXPR && s->u.value->kind == TGI_EXPR_STR;
        if (!docstring && !is_future_import(s))
            w->future_allowed = false;
        walk_statement(w, s);
    }
}
