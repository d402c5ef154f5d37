// SPDX-License-Identifier: MIT
//
// test_rwlock.c - readers share, writers exclude.
//
// Attacks W1, W2, W3. Wrong results: a reader that sees a half-written pair, a lost addition, a
// writer that never gets in (time-out).
#include "test.h"

#include "sync/parking_lot.h"
#include "sync/rwlock.h"

#include <sched.h>

static tgi_rwlock lock;
static long left, right; // guarded by lock: equal outside of a writer
static long rounds;
static _Atomic(int) readers_inside, most_readers;

TEST(trylocks_follow_the_state)
{
    tgi_rwlock l = TGI_RWLOCK_INIT;
    CHECK(tgi_rwlock_try_read(&l));
    CHECK(tgi_rwlock_try_read(&l));
    CHECK(!tgi_rwlock_try_write(&l));
    tgi_rwlock_read_unlock(&l);
    CHECK(!tgi_rwlock_try_write(&l));
    tgi_rwlock_read_unlock(&l);
    CHECK(tgi_rwlock_try_write(&l));
    CHECK(!tgi_rwlock_try_read(&l));
    CHECK(!tgi_rwlock_try_write(&l));
    tgi_rwlock_write_unlock(&l);
    CHECK_EQ_UINT(atom_load_seq_cst(&l.word), 0);
}

static void read_or_write(void *context, int index)
{
    (void)context;
    test_rng rng = test_rng_new((uint64_t)index);
    for (long i = 0; i < rounds; i++) {
        if (index < 2) {
            tgi_rwlock_write_lock(&lock, 0);
            left++;
            if (test_rng_below(&rng, 32) == 0)
                sched_yield();
            right++;
            tgi_rwlock_write_unlock(&lock);
            continue;
        }
        tgi_rwlock_read_lock(&lock, 0);
        int inside = atom_add_seq_cst(&readers_inside, 1) + 1;
        if (inside > atom_load_seq_cst(&most_readers))
            atom_store_seq_cst(&most_readers, inside);
        if (left != right)
            FAIL("reader saw %ld and %ld", left, right);
        if (test_rng_below(&rng, 32) == 0)
            sched_yield();
        atom_sub_seq_cst(&readers_inside, 1);
        tgi_rwlock_read_unlock(&lock);
    }
}

TEST(readers_never_see_a_writer_and_no_write_is_lost)
{
    left = right = 0;
    rounds = test_scale(3000);
    test_run_threads(5, read_or_write, NULL);
    CHECK_EQ_INT(left, 2 * rounds);
    CHECK_EQ_INT(right, 2 * rounds);
    CHECK_EQ_UINT(atom_load_seq_cst(&lock.word), 0);
}

static void write_once(void *context, int index)
{
    (void)context;
    (void)index;
    tgi_rwlock_write_lock(&lock, 0);
    left++;
    tgi_rwlock_write_unlock(&lock);
}

TEST(waiting_writer_keeps_new_readers_out_and_gets_in)
{
    left = 0;
    tgi_rwlock_read_lock(&lock, 0);
    test_threads *threads = test_threads_start(1, write_once, NULL);
    while (tgi_parked_count(&lock) == 0)
        sched_yield();
    CHECK(!tgi_rwlock_try_read(&lock));
    CHECK_EQ_INT(left, 0);
    tgi_rwlock_read_unlock(&lock);
    test_threads_join(threads);
    CHECK_EQ_INT(left, 1);
    CHECK(tgi_rwlock_try_read(&lock));
    tgi_rwlock_read_unlock(&lock);
}
