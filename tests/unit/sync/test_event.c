// SPDX-License-Identifier: MIT
//
// test_event.c - one-shot events.
//
// Attacks E1 and E2. Wrong result: a waiter that sleeps for ever (the test times out), or one that
// returns before the setter's writes are visible.
#include "test.h"

#include "base/compiler.h"
#include "sync/event.h"
#include "sync/parking_lot.h"

TEST(event_wait_returns_at_once_when_already_set)
{
    tgi_event e = TGI_EVENT_INIT;
    CHECK(!tgi_event_is_set(&e));
    tgi_event_set(&e);
    CHECK(tgi_event_is_set(&e));
    CHECK(tgi_event_wait(&e, tgi_deadline_now()));
    tgi_event_set(&e);
    CHECK(tgi_event_wait(&e, TGI_DEADLINE_NEVER));
}

TEST(event_wait_gives_up_at_its_deadline_and_not_before)
{
    tgi_event e = TGI_EVENT_INIT;
    CHECK(!tgi_event_wait(&e, tgi_deadline_now()));
    int64_t until = tgi_deadline_after_ns(3 * TGI_NS_PER_MS);
    CHECK(!tgi_event_wait(&e, until));
    CHECK(tgi_clock_now_ns() >= until);
    CHECK_EQ_INT(tgi_event_wait_flags(&e, until, 0), TG_ERR_TIMEOUT);
}

TEST(event_can_be_set_after_a_waiter_gave_up)
{
    tgi_event e = TGI_EVENT_INIT;
    CHECK(!tgi_event_wait(&e, tgi_deadline_after_ns(TGI_NS_PER_MS / 10)));
    tgi_event_set(&e);
    CHECK(tgi_event_wait(&e, tgi_deadline_now()));
    tgi_event_reset(&e);
    CHECK(!tgi_event_is_set(&e));
}

enum { THREADS = 5 };

typedef struct round_state {
    tgi_event e;
    int payload; // written before set, read after wait: TSan checks the order
} round_state;

static round_state *rounds;
static long round_count;

static void wait_or_set(void *context, int index)
{
    (void)context;
    for (long r = 0; r < round_count; r++) {
        if (index == r % THREADS) {
            rounds[r].payload = (int)r + 1;
            tgi_event_set(&rounds[r].e);
        } else {
            REQUIRE(tgi_event_wait(&rounds[r].e, TGI_DEADLINE_NEVER));
            if (rounds[r].payload != r + 1)
                FAIL("round %ld: payload %d", r, rounds[r].payload);
        }
    }
}

TEST(event_wakes_every_waiter_in_every_round)
{
    static round_state storage[4000];
    rounds = storage;
    round_count = test_scale(400);
    if (round_count > 4000)
        round_count = 4000;
    test_run_threads(THREADS, wait_or_set, NULL);
}

static tgi_event late;

static void wait_late(void *context, int index)
{
    (void)context;
    (void)index;
    CHECK(tgi_event_wait(&late, TGI_DEADLINE_NEVER));
}

TEST(event_wakes_threads_that_are_surely_parked)
{
    tgi_event_reset(&late);
    test_threads *threads = test_threads_start(THREADS, wait_late, NULL);
    while (tgi_parked_count(&late) < THREADS)
        tgi_cpu_relax();
    CHECK_EQ_UINT(atom_load_seq_cst(&late.word), TGI_EVENT_WAITERS);
    tgi_event_set(&late);
    test_threads_join(threads);
    CHECK_EQ_UINT(tgi_parked_count(&late), 0);
}
