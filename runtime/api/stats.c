// SPDX-License-Identifier: MIT
//
// stats.c - public functions that read figures.
//
// Threads     any attached thread. Nothing here keeps state.
// Invariants  public histograms and causes have the layout and the order of the internal ones, so
//             that a report is a copy.
#include <togil/stats.h>

#include "base/histogram.h"   // tgi_histogram
#include "gate/gate.h"        // counts of objects
#include "mem/raw.h"          // allocator
#include "thread/defer.h"     // backlog
#include "thread/gil_times.h" // waits and holds
#include "thread/runtime.h"   // tg_runtime
#include "thread/stats.h"     // counters
#include "thread/stw.h"       // pauses
#include "thread/watchdog.h"  // limit

#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(tg_histogram) == sizeof(tgi_histogram), "tg_histogram mirrors tgi_histogram");
_Static_assert(TG_HISTOGRAM_BUCKETS == TGI_HISTOGRAM_BUCKETS, "as many buckets");
_Static_assert(offsetof(tg_histogram, count) == offsetof(tgi_histogram, count) &&
                   offsetof(tg_histogram, sum) == offsetof(tgi_histogram, sum) &&
                   offsetof(tg_histogram, max) == offsetof(tgi_histogram, max) &&
                   offsetof(tg_histogram, min) == offsetof(tgi_histogram, min) &&
                   offsetof(tg_histogram, buckets) == offsetof(tgi_histogram, buckets),
               "tg_histogram mirrors tgi_histogram");
_Static_assert((int)TG_PAUSE_CAUSES == (int)TGI_CAUSE_COUNT &&
                   (int)TG_PAUSE_TEST == (int)TGI_CAUSE_TEST,
               "tg_pause_cause mirrors tgi_stw_cause");
_Static_assert((int)TG_SCOPE_RUNTIME == (int)TGI_STW_RUNTIME &&
                   (int)TG_SCOPE_ENDED == (int)TGI_STW_ENDED,
               "scopes");
_Static_assert(sizeof(((tg_pause_report *)NULL)->slowest_name) ==
                   sizeof(((tgi_stw_report *)NULL)->slowest_name),
               "names are copied whole");

// --- counters

void tg_stats_read(tg_thread *t, tg_stats *out)
{
    uint64_t counts[6];
    tgi_stats s;
    tgi_core_of(t)->host_counts(t, counts);
    tgi_stats_read(t->runtime, &s);
    memset(out, 0, sizeof *out);
    out->objects_made = counts[0];
    out->objects_live = counts[0] - counts[1];
    out->bytes_live = counts[2] - counts[3];
    out->gil_takes = s.value[TGI_STAT_gil_takes];
    out->gil_waits = s.value[TGI_STAT_gil_waits];
    out->gil_wait_ns = s.value[TGI_STAT_gil_wait_ns];
    out->gil_drops = s.value[TGI_STAT_gil_drops];
    out->merges = s.value[TGI_STAT_merges];
    out->foreign = s.value[TGI_STAT_foreign];
    out->hot = s.value[TGI_STAT_hot];
    out->counts_own = s.value[TGI_STAT_counts_own];
    out->counts_shared = s.value[TGI_STAT_counts_shared];
    out->counts_hot = s.value[TGI_STAT_counts_hot];
    out->counts_immortal = s.value[TGI_STAT_counts_immortal];
    out->deferred = s.value[TGI_STAT_deferred];
    out->threads_started = s.value[TGI_STAT_threads_started];
    out->attaches = s.value[TGI_STAT_attaches];
    out->queued = counts[4];
    out->queue_longest = counts[5];
    out->backlog_bytes = tgi_defer_backlog(t->runtime);
    tgi_stw_totals(t->runtime, &out->pauses, &out->pause_max_ns);
}

void tg_memory_read(tg_memory *out)
{
    tgi_raw_counts c = tgi_raw_count();
    *out = (tg_memory){.allocator = tgi_raw_name(),
                       .blocks = c.blocks,
                       .allocated = c.allocated,
                       .bytes = c.bytes,
                       .failed = c.failed};
}

int tg_live_types(tg_thread *t, void (*show)(const tg_type_figures *f, void *arg), void *arg)
{
    return tgi_core_of(t)->live_types(t, show, arg);
}

void tg_report_left_over(tg_thread *t)
{
    tgi_core_of(t)->report_left_over(t);
}

// --- histograms

static const tgi_histogram *internal(const tg_histogram *h)
{
    return (const tgi_histogram *)(const void *)h;
}

uint64_t tg_histogram_percentile(const tg_histogram *h, double percent)
{
    return tgi_histogram_quantile(internal(h), percent / 100);
}

bool tg_histogram_next(const tg_histogram *h, size_t *pos, uint64_t *from, uint64_t *to,
                       uint64_t *count)
{
    size_t i = *pos;
    while (i < TG_HISTOGRAM_BUCKETS && h->buckets[i] == 0)
        i++;
    if (i >= TG_HISTOGRAM_BUCKETS) {
        *pos = TG_HISTOGRAM_BUCKETS;
        return false;
    }
    *from = tgi_histogram_lower_edge(i);
    *to = i + 1 < TG_HISTOGRAM_BUCKETS ? tgi_histogram_lower_edge(i + 1) - 1 : h->max;
    *count = h->buckets[i];
    *pos = i + 1;
    return true;
}

// --- pauses

const char *tg_pause_cause_name(tg_pause_cause cause)
{
    return (unsigned)cause < TG_PAUSE_CAUSES ? tgi_stw_cause_name((tgi_stw_cause)cause) : "unknown";
}

static void copy_report(int64_t scope, const tgi_stw_report *from, void *arg)
{
    tg_pause_report *out = arg;
    out->scope = scope;
    memcpy(out->count, from->pauses, sizeof out->count);
    out->late = from->late;
    memcpy(&out->stopping, &from->stopping, sizeof out->stopping);
    memcpy(&out->stopped, &from->stopped, sizeof out->stopped);
    out->slowest_id = from->slowest_id;
    out->slowest_ns = from->slowest_ns;
    out->slowest_cause = (tg_pause_cause)from->slowest_cause;
    memcpy(out->slowest_name, from->slowest_name, sizeof out->slowest_name);
}

void tg_set_pause_limit(tg_thread *t, int64_t ns)
{
    tgi_watchdog_set_limit(t->runtime, ns);
}

int64_t tg_pause_limit(tg_thread *t)
{
    return tgi_watchdog_limit(t->runtime);
}

bool tg_pauses_next(tg_thread *t, size_t *pos, tg_pause_report *out)
{
    return tgi_stw_next(t->runtime, pos, copy_report, out);
}

// --- the GIL

bool tg_gil_times_next(tg_thread *t, size_t *pos, tg_gil_times *out)
{
    tgi_histogram *wait = (tgi_histogram *)(void *)&out->wait;
    tgi_histogram *hold = (tgi_histogram *)(void *)&out->hold;
    if (*pos == 0) {
        out->thread_id = 0;
        out->thread_name[0] = 0;
        tgi_gil_times_read(t->runtime, wait, hold);
        *pos = 1;
        return true;
    }
    uint32_t id = tgi_gil_times_next_thread(t->runtime, *pos, out->thread_name,
                                            sizeof out->thread_name, wait, hold);
    if (id == 0)
        return false;
    out->thread_id = id;
    *pos = (size_t)id + 1;
    return true;
}
