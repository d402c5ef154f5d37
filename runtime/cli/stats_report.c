// SPDX-License-Identifier: MIT
//
// stats_report.c - see stats_report.h.
//
// Text is for people and may change; the JSON has a format number. Both show sections in the same
// order: counters, then pauses by scope, then waits for the GIL (in the text beside its counters).
// A new kind of figure is one function for each form, called from write_text and write_json.
//
// Threads     the main thread, attached, at the end of the runtime.
#include "cli/stats_report.h"

#include <errno.h>    // errno
#include <inttypes.h> // PRIu64
#include <stdlib.h>   // malloc
#include <string.h>   // strerror

#include "cli/ab/json.h" // JSON

enum { JSON_FORMAT = 1, TYPES_SHOWN = 10 };

static const char *scope_name(const tg_pause_report *r, char *space, size_t n)
{
    if (r->scope == TG_SCOPE_RUNTIME)
        return "runtime";
    if (r->scope == TG_SCOPE_ENDED)
        return "closed interpreters";
    snprintf(space, n, "interpreter %" PRId64, r->scope);
    return space;
}

// --- text

// "1.23 ms": three digits and a unit.
static const char *duration(uint64_t ns, char *space, size_t n)
{
    static const struct {
        double size;
        const char *name;
    } units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        double v = (double)ns / units[i].size;
        if (v >= 0.9995) {
            snprintf(space, n, "%.*f %s", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v, units[i].name);
            return space;
        }
    }
    snprintf(space, n, "%" PRIu64 " ns", ns);
    return space;
}

static void text_times(FILE *to, const char *label, const tg_histogram *h)
{
    char p50[32], p99[32], max[32], sum[32];
    fprintf(to, "    %-10s p50 %-9s p99 %-9s max %-9s sum %s\n", label,
            duration(tg_histogram_percentile(h, 50), p50, sizeof p50),
            duration(tg_histogram_percentile(h, 99), p99, sizeof p99),
            duration(h->max, max, sizeof max), duration(h->sum, sum, sizeof sum));
}

static void text_pauses(FILE *to, const tg_pause_report *r)
{
    char space[48];
    if (r->stopping.count == 0)
        return;
    fprintf(to, "  pauses of %s: %" PRIu64 " (", scope_name(r, space, sizeof space),
            r->stopping.count);
    const char *comma = "";
    for (int i = 0; i < TG_PAUSE_CAUSES; i++) {
        if (r->count[i] == 0)
            continue;
        fprintf(to, "%s%s %" PRIu64, comma, tg_pause_cause_name((tg_pause_cause)i), r->count[i]);
        comma = ", ";
    }
    fputs(")", to);
    if (r->late != 0)
        fprintf(to, ", %" PRIu64 " late", r->late);
    fputs("\n", to);
    text_times(to, "stopping", &r->stopping);
    text_times(to, "stopped", &r->stopped);
    if (r->slowest_id != 0)
        fprintf(to, "    slowest    %s, for thread %" PRIu64 " \"%s\" (%s)\n",
                duration((uint64_t)r->slowest_ns, space, sizeof space), r->slowest_id,
                r->slowest_name, tg_pause_cause_name(r->slowest_cause));
}

static void text_gil(FILE *to, tg_thread *t)
{
    tg_gil_times *g = malloc(sizeof *g);
    size_t pos = 0;
    if (g != NULL && tg_gil_times_next(t, &pos, g)) {
        if (g->wait.count != 0)
            text_times(to, "waited", &g->wait);
        if (g->hold.count != 0)
            text_times(to, "kept", &g->hold); // others waiting
    }
    free(g);
}

static void text_collector(FILE *to, tg_thread *t)
{
    tg_gc_stats *s = malloc(sizeof *s);
    if (s == NULL)
        return;
    tg_gc_stats_read(t, s);
    char paused[32], total[32];
    fprintf(to,
            "  collector  %" PRIu64 " collections, %" PRIu64 " objects found, %" PRIu64
            " freed; %s paused of %s\n",
            s->collections, s->found, s->collected, duration(s->paused_ns, paused, sizeof paused),
            duration(s->total_ns, total, sizeof total));
    if (s->pauses.count != 0)
        text_times(to, "paused", &s->pauses);
    free(s);
}

static void text_memory(FILE *to)
{
    tg_memory m;
    tg_memory_read(&m);
    fprintf(to, "  memory     %" PRId64 " blocks", m.blocks);
    if (m.bytes >= 0)
        fprintf(to, " of %" PRId64 " bytes", m.bytes);
    fprintf(to, ", %" PRId64 " allocated, %" PRId64 " refused (%s)\n", m.allocated, m.failed,
            m.allocator);
}

typedef struct type_lines {
    FILE *to;
    int shown;
    uint64_t others, objects, bytes; // beyond those
} type_lines;

static void text_type(const tg_type_figures *f, void *arg)
{
    type_lines *lines = arg;
    if (lines->shown < TYPES_SHOWN) {
        fprintf(lines->to, "%s%-24s %8" PRIu64 " objects %10" PRIu64 " bytes\n",
                lines->shown == 0 ? "  types      " : "             ", f->name, f->objects,
                f->bytes);
        lines->shown++;
        return;
    }
    lines->others++;
    lines->objects += f->objects;
    lines->bytes += f->bytes;
}

static void text_types(FILE *to, tg_thread *t)
{
    type_lines lines = {.to = to};
    if (tg_live_types(t, text_type, &lines) < 0)
        tg_error_clear(t);
    if (lines.others != 0)
        fprintf(to,
                "             %" PRIu64 " more types%12" PRIu64 " objects %10" PRIu64 " bytes\n",
                lines.others, lines.objects, lines.bytes);
}

static void write_text(FILE *to, tg_thread *t, const tg_stats *s, tg_pause_report *r)
{
    char space[32];
    fprintf(to, "togil: figures of the run (mode %s)\n",
            tg_runtime_mode(tg_thread_runtime(t))->name);
    fprintf(to, "  objects    %" PRIu64 " made, %" PRIu64 " live, %" PRIu64 " bytes\n",
            s->objects_made, s->objects_live, s->bytes_live);
    fprintf(to, "  threads    %" PRIu64 " started, %" PRIu64 " attaches\n", s->threads_started,
            s->attaches);
    fprintf(to,
            "  GIL        %" PRIu64 " taken, %" PRIu64 " waited for (%s), %" PRIu64
            " given up on request\n",
            s->gil_takes, s->gil_waits, duration(s->gil_wait_ns, space, sizeof space),
            s->gil_drops);
    text_gil(to, t);
    fprintf(to,
            "  counts     %" PRIu64 " merges, %" PRIu64 " foreign, %" PRIu64
            " objects hot, %" PRIu64 " deferred frees; %" PRIu64 " objects wait in queues, %" PRIu64
            " bytes for readers\n",
            s->merges, s->foreign, s->hot, s->deferred, s->queued, s->backlog_bytes);
    if (s->counts_own + s->counts_shared + s->counts_hot + s->counts_immortal != 0)
        fprintf(to,
                "  counted    %" PRIu64 " by owners, %" PRIu64 " shared, %" PRIu64 " hot, %" PRIu64
                " immortal\n",
                s->counts_own, s->counts_shared, s->counts_hot, s->counts_immortal);
    text_memory(to);
    text_collector(to, t);
    if (s->pauses == 0)
        fputs("  pauses     none\n", to);
    for (size_t pos = 0; tg_pauses_next(t, &pos, r);)
        text_pauses(to, r);
    fflush(to);
    text_types(to, t); // last: it makes a pause
    tg_report_left_over(t);
}

// --- JSON

static void json_uint(tgi_ab_json *json, const char *key, uint64_t n)
{
    tgi_ab_json_int(json, key, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static void json_times(tgi_ab_json *json, const char *key, const tg_histogram *h)
{
    tgi_ab_json_open(json, key, '{');
    json_uint(json, "count", h->count);
    json_uint(json, "sum", h->sum);
    json_uint(json, "p50", tg_histogram_percentile(h, 50));
    json_uint(json, "p90", tg_histogram_percentile(h, 90));
    json_uint(json, "p99", tg_histogram_percentile(h, 99));
    json_uint(json, "p999", tg_histogram_percentile(h, 99.9));
    json_uint(json, "max", h->max);
    tgi_ab_json_open(json, "buckets", '['); // [from, to, count]
    uint64_t from, to, count;
    for (size_t pos = 0; tg_histogram_next(h, &pos, &from, &to, &count);) {
        tgi_ab_json_open(json, NULL, '[');
        json_uint(json, NULL, from);
        json_uint(json, NULL, to);
        json_uint(json, NULL, count);
        tgi_ab_json_close(json, ']');
    }
    tgi_ab_json_close(json, ']');
    tgi_ab_json_close(json, '}');
}

static void json_pauses(tgi_ab_json *json, const tg_pause_report *r)
{
    char space[48];
    tgi_ab_json_open(json, NULL, '{');
    tgi_ab_json_string(json, "scope", scope_name(r, space, sizeof space));
    json_uint(json, "count", r->stopping.count);
    tgi_ab_json_open(json, "causes", '{');
    for (int i = 0; i < TG_PAUSE_CAUSES; i++)
        json_uint(json, tg_pause_cause_name((tg_pause_cause)i), r->count[i]);
    tgi_ab_json_close(json, '}');
    json_uint(json, "late", r->late);
    json_times(json, "stopping_ns", &r->stopping);
    json_times(json, "stopped_ns", &r->stopped);
    if (r->slowest_id == 0) {
        tgi_ab_json_null(json, "slowest");
    } else {
        tgi_ab_json_open(json, "slowest", '{');
        json_uint(json, "thread", r->slowest_id);
        tgi_ab_json_string(json, "name", r->slowest_name);
        tgi_ab_json_string(json, "cause", tg_pause_cause_name(r->slowest_cause));
        tgi_ab_json_int(json, "ns", r->slowest_ns);
        tgi_ab_json_close(json, '}');
    }
    tgi_ab_json_close(json, '}');
}

// All threads together, and those that are still there.
static void json_gil(tgi_ab_json *json, tg_thread *t)
{
    tg_gil_times *g = malloc(sizeof *g);
    tgi_ab_json_open(json, "gil", '[');
    for (size_t pos = 0; g != NULL && tg_gil_times_next(t, &pos, g);) {
        tgi_ab_json_open(json, NULL, '{');
        json_uint(json, "thread", g->thread_id);
        tgi_ab_json_string(json, "name", g->thread_id == 0 ? "all" : g->thread_name);
        json_times(json, "wait_ns", &g->wait);
        json_times(json, "hold_ns", &g->hold);
        tgi_ab_json_close(json, '}');
    }
    tgi_ab_json_close(json, ']');
    free(g);
}

static void json_collector(tgi_ab_json *json, tg_thread *t)
{
    tg_gc_stats *s = malloc(sizeof *s);
    if (s == NULL)
        return;
    tg_gc_stats_read(t, s);
    tgi_ab_json_open(json, "collector", '{');
    json_uint(json, "collections", s->collections);
    json_uint(json, "abandoned", s->abandoned);
    json_uint(json, "shared", s->shared);
    json_uint(json, "found", s->found);
    json_uint(json, "collected", s->collected);
    json_uint(json, "resurrected", s->resurrected);
    json_uint(json, "candidates", s->candidates);
    json_uint(json, "live", s->live);
    json_uint(json, "live_bytes", s->live_bytes);
    json_uint(json, "paused_ns", s->paused_ns);
    json_uint(json, "total_ns", s->total_ns);
    json_uint(json, "mark_ns", s->mark_ns);
    json_uint(json, "count_ns", s->count_ns);
    json_uint(json, "threads", s->threads);
    json_times(json, "pauses_ns", &s->pauses);
    tgi_ab_json_close(json, '}');
    free(s);
}

static void json_memory(tgi_ab_json *json)
{
    tg_memory m;
    tg_memory_read(&m);
    tgi_ab_json_open(json, "memory", '{');
    tgi_ab_json_string(json, "allocator", m.allocator);
    tgi_ab_json_int(json, "blocks", m.blocks);
    tgi_ab_json_int(json, "allocated", m.allocated);
    if (m.bytes < 0)
        tgi_ab_json_null(json, "bytes");
    else
        tgi_ab_json_int(json, "bytes", m.bytes);
    tgi_ab_json_int(json, "failed", m.failed);
    tgi_ab_json_close(json, '}');
}

static void json_type(const tg_type_figures *f, void *arg)
{
    tgi_ab_json *json = arg;
    tgi_ab_json_open(json, NULL, '{');
    tgi_ab_json_string(json, "name", f->name);
    json_uint(json, "objects", f->objects);
    json_uint(json, "bytes", f->bytes);
    tgi_ab_json_close(json, '}');
}

static void json_types(tgi_ab_json *json, tg_thread *t)
{
    tgi_ab_json_open(json, "types", '[');
    if (tg_live_types(t, json_type, json) < 0)
        tg_error_clear(t);
    tgi_ab_json_close(json, ']');
}

static void write_json(FILE *to, tg_thread *t, const tg_stats *s, tg_pause_report *r)
{
    tgi_ab_json json;
    tgi_ab_json_begin(&json, to);
    tgi_ab_json_open(&json, NULL, '{');
    tgi_ab_json_int(&json, "format", JSON_FORMAT);
    tgi_ab_json_string(&json, "mode", tg_runtime_mode(tg_thread_runtime(t))->name);
    tgi_ab_json_open(&json, "counters", '{');
    json_uint(&json, "objects_made", s->objects_made);
    json_uint(&json, "objects_live", s->objects_live);
    json_uint(&json, "bytes_live", s->bytes_live);
    json_uint(&json, "threads_started", s->threads_started);
    json_uint(&json, "attaches", s->attaches);
    json_uint(&json, "gil_takes", s->gil_takes);
    json_uint(&json, "gil_waits", s->gil_waits);
    json_uint(&json, "gil_wait_ns", s->gil_wait_ns);
    json_uint(&json, "gil_drops", s->gil_drops);
    json_uint(&json, "merges", s->merges);
    json_uint(&json, "foreign", s->foreign);
    json_uint(&json, "hot", s->hot);
    json_uint(&json, "counts_own", s->counts_own);
    json_uint(&json, "counts_shared", s->counts_shared);
    json_uint(&json, "counts_hot", s->counts_hot);
    json_uint(&json, "counts_immortal", s->counts_immortal);
    json_uint(&json, "deferred", s->deferred);
    json_uint(&json, "queued", s->queued);
    json_uint(&json, "queue_longest", s->queue_longest);
    json_uint(&json, "backlog_bytes", s->backlog_bytes);
    json_uint(&json, "pauses", s->pauses);
    json_uint(&json, "pause_max_ns", s->pause_max_ns);
    tgi_ab_json_close(&json, '}');
    tgi_ab_json_open(&json, "pauses", '[');
    for (size_t pos = 0; tg_pauses_next(t, &pos, r);)
        json_pauses(&json, r);
    tgi_ab_json_close(&json, ']');
    json_gil(&json, t);
    json_collector(&json, t);
    json_memory(&json);
    json_types(&json, t); // last: it makes a pause
    tgi_ab_json_close(&json, '}');
    fputc('\n', to);
}

int tgi_stats_report_open(tgi_stats_report *report, const char *path)
{
    report->path = path;
    report->json = fopen(path, "we");
    return report->json != NULL ? 0 : -1;
}

static void close_json(tgi_stats_report *report)
{
    bool failed = ferror(report->json) != 0;
    failed |= fclose(report->json) != 0;
    report->json = NULL;
    if (failed) {
        fprintf(stderr, "togil: cannot write '%s': %s\n", report->path, strerror(errno));
        report->write_failed = true;
    }
}

void tgi_stats_report_write(tg_thread *t, void *arg)
{
    tgi_stats_report *report = arg;
    tg_stats s;
    tg_stats_read(t, &s);
    tg_pause_report *r = malloc(sizeof *r);
    if (r != NULL && report->text)
        write_text(stderr, t, &s, r);
    if (r != NULL && report->json != NULL)
        write_json(report->json, t, &s, r);
    if (r == NULL) {
        fputs("togil: no memory for the figures\n", stderr);
        report->write_failed = true;
    }
    free(r);
    if (report->json != NULL)
        close_json(report);
}
