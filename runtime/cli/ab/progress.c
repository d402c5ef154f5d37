// SPDX-License-Identifier: MIT
//
// progress.c - the live line on a terminal, or a line per run with --verbose. Everything goes to
// standard error, and only between two runs: a terminal that is busy drawing costs time.
#include "cli/ab/progress.h"

#include <stdio.h>     // fprintf
#include <string.h>    // strlen
#include <sys/ioctl.h> // TIOCGWINSZ
#include <unistd.h>    // isatty

#include "cli/ab/analysis.h" // tgi_ab_speed_so_far

void tgi_ab_progress_begin(tgi_ab_progress *progress, const tgi_ab_options *options)
{
    *progress = (tgi_ab_progress){
        .live = !options->quiet && !options->verbose && isatty(STDERR_FILENO) == 1,
        .lines = options->verbose,
    };
}

// What is left, from what the runs so far took on average.
static void format_remaining(const tgi_ab_session *session, int runs_done, char *out, size_t size)
{
    out[0] = '\0';
    if (runs_done == 0)
        return;
    double left = tgi_ab_time_left(session, runs_done, tgi_ab_now() - session->began);
    int seconds = (int)(left + 0.5);
    snprintf(out, size, ", %d:%02d left", seconds / 60, seconds % 60);
}

// The ratios a user waits for: every mode against the base with the most threads.
static void format_ratios(const tgi_ab_session *session, char *out, size_t size)
{
    const tgi_ab_options *options = session->options;
    out[0] = '\0';
    if (session->blocks_done == 0)
        return;
    int most = options->threads[options->thread_counts - 1];
    size_t at = 0;
    for (int i = 0; i < options->mode_count && at < size; i++) {
        if (options->modes[i] == session->base)
            continue;
        int cell = tgi_ab_find_cell(session, options->modes[i], most);
        int base = tgi_ab_find_cell(session, session->base, most);
        at += (size_t)snprintf(out + at, size - at, ", %s@%d %.2fx", options->modes[i]->name, most,
                               tgi_ab_speed_so_far(session, cell, base));
    }
    if (at < size)
        snprintf(out + at, size - at, ", A/A %.2fx",
                 tgi_ab_speed_so_far(session, session->cell_count - 1, session->reference));
}

void tgi_ab_progress_before_run(tgi_ab_progress *progress, const tgi_ab_session *session, int block,
                                bool warmup, int slot, const tgi_ab_cell *cell)
{
    if (!progress->live)
        return;
    char label[TGI_AB_RUN_LABEL];
    char remaining[32];
    char ratios[256];
    char text[512];
    int blocks_before = warmup ? block : session->options->warmup + block;
    tgi_ab_cell_label(cell, label, sizeof label);
    format_remaining(session, blocks_before * session->cell_count + slot, remaining,
                     sizeof remaining);
    format_ratios(session, ratios, sizeof ratios);
    snprintf(text, sizeof text, "%s %d/%d%s%s | %s", warmup ? "warm-up" : "block", block + 1,
             warmup ? session->options->warmup : session->options->blocks, remaining, ratios,
             label);
    struct winsize window = {.ws_col = 80};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col < 20)
        window.ws_col = 80;
    fprintf(stderr, "\r%.*s\033[K", window.ws_col - 1, text);
    fflush(stderr);
    progress->shown = true;
}

void tgi_ab_progress_after_run(tgi_ab_progress *progress, const tgi_ab_session *session, int block,
                               bool warmup, const tgi_ab_cell *cell, const tgi_ab_run *run)
{
    if (!progress->lines)
        return;
    char label[TGI_AB_RUN_LABEL];
    tgi_ab_cell_label(cell, label, sizeof label);
    fprintf(stderr, "%s %d/%d slot %d: %s: %.4f s, cpu %.4f s, %.1f MB\n",
            warmup ? "warm-up" : "block", block + 1,
            warmup ? session->options->warmup : session->options->blocks, run->slot, label,
            run->wall, run->user + run->sys, run->max_rss / 1e6);
}

void tgi_ab_progress_clear(tgi_ab_progress *progress)
{
    if (!progress->shown)
        return;
    fprintf(stderr, "\r\033[K");
    fflush(stderr);
    progress->shown = false;
}
