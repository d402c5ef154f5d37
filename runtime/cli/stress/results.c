// SPDX-License-Identifier: MIT
//
// results.c - what sessions of `togil stress` have found.
//
// Invariants  RS1  failures with the same signature are one entry, with the first run that showed
//                  it.
#include "cli/stress/results.h"

#include "cli/stress/report.h" // names
#include "cli/stress/stress.h" // exit codes

#include <stdlib.h> // free
#include <string.h> // strdup

enum { MOST_LINES = 20000 };

tgi_stress_failure *tgi_stress_note_failure(tgi_stress_session *session, uint64_t run,
                                            const tg_stress_result *r, bool *fresh)
{
    *fresh = false;
    for (size_t i = 0; i < session->failures.count; i++) {
        tgi_stress_failure *f = &session->failures.data[i];
        if (f->signature == r->signature) {
            f->count++;
            return f;
        }
    }
    tgi_stress_failure f = {.kind = r->kind, .run = run, .count = 1, .signature = r->signature};
    if (session->failures.count >= TGI_STRESS_MOST_FAILURES || !vec_push(&session->failures, f)) {
        session->others++;
        return NULL;
    }
    tgi_stress_failure *kept = &vec_last(&session->failures);
    kept->text = strdup(r->text);
    kept->thread = strdup(r->thread);
    kept->found = r->schedule != NULL ? strdup(r->schedule) : NULL;
    *fresh = true;
    return kept;
}

static void keep_name(tgi_stress_failure *f, uint32_t thread, const char *name)
{
    while (f->names.count <= thread) {
        if (!vec_push(&f->names, NULL))
            return;
    }
    if (f->names.data[thread] == NULL)
        f->names.data[thread] = strdup(name);
}

void tgi_stress_keep_trace(tgi_stress_failure *f, tg_stress *s, const tg_stress_result *r)
{
    free(f->text);
    free(f->thread);
    free(f->schedule);
    f->text = strdup(r->text);
    f->thread = strdup(r->thread);
    f->schedule = r->schedule != NULL ? strdup(r->schedule) : NULL;
    free(f->anchors);
    const char *anchors = tg_stress_anchors(s);
    f->anchors = anchors != NULL ? strdup(anchors) : NULL;
    f->hash = r->hash;
    f->steps = r->steps;
    f->switches = r->switches;
    f->preemptions = r->preemptions;
    f->deviations = r->deviations;
    f->threads = r->threads;
    f->forgotten = r->forgotten;
    tg_stress_event e;
    size_t total = 0;
    for (size_t i = 0; tg_stress_event_at(s, i, &e); i++)
        total += e.visible && e.file != NULL;
    f->left_off = total > MOST_LINES ? total - MOST_LINES : 0;
    size_t at = 0;
    for (size_t i = 0; tg_stress_event_at(s, i, &e); i++) {
        keep_name(f, e.thread, e.name);
        if (!e.visible || e.file == NULL || at++ < f->left_off)
            continue;
        tgi_stress_line line = {.thread = e.thread,
                                .line = e.line,
                                .object = e.object,
                                .action = e.action,
                                .file = e.file,
                                .function = e.function,
                                .preempted = e.preempted,
                                .visible = e.visible};
        snprintf(line.text, sizeof line.text, "%s", e.text);
        (void)vec_push(&f->lines, line);
    }
}

void tgi_stress_session_free(tgi_stress_session *s)
{
    tgi_stress_failures_free(s);
    tgi_stress_free_races(s);
}

void tgi_stress_results_free(tgi_stress_results *results)
{
    for (size_t i = 0; i < results->sessions.count; i++)
        tgi_stress_session_free(&results->sessions.data[i]);
    vec_free(&results->sessions);
}

tgi_stress_verdict tgi_stress_compare(const tgi_stress_results *results, bool one)
{
    static const struct {
        const char *name, *phrase;
    } verdicts[] = {
        {"broken", "broken already, with or without a GIL"},
        {"fragile", "fragile; only the places where a GIL is handed over protect it"},
        {"exposed", "exposed by removing the GIL"},
        {"none", "no failure found"},
    };
    tgi_stress_verdict v = {0};
    bool tried[3] = {false};
    for (size_t i = 0; i < results->sessions.count; i++) {
        const tgi_stress_session *s = &results->sessions.data[i];
        if (one && s->test != vec_last(&results->sessions).test)
            continue;
        v.fails[s->points] |= s->failed > 0;
        tried[s->points] = true;
    }
    v.compared = tried[0] && tried[1] && tried[2];
    if (v.compared) {
        int weakest = 0;
        while (weakest < 3 && !v.fails[weakest])
            weakest++;
        v.name = verdicts[weakest].name;
        v.phrase = verdicts[weakest].phrase;
    }
    return v;
}

bool tgi_stress_has_failed(const tgi_stress_session *session)
{
    return session->failed > 0 || session->code == TGI_STRESS_FOUND;
}

void tgi_stress_print_again(FILE *to, const tgi_stress_options *o, const tgi_stress_session *s,
                            const tgi_stress_failure *f, bool by_schedule)
{
    fprintf(to, "togil stress --policy %s", tgi_stress_points_name(s->points));
    if (s->test != NULL)
        fprintf(to, " --test %s", s->test);
    if (o->adversarial)
        fputs(" --time adversarial", to);
    if (o->max_steps != 0)
        fprintf(to, " --max-steps %u", o->max_steps);
    if (o->script.mode != NULL)
        fprintf(to, " --mode %s", o->script.mode->name);
    if (by_schedule) {
        fprintf(to, " --replay %s", f->schedule);
    } else {
        if (o->strategy != NULL)
            fprintf(to, " --strategy %s", o->strategy);
        fprintf(to, " --seed %llu --run %llu", (unsigned long long)o->seed,
                (unsigned long long)f->run);
    }
}
