// SPDX-License-Identifier: MIT
//
// test_stw.c - stopping the world.
//
// Attacks S1..S4 and Note [stop-countdown], Note [attach-turn]. Wrong results: a counter without
// atomics that changes, or that TSan sees touched, while the world is stopped; a pause that waits
// for a thread that is not coming (time-out); a thread that never runs between pauses.
#include "world.h"

#include "sync/event.h"
#include "sync/mutex.h"
#include "thread/stw.h"
#include "thread/watchdog.h"

enum { THREADS = 4, LONG = 1 << 20 };

static long plain[THREADS]; // touched by its thread while attached, by the requester in a pause
static _Atomic(bool) stop_flag;
static _Atomic(int) ready;
static tgi_mutex shared;

static void mutate(tg_thread *t, void *arg)
{
    long *mine = arg;
    test_rng rng = test_rng_new(t->id);
    atom_add_seq_cst(&ready, 1);
    while (!atom_load_seq_cst(&stop_flag)) {
        for (uint64_t i = test_rng_below(&rng, 50); i > 0; i--)
            ++*mine;
        switch (test_rng_below(&rng, 4)) {
        case 0: // blocking call
            tgi_thread_detach(t);
            if (test_rng_below(&rng, 2) == 0)
                sched_yield();
            tgi_thread_attach(t);
            break;
        case 1: // contended lock
            tgi_mutex_lock_detach(&shared);
            ++*mine;
            tgi_mutex_unlock(&shared);
            break;
        default:
            CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        }
    }
}

static void check_stopped(world *w)
{
    CHECK(tgi_world_is_stopped(w->t));
    long before[THREADS];
    memcpy(before, plain, sizeof before);
    for (int i = 0; i < 30; i++)
        sched_yield();
    CHECK(memcmp(before, plain, sizeof before) == 0);
    for (int i = 0; i < THREADS; i++)
        plain[i]++; // TSan: nobody else is inside
}

static void run_pauses(bool gil_on, int global_every)
{
    world w = world_new(gil_on, true, NULL);
    tgi_thread_handle *h[THREADS];
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    for (int i = 0; i < THREADS; i++)
        h[i] = world_start(&w, mutate, &plain[i]);
    world_await(w.t, &ready, THREADS);
    long pauses = test_scale(300);
    for (long i = 0; i < pauses; i++) {
        if (global_every != 0 && i % global_every == 0) {
            tgi_stop_the_world_global(w.t, w.rt, TGI_CAUSE_TEST);
            check_stopped(&w);
            tgi_start_the_world_global(w.t, w.rt);
        } else {
            tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_COLLECT);
            check_stopped(&w);
            tgi_start_the_world(w.t, w.rt->main_interp);
        }
        CHECK(!tgi_world_is_stopped(w.t));
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    }
    atom_store_seq_cst(&stop_flag, true);
    for (int i = 0; i < THREADS; i++)
        world_join(h[i]);
    static tgi_stw_report report;
    tgi_stw_read(&w.rt->main_interp->stw, &report);
    uint64_t counted = report.stopping.count;
    CHECK_EQ_UINT(report.pauses[TGI_CAUSE_COLLECT], counted);
    tgi_stw_read(&w.rt->stw, &report);
    CHECK_EQ_UINT(report.stopped.count + counted, (uint64_t)pauses);
    world_end(&w);
}

TEST(nobody_runs_in_a_pause_without_gil)
{
    run_pauses(false, 0);
}

TEST(nobody_runs_in_a_pause_with_gil)
{
    run_pauses(true, 0);
}

TEST(global_and_interpreter_pauses_alternate)
{
    run_pauses(false, 3);
}

// -- two requesters -------------------------------------------------------------------------------

static void pause_often(tg_thread *t, void *arg)
{
    long *all = arg;
    tg_interp *interp = t->interp;
    for (long i = 0; i < test_scale(300); i++) {
        if (i % 2 == 0)
            tgi_stop_the_world(t, interp, TGI_CAUSE_TEST);
        else
            tgi_stop_the_world_global(t, t->runtime, TGI_CAUSE_TEST);
        for (int k = 0; k < THREADS; k++)
            all[k]++;
        if (i % 2 == 0)
            tgi_start_the_world(t, interp);
        else
            tgi_start_the_world_global(t, t->runtime);
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    }
}

TEST(many_requesters_take_turns)
{
    world w = world_new(false, true, NULL);
    memset(plain, 0, sizeof plain);
    tgi_thread_handle *h[THREADS];
    for (int i = 0; i < THREADS; i++)
        h[i] = world_start(&w, pause_often, plain);
    pause_often(w.t, plain);
    for (int i = 0; i < THREADS; i++)
        world_join(h[i]);
    for (int i = 0; i < THREADS; i++)
        CHECK_EQ_INT(plain[i], (THREADS + 1) * test_scale(300));
    world_end(&w);
}

TEST(requester_without_a_state_stops_its_own_too)
{
    world w = world_new(false, true, NULL);
    tgi_thread_detach(w.t);
    tgi_stop_the_world_global(NULL, w.rt, TGI_CAUSE_TEST);
    CHECK_EQ_INT(atom_load_seq_cst(&w.t->state), TGI_SUSPENDED);
    tgi_start_the_world_global(NULL, w.rt);
    CHECK_EQ_INT(atom_load_seq_cst(&w.t->state), TGI_DETACHED);
    tgi_thread_attach(w.t);
    world_end(&w);
}

// -- birth and end in a pause ---------------------------------------------------------------------

static void count_once(tg_thread *t, void *arg)
{
    (void)t;
    ++*(long *)arg;
    atom_add_seq_cst(&ready, 1);
}

TEST(thread_born_in_a_pause_is_born_suspended)
{
    world w = world_new(false, true, NULL);
    for (long i = 0; i < test_scale(30); i++) {
        plain[0] = 0;
        atom_store_seq_cst(&ready, 0);
        tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
        tgi_thread_handle *h = world_start(&w, count_once, &plain[0]);
        tg_thread *born = w.rt->threads;
        CHECK(born != w.t);
        CHECK_EQ_INT(atom_load_seq_cst(&born->state), TGI_SUSPENDED);
        for (int k = 0; k < 20; k++)
            sched_yield();
        plain[0]++;
        CHECK_EQ_INT(atom_load_seq_cst(&ready), 0);
        CHECK_EQ_INT(plain[0], 1);
        tgi_start_the_world(w.t, w.rt->main_interp);
        world_join(h);
        CHECK_EQ_INT(plain[0], 2);
    }
    world_end(&w);
}

static void live_shortly(tg_thread *t, void *arg)
{
    (void)arg;
    CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
}

static void keep_starting(tg_thread *t, void *arg)
{
    world *w = arg;
    for (long i = 0; i < test_scale(100); i++) {
        tgi_thread_handle *h = world_start(w, live_shortly, NULL);
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        world_join(h);
    }
    atom_add_seq_cst(&ready, 1);
}

TEST(threads_begin_and_end_while_the_world_stops_and_starts)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h[3];
    for (int i = 0; i < 3; i++)
        h[i] = world_start(&w, keep_starting, &w);
    while (atom_load_seq_cst(&ready) < 3) {
        tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
        for (tg_thread *t = w.rt->threads; t != NULL; t = t->next)
            if (t != w.t && atom_load_seq_cst(&t->state) != TGI_SUSPENDED)
                FAIL("thread %u is in state %d", t->id, (int)atom_load_seq_cst(&t->state));
        tgi_start_the_world(w.t, w.rt->main_interp);
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    }
    for (int i = 0; i < 3; i++)
        world_join(h[i]);
    world_end(&w);
}

// -- no starvation --------------------------------------------------------------------------------

static _Atomic(long) turns;

static void take_turns(tg_thread *t, void *arg)
{
    (void)arg;
    atom_add_seq_cst(&ready, 1);
    while (!atom_load_seq_cst(&stop_flag)) {
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        tgi_thread_detach(t);
        tgi_thread_attach(t);
        atom_add_seq_cst(&turns, 1);
    }
}

TEST(attaching_thread_is_not_starved_by_pauses_back_to_back)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h = world_start(&w, take_turns, NULL);
    world_await(w.t, &ready, 1);
    atom_store_seq_cst(&turns, 0);
    // Ends only if the thread makes progress while we do nothing but pause.
    while (atom_load_seq_cst(&turns) < test_scale(200)) {
        tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
        tgi_start_the_world(w.t, w.rt->main_interp);
    }
    atom_store_seq_cst(&stop_flag, true);
    world_join(h);
    world_end(&w);
}

TEST(thread_that_waits_in_attach_has_its_turn_before_the_next_pause)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h = world_start(&w, take_turns, NULL);
    world_await(w.t, &ready, 1);
    tg_thread *worker = w.rt->threads;
    CHECK_EQ_UINT(worker->id, h->id);
    long waited = 0;
    tgi_stats before, after;
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    while (waited < test_scale(50)) {
        while (atom_load_seq_cst(&worker->attach_waiting) == 0)
            sched_yield();
        tgi_stats_read_thread(worker, &before);
        tgi_start_the_world(w.t, w.rt->main_interp);
        tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
        tgi_stats_read_thread(worker, &after);
        CHECK(after.value[TGI_STAT_attaches] > before.value[TGI_STAT_attaches]);
        waited++;
    }
    atom_store_seq_cst(&stop_flag, true);
    tgi_start_the_world(w.t, w.rt->main_interp);
    world_join(h);
    world_end(&w);
}

// -- reports --------------------------------------------------------------------------------------

static uint32_t accused;
static tgi_event slow_may_go;

static void note_slow(tg_thread *slow, int64_t waited_ns, tgi_stw_cause cause)
{
    CHECK(waited_ns > 0);
    CHECK_EQ_STR(tgi_stw_cause_name(cause), "types");
    accused = slow->id;
    tgi_event_set(&slow_may_go);
}

static void stay_attached(tg_thread *t, void *arg)
{
    (void)arg;
    tgi_thread_set_name(t, "slowpoke");
    atom_add_seq_cst(&ready, 1);
    // A long call in C that does not poll; TSan must not see us touch anything shared.
    while (!tgi_event_is_set(&slow_may_go))
        sched_yield();
    CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
}

TEST(watchdog_names_the_thread_that_holds_up_a_pause)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&ready, 0);
    accused = 0;
    tgi_event_reset(&slow_may_go);
    tgi_thread_handle *h = world_start(&w, stay_attached, NULL);
    while (atom_load_seq_cst(&ready) == 0)
        sched_yield();
    tgi_watchdog_set(note_slow);
    tgi_watchdog_set_limit(w.rt, TGI_NS_PER_MS);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TYPES);
    tgi_start_the_world(w.t, w.rt->main_interp);
    tgi_watchdog_set(NULL);
    CHECK_EQ_UINT(accused, h->id);
    world_join(h);
    static tgi_stw_report report;
    tgi_stw_read(&w.rt->main_interp->stw, &report);
    CHECK_EQ_UINT(report.pauses[TGI_CAUSE_TYPES], 1);
    CHECK_EQ_UINT(report.late, 1);
    CHECK_EQ_UINT(report.slowest_id, accused);
    CHECK_EQ_STR(report.slowest_name, "slowpoke");
    CHECK(report.slowest_ns >= TGI_NS_PER_MS);
    CHECK_EQ_INT(report.slowest_cause, TGI_CAUSE_TYPES);
    world_end(&w);
}
