// SPDX-License-Identifier: MIT
//
// session.c - plans a measurement and carries it out. See Note [blocks].
//
// Owns        the runs and their facts.
// Threads     one; children run one at a time, or they would disturb each other.
// Invariants  B1  runs[0 .. blocks_done) are complete: every cell of the block succeeded.
//             B2  The order of block k depends on the seed and k alone.
// Rejected    stopping when a difference becomes significant: it finds differences that are not
//             there. Blocks end by number or by time only.
#include "cli/ab/session.h"

#include <math.h>   // fmin, fmax
#include <stdio.h>  // fprintf
#include <stdlib.h> // calloc
#include <string.h> // strncmp
#include <time.h>   // clock_gettime
#include <unistd.h> // environ

#include "cli/ab/progress.h" // tgi_ab_progress
#include "cli/ab/rng.h"      // tgi_ab_rng
#include "cli/ab/stats.h"    // TGI_AB_MAX_BLOCKS

#define MAX_PAD 4096

typedef struct runner {
    tgi_ab_session *session;
    const tgi_ab_signals *signals;
    tgi_ab_progress progress;
    tgi_ab_rng pads;
    char **environment; // owned array; the last entry is `pad`
    char pad[MAX_PAD + 32];
    enum { UNSEEN, AGREES, DIFFERS } output[TGI_AB_MAX_CELLS]; // in this block
} runner;

void tgi_ab_cell_label(const tgi_ab_cell *cell, char *out, size_t size)
{
    snprintf(out, size, "%s, %d thread%s%s", cell->mode->name, cell->threads,
             cell->threads == 1 ? "" : "s", cell->again ? " (again)" : "");
}

void tgi_ab_session_plan(tgi_ab_session *session)
{
    const tgi_ab_options *options = session->options;
    const tgi_ab_mode *classic = &tgi_ab_modes[0];
    session->base = options->modes[0];
    for (int i = 0; i < options->mode_count; i++) {
        if (options->modes[i] == classic)
            session->base = classic;
    }
    session->cell_count = 0;
    for (int i = 0; i < options->mode_count; i++) {
        for (int k = 0; k < options->thread_counts; k++) {
            if (options->modes[i] == session->base && k == 0)
                session->reference = session->cell_count;
            session->cells[session->cell_count++] =
                (tgi_ab_cell){options->modes[i], options->threads[k], false};
        }
    }
    tgi_ab_cell control = session->cells[session->reference];
    control.again = true;
    session->cells[session->cell_count++] = control;
}

void tgi_ab_session_order(const tgi_ab_session *session, int block, bool warmup, int *order)
{
    for (int i = 0; i < session->cell_count; i++)
        order[i] = i;
    if (warmup && block == 0)
        return;
    tgi_ab_rng rng;
    uint64_t stream = 2 * (uint64_t)block + warmup;
    rng_seed(&rng, session->seed ^ (stream * UINT64_C(0xd1342543de82ef95)));
    for (int i = session->cell_count - 1; i > 0; i--) {
        int other = (int)rng_below(&rng, (uint32_t)i + 1);
        int moved = order[i];
        order[i] = order[other];
        order[other] = moved;
    }
}

static bool is_variable(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

// The environment of the children: ours without what would choose a mode, plus room for the pad.
// See Note [pad].
static bool make_environment(runner *r)
{
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    r->environment = calloc(count + 2, sizeof r->environment[0]);
    if (r->environment == NULL)
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_variable(environ[i], "TOGIL_MODE") && !is_variable(environ[i], "TOGIL_AB_PAD") &&
            !is_variable(environ[i], "TOGIL_AB_REPORT"))
            r->environment[kept++] = environ[i];
    }
    r->environment[kept] = r->pad;
    return true;
}

// Note [pad]. The size of the environment shifts the stack, and with it what falls into the same
// cache lines: a constant one would be an accident that all runs share (Mytkowicz, Diwan,
// Hauswirth, Sweeney, ASPLOS 2009). A variable of random length makes it part of the noise.
static void change_pad(runner *r)
{
    static const char name[] = "TOGIL_AB_PAD=";
    memcpy(r->pad, name, sizeof name - 1);
    size_t length = 1 + rng_below(&r->pads, MAX_PAD);
    memset(r->pad + sizeof name - 1, 'x', length);
    r->pad[sizeof name - 1 + length] = '\0';
}

// argv for one cell; NULL without memory. Free with free_arguments.
static char **make_arguments(const tgi_ab_session *session, const tgi_ab_cell *cell)
{
    const tgi_ab_options *options = session->options;
    const char *fixed[] = {session->self_exe, "run", "--mode", cell->mode->name};
    size_t fixed_count = sizeof fixed / sizeof fixed[0];
    char **argv = calloc(fixed_count + (size_t)options->script_argc + 1, sizeof argv[0]);
    if (argv == NULL)
        return NULL;
    bool ok = true;
    size_t at = 0;
    for (size_t i = 0; i < fixed_count && ok; i++)
        ok = (argv[at++] = strdup(fixed[i])) != NULL;
    for (int i = 0; i < options->script_argc && ok; i++) {
        // The script's own name is never a place for a number.
        argv[at] = i == 0 ? strdup(options->script[0])
                          : tgi_ab_fill_placeholder(options->script[i], cell->threads);
        ok = argv[at++] != NULL;
    }
    if (ok)
        return argv;
    for (size_t i = 0; i < at; i++)
        free(argv[i]);
    free(argv);
    return NULL;
}

static void free_arguments(char **argv)
{
    for (size_t i = 0; argv[i] != NULL; i++)
        free(argv[i]);
    free(argv);
}

// The last lines a failed child wrote to standard error.
static void print_error_tail(const tgi_ab_child *child)
{
    const char *start = child->error_tail;
    const char *end = start + child->error_tail_length;
    if (start == end) {
        fprintf(stderr, "  (it wrote nothing to standard error)\n");
        return;
    }
    if (end[-1] == '\n')
        end--;
    const char *from = end;
    for (int lines = 0; from > start; from--) {
        if (from[-1] == '\n' && ++lines == 12)
            break;
    }
    fprintf(stderr, "  the end of its standard error:\n");
    while (from < end) {
        const char *newline = memchr(from, '\n', (size_t)(end - from));
        const char *stop = newline != NULL ? newline : end;
        fprintf(stderr, "    %.*s\n", (int)(stop - from), from);
        from = stop + 1;
    }
}

static void report_failure(const tgi_ab_cell *cell, char *const *argv, const tgi_ab_child *child)
{
    char label[TGI_AB_RUN_LABEL];
    char what[160];
    tgi_ab_cell_label(cell, label, sizeof label);
    tgi_ab_child_describe(child, what, sizeof what);
    fprintf(stderr, "togil ab: the program failed in %s: %s\n  command:", label, what);
    for (size_t i = 0; argv[i] != NULL; i++)
        fprintf(stderr, " %s", argv[i]);
    fputc('\n', stderr);
    if (child->outcome != TGI_AB_NOT_STARTED)
        print_error_tail(child);
}

static void keep_run(const tgi_ab_child *child, double at, int slot, tgi_ab_run *out)
{
    *out = (tgi_ab_run){
        .slot = slot,
        .at = at,
        .wall = child->wall,
        .region = tgi_ab_child_fact(child, TGI_AB_FACT_REGION, 0),
        .user = child->user,
        .sys = child->sys,
        .max_rss = child->max_rss,
        .load = tgi_ab_machine_load(),
        .voluntary_switches = child->voluntary_switches,
        .involuntary_switches = child->involuntary_switches,
    };
    if (out->region < 0)
        out->region = 0;
    if (child->fact_count == 0)
        return;
    size_t size = (size_t)child->fact_count * sizeof child->facts[0];
    out->facts = malloc(size);
    if (out->facts != NULL) {
        memcpy(out->facts, child->facts, size);
        out->fact_count = child->fact_count;
    }
}

static tgi_ab_end run_cell(runner *r, int block, bool warmup, int slot, int cell_index)
{
    tgi_ab_session *session = r->session;
    const tgi_ab_cell *cell = &session->cells[cell_index];
    char **argv = make_arguments(session, cell);
    if (argv == NULL) {
        fprintf(stderr, "togil ab: out of memory\n");
        return TGI_AB_FAILED;
    }
    tgi_ab_progress_before_run(&r->progress, session, block, warmup, slot, cell);
    change_pad(r);
    double at = tgi_ab_now() - session->began;
    tgi_ab_child child;
    tgi_ab_child_run(argv, r->environment, session->options->timeout, r->signals, &child);

    tgi_ab_end end = TGI_AB_COMPLETE;
    if (child.outcome == TGI_AB_INTERRUPTED || tgi_ab_stop_signal() != 0) {
        end = TGI_AB_STOPPED;
    } else if (!tgi_ab_child_succeeded(&child)) {
        tgi_ab_progress_clear(&r->progress);
        report_failure(cell, argv, &child);
        end = TGI_AB_FAILED;
    } else {
        char label[TGI_AB_RUN_LABEL];
        char full[TGI_AB_RUN_LABEL + 32];
        bool no_memory;
        tgi_ab_cell_label(cell, label, sizeof label);
        snprintf(full, sizeof full, "%s, %s %d", label, warmup ? "warm-up" : "block", block + 1);
        bool agrees = tgi_ab_outputs_add(&session->outputs, full, child.output, child.output_length,
                                         &no_memory);
        r->output[cell_index] = agrees ? AGREES : DIFFERS;
        if (no_memory) {
            tgi_ab_progress_clear(&r->progress);
            fprintf(stderr, "togil ab: out of memory\n");
            end = TGI_AB_FAILED;
        }
        tgi_ab_run run;
        keep_run(&child, at, slot, &run);
        tgi_ab_progress_after_run(&r->progress, session, block, warmup, cell, &run);
        if (warmup) {
            free(run.facts);
        } else {
            tgi_ab_run *kept = &session->runs[block * session->cell_count + cell_index];
            free(kept->facts);
            *kept = run;
        }
    }
    tgi_ab_child_free(&child);
    free_arguments(argv);
    return end;
}

static void print_cells(const runner *r, int output, const char *what)
{
    for (int i = 0; i < r->session->cell_count; i++) {
        char label[TGI_AB_RUN_LABEL];
        if ((int)r->output[i] != output)
            continue;
        tgi_ab_cell_label(&r->session->cells[i], label, sizeof label);
        fprintf(stderr, "    %-32s %s\n", label, what);
    }
}

// The block is finished before a difference is reported, so that it says which cells differ.
static tgi_ab_end report_differences(runner *r)
{
    const tgi_ab_session *session = r->session;
    tgi_ab_progress_clear(&r->progress);
    fprintf(stderr, "togil ab: the program did not print the same in every run\n");
    tgi_ab_outputs_print_difference(&session->outputs, stderr);
    print_cells(r, DIFFERS, "differs from the first output");
    print_cells(r, AGREES, "agrees with it");
    fprintf(stderr, "  If it may print different things, use --racy, or say so in the program: "
                    "see togil ab --help\n");
    return TGI_AB_DIFFERENT;
}

static tgi_ab_end run_block(runner *r, int block, bool warmup)
{
    tgi_ab_session *session = r->session;
    int order[TGI_AB_MAX_CELLS];
    tgi_ab_session_order(session, block, warmup, order);
    memset(r->output, 0, sizeof r->output);
    bool racy = session->options->racy || session->outputs.markers.racy;
    bool different = false;
    for (int slot = 0; slot < session->cell_count; slot++) {
        tgi_ab_end end = run_cell(r, block, warmup, slot, order[slot]);
        different = different || (!racy && r->output[order[slot]] == DIFFERS);
        if (end == TGI_AB_FAILED && different)
            report_differences(r);
        if (end != TGI_AB_COMPLETE)
            return end;
    }
    if (different)
        return report_differences(r);
    if (warmup)
        session->warmups_done++;
    else
        session->blocks_done++;
    return TGI_AB_COMPLETE;
}

bool tgi_ab_time_is_up(const tgi_ab_options *options, int block, double spent)
{
    return options->max_time > 0 && spent > options->max_time && block >= options->least_blocks;
}

double tgi_ab_time_left(const tgi_ab_session *session, int runs, double spent)
{
    const tgi_ab_options *options = session->options;
    double per_run = spent / runs;
    int all = (options->warmup + options->blocks) * session->cell_count;
    int least = (options->warmup + options->least_blocks) * session->cell_count;
    double left = per_run * (all - runs);
    if (options->max_time > 0)
        left = fmin(left, fmax(options->max_time - spent, per_run * (least - runs)));
    return fmax(left, 0);
}

static tgi_ab_end run_blocks(runner *r)
{
    tgi_ab_session *session = r->session;
    const tgi_ab_options *options = session->options;
    for (int i = 0; i < options->warmup + options->blocks; i++) {
        bool warmup = i < options->warmup;
        int block = warmup ? i : i - options->warmup;
        if (!warmup && tgi_ab_time_is_up(options, block, tgi_ab_now() - session->began))
            return TGI_AB_OUT_OF_TIME;
        tgi_ab_end end = run_block(r, block, warmup);
        if (end != TGI_AB_COMPLETE)
            return end;
    }
    return TGI_AB_COMPLETE;
}

tgi_ab_end tgi_ab_session_run(tgi_ab_session *session, const tgi_ab_signals *signals)
{
    runner *r = calloc(1, sizeof *r);
    size_t runs = (size_t)session->options->blocks * (size_t)session->cell_count;
    session->runs = calloc(runs, sizeof session->runs[0]);
    tgi_ab_end end = TGI_AB_FAILED;
    if (r != NULL)
        *r = (runner){.session = session, .signals = signals};
    if (r != NULL && session->runs != NULL && make_environment(r)) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        session->began_epoch = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
        session->began = tgi_ab_now();
        rng_seed(&r->pads, ~session->seed);
        tgi_ab_progress_begin(&r->progress, session->options);
        end = run_blocks(r);
        tgi_ab_progress_clear(&r->progress);
        session->elapsed = tgi_ab_now() - session->began;
        session->throttled = tgi_ab_machine_throttled("") - session->machine.throttled;
    } else {
        fprintf(stderr, "togil ab: out of memory\n");
    }
    if (r != NULL)
        free(r->environment);
    free(r);
    return end;
}

void tgi_ab_session_free(tgi_ab_session *session)
{
    size_t runs = (size_t)session->options->blocks * (size_t)session->cell_count;
    for (size_t i = 0; session->runs != NULL && i < runs; i++)
        free(session->runs[i].facts);
    free(session->runs);
    session->runs = NULL;
    tgi_ab_outputs_free(&session->outputs);
}
