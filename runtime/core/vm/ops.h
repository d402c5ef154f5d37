// SPDX-License-Identifier: MIT
//
// ops.h - slow paths of instructions, out of the loop. Layer core/vm. ops.c, ops_build.c,
// ops_exc.c.
//
// Each gets the frame and the instruction, reads and consumes its operands as opcodes.def says,
// writes the destination, and returns false with an exception set and its operands still to be
// released by the unwinder.
#ifndef TGC_VM_OPS_H
#define TGC_VM_OPS_H

#include "core/vm/frame.h" // tgc_frame

// Releases a temp that was read; a local stays.
static inline void tgc_close(tg_thread *t, tgc_frame *f, uint32_t r)
{
    if (r >= f->code->nlocals) {
        tg_value v = f->regs[r];
        f->regs[r] = TGC_NONE;
        tgc_release(t, v);
    }
}

// Writes register a (v is taken).
static inline void tgc_set_reg(tg_thread *t, tgc_frame *f, uint32_t a, tg_value v)
{
    tg_value old = f->regs[a];
    f->regs[a] = v;
    tgc_release(t, old);
}

// The value of a register to be stored elsewhere: a temp is moved, a local copied.
static inline tg_value tgc_take_reg(tg_thread *t, tgc_frame *f, uint32_t r)
{
    tg_value v = f->regs[r];
    if (r >= f->code->nlocals)
        f->regs[r] = TGC_NONE;
    else
        tgc_retain(t, v);
    return v;
}

#define tgc_op_unbound TG_CORE_SYM(tgc_op_unbound)
TGI_COLD bool tgc_op_unbound(tg_thread *t, tgc_frame *f, uint32_t r); // UnboundLocalError; false

enum { TGC_FORM_RR, TGC_FORM_RK, TGC_FORM_KR };
#define tgc_op_binary TG_CORE_SYM(tgc_op_binary)
TGI_NOINLINE bool tgc_op_binary(tg_thread *t, tgc_frame *f, const tgi_ins *i, tgc_binop op,
                                int form, bool inplace);
#define tgc_op_unary TG_CORE_SYM(tgc_op_unary)
TGI_NOINLINE bool tgc_op_unary(tg_thread *t, tgc_frame *f, const tgi_ins *i, tgc_unop op);
#define tgc_op_compare TG_CORE_SYM(tgc_op_compare)
// value form
TGI_NOINLINE bool tgc_op_compare(tg_thread *t, tgc_frame *f, const tgi_ins *i, tgc_cmpop op);
// Comparison of R[a] with R[b] or constant b: 1, 0, -1; consumes.
#define tgc_op_compare_jump TG_CORE_SYM(tgc_op_compare_jump)
TGI_NOINLINE int tgc_op_compare_jump(tg_thread *t, tgc_frame *f, const tgi_ins *i, tgc_cmpop op,
                                     bool constant);
#define tgc_op_contains TG_CORE_SYM(tgc_op_contains)
// 1, 0, -1
TGI_NOINLINE int tgc_op_contains(tg_thread *t, tgc_frame *f, uint32_t item, uint32_t container);
#define tgc_op_truth TG_CORE_SYM(tgc_op_truth)
TGI_NOINLINE int tgc_op_truth(tg_thread *t, tgc_frame *f, uint32_t r); // 1, 0, -1; does not consume
#define tgc_op_getglobal TG_CORE_SYM(tgc_op_getglobal)
TGI_NOINLINE bool tgc_op_getglobal(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_name TG_CORE_SYM(tgc_op_name)
// GETNAME GETNAMEFREE SETNAME DELNAME DELGLOBAL
TGI_NOINLINE bool tgc_op_name(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_cell TG_CORE_SYM(tgc_op_cell)
// all cell and closure instructions
TGI_NOINLINE bool tgc_op_cell(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_getattr TG_CORE_SYM(tgc_op_getattr)
TGI_NOINLINE bool tgc_op_getattr(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_setattr TG_CORE_SYM(tgc_op_setattr)
TGI_NOINLINE bool tgc_op_setattr(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_delattr TG_CORE_SYM(tgc_op_delattr)
TGI_NOINLINE bool tgc_op_delattr(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_loadmethod TG_CORE_SYM(tgc_op_loadmethod)
TGI_NOINLINE bool tgc_op_loadmethod(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_getitem TG_CORE_SYM(tgc_op_getitem)
// GETITEM GETITEMI GETITEMK
TGI_NOINLINE bool tgc_op_getitem(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_setitem TG_CORE_SYM(tgc_op_setitem)
// SETITEM SETITEMI DELITEM
TGI_NOINLINE bool tgc_op_setitem(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_build TG_CORE_SYM(tgc_op_build)
// BUILD*, LIST*, SET*, DICT*, FORMAT
TGI_NOINLINE bool tgc_op_build(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_unpack TG_CORE_SYM(tgc_op_unpack)
TGI_NOINLINE bool tgc_op_unpack(tg_thread *t, tgc_frame *f, const tgi_ins *i); // UNPACK UNPACKEX
#define tgc_op_forprep TG_CORE_SYM(tgc_op_forprep)
TGI_NOINLINE bool tgc_op_forprep(tg_thread *t, tgc_frame *f, const tgi_ins *i);
// Next item of a loop state that is not a range: 1 with *out, 0 exhausted (state cleared), -1
// raised, 2 a generator's frame was entered.
#define tgc_op_foriter TG_CORE_SYM(tgc_op_foriter)
TGI_NOINLINE int tgc_op_foriter(tg_thread *t, tgc_frame *f, const tgi_ins *i, tg_value *out);
#define tgc_op_function TG_CORE_SYM(tgc_op_function)
// MAKEFUNC BUILDCLASS
TGI_NOINLINE bool tgc_op_function(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_raise TG_CORE_SYM(tgc_op_raise)
// RAISE RAISEFROM RAISECURRENT
TGI_COLD bool tgc_op_raise(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_exception TG_CORE_SYM(tgc_op_exception)
// EXCINFO LOADASSERT WITHSETUP
TGI_NOINLINE bool tgc_op_exception(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_op_import TG_CORE_SYM(tgc_op_import)
// IMPORT IMPORTFROM IMPORTSTAR
TGI_NOINLINE bool tgc_op_import(tg_thread *t, tgc_frame *f, const tgi_ins *i);
// YIELDFROM: 1 yields *out, 0 R[a] holds the result, -1 raised.
#define tgc_op_yieldfrom TG_CORE_SYM(tgc_op_yieldfrom)
TGI_NOINLINE int tgc_op_yieldfrom(tg_thread *t, tgc_frame *f, const tgi_ins *i, tg_value *out);

// After an exception: the traceback gets the frame's line (unless `again`), temps are released, and
// if a handler covers the instruction the frame is set to go on there: true. Else all registers are
// released.
#define tgc_op_unwind TG_CORE_SYM(tgc_op_unwind)
TGI_NOINLINE bool tgc_op_unwind(tg_thread *t, tgc_frame *f, const tgi_ins *at, bool again);

#endif
