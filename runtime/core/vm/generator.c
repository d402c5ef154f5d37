// SPDX-License-Identifier: MIT
//
// generator.c - generators: a frame that sleeps in the heap.
//
// Owns        the registers of a suspended generator. While it runs they are on the thread's
//             register stack and the copy in the heap holds immediates.
// Threads     any thread may try to resume; the state's CAS lets one in, another one gets
//             "generator already executing".
#include "core/vm/frame.h"

#include "core/object/class.h"     // attributes
#include "core/object/exception.h" // StopIteration
#include "core/object/finalize.h"  // close of what is dropped
#include "core/object/known.h"     // names
#include "core/object/str.h"       // repr
#include "core/object/tuple.h"     // throw

static tgc_generator *generator(tg_value v)
{
    return (tgc_generator *)(void *)tgc_ptr(v);
}

tg_value tgc_generator_new(tg_thread *t, tgc_function *f, tg_value *regs)
{
    tgc_code *code = f->code;
    size_t size = sizeof(tgc_generator) + code->nregs * sizeof(tg_value);
    tgc_generator *g = (tgc_generator *)(void *)tgc_new_raw(t, &tgc_generator_type, size);
    for (uint32_t i = 0; i < code->nregs; i++) {
        tg_value v = i < code->nparams ? regs[i] : i < code->nlocals ? TGC_UNBOUND : TGC_NONE;
        if (i < code->nparams)
            regs[i] = TGC_NONE;
        if (g != NULL) {
            tgc_publish_value(t, v);
            g->regs[i] = v;
        } else {
            tgc_release(t, v);
        }
    }
    if (g == NULL)
        return TGC_NULL;
    g->code = code;
    g->func = f;
    tgc_incref(t, &f->head);
    g->pc = code->ins;
    // ORDER: relaxed; private.
    atom_store_relaxed(&g->state, TGC_GEN_CREATED);
    atom_store_relaxed(&g->weak, 0); // ORDER: relaxed; private.
    g->handled = TGI_REG_NONE;
    g->dest = TGI_REG_NONE;
    g->nregs = code->nregs;
    tgc_track(t, &g->head);
    return tgc_from_ptr(g);
}

// RUNNING, with the state it was in; -1 if finished or taken (ValueError set for the latter).
static int claim(tg_thread *t, tgc_generator *g)
{
    // ORDER: acquire; pairs with the release in tgc_generator_park: the registers are in the heap.
    uint8_t s = atom_load_acquire(&g->state);
    while (s == TGC_GEN_CREATED || s == TGC_GEN_SUSPENDED) {
        // ORDER: acquire; as above.
        if (atom_cas_weak_acquire(&g->state, &s, (uint8_t)TGC_GEN_RUNNING))
            return s;
    }
    if (s == TGC_GEN_RUNNING)
        tgc_raise(t, &TGC_EXC(ValueError), "generator already executing");
    return -1;
}

// Lays the claimed generator's registers above the innermost frame.
static tgc_frame *unpark(tg_thread *t, tgc_generator *g, uint16_t flags)
{
    tgc_thread *ct = tgc_of(t);
    tg_value *regs = tgc_stack_top(ct) + 1;
    tgc_frame *f = tgc_frame_push(t, g->code, g->func, regs, g->code->nlocals, 0, flags);
    if (f == NULL)
        return NULL;
    regs[-1] = TGC_NONE;
    memcpy(regs, g->regs, g->nregs * sizeof *regs);
    for (uint32_t i = 0; i < g->nregs; i++)
        g->regs[i] = TGC_NONE;
    f->generator = g;
    f->pc = g->pc;
    f->handled = g->handled;
    return f;
}

tgc_frame *tgc_generator_enter(tg_thread *t, tgc_generator *g, tg_value sent, uint16_t flags)
{
    int was = claim(t, g);
    if (was < 0)
        return NULL;
    if (was == TGC_GEN_CREATED && sent != TGC_NONE) {
        // ORDER: release; nothing was touched.
        atom_store_release(&g->state, TGC_GEN_CREATED);
        tgc_raise(t, &TGC_EXC(TypeError), "can't send non-None value to a just-started generator");
        return NULL;
    }
    tgc_frame *f = unpark(t, g, flags);
    if (f == NULL) {
        // ORDER: release; nothing was touched.
        atom_store_release(&g->state, (uint8_t)was);
        return NULL;
    }
    if (was == TGC_GEN_SUSPENDED) {
        tg_value old = f->regs[g->dest];
        f->regs[g->dest] = tgc_retain(t, sent);
        tgc_release(t, old);
    }
    return f;
}

void tgc_generator_park(tg_thread *t, const tgi_ins *pc, uint16_t dest)
{
    tgc_thread *ct = tgc_of(t);
    tgc_frame *f = ct->frame;
    tgc_generator *g = f->generator;
    for (uint32_t i = 0; i < g->nregs; i++) {
        tgc_publish_value(t, f->regs[i]);
        g->regs[i] = f->regs[i];
        f->regs[i] = TGC_NONE;
    }
    g->pc = pc;
    g->dest = dest;
    g->handled = f->handled;
    tgc_frame_pop(ct);
    // ORDER: release; pairs with the acquire in claim.
    atom_store_release(&g->state, TGC_GEN_SUSPENDED);
}

void tgc_generator_finish(tg_thread *t, tgc_generator *g)
{
    tgc_function *f = g->func;
    g->func = NULL;
    // ORDER: release; the registers are gone.
    atom_store_release(&g->state, TGC_GEN_DONE);
    if (f != NULL)
        tgc_decref(t, &f->head);
}

// A StopIteration must not leave a generator as if it had ended.
static void guard_stop_iteration(tg_thread *t)
{
    if (!tgc_raised_match(t, &TGC_EXC(StopIteration)))
        return;
    tg_value stop = tgc_error_fetch(t);
    tgc_raise(t, &TGC_EXC(RuntimeError), "generator raised StopIteration");
    tg_value e = tgc_error_fetch(t);
    if (e != TGC_NULL) {
        tgc_raise_object(t, e, stop);
        tgc_release(t, e);
    }
    tgc_release(t, stop);
}

void tgc_generator_fail(tg_thread *t, tgc_generator *g)
{
    tgc_generator_finish(t, g);
    guard_stop_iteration(t);
}

// Runs the frame that was entered. 1 yielded, 0 returned, -1 raised.
static int run(tg_thread *t, tgc_generator *g, bool throw_, tg_value *out)
{
    tgc_thread *ct = tgc_of(t);
    if (tgc_enter_c(t) < 0) {
        // Leave as an exception of the generator: its frame is on the stack and must unwind.
        throw_ = true;
        ct->c_depth++;
        if (ct->frame->pc == ct->frame->code->ins)
            ct->frame->pc++; // not started yet: the exception is that of its first instruction
    }
    ct->yielded = false;
    *out = tgc_run(t, throw_);
    tgc_leave_c(t);
    if (ct->yielded) {
        ct->yielded = false;
        return 1;
    }
    if (*out == TGC_NULL)
        tgc_generator_fail(t, g);
    else
        tgc_generator_finish(t, g);
    return *out == TGC_NULL ? -1 : 0;
}

int tgc_generator_send(tg_thread *t, tg_value v, tg_value sent, tg_value *out)
{
    tgc_generator *g = generator(v);
    tgc_frame *f = tgc_generator_enter(t, g, sent, TGC_FRAME_ENTRY);
    if (f == NULL) {
        *out = TGC_NONE;
        return tgc_raised(t) ? -1 : 0;
    }
    return run(t, g, false, out);
}

static tg_value generator_next(tg_thread *t, tg_value v)
{
    tg_value out;
    int st = tgc_generator_send(t, v, TGC_NONE, &out);
    if (st == 0 && out != TGC_NONE) { // next() shows the value; tgc_next takes the exception off
        tgc_raise_value(t, &TGC_EXC(StopIteration), out);
        tgc_release(t, out);
    }
    return st == 1 ? out : TGC_NULL;
}

static tg_value result(tg_thread *t, int st, tg_value out)
{
    if (st == 1)
        return out;
    if (st == 0) {
        tgc_raise_value(t, &TGC_EXC(StopIteration), out == TGC_NONE ? TGC_NULL : out);
        tgc_release(t, out);
    }
    return TGC_NULL;
}

static tg_value generator_m_send(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    tg_value out;
    int st = tgc_generator_send(t, args[0], args[1], &out);
    return result(t, st, out);
}

static int throw_set(tg_thread *t, tgc_generator *g, tg_value *out);

// A generator that waits in `yield from` passes the exception on first. 2: it has no part in it.
static int throw_into_delegate(tg_thread *t, tgc_generator *g, tg_value *out)
{
    if (g->pc->op != TGI_OP_YIELDFROM)
        return 2;
    tg_value it = tgc_retain(t, g->regs[g->pc->b]);
    bool closing = tgc_raised_match(t, &TGC_EXC(GeneratorExit));
    int st;
    if (tgc_is_exact(it, &tgc_generator_type)) {
        st = throw_set(t, generator(it), out);
        if (st == 0) {
            tgc_raise_value(t, &TGC_EXC(StopIteration), *out == TGC_NONE ? TGC_NULL : *out);
            tgc_release(t, *out);
            st = -1;
        }
    } else {
        tg_value exc = tgc_error_fetch(t), f;
        int found = tgc_getattr_opt(t, it, closing ? TGC_NAME(close) : TGC_NAME(throw), &f);
        if (found > 0) {
            *out = tgc_call(t, f, &exc, closing ? 0 : 1, TGC_NULL);
            st = *out == TGC_NULL ? -1 : 1;
            if (st == 1 && closing) {
                tgc_release(t, *out);
                st = 2;
            }
            tgc_release(t, f);
        } else {
            st = found < 0 ? -1 : 2;
        }
        if (st == 2)
            tgc_error_restore(t, tgc_retain(t, exc));
        tgc_release(t, exc);
    }
    tgc_release(t, it);
    return st;
}

// Raises the exception that is set inside g. 1 yielded, 0 returned, -1 raised.
static int throw_set(tg_thread *t, tgc_generator *g, tg_value *out)
{
    tg_value exc = tgc_error_fetch(t);
    int was = claim(t, g);
    if (was < 0) {
        bool busy = tgc_raised(t);
        if (busy)
            tgc_release(t, exc);
        else
            tgc_error_restore(t, exc);
        return -1;
    }
    tgc_error_restore(t, exc);
    if (was == TGC_GEN_CREATED) {
        for (uint32_t i = 0; i < g->nregs; i++) {
            tg_value v = g->regs[i];
            g->regs[i] = TGC_NONE;
            tgc_release(t, v);
        }
        tgc_generator_finish(t, g);
        return -1;
    }
    int st = throw_into_delegate(t, g, out);
    if (st == 1) {
        // ORDER: release; pairs with the acquire in claim.
        atom_store_release(&g->state, TGC_GEN_SUSPENDED);
        return 1;
    }
    bool resumed = false;
    if (st == -1 && tgc_raised_match(t, &TGC_EXC(StopIteration))) {
        tg_value stop = tgc_error_fetch(t);
        tg_value v = g->regs[g->dest];
        g->regs[g->dest] = tgc_stop_iteration_value(t, stop);
        tgc_release(t, v);
        tgc_release(t, stop);
        resumed = true;
    }
    if (g->pc->op == TGI_OP_YIELDFROM)
        g->pc++; // the delegate is done with; errors count as of the instruction before pc
    if (unpark(t, g, TGC_FRAME_ENTRY) == NULL) {
        // ORDER: release; pairs with the acquire in claim.
        atom_store_release(&g->state, TGC_GEN_SUSPENDED);
        return -1;
    }
    return run(t, g, !resumed, out);
}

static tg_value generator_m_throw(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)kwnames;
    tg_value exc = args[1], made = TGC_NULL, out = TGC_NULL;
    if (nargs > 2 && args[2] != TGC_NONE && tgc_is_type(exc)) {
        made = tgc_is_exception(args[2]) ? tgc_retain(t, args[2]) : tgc_call1(t, exc, args[2]);
        if (made == TGC_NULL)
            return TGC_NULL;
        exc = made;
    }
    tgc_raise_object(t, exc, TGC_NULL);
    tgc_release(t, made);
    int st = throw_set(t, generator(args[0]), &out);
    return result(t, st, out);
}

static int close_generator(tg_thread *t, tgc_generator *g)
{
    // ORDER: acquire; pairs with the release in tgc_generator_park.
    uint8_t s = atom_load_acquire(&g->state);
    if (s == TGC_GEN_DONE)
        return 0;
    tgc_raise_value(t, &TGC_EXC(GeneratorExit), TGC_NULL);
    tg_value out = TGC_NULL;
    int st = throw_set(t, g, &out);
    if (st == 1) {
        tgc_release(t, out);
        return tgc_raise_int(t, &TGC_EXC(RuntimeError), "generator ignored GeneratorExit");
    }
    if (st == 0) {
        tgc_release(t, out);
        return 0;
    }
    if (!tgc_raised_match(t, &TGC_EXC(GeneratorExit)) &&
        !tgc_raised_match(t, &TGC_EXC(StopIteration)))
        return -1;
    tgc_error_clear(t);
    return 0;
}

static tg_value generator_m_close(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    return close_generator(t, generator(args[0])) < 0 ? TGC_NULL : TGC_NONE;
}

static void generator_clear(tg_thread *t, tgc_obj *o)
{
    tgc_generator *g = (tgc_generator *)(void *)o;
    for (uint32_t i = 0; i < g->nregs; i++) {
        tg_value v = g->regs[i];
        g->regs[i] = TGC_NONE;
        tgc_release(t, v);
    }
    tgc_generator_finish(t, g);
}

static void generator_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_generator *g = (tgc_generator *)(void *)o;
    for (uint32_t i = 0; i < g->nregs; i++)
        visit(g->regs[i], arg);
    if (g->func != NULL)
        visit(tgc_from_ptr(g->func), arg);
}

// Whether a `finally` or `with` waits at the point where it sleeps.
static bool has_pending_handler(const tgc_generator *g)
{
    const tgi_unit *unit = g->code->unit;
    uint32_t at = (uint32_t)(g->pc - g->code->ins);
    at -= at > 0 && g->pc->op != TGI_OP_YIELDFROM;
    for (uint32_t i = 0; i < unit->handler_count; i++) {
        if (at >= unit->handlers[i].start && at < unit->handlers[i].end)
            return true;
    }
    return false;
}

static void generator_finalize(tg_thread *t, tgc_obj *o)
{
    tgc_generator *g = (tgc_generator *)(void *)o;
    // ORDER: acquire; pairs with the release in tgc_generator_park.
    if (atom_load_acquire(&g->state) == TGC_GEN_SUSPENDED && has_pending_handler(g) &&
        close_generator(t, g) < 0)
        tgc_report_unraisable(t, tgc_from_ptr(o));
}

static void generator_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_generator *g = (tgc_generator *)(void *)o;
    size_t size = sizeof *g + g->nregs * sizeof(tg_value);
    // ORDER: relaxed; the object is dead and ours.
    if (atom_load_relaxed(&g->state) == TGC_GEN_SUSPENDED && has_pending_handler(g) &&
        !tgc_finalize_dying(t, o))
        return;
    tgc_untrack(t, o);
    generator_clear(t, o);
    tgc_delete(t, o, size);
}

static tg_value generator_iter(tg_thread *t, tg_value v)
{
    return tgc_retain(t, v);
}

static tg_value generator_repr(tg_thread *t, tg_value v)
{
    size_t n;
    return tgc_str_format(t, "<generator object %s at %p>",
                          tgc_str_utf8(t, generator(v)->code->qualname, &n), (void *)tgc_ptr(v));
}

static tg_value generator_name(tg_thread *t, tg_value self)
{
    return tgc_retain(t, generator(self)->code->name);
}

static tg_value generator_qualname(tg_thread *t, tg_value self)
{
    return tgc_retain(t, generator(self)->code->qualname);
}

static tg_value generator_running(tg_thread *t, tg_value self)
{
    (void)t;
    // ORDER: relaxed; a report.
    return tgc_from_bool(atom_load_relaxed(&generator(self)->state) == TGC_GEN_RUNNING);
}

static const tgc_getset_def generator_getsets[] = {
    {"__name__", generator_name, NULL},
    {"__qualname__", generator_qualname, NULL},
    {"gi_running", generator_running, NULL},
    {NULL, NULL, NULL},
};

static const tgc_method_def generator_methods[] = {
    {"send", generator_m_send, 1, 1, 0},
    {"throw", generator_m_throw, 1, 3, 0},
    {"close", generator_m_close, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

tgc_type tgc_generator_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "generator",
    .size = sizeof(tgc_generator),
    .flags = TGC_TF_TRACKED,
    .methods = generator_methods,
    .getsets = generator_getsets,
    .dealloc = generator_dealloc,
    .finalize = generator_finalize,
    .weak_offset = offsetof(tgc_generator, weak),
    .clear = generator_clear,
    .traverse = generator_traverse,
    .iter = generator_iter,
    .next = generator_next,
    .repr = generator_repr,
};
