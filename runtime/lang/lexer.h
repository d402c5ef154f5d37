// SPDX-License-Identifier: MIT
//
// lexer.h - source text to tokens. Layer lang. The rules are in lexer.c.
#ifndef TGI_LANG_LEXER_H
#define TGI_LANG_LEXER_H

#include "lang/front.h" // tgi_front, tgi_name

// clang-format off
// Longest first where one is the prefix of another.
#define TGI_OPERATORS(X)                                                                           \
    X(POW_ASSIGN, "**=") X(FLOORDIV_ASSIGN, "//=") X(LSHIFT_ASSIGN, "<<=")                         \
    X(RSHIFT_ASSIGN, ">>=") X(ELLIPSIS, "...")                                                     \
    X(POW, "**") X(FLOORDIV, "//") X(LSHIFT, "<<") X(RSHIFT, ">>") X(LE, "<=") X(GE, ">=")         \
    X(EQ, "==") X(NE, "!=") X(ARROW, "->") X(WALRUS, ":=") X(ADD_ASSIGN, "+=")                     \
    X(SUB_ASSIGN, "-=") X(MUL_ASSIGN, "*=") X(DIV_ASSIGN, "/=") X(MOD_ASSIGN, "%=")                \
    X(AND_ASSIGN, "&=") X(OR_ASSIGN, "|=") X(XOR_ASSIGN, "^=") X(MATMUL_ASSIGN, "@=")              \
    X(LPAREN, "(") X(RPAREN, ")") X(LBRACKET, "[") X(RBRACKET, "]") X(LBRACE, "{") X(RBRACE, "}")  \
    X(COLON, ":") X(COMMA, ",") X(SEMICOLON, ";") X(ADD, "+") X(SUB, "-") X(MUL, "*")              \
    X(DIV, "/") X(MOD, "%") X(AND, "&") X(OR, "|") X(XOR, "^") X(INVERT, "~") X(MATMUL, "@")       \
    X(LT, "<") X(GT, ">") X(ASSIGN, "=") X(DOT, ".")

#define TGI_KEYWORDS(X)                                                                            \
    X(FALSE, "False") X(NONE, "None") X(TRUE, "True") X(KAND, "and") X(AS, "as")                   \
    X(ASSERT, "assert") X(ASYNC, "async") X(AWAIT, "await") X(BREAK, "break") X(CLASS, "class")    \
    X(CONTINUE, "continue") X(DEF, "def") X(DEL, "del") X(ELIF, "elif") X(ELSE, "else")            \
    X(EXCEPT, "except") X(FINALLY, "finally") X(FOR, "for") X(FROM, "from") X(GLOBAL, "global")    \
    X(IF, "if") X(IMPORT, "import") X(IN, "in") X(IS, "is") X(LAMBDA, "lambda")                    \
    X(NONLOCAL, "nonlocal") X(NOT, "not") X(KOR, "or") X(PASS, "pass") X(RAISE, "raise")           \
    X(RETURN, "return") X(TRY, "try") X(WHILE, "while") X(WITH, "with") X(YIELD, "yield")
// clang-format on

typedef enum tgi_token_kind {
    TGI_TOKEN_END = 1,
    TGI_TOKEN_NEWLINE,
    TGI_TOKEN_INDENT,
    TGI_TOKEN_DEDENT,
    TGI_TOKEN_NAME,
    TGI_TOKEN_NUMBER,
    TGI_TOKEN_STRING,
// clang-format off
#define TGI_TOKEN(NAME, text) TGI_TOKEN_##NAME,
    TGI_OPERATORS(TGI_TOKEN) TGI_KEYWORDS(TGI_TOKEN)
#undef TGI_TOKEN
    // clang-format on
    TGI_TOKEN_COUNT
} tgi_token_kind;

enum { TGI_MAX_BRACKETS = 200, TGI_MAX_INDENTS = 100 };

typedef struct tgi_token {
    uint8_t kind;
    uint8_t level;       // brackets open after this token
    uint32_t start, end; // byte offsets
    tgi_name *name;      // of a NAME
} tgi_token;

// The token kind of a keyword, else 0.
int tgi_keyword_kind(const char *text, uint32_t length);

// Tokens of the text [from, to), the last one END. `inside` lexes as if in a bracket: line ends are
// blanks.
tgi_token *tgi_lex(tgi_front *front, uint32_t from, uint32_t to, bool inside, uint32_t *count);

#endif
