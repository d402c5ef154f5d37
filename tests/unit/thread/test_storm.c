// SPDX-License-Identifier: MIT
//
// test_storm.c - everything at once.
//
// Threads run, block, lock, defer, pause, toggle the GIL, change its policy, hold each other, start
// and end threads, at random. Attacks the interplay of all protocols of this layer. Wrong results:
// a check inside that fails, a sanitizer report, a time-out (deadlock or lost wake-up), a leak at
// the end.
#include "world.h"

#include "sync/mutex.h"
#include "thread/defer.h"
#include "thread/gil.h"

enum { WORKERS = 5, SLOTS = 4 };
#define CHANGING "" // a policy for run_storm: the threads change it

typedef struct storm {
    tg_runtime *rt;
    long steps;
    _Atomic(int) inside;
    _Atomic(int) children;
    bool changing; // of the GIL's policy
    tgi_mutex lock;
    long locked;   // guarded by lock
    long paused;   // touched in pauses only
    long with_gil; // touched while the GIL is on only
    _Atomic(uint64_t *) slot[SLOTS];
    _Atomic(uint32_t) ids[WORKERS];
} storm;

static void child(tg_thread *t, void *arg)
{
    storm *s = arg;
    CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    uint64_t *p = tgi_raw_alloc(sizeof *p);
    REQUIRE(p != NULL);
    *p = 1;
    uint64_t *old = atom_exchange_acq_rel(&s->slot[t->id % SLOTS], p);
    if (old != NULL)
        tgi_defer_free(t, old, sizeof *old);
    atom_sub_seq_cst(&s->children, 1);
}

static void start_child(storm *s, tg_thread *t)
{
    if (atom_load_seq_cst(&s->children) >= 8)
        return;
    tgi_thread_handle *h = NULL;
    atom_add_seq_cst(&s->children, 1);
    REQUIRE(tgi_thread_start(t->interp, child, s, NULL, &h) == TG_OK);
    tgi_thread_handle_release(h);
}

static void work(tg_thread *t, void *arg)
{
    storm *s = arg;
    test_rng rng = test_rng_new(t->id);
    int requests = 0;
    tgi_gil *gil = t->interp->gil;
    atom_store_seq_cst(&s->ids[t->id / 2 % WORKERS], t->id);
    for (long i = 0; i < s->steps; i++) {
        bool on = tgi_gil_is_enabled(t);
        int others = atom_add_seq_cst(&s->inside, 1);
        if (on) {
            s->with_gil++;
            if (others != 0 || !t->holds_gil)
                FAIL("%d others attached with the GIL on", others);
        }
        uint64_t *p = atom_load_acquire(&s->slot[test_rng_below(&rng, SLOTS)]);
        if (p != NULL && *p != 1)
            FAIL("freed memory was read");
        atom_sub_seq_cst(&s->inside, 1);

        switch (test_rng_below(&rng, 64)) {
        case 0:
            tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
            s->paused++;
            (void)tgi_defer_drain_stopped(t->runtime, t, true);
            tgi_start_the_world(t, t->interp);
            break;
        case 1:
            tgi_stop_the_world_global(t, t->runtime, TGI_CAUSE_TEST);
            s->paused++;
            tgi_start_the_world_global(t, t->runtime);
            break;
        case 2:
            if (requests < 3) {
                REQUIRE(tgi_gil_enable_transient(t, NULL, NULL) == TG_OK);
                requests++;
            }
            break;
        case 3:
        case 4:
            if (requests > 0) {
                REQUIRE(tgi_gil_disable(t, NULL, NULL) == TG_OK);
                requests--;
            }
            break;
        case 5:
            start_child(s, t);
            break;
        case 6: {
            uint32_t id = atom_load_seq_cst(&s->ids[test_rng_below(&rng, WORKERS)]);
            tg_thread *held = tgi_thread_hold_detached(t->runtime, id);
            if (held != NULL)
                tgi_thread_unhold(held);
            break;
        }
        case 7: {
            uint64_t *fresh = tgi_raw_alloc(sizeof *fresh);
            REQUIRE(fresh != NULL);
            *fresh = 1;
            uint64_t *old = atom_exchange_acq_rel(&s->slot[test_rng_below(&rng, SLOTS)], fresh);
            if (old != NULL)
                tgi_defer_free(t, old, sizeof *old);
            break;
        }
        case 8:
        case 9:
            tgi_mutex_lock_detach(&s->lock);
            s->locked++;
            tgi_mutex_unlock(&s->lock);
            break;
        case 12:
            if (s->changing)
                tgi_gil_set_policy(gil, t->runtime, tgi_gil_policy_at(test_rng_below(&rng, 3)));
            break;
        case 10:
        case 11:
            tgi_thread_detach(t);
            sched_yield();
            tgi_thread_attach(t);
            break;
        default:
            CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        }
    }
    while (requests-- > 0)
        REQUIRE(tgi_gil_disable(t, NULL, NULL) == TG_OK);
}

static void run_storm(bool gil_on, const char *policy)
{
    world w = world_new(gil_on, true, NULL);
    tgi_gil *gil = w.rt->main_interp->gil;
    const tgi_gil_policy *fixed = tgi_gil_policy_find(policy);
    if (fixed != NULL)
        tgi_gil_set_policy(gil, w.rt, fixed);
    static storm s;
    memset(&s, 0, sizeof s);
    s.rt = w.rt;
    s.changing = fixed == NULL;
    s.steps = test_scale(4000);
    tgi_gil_set_interval_ns(gil, 20000);
    tgi_thread_handle *h[WORKERS];
    for (int i = 0; i < WORKERS; i++)
        h[i] = world_start(&w, work, &s);
    for (int i = 0; i < WORKERS; i++)
        world_join(h[i]);
    CHECK_EQ_INT(tgi_runtime_wait_threads(w.rt, w.t, TGI_DEADLINE_NEVER, 0), TG_OK);
    CHECK_EQ_INT(atom_load_seq_cst(&s.children), 0);
    CHECK_EQ_INT(tgi_gil_count(w.t), gil_on);
    CHECK(s.paused > 0);
    for (int i = 0; i < SLOTS; i++)
        tgi_raw_free(atom_exchange_acq_rel(&s.slot[i], NULL));
    CHECK_EQ_UINT(tgi_runtime_end_threads(w.rt, w.t), 0);
    tgi_runtime_destroy(w.rt, w.t);
    while (tgi_raw_count().blocks != w.blocks_before) // handles go a moment after their states
        sched_yield();
}

TEST(storm_starting_without_gil)
{
    run_storm(false, "timed");
}

TEST(storm_starting_with_gil)
{
    run_storm(true, "timed");
}

TEST(storm_of_ticks)
{
    run_storm(false, "ticks");
    run_storm(true, "ticks");
}

TEST(storm_of_fair)
{
    run_storm(false, "fair");
    run_storm(true, "fair");
}

TEST(storm_of_changing_policies)
{
    run_storm(false, CHANGING);
    run_storm(true, CHANGING);
}
