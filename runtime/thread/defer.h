// SPDX-License-Identifier: MIT
//
// defer.h - frees that wait until no lock-free reader can hold the block. Layer thread.
//
// Called after the block was unlinked from everything shared. Nothing is written into it, but see
// tgi_defer_object.
#ifndef TGI_THREAD_DEFER_H
#define TGI_THREAD_DEFER_H

#include "thread/state.h" // tg_thread

// Frees p with tgi_raw_free after a grace period. t is attached. `bytes` is what the backlog is
// bounded by; beyond TGI_DEFER_LIMIT the thread and all others are asked for a quiescent state.
void tgi_defer_free(tg_thread *t, void *p, size_t bytes);

// The same for a block of which a late reader looks at the first `keep` bytes (> 0) and never at
// the last whole word behind them: without memory to note it, that word is used. Nothing is lost
// then.
void tgi_defer_object(tg_thread *t, void *p, size_t bytes, size_t keep);

// Calls fn(u, arg) after a grace period, on some attached thread u.
void tgi_defer_call(tg_thread *t, tgi_deferred_fn *fn, void *arg, size_t bytes);

// Frees what has passed by now. t is attached and at a quiescent point (holds nothing borrowed).
size_t tgi_defer_process(tg_thread *t);

// Frees everything of every thread. All other threads are stopped, or there are none.
// With keep_calls only memory is freed: in a pause callbacks must not run; they stay listed.
size_t tgi_defer_drain_stopped(tg_runtime *rt, tg_thread *t, bool keep_calls);

// Bytes that wait, over all threads.
size_t tgi_defer_backlog(tg_runtime *rt);

#endif
