// SPDX-License-Identifier: MIT
//
// run.c - threads that do what a history says, and write down when and what came out.
//
// The threads meet before each history, so that their operations fall on top of each other. A
// counter that everybody adds to before and after an operation gives the one order of calls and
// returns: the first number is taken before the operation and the second after it, so intervals
// are longer than they were and nothing right is reported as wrong. Every thread checks a share of
// the histories of a batch.
#include "linear.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <togil/togil.h>

enum { BATCH = 64 };

static const char prelude[] =
    "from collections import deque\n"
    "from queue import Queue, LifoQueue, SimpleQueue\n"
    "class K:\n"
    "    def __init__(self, i):\n"
    "        self.i = i\n"
    "    def __hash__(self):\n"
    "        return self.i & 1\n"
    "    def __eq__(self, other):\n"
    "        return isinstance(other, K) and self.i == other.i\n"
    "def SETITEM(o, i, v):\n"
    "    o[i] = v\n"
    "def DELITEM(o, i):\n"
    "    del o[i]\n"
    "def SETSLICE(o, a, b, v):\n"
    "    o[a:b] = [v, v]\n"
    "def DELSLICE(o, a, b):\n"
    "    del o[a:b]\n"
    "def DELSTEP(o):\n"
    "    del o[::2]\n"
    "def SETSTEP(o, x, y):\n"
    "    o[::2] = [x, y]\n"
    "def IADD(o, x, y):\n"
    "    o += [x, y]\n"
    "def IMUL(o):\n"
    "    o *= 2\n"
    "def ORDERED(items):\n"
    "    return list(items)\n"
    "def PAIRS(items):\n"
    "    return {items[i]: items[i + 1] for i in range(0, len(items), 2)}\n"
    "def FILLED(q, items):\n"
    "    for item in items:\n"
    "        q.put(item)\n"
    "    return q\n"
    "def QUEUE(items):\n"
    "    return FILLED(Queue(3), items)\n"
    "def LIFO(items):\n"
    "    return FILLED(LifoQueue(), items)\n"
    "def SIMPLE(items):\n"
    "    return FILLED(SimpleQueue(), items)\n"
    "def DRAIN(q):\n"
    "    out = []\n"
    "    while q.qsize():\n"
    "        out.append(q.get_nowait())\n"
    "    return out\n";

typedef struct run {
    const lin_config *config;
    tg_value code[LIN_ITEMS], make, look, box; // code: of the operations, in their order
    bool parallel;                             // no GIL: several threads are attached at once
    lin_history history[BATCH];
    uint64_t seeds[BATCH];
    tg_value object[BATCH];
    int used; // of the batch
    _Atomic(uint64_t) clock, arrived, stop;
    _Atomic(int) bad; // the first of the batch that is not linearizable, or BATCH
    _Atomic(uint64_t) overlapping, steps;
    uint64_t made;
    double until;
} run;

typedef struct worker {
    run *r;
    int index;
    uint64_t meetings, random;
} worker;

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void complain(tg_thread *t, const char *what)
{
    tg_value exc = tg_error_fetch(t);
    tg_value text = exc != TG_NULL ? tg_error_format(t, exc) : TG_NULL;
    fprintf(stderr, "linear: %s: %s\n", what, text != TG_NULL ? tg_as_utf8(t, text, NULL) : "?");
    exit(2);
}

// Until all threads have come.
static void meet(tg_thread *t, worker *w)
{
    run *r = w->r;
    uint64_t wanted = ++w->meetings * (uint64_t)r->config->threads;
    atomic_fetch_add(&r->arrived, 1);
    if (r->parallel) {
        for (int spins = 0; spins < 400; spins++) {
            if (atomic_load(&r->arrived) >= wanted)
                return;
            if (spins % 50 == 49 && tg_poll(t) != TG_OK)
                complain(t, "poll");
        }
    }
    TG_BEGIN_BLOCKING(t)
    while (atomic_load(&r->arrived) < wanted)
        sched_yield();
    TG_END_BLOCKING(t)
}

static tg_value boxed(tg_thread *t, const run *r, int kind, int8_t v)
{
    tg_value i = tg_int(t, v), out = i;
    if (kind == 1)
        out = tg_str_format(t, "%d", v);
    else if (kind == 2)
        out = tg_call(t, r->box, &i, 1);
    if (out == TG_NULL)
        complain(t, "a value");
    return out;
}

static void to_result(tg_thread *t, tg_value v, lin_value *out);

// A number, a digit, or an object of class K.
static int8_t unboxed(tg_thread *t, tg_value v)
{
    int64_t i = -1;
    if (tg_kind_of(t, v) == TG_KIND_STR)
        return (int8_t)atoi(tg_as_utf8(t, v, NULL));
    if (tg_kind_of(t, v) == TG_KIND_INT) {
        if (tg_as_int64(t, v, &i) != 0)
            complain(t, "a result");
        return (int8_t)i;
    }
    tg_value x = tg_getattr(t, v, "i");
    if (x == TG_NULL || tg_as_int64(t, x, &i) != 0)
        complain(t, "a result");
    return (int8_t)i;
}

static void add_items(tg_thread *t, tg_value v, lin_value *out)
{
    bool tuple = tg_kind_of(t, v) == TG_KIND_TUPLE;
    size_t n = tuple ? tg_tuple_size(t, v) : tg_list_size(t, v);
    for (size_t i = 0; i < n; i++) {
        tg_value x = tuple ? tg_tuple_get(t, v, i) : tg_list_get(t, v, i);
        if (x == TG_NULL)
            complain(t, "an item");
        if (tg_kind_of(t, x) == TG_KIND_TUPLE)
            add_items(t, x, out);
        else if (out->n < LIN_ITEMS)
            out->item[out->n++] = unboxed(t, x);
        tg_release(t, x);
    }
}

static void to_result(tg_thread *t, tg_value v, lin_value *out)
{
    memset(out, 0, sizeof *out);
    if (v == TG_NULL) {
        static const char *const names[] = {"IndexError", "KeyError", "ValueError", "Empty",
                                            "Full"};
        tg_value exc = tg_error_fetch(t);
        out->kind = LIN_ERROR;
        out->item[0] = LIN_OTHER;
        for (int i = 0; i < LIN_OTHER; i++) {
            if (strcmp(tg_type_name(t, exc), names[i]) == 0)
                out->item[0] = (int8_t)i;
        }
        tg_release(t, exc);
        return;
    }
    tg_kind kind = tg_kind_of(t, v);
    if (v == TG_NONE) {
        out->kind = LIN_NONE;
    } else if (v == TG_TRUE || v == TG_FALSE) {
        out->kind = LIN_BOOL;
        out->item[0] = v == TG_TRUE;
    } else if (kind == TG_KIND_LIST || kind == TG_KIND_TUPLE) {
        out->kind = LIN_SEQ;
        add_items(t, v, out);
    } else {
        out->kind = LIN_INT;
        out->item[0] = unboxed(t, v);
    }
    tg_release(t, v);
}

static int compare_items(const void *a, const void *b)
{
    return *(const int8_t *)a - *(const int8_t *)b;
}

static tg_value code_of(const run *r, const lin_op *op)
{
    return op == &r->config->spec->last ? r->look : r->code[op - r->config->spec->ops];
}

// The part of thread `me` of one history.
static void perform(tg_thread *t, worker *w, lin_history *h, tg_value object)
{
    run *r = w->r;
    lin_event *mine[LIN_OPS];
    tg_value args[LIN_OPS][LIN_ARGS + 1], results[LIN_OPS], raised[LIN_OPS];
    size_t nargs[LIN_OPS];
    int n = 0;
    for (int i = 0; i < h->count; i++) {
        lin_event *e = &h->event[i];
        if (e->thread != w->index)
            continue;
        size_t a = 0;
        args[n][0] = object;
        for (; e->op->args[a] != '\0'; a++) {
            bool boxes = e->op->args[a] == 'v' || e->op->args[a] == 'k';
            int kind = h->kind == 2 && e->op->args[a] == 'v' ? 1 : h->kind;
            args[n][a + 1] = boxes ? boxed(t, r, kind, e->arg[a]) : tg_int(t, e->arg[a]);
        }
        nargs[n] = a + 1;
        mine[n++] = e;
    }
    meet(t, w);
    for (int i = 0; i < n; i++) {
        w->random = w->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        unsigned pause = (unsigned)(w->random >> 60);
        if (r->parallel) {
            for (unsigned k = pause > 8 ? (pause - 8) * 5 : 0; k > 0; k--)
                atomic_signal_fence(memory_order_seq_cst);
        } else if (pause > 8) {
            tg_thread_detach(t);
            if (pause > 12)
                sched_yield();
            tg_thread_attach(t);
        }
        mine[i]->call = atomic_fetch_add(&r->clock, 1);
        results[i] = tg_call(t, code_of(r, mine[i]->op), args[i], nargs[i]);
        mine[i]->ret = atomic_fetch_add(&r->clock, 1);
        raised[i] = results[i] == TG_NULL ? tg_error_fetch(t) : TG_NULL;
    }
    for (int i = 0; i < n; i++) {
        if (raised[i] != TG_NULL)
            tg_error_restore(t, raised[i]);
        to_result(t, results[i], &mine[i]->result);
        if (h->spec->sorted && mine[i]->result.kind == LIN_SEQ)
            qsort(mine[i]->result.item, mine[i]->result.n, 1, compare_items);
        for (size_t a = 1; a < nargs[i]; a++)
            tg_release(t, args[i][a]);
    }
}

static bool overlaps(const lin_history *h)
{
    for (int i = 0; i < h->count; i++) {
        for (int j = 0; j < i; j++) {
            if (h->event[i].call < h->event[j].ret && h->event[j].call < h->event[i].ret)
                return true;
        }
    }
    return false;
}

// The last look, by one thread when all others are done; then the verdict.
static void judge(tg_thread *t, worker *w, int b)
{
    run *r = w->r;
    lin_history *h = &r->history[b];
    lin_event *e = &h->event[h->count++];
    e->op = &h->spec->last;
    e->call = atomic_fetch_add(&r->clock, 1);
    to_result(t, tg_call(t, r->look, &r->object[b], 1), &e->result);
    if (h->spec->sorted)
        qsort(e->result.item, e->result.n, 1, compare_items);
    e->ret = atomic_fetch_add(&r->clock, 1);
    tg_release(t, r->object[b]);
    uint64_t steps = 0;
    if (!lin_check(h, &steps)) {
        int expected = atomic_load(&r->bad);
        while (b < expected && !atomic_compare_exchange_weak(&r->bad, &expected, b))
            continue;
    }
    atomic_fetch_add(&r->steps, steps);
    if (overlaps(h))
        atomic_fetch_add(&r->overlapping, 1);
}

static uint64_t seed_of(const lin_config *c, uint64_t number)
{
    return c->same ? c->seed : c->seed + number * UINT64_C(0xd1342543de82ef95);
}

// Thread 0 only: the histories and containers of the next batch; sets `stop` at the end.
static void prepare(tg_thread *t, run *r)
{
    const lin_config *c = r->config;
    uint64_t left = c->histories - r->made;
    r->used = left < BATCH ? (int)left : BATCH;
    if (r->used == 0 || (c->seconds > 0 && now() > r->until) || atomic_load(&r->bad) != BATCH) {
        atomic_store(&r->stop, 1);
        return;
    }
    for (int b = 0; b < r->used; b++) {
        lin_history *h = &r->history[b];
        r->seeds[b] = seed_of(c, r->made++);
        lin_invent(h, c->spec, r->seeds[b], c->threads, c->each, c->only);
        tg_value items[LIN_ITEMS];
        for (int i = 0; i < h->first.n; i++) {
            bool value = c->spec->pairs && i % 2 == 1;
            items[i] = boxed(t, r, value && h->kind == 2 ? 1 : h->kind, h->first.item[i]);
        }
        tg_value list = tg_list(t, items, h->first.n);
        r->object[b] = list != TG_NULL ? tg_call(t, r->make, &list, 1) : TG_NULL;
        if (r->object[b] == TG_NULL)
            complain(t, "a container");
        tg_release(t, list);
        for (int i = 0; i < h->first.n; i++)
            tg_release(t, items[i]);
    }
}

// One thread per CPU as far as they go: on one CPU nothing would overlap.
static void pin(int index)
{
    cpu_set_t all, one;
    if (sched_getaffinity(0, sizeof all, &all) != 0)
        return;
    int skip = index % CPU_COUNT(&all);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &all) && skip-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            (void)sched_setaffinity(0, sizeof one, &one);
            return;
        }
    }
}

static void work(tg_thread *t, void *arg)
{
    worker *w = arg;
    run *r = w->r;
    cpu_set_t before;
    bool restore = sched_getaffinity(0, sizeof before, &before) == 0;
    pin(w->index);
    for (;;) {
        if (w->index == 0)
            prepare(t, r);
        meet(t, w);
        if (atomic_load(&r->stop) != 0)
            break;
        for (int b = 0; b < r->used; b++)
            perform(t, w, &r->history[b], r->object[b]);
        meet(t, w);
        for (int b = w->index; b < r->used; b += r->config->threads)
            judge(t, w, b);
        meet(t, w);
    }
    if (restore)
        (void)sched_setaffinity(0, sizeof before, &before);
}

static tg_value evaluated(tg_thread *t, const char *code)
{
    tg_value v = tg_eval(t, code, TG_NULL);
    if (v == TG_NULL)
        complain(t, code);
    return v;
}

static uint64_t live(tg_thread *t)
{
    tg_stats stats;
    if (tg_poll(t) != TG_OK)
        complain(t, "poll");
    // Frees what has died while several threads counted it, too, which may not be due.
    if (tg_collect(t) < 0)
        complain(t, "collect");
    tg_stats_read(t, &stats);
    return stats.objects_live;
}

static void run_script(tg_thread *t, const char *text, const char *name)
{
    tg_value v = tg_run(t, text, strlen(text), name, NULL);
    if (v == TG_NULL)
        complain(t, name);
    tg_release(t, v);
}

static void all_threads(tg_thread *t, run *r)
{
    const int threads = r->config->threads;
    worker workers[LIN_THREADS];
    tg_thread_handle *handles[LIN_THREADS];
    for (int i = 0; i < threads; i++) {
        workers[i] = (worker){.r = r, .index = i, .random = r->config->seed + (uint64_t)i};
        if (i > 0 &&
            tg_thread_start(t, work, NULL, &workers[i], "linear", 0, false, &handles[i]) != TG_OK)
            complain(t, "a thread");
    }
    work(t, &workers[0]);
    for (int i = 1; i < threads; i++) {
        if (tg_thread_join(t, handles[i], -1) != TG_OK)
            complain(t, "join");
        tg_thread_handle_release(handles[i]);
    }
}

static void set_up(tg_thread *t, run *r)
{
    const lin_config *c = r->config;
    run_script(t, prelude, "linear");
    if (c->patch != NULL)
        run_script(t, c->patch, "patch");
    size_t n = 0;
    for (const lin_op *op = c->spec->ops; op->name != NULL; op++)
        r->code[n++] = evaluated(t, op->code);
    r->make = evaluated(t, c->spec->make);
    r->look = evaluated(t, c->spec->last.code);
    r->box = evaluated(t, "K");
    r->parallel = !tg_gil_enabled(t);
    atomic_store(&r->bad, BATCH);
}

bool lin_run(const lin_config *config, lin_report *report, const char **why)
{
    memset(report, 0, sizeof *report);
    const tg_config tc = {.mode = config->mode, .switch_interval_us = 50};
    tg_runtime *rt;
    tg_thread *t;
    *why = "the runtime does not start in that mode";
    if (tg_runtime_create(&tc, &rt, &t) != TG_OK)
        return false;
    run *r = calloc(1, sizeof *r);
    if (r == NULL)
        abort();
    r->config = config;
    set_up(t, r);
    double start = now();
    r->until = start + config->seconds;
    report->objects_before = live(t);
    all_threads(t, r);
    report->objects_after = live(t);
    report->seconds = now() - start;
    report->histories = r->made;
    report->operations = r->made * (uint64_t)(config->threads * config->each);
    report->overlapping = atomic_load(&r->overlapping);
    report->steps = atomic_load(&r->steps);
    int bad = atomic_load(&r->bad);
    report->failed = bad != BATCH;
    if (report->failed) {
        report->bad = r->history[bad];
        report->bad_seed = r->seeds[bad];
    }
    for (size_t i = 0; config->spec->ops[i].name != NULL; i++)
        tg_release(t, r->code[i]);
    tg_release(t, r->make);
    tg_release(t, r->look);
    tg_release(t, r->box);
    tg_runtime_destroy(rt, t);
    free(r);
    return true;
}
