// SPDX-License-Identifier: MIT
//
// chance.c - how likely a bug is to have been missed: what strategy pct promises.
//
// A run that looks for depth D finds a bug of depth D or less with a probability of at least
// 1/(n k^(D-1)), so all runs together miss it with at most the product of what is left to 1. Of the
// portfolio only the runs of pct count.
//
// Sources     Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with
//             Probabilistic Guarantees of Finding Bugs", 2010.
#include "cli/stress/results.h"

#include <math.h> // exp

// Of bugs of this depth, over the runs that look so deep.
static void add_bugs(tgi_stress_chance *c, const tgi_stress_session *f, uint32_t depth)
{
    double n = (double)f->most_threads, k = (double)c->promise.points, sum = 0;
    uint64_t schedules = 0;
    for (uint32_t i = 1; i < TGI_STRESS_DEPTHS; i++) {
        uint32_t sought = c->promise.depth > 0 ? c->promise.depth : i;
        if (f->by_depth[i] == 0 || sought < depth)
            continue;
        schedules += f->by_depth[i];
        sum += (double)f->by_depth[i] * log1p(-1 / (n * pow(k, sought - 1.0)));
    }
    if (schedules == 0)
        return;
    c->bugs[c->count].depth = depth;
    c->bugs[c->count].missed = exp(sum);
    c->bugs[c->count].schedules = schedules;
    c->count++;
}

void tgi_stress_keep_chance(tgi_stress_session *f, tg_stress *s)
{
    tgi_stress_chance *c = &f->chance;
    if (f->runs <= TG_STRESS_BLOCK || !tg_stress_promised(s, &c->promise))
        return;
    c->known = true;
    const char *end = c->text + sizeof c->text;
    char *at = c->text;
    if (f->most_points > c->promise.points) {
        snprintf(at, sizeof c->text,
                 "no promise: a run has come to %llu points, more than the %llu of the first runs",
                 (unsigned long long)f->most_points, (unsigned long long)c->promise.points);
    } else if (c->promise.depth > 0) {
        add_bugs(c, f, c->promise.depth);
    } else {
        add_bugs(c, f, 2);
        add_bugs(c, f, 3);
    }
    for (size_t i = 0; i < c->count; i++)
        at += snprintf(at, (size_t)(end - at),
                       i == 0 ? "a bug of depth %u or less would have been missed with a "
                                "probability of at most %.3g"
                              : ", one of depth %u with %.3g",
                       c->bugs[i].depth, c->bugs[i].missed);
    if (c->count > 0)
        snprintf(at, (size_t)(end - at), " (%llu threads, %llu points, %llu schedules%s)",
                 (unsigned long long)f->most_threads, (unsigned long long)c->promise.points,
                 (unsigned long long)c->bugs[0].schedules, c->promise.all ? "" : " by pct");
}
