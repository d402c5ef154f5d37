// SPDX-License-Identifier: MIT
//
// sums.c - what several processes or machines have found, added up.
//
// Invariants  SU1  failures come in the order of runs, so the first entry of a kind has its first
//                  run, as in RS1 of results.c.
#include "cli/stress/results.h"

#include <stdlib.h> // free
#include <string.h> // memcpy

void tgi_stress_failure_free(tgi_stress_failure *f)
{
    free(f->anchors);
    free(f->text);
    free(f->thread);
    free(f->schedule);
    free(f->found);
    for (size_t i = 0; i < f->names.count; i++)
        free(f->names.data[i]);
    vec_free(&f->names);
    vec_free(&f->lines);
}

bool tgi_stress_add_failure(tgi_stress_session *session, tgi_stress_failure *f, bool *fresh)
{
    *fresh = false;
    for (size_t i = 0; i < session->failures.count; i++) {
        tgi_stress_failure *known = &session->failures.data[i];
        if (known->signature == f->signature) {
            known->count += f->count;
            tgi_stress_failure_free(f);
            return true;
        }
    }
    if (session->failures.count >= TGI_STRESS_MOST_FAILURES || !vec_push(&session->failures, *f)) {
        session->others += f->count;
        tgi_stress_failure_free(f);
        return false;
    }
    *fresh = true;
    return true;
}

tgi_stress_sums tgi_stress_sums_of(const tgi_stress_session *s)
{
    tgi_stress_sums sums = {.runs = s->runs,
                            .failed = s->failed,
                            .others = s->others,
                            .steps = s->steps,
                            .decisions = s->decisions,
                            .switches = s->switches,
                            .preemptions = s->preemptions,
                            .most_threads = s->most_threads,
                            .most_points = s->most_points};
    memcpy(sums.by_depth, s->by_depth, sizeof sums.by_depth);
    return sums;
}

void tgi_stress_add_sums(tgi_stress_session *s, const tgi_stress_sums *sums)
{
    s->runs += sums->runs;
    s->failed += sums->failed;
    s->others += sums->others;
    s->steps += sums->steps;
    s->decisions += sums->decisions;
    s->switches += sums->switches;
    s->preemptions += sums->preemptions;
    if (s->most_threads < sums->most_threads)
        s->most_threads = sums->most_threads;
    if (s->most_points < sums->most_points)
        s->most_points = sums->most_points;
    for (int i = 0; i < TGI_STRESS_DEPTHS; i++)
        s->by_depth[i] += sums->by_depth[i];
}

void tgi_stress_failures_free(tgi_stress_session *s)
{
    for (size_t k = 0; k < s->failures.count; k++)
        tgi_stress_failure_free(&s->failures.data[k]);
    vec_free(&s->failures);
    vec_free(&s->seen);
}
