// SPDX-License-Identifier: MIT
//
// test_runtime.c - the end of a runtime, several runtimes, interpreters.
//
// Attacks A1, A2. Wrong results: a thread that runs after the end, a daemon that keeps the end
// waiting, memory that a late thread still looks at (address sanitizer).
#include "world.h"

#include "sync/event.h"

static _Atomic(int) ready;
static tgi_event late;

static tg_status unwind(tg_thread *t)
{
    (void)t;
    return TG_ERR_RAISED;
}

static const tgi_core_hooks hooks = {.exit_requested = unwind};

static void run_until_told(tg_thread *t, void *arg)
{
    (void)arg;
    atom_add_seq_cst(&ready, 1);
    while (tgi_breaker_poll(t) == TG_OK) {}
}

static void wait_until_told(tg_thread *t, void *arg)
{
    (void)arg;
    tgi_event never = TGI_EVENT_INIT;
    atom_add_seq_cst(&ready, 1);
    CHECK_EQ_INT(
        tgi_event_wait_flags(&never, TGI_DEADLINE_NEVER, TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE),
        TG_ERR_INTERRUPTED);
    CHECK((atom_load_seq_cst(&t->breaker) & TGI_BRK_EXIT) != 0);
}

TEST(end_unwinds_running_and_waiting_threads)
{
    for (int gil = 0; gil < 2; gil++) {
        world w = world_new(gil != 0, true, &hooks);
        atom_store_seq_cst(&ready, 0);
        tgi_thread_handle *h[4];
        for (int i = 0; i < 4; i++)
            h[i] = world_start(&w, i % 2 ? run_until_told : wait_until_told, NULL);
        world_await(w.t, &ready, 4);
        CHECK_EQ_UINT(tgi_runtime_end_threads(w.rt, w.t), 0);
        tg_thread *t = NULL;
        CHECK_EQ_INT(tgi_thread_new(w.rt->main_interp, &t), TG_ERR_STATE); // A2
        for (int i = 0; i < 4; i++)
            world_join(h[i]);
        tgi_runtime_destroy(w.rt, w.t);
        CHECK_EQ_INT(tgi_raw_count().blocks, w.blocks_before);
    }
}

static _Atomic(int) came_back, gave_up;

static void block_for_long(tg_thread *t, void *arg)
{
    (void)arg;
    tgi_thread_detach(t);
    atom_add_seq_cst(&ready, 1);
    CHECK(tgi_event_wait(&late, TGI_DEADLINE_NEVER));
    // The runtime has gone. An attach would never return; a try says so.
    CHECK_EQ_INT(tgi_thread_try_attach(t), TG_ERR_STATE);
    atom_add_seq_cst(&came_back, 1);
    tgi_thread_abandon(t);
    pthread_exit(NULL);
}

TEST(thread_that_comes_back_too_late_is_not_let_in)
{
    world w = world_new(true, true, NULL);
    tgi_event_reset(&late);
    atom_store_seq_cst(&ready, 0);
    atom_store_seq_cst(&came_back, 0);
    tgi_thread_handle *h = world_start(&w, block_for_long, NULL);
    world_await(w.t, &ready, 1);
    CHECK_EQ_UINT(tgi_runtime_end_threads(w.rt, w.t), 1);
    CHECK_EQ_UINT(w.rt->thread_count, 1);
    tgi_runtime_destroy(w.rt, w.t); // its memory stays: A1
    tgi_event_set(&late);
    pthread_join(h->os, NULL);
    CHECK_EQ_INT(atom_load_seq_cst(&came_back), 1);
    // The thread left by pthread_exit: its handle stays listed, with its reference.
    tgi_thread_handle_release(h);
    CHECK_EQ_INT(tgi_raw_count().blocks, w.blocks_before + 1);
}

static void drop(void *arg)
{
    (void)arg;
    atom_add_seq_cst(&gave_up, 1);
}

static void hold_up(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    FAIL("ran although the runtime had ended");
}

TEST(thread_that_starts_too_late_is_dropped)
{
    // The new thread cannot attach while the world is stopped; by the time it may, all is over.
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&gave_up, 0);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_start_options options = {.drop = drop};
    tgi_thread_handle *h = NULL;
    REQUIRE(tgi_thread_start(w.rt->main_interp, hold_up, NULL, &options, &h) == TG_OK);
    tg_thread *t = w.rt->threads;
    CHECK_EQ_UINT(t->id, h->id);
    // Kept from attaching until the end has passed it by.
    CHECK(tgi_thread_hold_detached(w.rt, t->id) == t);
    tgi_start_the_world(w.t, w.rt->main_interp);
    CHECK_EQ_UINT(tgi_runtime_end_threads(w.rt, w.t), 1);
    world_join(h);
    CHECK_EQ_INT(atom_load_seq_cst(&gave_up), 1);
    tgi_runtime_destroy(w.rt, w.t);
    CHECK_EQ_INT(tgi_raw_count().blocks, w.blocks_before);
}

static void wait_late(tg_thread *t, void *arg)
{
    (void)arg;
    atom_add_seq_cst(&ready, 1);
    while (!tgi_event_wait(&late, tgi_deadline_after_ns(TGI_NS_PER_MS)))
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
}

TEST(wait_for_threads_counts_only_non_daemons)
{
    world w = world_new(true, true, NULL);
    tgi_event_reset(&late);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h = world_start(&w, wait_late, NULL);
    CHECK_EQ_INT(tgi_runtime_wait_threads(w.rt, w.t, tgi_deadline_after_ns(TGI_NS_PER_MS), 0),
                 TG_ERR_TIMEOUT);
    tgi_event_set(&late);
    CHECK_EQ_INT(tgi_runtime_wait_threads(w.rt, w.t, TGI_DEADLINE_NEVER, 0), TG_OK);
    world_join(h);
    world_end(&w);
}

TEST(runtimes_live_side_by_side)
{
    world a = world_new(true, false, NULL);
    tgi_thread_detach(a.t);
    world b = world_new(false, true, NULL);
    CHECK(a.rt->main_interp->objmap_tag != b.rt->main_interp->objmap_tag);
    tgi_thread_detach(b.t);
    for (int i = 0; i < 10; i++) {
        tgi_thread_attach(a.t);
        tgi_stop_the_world_global(a.t, a.rt, TGI_CAUSE_TEST);
        tgi_start_the_world_global(a.t, a.rt);
        tgi_thread_detach(a.t);
        tgi_thread_attach(b.t);
        CHECK_EQ_INT(tgi_breaker_poll(b.t), TG_OK);
        tgi_thread_detach(b.t);
    }
    tgi_thread_attach(b.t);
    world_end(&b);
    tgi_thread_attach(a.t);
    world_end(&a);
}

TEST(creation_without_memory_leaves_nothing)
{
    int64_t before = tgi_raw_count().blocks;
    tgi_runtime_config config = {.gil_enabled = true};
    for (uint64_t n = 1; n <= 2; n++) {
        tg_runtime *rt = NULL;
        (void)tgi_mem_fail_after(n, 1);
        CHECK_EQ_INT(tgi_runtime_create(&config, &rt), TG_ERR_NOMEM);
        (void)tgi_mem_fail_after(0, 0);
        CHECK(rt == NULL);
        CHECK_EQ_INT(tgi_raw_count().blocks, before);
    }
    tg_runtime *rt = NULL;
    config.gil_interval_ns = -1;
    CHECK_EQ_INT(tgi_runtime_create(&config, &rt), TG_ERR_ARG);
    config.gil_interval_ns = 123456;
    REQUIRE(tgi_runtime_create(&config, &rt) == TG_OK);
    CHECK_EQ_INT(tgi_gil_interval_ns(rt->main_interp->gil), 123456);
    tgi_runtime_destroy(rt, NULL);
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

TEST(too_many_runtimes_are_refused)
{
    tg_runtime *rt[70];
    int count = 0;
    tgi_runtime_config config = {.gil_enabled = true};
    while (count < 70 && tgi_runtime_create(&config, &rt[count]) == TG_OK)
        count++;
    CHECK_EQ_INT(count, 63);
    CHECK_EQ_INT(tgi_runtime_create(&config, &rt[count]), TG_ERR_LIMIT);
    while (count > 0)
        tgi_runtime_destroy(rt[--count], NULL);
}
