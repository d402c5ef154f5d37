// SPDX-License-Identifier: MIT
//
// stress_search.c - runs of a systematic search, and what they cover.
//
// Invariants  SR1  run i follows from all runs before it: they are made up for if they are missing.
//             SR2  every run of a search is alike: objects that are looked at stay alive in all of
//                  them, or in none because the script has finalizers. Then no run looks for races.
#include "api/stress_runs.h"

#include <stdio.h> // snprintf

enum { FIRST_RACING = 8, RUNS_PER_RACING_ONE = 8 };

void tgi_stress_search_once(tg_stress *s, uint64_t run)
{
    tgi_engine *e = s->engine;
    s->had_finalizers = e->finalizers;
    e->searching = true;
    e->forced = NULL;
    e->tracing = e->sharing.learning = false;
    tgi_stress_run_once(s, run);
    e->racing = e->searching = false;
}

bool tgi_stress_search_next(tg_stress *s)
{
    tgi_engine *e = s->engine;
    if (!tgi_sharing_settle(&e->sharing) && s->had_finalizers == e->finalizers)
        return tgi_search_end(e->search, e->trace_hash);
    tgi_search_restart(e->search);
    return true;
}

static bool is_stopped(const tgi_engine *e)
{
    return e->failure.kind == TGI_FAIL_INTERRUPT || e->failure.kind == TGI_FAIL_MEMORY;
}

static void run_next(tg_stress *s)
{
    tgi_engine *e = s->engine;
    uint64_t run = s->searched++;
    bool diverged = e->search->diverged;
    e->racing = e->races != NULL && !e->finalizers &&
                (run < FIRST_RACING || run % RUNS_PER_RACING_ONE == RUNS_PER_RACING_ONE - 1);
    tgi_stress_search_once(s, run);
    if (is_stopped(e))
        e->search->diverged = diverged; // it is not the script that went another way
    else
        (void)tgi_stress_search_next(s);
}

void tgi_stress_run_search(tg_stress *s, uint64_t run, tg_stress_result *out)
{
    tgi_engine *e = s->engine;
    bool on = tgi_stress_prime(s);
    while (on && s->searched <= run && !e->search->over) {
        run_next(s);
        on = !is_stopped(e);
    }
    tgi_stress_fill(s, out);
}

bool tg_stress_is_over(const tg_stress *s)
{
    return s->engine->search != NULL && s->engine->search->over;
}

// --- what was covered

static const char *unit(const tgi_search *h)
{
    return h->kind == TGI_SEARCH_DELAY ? "delays" : "preemptions";
}

static void print_complete(char *out, size_t size, const tgi_search *h)
{
    unsigned long long runs = (unsigned long long)h->runs;
    if (tgi_search_is_bounded(h) && h->cut)
        snprintf(out, size, "all schedules with at most %d %s tried: complete (%llu)",
                 (int)h->bound, unit(h), (unsigned long long)h->level_runs);
    else
        snprintf(out, size,
                 h->kind == TGI_SEARCH_DPOR
                     ? "all schedules that differ in more than the order of independent steps "
                       "tried: complete (%llu)"
                     : "all schedules tried: complete (%llu)",
                 tgi_search_is_bounded(h) ? (unsigned long long)h->level_runs : runs);
}

static void print_open(char *out, size_t size, const tgi_search *h)
{
    unsigned long long runs = (unsigned long long)h->level_runs;
    double share = tgi_search_share(h);
    if (h->kind == TGI_SEARCH_DPOR || (!tgi_search_is_bounded(h) && share <= 0)) {
        snprintf(out, size, "not complete: %llu schedules tried", runs);
        return;
    }
    if (!tgi_search_is_bounded(h)) {
        snprintf(out, size, "not complete: %llu of about %.3g schedules tried", runs,
                 (double)runs / share);
        return;
    }
    int n = 0;
    if (h->complete >= 0)
        n = snprintf(out, size, "all schedules with at most %d %s tried: complete; ",
                     (int)h->complete, unit(h));
    if (share > 0)
        snprintf(out + n, size - (size_t)n,
                 "not complete with at most %d: %llu of about %.3g tried", (int)h->bound, runs,
                 (double)runs / share);
    else
        snprintf(out + n, size - (size_t)n, "not complete with at most %d: %llu tried",
                 (int)h->bound, runs);
}

bool tg_stress_covered(tg_stress *s, tg_stress_coverage *out)
{
    const tgi_search *h = s->engine->search;
    if (h == NULL)
        return false;
    bool sound = !h->diverged && !h->lost;
    char *text = s->coverage;
    size_t size = sizeof s->coverage;
    if (h->diverged)
        snprintf(text, size,
                 "not complete: run %llu did not do the same as one before it that was switched in "
                 "the same way; something decides that the tester does not control",
                 (unsigned long long)h->diverged_at);
    else if (h->lost)
        snprintf(text, size, "not complete: a run makes too many decisions");
    else if (h->over)
        print_complete(text, size, h);
    else
        print_open(text, size, h);
    *out = (tg_stress_coverage){.over = h->over,
                                .complete = h->over && sound,
                                .bound = sound ? h->complete : -1,
                                .bounded = tgi_search_is_bounded(h) && (h->cut || !h->over),
                                .delays = h->kind == TGI_SEARCH_DELAY,
                                .schedules = h->level_runs,
                                .redundant = h->redundant,
                                .share = tgi_search_share(h),
                                .text = text};
    return true;
}
