// SPDX-License-Identifier: MIT
//
// scope.h - which variable a name means. Layer lang. The rules are in scope.c and scope_resolve.c.
#ifndef TGI_LANG_SCOPE_H
#define TGI_LANG_SCOPE_H

#include "lang/ast.h"

typedef enum tgi_scope_kind {
    TGI_SCOPE_MODULE,
    TGI_SCOPE_FUNCTION, // def, lambda
    TGI_SCOPE_CLASS,
    TGI_SCOPE_GENERATOR,     // generator expression: a function of its own
    TGI_SCOPE_COMPREHENSION, // list, set, dict: its code is part of the unit around it
} tgi_scope_kind;

typedef enum tgi_access {
    TGI_ACCESS_NONE,
    TGI_ACCESS_LOCAL, // register `slot` of the unit
    TGI_ACCESS_CELL,  // cell in register `slot` of the unit
    TGI_ACCESS_FREE,  // closure cell `slot` of the unit
    TGI_ACCESS_GLOBAL,
    TGI_ACCESS_NAME, // key of the namespace of a class body
} tgi_access;

struct tgi_symbol {
    tgi_name *name;
    tgi_scope *scope;
    bool bound; // assigned, imported, deleted, defined or a parameter here
    bool used;  // read here
    bool parameter;
    bool iteration; // target of a comprehension's `for`
    bool annotated;
    bool is_global, is_nonlocal; // declared
    bool walrus;                 // assigned inside an expression: reading it early needs a copy
    bool captured;               // used by an inner unit
    tgi_symbol *alias; // the variable of the same unit that this name of a comprehension means
    tgi_access access;
    uint32_t slot;
    uint32_t start;   // of the first mention, or of its declaration
    tgi_symbol *next; // in the order of mention
    tgi_symbol *hash_next;
};

// A closure cell of a unit: which variable of an outer unit it is.
typedef struct tgi_free {
    tgi_symbol *target;
    struct tgi_free *next;
} tgi_free;

struct tgi_scope {
    tgi_scope_kind kind;
    tgi_scope *parent;
    tgi_scope
        *unit; // the scope whose code unit this scope's code is in: itself unless a COMPREHENSION
    tgi_scope *first_child, *last_child, *next; // in source order
    tgi_name *class_name;                       // innermost class around it, for private names
    tgi_name *name;                             // of a function or class
    const char *title;                          // of a comprehension, for messages

    tgi_symbol *first, *last;
    tgi_symbol **table;
    uint32_t buckets, symbol_count;

    bool is_generator;      // contains yield
    tgi_symbol *self;       // first parameter of a function defined directly in a class
    tgi_symbol *class_cell; // of a CLASS: the __class__ variable of its methods, if any needs it
    uint32_t local_count;   // units: registers of parameters and variables
    tgi_free *frees, *last_free;
    uint32_t free_count;
};

// Resolves every name of the tree and checks what the grammar cannot. Inside tgi_front_run.
tgi_scope *tgi_analyse(tgi_front *front, tgi_tree *tree);

tgi_symbol *tgi_scope_find(const tgi_scope *scope, const tgi_name *name);

// --- shared by scope.c, scope_stmt.c and scope_resolve.c

typedef struct tgi_walker {
    tgi_front *front;
    tgi_scope *scope;
    uint32_t depth;    // of expressions
    uint32_t loops;    // around the current statement, in its unit
    uint32_t iterable; // > 0 inside the iterable of a comprehension
    bool future_allowed;
    tgi_name *name_super, *name_class, *name_debug;
} tgi_walker;

tgi_scope *tgi_open_scope(tgi_walker *w, tgi_scope_kind kind, tgi_name *name);
void tgi_close_scope(tgi_walker *w);
tgi_symbol *tgi_scope_symbol(tgi_walker *w, tgi_scope *scope, tgi_name *name, uint32_t start);
tgi_name *tgi_mangle(tgi_walker *w, tgi_name *name);
tgi_symbol *tgi_bind(tgi_walker *w, tgi_name *name, uint32_t start, uint32_t end);
void tgi_walk_expr(tgi_walker *w, tgi_expr *e);
void tgi_walk_target(tgi_walker *w, tgi_expr *e);
void tgi_walk_arguments(tgi_walker *w, tgi_arguments *arguments);
void tgi_walk_function(tgi_walker *w, tgi_function *f);
void tgi_walk_block(tgi_walker *w, const tgi_block *block);
void tgi_resolve(tgi_walker *w, tgi_scope *module);
// Replaces an operation on constants by its value, in place.
void tgi_fold(tgi_front *front, tgi_expr *e);
bool tgi_constant_truth(const tgi_expr *e); // of a constant

#endif
