// SPDX-License-Identifier: MIT
//
// steps.h - how the tests of single steps stop a thread and let it go on. Included by tests only.
#ifndef TG_TEST_STEPS_H
#define TG_TEST_STEPS_H

#include "world.h"

#include "sync/event.h"

static tgi_event go, gone_on;
static _Atomic(int) phase;

static inline void begin(void)
{
    tgi_event_reset(&go);
    tgi_event_reset(&gone_on);
    atom_store_seq_cst(&phase, 0);
}

static inline void wait_for_phase(int n)
{
    while (atom_load_seq_cst(&phase) < n)
        sched_yield();
}

// Waits without a state, then attaches: what a blocking call looks like from here.
static inline void detached_until_go(tg_thread *t)
{
    tgi_thread_detach(t);
    atom_add_seq_cst(&phase, 1);
    CHECK(tgi_event_wait(&go, TGI_DEADLINE_NEVER));
    tgi_thread_attach(t);
}

static inline void nothing(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
}

static inline void wait_for_go(tg_thread *t, void *arg)
{
    (void)arg;
    detached_until_go(t);
}

#endif
