// SPDX-License-Identifier: MIT
//
// compile_internal.h - what the files of the compiler share. Layer lang.
//
//   compile.c           entry
//   compile_stmt.c      simple statements, and which function compiles which statement
//   compile_block.c     if, loops
//   compile_guard.c     try, with, and leaving them
//   compile_function.c  functions and classes
//   compile_expr.c      operators, attributes, items, f-strings
//   compile_cond.c      conditions as jumps
//   compile_call.c      calls
//   compile_display.c   displays and comprehensions
//   compile_name.c      variables and targets: read, write, delete
//   compile_emit.c      instructions, labels, registers, constants
//   compile_finish.c    drafts to units
//
// Note [draft-registers]
//   While a unit is compiled the number of its locals is not known, so temps are numbered from
//   TGI_TEMP; compile_finish.c moves them down to follow the locals.
//
// Note [destinations]
//   tgi_expr_to leaves a value in a register the caller names. A destination that is a local is
//   written by one last instruction, so the old value can be read until then and survives an
//   exception.
#ifndef TGI_LANG_COMPILE_INTERNAL_H
#define TGI_LANG_COMPILE_INTERNAL_H

#include "bytecode/unit.h" // tgi_ins, tgi_opcode
#include "lang/scope.h"

#define TGI_TEMP 0x8000u // first temp; registers below are locals

enum { TGI_MAX_REGISTERS = 0x7F00, TGI_MAX_NESTED_BLOCKS = 20, TGI_MAX_NESTED_FINALLY = 8 };

typedef struct tgi_draft_const {
    tgi_const_kind kind;
    int64_t integer;
    double real;
    const char *text;
    uint32_t size;
    uint32_t *items;
    uint32_t count;
    struct tgi_gen *unit;
    uint32_t next; // 1 + index of the next constant in its bucket
} tgi_draft_const;

typedef struct tgi_mark { // where an instruction comes from and jumps to
    uint32_t start, end;  // source offsets
    uint32_t label;       // 1 + label, 0 for none
} tgi_mark;

typedef struct tgi_label {
    uint32_t at;
    bool used;
} tgi_label;

typedef struct tgi_segment {
    uint32_t start, end;
    struct tgi_segment *next;
} tgi_segment;

typedef struct tgi_draft_handler {
    uint32_t start, end;
    uint32_t label;
    uint32_t reg;
} tgi_draft_handler;

typedef enum tgi_guard_kind {
    TGI_GUARD_LOOP,
    TGI_GUARD_TRY,     // body of a try with except clauses
    TGI_GUARD_FINALLY, // all that a finally block follows
    TGI_GUARD_WITH,
    TGI_GUARD_EXCEPT, // body of an except clause
    TGI_GUARD_UNWIND, // finally block run because of an exception
} tgi_guard_kind;

// What surrounds a statement and has to be undone or run when control leaves it.
typedef struct tgi_guard {
    tgi_guard_kind kind;
    struct tgi_guard *outer;
    // Protected code: closed segments, and the start of the open one.
    bool protects, open;
    uint32_t segment_start;
    tgi_segment *first, *last;
    uint32_t hidden_base; // hidden locals from here on are dead in the handler
    uint32_t hidden_peak;
    // LOOP
    uint32_t break_label, continue_label;
    uint32_t state; // first of three hidden locals of a `for`, or TGI_REG_NONE
    // FINALLY
    const tgi_block *finally;
    // WITH
    uint32_t exit;
    const tgi_expr *context;
    // EXCEPT, UNWIND
    uint32_t exception;
    uint32_t previous; // what was being handled before
    tgi_symbol *name;  // `as` name or NULL
} tgi_guard;

typedef struct tgi_gen { // one unit under construction
    tgi_front *front;
    struct tgi_gen *outer;
    tgi_scope *scope;
    const char *name;
    const char *qualname;
    uint32_t flags;
    uint32_t first_offset; // source offset of its first line
    const tgi_parameters *parameters;

    tgi_ins *code;
    tgi_mark *marks; // one per instruction
    uint32_t count, code_capacity, marks_capacity;
    uint32_t start, end; // source range of the next instruction
    bool dead;           // control cannot get here

    tgi_label *labels;
    uint32_t label_count, label_capacity;

    uint32_t temps, max_temps;
    uint32_t hidden, hidden_peak, max_hidden; // locals in use, variables included

    tgi_draft_const *consts;
    uint32_t const_count, const_capacity;
    uint32_t *const_table; // hash of 1 + index
    uint32_t const_buckets;
    uint32_t doc;

    uint32_t *attrs; // attribute sites: constant index
    uint32_t attr_count, attr_capacity;
    uint32_t *globals; // global sites: constant index
    uint32_t global_count, global_capacity;
    uint32_t *global_of; // by constant index: 1 + site
    uint32_t global_of_capacity;
    uint32_t *local_names, *free_names, *instance_names; // constant indices, set by tgi_close_unit
    tgi_name **instance;                                 // attributes set through self
    uint32_t instance_count, instance_capacity;

    tgi_draft_handler *handlers;
    uint32_t handler_count, handler_capacity;
    tgi_guard *guard;
    uint32_t guard_depth;
    uint32_t finally_depth;  // finally blocks around the current place
    uint32_t comprehensions; // the same
    uint32_t handled;        // hidden local of the exception being handled, or TGI_REG_NONE
} tgi_gen;

// --- compile_emit.c
static inline void tgi_at_expr(tgi_gen *g, const tgi_expr *e)
{
    g->start = e->start;
    g->end = e->end;
}
void tgi_emit(tgi_gen *g, tgi_opcode op, uint32_t a, uint32_t b, uint32_t c);
void tgi_emit_jump(tgi_gen *g, tgi_opcode op, uint32_t a, uint32_t b, uint32_t label);
uint32_t tgi_new_label(tgi_gen *g);
void tgi_place(tgi_gen *g, uint32_t label);
uint32_t tgi_push_temp(tgi_gen *g);
uint32_t tgi_push_hidden(tgi_gen *g, uint32_t count);
static inline bool tgi_is_temp(uint32_t reg)
{
    return reg >= TGI_TEMP;
}
// reg if it is the temp on top (a window may start there), else a new temp.
uint32_t tgi_window(tgi_gen *g, uint32_t reg);
uint32_t tgi_const_of(tgi_gen *g, const tgi_expr *e);
uint32_t tgi_const_text(tgi_gen *g, tgi_const_kind kind, const char *text, uint32_t size);
uint32_t tgi_const_name(tgi_gen *g, const tgi_name *name);
uint32_t tgi_const_none(tgi_gen *g);
uint32_t tgi_const_int(tgi_gen *g, int64_t value);
uint32_t tgi_const_items(tgi_gen *g, const uint32_t *items, uint32_t count);
uint32_t tgi_const_unit(tgi_gen *g, tgi_gen *unit);
uint32_t tgi_attr_site(tgi_gen *g, const tgi_name *name);
uint32_t tgi_global_site(tgi_gen *g, const tgi_name *name);
void tgi_load_none(tgi_gen *g, uint32_t dest);

// --- compile_name.c
void tgi_read_symbol(tgi_gen *g, const tgi_symbol *s, uint32_t dest);
void tgi_write_symbol(tgi_gen *g, const tgi_symbol *s, uint32_t reg);
void tgi_unset_symbol(tgi_gen *g, const tgi_symbol *s); // of an except clause: set or not
void tgi_assign(tgi_gen *g, const tgi_expr *target, uint32_t reg);
void tgi_assign_value(tgi_gen *g, const tgi_expr *target, const tgi_expr *value);
void tgi_assign_augmented(tgi_gen *g, const tgi_stmt *s);
void tgi_delete(tgi_gen *g, const tgi_expr *target);
// The register a plain assignment to this target writes, or TGI_REG_NONE.
uint32_t tgi_target_register(const tgi_expr *target);

// --- compile_expr.c
void tgi_expr_to(tgi_gen *g, const tgi_expr *e, uint32_t dest);
// A register that holds e: the variable itself, or `hint` if that is a temp, or a new temp.
uint32_t tgi_operand(tgi_gen *g, const tgi_expr *e, uint32_t hint);
uint32_t tgi_expr_temp(tgi_gen *g, const tgi_expr *e); // a new temp holding e
void tgi_effect(tgi_gen *g, const tgi_expr *e);        // for its effects only
bool tgi_small_int(const tgi_expr *e, uint32_t *out);  // 16-bit immediate
bool tgi_is_plain_local(const tgi_expr *e);            // a variable that may be read in place
tgi_opcode tgi_binary_opcode(int op, bool augmented, bool constant);
// The object of an attribute or subscript that is read and then written: kept in a variable or
// hidden local.
uint32_t tgi_kept(tgi_gen *g, const tgi_expr *e, bool *hidden);

// --- compile_cond.c
void tgi_jump_if(tgi_gen *g, const tgi_expr *e, bool truth, uint32_t label);
void tgi_compare_to(tgi_gen *g, const tgi_expr *e, uint32_t dest);

// --- compile_call.c
void tgi_call_to(tgi_gen *g, const tgi_expr *e, uint32_t dest);
// The arguments of a class definition: a tuple of bases and a dict of keywords (or None) in two new
// temps.
void tgi_class_arguments(tgi_gen *g, const tgi_arguments *arguments);

// --- compile_display.c
void tgi_display_to(tgi_gen *g, const tgi_expr *e, uint32_t dest);
void tgi_dict_to(tgi_gen *g, const tgi_expr *e, uint32_t dest);
void tgi_comprehension_to(tgi_gen *g, const tgi_expr *e, uint32_t dest);
void tgi_generator_to(tgi_gen *g, const tgi_expr *e, uint32_t dest);
void tgi_generator_body(tgi_gen *g, const tgi_expr *e);

// --- compile_stmt.c, compile_block.c
void tgi_compile_block(tgi_gen *g, const tgi_block *block);
void tgi_compile_statement(tgi_gen *g, const tgi_stmt *s);
void tgi_compile_loop(tgi_gen *g, const tgi_stmt *s);
void tgi_compile_if(tgi_gen *g, const tgi_stmt *s);
void tgi_clear_loop_state(tgi_gen *g, uint32_t state);

// --- compile_guard.c
void tgi_compile_try(tgi_gen *g, const tgi_stmt *s);
void tgi_compile_with(tgi_gen *g, const tgi_stmt *s);
void tgi_compile_return(tgi_gen *g, const tgi_stmt *s);
void tgi_compile_break(tgi_gen *g, const tgi_stmt *s); // or continue
void tgi_push_guard(tgi_gen *g, tgi_guard *guard, const tgi_stmt *s);
void tgi_pop_guard(tgi_gen *g, tgi_guard *guard);

// --- compile_function.c
void tgi_function_to(tgi_gen *g, const tgi_function *f, uint32_t start, uint32_t dest);
void tgi_compile_definition(tgi_gen *g, const tgi_stmt *s);
// Makes the function of a unit without defaults in dest.
void tgi_make_function(tgi_gen *g, tgi_gen *unit, uint32_t dest);
tgi_gen *tgi_open_unit(tgi_gen *outer, tgi_scope *scope, const char *name, uint32_t start);
void tgi_enter_unit(tgi_gen *g); // makes the cells
// Compiles the statements of a body; a docstring becomes a constant instead.
void tgi_compile_body(tgi_gen *g, const tgi_block *block);

// --- compile_finish.c
void tgi_close_unit(tgi_gen *g);             // all code is emitted
tgi_unit *tgi_finish_unit(const tgi_gen *g); // NULL when out of memory

#endif
