// SPDX-License-Identifier: MIT
//
// lease.h - a mutex that a thread keeps between two uses. Layer sync. The slow paths are in
// lease.c.
//
// Two threads that want one lock all the time take turns (mutex.c, Note [stand-back]). Whoever has
// its turn would lock and unlock at every step a lock that nobody else looks at: two locked
// instructions, which is a third and more of what it costs to append to a list. So the thread that
// insisted keeps the lock: its next lock and unlock of it are a comparison each. It gives the lock
// back when another one wants it.
//
// A lock is used with leases always or never. One that is has waiters that stay attached, and is
// held for a few instructions (tgi_mutex_lock). Under a leaf lock no such lock is waited for.
//
// Invariants  L1  a leased mutex is LOCKED and LEASED. Only its lessee clears LEASED, and
//                 lease.mutex says so until then.
//             L2  a lessee gives back before it waits for another lock that may be leased, or for
//                 a pause; and before it is quiescent, detached or gone, for the mutex may be in
//                 memory that is freed then.
//             L3  in use (between lock and unlock) it is not unlocked: giving back makes it an
//                 ordinary lock, which that unlock unlocks.
//             L4  who wants it sets WANTED or PARKED, which the lessee sees at its next unlock. If
//                 that does not come at once, tgi_park_recall sends it a request, which it sees
//                 at its next poll. So a wait ends if the lessee unlocks, polls or detaches.
// Model       tests/model/lease.pml
// Threads     a lease belongs to one thread. `mutex` is read by others, to find whom to ask.
// Sources     Kawachiya, Koseki, Onodera, "Lock Reservation", 2002: the same for a lock that only
//             one thread uses, and by stopping the owner instead of asking it.
#ifndef TGI_SYNC_LEASE_H
#define TGI_SYNC_LEASE_H

#include "sync/mutex.h" // tgi_mutex

typedef struct tgi_lease {
    _Atomic(tgi_mutex *) mutex; // owner writes, any thread reads
    bool in_use;                // owner thread: L3; means nothing while nothing is leased
} tgi_lease;

// The slow paths. lock_wait leases the mutex if it got it by insisting.
void tgi_lease_lock_wait(tgi_mutex *m, tgi_lease *lease);
void tgi_lease_give_back(tgi_lease *lease);

static inline tgi_mutex *tgi_lease_mutex(const tgi_lease *lease)
{
    return atom_load_relaxed(&lease->mutex); // ORDER: relaxed; the owner wrote it.
}

// L2. Nothing is leased afterwards.
static inline void tgi_lease_end(tgi_lease *lease)
{
    if (TGI_UNLIKELY(tgi_lease_mutex(lease) != NULL))
        tgi_lease_give_back(lease);
}

static inline void tgi_lease_lock(tgi_mutex *m, tgi_lease *lease)
{
    if (TGI_UNLIKELY(tgi_lease_mutex(lease) == m)) {
        lease->in_use = true;
        return;
    }
    tgi_point(TGI_POINT_LOCK, m);
    uint8_t expected = 0;
    // ORDER: acquire; pairs with the release in tgi_mutex_unlock.
    if (TGI_UNLIKELY(!atom_cas_strong_acquire(&m->bits, &expected, (uint8_t)TGI_MUTEX_LOCKED)))
        tgi_lease_lock_wait(m, lease);
}

static inline void tgi_lease_unlock(tgi_mutex *m, tgi_lease *lease)
{
    if (TGI_LIKELY(tgi_lease_mutex(lease) != m)) {
        tgi_mutex_unlock(m);
        return;
    }
    lease->in_use = false;
    // ORDER: relaxed; a request that is missed is seen at the next unlock or poll: L4.
    if (TGI_UNLIKELY(atom_load_relaxed(&m->bits) != (TGI_MUTEX_LOCKED | TGI_MUTEX_LEASED)))
        tgi_lease_give_back(lease);
}

#endif
