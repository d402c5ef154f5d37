// SPDX-License-Identifier: MIT
//
// test_rawlock.c - the futex lock. Attacks L1: a lost wake-up hangs, two holders lose additions.
#include "test.h"

#include "sync/rawlock.h"

#include <sched.h>

static tgi_rawlock lock;
static long counter; // guarded by lock
static long rounds;

static void count(void *context, int index)
{
    (void)context;
    (void)index;
    for (long i = 0; i < rounds; i++) {
        tgi_rawlock_lock(&lock);
        counter++;
        if (i % 64 == 0)
            sched_yield(); // makes the others sleep
        tgi_rawlock_unlock(&lock);
    }
}

TEST(rawlock_excludes_and_never_loses_a_wakeup)
{
    counter = 0;
    rounds = test_scale(10000);
    test_run_threads(4, count, NULL);
    CHECK_EQ_INT(counter, 4 * rounds);
    CHECK_EQ_UINT(atom_load_seq_cst(&lock.word), 0);
}

TEST(rawlock_reset_opens_it)
{
    tgi_rawlock_lock(&lock);
    tgi_rawlock_reset(&lock);
    tgi_rawlock_lock(&lock);
    tgi_rawlock_unlock(&lock);
    CHECK_EQ_UINT(atom_load_seq_cst(&lock.word), 0);
}
