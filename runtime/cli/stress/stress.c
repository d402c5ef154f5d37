// SPDX-License-Identifier: MIT
//
// stress.c - `togil stress`: runs a script under the tester until it fails or the budget ends. In
// reading order:
//
//   options.c   the command line
//   stress.c    sessions
//   report.c    what is printed
//   help.c      --help
#include "cli/stress/stress.h"

#include "cli/run.h"            // tgi_runtime_open
#include "cli/source.h"         // tgi_source
#include "cli/stress/options.h" // options
#include "cli/stress/report.h"  // texts

#include "base/clock.h"  // budget
#include "base/random.h" // seed

#include <stdio.h>  // printf
#include <stdlib.h> // calloc
#include <string.h> // memset

static const char command[] = "togil stress";

typedef struct totals {
    uint64_t runs, failures, steps, decisions;
    double seconds;
} totals;

static void print_totals(const tgi_stress_options *o, const totals *sum)
{
    printf("%llu of %llu schedules failed (policy %s, strategy %s, seed %llu); %.0f schedules and "
           "%.0f steps per second\n",
           (unsigned long long)sum->failures, (unsigned long long)sum->runs,
           tgi_stress_points_name(o->points), o->strategy != NULL ? o->strategy : "random",
           (unsigned long long)o->seed, (double)sum->runs / sum->seconds,
           (double)sum->steps / sum->seconds);
}

static int explore(const tgi_stress_options *o, tg_stress *s)
{
    totals sum = {0};
    int64_t start = tgi_clock_now_ns();
    tg_stress_result r;
    for (uint64_t i = 0; i < o->runs; i++) {
        uint64_t run = o->one_run ? o->run : i;
        tg_stress_run(s, run, &r);
        sum.runs++;
        sum.steps += r.steps;
        sum.decisions += r.decisions;
        if (r.kind == TG_STRESS_LOST) {
            fprintf(stderr, "%s: out of memory\n", command);
            return TGI_STRESS_BROKEN;
        }
        if (r.kind != TG_STRESS_OK && sum.failures++ == 0)
            tgi_stress_report_failure(stdout, o, s, run, &r);
        if (o->one_run || (sum.failures > 0 && !o->keep_going))
            break;
        if (o->seconds > 0 && (double)(tgi_clock_now_ns() - start) > o->seconds * 1e9)
            break;
    }
    sum.seconds = (double)(tgi_clock_now_ns() - start) / 1e9 + 1e-9;
    if (sum.failures > 0)
        putchar('\n');
    print_totals(o, &sum);
    return sum.failures > 0 ? TGI_STRESS_FOUND : TGI_STRESS_CLEAN;
}

static int replay(const tgi_stress_options *o, tg_stress *s)
{
    tg_stress_result r;
    if (tg_stress_replay(s, o->replay, true, &r) != TG_OK)
        return tgi_usage_error(command, "'%s' is not a schedule", o->replay);
    if (r.kind == TG_STRESS_OK) {
        printf("The schedule does not fail: %llu steps, %llu switches\n",
               (unsigned long long)r.steps, (unsigned long long)r.switches);
        return TGI_STRESS_DIFFERS;
    }
    tgi_stress_report_failure(stdout, o, s, 0, &r);
    return TGI_STRESS_FOUND;
}

static int run_session(const tgi_stress_options *o, tg_thread *t, const tgi_source *source)
{
    tg_stress_options settings = {.points = o->points,
                                  .strategy = o->strategy,
                                  .seed = o->seed,
                                  .max_steps = o->max_steps,
                                  .adversarial = o->adversarial};
    tg_stress *s;
    tg_status st =
        tg_stress_open(t, source->text, source->size, source->name, &settings, &s);
    if (st == TG_ERR_RAISED) {
        (void)tg_report_exception(t, tg_error_fetch(t));
        return TGI_STRESS_USAGE;
    }
    if (st != TG_OK) {
        fprintf(stderr, "%s: %s\n", command,
                st == TG_ERR_ARG ? "bad strategy" : "out of memory");
        return st == TG_ERR_ARG ? TGI_STRESS_USAGE : TGI_STRESS_BROKEN;
    }
    int code = o->replay != NULL ? replay(o, s) : explore(o, s);
    tg_stress_close(s);
    return code;
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
    tgi_source source;
    int code = tgi_source_open(&o.script, &source);
    if (code == 0)
        code = tgi_source_read(&o.script, &source);
    if (code != 0)
        return TGI_STRESS_USAGE;
    const char *path[] = {source.folder, NULL};
    const char **args = script_argv(&o);
    tg_config config = {.argv = args, .path = path};
    tg_runtime *rt;
    tg_thread *t;
    code = args == NULL ? TGI_STRESS_BROKEN
                        : tgi_runtime_open(command, o.script.mode, config, &rt, &t);
    free(args);
    if (code == 0) {
        code = run_session(&o, t, &source);
        fflush(stdout);
        tg_runtime_destroy(rt, t);
    }
    tgi_source_close(&source);
    return code;
}
