// SPDX-License-Identifier: MIT
//
// test_lease.c - when a thread gives back the lock it has leased.
//
// Attacks L2 and L4 of sync/lease.h. Wrong results: a lock that stays with a thread that is
// detached, gone, or quiescent (then its memory may be freed), that waits for others to stop, or
// that was asked and polls. What a lease is, is tested in unit/sync.
#include "world.h"

#include "thread/defer.h"
#include "thread/stw.h"

static tgi_mutex lock;

// As tgi_lease_lock_wait leaves it, between two uses.
static void lease_lock(tg_thread *t)
{
    atom_store_seq_cst(&lock.bits, TGI_MUTEX_LOCKED | TGI_MUTEX_LEASED);
    atom_store_seq_cst(&t->lease.mutex, &lock);
    t->lease.in_use = false;
}

static bool is_over(tg_thread *t)
{
    return atom_load_seq_cst(&lock.bits) == 0 && tgi_lease_mutex(&t->lease) == NULL;
}

TEST(lease_is_over_before_a_thread_detaches)
{
    world w = world_new(false, true, NULL);
    lease_lock(w.t);
    tgi_thread_detach(w.t);
    CHECK(is_over(w.t));
    tgi_thread_attach(w.t);
    world_end(&w);
}

TEST(lease_is_over_before_a_thread_is_quiescent)
{
    world w = world_new(false, true, NULL);
    lease_lock(w.t);
    (void)tgi_defer_process(w.t);
    CHECK(is_over(w.t));
    world_end(&w);
}

TEST(lease_lasts_over_a_poll_unless_it_is_wanted)
{
    world w = world_new(false, true, NULL);
    lease_lock(w.t);
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK(!is_over(w.t));
    tgi_breaker_set(w.t, TGI_BRK_LEASE);
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK(is_over(w.t));
    world_end(&w);
}

static _Atomic(int) started;
static _Atomic(bool) locked;

static void lock_it(tg_thread *t, void *arg)
{
    (void)arg;
    atom_add_seq_cst(&started, 1);
    tgi_lease_lock(&lock, &t->lease);
    atom_store_seq_cst(&locked, true);
    tgi_lease_unlock(&lock, &t->lease);
}

// Wrong: the pause never begins, for one that has to stop waits for the lock, attached, and the one
// that pauses waits for it to stop.
TEST(lease_is_over_before_a_pause_waits_for_others)
{
    world w = world_new(false, true, NULL);
    lease_lock(w.t);
    atom_store_seq_cst(&started, 0);
    tgi_thread_handle *h = world_start(&w, lock_it, NULL);
    while (atom_load_seq_cst(&started) == 0)
        sched_yield();
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    CHECK(tgi_lease_mutex(&w.t->lease) == NULL);
    tgi_start_the_world(w.t, w.rt->main_interp);
    world_join(h);
    world_end(&w);
}

// Wrong: it waits for ever, for the lessee polls and is told nothing.
TEST(who_waits_asks_the_lessee_of_this_lock)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&locked, false);
    lease_lock(w.t);
    tgi_thread_handle *h = world_start(&w, lock_it, NULL);
    while (!atom_load_seq_cst(&locked))
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK(tgi_lease_mutex(&w.t->lease) == NULL);
    world_join(h);
    world_end(&w);
}

static void end_with_a_lease(tg_thread *t, void *arg)
{
    (void)arg;
    lease_lock(t);
}

TEST(lease_is_over_when_a_thread_ends)
{
    world w = world_new(false, true, NULL);
    world_join(world_start(&w, end_with_a_lease, NULL));
    CHECK_EQ_UINT(atom_load_seq_cst(&lock.bits), 0);
    world_end(&w);
}
