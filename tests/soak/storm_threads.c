// SPDX-License-Identifier: MIT
//
// storm_threads.c - what the threads of the storm do.
//
// Workers     run functions of storm_work.py again and again and compare the result with the one
//             that the main thread got alone.
// Agitators   toggle the GIL, pause, start and end other threads, change the interval, at random.
//             An open request for the GIL is a token: whoever takes it makes the disable.
#include "storm.h"

#include "base/clock.h"
#include "base/os.h"
#include "thread/gil.h"
#include "thread/world_check.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { TOKENS_MAX = 4, CHILDREN_MAX = 16 };

typedef struct job {
    const char *name;
    int64_t n;
    int64_t result;
} job;

enum { CPU, ALLOC, SHARE, NAP, PING, SMALL, RINGS, JOBS };

static job jobs[JOBS] = {
    [CPU] = {"cpu", 3000, 0},  [ALLOC] = {"alloc", 60, 0}, [SHARE] = {"share", 40, 0},
    [NAP] = {"nap", 2, 0},     [PING] = {"ping", 6, 0},    [SMALL] = {"cpu", 40, 0},
    [RINGS] = {"rings", 8, 0},
};

static _Atomic(int) children; // started and not yet ended

// -- calling the script ---------------------------------------------------------------------------

static _Noreturn void fail_raised(tg_thread *t, const char *name)
{
    tg_value exc = tg_error_fetch(t);
    tg_value text = exc != TG_NULL ? tg_error_format(t, exc) : TG_NULL;
    const char *utf8 = text != TG_NULL ? tg_as_utf8(t, text, NULL) : NULL;
    storm_fail("%s() raised:\n%s", name, utf8 != NULL ? utf8 : "?");
}

static tg_value call(tg_thread *t, const char *name, const tg_value *args, size_t n)
{
    tg_value f = tg_getattr(t, the_storm.module, name);
    tg_value result = f != TG_NULL ? tg_call(t, f, args, n) : TG_NULL;
    if (result == TG_NULL)
        fail_raised(t, name);
    tg_release(t, f);
    return result;
}

static int64_t call_int(tg_thread *t, const char *name, const tg_value *args, size_t n)
{
    tg_value result = call(t, name, args, n);
    int64_t i;
    if (tg_as_int64(t, result, &i) != 0)
        fail_raised(t, name);
    tg_release(t, result);
    return i;
}

// `socket` TG_NULL: the job takes its number only.
static int64_t run_job(tg_thread *t, const job *j, tg_value socket)
{
    tg_value args[2] = {socket, tg_int(t, j->n)};
    bool with = socket != TG_NULL;
    return call_int(t, j->name, with ? args : args + 1, with ? 2 : 1);
}

static void check_job(tg_thread *t, const job *j, tg_value socket)
{
    int64_t result = run_job(t, j, socket);
    if (result != j->result)
        storm_fail("%s(%lld) is %lld, not %lld", j->name, (long long)j->n, (long long)result,
                   (long long)j->result);
}

static int64_t cpu_in_c(int64_t n)
{
    int64_t total = 1;
    for (int64_t i = 0; i < n; i++)
        total = (total * 31 + i) % 1000003;
    return total;
}

void storm_prepare(storm *s)
{
    for (int i = 0; i < JOBS; i++) {
        if (i != PING)
            jobs[i].result = run_job(s->t, &jobs[i], TG_NULL);
    }
    jobs[PING].result = jobs[PING].n * (jobs[PING].n - 1) / 2;
    atom_store_seq_cst(&s->shared, (uint64_t)jobs[SHARE].n);
    if (jobs[CPU].result != cpu_in_c(jobs[CPU].n) || jobs[SMALL].result != cpu_in_c(jobs[SMALL].n))
        storm_fail("cpu() computes something else");
}

// -- workers --------------------------------------------------------------------------------------

static void step(storm_thread *w, const char *doing)
{
    atom_store_seq_cst(&w->doing, doing);
    atom_add_seq_cst(&w->beats, 1);
}

static bool goes_on(void)
{
    return !atom_load_seq_cst(&the_storm.stop);
}

static void work_cpu(tg_thread *t, void *arg)
{
    storm_thread *w = arg;
    for (; goes_on(); w->jobs++) {
        step(w, "cpu");
        check_job(t, &jobs[CPU], TG_NULL);
    }
    atom_store_seq_cst(&w->done, true);
}

static void work_alloc(tg_thread *t, void *arg)
{
    storm_thread *w = arg;
    for (; goes_on(); w->jobs++) {
        const job *j = &jobs[w->jobs % 3 == 0 ? SHARE : w->jobs % 16 == 1 ? NAP : ALLOC];
        step(w, j->name);
        check_job(t, j, TG_NULL);
        if (j == &jobs[SHARE])
            atom_add_seq_cst(&the_storm.shared, (uint64_t)j->n);
    }
    atom_store_seq_cst(&w->done, true);
}

static void work_client(tg_thread *t, void *arg)
{
    storm_thread *w = arg;
    for (; goes_on(); w->jobs++) {
        step(w, "ping");
        check_job(t, &jobs[PING], w->socket);
        w->pings += (uint64_t)jobs[PING].n;
    }
    (void)call_int(t, "close", &w->socket, 1); // ends the server
    tg_release(t, w->socket);
    atom_store_seq_cst(&w->done, true);
}

static void work_server(tg_thread *t, void *arg)
{
    storm_thread *w = arg;
    step(w, "serve");
    w->jobs = (uint64_t)call_int(t, "serve", &w->socket, 1);
    tg_release(t, w->socket);
    atom_store_seq_cst(&w->done, true);
}

// Makes one step and then none, for a test of the report: waits in a script for a lock that it has,
// for ever.
static void work_stall(tg_thread *t, void *arg)
{
    step(arg, "stall");
    (void)call(t, "stall", NULL, 0);
}

// -- agitators ------------------------------------------------------------------------------------

static void count_toggle(void)
{
    uint64_t n = atom_add_seq_cst(&the_storm.toggles, 1) + 1;
    int64_t limit = the_storm.options->toggles;
    if (limit > 0 && n >= (uint64_t)limit)
        atom_store_seq_cst(&the_storm.stop, true);
}

// Returns the time it took if it turned the GIL on, else -1.
static int64_t enable(tg_thread *t, storm_thread *a)
{
    bool changed;
    int64_t since = tgi_clock_now_ns();
    tg_status st = tgi_gil_enable_transient(t, NULL, &changed);
    int64_t ns = tgi_clock_now_ns() - since;
    if (st != TG_OK)
        storm_fail("enable: status %d", (int)st);
    if (!tgi_gil_is_enabled(t) || !t->holds_gil)
        storm_fail("the GIL is off after enable");
    atom_add_seq_cst(&the_storm.tokens, 1);
    a->counts.enables++;
    if (!changed)
        return -1;
    a->counts.on++;
    tgi_histogram_add(&a->enabling, ns);
    count_toggle();
    return ns;
}

static bool take_token(void)
{
    int n = atom_load_seq_cst(&the_storm.tokens);
    while (n > 0) {
        if (atom_cas_weak_seq_cst(&the_storm.tokens, &n, n - 1))
            return true;
    }
    return false;
}

// The caller has taken a token. As enable.
static int64_t disable(tg_thread *t, storm_thread *a)
{
    bool changed;
    int64_t since = tgi_clock_now_ns();
    tg_status st = tgi_gil_disable(t, NULL, &changed);
    int64_t ns = tgi_clock_now_ns() - since;
    if (st != TG_OK)
        storm_fail("disable: status %d", (int)st);
    if (tgi_gil_is_enabled(t) == changed)
        storm_fail("disable has changed nothing");
    a->counts.disables++;
    if (!changed)
        return -1;
    a->counts.off++;
    tgi_histogram_add(&a->disabling, ns);
    count_toggle();
    return ns;
}

static void toggle(tg_thread *t, storm_thread *a)
{
    int tokens = atom_load_seq_cst(&the_storm.tokens);
    bool more = tokens < TOKENS_MAX && (tokens == 0 || tgi_random_below(&a->random, 4) == 0);
    if (more) {
        step(a, "enable");
        (void)enable(t, a);
    } else if (take_token()) {
        step(a, "disable");
        (void)disable(t, a);
    }
    // Now and then the others get going in the state that we left.
    uint64_t dice = tgi_random_below(&a->random, 16);
    if (dice < 4)
        check_job(t, &jobs[SMALL], TG_NULL);
    else if (dice == 4)
        (void)tg_sleep(t, (int64_t)tgi_random_below(&a->random, 100000));
}

static void toggle_pair(tg_thread *t, storm_thread *a)
{
    step(a, "enable and disable");
    int64_t on = enable(t, a);
    if (!take_token())
        return;
    int64_t off = disable(t, a);
    if (on >= 0 && off >= 0)
        tgi_histogram_add(&a->pair, on + off);
}

static void busy_for(int64_t ns)
{
    int64_t until = tgi_clock_now_ns() + ns;
    while (tgi_clock_now_ns() < until)
        tgi_cpu_relax();
}

static void pause_world(tg_thread *t, storm_thread *a, bool global)
{
    step(a, global ? "global pause" : "pause");
    if (global)
        tgi_stop_the_world_global(t, t->runtime, TGI_CAUSE_TEST);
    else
        tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
    busy_for((int64_t)tgi_random_below(&a->random, 20000));
    if (global) {
        tgi_start_the_world_global(t, t->runtime);
        a->counts.pauses_global++;
    } else {
        tgi_start_the_world(t, t->interp);
        a->counts.pauses_interp++;
    }
}

static void child(tg_thread *t, void *arg)
{
    (void)arg;
    check_job(t, &jobs[SMALL], TG_NULL);
    atom_sub_seq_cst(&children, 1);
}

static void start_child(tg_thread *t, storm_thread *a)
{
    if (atom_load_seq_cst(&children) >= CHILDREN_MAX)
        return;
    step(a, "start a thread");
    tgi_thread_handle *h;
    atom_add_seq_cst(&children, 1);
    tg_status st = tgi_thread_start(t->interp, child, NULL, NULL, &h);
    if (st != TG_OK)
        storm_fail("start: status %d", (int)st);
    a->counts.threads++;
    if (tgi_random_below(&a->random, 2) == 0) {
        step(a, "join");
        st = tgi_thread_join(h, TGI_DEADLINE_NEVER, 0);
        if (st != TG_OK)
            storm_fail("join: status %d", (int)st);
    }
    tgi_thread_handle_release(h);
}

static void *host(void *arg)
{
    tg_thread *t;
    tg_status st = tg_thread_enter(arg, &t);
    if (st != TG_OK)
        storm_fail("enter: status %d", (int)st);
    check_job(t, &jobs[SMALL], TG_NULL);
    tg_thread_leave(t);
    return NULL;
}

static void start_host(tg_thread *t, storm_thread *a)
{
    step(a, "a thread of the host");
    pthread_t thread;
    if (pthread_create(&thread, NULL, host, t->runtime) != 0)
        storm_fail("pthread_create");
    TG_BEGIN_BLOCKING(t)
    pthread_join(thread, NULL);
    TG_END_BLOCKING(t)
    a->counts.hosts++;
}

// In the other interpreter: a script, toggles of its own GIL, a pause of its threads.
static void work_elsewhere(tg_thread *u, storm_thread *a)
{
    static const char script[] = "total = 1\n"
                                 "for i in range(40):\n"
                                 "    total = (total * 31 + i) % 1000003\n";
    tg_value module = tg_run(u, script, sizeof script - 1, "elsewhere.py", NULL);
    tg_value total = module != TG_NULL ? tg_getattr(u, module, "total") : TG_NULL;
    int64_t result;
    if (total == TG_NULL || tg_as_int64(u, total, &result) != 0)
        fail_raised(u, "elsewhere");
    if (result != jobs[SMALL].result)
        storm_fail("another interpreter computes %lld", (long long)result);
    tg_release(u, total);
    tg_release(u, module);
    if (u->interp->gil->switchable) {
        if (tgi_gil_enable_transient(u, NULL, NULL) != TG_OK || !u->holds_gil ||
            tgi_gil_disable(u, NULL, NULL) != TG_OK)
            storm_fail("toggle in another interpreter");
    }
    pause_world(u, a, false);
}

static void use_interp(tg_thread *t, storm_thread *a)
{
    step(a, "create an interpreter");
    tg_interp *other;
    tg_status st = tg_interp_new(t, tgi_random_below(&a->random, 2) == 0, &other);
    if (st != TG_OK)
        storm_fail("interpreter: status %d", (int)st);
    for (int i = 0; i < 2; i++) {
        step(a, "switch to an interpreter");
        tg_thread *u;
        st = tg_interp_switch(t, other, &u);
        if (st != TG_OK)
            storm_fail("switch to an interpreter: status %d", (int)st);
        work_elsewhere(u, a);
        tg_interp_return(u, t);
    }
    step(a, "close an interpreter");
    st = tg_interp_close(t, other);
    if (st != TG_OK)
        storm_fail("close an interpreter: status %d", (int)st);
    tg_interp_release(other);
    a->counts.interps++;
}

static void agitate_once(tg_thread *t, storm_thread *a, bool switchable)
{
    uint64_t dice = tgi_random_below(&a->random, 100);
    if (switchable && dice < 70) {
        if (dice < 20)
            toggle_pair(t, a);
        else
            toggle(t, a);
    } else if (dice < 75) {
        pause_world(t, a, false);
    } else if (dice < 80) {
        pause_world(t, a, true);
    } else if (dice < 84) {
        start_child(t, a);
    } else if (dice < 86) {
        start_host(t, a);
    } else if (dice < 88) {
        step(a, "interval");
        tg_gil_set_interval_us(t, 20 + (int64_t)tgi_random_below(&a->random, 2000));
        a->counts.intervals++;
    } else if (dice < 89) {
        step(a, "policy");
        size_t n = 0;
        while (tgi_gil_policy_at(n) != NULL)
            n++;
        tgi_gil_set_policy(t->interp->gil, t->runtime,
                           tgi_gil_policy_at((size_t)tgi_random_below(&a->random, n)));
        a->counts.policies++;
    } else if (dice < 90) {
        use_interp(t, a);
    } else if (dice < 92) {
        step(a, "collect");
        tg_gc_set(t, TG_GC_THREADS, 1 + (int64_t)tgi_random_below(&a->random, 4));
        tg_gc_set(t, TG_GC_EXHAUSTIVE, (int64_t)tgi_random_below(&a->random, 2));
        if (tg_collect(t) < 0)
            storm_fail("a collection had no memory");
        a->counts.collections++;
    } else if (dice < 93) {
        step(a, "nap");
        (void)tg_sleep(t, (int64_t)tgi_random_below(&a->random, 100000));
        a->counts.naps++;
    } else {
        step(a, "small jobs");
        check_job(t, &jobs[SMALL], TG_NULL);
        check_job(t, &jobs[RINGS], TG_NULL);
    }
}

static void agitate(tg_thread *t, void *arg)
{
    storm_thread *a = arg;
    bool switchable = tg_mode_find(the_storm.mode)->switchable;
    while (goes_on()) {
        agitate_once(t, a, switchable);
        tgi_world_check_now(t);
        if (tg_poll(t) != TG_OK)
            fail_raised(t, "poll");
    }
    atom_store_seq_cst(&a->done, true);
}

// -- all together ---------------------------------------------------------------------------------

void storm_measure_alone(const char *mode, tgi_histogram *pair, int count)
{
    // A runtime of its own, so that these pauses do not count among those under load.
    tg_config config = {.mode = mode};
    tg_runtime *rt;
    tg_thread *t;
    if (tg_runtime_create(&config, &rt, &t) != TG_OK)
        storm_fail("no runtime");
    if (tgi_gil_is_enabled(t) && tgi_gil_disable(t, NULL, NULL) != TG_OK)
        storm_fail("disable");
    for (int i = 0; i < count; i++) {
        int64_t since = tgi_clock_now_ns();
        tg_status st = tgi_gil_enable_transient(t, NULL, NULL);
        if (st == TG_OK)
            st = tgi_gil_disable(t, NULL, NULL);
        if (st != TG_OK)
            storm_fail("toggle: status %d", (int)st);
        tgi_histogram_add(pair, tgi_clock_now_ns() - since);
    }
    tg_runtime_destroy(rt, t);
}

void storm_settle_gil(storm *s, int count)
{
    while (tgi_gil_count(s->t) > count && tgi_gil_disable(s->t, NULL, NULL) == TG_OK)
        continue;
    while (tgi_gil_count(s->t) < count && tgi_gil_enable_transient(s->t, NULL, NULL) == TG_OK)
        continue;
}

static void start_thread(storm *s, storm_thread *w, void (*fn)(tg_thread *t, void *arg))
{
    char name[32];
    snprintf(name, sizeof name, "%s %d", w->role, w->index);
    tgi_start_options options = {.name = name};
    tg_status st = tgi_thread_start(s->rt->main_interp, fn, w, &options, &w->handle);
    if (st != TG_OK)
        storm_fail("start: status %d", (int)st);
}

static void connect_pair(storm *s, storm_thread *client, storm_thread *server)
{
    tg_value ends = call(s->t, "pair", NULL, 0);
    client->socket = tg_tuple_get(s->t, ends, 0);
    server->socket = tg_tuple_get(s->t, ends, 1);
    if (client->socket == TG_NULL || server->socket == TG_NULL)
        fail_raised(s->t, "pair");
    tg_release(s->t, ends);
}

void storm_start_threads(storm *s)
{
    static void (*const work[])(tg_thread * t, void *arg) = {work_cpu, work_alloc, work_client,
                                                             work_server};
    static const char *const roles[] = {"cpu", "alloc", "client", "server"};
    int workers = s->options->threads;
    for (int i = 0; i < s->thread_count; i++) {
        storm_thread *w = &s->threads[i];
        tgi_random_seed(&w->random, s->options->seed * 1000003 + (uint64_t)i);
        w->index = i;
        if (i >= workers) {
            w->role = "agitator";
            start_thread(s, w, agitate);
            continue;
        }
        if (i == 0 && s->options->stall) {
            w->role = "stalled";
            start_thread(s, w, work_stall);
            continue;
        }
        int kind = i % 4;
        if (kind == 2 && i + 1 >= workers)
            kind = 0; // a client needs a server
        w->role = roles[kind];
        atom_store_seq_cst(&w->passive, kind == 3);
        if (kind == 2)
            connect_pair(s, w, w + 1);
        start_thread(s, w, work[kind]);
    }
}

void storm_join_threads(storm *s)
{
    for (int i = 0; i < s->thread_count; i++) {
        storm_thread *w = &s->threads[i];
        tg_status st = tgi_thread_join(w->handle, TGI_DEADLINE_NEVER, 0);
        if (st != TG_OK)
            storm_fail("join: status %d", (int)st);
        tgi_thread_handle_release(w->handle);
    }
    while (atom_load_seq_cst(&children) != 0)
        (void)tg_sleep(s->t, 100000);
    for (int i = 0; i < s->thread_count; i++) {
        storm_thread *w = &s->threads[i];
        if (atom_load_seq_cst(&w->passive) && w->jobs != 5 * s->threads[i - 1].pings)
            storm_fail("server %d has seen %llu bytes of %llu messages", i,
                       (unsigned long long)w->jobs, (unsigned long long)s->threads[i - 1].pings);
    }
    int64_t total = call_int(s->t, "total", NULL, 0);
    if ((uint64_t)total != atom_load_seq_cst(&s->shared))
        storm_fail("the shared counter is %lld, not %llu", (long long)total,
                   (unsigned long long)atom_load_seq_cst(&s->shared));
}
