// SPDX-License-Identifier: MIT
//
// test_lock_order.c - which rings of locks are possible.
//
// Attacks the conditions of lock_order.c one by one. Wrong results: a ring that cannot be, or none
// where there is one.
#include "test.h"

#include "stress/lock_order.h"

static tgi_pool pool;
static tgi_lock_edges edges;
static tgi_lock_cycles cycles;

static const char *name(void *arg, uint32_t task)
{
    (void)arg;
    return task == 0 ? "main" : "task";
}

// Task `task`, at its time 1, holds the locks of `held` and takes `to`.
static tgi_lock_edge *add(uint32_t task, uint32_t from, uint32_t to, const uint32_t *held,
                          uint32_t held_count)
{
    tgi_lock_edge e = {.task = task,
                       .from = from,
                       .to = to,
                       .from_place = from * 10 + task,
                       .to_place = to * 10 + task,
                       .held = held,
                       .held_count = held_count,
                       .epoch = tgi_epoch_of(task, 1)};
    CHECK(tgi_vclock_set(&pool, &e.now, task, 1));
    CHECK(vec_push(&edges, e));
    return &vec_last(&edges);
}

static size_t rings(void)
{
    tgi_lock_cycles_find(&edges, &cycles, name, NULL);
    size_t n = cycles.count;
    vec_free(&edges);
    vec_free(&cycles);
    tgi_pool_free(&pool);
    return n;
}

static const uint32_t lock_a[] = {1}, lock_b[] = {2}, lock_c[] = {3}, with_gate_a[] = {9, 1},
                      with_gate_b[] = {9, 2};

TEST(two_locks_in_both_orders_are_one_ring)
{
    (void)add(1, 1, 2, lock_a, 1);
    (void)add(2, 2, 1, lock_b, 1);
    tgi_lock_cycles_find(&edges, &cycles, name, NULL);
    CHECK_EQ_INT(rings(), 1); // found twice, kept once
}

TEST(three_locks_are_one_ring)
{
    (void)add(3, 3, 1, lock_c, 1);
    (void)add(1, 1, 2, lock_a, 1);
    (void)add(2, 2, 3, lock_b, 1);
    CHECK_EQ_INT(rings(), 1);
}

TEST(same_order_is_no_ring)
{
    (void)add(1, 1, 2, lock_a, 1);
    (void)add(2, 1, 2, lock_a, 1);
    (void)add(3, 2, 3, lock_b, 1);
    CHECK_EQ_INT(rings(), 0);
}

TEST(a_gate_lets_one_in_at_a_time)
{
    (void)add(1, 1, 2, with_gate_a, 2);
    (void)add(2, 2, 1, with_gate_b, 2);
    CHECK_EQ_INT(rings(), 0);
}

TEST(a_thread_does_not_meet_itself)
{
    (void)add(1, 1, 2, lock_a, 1);
    add(1, 2, 1, lock_b, 1)->epoch = tgi_epoch_of(1, 5);
    edges.data[0].epoch = tgi_epoch_of(1, 5);
    CHECK_EQ_INT(rings(), 0);
}

TEST(what_join_orders_does_not_meet)
{
    (void)add(1, 1, 2, lock_a, 1);
    tgi_lock_edge *later = add(2, 2, 1, lock_b, 1);
    CHECK(tgi_vclock_set(&pool, &later->now, 1, 1));
    CHECK_EQ_INT(rings(), 0);
}
