// SPDX-License-Identifier: MIT
//
// report.c - what `togil stress` prints about a failure.
#include "cli/stress/report.h"

#include <string.h> // strlen

const char *tgi_stress_kind_name(tg_stress_kind kind)
{
    static const char *const names[] = {"no failure", "exception", "deadlock",
                                        "endless run", "exit code", "out of memory"};
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

void tgi_stress_report_failure(FILE *to, const tgi_stress_options *options, tg_stress *s,
                               uint64_t run, const tg_stress_result *result)
{
    (void)s;
    fprintf(to, "FAILED: %s", tgi_stress_kind_name(result->kind));
    if (result->thread[0] != '\0' && result->kind == TG_STRESS_EXCEPTION)
        fprintf(to, " in %s", result->thread);
    fputs("\n\n", to);
    print_indented(to, result->text);
    fprintf(to, "\n  %u threads, %llu steps, %llu switches, %llu of them preemptions\n",
            result->threads, (unsigned long long)result->steps,
            (unsigned long long)result->switches, (unsigned long long)result->preemptions);
    fprintf(to, "  again: togil stress --policy %s --seed %llu --run %llu %s\n",
            tgi_stress_points_name(options->points), (unsigned long long)options->seed,
            (unsigned long long)run, options->script.text);
    if (result->schedule != NULL && strlen(result->schedule) < 4000)
        fprintf(to, "     or: togil stress --policy %s --replay %s %s\n",
                tgi_stress_points_name(options->points), result->schedule, options->script.text);
}
