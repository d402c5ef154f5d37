// SPDX-License-Identifier: MIT
//
// test_gil_policy.c - the three ways to share the GIL, and changing from one to another.
//
// Attacks G1, G2, G4, G5, K3. Wrong results: two threads inside, a waiter that nobody wakes after a
// change of the policy (a time-out), a wrong order of the queue, a release that leaves a waiter of
// `fair` behind, a number of releases that is not what the check interval says.
#include "world.h"

#include "thread/gil.h"
#include "thread/gil_policy.h"
#include "thread/gil_times.h"

#include <string.h>

static tgi_gil *gil_of(world *w)
{
    return w->rt->main_interp->gil;
}

static void use(world *w, const char *name)
{
    const tgi_gil_policy *policy = tgi_gil_policy_find(name);
    REQUIRE(policy != NULL);
    tgi_gil_set_policy(gil_of(w), w->rt, policy);
    CHECK_EQ_STR(tgi_gil_policy_name(tgi_gil_policy_of(gil_of(w))), name);
}

static bool asked(tg_thread *t)
{
    return (atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_DROP) != 0;
}

static bool ticks(tg_thread *t)
{
    return (atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_TICK) != 0;
}

static void await_waiters(world *w, uint32_t n)
{
    while (atom_load_relaxed(&gil_of(w)->waiters) != n)
        sched_yield();
}

TEST(policies_have_names)
{
    int n = 0;
    for (const tgi_gil_policy *p; (p = tgi_gil_policy_at((size_t)n)) != NULL; n++)
        CHECK(tgi_gil_policy_find(tgi_gil_policy_name(p)) == p);
    CHECK_EQ_INT(n, 3);
    CHECK(tgi_gil_policy_find("round-robin") == NULL);
    CHECK(tgi_gil_policy_find("") == NULL);
    tgi_runtime_config config = {.gil_enabled = true, .gil_policy = "round-robin"};
    tg_runtime *rt = NULL;
    CHECK_EQ_INT(tgi_runtime_create(&config, &rt), TG_ERR_ARG);
}

TEST(a_runtime_starts_with_the_policy_it_was_given)
{
    tgi_runtime_config config = {.gil_enabled = true, .counts = "test", .gil_policy = "ticks"};
    tg_runtime *rt = NULL;
    tg_thread *t = NULL;
    tg_interp *own = NULL;
    REQUIRE(tgi_runtime_create(&config, &rt) == TG_OK);
    CHECK(tgi_gil_policy_of(rt->main_interp->gil) == &tgi_gil_ticks);
    REQUIRE(tgi_interp_new(rt, true, &own) == TG_OK);
    CHECK(tgi_gil_policy_of(own->gil) == &tgi_gil_ticks);
    REQUIRE(tgi_thread_new(rt->main_interp, &t) == TG_OK);
    CHECK(ticks(t));
    tgi_thread_attach(t);
    CHECK_EQ_UINT(tgi_runtime_end_threads(rt, t), 0);
    tgi_runtime_destroy(rt, t);
}

// -- one thread at a time, whatever the policy ----------------------------------------------------

enum { THREADS = 4 };

static _Atomic(int) inside;
static long plain; // guarded by the GIL

static void enter_and_leave(tg_thread *t, void *arg)
{
    test_rng rng = test_rng_new(t->id);
    long rounds = *(long *)arg;
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

static void check_times(world *w)
{
    static tgi_histogram wait, hold;
    tgi_stats stats;
    tgi_gil_times_read(w->rt, &wait, &hold);
    tgi_stats_read(w->rt, &stats);
    CHECK_EQ_UINT(wait.count, stats.value[TGI_STAT_gil_waits]);
    CHECK_EQ_UINT(wait.sum, stats.value[TGI_STAT_gil_wait_ns]);
}

static void run_contended(const char *policy, int64_t interval_ns, int64_t slice_ns)
{
    world w = world_new(true, false, NULL);
    use(&w, policy);
    tgi_gil_set_interval_ns(gil_of(&w), interval_ns);
    atom_store_relaxed(&gil_of(&w)->slice_ns, slice_ns);
    plain = 0;
    atom_store_seq_cst(&inside, 0);
    long rounds = test_scale(2000);
    tgi_thread_handle *h[THREADS];
    for (int i = 0; i < THREADS; i++)
        h[i] = world_start(&w, enter_and_leave, &rounds);
    for (int i = 0; i < THREADS; i++)
        world_join(h[i]);
    CHECK_EQ_INT(plain, THREADS * rounds);
    CHECK_EQ_UINT(atom_load_seq_cst(&gil_of(&w)->waiters), 0);
    check_times(&w);
    world_end(&w);
}

TEST(timed_lets_one_in_at_a_time)
{
    run_contended("timed", TGI_GIL_INTERVAL_NS, TGI_GIL_SLICE_NS);
    run_contended("timed", 1, 1); // clamped
}

TEST(ticks_lets_one_in_at_a_time)
{
    run_contended("ticks", TGI_GIL_INTERVAL_NS, TGI_GIL_SLICE_NS);
}

TEST(fair_lets_one_in_at_a_time)
{
    run_contended("fair", TGI_GIL_INTERVAL_NS, TGI_GIL_SLICE_NS);
    run_contended("fair", 1, 0);
}

TEST(the_policy_changes_under_load)
{
    world w = world_new(true, false, NULL);
    tgi_gil_set_interval_ns(gil_of(&w), 20000);
    plain = 0;
    atom_store_seq_cst(&inside, 0);
    long rounds = test_scale(3000);
    tgi_thread_handle *h[THREADS];
    for (int i = 0; i < THREADS; i++)
        h[i] = world_start(&w, enter_and_leave, &rounds);
    test_rng rng = test_rng_new(7);
    for (int left = THREADS; left > 0;) {
        tgi_gil_set_policy(gil_of(&w), w.rt, tgi_gil_policy_at(test_rng_below(&rng, 3)));
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
        if (tgi_thread_join(h[left - 1], tgi_deadline_now(), 0) == TG_OK)
            tgi_thread_handle_release(h[--left]);
    }
    CHECK_EQ_INT(plain, THREADS * rounds);
    CHECK_EQ_UINT(atom_load_seq_cst(&gil_of(&w)->waiters), 0);
    check_times(&w);
    world_end(&w);
}

// -- waiters change with the policy ---------------------------------------------------------------

static void come_and_go(tg_thread *t, void *arg)
{
    (void)t;
    if (arg != NULL)
        atom_store_seq_cst((_Atomic(bool) *)arg, true);
}

static void waiter_of_changes_to(const char *before, const char *after)
{
    // The waiter never asks by the first policy; by the second it must, and soon.
    world w = world_new(true, false, NULL);
    use(&w, before);
    tgi_gil_set_interval_ns(gil_of(&w), 600 * TGI_NS_PER_S);
    atom_store_relaxed(&gil_of(&w)->slice_ns, 600 * TGI_NS_PER_S);
    tgi_thread_handle *h = world_start(&w, come_and_go, NULL);
    await_waiters(&w, 1);
    CHECK(!asked(w.t));
    tgi_gil_set_interval_ns(gil_of(&w), TGI_NS_PER_MS);
    atom_store_relaxed(&gil_of(&w)->slice_ns, TGI_NS_PER_MS);
    use(&w, after);
    while (!asked(w.t))
        sched_yield();
    world_join(h);
    world_end(&w);
}

TEST(a_waiter_of_ticks_asks_once_the_policy_is_timed)
{
    waiter_of_changes_to("ticks", "timed");
}

TEST(a_waiter_of_ticks_asks_once_the_policy_is_fair)
{
    waiter_of_changes_to("ticks", "fair");
}

TEST(a_waiter_of_timed_asks_once_the_policy_is_fair)
{
    waiter_of_changes_to("timed", "fair");
}

// -- ticks ----------------------------------------------------------------------------------------

static uint64_t takes(tg_thread *t)
{
    tgi_stats stats;
    tgi_stats_read_thread(t, &stats);
    return stats.value[TGI_STAT_gil_takes];
}

TEST(ticks_lets_go_at_every_so_many_polls)
{
    world w = world_new(true, false, NULL);
    gil_of(&w)->ticks = 10;
    atom_store_relaxed(&gil_of(&w)->check_interval, 10);
    use(&w, "ticks");
    uint64_t before = takes(w.t);
    for (int i = 0; i < 1009; i++)
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK_EQ_UINT(takes(w.t) - before, 100);
    use(&w, "timed");
    CHECK(!ticks(w.t));
    before = takes(w.t);
    for (int i = 0; i < 1000; i++)
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK_EQ_UINT(takes(w.t) - before, 0);
    world_end(&w);
}

TEST(ticks_costs_nothing_while_the_gil_is_off)
{
    world w = world_new(false, true, NULL);
    use(&w, "ticks");
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK(!ticks(w.t)); // found itself without the GIL
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    CHECK(ticks(w.t));
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK(ticks(w.t));
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK(!ticks(w.t));
    world_end(&w);
}

// -- fair -----------------------------------------------------------------------------------------

static char order[8]; // guarded by the GIL
static int entered;   // guarded by the GIL

static void note_order(tg_thread *t, void *arg)
{
    (void)t;
    order[entered++] = *(const char *)arg;
}

static world fair_world(int64_t interval_ns, int64_t slice_ns)
{
    world w = world_new(true, false, NULL);
    use(&w, "fair");
    tgi_gil_set_interval_ns(gil_of(&w), interval_ns);
    atom_store_relaxed(&gil_of(&w)->slice_ns, slice_ns);
    memset(order, 0, sizeof order);
    entered = 0;
    return w;
}

TEST(fair_hands_over_in_the_order_of_the_queue)
{
    world w = fair_world(600 * TGI_NS_PER_S, 600 * TGI_NS_PER_S);
    static char names[] = "abcde";
    tgi_thread_handle *h[5];
    for (int i = 0; i < 5; i++) {
        h[i] = world_start(&w, note_order, &names[i]);
        await_waiters(&w, (uint32_t)i + 1);
    }
    // Unasked: nobody may take it past the queue, not even who let it go.
    tgi_thread_detach(w.t);
    tgi_thread_attach(w.t);
    CHECK_EQ_STR(order, "abcde");
    for (int i = 0; i < 5; i++)
        world_join(h[i]);
    world_end(&w);
}

typedef struct visit {
    world *w;
    tgi_thread_handle *visitor;
} visit;

// Runs while main, which gave way to it, is the only one in the queue.
static void let_visitor_come(tg_thread *t, visit *v, char *name)
{
    await_waiters(v->w, 1);
    int64_t later = tgi_clock_now_ns() + TGI_NS_PER_MS;
    while (tgi_clock_now_ns() < later)
        tgi_cpu_relax();
    REQUIRE(tgi_thread_start(t->interp, note_order, name, NULL, &v->visitor) == TG_OK);
    await_waiters(v->w, 2);
}

static void let_b_come(tg_thread *t, void *arg)
{
    static char name = 'b';
    order[entered++] = 'a';
    let_visitor_come(t, arg, &name);
}

// Main computes until `other`, which gets a visit, takes the GIL from it.
static void main_gives_way_to(void (*other)(tg_thread *, void *), int64_t interval_ns,
                              const char *expected)
{
    world w = fair_world(interval_ns, 0);
    visit v = {.w = &w};
    tgi_thread_handle *h = world_start(&w, other, &v);
    while (!asked(w.t))
        sched_yield();
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    order[entered++] = 'm';
    world_join(h);
    world_join(v.visitor);
    CHECK_EQ_STR(order, expected);
    world_end(&w);
}

TEST(fair_prefers_a_thread_back_from_a_blocking_call)
{
    main_gives_way_to(let_b_come, 600 * TGI_NS_PER_S, "abm");
}

TEST(fair_lets_nobody_starve)
{
    // Main has been due for most of a millisecond when b comes.
    main_gives_way_to(let_b_come, TGI_GIL_INTERVAL_MIN_NS, "amb");
}

// Takes the GIL from main, computes until a visitor asks it, and goes on.
static void have_a_visitor(tg_thread *t, void *arg)
{
    static char name = 'v';
    order[entered++] = 'h';
    let_visitor_come(t, arg, &name);
    while (!asked(t))
        sched_yield();
    CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    order[entered++] = 'H';
}

TEST(fair_gives_the_gil_back_to_who_was_asked_in_its_turn)
{
    main_gives_way_to(have_a_visitor, 600 * TGI_NS_PER_S, "hvHm");
}

TEST(fair_ends_a_turn_when_another_that_computes_is_due)
{
    // Main has been due for most of a millisecond when v comes.
    main_gives_way_to(have_a_visitor, TGI_GIL_INTERVAL_MIN_NS, "hmvH");
}

static void compute_until_asked(tg_thread *t, void *arg)
{
    // Its turn began when it was handed the GIL, which may be long before it runs.
    // ORDER: relaxed; written by who handed it over.
    int64_t since = atom_load_relaxed(&t->interp->gil->turn_ns);
    CHECK(since != 0);
    while (!asked(t))
        sched_yield();
    *(int64_t *)arg = tgi_clock_now_ns() - since;
}

TEST(fair_leaves_the_holder_a_slice)
{
    int64_t slice = 20 * TGI_NS_PER_MS;
    world w = fair_world(600 * TGI_NS_PER_S, slice);
    int64_t since = tgi_clock_now_ns();
    tgi_thread_handle *h = world_start(&w, come_and_go, NULL);
    while (!asked(w.t))
        sched_yield();
    CHECK(tgi_clock_now_ns() - since >= slice);
    world_join(h);
    world_end(&w);
}

TEST(fair_asks_a_thread_that_computes_after_an_interval)
{
    // Main gave way and waits: it must come back after the interval, not after the slice.
    int64_t interval = 20 * TGI_NS_PER_MS;
    world w = fair_world(interval, 0);
    int64_t asked_after = 0;
    tgi_thread_handle *h = world_start(&w, compute_until_asked, &asked_after);
    while (!asked(w.t))
        sched_yield();
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    world_join(h);
    CHECK(asked_after >= interval);
    world_end(&w);
}

TEST(fair_knows_when_a_thread_that_gave_way_found_the_gil_free)
{
    // Otherwise the next visitor would wait a slice from when it comes.
    world w = fair_world(600 * TGI_NS_PER_S, 0);
    _Atomic(bool) visited = false;
    tgi_thread_handle *h = world_start(&w, come_and_go, &visited);
    while (!asked(w.t))
        sched_yield();
    w.t->gil_gave_way = true;
    tgi_thread_detach(w.t);
    while (!atom_load_seq_cst(&visited) || atom_load_relaxed(&gil_of(&w)->word) != 0)
        sched_yield();
    tgi_thread_attach(w.t);
    w.t->gil_gave_way = false;
    CHECK(atom_load_relaxed(&gil_of(&w)->turn_ns) != 0);
    world_join(h);
    world_end(&w);
}

TEST(fair_orders_the_queue_by_turns)
{
    enum { GAVE_WAY = 1, CAME_BACK = 0 };
    static const struct {
        char name;
        int gave_way;
        int64_t since, turn_until;
        const char *queue;
    } comers[] = {
        {'a', GAVE_WAY, 10000, 0, "a"},        // due at 20000
        {'b', GAVE_WAY, 10100, 10100, "ab"},   // its turn has just ended: due at 30000
        {'c', GAVE_WAY, 10200, 10201, "cab"},  // goes on with its turn
        {'d', GAVE_WAY, 20500, 50000, "cabd"}, // a is due, so its turn is over: due at 40000
        {'v', CAME_BACK, 20600, 0, "cavbd"},   {'w', CAME_BACK, 20600, 50000, "cavwbd"},
        {'x', CAME_BACK, 60000, 0, "cavwbdx"}, // all are due
        {'e', GAVE_WAY, 10000, 0, "cavwbdex"}, // due at 50000
    };
    static tg_thread threads[TGI_ARRAY_LENGTH(comers)];
    tgi_gil_waiter waiters[TGI_ARRAY_LENGTH(comers)] = {0};
    tgi_gil gil;
    tgi_gil_init(&gil, 1, true);
    tgi_gil_set_interval_ns(&gil, 10000);
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(comers); i++) {
        tgi_gil_waiter *w = &waiters[i];
        w->thread = &threads[i];
        w->thread->gil_turn_until = comers[i].turn_until;
        w->gave_way = comers[i].gave_way == GAVE_WAY;
        w->since = comers[i].since;
        tgi_gil_fair.enqueue_locked(&gil, w);
        char queue[TGI_ARRAY_LENGTH(comers) + 1] = {0};
        size_t n = 0;
        for (const tgi_gil_waiter *q = gil.head; q != NULL; q = q->next)
            queue[n++] = comers[q - waiters].name;
        CHECK_EQ_STR(queue, comers[i].queue);
    }
}

TEST(fair_asks_when_it_is_due_although_visitors_came)
{
    static tg_thread thread;
    tgi_gil gil;
    tgi_gil_init(&gil, 1, true);
    tgi_gil_set_interval_ns(&gil, 10000);
    atom_store_relaxed(&gil.slice_ns, 1000);
    // The holder began, or went on, at 50000.
    atom_store_relaxed(&gil.turn_ns, 50000);
    tgi_gil_waiter early = {.thread = &thread, .gave_way = true, .due = 60500};
    CHECK_EQ_INT(tgi_gil_fair.ask_at(&gil, &early, 50100), 60000);
    tgi_gil_waiter due = {.thread = &thread, .gave_way = true, .due = 53000};
    CHECK_EQ_INT(tgi_gil_fair.ask_at(&gil, &due, 50100), 53000);
    tgi_gil_waiter late = {.thread = &thread, .gave_way = true, .due = 40000};
    CHECK_EQ_INT(tgi_gil_fair.ask_at(&gil, &late, 50100), 51000);
    // The holder is a visitor in its turn: it is not asked in its own slice.
    tgi_gil_waiter host = {.thread = &thread, .gave_way = true, .keeps_turn = true, .due = 49900};
    CHECK_EQ_INT(tgi_gil_fair.ask_at(&gil, &host, 50100), 60000);
    tgi_gil_waiter visitor = {.thread = &thread, .due = 50050};
    CHECK_EQ_INT(tgi_gil_fair.ask_at(&gil, &visitor, 50100), 51000);
}

// -- times ----------------------------------------------------------------------------------------

TEST(waits_and_holds_are_noted_per_thread)
{
    static tgi_histogram wait, hold;
    world w = world_new(true, false, NULL);
    tgi_gil_times_read_thread(w.t, &wait, &hold);
    CHECK_EQ_UINT(wait.count + hold.count, 0);
    use(&w, "fair");
    tgi_thread_handle *h = world_start(&w, come_and_go, NULL);
    await_waiters(&w, 1);
    int64_t later = tgi_clock_now_ns() + 5 * TGI_NS_PER_MS;
    while (tgi_clock_now_ns() < later)
        tgi_cpu_relax();
    tgi_thread_detach(w.t);
    tgi_thread_attach(w.t);
    world_join(h);
    // Main held it while the other waited, and the other waited for that long.
    tgi_gil_times_read_thread(w.t, &wait, &hold);
    CHECK_EQ_UINT(hold.count, 1);
    CHECK(hold.max >= 5 * (uint64_t)TGI_NS_PER_MS);
    // The times of a thread that has ended stay in the sum.
    tgi_gil_times_read(w.rt, &wait, &hold);
    CHECK(wait.max >= 5 * (uint64_t)TGI_NS_PER_MS);
    CHECK(hold.count >= 1);
    check_times(&w);
    world_end(&w);
}
