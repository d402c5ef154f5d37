// SPDX-License-Identifier: MIT
//
// test_qsbr.c - a reader never meets memory that was given back.
//
// Attacks Q1, Q2, Q3. Wrong results: a reader that finds the mark of a freed block (in sanitizer
// builds: a use after free), a goal that passes while a reader is still inside, one that never
// passes.
#include "test.h"

#include "mem/qsbr.h"
#include "mem/raw.h"

#include <sched.h>

TEST(goal_waits_for_every_online_node)
{
    static tgi_qsbr domain;
    static tgi_qsbr_node a, b;
    tgi_qsbr_init(&domain);
    tgi_qsbr_register(&domain, &a, NULL, 0);
    tgi_qsbr_register(&domain, &b, NULL, 0);
    uint64_t goal = tgi_qsbr_retire(&domain);
    CHECK(tgi_qsbr_passed(&domain, goal)); // nobody is online

    tgi_qsbr_online(&domain, &a);
    tgi_qsbr_online(&domain, &b);
    goal = tgi_qsbr_retire(&domain);
    CHECK(!tgi_qsbr_passed(&domain, goal));
    tgi_qsbr_quiescent(&domain, &a);
    CHECK(!tgi_qsbr_passed(&domain, goal));
    tgi_qsbr_offline(&b);
    CHECK(tgi_qsbr_passed(&domain, goal));
    tgi_qsbr_online(&domain, &b);
    CHECK(tgi_qsbr_passed(&domain, goal)); // stays passed

    tgi_qsbr_unregister(&domain, &a);
    goal = tgi_qsbr_retire(&domain);
    CHECK(!tgi_qsbr_passed(&domain, goal));
    tgi_qsbr_unregister(&domain, &b);
    CHECK(tgi_qsbr_passed(&domain, goal));
}

TEST(lazy_goal_passes_only_after_an_advance)
{
    static tgi_qsbr domain;
    static tgi_qsbr_node a;
    tgi_qsbr_init(&domain);
    tgi_qsbr_register(&domain, &a, NULL, 0);
    tgi_qsbr_online(&domain, &a);
    uint64_t goal = tgi_qsbr_retire_lazy(&domain);
    tgi_qsbr_quiescent(&domain, &a);
    CHECK(!tgi_qsbr_passed(&domain, goal));
    tgi_qsbr_advance(&domain);
    CHECK(!tgi_qsbr_passed(&domain, goal));
    tgi_qsbr_quiescent(&domain, &a);
    CHECK(tgi_qsbr_passed(&domain, goal));
    goal = tgi_qsbr_retire_lazy(&domain);
    tgi_qsbr_pass_stopped(&domain);
    CHECK(tgi_qsbr_passed(&domain, goal));
    tgi_qsbr_unregister(&domain, &a);
}

TEST(request_asks_exactly_those_who_are_behind)
{
    static tgi_qsbr domain;
    static tgi_qsbr_node a, b, c;
    _Atomic(uint32_t) breaker[3] = {0, 0, 0};
    tgi_qsbr_init(&domain);
    tgi_qsbr_register(&domain, &a, &breaker[0], 4);
    tgi_qsbr_register(&domain, &b, &breaker[1], 4);
    tgi_qsbr_register(&domain, &c, &breaker[2], 4);
    tgi_qsbr_online(&domain, &a);
    tgi_qsbr_online(&domain, &b);
    (void)tgi_qsbr_retire(&domain);
    tgi_qsbr_quiescent(&domain, &b);
    tgi_qsbr_request(&domain);
    CHECK_EQ_UINT(atom_load_seq_cst(&breaker[0]), 4);
    CHECK_EQ_UINT(atom_load_seq_cst(&breaker[1]), 0);
    CHECK_EQ_UINT(atom_load_seq_cst(&breaker[2]), 0); // offline
    atom_store_seq_cst(&breaker[0], 0);
    tgi_qsbr_request(&domain);
    CHECK_EQ_UINT(atom_load_seq_cst(&breaker[0]), 0); // once per epoch
    (void)tgi_qsbr_retire(&domain);
    tgi_qsbr_request(&domain);
    CHECK_EQ_UINT(atom_load_seq_cst(&breaker[0]), 4);
    tgi_qsbr_unregister(&domain, &b);
    tgi_qsbr_unregister(&domain, &a);
    tgi_qsbr_unregister(&domain, &c);
}

TEST(after_fork_only_the_caller_counts)
{
    static tgi_qsbr domain;
    static tgi_qsbr_node a, b;
    tgi_qsbr_init(&domain);
    tgi_qsbr_register(&domain, &a, NULL, 0);
    tgi_qsbr_register(&domain, &b, NULL, 0);
    tgi_qsbr_online(&domain, &a);
    tgi_qsbr_online(&domain, &b);
    uint64_t goal = tgi_qsbr_retire(&domain);
    tgi_qsbr_after_fork(&domain, &a);
    tgi_qsbr_quiescent(&domain, &a);
    CHECK(tgi_qsbr_passed(&domain, goal));
    tgi_qsbr_unregister(&domain, &a);
}

// -- readers and writers on shared slots ----------------------------------------------------------

enum { READERS = 3, WRITERS = 2, SLOTS = 8, BACKLOG = 64 };
#define ALIVE UINT64_C(0x616c697665)
#define DEAD  UINT64_C(0x64656164)

typedef struct record {
    _Atomic(uint64_t) mark;
} record;

static tgi_qsbr shared;
static _Atomic(record *) slot[SLOTS];
static long rounds;
static _Atomic(int) writers_left;
static _Atomic(long) records_freed;

static record *new_record(void)
{
    record *r = tgi_raw_alloc(sizeof *r);
    REQUIRE(r != NULL);
    atom_store_relaxed(&r->mark, ALIVE);
    return r;
}

static void destroy(record *r)
{
    atom_store_relaxed(&r->mark, DEAD);
    tgi_raw_free(r);
    atom_add_relaxed(&records_freed, 1);
}

static void read_slots(test_rng *rng, tgi_qsbr_node *node)
{
    while (atom_load_seq_cst(&writers_left) > 0) {
        tgi_qsbr_online(&shared, node);
        uint64_t reads = 1 + test_rng_below(rng, 40);
        for (uint64_t i = 0; i < reads; i++) {
            record *r = atom_load_acquire(&slot[test_rng_below(rng, SLOTS)]);
            if (test_rng_below(rng, 16) == 0)
                sched_yield(); // hold it for long
            if (r != NULL && atom_load_relaxed(&r->mark) != ALIVE)
                FAIL("a reader found a freed record");
            if (test_rng_below(rng, 4) == 0)
                tgi_qsbr_quiescent(&shared, node);
        }
        tgi_qsbr_offline(node);
    }
}

static void write_slots(test_rng *rng, tgi_qsbr_node *node)
{
    record *waiting[BACKLOG];
    uint64_t goal[BACKLOG];
    int count = 0;
    tgi_qsbr_online(&shared, node);
    for (long i = 0; i < rounds; i++) {
        record *fresh = test_rng_below(rng, 8) == 0 ? NULL : new_record();
        record *old = atom_exchange_acq_rel(&slot[test_rng_below(rng, SLOTS)], fresh);
        if (old != NULL) {
            waiting[count] = old;
            goal[count++] =
                test_rng_below(rng, 2) ? tgi_qsbr_retire(&shared) : tgi_qsbr_retire_lazy(&shared);
        }
        tgi_qsbr_quiescent(&shared, node);
        for (int k = 0; k < count;) {
            if (!tgi_qsbr_passed(&shared, goal[k])) {
                k++;
                continue;
            }
            destroy(waiting[k]);
            count--;
            waiting[k] = waiting[count];
            goal[k] = goal[count];
        }
        while (count == BACKLOG) { // wait for the slowest reader
            tgi_qsbr_advance(&shared);
            tgi_qsbr_quiescent(&shared, node);
            if (tgi_qsbr_passed(&shared, goal[count - 1]))
                destroy(waiting[--count]);
            else
                sched_yield();
        }
    }
    while (count > 0) {
        tgi_qsbr_advance(&shared);
        tgi_qsbr_quiescent(&shared, node);
        if (tgi_qsbr_passed(&shared, goal[count - 1]))
            destroy(waiting[--count]);
        else
            sched_yield();
    }
    tgi_qsbr_offline(node);
    atom_sub_seq_cst(&writers_left, 1);
}

static void read_or_write(void *context, int index)
{
    (void)context;
    static tgi_qsbr_node nodes[READERS + WRITERS];
    test_rng rng = test_rng_new((uint64_t)index);
    tgi_qsbr_register(&shared, &nodes[index], NULL, 0);
    if (index < WRITERS)
        write_slots(&rng, &nodes[index]);
    else
        read_slots(&rng, &nodes[index]);
    tgi_qsbr_unregister(&shared, &nodes[index]);
}

TEST(readers_never_see_freed_memory)
{
    tgi_qsbr_init(&shared);
    int64_t before = tgi_raw_count().blocks;
    rounds = test_scale(3000);
    atom_store_seq_cst(&writers_left, WRITERS);
    test_run_threads(READERS + WRITERS, read_or_write, NULL);
    CHECK(atom_load_seq_cst(&records_freed) > 0);
    for (int i = 0; i < SLOTS; i++)
        tgi_raw_free(atom_exchange_acq_rel(&slot[i], NULL));
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}
