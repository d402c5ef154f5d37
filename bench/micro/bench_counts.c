// SPDX-License-Identifier: MIT
//
// bench_counts.c - what a pair of incref and decref costs, by who counts which object. One program
// per core; bench/counts.py runs them side by side.
//
// Usage       bench_counts.CORE [ROUNDS [PAIRS [ROW]]]    default 15 rounds of 200000 pairs, all
//             rows
// Rows        yardstick        two atomic additions to a word of this thread alone
//             owner            the object belongs to the counting thread
//             immortal         it is immortal
//             foreign          it belongs to another thread
//             merged           it has lost its owner
//             try              try-incref and decref, of a published object of another thread
//             hot              it is hot: core/policy/hot.c
//             Where a core knows no difference, rows measure the same.
// Method      every round measures all rows, in an order that turns by one; shown is the median
//             over the rounds in nanoseconds per pair. With ROW only that one runs: for callgrind.
// Checks      every count afterwards: a mistake ends the program with exit code 1.
#include "base/config.h"        // TGI_HOT_AFTER
#include "core/object/object.h" // tgc_new
#include "core/object/state.h"  // tgc_thread
#include "micro.h"              // micro_fail, micro_now_ns
#include "thread/runtime.h"     // tgi_runtime_create

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROUNDS = 1000 };

static long pairs = 200000;

static void fail(const char *what)
{
    micro_fail("bench_counts", what);
}

// -- a runtime with two thread states, both of this OS thread -------------------------------------

static tg_status thread_init(tg_thread *t)
{
    tgc_thread *ct = calloc(1, sizeof *ct);
    if (ct == NULL)
        return TG_ERR_NOMEM;
    t->core = ct;
    return tgc_policy_thread_init(t);
}

static void thread_clear(tg_thread *t)
{
    tgc_policy_thread_exit(t);
}

static void thread_free(tg_thread *t)
{
    free(t->core);
}

static const tgi_core_hooks hooks = {
    .thread_init = thread_init, .thread_clear = thread_clear, .thread_free = thread_free};

static void dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_delete(t, o, sizeof *o);
}

static tgc_type type = {
    .head = TGC_IMMORTAL_HEAD(&type), .name = "probe", .size = sizeof(tgc_obj), .dealloc = dealloc};

static tg_thread *me, *stranger;
static tgc_obj *mine, *immortal, *foreign, *merged, *hot;

static tgc_obj *make(tg_thread *t)
{
    tgc_obj *o = tgc_new(t, &type, sizeof *o);
    if (o == NULL)
        fail("out of memory");
    return o;
}

static void set_up(void)
{
    const tgi_runtime_config config = {.gil_enabled = !TGC_FREE_THREADED,
                                       .gil_switchable = TGC_FREE_THREADED,
                                       .counts = "bench",
                                       .hooks = &hooks};
    tg_runtime *rt;
    if (tgi_runtime_create(&config, &rt) != TG_OK ||
        tgi_thread_new(rt->main_interp, &me) != TG_OK ||
        tgi_thread_new(rt->main_interp, &stranger) != TG_OK)
        fail("no runtime");
    tgi_thread_attach(stranger);
    foreign = make(stranger);
    merged = make(stranger);
    hot = make(stranger);
    tgc_publish(stranger, foreign);
    tgi_thread_detach(stranger);
    tgi_thread_attach(me);
    mine = make(me);
    immortal = make(me);
    tgc_make_immortal(immortal);
    tgc_incref(me, foreign);
    tgc_incref(me, merged);
    tgc_incref(me, hot);
}

// -- rows: nanoseconds per pair -------------------------------------------------------------------

#define KEEP() __asm__ volatile("" ::: "memory")

static TGI_NOINLINE void count(tg_thread *t, tgc_obj *o, long n)
{
    for (long i = 0; i < n; i++) {
        tgc_incref(t, o);
        KEEP();
        tgc_decref(t, o);
        KEEP();
    }
}

static TGI_NOINLINE void count_try(tg_thread *t, tgc_obj *o, long n)
{
    for (long i = 0; i < n; i++) {
        if (!tgc_try_incref(t, o))
            fail("a live object was refused");
        KEEP();
        tgc_decref(t, o);
        KEEP();
    }
}

static _Atomic(int64_t) word;

static TGI_NOINLINE void count_word(long n)
{
    for (long i = 0; i < n; i++) {
        // ORDER: relaxed, acq_rel; as a counted object has it.
        (void)atom_add_relaxed(&word, 2);
        KEEP();
        (void)atom_sub_acq_rel(&word, 2);
        KEEP();
    }
}

static double timed(void (*fn)(tg_thread *t, tgc_obj *o, long n), tgc_obj *o)
{
    int64_t before = tgc_refcount(o);
    double begin = micro_now_ns();
    fn(me, o, pairs);
    double took = micro_now_ns() - begin;
    if (tgc_refcount(o) != before)
        fail("the count has changed");
    return took / (double)pairs;
}

static double yardstick(void)
{
    double begin = micro_now_ns();
    count_word(pairs);
    double took = micro_now_ns() - begin;
    // ORDER: relaxed; this thread's.
    if (atom_load_relaxed(&word) != 0)
        fail("the word has changed");
    return took / (double)pairs;
}

static double of_owner(void)
{
    return timed(count, mine);
}
static double of_immortal(void)
{
    return timed(count, immortal);
}
static double of_foreign(void)
{
    return timed(count, foreign);
}
static double of_merged(void)
{
    return timed(count, merged);
}
static double of_try(void)
{
    return timed(count_try, foreign);
}
static double of_hot(void)
{
    return timed(count, hot);
}

static const struct {
    const char *name;
    double (*run)(void);
} rows[] = {
    {"yardstick", yardstick}, {"owner", of_owner},   {"immortal", of_immortal},
    {"foreign", of_foreign},  {"merged", of_merged}, {"try", of_try},
    {"hot", of_hot},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static double results[ROWS][MOST_ROUNDS];

// Makes one object merged and another hot, and keeps the rest as they are.
static void settle(void)
{
    for (int i = 0; i < 2; i++)
        count(me, hot, TGI_HOT_AFTER);
    me->runtime->hot_off = true;
    tgi_thread_detach(me);
    tgi_thread_attach(stranger);
    tgc_decref(stranger, merged); // its last own reference
    tgi_thread_detach(stranger);
    tgi_thread_attach(me);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 15;
    if (argc > 2)
        pairs = atol(argv[2]);
    const char *only = argc > 3 ? argv[3] : NULL;
    if (rounds < 1 || rounds > MOST_ROUNDS || pairs < 1) {
        fprintf(stderr, "usage: bench_counts [ROUNDS (1 to %d) [PAIRS [ROW]]]\n", MOST_ROUNDS);
        return 2;
    }
    set_up();
    settle();
    for (long round = only == NULL ? -1 : 0; round < rounds; round++) { // the first one warms up
        for (long k = 0; k < ROWS; k++) {
            long row = (k + round + 1) % ROWS;
            if (only != NULL && strcmp(only, rows[row].name) != 0)
                continue;
            double ns = rows[row].run();
            if (round >= 0)
                results[row][round] = ns;
        }
    }
    for (int row = 0; row < ROWS; row++) {
        if (only != NULL && strcmp(only, rows[row].name) != 0)
            continue;
        double *r = results[row];
        qsort(r, (size_t)rounds, sizeof *r, micro_compare);
        printf("%-12s %8.2f\n", rows[row].name, r[rounds / 2]);
    }
    fflush(stdout);
    _Exit(0); // what the runtime holds is the program's
}
