// SPDX-License-Identifier: MIT
//
// frame.h - frames, windows, and the way into the interpreter loop. Layer core/vm.
//
// A frame's registers are a window of the thread's register stack. The caller puts the callee and
// the arguments into consecutive temps; the arguments are the callee's first registers:
//
//     caller:  ... | callee | arg0 | arg1 | ...
//     callee:                 R[0]   R[1]   ...      R[-1] is the callee itself
//
// Note [window]  On return the callee's frame has released R[0, nlocals) and R[-1] and left
//                immediates there.
// Everything above the innermost frame's registers holds immediates, so a new frame initialises
// only the locals beyond its arguments. A frame of __init__ (TGC_FRAME_INIT) has no R[-1]: R[0]
// lies where the class was.
#ifndef TGC_VM_FRAME_H
#define TGC_VM_FRAME_H

#include "core/object/code.h"  // tgc_frame
#include "core/object/error.h" // RecursionError
#include "core/object/state.h" // tgc_thread

// First free register above the innermost frame.
static inline tg_value *tgc_stack_top(const tgc_thread *ct)
{
    return ct->frame != NULL ? ct->frame->regs + ct->frame->code->nregs : ct->stack;
}

#define tgc_too_deep TG_CORE_SYM(tgc_too_deep)
TGI_COLD tgc_frame *tgc_too_deep(tg_thread *t); // raises RecursionError, returns NULL

// A new innermost frame whose first registers are set. Locals from `set` on become Unbound. NULL:
// raised, nothing changed.
static inline tgc_frame *tgc_frame_push(tg_thread *t, tgc_code *code, tgc_function *func,
                                        tg_value *regs, uint32_t set, uint16_t ret, uint16_t flags)
{
    tgc_thread *ct = tgc_of(t);
    tgc_frame *f = ct->frame != NULL ? ct->frame + 1 : ct->frames;
    if (TGI_UNLIKELY(ct->depth >= ct->depth_limit || f == ct->frames_end ||
                     regs + code->nregs + 8 > ct->stack_end))
        return tgc_too_deep(t);
    ct->depth++;
    f->pc = code->ins;
    f->code = code;
    f->func = func;
    f->regs = regs;
    f->generator = NULL;
    f->result = TGC_NONE;
    f->ret = ret;
    f->handled = TGI_REG_NONE;
    f->flags = flags;
    for (uint32_t i = set; i < code->nlocals; i++)
        regs[i] = TGC_UNBOUND;
    ct->frame = f;
    return f;
}

static inline void tgc_frame_pop(tgc_thread *ct)
{
    ct->depth--;
    ct->frame = ct->frame == ct->frames ? NULL : ct->frame - 1;
}

// Arranges nargs values in regs (positional, then those named by kwnames) as the parameters of f;
// takes them. 0, or -1 with nothing left in regs. There is room for nargs and nregs registers.
// (bind.c)
#define tgc_bind TG_CORE_SYM(tgc_bind)
int tgc_bind(tg_thread *t, tgc_function *f, tg_value *regs, size_t nargs, tg_value kwnames);

typedef enum tgc_called { TGC_CALL_RAISED = -1, TGC_CALL_DONE = 0, TGC_CALL_FRAME = 1 } tgc_called;

// Calls window[0] with window[1, nargs]; takes all of them. DONE: *out is the result. FRAME: a
// frame was pushed, its result goes to register ret of the frame that was innermost. (call.c)
#define tgc_vm_call TG_CORE_SYM(tgc_vm_call)
tgc_called tgc_vm_call(tg_thread *t, tg_value *window, size_t nargs, tg_value kwnames, uint16_t ret,
                       tg_value *out);
// TypeError "module.name() ..." about a call of f; format has one %s for `what`.
#define tgc_raise_callee TG_CORE_SYM(tgc_raise_callee)
tg_value tgc_raise_callee(tg_thread *t, tg_value f, const char *format, const char *what)
    __attribute__((format(printf, 3, 0)));
// The same for window[0](*window[1], **window[2]).
#define tgc_vm_call_ex TG_CORE_SYM(tgc_vm_call_ex)
tgc_called tgc_vm_call_ex(tg_thread *t, tg_value *window, bool has_kwargs, uint16_t ret,
                          tg_value *out);

// Runs the innermost frame, which has TGC_FRAME_ENTRY, until it returns, yields (tgc_thread.yielded
// is set) or raises (TGC_NULL). With `throw_` the exception that is set is raised at its current
// instruction. (loop.c)
#define tgc_run TG_CORE_SYM(tgc_run)
tg_value tgc_run(tg_thread *t, bool throw_);
// The same for a task of the stress tester; tgc_run goes there by itself. (loop_controlled.c)
#define tgc_run_controlled TG_CORE_SYM(tgc_run_controlled)
tg_value tgc_run_controlled(tg_thread *t, bool throw_);

// --- generators (generator.c)
typedef struct tgc_generator {
    tgc_obj head;
    tgc_code *code;
    tgc_function *func; // owned; NULL when finished
    const tgi_ins *pc;  // where to go on
    // any thread: tgc_generator_state; whoever moved it to RUNNING owns the rest
    _Atomic(uint8_t) state;
    uint16_t handled;
    uint16_t dest; // register that receives the value sent
    uint32_t nregs;
    _Atomic(uintptr_t) weak; // object/weakref.h
    tg_value regs[];
} tgc_generator;

enum { TGC_GEN_CREATED, TGC_GEN_SUSPENDED, TGC_GEN_RUNNING, TGC_GEN_DONE };

// Takes the bound registers regs[0, nlocals) of a call of f.
#define tgc_generator_new TG_CORE_SYM(tgc_generator_new)
tg_value tgc_generator_new(tg_thread *t, tgc_function *f, tg_value *regs);
// 1: yielded *out; 0: returned *out; -1: raised. v is borrowed.
#define tgc_generator_send TG_CORE_SYM(tgc_generator_send)
int tgc_generator_send(tg_thread *t, tg_value generator, tg_value v, tg_value *out);
// Claims a suspended generator and lays its frame on the stack above the innermost one. NULL:
// finished (nothing raised) or raised. Its next yield or return ends the frame.
#define tgc_generator_enter TG_CORE_SYM(tgc_generator_enter)
tgc_frame *tgc_generator_enter(tg_thread *t, tgc_generator *g, tg_value sent, uint16_t flags);
// The innermost frame, a generator's, yields: its registers go back to the heap, the frame is gone.
#define tgc_generator_park TG_CORE_SYM(tgc_generator_park)
void tgc_generator_park(tg_thread *t, const tgi_ins *pc, uint16_t dest);
// The generator has returned or raised; its frame is gone.
#define tgc_generator_finish TG_CORE_SYM(tgc_generator_finish)
void tgc_generator_finish(tg_thread *t, tgc_generator *g);

// The same after an exception: a StopIteration becomes a RuntimeError.
#define tgc_generator_fail TG_CORE_SYM(tgc_generator_fail)
void tgc_generator_fail(tg_thread *t, tgc_generator *g);

#endif
