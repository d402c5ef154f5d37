// SPDX-License-Identifier: MIT
//
// gil_ticks.c - the policy `ticks`: let go every so many polls.
//
// The holder counts its polls of the eval breaker; at every check_interval-th it lets go and takes
// the GIL again at once. Nobody asks, nothing is handed over: the first of the queue is woken, but
// mostly the thread that let go is running and has it back before the other is awake. That is the
// convoy this policy is here to show.
//
// The count needs no code in the interpreter loop: while the policy is on, TGI_BRK_GIL_TICK stays
// set in every thread, so that every poll enters the handler. A thread that finds itself without
// the GIL takes the bit off; turning the GIL on sets it again in all.
//
// Invariants  K3  with this policy every attached thread that holds the GIL has the bit set.
// Sources     the policy of CPython until 3.1; Beazley, "Understanding the Python GIL", 2010.
#include "thread/gil_policy.h" // the table

#include "base/atomic.h"    // orders
#include "thread/breaker.h" // the bit
#include "thread/runtime.h" // list of threads

static void enqueue_locked(tgi_gil *gil, tgi_gil_waiter *w)
{
    tgi_gil_insert_locked(gil, w, gil->tail);
}

static int64_t ask_at(tgi_gil *gil, tgi_gil_waiter *w, int64_t now)
{
    (void)gil, (void)w, (void)now;
    return TGI_DEADLINE_NEVER;
}

static void asked(tgi_gil *gil, tgi_gil_waiter *w, int64_t now)
{
    (void)gil, (void)w, (void)now;
}

const tgi_gil_policy tgi_gil_ticks = {
    .name = "ticks",
    .handing = TGI_GIL_HANDS_NEVER,
    .ticks = true,
    .enqueue_locked = enqueue_locked,
    .ask_at = ask_at,
    .asked = asked,
};

void tgi_gil_tick(tg_thread *t)
{
    tgi_gil *gil = t->interp->gil;
    if (!t->holds_gil) {
        tgi_breaker_clear(t, TGI_BRK_GIL_TICK);
        return;
    }
    if (--gil->ticks > 0)
        return;
    // ORDER: relaxed; a setting.
    gil->ticks = atom_load_relaxed(&gil->check_interval);
    tgi_gil_give_way(t);
}

void tgi_gil_mark_ticking_locked(tgi_gil *gil, tg_runtime *rt)
{
    bool ticks = tgi_gil_policy_of(gil)->ticks;
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        if (t->interp->gil != gil)
            continue;
        if (ticks)
            tgi_breaker_set(t, TGI_BRK_GIL_TICK);
        else
            tgi_breaker_clear(t, TGI_BRK_GIL_TICK);
    }
}

void tgi_gil_adopt_locked(tg_thread *t)
{
    if (tgi_gil_policy_of(t->interp->gil)->ticks)
        tgi_breaker_set(t, TGI_BRK_GIL_TICK);
}
