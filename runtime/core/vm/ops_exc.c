// SPDX-License-Identifier: MIT
//
// ops_exc.c - exceptions in the loop: raising, unwinding, with, yield from, import.
//
// Threads     the thread that runs the frame.
#include "core/vm/ops.h"

#include "core/vm/import.h"        // import
#include "core/object/class.h"     // special methods
#include "core/object/exception.h" // raising
#include "core/object/known.h"     // names

tg_value tgc_handled_peek(tg_thread *t)
{
    tgc_thread *ct = tgc_of(t);
    for (tgc_frame *f = ct->frame; f != NULL; f = f == ct->frames ? NULL : f - 1) {
        if (f->handled != TGI_REG_NONE && tgc_is_ptr(f->regs[f->handled]))
            return f->regs[f->handled];
    }
    return TGC_NULL;
}

bool tgc_op_raise(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    if (i->op == TGI_OP_RAISECURRENT) {
        tg_value exc = tgc_handled_peek(t);
        if (exc == TGC_NULL) {
            tgc_raise(t, &TGC_EXC(RuntimeError), "No active exception to reraise");
            return true;
        }
        tgc_error_restore(t, tgc_retain(t, exc));
        return false;
    }
    tg_value v = f->regs[i->a], cause = i->op == TGI_OP_RAISEFROM ? f->regs[i->b] : TGC_NULL;
    if (v == TGC_UNBOUND || cause == TGC_UNBOUND)
        tgc_op_unbound(t, f, v == TGC_UNBOUND ? i->a : i->b);
    else
        tgc_raise_object(t, v, cause);
    return true;
}

bool tgc_op_unwind(tg_thread *t, tgc_frame *f, const tgi_ins *at, bool again)
{
    const tgc_code *code = f->code;
    const tgi_unit *unit = code->unit;
    if (at < code->ins) // raised on entry
        at = code->ins;
    if (!again)
        tgc_traceback_add(t, f->code, at);
    for (uint32_t r = code->nlocals; r < code->nregs; r++) {
        tg_value v = f->regs[r];
        if (tgc_is_ptr(v)) {
            f->regs[r] = TGC_NONE;
            tgc_release(t, v);
        }
    }
    uint32_t index = (uint32_t)(at - code->ins);
    for (uint32_t h = 0; h < unit->handler_count; h++) {
        const tgi_handler *handler = &unit->handlers[h];
        if (index < handler->start || index >= handler->end)
            continue;
        tgc_set_reg(t, f, handler->reg, tgc_error_fetch(t));
        f->pc = code->ins + handler->target;
        return true;
    }
    for (uint32_t r = 0; r < code->nlocals; r++) {
        tg_value v = f->regs[r];
        f->regs[r] = TGC_NONE;
        tgc_release(t, v);
    }
    return false;
}

static bool special_bound(tg_thread *t, tg_value v, tg_value name, tg_value *out)
{
    tg_value func, self;
    int found = tgc_special(t, v, name, &func, &self);
    if (found < 0)
        return false;
    if (found == 0) {
        *out = TGC_NULL;
        return true;
    }
    if (self == TGC_NOVALUE) {
        *out = func;
        return true;
    }
    *out = tgc_method_new(t, func, self);
    tgc_release(t, func);
    tgc_release(t, self);
    return *out != TGC_NULL;
}

static bool with_setup(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->b], enter, leave;
    if (v == TGC_UNBOUND)
        return tgc_op_unbound(t, f, i->b);
    if (!special_bound(t, v, TGC_NAME(enter), &enter))
        return false;
    if (enter == TGC_NULL) {
        tgc_raise(t, &TGC_EXC(TypeError),
                  "'%s' object does not support the context manager protocol", tgc_type_name(v));
        return false;
    }
    if (!special_bound(t, v, TGC_NAME(exit), &leave) || leave == TGC_NULL) {
        tgc_release(t, enter);
        if (!tgc_raised(t))
            tgc_raise(
                t, &TGC_EXC(TypeError),
                "'%s' object does not support the context manager protocol (missed __exit__ method)",
                tgc_type_name(v));
        return false;
    }
    tgc_set_reg(t, f, i->a, leave);
    tgc_set_reg(t, f, i->a + 1u, enter);
    tgc_close(t, f, i->b);
    return true;
}

bool tgc_op_exception(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    if (i->op == TGI_OP_WITHSETUP)
        return with_setup(t, f, i);
    if (i->op == TGI_OP_LOADASSERT) {
        tgc_set_reg(t, f, i->a, tgc_from_ptr(&TGC_EXC(AssertionError)));
        return true;
    }
    tg_value exc = f->regs[i->b];
    tgc_set_reg(t, f, i->a, tgc_retain(t, tgc_from_ptr(tgc_type_of(exc))));
    tgc_set_reg(t, f, i->a + 1u, tgc_retain(t, exc));
    tgc_set_reg(t, f, i->a + 2u,
                tgc_slot_load(t, &((tgc_exception *)(void *)tgc_ptr(exc))->traceback));
    return true;
}

int tgc_op_yieldfrom(tg_thread *t, tgc_frame *f, const tgi_ins *i, tg_value *out)
{
    tg_value it = f->regs[i->b], sent = f->regs[i->a];
    if (sent == TGC_UNBOUND)
        sent = TGC_NONE;
    int st;
    if (tgc_is_exact(it, &tgc_generator_type)) {
        st = tgc_generator_send(t, it, sent, out);
    } else {
        *out = sent == TGC_NONE ? tgc_type_of(it)->next(t, it)
                                : tgc_call_method(t, it, "send", &sent, 1);
        st = 1;
        if (*out == TGC_NULL) {
            st = 0;
            *out = TGC_NONE;
            if (tgc_raised(t)) {
                if (!tgc_raised_match(t, &TGC_EXC(StopIteration)))
                    return -1;
                tg_value stop = tgc_error_fetch(t);
                *out = tgc_stop_iteration_value(t, stop);
                tgc_release(t, stop);
            }
        }
    }
    if (st == 0)
        tgc_set_reg(t, f, i->a, *out);
    return st;
}

bool tgc_op_import(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v;
    switch (i->op) {
    case TGI_OP_IMPORT:
        v = tgc_import(t, f->code->module, f->code->consts[i->b], i->c >> 1, (i->c & 1u) != 0);
        break;
    case TGI_OP_IMPORTFROM:
        v = tgc_import_from(t, f->regs[i->b], f->code->consts[i->c]);
        break;
    default:
        if (tgc_import_star(t, f->code->module, f->regs[i->a]) < 0)
            return false;
        tgc_close(t, f, i->a);
        return true;
    }
    if (v == TGC_NULL)
        return false;
    tgc_set_reg(t, f, i->a, v);
    return true;
}
