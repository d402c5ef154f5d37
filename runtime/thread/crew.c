// SPDX-License-Identifier: MIT
//
// crew.c - helpers for a moment.
//
// How         the helpers look for open work; who enters is counted. The caller does its own part,
//             closes the work, and waits for those inside. A helper that is not scheduled in time
//             is not waited for.
// Owns        the helpers, from begin to end: there are none between two uses, so a fork, the end
//             of a runtime and a process that never needs them have nothing to look after.
// Locks       the crew's own, for a few instructions.
// Invariants  W1  a helper enters only work that is open, each at most once.
//             W2  run returns only with nobody inside, and nobody can enter any more.
// Rejected    threads that stay: starting and joining one is little beside the pauses worth helping
//             in (docs/decisions/0012). The threads that are stopped: they sit in system calls, or
//             hold locks. A barrier: one helper without a processor would hold up everybody.
#include "thread/crew.h"

#include "base/config.h" // TGI_SPIN_POLLS
#include "base/os.h"     // threads, futex

#include <limits.h> // INT_MAX
#include <sched.h>  // sched_getaffinity
#include <signal.h> // helpers handle none
#include <string.h> // memset

// A sanitizer puts much on the stack.
#define STACK_BYTES ((size_t)512 << 10)

unsigned tgi_crew_processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : (unsigned)n;
}

static void changed_locked(tgi_crew *crew)
{
    atom_add_relaxed(&crew->changes, 1); // ORDER: relaxed; the lock orders what it stands for.
}

static uint32_t changes_locked(tgi_crew *crew)
{
    return atom_load_relaxed(&crew->changes); // ORDER: relaxed; written under the lock.
}

static void wait_for_change(tgi_crew *crew, uint32_t seen)
{
    for (int spins = 0; spins < TGI_SPIN_POLLS * 10; spins++) {
        // ORDER: relaxed; who sees a change takes the lock.
        if (atom_load_relaxed(&crew->changes) != seen)
            return;
        tgi_cpu_relax();
    }
    (void)tgi_os.futex_wait(&crew->changes, seen, TGI_DEADLINE_NEVER);
}

static void wake(tgi_crew *crew)
{
    (void)tgi_os.futex_wake(&crew->changes, INT_MAX);
}

static void *help(void *arg)
{
    tgi_crew *crew = arg;
    (void)pthread_setname_np(pthread_self(), "togil-gc");
    tgi_rawlock_lock(&crew->lock);
    unsigned index = ++crew->came;
    uint32_t done = 0;
    while (!crew->over) {
        if (crew->fn != NULL && crew->run != done) {
            tgi_crew_fn *fn = crew->fn;
            void *what = crew->arg;
            done = crew->run;
            crew->inside++;
            tgi_rawlock_unlock(&crew->lock);
            fn(what, index);
            tgi_rawlock_lock(&crew->lock);
            if (--crew->inside == 0) {
                changed_locked(crew);
                wake(crew); // under the lock: the caller may be gone right after
            }
        } else {
            uint32_t seen = changes_locked(crew);
            tgi_rawlock_unlock(&crew->lock);
            wait_for_change(crew, seen);
            tgi_rawlock_lock(&crew->lock);
        }
    }
    tgi_rawlock_unlock(&crew->lock);
    return NULL;
}

void tgi_crew_begin(tgi_crew *crew, unsigned members)
{
    memset(crew, 0, sizeof *crew);
    crew->most = members > TGI_CREW_MAX ? TGI_CREW_MAX : members;
    sigset_t all, before;
    sigfillset(&all);
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGPROF};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&all, faults[i]);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); // a helper starts with our mask
    while (crew->helpers + 1 < crew->most &&
           tgi_os.thread_create(&crew->os[crew->helpers], STACK_BYTES, help, crew) == 0)
        crew->helpers++;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void tgi_crew_run(tgi_crew *crew, tgi_crew_fn *fn, void *arg)
{
    if (crew->helpers == 0) {
        fn(arg, 0);
        return;
    }
    tgi_rawlock_lock(&crew->lock);
    crew->fn = fn;
    crew->arg = arg;
    crew->run++;
    changed_locked(crew);
    tgi_rawlock_unlock(&crew->lock);
    wake(crew);
    fn(arg, 0);
    tgi_rawlock_lock(&crew->lock);
    crew->fn = NULL;
    while (crew->inside > 0) { // W2
        uint32_t seen = changes_locked(crew);
        tgi_rawlock_unlock(&crew->lock);
        wait_for_change(crew, seen);
        tgi_rawlock_lock(&crew->lock);
    }
    tgi_rawlock_unlock(&crew->lock);
}

unsigned tgi_crew_came(tgi_crew *crew)
{
    tgi_rawlock_lock(&crew->lock);
    unsigned came = crew->came;
    tgi_rawlock_unlock(&crew->lock);
    return came;
}

void tgi_crew_dismiss(tgi_crew *crew)
{
    if (crew->helpers == 0)
        return;
    tgi_rawlock_lock(&crew->lock);
    crew->over = true;
    changed_locked(crew);
    tgi_rawlock_unlock(&crew->lock);
    wake(crew);
}

void tgi_crew_end(tgi_crew *crew)
{
    tgi_crew_dismiss(crew); // on the way of an error nobody has
    for (unsigned i = 0; i < crew->helpers; i++)
        (void)tgi_os.thread_join(crew->os[i]);
    crew->helpers = 0;
}
