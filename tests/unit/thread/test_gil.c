// SPDX-License-Identifier: MIT
//
// test_gil.c - one thread at a time, and everybody gets a turn.
//
// Attacks G1, G2, G3. Wrong results: two threads inside (an exact count, and TSan, would see it),
// a thread that waits for ever, a request to let go that leads to no switch, an interval of the
// wrong length.
#include "world.h"

#include "thread/gil.h"

enum { THREADS = 4 };

static _Atomic(int) inside;
static long plain; // guarded by the GIL
static _Atomic(bool) stop_flag;
static _Atomic(int) ready;
static long rounds;

static void enter_and_leave(tg_thread *t, void *arg)
{
    (void)arg;
    test_rng rng = test_rng_new(t->id);
    for (long i = 0; i < rounds; i++) {
        if (atom_add_seq_cst(&inside, 1) != 0)
            FAIL("two threads hold the GIL");
        plain++;
        atom_sub_seq_cst(&inside, 1);
        if (test_rng_below(&rng, 4) == 0) {
            tgi_thread_detach(t);
            if (test_rng_below(&rng, 2) == 0)
                sched_yield();
            tgi_thread_attach(t);
        }
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    }
}

static void run_contended(int64_t interval_ns)
{
    world w = world_new(true, false, NULL);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, interval_ns);
    plain = 0;
    rounds = test_scale(3000);
    tgi_thread_handle *h[THREADS];
    for (int i = 0; i < THREADS; i++)
        h[i] = world_start(&w, enter_and_leave, NULL);
    for (int i = 0; i < THREADS; i++)
        world_join(h[i]);
    CHECK_EQ_INT(plain, THREADS * rounds);
    CHECK_EQ_UINT(atom_load_seq_cst(&w.rt->main_interp->gil->waiters), 0);
    world_end(&w);
}

TEST(at_most_one_thread_is_attached)
{
    run_contended(TGI_GIL_INTERVAL_NS);
}

TEST(at_most_one_thread_is_attached_with_the_shortest_interval)
{
    run_contended(1); // clamped
}

// -- forced switching -----------------------------------------------------------------------------

static long spins[2]; // guarded by the GIL

static void spin(tg_thread *t, void *arg)
{
    long *mine = arg;
    while (!atom_load_seq_cst(&stop_flag)) {
        ++*mine;
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    }
}

static void hog_until_switched(tg_thread *t, void *arg)
{
    // Counts its own requests to yield; each must have led to a switch before it is back.
    long *switched = arg;
    tgi_gil *gil = t->interp->gil;
    atom_add_seq_cst(&ready, 1);
    while (!atom_load_seq_cst(&stop_flag)) {
        if ((atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_DROP) == 0)
            continue;
        uint64_t before = atom_load_relaxed(&gil->switches);
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);

        if (atom_load_relaxed(&gil->switches) > before)
            ++*switched;
        else
            FAIL("asked to let go, nobody took it");
        if (*switched >= test_scale(100))
            atom_store_seq_cst(&stop_flag, true);
    }
}

TEST(every_request_to_let_go_leads_to_a_switch)
{
    world w = world_new(true, false, NULL);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, 50000);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    spins[0] = spins[1] = 0;
    tgi_thread_handle *h[2];
    h[0] = world_start(&w, hog_until_switched, &spins[0]);
    h[1] = world_start(&w, spin, &spins[1]);
    for (int i = 0; i < 2; i++)
        world_join(h[i]);
    CHECK(spins[0] >= test_scale(100));
    CHECK(spins[1] > 0);
    tgi_stats stats;
    tgi_stats_read(w.rt, &stats);
    CHECK(stats.value[TGI_STAT_gil_drops] >= (uint64_t)spins[0]);
    CHECK(stats.value[TGI_STAT_gil_requests] >= (uint64_t)spins[0]);
    CHECK(stats.value[TGI_STAT_gil_wait_ns] > 0);
    world_end(&w);
}

TEST(waiter_asks_only_after_a_whole_interval)
{
    world w = world_new(true, false, NULL);
    int64_t interval = 20 * TGI_NS_PER_MS;
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, interval);
    CHECK_EQ_INT(tgi_gil_interval_ns(w.rt->main_interp->gil), interval);
    atom_store_seq_cst(&stop_flag, true); // the thread ends as soon as it gets in
    long got = 0;
    int64_t since = tgi_clock_now_ns();
    tgi_thread_handle *h = world_start(&w, spin, &got);
    while ((atom_load_relaxed(&w.t->breaker) & TGI_BRK_GIL_DROP) == 0)
        sched_yield();
    CHECK(tgi_clock_now_ns() - since >= interval);
    world_join(h);
    world_end(&w);
}

TEST(interval_has_a_lower_limit)
{
    world w = world_new(true, true, NULL);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, 0);
    CHECK_EQ_INT(tgi_gil_interval_ns(w.rt->main_interp->gil), TGI_GIL_INTERVAL_MIN_NS);
    world_end(&w);
}

// -- the holder ends ------------------------------------------------------------------------------

static void end_at_once(tg_thread *t, void *arg)
{
    (void)t;
    ++*(long *)arg;
}

TEST(holders_that_end_while_others_ask_are_not_touched_afterwards)
{
    // Address and thread sanitizers see it if a waiter sets a bit in a freed state.
    world w = world_new(true, false, NULL);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, 1);
    plain = 0;
    for (long i = 0; i < test_scale(30); i++) {
        tgi_thread_handle *h[8];
        for (int k = 0; k < 8; k++)
            h[k] = world_start(&w, end_at_once, &plain);
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
        for (int k = 0; k < 8; k++)
            world_join(h[k]);
    }
    CHECK_EQ_INT(plain, 8 * test_scale(30));
    world_end(&w);
}

TEST(hold_times_are_measured_when_timing_is_on)
{
    world w = world_new(true, false, NULL);
    atom_store_relaxed(&w.rt->main_interp->gil->timing, true);
    tgi_thread_detach(w.t);
    tgi_thread_attach(w.t);
    int64_t since = tgi_clock_now_ns();
    while (tgi_clock_now_ns() - since < TGI_NS_PER_MS)
        tgi_cpu_relax();
    tgi_thread_detach(w.t);
    tgi_thread_attach(w.t);
    tgi_stats stats;
    tgi_stats_read_thread(w.t, &stats);
    CHECK(stats.value[TGI_STAT_gil_hold_ns] >= (uint64_t)TGI_NS_PER_MS);
    world_end(&w);
}

// -- two interpreters -----------------------------------------------------------------------------

static _Atomic(int) both_inside;

static void meet(tg_thread *t, void *arg)
{
    (void)arg;
    // Two threads that are attached at the same time, each with its own GIL.
    atom_add_seq_cst(&both_inside, 1);
    while (atom_load_seq_cst(&both_inside) < 2)
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    CHECK(t->holds_gil);
}

TEST(interpreters_with_their_own_gil_run_in_parallel)
{
    world w = world_new(true, false, NULL);
    tg_interp *own = NULL;
    tg_interp *sharing = NULL;
    REQUIRE(tgi_interp_new(w.rt, true, &own) == TG_OK);
    REQUIRE(tgi_interp_new(w.rt, false, &sharing) == TG_OK);
    CHECK(own->gil != w.rt->main_interp->gil);
    CHECK(sharing->gil == w.rt->main_interp->gil);
    atom_store_seq_cst(&both_inside, 0);
    tgi_thread_handle *a = world_start(&w, meet, NULL);
    tgi_thread_handle *b = NULL;
    REQUIRE(tgi_thread_start(own, meet, NULL, NULL, &b) == TG_OK);
    CHECK_EQ_INT(tgi_interp_free(own), TG_ERR_STATE);
    world_join(a);
    world_join(b);
    CHECK_EQ_INT(tgi_interp_free(own), TG_OK);
    CHECK_EQ_INT(tgi_interp_free(w.rt->main_interp), TG_ERR_STATE);
    world_end(&w); // frees the sharing one
}
