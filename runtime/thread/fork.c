// SPDX-License-Identifier: MIT
//
// fork.c - a child with one thread and open locks.
//
// Threads     the caller, attached. The world is stopped across the fork, so no other thread of
//             the runtime is inside it; threads that are not attached may be in its leaf locks, so
//             those are held across the fork too.
// Invariants  in the child: no waiter, no other state, every lock of this layer open, every other
//             thread's handle says that it is gone. A lock that was handed to a sleeping thread is
//             opened; what a thread held while it was detached is its owner's (hooks.fork_child).
//             Other runtimes of the process are not usable in the child.
#include "thread/fork.h"

#include "base/assert.h"      // TGI_INVARIANT
#include "mem/raw.h"          // states of the dead
#include "sync/parking_lot.h" // reset
#include "sync/rank.h"        // TGI_RANK_PAUSE
#include "thread/interp.h"    // counts
#include "thread/runtime.h"   // everything
#include "thread/start.h"     // handles
#include "thread/stw.h"       // the pause
#include "thread/trace.h"     // the trace is the parent's

void tgi_fork_prepare(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    tgi_stop_the_world_global(t, rt, TGI_CAUSE_FORK);
    if (rt->hooks->fork_prepare != NULL)
        rt->hooks->fork_prepare(t);
    tgi_rawlock_lock(&rt->threads_lock);
    tgi_mutex_lock(&rt->qsbr.lock);
    tgi_mutex_lock(&rt->deferred.lock);
    tgi_thread_handles_lock();
}

void tgi_fork_parent(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    tgi_thread_handles_unlock();
    tgi_mutex_unlock(&rt->deferred.lock);
    tgi_mutex_unlock(&rt->qsbr.lock);
    tgi_rawlock_unlock(&rt->threads_lock);
    if (rt->hooks->fork_parent != NULL)
        rt->hooks->fork_parent(t);
    tgi_start_the_world_global(t, rt);
}

// A lock that was handed to a thread while it slept, and that it will never use.
static void open_given(tg_thread *dead)
{
    // ORDER: relaxed (both); only one thread exists. The memory of the dead thread is still there.
    tgi_parker *parker = atom_load_relaxed(&dead->parker);
    tgi_mutex *given = parker != NULL ? atom_load_relaxed(&parker->given) : NULL;
    if (given != NULL)
        tgi_mutex_reset(given);
}

static void bury_others(tg_runtime *rt, tg_thread *t)
{
    for (tg_thread *each = rt->threads; each != NULL;) {
        tg_thread *next = each->next;
        if (each != t) {
            open_given(each);
            tgi_deferred_hand_over(&each->deferred);
            tgi_gil_times_reset_locks(each);
            tgi_stats_bury_locked(each);
            if (rt->hooks->thread_free != NULL)
                rt->hooks->thread_free(each);
            tgi_gil_times_free(each);
            tgi_interp_unref(each->interp);
            tgi_raw_free_lines(each);
        }
        each = next;
    }
    rt->threads = t;
    rt->thread_count = 1;
    t->prev = NULL;
    t->next = NULL;
    t->holds = 0;
    t->is_main = true;
    // ORDER: relaxed (all here); only one thread exists.
    atom_store_relaxed(&rt->main_thread, t);
    atom_store_relaxed(&rt->live, 2);
    atom_store_relaxed(&t->parker, tgi_parker_self());
    t->os = pthread_self();
}

void tgi_fork_child(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    tgi_parking_lot_after_fork();
    tgi_rawlock_reset(&rt->threads_lock);
    tgi_mutex_reset(&rt->deferred.lock);
    tgi_qsbr_after_fork(&rt->qsbr, &t->qsbr);
    if (rt->hooks->fork_child != NULL)
        rt->hooks->fork_child(t);
    bury_others(rt, t);
    tgi_thread_handles_after_fork(t);
    tgi_signals_after_fork(rt);
    for (tg_interp *interp = rt->interps; interp != NULL; interp = interp->next) {
        if (interp != t->interp) { // its threads are gone, with whatever they were doing
            interp->open = false;
            interp->entering = 0;
            interp->left_behind++;
        }
        tgi_gil_after_fork(&interp->own_gil, t);
        tgi_stw_after_fork(&interp->stw);
    }
    tgi_stw_after_fork(&rt->stw);
    // ORDER: relaxed; only one thread exists.
    atom_store_relaxed(&rt->pause_lock.word, 0);
    tgi_trace_after_fork(rt, t);
    tgi_rank_set_paused(false);
    tgi_rank_leave(TGI_RANK_PAUSE, &rt->stw.lock);
    tgi_rank_leave(TGI_RANK_PAUSE_GLOBAL, &rt->pause_lock);
}
