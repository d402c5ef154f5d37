// SPDX-License-Identifier: MIT
//
// parser_string.c - string atoms: adjacent literals joined, f-strings taken apart.
//
// An f-string is one token of the lexer, as in Python 3.11, so its expressions cannot contain its
// own quotes or a backslash. Each expression is lexed where it stands in the source, so positions
// are exact.
#include <string.h> // memcmp

#include "lang/parser_internal.h"
#include "lang/string_literal.h"

// An f-string may nest in the format specification of another, not deeper.
enum { MAX_SPEC_NESTING = 2, MAX_FSTRING_NESTING = 8 };

typedef struct joiner {
    tgi_parser *p;
    tgi_string_token token;
    tgi_text text; // literal text not yet pushed
    uint32_t text_start;
    bool formatted; // a FORMATTED part was pushed
} joiner;

static void flush_text(joiner *j)
{
    if (j->text.size == 0)
        return;
    tgi_expr *e = tgi_new_expr(j->p, TGI_EXPR_STR, j->text_start);
    e->u.text.text = j->text.bytes;
    e->u.text.size = j->text.size;
    tgi_push(j->p, e);
    j->text = (tgi_text){0};
}

static void parts(joiner *j, uint32_t *at, uint32_t end, uint32_t nesting);

static _Noreturn void fail_fstring(joiner *j, uint32_t at, const char *what)
{
    tgi_front_fail(j->p->front, TGI_SYNTAX_ERROR, at, at, "f-string: %s", what);
}

// The end of the expression that starts at `at`: the first }, !, : or = outside brackets and
// quotes.
static uint32_t expression_end(joiner *j, uint32_t at, uint32_t end)
{
    const char *text = j->p->front->text;
    char brackets[TGI_MAX_BRACKETS];
    uint32_t level = 0;
    char quote = '\0';
    uint32_t quotes = 0;
    for (; at < end; at++) {
        char c = text[at];
        if (c == '\\')
            tgi_front_fail(j->p->front, TGI_SYNTAX_ERROR, at, at,
                           "f-string expression part cannot include a backslash");
        if (quote != '\0') {
            if (c != quote)
                continue;
            if (quotes == 3) {
                if (at + 2 < end && text[at + 1] == c && text[at + 2] == c) {
                    at += 2;
                    quote = '\0';
                }
                continue;
            }
            quote = '\0';
            continue;
        }
        if (c == '\'' || c == '"') {
            quote = c;
            quotes = at + 2 < end && text[at + 1] == c && text[at + 2] == c ? 3 : 1;
            at += quotes - 1;
        } else if (c == '(' || c == '[' || c == '{') {
            if (level >= TGI_MAX_BRACKETS)
                fail_fstring(j, at, "too many nested parenthesis");
            brackets[level++] = c;
        } else if (c == '#') {
            tgi_front_fail(j->p->front, TGI_SYNTAX_ERROR, at, at,
                           "f-string expression part cannot include '#'");
        } else if (level == 0 && (c == '!' || c == '=' || c == '<' || c == '>')) {
            if (at + 1 < end && text[at + 1] == '=') {
                at++; // a comparison
                continue;
            }
            if (c == '<' || c == '>')
                continue;
            return at;
        } else if (level == 0 && (c == ':' || c == '}')) {
            return at;
        } else if (c == ')' || c == ']' || c == '}') {
            if (level == 0)
                tgi_front_fail(j->p->front, TGI_SYNTAX_ERROR, at, at, "f-string: unmatched '%c'",
                               c);
            char open = brackets[--level];
            if (c != (open == '(' ? ')' : open == '[' ? ']' : '}')) {
                tgi_front_fail(
                    j->p->front, TGI_SYNTAX_ERROR, at, at,
                    "f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c,
                    open);
            }
        }
    }
    if (quote != '\0')
        fail_fstring(j, end, "unterminated string");
    if (level > 0) {
        tgi_front_fail(j->p->front, TGI_SYNTAX_ERROR, end, end, "f-string: unmatched '%c'",
                       brackets[level - 1]);
    }
    return at;
}

static tgi_expr *nested_expression(joiner *j, uint32_t start, uint32_t end)
{
    tgi_parser *p = j->p;
    const char *text = p->front->text;
    uint32_t i = start;
    while (i < end && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\f'))
        i++;
    if (i == end)
        fail_fstring(j, start, "empty expression not allowed");
    if (p->fstring >= MAX_FSTRING_NESTING)
        fail_fstring(j, start, "expressions nested too deeply");
    const tgi_token *tokens = p->tokens;
    uint32_t at = p->at;
    uint32_t count;
    p->tokens = tgi_lex(p->front, start, end, true, &count);
    p->at = 0;
    p->fstring++;
    tgi_expr *e = tgi_at(p, TGI_TOKEN_YIELD) ? tgi_yield(p) : NULL;
    if (e == NULL) {
        // An expression list stands as if in parentheses; there a name may be bound with := only in
        // real ones.
        e = tgi_star_expressions(p);
        if (e->kind == TGI_EXPR_STARRED)
            tgi_fail_at(p, e->start, e->end, "cannot use starred expression here");
    }
    tgi_expect(p, TGI_TOKEN_END);
    p->fstring--;
    p->tokens = tokens;
    p->at = at;
    return e;
}

static char conversion(joiner *j, uint32_t *at, uint32_t end)
{
    const char *text = j->p->front->text;
    if (*at >= end || text[*at] != '!')
        return '\0';
    uint32_t start = ++*at;
    while (*at < end && text[*at] != '}' && text[*at] != ':')
        ++*at;
    if (*at >= end)
        fail_fstring(j, *at, "expecting '}'");
    char c = text[start];
    if (*at - start != 1 || (c != 's' && c != 'r' && c != 'a'))
        fail_fstring(j, start, "invalid conversion character: expected 's', 'r', or 'a'");
    return c;
}

static tgi_expr *format_spec(joiner *j, uint32_t *at, uint32_t end, uint32_t nesting)
{
    tgi_parser *p = j->p;
    uint32_t mark = p->stack_size;
    uint32_t start = *at;
    joiner inner = {.p = p, .token = j->token, .text_start = *at};
    parts(&inner, at, end, nesting + 1);
    flush_text(&inner);
    tgi_sequence sequence = tgi_pop_exprs(p, mark);
    if (sequence.count == 1 && sequence.items[0]->kind == TGI_EXPR_STR)
        return sequence.items[0];
    tgi_expr *e = tgi_new_expr(p, sequence.count == 0 ? TGI_EXPR_STR : TGI_EXPR_JOINED, start);
    if (sequence.count == 0)
        e->u.text.text = "";
    else
        e->u.sequence = sequence;
    return e;
}

// Behind "{"; leaves *at behind "}".
static void replacement(joiner *j, uint32_t *at, uint32_t end, uint32_t nesting)
{
    tgi_parser *p = j->p;
    const char *text = p->front->text;
    uint32_t start = *at;
    if (nesting >= MAX_SPEC_NESTING)
        fail_fstring(j, start, "expressions nested too deeply");
    uint32_t stop = expression_end(j, start, end);
    if (stop >= end)
        fail_fstring(j, stop, "expecting '}'");
    tgi_expr *value = nested_expression(j, start, stop);
    *at = stop;
    bool show = text[stop] == '=';
    if (show) {
        ++*at;
        while (*at < end && (text[*at] == ' ' || text[*at] == '\t' || text[*at] == '\n'))
            ++*at;
        tgi_text_add(p->front, &j->text, text + start, *at - start);
    }
    char convert = conversion(j, at, end);
    tgi_expr *spec = NULL;
    if (*at < end && text[*at] == ':') {
        ++*at;
        spec = format_spec(j, at, end, nesting);
    }
    if (*at >= end || text[*at] != '}')
        fail_fstring(j, *at, "expecting '}'");
    ++*at;
    if (show && convert == '\0' && spec == NULL)
        convert = 'r';
    flush_text(j);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_FORMATTED, start - 1);
    e->end = *at;
    e->u.formatted.value = value;
    e->u.formatted.conversion = convert;
    e->u.formatted.spec = spec;
    tgi_push(p, e);
    j->formatted = true;
}

// Literal text and replacements up to `end`, or, in a format specification, up to "}".
static void parts(joiner *j, uint32_t *at, uint32_t end, uint32_t nesting)
{
    tgi_front *front = j->p->front;
    const char *text = front->text;
    while (*at < end) {
        uint32_t start = *at;
        while (*at < end && text[*at] != '{' && text[*at] != '}') {
            // \N{...} never gets here as a replacement: the decoder refuses it.
            if (text[*at] == '\\' && !j->token.raw && *at + 1 < end && text[*at + 1] == 'N')
                break;
            *at += text[*at] == '\\' && !j->token.raw && *at + 1 < end && text[*at + 1] != '{' &&
                           text[*at + 1] != '}'
                       ? 2
                       : 1;
        }
        if (*at > end)
            *at = end;
        if (*at < end && text[*at] == '\\')
            *at += 2;
        tgi_decode_string(front, &j->token, start, *at, &j->text);
        if (*at >= end)
            return;
        bool twice = *at + 1 < end && text[*at + 1] == text[*at];
        if (text[*at] == '}' && nesting > 0)
            return;
        if (twice && nesting == 0) {
            tgi_text_add(front, &j->text, text + *at, 1);
            *at += 2;
        } else if (text[*at] == '}') {
            fail_fstring(j, *at, "single '}' is not allowed");
        } else if (text[*at] == '{') {
            ++*at;
            replacement(j, at, end, nesting);
        }
    }
}

tgi_expr *tgi_strings(tgi_parser *p)
{
    uint32_t mark = p->stack_size;
    uint32_t start = tgi_peek(p)->start;
    joiner j = {.p = p, .text_start = start};
    bool bytes = false;
    bool format = false;
    for (bool first = true; tgi_at(p, TGI_TOKEN_STRING); first = false) {
        const tgi_token *token = &p->tokens[p->at++];
        j.token = tgi_split_string(p->front, token->start, token->end);
        if (!first && j.token.bytes != bytes) {
            tgi_fail_at(p, start, tgi_last_end(p), "cannot mix bytes and nonbytes literals");
        }
        bytes = j.token.bytes;
        format |= j.token.format;
        uint32_t at = j.token.start;
        if (j.token.format)
            parts(&j, &at, j.token.end, 0);
        else
            tgi_decode_string(p->front, &j.token, at, j.token.end, &j.text);
    }
    if (!j.formatted) {
        tgi_expr *e = tgi_new_expr(p, bytes ? TGI_EXPR_BYTES : TGI_EXPR_STR, start);
        e->u.text.text = j.text.bytes != NULL ? j.text.bytes : "";
        e->u.text.size = j.text.size;
        if (format)
            e->kind = TGI_EXPR_JOINED; // not a docstring, not a target title of its own
        if (format) {
            tgi_expr *only = tgi_new_expr(p, TGI_EXPR_STR, start);
            only->u.text.text = j.text.bytes != NULL ? j.text.bytes : "";
            only->u.text.size = j.text.size;
            tgi_push(p, only);
            e->u.sequence = tgi_pop_exprs(p, mark);
        }
        return e;
    }
    flush_text(&j);
    tgi_expr *e = tgi_new_expr(p, TGI_EXPR_JOINED, start);
    e->u.sequence = tgi_pop_exprs(p, mark);
    return e;
}
