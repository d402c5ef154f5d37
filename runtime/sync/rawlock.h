// SPDX-License-Identifier: MIT
//
// rawlock.h - the lock at the bottom: a futex word. Layer sync. The slow paths are in rawlock.c.
//
// The parking lot itself is protected by it, and the few lists that must be reachable while a
// thread is half way between attached and detached. It never detaches, has no deadline, no queue
// and no hand-over: hold it for a few dozen instructions. Everything else uses tgi_mutex.
//
// Sources     the three-state futex mutex: Drepper, "Futexes Are Tricky", 2011.
#ifndef TGI_SYNC_RAWLOCK_H
#define TGI_SYNC_RAWLOCK_H

#include "base/assert.h" // TGI_ASSERT
#include "base/atomic.h" // atom_cas_strong_acquire

#include <stdint.h> // uint32_t

typedef struct tgi_rawlock {
    _Atomic(uint32_t) word; // any thread: 0 free, 1 held, 2 held and somebody may sleep
} tgi_rawlock;

#define TGI_RAWLOCK_INIT \
    {                    \
        0                \
    }

void tgi_rawlock_lock_wait(tgi_rawlock *lock);
void tgi_rawlock_unlock_wake(tgi_rawlock *lock);

static inline void tgi_rawlock_lock(tgi_rawlock *lock)
{
    uint32_t expected = 0;
    // ORDER: acquire; pairs with the exchange in tgi_rawlock_unlock: the holder before us is done.
    if (TGI_UNLIKELY(!atom_cas_strong_acquire(&lock->word, &expected, 1)))
        tgi_rawlock_lock_wait(lock);
}

static inline void tgi_rawlock_unlock(tgi_rawlock *lock)
{
    // ORDER: release; pairs with the acquire of the next holder.
    uint32_t old = atom_exchange_release(&lock->word, 0);
    TGI_ASSERT(old != 0);
    if (TGI_UNLIKELY(old == 2))
        tgi_rawlock_unlock_wake(lock);
}

// Child of fork, single-threaded: nobody holds it any more.
static inline void tgi_rawlock_reset(tgi_rawlock *lock)
{
    // ORDER: relaxed; only one thread exists.
    atom_store_relaxed(&lock->word, 0);
}

#endif
