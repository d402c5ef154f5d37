// SPDX-License-Identifier: MIT
//
// report.c - the table and the sentences around it. Plain ASCII, at most 100 columns.
//
// Threads     pure, apart from writing to the given file.
#include "cli/ab/report.h"

#include <math.h>   // fabs, fmax, fmin
#include <stdarg.h> // va_list
#include <string.h> // strlen

void tgi_ab_format_time(double seconds, char *out, size_t size)
{
    if (seconds >= 100)
        snprintf(out, size, "%.1f s", seconds);
    else if (seconds >= 1)
        snprintf(out, size, "%.3f s", seconds);
    else
        snprintf(out, size, "%.1f ms", 1000 * seconds);
}

void tgi_ab_format_ratio(tgi_ab_interval ratio, int decimals, char *out, size_t size)
{
    snprintf(out, size, "%.*fx [%.*f, %.*f]", decimals, ratio.estimate, decimals, ratio.low,
             decimals, ratio.high);
}

void tgi_ab_format_verdict(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int cell,
                           char *out, size_t size)
{
    const tgi_ab_result *result = &analysis->results[cell];
    if (session->cells[cell].mode == session->base)
        snprintf(out, size, "reference");
    else if (result->verdict != TGI_AB_UNDECIDED)
        snprintf(out, size, "%s", tgi_ab_verdict_name(result->verdict));
    else if (result->more_blocks > 0)
        snprintf(out, size, "undecided (~%d more blocks)", result->more_blocks);
    else
        snprintf(out, size, "undecided");
}

// Largest distance of the control's interval from 1, in per cent.
static double control_reach(const tgi_ab_analysis *analysis)
{
    return 100 * fmax(fabs(analysis->control.high - 1), fabs(analysis->control.low - 1));
}

void tgi_ab_format_trust(const tgi_ab_analysis *analysis, char *out, size_t size)
{
    switch (analysis->trust) {
    case TGI_AB_TRUST_UNKNOWN:
        snprintf(out, size, "unknown: fewer than %d blocks decide nothing", TGI_AB_MIN_BLOCKS);
        return;
    case TGI_AB_TRUST_GOOD:
        snprintf(out, size, "good");
        return;
    case TGI_AB_TRUST_NOISY:
        snprintf(out, size, "noisy: differences below about %.0f %% cannot be seen",
                 control_reach(analysis));
        return;
    case TGI_AB_TRUST_BIASED:
        snprintf(out, size, "biased: differences below %.1f %% count as noise",
                 100 * analysis->margin);
        return;
    }
}

// The thread count to speak about: the largest one that has a core for every thread.
static int headline_threads(const tgi_ab_session *session)
{
    const tgi_ab_options *options = session->options;
    int chosen = options->threads[options->thread_counts - 1];
    for (int i = 1; i < options->thread_counts; i++) {
        if (options->threads[i] <= session->machine.cores)
            chosen = options->threads[i];
    }
    return chosen;
}

static const char *plural(int count)
{
    return count == 1 ? "" : "s";
}

void tgi_ab_headline(const tgi_ab_session *session, const tgi_ab_analysis *analysis, char *out,
                     size_t size)
{
    const tgi_ab_options *options = session->options;
    const tgi_ab_mode *base = session->base;
    const tgi_ab_mode *freed = NULL;
    for (int i = 0; i < options->mode_count && freed == NULL; i++) {
        if (!options->modes[i]->gil)
            freed = options->modes[i];
    }
    int fewest = options->threads[0];
    int many = headline_threads(session);
    int base_cell = tgi_ab_find_cell(session, base, many);
    char ratio[64];
    char base_ratio[64];
    out[0] = '\0';
    tgi_ab_format_ratio(analysis->results[base_cell].overall, 2, base_ratio, sizeof base_ratio);
    if (!base->gil || freed == NULL) {
        if (many != fewest)
            snprintf(out, size, "In mode %s, %d threads give %s the speed of %d.", base->name, many,
                     base_ratio, fewest);
        return;
    }
    const tgi_ab_result *result = &analysis->results[tgi_ab_find_cell(session, freed, many)];
    tgi_ab_format_ratio(result->overall, 2, ratio, sizeof ratio);
    if (many == fewest) {
        snprintf(out, size,
                 "Without the GIL (%s) this program runs %s as fast on %d thread%s as with it "
                 "(%s).",
                 freed->name, ratio, many, plural(many), base->name);
        return;
    }
    snprintf(out, size,
             "Without the GIL (%s) this program runs %s as fast on %d threads\n"
             "as with the GIL (%s) on %d; with the GIL, %d threads give %s.",
             freed->name, ratio, many, base->name, fewest, many, base_ratio);
}

// Text that grows; what does not fit is cut off.
typedef struct text_buffer {
    char *out;
    size_t size;
    size_t length;
} text_buffer;

static void __attribute__((format(printf, 2, 3))) append(text_buffer *text, const char *format, ...)
{
    if (text->length >= text->size)
        return;
    va_list args;
    va_start(args, format);
    text->length +=
        (size_t)vsnprintf(text->out + text->length, text->size - text->length, format, args);
    va_end(args);
}

static void append_fit(text_buffer *text, const tgi_ab_usl *usl)
{
    append(text, "serial part %.1f %% [%.1f, %.1f]", 100 * usl->sigma.estimate,
           100 * usl->sigma.low, 100 * usl->sigma.high);
    append(text, ", crosstalk %.2f %% [%.2f, %.2f]", 100 * usl->kappa.estimate,
           100 * usl->kappa.low, 100 * usl->kappa.high);
    if (usl->kappa_seen)
        append(text, ", fastest with %.0f threads [%.0f, %.0f]", usl->best_threads.estimate,
               usl->best_threads.low, usl->best_threads.high);
    else if (usl->limit > 0)
        append(text, ", at most %.1fx with any number of threads", usl->limit);
    for (int i = 0; i < TGI_AB_USL_PREDICTIONS && usl->predictions[i].identified; i++) {
        char ratio[64];
        tgi_ab_format_ratio(usl->predictions[i].speedup, 1, ratio, sizeof ratio);
        append(text, "; %.0f threads would give %s", usl->predictions[i].threads, ratio);
    }
    if (!usl->predictions[0].identified)
        append(text, "; these counts do not tell what more than %.0f threads would do",
               usl->most_threads);
}

void tgi_ab_format_scaling(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int mode,
                           char *out, size_t size)
{
    const tgi_ab_usl *usl = &analysis->scaling[mode];
    text_buffer text = {out, size, 0};
    out[0] = '\0';
    if (usl->state == TGI_AB_USL_TOO_FEW_POINTS || usl->state == TGI_AB_USL_TOO_FEW_BLOCKS)
        return;
    append(&text, "%s: ", session->options->modes[mode]->name);
    if (usl->state == TGI_AB_USL_SUPERLINEAR)
        append(&text, "faster than the number of threads (caches?), so no law of scaling fits");
    else if (session->options->modes[mode]->gil)
        append(&text, "serial part %.0f %% [%.0f, %.0f]", 100 * usl->sigma.estimate,
               100 * usl->sigma.low, 100 * usl->sigma.high);
    else
        append_fit(&text, usl);
    append(&text, ".");
}

typedef struct note_sink {
    void (*note)(void *context, const char *sentence);
    void *context;
} note_sink;

static void __attribute__((format(printf, 2, 3)))
add_note(const note_sink *sink, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    sink->note(sink->context, text);
}

static void note_machine(const tgi_ab_session *session, const note_sink *sink)
{
    const tgi_ab_machine *machine = &session->machine;
    for (int i = 0; i < session->cell_count; i++) {
        if (session->cells[i].threads > machine->cores) {
            add_note(sink, "* more threads than the %d core%s available here.", machine->cores,
                     plural(machine->cores));
            break;
        }
    }
    if (machine->quota > 0)
        add_note(sink, "A control group limits this process to the time of %.1f cores.",
                 machine->quota);
    if (session->throttled > 0)
        add_note(sink, "The control group stopped us in %.0f periods while measuring.",
                 session->throttled);
    if (machine->load > 0.3 * machine->cores_online)
        add_note(sink, "The machine was busy at the start: load %.2f on %d core%s.", machine->load,
                 machine->cores_online, plural(machine->cores_online));
    if (machine->governor[0] != '\0' && strcmp(machine->governor, "performance") != 0)
        add_note(sink, "The frequency governor is '%.40s': speed changes while we measure.",
                 machine->governor);
    if (machine->smt)
        add_note(sink, "Some cores are halves of one (SMT): two threads need not be twice as "
                       "fast.");
}

void tgi_ab_notes(const tgi_ab_session *session, const tgi_ab_analysis *analysis, tgi_ab_end end,
                  void (*note)(void *context, const char *sentence), void *context)
{
    const note_sink sink = {note, context};
    if (end == TGI_AB_OUT_OF_TIME)
        add_note(&sink,
                 "Stopped after %d of %d blocks, as the time was up: see --max-time and --blocks.",
                 session->blocks_done, session->options->blocks);
    if (end == TGI_AB_STOPPED)
        add_note(&sink, "Interrupted after %d of %d blocks.", session->blocks_done,
                 session->options->blocks);
    note_machine(session, &sink);
    double shortest = analysis->results[0].median;
    for (int i = 1; i < session->cell_count; i++)
        shortest = fmin(shortest, analysis->results[i].median);
    if (!analysis->region && shortest < 0.05)
        add_note(&sink,
                 "The fastest run takes %.0f ms: much of that is start-up. Give the program "
                 "more work.",
                 1000 * shortest);
    if (session->outputs.differing > 0)
        add_note(&sink, "Outputs differ, as the program may: %d different ones in %d runs.",
                 session->outputs.distinct_count, session->outputs.runs);
}

static void print_note(void *context, const char *sentence)
{
    fprintf(context, "%s\n", sentence);
}

static void print_heading(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to)
{
    const tgi_ab_options *options = session->options;
    const tgi_ab_machine *machine = &session->machine;
    fprintf(to, "togil ab:");
    for (int i = 0; i < options->script_argc; i++)
        fprintf(to, " %s", options->script[i]);
    fprintf(to, "\n%s; median of %d block%s + %d to warm up, seed %llu\n",
            analysis->region ? "Times are of the region that the program reports"
                             : "Times are of whole processes, start-up included",
            analysis->blocks, plural(analysis->blocks), session->warmups_done,
            (unsigned long long)session->seed);
    fprintf(to, "Machine: %d core%s%s%s%s, load %.2f\n", machine->cores, plural(machine->cores),
            machine->cpu_model[0] != '\0' ? " (" : "", machine->cpu_model,
            machine->cpu_model[0] != '\0' ? ")" : "", machine->load);
}

static void print_row(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int index,
                      FILE *to)
{
    const tgi_ab_cell *cell = &session->cells[index];
    const tgi_ab_result *result = &analysis->results[index];
    char threads[16], time[32], versus[64], verdict[64];
    snprintf(threads, sizeof threads, "%d%s", cell->threads, result->oversubscribed ? "*" : " ");
    tgi_ab_format_time(result->median, time, sizeof time);
    if (cell->mode == session->base)
        snprintf(versus, sizeof versus, "1");
    else
        tgi_ab_format_ratio(result->versus, 2, versus, sizeof versus);
    tgi_ab_format_verdict(session, analysis, index, verdict, sizeof verdict);
    fprintf(to, "%-13s %8s %9s %8.2fx %8.0f %% %6.2f %7.1f MB  %-19s %s\n", cell->mode->name,
            threads, time, result->speedup.estimate, 100 * result->efficiency, result->busy_cores,
            result->max_rss / 1e6, versus, verdict);
}

void tgi_ab_report_print(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                         tgi_ab_end end, FILE *to)
{
    bool quiet = session->options->quiet;
    if (!quiet) {
        print_heading(session, analysis, to);
        fputc('\n', to);
    }
    char against[32];
    snprintf(against, sizeof against, "speed vs %s", session->base->name);
    fprintf(to, "%-13s %8s %9s %9s %10s %6s %10s  %-19s %s\n", "mode", "threads ", "time",
            "speed-up", "efficiency", "cores", "memory", against, "verdict");
    for (int i = 0; i < session->cell_count - 1; i++)
        print_row(session, analysis, i, to);

    char label[TGI_AB_RUN_LABEL], ratio[64], trust[128], headline[512];
    tgi_ab_cell_label(&session->cells[session->reference], label, sizeof label);
    tgi_ab_format_ratio(analysis->control, 3, ratio, sizeof ratio);
    tgi_ab_format_trust(analysis, trust, sizeof trust);
    fprintf(to, "\nA/A control (%s, against itself): %s\n  trust: %s\n", label, ratio, trust);
    for (int i = 0; i < session->options->mode_count && !quiet; i++) {
        char scaling[512];
        tgi_ab_format_scaling(session, analysis, i, scaling, sizeof scaling);
        if (scaling[0] != '\0')
            fprintf(to, "%s%s\n", i == 0 ? "Scaling\n  " : "  ", scaling);
    }
    if (!quiet)
        tgi_ab_notes(session, analysis, end, print_note, to);
    if (session->outputs.differing > 0 && !quiet)
        tgi_ab_outputs_print_difference(&session->outputs, to);
    tgi_ab_headline(session, analysis, headline, sizeof headline);
    if (headline[0] != '\0')
        fprintf(to, "\n%s\n", headline);
}
