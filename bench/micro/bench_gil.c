// SPDX-License-Identifier: MIT
//
// bench_gil.c - what the GIL costs: coming and going, and being handed from thread to thread.
//
// Usage       bench_gil [ROUNDS [PAIRS]]      default 15 rounds of 200000 pairs
// Rows        mutex pair           lock and unlock of an uncontended pthread mutex: the yardstick
//             attach, GIL off      tg_thread_detach and tg_thread_attach, nobody else there
//             attach, GIL on       the same with the GIL, free
//             hand-over            one thread detaches, the other, which waits, has the GIL: policy
//                                  fair without a slice, two threads that do nothing else
//             condition variable   the same baton with a pthread mutex and condition variable
// Method      every round measures all rows, in an order that turns by one; shown are median and
//             range over the rounds in nanoseconds per pair or per hand-over.
// Checks      a plain counter that both threads of a hand-over change under the GIL, and the number
//             of times the GIL was taken: a mistake ends the program with exit code 1.
#include "micro.h" // micro_fail, micro_now_ns

#include <togil/togil.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_ROUNDS = 1000 };

static long pairs = 200000;

static void fail(const char *what)
{
    micro_fail("bench_gil", what);
}

// -- rows: nanoseconds per operation --------------------------------------------------------------

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static double mutex_pair(void)
{
    double begin = micro_now_ns();
    for (long i = 0; i < pairs; i++) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
    return (micro_now_ns() - begin) / (double)pairs;
}

typedef struct runtime {
    tg_runtime *rt;
    tg_thread *t; // of the main thread, attached while its row runs
} runtime;

static runtime runtimes[2]; // GIL off, GIL on

static double attach_pair(runtime *r, bool gil)
{
    tg_thread_attach(r->t);
    if (tg_gil_enabled(r->t) != gil)
        fail("the GIL is not what it should be");
    double begin = micro_now_ns();
    for (long i = 0; i < pairs; i++) {
        tg_thread_detach(r->t);
        tg_thread_attach(r->t);
    }
    double took = micro_now_ns() - begin;
    tg_thread_detach(r->t);
    return took / (double)pairs;
}

static double attach_off(void)
{
    return attach_pair(&runtimes[0], false);
}

static double attach_on(void)
{
    return attach_pair(&runtimes[1], true);
}

static long baton;       // changed under the GIL, or the mutex
static long hand_overs;  // per thread
static int ready, ended; // changed under the GIL

// Goes on only when the other has had the GIL in between.
static void pass_on(tg_thread *t, long turn)
{
    for (long i = 0; i < hand_overs; i++) {
        while (baton % 2 != turn) {
            tg_thread_detach(t);
            tg_thread_attach(t);
        }
        baton++;
        tg_thread_detach(t);
        tg_thread_attach(t);
    }
}

static void partner(tg_thread *t, void *arg)
{
    (void)arg;
    ready = 1;
    pass_on(t, 1);
    ended = 1;
}

static double hand_over(void)
{
    tg_thread *t = runtimes[1].t;
    tg_thread_attach(t);
    tg_gil_set_slice_us(t, 0);
    if (tg_gil_set_policy(t, "fair") != TG_OK)
        fail("no policy fair");
    baton = 0;
    ready = 0;
    ended = 0;
    hand_overs = pairs / 200;
    tg_thread_handle *h;
    if (tg_thread_start(t, partner, NULL, NULL, "partner", 0, false, &h) != TG_OK)
        fail("no thread");
    while (ready == 0) {
        tg_thread_detach(t);
        tg_thread_attach(t);
    }
    double begin = micro_now_ns();
    pass_on(t, 0);
    double took = micro_now_ns() - begin;
    if (tg_thread_join(t, h, -1) != TG_OK || ended != 1)
        fail("the partner did not end");
    tg_thread_handle_release(h);
    if (baton != 2 * hand_overs)
        fail("two threads held the GIL");
    if (tg_gil_set_policy(t, "timed") != TG_OK)
        fail("no policy timed");
    tg_thread_detach(t);
    return took / (2 * (double)hand_overs);
}

static pthread_cond_t passed = PTHREAD_COND_INITIALIZER;

static void pass_by_condition(long turn)
{
    pthread_mutex_lock(&mutex);
    for (long i = 0; i < hand_overs; i++) {
        while (baton % 2 != turn)
            pthread_cond_wait(&passed, &mutex);
        baton++;
        pthread_cond_signal(&passed);
    }
    pthread_mutex_unlock(&mutex);
}

static void *condition_partner(void *arg)
{
    (void)arg;
    pass_by_condition(1);
    return NULL;
}

static double by_condition(void)
{
    pthread_t os;
    baton = 0;
    hand_overs = pairs / 200;
    if (pthread_create(&os, NULL, condition_partner, NULL) != 0)
        fail("no thread");
    double begin = micro_now_ns();
    pass_by_condition(0);
    double took = micro_now_ns() - begin;
    pthread_join(os, NULL);
    if (baton != 2 * hand_overs)
        fail("the baton was lost");
    return took / (2 * (double)hand_overs);
}

// -- rounds ---------------------------------------------------------------------------------------

static const struct {
    const char *name;
    double (*run)(void);
} rows[] = {
    {"mutex pair", mutex_pair}, {"attach, GIL off", attach_off},      {"attach, GIL on", attach_on},
    {"hand-over", hand_over},   {"condition variable", by_condition},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static double results[ROWS][MOST_ROUNDS];

static void open_runtime(runtime *r, const char *mode)
{
    tg_config config = {.mode = mode};
    if (tg_runtime_create(&config, &r->rt, &r->t) != TG_OK)
        fail(mode);
    tg_thread_detach(r->t);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 15;
    if (argc > 2)
        pairs = atol(argv[2]);
    if (rounds < 1 || rounds > MOST_ROUNDS || pairs < 200) {
        fprintf(stderr, "usage: bench_gil [ROUNDS (1 to %d) [PAIRS (200 and more)]]\n",
                MOST_ROUNDS);
        return 2;
    }
    open_runtime(&runtimes[0], "nogil");
    open_runtime(&runtimes[1], "gil-biased");
    for (long round = -1; round < rounds; round++) { // the first one warms up
        for (long k = 0; k < ROWS; k++) {
            long row = (k + round + 1) % ROWS;
            double ns = rows[row].run();
            if (round >= 0)
                results[row][round] = ns;
        }
    }
    for (int row = 0; row < ROWS; row++) {
        double *r = results[row];
        qsort(r, (size_t)rounds, sizeof *r, micro_compare);
        printf("%-20s %9.1f ns  [%.1f, %.1f]\n", rows[row].name, r[rounds / 2], r[0],
               r[rounds - 1]);
    }
    for (int i = 0; i < 2; i++) {
        tg_thread_attach(runtimes[i].t);
        tg_runtime_destroy(runtimes[i].rt, runtimes[i].t);
    }
    return 0;
}
