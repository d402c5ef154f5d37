// SPDX-License-Identifier: MIT
//
// workload.c - the runner of workloads/*.py.
#include "workload.h"

#include "test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

const tg_mode *workload_mode(void)
{
    const char *name = getenv("TG_TEST_MODE");
    const tg_mode *mode = tg_mode_find(name != NULL ? name : "nogil");
    REQUIRE(mode != NULL);
    return mode;
}

static void report(tg_thread *t, const char *where)
{
    tg_value exc = tg_error_fetch(t);
    tg_value text = exc != TG_NULL ? tg_error_format(t, exc) : TG_NULL;
    size_t n;
    FAIL("%s raised:\n%s", where, text != TG_NULL ? tg_as_utf8(t, text, &n) : "(no text)");
    tg_error_clear(t);
    tg_release(t, text);
    tg_release(t, exc);
}

tg_runtime *workload_open(const char *mode, const char *name, tg_thread **t)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/unit/core/workloads/%s.py", TG_TEST_SOURCE_DIR, name);
    const tg_config config = {.mode = mode, .switch_interval_us = 500};
    tg_runtime *rt;
    REQUIRE(tg_runtime_create(&config, &rt, t) == TG_OK);
    tg_value r = tg_run_file(*t, path);
    if (r == TG_NULL)
        report(*t, name);
    REQUIRE(r != TG_NULL);
    tg_release(*t, r);
    return rt;
}

void workload_close(tg_runtime *rt, tg_thread *t)
{
    tg_runtime_destroy(rt, t);
}

int64_t workload_call(tg_thread *t, const char *function, int64_t a, int64_t b)
{
    int64_t result = 0;
    tg_value f = tg_eval(t, function, TG_NULL);
    tg_value args[2] = {tg_int(t, a), tg_int(t, b)};
    tg_value r = f != TG_NULL ? tg_call(t, f, args, 2) : TG_NULL;
    if (r == TG_NULL) {
        report(t, function);
    } else if (tg_kind_of(t, r) == TG_KIND_STR) {
        const char *text = tg_as_utf8(t, r, NULL);
        if (text == NULL || text[0] != '\0')
            FAIL("%s(%ld, %ld): %s", function, (long)a, (long)b, text != NULL ? text : "?");
    } else {
        CHECK(tg_as_int64(t, r, &result) == 0);
    }
    tg_release(t, r);
    tg_release(t, f);
    return result;
}

typedef struct job {
    tg_runtime *rt;
    int index;
    long rounds;
    pthread_barrier_t *start;
} job;

static void run_worker(tg_thread *t, void *arg)
{
    job *j = arg;
    TG_BEGIN_BLOCKING(t)
    pthread_barrier_wait(j->start);
    TG_END_BLOCKING(t)
    workload_call(t, "worker", j->index, j->rounds);
}

static void *host_thread(void *arg)
{
    job *j = arg;
    tg_thread *t;
    REQUIRE(tg_thread_enter(j->rt, &t) == TG_OK);
    run_worker(t, arg);
    tg_thread_leave(t);
    return NULL;
}

static _Atomic(bool) storm_over;

static void storm(tg_thread *t, void *arg)
{
    (void)arg;
    unsigned switches = 0;
    do { // at least once, however late this thread comes
        CHECK(tg_gil_enable(t) == TG_OK);
        CHECK(tg_gil_enabled(t));
        for (unsigned k = 0; k < switches % 7; k++)
            CHECK(tg_poll(t) == TG_OK);
        CHECK(tg_gil_disable(t) == TG_OK);
        CHECK(tg_poll(t) == TG_OK);
        switches++;
    } while (!atomic_load(&storm_over) && switches < 100000);
}

void workload_go(tg_runtime *rt, tg_thread *t, int threads, long rounds, unsigned flags)
{
    job jobs[8];
    tg_thread_handle *handles[8], *stormer = NULL;
    pthread_t host[8];
    pthread_barrier_t start;
    REQUIRE(threads <= 8);
    pthread_barrier_init(&start, NULL, (unsigned)threads);
    const bool with_storm = (flags & WORKLOAD_STORM) != 0 && tg_runtime_mode(rt)->switchable;
    atomic_store(&storm_over, false);
    for (int i = 0; i < threads; i++) {
        jobs[i] = (job){rt, i, rounds, &start};
        if ((flags & WORKLOAD_HOST) != 0)
            REQUIRE(pthread_create(&host[i], NULL, host_thread, &jobs[i]) == 0);
        else
            REQUIRE(tg_thread_start(t, run_worker, NULL, &jobs[i], "worker", 0, false,
                                    &handles[i]) == TG_OK);
    }
    if (with_storm)
        REQUIRE(tg_thread_start(t, storm, NULL, NULL, "storm", 0, false, &stormer) == TG_OK);
    for (int i = 0; i < threads; i++) {
        if ((flags & WORKLOAD_HOST) != 0) {
            TG_BEGIN_BLOCKING(t)
            pthread_join(host[i], NULL);
            TG_END_BLOCKING(t)
        } else {
            CHECK(tg_thread_join(t, handles[i], -1) == TG_OK);
            tg_thread_handle_release(handles[i]);
        }
    }
    if (with_storm) {
        atomic_store(&storm_over, true);
        CHECK(tg_thread_join(t, stormer, -1) == TG_OK);
        tg_thread_handle_release(stormer);
    }
    pthread_barrier_destroy(&start);
    CHECK(tg_poll(t) == TG_OK);
    workload_call(t, "check", threads, rounds);
}

uint64_t workload_live_objects(tg_thread *t)
{
    tg_stats stats;
    REQUIRE(tg_poll(t) == TG_OK);
    tg_stats_read(t, &stats);
    return stats.objects_live;
}

// Without what has died while several threads counted it and is not due to be freed.
static uint64_t settled_objects(tg_thread *t)
{
    REQUIRE(tg_collect(t) >= 0);
    return workload_live_objects(t);
}

void workload_run(const char *name, int threads, long rounds, unsigned flags)
{
    tg_thread *t;
    tg_runtime *rt = workload_open(workload_mode()->name, name, &t);
    workload_go(rt, t, threads, rounds, flags);
    if ((flags & WORKLOAD_TWICE) != 0) {
        uint64_t before = settled_objects(t);
        workload_go(rt, t, threads, rounds, flags);
        uint64_t after = settled_objects(t);
        if (after > before + 50)
            FAIL("%s: %llu live objects after one run, %llu after two", name,
                 (unsigned long long)before, (unsigned long long)after);
    }
    workload_close(rt, t);
}
