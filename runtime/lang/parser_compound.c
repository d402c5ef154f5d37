// SPDX-License-Identifier: MIT
//
// parser_compound.c - statements with blocks.
#include "lang/parser_internal.h"

// The header of a compound statement, for messages about its block.
typedef struct header {
    const char *what; // "'if' statement"
    uint32_t start;
} header;

static tgi_block block(tgi_parser *p, header h)
{
    uint32_t mark = p->stack_size;
    if (tgi_accept(p, TGI_TOKEN_NEWLINE)) {
        if (!tgi_accept(p, TGI_TOKEN_INDENT)) {
            tgi_fail_indent(p, "expected an indented block after %s on line %u", h.what,
                            tgi_front_line(p->front, h.start));
        }
        while (!tgi_accept(p, TGI_TOKEN_DEDENT)) {
            if (tgi_at(p, TGI_TOKEN_END))
                tgi_invalid(p);
            tgi_parse_statement(p);
        }
    } else {
        tgi_parse_simple_line(p);
    }
    tgi_block b;
    b.items = (tgi_stmt **)tgi_pop(p, mark, &b.count);
    return b;
}

// The colon of a header; only the end of the line makes it certain that it was forgotten.
static void colon(tgi_parser *p)
{
    if (tgi_at(p, TGI_TOKEN_NEWLINE))
        tgi_force(p, TGI_TOKEN_COLON, ":");
    tgi_expect(p, TGI_TOKEN_COLON);
}

static tgi_block else_block(tgi_parser *p)
{
    tgi_block none = {0};
    uint32_t start = tgi_peek(p)->start;
    if (!tgi_accept(p, TGI_TOKEN_ELSE))
        return none;
    tgi_force(p, TGI_TOKEN_COLON, ":");
    return block(p, (header){"'else' statement", start});
}

static tgi_stmt *if_statement(tgi_parser *p)
{
    uint32_t start = tgi_peek(p)->start;
    uint32_t mark = p->stack_size;
    tgi_stmt *s = NULL;
    do {
        const tgi_token *keyword = tgi_peek(p);
        p->at++;
        tgi_branch *branch = tgi_front_alloc(p->front, sizeof *branch);
        branch->test = tgi_named_expression(p);
        colon(p);
        if (s == NULL)
            s = tgi_new_stmt(p, TGI_STMT_IF, start);
        branch->body =
            block(p, (header){keyword->kind == TGI_TOKEN_IF ? "'if' statement" : "'elif' statement",
                              keyword->start});
        tgi_push(p, branch);
    } while (tgi_at(p, TGI_TOKEN_ELIF));
    void **branches = tgi_pop(p, mark, &s->u.conditional.count);
    s->u.conditional.branches =
        tgi_front_alloc(p->front, s->u.conditional.count * sizeof *s->u.conditional.branches);
    for (uint32_t i = 0; i < s->u.conditional.count; i++)
        s->u.conditional.branches[i] = *(tgi_branch *)branches[i];
    s->u.conditional.otherwise = else_block(p);
    return s;
}

static tgi_stmt *while_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_WHILE)->start;
    tgi_expr *test = tgi_named_expression(p);
    colon(p);
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_WHILE, start);
    s->u.loop.test = test;
    s->u.loop.body = block(p, (header){"'while' statement", start});
    s->u.loop.otherwise = else_block(p);
    return s;
}

static tgi_stmt *for_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_FOR)->start;
    tgi_expr *target = tgi_target_list(p);
    tgi_check_target(p, target, TGI_TARGET_FOR);
    tgi_expect(p, TGI_TOKEN_IN);
    tgi_expr *iterable = tgi_star_expressions(p);
    colon(p);
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_FOR, start);
    s->u.iteration.target = target;
    s->u.iteration.iterable = iterable;
    s->u.iteration.body = block(p, (header){"'for' statement", start});
    s->u.iteration.otherwise = else_block(p);
    return s;
}

static tgi_except *except_clause(tgi_parser *p)
{
    tgi_except *e = tgi_front_alloc(p->front, sizeof *e);
    const tgi_token *keyword = tgi_expect(p, TGI_TOKEN_EXCEPT);
    e->start = keyword->start;
    if (tgi_at(p, TGI_TOKEN_MUL))
        tgi_unsupported(p, keyword, tgi_peek(p), "except*");
    if (!tgi_at(p, TGI_TOKEN_COLON)) {
        if (tgi_at(p, TGI_TOKEN_NEWLINE))
            tgi_force(p, TGI_TOKEN_COLON, ":");
        e->type = tgi_expression(p);
        if (tgi_at(p, TGI_TOKEN_COMMA)) {
            tgi_fail_at(p, e->type->start, tgi_peek(p)->end,
                        "multiple exception types must be parenthesized");
        }
        if (tgi_accept(p, TGI_TOKEN_AS))
            e->name = tgi_expect(p, TGI_TOKEN_NAME)->name;
    }
    colon(p);
    e->body = block(p, (header){"'except' statement", e->start});
    return e;
}

static tgi_stmt *try_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_TRY)->start;
    tgi_force(p, TGI_TOKEN_COLON, ":");
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_TRY, start);
    s->u.attempt.body = block(p, (header){"'try' statement", start});
    if (!tgi_at(p, TGI_TOKEN_EXCEPT) && !tgi_at(p, TGI_TOKEN_FINALLY)) {
        const tgi_token *token = tgi_peek(p);
        tgi_fail_at(p, token->start, token->end, "expected 'except' or 'finally' block");
    }
    uint32_t mark = p->stack_size;
    while (tgi_at(p, TGI_TOKEN_EXCEPT)) {
        tgi_push(p, except_clause(p));
    }
    void **handlers = tgi_pop(p, mark, &s->u.attempt.handler_count);
    s->u.attempt.handlers =
        tgi_front_alloc(p->front, (s->u.attempt.handler_count + 1) * sizeof *s->u.attempt.handlers);
    for (uint32_t i = 0; i < s->u.attempt.handler_count; i++)
        s->u.attempt.handlers[i] = *(tgi_except *)handlers[i];
    if (s->u.attempt.handler_count > 0)
        s->u.attempt.otherwise = else_block(p);
    uint32_t finally = tgi_peek(p)->start;
    if (tgi_accept(p, TGI_TOKEN_FINALLY)) {
        tgi_force(p, TGI_TOKEN_COLON, ":");
        s->u.attempt.finally = block(p, (header){"'finally' statement", finally});
    }
    return s;
}

static tgi_with_item *with_item(tgi_parser *p)
{
    tgi_with_item *item = tgi_front_alloc(p->front, sizeof *item);
    item->context = tgi_expression(p);
    if (tgi_accept(p, TGI_TOKEN_AS)) {
        item->target = tgi_at(p, TGI_TOKEN_MUL) ? tgi_star_or_named(p) : tgi_bitwise_or(p);
        tgi_check_target(p, item->target, TGI_TARGET_STAR);
    }
    return item;
}

// Whether "(" behind `with` opens a list of items rather than an expression: its partner is
// followed by ":". Then the content is a list of items, unless it turns out to be a plain
// expression.
static bool with_list_follows(const tgi_parser *p)
{
    const tgi_token *token = tgi_peek(p);
    if (token->kind != TGI_TOKEN_LPAREN)
        return false;
    uint32_t level = token->level;
    bool as = false;
    bool comma = false;
    for (token++; token->level >= level; token++) {
        if (token->kind == TGI_TOKEN_END)
            return false;
        if (token->level == level) {
            as |= token->kind == TGI_TOKEN_AS;
            comma |= token->kind == TGI_TOKEN_COMMA;
            if (token->kind == TGI_TOKEN_FOR || token->kind == TGI_TOKEN_YIELD ||
                token->kind == TGI_TOKEN_WALRUS || token->kind == TGI_TOKEN_MUL)
                return as;
        }
    }
    return token[1].kind == TGI_TOKEN_COLON && (as || comma) && token[-1].kind != TGI_TOKEN_LPAREN;
}

static tgi_stmt *with_statement(tgi_parser *p)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_WITH)->start;
    uint32_t mark = p->stack_size;
    bool bracket = with_list_follows(p);
    if (bracket)
        p->at++;
    do {
        if (bracket && p->stack_size > mark && tgi_at(p, TGI_TOKEN_RPAREN))
            break;
        tgi_push(p, with_item(p));
    } while (tgi_accept(p, TGI_TOKEN_COMMA));
    if (bracket)
        tgi_expect(p, TGI_TOKEN_RPAREN);
    colon(p);
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_WITH, start);
    void **items = tgi_pop(p, mark, &s->u.with.count);
    s->u.with.items = tgi_front_alloc(p->front, s->u.with.count * sizeof *s->u.with.items);
    for (uint32_t i = 0; i < s->u.with.count; i++)
        s->u.with.items[i] = *(tgi_with_item *)items[i];
    s->u.with.body = block(p, (header){"'with' statement", start});
    return s;
}

// --- definitions

static tgi_stmt *function_statement(tgi_parser *p, tgi_sequence decorators)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_DEF)->start;
    tgi_function *f = tgi_front_alloc(p->front, sizeof *f);
    f->decorators = decorators;
    f->name = tgi_expect(p, TGI_TOKEN_NAME)->name;
    if (!tgi_at(p, TGI_TOKEN_LPAREN))
        tgi_force(p, TGI_TOKEN_LPAREN, "(");
    p->at++;
    f->parameters = tgi_parse_parameters(p, TGI_TOKEN_RPAREN, false);
    tgi_expect(p, TGI_TOKEN_RPAREN);
    if (tgi_accept(p, TGI_TOKEN_ARROW))
        tgi_expression(p); // the annotation is read and forgotten
    tgi_force(p, TGI_TOKEN_COLON, ":");
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_FUNCTION, start);
    f->body = block(p, (header){"function definition", start});
    s->u.function = f;
    return s;
}

static tgi_stmt *class_statement(tgi_parser *p, tgi_sequence decorators)
{
    uint32_t start = tgi_expect(p, TGI_TOKEN_CLASS)->start;
    tgi_name *name = tgi_expect(p, TGI_TOKEN_NAME)->name;
    tgi_arguments arguments = {0};
    if (tgi_accept(p, TGI_TOKEN_LPAREN))
        arguments = tgi_call_arguments(p);
    if (arguments.count == 1 && arguments.items[0].value->kind == TGI_EXPR_GENERATOR &&
        !arguments.items[0].value->parenthesised)
        tgi_fail_at(p, arguments.items[0].start, arguments.items[0].end, "invalid syntax");
    colon(p);
    tgi_stmt *s = tgi_new_stmt(p, TGI_STMT_CLASS, start);
    s->u.definition.name = name;
    s->u.definition.arguments = arguments;
    s->u.definition.decorators = decorators;
    s->u.definition.body = block(p, (header){"class definition", start});
    return s;
}

static tgi_stmt *decorated(tgi_parser *p)
{
    uint32_t mark = p->stack_size;
    while (tgi_accept(p, TGI_TOKEN_MATMUL)) {
        tgi_push(p, tgi_named_expression(p));
        tgi_expect(p, TGI_TOKEN_NEWLINE);
    }
    tgi_sequence decorators = tgi_pop_exprs(p, mark);
    if (tgi_at(p, TGI_TOKEN_DEF))
        return function_statement(p, decorators);
    if (tgi_at(p, TGI_TOKEN_CLASS))
        return class_statement(p, decorators);
    if (tgi_at(p, TGI_TOKEN_ASYNC) && tgi_next_kind(p) == TGI_TOKEN_DEF)
        tgi_unsupported(p, tgi_peek(p), tgi_peek(p) + 1, "async def");
    tgi_invalid(p);
}

static _Noreturn void async_statement(tgi_parser *p)
{
    const tgi_token *first = tgi_peek(p);
    const char *what = "async";
    const tgi_token *last = first;
    switch (first[1].kind) {
    case TGI_TOKEN_DEF:
        what = "async def";
        last++;
        break;
    case TGI_TOKEN_FOR:
        what = "async for";
        last++;
        break;
    case TGI_TOKEN_WITH:
        what = "async with";
        last++;
        break;
    default:
        break;
    }
    tgi_unsupported(p, first, last, what);
}

bool tgi_parse_compound(tgi_parser *p)
{
    tgi_stmt *s;
    switch (tgi_peek(p)->kind) {
    case TGI_TOKEN_IF:
        s = if_statement(p);
        break;
    case TGI_TOKEN_WHILE:
        s = while_statement(p);
        break;
    case TGI_TOKEN_FOR:
        s = for_statement(p);
        break;
    case TGI_TOKEN_TRY:
        s = try_statement(p);
        break;
    case TGI_TOKEN_WITH:
        s = with_statement(p);
        break;
    case TGI_TOKEN_DEF:
        s = function_statement(p, (tgi_sequence){0});
        break;
    case TGI_TOKEN_CLASS:
        s = class_statement(p, (tgi_sequence){0});
        break;
    case TGI_TOKEN_MATMUL:
        s = decorated(p);
        break;
    case TGI_TOKEN_ASYNC:
        async_statement(p);
    default:
        return false;
    }
    tgi_push(p, s);
    return true;
}
