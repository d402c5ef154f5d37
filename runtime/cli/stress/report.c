// SPDX-License-Identifier: MIT
//
// report.c - what `togil stress` prints about a failure.
#include "cli/stress/report.h"

#include "cli/stress/trace.h" // columns

#include <string.h> // strlen

const char *tgi_stress_kind_name(tg_stress_kind kind)
{
    static const char *const names[] = {"no failure", "exception",     "deadlock",   "endless run",
                                        "exit code",  "out of memory", "interrupted"};
    return names[kind];
}

const char *tgi_stress_points_name(tg_stress_points points)
{
    static const char *const names[] = {"gil", "bytecode", "free"};
    return names[points];
}

// Every line of a text behind two spaces.
static void print_indented(FILE *to, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        fprintf(to, "  %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

// What comes between `togil stress` and the script when a failure is repeated.
static void print_again(FILE *to, const tgi_stress_options *o)
{
    fprintf(to, "togil stress --policy %s", tgi_stress_points_name(o->points));
    if (o->adversarial)
        fputs(" --time adversarial", to);
    if (o->script.mode != NULL)
        fprintf(to, " --mode %s", o->script.mode->name);
}

void tgi_stress_report_failure(FILE *to, const tgi_stress_options *o, tg_stress *s,
                               const tgi_source *source, int64_t run,
                               const tg_stress_result *result)
{
    fprintf(to, "FAILED: %s", tgi_stress_kind_name(result->kind));
    if (result->thread[0] != '\0' && result->kind == TG_STRESS_EXCEPTION)
        fprintf(to, " in %s", result->thread);
    fputs("\n\n", to);
    print_indented(to, result->text);
    fprintf(to, "\nHow it comes about (%llu of %llu switches are preemptions):\n\n",
            (unsigned long long)result->preemptions, (unsigned long long)result->switches);
    tgi_stress_print_trace(to, s, source);
    fputs("\n", to);
    const char *script = o->script.kind == TGI_SCRIPT_CODE ? "-c CODE" : o->script.text;
    if (run >= 0) {
        fputs("  again: ", to);
        print_again(to, o);
        if (o->strategy != NULL)
            fprintf(to, " --strategy %s", o->strategy);
        fprintf(to, " --seed %llu --run %lld %s\n", (unsigned long long)o->seed, (long long)run,
                script);
    }
    if (result->schedule != NULL && strlen(result->schedule) < 4000) {
        fputs("  replay: ", to);
        print_again(to, o);
        fprintf(to, " --replay %s %s\n", result->schedule, script);
    }
}
