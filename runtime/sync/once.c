// SPDX-License-Identifier: MIT
//
// once.c - one thread initialises, the others wait for it.
//
// Invariants  O1  DONE, once there, stays.
//             O2  at most one thread is between taking RUNNING and leaving it.
#include "sync/once.h"

#include "sync/parking_lot.h" // tgi_park

tg_status tgi_once_run_slow(tgi_once *once, tg_status (*fn)(void *), void *arg)
{
    // ORDER: acquire; pairs with the exchange below.
    uint8_t seen = atom_load_acquire(&once->state);
    for (;;) {
        if (seen == TGI_ONCE_DONE)
            return TG_OK;
        if ((seen & TGI_ONCE_RUNNING) == 0) {
            // ORDER: acq_rel; a failed attempt of another thread is behind us.
            if (!atom_cas_weak_acq_rel(&once->state, &seen, (uint8_t)(seen | TGI_ONCE_RUNNING)))
                continue;
            tg_status st = fn(arg);
            // ORDER: acq_rel; the release pairs with the acquire of all who see DONE.
            uint8_t old =
                atom_exchange_acq_rel(&once->state, (uint8_t)(st == TG_OK ? TGI_ONCE_DONE : 0));
            if ((old & TGI_ONCE_PARKED) != 0)
                (void)tgi_unpark_all(&once->state);
            return st;
        }
        if ((seen & TGI_ONCE_PARKED) == 0) {
            // ORDER: acq_rel; the failure reads DONE with acquire.
            if (!atom_cas_weak_acq_rel(&once->state, &seen, (uint8_t)(seen | TGI_ONCE_PARKED)))
                continue;
            seen |= TGI_ONCE_PARKED;
        }
        (void)tgi_park(&once->state, &seen, 1, TGI_DEADLINE_NEVER, NULL, TGI_PARK_DETACH);
        // ORDER: acquire; as at the top.
        seen = atom_load_acquire(&once->state);
    }
}
