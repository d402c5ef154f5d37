// SPDX-License-Identifier: MIT
//
// togil_stats.c - togil.stats(): the figures of <togil/stats.h> as dicts.
//
// The counters are at the top of the dict, by the names they have in tg_stats. What is more than a
// number is a section, a dict of its own with one function here: add another to `sections`.
//
//     {"pauses": 12, ...,
//      "pause_times": {"runtime": REPORT, "ended": REPORT, 0: REPORT, ...},   by scope
//      "gil_times": {"all": GIL, 3: GIL, ...},                                by thread id
//      "collector": {"collections": 3, ..., "pauses": TIMES},                of this interpreter
//      "memory": {"allocator": "mimalloc 2.0.9", "blocks": 9000, ...},       of the process
//      "types": {"list": {"objects": 12, "bytes": 900}, ...}}    with types=True: stops the world
//     REPORT     {"count": 12, "causes": {"gil": 12}, "late": 0, "stopping": TIMES,
//                 "stopped": TIMES,
//                 "slowest": None or {"thread": 5, "name": "t", "cause": "gil", "ns": 1200}}
//     GIL        {"name": "MainThread", "wait": TIMES, "hold": TIMES}
//     TIMES      {"count": 12, "sum": 9000, "p50": 700, "p99": 1200, "max": 1200}   nanoseconds
//
// Threads     any.
#include "modules/support.h"
#include "modules/togil_module.h" // tgi_togil_stats

#include <stdlib.h> // malloc

// dict[key] = v. Takes v, which may be TG_NULL: an exception is set then. 0 or -1.
static int put(tg_thread *t, tg_value dict, const char *key, tg_value v)
{
    int st = v == TG_NULL ? -1 : tg_dict_set_c(t, dict, key, v);
    tg_release(t, v);
    return st;
}

static int put_uint(tg_thread *t, tg_value dict, const char *key, uint64_t n)
{
    return put(t, dict, key, tg_uint(t, n));
}

// What a function that fills a dict gives: the dict, or TG_NULL if it failed.
static tg_value filled(tg_thread *t, tg_value dict, int st)
{
    if (st == 0)
        return dict;
    tg_release(t, dict);
    return TG_NULL;
}

// --- times

static int fill_times(tg_thread *t, tg_value dict, const tg_histogram *h)
{
    if (put_uint(t, dict, "count", h->count) < 0 || put_uint(t, dict, "sum", h->sum) < 0 ||
        put_uint(t, dict, "p50", tg_histogram_percentile(h, 50)) < 0 ||
        put_uint(t, dict, "p99", tg_histogram_percentile(h, 99)) < 0)
        return -1;
    return put_uint(t, dict, "max", h->max);
}

static tg_value times(tg_thread *t, const tg_histogram *h)
{
    tg_value dict = tg_dict(t);
    return dict == TG_NULL ? TG_NULL : filled(t, dict, fill_times(t, dict, h));
}

// --- pauses

static int fill_causes(tg_thread *t, tg_value dict, const tg_pause_report *r)
{
    for (int i = 0; i < TG_PAUSE_CAUSES; i++) {
        const char *name = tg_pause_cause_name((tg_pause_cause)i);
        if (r->count[i] != 0 && put_uint(t, dict, name, r->count[i]) < 0)
            return -1;
    }
    return 0;
}

static tg_value causes(tg_thread *t, const tg_pause_report *r)
{
    tg_value dict = tg_dict(t);
    return dict == TG_NULL ? TG_NULL : filled(t, dict, fill_causes(t, dict, r));
}

static int fill_slowest(tg_thread *t, tg_value dict, const tg_pause_report *r)
{
    if (put_uint(t, dict, "thread", r->slowest_id) < 0 ||
        put(t, dict, "name", tg_str_c(t, r->slowest_name)) < 0 ||
        put(t, dict, "cause", tg_str_c(t, tg_pause_cause_name(r->slowest_cause))) < 0)
        return -1;
    return put(t, dict, "ns", tg_int(t, r->slowest_ns));
}

static tg_value slowest(tg_thread *t, const tg_pause_report *r)
{
    if (r->slowest_id == 0)
        return TG_NONE;
    tg_value dict = tg_dict(t);
    return dict == TG_NULL ? TG_NULL : filled(t, dict, fill_slowest(t, dict, r));
}

static int fill_report(tg_thread *t, tg_value dict, const tg_pause_report *r)
{
    if (put_uint(t, dict, "count", r->stopping.count) < 0 ||
        put(t, dict, "causes", causes(t, r)) < 0 || put_uint(t, dict, "late", r->late) < 0 ||
        put(t, dict, "stopping", times(t, &r->stopping)) < 0 ||
        put(t, dict, "stopped", times(t, &r->stopped)) < 0)
        return -1;
    return put(t, dict, "slowest", slowest(t, r));
}

static int put_report(tg_thread *t, tg_value scopes, const tg_pause_report *r)
{
    tg_value key = r->scope == TG_SCOPE_RUNTIME ? tg_str_c(t, "runtime")
                   : r->scope == TG_SCOPE_ENDED ? tg_str_c(t, "ended")
                                                : tg_int(t, r->scope);
    tg_value dict = key == TG_NULL ? TG_NULL : tg_dict(t);
    int st = dict == TG_NULL ? -1 : fill_report(t, dict, r);
    if (st == 0)
        st = tg_dict_set(t, scopes, key, dict);
    tg_release(t, dict);
    tg_release(t, key);
    return st;
}

static tg_value pause_times(tg_thread *t)
{
    tg_pause_report *r = malloc(sizeof *r);
    if (r == NULL)
        return tg_raise_nomem(t);
    tg_value scopes = tg_dict(t);
    int st = scopes == TG_NULL ? -1 : 0;
    size_t pos = 0;
    while (st == 0 && tg_pauses_next(t, &pos, r))
        st = put_report(t, scopes, r);
    free(r);
    return filled(t, scopes, st);
}

// --- the GIL

static int fill_gil(tg_thread *t, tg_value dict, const tg_gil_times *g)
{
    if (put(t, dict, "name", tg_str_c(t, g->thread_name)) < 0 ||
        put(t, dict, "wait", times(t, &g->wait)) < 0)
        return -1;
    return put(t, dict, "hold", times(t, &g->hold));
}

static int put_gil(tg_thread *t, tg_value threads, const tg_gil_times *g)
{
    tg_value key = g->thread_id == 0 ? tg_str_c(t, "all") : tg_uint(t, g->thread_id);
    tg_value dict = key == TG_NULL ? TG_NULL : tg_dict(t);
    int st = dict == TG_NULL ? -1 : fill_gil(t, dict, g);
    if (st == 0)
        st = tg_dict_set(t, threads, key, dict);
    tg_release(t, dict);
    tg_release(t, key);
    return st;
}

static tg_value gil_times(tg_thread *t)
{
    tg_gil_times *g = malloc(sizeof *g);
    if (g == NULL)
        return tg_raise_nomem(t);
    tg_value threads = tg_dict(t);
    int st = threads == TG_NULL ? -1 : 0;
    size_t pos = 0;
    while (st == 0 && tg_gil_times_next(t, &pos, g))
        st = put_gil(t, threads, g);
    free(g);
    return filled(t, threads, st);
}

// --- the collector

static int fill_collector(tg_thread *t, tg_value dict, const tg_gc_stats *s)
{
    const struct {
        const char *name;
        uint64_t value;
    } figures[] = {
        {"collections", s->collections}, {"abandoned", s->abandoned},
        {"shared", s->shared},           {"found", s->found},
        {"collected", s->collected},     {"resurrected", s->resurrected},
        {"candidates", s->candidates},   {"live", s->live},
        {"live_bytes", s->live_bytes},   {"paused_ns", s->paused_ns},
        {"total_ns", s->total_ns},       {"mark_ns", s->mark_ns},
        {"count_ns", s->count_ns},       {"threads", s->threads},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (put_uint(t, dict, figures[i].name, figures[i].value) < 0)
            return -1;
    }
    return put(t, dict, "pauses", times(t, &s->pauses));
}

static tg_value collector(tg_thread *t)
{
    tg_gc_stats *s = malloc(sizeof *s);
    if (s == NULL)
        return tg_raise_nomem(t);
    tg_gc_stats_read(t, s);
    tg_value dict = tg_dict(t);
    int st = dict == TG_NULL ? -1 : fill_collector(t, dict, s);
    free(s);
    return dict == TG_NULL ? TG_NULL : filled(t, dict, st);
}

// --- the allocator

static int fill_memory(tg_thread *t, tg_value dict)
{
    tg_memory m;
    tg_memory_read(&m);
    if (put(t, dict, "allocator", tg_str_c(t, m.allocator)) < 0 ||
        put(t, dict, "blocks", tg_int(t, m.blocks)) < 0 ||
        put(t, dict, "allocated", tg_int(t, m.allocated)) < 0 ||
        put(t, dict, "bytes", m.bytes < 0 ? TG_NONE : tg_int(t, m.bytes)) < 0)
        return -1;
    return put(t, dict, "failed", tg_int(t, m.failed));
}

static tg_value memory(tg_thread *t)
{
    tg_value dict = tg_dict(t);
    return dict == TG_NULL ? TG_NULL : filled(t, dict, fill_memory(t, dict));
}

// --- types

typedef struct types {
    tg_thread *t;
    tg_value dict;
    int st;
} types;

static int fill_type(tg_thread *t, tg_value dict, const tg_type_figures *f)
{
    return put_uint(t, dict, "objects", f->objects) < 0 ? -1 : put_uint(t, dict, "bytes", f->bytes);
}

static void add_type(const tg_type_figures *f, void *arg)
{
    types *all = arg;
    if (all->st < 0)
        return;
    tg_value dict = tg_dict(all->t);
    if (dict != TG_NULL)
        dict = filled(all->t, dict, fill_type(all->t, dict, f));
    all->st = put(all->t, all->dict, f->name, dict);
}

static tg_value types_of(tg_thread *t)
{
    types all = {t, tg_dict(t), 0};
    if (all.dict == TG_NULL)
        return TG_NULL;
    if (tg_live_types(t, add_type, &all) < 0)
        all.st = -1;
    return filled(t, all.dict, all.st);
}

// --- all of it

static const struct {
    const char *name;
    tg_value (*make)(tg_thread *t);
} sections[] = {
    {"pause_times", pause_times},
    {"gil_times", gil_times},
    {"collector", collector},
    {"memory", memory},
};

static int fill_counters(tg_thread *t, tg_value dict)
{
    tg_stats s;
    tg_stats_read(t, &s);
    const struct {
        const char *name;
        uint64_t value;
    } figures[] = {
        {"objects_made", s.objects_made},
        {"objects_live", s.objects_live},
        {"bytes_live", s.bytes_live},
        {"gil_takes", s.gil_takes},
        {"gil_waits", s.gil_waits},
        {"gil_wait_ns", s.gil_wait_ns},
        {"gil_drops", s.gil_drops},
        {"pauses", s.pauses},
        {"pause_max_ns", s.pause_max_ns},
        {"merges", s.merges},
        {"deferred", s.deferred},
        {"threads_started", s.threads_started},
        {"attaches", s.attaches},
        {"queued", s.queued},
        {"queue_longest", s.queue_longest},
        {"backlog_bytes", s.backlog_bytes},
        {"foreign", s.foreign},
        {"hot", s.hot},
        {"counts_own", s.counts_own},
        {"counts_shared", s.counts_shared},
        {"counts_hot", s.counts_hot},
        {"counts_immortal", s.counts_immortal},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (put_uint(t, dict, figures[i].name, figures[i].value) < 0)
            return -1;
    }
    return 0;
}

tg_value tgi_togil_stats(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    static const char *const names[] = {"types", NULL};
    tg_value with_types = TG_NULL;
    if (tg_parse_args(t, "stats", names, 0, args, nargs, kwnames, &with_types) < 0)
        return TG_NULL;
    int want_types = with_types == TG_NULL ? 0 : tg_truth(t, with_types);
    tg_value dict = want_types < 0 ? TG_NULL : tg_dict(t);
    if (dict == TG_NULL)
        return TG_NULL;
    int st = fill_counters(t, dict);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0] && st == 0; i++)
        st = put(t, dict, sections[i].name, sections[i].make(t));
    if (st == 0 && want_types)
        st = put(t, dict, "types", types_of(t));
    return filled(t, dict, st);
}
