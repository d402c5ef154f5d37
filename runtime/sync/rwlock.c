// SPDX-License-Identifier: MIT
//
// rwlock.c - readers-writer lock in one word.
//
// Invariants  W1  WRITER on: no readers counted. PARKED on: somebody is parked or about to look.
//             W2  readers wait while WRITER or PARKED is on, so a waiting writer is not starved.
//             W3  the last reader that leaves a PARKED lock wakes everybody and leaves PARKED on:
//                 a writer is among them, takes the lock, and its unlock clears PARKED. Waits
//                 have no deadline and cannot be given up, which is what makes that certain.
#include "sync/rwlock.h"

#include "base/assert.h"      // TGI_ASSERT
#include "base/config.h"      // TGI_SPIN_POLLS
#include "sync/parking_lot.h" // tgi_park
#include "sync/point.h"       // tgi_point

#define WRITER UINT64_C(1)
#define PARKED UINT64_C(2)
#define READER UINT64_C(4)

bool tgi_rwlock_try_read(tgi_rwlock *lock)
{
    // ORDER: relaxed; trusted only when the compare-and-swap succeeds.
    uint64_t seen = atom_load_relaxed(&lock->word);
    while ((seen & (WRITER | PARKED)) == 0) {
        // ORDER: acquire; pairs with the release of the last writer.
        if (atom_cas_weak_acquire(&lock->word, &seen, seen + READER))
            return true;
    }
    return false;
}

bool tgi_rwlock_try_write(tgi_rwlock *lock)
{
    // ORDER: relaxed; trusted only when the compare-and-swap succeeds.
    uint64_t seen = atom_load_relaxed(&lock->word);
    while ((seen & ~PARKED) == 0) {
        // ORDER: acquire; pairs with the releases of the last writer and the last readers.
        if (atom_cas_weak_acquire(&lock->word, &seen, seen | WRITER))
            return true;
    }
    return false;
}

static void lock_wait(tgi_rwlock *lock, bool (*attempt)(tgi_rwlock *), uint64_t blocked_by,
                      unsigned flags)
{
    for (int spins = 0; !attempt(lock);) {
        if (spins < TGI_SPIN_POLLS) {
            spins++;
            tgi_cpu_relax();
            continue;
        }
        // ORDER: relaxed; a hint.
        uint64_t seen = atom_load_relaxed(&lock->word);
        if ((seen & blocked_by) == 0)
            continue;
        if ((seen & PARKED) == 0) {
            // ORDER: relaxed; the bucket lock orders it before the unlocker's look at the queue.
            if (!atom_cas_weak_relaxed(&lock->word, &seen, seen | PARKED))
                continue;
            seen |= PARKED;
        }
        (void)tgi_park(&lock->word, &seen, sizeof seen, TGI_DEADLINE_NEVER, NULL, flags);
    }
}

void tgi_rwlock_read_lock(tgi_rwlock *lock, unsigned flags)
{
    tgi_point(TGI_POINT_LOCK, lock);
    if (!tgi_rwlock_try_read(lock))
        lock_wait(lock, tgi_rwlock_try_read, WRITER | PARKED, flags);
}

void tgi_rwlock_write_lock(tgi_rwlock *lock, unsigned flags)
{
    tgi_point(TGI_POINT_LOCK, lock);
    if (!tgi_rwlock_try_write(lock))
        lock_wait(lock, tgi_rwlock_try_write, ~PARKED, flags);
}

void tgi_rwlock_read_unlock(tgi_rwlock *lock)
{
    tgi_point(TGI_POINT_UNLOCK, lock);
    // ORDER: release; pairs with the acquire of the next writer.
    uint64_t left = atom_sub_release(&lock->word, READER) - READER;
    TGI_ASSERT((left & WRITER) == 0);
    if (left == PARKED)
        (void)tgi_unpark_all(&lock->word);
}

void tgi_rwlock_write_unlock(tgi_rwlock *lock)
{
    tgi_point(TGI_POINT_UNLOCK, lock);
    // ORDER: release; pairs with the acquire of the next reader or writer.
    uint64_t old = atom_exchange_release(&lock->word, 0);
    TGI_INVARIANT((old & WRITER) != 0);
    if ((old & PARKED) != 0)
        (void)tgi_unpark_all(&lock->word);
}
