// SPDX-License-Identifier: MIT
//
// lease.c - taking a mutex on lease, and giving it back. The invariants are in lease.h.
#include "sync/lease.h"

#include "base/assert.h" // TGI_ASSERT

void tgi_lease_lock_wait(tgi_mutex *m, tgi_lease *lease)
{
    TGI_ASSERT(tgi_lease_mutex(lease) != m);
    tgi_lease_end(lease); // L2
    if (!tgi_mutex_lock_wait_short(m))
        return;
    // ORDER: relaxed; the release below publishes it.
    atom_store_relaxed(&lease->mutex, m);
    lease->in_use = true;
    uint8_t seen = TGI_MUTEX_LOCKED; // not if somebody is parked: the next unlock has to wake it
    // ORDER: release; pairs with the acquire of who finds LEASED and then looks for the lessee.
    if (!atom_cas_strong_release(&m->bits, &seen, (uint8_t)(TGI_MUTEX_LOCKED | TGI_MUTEX_LEASED)))
        atom_store_relaxed(&lease->mutex, NULL); // ORDER: relaxed; nobody was told.
}

void tgi_lease_give_back(tgi_lease *lease)
{
    tgi_mutex *m = tgi_lease_mutex(lease);
    // ORDER: relaxed; who still finds it asks in vain.
    atom_store_relaxed(&lease->mutex, NULL);
    if (!lease->in_use) {
        tgi_mutex_unlock_wake(m);
        return;
    }
    // ORDER: relaxed; the lock is still held: L3.
    atom_and_relaxed(&m->bits, (uint8_t) ~(TGI_MUTEX_LEASED | TGI_MUTEX_WANTED));
}
