// SPDX-License-Identifier: MIT
//
// parser_stmt.c - statements of one line.
#include <string.h> // memcpy, strcmp

#include "lang/parser_internal.h"

static bool at_line_end(const tgi_parser *p)
{
    return tgi_at(p, TGI_TOKEN_NEWLINE) || tgi_at(p, TGI_TOKEN_SEMICOLON) ||
           tgi_at(p, TGI_TOKEN_END);
}

// --- assignments and expression statements

static int augmented_operator(tgi_token_kind kind)
{
    switch (kind) {
    case TGI_TOKEN_ADD_ASSIGN:
        return TGI_ADD;
    case TGI_TOKEN_SUB_ASSIGN:
        return TGI_SUB;
    case TGI_TOKEN_MUL_ASSIGN:
        return TGI_MUL;
    case TGI_TOKEN_DIV_ASSIGN:
        return TGI_DIV;
    case TGI_TOKEN_FLOORDIV_ASSIGN:
        return TGI_FLOORDIV;
    case TGI_TOKEN_MOD_ASSIGN:
        return TGI_MOD;
    case TGI_TOKEN_POW_ASSIGN:
        return TGI_POW;
    case TGI_TOKEN_LSHIFT_ASSIGN:
        return TGI_LSHIFT;
    case TGI_TOKEN_RSHIFT_ASSIGN:
        return TGI_RSHIFT;
    case TGI_TOKEN_AND_ASSIGN:
        return TGI_BITAND;
    case TGI_TOKEN_OR_ASSIGN:
        return TGI_BITOR;
    case TGI_TOKEN_XOR_ASSIGN:
        return TGI_BITXOR;
    case TGI_TOKEN_MATMUL_ASSIGN:
        return TGI_MATMUL;
    default:
        return -1;
    }
}

static tgi_stmt *annotated(tgi_parser *p, tgi_expr *target)
{
    switch ((tgi_expr_kind)target->kind) {
    case TGI_EXPR_NAME:
    case TGI_EXPR_ATTRIBUTE:
    case TGI_EXPR_SUBSCRIPT:
        break;
    case TGI_EXPR_LIST:
    case TGI_EXPR_TUPLE:
        tgi_fail_at(p, target->start, target->end, "only single target (not %s) can be annotated",
                    tgi_expr_title(target));
    default:
        tgi_fail_at(p, target->start, target->end, "illegal target for annotation");
    }
    tgi_expect(p, TGI_TOKEN_COLON);
    tgi_expression(p); // the annotation is read and forgotten
    tgi_expr *value = NULL;
    if (tgi_accept(p, TGI_TOKEN_ASSIGN))
        value = tgi_value_expression(p);
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_ANNOTATED, target->start);
    s->u.single.target = target;
    s->u.single.value = value;
    return s;
}

static void check_assigned(tgi_parser *p, const tgi_expr *target, bool chained)
{
    if (!chained && tgi_bad_target(target, TGI_TARGET_STAR) == target)
        tgi_refuse_assignment_here(p, target);
    if (target->kind == TGI_EXPR_YIELD || target->kind == TGI_EXPR_YIELD_FROM) {
        if (!target->parenthesised)
            tgi_fail_at(p, target->start, target->end,
                        "assignment to yield expression not possible");
    }
    tgi_check_target(p, target, TGI_TARGET_STAR);
}

static tgi_stmt *assignment(tgi_parser *p, tgi_expr *first)
{
    uint32_t mark = p->stack_size;
    tgi_expr *value = first;
    while (tgi_at(p, TGI_TOKEN_ASSIGN)) {
        check_assigned(p, value, p->stack_size > mark);
        p->at++;
        tgi_push(p, value);
        value = tgi_value_expression(p);
    }
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_ASSIGN, first->start);
    s->u.assign.targets = tgi_pop_exprs(p, mark);
    s->u.assign.value = value;
    return s;
}

static void refuse_old_print(tgi_parser *p, const tgi_expr *e)
{
    if (e->kind != TGI_EXPR_NAME || e->parenthesised || p->quiet)
        return;
    const char *name = e->u.name.id->text;
    if (strcmp(name, "print") != 0 && strcmp(name, "exec") != 0)
        return;
    tgi_expr *rest;
    uint32_t end_at;
    if (tgi_starts_expression(p) && tgi_try(p, tgi_star_expressions, &rest, &end_at)) {
        tgi_fail_at(p, e->start, rest->end,
                    "Missing parentheses in call to '%s'. Did you mean %s(...)?", name, name);
    }
}

static tgi_stmt *expression_statement(tgi_parser *p)
{
    tgi_expr *first = tgi_value_expression(p);
    int op = augmented_operator(tgi_peek(p)->kind);
    if (tgi_at(p, TGI_TOKEN_COLON) && first->kind != TGI_EXPR_YIELD)
        return annotated(p, first);
    if (tgi_at(p, TGI_TOKEN_ASSIGN))
        return assignment(p, first);
    if (op >= 0) {
        if (first->kind != TGI_EXPR_NAME && first->kind != TGI_EXPR_ATTRIBUTE &&
            first->kind != TGI_EXPR_SUBSCRIPT) {
            tgi_fail_at(p, first->start, first->end,
                        "'%s' is an illegal expression for augmented assignment",
                        tgi_expr_title(first));
        }
        p->at++;
        tgi_expr *value = tgi_value_expression(p);
        tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_AUGASSIGN, first->start);
        s->op = (uint8_t)op;
        s->u.single.target = first;
        s->u.single.value = value;
        return s;
    }
    if (tgi_at(p, TGI_TOKEN_WALRUS) && first->kind != TGI_EXPR_NAME)
        tgi_fail_at(p, first->start, first->end, "cannot use assignment expressions with %s",
                    tgi_expr_title(first));
    refuse_old_print(p, first);
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_EXPR, first->start);
    s->u.value = first;
    return s;
}

// --- keyword statements

static tgi_stmt *simple_keyword(tgi_parser *p, tgi_stmt_kind kind)
{
    uint32_t start = tgi_peek(p)->start;
    p->at++;
    return tgi_new_stmt(p, kind, start);
}

static tgi_stmt *return_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_RETURN)->start;
    tgi_expr *value = at_line_end(p) ? NULL : tgi_star_expressions(p);
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_RETURN, start);
    s->u.value = value;
    return s;
}

static tgi_stmt *delete_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_DEL)->start;
    uint32_t mark = p->stack_size;
    do {
        if (at_line_end(p) && p->stack_size > mark)
            break;
        tgi_push(p, tgi_at(p, TGI_TOKEN_MUL) ? tgi_star_or_named(p) : tgi_expression(p));
    } while (tgi_accept(p, TGI_TOKEN_COMMA));
    for (uint32_t i = mark; i < p->stack_size; i++)
        tgi_check_target(p, p->stack[i], TGI_TARGET_DEL);
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_DELETE, start);
    s->u.targets = tgi_pop_exprs(p, mark);
    return s;
}

static tgi_stmt *raise_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_RAISE)->start;
    tgi_expr *exception = NULL;
    tgi_expr *cause = NULL;
    if (!at_line_end(p)) {
        exception = tgi_expression(p);
        if (tgi_accept(p, TGI_TOKEN_FROM))
            cause = tgi_expression(p);
    }
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_RAISE, start);
    s->u.raise.exception = exception;
    s->u.raise.cause = cause;
    return s;
}

static tgi_stmt *names_statement(tgi_parser *p, tgi_stmt_kind kind)
{
    uint32_t start = tgi_peek(p)->start;
    uint32_t mark = p->stack_size;
    do {
        p->at++; // the keyword, then each comma
        tgi_push(p, (void *)tgi_expect(p, TGI_TOKEN_NAME));
    } while (tgi_at(p, TGI_TOKEN_COMMA));
    tgi_stmt *s = tgi_new_stmt(p, kind, start);
    void **tokens = tgi_pop(p, mark, &s->u.names.count);
    s->u.names.items = tgi_front_alloc(p->front, s->u.names.count * sizeof *s->u.names.items);
    for (uint32_t i = 0; i < s->u.names.count; i++) {
        const tgi_token *token = tokens[i];
        s->u.names.items[i] = (tgi_declared){token->name, token->start, token->end};
    }
    return s;
}

static tgi_stmt *assert_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_ASSERT)->start;
    tgi_expr *test = tgi_named_expression(p);
    tgi_expr *message = tgi_accept(p, TGI_TOKEN_COMMA) ? tgi_expression(p) : NULL;
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_ASSERT, start);
    s->u.assertion.test = test;
    s->u.assertion.message = message;
    return s;
}

// --- imports

const char *tgi_parse_dotted_name(tgi_parser *p, uint32_t *size)
{
    uint32_t first = p->at;
    uint32_t room = tgi_expect(p, TGI_TOKEN_NAME)->name->length + 1;
    while (tgi_accept(p, TGI_TOKEN_DOT))
        room += tgi_expect(p, TGI_TOKEN_NAME)->name->length + 1;
    char *text = tgi_front_alloc(p->front, room);
    uint32_t n = 0;
    for (uint32_t i = first; i < p->at; i++) {
        const tgi_token *token = &p->tokens[i];
        if (token->kind == TGI_TOKEN_DOT) {
            text[n++] = '.';
        } else {
            memcpy(text + n, token->name->text, token->name->length);
            n += token->name->length;
        }
    }
    *size = n;
    return text;
}

static tgi_alias *alias(tgi_parser *p, bool dotted)
{
    tgi_alias *a = tgi_front_alloc(p->front, sizeof *a);
    const tgi_token *first = tgi_peek(p);
    a->start = first->start;
    if (dotted) {
        a->dotted = tgi_parse_dotted_name(p, &a->size);
    } else {
        tgi_expect(p, TGI_TOKEN_NAME);
        a->dotted = first->name->text;
        a->size = first->name->length;
    }
    a->name = first->name;
    if (tgi_accept(p, TGI_TOKEN_AS)) {
        a->name = tgi_expect(p, TGI_TOKEN_NAME)->name;
        a->renamed = true;
    }
    a->end = tgi_last_end(p);
    return a;
}

static void take_aliases(tgi_parser *p, tgi_stmt *s, uint32_t mark)
{
    void **items = tgi_pop(p, mark, &s->u.import.count);
    s->u.import.items =
        tgi_front_alloc(p->front, (s->u.import.count + 1) * sizeof *s->u.import.items);
    for (uint32_t i = 0; i < s->u.import.count; i++)
        s->u.import.items[i] = *(tgi_alias *)items[i];
}

static tgi_stmt *import_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_IMPORT)->start;
    uint32_t mark = p->stack_size;
    do
        tgi_push(p, alias(p, true));
    while (tgi_accept(p, TGI_TOKEN_COMMA));
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_IMPORT, start);
    take_aliases(p, s, mark);
    return s;
}

static tgi_stmt *from_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_FROM)->start;
    uint32_t level = 0;
    while (tgi_at(p, TGI_TOKEN_DOT) || tgi_at(p, TGI_TOKEN_ELLIPSIS)) {
        level += tgi_at(p, TGI_TOKEN_DOT) ? 1 : 3;
        p->at++;
    }
    const char *module = "";
    uint32_t size = 0;
    if (level == 0 || !tgi_at(p, TGI_TOKEN_IMPORT))
        module = tgi_parse_dotted_name(p, &size);
    tgi_expect(p, TGI_TOKEN_IMPORT);
    uint32_t mark = p->stack_size;
    bool star = tgi_accept(p, TGI_TOKEN_MUL);
    if (!star) {
        bool bracket = tgi_accept(p, TGI_TOKEN_LPAREN);
        do {
            if (p->stack_size > mark && !bracket && tgi_at(p, TGI_TOKEN_NEWLINE)) {
                const tgi_token *token = tgi_peek(p);
                tgi_fail_at(p, token->start, token->end,
                            "trailing comma not allowed without surrounding parentheses");
            }
            if (p->stack_size > mark && bracket && tgi_at(p, TGI_TOKEN_RPAREN))
                break;
            tgi_push(p, alias(p, false));
        } while (tgi_accept(p, TGI_TOKEN_COMMA));
        if (bracket)
            tgi_expect(p, TGI_TOKEN_RPAREN);
    }
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_IMPORT_FROM, start);
    s->u.import.module = module;
    s->u.import.module_size = size;
    s->u.import.level = level;
    s->u.import.star = star;
    take_aliases(p, s, mark);
    return s;
}

// --- lines

// Statements of later versions start with an ordinary name: `match x:` and `type X = ..`.
static void refuse_soft_keyword(tgi_parser *p)
{
    const tgi_token *first = tgi_peek(p);
    if (first->kind != TGI_TOKEN_NAME)
        return;
    if (strcmp(first->name->text, "type") == 0 && tgi_next_kind(p) == TGI_TOKEN_NAME) {
        tgi_token_kind third = (tgi_token_kind)first[2].kind;
        if (third == TGI_TOKEN_ASSIGN || third == TGI_TOKEN_LBRACKET)
            tgi_fail_at(p, first->start, first->end, "the 'type' statement is not supported");
    }
    if (strcmp(first->name->text, "match") != 0)
        return;
    const tgi_token *last = first;
    while (last->kind != TGI_TOKEN_NEWLINE && last->kind != TGI_TOKEN_END)
        last++;
    if (last->kind == TGI_TOKEN_NEWLINE && last[-1].kind == TGI_TOKEN_COLON && last - first > 2 &&
        last[1].kind == TGI_TOKEN_INDENT && last[2].kind == TGI_TOKEN_NAME &&
        strcmp(last[2].name->text, "case") == 0)
        tgi_fail_at(p, first->start, first->end, "the 'match' statement is not supported");
}

static tgi_stmt *simple_statement(tgi_parser *p)
{
    switch (tgi_peek(p)->kind) {
    case TGI_TOKEN_PASS:
        return simple_keyword(p, TGI_STMT_PASS);
    case TGI_TOKEN_BREAK:
        return simple_keyword(p, TGI_STMT_BREAK);
    case TGI_TOKEN_CONTINUE:
        return simple_keyword(p, TGI_STMT_CONTINUE);
    case TGI_TOKEN_RETURN:
        return return_statement(p);
    case TGI_TOKEN_DEL:
        return delete_statement(p);
    case TGI_TOKEN_RAISE:
        return raise_statement(p);
    case TGI_TOKEN_GLOBAL:
        return names_statement(p, TGI_STMT_GLOBAL);
    case TGI_TOKEN_NONLOCAL:
        return names_statement(p, TGI_STMT_NONLOCAL);
    case TGI_TOKEN_ASSERT:
        return assert_statement(p);
    case TGI_TOKEN_IMPORT:
        return import_statement(p);
    case TGI_TOKEN_FROM:
        return from_statement(p);
    default:
        return expression_statement(p);
    }
}

void tgi_parse_simple_line(tgi_parser *p)
{
    do {
        if (tgi_at(p, TGI_TOKEN_NEWLINE))
            break; // behind a last semicolon
        tgi_push(p, simple_statement(p));
    } while (tgi_accept(p, TGI_TOKEN_SEMICOLON));
    tgi_expect(p, TGI_TOKEN_NEWLINE);
}

void tgi_parse_statement(tgi_parser *p)
{
    if (tgi_parse_compound(p))
        return;
    refuse_soft_keyword(p);
    tgi_parse_simple_line(p);
}
