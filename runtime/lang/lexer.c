// SPDX-License-Identifier: MIT
//
// lexer.c - source text to tokens, in one linear pass.
//
// Owns        nothing; tokens are an array in the arena.
// Invariants  X1  INDENT and DEDENT are balanced; a logical line ends in NEWLINE.
//             X2  every bracket inside the token list has its partner, except at the end of a text
//                 whose last bracket was never closed (front->unclosed says which).
//             X3  a number or string token is well formed up to its closing quote; its value is
//                 decoded later.
// Rejected    lexing on demand: all errors of the lexer win over errors of the parser, as in
//             Python, and that falls out of lexing everything first.
#include "lang/lexer.h"

#include <string.h> // memcmp, strlen, strchr

#include "lang/identifier.h" // tgi_identifier_start, tgi_identifier_continue
#include "lang/lexer_number.h"
#include "lang/utf8.h" // utf8_decode

typedef struct lexer {
    tgi_front *front;
    const char *text;
    uint32_t at;
    uint32_t limit;

    tgi_token *tokens;
    uint32_t count;
    uint32_t capacity;

    // Columns of the open blocks, with tabs to multiples of 8, and with tabs as one column: only
    // where both agree on an order is the order independent of the reader's tab width.
    uint32_t indents[TGI_MAX_INDENTS];
    uint32_t narrow_indents[TGI_MAX_INDENTS];
    uint32_t depth;

    uint32_t brackets[TGI_MAX_BRACKETS];
    uint32_t level;
    bool inside; // started within a bracket that is not in this text
} lexer;

static const struct word {
    const char *text;
    uint8_t size;
    uint8_t kind;
} operators[] =
    {
#define WORD(NAME, text) {text, sizeof text - 1, TGI_TOKEN_##NAME},
        TGI_OPERATORS(WORD)},
  keywords[] = {TGI_KEYWORDS(WORD)
#undef WORD
};

int tgi_keyword_kind(const char *text, uint32_t length)
{
    if (length < 2 || length > 8)
        return 0;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (keywords[i].size == length && memcmp(keywords[i].text, text, length) == 0)
            return keywords[i].kind;
    }
    return 0;
}

static char peek(const lexer *l, uint32_t ahead)
{
    return l->at + ahead < l->limit ? l->text[l->at + ahead] : '\0';
}

static tgi_token *add(lexer *l, tgi_token_kind kind, uint32_t start, uint32_t end)
{
    l->tokens = tgi_front_grow(l->front, l->tokens, &l->capacity, l->count + 1, sizeof *l->tokens);
    tgi_token *token = &l->tokens[l->count++];
    *token = (tgi_token){.kind = (uint8_t)kind, .start = start, .end = end};
    token->level = (uint8_t)(l->level + l->inside);
    return token;
}

static bool is_identifier_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static _Noreturn void bad_character(lexer *l, uint32_t at, uint32_t point, uint32_t size)
{
    if (point < 0x20 || (point >= 0x7F && point < 0xA1) || point == 0xAD ||
        (point >= 0x2000 && point <= 0x200F) || (point >= 0x2028 && point <= 0x202F) ||
        (point >= 0x205F && point <= 0x206F) || point == 0x3000 || point == 0xFEFF) {
        tgi_front_fail(l->front, TGI_SYNTAX_ERROR, at, at + size,
                       "invalid non-printable character U+%04X", point);
    }
    tgi_front_fail(l->front, TGI_SYNTAX_ERROR, at, at + size, "invalid character '%.*s' (U+%04X)",
                   (int)size, l->text + at, point);
}

static void lex_name(lexer *l)
{
    uint32_t start = l->at;
    while (l->at < l->limit && is_identifier_byte(l->text[l->at])) {
        if ((unsigned char)l->text[l->at] < 0x80) {
            l->at++;
            continue;
        }
        uint32_t point;
        uint32_t size = utf8_decode(l->text + l->at, l->limit - l->at, &point);
        bool good = l->at == start ? tgi_identifier_start(point) : tgi_identifier_continue(point);
        if (!good)
            bad_character(l, l->at, point, size);
        l->at += size;
    }
    tgi_name *name = tgi_front_name(l->front, l->text + start, l->at - start);
    tgi_token_kind kind = name->keyword != 0 ? (tgi_token_kind)name->keyword : TGI_TOKEN_NAME;
    add(l, kind, start, l->at)->name = name;
}

// The length of a string prefix before a quote at the current place, or -1 if this is no string.
static int string_prefix(const lexer *l)
{
    bool raw = false, bytes = false, unicode = false, format = false;
    for (uint32_t i = 0; i < 3; i++) {
        switch (peek(l, i)) {
        case '\'':
        case '"':
            return (int)i;
        case 'r':
        case 'R':
            if (raw || unicode)
                return -1;
            raw = true;
            break;
        case 'b':
        case 'B':
            if (bytes || unicode || format)
                return -1;
            bytes = true;
            break;
        case 'u':
        case 'U':
            if (raw || bytes || unicode || format)
                return -1;
            unicode = true;
            break;
        case 'f':
        case 'F':
            if (format || bytes || unicode)
                return -1;
            format = true;
            break;
        default:
            return -1;
        }
    }
    return -1;
}

static void lex_string(lexer *l, uint32_t prefix)
{
    uint32_t start = l->at;
    l->at += prefix;
    char quote = peek(l, 0);
    uint32_t quotes = peek(l, 1) == quote && peek(l, 2) == quote ? 3 : 1;
    if (quotes == 1 && peek(l, 1) == quote) {
        l->at += 2;
        add(l, TGI_TOKEN_STRING, start, l->at);
        return;
    }
    l->at += quotes;
    for (uint32_t run = 0; run < quotes;) {
        char c = peek(l, 0);
        if (l->at >= l->limit || (c == '\n' && quotes == 1)) {
            uint32_t end = l->at > 0 && l->at >= l->limit ? l->at - 1 : l->at;
            tgi_front_fail(l->front, TGI_SYNTAX_ERROR, start, start,
                           "unterminated %sstring literal (detected at line %u)",
                           quotes == 3 ? "triple-quoted " : "", tgi_front_line(l->front, end));
        }
        if (c == quote) {
            run++;
        } else {
            run = 0;
            if (c == '\\')
                l->at++;
        }
        l->at++;
    }
    if (l->at > l->limit)
        l->at = l->limit;
    add(l, TGI_TOKEN_STRING, start, l->at);
}

static char closing(char open)
{
    return open == '(' ? ')' : open == '[' ? ']' : '}';
}

static void track_bracket(lexer *l, char c)
{
    uint32_t at = l->at;
    if (c == '(' || c == '[' || c == '{') {
        if (l->level >= TGI_MAX_BRACKETS)
            tgi_front_fail(l->front, TGI_SYNTAX_ERROR, at, at, "too many nested parentheses");
        l->brackets[l->level++] = at;
        return;
    }
    if (l->level == 0)
        tgi_front_fail(l->front, TGI_SYNTAX_ERROR, at, at, "unmatched '%c'", c);
    uint32_t open = l->brackets[--l->level];
    if (closing(l->text[open]) == c)
        return;
    uint32_t line = tgi_front_line(l->front, open);
    if (line != tgi_front_line(l->front, at)) {
        tgi_front_fail(
            l->front, TGI_SYNTAX_ERROR, at, at,
            "closing parenthesis '%c' does not match opening parenthesis '%c' on line %u", c,
            l->text[open], line);
    }
    tgi_front_fail(l->front, TGI_SYNTAX_ERROR, at, at,
                   "closing parenthesis '%c' does not match opening parenthesis '%c'", c,
                   l->text[open]);
}

static void lex_operator(lexer *l)
{
    char c = peek(l, 0);
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        const struct word *word = &operators[i];
        if (word->text[0] != c || l->limit - l->at < word->size ||
            memcmp(l->text + l->at, word->text, word->size) != 0)
            continue;
        if (word->size == 1 && strchr("()[]{}", c) != NULL)
            track_bracket(l, c);
        add(l, (tgi_token_kind)word->kind, l->at, l->at + word->size);
        l->at += word->size;
        return;
    }
    if (c == '!' || c == '$' || c == '?' || c == '`') {
        // Characters of no token: the parser has no use for them.
        tgi_front_fail(l->front, TGI_SYNTAX_ERROR, l->at, l->at + 1, "invalid syntax");
    }
    bad_character(l, l->at, (unsigned char)c, 1);
}

static void skip_line(lexer *l)
{
    while (l->at < l->limit && l->text[l->at] != '\n')
        l->at++;
}

static void set_indentation(lexer *l, uint32_t column, uint32_t narrow)
{
    uint32_t line_start = l->at;
    uint32_t top = l->indents[l->depth];
    if (column == top) {
        if (narrow != l->narrow_indents[l->depth])
            goto tabs;
        return;
    }
    if (column > top) {
        if (l->depth + 1 >= TGI_MAX_INDENTS)
            tgi_front_fail(l->front, TGI_INDENTATION_ERROR, line_start, line_start,
                           "too many levels of indentation");
        if (narrow <= l->narrow_indents[l->depth])
            goto tabs;
        l->depth++;
        l->indents[l->depth] = column;
        l->narrow_indents[l->depth] = narrow;
        add(l, TGI_TOKEN_INDENT, line_start, line_start);
        return;
    }
    while (l->depth > 0 && column < l->indents[l->depth]) {
        l->depth--;
        add(l, TGI_TOKEN_DEDENT, line_start, line_start);
    }
    if (column != l->indents[l->depth]) {
        skip_line(l);
        tgi_front_fail(l->front, TGI_INDENTATION_ERROR, l->at, l->at,
                       "unindent does not match any outer indentation level");
    }
    if (narrow == l->narrow_indents[l->depth])
        return;
tabs:
    tgi_front_fail(l->front, TGI_TAB_ERROR, line_start, line_start,
                   "inconsistent use of tabs and spaces in indentation");
}

// At a backslash: steps over it and the line end behind it.
static void join_line(lexer *l)
{
    if (peek(l, 1) != '\n') {
        tgi_front_fail(l->front, TGI_SYNTAX_ERROR, l->at + 1, l->at + 1,
                       "unexpected character after line continuation character");
    }
    if (l->at + 2 >= l->limit)
        tgi_front_fail(l->front, TGI_SYNTAX_ERROR, l->at, l->at, "unexpected EOF while parsing");
    l->at += 2;
}

// At the start of a physical line outside brackets. Steps over blank lines; false at the end of the
// text.
static bool begin_line(lexer *l)
{
    for (;;) {
        uint32_t column = 0;
        uint32_t narrow = 0;
        uint32_t joined = 0;
        uint32_t joined_narrow = 0;
        for (;; l->at++) {
            char c = peek(l, 0);
            if (c == ' ') {
                column++;
                narrow++;
            } else if (c == '\t') {
                column = (column / 8 + 1) * 8;
                narrow++;
            } else if (c == '\f') {
                column = narrow = 0;
            } else if (c == '\\') {
                // The first line's indentation counts.
                joined = joined != 0 ? joined : column;
                joined_narrow = joined_narrow != 0 ? joined_narrow : narrow;
                join_line(l);
                l->at--;
            } else {
                break;
            }
        }
        if (l->at >= l->limit)
            return false;
        if (peek(l, 0) == '#')
            skip_line(l);
        if (peek(l, 0) == '\n') {
            l->at++;
            continue;
        }
        set_indentation(l, joined != 0 ? joined : column,
                        joined_narrow != 0 ? joined_narrow : narrow);
        return true;
    }
}

// One token, blank or comment; false after a line end that ends a logical line.
static bool lex_one(lexer *l)
{
    char c = peek(l, 0);
    if (c == ' ' || c == '\t' || c == '\f') {
        l->at++;
    } else if (c == '#') {
        skip_line(l);
    } else if (c == '\\') {
        join_line(l);
    } else if (c == '\n') {
        l->at++;
        if (l->level == 0 && !l->inside) {
            add(l, TGI_TOKEN_NEWLINE, l->at - 1, l->at);
            return false;
        }
    } else if ((c >= '0' && c <= '9') || (c == '.' && peek(l, 1) >= '0' && peek(l, 1) <= '9')) {
        uint32_t start = l->at;
        l->at = tgi_lex_number(l->front, start, l->limit);
        add(l, TGI_TOKEN_NUMBER, start, l->at);
    } else {
        int prefix = string_prefix(l);
        if (prefix >= 0)
            lex_string(l, (uint32_t)prefix);
        else if (is_identifier_byte(c))
            lex_name(l);
        else
            lex_operator(l);
    }
    return true;
}

tgi_token *tgi_lex(tgi_front *front, uint32_t from, uint32_t to, bool inside, uint32_t *count)
{
    lexer l = {.front = front, .text = front->text, .at = from, .limit = to, .inside = inside};
    while (inside ? l.at < l.limit : l.level > 0 || begin_line(&l)) {
        while (l.at < l.limit && lex_one(&l))
            continue;
        if (l.at >= l.limit)
            break;
    }
    if (l.level > 0 && !inside) {
        front->unclosed = l.brackets[l.level - 1] + 1;
        front->unclosed_kind = front->text[l.brackets[l.level - 1]];
    }
    while (l.depth > 0) {
        l.depth--;
        add(&l, TGI_TOKEN_DEDENT, to, to);
    }
    add(&l, TGI_TOKEN_END, to, to);
    *count = l.count;
    return l.tokens;
}
