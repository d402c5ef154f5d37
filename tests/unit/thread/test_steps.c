// SPDX-License-Identifier: MIT
//
// test_steps.c - steps of the GIL whose order matters, one at a time.
//
// The other tests of this folder run protocols at full speed and look at what comes out. Here one
// thread is stopped between two steps (by a scheduling point, a hook, or an entry of tgi_os), and
// another looks at what is there, or does the one thing that the order is meant for. Attacks what
// needs luck elsewhere: T2, T3, G1 to G5, N1, N3. The other half is test_steps_world.c.
//
// Wrong results: a failed check, a report of ThreadSanitizer, or a wait that does not end
// (time-out). Each test names the step.
#include "steps.h"

#include "thread/gil.h"
#include "thread/gil_policy.h"

static uint64_t gil_requests(tg_thread *t)
{
    tgi_stats stats;
    tgi_stats_read_thread(t, &stats);
    return stats.value[TGI_STAT_gil_requests];
}

// -- the GIL --------------------------------------------------------------------------------------

static void hog(tg_thread *t, void *arg)
{
    (void)arg;
    atom_store_seq_cst(&phase, 1);
    while (!tgi_event_is_set(&go))
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
}

static void let_go(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    tgi_event_set(&go);
}

TEST(waiter_asks_again_when_the_gil_went_to_another_thread)
{
    world w = world_new(true, false, NULL);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, TGI_NS_PER_MS);
    for (int round = 0; round < 3; round++) {
        begin();
        // Both wait and both have asked us. The hog was there first: it gets the GIL, and keeps it
        // until the other has run.
        tgi_thread_handle *first = world_start(&w, hog, NULL);
        tg_thread *hogging = w.rt->threads;
        while (gil_requests(hogging) == 0)
            sched_yield();
        tgi_thread_handle *second = world_start(&w, let_go, NULL);
        tg_thread *waiting = w.rt->threads;
        while (gil_requests(waiting) == 0)
            sched_yield();
        world_join(second); // ends only if the second asks the first as well
        world_join(first);
    }
    world_end(&w);
}

TEST(thread_that_has_ended_is_not_the_holder_any_more)
{
    world w = world_new(true, false, NULL);
    tgi_gil *gil = w.rt->main_interp->gil;
    tgi_thread_handle *h = world_start(&w, nothing, NULL);
    tgi_thread_detach(w.t);
    CHECK(tgi_event_wait(&h->gone, TGI_DEADLINE_NEVER));
    CHECK(atom_load_seq_cst(&gil->holder) == NULL); // G3: the last one has freed its state
    tgi_thread_attach(w.t);
    world_join(h);
    world_end(&w);
}

static void run_at_last(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    tgi_event_set(&gone_on);
}

TEST(thread_that_ends_gives_the_gil_back_before_it_waits_for_a_lock)
{
    world w = world_new(true, false, NULL);
    begin();
    tgi_thread_handle *ending = world_start(&w, wait_for_go, NULL);
    world_await(w.t, &phase, 1);
    tgi_thread_handle *other = world_start(&w, run_at_last, NULL); // waits for the GIL
    tgi_mutex_lock(&w.rt->qsbr.lock);
    tgi_thread_detach(w.t);
    // One of the two ends first and then waits for the lock; the other must run meanwhile.
    tgi_event_set(&go);
    CHECK(tgi_event_wait(&gone_on, TGI_DEADLINE_NEVER));
    while (tgi_parked_count(&w.rt->qsbr.lock.bits) < 2)
        sched_yield();
    tgi_mutex_unlock(&w.rt->qsbr.lock);
    tgi_thread_attach(w.t);
    world_join(ending);
    world_join(other);
    world_end(&w);
}

static void take_the_gil(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    atom_store_seq_cst(&phase, 1);
}

TEST(turning_off_does_not_wait_for_the_one_that_asked)
{
    world w = world_new(true, true, NULL);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, TGI_NS_PER_MS);
    begin();
    tgi_thread_handle *h = world_start(&w, take_the_gil, NULL);
    while ((atom_load_seq_cst(&w.t->breaker) & TGI_BRK_GIL_DROP) == 0)
        sched_yield();
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK); // N3: nobody takes it any more
    CHECK(!tgi_gil_is_enabled(w.t));
    wait_for_phase(1); // still attached
    world_join(h);
    world_end(&w);
}

static void run_until_stopped(tg_thread *t, void *arg)
{
    (void)arg;
    atom_store_seq_cst(&phase, 1);
    while ((atom_load_seq_cst(&t->breaker) & TGI_BRK_STOP) == 0) {
        if (tgi_gil_is_enabled(t)) {
            FAIL("the GIL was turned on under a thread that runs");
            return;
        }
        sched_yield();
    }
    CHECK(!tgi_gil_is_enabled(t));
    CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    CHECK(!tgi_gil_is_enabled(t) || t->holds_gil);
}

TEST(turning_on_waits_for_every_thread_that_runs)
{
    world w = world_new(false, true, NULL);
    begin();
    tgi_thread_handle *h = world_start(&w, run_until_stopped, NULL);
    wait_for_phase(1);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    CHECK(w.t->holds_gil);
    world_join(h);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    world_end(&w);
}

static int detaches;

static void count_detaching(tg_thread *t)
{
    (void)t;
    detaches++;
}

static const tgi_core_hooks counting_hooks = {.detaching = count_detaching};

TEST(taking_a_request_back_never_detaches)
{
    // The holder is the only one that changes the counter: it must not let go meanwhile.
    world w = world_new(false, true, &counting_hooks);
    for (int i = 0; i < 2; i++)
        CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    detaches = 0;
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    for (int i = 0; i < 3; i++)
        CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    CHECK_EQ_INT(detaches, 0);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    detaches = 0;
    CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, NULL, NULL), TG_OK);
    CHECK_EQ_INT(detaches, 0);
    world_end(&w);
}

static bool first_waiter_sleeps(tgi_gil *gil)
{
    tgi_rawlock_lock(&gil->lock);
    bool sleeps = gil->head != NULL && tgi_parked_count(&gil->head->state) != 0;
    tgi_rawlock_unlock(&gil->lock);
    return sleeps;
}

TEST(releasing_wakes_the_one_that_sleeps)
{
    world w = world_new(true, false, NULL);
    tgi_gil *gil = w.rt->main_interp->gil;
    tgi_gil_set_interval_ns(gil, 600 * TGI_NS_PER_S); // it does not wake by itself
    begin();
    tgi_thread_handle *h = world_start(&w, take_the_gil, NULL);
    while (!first_waiter_sleeps(gil))
        sched_yield();
    tgi_thread_detach(w.t);
    wait_for_phase(1);
    tgi_thread_attach(w.t);
    world_join(h);
    world_end(&w);
}

// Main is asked for the GIL while the only one in the queue sleeps, which does not wake by itself.
static void give_way_to_one_that_sleeps(const char *policy)
{
    world w = world_new(true, false, NULL);
    tgi_gil *gil = w.rt->main_interp->gil;
    tgi_gil_set_policy(gil, w.rt, tgi_gil_policy_find(policy));
    tgi_gil_set_interval_ns(gil, 600 * TGI_NS_PER_S);
    atom_store_relaxed(&gil->slice_ns, 600 * TGI_NS_PER_S);
    begin();
    tgi_thread_handle *h = world_start(&w, take_the_gil, NULL);
    while (!first_waiter_sleeps(gil))
        sched_yield();
    tgi_breaker_set(w.t, TGI_BRK_GIL_DROP);
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK); // wrong: both sleep
    tgi_thread_detach(w.t);
    world_join(h);
    tgi_thread_attach(w.t);
    world_end(&w);
}

TEST(giving_way_wakes_the_one_that_sleeps)
{
    give_way_to_one_that_sleeps("timed");
}

TEST(giving_way_wakes_the_one_that_sleeps_under_fair)
{
    give_way_to_one_that_sleeps("fair");
}

#if TGI_POINTS

static _Thread_local bool is_stopped_here;
static _Atomic(bool) may_go_on;

static void stop_at_gil(tgi_point_kind kind, const void *addr)
{
    (void)addr;
    if (kind != TGI_POINT_GIL || !is_stopped_here)
        return;
    is_stopped_here = false;
    while (!atom_load_seq_cst(&may_go_on))
        sched_yield();
}

static void be_stopped_at_gil(tg_thread *t, void *arg)
{
    (void)arg;
    atom_store_seq_cst(&phase, 1);
    while ((atom_load_seq_cst(&t->breaker) & TGI_BRK_STOP) == 0)
        sched_yield();
    is_stopped_here = true;
    CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    atom_store_seq_cst(&phase, 2);
}

TEST(thread_let_in_without_the_gil_does_not_give_back_anothers)
{
    world w = world_new(false, true, NULL);
    tgi_gil *gil = w.rt->main_interp->gil;
    begin();
    atom_store_seq_cst(&may_go_on, false);
    tgi_point_set_hook(stop_at_gil);
    tgi_thread_handle *h = world_start(&w, be_stopped_at_gil, NULL);
    wait_for_phase(1);
    // It was attached while the GIL was off, and comes to the end of its detach when it is on.
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    CHECK(w.t->holds_gil);
    atom_store_seq_cst(&may_go_on, true);
    while (atom_load_seq_cst(&gil->waiters) == 0 && atom_load_seq_cst(&phase) < 2)
        sched_yield();
    CHECK_EQ_INT(atom_load_seq_cst(&phase), 1); // it waits: the GIL is still ours
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    world_join(h);
    tgi_point_set_hook(NULL);
    world_end(&w);
}

static void stop_before_attached(tgi_point_kind kind, const void *addr)
{
    (void)addr;
    if (kind != TGI_POINT_ACCESS || !is_stopped_here)
        return;
    is_stopped_here = false;
    atom_store_seq_cst(&phase, 2);
    while (!atom_load_seq_cst(&may_go_on))
        sched_yield();
}

static void be_stopped_before_attached(tg_thread *t, void *arg)
{
    (void)arg;
    tgi_thread_detach(t);
    is_stopped_here = true;
    tgi_thread_attach(t);
    CHECK(t->holds_gil || !tgi_gil_is_enabled(t));
    atom_store_seq_cst(&phase, 3);
}

TEST(thread_that_found_the_gil_off_looks_again)
{
    world w = world_new(false, true, NULL);
    tgi_gil *gil = w.rt->main_interp->gil;
    begin();
    atom_store_seq_cst(&may_go_on, false);
    tgi_point_set_hook(stop_before_attached);
    tgi_thread_handle *h = world_start(&w, be_stopped_before_attached, NULL);
    wait_for_phase(2);
    // It has found the GIL off and is about to attach. Now the GIL is on, and ours.
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    CHECK(w.t->holds_gil);
    atom_store_seq_cst(&may_go_on, true);
    while (atom_load_seq_cst(&gil->waiters) == 0 && atom_load_seq_cst(&phase) < 3)
        sched_yield();
    CHECK_EQ_INT(atom_load_seq_cst(&phase), 2);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    world_join(h);
    tgi_point_set_hook(NULL);
    world_end(&w);
}

static long handed_on; // guarded by the GIL

static void stop_until_granted(tgi_point_kind kind, const void *addr)
{
    if (kind != TGI_POINT_PARK || !is_stopped_here)
        return;
    is_stopped_here = false;
    const _Atomic(uint32_t) *told = addr; // the waiter's state
    atom_store_seq_cst(&phase, 2);
    // Relaxed, so that the hook orders nothing that the GIL should.
    while (atom_load_relaxed(told) == TGI_GIL_AWAKE)
        sched_yield();
}

static void be_granted_before_it_parks(tg_thread *t, void *arg)
{
    (void)arg;
    tgi_thread_detach(t);
    atom_store_seq_cst(&phase, 1);
    CHECK(tgi_event_wait(&go, TGI_DEADLINE_NEVER));
    is_stopped_here = true;
    tgi_thread_attach(t);
    CHECK_EQ_INT(handed_on, 42); // TSan: ordered by the hand-over alone
}

TEST(thread_that_is_handed_the_gil_before_it_sleeps_sees_what_the_holder_did)
{
    // Without the check of the world: its counters would order what the hand-over must order.
    world w = {.blocks_before = tgi_raw_count().blocks};
    tgi_runtime_config config = {.gil_enabled = true};
    REQUIRE(tgi_runtime_create(&config, &w.rt) == TG_OK);
    REQUIRE(tgi_thread_new(w.rt->main_interp, &w.t) == TG_OK);
    tgi_thread_attach(w.t);
    tgi_gil_set_policy(w.rt->main_interp->gil, w.rt, tgi_gil_policy_find("fair"));
    begin();
    handed_on = 0;
    tgi_point_set_hook(stop_until_granted);
    tgi_thread_handle *h = world_start(&w, be_granted_before_it_parks, NULL);
    world_await(w.t, &phase, 1);
    tgi_event_set(&go);
    wait_for_phase(2);
    handed_on = 42;
    tgi_thread_detach(w.t);
    CHECK(tgi_event_wait(&h->gone, TGI_DEADLINE_NEVER));
    tgi_point_set_hook(NULL);
    tgi_thread_attach(w.t);
    world_join(h);
    world_end(&w);
}

static tg_thread *turning_on;
static _Atomic(int) held_at_attach;

static void look_whether_it_is_held(tgi_point_kind kind, const void *addr)
{
    if (kind == TGI_POINT_ATTACH && addr == turning_on)
        atom_store_seq_cst(&held_at_attach, turning_on->holds_gil);
}

TEST(who_turns_it_on_has_it_before_the_others_go_on)
{
    world w = world_new(false, true, NULL);
    turning_on = w.t;
    atom_store_seq_cst(&held_at_attach, -1);
    tgi_point_set_hook(look_whether_it_is_held);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    tgi_point_set_hook(NULL);
    CHECK_EQ_INT(atom_load_seq_cst(&held_at_attach), 1); // N5
    CHECK(w.t->holds_gil);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    world_end(&w);
}

static tgi_gil *raised;
static _Atomic(int) pauses_seen;

static void raise_to_the_limit(tgi_point_kind kind, const void *addr)
{
    (void)addr;
    if (kind == TGI_POINT_PAUSE && atom_add_seq_cst(&pauses_seen, 1) == 0)
        atom_store_seq_cst(&raised->enabled, TGI_GIL_PERMANENT - 1);
}

TEST(limit_that_was_reached_before_the_pause_is_seen_in_it)
{
    world w = world_new(false, true, NULL);
    raised = w.rt->main_interp->gil;
    atom_store_seq_cst(&pauses_seen, 0);
    tgi_point_set_hook(raise_to_the_limit); // as if that many others were faster
    bool changed = true;
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, &changed), TG_ERR_LIMIT);
    tgi_point_set_hook(NULL);
    CHECK(!changed);
    CHECK_EQ_INT(tgi_gil_count(w.t), TGI_GIL_PERMANENT - 1);
    CHECK(w.t->holds_gil);
    atom_store_seq_cst(&raised->enabled, 1);
    world_end(&w);
}

// Whenever t takes or gives back the GIL, it has nothing that a pause relies on: T3.
static tg_thread *watched;
static _Atomic(int) gil_steps;

static void look_at_gil_step(tgi_point_kind kind, const void *addr)
{
    if (kind != TGI_POINT_GIL || addr != watched->interp->gil)
        return;
    CHECK(!tgi_thread_is_attached(watched));
    CHECK_EQ_UINT(atom_load_seq_cst(&watched->qsbr.seq), 0);
    atom_add_seq_cst(&gil_steps, 1);
}

TEST(everything_is_given_up_before_the_gil)
{
    world w = world_new(true, true, NULL);
    watched = w.t;
    atom_store_seq_cst(&gil_steps, 0);
    tgi_point_set_hook(look_at_gil_step);
    tgi_thread_detach(w.t);
    tgi_thread_attach(w.t);
    tgi_point_set_hook(NULL);
    CHECK(atom_load_seq_cst(&gil_steps) >= 2);
    world_end(&w);
}

#endif
