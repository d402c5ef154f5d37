// SPDX-License-Identifier: MIT
//
// breaker.h - what happens when the eval breaker is not zero. Layer thread.
#ifndef TGI_THREAD_BREAKER_H
#define TGI_THREAD_BREAKER_H

#include "thread/state.h" // tg_thread

// Handles every bit that is set, in the order of breaker.c. Called by the attached thread at a
// preemption point (it holds no borrowed reference it cannot re-check). TG_OK, or TG_ERR_RAISED
// with an exception set on t; bits not reached then stay set for the next poll.
tg_status tgi_breaker_handle(tg_thread *t);

// The poll itself, for C loops.
static inline tg_status tgi_breaker_poll(tg_thread *t)
{
    return tgi_thread_poll_needed(t) ? tgi_breaker_handle(t) : TG_OK;
}

// Sets bits of a thread that cannot end meanwhile (the caller's own, or threads_lock is held).
static inline void tgi_breaker_set(tg_thread *t, uint32_t bits)
{
    // ORDER: seq_cst; store-load with the state of t: whoever sets a bit then looks at the state,
    // and a detaching thread stores its state and then looks at the bits.
    atom_or_seq_cst(&t->breaker, bits);
}

static inline void tgi_breaker_clear(tg_thread *t, uint32_t bits)
{
    // ORDER: seq_cst; the work is looked for after the bit is cleared, so that a later set is
    // not lost.
    atom_and_seq_cst(&t->breaker, ~bits);
}

#endif
