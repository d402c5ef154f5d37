// SPDX-License-Identifier: MIT
//
// progress.h - what is shown while runs are going on, on standard error. See progress.c.
#ifndef TGI_CLI_AB_PROGRESS_H
#define TGI_CLI_AB_PROGRESS_H

#include <stdbool.h> // bool

#include "cli/ab/session.h" // tgi_ab_session

typedef struct tgi_ab_progress {
    bool live;  // one line that is rewritten
    bool lines; // a line for every run
    bool shown; // the live line is on the screen
} tgi_ab_progress;

void tgi_ab_progress_begin(tgi_ab_progress *progress, const tgi_ab_options *options);

// Before a run starts: block counts from 0, in the warm-up or among the counted ones.
void tgi_ab_progress_before_run(tgi_ab_progress *progress, const tgi_ab_session *session, int block,
                                bool warmup, int slot, const tgi_ab_cell *cell);
void tgi_ab_progress_after_run(tgi_ab_progress *progress, const tgi_ab_session *session, int block,
                               bool warmup, const tgi_ab_cell *cell, const tgi_ab_run *run);

// Takes the live line off the screen, so that something else can be printed.
void tgi_ab_progress_clear(tgi_ab_progress *progress);

#endif
