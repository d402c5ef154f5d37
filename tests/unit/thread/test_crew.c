// SPDX-License-Identifier: MIT
//
// test_crew.c - helpers do what is open, and are gone afterwards.
//
// Attacks     W1, W2 of thread/crew.c. Wrong looks like: a run that returns while somebody is still
//             at work (busy is not 0), work that is done twice by one helper, a helper that no
//             signal mask protects, a run that waits for ever.
#include "test.h"

#include "base/os.h"
#include "thread/crew.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

static atomic_int busy, calls[TGI_CREW_MAX], helpers_seen;
static atomic_bool masked;

static void wait_for_helper(void *arg, unsigned index)
{
    (void)arg;
    atomic_fetch_add(&busy, 1);
    atomic_fetch_add(&calls[index], 1);
    if (index != 0) {
        sigset_t mask;
        pthread_sigmask(SIG_SETMASK, NULL, &mask);
        if (sigismember(&mask, SIGINT) != 1 || sigismember(&mask, SIGSEGV) != 0)
            atomic_store(&masked, false);
        atomic_fetch_add(&helpers_seen, 1);
        // Longer than the caller's part: it leaves as soon as it has seen a helper.
        for (int i = 0; i < 20; i++)
            sched_yield();
    } else {
        while (atomic_load(&helpers_seen) == 0)
            sched_yield();
    }
    atomic_fetch_sub(&busy, 1);
}

TEST(run_returns_when_all_are_done)
{
    tgi_crew crew;
    tgi_crew_begin(&crew, 4);
    REQUIRE(crew.helpers == 3);
    atomic_store(&masked, true);
    for (int run = 1; run <= 10; run++) {
        atomic_store(&helpers_seen, 0);
        tgi_crew_run(&crew, wait_for_helper, NULL);
        CHECK_EQ_INT(atomic_load(&busy), 0);
        for (unsigned i = 0; i < 4; i++)
            CHECK(atomic_load(&calls[i]) <= run);
        CHECK_EQ_INT(atomic_load(&calls[0]), run);
    }
    CHECK(atomic_load(&masked));
    tgi_crew_dismiss(&crew);
    tgi_crew_end(&crew);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    CHECK_EQ_INT(sigismember(&mask, SIGINT), 0);
}

static int no_thread(pthread_t *out, size_t stack_bytes, void *(*fn)(void *), void *arg)
{
    (void)out, (void)stack_bytes, (void)fn, (void)arg;
    return 11; // EAGAIN
}

static void alone(void *arg, unsigned index)
{
    *(int *)arg += index == 0 ? 1 : 100;
}

TEST(without_threads_the_caller_does_it_alone)
{
    tgi_crew crew;
    tgi_os.thread_create = no_thread;
    tgi_crew_begin(&crew, TGI_CREW_MAX);
    tgi_os_reset();
    CHECK_EQ_UINT(crew.helpers, 0);
    int n = 0;
    tgi_crew_run(&crew, alone, &n);
    CHECK_EQ_INT(n, 1);
    tgi_crew_dismiss(&crew);
    tgi_crew_end(&crew);
}

TEST(a_crew_that_never_works_ends)
{
    for (unsigned members = 0; members <= TGI_CREW_MAX + 1; members++) {
        tgi_crew crew;
        tgi_crew_begin(&crew, members);
        CHECK(crew.helpers < TGI_CREW_MAX);
        tgi_crew_dismiss(&crew);
        tgi_crew_end(&crew);
    }
    CHECK(tgi_crew_processors() >= 1);
}
