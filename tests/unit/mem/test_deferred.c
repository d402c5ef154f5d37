// SPDX-License-Identifier: MIT
//
// test_deferred.c - lists of frees that wait.
//
// Attacks D1, D2, D3. Wrong results: a block freed before its grace period, twice, or never; a
// callback lost when its thread ends; a block whose content changed while it waited.
#include "test.h"

#include "base/config.h"
#include "mem/deferred.h"
#include "mem/raw.h"

#include <sched.h>

static tgi_qsbr qsbr;
static tgi_deferred_pool pool;
static tgi_qsbr_node me, reader;
static tgi_deferred list;
static _Atomic(long) calls;

static void set_up(void)
{
    tgi_qsbr_init(&qsbr);
    tgi_deferred_pool_init(&pool, &qsbr);
    tgi_deferred_init(&list, &pool);
    tgi_qsbr_register(&qsbr, &me, NULL, 0);
    tgi_qsbr_register(&qsbr, &reader, NULL, 0);
    tgi_qsbr_online(&qsbr, &me);
    atom_store_seq_cst(&calls, 0);
}

static void tear_down(void)
{
    tgi_qsbr_offline(&me);
    tgi_qsbr_unregister(&qsbr, &me);
    tgi_qsbr_unregister(&qsbr, &reader);
    tgi_deferred_hand_over(&list);
    tgi_deferred_end(&list);
    (void)tgi_deferred_drain_stopped(&pool, NULL, false);
    tgi_deferred_pool_fini(&pool);
}

static void count_call(struct tg_thread *t, void *arg)
{
    CHECK(t == NULL);
    atom_add_seq_cst(&calls, 1);
    tgi_raw_free(arg);
}

static size_t process(void)
{
    tgi_qsbr_quiescent(&qsbr, &me);
    size_t done = tgi_deferred_process(&list, NULL);
    tgi_qsbr_quiescent(&qsbr, &me);
    return done + tgi_deferred_process(&list, NULL);
}

TEST(block_is_freed_after_its_readers_are_done)
{
    int64_t before = tgi_raw_count().blocks;
    set_up();
    tgi_qsbr_online(&qsbr, &reader);
    unsigned char *p = tgi_raw_alloc(40);
    memset(p, 7, 40);
    (void)tgi_deferred_add(&list, NULL, p, 40);
    CHECK_EQ_UINT(process(), 0);
    for (int i = 0; i < 40; i++)
        CHECK(p[i] == 7); // untouched while it waits
    CHECK_EQ_UINT(atom_load_seq_cst(&list.bytes), 40);
    tgi_qsbr_quiescent(&qsbr, &reader);
    CHECK_EQ_UINT(process(), 1);
    CHECK_EQ_UINT(atom_load_seq_cst(&list.bytes), 0);
    CHECK_EQ_UINT(atom_load_seq_cst(&list.count), 0);
    tear_down();
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

TEST(many_blocks_in_many_chunks_are_all_freed_in_order)
{
    int64_t before = tgi_raw_count().blocks;
    set_up();
    size_t asked = 0;
    enum { N = 5 * TGI_DEFER_BATCH + 3 };
    for (int i = 0; i < N; i++)
        asked += tgi_deferred_add(&list, i % 2 ? count_call : NULL, tgi_raw_alloc(16), 16);
    CHECK(asked >= 5);
    CHECK_EQ_UINT(atom_load_seq_cst(&list.count), N);
    CHECK_EQ_UINT(process(), N);
    CHECK_EQ_INT(atom_load_seq_cst(&calls), N / 2);
    tear_down();
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

TEST(large_backlog_asks_the_others_once_per_step)
{
    set_up();
    tgi_qsbr_online(&qsbr, &reader);
    int asked = 0;
    size_t each = TGI_DEFER_LIMIT / 8;
    for (int i = 0; i < 32; i++)
        if (tgi_deferred_add(&list, NULL, tgi_raw_alloc(1), each) &&
            tgi_deferred_is_over_limit(&list))
            asked++;
    // 4 limits of backlog: first at 1, then every quarter.
    CHECK(asked >= 10 && asked <= 14);
    tgi_qsbr_offline(&reader);
    CHECK_EQ_UINT(process(), 32);
    tear_down();
}

TEST(without_memory_for_a_chunk_nothing_is_freed_too_early)
{
    set_up();
    int64_t before = tgi_raw_count().blocks;
    void *p = tgi_raw_alloc(16);
    (void)tgi_mem_fail_after(1, 1000);
    CHECK(tgi_deferred_add(&list, NULL, p, 16));
    (void)tgi_mem_fail_after(0, 0);
    CHECK_EQ_UINT(list.lost_bytes, 16);
    CHECK_EQ_INT(tgi_raw_count().blocks, before + 1); // given up, not freed
    tgi_raw_free(p);

    // With one entry in a chunk there is a spare in time: a whole chunk survives a dry spell.
    for (int i = 0; i < TGI_DEFER_BATCH / 2 + 1; i++)
        (void)tgi_deferred_add(&list, NULL, tgi_raw_alloc(16), 16);
    void *more[TGI_DEFER_BATCH];
    for (int i = 0; i < TGI_DEFER_BATCH; i++)
        more[i] = tgi_raw_alloc(16);
    (void)tgi_mem_fail_after(1, 1000);
    for (int i = 0; i < TGI_DEFER_BATCH; i++)
        (void)tgi_deferred_add(&list, NULL, more[i], 16);
    (void)tgi_mem_fail_after(0, 0);
    CHECK_EQ_UINT(list.lost_bytes, 16);
    (void)process();
    tear_down();
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

// Blocks of which a late reader sees only the start are linked to each other. Wrong looks like:
// some are lost, freed before the reader is done, or their start has changed.
TEST(objects_need_no_memory_to_wait)
{
    enum { OBJECTS = 20 * TGI_DEFER_BATCH };
    static uint64_t *objects[OBJECTS];
    int64_t before = tgi_raw_count().blocks;
    set_up();
    CHECK(tgi_deferred_reserve(&list));
    for (int i = 0; i < OBJECTS; i++) {
        objects[i] = tgi_raw_alloc(24 + (size_t)(i % 5) * 8 + (size_t)(i % 3));
        objects[i][0] = objects[i][1] = (uint64_t)i;
    }
    void *array = tgi_raw_alloc(64);
    int64_t full = tgi_raw_count().blocks;
    tgi_qsbr_online(&qsbr, &reader);
    (void)tgi_mem_fail_after(1, UINT64_C(1) << 40);
    for (int i = 0; i < OBJECTS; i++) {
        (void)tgi_deferred_add_object(&list, NULL, objects[i],
                                      24 + (size_t)(i % 5) * 8 + (size_t)(i % 3), 16);
        if (i % 301 == 0)
            CHECK_EQ_UINT(process(), 0);
    }
    (void)tgi_deferred_add(&list, NULL, array, 64); // cannot be linked, and has room
    (void)tgi_mem_fail_after(0, 0);
    CHECK_EQ_UINT(list.lost_bytes, 0);
    CHECK_EQ_INT(tgi_raw_count().blocks, full);
    for (int i = 0; i < OBJECTS; i++)
        CHECK(objects[i][0] == (uint64_t)i && objects[i][1] == (uint64_t)i);
    tgi_qsbr_offline(&reader);
    CHECK_EQ_UINT(process(), OBJECTS + 1);
    CHECK_EQ_UINT(atom_load_relaxed(&list.bytes), 0);
    CHECK_EQ_UINT(atom_load_relaxed(&list.count), 0);
    tear_down();
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

TEST(what_was_set_aside_takes_the_first_entries_of_a_dry_spell)
{
    int64_t before = tgi_raw_count().blocks;
    set_up();
    CHECK(tgi_deferred_reserve(&list));
    void *blocks[TGI_DEFER_BATCH];
    for (int i = 0; i < TGI_DEFER_BATCH; i++)
        blocks[i] = tgi_raw_alloc(16);
    tgi_qsbr_online(&qsbr, &reader);
    (void)tgi_mem_fail_after(1, 1000);
    for (int i = 0; i < TGI_DEFER_BATCH; i++) {
        (void)tgi_deferred_add(&list, NULL, blocks[i], 16);
        // Looking seals the chunk while the reader keeps it from passing: it is opened again.
        if (i % 7 == 0)
            CHECK_EQ_UINT(process(), 0);
    }
    (void)tgi_mem_fail_after(0, 0);
    CHECK_EQ_UINT(list.lost_bytes, 0);
    tgi_qsbr_offline(&reader);
    CHECK_EQ_UINT(process(), TGI_DEFER_BATCH);
    tear_down();
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

TEST(backlog_of_an_ended_thread_is_done_by_others)
{
    int64_t before = tgi_raw_count().blocks;
    set_up();
    static tgi_deferred other;
    tgi_deferred_init(&other, &pool);
    for (int i = 0; i < 10; i++)
        (void)tgi_deferred_add(&other, i % 2 ? count_call : NULL, tgi_raw_alloc(16), 16);
    tgi_deferred_hand_over(&other);
    tgi_deferred_end(&other);
    tgi_qsbr_online(&qsbr, &reader);
    CHECK_EQ_UINT(atom_load_seq_cst(&other.count), 0);
    CHECK_EQ_UINT(atom_load_seq_cst(&pool.orphan_bytes), 160);
    CHECK_EQ_UINT(process(), 10); // the reader came online after the unlinks
    CHECK_EQ_INT(atom_load_seq_cst(&calls), 5);
    CHECK_EQ_UINT(atom_load_seq_cst(&pool.orphan_bytes), 0);

    (void)tgi_deferred_add(&other, NULL, tgi_raw_alloc(16), 16);
    tgi_deferred_hand_over(&other);
    tgi_deferred_end(&other);
    CHECK_EQ_UINT(process(), 0);
    tgi_qsbr_offline(&reader);
    CHECK_EQ_UINT(process(), 1);
    tear_down();
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

TEST(drain_in_a_pause_frees_memory_and_keeps_callbacks)
{
    int64_t before = tgi_raw_count().blocks;
    set_up();
    for (int i = 0; i < 2 * TGI_DEFER_BATCH; i++)
        (void)tgi_deferred_add(&list, i % 4 == 3 ? count_call : NULL, tgi_raw_alloc(16), 16);
    tgi_deferred_hand_over(&list);
    tgi_deferred_end(&list);
    tgi_qsbr_pass_stopped(&qsbr);
    CHECK_EQ_UINT(tgi_deferred_drain_stopped(&pool, NULL, true), 3 * TGI_DEFER_BATCH / 2);
    CHECK_EQ_INT(atom_load_seq_cst(&calls), 0);
    CHECK_EQ_UINT(atom_load_seq_cst(&pool.orphan_bytes), 16 * TGI_DEFER_BATCH / 2);
    CHECK_EQ_UINT(process(), TGI_DEFER_BATCH / 2);
    CHECK_EQ_INT(atom_load_seq_cst(&calls), TGI_DEFER_BATCH / 2);
    tear_down();
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

static void add_again(struct tg_thread *t, void *arg)
{
    (void)t;
    long *left = arg;
    atom_add_seq_cst(&calls, 1);
    CHECK_EQ_UINT(tgi_deferred_process(&list, NULL), 0); // no recursion
    if (--*left > 0)
        (void)tgi_deferred_add(&list, add_again, left, 1);
}

TEST(callbacks_may_add_entries)
{
    set_up();
    long left = 5;
    (void)tgi_deferred_add(&list, add_again, &left, 1);
    for (int i = 0; i < 20; i++)
        (void)process();
    CHECK_EQ_INT(atom_load_seq_cst(&calls), 5);
    tear_down();
}

// -- stress: records in shared slots, deferred by their remover -----------------------------------

enum { THREADS = 4, SLOTS = 8 };
#define ALIVE UINT64_C(0x616c697665)

typedef struct record {
    _Atomic(uint64_t) mark;
} record;

static _Atomic(record *) slot[SLOTS];
static long rounds;

static void destroy(struct tg_thread *t, void *arg)
{
    (void)t;
    record *r = arg;
    if (atom_exchange_relaxed(&r->mark, 0) != ALIVE)
        FAIL("a record was freed twice");
    tgi_raw_free(r);
}

static void replace_and_read(void *context, int index)
{
    (void)context;
    static tgi_qsbr_node nodes[THREADS];
    static tgi_deferred lists[THREADS];
    tgi_deferred *mine = &lists[index];
    test_rng rng = test_rng_new((uint64_t)index);
    tgi_deferred_init(mine, &pool);
    tgi_qsbr_register(&qsbr, &nodes[index], NULL, 0);
    tgi_qsbr_online(&qsbr, &nodes[index]);
    for (long i = 0; i < rounds; i++) {
        record *r = atom_load_acquire(&slot[test_rng_below(&rng, SLOTS)]);
        if (test_rng_below(&rng, 64) == 0)
            sched_yield();
        if (r != NULL && atom_load_relaxed(&r->mark) != ALIVE)
            FAIL("a reader found a freed record");
        record *fresh = tgi_raw_alloc(sizeof *fresh);
        REQUIRE(fresh != NULL);
        atom_store_relaxed(&fresh->mark, ALIVE);
        record *old = atom_exchange_acq_rel(&slot[test_rng_below(&rng, SLOTS)], fresh);
        bool soon = old != NULL &&
                    tgi_deferred_add(mine, test_rng_below(&rng, 2) ? destroy : NULL, old, 64);
        if (soon || test_rng_below(&rng, 32) == 0) {
            tgi_qsbr_quiescent(&qsbr, &nodes[index]);
            (void)tgi_deferred_process(mine, NULL);
        }
    }
    tgi_deferred_hand_over(mine);
    tgi_deferred_end(mine);
    tgi_qsbr_offline(&nodes[index]);
    tgi_qsbr_unregister(&qsbr, &nodes[index]);
}

TEST(deferred_records_are_freed_once_and_never_early)
{
    int64_t before = tgi_raw_count().blocks;
    tgi_qsbr_init(&qsbr);
    tgi_deferred_pool_init(&pool, &qsbr);
    rounds = test_scale(5000);
    test_run_threads(THREADS, replace_and_read, NULL);
    (void)tgi_deferred_drain_stopped(&pool, NULL, false);
    tgi_deferred_pool_fini(&pool);
    for (int i = 0; i < SLOTS; i++)
        tgi_raw_free(atom_exchange_acq_rel(&slot[i], NULL));
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}
