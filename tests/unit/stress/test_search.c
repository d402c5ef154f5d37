// SPDX-License-Identifier: MIT
//
// test_search.c - systematic search against the tree of all schedules.
//
// Attacks SE1 and SE2. Small programs of a few threads are run by a simulator that asks the search
// at every decision. The oracle walks through all interleavings by itself. Wrong results: a
// schedule is left out, tried twice under one bound, or called complete too early.
#include "test.h"

#include "stress/search.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS = 3, STEPS = 6, THINGS = 3, LOCKS = 2, MOST_SCHEDULES = 40000 };

typedef enum kind { READ, WRITE, TAKE, GIVE } kind;

typedef struct program {
    uint32_t threads;
    struct {
        uint32_t count;
        struct {
            kind kind;
            uint32_t thing;
        } steps[STEPS];
    } of[THREADS];
} program;

typedef struct state {
    uint32_t pc[THREADS];
    uint64_t seen[THREADS]; // all a thread has read
    uint64_t value[THINGS];
    bool locked[LOCKS];
    uint32_t last, preemptions, delays;
    char path[THREADS * STEPS + 1]; // who did a step
    size_t length;
} state;

static void init(const program *p, state *s)
{
    (void)p;
    memset(s, 0, sizeof *s);
}

static bool is_enabled(const program *p, const state *s, uint32_t t)
{
    if (s->pc[t] >= p->of[t].count)
        return false;
    return p->of[t].steps[s->pc[t]].kind != TAKE || !s->locked[p->of[t].steps[s->pc[t]].thing];
}

static uint32_t all_enabled(const program *p, const state *s, uint32_t *out)
{
    uint32_t n = 0;
    for (uint32_t t = 0; t < p->threads; t++) {
        if (is_enabled(p, s, t))
            out[n++] = t;
    }
    return n;
}

static void do_step(const program *p, state *s, uint32_t t)
{
    if (t != s->last && is_enabled(p, s, s->last))
        s->preemptions++;
    s->last = t;
    s->path[s->length++] = (char)('0' + t);
    uint32_t thing = p->of[t].steps[s->pc[t]].thing;
    switch (p->of[t].steps[s->pc[t]++].kind) {
    case READ:
        s->seen[t] = s->seen[t] * 31 + s->value[thing];
        break;
    case WRITE:
        s->value[thing] = s->seen[t] * 7 + t * 100 + s->pc[t];
        break;
    case TAKE:
        s->locked[thing] = true;
        break;
    case GIVE:
        s->locked[thing] = false;
        break;
    }
}

static uint64_t hash_of(const state *s)
{
    uint64_t h = 5381;
    for (size_t i = 0; i < s->length; i++)
        h = h * 33 + (uint8_t)s->path[i];
    return h;
}

static uint32_t usual(const state *s, const uint32_t *tasks, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (tasks[i] >= s->last)
            return i;
    }
    return 0;
}

// --- the oracle

typedef struct tree {
    const program *p;
    bool delays;   // are bounded, not preemptions
    uint32_t most; // of them
    size_t count;
    char (*paths)[THREADS * STEPS + 1];
} tree;

static void walk(tree *o, const state *s)
{
    uint32_t tasks[THREADS], n = all_enabled(o->p, s, tasks);
    if ((o->delays ? s->delays : s->preemptions) > o->most)
        return;
    if (n == 0 && o->count < MOST_SCHEDULES)
        memcpy(o->paths[o->count], s->path, sizeof s->path);
    o->count += n == 0;
    for (uint32_t i = 0; i < n && o->count < MOST_SCHEDULES; i++) {
        state next = *s;
        next.delays += (i + n - usual(s, tasks, n)) % n; // who was passed over
        do_step(o->p, &next, tasks[i]);
        walk(o, &next);
    }
}

static size_t all_schedules(const program *p, bool delays, uint32_t most, tree *o)
{
    state s;
    init(p, &s);
    *o = (tree){
        .p = p, .delays = delays, .most = most, .paths = malloc(sizeof *o->paths * MOST_SCHEDULES)};
    walk(o, &s);
    return o->count;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(a, b);
}

// --- the search

static void run(const program *p, tgi_search *h, state *s)
{
    uint32_t tasks[THREADS], n;
    init(p, s);
    tgi_search_begin(h);
    while ((n = all_enabled(p, s, tasks)) > 0) {
        uint32_t to = tasks[0];
        if (n > 1) {
            tgi_search_point at = {.hash = hash_of(s),
                                   .self = s->last,
                                   .arrival = (uint32_t)s->length,
                                   .tasks = tasks,
                                   .count = n};
            at.usual = usual(s, tasks, n);
            uint32_t i = tgi_search_pick(h, &at);
            s->delays += (i + n - at.usual) % n;
            to = tasks[i];
        }
        do_step(p, s, to);
    }
}

static program straight(uint32_t threads, const uint32_t *lengths)
{
    program p = {.threads = threads};
    for (uint32_t t = 0; t < threads; t++) {
        p.of[t].count = lengths[t];
        for (uint32_t i = 0; i < lengths[t]; i++)
            p.of[t].steps[i].kind = WRITE;
    }
    return p;
}

static size_t count_all(const program *p)
{
    tgi_search h;
    state s;
    size_t n = 0;
    (void)tgi_search_init(&h, TGI_SEARCH_ALL, -1);
    do {
        bool again = h.again;
        run(p, &h, &s);
        n += again ? 0 : 1;
        CHECK(tgi_search_share(&h) <= 1);
    } while (tgi_search_end(&h, hash_of(&s)));
    CHECK(h.over && !h.cut && !h.diverged && h.runs == n);
    tgi_search_free(&h);
    return n;
}

TEST(number_of_interleavings_is_a_binomial_coefficient)
{
    static const struct {
        uint32_t lengths[3], threads;
        size_t expected;
    } rows[] = {{{1, 1}, 2, 2},    {{3, 2}, 2, 10},    {{5, 5}, 2, 252},     {{6, 4}, 2, 210},
                {{1, 1, 1}, 3, 6}, {{2, 2, 2}, 3, 90}, {{4, 3, 2}, 3, 1260}, {{3, 3, 3}, 3, 1680}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        program p = straight(rows[i].threads, rows[i].lengths);
        CHECK_EQ_UINT(count_all(&p), rows[i].expected);
    }
}

// Threads with reads, writes and locks; a lock is given back by who has it.
static program random_program(test_rng *r)
{
    program p = {.threads = 2 + (uint32_t)test_rng_below(r, THREADS - 1)};
    for (uint32_t t = 0; t < p.threads; t++) {
        uint32_t want = 1 + (uint32_t)test_rng_below(r, p.threads == 2 ? STEPS - 1 : 3);
        int held = -1;
        while (p.of[t].count < want) {
            uint32_t i = p.of[t].count++;
            uint32_t what = (uint32_t)test_rng_below(r, 4);
            if (what == 3 && held >= 0) {
                p.of[t].steps[i].kind = GIVE;
                p.of[t].steps[i].thing = (uint32_t)held;
                held = -1;
            } else if (what >= 2 && held < 0) {
                held = (int)test_rng_below(r, LOCKS);
                p.of[t].steps[i].kind = TAKE;
                p.of[t].steps[i].thing = (uint32_t)held;
            } else {
                p.of[t].steps[i].kind = what % 2 == 0 ? READ : WRITE;
                p.of[t].steps[i].thing = (uint32_t)test_rng_below(r, THINGS);
            }
        }
    }
    return p;
}

// Under every bound, the search and the oracle have tried the same schedules, each once.
static void check_bounds(const program *p, bool delays, int32_t most)
{
    tgi_search h;
    (void)tgi_search_init(&h, delays ? TGI_SEARCH_DELAY : TGI_SEARCH_BOUND, most);
    char(*paths)[THREADS * STEPS + 1] = malloc(sizeof *paths * MOST_SCHEDULES);
    bool more = true;
    while (more) {
        int32_t bound = h.bound;
        size_t n = 0;
        state s;
        do {
            bool again = h.again;
            run(p, &h, &s);
            CHECK((delays ? s.delays : s.preemptions) <= (uint32_t)bound);
            CHECK(tgi_search_share(&h) <= 1);
            CHECK(n < MOST_SCHEDULES);
            if (!again)
                memcpy(paths[n++], s.path, sizeof s.path);
            more = tgi_search_end(&h, hash_of(&s));
        } while (more && h.bound == bound);
        CHECK_EQ_INT(h.complete, bound);
        tree o;
        CHECK_EQ_UINT(all_schedules(p, delays, (uint32_t)bound, &o), n);
        qsort(paths, n, sizeof paths[0], by_path);
        qsort(o.paths, n, sizeof o.paths[0], by_path);
        for (size_t i = 0; i < n; i++)
            CHECK(strcmp(paths[i], o.paths[i]) == 0);
        free(o.paths);
        if (!more && !h.cut) { // complete without a bound
            CHECK_EQ_UINT(all_schedules(p, delays, THREADS * THREADS * STEPS, &o), n);
            free(o.paths);
        }
        if (!more && h.cut)
            CHECK_EQ_INT(bound, most);
    }
    CHECK(h.over);
    free(paths);
    tgi_search_free(&h);
}

TEST(every_schedule_within_the_bound_is_tried_once)
{
    test_rng r = test_rng_new(0);
    for (int i = 0; i < 300; i++) {
        program p = random_program(&r);
        check_bounds(&p, false, i % 3 == 0 ? -1 : i % 3);
    }
}

TEST(every_schedule_within_so_many_delays_is_tried_once)
{
    test_rng r = test_rng_new(0);
    for (int i = 0; i < 300; i++) {
        program p = random_program(&r);
        check_bounds(&p, true, i % 3 == 0 ? -1 : i % 3);
    }
}

TEST(run_that_is_not_what_it_was_takes_the_claim_away)
{
    static const uint32_t two[] = {2, 2}, three[] = {2, 3};
    program p = straight(2, two), other = straight(2, three);
    tgi_search h;
    state s;
    (void)tgi_search_init(&h, TGI_SEARCH_ALL, -1);
    size_t n = 0;
    do {
        run(n % 3 == 2 ? &other : &p, &h, &s); // the first run and its repetition are alike
    } while (tgi_search_end(&h, hash_of(&s)) && ++n < 1000);
    CHECK(h.diverged);
    CHECK(h.over); // it comes to an end all the same
    tgi_search_free(&h);
}

TEST(share_of_what_is_done_only_grows)
{
    static const uint32_t lengths[] = {4, 4};
    program p = straight(2, lengths);
    tgi_search h;
    state s;
    double last = -1;
    (void)tgi_search_init(&h, TGI_SEARCH_ALL, -1);
    do {
        run(&p, &h, &s);
        bool more = tgi_search_end(&h, hash_of(&s));
        double now = tgi_search_share(&h);
        CHECK(h.again ? now == last || last < 0 : now > last || last == 0);
        CHECK(now <= 1);
        CHECK(more == (now < 1));
        last = now;
    } while (!h.over);
    tgi_search_free(&h);
}

// --- DPOR

static const char things[THINGS], locks[LOCKS];

static const void *thing_of(const program *p, uint32_t t, uint32_t step)
{
    kind k = p->of[t].steps[step].kind;
    uint32_t thing = p->of[t].steps[step].thing;
    return k == TAKE || k == GIVE ? &locks[thing] : &things[thing];
}

// What the step of t touches.
static void tell(tgi_search *h, const program *p, const state *s, uint32_t t)
{
    static const tgi_search_touch_kind kinds[] = {[READ] = TGI_TOUCHES_READ,
                                                  [WRITE] = TGI_TOUCHES_WRITE,
                                                  [TAKE] = TGI_TOUCHES_TAKE,
                                                  [GIVE] = TGI_TOUCHES_GIVE};
    kind k = p->of[t].steps[s->pc[t]].kind;
    tgi_search_touch(h, thing_of(p, t, s->pc[t]), 0, kinds[k]);
}

// ahead: what a task is about to touch is told when it comes to the point.
static void run_dpor(const program *p, tgi_search *h, state *s, bool ahead)
{
    uint32_t tasks[THREADS], n;
    init(p, s);
    tgi_search_begin(h);
    for (uint32_t i = 0; ahead && i < p->threads; i++)
        tgi_search_meet(h, thing_of(p, i, 0));
    while ((n = all_enabled(p, s, tasks)) > 0) {
        tgi_search_point at = {.hash = hash_of(s),
                               .self = s->last,
                               .arrival = (uint32_t)s->length,
                               .tasks = tasks,
                               .count = n,
                               .usual = usual(s, tasks, n)};
        uint32_t to = tgi_search_pick(h, &at);
        if (to == TGI_SEARCH_STOP)
            break;
        to = tasks[to];
        tell(h, p, s, to);
        do_step(p, s, to);
        if (ahead && s->pc[to] < p->of[to].count)
            tgi_search_meet(h, thing_of(p, to, s->pc[to]));
    }
    for (uint32_t t = 0; t < p->threads; t++) {
        if (s->pc[t] < p->of[t].count) { // a deadlock, or given up
            tgi_search_pending(h, t);
            tell(h, p, s, t);
        }
    }
}

// Two schedules are of one class if they order the steps alike that touch the same thing and do
// not both only read: which the values say that were read and written, and the order of locks.
typedef struct class_of {
    uint64_t value[THINGS], seen[THREADS], locks[LOCKS];
    uint32_t pc[THREADS];
} class_of;

static class_of replay(const program *p, const char *path)
{
    class_of c;
    uint64_t reads[THINGS] = {0};
    state s;
    memset(&c, 0, sizeof c);
    init(p, &s);
    for (; *path != '\0'; path++) {
        uint32_t t = (uint32_t)(*path - '0');
        kind k = p->of[t].steps[s.pc[t]].kind;
        uint32_t thing = p->of[t].steps[s.pc[t]].thing;
        if (k == READ) {
            c.seen[t] = c.seen[t] * 31 + c.value[thing];
            reads[thing] += UINT64_C(1) << (t * 16); // which reads the next write comes after
        } else if (k == WRITE) {
            c.value[thing] = (c.value[thing] * 1000003 + reads[thing] * 97 + t + 1) * 31 + s.pc[t];
        } else {
            c.locks[thing] = c.locks[thing] * 31 + t * 2 + (k == GIVE) + 1;
        }
        do_step(p, &s, t);
    }
    memcpy(c.pc, s.pc, sizeof c.pc);
    return c;
}

static int by_class(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(class_of));
}

static size_t unique(class_of *c, size_t n)
{
    size_t kept = 0;
    qsort(c, n, sizeof *c, by_class);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || memcmp(&c[kept - 1], &c[i], sizeof *c) != 0)
            c[kept++] = c[i];
    }
    return kept;
}

// Every class is tried, and once if it is told ahead what is touched.
static void check_classes(const program *p, bool ahead)
{
    tree o;
    size_t n = all_schedules(p, false, THREADS * STEPS, &o), found = 0;
    if (n >= MOST_SCHEDULES) {
        free(o.paths);
        return;
    }
    class_of *expected = calloc(n, sizeof *expected), *tried = calloc(4 * n, sizeof *tried);
    for (size_t i = 0; i < n; i++)
        expected[i] = replay(p, o.paths[i]);
    size_t classes = unique(expected, n);
    tgi_search h;
    state s;
    bool again;
    (void)tgi_search_init(&h, TGI_SEARCH_DPOR, -1);
    do {
        again = h.again;
        run_dpor(p, &h, &s, ahead);
        REQUIRE(found < 4 * n);
        if (!again && !h.stopped)
            tried[found++] = replay(p, s.path);
    } while (tgi_search_end(&h, hash_of(&s)));
    CHECK(h.over && !h.lost && !h.diverged);
    CHECK_EQ_UINT(h.runs, found);
    CHECK(ahead ? found == classes : found >= classes);
    CHECK_EQ_UINT(unique(tried, found), classes);
    for (size_t i = 0; i < classes; i++)
        CHECK(memcmp(&tried[i], &expected[i], sizeof *tried) == 0);
    tgi_search_free(&h);
    free(expected);
    free(tried);
    free(o.paths);
}

TEST(every_class_of_schedules_is_tried_once)
{
    test_rng r = test_rng_new(1);
    for (int i = 0; i < 3000; i++) {
        program p = random_program(&r);
        check_classes(&p, i % 2 == 0);
    }
}

static size_t count_classes(const program *p)
{
    tgi_search h;
    state s;
    (void)tgi_search_init(&h, TGI_SEARCH_DPOR, -1);
    do {
        run_dpor(p, &h, &s, true);
    } while (tgi_search_end(&h, hash_of(&s)));
    size_t n = h.runs;
    tgi_search_free(&h);
    return n;
}

TEST(what_comes_to_be_where_something_died_is_another_thing)
{
    static const uint32_t tasks[] = {0};
    static const int there, elsewhere;
    tgi_search h;
    tgi_search_point at = {.tasks = tasks, .count = 1};
    (void)tgi_search_init(&h, TGI_SEARCH_DPOR, -1);
    tgi_search_begin(&h);
    CHECK_EQ_UINT(tgi_search_pick(&h, &at), 0);
    CHECK(tgi_search_touch(&h, &there, 0, TGI_TOUCHES_READ));
    CHECK(!tgi_search_touch(&h, &there, 1, TGI_TOUCHES_WRITE));
    CHECK(tgi_search_touch(&h, &elsewhere, 0, TGI_TOUCHES_READ));
    tgi_search_forget(&h, &there);
    CHECK(tgi_search_touch(&h, &there, 0, TGI_TOUCHES_READ));
    CHECK(!tgi_search_touch(&h, &there, 0, TGI_TOUCHES_READ));
    CHECK(!tgi_search_touch(&h, &elsewhere, 1, TGI_TOUCHES_READ));
    tgi_search_free(&h);
}

TEST(independent_steps_have_one_order_and_dependent_ones_all)
{
    static const uint32_t lengths[] = {4, 4};
    program p = straight(2, lengths);
    CHECK_EQ_UINT(count_classes(&p), 70);
    for (uint32_t i = 0; i < 4; i++)
        p.of[1].steps[i].thing = 1;
    CHECK_EQ_UINT(count_classes(&p), 1);
    for (uint32_t i = 0; i < 4; i++) {
        p.of[1].steps[i].thing = 0;
        p.of[0].steps[i].kind = p.of[1].steps[i].kind = READ;
    }
    CHECK_EQ_UINT(count_classes(&p), 1);
    p.of[0].steps[3].kind = WRITE; // before, between and after the reads
    CHECK_EQ_UINT(count_classes(&p), 5);
}
