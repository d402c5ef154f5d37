// SPDX-License-Identifier: MIT
//
// scope.c - scopes of expressions: which names are mentioned where.
//
// Scope analysis is two passes. This one (with scope_stmt.c) walks the tree once, makes a tgi_scope
// for every module, function, class and comprehension, notes which names each binds and reads, and
// hangs a tgi_symbol on every name of the tree. scope_resolve.c then decides what each symbol is.
//
// Note [inline-comprehension]: a list, set or dict comprehension is a scope, but not a function:
// its variables are registers of the unit around it. Names inside still skip the scope of a class
// body, as they do in Python, where a comprehension is a nested function.
#include "lang/scope.h"

#include <string.h> // memcmp, memcpy

enum { MAX_TREE_DEPTH = 1500, FIRST_BUCKETS = 16 };

// --- symbols

tgi_symbol *tgi_scope_find(const tgi_scope *scope, const tgi_name *name)
{
    if (scope->buckets == 0)
        return NULL;
    tgi_symbol *s = scope->table[name->hash & (scope->buckets - 1)];
    while (s != NULL && s->name != name)
        s = s->hash_next;
    return s;
}

static void rehash(tgi_walker *w, tgi_scope *scope)
{
    uint32_t buckets = scope->buckets == 0 ? FIRST_BUCKETS : scope->buckets * 4;
    scope->table = tgi_front_alloc(w->front, buckets * sizeof *scope->table);
    scope->buckets = buckets;
    for (tgi_symbol *s = scope->first; s != NULL; s = s->next) {
        tgi_symbol **bucket = &scope->table[s->name->hash & (buckets - 1)];
        s->hash_next = *bucket;
        *bucket = s;
    }
}

tgi_symbol *tgi_scope_symbol(tgi_walker *w, tgi_scope *scope, tgi_name *name, uint32_t start)
{
    tgi_symbol *found = tgi_scope_find(scope, name);
    if (found != NULL)
        return found;
    if (scope->symbol_count >= scope->buckets)
        rehash(w, scope);
    tgi_symbol *s = tgi_front_alloc(w->front, sizeof *s);
    s->name = name;
    s->scope = scope;
    s->start = start;
    tgi_symbol **bucket = &scope->table[name->hash & (scope->buckets - 1)];
    s->hash_next = *bucket;
    *bucket = s;
    if (scope->last == NULL)
        scope->first = s;
    else
        scope->last->next = s;
    scope->last = s;
    scope->symbol_count++;
    return s;
}

tgi_scope *tgi_open_scope(tgi_walker *w, tgi_scope_kind kind, tgi_name *name)
{
    tgi_scope *scope = tgi_front_alloc(w->front, sizeof *scope);
    tgi_scope *parent = w->scope;
    scope->kind = kind;
    scope->name = name;
    scope->parent = parent;
    scope->unit = scope;
    if (parent != NULL) {
        scope->class_name = kind == TGI_SCOPE_CLASS ? name : parent->class_name;
        if (kind == TGI_SCOPE_COMPREHENSION)
            scope->unit = parent->unit;
        if (parent->last_child == NULL)
            parent->first_child = scope;
        else
            parent->last_child->next = scope;
        parent->last_child = scope;
    }
    w->scope = scope;
    return scope;
}

void tgi_close_scope(tgi_walker *w)
{
    w->scope = w->scope->parent;
}

// Private names of a class body carry its name: __x in class C is _C__x.
tgi_name *tgi_mangle(tgi_walker *w, tgi_name *name)
{
    const tgi_name *owner = w->scope->class_name;
    if (owner == NULL || name->length < 3 || name->text[0] != '_' || name->text[1] != '_')
        return name;
    if (name->text[name->length - 1] == '_' && name->text[name->length - 2] == '_')
        return name;
    uint32_t skip = 0;
    while (skip < owner->length && owner->text[skip] == '_')
        skip++;
    uint32_t length = owner->length - skip;
    if (length == 0)
        return name;
    char *text = tgi_front_alloc(w->front, (size_t)length + name->length + 1);
    text[0] = '_';
    memcpy(text + 1, owner->text + skip, length);
    memcpy(text + 1 + length, name->text, name->length);
    return tgi_front_name(w->front, text, 1 + length + name->length);
}

tgi_symbol *tgi_bind(tgi_walker *w, tgi_name *name, uint32_t start, uint32_t end)
{
    name = tgi_mangle(w, name);
    if (name == w->name_debug)
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, start, end, "cannot assign to __debug__");
    tgi_symbol *s = tgi_scope_symbol(w, w->scope, name, start);
    s->bound = true;
    return s;
}

static tgi_symbol *use(tgi_walker *w, tgi_name *name, uint32_t start)
{
    tgi_symbol *s = tgi_scope_symbol(w, w->scope, tgi_mangle(w, name), start);
    s->used = true;
    // super() without arguments finds its class through the variable __class__.
    if (name == w->name_super && w->scope->kind != TGI_SCOPE_MODULE &&
        w->scope->kind != TGI_SCOPE_CLASS)
        tgi_scope_symbol(w, w->scope, w->name_class, start)->used = true;
    return s;
}

// --- targets

static void starred_targets(tgi_walker *w, const tgi_expr *list)
{
    bool seen = false;
    for (uint32_t i = 0; i < list->u.sequence.count; i++) {
        const tgi_expr *item = list->u.sequence.items[i];
        if (item->kind != TGI_EXPR_STARRED)
            continue;
        if (seen) {
            tgi_front_fail(w->front, TGI_SYNTAX_ERROR, list->start, list->end,
                           "multiple starred expressions in assignment");
        }
        seen = true;
    }
    if (list->u.sequence.count > 255 && seen) {
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, list->start, list->end,
                       "too many expressions in star-unpacking assignment");
    }
}

static void walk_target_items(tgi_walker *w, tgi_expr *list)
{
    starred_targets(w, list);
    for (uint32_t i = 0; i < list->u.sequence.count; i++) {
        tgi_expr *item = list->u.sequence.items[i];
        tgi_walk_target(w, item->kind == TGI_EXPR_STARRED ? item->u.operand : item);
    }
}

void tgi_walk_target(tgi_walker *w, tgi_expr *e)
{
    if (++w->depth > MAX_TREE_DEPTH)
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, e->start, e->end,
                       "expression is nested too deeply");
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_NAME:
        e->u.name.symbol = tgi_bind(w, e->u.name.id, e->start, e->end);
        break;
    case TGI_EXPR_TUPLE:
    case TGI_EXPR_LIST:
        walk_target_items(w, e);
        break;
    case TGI_EXPR_STARRED:
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, e->start, e->end,
                       "starred assignment target must be in a list or tuple");
    default: // attribute or subscript: its parts are read
        tgi_walk_expr(w, e);
        break;
    }
    w->depth--;
}

// --- comprehensions

static const char *comprehension_title(int kind)
{
    return kind == TGI_EXPR_LISTCOMP   ? "list comprehension"
           : kind == TGI_EXPR_SETCOMP  ? "set comprehension"
           : kind == TGI_EXPR_DICTCOMP ? "dict comprehension"
                                       : "generator expression";
}

static void walk_iterable(tgi_walker *w, tgi_expr *e)
{
    w->iterable++;
    tgi_walk_expr(w, e);
    w->iterable--;
}

static void mark_iteration(tgi_expr *target)
{
    if (target->kind == TGI_EXPR_NAME) {
        target->u.name.symbol->iteration = true;
    } else if (target->kind == TGI_EXPR_STARRED) {
        mark_iteration(target->u.operand);
    } else if (target->kind == TGI_EXPR_TUPLE || target->kind == TGI_EXPR_LIST) {
        for (uint32_t i = 0; i < target->u.sequence.count; i++)
            mark_iteration(target->u.sequence.items[i]);
    }
}

static void walk_comprehension(tgi_walker *w, tgi_expr *e)
{
    tgi_comprehension *c = e->u.comprehension;
    bool generator = e->kind == TGI_EXPR_GENERATOR;
    walk_iterable(w, c->clauses[0].iterable);
    uint32_t iterable = w->iterable;
    w->iterable = 0;
    c->scope = tgi_open_scope(w, generator ? TGI_SCOPE_GENERATOR : TGI_SCOPE_COMPREHENSION, NULL);
    c->scope->title = comprehension_title(e->kind);
    if (generator) {
        // The iterator of the first clause is made outside and is the only parameter.
        tgi_symbol *outer =
            tgi_scope_symbol(w, w->scope, tgi_front_name(w->front, ".0", 2), e->start);
        outer->bound = outer->parameter = true;
        c->scope->is_generator = true;
    }
    for (uint32_t i = 0; i < c->clause_count; i++) {
        tgi_clause *clause = &c->clauses[i];
        if (i > 0)
            walk_iterable(w, clause->iterable);
        tgi_walk_target(w, clause->target);
        mark_iteration(clause->target);
        for (uint32_t k = 0; k < clause->conditions.count; k++)
            tgi_walk_expr(w, clause->conditions.items[k]);
    }
    tgi_walk_expr(w, c->element);
    if (c->value != NULL)
        tgi_walk_expr(w, c->value);
    tgi_close_scope(w);
    w->iterable = iterable;
}

static bool is_comprehension(const tgi_scope *scope)
{
    return scope->kind == TGI_SCOPE_COMPREHENSION || scope->kind == TGI_SCOPE_GENERATOR;
}

// A name bound with := inside comprehensions belongs to the function or module around them all.
static void walk_walrus(tgi_walker *w, tgi_expr *e)
{
    tgi_expr *target = e->u.binary.left;
    tgi_name *name = tgi_mangle(w, target->u.name.id);
    if (w->iterable > 0) {
        tgi_front_fail(
            w->front, TGI_SYNTAX_ERROR, e->start, e->end,
            "assignment expression cannot be used in a comprehension iterable expression");
    }
    tgi_scope *inner = w->scope;
    tgi_scope *owner = inner;
    for (; is_comprehension(owner); owner = owner->parent) {
        tgi_symbol *s = tgi_scope_find(owner, name);
        if (s != NULL && s->iteration) {
            tgi_front_fail(
                w->front, TGI_SYNTAX_ERROR, target->start, target->end,
                "assignment expression cannot rebind comprehension iteration variable '%s'",
                name->text);
        }
    }
    if (owner != inner && owner->kind == TGI_SCOPE_CLASS) {
        tgi_front_fail(
            w->front, TGI_SYNTAX_ERROR, target->start, target->end,
            "assignment expression within a comprehension cannot be used in a class body");
    }
    w->scope = owner;
    tgi_symbol *bound = tgi_bind(w, target->u.name.id, target->start, target->end);
    bound->walrus = true;
    w->scope = inner;
    target->u.name.symbol = tgi_scope_symbol(w, inner, name, target->start);
    tgi_walk_expr(w, e->u.binary.right);
}

// --- other expressions

void tgi_walk_arguments(tgi_walker *w, tgi_arguments *arguments)
{
    for (uint32_t i = 0; i < arguments->count; i++) {
        tgi_argument *a = &arguments->items[i];
        if (a->kind == TGI_ARG_KEYWORD) {
            a->name = tgi_mangle(w, a->name);
            if (a->name == w->name_debug)
                tgi_front_fail(w->front, TGI_SYNTAX_ERROR, a->start, a->end,
                               "cannot assign to __debug__");
            for (uint32_t k = 0; k < i; k++) {
                if (arguments->items[k].kind == TGI_ARG_KEYWORD &&
                    arguments->items[k].name == a->name) {
                    tgi_front_fail(w->front, TGI_SYNTAX_ERROR, a->start, a->end,
                                   "keyword argument repeated: %s", a->name->text);
                }
            }
        }
        tgi_walk_expr(w, a->value);
    }
}

static void walk_sequence(tgi_walker *w, const tgi_sequence *sequence)
{
    for (uint32_t i = 0; i < sequence->count; i++) {
        tgi_expr *item = sequence->items[i];
        if (item != NULL) // a dict display has no key at **
            tgi_walk_expr(w, item);
    }
}

// The items of a display or subscript: stars are allowed.
static void walk_display(tgi_walker *w, const tgi_sequence *sequence)
{
    for (uint32_t i = 0; i < sequence->count; i++) {
        tgi_expr *item = sequence->items[i];
        tgi_walk_expr(w, item->kind == TGI_EXPR_STARRED ? item->u.operand : item);
    }
}

static void walk_yield(tgi_walker *w, tgi_expr *e)
{
    tgi_scope *scope = w->scope;
    if (is_comprehension(scope)) {
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, e->start, e->end, "'yield' inside %s",
                       scope->title);
    }
    if (scope->kind != TGI_SCOPE_FUNCTION)
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, e->start, e->end, "'yield' outside function");
    scope->is_generator = true;
    if (e->u.operand != NULL)
        tgi_walk_expr(w, e->u.operand);
}

static void walk_lambda(tgi_walker *w, tgi_function *f)
{
    uint32_t iterable = w->iterable;
    tgi_walk_function(w, f);
    w->iterable = iterable;
}

static void walk_slice(tgi_walker *w, tgi_expr *e)
{
    if (e->u.slice.start != NULL)
        tgi_walk_expr(w, e->u.slice.start);
    if (e->u.slice.stop != NULL)
        tgi_walk_expr(w, e->u.slice.stop);
    if (e->u.slice.step != NULL)
        tgi_walk_expr(w, e->u.slice.step);
}

static void walk_kind(tgi_walker *w, tgi_expr *e)
{
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_NAME:
        if (e->u.name.id == w->name_debug)
            e->kind = TGI_EXPR_TRUE;
        else
            e->u.name.symbol = use(w, e->u.name.id, e->start);
        break;
    case TGI_EXPR_TUPLE:
    case TGI_EXPR_LIST:
    case TGI_EXPR_SET:
        walk_display(w, &e->u.sequence);
        break;
    case TGI_EXPR_DICT:
    case TGI_EXPR_BOOLEAN:
    case TGI_EXPR_JOINED:
        walk_sequence(w, &e->u.sequence);
        break;
    case TGI_EXPR_UNARY:
        tgi_walk_expr(w, e->u.operand);
        break;
    case TGI_EXPR_STARRED:
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, e->start, e->end,
                       "can't use starred expression here");
    case TGI_EXPR_BINARY:
    case TGI_EXPR_SUBSCRIPT:
        tgi_walk_expr(w, e->u.binary.left);
        tgi_walk_expr(w, e->u.binary.right);
        break;
    case TGI_EXPR_COMPARE:
        for (uint32_t i = 0; i < e->u.compare.count; i++)
            tgi_walk_expr(w, e->u.compare.items[i]);
        break;
    case TGI_EXPR_ATTRIBUTE:
        tgi_walk_expr(w, e->u.attribute.object);
        e->u.attribute.name = tgi_mangle(w, e->u.attribute.name);
        break;
    case TGI_EXPR_SLICE:
        walk_slice(w, e);
        break;
    case TGI_EXPR_CALL:
        tgi_walk_expr(w, e->u.call.function);
        tgi_walk_arguments(w, &e->u.call.arguments);
        break;
    case TGI_EXPR_CONDITIONAL:
        tgi_walk_expr(w, e->u.conditional.test);
        tgi_walk_expr(w, e->u.conditional.yes);
        tgi_walk_expr(w, e->u.conditional.no);
        break;
    case TGI_EXPR_LAMBDA:
        walk_lambda(w, e->u.function);
        break;
    case TGI_EXPR_WALRUS:
        walk_walrus(w, e);
        break;
    case TGI_EXPR_YIELD:
    case TGI_EXPR_YIELD_FROM:
        walk_yield(w, e);
        break;
    case TGI_EXPR_LISTCOMP:
    case TGI_EXPR_SETCOMP:
    case TGI_EXPR_DICTCOMP:
    case TGI_EXPR_GENERATOR:
        walk_comprehension(w, e);
        break;
    case TGI_EXPR_FORMATTED:
        tgi_walk_expr(w, e->u.formatted.value);
        if (e->u.formatted.spec != NULL)
            tgi_walk_expr(w, e->u.formatted.spec);
        break;
    default:
        break; // constants
    }
}

void tgi_walk_expr(tgi_walker *w, tgi_expr *e)
{
    if (++w->depth > MAX_TREE_DEPTH)
        tgi_front_fail(w->front, TGI_SYNTAX_ERROR, e->start, e->end,
                       "expression is nested too deeply");
    walk_kind(w, e);
    w->depth--;
    tgi_fold(w->front, e);
}

tgi_scope *tgi_analyse(tgi_front *front, tgi_tree *tree)
{
    tgi_walker w = {.front = front, .future_allowed = true};
    w.name_super = tgi_front_name(front, "super", 5);
    w.name_class = tgi_front_name(front, "__class__", 9);
    w.name_debug = tgi_front_name(front, "__debug__", 9);
    tgi_scope *module = tgi_open_scope(&w, TGI_SCOPE_MODULE, NULL);
    if (tree->expression != NULL)
        tgi_walk_expr(&w, tree->expression);
    else
        tgi_walk_block(&w, &tree->body);
    tgi_resolve(&w, module);
    return module;
}
