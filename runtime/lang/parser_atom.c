// SPDX-License-Identifier: MIT
//
// parser_atom.c - expressions: atoms, displays, and what may follow them (attribute, call,
// subscript).
#include <string.h> // strlen

#include "lang/lexer_number.h" // tgi_decode_number
#include "lang/parser_internal.h"

static tgi_expr *constant(tgi_parser *p, tgi_expr_kind kind)
{
    uint32_t start = tgi_peek(p)->start;
    p->at++;
    return tgi_new_expr(p, kind, start);
}

static tgi_expr *number(tgi_parser *p)
{
    const tgi_token *token = &p->tokens[p->at++];
    tgi_number value = tgi_decode_number(p->front, token->start, token->end);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_INT, token->start);
    if (value.kind == TGI_NUMBER_FLOAT) {
        e->kind = TGI_EXPR_FLOAT;
        e->u.real = value.real;
    } else if (value.kind == TGI_NUMBER_BIGINT) {
        e->kind = TGI_EXPR_BIGINT;
        e->u.text.text = value.decimal;
        e->u.text.size = (uint32_t)strlen(value.decimal);
    } else {
        e->u.integer = value.integer;
    }
    return e;
}

// Items separated by commas up to a bracket, behind the first one.
static void items_until(tgi_parser *p, tgi_token_kind end)
{
    while (tgi_accept(p, TGI_TOKEN_COMMA) && !tgi_at(p, end) && !tgi_at(p, TGI_TOKEN_FOR))
        tgi_push(p, tgi_star_or_named(p));
}

static void refuse_starred_element(tgi_parser *p, const tgi_expr *first)
{
    if (first->kind == TGI_EXPR_STARRED)
        tgi_fail_at(p, first->start, first->end,
                    "iterable unpacking cannot be used in comprehension");
}

// [a, b for ..]: the target needs parentheses.
static void refuse_bare_tuple_target(tgi_parser *p, uint32_t mark)
{
    if (!tgi_at(p, TGI_TOKEN_FOR))
        return;
    const tgi_expr *first = p->stack[mark];
    tgi_fail_at(p, first->start, tgi_last_end(p),
                "did you forget parentheses around the comprehension target?");
}

static tgi_expr *parenthesised(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_LPAREN)->start;
    if (tgi_accept(p, TGI_TOKEN_RPAREN)) {
        tgi_expr *e = tgi_new_expr(p, TGI_EXPR_TUPLE, start);
        e->parenthesised = true;
        return e;
    }
    if (tgi_at(p, TGI_TOKEN_YIELD)) {
        tgi_expr *e = tgi_yield(p);
        tgi_expect(p, TGI_TOKEN_RPAREN);
        e->parenthesised = true;
        return e;
    }
    if (tgi_at(p, TGI_TOKEN_POW)) {
        const tgi_token *token = tgi_peek(p);
        tgi_fail_at(p, token->start, token->end, "cannot use double starred expression here");
    }
    uint32_t mark = p->stack_size;
    tgi_expr *first = tgi_star_or_named(p);
    if (tgi_at(p, TGI_TOKEN_FOR) || tgi_at(p, TGI_TOKEN_ASYNC)) {
        refuse_starred_element(p, first);
        tgi_expr *e = tgi_parse_comprehension(p, TGI_EXPR_GENERATOR, start, first, NULL);
        tgi_expect(p, TGI_TOKEN_RPAREN);
        e->end = tgi_last_end(p);
        e->parenthesised = true;
        return e;
    }
    if (!tgi_at(p, TGI_TOKEN_COMMA)) {
        if (!tgi_at(p, TGI_TOKEN_RPAREN))
            tgi_invalid(p);
        if (first->kind == TGI_EXPR_STARRED)
            tgi_fail_at(p, first->start, first->end, "cannot use starred expression here");
        p->at++;
        first->parenthesised = true;
        return first;
    }
    tgi_push(p, first);
    items_until(p, TGI_TOKEN_RPAREN);
    tgi_expect(p, TGI_TOKEN_RPAREN);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_TUPLE, start);
    e->u.sequence = tgi_pop_exprs(p, mark);
    e->parenthesised = true;
    return e;
}

static tgi_expr *list_display(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_LBRACKET)->start;
    uint32_t mark = p->stack_size;
    if (!tgi_at(p, TGI_TOKEN_RBRACKET)) {
        tgi_expr *first = tgi_star_or_named(p);
        if (tgi_at(p, TGI_TOKEN_FOR) || tgi_at(p, TGI_TOKEN_ASYNC)) {
            refuse_starred_element(p, first);
            tgi_expr *e = tgi_parse_comprehension(p, TGI_EXPR_LISTCOMP, start, first, NULL);
            tgi_expect(p, TGI_TOKEN_RBRACKET);
            e->end = tgi_last_end(p);
            return e;
        }
        tgi_push(p, first);
        items_until(p, TGI_TOKEN_RBRACKET);
        refuse_bare_tuple_target(p, mark);
    }
    tgi_expect(p, TGI_TOKEN_RBRACKET);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_LIST, start);
    e->u.sequence = tgi_pop_exprs(p, mark);
    return e;
}

static tgi_expr *dict_value(tgi_parser *p)
{
    const tgi_token *token = tgi_peek(p);
    if (token->kind == TGI_TOKEN_MUL)
        tgi_fail_at(p, token->start, token->end,
                    "cannot use a starred expression in a dictionary value");
    if (token->kind == TGI_TOKEN_RBRACE || token->kind == TGI_TOKEN_COMMA) {
        const tgi_token *colon = token - 1;
        tgi_fail_at(p, colon->start, colon->end,
                    "expression expected after dictionary key and ':'");
    }
    return tgi_expression(p);
}

// Behind the first key (or **) of a dict display.
static tgi_expr *dict_display(tgi_parser *p, uint32_t start, tgi_expr *key)
{
    uint32_t mark = p->stack_size;
    for (bool first = true;; first = false) {
        tgi_expr *value;
        if (!first && tgi_accept(p, TGI_TOKEN_POW)) {
            key = NULL;
        } else if (!first) {
            key = tgi_expression(p);
            if (tgi_at(p, TGI_TOKEN_RBRACE) || tgi_at(p, TGI_TOKEN_COMMA)) {
                const tgi_token *last = tgi_peek(p) - 1;
                tgi_fail_at(p, last->start, last->end, "':' expected after dictionary key");
            }
        }
        if (key == NULL) {
            value = tgi_bitwise_or(p);
        } else {
            tgi_expect(p, TGI_TOKEN_COLON);
            value = dict_value(p);
        }
        if (first && (tgi_at(p, TGI_TOKEN_FOR) || tgi_at(p, TGI_TOKEN_ASYNC))) {
            if (key == NULL)
                tgi_fail_at(p, start + 1, start + 3,
                            "dict unpacking cannot be used in dict comprehension");
            tgi_expr *e = tgi_parse_comprehension(p, TGI_EXPR_DICTCOMP, start, key, value);
            tgi_expect(p, TGI_TOKEN_RBRACE);
            e->end = tgi_last_end(p);
            return e;
        }
        tgi_push(p, key);
        tgi_push(p, value);
        if (!tgi_accept(p, TGI_TOKEN_COMMA) || tgi_at(p, TGI_TOKEN_RBRACE))
            break;
    }
    tgi_expect(p, TGI_TOKEN_RBRACE);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_DICT, start);
    e->u.sequence = tgi_pop_exprs(p, mark);
    return e;
}

static tgi_expr *brace_display(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_LBRACE)->start;
    if (tgi_accept(p, TGI_TOKEN_RBRACE))
        return tgi_new_expr(p, TGI_EXPR_DICT, start);
    if (tgi_accept(p, TGI_TOKEN_POW))
        return dict_display(p, start, NULL);
    uint32_t mark = p->stack_size;
    tgi_expr *first = tgi_star_or_named(p);
    if (tgi_at(p, TGI_TOKEN_COLON) && first->kind != TGI_EXPR_STARRED)
        return dict_display(p, start, first);
    if (tgi_at(p, TGI_TOKEN_FOR) || tgi_at(p, TGI_TOKEN_ASYNC)) {
        refuse_starred_element(p, first);
        tgi_expr *e = tgi_parse_comprehension(p, TGI_EXPR_SETCOMP, start, first, NULL);
        tgi_expect(p, TGI_TOKEN_RBRACE);
        e->end = tgi_last_end(p);
        return e;
    }
    tgi_push(p, first);
    items_until(p, TGI_TOKEN_RBRACE);
    refuse_bare_tuple_target(p, mark);
    tgi_expect(p, TGI_TOKEN_RBRACE);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_SET, start);
    e->u.sequence = tgi_pop_exprs(p, mark);
    return e;
}

tgi_expr *tgi_name_atom(tgi_parser *p)
{
    const tgi_token *token = &p->tokens[p->at++];
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_NAME, token->start);
    e->u.name.id = token->name;
    return e;
}

static tgi_expr *atom(tgi_parser *p)
{
    switch (tgi_peek(p)->kind) {
    case TGI_TOKEN_NAME:
        return tgi_name_atom(p);
    case TGI_TOKEN_NUMBER:
        return number(p);
    case TGI_TOKEN_STRING:
        return tgi_strings(p);
    case TGI_TOKEN_NONE:
        return constant(p, TGI_EXPR_NONE);
    case TGI_TOKEN_TRUE:
        return constant(p, TGI_EXPR_TRUE);
    case TGI_TOKEN_FALSE:
        return constant(p, TGI_EXPR_FALSE);
    case TGI_TOKEN_ELLIPSIS:
        return constant(p, TGI_EXPR_ELLIPSIS);
    case TGI_TOKEN_LPAREN:
        return parenthesised(p);
    case TGI_TOKEN_LBRACKET:
        return list_display(p);
    case TGI_TOKEN_LBRACE:
        return brace_display(p);
    default:
        tgi_invalid(p);
    }
}

static tgi_expr *slice_part(tgi_parser *p)
{
    if (tgi_at(p, TGI_TOKEN_COLON) || tgi_at(p, TGI_TOKEN_COMMA) || tgi_at(p, TGI_TOKEN_RBRACKET))
        return NULL;
    return tgi_expression(p);
}

static tgi_expr *slice_or_index(tgi_parser *p)
{
    uint32_t start = tgi_peek(p)->start;
    tgi_expr *first = NULL;
    if (!tgi_at(p, TGI_TOKEN_COLON)) {
        first = tgi_star_or_named(p);
        if (!tgi_at(p, TGI_TOKEN_COLON) || first->kind == TGI_EXPR_STARRED)
            return first;
    }
    tgi_expect(p, TGI_TOKEN_COLON);
    tgi_expr *stop = slice_part(p);
    tgi_expr *step = NULL;
    if (tgi_accept(p, TGI_TOKEN_COLON))
        step = slice_part(p);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_SLICE, start);
    e->u.slice.start = first;
    e->u.slice.stop = stop;
    e->u.slice.step = step;
    return e;
}

static tgi_expr *subscript(tgi_parser *p, tgi_expr *object)
{
    tgi_expect(p, TGI_TOKEN_LBRACKET);
    uint32_t start = tgi_peek(p)->start;
    uint32_t mark = p->stack_size;
    tgi_expr *index = slice_or_index(p);
    if (tgi_at(p, TGI_TOKEN_COMMA) || index->kind == TGI_EXPR_STARRED) {
        tgi_push(p, index);
        while (tgi_accept(p, TGI_TOKEN_COMMA) && !tgi_at(p, TGI_TOKEN_RBRACKET))
            tgi_push(p, slice_or_index(p));
        index = tgi_new_expr(p, TGI_EXPR_TUPLE, start);
        index->u.sequence = tgi_pop_exprs(p, mark);
    }
    tgi_expect(p, TGI_TOKEN_RBRACKET);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_SUBSCRIPT, object->start);
    e->u.binary.left = object;
    e->u.binary.right = index;
    return e;
}

tgi_expr *tgi_primary(tgi_parser *p)
{
    if (tgi_at(p, TGI_TOKEN_AWAIT))
        tgi_unsupported(p, tgi_peek(p), tgi_peek(p), "await");
    uint32_t start = tgi_peek(p)->start;
    tgi_expr *e = atom(p);
    for (;;) {
        tgi_expr *outer;
        switch (tgi_peek(p)->kind) {
        case TGI_TOKEN_DOT: {
            p->at++;
            const tgi_token *name = tgi_expect(p, TGI_TOKEN_NAME);
            outer = tgi_new_expr(p, TGI_EXPR_ATTRIBUTE, start);
            outer->u.attribute.object = e;
            outer->u.attribute.name = name->name;
            outer->u.attribute.name_start = name->start;
            break;
        }
        case TGI_TOKEN_LPAREN: {
            p->at++;
            tgi_arguments arguments = tgi_call_arguments(p);
            outer = tgi_new_expr(p, TGI_EXPR_CALL, start);
            outer->u.call.function = e;
            outer->u.call.arguments = arguments;
            break;
        }
        case TGI_TOKEN_LBRACKET:
            outer = subscript(p, e);
            outer->start = start;
            break;
        default:
            return e;
        }
        e = outer;
    }
}
