// SPDX-License-Identifier: MIT
//
// storm.c - everything at once, on whole runtimes: threads compute, allocate, talk over sockets and
// sleep in scripts, while others toggle the GIL, stop the world, start and end threads.
//
//     storm --mode all --toggles 1000000 --threads 8 --json storm.json
//
// Attacks the switch of the GIL and the pauses under load. Wrong results: a worker's job that gives
// another number than alone, an attached thread beside the holder of the GIL or in a pause, a
// shared counter that is not the sum of what was added, a thread that makes no step for --patience
// seconds (a lost wake-up, a deadlock). The first one ends the process with 1, after what is known
// about every thread. The seed decides what the threads choose, not when they run.
//
// A toggle is a call that turned the GIL on or off; calls that only change its counter come on top.
// tests/unit/thread/test_storm.c does the same to the thread layer alone, without objects.
#include "storm.h"

#include "base/clock.h"
#include "thread/stw.h"
#include "thread/world_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef TG_STORM_SCRIPT
#error "TG_STORM_SCRIPT names storm_work.py"
#endif

enum { PAIRS_ALONE = 20000, TRACED_EVENTS = 256 };

storm the_storm;

// -- report ---------------------------------------------------------------------------------------

typedef struct figures {
    double seconds;
    storm_counts counts;
    uint64_t jobs, pings;
    uint64_t checked_threads, checked_pauses;
    tgi_histogram alone, pair, enabling, disabling;
    struct {
        tgi_histogram stopping, stopped;
        uint64_t causes[TGI_CAUSE_COUNT];
    } pauses[2]; // global, of the interpreters
} figures;

static void add_counts(storm_counts *to, const storm_counts *c)
{
    to->enables += c->enables;
    to->disables += c->disables;
    to->on += c->on;
    to->off += c->off;
    to->pauses_interp += c->pauses_interp;
    to->pauses_global += c->pauses_global;
    to->threads += c->threads;
    to->hosts += c->hosts;
    to->interps += c->interps;
    to->intervals += c->intervals;
    to->collections += c->collections;
    to->policies += c->policies;
    to->naps += c->naps;
}

static void add_report(int64_t scope, const tgi_stw_report *report, void *arg)
{
    figures *f = arg;
    int i = scope == TGI_STW_RUNTIME ? 0 : 1;
    tgi_histogram_merge(&f->pauses[i].stopping, &report->stopping);
    tgi_histogram_merge(&f->pauses[i].stopped, &report->stopped);
    for (int c = 0; c < TGI_CAUSE_COUNT; c++)
        f->pauses[i].causes[c] += report->pauses[c];
}

static void collect(storm *s, figures *f)
{
    for (int i = 0; i < s->thread_count; i++) {
        const storm_thread *w = &s->threads[i];
        add_counts(&f->counts, &w->counts);
        tgi_histogram_merge(&f->pair, &w->pair);
        tgi_histogram_merge(&f->enabling, &w->enabling);
        tgi_histogram_merge(&f->disabling, &w->disabling);
        f->pings += w->pings;
        if (!atom_load_seq_cst(&w->passive))
            f->jobs += w->jobs;
    }
    size_t pos = 0;
    while (tgi_stw_next(s->rt, &pos, add_report, f))
        continue;
    tgi_world_check_read(s->rt, &f->checked_threads, &f->checked_pauses);
    if (f->checked_threads == 0 || f->checked_pauses == 0)
        storm_fail("nothing was checked");
}

static const char *const pause_rows[2][2] = {
    {"global: request to stopped", "global: stopped to restarted"},
    {"interpreter: request to stopped", "interpreter: stopped to restarted"},
};

static unsigned long long toggles_of(const storm_counts *c)
{
    return c->on + c->off;
}

static void print_row(const char *name, const tgi_histogram *h)
{
    if (h->count == 0)
        return;
    printf("  %-34s %10llu %10.1f %10.1f %10.1f\n", name, (unsigned long long)h->count,
           (double)tgi_histogram_quantile(h, 0.5) / 1e3,
           (double)tgi_histogram_quantile(h, 0.99) / 1e3, (double)h->max / 1e3);
}

static void print_text(const storm *s, const figures *f)
{
    const storm_counts *c = &f->counts;
    printf("storm: mode %s, seed %llu, %d workers, %d agitators, %.1f s: ok\n", s->mode,
           (unsigned long long)s->options->seed, s->options->threads, s->options->agitators,
           f->seconds);
    printf("  toggles %llu: the GIL went on %llu times and off %llu times\n", toggles_of(c),
           (unsigned long long)c->on, (unsigned long long)c->off);
    printf("  by agitator:");
    for (int i = 0; i < s->thread_count; i++) {
        if (strcmp(s->threads[i].role, "agitator") == 0)
            printf(" %llu", toggles_of(&s->threads[i].counts));
    }
    printf("\n  further calls that changed its counter only: %llu\n",
           (unsigned long long)(c->enables + c->disables - c->on - c->off));
    printf("  jobs %llu, messages %llu, every result right\n", (unsigned long long)f->jobs,
           (unsigned long long)f->pings);
    printf("  threads started %llu, of the host %llu; interpreters %llu\n",
           (unsigned long long)c->threads, (unsigned long long)c->hosts,
           (unsigned long long)c->interps);
    printf("  intervals set %llu, policies %llu, collections %llu\n",
           (unsigned long long)c->intervals, (unsigned long long)c->policies,
           (unsigned long long)c->collections);
    printf("  checked: %llu times who is attached, %llu times in a pause\n",
           (unsigned long long)f->checked_threads, (unsigned long long)f->checked_pauses);
    printf("  pauses by cause:");
    for (int i = 0; i < TGI_CAUSE_COUNT; i++) {
        uint64_t n = f->pauses[0].causes[i] + f->pauses[1].causes[i];
        if (n != 0)
            printf(" %s %llu", tgi_stw_cause_name((tgi_stw_cause)i), (unsigned long long)n);
    }
    printf("\n  %-34s %10s %10s %10s %10s\n", "microseconds", "count", "p50", "p99", "max");
    for (int i = 0; i < 2; i++) {
        print_row(pause_rows[i][0], &f->pauses[i].stopping);
        print_row(pause_rows[i][1], &f->pauses[i].stopped);
    }
    print_row("enable that turned it on", &f->enabling);
    print_row("disable that turned it off", &f->disabling);
    print_row("enable and disable, under load", &f->pair);
    print_row("enable and disable, alone", &f->alone);
    fflush(stdout);
}

static void json_row(FILE *to, const char *name, const tgi_histogram *h)
{
    fprintf(to,
            ",\n  \"%s\": {\"count\": %llu, \"p50_ns\": %llu, \"p99_ns\": %llu, \"max_ns\": %llu}",
            name, (unsigned long long)h->count, (unsigned long long)tgi_histogram_quantile(h, 0.5),
            (unsigned long long)tgi_histogram_quantile(h, 0.99), (unsigned long long)h->max);
}

static void print_json(FILE *to, const storm *s, const figures *f)
{
    const storm_counts *c = &f->counts;
    fprintf(to, " {\"mode\": \"%s\", \"seed\": %llu, \"workers\": %d, \"agitators\": %d", s->mode,
            (unsigned long long)s->options->seed, s->options->threads, s->options->agitators);
    fprintf(to, ", \"seconds\": %.3f, \"ok\": true", f->seconds);
    fprintf(to, ",\n  \"toggles\": %llu, \"on\": %llu, \"off\": %llu", toggles_of(c),
            (unsigned long long)c->on, (unsigned long long)c->off);
    fprintf(to, ", \"enables\": %llu, \"disables\": %llu", (unsigned long long)c->enables,
            (unsigned long long)c->disables);
    fprintf(to, ", \"jobs\": %llu, \"messages\": %llu", (unsigned long long)f->jobs,
            (unsigned long long)f->pings);
    fprintf(to, ", \"threads\": %llu, \"hosts\": %llu, \"interpreters\": %llu, \"policies\": %llu",
            (unsigned long long)c->threads, (unsigned long long)c->hosts,
            (unsigned long long)c->interps, (unsigned long long)c->policies);
    fprintf(to, ", \"checked_threads\": %llu, \"checked_pauses\": %llu",
            (unsigned long long)f->checked_threads, (unsigned long long)f->checked_pauses);
    json_row(to, "global_stopping", &f->pauses[0].stopping);
    json_row(to, "global_stopped", &f->pauses[0].stopped);
    json_row(to, "interpreter_stopping", &f->pauses[1].stopping);
    json_row(to, "interpreter_stopped", &f->pauses[1].stopped);
    json_row(to, "enable", &f->enabling);
    json_row(to, "disable", &f->disabling);
    json_row(to, "pair", &f->pair);
    json_row(to, "pair_alone", &f->alone);
    fprintf(to, "}");
}

// -- one mode -------------------------------------------------------------------------------------

static void storm_one(const storm_options *options, const char *mode, FILE *json)
{
    storm *s = &the_storm;
    static figures f;
    memset(&f, 0, sizeof f);
    memset(s, 0, sizeof *s);
    s->options = options;
    s->mode = mode;
    if (tg_mode_find(mode)->switchable)
        storm_measure_alone(mode, &f.alone, PAIRS_ALONE);
    tg_config config = {.mode = mode, .check_world = true};
    tg_status st = tg_runtime_create(&config, &s->rt, &s->t);
    if (st != TG_OK) {
        fprintf(stderr, "storm: mode %s: no runtime: status %d\n", mode, (int)st);
        exit(1);
    }
    s->thread_count = options->threads + options->agitators;
    s->threads = calloc((size_t)s->thread_count, sizeof s->threads[0]);
    if (s->threads == NULL)
        storm_fail("out of memory");
    s->module = tg_run_file(s->t, TG_STORM_SCRIPT);
    if (s->module == TG_NULL) {
        (void)tg_report_exception(s->t, tg_error_fetch(s->t));
        exit(1);
    }
    int count = tg_gil_count(s->t);
    atom_store_seq_cst(&s->tokens, tg_mode_find(mode)->switchable ? count : 0);
    storm_prepare(s);
    if (options->trace && tg_trace_start(s->t, TRACED_EVENTS) != TG_OK)
        storm_fail("no trace");

    int64_t since = tgi_clock_now_ns();
    storm_watch_start(s);
    storm_start_threads(s);
    storm_join_threads(s);
    storm_watch_stop();
    f.seconds = (double)(tgi_clock_now_ns() - since) / 1e9;
    if (tg_mode_find(mode)->switchable)
        storm_settle_gil(s, count);
    if (tg_gil_count(s->t) != count)
        storm_fail("the counter is %d in the end, not %d", tg_gil_count(s->t), count);

    collect(s, &f);
    print_text(s, &f);
    if (json != NULL)
        print_json(json, s, &f);
    tg_release(s->t, s->module);
    tg_runtime_destroy(s->rt, s->t);
    free(s->threads);
}

// -- command line ---------------------------------------------------------------------------------

static const char usage[] =
    "usage: storm [--mode NAME|all] [--toggles N] [--minutes M] [--threads K] [--agitators A]\n"
    "             [--seed N] [--patience SECONDS] [--progress SECONDS] [--json FILE]\n"
    "             [--no-trace] [--stall]\n"
    "all: every mode whose GIL can be switched. It ends after N toggles or M minutes, what comes\n"
    "first, per mode; without either after 10000 toggles. How far it is goes to stderr every minute.\n"
    "--stall: one thread gets stuck, to show the report.\n";

static void bad_usage(const char *what)
{
    fprintf(stderr, "storm: %s\n%s", what, usage);
    exit(2);
}

static double number(const char *text, double low, double high)
{
    char *end;
    errno = 0;
    double d = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !(d >= low && d <= high))
        bad_usage("a number is out of range");
    return d;
}

static void parse(int argc, char **argv, storm_options *o)
{
    const int threads_max = STORM_THREADS_MAX / 2;
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        if (strcmp(name, "--no-trace") == 0) {
            o->trace = false;
            continue;
        }
        if (strcmp(name, "--stall") == 0) {
            o->stall = true;
            continue;
        }
        if (i + 1 >= argc)
            bad_usage("an option needs a value, or is unknown");
        const char *value = argv[++i];
        if (strcmp(name, "--mode") == 0)
            o->mode = value;
        else if (strcmp(name, "--toggles") == 0)
            o->toggles = (int64_t)number(value, 1, 1e15);
        else if (strcmp(name, "--minutes") == 0)
            o->minutes = number(value, 0.001, 1e6);
        else if (strcmp(name, "--threads") == 0)
            o->threads = (int)number(value, 1, threads_max);
        else if (strcmp(name, "--agitators") == 0)
            o->agitators = (int)number(value, 1, threads_max);
        else if (strcmp(name, "--seed") == 0)
            o->seed = (uint64_t)number(value, 0, 9e15);
        else if (strcmp(name, "--patience") == 0)
            o->patience = number(value, 1, 1e6);
        else if (strcmp(name, "--progress") == 0)
            o->progress = number(value, 1, 1e6);
        else if (strcmp(name, "--json") == 0)
            o->json = value;
        else
            bad_usage("unknown option");
    }
    if (o->toggles == 0 && o->minutes <= 0)
        o->toggles = 10000;
}

int main(int argc, char **argv)
{
    storm_options o = {.mode = "all",
                       .threads = 8,
                       .agitators = 4,
                       .patience = 60,
                       .progress = 60,
                       .seed = tgi_random_os_seed() % 1000000000,
                       .trace = true};
    parse(argc, argv, &o);
    bool all = strcmp(o.mode, "all") == 0;
    if (!all && tg_mode_find(o.mode) == NULL)
        bad_usage("unknown mode");
    if (!all && !tg_mode_find(o.mode)->switchable && o.minutes <= 0)
        bad_usage("a GIL that cannot be switched needs --minutes");
    FILE *json = o.json != NULL ? fopen(o.json, "we") : NULL;
    if (o.json != NULL && json == NULL) {
        perror(o.json);
        return 1;
    }
    printf("storm: seed %llu\n", (unsigned long long)o.seed);
    fflush(stdout);
    size_t modes;
    const tg_mode *mode = tg_modes(&modes);
    bool first = true;
    if (json != NULL)
        fprintf(json, "[\n");
    for (size_t i = 0; i < modes; i++) {
        if (all ? !mode[i].switchable : strcmp(o.mode, mode[i].name) != 0)
            continue;
        if (json != NULL && !first)
            fprintf(json, ",\n");
        first = false;
        storm_one(&o, mode[i].name, json);
    }
    if (json != NULL) {
        fprintf(json, "\n]\n");
        if (fclose(json) != 0) {
            perror(o.json);
            return 1;
        }
    }
    return 0;
}
