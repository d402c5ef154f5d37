// SPDX-License-Identifier: MIT
//
// parser.c - recursive descent over the token array: tokens, errors, entry.
//
// Owns        nothing; nodes live in the arena of the tgi_front.
// Invariants  P1  time is linear in the number of tokens: the parser backs up only in tgi_try,
//             which runs
//                 at most once per text that is accepted or refused.
//             P2  recursion in C is bounded by TGI_MAX_PARSE_DEPTH, brackets and blocks by the
//                 lexer.
// Rejected    a generated parser: its tables explain nothing when a text is wrong, and the messages
//             a script writer knows come from knowing where we are.
#include "lang/parser.h"

#include <stdarg.h> // va_list
#include <stdio.h>  // vsnprintf
#include <string.h> // memcpy

#include "lang/parser_internal.h"

uint32_t tgi_last_end(const tgi_parser *p)
{
    return p->at == 0 ? p->tokens[0].start : p->tokens[p->at - 1].end;
}

// A bracket that stays open to the end of the text explains errors on later lines better than they
// do.
static void fail_if_unclosed(tgi_parser *p, uint32_t where, bool at_end)
{
    tgi_front *front = p->front;
    if (front->unclosed == 0 || p->fstring > 0)
        return;
    uint32_t open = front->unclosed - 1;
    if (at_end || tgi_front_line(front, where) > tgi_front_line(front, open))
        tgi_front_fail(front, TGI_SYNTAX_ERROR, open, open, "'%c' was never closed",
                       front->unclosed_kind);
}

void tgi_invalid(tgi_parser *p)
{
    const tgi_token *token = tgi_peek(p);
    fail_if_unclosed(p, token->start, token->kind == TGI_TOKEN_END);
    if (token->kind == TGI_TOKEN_INDENT) {
        tgi_front_fail(p->front, TGI_INDENTATION_ERROR, token->start - 1, token->start - 1,
                       "unexpected indent");
    }
    if (token->kind == TGI_TOKEN_ASYNC || token->kind == TGI_TOKEN_AWAIT)
        tgi_unsupported(p, token, token, token->kind == TGI_TOKEN_ASYNC ? "async" : "await");
    tgi_fail_at(p, token->start, token->end, "invalid syntax");
}

void tgi_fail_at(tgi_parser *p, uint32_t start, uint32_t end, const char *format, ...)
{
    char message[sizeof p->front->error->message];
    if (p->quiet)
        tgi_front_fail(p->front, TGI_SYNTAX_ERROR, 0, 0, "invalid syntax");
    fail_if_unclosed(p, end > start ? end - 1 : start, false);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    tgi_front_fail(p->front, TGI_SYNTAX_ERROR, start, end, "%s%s",
                   p->fstring > 0 ? "f-string: " : "", message);
}

void tgi_fail_indent(tgi_parser *p, const char *format, ...)
{
    char message[sizeof p->front->error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const tgi_token *token = tgi_peek(p);
    uint32_t start = token->start < p->front->length ? token->start : p->front->length - 1;
    tgi_front_fail(p->front, TGI_INDENTATION_ERROR, start, token->end, "%s", message);
}

void tgi_unsupported(tgi_parser *p, const tgi_token *first, const tgi_token *last, const char *what)
{
    tgi_front_fail(p->front, TGI_SYNTAX_ERROR, first->start, last->end, "'%s' is not supported",
                   what);
}

const tgi_token *tgi_expect(tgi_parser *p, tgi_token_kind kind)
{
    if (!tgi_at(p, kind))
        tgi_invalid(p);
    return &p->tokens[p->at++];
}

void tgi_force(tgi_parser *p, tgi_token_kind kind, const char *text)
{
    if (tgi_accept(p, kind))
        return;
    const tgi_token *token = tgi_peek(p);
    fail_if_unclosed(p, token->start, token->kind == TGI_TOKEN_END);
    tgi_fail_at(p, token->start, token->end, "expected '%s'", text);
}

typedef struct trial {
    tgi_parser *parser;
    tgi_expr *(*parse)(tgi_parser *p);
    tgi_expr *result;
} trial;

static void run_trial(tgi_front *front, void *argument)
{
    (void)front;
    trial *t = argument;
    t->result = t->parse(t->parser);
}

bool tgi_try(tgi_parser *p, tgi_expr *(*parse)(tgi_parser *p), tgi_expr **result, uint32_t *end_at)
{
    tgi_parser saved = *p;
    tgi_syntax_error ignored;
    tgi_syntax_error *error = p->front->error;
    p->quiet = true;
    p->front->error = &ignored;
    trial t = {.parser = p, .parse = parse};
    int outcome = tgi_front_run(p->front, run_trial, &t);
    p->front->error = error;
    *end_at = p->at;
    // The node stack may have grown meanwhile: keep its new place, not its new content.
    saved.stack = p->stack;
    saved.stack_capacity = p->stack_capacity;
    *p = saved;
    if (outcome == TGI_FRONT_NOMEM)
        tgi_front_fail_nomem(p->front);
    *result = t.result;
    return outcome == TGI_FRONT_OK;
}

void tgi_enter(tgi_parser *p)
{
    if (++p->depth > TGI_MAX_PARSE_DEPTH) {
        const tgi_token *token = tgi_peek(p);
        tgi_front_fail(p->front, TGI_SYNTAX_ERROR, token->start, token->end,
                       "expression is nested too deeply");
    }
}

void tgi_push(tgi_parser *p, void *node)
{
    p->stack =
        tgi_front_grow(p->front, p->stack, &p->stack_capacity, p->stack_size + 1, sizeof *p->stack);
    p->stack[p->stack_size++] = node;
}

void **tgi_pop(tgi_parser *p, uint32_t mark, uint32_t *count)
{
    uint32_t n = p->stack_size - mark;
    *count = n;
    p->stack_size = mark;
    if (n == 0)
        return NULL;
    void **items = tgi_front_alloc(p->front, n * sizeof *items);
    memcpy(items, p->stack + mark, n * sizeof *items);
    return items;
}

tgi_sequence tgi_pop_exprs(tgi_parser *p, uint32_t mark)
{
    tgi_sequence sequence;
    sequence.items = (tgi_expr **)tgi_pop(p, mark, &sequence.count);
    return sequence;
}

tgi_expr *tgi_new_expr(tgi_parser *p, tgi_expr_kind kind, uint32_t start)
{
    tgi_expr *e = tgi_front_alloc(p->front, sizeof *e);
    e->kind = (uint8_t)kind;
    e->start = start;
    e->end = tgi_last_end(p);
    return e;
}

tgi_stmt *tgi_new_stmt(tgi_parser *p, tgi_stmt_kind kind, uint32_t start)
{
    tgi_stmt *s = tgi_front_alloc(p->front, sizeof *s);
    s->kind = (uint8_t)kind;
    s->start = start;
    s->end = tgi_last_end(p);
    return s;
}

static tgi_parser open_parser(tgi_front *front, bool inside)
{
    uint32_t count;
    tgi_parser p = {.front = front};
    p.tokens = tgi_lex(front, 0, front->length, inside, &count);
    return p;
}

tgi_tree *tgi_parse_module(tgi_front *front)
{
    tgi_parser p = open_parser(front, false);
    tgi_tree *tree = tgi_front_alloc(front, sizeof *tree);
    while (!tgi_at(&p, TGI_TOKEN_END))
        tgi_parse_statement(&p);
    fail_if_unclosed(&p, front->length, true);
    tree->body.items = (tgi_stmt **)tgi_pop(&p, 0, &tree->body.count);
    return tree;
}

tgi_tree *tgi_parse_expression(tgi_front *front)
{
    tgi_parser p = open_parser(front, false);
    tgi_tree *tree = tgi_front_alloc(front, sizeof *tree);
    // Leading blanks are allowed, so an indented line is not a block here.
    tgi_accept(&p, TGI_TOKEN_INDENT);
    tree->expression = tgi_star_expressions(&p);
    while (tgi_accept(&p, TGI_TOKEN_NEWLINE) || tgi_accept(&p, TGI_TOKEN_DEDENT))
        continue;
    tgi_expect(&p, TGI_TOKEN_END);
    return tree;
}
