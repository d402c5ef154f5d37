// SPDX-License-Identifier: MIT
//
// stats.c - sums of the counters of all threads.
//
// Locks       runtime.threads_lock, so that no thread is counted twice while it ends.
#include "thread/stats.h"

#include "thread/gil_times.h" // histograms
#include "thread/runtime.h"   // list of threads
#include "thread/state.h"     // tg_thread

static const char *const names[TGI_STAT_COUNT] = {
#define STAT_NAME(name, text) [TGI_STAT_##name] = #name,
    TGI_STATS(STAT_NAME)
#undef STAT_NAME
};

static const char *const texts[TGI_STAT_COUNT] = {
#define STAT_TEXT(name, text) [TGI_STAT_##name] = text,
    TGI_STATS(STAT_TEXT)
#undef STAT_TEXT
};

const char *tgi_stat_name(tgi_stat stat)
{
    return names[stat];
}

const char *tgi_stat_text(tgi_stat stat)
{
    return texts[stat];
}

static void add_thread(tg_thread *t, tgi_stats *sum)
{
    for (int i = 0; i < TGI_STAT_COUNT; i++) {
        // ORDER: relaxed; one writer, a report.
        sum->value[i] += atom_load_relaxed(&t->stats.value[i]);
    }
}

void tgi_stats_read(tg_runtime *rt, tgi_stats *out)
{
    tgi_rawlock_lock(&rt->threads_lock);
    *out = rt->dead_stats;
    for (tg_thread *t = rt->threads; t != NULL; t = t->next)
        add_thread(t, out);
    tgi_rawlock_unlock(&rt->threads_lock);
}

void tgi_stats_read_thread(tg_thread *t, tgi_stats *out)
{
    *out = (tgi_stats){{0}};
    add_thread(t, out);
}

void tgi_stats_bury_locked(tg_thread *t)
{
    add_thread(t, &t->runtime->dead_stats);
    tgi_gil_times_bury_locked(t);
}
