// SPDX-License-Identifier: MIT
//
// results_json.c - what was found as JSON, schema togil-stress/2: docs/stress.md.
//
// Invariants  RJ1  numbers of 64 bits that are names, not amounts, are written as text: many
//                  readers keep only 53 bits of a number.
#include "cli/stress/results.h"

#include "cli/ab/json.h"       // writer
#include "cli/stress/report.h" // names

#include <stdlib.h> // free
#include <string.h> // strlen

static void write_hex(tgi_ab_json *j, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)value);
    tgi_ab_json_string(j, key, text);
}

static void write_text_or_null(tgi_ab_json *j, const char *key, const char *text)
{
    if (text != NULL)
        tgi_ab_json_string(j, key, text);
    else
        tgi_ab_json_null(j, key);
}

static const char *name_of(const tgi_stress_failure *f, uint32_t thread)
{
    return thread < f->names.count && f->names.data[thread] != NULL ? f->names.data[thread] : "";
}

static void write_line(tgi_ab_json *j, const tgi_stress_failure *f, const tgi_stress_line *l)
{
    tgi_ab_json_open(j, NULL, '{');
    tgi_ab_json_int(j, "thread", l->thread);
    tgi_ab_json_string(j, "name", name_of(f, l->thread));
    tgi_ab_json_string(j, "action", l->action);
    tgi_ab_json_string(j, "file", l->file);
    tgi_ab_json_int(j, "line", l->line);
    tgi_ab_json_string(j, "function", l->function);
    tgi_ab_json_int(j, "object", l->object);
    tgi_ab_json_bool(j, "preempted", l->preempted);
    tgi_ab_json_string(j, "text", l->text);
    tgi_ab_json_close(j, '}');
}

static void write_command(tgi_ab_json *j, const char *key, const tgi_stress_results *r,
                          const tgi_stress_session *s, const tgi_stress_failure *f, bool schedule)
{
    char *text = NULL;
    size_t n;
    FILE *to = schedule && f->schedule == NULL ? NULL : open_memstream(&text, &n);
    if (to != NULL) {
        tgi_stress_print_again(to, r->options, s, f, schedule);
        fclose(to);
    }
    write_text_or_null(j, key, text);
    free(text);
}

static void write_failure(tgi_ab_json *j, const tgi_stress_results *r, const tgi_stress_session *s,
                          const tgi_stress_failure *f)
{
    tgi_ab_json_open(j, NULL, '{');
    tgi_ab_json_string(j, "kind", tgi_stress_kind_name(f->kind));
    write_hex(j, "signature", f->signature);
    write_hex(j, "hash", f->hash);
    tgi_ab_json_int(j, "count", (int64_t)f->count);
    tgi_ab_json_int(j, "run", (int64_t)f->run);
    tgi_ab_json_string(j, "thread", f->thread != NULL ? f->thread : "");
    tgi_ab_json_string(j, "text", f->text != NULL ? f->text : "");
    write_text_or_null(j, "schedule", f->schedule);
    write_text_or_null(j, "schedule_found", f->found);
    write_command(j, "again", r, s, f, false);
    write_command(j, "replay", r, s, f, true);
    tgi_ab_json_int(j, "threads", f->threads);
    tgi_ab_json_int(j, "steps", (int64_t)f->steps);
    tgi_ab_json_int(j, "switches", (int64_t)f->switches);
    tgi_ab_json_int(j, "preemptions", (int64_t)f->preemptions);
    tgi_ab_json_int(j, "decisions", (int64_t)f->deviations);
    tgi_ab_json_int(j, "replays", (int64_t)f->replays);
    tgi_ab_json_int(j, "events_left_off", (int64_t)(f->left_off + f->forgotten));
    tgi_ab_json_open(j, "events", '[');
    for (size_t i = 0; i < f->lines.count; i++)
        write_line(j, f, &f->lines.data[i]);
    tgi_ab_json_close(j, ']');
    tgi_ab_json_close(j, '}');
}

static void write_coverage(tgi_ab_json *j, const tgi_stress_session *s)
{
    if (!s->systematic) {
        tgi_ab_json_null(j, "coverage");
        return;
    }
    const tg_stress_coverage *c = &s->coverage;
    tgi_ab_json_open(j, "coverage", '{');
    tgi_ab_json_bool(j, "complete", c->complete);
    static const char *const bounds[] = {"preemptions", "delays"};
    for (int i = 0; i < 2; i++) {
        if (c->bounded && c->delays == (i == 1))
            tgi_ab_json_int(j, bounds[i], c->bound);
        else
            tgi_ab_json_null(j, bounds[i]);
    }
    tgi_ab_json_int(j, "schedules", (int64_t)c->schedules);
    tgi_ab_json_int(j, "redundant", (int64_t)c->redundant);
    tgi_ab_json_double(j, "share", c->share);
    tgi_ab_json_string(j, "text", s->covered);
    tgi_ab_json_close(j, '}');
}

static void write_chance(tgi_ab_json *j, const tgi_stress_session *s)
{
    const tgi_stress_chance *c = &s->chance;
    if (!c->known) {
        tgi_ab_json_null(j, "chance");
        return;
    }
    tgi_ab_json_open(j, "chance", '{');
    tgi_ab_json_int(j, "threads", (int64_t)s->most_threads);
    tgi_ab_json_int(j, "points", (int64_t)c->promise.points);
    tgi_ab_json_open(j, "bugs", '[');
    for (size_t i = 0; i < c->count; i++) {
        tgi_ab_json_open(j, NULL, '{');
        tgi_ab_json_int(j, "depth", c->bugs[i].depth);
        tgi_ab_json_int(j, "schedules", (int64_t)c->bugs[i].schedules);
        tgi_ab_json_double(j, "missed", c->bugs[i].missed);
        tgi_ab_json_close(j, '}');
    }
    tgi_ab_json_close(j, ']');
    tgi_ab_json_string(j, "text", c->text);
    tgi_ab_json_close(j, '}');
}

// What --merge needs: docs/stress.md.
static void write_part(tgi_ab_json *j, const tgi_stress_session *s)
{
    const tgi_stress_sums *sums = &s->sums;
    tgi_ab_json_open(j, "part", '{');
    tgi_ab_json_int(j, "runs", (int64_t)sums->runs);
    tgi_ab_json_int(j, "failed", (int64_t)sums->failed);
    tgi_ab_json_int(j, "otherwise", (int64_t)sums->others);
    tgi_ab_json_int(j, "steps", (int64_t)sums->steps);
    tgi_ab_json_int(j, "decisions", (int64_t)sums->decisions);
    tgi_ab_json_int(j, "switches", (int64_t)sums->switches);
    tgi_ab_json_int(j, "preemptions", (int64_t)sums->preemptions);
    tgi_ab_json_int(j, "most_threads", (int64_t)sums->most_threads);
    tgi_ab_json_int(j, "most_points", (int64_t)sums->most_points);
    tgi_ab_json_open(j, "by_depth", '[');
    for (int i = 0; i < TGI_STRESS_DEPTHS; i++)
        tgi_ab_json_int(j, NULL, (int64_t)sums->by_depth[i]);
    tgi_ab_json_close(j, ']');
    for (int ring = 0; ring < 2; ring++) {
        tgi_ab_json_open(j, ring ? "rings" : "races", '[');
        for (size_t i = 0; i < s->seen.count; i++) {
            const tgi_stress_seen *one = &s->seen.data[i];
            if (one->ring != (ring == 1))
                continue;
            tgi_ab_json_open(j, NULL, '{');
            write_hex(j, "key", one->key);
            tgi_ab_json_int(j, "first_run", (int64_t)one->first);
            tgi_ab_json_int(j, "shown_run", (int64_t)one->shown);
            tgi_ab_json_int(j, "guard_run", (int64_t)one->guard);
            tgi_ab_json_int(j, "accesses", one->accesses);
            tgi_ab_json_int(j, "times", (int64_t)one->times);
            tgi_ab_json_string(j, "severity", tgi_stress_severity_name(one->severity));
            tgi_ab_json_close(j, '}');
        }
        tgi_ab_json_close(j, ']');
    }
    tgi_ab_json_close(j, '}');
}

static void write_session(tgi_ab_json *j, const tgi_stress_results *r, const tgi_stress_session *s)
{
    tgi_ab_json_open(j, NULL, '{');
    tgi_ab_json_string(j, "policy", tgi_stress_points_name(s->points));
    write_text_or_null(j, "test", s->test);
    tgi_ab_json_string(j, "result",
                       tgi_stress_has_failed(s) ? "failed"
                       : s->code == 0           ? "passed"
                                                : "stopped");
    tgi_ab_json_int(j, "first_run", (int64_t)s->first);
    tgi_ab_json_int(j, "runs", (int64_t)s->runs);
    tgi_ab_json_int(j, "failed", (int64_t)s->failed);
    tgi_ab_json_int(j, "failed_otherwise", (int64_t)s->others);
    tgi_ab_json_int(j, "steps", (int64_t)s->steps);
    tgi_ab_json_int(j, "decisions", (int64_t)s->decisions);
    tgi_ab_json_int(j, "switches", (int64_t)s->switches);
    tgi_ab_json_int(j, "preemptions", (int64_t)s->preemptions);
    tgi_ab_json_double(j, "seconds", s->seconds);
    tgi_ab_json_open(j, "failures", '[');
    for (size_t i = 0; i < s->failures.count; i++)
        write_failure(j, r, s, &s->failures.data[i]);
    tgi_ab_json_close(j, ']');
    tgi_stress_write_races(j, s);
    write_coverage(j, s);
    write_chance(j, s);
    if (r->options->shard.count > 0)
        write_part(j, s);
    tgi_ab_json_close(j, '}');
}

// What else was asked for.
static void write_campaign(tgi_ab_json *j, const tgi_stress_results *r)
{
    const tgi_stress_options *o = r->options;
    write_text_or_null(j, "code", o->script.kind == TGI_SCRIPT_CODE ? o->script.text : NULL);
    write_hex(j, "source", r->source);
    tgi_ab_json_int(j, "max_steps", o->max_steps);
    tgi_ab_json_int(j, "runs_wanted", (int64_t)o->runs);
    tgi_ab_json_string(j, "stop", o->keep_going ? "never" : "first");
    tgi_ab_json_string(j, "race", o->no_races ? "off" : o->races_fail ? "fail" : "on");
    if (o->shard.count == 0) {
        tgi_ab_json_null(j, "shard");
        return;
    }
    tgi_ab_json_open(j, "shard", '{');
    tgi_ab_json_int(j, "index", (int64_t)o->shard.index);
    tgi_ab_json_int(j, "count", (int64_t)o->shard.count);
    tgi_ab_json_close(j, '}');
}

void tgi_stress_write_json(const tgi_stress_results *r, FILE *to)
{
    const tgi_stress_options *o = r->options;
    tgi_ab_json j;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)o->seed);
    tgi_ab_json_begin(&j, to);
    tgi_ab_json_open(&j, NULL, '{');
    tgi_ab_json_string(&j, "schema", "togil-stress/2");
    tgi_ab_json_string(&j, "togil", tg_version());
    tgi_ab_json_string(&j, "script", o->script.kind == TGI_SCRIPT_CODE ? "-c" : o->script.text);
    tgi_ab_json_open(&j, "arguments", '[');
    for (int i = 0; i < o->script.arg_count; i++)
        tgi_ab_json_string(&j, NULL, o->script.args[i]);
    tgi_ab_json_close(&j, ']');
    write_text_or_null(&j, "mode", o->script.mode != NULL ? o->script.mode->name : NULL);
    tgi_ab_json_string(&j, "seed", seed);
    tgi_ab_json_string(&j, "strategy", o->strategy != NULL ? o->strategy : tg_stress_strategy(0));
    tgi_ab_json_string(&j, "time", o->adversarial ? "adversarial" : "des");
    write_campaign(&j, r);
    tgi_ab_json_int(&j, "exit_code", r->code);
    write_text_or_null(&j, "verdict", tgi_stress_compare(r, false).name);
    tgi_ab_json_open(&j, "sessions", '[');
    for (size_t i = 0; i < r->sessions.count; i++)
        write_session(&j, r, &r->sessions.data[i]);
    tgi_ab_json_close(&j, ']');
    tgi_ab_json_close(&j, '}');
    fputc('\n', to);
}
