// SPDX-License-Identifier: MIT
//
// point.h - scheduling points: places where a test may stop a thread. Layer sync.
//
// A deterministic scheduler (or a test that wants a rare interleaving) installs one hook and is
// told of every lock, park, state change and epoch step before it happens. Builds without
// TGI_POINTS contain nothing of it.
#ifndef TGI_SYNC_POINT_H
#define TGI_SYNC_POINT_H

#include "base/assert.h" // TGI_DEBUG
#include "base/atomic.h" // the hook is read by every thread

#ifndef TGI_POINTS
#define TGI_POINTS TGI_DEBUG
#endif

typedef enum tgi_point_kind {
    TGI_POINT_LOCK,   // about to take the lock at addr
    TGI_POINT_UNLOCK, // about to release it
    TGI_POINT_PARK,   // about to look whether to park on addr
    TGI_POINT_UNPARK, // about to wake somebody parked on addr
    TGI_POINT_ATTACH, // thread state at addr is about to attach
    TGI_POINT_DETACH, // about to detach
    TGI_POINT_GIL,    // about to take or release the GIL at addr
    TGI_POINT_PAUSE,  // about to stop or restart the world
    TGI_POINT_EPOCH,  // about to read or advance an epoch
    TGI_POINT_ACCESS, // about to access shared memory at addr
} tgi_point_kind;

typedef void tgi_point_hook(tgi_point_kind kind, const void *addr);

// Installs a hook; NULL removes it. Threads inside the old hook may still be running it.
void tgi_point_set_hook(tgi_point_hook *hook);

#if TGI_POINTS
extern _Atomic(tgi_point_hook *) tgi_point_current; // any thread

static inline void tgi_point(tgi_point_kind kind, const void *addr)
{
    // ORDER: acquire; pairs with the release in tgi_point_set_hook: the hook's data is ready.
    tgi_point_hook *hook = atom_load_acquire(&tgi_point_current);
    if (TGI_UNLIKELY(hook != NULL))
        hook(kind, addr);
}
#else
static inline void tgi_point(tgi_point_kind kind, const void *addr)
{
    (void)kind;
    (void)addr;
}
#endif

#endif
