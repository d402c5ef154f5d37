// SPDX-License-Identifier: MIT
//
// ast.h - the syntax tree. Layer lang. Made by the parser, completed by scope.c, read by the
// compiler.
//
// Nodes live in the arena of their tgi_front. A position is a byte offset of the source text.
#ifndef TGI_LANG_AST_H
#define TGI_LANG_AST_H

#include "lang/front.h" // tgi_name

typedef struct tgi_expr tgi_expr;
typedef struct tgi_stmt tgi_stmt;
typedef struct tgi_symbol tgi_symbol; // scope.h
typedef struct tgi_scope tgi_scope;   // scope.h

typedef enum tgi_expr_kind {
    TGI_EXPR_NAME,
    // Constants, in one run: see tgi_expr_is_constant.
    TGI_EXPR_NONE,
    TGI_EXPR_FALSE,
    TGI_EXPR_TRUE,
    TGI_EXPR_ELLIPSIS,
    TGI_EXPR_INT,         // integer
    TGI_EXPR_BIGINT,      // text: decimal digits, optional '-'
    TGI_EXPR_FLOAT,       // real
    TGI_EXPR_STR,         // text: UTF-8, surrogates as three bytes
    TGI_EXPR_BYTES,       // text
    TGI_EXPR_CONST_TUPLE, // sequence; made by folding only
    // Everything else.
    TGI_EXPR_TUPLE,     // sequence
    TGI_EXPR_LIST,      // sequence
    TGI_EXPR_SET,       // sequence
    TGI_EXPR_DICT,      // sequence of key, value, key, value ..; key NULL is **value
    TGI_EXPR_UNARY,     // op, operand
    TGI_EXPR_BINARY,    // op, binary
    TGI_EXPR_BOOLEAN,   // op, sequence
    TGI_EXPR_COMPARE,   // compare
    TGI_EXPR_ATTRIBUTE, // attribute
    TGI_EXPR_SUBSCRIPT, // binary: object, index
    TGI_EXPR_SLICE,     // slice
    TGI_EXPR_CALL,      // call
    TGI_EXPR_STARRED,   // operand
    TGI_EXPR_CONDITIONAL,
    TGI_EXPR_LAMBDA,     // function
    TGI_EXPR_WALRUS,     // binary: name, value
    TGI_EXPR_YIELD,      // operand or NULL
    TGI_EXPR_YIELD_FROM, // operand
    TGI_EXPR_LISTCOMP,   // comprehension
    TGI_EXPR_SETCOMP,
    TGI_EXPR_DICTCOMP,
    TGI_EXPR_GENERATOR,
    TGI_EXPR_JOINED,    // f-string: sequence of STR and FORMATTED
    TGI_EXPR_FORMATTED, // formatted
} tgi_expr_kind;

typedef enum tgi_operator {
    TGI_ADD,
    TGI_SUB,
    TGI_MUL,
    TGI_DIV,
    TGI_FLOORDIV,
    TGI_MOD,
    TGI_POW,
    TGI_LSHIFT,
    TGI_RSHIFT,
    TGI_BITAND,
    TGI_BITOR,
    TGI_BITXOR,
    TGI_MATMUL,
    TGI_LT,
    TGI_LE,
    TGI_EQ,
    TGI_NE,
    TGI_GT,
    TGI_GE,
    TGI_IS,
    TGI_ISNOT,
    TGI_IN,
    TGI_NOTIN,
    TGI_NEG,
    TGI_POS,
    TGI_INVERT,
    TGI_NOT,
    TGI_AND,
    TGI_OR,
} tgi_operator;

typedef struct tgi_sequence {
    tgi_expr **items;
    uint32_t count;
} tgi_sequence;

typedef enum tgi_argument_kind {
    TGI_ARG_POSITIONAL,
    TGI_ARG_STAR,
    TGI_ARG_KEYWORD,
    TGI_ARG_DOUBLE_STAR,
} tgi_argument_kind;

typedef struct tgi_argument {
    tgi_argument_kind kind;
    tgi_name *name; // of a KEYWORD
    tgi_expr *value;
    uint32_t start, end;
} tgi_argument;

typedef struct tgi_arguments {
    tgi_argument *items;
    uint32_t count;
} tgi_arguments;

typedef struct tgi_clause { // for target in iterable if .. if ..
    tgi_expr *target;
    tgi_expr *iterable;
    tgi_sequence conditions;
} tgi_clause;

typedef struct tgi_comprehension {
    tgi_expr *element; // the key of a dict comprehension
    tgi_expr *value;   // of a dict comprehension
    tgi_clause *clauses;
    uint32_t clause_count;
    tgi_scope *scope; // set by scope.c
} tgi_comprehension;

typedef struct tgi_parameter {
    tgi_name *name;
    tgi_expr *fallback; // default value or NULL
    tgi_symbol *symbol; // set by scope.c
    uint32_t start, end;
} tgi_parameter;

typedef struct tgi_parameters {
    // In the order positional, keyword-only, *args, **kwargs.
    tgi_parameter *items;
    uint32_t posonly_count;
    uint32_t positional_count; // posonly included
    uint32_t kwonly_count;
    bool has_varargs, has_varkw;
    uint32_t count;
} tgi_parameters;

typedef struct tgi_block {
    tgi_stmt **items;
    uint32_t count;
} tgi_block;

typedef struct tgi_function { // def, lambda
    tgi_name *name;           // NULL for a lambda
    tgi_parameters parameters;
    tgi_block body;   // of a def
    tgi_expr *result; // of a lambda
    tgi_sequence decorators;
    tgi_symbol *symbol; // the name, set by scope.c
    tgi_scope *scope;   // set by scope.c
} tgi_function;

struct tgi_expr {
    uint8_t kind;       // tgi_expr_kind
    uint8_t op;         // tgi_operator
    bool parenthesised; // ( ) around it
    uint32_t start, end;
    union {
        struct {
            tgi_name *id;
            tgi_symbol *symbol; // set by scope.c
        } name;
        int64_t integer;
        double real;
        struct {
            const char *text;
            uint32_t size;
        } text;
        tgi_sequence sequence;
        tgi_expr *operand;
        struct {
            tgi_expr *left, *right;
        } binary;
        struct { // items[0] ops[0] items[1] ops[1] ..
            tgi_expr **items;
            uint8_t *ops;   // tgi_operator
            uint32_t count; // of items
        } compare;
        struct {
            tgi_expr *object;
            tgi_name *name;
            uint32_t name_start;
        } attribute;
        struct {
            tgi_expr *start, *stop, *step; // NULL if absent
        } slice;
        struct {
            tgi_expr *function;
            tgi_arguments arguments;
        } call;
        struct {
            tgi_expr *test, *yes, *no;
        } conditional;
        tgi_function *function;
        tgi_comprehension *comprehension;
        struct {
            tgi_expr *value;
            tgi_expr *spec;  // STR, JOINED or NULL
            char conversion; // 's', 'r', 'a' or 0
        } formatted;
    } u;
};

typedef enum tgi_stmt_kind {
    TGI_STMT_EXPR,
    TGI_STMT_ASSIGN,
    TGI_STMT_AUGASSIGN,
    TGI_STMT_ANNOTATED,
    TGI_STMT_RETURN,
    TGI_STMT_DELETE,
    TGI_STMT_PASS,
    TGI_STMT_BREAK,
    TGI_STMT_CONTINUE,
    TGI_STMT_RAISE,
    TGI_STMT_GLOBAL,
    TGI_STMT_NONLOCAL,
    TGI_STMT_IMPORT,
    TGI_STMT_IMPORT_FROM,
    TGI_STMT_ASSERT,
    TGI_STMT_IF,
    TGI_STMT_WHILE,
    TGI_STMT_FOR,
    TGI_STMT_TRY,
    TGI_STMT_WITH,
    TGI_STMT_FUNCTION,
    TGI_STMT_CLASS,
} tgi_stmt_kind;

typedef struct tgi_alias { // import dotted.name as bound; from .. import name as bound
    const char *dotted;    // NUL-terminated
    uint32_t size;
    tgi_name *name;     // what import binds: first part or leaf, or the name itself
    bool renamed;       // `as` was given
    tgi_symbol *symbol; // set by scope.c
    uint32_t start, end;
} tgi_alias;

typedef struct tgi_branch { // if / elif
    tgi_expr *test;
    tgi_block body;
} tgi_branch;

typedef struct tgi_except {
    tgi_expr *type; // NULL: bare
    tgi_name *name; // NULL: none
    tgi_symbol *symbol;
    tgi_block body;
    uint32_t start;
} tgi_except;

typedef struct tgi_with_item {
    tgi_expr *context;
    tgi_expr *target; // or NULL
} tgi_with_item;

typedef struct tgi_declared { // one name of a global or nonlocal statement
    tgi_name *name;
    uint32_t start, end;
} tgi_declared;

struct tgi_stmt {
    uint8_t kind;        // tgi_stmt_kind
    uint8_t op;          // of AUGASSIGN
    uint32_t start, end; // a compound statement ends with its header
    union {
        tgi_expr *value; // EXPR, RETURN (may be NULL)
        struct {
            tgi_sequence targets;
            tgi_expr *value;
        } assign;
        struct {
            tgi_expr *target, *value; // value may be NULL for ANNOTATED
        } single;
        tgi_sequence targets; // DELETE
        struct {
            tgi_expr *exception, *cause; // may be NULL
        } raise;
        struct {
            tgi_declared *items;
            uint32_t count;
        } names;
        struct {                // IMPORT, IMPORT_FROM
            const char *module; // dotted, may be ""
            uint32_t module_size;
            uint32_t level; // leading dots
            bool star;
            tgi_alias *items;
            uint32_t count;
        } import;
        struct {
            tgi_expr *test, *message; // message may be NULL
        } assertion;
        struct {
            tgi_branch *branches;
            uint32_t count;
            tgi_block otherwise;
        } conditional;
        struct {
            tgi_expr *test;
            tgi_block body, otherwise;
        } loop;
        struct {
            tgi_expr *target, *iterable;
            tgi_block body, otherwise;
        } iteration;
        struct {
            tgi_block body;
            tgi_except *handlers;
            uint32_t handler_count;
            tgi_block otherwise, finally;
        } attempt;
        struct {
            tgi_with_item *items;
            uint32_t count;
            tgi_block body;
        } with;
        tgi_function *function;
        struct {
            tgi_name *name;
            tgi_arguments arguments;
            tgi_block body;
            tgi_sequence decorators;
            tgi_symbol *symbol; // set by scope.c
            tgi_scope *scope;   // set by scope.c
        } definition;           // CLASS
    } u;
};

static inline bool tgi_expr_is_constant(const tgi_expr *e)
{
    return e->kind >= TGI_EXPR_NONE && e->kind <= TGI_EXPR_CONST_TUPLE;
}

// A parsed text: statements, or one expression.
typedef struct tgi_tree {
    tgi_block body;
    tgi_expr *expression; // if parsed as an expression
} tgi_tree;

#endif
