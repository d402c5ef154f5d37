// SPDX-License-Identifier: MIT
//
// compile_call.c - calls: a window of consecutive temps, function first.
#include "lang/compile_internal.h"

typedef struct shape {
    bool starred; // has * or **
    bool keywords;
    uint32_t keyword_count;
} shape;

static shape shape_of(const tgi_arguments *arguments)
{
    shape s = {0};
    for (uint32_t i = 0; i < arguments->count; i++) {
        switch (arguments->items[i].kind) {
        case TGI_ARG_STAR:
        case TGI_ARG_DOUBLE_STAR:
            s.starred = true;
            break;
        case TGI_ARG_KEYWORD:
            s.keywords = true;
            s.keyword_count++;
            break;
        case TGI_ARG_POSITIONAL:
            break;
        }
    }
    return s;
}

// Where a call is reported: at its own line, or, for a method, at the line of the method's name.
static void at_call(tgi_gen *g, const tgi_expr *e)
{
    tgi_at_expr(g, e);
    const tgi_expr *f = e->u.call.function;
    if (f->kind == TGI_EXPR_ATTRIBUTE &&
        tgi_front_line(g->front, f->u.attribute.name_start) != tgi_front_line(g->front, e->start))
        g->start = f->u.attribute.name_start;
}

static void positional_call(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_expr *f = e->u.call.function;
    const tgi_arguments *arguments = &e->u.call.arguments;
    uint32_t base = tgi_window(g, dest);
    bool method = f->kind == TGI_EXPR_ATTRIBUTE;
    if (method) {
        tgi_expr_to(g, f->u.attribute.object, base);
        tgi_at_expr(g, f);
        if (tgi_front_line(g->front, f->u.attribute.name_start) !=
            tgi_front_line(g->front, f->start))
            g->start = f->u.attribute.name_start;
        tgi_emit(g, TGI_OP_LOADMETHOD, base, 0, tgi_attr_site(g, f->u.attribute.name));
        tgi_push_temp(g);
    } else {
        tgi_expr_to(g, f, base);
    }
    for (uint32_t i = 0; i < arguments->count; i++)
        tgi_expr_temp(g, arguments->items[i].value);
    at_call(g, e);
    tgi_emit(g, method ? TGI_OP_CALLMETHOD : TGI_OP_CALL, base, arguments->count, dest);
}

static void keyword_call(tgi_gen *g, const tgi_expr *e, uint32_t dest, uint32_t keyword_count)
{
    const tgi_arguments *arguments = &e->u.call.arguments;
    uint32_t *names = tgi_front_alloc(g->front, keyword_count * sizeof *names);
    uint32_t n = 0;
    uint32_t base = tgi_window(g, dest);
    tgi_expr_to(g, e->u.call.function, base);
    // Without stars all keywords follow all positional arguments.
    for (uint32_t i = 0; i < arguments->count; i++) {
        const tgi_argument *a = &arguments->items[i];
        tgi_expr_temp(g, a->value);
        if (a->kind == TGI_ARG_KEYWORD)
            names[n++] = tgi_const_name(g, a->name);
    }
    at_call(g, e);
    tgi_emit(g, TGI_OP_CALLKW, base, arguments->count, tgi_const_items(g, names, n));
    if (base != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, base, 0);
}

// The one starred argument when there is no other positional one, else NULL.
static const tgi_argument *only_star(const tgi_arguments *arguments)
{
    const tgi_argument *star = NULL;
    for (uint32_t i = 0; i < arguments->count; i++) {
        const tgi_argument *a = &arguments->items[i];
        if (a->kind == TGI_ARG_POSITIONAL || (a->kind == TGI_ARG_STAR && star != NULL))
            return NULL;
        if (a->kind == TGI_ARG_STAR)
            star = a;
    }
    return star;
}

// The positional arguments in a new temp: as a list, or f(*x)'s x itself.
static void list_of_positional(tgi_gen *g, const tgi_arguments *arguments)
{
    uint32_t list = tgi_push_temp(g);
    const tgi_argument *star = only_star(arguments);
    if (star != NULL) {
        tgi_expr_to(g, star->value, list);
        return;
    }
    uint32_t at = 0;
    uint32_t temps = g->temps;
    while (at < arguments->count && arguments->items[at].kind == TGI_ARG_POSITIONAL) {
        if (at == 0)
            tgi_expr_to(g, arguments->items[at].value, list);
        else
            tgi_expr_temp(g, arguments->items[at].value);
        at++;
    }
    tgi_emit(g, TGI_OP_BUILDLIST, list, list, at);
    g->temps = temps;
    for (; at < arguments->count; at++) {
        const tgi_argument *a = &arguments->items[at];
        if (a->kind != TGI_ARG_POSITIONAL && a->kind != TGI_ARG_STAR)
            continue;
        uint32_t item = tgi_operand(g, a->value, TGI_REG_NONE);
        tgi_at_expr(g, a->value);
        tgi_emit(g, a->kind == TGI_ARG_STAR ? TGI_OP_LISTEXTEND : TGI_OP_LISTAPPEND, list, item, 0);
        g->temps = temps;
    }
}

// The keyword arguments as a dict in a new temp; `callee` names the function in messages.
static void dict_of_keywords(tgi_gen *g, const tgi_arguments *arguments, uint32_t callee)
{
    uint32_t dict = tgi_push_temp(g);
    uint32_t temps = g->temps;
    tgi_emit(g, TGI_OP_BUILDDICT, dict, dict, 0);
    for (uint32_t i = 0; i < arguments->count; i++) {
        const tgi_argument *a = &arguments->items[i];
        if (a->kind == TGI_ARG_DOUBLE_STAR) {
            uint32_t mapping = tgi_operand(g, a->value, TGI_REG_NONE);
            tgi_at_expr(g, a->value);
            tgi_emit(g, TGI_OP_DICTMERGE, dict, mapping, callee);
        } else if (a->kind == TGI_ARG_KEYWORD) {
            // Merged as a dict of one, so that a name given twice is found as well.
            uint32_t pair = tgi_push_temp(g);
            tgi_emit(g, TGI_OP_LOADK, pair, tgi_const_name(g, a->name), 0);
            tgi_expr_temp(g, a->value);
            tgi_at_expr(g, a->value);
            tgi_emit(g, TGI_OP_BUILDDICT, pair, pair, 1);
            tgi_emit(g, TGI_OP_DICTMERGE, dict, pair, callee);
        }
        g->temps = temps;
    }
}

static void starred_call(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_arguments *arguments = &e->u.call.arguments;
    bool named = false;
    for (uint32_t i = 0; i < arguments->count; i++)
        named |= arguments->items[i].kind >= TGI_ARG_KEYWORD;
    uint32_t base = tgi_window(g, dest);
    tgi_expr_to(g, e->u.call.function, base);
    list_of_positional(g, arguments);
    if (named)
        dict_of_keywords(g, arguments, base);
    at_call(g, e);
    tgi_emit(g, TGI_OP_CALLEX, base, named, 0);
    if (base != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, base, 0);
}

void tgi_call_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    shape s = shape_of(&e->u.call.arguments);
    if (s.starred)
        starred_call(g, e, dest);
    else if (s.keywords)
        keyword_call(g, e, dest, s.keyword_count);
    else
        positional_call(g, e, dest);
    g->temps = temps;
}

void tgi_class_arguments(tgi_gen *g, const tgi_arguments *arguments)
{
    shape s = shape_of(arguments);
    uint32_t bases = g->temps;
    if (s.starred) {
        list_of_positional(g, arguments);
        tgi_emit(g, TGI_OP_LISTTOTUPLE, TGI_TEMP + bases, TGI_TEMP + bases, 0);
    } else {
        uint32_t first = tgi_push_temp(g);
        uint32_t count = 0;
        for (uint32_t i = 0; i < arguments->count; i++) {
            if (arguments->items[i].kind != TGI_ARG_POSITIONAL)
                continue;
            if (count++ == 0)
                tgi_expr_to(g, arguments->items[i].value, first);
            else
                tgi_expr_temp(g, arguments->items[i].value);
        }
        tgi_emit(g, TGI_OP_BUILDTUPLE, first, first, count);
        g->temps = bases + 1;
    }
    bool named = s.keywords;
    for (uint32_t i = 0; i < arguments->count; i++)
        named |= arguments->items[i].kind == TGI_ARG_DOUBLE_STAR;
    if (named)
        dict_of_keywords(g, arguments, TGI_TEMP + bases - 2);
    else
        tgi_load_none(g, tgi_push_temp(g));
}
