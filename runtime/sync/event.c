// SPDX-License-Identifier: MIT
//
// event.c - one-shot event: threads wait until somebody sets it.
//
// Owns        the word of a tgi_event; the parked threads belong to parking_lot.c.
// Threads     any thread may wait or set; setting twice is allowed. After the exchange in
//             tgi_event_set the event is not touched again, so a waiter may free it.
// Invariants  E1  SET, once on, stays on (until tgi_event_reset, which needs exclusion).
//             E2  WAITERS on means some thread is parked or is about to look again.
#include "sync/event.h"

#include "base/config.h"      // TGI_SPIN_POLLS
#include "base/compiler.h"    // tgi_cpu_relax
#include "sync/parking_lot.h" // tgi_park

void tgi_event_set(tgi_event *e)
{
    // ORDER: release; pairs with the acquire in tgi_event_is_set. Whatever the setter wrote
    // before is visible to a thread that sees SET.
    uint32_t old = atom_exchange_release(&e->word, TGI_EVENT_SET);
    if ((old & TGI_EVENT_WAITERS) != 0)
        (void)tgi_unpark_all(e);
}

tg_status tgi_event_wait_flags(tgi_event *e, tgi_deadline until, unsigned flags)
{
    for (int spins = 0; spins < TGI_SPIN_POLLS; spins++) {
        if (tgi_event_is_set(e))
            return TG_OK;
        if (until <= TGI_DEADLINE_NOW)
            return TG_ERR_TIMEOUT;
        tgi_cpu_relax();
    }
    for (;;) {
        uint32_t seen = 0;
        // ORDER: relaxed; the bucket lock orders it before the setter's look at the queue. SET
        // is read again with acquire.
        bool announced = atom_cas_strong_relaxed(&e->word, &seen, TGI_EVENT_WAITERS);
        if (announced || seen == TGI_EVENT_WAITERS) {
            uint32_t expected = TGI_EVENT_WAITERS;
            switch (tgi_park(&e->word, &expected, sizeof expected, until, NULL, flags)) {
            case TGI_PARK_OK:
            case TGI_PARK_AGAIN:
                break;
            case TGI_PARK_TIMEOUT:
                return tgi_event_is_set(e) ? TG_OK : TG_ERR_TIMEOUT;
            case TGI_PARK_INTERRUPTED:
                return tgi_event_is_set(e) ? TG_OK : TG_ERR_INTERRUPTED;
            }
        }
        if (tgi_event_is_set(e))
            return TG_OK;
    }
}

bool tgi_event_wait(tgi_event *e, tgi_deadline until)
{
    return tgi_event_wait_flags(e, until, TGI_PARK_DETACH) == TG_OK;
}
