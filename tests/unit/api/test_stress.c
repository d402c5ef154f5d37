// SPDX-License-Identifier: MIT
//
// Runs of the stress tester. A wrong result: a failure that no run shows although the strategy
// tries every schedule, one that is not there, a run that is not the same although the script is,
// or a schedule that leads somewhere else when it is followed.
#include <togil/stress.h>
#include <togil/togil.h>

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct found {
    tg_stress_kind kind; // of the first run that failed; TG_STRESS_OK: none did
    char text[1024], schedule[256];
    uint64_t run, steps, hash; // sums over the runs, up to this one
    bool complete;
} found;

static found explore(const char *source, tg_stress_points points, const char *strategy,
                     uint64_t runs)
{
    tg_runtime *rt;
    tg_thread *t;
    REQUIRE(tg_runtime_create(NULL, &rt, &t) == TG_OK);
    tg_stress_options options = {
        .points = points, .strategy = strategy, .seed = 1, .max_steps = 20000};
    tg_stress *s;
    REQUIRE(tg_stress_open(t, source, strlen(source), "test.py", &options, &s) == TG_OK);
    found f = {.kind = TG_STRESS_OK};
    for (f.run = 0; f.kind == TG_STRESS_OK && f.run < runs && !tg_stress_is_over(s); f.run++) {
        tg_stress_result r;
        tg_stress_run(s, f.run, &r);
        f.kind = r.kind;
        f.steps += r.steps;
        f.hash = f.hash * 31 + r.hash;
        snprintf(f.text, sizeof f.text, "%s", r.text);
        snprintf(f.schedule, sizeof f.schedule, "%s", r.schedule != NULL ? r.schedule : "");
    }
    tg_stress_coverage c;
    f.complete = tg_stress_covered(s, &c) && c.complete;
    tg_stress_close(s);
    tg_runtime_destroy(rt, t);
    return f;
}

#define START "for f in ALL: threading.Thread(target=f).start()\n"

// Nobody but the invariant reads what the other thread writes.
static const char in_turn[] = "import threading, stress\n"
                              "x = y = 0\n"
                              "@stress.invariant\n"
                              "def not_both(): return x == 0 or y == 0\n"
                              "def first():\n"
                              "    global x\n"
                              "    x = 1; x = 0\n"
                              "def second():\n"
                              "    global y\n"
                              "    y = 1; y = 0\n"
                              "ALL = [first, second]\n" START;

TEST(what_an_invariant_reads_is_shared)
{
    static const char *const strategies[] = {"exhaustive", "pb:1", "dpor", "portfolio"};
    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        found f = explore(in_turn, TG_STRESS_FREE, strategies[i], 400);
        CHECK_EQ_INT(f.kind, TG_STRESS_INVARIANT);
        CHECK(
            strstr(f.text, "The invariant not_both (test.py:3) does not hold: it returned False") !=
            NULL);
    }
}

// The last thing that a thread does, and what happens between two points of a run that knows which
// places meet other threads.
TEST(an_invariant_is_looked_at_after_every_step)
{
    static const char end[] = "import threading, stress\n"
                              "x = []\n"
                              "stress.invariant(lambda: not x)\n"
                              "threading.Thread(target=x.append, args=(1,)).start()\n";
    static const char between[] = "import threading, stress\n"
                                  "x = 0\n"
                                  "stress.invariant(lambda: x != 20)\n"
                                  "for i in range(25):\n"
                                  "    x += 1\n";
    for (int p = TG_STRESS_GIL; p <= TG_STRESS_FREE; p++) {
        CHECK_EQ_INT(explore(end, (tg_stress_points)p, "none", 1).kind, TG_STRESS_INVARIANT);
        CHECK_EQ_INT(explore(between, (tg_stress_points)p, "none", 1).kind, TG_STRESS_INVARIANT);
    }
}

// Two scripts that differ in what the invariant does once the threads run.
#define LOOKS(what)                                                               \
    "import os, random, threading, time, stress\n"                                \
    "n, started, own, lock = 0, False, threading.Lock(), threading.Lock()\n"      \
    "def helper(): return len([n, n + 1]) == 2\n"                                 \
    "@stress.invariant\n"                                                         \
    "def check(): return not started or (" what ")\n"                             \
    "started = True\n"                                                            \
    "def work():\n"                                                               \
    "    global n\n"                                                              \
    "    for i in range(3):\n"                                                    \
    "        with lock: n = n * 3 + threading.current_thread().name.count('1')\n" \
    "        lock.acquire(timeout=0.00002) and lock.release()\n"                  \
    "threads = [threading.Thread(target=work) for _ in range(2)]\n"               \
    "for t in threads: t.start()\n"                                               \
    "for t in threads: t.join()\n"                                                \
    "if n % 5 == 1: raise SystemExit(str((n, time.monotonic(), os.urandom(2).hex())))\n"

TEST(what_an_invariant_does_is_no_part_of_the_run)
{
    static const char *const strategies[] = {"random", "pct:3", "none"};
    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        found little = explore(LOOKS("True"), TG_STRESS_FREE, strategies[i], 60);
        found much = explore(LOOKS("helper() and time.monotonic() > 0 and len(os.urandom(2)) == 2 "
                                   "and own.acquire() and not own.release() and sum([1, 2]) == 3"),
                             TG_STRESS_FREE, strategies[i], 60);
        CHECK(little.kind == TG_STRESS_OK || little.kind == TG_STRESS_EXIT);
        CHECK_EQ_INT(little.kind, much.kind);
        CHECK_EQ_INT(little.run, much.run);
        CHECK_EQ_INT(little.steps, much.steps);
        CHECK(little.hash == much.hash);
        CHECK_EQ_STR(little.text, much.text);
        CHECK_EQ_STR(little.schedule, much.schedule);
    }
}

TEST(an_invariant_only_looks)
{
    static const struct {
        const char *does, *said;
    } wrong[] = {{"lock.acquire()", "this one waits:"},
                 {"threading.Thread(target=print).start()", "this one starts a thread:"},
                 {"time.sleep(1)", "this one waits:"},
                 {"spin()", "this one does not end:"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char source[512];
        snprintf(source, sizeof source,
                 "import threading, time, stress\n"
                 "lock, go = threading.Lock(), False\n"
                 "def spin():\n"
                 "    while go: pass\n"
                 "@stress.invariant\n"
                 "def wrong(): return not go or %s\n"
                 "lock.acquire()\n"
                 "go = True\n"
                 "lock.release()\n",
                 wrong[i].does);
        found f = explore(source, TG_STRESS_FREE, "none", 1);
        CHECK_EQ_INT(f.kind, TG_STRESS_INVARIANT);
        CHECK(strstr(f.text, wrong[i].said) != NULL);
    }
}

TEST(an_invariant_that_holds_is_proved)
{
    static const char source[] = "import threading, stress\n"
                                 "a, b, lock = 5, 0, threading.Lock()\n"
                                 "stress.invariant(lambda: lock.locked() or a + b == 5)\n"
                                 "def move():\n"
                                 "    global a, b\n"
                                 "    with lock:\n"
                                 "        a -= 1\n"
                                 "        b += 1\n"
                                 "ALL = [move, move]\n" START;
    found f = explore(source, TG_STRESS_FREE, "dpor", 20000);
    CHECK_EQ_INT(f.kind, TG_STRESS_OK);
    CHECK(f.complete);
}

// --- schedules that are followed

// Wrong: a run is said to look deeper than it has changes of priority for, a run that looks for
// nothing to look for something, or a run with more steps is not known to have more.
TEST(a_run_of_pct_says_how_deep_it_looks)
{
    static const char *const strategies[] = {"pct:2", "pct", "portfolio", "random"};
    // In one order of 24, which none of the first runs has, the last thread does more.
    static const char script[] = "import threading\n"
                                 "came, x = [], [0]\n"
                                 "def work(name):\n"
                                 "    came.append(name)\n"
                                 "    for i in range(40 if came == [4, 3, 2, 1] else 2):\n"
                                 "        x[0] = name\n"
                                 "for i in range(1, 5):\n"
                                 "    threading.Thread(target=work, args=(i,)).start()\n";
    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        tg_runtime *rt;
        tg_thread *t;
        REQUIRE(tg_runtime_create(NULL, &rt, &t) == TG_OK);
        tg_stress_options options = {
            .points = TG_STRESS_FREE, .strategy = strategies[i], .seed = 1, .max_steps = 20000};
        tg_stress *s;
        REQUIRE(tg_stress_open(t, script, strlen(script), "test.py", &options, &s) == TG_OK);
        uint64_t deepest = 0, most = 0;
        for (uint64_t run = 0; run < 400; run++) {
            tg_stress_result r;
            tg_stress_run(s, run, &r);
            CHECK_EQ_INT(r.kind, TG_STRESS_OK);
            bool pct =
                run >= TG_STRESS_BLOCK && (i < 2 || (i == 2 && (run % 10 == 3 || run % 10 == 8)));
            CHECK_EQ_INT(r.depth != 0, pct);
            CHECK(r.depth == 0 || (r.depth >= 2 && r.depth <= (i == 0 ? 2 : 5)));
            CHECK_EQ_INT(r.points > 0, run >= TG_STRESS_BLOCK);
            deepest = r.depth > deepest ? r.depth : deepest;
            most = r.points > most ? r.points : most;
        }
        tg_stress_promise promise;
        CHECK_EQ_INT(tg_stress_promised(s, &promise), i < 3);
        if (i < 3) {
            CHECK_EQ_INT(promise.depth, i == 0 ? 2 : 0);
            CHECK_EQ_INT(promise.all, i < 2);
            CHECK(most > promise.points); // the order 4, 3, 2, 1 has come up since
            CHECK_EQ_INT(deepest, i == 0 ? 2 : 1 + promise.points / 8);
        }
        tg_stress_close(s);
        tg_runtime_destroy(rt, t);
    }
}

#define COUNTS(above, line, name)                                   \
    "import threading\n" above "x = 0\n"                            \
    "def work():\n" line "    global x\n"                           \
    "    for " name " in range(3):\n"                               \
    "        x += " name " + 1\n"                                   \
    "threads = [threading.Thread(target=work) for _ in range(2)]\n" \
    "for t in threads: t.start()\n"                                 \
    "for t in threads: t.join()\n"                                  \
    "assert x == 12, x\n"

static const char counts[] = COUNTS("", "", "i");
static const char counts_changed[] =
    COUNTS("# Counts.\nextra = []\n", "    here = len(extra)  # nothing\n", "number");

static tg_stress *open_counts(tg_thread *t, const char *source)
{
    tg_stress *s;
    tg_stress_options options = {.points = TG_STRESS_FREE, .strategy = "random", .seed = 1};
    REQUIRE(tg_stress_open(t, source, strlen(source), "test.py", &options, &s) == TG_OK);
    return s;
}

TEST(a_schedule_that_is_followed_is_the_same_schedule)
{
    tg_runtime *rt;
    tg_thread *t;
    REQUIRE(tg_runtime_create(NULL, &rt, &t) == TG_OK);
    tg_stress *s = open_counts(t, counts);
    int failed = 0;
    for (uint64_t run = 0; run < 100; run++) {
        tg_stress_result r;
        tg_stress_run(s, run, &r);
        if (r.kind == TG_STRESS_OK)
            continue;
        failed++;
        char *schedule = strdup(r.schedule);
        CHECK(tg_stress_replay(s, schedule, false, &r) == TG_OK);
        CHECK_EQ_INT(r.kind, TG_STRESS_EXCEPTION);
        CHECK_EQ_STR(r.schedule != NULL ? r.schedule : "none", schedule);
        free(schedule);
    }
    CHECK(failed > 10);
    tg_stress_close(s);
    tg_runtime_destroy(rt, t);
}

// Twice: what was counted in one run is no part of the next one.
static void follow_in_another_script(const char *source, const char *other)
{
    tg_runtime *rt;
    tg_thread *t;
    REQUIRE(tg_runtime_create(NULL, &rt, &t) == TG_OK);
    tg_stress *s = open_counts(t, source), *changed = open_counts(t, other);
    tg_stress_result r = {.kind = TG_STRESS_OK};
    for (uint64_t run = 0; r.kind == TG_STRESS_OK; run++)
        tg_stress_run(s, run, &r);
    char *schedule = strdup(r.schedule);
    CHECK(tg_stress_shrink(s, schedule, 200, &r, NULL) == TG_OK);
    char *anchors = strdup(tg_stress_anchors(s));
    for (int i = 0; i < 2; i++) {
        uint32_t met, all;
        CHECK(tg_stress_replay_anchors(changed, anchors, &r, &met, &all) == TG_OK);
        CHECK_EQ_INT(r.kind, TG_STRESS_EXCEPTION);
        CHECK(all > 0);
        CHECK_EQ_INT(met, all);
    }
    free(anchors);
    free(schedule);
    tg_stress_close(changed);
    tg_stress_close(s);
    tg_runtime_destroy(rt, t);
}

TEST(anchors_lead_through_a_changed_script)
{
    follow_in_another_script(counts, counts_changed);
}

// The only point that leads to the failure is before the first line of a function.
#define CALLS_BACK(line)                                                 \
    "import threading\n"                                                 \
    "items = [3, 1, 2]\n"                                                \
    "def key(x):\n" line "    return x\n"                                \
    "def sorter(): items.sort(key=key)\n"                                \
    "def writer(): items.append(0)\n"                                    \
    "threads = [threading.Thread(target=f) for f in [sorter, writer]]\n" \
    "for t in threads: t.start()\n"                                      \
    "for t in threads: t.join()\n"

TEST(anchor_at_the_entry_of_a_function_does_not_ask_for_its_first_line)
{
    follow_in_another_script(CALLS_BACK(""), CALLS_BACK("    here = [x]\n"));
}

// --- loops that wait

#define LOOPS                                            \
    "import threading\n"                                 \
    "lock, done, a, b = threading.Lock(), False, 0, 0\n" \
    "def look(): return done\n"

TEST(loops_that_nobody_ends_are_a_livelock)
{
    static const char *const sources[] = {
        LOOPS "def work():\n"
              "    while not done: pass\n"
              "ALL = [work, work]\n" START,
        LOOPS "def work():\n"
              "    while not look(): pass\n"
              "ALL = [work, work]\n" START,
        LOOPS "def work():\n"
              "    while not lock.acquire(False): pass\n"
              "lock.acquire()\n"
              "ALL = [work]\n" START,
    };
    static const char *const strategies[] = {"none", "random", "pct:3", "exhaustive"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        for (size_t k = 0; k < sizeof strategies / sizeof strategies[0]; k++)
            CHECK_EQ_INT(explore(sources[i], TG_STRESS_FREE, strategies[k], 4).kind,
                         TG_STRESS_LIVELOCK);
    }
}

TEST(loops_that_end_are_no_livelock)
{
    static const char *const sources[] = {
        // They count, in a register only.
        LOOPS "lock.acquire()\n"
              "def work():\n"
              "    n = 200\n"
              "    while n > 0 and not lock.acquire(False): n -= 1\n"
              "ALL = [work]\n" START,
        // A lock is given back, and nothing else is changed.
        LOOPS "def work():\n"
              "    while True:\n"
              "        with lock:\n"
              "            if done: break\n"
              "def setter():\n"
              "    global done\n"
              "    while not lock.acquire(False): pass\n"
              "    done = True\n"
              "    lock.release()\n"
              "ALL = [work, setter]\n" START,
        // What a round has seen is old when it ends.
        LOOPS "def first():\n"
              "    global a\n"
              "    while b == a: pass\n"
              "    a = 1\n"
              "def second():\n"
              "    global b\n"
              "    b = 1\n"
              "    while not a: pass\n"
              "ALL = [first, second]\n" START,
    };
    static const struct {
        const char *name;
        uint64_t runs;
    } strategies[] = {{"none", 1}, {"random", 12}, {"exhaustive", 40}, {"pb:1", 80}};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        for (size_t k = 0; k < sizeof strategies / sizeof strategies[0]; k++) {
            found f = explore(sources[i], TG_STRESS_FREE, strategies[k].name, strategies[k].runs);
            CHECK_EQ_INT(f.kind, TG_STRESS_OK);
        }
    }
}
