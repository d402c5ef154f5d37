// SPDX-License-Identifier: MIT
//
// mutex.h - one-byte mutex with timed hand-over. Layer sync. The slow paths are in mutex.c.
//
// Two kinds of use, by how a waiter waits:
//   tgi_mutex_lock          stays attached: for leaf locks, held for a few instructions, whose
//                           holders never detach, allocate objects or call out;
//   tgi_mutex_lock_detach   detaches while parked: for everything held across other code.
// One lock is used in one of the two ways, not both.
#ifndef TGI_SYNC_MUTEX_H
#define TGI_SYNC_MUTEX_H

#include "base/assert.h"      // TGI_LIKELY
#include "base/atomic.h"      // atom_cas_strong_acquire
#include "base/clock.h"       // tgi_deadline
#include "sync/parking_lot.h" // TGI_PARK_DETACH
#include "sync/point.h"       // tgi_point
#include <togil/status.h>     // tg_status

typedef struct tgi_mutex {
    _Atomic(uint8_t) bits; // any thread: TGI_MUTEX_LOCKED, TGI_MUTEX_PARKED
} tgi_mutex;

enum {
    TGI_MUTEX_LOCKED = 1,
    TGI_MUTEX_PARKED = 2, // a thread is parked or about to look again
    TGI_MUTEX_LEASED = 4, // held between uses, too: lease.h
    TGI_MUTEX_WANTED = 8, // a thread looks for the end of the lease
};

#define TGI_MUTEX_INIT \
    {                  \
        0              \
    }

// The slow paths. `flags` are those of tgi_park.
tg_status tgi_mutex_lock_wait(tgi_mutex *m, tgi_deadline until, unsigned flags);
void tgi_mutex_unlock_wake(tgi_mutex *m);

// Waits attached, as tgi_mutex_lock does. Whether the caller had stood back, and insisted.
bool tgi_mutex_lock_wait_short(tgi_mutex *m);

// For tests: the calling OS thread behaves as if it had often collided with others at m.
void tgi_mutex_expect_crowd(const tgi_mutex *m);

static inline bool tgi_mutex_trylock(tgi_mutex *m)
{
    uint8_t expected = 0;
    // ORDER: acquire; pairs with the release in tgi_mutex_unlock: the last holder's writes.
    if (TGI_LIKELY(atom_cas_strong_acquire(&m->bits, &expected, (uint8_t)TGI_MUTEX_LOCKED)))
        return true;
    while ((expected & TGI_MUTEX_LOCKED) == 0) {
        // ORDER: acquire; as above. Keeps PARKED for the waiters it belongs to.
        if (atom_cas_weak_acquire(&m->bits, &expected, (uint8_t)(expected | TGI_MUTEX_LOCKED)))
            return true;
    }
    return false;
}

static inline void tgi_mutex_lock(tgi_mutex *m)
{
    tgi_point(TGI_POINT_LOCK, m);
    uint8_t expected = 0;
    // ORDER: acquire; pairs with the release in tgi_mutex_unlock.
    if (TGI_UNLIKELY(!atom_cas_strong_acquire(&m->bits, &expected, (uint8_t)TGI_MUTEX_LOCKED)))
        (void)tgi_mutex_lock_wait(m, TGI_DEADLINE_NEVER, 0);
}

static inline void tgi_mutex_lock_detach(tgi_mutex *m)
{
    tgi_point(TGI_POINT_LOCK, m);
    uint8_t expected = 0;
    // ORDER: acquire; pairs with the release in tgi_mutex_unlock.
    if (TGI_UNLIKELY(!atom_cas_strong_acquire(&m->bits, &expected, (uint8_t)TGI_MUTEX_LOCKED)))
        (void)tgi_mutex_lock_wait(m, TGI_DEADLINE_NEVER, TGI_PARK_DETACH);
}

// TG_OK, TG_ERR_TIMEOUT, or (with TGI_PARK_INTERRUPTIBLE) TG_ERR_INTERRUPTED.
static inline tg_status tgi_mutex_lock_timed(tgi_mutex *m, tgi_deadline until, unsigned flags)
{
    tgi_point(TGI_POINT_LOCK, m);
    uint8_t expected = 0;
    // ORDER: acquire; pairs with the release in tgi_mutex_unlock.
    if (TGI_LIKELY(atom_cas_strong_acquire(&m->bits, &expected, (uint8_t)TGI_MUTEX_LOCKED)))
        return TG_OK;
    return tgi_mutex_lock_wait(m, until, flags);
}

// Any thread may unlock, not only the one that locked. A lock that is not held is fatal.
static inline void tgi_mutex_unlock(tgi_mutex *m)
{
    tgi_point(TGI_POINT_UNLOCK, m);
    uint8_t expected = TGI_MUTEX_LOCKED;
    // ORDER: release; pairs with the acquire of the next holder.
    if (TGI_UNLIKELY(!atom_cas_strong_release(&m->bits, &expected, (uint8_t)0)))
        tgi_mutex_unlock_wake(m);
}

static inline bool tgi_mutex_is_locked(tgi_mutex *m)
{
    // ORDER: relaxed; for assertions and reports, no data depends on it.
    return (atom_load_relaxed(&m->bits) & TGI_MUTEX_LOCKED) != 0;
}

// Child of fork, single-threaded, or memory that no other thread has seen.
static inline void tgi_mutex_reset(tgi_mutex *m)
{
    // ORDER: relaxed; nobody else looks.
    atom_store_relaxed(&m->bits, 0);
}

#endif
