// SPDX-License-Identifier: MIT
//
// report.c - what `togil stress` prints about a failure.
#include "cli/stress/report.h"

#include "cli/stress/trace.h" // columns

#include <string.h> // strlen

// Every line of a text behind two spaces.
static void print_indented(FILE *to, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        fprintf(to, "  %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

void tgi_stress_report_failure(FILE *to, const tgi_stress_options *o,
                               const tgi_stress_session *session, tg_stress *s,
                               const tgi_source *source, const tgi_stress_failure *f)
{
    fprintf(to, "FAILED: %s", tgi_stress_kind_name(f->kind));
    if (f->thread != NULL && f->thread[0] != '\0' &&
        (f->kind == TG_STRESS_EXCEPTION || f->kind == TG_STRESS_INVARIANT ||
         f->kind == TG_STRESS_STALLED))
        fprintf(to, " in %s", f->thread);
    fputs("\n\n", to);
    print_indented(to, f->text != NULL ? f->text : "");
    if (f->schedule != NULL) {
        fprintf(to, "\nHow it comes about (%llu of %llu switches are preemptions):\n\n",
                (unsigned long long)f->preemptions, (unsigned long long)f->switches);
        if (f->forgotten > 0)
            fprintf(to, "  (the first %llu steps are left off)\n",
                    (unsigned long long)f->forgotten);
        tgi_stress_print_trace(to, s, source);
    } else if (f->kind != TG_STRESS_STALLED) {
        fputs("\nThe run made too many decisions to be followed step by step.\n", to);
    }
    fputs("\n", to);
    const char *script = o->script.kind == TGI_SCRIPT_CODE ? "-c CODE" : o->script.text;
    if (f->count > 0) {
        fputs("  again: ", to);
        tgi_stress_print_again(to, o, session, f, false);
        fprintf(to, " %s\n", script);
    }
    if (f->schedule != NULL && strlen(f->schedule) < 4000) {
        fputs("  replay: ", to);
        tgi_stress_print_again(to, o, session, f, true);
        fprintf(to, " %s\n", script);
    }
}
