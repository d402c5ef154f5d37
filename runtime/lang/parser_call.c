// SPDX-License-Identifier: MIT
//
// parser_call.c - arguments of calls and classes, parameters of functions, clauses of
// comprehensions.
#include <string.h> // memcpy

#include "lang/parser_internal.h"

// --- arguments

static void check_order(tgi_parser *p, const tgi_argument *argument, bool keyword, bool double_star)
{
    if (argument->kind == TGI_ARG_STAR && double_star) {
        tgi_fail_at(p, argument->start, argument->end,
                    "iterable argument unpacking follows keyword argument unpacking");
    }
    if (argument->kind != TGI_ARG_POSITIONAL)
        return;
    const tgi_token *last = tgi_peek(p);
    if (double_star) {
        tgi_fail_at(p, last->start, last->end,
                    "positional argument follows keyword argument unpacking");
    }
    if (keyword)
        tgi_fail_at(p, last->start, last->end, "positional argument follows keyword argument");
}

static void refuse_assignment(tgi_parser *p, const tgi_expr *left)
{
    const tgi_token *sign = tgi_peek(p);
    if (left->kind == TGI_EXPR_NONE || left->kind == TGI_EXPR_TRUE || left->kind == TGI_EXPR_FALSE)
        tgi_fail_at(p, left->start, sign->end, "cannot assign to %s", tgi_expr_title(left));
    tgi_fail_at(p, left->start, sign->end,
                "expression cannot contain assignment, perhaps you meant \"==\"?");
}

static tgi_argument *one_argument(tgi_parser *p, bool only)
{
    tgi_argument *a = tgi_front_alloc(p->front, sizeof *a);
    const tgi_token *first = tgi_peek(p);
    a->start = first->start;
    if (first->kind == TGI_TOKEN_MUL || first->kind == TGI_TOKEN_POW) {
        p->at++;
        a->kind = first->kind == TGI_TOKEN_MUL ? TGI_ARG_STAR : TGI_ARG_DOUBLE_STAR;
        a->value = tgi_expression(p);
    } else if (first->kind == TGI_TOKEN_NAME && tgi_next_kind(p) == TGI_TOKEN_ASSIGN) {
        p->at += 2;
        a->kind = TGI_ARG_KEYWORD;
        a->name = first->name;
        a->value = tgi_expression(p);
        if (tgi_at(p, TGI_TOKEN_FOR)) {
            tgi_fail_at(p, first->start, tgi_last_end(p),
                        "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
        }
    } else {
        a->value = tgi_argument_expression(p);
        if (tgi_at(p, TGI_TOKEN_ASSIGN))
            refuse_assignment(p, a->value);
        if (tgi_at(p, TGI_TOKEN_FOR) || tgi_at(p, TGI_TOKEN_ASYNC)) {
            tgi_expr *element = a->value;
            uint32_t start = only ? first[-1].start : first->start;
            a->value = tgi_parse_comprehension(p, TGI_EXPR_GENERATOR, start, element, NULL);
            if (!only || !tgi_at(p, TGI_TOKEN_RPAREN)) {
                if (!only || tgi_next_kind(p) != TGI_TOKEN_RPAREN) {
                    tgi_fail_at(p, element->start, a->value->end,
                                "Generator expression must be parenthesized");
                }
            }
            if (tgi_at(p, TGI_TOKEN_RPAREN))
                a->value->end = tgi_peek(p)->end;
        }
    }
    a->end = tgi_last_end(p);
    return a;
}

tgi_arguments tgi_call_arguments(tgi_parser *p)
{
    uint32_t mark = p->stack_size;
    bool keyword = false;
    bool double_star = false;
    while (!tgi_at(p, TGI_TOKEN_RPAREN)) {
        tgi_argument *a = one_argument(p, p->stack_size == mark);
        check_order(p, a, keyword, double_star);
        keyword |= a->kind == TGI_ARG_KEYWORD;
        double_star |= a->kind == TGI_ARG_DOUBLE_STAR;
        tgi_push(p, a);
        if (!tgi_accept(p, TGI_TOKEN_COMMA))
            break;
    }
    tgi_expect(p, TGI_TOKEN_RPAREN);
    tgi_arguments arguments;
    void **items = tgi_pop(p, mark, &arguments.count);
    arguments.items = tgi_front_alloc(p->front, (arguments.count + 1) * sizeof *arguments.items);
    for (uint32_t i = 0; i < arguments.count; i++)
        arguments.items[i] = *(tgi_argument *)items[i];
    return arguments;
}

// --- parameters

typedef struct signature {
    bool lambda;
    bool defaults; // a parameter before had one
    bool star;     // * or *args seen
    bool slash;
    tgi_parameter *varargs, *varkw;
    uint32_t positional, kwonly; // as counted so far
    uint32_t posonly;
} signature;

static tgi_parameter *parameter(tgi_parser *p, bool lambda, bool starred)
{
    if (tgi_at(p, TGI_TOKEN_LPAREN)) {
        const tgi_token *token = tgi_peek(p);
        tgi_fail_at(p, token->start, token->end, "%s parameters cannot be parenthesized",
                    lambda ? "Lambda expression" : "Function");
    }
    const tgi_token *name = tgi_expect(p, TGI_TOKEN_NAME);
    tgi_parameter *result = tgi_front_alloc(p->front, sizeof *result);
    result->name = name->name;
    result->start = name->start;
    result->end = name->end;
    if (!lambda && tgi_accept(p, TGI_TOKEN_COLON)) {
        // An annotation is read and forgotten.
        if (starred && tgi_at(p, TGI_TOKEN_MUL))
            tgi_star_or_named(p);
        else
            tgi_expression(p);
    }
    return result;
}

static void default_value(tgi_parser *p, tgi_parameter *result)
{
    const tgi_token *sign = tgi_peek(p);
    if (!tgi_accept(p, TGI_TOKEN_ASSIGN))
        return;
    if (tgi_at(p, TGI_TOKEN_RPAREN) || tgi_at(p, TGI_TOKEN_COMMA) || tgi_at(p, TGI_TOKEN_COLON))
        tgi_fail_at(p, sign->start, sign->end, "expected default value expression");
    result->fallback = tgi_expression(p);
}

static void star_parameter(tgi_parser *p, signature *s, tgi_token_kind end)
{
    const tgi_token *star = tgi_expect(p, TGI_TOKEN_MUL);
    if (s->star)
        tgi_fail_at(p, star->start, star->end, "* argument may appear only once");
    s->star = true;
    if (tgi_at(p, TGI_TOKEN_COMMA)) {
        tgi_token_kind next = tgi_next_kind(p);
        if (next == end || next == TGI_TOKEN_POW)
            tgi_fail_at(p, star->start, star->end, "named arguments must follow bare *");
        return;
    }
    if (tgi_at(p, end))
        tgi_fail_at(p, star->start, star->end, "named arguments must follow bare *");
    s->varargs = parameter(p, s->lambda, true);
    if (tgi_at(p, TGI_TOKEN_ASSIGN)) {
        const tgi_token *sign = tgi_peek(p);
        tgi_fail_at(p, sign->start, sign->end, "var-positional argument cannot have default value");
    }
}

static void slash_parameter(tgi_parser *p, signature *s)
{
    const tgi_token *slash = tgi_expect(p, TGI_TOKEN_DIV);
    if (s->slash)
        tgi_fail_at(p, slash->start, slash->end, "/ may appear only once");
    if (s->star)
        tgi_fail_at(p, slash->start, slash->end, "/ must be ahead of *");
    if (s->positional == 0)
        tgi_fail_at(p, slash->start, slash->end, "invalid syntax");
    s->slash = true;
    s->posonly = s->positional;
}

static void double_star_parameter(tgi_parser *p, signature *s, tgi_token_kind end)
{
    tgi_expect(p, TGI_TOKEN_POW);
    s->varkw = parameter(p, s->lambda, false);
    if (tgi_at(p, TGI_TOKEN_ASSIGN)) {
        const tgi_token *sign = tgi_peek(p);
        tgi_fail_at(p, sign->start, sign->end, "var-keyword argument cannot have default value");
    }
    if (tgi_accept(p, TGI_TOKEN_COMMA) && !tgi_at(p, end)) {
        const tgi_token *next = tgi_peek(p);
        tgi_fail_at(p, next->start, next->end, "arguments cannot follow var-keyword argument");
    }
}

static void plain_parameter(tgi_parser *p, signature *s)
{
    tgi_parameter *one = parameter(p, s->lambda, false);
    default_value(p, one);
    if (s->star) {
        s->kwonly++;
    } else {
        if (one->fallback == NULL && s->defaults)
            tgi_fail_at(p, one->start, one->end, "non-default argument follows default argument");
        s->defaults |= one->fallback != NULL;
        s->positional++;
    }
    tgi_push(p, one);
}

tgi_parameters tgi_parse_parameters(tgi_parser *p, tgi_token_kind end, bool lambda)
{
    signature s = {.lambda = lambda};
    uint32_t mark = p->stack_size;
    while (!tgi_at(p, end)) {
        if (tgi_at(p, TGI_TOKEN_POW)) {
            double_star_parameter(p, &s, end);
            break;
        }
        if (tgi_at(p, TGI_TOKEN_MUL))
            star_parameter(p, &s, end);
        else if (tgi_at(p, TGI_TOKEN_DIV))
            slash_parameter(p, &s);
        else
            plain_parameter(p, &s);
        if (!tgi_accept(p, TGI_TOKEN_COMMA))
            break;
    }
    if (s.varargs != NULL)
        tgi_push(p, s.varargs);
    if (s.varkw != NULL)
        tgi_push(p, s.varkw);
    tgi_parameters result = {.posonly_count = s.posonly,
                             .positional_count = s.positional,
                             .kwonly_count = s.kwonly,
                             .has_varargs = s.varargs != NULL,
                             .has_varkw = s.varkw != NULL};
    void **items = tgi_pop(p, mark, &result.count);
    result.items = tgi_front_alloc(p->front, (result.count + 1) * sizeof *result.items);
    for (uint32_t i = 0; i < result.count; i++)
        result.items[i] = *(tgi_parameter *)items[i];
    return result;
}

// --- comprehensions

static tgi_clause *clause(tgi_parser *p)
{
    if (tgi_at(p, TGI_TOKEN_ASYNC))
        tgi_unsupported(p, tgi_peek(p), tgi_peek(p) + 1, "async for");
    tgi_expect(p, TGI_TOKEN_FOR);
    tgi_clause *c = tgi_front_alloc(p->front, sizeof *c);
    c->target = tgi_target_list(p);
    if (!tgi_at(p, TGI_TOKEN_IN))
        tgi_check_target(p, c->target, TGI_TARGET_FOR);
    tgi_expect(p, TGI_TOKEN_IN);
    tgi_check_target(p, c->target, TGI_TARGET_FOR);
    c->iterable = tgi_disjunction(p);
    uint32_t mark = p->stack_size;
    while (tgi_accept(p, TGI_TOKEN_IF))
        tgi_push(p, tgi_disjunction(p));
    c->conditions = tgi_pop_exprs(p, mark);
    return c;
}

tgi_expr *tgi_parse_comprehension(tgi_parser *p, tgi_expr_kind kind, uint32_t start,
                                  tgi_expr *element, tgi_expr *value)
{
    uint32_t mark = p->stack_size;
    while (tgi_at(p, TGI_TOKEN_FOR) || tgi_at(p, TGI_TOKEN_ASYNC))
        tgi_push(p, clause(p));
    tgi_comprehension *c = tgi_front_alloc(p->front, sizeof *c);
    c->element = element;
    c->value = value;
    void **items = tgi_pop(p, mark, &c->clause_count);
    c->clauses = tgi_front_alloc(p->front, c->clause_count * sizeof *c->clauses);
    for (uint32_t i = 0; i < c->clause_count; i++)
        c->clauses[i] = *(tgi_clause *)items[i];
    tgi_expr *e = tgi_new_expr(p, kind, start);
    e->u.comprehension = c;
    return e;
}
