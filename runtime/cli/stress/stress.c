// SPDX-License-Identifier: MIT
//
// stress.c - `togil stress`: runs a script under the tester until it fails or the budget ends. In
// reading order:
//
//   options.c   the command line
//   stress.c    sessions
//   report.c    what is printed about a failure
//   trace.c     how it came about, in columns
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

enum { SHRINK_BUDGET = 2000 };

typedef struct session {
    const tgi_stress_options *options; // with the policy of this session
    const tgi_source *source;
    tg_thread *t;
    tg_stress *s;
    uint64_t runs, failures, steps;
    double seconds;
    tg_stress_kind kind; // of the first failure
} session;

static int open_session(session *p)
{
    const tgi_stress_options *o = p->options;
    tg_stress_options settings = {.points = o->points,
                                  .strategy = o->strategy,
                                  .seed = o->seed,
                                  .max_steps = o->max_steps,
                                  .adversarial = o->adversarial};
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
    printf("%llu of %llu schedules failed (policy %s, strategy %s, seed %llu), %.0f per second\n",
           (unsigned long long)p->failures, (unsigned long long)p->runs,
           tgi_stress_points_name(o->points),
           o->strategy != NULL ? o->strategy : tg_stress_strategy(0), (unsigned long long)o->seed,
           (double)p->runs / p->seconds);
}

// Looks for what matters in the schedule of a failure, then tells.
static void report(session *p, int64_t run, const tg_stress_result *found)
{
    tg_stress_result r = *found;
    char *schedule = found->schedule != NULL ? strdup(found->schedule) : NULL;
    if (schedule != NULL && tg_stress_shrink(p->s, schedule, SHRINK_BUDGET, &r, NULL) == TG_OK)
        tgi_stress_report_failure(stdout, p->options, p->s, p->source, run, &r);
    else
        fprintf(stderr, "%s: the failure of run %lld did not come back\n", command, (long long)run);
    free(schedule);
}

static int explore(session *p, bool tell)
{
    const tgi_stress_options *o = p->options;
    int64_t start = tgi_clock_now_ns();
    tg_stress_result r;
    for (uint64_t i = 0; i < o->runs; i++) {
        uint64_t run = o->one_run ? o->run : i;
        tg_stress_run(p->s, run, &r);
        p->runs++;
        p->steps += r.steps;
        p->seconds = (double)(tgi_clock_now_ns() - start) / 1e9 + 1e-9;
        if (r.kind == TG_STRESS_LOST) {
            fprintf(stderr, "%s: out of memory\n", command);
            return TGI_STRESS_BROKEN;
        }
        if (r.kind == TG_STRESS_INTERRUPTED)
            return TGI_STRESS_INTERRUPTED;
        if (r.kind != TG_STRESS_OK && p->failures++ == 0) {
            p->kind = r.kind;
            if (tell)
                report(p, (int64_t)run, &r);
        }
        if (o->one_run || (p->failures > 0 && !o->keep_going) ||
            (o->seconds > 0 && p->seconds > o->seconds))
            break;
    }
    return p->failures > 0 ? TGI_STRESS_FOUND : TGI_STRESS_CLEAN;
}

static int replay(session *p)
{
    tg_stress_result r;
    if (tg_stress_replay(p->s, p->options->replay, true, &r) != TG_OK)
        return tgi_usage_error(command, "'%s' is not a schedule", p->options->replay);
    if (r.kind == TG_STRESS_OK) {
        printf("The schedule does not fail: %llu steps, %llu switches\n",
               (unsigned long long)r.steps, (unsigned long long)r.switches);
        return TGI_STRESS_DIFFERS;
    }
    tgi_stress_report_failure(stdout, p->options, p->s, p->source, -1, &r);
    return TGI_STRESS_FOUND;
}

static int run_session(const tgi_stress_options *o, tg_thread *t, const tgi_source *source)
{
    session p = {.options = o, .source = source, .t = t};
    int code = open_session(&p);
    if (code != TGI_STRESS_CLEAN)
        return code;
    if (o->replay != NULL) {
        code = replay(&p);
    } else {
        code = explore(&p, true);
        if (code == TGI_STRESS_FOUND)
            putchar('\n');
        print_totals(&p);
    }
    tg_stress_close(p.s);
    return code;
}

// The same script under the three policies: what does a GIL protect?
static int diff_gil(const tgi_stress_options *given, tg_thread *t, const tgi_source *source)
{
    bool fails[3] = {false};
    int code = TGI_STRESS_CLEAN;
    bool told = false;
    for (int i = 0; i < 3 && (code == TGI_STRESS_CLEAN || code == TGI_STRESS_FOUND); i++) {
        tgi_stress_options o = *given;
        o.points = (tg_stress_points)i;
        session p = {.options = &o, .source = source, .t = t};
        int result = open_session(&p);
        if (result == TGI_STRESS_CLEAN) {
            result = explore(&p, !told);
            fails[i] = result == TGI_STRESS_FOUND;
            if (fails[i] && !told)
                putchar('\n');
            told |= fails[i];
            print_totals(&p);
            tg_stress_close(p.s);
        }
        if (result != TGI_STRESS_CLEAN)
            code = result;
    }
    if (code > TGI_STRESS_FOUND)
        return code;
    printf("\nunder a GIL: %s; at every access: %s; without a GIL: %s\n",
           fails[0] ? "fails" : "no failure found", fails[1] ? "fails" : "no failure found",
           fails[2] ? "fails" : "no failure found");
    puts(fails[0]   ? "verdict: broken already, with or without a GIL"
         : fails[1] ? "verdict: fragile; only the places where a GIL is handed over protect it"
         : fails[2] ? "verdict: exposed by removing the GIL"
                    : "verdict: no failure found");
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
        code =
            o.diff_gil && o.replay == NULL ? diff_gil(&o, t, &source) : run_session(&o, t, &source);
        fflush(stdout);
        tg_runtime_destroy(rt, t);
    }
    tgi_source_close(&source);
    return code;
}
