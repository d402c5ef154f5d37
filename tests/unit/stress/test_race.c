// SPDX-License-Identifier: MIT
//
// test_race.c - the search for races against a graph of what happens before what.
//
// Attacks R1, R3 and RC1. Random traces of tasks, locks, messages and accesses are given to the
// detector event by event. The oracle draws an edge for every order the script may rely on and
// looks for a path. Wrong results: the first race of a location is missed, seen earlier or seen
// later.
#include "test.h"

#include "stress/race.h"

enum { TASKS = 5, LOCKS = 3, THINGS = 4, MESSAGES = 2, EVENTS = 120, TRACES = 4000 };

typedef struct event {
    uint32_t task, thing;
    bool access, write;
    uint64_t before[EVENTS / 64 + 1]; // all events that happen before this one, itself included
} event;

typedef struct trace {
    tgi_races *r;
    event events[EVENTS];
    size_t count;
    uint32_t born;
    bool ended[TASKS];
    int last[TASKS], released[LOCKS], sent[MESSAGES]; // the event, or -1
    int holder[LOCKS];
    uint64_t sends[MESSAGES][EVENTS / 64 + 1];       // everything before any of them
    uint64_t first_seen[THINGS], first_true[THINGS]; // event of the first race; EVENTS: none
} trace;

static int locks[LOCKS], things[THINGS], messages[MESSAGES], handles[TASKS];

static void add_edges(event *to, const uint64_t *from)
{
    for (size_t i = 0; i < sizeof to->before / sizeof to->before[0]; i++)
        to->before[i] |= from[i];
}

// A new event of the task, after everything the task did; -1 for no other edge.
static event *step(trace *x, uint32_t task, int after)
{
    event *e = &x->events[x->count];
    *e = (event){.task = task};
    if (x->last[task] >= 0)
        add_edges(e, x->events[x->last[task]].before);
    if (after >= 0)
        add_edges(e, x->events[after].before);
    e->before[x->count / 64] |= UINT64_C(1) << x->count % 64;
    x->last[task] = (int)x->count++;
    return e;
}

static bool is_before(const trace *x, size_t a, const event *b)
{
    (void)x;
    return (b->before[a / 64] >> a % 64 & 1) != 0;
}

static void access(trace *x, uint32_t task, uint32_t thing, bool write)
{
    size_t at = x->count;
    event *e = step(x, task, -1);
    e->access = true;
    e->thing = thing;
    e->write = write;
    for (size_t i = 0; i < at && x->first_true[thing] == EVENTS; i++) {
        const event *other = &x->events[i];
        if (other->access && other->thing == thing && (other->write || write) &&
            other->task != task && !is_before(x, i, e))
            x->first_true[thing] = at;
    }
    // Every event has a line of its own: a new race is a new report.
    tgi_place place = {.key = e, .file = "trace", .function = "f", .line = (uint32_t)at + 1};
    tgi_race_op op = {.where = &things[thing],
                      .part = TGI_PART_VARIABLE,
                      .write = write,
                      .place = tgi_place_add(tgi_races_places(x->r), &place)};
    CHECK(op.place != 0);
    if (tgi_races_access(x->r, task, &op) && x->first_seen[thing] == EVENTS)
        x->first_seen[thing] = at;
}

static void begin(trace *x)
{
    x->r = tgi_races_new();
    CHECK(x->r != NULL);
    tgi_races_begin(x->r);
    tgi_races_started(x->r, 0, 0, "main", NULL);
    x->count = 0;
    x->born = 1;
    for (int i = 0; i < TASKS; i++) {
        x->last[i] = -1;
        x->ended[i] = false;
    }
    for (int i = 0; i < LOCKS; i++)
        x->released[i] = x->holder[i] = -1;
    for (int i = 0; i < MESSAGES; i++) {
        x->sent[i] = -1;
        memset(x->sends[i], 0, sizeof x->sends[i]);
    }
    for (int i = 0; i < THINGS; i++)
        x->first_seen[i] = x->first_true[i] = EVENTS;
}

static void start(trace *x, uint32_t parent)
{
    uint32_t child = x->born++;
    step(x, parent, -1);
    tgi_races_started(x->r, parent, child, "task", &handles[child]);
    step(x, child, x->last[parent]);
    // What the parent does from now on is not before the child: it is another event.
    step(x, parent, -1);
}

static void join(trace *x, uint32_t task, uint32_t other)
{
    tgi_races_joined(x->r, task, &handles[other]);
    step(x, task, x->last[other]);
}

static void acquire(trace *x, uint32_t task, int lock)
{
    tgi_races_acquired(x->r, task, &locks[lock], 0, false);
    step(x, task, x->released[lock]);
    x->holder[lock] = (int)task;
}

static void release(trace *x, uint32_t task, int lock)
{
    step(x, task, -1);
    tgi_races_released(x->r, task, &locks[lock]);
    x->released[lock] = x->last[task];
    x->holder[lock] = -1;
    step(x, task, -1);
}

static void send(trace *x, uint32_t task, int message)
{
    event *e = step(x, task, -1);
    for (size_t i = 0; i < sizeof e->before / sizeof e->before[0]; i++)
        x->sends[message][i] |= e->before[i];
    tgi_races_send(x->r, task, &messages[message], 0);
    step(x, task, -1);
}

static void receive(trace *x, uint32_t task, int message)
{
    event *e = step(x, task, -1);
    add_edges(e, x->sends[message]);
    tgi_races_receive(x->r, task, &messages[message], 0);
}

// It dies, and another lock comes to be there.
static void gone(trace *x, int lock)
{
    tgi_races_gone(x->r, &locks[lock]);
    x->released[lock] = x->holder[lock] = -1;
}

static void random_step(trace *x, test_rng *rng)
{
    uint32_t task = (uint32_t)test_rng_below(rng, x->born);
    if (x->ended[task])
        return;
    int lock = (int)test_rng_below(rng, LOCKS), message = (int)test_rng_below(rng, MESSAGES);
    uint32_t other = (uint32_t)test_rng_below(rng, TASKS);
    if (test_rng_below(rng, 40) == 0)
        gone(x, lock);
    switch (test_rng_below(rng, 16)) {
    case 0:
        if (x->born < TASKS)
            start(x, task);
        return;
    case 1:
        if (other != task && other > 0 && other < x->born) {
            x->ended[other] = true;
            for (int i = 0; i < LOCKS; i++) {
                if (x->holder[i] == (int)other)
                    release(x, other, i);
            }
            join(x, task, other);
        }
        return;
    case 2:
    case 3:
    case 4:
        if (x->holder[lock] < 0)
            acquire(x, task, lock);
        return;
    case 5:
    case 6:
    case 7:
        if (x->holder[lock] == (int)task)
            release(x, task, lock);
        return;
    case 8:
        send(x, task, message);
        return;
    case 9:
        receive(x, task, message);
        return;
    default:
        // Mostly reads: several of them without order are what makes a location complicated.
        access(x, task, (uint32_t)test_rng_below(rng, THINGS), test_rng_below(rng, 3) == 0);
        return;
    }
}

TEST(first_races_of_random_traces_are_those_of_the_graph)
{
    test_rng rng = test_rng_new(0);
    static trace x;
    size_t races = 0, clean = 0;
    for (uint64_t n = test_scale(TRACES); n > 0; n--) {
        begin(&x);
        for (int i = 0; i < EVENTS && x.count + 8 < EVENTS; i++)
            random_step(&x, &rng);
        for (int i = 0; i < THINGS; i++) {
            CHECK_EQ_INT(x.first_seen[i], x.first_true[i]);
            races += x.first_true[i] < EVENTS;
            clean += x.first_true[i] == EVENTS;
        }
        tgi_races_free(x.r);
    }
    CHECK(races > 0 && clean > 0);
}

static bool races(trace *x)
{
    bool seen = x->first_seen[0] < EVENTS;
    CHECK_EQ_INT(x->first_seen[0], x->first_true[0]);
    tgi_races_free(x->r);
    return seen;
}

TEST(join_orders_what_a_task_did)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    access(&x, 1, 0, true);
    join(&x, 0, 1);
    access(&x, 0, 0, true);
    CHECK(!races(&x));
}

TEST(start_orders_what_was_done_before_it_and_nothing_after)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    access(&x, 0, 1, true); // of a second thing, so that there are two tasks
    access(&x, 0, 0, true);
    start(&x, 0);
    access(&x, 2, 0, true);
    CHECK(!races(&x));
    begin(&x);
    start(&x, 0);
    access(&x, 0, 0, true);
    access(&x, 1, 0, true);
    CHECK(races(&x));
}

TEST(lock_orders_one_holder_before_the_next)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    for (uint32_t task = 0; task < 2; task++) {
        acquire(&x, task, 0);
        access(&x, task, 0, true);
        release(&x, task, 0);
    }
    CHECK(!races(&x));
}

TEST(what_follows_a_release_is_not_ordered_by_it)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    acquire(&x, 0, 0);
    release(&x, 0, 0);
    access(&x, 0, 0, true);
    acquire(&x, 1, 0);
    access(&x, 1, 0, true);
    CHECK(races(&x));
}

TEST(different_locks_order_nothing)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    for (uint32_t task = 0; task < 2; task++) {
        acquire(&x, task, (int)task);
        access(&x, task, 0, true);
        release(&x, task, (int)task);
    }
    CHECK(races(&x));
}

TEST(all_of_several_readers_count)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    start(&x, 0);
    start(&x, 0);
    access(&x, 1, 0, false);
    access(&x, 2, 0, false);
    access(&x, 3, 0, false);
    join(&x, 0, 2);
    join(&x, 0, 3);
    access(&x, 0, 0, true); // not after the read of task 1
    CHECK(races(&x));
}

TEST(lock_of_the_library_orders_nothing)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    for (uint32_t task = 0; task < 2; task++) {
        tgi_races_acquired(x.r, task, &locks[0], 0, true);
        access(&x, task, 0, true);
        tgi_races_released(x.r, task, &locks[0]);
    }
    CHECK(races(&x));
}

TEST(lock_at_the_address_of_a_dead_one_is_another_one)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    acquire(&x, 0, 0);
    access(&x, 0, 0, true);
    release(&x, 0, 0);
    gone(&x, 0);
    acquire(&x, 1, 0);
    access(&x, 1, 0, true);
    CHECK(races(&x));
}

TEST(lock_that_dies_is_held_by_nobody)
{
    static trace x;
    begin(&x);
    start(&x, 0);
    tgi_races_acquired(x.r, 1, &locks[0], 7, false);
    CHECK(tgi_races_holds(x.r, 1, 7));
    gone(&x, 0);
    CHECK(!tgi_races_holds(x.r, 1, 7));
    tgi_races_free(x.r);
}

// Locks 0 and 1 in both orders, but the first ones are dead when the second order comes.
TEST(locks_that_never_were_at_the_same_time_make_no_ring)
{
    for (int dies = 0; dies < 2; dies++) {
        static trace x;
        begin(&x);
        start(&x, 0);
        for (int task = 0; task < 2; task++) {
            for (int i = 0; i < 2; i++)
                acquire(&x, (uint32_t)task, i ^ task);
            for (int i = 0; i < 2; i++)
                release(&x, (uint32_t)task, i);
            for (int i = 0; i < 2 && dies != 0; i++)
                gone(&x, i);
        }
        tgi_races_end(x.r);
        CHECK((tgi_races_cycle_at(x.r, 0) == NULL) == (dies != 0));
        tgi_races_free(x.r);
    }
}

TEST(two_lines_are_one_report_however_often_they_race)
{
    tgi_races *r = tgi_races_new();
    for (int run = 0; run < 3; run++) {
        tgi_races_begin(r);
        tgi_races_started(r, 0, 0, "main", NULL);
        tgi_races_started(r, 0, 1, "task", &handles[1]);
        tgi_place a = {.key = &things[0], .file = "f", .function = "f", .line = 1};
        tgi_place b = {.key = &things[1], .file = "f", .function = "g", .line = 2};
        tgi_places *p = tgi_races_places(r);
        uint32_t x = tgi_place_find(p, 0, a.key), y = tgi_place_find(p, 0, b.key);
        x = x != 0 ? x : tgi_place_add(p, &a);
        y = y != 0 ? y : tgi_place_add(p, &b);
        tgi_race_op op = {&things[2], 0, TGI_PART_VARIABLE, true, 0, run == 1 ? y : x};
        (void)tgi_races_access(r, 0, &op);
        op.place = run == 1 ? x : y;
        CHECK(tgi_races_access(r, 1, &op) == (run == 0));
        tgi_races_name(r, "x");
    }
    CHECK(tgi_races_at(r, 0) != NULL && tgi_races_at(r, 0)->times == 3);
    CHECK(tgi_races_at(r, 1) == NULL);
    tgi_races_free(r);
}
