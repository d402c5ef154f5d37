// SPDX-License-Identifier: MIT
//
// defer.c - deferred frees of a thread state.
//
// Invariants  F1  a backlog is noticed by its own thread only: when a chunk is full or the bytes
//                 pass the limit it sets its own TGI_BRK_QSBR, and processes at the next poll.
//             F2  beyond the limit it also asks all others; they answer at their next poll. A
//                 detached thread is offline and never waited for.
#include "thread/defer.h"

#include "base/assert.h"    // TGI_ASSERT
#include "thread/breaker.h" // tgi_breaker_set
#include "thread/runtime.h" // tg_runtime

static void add(tg_thread *t, tgi_deferred_fn *fn, void *p, size_t bytes, size_t keep)
{
    TGI_ASSERT(tgi_thread_is_attached(t));
    tgi_stat_add(t, deferred, 1);
    tgi_stat_add(t, deferred_bytes, bytes);
    if (TGI_LIKELY(!tgi_deferred_add_object(&t->deferred, fn, p, bytes != 0 ? bytes : 1, keep)))
        return;
    tgi_breaker_set(t, TGI_BRK_QSBR); // F1
    if (tgi_deferred_is_over_limit(&t->deferred))
        tgi_qsbr_request(&t->runtime->qsbr); // F2
}

void tgi_defer_free(tg_thread *t, void *p, size_t bytes)
{
    add(t, NULL, p, bytes, 0);
}

void tgi_defer_object(tg_thread *t, void *p, size_t bytes, size_t keep)
{
    add(t, NULL, p, bytes, keep);
}

void tgi_defer_call(tg_thread *t, tgi_deferred_fn *fn, void *arg, size_t bytes)
{
    add(t, fn, arg, bytes, 0);
}

size_t tgi_defer_process(tg_thread *t)
{
    tgi_lease_end(&t->lease);
    tgi_qsbr_quiescent(&t->runtime->qsbr, &t->qsbr);
    return tgi_deferred_process(&t->deferred, t);
}

size_t tgi_defer_drain_stopped(tg_runtime *rt, tg_thread *t, bool keep_calls)
{
    // States may still be made and discarded by threads that are not attached: the lists are
    // collected under the lock, the work is done without it.
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_thread *each = rt->threads; each != NULL; each = each->next)
        tgi_deferred_hand_over(&each->deferred);
    tgi_rawlock_unlock(&rt->threads_lock);
    tgi_qsbr_pass_stopped(&rt->qsbr);
    return tgi_deferred_drain_stopped(&rt->deferred, t, keep_calls);
}

size_t tgi_defer_backlog(tg_runtime *rt)
{
    // ORDER: relaxed (both); a report.
    size_t bytes = atom_load_relaxed(&rt->deferred.orphan_bytes);
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next)
        bytes += atom_load_relaxed(&t->deferred.bytes);
    tgi_rawlock_unlock(&rt->threads_lock);
    return bytes;
}
