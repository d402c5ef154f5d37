// SPDX-License-Identifier: MIT
//
// test_patience.c - whoever watches a run that stands still.
//
// Attacks P2 and what counts as standing still. The run is the thread of the test, which beats by
// hand. Wrong results: a run that goes on is told of, or one that waits is not; a thread that
// computes has no more time than one that waits; the run goes on while it is looked at.
#include "test.h"

#include "stress/engine.h"
#include "stress/patience.h"

#include "base/clock.h"     // TGI_NS_PER_MS
#include "thread/runtime.h" // pending signals

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOOKS = 50 };

static tg_runtime runtime;
static tg_thread main_thread;
static tgi_task task;
static tgi_engine e;

// What the thread that watches has told; read when it has ended.
static struct {
    int times;
    bool standing;
    bool moved; // the run did, while it was told
    tgi_failure_kind kind;
    double silent; // seconds, as the text has it
    char text[512];
} told;

static int ends[2];             // of a pipe: a byte comes whenever it is told
static atomic_bool computing;   // until it is told
static atomic_uint_fast64_t at; // counts while it computes

static void note(void *arg, bool standing)
{
    (void)arg;
    uint_fast64_t before = atomic_load(&at);
    for (int i = 0; standing && i < LOOKS; i++) {
        (void)poll(NULL, 0, 1);
        told.moved |= atomic_load(&at) != before;
    }
    told.times++;
    told.standing = standing;
    told.kind = e.failure.kind;
    snprintf(told.text, sizeof told.text, "%s", standing ? e.failure.text : "");
    const char *silent = strstr(told.text, "no point for ");
    told.silent = silent != NULL ? strtod(silent + strlen("no point for "), NULL) : -1;
    CHECK(write(ends[1], "", 1) == 1);
    atomic_store(&computing, false);
}

static tgi_patience *begin(int64_t ns)
{
    memset(&told, 0, sizeof told);
    main_thread.runtime = &runtime;
    task = (tgi_task){.engine = &e, .name = "MainThread"};
    e.main = &main_thread;
    e.current = &task;
    REQUIRE(pipe(ends) == 0);
    tgi_patience *p = tgi_patience_new(&e, ns, note, NULL);
    REQUIRE(p != NULL);
    tgi_patience_begin(p);
    return p;
}

static void finish(tgi_patience *p)
{
    tgi_patience_end(p);
    tgi_patience_free(p);
    (void)close(ends[0]);
    (void)close(ends[1]);
    free(e.failure.text);
    e.failure = (tgi_failure){0};
}

// Waits in the kernel until it is told.
static void wait_in_kernel(void)
{
    char c;
    while (read(ends[0], &c, 1) != 1)
        ; // the signal that holds the run
}

// Computes until it is told. The thread sanitizer holds a signal back until a function of the C
// library is called.
static void compute(void)
{
    time_t now;
    atomic_store(&computing, true);
    while (atomic_load(&computing)) {
        (void)time(&now);
        atomic_fetch_add(&at, 1);
    }
}

TEST(a_run_that_waits_is_told_of)
{
    tgi_patience *p = begin(50 * TGI_NS_PER_MS);
    wait_in_kernel();
    finish(p);
    CHECK_EQ_INT(told.times, 1);
    CHECK(told.standing && told.kind == TGI_FAIL_STALLED);
    CHECK(strstr(told.text, "MainThread waits for something") != NULL);
    CHECK(strstr(told.text, "read: descriptor ") != NULL && strstr(told.text, "(pipe:") != NULL);
    CHECK(told.silent >= 0 && told.silent < 0.5);
}

// It is in the kernel whenever it is looked at, for four times as long as it is waited for.
TEST(a_run_that_goes_on_is_not_told_of)
{
    tgi_patience *p = begin(100 * TGI_NS_PER_MS);
    for (int i = 0; i < 40; i++) {
        tgi_engine_beat(&e);
        (void)poll(NULL, 0, 10);
    }
    finish(p);
    CHECK_EQ_INT(told.times, 0);
}

TEST(a_run_that_computes_has_ten_times_as_long)
{
    tgi_patience *p = begin(50 * TGI_NS_PER_MS);
    compute();
    finish(p);
    CHECK_EQ_INT(told.times, 1);
    CHECK(told.standing && told.kind == TGI_FAIL_STALLED);
    CHECK(told.silent >= 0.5);
}

TEST(a_run_stands_while_it_is_told_of)
{
    tgi_patience *p = begin(10 * TGI_NS_PER_MS);
    compute();
    finish(p);
    CHECK(told.standing && !told.moved);
}

// A second is enough, whatever the patience.
TEST(an_interrupt_is_not_waited_for_so_long)
{
    atomic_store(&runtime.signals.pending, UINT64_C(1) << SIGINT);
    tgi_patience *p = begin(2 * TGI_NS_PER_S);
    wait_in_kernel();
    finish(p);
    atomic_store(&runtime.signals.pending, 0);
    CHECK_EQ_INT(told.kind, TGI_FAIL_INTERRUPT);
    CHECK(told.silent >= 1 && told.silent < 2);
}

TEST(nobody_is_told_between_two_runs)
{
    tgi_patience *p = begin(50 * TGI_NS_PER_MS);
    tgi_patience_end(p);
    for (int i = 0; i < 20; i++)
        (void)poll(NULL, 0, 10);
    CHECK_EQ_INT(told.times, 0);
    tgi_patience_begin(p);
    wait_in_kernel();
    finish(p);
    CHECK_EQ_INT(told.times, 1);
    CHECK_EQ_INT(told.kind, TGI_FAIL_STALLED);
}

TEST(who_has_rested_watches_the_next_run)
{
    tgi_patience *p = begin(50 * TGI_NS_PER_MS);
    wait_in_kernel();
    tgi_patience_end(p);
    tgi_patience_rest(p);
    tgi_patience_begin(p);
    wait_in_kernel();
    finish(p);
    CHECK_EQ_INT(told.times, 2);
}
