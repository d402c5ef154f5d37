// SPDX-License-Identifier: MIT
//
// stress.c - `togil stress`: runs a script under the tester until it fails or the budget ends. In
// reading order:
//
//   options.c   the command line
//   stress.c    sessions
//   results.c   what was found; results_json.c and results_junit.c write it to files
//   schedule_file.c  a schedule as a file
//   report.c    what is printed about a failure
//   races.c     what is printed about races
//   trace.c     how it came about, in columns
//   help.c      --help
#include "cli/stress/stress.h"

#include "cli/run.h"                  // tgi_runtime_open
#include "cli/source.h"               // tgi_source
#include "cli/stress/options.h"       // options
#include "cli/stress/races.h"         // texts
#include "cli/stress/report.h"        // texts
#include "cli/stress/results.h"       // what was found
#include "cli/stress/schedule_file.h" // --save-schedule

#include "base/clock.h"  // budget
#include "base/random.h" // seed

#include <stdio.h>  // printf
#include <stdlib.h> // calloc
#include <string.h> // memset

static const char command[] = "togil stress";

enum { DIRECTED_RUNS = 20, CYCLES_TRIED = 10, SHRINK_BUDGET = 2000 };

typedef struct session {
    const tgi_stress_options *options;
    const tgi_source *source;
    tg_thread *t;
    tg_stress *s;
    FILE *to;                      // what people read
    const tgi_schedule_file *file; // of --replay; NULL: none
    tgi_stress_session *found;
} session;

static int open_session(session *p)
{
    const tgi_stress_options *o = p->options;
    tg_stress_options settings = {.points = p->found->points,
                                  .strategy = o->strategy,
                                  .seed = o->seed,
                                  .max_steps = o->max_steps,
                                  .adversarial = o->adversarial,
                                  .races = !o->no_races && o->replay == NULL};
    tg_status st =
        tg_stress_open(p->t, p->source->text, p->source->size, p->source->name, &settings, &p->s);
    if (st == TG_OK)
        return TGI_STRESS_CLEAN;
    if (st == TG_ERR_RAISED)
        (void)tg_report_exception(p->t, tg_error_fetch(p->t));
    else
        fprintf(stderr, "%s: %s\n", command,
                st == TG_ERR_ARG ? "the strategy's number is wrong" : "out of memory");
    return st == TG_ERR_NOMEM ? TGI_STRESS_BROKEN : TGI_STRESS_USAGE;
}

static void print_totals(const session *p)
{
    const tgi_stress_options *o = p->options;
    const tgi_stress_session *f = p->found;
    fprintf(p->to,
            "%llu of %llu schedules failed (policy %s, strategy %s, seed %llu), %.0f per second\n",
            (unsigned long long)f->failed, (unsigned long long)f->runs,
            tgi_stress_points_name(f->points),
            o->strategy != NULL ? o->strategy : tg_stress_strategy(0), (unsigned long long)o->seed,
            (double)f->runs / f->seconds);
}

// Looks for what matters in the schedule of a failure, then tells.
static void report(session *p, tgi_stress_failure *f, bool tell)
{
    tg_stress_result r;
    uint32_t replays = 0;
    if (f->found == NULL) { // too many decisions
        if (tell)
            tgi_stress_report_failure(p->to, p->options, p->found->points, p->s, p->source, f);
        return;
    }
    if (tg_stress_shrink(p->s, f->found, SHRINK_BUDGET, &r, &replays) != TG_OK) {
        fprintf(stderr, "%s: the failure of run %llu did not come back\n", command,
                (unsigned long long)f->run);
        return;
    }
    tgi_stress_keep_trace(f, p->s, &r);
    f->replays = replays;
    if (!tell)
        return;
    tgi_stress_report_failure(p->to, p->options, p->found->points, p->s, p->source, f);
    fputc('\n', p->to);
}

static void count(tgi_stress_session *f, const tg_stress_result *r)
{
    f->runs++;
    f->steps += r->steps;
    f->decisions += r->decisions;
    f->switches += r->switches;
    f->preemptions += r->preemptions;
}

static void keep_coverage(session *p)
{
    tgi_stress_session *f = p->found;
    f->systematic = tg_stress_covered(p->s, &f->coverage);
    if (!f->systematic)
        return;
    snprintf(f->covered, sizeof f->covered, "%s", f->coverage.text);
    f->coverage.text = NULL;
    fprintf(p->to, "%s\n", f->covered);
}

static int explore(session *p, bool tell)
{
    const tgi_stress_options *o = p->options;
    tgi_stress_session *f = p->found;
    int64_t start = tgi_clock_now_ns();
    tg_stress_result r;
    f->first = o->one_run ? o->run : 0;
    for (uint64_t i = 0; i < o->runs; i++) {
        tg_stress_run(p->s, f->first + i, &r);
        count(f, &r);
        f->seconds = (double)(tgi_clock_now_ns() - start) / 1e9 + 1e-9;
        if (r.kind == TG_STRESS_LOST) {
            fprintf(stderr, "%s: out of memory\n", command);
            return TGI_STRESS_BROKEN;
        }
        if (r.kind == TG_STRESS_INTERRUPTED)
            return TGI_STRESS_INTERRUPTED;
        if (r.kind != TG_STRESS_OK) {
            bool fresh;
            f->failed++;
            tgi_stress_failure *failure = tgi_stress_note_failure(f, f->first + i, &r, &fresh);
            if (fresh)
                report(p, failure, tell);
        }
        if (o->one_run || tg_stress_is_over(p->s) || (f->failed > 0 && !o->keep_going) ||
            (o->seconds > 0 && f->seconds > o->seconds))
            break;
    }
    return f->failed > 0 ? TGI_STRESS_FOUND : TGI_STRESS_CLEAN;
}

// Whether a replay has done what its file says. False after a message.
static bool is_as_saved(const session *p, const tg_stress_result *r)
{
    const tgi_schedule_file *file = p->file;
    if (file == NULL || (r->hash == file->hash && r->signature == file->signature))
        return true;
    if (file->source != tgi_schedule_source_hash(p->source))
        fprintf(stderr, "%s: the script has changed since the schedule was saved\n", command);
    else if (r->signature == file->signature)
        fprintf(stderr,
                "%s: the run went another way than the one that was saved: something that "
                "the tester does not control decides\n",
                command);
    if (r->signature == file->signature)
        return file->source != tgi_schedule_source_hash(p->source);
    fprintf(stderr, "%s: the schedule does not lead to the failure that was saved\n", command);
    return false;
}

static int replay(session *p)
{
    tg_stress_result r;
    const char *text = p->file != NULL ? p->file->schedule : p->options->replay;
    if (tg_stress_replay(p->s, text, true, &r) != TG_OK)
        return tgi_usage_error(command, "'%s' is not a schedule", p->options->replay);
    if (r.kind == TG_STRESS_INTERRUPTED)
        return TGI_STRESS_INTERRUPTED;
    count(p->found, &r);
    bool as_saved = is_as_saved(p, &r);
    if (r.kind == TG_STRESS_OK) {
        fprintf(p->to, "The schedule does not fail: %llu steps, %llu switches\n",
                (unsigned long long)r.steps, (unsigned long long)r.switches);
        return TGI_STRESS_DIFFERS;
    }
    bool fresh;
    p->found->failed++;
    tgi_stress_failure *f = tgi_stress_note_failure(p->found, 0, &r, &fresh);
    if (f == NULL)
        return TGI_STRESS_BROKEN;
    f->count = 0; // no run of the seed has found it
    tgi_stress_keep_trace(f, p->s, &r);
    tgi_stress_report_failure(p->to, p->options, p->found->points, p->s, p->source, f);
    return as_saved ? TGI_STRESS_FOUND : TGI_STRESS_DIFFERS;
}

static bool has_deadlock(const tgi_stress_session *f)
{
    for (size_t i = 0; i < f->failures.count; i++) {
        if (f->failures.data[i].kind == TG_STRESS_DEADLOCK)
            return true;
    }
    return false;
}

// Deadlocks that the order of locks allows, and that no run has met: a run is directed there.
static void report_cycles(session *p, int *code, bool tell)
{
    if (*code > TGI_STRESS_FOUND)
        return;
    for (size_t i = 0; i < CYCLES_TRIED && tg_stress_cycle(p->s, i) > 0; i++) {
        tg_stress_result r;
        bool fresh = false, known = has_deadlock(p->found);
        bool confirmed = !known && tg_stress_confirm_cycle(p->s, i, DIRECTED_RUNS, &r);
        if (confirmed) {
            count(p->found, &r);
            p->found->failed++;
            *code = TGI_STRESS_FOUND;
            tgi_stress_failure *f = tgi_stress_note_failure(p->found, 0, &r, &fresh);
            if (fresh) {
                f->count = 0; // no run of the seed has found it
                report(p, f, tell);
            }
        }
        if (!known && tell)
            tgi_stress_report_cycle(p->to, p->s, p->source, i, confirmed);
    }
}

// The policy makes no difference to races: with several sessions, the first one tells.
static void report_races(const session *p, int *code)
{
    const tgi_stress_options *o = p->options;
    if (o->no_races || (o->diff_gil && p->found->points != TG_STRESS_GIL))
        return;
    size_t errors = tgi_stress_report_races(p->to, p->s, p->source);
    if (*code == TGI_STRESS_CLEAN && errors > 0 && o->races_fail)
        *code = TGI_STRESS_FOUND;
}

// The runs under one policy.
static int run_session(tgi_stress_results *results, tg_thread *t, const tgi_source *source,
                       tg_stress_points points, FILE *to, const tgi_schedule_file *file, bool tell)
{
    tgi_stress_session fresh = {.points = points};
    if (!vec_push(&results->sessions, fresh))
        return TGI_STRESS_BROKEN;
    session p = {.options = results->options,
                 .source = source,
                 .t = t,
                 .to = to,
                 .file = file,
                 .found = &vec_last(&results->sessions)};
    int code = open_session(&p);
    if (code == TGI_STRESS_CLEAN) {
        if (p.options->replay != NULL) {
            code = replay(&p);
        } else {
            code = explore(&p, tell);
            report_cycles(&p, &code, tell);
            report_races(&p, &code);
            tgi_stress_keep_races(p.found, p.s);
            print_totals(&p);
            keep_coverage(&p);
        }
        tg_stress_close(p.s);
    }
    p.found->code = code;
    return code;
}

// The same script under the three policies: what does a GIL protect?
static int diff_gil(tgi_stress_results *results, tg_thread *t, const tgi_source *source, FILE *to)
{
    bool told = false, found = false;
    for (int i = 0; i < 3; i++) {
        int code = run_session(results, t, source, (tg_stress_points)i, to, NULL, !told);
        if (code > TGI_STRESS_FOUND)
            return code;
        found |= code == TGI_STRESS_FOUND;
        told |= vec_last(&results->sessions).failed > 0;
    }
    static const char *const words[] = {"no failure found", "fails"};
    tgi_stress_verdict v = tgi_stress_compare(results);
    fprintf(to, "\nunder a GIL: %s; at every access: %s; without a GIL: %s\n", words[v.fails[0]],
            words[v.fails[1]], words[v.fails[2]]);
    fprintf(to, "verdict: %s\n", v.phrase);
    return found ? TGI_STRESS_FOUND : TGI_STRESS_CLEAN;
}

typedef void writer(const tgi_stress_results *results, FILE *to);

// False after a message.
static bool write_file(const char *path, writer *write, const tgi_stress_results *results)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *to = standard ? stdout : fopen(path, "w");
    bool well = to != NULL;
    if (well) {
        write(results, to);
        well = fflush(to) == 0 && ferror(to) == 0;
        if (!standard)
            well &= fclose(to) == 0;
    }
    if (!well)
        fprintf(stderr, "%s: cannot write '%s'\n", command, path);
    return well;
}

// The first failure that has a schedule. False after a message.
static bool save_schedule(const tgi_stress_results *results, const tgi_source *source)
{
    for (size_t i = 0; i < results->sessions.count; i++) {
        const tgi_stress_session *s = &results->sessions.data[i];
        if (s->failures.count > 0)
            return tgi_schedule_file_write(results->options->save, results->options, source,
                                           s->points, &s->failures.data[0]);
    }
    return true;
}

static bool write_files(const tgi_stress_results *results, const tgi_source *source)
{
    const tgi_stress_options *o = results->options;
    return (o->save == NULL || save_schedule(results, source)) &&
           (o->json == NULL || write_file(o->json, tgi_stress_write_json, results)) &&
           (o->junit == NULL || write_file(o->junit, tgi_stress_write_junit, results));
}

static int run_all(const tgi_stress_options *o, tg_thread *t, const tgi_source *source,
                   const tgi_schedule_file *file)
{
    tgi_stress_results results = {.options = o};
    bool taken = (o->json != NULL && strcmp(o->json, "-") == 0) ||
                 (o->junit != NULL && strcmp(o->junit, "-") == 0);
    FILE *to = taken ? stderr : stdout;
    results.code = o->diff_gil && o->replay == NULL
                       ? diff_gil(&results, t, source, to)
                       : run_session(&results, t, source, o->points, to, file, true);
    int code = results.code;
    if (code != TGI_STRESS_USAGE && !write_files(&results, source))
        code = TGI_STRESS_BROKEN;
    tgi_stress_results_free(&results);
    return code;
}

// What a saved schedule was found with, unless the command line says otherwise.
static bool open_schedule(tgi_stress_options *o, tgi_schedule_file *file)
{
    if (o->replay == NULL || !tgi_schedule_is_file(o->replay))
        return true;
    if (!tgi_schedule_file_read(o->replay, file))
        return false;
    if (!o->points_given)
        o->points = file->points;
    if (o->script.mode == NULL)
        o->script.mode = file->mode;
    if (o->max_steps == 0)
        o->max_steps = file->max_steps;
    o->adversarial |= file->adversarial;
    return true;
}

// sys.argv: the script, then its arguments.
static const char **script_argv(const tgi_stress_options *o)
{
    const char **argv = calloc((size_t)o->script.arg_count + 2, sizeof *argv);
    if (argv == NULL)
        return NULL;
    argv[0] = o->script.kind == TGI_SCRIPT_CODE ? "-c" : o->script.text;
    for (int i = 0; i < o->script.arg_count; i++)
        argv[i + 1] = o->script.args[i];
    return argv;
}

int tgi_stress_main(int argc, char **argv)
{
    tgi_stress_options o;
    if (!tgi_stress_options_parse(argc, argv, &o))
        return TGI_STRESS_USAGE;
    if (o.help) {
        tgi_stress_help(stdout);
        return fflush(stdout) == 0 ? TGI_STRESS_CLEAN : TGI_STRESS_BROKEN;
    }
    if (!o.seed_given)
        o.seed = tgi_random_os_seed() % 1000000;
    tgi_schedule_file file = {0};
    if (!open_schedule(&o, &file))
        return TGI_STRESS_USAGE;
    tgi_source source;
    int code = tgi_source_open(&o.script, &source);
    if (code == 0)
        code = tgi_source_read(&o.script, &source);
    if (code != 0) {
        free(file.schedule);
        return TGI_STRESS_USAGE;
    }
    const char *path[] = {source.folder, NULL};
    const char **args = script_argv(&o);
    tg_config config = {.argv = args, .path = path};
    tg_runtime *rt;
    tg_thread *t;
    code = args == NULL ? TGI_STRESS_BROKEN
                        : tgi_runtime_open(command, o.script.mode, config, &rt, &t);
    free(args);
    if (code == 0) {
        code = run_all(&o, t, &source, file.schedule != NULL ? &file : NULL);
        fflush(stdout);
        tg_runtime_destroy(rt, t);
    }
    tgi_source_close(&source);
    free(file.schedule);
    return code;
}
