// SPDX-License-Identifier: MIT
//
// event.h - one-shot event. Layer sync. The algorithm is in event.c.
#ifndef TGI_SYNC_EVENT_H
#define TGI_SYNC_EVENT_H

#include "base/atomic.h"  // atom_load_acquire
#include "base/clock.h"   // tgi_deadline
#include <togil/status.h> // tg_status

#include <stdint.h> // uint32_t

typedef struct tgi_event {
    _Atomic(uint32_t) word; // any thread: E1, E2 of event.c
} tgi_event;

enum {
    TGI_EVENT_SET = 1,
    TGI_EVENT_WAITERS = 2,
};

#define TGI_EVENT_INIT \
    {                  \
        0              \
    }

// Wakes all waiters, now and later. Setting twice is allowed.
void tgi_event_set(tgi_event *e);

// TG_OK when set, TG_ERR_TIMEOUT, or TG_ERR_INTERRUPTED. `flags` are those of tgi_park.
tg_status tgi_event_wait_flags(tgi_event *e, tgi_deadline until, unsigned flags);

// Waits until e is set; false if the deadline passed first. Detaches while parked.
bool tgi_event_wait(tgi_event *e, tgi_deadline until);

static inline bool tgi_event_is_set(tgi_event *e)
{
    // ORDER: acquire; pairs with the exchange in tgi_event_set: what the setter wrote before.
    return (atom_load_acquire(&e->word) & TGI_EVENT_SET) != 0;
}

// Only while nobody waits and nobody sets.
static inline void tgi_event_reset(tgi_event *e)
{
    // ORDER: relaxed; the caller excludes every other access.
    atom_store_relaxed(&e->word, 0);
}

#endif
