// SPDX-License-Identifier: MIT
//
// rwlock.h - many readers or one writer. Layer sync. The algorithm is in rwlock.c.
//
// A waiting writer keeps new readers out, so writers are not starved. Not re-entrant. Waiters
// detach when `flags` (those of tgi_park) say so.
#ifndef TGI_SYNC_RWLOCK_H
#define TGI_SYNC_RWLOCK_H

#include "base/atomic.h" // _Atomic fields

#include <stdbool.h> // results
#include <stdint.h>  // uint64_t

typedef struct tgi_rwlock {
    _Atomic(uint64_t) word; // any thread: bit 0 writer, bit 1 somebody parked, then readers
} tgi_rwlock;

#define TGI_RWLOCK_INIT \
    {                   \
        0               \
    }

void tgi_rwlock_read_lock(tgi_rwlock *lock, unsigned flags);
void tgi_rwlock_read_unlock(tgi_rwlock *lock);
void tgi_rwlock_write_lock(tgi_rwlock *lock, unsigned flags);
void tgi_rwlock_write_unlock(tgi_rwlock *lock);
bool tgi_rwlock_try_read(tgi_rwlock *lock);
bool tgi_rwlock_try_write(tgi_rwlock *lock);

#endif
