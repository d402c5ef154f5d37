// SPDX-License-Identifier: MIT
//
// parser_expr.c - expressions: operators by precedence climbing, lambda, expression lists.
#include <string.h> // strcmp

#include "lang/parser_internal.h"

// Binding levels, loosest first. Unary minus and power bind tighter and are functions of their own.
enum level {
    LEVEL_NONE,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_COMPARE,
    LEVEL_BITOR,
    LEVEL_BITXOR,
    LEVEL_BITAND,
    LEVEL_SHIFT,
    LEVEL_SUM,
    LEVEL_TERM,
    LEVEL_UNARY,
};

typedef struct infix {
    uint8_t level;
    uint8_t op;
} infix;

static infix infix_of(tgi_parser *p)
{
    switch (tgi_peek(p)->kind) {
    case TGI_TOKEN_KOR:
        return (infix){LEVEL_OR, TGI_OR};
    case TGI_TOKEN_KAND:
        return (infix){LEVEL_AND, TGI_AND};
    case TGI_TOKEN_LT:
        return (infix){LEVEL_COMPARE, TGI_LT};
    case TGI_TOKEN_LE:
        return (infix){LEVEL_COMPARE, TGI_LE};
    case TGI_TOKEN_EQ:
        return (infix){LEVEL_COMPARE, TGI_EQ};
    case TGI_TOKEN_NE:
        return (infix){LEVEL_COMPARE, TGI_NE};
    case TGI_TOKEN_GT:
        return (infix){LEVEL_COMPARE, TGI_GT};
    case TGI_TOKEN_GE:
        return (infix){LEVEL_COMPARE, TGI_GE};
    case TGI_TOKEN_IN:
        return (infix){LEVEL_COMPARE, TGI_IN};
    case TGI_TOKEN_IS:
        return (infix){LEVEL_COMPARE, TGI_IS};
    case TGI_TOKEN_NOT:
        if (tgi_next_kind(p) == TGI_TOKEN_IN)
            return (infix){LEVEL_COMPARE, TGI_NOTIN};
        return (infix){LEVEL_NONE, 0};
    case TGI_TOKEN_OR:
        return (infix){LEVEL_BITOR, TGI_BITOR};
    case TGI_TOKEN_XOR:
        return (infix){LEVEL_BITXOR, TGI_BITXOR};
    case TGI_TOKEN_AND:
        return (infix){LEVEL_BITAND, TGI_BITAND};
    case TGI_TOKEN_LSHIFT:
        return (infix){LEVEL_SHIFT, TGI_LSHIFT};
    case TGI_TOKEN_RSHIFT:
        return (infix){LEVEL_SHIFT, TGI_RSHIFT};
    case TGI_TOKEN_ADD:
        return (infix){LEVEL_SUM, TGI_ADD};
    case TGI_TOKEN_SUB:
        return (infix){LEVEL_SUM, TGI_SUB};
    case TGI_TOKEN_MUL:
        return (infix){LEVEL_TERM, TGI_MUL};
    case TGI_TOKEN_DIV:
        return (infix){LEVEL_TERM, TGI_DIV};
    case TGI_TOKEN_FLOORDIV:
        return (infix){LEVEL_TERM, TGI_FLOORDIV};
    case TGI_TOKEN_MOD:
        return (infix){LEVEL_TERM, TGI_MOD};
    case TGI_TOKEN_MATMUL:
        return (infix){LEVEL_TERM, TGI_MATMUL};
    default:
        return (infix){LEVEL_NONE, 0};
    }
}

bool tgi_starts_expression(const tgi_parser *p)
{
    switch (tgi_peek(p)->kind) {
    case TGI_TOKEN_NAME:
    case TGI_TOKEN_NUMBER:
    case TGI_TOKEN_STRING:
    case TGI_TOKEN_LPAREN:
    case TGI_TOKEN_LBRACKET:
    case TGI_TOKEN_LBRACE:
    case TGI_TOKEN_NONE:
    case TGI_TOKEN_TRUE:
    case TGI_TOKEN_FALSE:
    case TGI_TOKEN_ELLIPSIS:
    case TGI_TOKEN_NOT:
    case TGI_TOKEN_LAMBDA:
    case TGI_TOKEN_SUB:
    case TGI_TOKEN_ADD:
    case TGI_TOKEN_INVERT:
    case TGI_TOKEN_AWAIT:
        return true;
    default:
        return false;
    }
}

static tgi_expr *operators(tgi_parser *p, int level);

static tgi_expr *binary(tgi_parser *p, tgi_expr *left, int op, tgi_expr *right)
{
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_BINARY, left->start);
    e->op = (uint8_t)op;
    e->u.binary.left = left;
    e->u.binary.right = right;
    return e;
}

static tgi_expr *unary(tgi_parser *p)
{
    const tgi_token *token = tgi_peek(p);
    if (token->kind != TGI_TOKEN_SUB && token->kind != TGI_TOKEN_ADD &&
        token->kind != TGI_TOKEN_INVERT) {
        uint32_t start = token->start;
        tgi_expr *base = tgi_primary(p);
        if (!tgi_accept(p, TGI_TOKEN_POW))
            return base;
        tgi_enter(p);
        tgi_expr *e = binary(p, base, TGI_POW, unary(p));
        tgi_leave(p);
        e->start = start;
        return e;
    }
    p->at++;
    tgi_enter(p);
    tgi_expr *operand = unary(p);
    tgi_leave(p);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_UNARY, token->start);
    e->op = token->kind == TGI_TOKEN_SUB   ? TGI_NEG
            : token->kind == TGI_TOKEN_ADD ? TGI_POS
                                           : TGI_INVERT;
    e->u.operand = operand;
    return e;
}

static int compare_operator(tgi_parser *p, int op)
{
    p->at++;
    if (op == TGI_NOTIN)
        p->at++;
    else if (op == TGI_IS && tgi_accept(p, TGI_TOKEN_NOT))
        return TGI_ISNOT;
    return op;
}

static tgi_expr *comparison(tgi_parser *p, tgi_expr *left)
{
    uint32_t mark = p->stack_size;
    uint8_t *ops = NULL;
    uint32_t capacity = 0;
    uint32_t count = 0;
    tgi_push(p, left);
    for (infix next = infix_of(p); next.level == LEVEL_COMPARE; next = infix_of(p)) {
        ops = tgi_front_grow(p->front, ops, &capacity, count + 1, sizeof *ops);
        ops[count++] = (uint8_t)compare_operator(p, next.op);
        tgi_push(p, operators(p, LEVEL_BITOR));
    }
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_COMPARE, left->start);
    e->u.compare.ops = ops;
    e->u.compare.items = (tgi_expr **)tgi_pop(p, mark, &e->u.compare.count);
    return e;
}

static tgi_expr *boolean(tgi_parser *p, tgi_expr *left, infix found)
{
    uint32_t mark = p->stack_size;
    tgi_push(p, left);
    while (tgi_accept(p, found.op == TGI_OR ? TGI_TOKEN_KOR : TGI_TOKEN_KAND))
        tgi_push(p, operators(p, found.level + 1));
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_BOOLEAN, left->start);
    e->op = found.op;
    e->u.sequence = tgi_pop_exprs(p, mark);
    return e;
}

static tgi_expr *operators(tgi_parser *p, int level)
{
    tgi_expr *left;
    uint32_t start = tgi_peek(p)->start;
    tgi_enter(p);
    if (level <= LEVEL_NOT && tgi_at(p, TGI_TOKEN_NOT)) {
        p->at++;
        tgi_expr *operand = operators(p, LEVEL_NOT);
        left = tgi_new_expr(p, TGI_EXPR_UNARY, start);
        left->op = TGI_NOT;
        left->u.operand = operand;
    } else {
        left = unary(p);
    }
    for (infix next = infix_of(p); next.level >= level && next.level != LEVEL_NONE;
         next = infix_of(p)) {
        if (next.level == LEVEL_OR || next.level == LEVEL_AND) {
            left = boolean(p, left, next);
        } else if (next.level == LEVEL_COMPARE) {
            left = comparison(p, left);
        } else {
            p->at++;
            left = binary(p, left, next.op, operators(p, next.level + 1));
        }
        left->start = start;
    }
    tgi_leave(p);
    return left;
}

tgi_expr *tgi_bitwise_or(tgi_parser *p)
{
    return operators(p, LEVEL_BITOR);
}

tgi_expr *tgi_disjunction(tgi_parser *p)
{
    return operators(p, LEVEL_OR);
}

static tgi_expr *lambda(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_LAMBDA)->start;
    tgi_function *f = tgi_front_alloc(p->front, sizeof *f);
    f->parameters = tgi_parse_parameters(p, TGI_TOKEN_COLON, true);
    tgi_expect(p, TGI_TOKEN_COLON);
    f->result = tgi_expression(p);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_LAMBDA, start);
    e->u.function = f;
    return e;
}

// Two expressions side by side within brackets: most likely a comma is missing.
static void refuse_juxtaposition(tgi_parser *p, const tgi_expr *left, const tgi_token *first)
{
    if (p->quiet || (first + 1)->level == 0 || !tgi_starts_expression(p))
        return;
    if (tgi_at(p, TGI_TOKEN_SUB) || tgi_at(p, TGI_TOKEN_ADD))
        return;
    if (first->kind == TGI_TOKEN_NAME &&
        ((first + 1)->kind == TGI_TOKEN_STRING || strcmp(first->name->text, "_") == 0 ||
         strcmp(first->name->text, "match") == 0 || strcmp(first->name->text, "case") == 0))
        return;
    if (left->kind == TGI_EXPR_NAME &&
        (strcmp(left->u.name.id->text, "print") == 0 || strcmp(left->u.name.id->text, "exec") == 0))
        return;
    tgi_expr *right;
    uint32_t end_at;
    if (!tgi_try(p, tgi_expression, &right, &end_at) || p->tokens[end_at - 1].level == 0)
        return;
    tgi_fail_at(p, left->start, right->end, "invalid syntax. Perhaps you forgot a comma?");
}

tgi_expr *tgi_expression(tgi_parser *p)
{
    if (tgi_at(p, TGI_TOKEN_LAMBDA)) {
        tgi_enter(p);
        tgi_expr *e = lambda(p);
        tgi_leave(p);
        return e;
    }
    const tgi_token *first = tgi_peek(p);
    tgi_expr *yes = tgi_disjunction(p);
    if (!tgi_at(p, TGI_TOKEN_IF)) {
        refuse_juxtaposition(p, yes, first);
        return yes;
    }
    p->at++;
    tgi_expr *test = tgi_disjunction(p);
    if (!tgi_at(p, TGI_TOKEN_ELSE) && !tgi_at(p, TGI_TOKEN_COLON))
        tgi_fail_at(p, first->start, test->end, "expected 'else' after 'if' expression");
    tgi_expect(p, TGI_TOKEN_ELSE);
    tgi_enter(p);
    tgi_expr *no = tgi_expression(p);
    tgi_leave(p);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_CONDITIONAL, first->start);
    e->u.conditional.test = test;
    e->u.conditional.yes = yes;
    e->u.conditional.no = no;
    return e;
}

tgi_expr *tgi_argument_expression(tgi_parser *p)
{
    const tgi_token *first = tgi_peek(p);
    if (first->kind == TGI_TOKEN_NAME && tgi_next_kind(p) == TGI_TOKEN_WALRUS) {
        tgi_expr *name = tgi_name_atom(p);
        p->at++;
        tgi_expr *value = tgi_expression(p);
        tgi_expr *e = tgi_new_expr(p, TGI_EXPR_WALRUS, first->start);
        e->u.binary.left = name;
        e->u.binary.right = value;
        return e;
    }
    tgi_expr *e = tgi_expression(p);
    if (tgi_at(p, TGI_TOKEN_WALRUS))
        tgi_fail_at(p, e->start, e->end, "cannot use assignment expressions with %s",
                    tgi_expr_title(e));
    return e;
}

tgi_expr *tgi_named_expression(tgi_parser *p)
{
    tgi_expr *e = tgi_argument_expression(p);
    if (tgi_at(p, TGI_TOKEN_ASSIGN))
        tgi_refuse_assignment_here(p, e);
    return e;
}

tgi_expr *tgi_star_or_named(tgi_parser *p)
{
    if (!tgi_at(p, TGI_TOKEN_MUL))
        return tgi_named_expression(p);
    uint32_t start = tgi_expect(p, TGI_TOKEN_MUL)->start;
    tgi_expr *operand = tgi_bitwise_or(p);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_STARRED, start);
    e->u.operand = operand;
    return e;
}

static tgi_expr *star_expression(tgi_parser *p)
{
    return tgi_at(p, TGI_TOKEN_MUL) ? tgi_star_or_named(p) : tgi_expression(p);
}

static tgi_expr *bare_tuple(tgi_parser *p, tgi_expr *first, tgi_expr *(*item)(tgi_parser *p))
{
    uint32_t mark = p->stack_size;
    tgi_push(p, first);
    while (tgi_accept(p, TGI_TOKEN_COMMA) && (tgi_starts_expression(p) || tgi_at(p, TGI_TOKEN_MUL)))
        tgi_push(p, item(p));
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_TUPLE, first->start);
    e->u.sequence = tgi_pop_exprs(p, mark);
    return e;
}

tgi_expr *tgi_star_expressions(tgi_parser *p)
{
    tgi_expr *first = star_expression(p);
    return tgi_at(p, TGI_TOKEN_COMMA) ? bare_tuple(p, first, star_expression) : first;
}

static tgi_expr *target(tgi_parser *p)
{
    return tgi_at(p, TGI_TOKEN_MUL) ? tgi_star_or_named(p) : tgi_bitwise_or(p);
}

tgi_expr *tgi_target_list(tgi_parser *p)
{
    tgi_expr *first = target(p);
    return tgi_at(p, TGI_TOKEN_COMMA) ? bare_tuple(p, first, target) : first;
}

tgi_expr *tgi_yield(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_YIELD)->start;
    tgi_expr *operand = NULL;
    tgi_expr_kind kind = TGI_EXPR_YIELD;
    if (tgi_accept(p, TGI_TOKEN_FROM)) {
        kind = TGI_EXPR_YIELD_FROM;
        operand = tgi_expression(p);
    } else if (tgi_starts_expression(p) || tgi_at(p, TGI_TOKEN_MUL)) {
        operand = tgi_star_expressions(p);
    }
    tgi_expr *e = tgi_new_expr(p, kind, start);
    e->u.operand = operand;
    return e;
}

tgi_expr *tgi_value_expression(tgi_parser *p)
{
    return tgi_at(p, TGI_TOKEN_YIELD) ? tgi_yield(p) : tgi_star_expressions(p);
}
