// SPDX-License-Identifier: MIT
//
// world.h - a runtime for the tests of this folder. Included by tests only.
#ifndef TG_TEST_WORLD_H
#define TG_TEST_WORLD_H

#include "test.h"

#include "base/clock.h"
#include "base/config.h"
#include "mem/raw.h"
#include "thread/breaker.h"
#include "thread/runtime.h"
#include "thread/start.h"

#include <sched.h>

typedef struct world {
    tg_runtime *rt;
    tg_thread *t; // of the test's main thread, attached
    int64_t blocks_before;
} world;

// Every test of this folder runs with the check of world_check.h.
static inline world world_new(bool gil_on, bool switchable, const tgi_core_hooks *hooks)
{
    world w = {.blocks_before = tgi_raw_count().blocks};
    tgi_runtime_config config = {.gil_enabled = gil_on,
                                 .gil_switchable = switchable,
                                 .check_world = true,
                                 .counts = "test",
                                 .hooks = hooks};
    REQUIRE(tgi_runtime_create(&config, &w.rt) == TG_OK);
    REQUIRE(tgi_thread_new(w.rt->main_interp, &w.t) == TG_OK);
    tgi_thread_attach(w.t);
    return w;
}

// Every thread that was started has been joined. Nothing may be left.
static inline void world_end(world *w)
{
    CHECK_EQ_UINT(tgi_runtime_end_threads(w->rt, w->t), 0);
    tgi_runtime_destroy(w->rt, w->t);
    CHECK_EQ_INT(tgi_raw_count().blocks, w->blocks_before);
}

static inline tgi_thread_handle *world_start(world *w, void (*fn)(tg_thread *t, void *arg),
                                             void *arg)
{
    tgi_thread_handle *h = NULL;
    REQUIRE(tgi_thread_start(w->rt->main_interp, fn, arg, NULL, &h) == TG_OK);
    return h;
}

static inline void world_join(tgi_thread_handle *h)
{
    CHECK_EQ_INT(tgi_thread_join(h, TGI_DEADLINE_NEVER, 0), TG_OK);
    tgi_thread_handle_release(h);
}

// Waits, attached and polling, until *flag is at least n.
static inline void world_await(tg_thread *t, _Atomic(int) *flag, int n)
{
    while (atom_load_seq_cst(flag) < n) {
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        tgi_thread_detach(t);
        sched_yield();
        tgi_thread_attach(t);
    }
}

#endif
