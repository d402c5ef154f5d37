// SPDX-License-Identifier: MIT
//
// test_stw_life.c - pauses beside each other, a fork among pauses, the end of a runtime whose
// daemons pause, and locks that were handed to a thread that is stopped.
//
// Wrong results: a pause of one interpreter that waits for the other's (time-out); a child in which
// no pause can begin; an end that waits for a thread that pauses; a wait, in a pause, for a lock
// whose owner is stopped: it would never end.
#include "world.h"

#include "sync/mutex.h"
#include "thread/fork.h"
#include "thread/stw.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static _Atomic(bool) stop_flag;
static _Atomic(int) ready;
static char text[4096];

// -- two interpreters -----------------------------------------------------------------------------

static _Atomic(int) both;

static void pause_own_interpreter(tg_thread *t, void *arg)
{
    (void)arg;
    tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
    atom_add_seq_cst(&both, 1);
    while (!atom_load_seq_cst(&stop_flag))
        sched_yield();
    tgi_start_the_world(t, t->interp);
}

TEST(pauses_of_two_interpreters_overlap)
{
    world w = world_new(false, true, NULL);
    tg_interp *second;
    tgi_thread_handle *h;
    REQUIRE(tgi_interp_new(w.rt, true, &second) == TG_OK);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&both, 0);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    REQUIRE(tgi_thread_start(second, pause_own_interpreter, NULL, NULL, &h) == TG_OK);
    while (atom_load_seq_cst(&both) == 0) // ends only if the second pause begins within the first
        sched_yield();
    CHECK(atom_load_seq_cst(&w.rt->main_interp->stw.is_stopped));
    CHECK(atom_load_seq_cst(&second->stw.is_stopped));
    CHECK(!atom_load_seq_cst(&w.rt->stw.is_stopped));
    atom_store_seq_cst(&stop_flag, true);
    tgi_start_the_world(w.t, w.rt->main_interp);
    world_join(h);
    // What the second interpreter did is still in the sum when it is gone.
    uint64_t before, after, longest;
    tgi_stw_totals(w.rt, &before, &longest);
    REQUIRE(tgi_interp_free(second) == TG_OK);
    tgi_stw_totals(w.rt, &after, &longest);
    CHECK_EQ_UINT(before, 2);
    CHECK_EQ_UINT(after, before);
    world_end(&w);
}

// -- fork -----------------------------------------------------------------------------------------

static void pause_until_told(tg_thread *t, void *arg)
{
    (void)arg;
    atom_add_seq_cst(&ready, 1);
    for (long i = 0; !atom_load_seq_cst(&stop_flag); i++) {
        if (i % 2 == 0) {
            tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
            tgi_start_the_world(t, t->interp);
        } else {
            tgi_stop_the_world_global(t, t->runtime, TGI_CAUSE_TEST);
            tgi_start_the_world_global(t, t->runtime);
        }
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    }
}

static int pause_in_child(world *w)
{
    if (w->rt->thread_count != 1 || tgi_world_is_stopped(w->t))
        return 1;
    tgi_stop_the_world(w->t, w->rt->main_interp, TGI_CAUSE_TEST);
    tgi_start_the_world(w->t, w->rt->main_interp);
    tgi_stop_the_world_global(w->t, w->rt, TGI_CAUSE_TEST);
    tgi_start_the_world_global(w->t, w->rt);
    return tgi_breaker_poll(w->t) == TG_OK ? 0 : 2;
}

TEST(fork_waits_for_its_turn_among_pauses_and_the_child_can_pause)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h[3];
    for (int i = 0; i < 3; i++)
        h[i] = world_start(&w, pause_until_told, NULL);
    world_await(w.t, &ready, 3);
    for (long i = 0; i < test_scale(10); i++) {
        tgi_fork_prepare(w.t);
        pid_t pid = fork();
        if (pid == 0) {
            tgi_fork_child(w.t);
            _exit(pause_in_child(&w));
        }
        tgi_fork_parent(w.t);
        REQUIRE(pid > 0);
        int status = 0;
        tgi_thread_detach(w.t);
        REQUIRE(waitpid(pid, &status, 0) == pid);
        tgi_thread_attach(w.t);
        CHECK_EQ_INT(status, 0);
    }
    atom_store_seq_cst(&stop_flag, true);
    for (int i = 0; i < 3; i++)
        world_join(h[i]);
    static tgi_stw_report report;
    tgi_stw_read(&w.rt->stw, &report);
    CHECK_EQ_UINT(report.pauses[TGI_CAUSE_FORK], (uint64_t)test_scale(10));
    world_end(&w);
}

// -- the end --------------------------------------------------------------------------------------

static tg_status unwind(tg_thread *t)
{
    (void)t;
    return TG_ERR_RAISED;
}

static void pause_until_unwound(tg_thread *t, void *arg)
{
    (void)arg;
    atom_add_seq_cst(&ready, 1);
    do {
        tgi_stop_the_world_global(t, t->runtime, TGI_CAUSE_TEST);
        tgi_start_the_world_global(t, t->runtime);
    } while (tgi_breaker_poll(t) == TG_OK);
}

static const tgi_start_options daemon_options = {.daemon = true};

TEST(daemons_that_pause_unwind_at_the_end)
{
    const tgi_core_hooks hooks = {.exit_requested = unwind};
    world w = world_new(false, true, &hooks);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h[3];
    for (int i = 0; i < 3; i++)
        REQUIRE(tgi_thread_start(w.rt->main_interp, pause_until_unwound, NULL, &daemon_options,
                                 &h[i]) == TG_OK);
    world_await(w.t, &ready, 3);
    CHECK_EQ_UINT(tgi_runtime_end_threads(w.rt, w.t), 0);
    for (int i = 0; i < 3; i++)
        world_join(h[i]);
    tgi_runtime_destroy(w.rt, w.t);
    CHECK_EQ_INT(tgi_raw_count().blocks, w.blocks_before);
}

// Daemons that never unwind, but poll: the last pause stops them, and they are never let in again.
static void end_with_stubborn_daemons(void *arg)
{
    (void)arg;
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&ready, 0);
    for (int i = 0; i < 3; i++) {
        tgi_thread_handle *h;
        REQUIRE(tgi_thread_start(w.rt->main_interp, pause_until_unwound, NULL, &daemon_options,
                                 &h) == TG_OK);
    }
    world_await(w.t, &ready, 3);
    uint32_t left = tgi_runtime_end_threads(w.rt, w.t);
    static tgi_stw_report report;
    tgi_stw_read(&w.rt->stw, &report);
    uint64_t ends = report.pauses[TGI_CAUSE_END];
    tgi_runtime_destroy(w.rt, w.t);
    _exit(left == 3 && ends == 1 ? 17 : 1);
}

TEST(daemons_that_go_on_pausing_are_left_behind)
{
    CHECK_EQ_INT(test_run_child(end_with_stubborn_daemons, NULL, text, sizeof text), 17);
}

// -- locks handed to a thread that is stopped -----------------------------------------------------

static tgi_mutex shared;

static void wait_for_the_lock(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    tgi_mutex_lock_detach(&shared);
    tgi_mutex_unlock(&shared);
}

// Stops the world while a thread waits for `shared`, and hands the lock to it.
static world hand_the_lock_to_a_stopped_thread(tgi_thread_handle **h)
{
    world w = world_new(false, true, NULL);
    tgi_mutex_reset(&shared);
    tgi_mutex_lock_detach(&shared);
    *h = world_start(&w, wait_for_the_lock, NULL);
    // ORDER: relaxed; only says that somebody waits.
    while ((atom_load_relaxed(&shared.bits) & TGI_MUTEX_PARKED) == 0)
        sched_yield();
    int64_t since = tgi_clock_now_ns();
    while (tgi_clock_now_ns() - since < 2 * TGI_MUTEX_FAIR_NS) // now it is handed over, not freed
        sched_yield();
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_mutex_unlock(&shared);
    return w;
}

TEST(lock_can_be_handed_to_a_thread_that_is_stopped)
{
    tgi_thread_handle *h;
    world w = hand_the_lock_to_a_stopped_thread(&h);
    CHECK(tgi_mutex_is_locked(&shared)); // by a thread that cannot run: Note [paused-locks]
    CHECK(!tgi_mutex_trylock(&shared));
    tgi_start_the_world(w.t, w.rt->main_interp);
    world_join(h);
    CHECK(!tgi_mutex_is_locked(&shared));
    world_end(&w);
}

#if TGI_DEBUG

static void wait_in_a_pause(void *arg)
{
    (void)arg;
    tgi_thread_handle *h;
    (void)hand_the_lock_to_a_stopped_thread(&h);
    tgi_mutex_lock_detach(&shared); // would wait for ever
}

TEST(waiting_in_a_pause_for_a_lock_of_a_stopped_thread_aborts)
{
    CHECK_EQ_INT(test_run_child(wait_in_a_pause, NULL, text, sizeof text), 256 + SIGABRT);
    CHECK(strstr(text, "is waited for in a pause") != NULL);
}

static void pause_in_a_pause(void *arg)
{
    (void)arg;
    world w = world_new(false, true, NULL);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_stop_the_world_global(w.t, w.rt, TGI_CAUSE_TEST);
}

TEST(pausing_in_a_pause_aborts)
{
    CHECK_EQ_INT(test_run_child(pause_in_a_pause, NULL, text, sizeof text), 256 + SIGABRT);
    CHECK(strstr(text, "in a pause") != NULL);
}

#endif
