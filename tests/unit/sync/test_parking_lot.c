// SPDX-License-Identifier: MIT
//
// test_parking_lot.c - waiting on an address.
//
// Attacks P1..P4. Wrong results: a lost wake-up (time-out of the test), a wake-up that reaches the
// wrong address, a wake-up counted twice when it races with a deadline, an interrupt that is lost.
#include "test.h"

#include "base/clock.h"
#include "base/os.h"
#include "sync/parking_lot.h"

#include <errno.h>
#include <sched.h>

static _Atomic(uint32_t) word;

TEST(park_returns_at_once_when_the_word_has_changed)
{
    _Atomic(uint8_t) b = 1;
    _Atomic(uint16_t) h = 1;
    _Atomic(uint64_t) d = UINT64_C(1) << 40;
    uint8_t not_b = 2;
    uint16_t not_h = 2;
    uint64_t not_d = 0;
    CHECK_EQ_INT(tgi_park(&b, &not_b, 1, TGI_DEADLINE_NEVER, NULL, 0), TGI_PARK_AGAIN);
    CHECK_EQ_INT(tgi_park(&h, &not_h, 2, TGI_DEADLINE_NEVER, NULL, 0), TGI_PARK_AGAIN);
    CHECK_EQ_INT(tgi_park(&d, &not_d, 8, TGI_DEADLINE_NEVER, NULL, 0), TGI_PARK_AGAIN);
}

TEST(park_ends_at_its_deadline_and_keeps_errno)
{
    uint32_t expected = 0;
    atom_store_seq_cst(&word, 0);
    errno = 42;
    int64_t until = tgi_deadline_after_ns(2 * TGI_NS_PER_MS);
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, until, NULL, 0), TGI_PARK_TIMEOUT);
    CHECK(tgi_clock_now_ns() >= until);
    CHECK_EQ_INT(errno, 42);
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, tgi_deadline_now(), NULL, 0), TGI_PARK_TIMEOUT);
    CHECK_EQ_UINT(tgi_parked_count(&word), 0);
}

typedef struct call {
    int calls;
    bool found, has_more;
    void *waiter_arg;
} call;

static void note_call(void *ctx, bool found, void *waiter_arg, bool has_more)
{
    call *c = ctx;
    c->calls++;
    c->found = found;
    c->has_more = has_more;
    c->waiter_arg = waiter_arg;
}

TEST(unpark_of_nobody_still_calls_the_callback)
{
    call c = {0};
    CHECK(!tgi_unpark_one(&word, note_call, &c));
    CHECK_EQ_INT(c.calls, 1);
    CHECK(!c.found && !c.has_more && c.waiter_arg == NULL);
    CHECK_EQ_UINT(tgi_unpark_all(&word), 0);
}

static _Atomic(int) order;
static _Atomic(int) position[8];

static void park_in_turn(void *context, int index)
{
    (void)context;
    uint32_t expected = 7;
    while (atom_load_seq_cst(&order) != index)
        sched_yield();
    // The next thread starts when this one is on the queue.
    atom_store_seq_cst(&position[index], -1);
    int arg = index;
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, TGI_DEADLINE_NEVER, &arg, 0), TGI_PARK_OK);
    atom_store_seq_cst(&position[index], atom_add_seq_cst(&order, 1));
}

TEST(waiters_are_woken_in_the_order_of_arrival)
{
    atom_store_seq_cst(&word, 7);
    atom_store_seq_cst(&order, 0);
    test_threads *threads = test_threads_start(4, park_in_turn, NULL);
    for (int i = 0; i < 4; i++) {
        while (tgi_parked_count(&word) < (size_t)i + 1)
            sched_yield();
        atom_store_seq_cst(&order, i + 1);
    }
    for (int i = 0; i < 4; i++) {
        call c = {0};
        CHECK(tgi_unpark_one(&word, note_call, &c));
        CHECK(c.found);
        CHECK_EQ_INT(c.has_more, i < 3);
        while (atom_load_seq_cst(&position[i]) < 0)
            sched_yield();
        CHECK_EQ_INT(atom_load_seq_cst(&position[i]), 4 + i);
    }
    test_threads_join(threads);
}

static _Atomic(uint32_t) words[64];

static void park_on_own_word(void *context, int index)
{
    (void)context;
    uint32_t expected = 0;
    CHECK_EQ_INT(tgi_park(&words[index], &expected, 4, TGI_DEADLINE_NEVER, NULL, 0), TGI_PARK_OK);
}

TEST(wakeups_reach_their_own_address_only)
{
    enum { N = 12 };
    for (int i = 0; i < N; i++)
        atom_store_seq_cst(&words[i], 0);
    test_threads *threads = test_threads_start(N, park_on_own_word, NULL);
    for (int i = 0; i < N; i++)
        while (tgi_parked_count(&words[i]) == 0)
            sched_yield();
    for (int i = 0; i < N; i++) {
        call c = {0};
        CHECK(tgi_unpark_one(&words[i], note_call, &c));
        CHECK(!c.has_more); // exact, even in a shared bucket
        for (int k = i + 1; k < N; k++)
            CHECK_EQ_UINT(tgi_parked_count(&words[k]), 1);
    }
    test_threads_join(threads);
}

// -- a counting semaphore built on the lot: every unit is consumed exactly once -------------------

static _Atomic(uint32_t) units;
static _Atomic(long) consumed, timeouts, found_waiter, woken;
static long produced_each;

static bool take_unit(void)
{
    uint32_t seen = atom_load_seq_cst(&units);
    while (seen > 0)
        if (atom_cas_weak_seq_cst(&units, &seen, seen - 1))
            return true;
    return false;
}

static void produce_or_consume(void *context, int index)
{
    (void)context;
    test_rng rng = test_rng_new((uint64_t)index);
    if (index < 2) {
        for (long i = 0; i < produced_each; i++) {
            atom_add_seq_cst(&units, 1);
            if (tgi_unpark_one(&units, NULL, NULL))
                atom_add_seq_cst(&found_waiter, 1);
        }
        return;
    }
    for (;;) {
        if (take_unit()) {
            atom_add_seq_cst(&consumed, 1);
            continue;
        }
        if (atom_load_seq_cst(&consumed) == 2 * produced_each)
            break;
        uint32_t zero = 0;
        // Deadlines so short that they race with wake-ups.
        int64_t until = tgi_deadline_after_ns((int64_t)test_rng_below(&rng, 60000));
        switch (tgi_park(&units, &zero, 4, until, NULL, 0)) {
        case TGI_PARK_TIMEOUT:
            atom_add_seq_cst(&timeouts, 1);
            break;
        case TGI_PARK_OK:
            atom_add_seq_cst(&woken, 1);
            break;
        default:
            break;
        }
    }
}

TEST(no_unit_is_lost_when_wakeups_race_with_deadlines)
{
    atom_store_seq_cst(&units, 0);
    atom_store_seq_cst(&consumed, 0);
    produced_each = test_scale(3000);
    test_run_threads(6, produce_or_consume, NULL);
    CHECK_EQ_INT(atom_load_seq_cst(&consumed), 2 * produced_each);
    CHECK_EQ_INT(
        atom_load_seq_cst(&woken),
        atom_load_seq_cst(&found_waiter)); // who was taken off the queue says so, deadline or not
    CHECK_EQ_UINT(atom_load_seq_cst(&units), 0);
    CHECK_EQ_UINT(tgi_parked_count(&units), 0);
}

static int woken_at_the_last_moment(const void *address, uint32_t expected, tgi_deadline until)
{
    (void)address;
    (void)expected;
    (void)until;
    CHECK(tgi_unpark_one(&word, NULL, NULL));
    errno = ETIMEDOUT;
    return -1;
}

TEST(wakeup_that_meets_the_deadline_counts_as_a_wakeup)
{
    tgi_os.futex_wait = woken_at_the_last_moment;
    atom_store_seq_cst(&word, 0);
    uint32_t expected = 0;
    tgi_deadline until = tgi_deadline_after_ns(TGI_NS_PER_S);
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, until, NULL, 0), TGI_PARK_OK);
    tgi_os_reset();
    CHECK_EQ_UINT(tgi_parked_count(&word), 0);
}

// -- ping-pong without deadlines: a lost wake-up hangs --------------------------------------------

static long rounds;

static void ping_pong(void *context, int index)
{
    (void)context;
    for (long i = 0; i < rounds; i++) {
        uint32_t mine = (uint32_t)(2 * i + index);
        for (;;) {
            uint32_t seen = atom_load_seq_cst(&word);
            if (seen == mine)
                break;
            (void)tgi_park(&word, &seen, 4, TGI_DEADLINE_NEVER, NULL, 0);
        }
        atom_store_seq_cst(&word, mine + 1);
        (void)tgi_unpark_all(&word);
    }
}

TEST(ping_pong_never_hangs)
{
    atom_store_seq_cst(&word, 0);
    rounds = test_scale(3000);
    test_run_threads(2, ping_pong, NULL);
    CHECK_EQ_UINT(atom_load_seq_cst(&word), 2 * (uint32_t)rounds);
}

// -- hooks ----------------------------------------------------------------------------------------

static _Thread_local int detach_calls, attach_calls;
static _Thread_local bool attached;
static _Atomic(bool) pending;
static _Atomic(tgi_parker *) sleeper;

static void *hook_detach(void)
{
    if (!attached)
        return NULL;
    attached = false;
    detach_calls++;
    errno = 1;
    return &detach_calls;
}

static void hook_attach(void *token)
{
    CHECK_EQ_PTR(token, &detach_calls);
    attached = true;
    attach_calls++;
    errno = 2;
}

static bool hook_interrupted(void)
{
    return atom_load_seq_cst(&pending);
}

static bool hook_hurried(void)
{
    return false;
}

static const tgi_park_hooks hooks = {hook_detach, hook_attach, hook_interrupted, hook_hurried,
                                     NULL};

TEST(parking_detaches_and_attaches_exactly_once)
{
    tgi_park_set_hooks(&hooks);
    uint32_t expected = 0;
    atom_store_seq_cst(&word, 0);
    attached = true;
    errno = 33;
    int64_t until = tgi_deadline_after_ns(TGI_NS_PER_MS / 10);
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, until, NULL, TGI_PARK_DETACH), TGI_PARK_TIMEOUT);
    CHECK_EQ_INT(detach_calls, 1);
    CHECK_EQ_INT(attach_calls, 1);
    CHECK_EQ_INT(errno, 33);
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, until, NULL, 0), TGI_PARK_TIMEOUT);
    CHECK_EQ_INT(detach_calls, 1);
    expected = 1;
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, until, NULL, TGI_PARK_DETACH), TGI_PARK_AGAIN);
    CHECK_EQ_INT(detach_calls, 1);
    attached = false;
    expected = 0;
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, until, NULL, TGI_PARK_DETACH), TGI_PARK_TIMEOUT);
    CHECK_EQ_INT(attach_calls, 1);
    tgi_park_set_hooks(NULL);
}

static void *detach_and_change_the_word(void)
{
    // As if another thread changed the word and woke everybody before we were on the queue.
    atom_store_seq_cst(&word, 1);
    CHECK_EQ_UINT(tgi_unpark_all(&word), 0);
    return &detach_calls;
}

TEST(change_between_the_first_look_and_the_queue_is_seen)
{
    static const tgi_park_hooks late_change = {detach_and_change_the_word, hook_attach,
                                               hook_interrupted, hook_hurried, NULL};
    tgi_park_set_hooks(&late_change);
    uint32_t expected = 0;
    atom_store_seq_cst(&word, 0);
    tgi_deadline until = tgi_deadline_after_ns(TGI_NS_PER_S);
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, until, NULL, TGI_PARK_DETACH), TGI_PARK_AGAIN);
    tgi_park_set_hooks(NULL);
}

TEST(reason_that_was_there_before_the_wait_ends_it_at_once)
{
    tgi_park_set_hooks(&hooks);
    uint32_t expected = 0;
    atom_store_seq_cst(&word, 0);
    atom_store_seq_cst(&pending, true);
    tgi_parker_interrupt(tgi_parker_self()); // erased when the wait begins
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, tgi_deadline_after_ns(TGI_NS_PER_S), NULL,
                          TGI_PARK_INTERRUPTIBLE),
                 TGI_PARK_INTERRUPTED);
    // A wait that is not interruptible is not ended by it.
    CHECK_EQ_INT(tgi_park(&word, &expected, 4, tgi_deadline_after_ns(TGI_NS_PER_MS), NULL, 0),
                 TGI_PARK_TIMEOUT);
    atom_store_seq_cst(&pending, false);
    tgi_park_set_hooks(NULL);
}

static void sleep_interruptibly(void *context, int index)
{
    (void)context;
    (void)index;
    atom_store_seq_cst(&sleeper, tgi_parker_self());
    uint32_t expected = 0;
    for (long i = 0; i < rounds; i++) {
        CHECK_EQ_INT(
            tgi_park(&word, &expected, 4, TGI_DEADLINE_NEVER, NULL, TGI_PARK_INTERRUPTIBLE),
            TGI_PARK_INTERRUPTED);
        atom_store_seq_cst(&pending, false); // handled
    }
    atom_store_seq_cst(&sleeper, NULL);
}

TEST(interrupt_is_never_lost_however_it_races_with_parking)
{
    tgi_park_set_hooks(&hooks);
    atom_store_seq_cst(&word, 0);
    atom_store_seq_cst(&pending, false);
    atom_store_seq_cst(&sleeper, NULL);
    rounds = test_scale(2000);
    test_threads *threads = test_threads_start(1, sleep_interruptibly, NULL);
    while (atom_load_seq_cst(&sleeper) == NULL)
        sched_yield();
    for (long i = 0; i < rounds; i++) {
        tgi_parker *parker = atom_load_seq_cst(&sleeper);
        atom_store_seq_cst(&pending, true);
        tgi_parker_interrupt(parker);
        while (atom_load_seq_cst(&pending)) // lost: this never ends
            sched_yield();
    }
    test_threads_join(threads);
    tgi_park_set_hooks(NULL);
}
