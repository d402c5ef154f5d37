// SPDX-License-Identifier: MIT
//
// life.c - what reaches a thread from outside: signals, an exception set by another thread, the end
// of the runtime, fork.
//
// Threads     the hooks run on the thread they concern, attached, at a poll; fork_child on the one
//             thread of the child.
// Invariants  LF1  async_exc of a thread is exchanged, never written: who takes a value out owns
//             it.
//             LF2  a thread leaves async_exc empty for good when it is cleared; it is off the list
//                  of threads before anybody could set it again.
#include "core/builtin/life.h"

#include "core/builtin/print.h"    // streams
#include "core/gc/gc.h"            // its lock
#include "core/object/error.h"     // raising
#include "core/object/exception.h" // raise
#include "thread/breaker.h"        // bits
#include "thread/signals.h"        // pending signals

// --- signals

tg_status tgc_life_signals(tg_thread *t)
{
    tgi_signals *s = &t->runtime->signals;
    uint64_t later = 0;
    tg_status st = TG_OK;
    for (int signo; (signo = tgi_signals_take(t->runtime)) != 0;) {
        // ORDER: relaxed; written by this thread.
        if ((atom_load_relaxed(&s->installed) >> signo & 1) == 0)
            continue; // it arrived before it was given back to the system
        if (s->fn[signo] == NULL) {
            tgc_raise_value(t, &TGC_EXC(KeyboardInterrupt), TGC_NULL);
            st = TG_ERR_RAISED;
        } else if (t->interp == t->runtime->main_interp) {
            st = s->fn[signo](t, signo);
        } else {
            later |= UINT64_C(1) << signo; // when the main thread is back in its interpreter
        }
        if (st == TG_OK)
            continue;
        if (tgi_signals_pending(s))
            tgi_breaker_set(t, TGI_BRK_SIGNAL); // the others have their turn at the next poll
        break;
    }
    if (later != 0) {
        // ORDER: seq_cst; as in signals.c: tgi_signals_follow looks at it.
        atom_or_seq_cst(&s->pending, later);
    }
    return st;
}

// --- an exception from another thread

tg_status tgc_life_async_exc(tg_thread *t)
{
    tg_value exc = tgc_slot_exchange(t, &tgc_of(t)->async_exc, TGC_NULL);
    if (exc == TGC_NULL)
        return TG_OK; // taken back
    (void)tgc_raise_object(t, exc, TGC_NULL);
    tgc_release(t, exc);
    return TG_ERR_RAISED;
}

typedef struct search {
    tg_thread *caller;
    uint64_t id;
    tg_value exc; // in: what to set; out: what was set before
    bool found;
} search;

// threads_lock is held: the thread cannot end.
static void set_exception(tg_thread *t, void *arg)
{
    search *s = arg;
    if (t->id != s->id || t->interp != s->caller->interp)
        return;
    s->found = true;
    bool set = s->exc != TGC_NULL;
    s->exc = tgc_slot_exchange(s->caller, &tgc_of(t)->async_exc, s->exc);
    if (!set)
        return;
    tgi_breaker_set(t, TGI_BRK_ASYNC_EXC);
    // ORDER: relaxed; guarded by the lock. A bound state's OS thread is alive.
    tgi_parker *parker = atom_load_relaxed(&t->parker);
    if (parker != NULL)
        tgi_parker_interrupt(parker);
}

int tgc_host_raise_in(tg_thread *t, uint64_t id, tg_value exc)
{
    bool is_class = exc != TGC_NULL && tgc_has_flag(exc, TGC_TF_TYPE) &&
                    tgc_is_subtype((tgc_type *)(void *)tgc_ptr(exc), &TGC_EXC(BaseException));
    if (exc != TGC_NULL && !is_class && !tgc_is_exception(exc))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "exceptions must derive from BaseException");
    search s = {.caller = t, .id = id, .exc = exc == TGC_NULL ? TGC_NULL : tgc_retain(t, exc)};
    tgi_threads_for_each(t->runtime, set_exception, &s);
    // What is left is ours: the exception that was replaced, or ours if there is no such thread.
    if (s.exc != TGC_NULL)
        tgc_release(t, s.exc);
    return s.found;
}

// --- the end

// The runtime goes down while this thread still runs: it unwinds. SystemExit is silent in a thread.
tg_status tgc_life_exit_requested(tg_thread *t)
{
    tgc_raise_value(t, &TGC_EXC(SystemExit), TGC_NULL);
    return TG_ERR_RAISED;
}

// --- fork

static void bury(tg_thread *dead, void *arg)
{
    tg_thread *t = arg;
    if (dead == t)
        return;
    tgc_policy_inherit(dead->interp == t->interp ? t : NULL, dead);
    const tgc_thread *ct = tgc_of(dead);
    tgc_shared *shared = tgc_shared_of(dead);
    // ORDER: relaxed (all); a report.
    shared->objects_made += atom_load_relaxed(&ct->objects_made);
    shared->objects_freed += atom_load_relaxed(&ct->objects_freed);
    shared->bytes_made += atom_load_relaxed(&ct->bytes_made);
    shared->bytes_freed += atom_load_relaxed(&ct->bytes_freed);
}

// What the other threads hold in their frames stays until the runtime ends. No lock of an object is
// held across a detach, so none is held here; one that was handed to a thread that is gone has been
// opened by fork.c.
void tgc_life_fork_child(tg_thread *t)
{
    tgi_recursive *import_lock = &tgc_shared_of(t)->import_lock;
    tgc_streams_after_fork();
    if (!tgi_recursive_is_owned(import_lock, t->id))
        tgi_recursive_reset(import_lock);
    tgc_policy_after_fork();
    tgc_gc_fork_child(t);
    tgi_threads_for_each(t->runtime, bury, t);
}
