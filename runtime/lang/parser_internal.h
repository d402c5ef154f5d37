// SPDX-License-Identifier: MIT
//
// parser_internal.h - what the files of the parser share. Layer lang.
//
// The grammar is spread by subject: parser_stmt.c simple statements, parser_compound.c statements
// with blocks, parser_expr.c operators, parser_atom.c atoms and displays, parser_call.c arguments,
// parameters and comprehensions, parser_target.c what may be assigned to, parser_string.c string
// and f-string literals, parser.c tokens, errors and entry.
#ifndef TGI_LANG_PARSER_INTERNAL_H
#define TGI_LANG_PARSER_INTERNAL_H

#include "lang/ast.h"
#include "lang/lexer.h" // tgi_token

// Recursion of the parser in C frames of its expression functions; a nesting level of source costs
// two or three.
enum { TGI_MAX_PARSE_DEPTH = 1200 };

typedef struct tgi_parser {
    tgi_front *front;
    const tgi_token *tokens;
    uint32_t at;
    uint32_t depth;
    uint32_t fstring; // nesting of f-strings
    bool quiet;       // parsing on trial: only whether it fails matters
    void **stack;     // nodes of lists under construction
    uint32_t stack_size, stack_capacity;
} tgi_parser;

// --- parser.c
static inline const tgi_token *tgi_peek(const tgi_parser *p)
{
    return &p->tokens[p->at];
}
static inline bool tgi_at(const tgi_parser *p, tgi_token_kind kind)
{
    return p->tokens[p->at].kind == kind;
}
static inline tgi_token_kind tgi_next_kind(const tgi_parser *p)
{
    return p->tokens[p->at].kind == TGI_TOKEN_END ? TGI_TOKEN_END : p->tokens[p->at + 1].kind;
}
static inline bool tgi_accept(tgi_parser *p, tgi_token_kind kind)
{
    if (!tgi_at(p, kind))
        return false;
    p->at++;
    return true;
}
// The end of the token before the current one.
uint32_t tgi_last_end(const tgi_parser *p);
// The current token cannot stand here.
_Noreturn void tgi_invalid(tgi_parser *p);
_Noreturn void tgi_fail_at(tgi_parser *p, uint32_t start, uint32_t end, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
_Noreturn void tgi_fail_indent(tgi_parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
_Noreturn void tgi_unsupported(tgi_parser *p, const tgi_token *first, const tgi_token *last,
                               const char *what);
const tgi_token *tgi_expect(tgi_parser *p, tgi_token_kind kind);
// The token must come, whatever stands there: "expected ':'".
void tgi_force(tgi_parser *p, tgi_token_kind kind, const char *text);
// Whether `parse` succeeds from here; the place and the error of the parser stay as they were. If
// it succeeds, *end_at is the index of the token after.
bool tgi_try(tgi_parser *p, tgi_expr *(*parse)(tgi_parser *p), tgi_expr **result, uint32_t *end_at);
void tgi_enter(tgi_parser *p);
static inline void tgi_leave(tgi_parser *p)
{
    p->depth--;
}
void tgi_push(tgi_parser *p, void *node);
// Pops all above `mark` into an arena array.
void **tgi_pop(tgi_parser *p, uint32_t mark, uint32_t *count);
tgi_sequence tgi_pop_exprs(tgi_parser *p, uint32_t mark);
tgi_expr *tgi_new_expr(tgi_parser *p, tgi_expr_kind kind, uint32_t start);
tgi_stmt *tgi_new_stmt(tgi_parser *p, tgi_stmt_kind kind, uint32_t start);

// --- parser_expr.c
tgi_expr *tgi_expression(tgi_parser *p);          // conditional, lambda or disjunction
tgi_expr *tgi_named_expression(tgi_parser *p);    // or with :=
tgi_expr *tgi_argument_expression(tgi_parser *p); // the same, "=" may follow
tgi_expr *tgi_star_expressions(tgi_parser *p);    // a, *b, c without brackets
tgi_expr *tgi_star_or_named(tgi_parser *p);       // *a or named expression
tgi_expr *tgi_value_expression(tgi_parser *p);    // star_expressions or yield
tgi_expr *tgi_yield(tgi_parser *p);
tgi_expr *tgi_bitwise_or(tgi_parser *p);
tgi_expr *tgi_disjunction(tgi_parser *p);
bool tgi_starts_expression(const tgi_parser *p);
// A target list up to (not including) a token like `in` or `=`: a, b.c, *d.
tgi_expr *tgi_target_list(tgi_parser *p);

// --- parser_atom.c
tgi_expr *tgi_name_atom(tgi_parser *p);
tgi_expr *tgi_primary(tgi_parser *p);

// --- parser_call.c
tgi_arguments tgi_call_arguments(tgi_parser *p); // behind "(", up to and with ")"
tgi_parameters tgi_parse_parameters(tgi_parser *p, tgi_token_kind end, bool lambda);
// From `for` on; `element` is parsed already.
tgi_expr *tgi_parse_comprehension(tgi_parser *p, tgi_expr_kind kind, uint32_t start,
                                  tgi_expr *element, tgi_expr *value);

// --- parser_string.c
tgi_expr *tgi_strings(tgi_parser *p);

// --- parser_target.c
const char *tgi_expr_title(const tgi_expr *e);
typedef enum tgi_target_use { TGI_TARGET_STAR, TGI_TARGET_DEL, TGI_TARGET_FOR } tgi_target_use;
// The first part of e that cannot be a target, or NULL.
const tgi_expr *tgi_bad_target(const tgi_expr *e, tgi_target_use use);
void tgi_check_target(tgi_parser *p, const tgi_expr *e, tgi_target_use use);
// At a "=" behind an expression: fails with what was probably meant, if it can tell; else returns.
void tgi_refuse_assignment_here(tgi_parser *p, const tgi_expr *e);

// --- parser_stmt.c, parser_compound.c
void tgi_parse_statement(tgi_parser *p); // pushes one or more
void tgi_parse_simple_line(tgi_parser *p);
bool tgi_parse_compound(tgi_parser *p); // false if none starts here
const char *tgi_parse_dotted_name(tgi_parser *p, uint32_t *size);

#endif
