// SPDX-License-Identifier: MIT
//
// test_defer.c - deferred frees of whole threads.
//
// Attacks F1, F2. Wrong results: memory freed while an attached thread may read it, a backlog that
// only grows, blocks left after the end.
#include "world.h"

#include "thread/defer.h"

TEST(single_thread_frees_at_its_polls)
{
    world w = world_new(false, true, NULL);
    int64_t before = tgi_raw_count().blocks;
    for (int i = 0; i < 10000; i++) {
        tgi_defer_free(w.t, tgi_raw_alloc(100), 100);
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    }
    CHECK(tgi_raw_count().blocks - before < 1000);
    CHECK(tgi_defer_backlog(w.rt) < 100000);
    tgi_stats stats;
    tgi_stats_read(w.rt, &stats);
    CHECK_EQ_UINT(stats.value[TGI_STAT_deferred], 10000);
    CHECK_EQ_UINT(stats.value[TGI_STAT_deferred_bytes], 1000000);
    (void)tgi_defer_process(w.t);
    (void)tgi_defer_process(w.t);
    CHECK_EQ_UINT(tgi_defer_backlog(w.rt), 0);
    world_end(&w);
}

static _Atomic(bool) stop_flag;
static _Atomic(int) ready;

static void stay_busy(tg_thread *t, void *arg)
{
    (void)arg;
    atom_add_seq_cst(&ready, 1);
    while (!atom_load_seq_cst(&stop_flag)) {
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        sched_yield();
    }
}

TEST(busy_thread_is_asked_and_the_backlog_stays_bounded)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h = world_start(&w, stay_busy, NULL);
    world_await(w.t, &ready, 1);
    // Without a request the busy thread would never report: it neither detaches nor defers.
    size_t worst = 0;
    for (int i = 0; i < 400; i++) {
        tgi_defer_free(w.t, tgi_raw_alloc(16), TGI_DEFER_LIMIT / 4);
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
        size_t backlog = tgi_defer_backlog(w.rt);
        if (backlog > worst)
            worst = backlog;
        while (tgi_defer_backlog(w.rt) > 4 * TGI_DEFER_LIMIT) {
            tgi_defer_free(w.t, tgi_raw_alloc(16), TGI_DEFER_LIMIT / 4);
            CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
            sched_yield();
        }
    }
    tgi_stats stats;
    tgi_stats_read(w.rt, &stats);
    CHECK(stats.value[TGI_STAT_quiescent] > 0);
    atom_store_seq_cst(&stop_flag, true);
    world_join(h);
    world_end(&w);
}

static _Atomic(long) calls;

static void count_call(tg_thread *t, void *arg)
{
    CHECK(t == NULL || tgi_current_thread() == t);
    atom_add_seq_cst(&calls, 1);
    tgi_raw_free(arg);
}

static void defer_and_end(tg_thread *t, void *arg)
{
    (void)arg;
    for (int i = 0; i < 20; i++)
        tgi_defer_call(t, count_call, tgi_raw_alloc(32), 32);
}

TEST(work_of_ended_threads_is_done_by_the_living)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&calls, 0);
    for (int i = 0; i < 10; i++)
        world_join(world_start(&w, defer_and_end, NULL));
    CHECK(tgi_defer_backlog(w.rt) > 0);
    while (atom_load_seq_cst(&calls) < 200)
        (void)tgi_defer_process(w.t);
    CHECK_EQ_UINT(tgi_defer_backlog(w.rt), 0);
    world_end(&w);
}

TEST(pause_drains_everything_and_keeps_callbacks)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&calls, 0);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h = world_start(&w, stay_busy, NULL);
    world_await(w.t, &ready, 1);
    for (int i = 0; i < 10; i++) {
        tgi_defer_free(w.t, tgi_raw_alloc(64), 64);
        tgi_defer_call(w.t, count_call, tgi_raw_alloc(32), 32);
    }
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    CHECK_EQ_UINT(tgi_defer_drain_stopped(w.rt, w.t, true), 10);
    CHECK_EQ_INT(atom_load_seq_cst(&calls), 0);
    CHECK_EQ_UINT(tgi_defer_backlog(w.rt), 320);
    tgi_start_the_world(w.t, w.rt->main_interp);
    atom_store_seq_cst(&stop_flag, true);
    world_join(h);
    CHECK_EQ_UINT(tgi_defer_process(w.t), 10);
    CHECK_EQ_INT(atom_load_seq_cst(&calls), 10);
    world_end(&w);
}

// -- lock-free readers ----------------------------------------------------------------------------

enum { THREADS = 4, SLOTS = 4 };
#define ALIVE UINT64_C(0x616c697665)
typedef struct record {
    _Atomic(uint64_t) mark;
} record;
static _Atomic(record *) slot[SLOTS];

static void bury(tg_thread *t, void *arg)
{
    (void)t;
    record *r = arg;
    if (atom_exchange_relaxed(&r->mark, 0) != ALIVE)
        FAIL("freed twice");
    tgi_raw_free(r);
}

static void read_and_replace(tg_thread *t, void *arg)
{
    (void)arg;
    test_rng rng = test_rng_new(t->id);
    for (long i = 0; i < test_scale(4000); i++) {
        record *r = atom_load_acquire(&slot[test_rng_below(&rng, SLOTS)]);
        if (test_rng_below(&rng, 64) == 0)
            sched_yield();
        if (r != NULL && atom_load_relaxed(&r->mark) != ALIVE)
            FAIL("a reader found a freed record");
        if (test_rng_below(&rng, 2) == 0) {
            record *fresh = tgi_raw_alloc(sizeof *fresh);
            REQUIRE(fresh != NULL);
            atom_store_relaxed(&fresh->mark, ALIVE);
            record *old = atom_exchange_acq_rel(&slot[test_rng_below(&rng, SLOTS)], fresh);
            if (old != NULL && test_rng_below(&rng, 2) == 0)
                tgi_defer_free(t, old, sizeof *old);
            else if (old != NULL)
                tgi_defer_call(t, bury, old, sizeof *old);
        }
        if (test_rng_below(&rng, 16) == 0) {
            tgi_thread_detach(t);
            tgi_thread_attach(t);
        }
        if (test_rng_below(&rng, 256) == 0) {
            tgi_stop_the_world(t, t->interp, TGI_CAUSE_MEMORY);
            (void)tgi_defer_drain_stopped(t->runtime, t, true);
            tgi_start_the_world(t, t->interp);
        }
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    }
}

TEST(attached_readers_never_see_freed_records)
{
    world w = world_new(false, true, NULL);
    tgi_thread_handle *h[THREADS];
    for (int i = 0; i < THREADS; i++)
        h[i] = world_start(&w, read_and_replace, NULL);
    for (int i = 0; i < THREADS; i++)
        world_join(h[i]);
    for (int i = 0; i < SLOTS; i++)
        tgi_raw_free(atom_exchange_acq_rel(&slot[i], NULL));
    world_end(&w);
}
