// SPDX-License-Identifier: MIT
//
// test_fork.c - a child with one thread, whatever the others were doing.
//
// Wrong results: a child that hangs on a lock of a dead thread (time-out), a parent that stays
// stopped, a child that cannot start threads.
#include "world.h"

#include "base/config.h"
#include "sync/mutex.h"
#include "sync/parking_lot.h"
#include "thread/defer.h"
#include "thread/fork.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

// ThreadSanitizer refuses new threads in a child of a process with several, unless told otherwise.
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "die_after_fork=0";
}

static _Atomic(bool) stop_flag;
static _Atomic(int) ready;
static tgi_mutex shared;
static _Atomic(long) counter;

static void be_busy(tg_thread *t, void *arg)
{
    (void)arg;
    atom_add_seq_cst(&ready, 1);
    while (!atom_load_seq_cst(&stop_flag)) {
        tgi_mutex_lock_detach(&shared);
        atom_add_relaxed(&counter, 1);
        tgi_mutex_unlock(&shared);
        tgi_defer_free(t, tgi_raw_alloc(32), 32);
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        tgi_thread_detach(t);
        tgi_thread_attach(t);
    }
}

static void add_one(tg_thread *t, void *arg)
{
    (void)t;
    ++*(long *)arg;
}

// Returns the exit code of the child.
static int live_in_child(world *w)
{
    alarm(20);
    if (w->rt->thread_count != 1 || w->rt->threads != w->t || !tgi_thread_is_attached(w->t))
        return 2;
    tgi_mutex_reset(&shared); // an object's lock: its owner may be gone
    tgi_mutex_lock_detach(&shared);
    tgi_mutex_unlock(&shared);
    long value = 0;
    for (int i = 0; i < 3; i++) {
        tgi_thread_handle *h = NULL;
        if (tgi_thread_start(w->rt->main_interp, add_one, &value, NULL, &h) != TG_OK)
            return 3;
        if (tgi_thread_join(h, TGI_DEADLINE_NEVER, 0) != TG_OK)
            return 4;
        tgi_thread_handle_release(h);
        tgi_stop_the_world_global(w->t, w->rt, TGI_CAUSE_TEST);
        tgi_start_the_world_global(w->t, w->rt);
        if (tgi_breaker_poll(w->t) != TG_OK)
            return 5;
    }
    if (value != 3)
        return 6;
    (void)tgi_defer_process(w->t);
    if (tgi_runtime_end_threads(w->rt, w->t) != 0)
        return 7;
    tgi_runtime_destroy(w->rt, w->t);
    return 0;
}

static void run_forks(bool gil_on)
{
    world w = world_new(gil_on, true, NULL);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h[3];
    for (int i = 0; i < 3; i++)
        h[i] = world_start(&w, be_busy, NULL);
    world_await(w.t, &ready, 3);
    for (long i = 0; i < test_scale(8); i++) {
        tgi_fork_prepare(w.t);
        pid_t pid = fork();
        if (pid == 0) {
            tgi_fork_child(w.t);
            _exit(live_in_child(&w));
        }
        tgi_fork_parent(w.t);
        REQUIRE(pid > 0);
        int status = 0;
        tgi_thread_detach(w.t);
        REQUIRE(waitpid(pid, &status, 0) == pid);
        tgi_thread_attach(w.t);
        CHECK_EQ_INT(status, 0);
    }
    long before = atom_load_relaxed(&counter);
    while (atom_load_relaxed(&counter) == before) { // the parent's threads run again
        tgi_mutex_lock_detach(&shared);
        tgi_mutex_unlock(&shared);
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
        tgi_thread_detach(w.t);
        sched_yield();
        tgi_thread_attach(w.t);
    }
    atom_store_seq_cst(&stop_flag, true);
    for (int i = 0; i < 3; i++)
        world_join(h[i]);
    world_end(&w);
}

// -- a lock on its way to a thread that is stopped
// ---------------------------------------------------

static void take_and_give(tg_thread *t, void *arg)
{
    (void)t;
    atom_add_seq_cst(&ready, 1);
    tgi_mutex_lock_detach(arg);
    tgi_mutex_unlock(arg);
}

// The waiter has waited long enough to be handed the lock, and is handed it while the world is
// stopped: it cannot take note before the fork. Without open_given the child waits for ever.
TEST(lock_that_was_handed_to_a_sleeping_thread_is_open_in_the_child)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&ready, 0);
    tgi_mutex_reset(&shared);
    tgi_mutex_lock_detach(&shared);
    tgi_thread_handle *h = world_start(&w, take_and_give, &shared);
    world_await(w.t, &ready, 1);
    while (tgi_parked_count(&shared.bits) == 0)
        sched_yield();
    int64_t fair = tgi_clock_now_ns() + 2 * TGI_MUTEX_FAIR_NS;
    while (tgi_clock_now_ns() < fair)
        sched_yield();
    tgi_fork_prepare(w.t);
    tgi_mutex_unlock(&shared);
    CHECK(tgi_mutex_is_locked(&shared)); // handed over
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20);
        tgi_fork_child(w.t);
        bool open = tgi_mutex_trylock(&shared), gone = tgi_thread_handle_is_gone(h);
        tg_status joined = tgi_thread_join(h, TGI_DEADLINE_NEVER, 0);
        tgi_thread_handle_release(h);
        _exit(!open ? 2 : !gone ? 3 : joined != TG_OK ? 4 : 0);
    }
    tgi_fork_parent(w.t);
    REQUIRE(pid > 0);
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK_EQ_INT(status, 0);
    world_join(h);
    CHECK(!tgi_mutex_is_locked(&shared));
    world_end(&w);
}

// -- a started thread forks ----------------------------------------------------------------------

static void fork_here(tg_thread *t, void *arg)
{
    tgi_fork_prepare(t);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20);
        tgi_fork_child(t);
        sigset_t blocked;
        pthread_sigmask(SIG_BLOCK, NULL, &blocked);
        _exit(!t->is_main ? 2 : sigismember(&blocked, SIGINT) ? 3 : 0);
    }
    tgi_fork_parent(t);
    REQUIRE(pid > 0);
    REQUIRE(waitpid(pid, arg, 0) == pid);
}

TEST(thread_that_forks_is_the_main_thread_of_the_child_and_takes_signals)
{
    world w = world_new(true, true, NULL);
    int status = -1;
    world_join(world_start(&w, fork_here, &status));
    CHECK_EQ_INT(status, 0);
    world_end(&w);
}

TEST(child_is_usable_without_gil)
{
    run_forks(false);
}

TEST(child_is_usable_with_gil)
{
    run_forks(true);
}
