// SPDX-License-Identifier: MIT
//
// breaker.c - handling the eval breaker.
//
// Order       stop, lease, merge, quiescent state, queued calls, signals, collector, GIL, exit,
//             exception. What others wait for comes first; what may raise comes after what may not;
//             the exception from outside last, so that it is not lost when something else raises.
// Invariants  K1  a bit is cleared before its work is looked for, so a request that comes
//                 meanwhile is seen at the next poll.
//             K2  STOP is cleared by whoever restarts the world, EXIT never.
#include "thread/breaker.h"

#include "base/assert.h"       // TGI_ASSERT
#include "thread/defer.h"      // tgi_defer_process
#include "thread/gil.h"        // tgi_gil_yield
#include "thread/gil_signal.h" // toggling
#include "thread/runtime.h"    // hooks
#include "thread/trace.h"      // hook

typedef tg_status raising_hook(tg_thread *t);

static bool take_bit(tg_thread *t, uint32_t bit)
{
    // ORDER: relaxed; a hint, the clearing RMW decides.
    if (TGI_LIKELY((atom_load_relaxed(&t->breaker) & bit) == 0))
        return false;
    tgi_breaker_clear(t, bit); // K1
    return true;
}

static tg_status run_if(tg_thread *t, uint32_t bit, raising_hook *hook)
{
    return take_bit(t, bit) && hook != NULL ? hook(t) : TG_OK;
}

tg_status tgi_breaker_handle(tg_thread *t)
{
    TGI_ASSERT(tgi_current_thread() == t);
    const tgi_core_hooks *hooks = t->runtime->hooks;
    tgi_stat_add(t, breaker, 1);

    // ORDER: relaxed; whoever stops the world waits until we see it.
    if ((atom_load_relaxed(&t->breaker) & TGI_BRK_STOP) != 0) {
        tgi_trace_event(t, TGI_TRACE_YIELD, 0);
        tgi_thread_detach(t); // counts itself down and is suspended
        tgi_thread_attach(t); // returns when the world runs again
    }
    if (take_bit(t, TGI_BRK_LEASE))
        tgi_lease_end(&t->lease);
    if (take_bit(t, TGI_BRK_MERGE) && hooks->merge_pending != NULL) {
        tgi_stat_add(t, merges, 1);
        hooks->merge_pending(t);
    }
    if (take_bit(t, TGI_BRK_QSBR)) {
        tgi_stat_add(t, quiescent, 1);
        (void)tgi_defer_process(t);
    }

    tg_status st = run_if(t, TGI_BRK_CALLS, hooks->calls);
    if (st == TG_OK && take_bit(t, TGI_BRK_SIGNAL)) {
        tgi_gil_signal_handle(t);
        if (hooks->signals != NULL)
            st = hooks->signals(t);
    }
    if (st == TG_OK)
        st = run_if(t, TGI_BRK_COLLECT, hooks->collect);
    // ORDER: relaxed; a request of a waiter that goes on waiting.
    if ((atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_DROP) != 0)
        tgi_gil_yield(t);
    // ORDER: relaxed; stays set while the policy counts polls.
    if (TGI_UNLIKELY((atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_TICK) != 0))
        tgi_gil_tick(t);
    // ORDER: relaxed; the bit stays.
    if (st == TG_OK && (atom_load_relaxed(&t->breaker) & TGI_BRK_EXIT) != 0 &&
        hooks->exit_requested != NULL)
        st = hooks->exit_requested(t);
    if (st == TG_OK)
        st = run_if(t, TGI_BRK_ASYNC_EXC, hooks->async_exc);
    return st;
}
