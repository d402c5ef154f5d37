// SPDX-License-Identifier: MIT
//
// gil_switch.c - turning the GIL on and off while threads run.
//
// Owns        gil.enabled: 0 off, N that many transient requests, TGI_GIL_PERMANENT for good.
// Threads     the caller is attached. While the GIL is on it holds it, so the counter has one
//             writer; from 0 it changes only with the world stopped.
// Invariants  N1  the counter never passes TGI_GIL_PERMANENT - 1 by counting: requests beyond are
//                 refused, also when another thread was faster.
//             N2  PERMANENT is never left.
//             N3  turning off never waits: waiters are woken, see 0 and go on without the GIL. A
//                 thread that took the word while the GIL was going off just holds a lock nobody
//                 asks for, and releases it at its next detach.
//             N4  the ledger changes with the counter: L1 in gil_ledger.c.
//             N5  who turns it on takes it in the pause: behind it, every thread that computes
//                 would be in the queue first, and each has it for an interval.
#include "thread/gil.h"

#include "base/assert.h"       // TGI_INVARIANT
#include "thread/gil_policy.h" // ticks
#include "thread/runtime.h"    // tg_interp
#include "thread/stw.h"        // the pause
#include "thread/trace.h"      // hooks

static int get_count(tgi_gil *gil)
{
    // ORDER: relaxed; constant for an attached thread, and the world is stopped when it leaves 0.
    return atom_load_relaxed(&gil->enabled);
}

static void set_count(tg_thread *t, tgi_gil *gil, int n)
{
    tgi_trace_event(t, TGI_TRACE_COUNT, (uint32_t)n);
    // ORDER: relaxed; the caller holds the GIL, and releases it after this, or the world is
    // stopped, and its restart publishes it.
    atom_store_relaxed(&gil->enabled, n);
}

// The counter is n, below PERMANENT - 1. N4
static void add_request(tgi_gil *gil, int n, const char *who, tg_thread *t)
{
    tgi_gil_ledger_add(&gil->ledger, who, t);
    set_count(t, gil, n + 1);
}

bool tgi_gil_is_enabled(tg_thread *t)
{
    return tgi_gil_count(t) != 0;
}

int tgi_gil_count(tg_thread *t)
{
    return get_count(t->interp->gil);
}

static void report(bool *changed, bool value)
{
    if (changed != NULL)
        *changed = value;
}

tg_status tgi_gil_enable_transient(tg_thread *t, const char *who, bool *changed)
{
    TGI_INVARIANT(tgi_thread_is_attached(t));
    tgi_gil *gil = t->interp->gil;
    report(changed, false);
    if (!gil->switchable)
        return TG_ERR_UNSUPPORTED;
    int n = get_count(gil);
    if (n == TGI_GIL_PERMANENT)
        return TG_OK;
    if (n == TGI_GIL_PERMANENT - 1)
        return TG_ERR_LIMIT;
    if (n > 0) {
        TGI_INVARIANT(t->holds_gil);
        add_request(gil, n, who, t);
        return TG_OK;
    }

    tg_status st = TG_OK;
    tg_runtime *rt = t->runtime;
    tgi_thread_detach(t); // our own state is stopped like all others
    tgi_stop_the_world_global(NULL, rt, TGI_CAUSE_GIL);
    n = get_count(gil);
    if (n == TGI_GIL_PERMANENT - 1) {
        st = TG_ERR_LIMIT;               // N1: many threads were here before us
    } else if (n != TGI_GIL_PERMANENT) { // N2
        add_request(gil, n, who, t);
        (void)tgi_gil_try_take(t); // N5
    }
    if (tgi_gil_policy_of(gil)->ticks) {
        tgi_rawlock_lock(&rt->threads_lock);
        tgi_gil_mark_ticking_locked(gil, rt); // K3 in gil_ticks.c
        tgi_rawlock_unlock(&rt->threads_lock);
    }
    tgi_start_the_world_global(NULL, rt);
    tgi_thread_attach(t);
    report(changed, n == 0);
    return st;
}

tg_status tgi_gil_enable_permanent(tg_thread *t, const char *who, bool *changed)
{
    TGI_INVARIANT(tgi_thread_is_attached(t));
    tgi_gil *gil = t->interp->gil;
    report(changed, false);
    if (!gil->switchable)
        return TG_ERR_UNSUPPORTED;
    int n = get_count(gil);
    if (n == 0)
        return TG_ERR_STATE;
    if (n == TGI_GIL_PERMANENT)
        return TG_OK;
    TGI_INVARIANT(t->holds_gil);
    tg_status st = tgi_gil_ledger_freeze(&gil->ledger, who, t);
    if (st != TG_OK)
        return st;
    set_count(t, gil, TGI_GIL_PERMANENT);
    report(changed, true);
    return TG_OK;
}

tg_status tgi_gil_disable(tg_thread *t, const char *who, bool *changed)
{
    TGI_INVARIANT(tgi_thread_is_attached(t));
    tgi_gil *gil = t->interp->gil;
    report(changed, false);
    if (!gil->switchable)
        return TG_ERR_UNSUPPORTED;
    int n = get_count(gil);
    if (n == 0)
        return TG_ERR_STATE;
    if (n == TGI_GIL_PERMANENT)
        return TG_OK; // N2
    TGI_INVARIANT(t->holds_gil);
    tg_status st = tgi_gil_ledger_remove(&gil->ledger, who, t);
    if (st != TG_OK)
        return st;
    set_count(t, gil, n - 1);
    if (n > 1)
        return TG_OK;

    tgi_trace_event(t, TGI_TRACE_GIL_OFF, 0);
    tgi_gil_open(gil, t); // N3
    report(changed, true);
    return TG_OK;
}
