// SPDX-License-Identifier: MIT
//
// recursive.c - a mutex, its owner and a depth.
//
// Invariants  V1  owner is the id of the holder while the mutex is held by tgi_recursive_lock.
//             V2  depth counts acquisitions beyond the first; only the owner touches it.
#include "sync/recursive.h"

tg_status tgi_recursive_lock(tgi_recursive *r, uint32_t id, tgi_deadline until, unsigned flags)
{
    if (tgi_recursive_is_owned(r, id)) {
        if (r->depth == UINT32_MAX - 1)
            return TG_ERR_LIMIT;
        r->depth++;
        return TG_OK;
    }
    tg_status st = tgi_mutex_lock_timed(&r->mutex, until, flags);
    if (st == TG_OK) {
        // ORDER: relaxed; only this thread ever compares owner with this id.
        atom_store_relaxed(&r->owner, id);
        TGI_ASSERT(r->depth == 0);
    }
    return st;
}

tg_status tgi_recursive_unlock(tgi_recursive *r, uint32_t id)
{
    if (!tgi_recursive_is_owned(r, id))
        return TG_ERR_STATE;
    if (r->depth > 0) {
        r->depth--;
        return TG_OK;
    }
    // ORDER: relaxed; the unlock releases it.
    atom_store_relaxed(&r->owner, 0);
    tgi_mutex_unlock(&r->mutex);
    return TG_OK;
}

uint32_t tgi_recursive_release_all(tgi_recursive *r, uint32_t id)
{
    if (!tgi_recursive_is_owned(r, id))
        return 0;
    uint32_t levels = r->depth;
    r->depth = 0;
    // ORDER: relaxed; the unlock releases it.
    atom_store_relaxed(&r->owner, 0);
    tgi_mutex_unlock(&r->mutex);
    return levels + 1;
}

void tgi_recursive_restore(tgi_recursive *r, uint32_t id, uint32_t levels, unsigned flags)
{
    if (levels == 0)
        return;
    unsigned quiet = flags & ~(unsigned)TGI_PARK_INTERRUPTIBLE;
    tg_status st = tgi_recursive_lock(r, id, TGI_DEADLINE_NEVER, quiet);
    TGI_INVARIANT(st == TG_OK);
    r->depth = levels - 1;
}
