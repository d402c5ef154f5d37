// SPDX-License-Identifier: MIT
//
// stress.c - `togil stress`: runs a script under the tester until it fails or the budget ends. In
// reading order:
//
//   options.c   the command line
//   stress.c    sessions and files
//   session.c   the runs under one policy
//   jobs.c      the same in several processes; message.c, seen.c: what they tell each other
//   shard.c     the same on several machines; merge.c: their results
//   results.c   what was found; results_json.c and results_junit.c write it to files
//   schedule_file.c  a schedule as a file
//   report.c    what is printed about a failure; names.c: words, also in files
//   races.c     what is printed about races
//   trace.c     how it came about, in columns
//   help.c      --help
#include "cli/stress/stress.h"

#include "cli/run.h"                  // tgi_runtime_open
#include "cli/source.h"               // tgi_source
#include "cli/stress/merge.h"         // --merge
#include "cli/stress/options.h"       // options
#include "cli/stress/report.h"        // help
#include "cli/stress/results.h"       // what was found
#include "cli/stress/schedule_file.h" // --save-schedule
#include "cli/stress/session.h"       // runs

#include "base/random.h" // seed

#include <stdio.h>  // printf
#include <stdlib.h> // calloc
#include <string.h> // memset

static const char command[] = "togil stress";

// The same script under the three policies: what does a GIL protect?
static int diff_gil(tgi_stress_results *results, tg_thread *t, const tgi_source *source, FILE *to,
                    const char *test, size_t number)
{
    bool told = false, found = false;
    for (int i = 0; i < 3; i++) {
        int code =
            tgi_session_run(results, t, source, (tg_stress_points)i, to, NULL, !told, test, number);
        if (code > TGI_STRESS_FOUND)
            return code;
        found |= code == TGI_STRESS_FOUND;
        told |= vec_last(&results->sessions).failed > 0;
    }
    static const char *const words[] = {"no failure found", "fails"};
    tgi_stress_verdict v = tgi_stress_compare(results, true);
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
            return tgi_schedule_file_write(results->options->save, results->options, source, s);
    }
    return true;
}

bool tgi_stress_write_files(const tgi_stress_results *results, const tgi_source *source)
{
    const tgi_stress_options *o = results->options;
    return (o->save == NULL || save_schedule(results, source)) &&
           (o->json == NULL || write_file(o->json, tgi_stress_write_json, results)) &&
           (o->perfetto == NULL || write_file(o->perfetto, tgi_stress_write_perfetto, results)) &&
           (o->junit == NULL || write_file(o->junit, tgi_stress_write_junit, results));
}

// The functions that the script marks as tests, as lines; NULL: none, or it does not use the
// module.
static int find_tests(tgi_stress_results *results, tg_thread *t, const tgi_source *source, FILE *to,
                      char **out)
{
    static const char module[] = "stress";
    const tgi_stress_options *o = results->options;
    if (memmem(source->text, source->size, module, sizeof module - 1) != NULL) {
        tgi_session looking = {
            .options = o, .source = source, .t = t, .to = to, .tell = true, .results = results};
        tg_status st = tgi_session_open(&looking, (tg_stress_options){.points = TG_STRESS_GIL});
        if (st == TG_ERR_RAISED)
            (void)tg_report_exception(t, tg_error_fetch(t));
        if (st != TG_OK)
            return st == TG_ERR_NOMEM ? TGI_STRESS_BROKEN : TGI_STRESS_USAGE;
        const char *names = tg_stress_tests(looking.s);
        *out = names[0] != '\0' ? strdup(names) : NULL;
        tg_stress_close(looking.s);
    }
    if (o->test == NULL)
        return TGI_STRESS_CLEAN;
    size_t n = strlen(o->test);
    for (const char *at = *out; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strcspn(at, "\n") == n && strncmp(at, o->test, n) == 0)
            return TGI_STRESS_CLEAN;
    }
    return tgi_usage_error(command, "the script has no test '%s'", o->test);
}

static int run_one(tgi_stress_results *results, tg_thread *t, const tgi_source *source, FILE *to,
                   const tgi_schedule_file *file, const char *test, size_t number)
{
    const tgi_stress_options *o = results->options;
    if (o->diff_gil && o->replay == NULL)
        return diff_gil(results, t, source, to, test, number);
    return tgi_session_run(results, t, source, o->points, to, file, true, test, number);
}

// Every test is a campaign of its own. `tests` is cut into names, which sessions refer to.
static int run_tests(tgi_stress_results *results, tg_thread *t, const tgi_source *source, FILE *to,
                     const tgi_schedule_file *file, char *tests)
{
    if (tests == NULL)
        return run_one(results, t, source, to, file, NULL, 0);
    int code = TGI_STRESS_CLEAN;
    char *next = tests;
    for (size_t i = 0; next != NULL && code <= TGI_STRESS_FOUND; i++) {
        char *name = strsep(&next, "\n");
        if (results->options->test != NULL && strcmp(results->options->test, name) != 0)
            continue;
        int one = run_one(results, t, source, to, file, name, i);
        code = one > code ? one : code;
    }
    return code;
}

static int run_all(const tgi_stress_options *o, tg_thread *t, const tgi_source *source,
                   const tgi_schedule_file *file, const tgi_merge *merge)
{
    tgi_stress_results results = {
        .options = o, .merge = merge, .source = tgi_schedule_source_hash(source)};
    bool taken = (o->json != NULL && strcmp(o->json, "-") == 0) ||
                 (o->junit != NULL && strcmp(o->junit, "-") == 0) ||
                 (o->perfetto != NULL && strcmp(o->perfetto, "-") == 0);
    FILE *to = taken ? stderr : stdout;
    char *tests = NULL;
    if (o->digest != NULL && (results.digest = fopen(o->digest, "w")) == NULL) {
        fprintf(stderr, "%s: cannot write '%s'\n", command, o->digest);
        results.code = TGI_STRESS_BROKEN;
    } else {
        results.code = find_tests(&results, t, source, to, &tests);
    }
    if (results.code == TGI_STRESS_CLEAN)
        results.code = run_tests(&results, t, source, to, file, tests);
    if (results.digest != NULL)
        fclose(results.digest);
    int code = results.code;
    if (code != TGI_STRESS_USAGE && !tgi_stress_write_files(&results, source))
        code = TGI_STRESS_BROKEN;
    tgi_stress_results_free(&results);
    free(tests);
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
    if (o->test == NULL)
        o->test = file->test;
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

// With a script, or with documents that tell which.
static int run_script(tgi_stress_options *o, const tgi_schedule_file *file, const tgi_merge *merge)
{
    tgi_source source;
    int code = tgi_source_open(&o->script, &source);
    if (code == 0)
        code = tgi_source_read(&o->script, &source);
    if (code != 0)
        return TGI_STRESS_USAGE;
    const char *path[] = {source.folder, NULL};
    const char **args = script_argv(o);
    tg_config config = {.argv = args, .path = path};
    tg_runtime *rt;
    tg_thread *t;
    if (merge != NULL && !tgi_merge_fits(merge, &source))
        code = TGI_STRESS_USAGE;
    else if (args == NULL)
        code = TGI_STRESS_BROKEN;
    else
        code = tgi_runtime_open(command, o->script.mode, config, &rt, &t);
    free(args);
    if (code == 0) {
        code = run_all(o, t, &source, file->schedule != NULL ? file : NULL, merge);
        fflush(stdout);
        tg_runtime_destroy(rt, t);
    }
    tgi_source_close(&source);
    return code;
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
    tgi_merge *merge = NULL;
    if (o.merge && (merge = tgi_merge_open(o.script.args, o.script.arg_count, &o)) == NULL)
        return TGI_STRESS_USAGE;
    if (o.merge)
        (void)tgi_merge_policy(merge, 0, &o.points);
    if (!o.seed_given)
        o.seed = tgi_random_os_seed() % 1000000;
    tgi_schedule_file file = {0};
    int code = open_schedule(&o, &file) ? run_script(&o, &file, merge) : TGI_STRESS_USAGE;
    tgi_schedule_file_free(&file);
    tgi_merge_close(merge);
    return code;
}
