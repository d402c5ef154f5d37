// SPDX-License-Identifier: MIT
//
// test_interpreters.c - several interpreters in one runtime, from C.
//
// Attacks     Note [own-gil] of core/object/state.h: what interpreters with a GIL of their own
//             share. Wrong looks like: a data race in the thread sanitizer while three of them run
//             the same code at once, an answer that differs from that of the others, a name of one
//             that another one sees, a block of memory that is left when one was closed, a crash or
//             a leak when memory runs out while one is made, an interpreter that is closed while
//             somebody is in it.
#include "test.h"
#include "workload.h"

#include "mem/raw.h"       // tgi_raw_count
#include "thread/defer.h"  // grace periods
#include "thread/interp.h" // shut interpreters

#include <stdatomic.h>
#include <stdio.h>

static tg_runtime *open_runtime(tg_thread **t)
{
    const tg_config config = {.mode = workload_mode()->name, .switch_interval_us = 500};
    tg_runtime *rt;
    REQUIRE(tg_runtime_create(&config, &rt, t) == TG_OK);
    return rt;
}

static void fail_with_exception(tg_thread *t, const char *what)
{
    tg_value exc = tg_error_fetch(t);
    tg_value text = tg_error_format(t, exc);
    FAIL("%s: %s", what, text != TG_NULL ? tg_as_utf8(t, text, NULL) : "?");
    tg_error_clear(t);
    tg_release(t, text);
    tg_release(t, exc);
}

static void run(tg_thread *t, const char *source)
{
    tg_value m = tg_run(t, source, strlen(source), "<test>", NULL);
    if (m == TG_NULL)
        fail_with_exception(t, source);
    tg_release(t, m);
}

// The repr of an expression, in memory of the caller.
static void evaluate(tg_thread *t, const char *expression, char *out, size_t room)
{
    tg_value v = tg_eval(t, expression, TG_NULL);
    tg_value text = v == TG_NULL ? TG_NULL : tg_repr(t, v);
    snprintf(out, room, "%s", text == TG_NULL ? "(raised)" : tg_as_utf8(t, text, NULL));
    tg_error_clear(t);
    tg_release(t, text);
    tg_release(t, v);
}

static void run_inside(tg_thread *t, tg_interp *interp, const char *source)
{
    tg_thread *u;
    REQUIRE(tg_interp_switch(t, interp, &u) == TG_OK);
    CHECK_EQ_UINT(tg_interp_current(u), tg_interp_id(interp));
    run(u, source);
    tg_interp_return(u, t);
}

static void close_and_release(tg_thread *t, tg_interp *interp)
{
    CHECK_EQ_INT(tg_interp_close(t, interp), TG_OK);
    tg_interp_release(interp);
}

TEST(each_has_its_own_names)
{
    tg_thread *t, *u;
    tg_runtime *rt = open_runtime(&t);
    char text[64];
    for (int own = 0; own < 2; own++) {
        tg_interp *interp;
        REQUIRE(tg_interp_new(t, own != 0, &interp) == TG_OK);
        CHECK(tg_interp_own_gil(interp) == (own != 0));
        run(t, "here = 1");
        run_inside(t, interp, "import math\nthere = math.factorial(20)");
        REQUIRE(tg_interp_switch(t, interp, &u) == TG_OK);
        evaluate(u, "there", text, sizeof text);
        CHECK_EQ_STR(text, "2432902008176640000");
        evaluate(u, "here", text, sizeof text);
        CHECK_EQ_STR(text, "(raised)");
        tg_interp_return(u, t);
        evaluate(t, "there", text, sizeof text);
        CHECK_EQ_STR(text, "(raised)");
        close_and_release(t, interp);
    }
    tg_runtime_destroy(rt, t);
}

static const char mixed_work[] =
    "import collections, itertools, string, threading\n"
    "class Node:\n"
    "    kind = 'node'\n"
    "    def __init__(self, k, rest):\n"
    "        self.k = k\n"
    "        self.rest = rest\n"
    "    def __eq__(self, other):\n"
    "        return self.k == other.k\n"
    "    def total(self):\n"
    "        return self.k + (0 if self.rest is None else self.rest.total())\n"
    "def work(rounds):\n"
    "    seen = collections.Counter()\n"
    "    for r in range(rounds):\n"
    "        chain = None\n"
    "        for k in range(30):\n"
    "            chain = Node(k, chain)\n"
    "        text = 'key' + str(r % 7) + chr(200 + r % 40)\n"
    "        seen[text.upper()] += chain.total()\n"
    "        for c in 'abracadabra' + string.digits:\n"
    "            seen[c] += 1\n"
    "        try:\n"
    "            {}[text]\n"
    "        except KeyError as e:\n"
    "            seen[e.args[0].title()] += 1\n"
    "        x = sorted([b'', b'x' * (r % 3), ()[:], (), {}.get(1, 2)], key=repr)\n"
    "        seen[repr(x).replace('b', 'B', 1)] += len(f'{r:>5}|{1.5 * r:.3f}'.split('|'))\n"
    "        setattr(Node, 'kind', 'node' + str(r % 3))\n"
    "        seen[getattr(chain, 'kind').encode().hex()] += isinstance(chain, (int, Node))\n"
    "        seen[str((10 ** 40 + r) // 7 % 1000)] += [1, 2, 3].count(2) + (1, 2).index(2)\n"
    "    box = []\n"
    "    helper = threading.Thread(target=lambda: box.append(sum(seen.values())))\n"
    "    helper.start()\n"
    "    helper.join()\n"
    "    return (box, sorted(seen.items()))\n";

enum { TOGETHER = 3 };

typedef struct meeting {
    tg_interp *interps[TOGETHER];
    atomic_int inside;
    char answers[TOGETHER][4096];
} meeting;

static void work_together(void *context, int index)
{
    meeting *m = context;
    tg_thread *u;
    REQUIRE(tg_interp_enter(m->interps[index], &u) == TG_OK);
    // Nobody lets go of a GIL here: with one for all this would never end.
    atomic_fetch_add(&m->inside, 1);
    while (atomic_load(&m->inside) < TOGETHER) {}
    char call[64];
    snprintf(call, sizeof call, "work(%ld)", test_scale(60));
    run(u, mixed_work);
    evaluate(u, call, m->answers[index], sizeof m->answers[index]);
    tg_thread_leave(u);
}

TEST(interpreters_with_their_own_gil_run_the_same_code_at_once)
{
    tg_thread *t;
    tg_runtime *rt = open_runtime(&t);
    static meeting m;
    memset(&m, 0, sizeof m);
    for (int i = 0; i < TOGETHER; i++)
        REQUIRE(tg_interp_new(t, true, &m.interps[i]) == TG_OK);
    tg_thread_detach(t);
    test_run_threads(TOGETHER, work_together, &m);
    tg_thread_attach(t);
    CHECK(strncmp(m.answers[0], "([", 2) == 0);
    for (int i = 1; i < TOGETHER; i++)
        CHECK_EQ_STR(m.answers[i], m.answers[0]);
    for (int i = 0; i < TOGETHER; i++)
        close_and_release(t, m.interps[i]);
    tg_runtime_destroy(rt, t);
}

// Makes, uses and closes one; what waits for a grace period is freed too.
static void come_and_go(tg_thread *t, bool own_gil)
{
    tg_interp *interp;
    REQUIRE(tg_interp_new(t, own_gil, &interp) == TG_OK);
    run_inside(t, interp, mixed_work);
    run_inside(t, interp,
               "a = [work(3)]\na.append(a)\n" // a cycle
               "import random, queue, io\nq = queue.Queue()\nq.put(random.random())\n");
    close_and_release(t, interp);
    for (int i = 0; i < 4; i++)
        (void)tgi_defer_process(t);
}

TEST(a_closed_interpreter_leaves_no_memory)
{
    tg_thread *t;
    tg_runtime *rt = open_runtime(&t);
    come_and_go(t, true); // names and tables that stay for ever
    come_and_go(t, false);
    for (int own = 0; own < 2; own++) {
        int64_t blocks = tgi_raw_count().blocks;
        uint64_t objects = workload_live_objects(t);
        come_and_go(t, own != 0);
        CHECK_EQ_INT(tgi_raw_count().blocks, blocks);
        CHECK_EQ_UINT(workload_live_objects(t), objects);
    }
    tg_runtime_destroy(rt, t);
}

TEST(the_end_of_a_runtime_closes_the_rest)
{
    int64_t blocks = 0;
    for (int round = 0; round < 3; round++) {
        if (round == 2)
            blocks = tgi_raw_count().blocks;
        tg_thread *t;
        tg_runtime *rt = open_runtime(&t);
        tg_interp *interps[2];
        for (int own = 0; own < 2; own++) {
            REQUIRE(tg_interp_new(t, own != 0, &interps[own]) == TG_OK);
            run_inside(t, interps[own], "import threading\nl = [1]\nl.append(l)");
            tg_interp_release(interps[own]);
        }
        tg_runtime_destroy(rt, t);
    }
    CHECK_EQ_INT(tgi_raw_count().blocks, blocks);
}

TEST(who_is_inside_is_not_closed_upon)
{
    tg_thread *t, *u;
    tg_runtime *rt = open_runtime(&t);
    tg_interp *interp;
    REQUIRE(tg_interp_new(t, true, &interp) == TG_OK);
    tg_interp *main = tg_interp_find(rt, 0);
    CHECK_EQ_INT(tg_interp_close(t, main), TG_ERR_STATE);
    REQUIRE(tg_interp_switch(t, interp, &u) == TG_OK);
    CHECK_EQ_INT(tg_interp_close(u, interp), TG_ERR_STATE); // its own
    int64_t pid;
    CHECK_EQ_INT(tg_fork(u, &pid), TG_ERR_STATE);
    tg_thread *again;
    REQUIRE(tg_interp_switch(u, main, &again) == TG_OK);
    CHECK_EQ_INT(tg_interp_close(again, interp), TG_ERR_STATE); // u is in there
    tg_interp_return(again, u);
    tg_interp_return(u, t);
    CHECK_EQ_INT(tg_interp_close(t, interp), TG_OK);
    CHECK_EQ_INT(tg_interp_close(t, interp), TG_ERR_STATE);
    CHECK_EQ_INT(tg_interp_switch(t, interp, &u), TG_ERR_STATE);
    CHECK(tg_interp_find(rt, tg_interp_id(interp)) == NULL);
    tg_interp_release(interp);
    tg_interp_release(main);
    tg_runtime_destroy(rt, t);
}

static atomic_int noted; // what scripts told note()

static tg_value note(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    int64_t n = 0;
    if (tg_as_int64(t, args[0], &n) < 0)
        return TG_NULL;
    atomic_fetch_add(&noted, (int)n);
    return TG_NONE;
}

static int note_init(tg_thread *t, tg_value module)
{
    static const tg_function_def functions[] = {{"note", note, 1, 1, 0}, {NULL, NULL, 0, 0, 0}};
    return tg_module_add_functions(t, module, functions);
}

static const tg_module_def note_module = {"noting", note_init};

TEST(closing_waits_for_threads_and_runs_what_was_registered)
{
    tg_thread *t;
    tg_runtime *rt = open_runtime(&t);
    REQUIRE(tg_register_module(rt, &note_module) == TG_OK);
    tg_interp *interp;
    REQUIRE(tg_interp_new(t, true, &interp) == TG_OK);
    atomic_store(&noted, 0);
    run_inside(t, interp,
               "import atexit, threading, noting\n"
               "go = threading.Event()\n"
               "def later():\n"
               "    go.wait()\n"
               "    for i in range(1000):\n"
               "        noting.note(1)\n"
               "def endless():\n"
               "    while True:\n"
               "        pass\n"
               "threading.Thread(target=later).start()\n"
               "threading.Thread(target=endless, daemon=True).start()\n"
               "atexit.register(noting.note, 100000)\n"
               "go.set()\n");
    CHECK_EQ_INT(tg_interp_close(t, interp), TG_OK);
    CHECK_EQ_INT(atomic_load(&noted), 101000);
    tg_interp_release(interp);
    tg_runtime_destroy(rt, t);
}

static void check_copy(tg_thread *t, tg_interp *interp, const char *expression)
{
    char before[2048], after[2048];
    tg_value v = tg_eval(t, expression, TG_NULL);
    tg_copy *copy = v == TG_NULL ? NULL : tg_copy_out(t, v);
    if (copy == NULL) {
        fail_with_exception(t, expression);
        return;
    }
    evaluate(t, expression, before, sizeof before);
    tg_release(t, v);
    tg_thread *u;
    REQUIRE(tg_interp_switch(t, interp, &u) == TG_OK);
    tg_value w = tg_copy_in(u, copy);
    tg_value text = w == TG_NULL ? TG_NULL : tg_repr(u, w);
    snprintf(after, sizeof after, "%s", text == TG_NULL ? "(raised)" : tg_as_utf8(u, text, NULL));
    tg_release(u, text);
    tg_release(u, w);
    tg_interp_return(u, t);
    tg_copy_free(copy);
    CHECK_EQ_STR(after, before);
}

static void check_refused(tg_thread *t, const char *expression, tg_error kind, const char *message)
{
    tg_value v = tg_eval(t, expression, TG_NULL);
    CHECK(v != TG_NULL && tg_copy_out(t, v) == NULL && tg_error_is(t, kind));
    tg_value exc = tg_error_fetch(t), text = tg_to_str(t, exc);
    CHECK_EQ_STR(tg_as_utf8(t, text, NULL), message);
    tg_release(t, text);
    tg_release(t, exc);
    tg_release(t, v);
}

TEST(copies_are_equal_and_the_rest_is_refused)
{
    tg_thread *t;
    tg_runtime *rt = open_runtime(&t);
    tg_interp *interp;
    REQUIRE(tg_interp_new(t, true, &interp) == TG_OK);
    static const char *const fine[] = {
        "None",
        "[True, False, 0, -1, 2 ** 61 - 1, -2 ** 61, 2 ** 61, -2 ** 64, 7 ** 300, -7 ** 299]",
        "[0.0, -0.0, 1.5, 1e300, -1e-300, float('inf'), float('-inf'), float('nan')]",
        "['', 'a', '\\xe9', '\\u20ac', 'caf\\xe9', '\\U0001f600x', '\\ud800', 'long' * 50]",
        "[b'', b'a', bytes(range(256))]",
        "((), (1,), [], [[]], {}, {1: 'a', (2, 'b'): [3], None: {}}, set(), {5}, frozenset([6]))",
    };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        check_copy(t, interp, fine[i]);
    run(t, "l = [1]\nl.append(l)\nclass I(int): pass\nshared = [0]\npair = [shared, shared]\n"
           "deep = []\nfor i in range(2000): deep = [deep]\n"
           "wide = 'x'\nfor i in range(60): wide = (wide, wide)\n");
    check_refused(t, "l", TG_ValueError,
                  "cannot copy a value that contains itself to another interpreter");
    check_refused(t, "[1, {2: (I(3),)}]", TG_TypeError,
                  "cannot copy 'I' object to another interpreter");
    check_refused(t, "len", TG_TypeError,
                  "cannot copy 'builtin_function_or_method' object to another interpreter");
    check_refused(t, "deep", TG_RecursionError, "maximum recursion depth exceeded");
    // What was shared stays shared: 2 ** 60 tuples would not fit.
    tg_value wide = tg_eval(t, "(wide, pair)", TG_NULL);
    tg_copy *copy = tg_copy_out(t, wide);
    REQUIRE(copy != NULL);
    tg_value twin = tg_copy_in(t, copy);
    tg_value pair = tg_tuple_get(t, twin, 1);
    tg_value one = tg_list_get(t, pair, 0), two = tg_list_get(t, pair, 1);
    CHECK(one == two);
    tg_release(t, one);
    tg_release(t, two);
    tg_release(t, pair);
    tg_release(t, twin);
    tg_release(t, wide);
    tg_copy_free(copy);
    close_and_release(t, interp);
    tg_runtime_destroy(rt, t);
}

TEST(making_one_without_memory_leaves_nothing)
{
    tg_thread *t;
    tg_runtime *rt = open_runtime(&t);
    come_and_go(t, true);
    come_and_go(t, true);
    tg_interp *interp;
    // What the first failure of a process makes for ever (names, the message) is made here.
    (void)tgi_mem_fail_after(60, 1);
    CHECK(tg_interp_new(t, true, &interp) != TG_OK);
    (void)tgi_mem_fail_after(UINT64_C(1) << 60, 1);
    tg_error_clear(t);
    REQUIRE(tg_interp_new(t, true, &interp) == TG_OK);
    uint64_t requests = tgi_mem_fail_after(0, 0), refused = 0;
    close_and_release(t, interp);
    uint64_t step = requests / (uint64_t)test_scale(120) + 1;
    for (uint64_t n = 1 + test_seed() % step; n <= requests; n += step) {
        for (int i = 0; i < 4; i++)
            (void)tgi_defer_process(t);
        int64_t blocks = tgi_raw_count().blocks;
        (void)tgi_mem_fail_after(n, 1);
        tg_status st = tg_interp_new(t, true, &interp);
        (void)tgi_mem_fail_after(0, 0);
        if (st == TG_OK) {
            close_and_release(t, interp);
        } else {
            CHECK(st == TG_ERR_NOMEM || (st == TG_ERR_RAISED && tg_error_is(t, TG_MemoryError)));
            refused++;
        }
        tg_error_clear(t);
        for (int i = 0; i < 4; i++)
            (void)tgi_defer_process(t);
        if (tgi_raw_count().blocks != blocks)
            FAIL("request %llu: %lld blocks left over", (unsigned long long)n,
                 (long long)(tgi_raw_count().blocks - blocks));
    }
    CHECK(refused > 0); // otherwise nothing was injected
    tg_runtime_destroy(rt, t);
}
