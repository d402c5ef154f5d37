// SPDX-License-Identifier: MIT
//
// recursive.h - mutex that its owner may take again. Layer sync. The code is in recursive.c.
//
// The owner is named by a non-zero id that the caller passes (the id of its thread state), not by
// the OS thread: fibers work.
#ifndef TGI_SYNC_RECURSIVE_H
#define TGI_SYNC_RECURSIVE_H

#include "sync/mutex.h" // tgi_mutex

#include <stdint.h> // uint32_t

typedef struct tgi_recursive {
    tgi_mutex mutex;
    _Atomic(uint32_t) owner; // written by the holder of mutex; 0 nobody
    uint32_t depth;          // guarded by mutex: extra acquisitions
} tgi_recursive;

#define TGI_RECURSIVE_INIT   \
    {                        \
        TGI_MUTEX_INIT, 0, 0 \
    }

// TG_OK, TG_ERR_TIMEOUT, TG_ERR_INTERRUPTED, or TG_ERR_LIMIT after 2^32 - 1 nested acquisitions.
tg_status tgi_recursive_lock(tgi_recursive *r, uint32_t id, tgi_deadline until, unsigned flags);

// TG_ERR_STATE if id is not the owner.
tg_status tgi_recursive_unlock(tgi_recursive *r, uint32_t id);

// Gives up all levels at once and returns their number, for waiting on a condition;
// tgi_recursive_restore takes them back. 0 if id is not the owner.
uint32_t tgi_recursive_release_all(tgi_recursive *r, uint32_t id);
void tgi_recursive_restore(tgi_recursive *r, uint32_t id, uint32_t levels, unsigned flags);

// Child of fork: whoever held it is gone.
static inline void tgi_recursive_reset(tgi_recursive *r)
{
    tgi_mutex_reset(&r->mutex);
    // ORDER: relaxed; only one thread exists.
    atom_store_relaxed(&r->owner, 0);
    r->depth = 0;
}

static inline bool tgi_recursive_is_owned(tgi_recursive *r, uint32_t id)
{
    // ORDER: relaxed; only the owner can read its own id here, and it wrote it itself.
    return atom_load_relaxed(&r->owner) == id;
}

#endif
