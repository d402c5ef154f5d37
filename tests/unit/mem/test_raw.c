// SPDX-License-Identifier: MIT
//
// test_raw.c - the allocator behind its one file.
//
// Attacks C1 and C2. Wrong results: counts that do not return to where they were after every
// thread has freed what others allocated; an injected failure at another request than the n-th.
#include "test.h"

#include "base/atomic.h"
#include "base/vec.h"
#include "mem/raw.h"

TEST(blocks_are_aligned_usable_and_counted)
{
    tgi_raw_counts before = tgi_raw_count();
    static void *block[200];
    for (size_t n = 0; n < 200; n++) {
        unsigned char *p = block[n] = tgi_raw_alloc(n);
        REQUIRE(p != NULL);
        CHECK(((uintptr_t)p & 15) == 0 || n <= 8);
        CHECK(tgi_raw_usable(p) >= n);
        memset(p, 0xaa, n);
    }
    CHECK_EQ_INT(tgi_raw_count().blocks, before.blocks + 200);
    for (size_t n = 0; n < 200; n++)
        tgi_raw_free(block[n]);
    tgi_raw_free(NULL);
    tgi_raw_counts after = tgi_raw_count();
    CHECK_EQ_INT(after.blocks, before.blocks);
    CHECK_EQ_INT(after.bytes, before.bytes);
    CHECK_EQ_INT(after.allocated, before.allocated + 200);
}

TEST(calloc_clears_and_refuses_an_overflow)
{
    unsigned char *p = tgi_raw_calloc(100, 7);
    REQUIRE(p != NULL);
    for (int i = 0; i < 700; i++)
        CHECK(p[i] == 0);
    tgi_raw_free(p);
    tgi_raw_counts before = tgi_raw_count();
    volatile size_t huge = SIZE_MAX / 2;
    if (!test_is_sanitized()) // sanitizers abort instead
        CHECK(tgi_raw_calloc(huge, 16) == NULL);
    CHECK_EQ_INT(tgi_raw_count().blocks, before.blocks);
}

TEST(realloc_keeps_content_and_block_count)
{
    tgi_raw_counts before = tgi_raw_count();
    char *p = tgi_raw_realloc(NULL, 10);
    REQUIRE(p != NULL);
    memcpy(p, "123456789", 10);
    p = tgi_raw_realloc(p, 100000);
    REQUIRE(p != NULL);
    CHECK_EQ_STR(p, "123456789");
    p = tgi_raw_realloc(p, 0);
    REQUIRE(p != NULL);
    CHECK_EQ_INT(tgi_raw_count().blocks, before.blocks + 1);
    tgi_raw_free(p);
    CHECK_EQ_INT(tgi_raw_count().blocks, before.blocks);
    CHECK_EQ_INT(tgi_raw_count().bytes, before.bytes);
}

TEST(lines_are_cache_aligned_and_zeroed)
{
    tgi_raw_counts before = tgi_raw_count();
    for (size_t n = 1; n < 300; n += 37) {
        unsigned char *p = tgi_raw_calloc_lines(n);
        REQUIRE(p != NULL);
        CHECK_EQ_UINT((uintptr_t)p % 64, 0);
        for (size_t i = 0; i < n; i++)
            CHECK(p[i] == 0);
        memset(p, 1, n);
        tgi_raw_free_lines(p);
    }
    tgi_raw_free_lines(NULL);
    CHECK_EQ_INT(tgi_raw_count().blocks, before.blocks);
}

TEST(injected_failure_hits_exactly_the_chosen_requests)
{
    tgi_raw_counts before = tgi_raw_count();
    (void)tgi_mem_fail_after(3, 2);
    void *p[6];
    p[0] = tgi_raw_alloc(1);
    p[1] = tgi_raw_calloc(1, 1);
    p[2] = tgi_raw_alloc(1);
    p[3] = tgi_raw_realloc(p[0], 1000);
    p[4] = tgi_raw_realloc(p[0], 1000);
    CHECK_EQ_UINT(tgi_mem_fail_after(0, 0), 5);
    CHECK(p[0] != NULL && p[1] != NULL && p[2] == NULL && p[3] == NULL && p[4] != NULL);
    tgi_raw_free(p[1]);
    tgi_raw_free(p[4]);
    tgi_raw_counts after = tgi_raw_count();
    CHECK_EQ_INT(after.blocks, before.blocks);
    CHECK_EQ_INT(after.failed, before.failed + 2);
}

TEST(arrays_of_base_use_this_allocator)
{
    tgi_vec(int) v = TGI_VEC_INIT;
    (void)tgi_mem_fail_after(1, 1);
    CHECK(!vec_push(&v, 1));
    (void)tgi_mem_fail_after(0, 0);
    CHECK(vec_push(&v, 1));
    vec_free(&v);
}

enum { THREADS = 4, SLOTS = 256 };
static void *_Atomic slot[SLOTS];
static long rounds;

static void exchange(void *context, int index)
{
    (void)context;
    test_rng rng = test_rng_new((uint64_t)index);
    for (long i = 0; i < rounds; i++) {
        unsigned char *mine = tgi_raw_alloc(1 + test_rng_below(&rng, 300));
        REQUIRE(mine != NULL);
        mine[0] = (unsigned char)index;
        tgi_raw_free(atom_exchange_acq_rel(&slot[test_rng_below(&rng, SLOTS)], mine));
    }
}

TEST(counts_are_exact_after_foreign_frees_and_thread_exits)
{
    tgi_raw_counts before = tgi_raw_count();
    rounds = test_scale(2000);
    for (int generation = 0; generation < 5; generation++)
        test_run_threads(THREADS, exchange, NULL);
    int64_t held = 0;
    for (int i = 0; i < SLOTS; i++)
        held += atom_load_seq_cst(&slot[i]) != NULL;
    CHECK_EQ_INT(tgi_raw_count().blocks, before.blocks + held);
    for (int i = 0; i < SLOTS; i++)
        tgi_raw_free(atom_exchange_acq_rel(&slot[i], NULL));
    CHECK_EQ_INT(tgi_raw_count().blocks, before.blocks);
    CHECK_EQ_INT(tgi_raw_count().bytes, before.bytes);
    CHECK_EQ_INT(tgi_raw_count().allocated, before.allocated + 5 * THREADS * rounds);
}

static void allocate_one(void *context, int index)
{
    (void)index;
    void *p = tgi_raw_alloc(32);
    atom_add_seq_cst((_Atomic(int) *)context, p != NULL);
    tgi_raw_free(p);
}

TEST(more_threads_than_static_shards_are_counted)
{
    tgi_raw_counts before = tgi_raw_count();
    _Atomic(int) made = 0;
    test_run_threads(90, allocate_one, &made);
    CHECK_EQ_INT(atom_load_seq_cst(&made), 90);
    tgi_raw_counts after = tgi_raw_count();
    CHECK(after.allocated >= before.allocated + 90);
}

TEST(the_allocator_has_a_name)
{
    CHECK(strcmp(tgi_raw_name(), "system") == 0 || strncmp(tgi_raw_name(), "mimalloc ", 9) == 0);
    tgi_raw_trim();
}
