// SPDX-License-Identifier: MIT
//
// once.h - run an initialiser exactly once. Layer sync. The algorithm is in once.c.
#ifndef TGI_SYNC_ONCE_H
#define TGI_SYNC_ONCE_H

#include "base/atomic.h"   // atom_load_acquire
#include "base/compiler.h" // TGI_LIKELY
#include <togil/status.h>  // tg_status

#include <stdint.h> // uint8_t

typedef struct tgi_once {
    _Atomic(uint8_t) state; // any thread: O1, O2 of once.c
} tgi_once;

enum {
    TGI_ONCE_RUNNING = 1,
    TGI_ONCE_PARKED = 2,
    TGI_ONCE_DONE = 4,
};

#define TGI_ONCE_INIT \
    {                 \
        0             \
    }

tg_status tgi_once_run_slow(tgi_once *once, tg_status (*fn)(void *), void *arg);

// Runs fn unless it has already succeeded. If it fails, the failure goes to the caller that ran
// it and the next caller tries again. Waiters for a running fn detach.
static inline tg_status tgi_once_run(tgi_once *once, tg_status (*fn)(void *), void *arg)
{
    // ORDER: acquire; pairs with the exchange in tgi_once_run_slow: what fn wrote is visible.
    if (TGI_LIKELY(atom_load_acquire(&once->state) == TGI_ONCE_DONE))
        return TG_OK;
    return tgi_once_run_slow(once, fn, arg);
}

#endif
