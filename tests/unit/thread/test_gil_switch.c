// SPDX-License-Identifier: MIT
//
// test_gil_switch.c - turning the GIL on and off under load.
//
// Attacks N1, N2, N3 and T2. Wrong results: two threads attached while the counter is above 0, a
// thread that never comes back after a toggle, a counter that wraps, a request that is lost.
#include "world.h"

#include "thread/gil.h"

static tg_status enable(world *w, bool *changed)
{
    return tgi_gil_enable_transient(w->t, NULL, changed);
}

TEST(transient_requests_nest_and_are_taken_back)
{
    world w = world_new(false, true, NULL);
    bool changed;
    CHECK(!tgi_gil_is_enabled(w.t));
    CHECK(!w.t->holds_gil);
    CHECK_EQ_INT(enable(&w, &changed), TG_OK);
    CHECK(changed);
    CHECK(tgi_gil_is_enabled(w.t));
    CHECK(w.t->holds_gil);
    CHECK_EQ_INT(enable(&w, &changed), TG_OK);
    CHECK(!changed);
    CHECK_EQ_INT(tgi_gil_count(w.t), 2);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, &changed), TG_OK);
    CHECK(!changed);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, &changed), TG_OK);
    CHECK(changed);
    CHECK(!tgi_gil_is_enabled(w.t));
    CHECK(!w.t->holds_gil);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, &changed), TG_ERR_STATE);
    CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, NULL, NULL), TG_ERR_STATE);
    world_end(&w);
}

TEST(permanent_absorbs_and_stays)
{
    world w = world_new(false, true, NULL);
    bool changed;
    CHECK_EQ_INT(enable(&w, NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, NULL, &changed), TG_OK);
    CHECK(changed);
    CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, NULL, &changed), TG_OK);
    CHECK(!changed);
    CHECK_EQ_INT(enable(&w, &changed), TG_OK);
    CHECK(!changed);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, &changed), TG_OK);
    CHECK(!changed);
    CHECK_EQ_INT(tgi_gil_count(w.t), TGI_GIL_PERMANENT);
    world_end(&w);
}

TEST(counter_refuses_to_become_permanent_by_counting)
{
    world w = world_new(false, true, NULL);
    CHECK_EQ_INT(enable(&w, NULL), TG_OK);
    tgi_gil *gil = w.rt->main_interp->gil;
    atom_store_relaxed(&gil->enabled, TGI_GIL_PERMANENT - 2);
    CHECK_EQ_INT(enable(&w, NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_count(w.t), TGI_GIL_PERMANENT - 1);
    CHECK_EQ_INT(enable(&w, NULL), TG_ERR_LIMIT);
    CHECK_EQ_INT(tgi_gil_count(w.t), TGI_GIL_PERMANENT - 1);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_count(w.t), TGI_GIL_PERMANENT - 2);
    atom_store_relaxed(&gil->enabled, 1);
    world_end(&w);
}

TEST(pinned_gil_cannot_be_switched)
{
    for (int on = 0; on < 2; on++) {
        world w = world_new(on != 0, false, NULL);
        bool changed = true;
        CHECK_EQ_INT(tgi_gil_is_enabled(w.t), on);
        CHECK_EQ_INT(enable(&w, &changed), TG_ERR_UNSUPPORTED);
        CHECK(!changed);
        CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_ERR_UNSUPPORTED);
        CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, NULL, NULL), TG_ERR_UNSUPPORTED);
        world_end(&w);
    }
}

// A transient request that became permanent in the moment before the pause: N2.
static _Atomic(int) ready;
static _Atomic(bool) stop_flag;

static void make_permanent(tg_thread *t, void *arg)
{
    (void)arg;
    CHECK_EQ_INT(tgi_gil_enable_transient(t, NULL, NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_enable_permanent(t, NULL, NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_count(t), TGI_GIL_PERMANENT);
}

static void make_transient(tg_thread *t, void *arg)
{
    (void)arg;
    CHECK_EQ_INT(tgi_gil_enable_transient(t, NULL, NULL), TG_OK);
    int count = tgi_gil_count(t);
    CHECK(count > 0);
    CHECK_EQ_INT(tgi_gil_disable(t, NULL, NULL), TG_OK);
}

TEST(permanent_and_transient_at_the_same_moment)
{
    for (long i = 0; i < test_scale(40); i++) {
        world w = world_new(false, true, NULL);
        tgi_thread_handle *h[4];
        for (int k = 0; k < 4; k++)
            h[k] = world_start(&w, k == 1 ? make_permanent : make_transient, NULL);
        for (int k = 0; k < 4; k++)
            world_join(h[k]);
        CHECK_EQ_INT(tgi_gil_count(w.t), TGI_GIL_PERMANENT);
        world_end(&w);
    }
}

// Stops a thread on its way to the pause of enable_transient, after it found the GIL off.
static _Atomic(uint32_t) delayed_interp_pauses;
static _Atomic(int) made;

static void delay_first_pause(tgi_point_kind kind, const void *addr)
{
    (void)addr;
    if (kind != TGI_POINT_PAUSE || atom_add_seq_cst(&delayed_interp_pauses, 1) != 0)
        return;
    while (atom_load_seq_cst(&made) == 0)
        sched_yield();
}

static void make_permanent_late(tg_thread *t, void *arg)
{
    while (atom_load_seq_cst(&delayed_interp_pauses) == 0)
        sched_yield();
    make_permanent(t, arg);
    atom_store_seq_cst(&made, 1);
}

TEST(request_that_was_overtaken_leaves_permanent_alone)
{
    if (!TGI_POINTS)
        SKIP("built without scheduling points");
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&delayed_interp_pauses, 0);
    atom_store_seq_cst(&made, 0);
    tgi_thread_handle *h = world_start(&w, make_permanent_late, NULL);
    tgi_point_set_hook(delay_first_pause);
    bool changed;
    CHECK_EQ_INT(enable(&w, &changed), TG_OK);
    tgi_point_set_hook(NULL);
    CHECK(!changed);
    CHECK_EQ_INT(tgi_gil_count(w.t), TGI_GIL_PERMANENT);
    world_join(h);
    world_end(&w);
}

static void come_and_go(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
}

static void turn_off_while_others_wait(const char *policy)
{
    world w = world_new(true, true, NULL);
    tgi_gil *gil = w.rt->main_interp->gil;
    tgi_gil_set_policy(gil, w.rt, tgi_gil_policy_find(policy));
    atom_store_relaxed(&gil->slice_ns, 600 * TGI_NS_PER_S);
    tgi_gil_set_interval_ns(gil, 600 * TGI_NS_PER_S); // nobody asks, nobody looks again
    tgi_thread_handle *h[3];
    for (int i = 0; i < 3; i++)
        h[i] = world_start(&w, come_and_go, NULL);
    while (atom_load_relaxed(&gil->waiters) < 3)
        sched_yield();
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ_INT(tgi_thread_join(h[i], tgi_deadline_after_ns(20 * TGI_NS_PER_S), 0), TG_OK);
        tgi_thread_handle_release(h[i]);
    }
    world_end(&w);
}

TEST(turning_off_wakes_those_who_wait)
{
    turn_off_while_others_wait("timed");
    turn_off_while_others_wait("fair");
    turn_off_while_others_wait("ticks");
}

// -- at the limit, many at the same moment --------------------------------------------------------

// Threads that have found the GIL off and are on their way to the pause, while somebody else is
// faster. What they find after the pause must decide: without that second look the counter wraps
// or a permanent GIL is lost.
enum { LATE = 8 };
static _Atomic(int) granted, refused;

static void ask_late(tg_thread *t, void *arg)
{
    (void)arg;
    tg_status st = tgi_gil_enable_transient(t, NULL, NULL);
    int count = tgi_gil_count(t);
    CHECK(count > 0);
    atom_add_seq_cst(st == TG_OK ? &granted : &refused, 1);
    CHECK(st == TG_OK || st == TG_ERR_LIMIT);
}

static void overtake(int count, int expected_granted, int expected_count)
{
    world w = world_new(false, true, NULL);
    tg_runtime *rt = w.rt;
    tgi_gil *gil = rt->main_interp->gil;
    atom_store_seq_cst(&granted, 0);
    atom_store_seq_cst(&refused, 0);
    // Keeps every pause waiting.
    tgi_rwlock_read_lock(&rt->pause_lock, 0);
    tgi_thread_handle *h[LATE];
    for (int i = 0; i < LATE; i++)
        h[i] = world_start(&w, ask_late, NULL);
    while (tgi_parked_count(&rt->pause_lock.word) < LATE)
        sched_yield();
    // What a faster thread does in its own pause: nobody is attached.
    tgi_thread_detach(w.t);
    atom_store_seq_cst(&gil->enabled, count);
    tgi_thread_attach(w.t);
    tgi_rwlock_read_unlock(&rt->pause_lock);
    tgi_thread_detach(w.t);
    for (int i = 0; i < LATE; i++)
        world_join(h[i]);
    tgi_thread_attach(w.t);
    CHECK_EQ_INT(atom_load_seq_cst(&granted), expected_granted);
    CHECK_EQ_INT(atom_load_seq_cst(&refused), LATE - expected_granted);
    CHECK_EQ_INT(tgi_gil_count(w.t), expected_count);
    world_end(&w);
}

TEST(late_requests_leave_a_permanent_gil_alone)
{
    overtake(TGI_GIL_PERMANENT, LATE, TGI_GIL_PERMANENT);
}

TEST(late_requests_stop_before_the_limit)
{
    overtake(TGI_GIL_PERMANENT - 1, 0, TGI_GIL_PERMANENT - 1);
    overtake(TGI_GIL_PERMANENT - 4, 3, TGI_GIL_PERMANENT - 1);
}

TEST(late_requests_are_all_counted)
{
    overtake(1, LATE, LATE + 1);
}

// -- the storm ------------------------------------------------------------------------------------

enum { THREADS = 4 };
static _Atomic(int) inside;
static long guarded; // touched only while the GIL is on
static _Atomic(long) with_gil, without_gil;
static long plain[THREADS];

static void run_and_check(tg_thread *t, void *arg)
{
    long *mine = arg;
    test_rng rng = test_rng_new(t->id);
    atom_add_seq_cst(&ready, 1);
    while (!atom_load_seq_cst(&stop_flag)) {
        // Attached until the next poll: whether the GIL is on is constant meanwhile.
        bool on = tgi_gil_is_enabled(t);
        CHECK_EQ_INT(on && !t->holds_gil, 0);
        int others = atom_add_seq_cst(&inside, 1);
        if (on) {
            if (others != 0)
                FAIL("%d other threads are attached while the GIL is on", others);
            guarded++; // TSan: exclusive
            atom_add_relaxed(&with_gil, 1);
        } else {
            atom_add_relaxed(&without_gil, 1);
        }
        ++*mine;
        atom_sub_seq_cst(&inside, 1);
        CHECK_EQ_INT(tgi_gil_is_enabled(t), on);
        switch (test_rng_below(&rng, 8)) {
        case 0:
            tgi_thread_detach(t);
            sched_yield();
            tgi_thread_attach(t);
            break;
        case 1:
            if (test_rng_below(&rng, 8) == 0) {
                tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
                for (int i = 0; i < THREADS; i++)
                    plain[i]++; // TSan: exclusive in a pause
                tgi_start_the_world(t, t->interp);
            }
            break;
        default:
            CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        }
    }
}

static void run_toggling_storm(const char *policy)
{
    world w = world_new(false, true, NULL);
    tgi_gil_set_policy(w.rt->main_interp->gil, w.rt, tgi_gil_policy_find(policy));
    atom_store_seq_cst(&inside, 0);
    atom_store_seq_cst(&with_gil, 0);
    atom_store_seq_cst(&without_gil, 0);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, 20000);
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&ready, 0);
    tgi_thread_handle *h[THREADS];
    for (int i = 0; i < THREADS; i++)
        h[i] = world_start(&w, run_and_check, &plain[i]);
    world_await(w.t, &ready, THREADS);
    test_rng rng = test_rng_new(99);
    long toggles = test_scale(1500);
    for (long i = 0; i < toggles; i++) {
        bool changed;
        REQUIRE(tgi_gil_enable_transient(w.t, NULL, &changed) == TG_OK);
        CHECK(changed);
        for (uint64_t k = test_rng_below(&rng, 3); k > 0; k--)
            CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
        if (test_rng_below(&rng, 4) == 0) {
            tgi_thread_detach(w.t);
            sched_yield();
            tgi_thread_attach(w.t);
        }
        REQUIRE(tgi_gil_disable(w.t, NULL, &changed) == TG_OK);
        CHECK(changed);
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    }
    atom_store_seq_cst(&stop_flag, true);
    for (int i = 0; i < THREADS; i++)
        world_join(h[i]);
    CHECK(atom_load_seq_cst(&without_gil) > 0);
    CHECK(atom_load_seq_cst(&with_gil) > 0);
    world_end(&w);
}

TEST(toggling_storm_keeps_every_promise)
{
    run_toggling_storm("timed");
}

TEST(toggling_storm_with_fair)
{
    run_toggling_storm("fair");
}

TEST(toggling_storm_with_ticks)
{
    run_toggling_storm("ticks");
}

static void toggle_too(tg_thread *t, void *arg)
{
    (void)arg;
    for (long i = 0; i < test_scale(200); i++) {
        REQUIRE(tgi_gil_enable_transient(t, NULL, NULL) == TG_OK);
        CHECK(t->holds_gil);
        if (atom_add_seq_cst(&inside, 1) != 0)
            FAIL("two threads are attached while the GIL is on");
        guarded++;
        atom_sub_seq_cst(&inside, 1);
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        CHECK(t->holds_gil);
        REQUIRE(tgi_gil_disable(t, NULL, NULL) == TG_OK);
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    }
}

TEST(many_threads_toggle_at_once)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&inside, 0);
    guarded = 0;
    tgi_thread_handle *h[THREADS];
    for (int i = 0; i < THREADS; i++)
        h[i] = world_start(&w, toggle_too, NULL);
    for (int i = 0; i < THREADS; i++)
        world_join(h[i]);
    CHECK_EQ_INT(guarded, THREADS * test_scale(200));
    CHECK_EQ_INT(tgi_gil_count(w.t), 0);
    world_end(&w);
}
