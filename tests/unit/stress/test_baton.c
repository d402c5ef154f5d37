// SPDX-License-Identifier: MIT
//
// test_baton.c - fibers that are OS threads.
//
// Attacks B1 and B2. Wrong results: two run at a time, somebody else runs than the one that was
// given the baton, one that has ended goes on or is not gone.
#include "test.h"

#include "stress/baton.h"

#include "base/config.h" // stack sizes

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

enum { BATONS = 4, SIGNALS = 200, ENDS_AFTER_MS = 50 };

static tgi_baton *batons[BATONS]; // 0: the thread of the test
static const int numbers[BATONS] = {0, 1, 2, 3};
static int holder; // no lock: one runs at a time

static void pass(int from, int to, bool final)
{
    holder = to;
    tgi_baton_pass(batons[from], batons[to], final);
    REQUIRE(!final);
    REQUIRE(holder == from);
}

static void make(void)
{
    holder = 0;
    for (int i = 0; i < BATONS; i++) {
        batons[i] = tgi_baton_new(i == 0 ? 0 : TGI_THREAD_STACK_BYTES);
        REQUIRE(batons[i] != NULL);
    }
}

static void drop(void)
{
    for (int i = 0; i < BATONS; i++)
        tgi_baton_free(batons[i]);
}

// --- a walk

static test_rng rng;
static bool ending;
static long visits[BATONS];

static void walk(void *arg)
{
    int me = *(const int *)arg;
    long own = 0;
    REQUIRE(holder == me);
    while (!ending) {
        CHECK_EQ_INT(visits[me], own);
        visits[me] = ++own;
        int next = (int)test_rng_below(&rng, BATONS);
        if (next != me)
            pass(me, next, false);
    }
    pass(me, 0, true);
}

TEST(whoever_is_given_the_baton_runs_and_nobody_else)
{
    rng = test_rng_new(0);
    ending = false;
    memset(visits, 0, sizeof visits);
    make();
    for (int i = 1; i < BATONS; i++)
        tgi_baton_prepare(batons[i], walk, (void *)(uintptr_t)&numbers[i]);
    for (long n = test_scale(1000); n > 0; n--)
        pass(0, 1 + (int)test_rng_below(&rng, BATONS - 1), false);
    ending = true;
    for (int i = 1; i < BATONS; i++)
        pass(0, i, false);
    drop();
    CHECK(visits[1] + visits[2] + visits[3] > 0);
}

// --- signals

static pthread_t waiter;
static atomic_int taken;

static void take(int signo)
{
    (void)signo;
    atomic_fetch_add(&taken, 1);
}

static void send(void *arg)
{
    (void)arg;
    for (int i = 1; i <= SIGNALS; i++) {
        REQUIRE(pthread_kill(waiter, SIGUSR1) == 0);
        while (atomic_load(&taken) < i)
            (void)sched_yield();
    }
    pass(1, 0, true);
}

TEST(a_signal_does_not_give_the_baton)
{
    struct sigaction action = {.sa_handler = take}, before;
    sigemptyset(&action.sa_mask);
    REQUIRE(sigaction(SIGUSR1, &action, &before) == 0);
    waiter = pthread_self();
    atomic_store(&taken, 0);
    make();
    tgi_baton_prepare(batons[1], send, NULL);
    pass(0, 1, false);
    drop();
    CHECK_EQ_INT(atomic_load(&taken), SIGNALS);
    (void)sigaction(SIGUSR1, &before, NULL);
}

static sigset_t of_thread;

static void look_at_mask(void *arg)
{
    (void)arg;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &of_thread);
    pass(1, 0, true);
}

TEST(signals_go_to_the_first_thread_but_the_one_that_holds_a_run)
{
    sigset_t own;
    make();
    tgi_baton_prepare(batons[1], look_at_mask, NULL);
    pass(0, 1, false);
    drop();
    (void)pthread_sigmask(SIG_SETMASK, NULL, &own);
    CHECK(sigismember(&of_thread, SIGINT) && !sigismember(&of_thread, SIGURG));
    CHECK(!sigismember(&own, SIGINT) && !sigismember(&own, SIGURG));
}

// --- the end

static pthread_key_t at_exit;
static atomic_bool gone;
static _Thread_local int lives;
static char order[4];
static size_t length;

// Takes its time, so that whoever does not wait is seen.
static void note_gone(void *arg)
{
    (void)arg;
    (void)poll(NULL, 0, ENDS_AFTER_MS);
    atomic_store(&gone, true);
}

static void live_once(void *arg)
{
    CHECK_EQ_INT(lives++, 0);
    order[length++] = *(const char *)arg;
    REQUIRE(pthread_setspecific(at_exit, order) == 0);
    pass(1, 0, true);
}

TEST(one_that_has_ended_is_gone_before_it_begins_anew)
{
    static const char letters[] = "abc";
    REQUIRE(pthread_key_create(&at_exit, note_gone) == 0);
    length = 0;
    memset(order, 0, sizeof order);
    make();
    for (int i = 0; i < 3; i++) {
        tgi_baton_prepare(batons[1], live_once, (void *)(uintptr_t)&letters[i]);
        CHECK(i == 0 || atomic_load(&gone));
        atomic_store(&gone, false);
        pass(0, 1, false);
    }
    tgi_baton_settle(batons[1]);
    CHECK(atomic_load(&gone));
    CHECK_EQ_STR(order, "abc");
    drop();
    (void)pthread_key_delete(at_exit);
}
