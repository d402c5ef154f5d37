// SPDX-License-Identifier: MIT
//
// code.h - code objects, modules' global cells, functions, cells, frames. Layer core/object.
//
// A code object is a unit bound to one module: constants are made, global names are resolved to
// their cells. Code objects are never counted: they live until the runtime ends.
#ifndef TGC_OBJECT_CODE_H
#define TGC_OBJECT_CODE_H

#include "bytecode/unit.h"      // tgi_unit, tgi_ins
#include "core/object/object.h" // tgc_obj, slots

// Attribute site: name and two inline-cache words, {type version:32 | index:16 | kind:16}, see
// attr.h.
typedef struct tgc_attr_site {
    tg_value name;              // interned
    _Atomic(uint64_t) cache[2]; // any thread: each word is a whole, valid entry or 0
} tgc_attr_site;

// One name of a module or of builtins. Cells never move and are never freed while the module lives.
typedef struct tgc_global_cell {
    tgc_slot value;                         // TGC_UNBOUND if unset
    tg_value name;                          // interned
    _Atomic(struct tgc_global_cell *) next; // any thread: in order of creation, set once
} tgc_global_cell;

typedef struct tgc_global_site {
    tgc_global_cell *global;  // const after init: in the module
    tgc_global_cell *builtin; // const after init: in builtins
} tgc_global_site;

typedef struct tgc_module {
    tgc_obj head;
    tg_value name; // str
    tgc_lock lock;
    _Atomic(struct tgc_cell_table *) table; // any thread; replaced whole, old one freed later
    uint32_t count;                         // guarded by lock
    _Atomic(tgc_global_cell *) first;       // any thread; set once
    tgc_global_cell *last;                  // guarded by lock
    _Atomic(uintptr_t) weak;                // weakref.h
} tgc_module;

// All cells of a module in order of creation, without a lock; new ones may come meanwhile.
static inline tgc_global_cell *tgc_module_first(const tgc_module *m)
{
    // ORDER: acquire; pairs with the release in tgc_module_cell: the cell is complete.
    return atom_load_acquire(&m->first);
}

static inline tgc_global_cell *tgc_module_next(const tgc_global_cell *c)
{
    // ORDER: acquire; as above.
    return atom_load_acquire(&c->next);
}

typedef struct tgc_code {
    tgc_obj head;
    const tgi_unit *unit; // borrowed from tgc_shared.units
    const tgi_ins *ins;   // unit->code
    tg_value *consts;     // immortal values; a nested unit is a code object
    tgc_attr_site *attrs;
    tgc_global_site *globals;
    tgc_module *module;
    tg_value name, qualname, filename; // interned
    uint32_t nlocals, nregs;
    uint32_t nparams;    // registers filled by arguments, *args and **kw included
    bool simple;         // only positional parameters: no kwonly, *args, **kw; not a generator
    uint32_t positional; // positional parameters
} tgc_code;

typedef struct tgc_cell {
    tgc_obj head;
    tgc_slot value; // TGC_UNBOUND if unset
} tgc_cell;

typedef struct tgc_function {
    tgc_obj head;
    tgc_code *code;          // const after init
    uint32_t free_count;     // closure cells
    tgc_slot defaults;       // tuple or None
    tgc_slot kwdefaults;     // dict or None
    tgc_slot attributes;     // dict or None: __name__, __doc__, __wrapped__ and what scripts set
    _Atomic(uintptr_t) weak; // weakref.h
    tgc_cell *closure[];     // owned; const after init
} tgc_function;

typedef struct tgc_frame {
    // next instruction to execute (the current one while a call is in progress is pc - 1)
    const tgi_ins *pc;
    tgc_code *code;
    tgc_function *func; // borrowed: kept alive by the caller's window, or by the generator
    tg_value *regs;
    struct tgc_generator *generator; // whose frame this is, or NULL
    tg_value result;                 // TGC_FRAME_INIT: the new object, owned
    uint16_t ret;                    // caller's destination register
    uint16_t handled; // hidden local with the exception being handled, or TGI_REG_NONE
    uint16_t flags;   // TGC_FRAME_*
} tgc_frame;

enum {
    TGC_FRAME_ENTRY = 1,   // returns to C
    TGC_FRAME_INIT = 2,    // __init__: the call's result is frame.result
    TGC_FRAME_FORITER = 4, // generator driven by the FORITER before the caller's pc
};

#define tgc_function_type TG_CORE_SYM(tgc_function_type)
extern tgc_type tgc_function_type; // function.c
#define tgc_code_type TG_CORE_SYM(tgc_code_type)
extern tgc_type tgc_code_type; // code.c
#define tgc_cell_type TG_CORE_SYM(tgc_cell_type)
extern tgc_type tgc_cell_type; // function.c
#define tgc_module_type TG_CORE_SYM(tgc_module_type)
extern tgc_type tgc_module_type; // module.c
#define tgc_builtin_type TG_CORE_SYM(tgc_builtin_type)
extern tgc_type tgc_builtin_type; // builtin function or method of a static type: native.c
#define tgc_method_type TG_CORE_SYM(tgc_method_type)
extern tgc_type tgc_method_type; // bound method: function.c
#define tgc_generator_type TG_CORE_SYM(tgc_generator_type)
extern tgc_type tgc_generator_type; // generator.c

typedef struct tgc_builtin { // a native function as an object
    tgc_obj head;
    const tgc_method_def *def;
    tgc_type *owner;         // the type it is a method of, or NULL
    tg_value module;         // module name or None
    _Atomic(uintptr_t) weak; // weakref.h
} tgc_builtin;

typedef struct tgc_method {
    tgc_obj head;
    tg_value self;           // owned; const after init
    tg_value func;           // owned; const after init
    _Atomic(uintptr_t) weak; // weakref.h
} tgc_method;

// The source position of an instruction.
static inline tgi_position tgc_code_position(const tgc_code *code, const tgi_ins *ins)
{
    return code->unit->positions[ins - code->ins];
}

#define tgc_code_new TG_CORE_SYM(tgc_code_new)
tgc_code *tgc_code_new(tg_thread *t, const tgi_unit *unit, tgc_module *module);
#define tgc_function_new TG_CORE_SYM(tgc_function_new)
tg_value tgc_function_new(tg_thread *t, tgc_code *code, tg_value defaults, tg_value kwdefaults,
                          tg_value cells);
#define tgc_method_new TG_CORE_SYM(tgc_method_new)
tg_value tgc_method_new(tg_thread *t, tg_value func, tg_value self);
#define tgc_builtin_new TG_CORE_SYM(tgc_builtin_new)
// immortal
tg_value tgc_builtin_new(tg_thread *t, const tgc_method_def *def, tgc_type *owner, tg_value module);
#define tgc_cell_new TG_CORE_SYM(tgc_cell_new)
tg_value tgc_cell_new(tg_thread *t, tg_value content_steal);

#define tgc_builtin_arity_error TG_CORE_SYM(tgc_builtin_arity_error)
tg_value tgc_builtin_arity_error(tg_thread *t, const tgc_builtin *b, size_t given);
// The call slots of functions and bound methods (vm/call.c).
#define tgc_call_function TG_CORE_SYM(tgc_call_function)
tg_value tgc_call_function(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                           tg_value kwnames);
#define tgc_call_method_object TG_CORE_SYM(tgc_call_method_object)
tg_value tgc_call_method_object(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                                tg_value kwnames);

#define tgc_module_new TG_CORE_SYM(tgc_module_new)
tg_value tgc_module_new(tg_thread *t, tg_value name); // immortal
#define tgc_module_dict TG_CORE_SYM(tgc_module_dict)
// its variables as a live mapping (builtin/namespace.c)
tg_value tgc_module_dict(tg_thread *t, tg_value m);
#define tgc_module_cell TG_CORE_SYM(tgc_module_cell)
// made if absent
tgc_global_cell *tgc_module_cell(tg_thread *t, tgc_module *m, tg_value interned_name);
#define tgc_module_get TG_CORE_SYM(tgc_module_get)
int tgc_module_get(tg_thread *t, tgc_module *m, tg_value name, tg_value *out); // 1, 0
#define tgc_module_set TG_CORE_SYM(tgc_module_set)
int tgc_module_set(tg_thread *t, tgc_module *m, const char *name, tg_value v_steal);

#endif
