// SPDX-License-Identifier: MIT
//
// unit.h - compiled units: what the compiler makes and a core loads. Layer bytecode.
//
// A unit is neutral: it holds no objects. A core turns it into a code object of its own, once per
// module that runs it. After tgi_unit_finish a unit is immutable and may be read by any thread.
// Ownership: a unit owns everything it points to, including the units nested in its constants.
#ifndef TGI_BYTECODE_UNIT_H
#define TGI_BYTECODE_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tgi_ins {
    uint16_t op, a, b, c;
} tgi_ins;

#define TGI_REG_NONE 65535u // "no register" in a field that may name one

typedef enum tgi_opcode {
#define TGI_OP(NAME, FORMAT, EFFECTS, TEXT) TGI_OP_##NAME,
#include "bytecode/opcodes.def"
#undef TGI_OP
    TGI_OP_COUNT
} tgi_opcode;

typedef struct tgi_opcode_info {
    const char *name;
    const char *format;  // see opcodes.def
    const char *effects; // see opcodes.def
    const char *text;
} tgi_opcode_info;

extern const tgi_opcode_info tgi_opcode_table[TGI_OP_COUNT];

typedef enum tgi_const_kind {
    TGI_CONST_NONE,
    TGI_CONST_FALSE,
    TGI_CONST_TRUE,
    TGI_CONST_ELLIPSIS,
    TGI_CONST_INT,    // integer, fits int64
    TGI_CONST_BIGINT, // text: decimal digits, optional '-'
    TGI_CONST_FLOAT,  // real
    TGI_CONST_STR,    // text: UTF-8; lone surrogates are encoded as three bytes
    TGI_CONST_BYTES,  // text: raw bytes
    TGI_CONST_TUPLE,  // items: indices of earlier constants
    TGI_CONST_UNIT,   // unit
} tgi_const_kind;

typedef struct tgi_const {
    tgi_const_kind kind;
    int64_t integer;
    double real;
    char *text; // NUL-terminated copy; length in size
    size_t size;
    uint32_t *items;
    uint32_t count;
    struct tgi_unit *unit;
} tgi_const;

// One protected range. An exception raised by an instruction in [start, end) releases all temps,
// stores the exception in hidden local `reg` and continues at `target`. The first matching entry
// wins: inner before outer.
typedef struct tgi_handler {
    uint32_t start, end, target;
    uint32_t reg;
} tgi_handler;

typedef struct tgi_position {
    uint32_t line;       // 1-based; 0 for none
    uint16_t column;     // 0-based UTF-8 byte offset, saturating
    uint16_t end_column; // of the same line, saturating; 0 if unknown
} tgi_position;

enum {
    TGI_UNIT_VARARGS = 1,   // has *args
    TGI_UNIT_VARKW = 2,     // has **kwargs
    TGI_UNIT_GENERATOR = 4, // calling it makes a generator
    TGI_UNIT_CLASSBODY = 8, // R[0] is the namespace dict
    TGI_UNIT_MODULE = 16,   // top level of a module
    TGI_UNIT_NESTED = 32,   // made inside a function: its function objects are counted
    TGI_UNIT_EXPRESSION =
        64, // returns the value of one expression (tgi_compile with TGI_EXPRESSION)
};

typedef struct tgi_unit {
    char *name;     // "f", "<module>", "<lambda>", "<genexpr>", class name
    char *qualname; // "C.f", "f.<locals>.g"
    char *filename; // as given to the compiler
    uint32_t first_line;
    uint32_t flags;

    tgi_ins *code;
    tgi_position *positions; // one per instruction
    uint32_t code_count;

    tgi_const *consts;
    uint32_t const_count;
    uint32_t doc; // constant index of the docstring, or TGI_REG_NONE

    uint32_t *attr_names;   // per attribute site: constant index of the name (a STR)
    uint32_t attr_count;    // one site per instruction that has an N operand: caches are per site
    uint32_t *global_names; // per global site: constant index of the name; one site per name
    uint32_t global_count;

    // Parameters are the first locals, in this order: positional (the first posonly_count of them
    // are positional-only), keyword-only, *args if VARARGS, **kwargs if VARKW.
    uint32_t positional_count; // positional-only included
    uint32_t posonly_count;
    uint32_t kwonly_count;
    uint32_t nlocals;      // parameters, variables and hidden locals
    uint32_t nregs;        // locals and temps
    uint32_t *local_names; // per local: constant index of its name, or TGI_REG_NONE if hidden
    uint32_t *free_names;  // per closure cell: constant index of its name
    uint32_t free_count;

    tgi_handler *handlers;
    uint32_t handler_count;

    // Class bodies only: names assigned through `self` in methods defined in it, so that instances
    // can be given room at once. Constant indices.
    uint32_t *instance_names;
    uint32_t instance_count;
} tgi_unit;

static inline uint32_t tgi_ins_jump32(tgi_ins i)
{
    return (uint32_t)i.b | (uint32_t)i.c << 16; // signed when added to a position, modulo 2^32
}

tgi_unit *tgi_unit_new(void);       // all empty; NULL on out of memory
void tgi_unit_free(tgi_unit *unit); // deep; NULL is allowed
// Text form of a unit and the units nested in it, as `togil dis` prints it. Returns a malloc'ed
// string or NULL.
char *tgi_unit_disassemble(const tgi_unit *unit);
// Checks operands, jumps, handlers and the temp discipline. NULL if sound, else a static
// description and *where.
const char *tgi_unit_verify(const tgi_unit *unit, uint32_t *where);

#endif
