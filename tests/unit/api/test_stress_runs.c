// SPDX-License-Identifier: MIT
//
// test_stress_runs.c - what a run forgets, follows, and takes for a standstill.
//
// Attacks Note [birth], Note [spin], and follow.c. Runs of scripts, most under the strategy that
// lets a thread run until it waits, so that each does the same every time. Wrong results: a lock at
// the address of one that has died is taken for it; a schedule that names a thread which is not
// there leads somewhere else than the default order; a thread that goes on is said not to, or
// threads that will never go on are not found.
#include <togil/stress.h>
#include <togil/togil.h>

#include "test.h"

#include "api/stress_runs.h"
#include "stress/schedule.h"

#include <stdlib.h>
#include <string.h>

typedef struct session {
    tg_runtime *rt;
    tg_thread *t;
    tg_stress *s;
} session;

static session open_session(const char *source, const char *strategy)
{
    session my;
    REQUIRE(tg_runtime_create(NULL, &my.rt, &my.t) == TG_OK);
    tg_stress_options options = {
        .points = TG_STRESS_FREE, .strategy = strategy, .seed = 1, .races = true};
    REQUIRE(tg_stress_open(my.t, source, strlen(source), "test.py", &options, &my.s) == TG_OK);
    return my;
}

static void close_session(session *my)
{
    tg_stress_close(my->s);
    tg_runtime_destroy(my->rt, my->t);
}

static tg_stress_kind kind_of_run(const char *source)
{
    session my = open_session(source, "none");
    tg_stress_result r;
    tg_stress_run(my.s, 0, &r);
    tg_stress_kind kind = r.kind;
    close_session(&my);
    return kind;
}

static tg_stress_result follow(session *my, const tgi_schedule *s)
{
    tg_stress_result r;
    char *text = tgi_schedule_encode(s);
    REQUIRE(text != NULL);
    CHECK(tg_stress_replay(my->s, text, true, &r) == TG_OK);
    free(text);
    return r;
}

#define START "for f in ALL: threading.Thread(target=f).start()\n"

// --- locks that die

// All are taken by one thread, and the later ones come to be where the first ones were.
TEST(lock_that_has_died_has_another_number_in_the_trace)
{
    static const char *const sources[] = {"import threading\n"
                                          "for _ in range(300):\n"
                                          "    with threading.Lock(): pass\n",
                                          "import threading\n"
                                          "for _ in range(300):\n"
                                          "    with threading.RLock(): pass\n"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        session my = open_session(sources[i], "none");
        tgi_schedule empty = {0};
        CHECK_EQ_INT(follow(&my, &empty).kind, TG_STRESS_OK);
        tg_stress_event event;
        uint32_t last = 0, locks = 0;
        for (size_t k = 0; tg_stress_event_at(my.s, k, &event); k++) {
            if (strcmp(event.action, "takes a lock") != 0 || event.line != 3)
                continue;
            CHECK(event.object > last); // they are numbered as they come
            last = event.object;
            locks++;
        }
        CHECK_EQ_UINT(locks, 300);
        close_session(&my);
    }
}

// --- schedules that name threads which are not there

static const char counts[] = "import threading\n"
                             "x = 0\n"
                             "def work():\n"
                             "    global x\n"
                             "    for i in range(3):\n"
                             "        x += i\n"
                             "ALL = [work, work]\n" START;

TEST(a_decision_for_a_thread_that_is_not_there_is_the_default_order)
{
    session my = open_session(counts, "none");
    tgi_schedule s = {0};
    uint64_t hash = follow(&my, &s).hash;
    for (uint32_t from = 0; from < 5; from++) { // two of them are not there, either
        for (uint32_t arrival = 1; arrival < 80; arrival++)
            CHECK(vec_push(&s, ((tgi_decision){from, arrival, 9})));
    }
    tg_stress_result r = follow(&my, &s);
    CHECK(r.decisions > 0);
    CHECK_EQ_UINT(r.deviations, 0);
    CHECK(r.hash == hash);
    vec_free(&s);
    close_session(&my);
}

TEST(decisions_behind_one_for_a_thread_that_is_not_there_are_followed)
{
    session my = open_session(counts, "random");
    uint64_t most = 0;
    for (uint64_t run = 0; run < 40; run++) {
        tg_stress_result r;
        tgi_schedule found = {0}, more = {0};
        tg_stress_run(my.s, run, &r);
        REQUIRE(tgi_schedule_copy(&found, &my.s->engine->taken));
        r = follow(&my, &found);
        uint64_t hash = r.hash, deviations = r.deviations;
        CHECK_EQ_UINT(deviations, found.count);
        uint32_t last[3] = {0};
        for (size_t i = 0; i < found.count; i++) {
            tgi_decision d = found.data[i];
            if (d.arrival > last[d.from] + 1)
                CHECK(vec_push(&more, ((tgi_decision){d.from, d.arrival - 1, 9})));
            CHECK(vec_push(&more, d));
            last[d.from] = d.arrival;
        }
        r = follow(&my, &more);
        CHECK(r.hash == hash);
        CHECK_EQ_UINT(r.deviations, deviations);
        most = deviations > most ? deviations : most;
        vec_free(&found);
        vec_free(&more);
    }
    CHECK(most > 3);
    close_session(&my);
}

// --- loops that end

TEST(a_loop_that_changes_variables_only_goes_on)
{
    CHECK_EQ_INT(kind_of_run("k = 0\n"
                             "def work(k):\n"
                             "    while k < 200: k = k + 1\n"
                             "work(0)\n"),
                 TG_STRESS_OK);
    CHECK_EQ_INT(kind_of_run("def work(j, k):\n"
                             "    while j < 20:\n"
                             "        j, k = j + 1, 0\n"
                             "        while k < 20: k = k + 1\n"
                             "work(0, 0)\n"),
                 TG_STRESS_OK);
}

// --- circles while others go on. They are looked for every 8192 steps; a round is three of them.

#define CIRCLE                                               \
    "import threading\n"                                     \
    "a, b, p, q, r = [threading.Lock() for _ in range(5)]\n" \
    "n = 0\n"                                                \
    "p.acquire(); q.acquire(); r.acquire()\n"                \
    "def do(rounds):\n"                                      \
    "    global n\n"                                         \
    "    for _ in range(rounds): n += 1\n"                   \
    "def first():\n"                                         \
    "    a.acquire(); p.acquire(); q.release(); b.acquire()\n"

TEST(threads_that_wait_for_each_other_are_found_while_another_goes_on)
{
    CHECK_EQ_INT(kind_of_run(CIRCLE "def second(): b.acquire(); p.release(); a.acquire()\n"
                                    "def third(): q.acquire(); do(8000)\n"
                                    "ALL = [first, second, third]\n" START),
                 TG_STRESS_PARTIAL);
    CHECK_EQ_INT(kind_of_run(CIRCLE "def one(): T[1].join()\n"
                                    "def two(): T[0].join()\n"
                                    "def three(): do(8000)\n"
                                    "T = [threading.Thread(target=f) for f in [one, two, three]]\n"
                                    "for t in T: t.start()\n"),
                 TG_STRESS_PARTIAL);
}

TEST(a_circle_that_somebody_opens_is_no_deadlock)
{
    CHECK_EQ_INT(kind_of_run(CIRCLE
                             "def second(): b.acquire(); p.release(); a.acquire(); b.release()\n"
                             "def third(): q.acquire(); do(4000); a.release()\n"
                             "ALL = [first, second, third]\n" START),
                 TG_STRESS_OK);
}

// One of them has waited for long, the other one has just come.
TEST(a_circle_is_as_old_as_the_last_one_in_it)
{
    CHECK_EQ_INT(kind_of_run(CIRCLE "def second():\n"
                                    "    b.acquire(); p.release(); q.acquire(); do(4000)\n"
                                    "    r.release(); a.acquire(); b.release()\n"
                                    "def third(): r.acquire(); do(3000); a.release()\n"
                                    "ALL = [first, second, third]\n" START),
                 TG_STRESS_OK);
}

TEST(a_circle_with_a_timeout_in_it_is_no_deadlock)
{
    CHECK_EQ_INT(kind_of_run(CIRCLE "def second():\n"
                                    "    b.acquire(); p.release(); a.acquire(timeout=1)\n"
                                    "    b.release()\n"
                                    "def third(): q.acquire(); do(8000)\n"
                                    "ALL = [first, second, third]\n" START),
                 TG_STRESS_OK);
}

TEST(a_lock_that_is_taken_twice_may_be_given_back_by_another_thread)
{
    CHECK_EQ_INT(kind_of_run(CIRCLE "def one(): b.acquire(); q.release(); b.acquire()\n"
                                    "def two(): q.acquire(); do(8000); b.release()\n"
                                    "ALL = [one, two]\n" START),
                 TG_STRESS_OK);
}

// --- loops that another thread ends

// a goes round until b has come by, and writes each time, so it does not count as waiting. b has to
// get past x first, where its turn may come after a's, or may have the lower priority.
TEST(loop_that_waits_for_a_thread_that_is_kept_back_ends)
{
    static const char script[] = "import threading\n"
                                 "flag, tick, x = False, 0, 0\n"
                                 "def a():\n"
                                 "    global tick, x\n"
                                 "    while not flag: tick += 1\n"
                                 "    x = 1\n"
                                 "def b():\n"
                                 "    global flag, x\n"
                                 "    x = 2\n"
                                 "    flag = True\n"
                                 "    return tick\n"
                                 "ALL = [a, b]\n" START;
    static const char *const strategies[] = {"none", "surw", "pct:3", "portfolio"};
    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        session my = open_session(script, strategies[i]);
        for (uint64_t run = 0; run < 60; run++) {
            tg_stress_result r;
            tg_stress_run(my.s, run, &r);
            CHECK_EQ_INT(r.kind, TG_STRESS_OK);
        }
        close_session(&my);
    }
    // Nobody ends this one, however fair.
    session my = open_session("import threading\n"
                              "tick, flag = 0, False\n"
                              "def a():\n"
                              "    global tick\n"
                              "    while not flag: tick += 1\n"
                              "ALL = [a, lambda: tick]\n" START,
                              "portfolio");
    tg_stress_result r;
    tg_stress_run(my.s, 9, &r);
    CHECK_EQ_INT(r.kind, TG_STRESS_ENDLESS);
    close_session(&my);
}
