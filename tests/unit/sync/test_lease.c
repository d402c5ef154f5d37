// SPDX-License-Identifier: MIT
//
// test_lease.c - a mutex that a thread keeps between two uses.
//
// Attacks L1 to L4 of lease.h. Wrong results: a counter without atomics that loses additions (two
// holders), a thread that sleeps for ever because the lessee is not asked or does not give back, a
// lock that its lessee leaves locked.
#include "test.h"

#include "sync/lease.h"
#include "sync/parking_lot.h"

#include <sched.h>

static tgi_mutex shared, other;
static tgi_mutex *unlock_when_hurried;
static unsigned seen_when_hurried; // of `shared`

static bool unlock_as_its_holder_does(void)
{
    if (unlock_when_hurried != NULL) {
        seen_when_hurried = atom_load_seq_cst(&shared.bits);
        tgi_mutex *m = unlock_when_hurried;
        unlock_when_hurried = NULL;
        tgi_mutex_unlock(m);
    }
    return true; // whoever stands back insists at once
}

static _Atomic(const void *) recalled;

static void note_recall(const void *mutex)
{
    atom_store_seq_cst(&recalled, mutex);
}

static const tgi_park_hooks hooks = {.hurried = unlock_as_its_holder_does, .recall = note_recall};

// The calling thread stands back before m, which is locked meanwhile, insists, and gets it.
static void lock_by_insisting(tgi_mutex *m, tgi_lease *lease)
{
    tgi_mutex_lock(m);
    tgi_park_set_hooks(&hooks);
    unlock_when_hurried = m;
    tgi_mutex_expect_crowd(m);
    tgi_lease_lock(m, lease);
    tgi_park_set_hooks(NULL);
}

static unsigned bits_of(tgi_mutex *m)
{
    return atom_load_seq_cst(&m->bits);
}

enum { LEASED = TGI_MUTEX_LOCKED | TGI_MUTEX_LEASED };

TEST(mutex_without_a_crowd_is_not_leased)
{
    tgi_lease lease = {.mutex = NULL};
    tgi_lease_lock(&shared, &lease);
    CHECK_EQ_UINT(bits_of(&shared), TGI_MUTEX_LOCKED);
    CHECK(tgi_lease_mutex(&lease) == NULL);
    tgi_lease_unlock(&shared, &lease);
    CHECK_EQ_UINT(bits_of(&shared), 0);
}

TEST(who_insisted_keeps_the_mutex_until_it_gives_it_back)
{
    tgi_lease lease = {.mutex = NULL};
    lock_by_insisting(&shared, &lease);
    CHECK_EQ_UINT(bits_of(&shared), LEASED);
    CHECK(tgi_lease_mutex(&lease) == &shared && lease.in_use);
    for (int i = 0; i < 3; i++) {
        tgi_lease_unlock(&shared, &lease);
        CHECK_EQ_UINT(bits_of(&shared), LEASED);
        CHECK(!lease.in_use);
        tgi_lease_lock(&shared, &lease);
        CHECK_EQ_UINT(bits_of(&shared), LEASED);
        CHECK(lease.in_use);
    }
    tgi_lease_unlock(&shared, &lease);
    tgi_lease_end(&lease);
    CHECK_EQ_UINT(bits_of(&shared), 0);
    CHECK(tgi_lease_mutex(&lease) == NULL);
    tgi_lease_end(&lease);
    CHECK_EQ_UINT(bits_of(&shared), 0);
}

// Wrong: the mutex is open although its holder is between lock and unlock.
TEST(lease_that_ends_in_use_leaves_an_ordinary_lock)
{
    tgi_lease lease = {.mutex = NULL};
    lock_by_insisting(&shared, &lease);
    tgi_lease_end(&lease);
    CHECK_EQ_UINT(bits_of(&shared), TGI_MUTEX_LOCKED);
    CHECK(!tgi_mutex_trylock(&shared));
    tgi_lease_unlock(&shared, &lease);
    CHECK_EQ_UINT(bits_of(&shared), 0);
}

// Wrong: two threads that have leased a mutex each wait for the other's, for ever.
TEST(lease_ends_before_another_mutex_is_waited_for)
{
    tgi_lease lease = {.mutex = NULL};
    lock_by_insisting(&shared, &lease);
    tgi_lease_unlock(&shared, &lease);
    seen_when_hurried = LEASED;
    lock_by_insisting(&other, &lease);
    CHECK_EQ_UINT(seen_when_hurried, 0);
    CHECK_EQ_UINT(bits_of(&other), LEASED);
    tgi_lease_unlock(&other, &lease);
    tgi_lease_end(&lease);
    CHECK_EQ_UINT(bits_of(&other), 0);
}

TEST(mutex_in_use_stays_locked_while_another_one_is_waited_for)
{
    tgi_lease lease = {.mutex = NULL};
    lock_by_insisting(&shared, &lease);
    lock_by_insisting(&other, &lease);
    CHECK_EQ_UINT(seen_when_hurried, TGI_MUTEX_LOCKED);
    tgi_lease_unlock(&other, &lease);
    CHECK_EQ_UINT(bits_of(&shared), TGI_MUTEX_LOCKED);
    tgi_lease_unlock(&shared, &lease);
    CHECK_EQ_UINT(bits_of(&shared), 0);
    tgi_lease_end(&lease);
    CHECK_EQ_UINT(bits_of(&other), 0);
}

static _Atomic(int) got_it;

static void lock_once(void *context, int index)
{
    (void)context;
    (void)index;
    tgi_lease own = {.mutex = NULL};
    tgi_lease_lock(&shared, &own);
    atom_store_seq_cst(&got_it, 1);
    tgi_lease_unlock(&shared, &own);
    tgi_lease_end(&own);
}

// Wrong: it waits although the lessee has unlocked.
TEST(lessee_gives_back_at_its_next_unlock_to_who_wants_it)
{
    tgi_lease lease = {.mutex = NULL};
    lock_by_insisting(&shared, &lease);
    atom_store_seq_cst(&got_it, 0);
    test_threads *threads = test_threads_start(1, lock_once, NULL);
    while ((bits_of(&shared) & (TGI_MUTEX_WANTED | TGI_MUTEX_PARKED)) == 0)
        sched_yield();
    CHECK_EQ_INT(atom_load_seq_cst(&got_it), 0);
    tgi_lease_unlock(&shared, &lease);
    CHECK(tgi_lease_mutex(&lease) == NULL);
    test_threads_join(threads);
    CHECK_EQ_INT(atom_load_seq_cst(&got_it), 1);
    CHECK_EQ_UINT(bits_of(&shared), 0);
}

// Wrong: it sleeps, and nobody tells the lessee, which is doing something else.
TEST(who_waits_in_vain_has_the_lease_recalled)
{
    tgi_lease lease = {.mutex = NULL};
    lock_by_insisting(&shared, &lease);
    tgi_lease_unlock(&shared, &lease);
    atom_store_seq_cst(&recalled, NULL);
    atom_store_seq_cst(&got_it, 0);
    tgi_park_set_hooks(&hooks);
    test_threads *threads = test_threads_start(1, lock_once, NULL);
    while (tgi_parked_count(&shared) == 0 && atom_load_seq_cst(&got_it) == 0)
        sched_yield();
    CHECK_EQ_INT(atom_load_seq_cst(&got_it), 0);
    CHECK(atom_load_seq_cst(&recalled) == &shared);
    tgi_lease_end(&lease);
    test_threads_join(threads);
    tgi_park_set_hooks(NULL);
    CHECK_EQ_INT(atom_load_seq_cst(&got_it), 1);
    CHECK_EQ_UINT(bits_of(&shared), 0);
}

static bool leave_parked_bit(void)
{
    atom_store_seq_cst(&shared.bits, TGI_MUTEX_PARKED); // somebody is about to look again: M1
    return true;
}

// Wrong: PARKED is lost or is not looked at, and somebody sleeps while the lock is kept.
TEST(mutex_somebody_is_parked_at_is_not_leased)
{
    static const tgi_park_hooks parked = {.hurried = leave_parked_bit};
    tgi_lease lease = {.mutex = NULL};
    tgi_mutex_lock(&shared);
    tgi_park_set_hooks(&parked);
    tgi_mutex_expect_crowd(&shared);
    tgi_lease_lock(&shared, &lease);
    tgi_park_set_hooks(NULL);
    CHECK_EQ_UINT(bits_of(&shared), TGI_MUTEX_LOCKED | TGI_MUTEX_PARKED);
    CHECK(tgi_lease_mutex(&lease) == NULL);
    tgi_lease_unlock(&shared, &lease);
    CHECK_EQ_UINT(bits_of(&shared), 0);
}

enum { CROWD = 3 };
static long plain_counter; // guarded by shared

static void count_in_a_crowd(void *context, int index)
{
    (void)context;
    tgi_lease lease = {.mutex = NULL};
    long steps = test_scale(20000);
    for (long i = 0; i < steps; i++) {
        if (i % 64 == index)
            tgi_mutex_expect_crowd(&shared);
        tgi_lease_lock(&shared, &lease);
        plain_counter++;
        if (i % 512 == 100)
            tgi_lease_end(&lease); // in use
        tgi_lease_unlock(&shared, &lease);
        if (i % 512 == 300)
            tgi_lease_end(&lease); // as at a poll
    }
    tgi_lease_end(&lease);
}

TEST(leased_mutex_excludes)
{
    plain_counter = 0;
    test_run_threads(CROWD, count_in_a_crowd, NULL);
    CHECK_EQ_INT(plain_counter, CROWD * test_scale(20000));
    CHECK_EQ_UINT(bits_of(&shared), 0);
}
