// SPDX-License-Identifier: MIT
//
// results_junit.c - what was found as JUnit XML, which the servers of continuous integration read:
// one test case per policy.
//
// Invariants  RU1  the file is well-formed whatever a script prints: bytes that XML does not allow
//                  are replaced by a question mark.
#include "cli/stress/results.h"

#include "cli/source.h"        // tgi_is_utf8
#include "cli/stress/report.h" // names
#include "cli/stress/stress.h" // exit codes

#include <string.h> // strlen

static void write_part(FILE *to, const char *text, size_t n, bool utf8)
{
    const unsigned char *end = (const unsigned char *)text + n;
    for (const unsigned char *at = (const unsigned char *)text; at < end; at++) {
        if (*at == '<')
            fputs("&lt;", to);
        else if (*at == '>')
            fputs("&gt;", to);
        else if (*at == '&')
            fputs("&amp;", to);
        else if (*at == '"')
            fputs("&quot;", to);
        else if (*at == '\n')
            fputs("&#10;", to);
        else if (*at == '\t')
            fputs("&#9;", to);
        else
            fputc(*at < 0x20 || *at == 0x7f || (*at >= 0x80 && !utf8) ? '?' : *at, to);
    }
}

static void write_escaped(FILE *to, const char *text)
{
    write_part(to, text, strlen(text), tgi_is_utf8(text));
}

// The last line of a traceback says most.
static void write_last_line(FILE *to, const char *text)
{
    size_t n = strlen(text);
    if (n > 0 && text[n - 1] == '\n')
        n--;
    size_t at = n;
    while (at > 0 && text[at - 1] != '\n')
        at--;
    write_part(to, text + at, n - at, tgi_is_utf8(text));
}

static const char *script_of(const tgi_stress_options *o)
{
    return o->script.kind == TGI_SCRIPT_CODE ? "-c" : o->script.text;
}

static void write_failure(FILE *to, const tgi_stress_results *r, const tgi_stress_session *s,
                          const tgi_stress_failure *f)
{
    fprintf(to, "      <failure type=\"%s\" message=\"", tgi_stress_kind_name(f->kind));
    if (f->text != NULL && f->kind == TG_STRESS_EXCEPTION)
        write_last_line(to, f->text);
    else
        fputs(tgi_stress_kind_name(f->kind), to);
    fputs("\">", to);
    write_escaped(to, f->text != NULL ? f->text : "");
    for (int schedule = 0; schedule < 2; schedule++) {
        if (schedule && f->schedule == NULL)
            continue;
        fputs(schedule ? "&#10;replay: " : "&#10;again: ", to);
        tgi_stress_print_again(to, r->options, s, f, schedule);
        fputc(' ', to);
        write_escaped(to, script_of(r->options));
    }
    fputs("</failure>\n", to);
}

static void write_session(FILE *to, const tgi_stress_results *r, const tgi_stress_session *s)
{
    fputs("    <testcase classname=\"", to);
    write_escaped(to, script_of(r->options));
    fprintf(to, "\" name=\"%s%spolicy %s\" time=\"%.3f\">\n", s->test != NULL ? s->test : "",
            s->test != NULL ? ", " : "", tgi_stress_points_name(s->points), s->seconds);
    for (size_t i = 0; i < s->failures.count; i++)
        write_failure(to, r, s, &s->failures.data[i]);
    if (s->code != TGI_STRESS_CLEAN && s->code != TGI_STRESS_FOUND)
        fprintf(to, "      <error type=\"exit code %d\" message=\"the session did not end\"/>\n",
                s->code);
    fprintf(to, "      <system-out>%llu of %llu schedules failed, seed %llu</system-out>\n",
            (unsigned long long)s->failed, (unsigned long long)s->runs,
            (unsigned long long)r->options->seed);
    fputs("    </testcase>\n", to);
}

void tgi_stress_write_junit(const tgi_stress_results *r, FILE *to)
{
    size_t failures = 0, errors = 0;
    double seconds = 0;
    for (size_t i = 0; i < r->sessions.count; i++) {
        const tgi_stress_session *s = &r->sessions.data[i];
        failures += s->failed > 0;
        errors += s->code != TGI_STRESS_CLEAN && s->code != TGI_STRESS_FOUND;
        seconds += s->seconds;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", to);
    fprintf(to, "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.3f\">\n",
            r->sessions.count, failures, errors, seconds);
    fprintf(to,
            "  <testsuite name=\"togil stress\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
            "time=\"%.3f\">\n",
            r->sessions.count, failures, errors, seconds);
    for (size_t i = 0; i < r->sessions.count; i++)
        write_session(to, r, &r->sessions.data[i]);
    fputs("  </testsuite>\n</testsuites>\n", to);
}
