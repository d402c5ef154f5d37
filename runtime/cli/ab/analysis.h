// SPDX-License-Identifier: MIT
//
// analysis.h - from runs to results: what the table, the JSON and the report all show.
#ifndef TGI_CLI_AB_ANALYSIS_H
#define TGI_CLI_AB_ANALYSIS_H

#include <stdbool.h> // bool

#include "cli/ab/session.h" // tgi_ab_session
#include "cli/ab/stats.h"   // tgi_ab_interval
#include "cli/ab/usl.h"     // tgi_ab_usl

#define TGI_AB_MARGIN 0.02 // differences below this do not matter in practice

typedef struct tgi_ab_result {
    double median; // seconds of the figure
    double low_quartile;
    double high_quartile;
    double user; // medians
    double sys;
    double max_rss;
    double busy_cores;   // (user + sys) / wall of a run
    bool oversubscribed; // more threads than cores
    // All ratios are of speed: above 1 is faster than what is compared with.
    tgi_ab_interval speedup; // against the same mode with the fewest threads
    double efficiency;       // speed-up per thread added
    tgi_ab_interval versus;  // against the base mode with the same threads
    tgi_ab_interval overall; // against the base mode with the fewest threads
    tgi_ab_verdict verdict;  // of versus
    int more_blocks;         // that would decide it; 0 unknown
    double p;                // of versus, sign flips
    double p_holm;           // corrected for the number of cells in the table
} tgi_ab_result;

typedef enum tgi_ab_trust {
    TGI_AB_TRUST_UNKNOWN, // too few blocks
    TGI_AB_TRUST_GOOD,    // the control is equal to itself within the margin
    TGI_AB_TRUST_NOISY,   // equal as far as can be seen, which is not far enough
    TGI_AB_TRUST_BIASED,  // the control differs from itself
} tgi_ab_trust;

typedef struct tgi_ab_analysis {
    int blocks;
    bool region; // the figure is the reported region, otherwise the whole process
    tgi_ab_result results[TGI_AB_MAX_CELLS];
    tgi_ab_interval control; // the reference cell's copy against the reference cell
    tgi_ab_trust trust;
    double margin;                         // TGI_AB_MARGIN, or more if the control is off by more
    bool undecided;                        // some verdict is
    tgi_ab_usl scaling[TGI_AB_MODE_COUNT]; // of the modes in the order of the options
} tgi_ab_analysis;

// At least one block must be complete.
void tgi_ab_analyse(const tgi_ab_session *session, tgi_ab_analysis *out);

// The cell of a mode and a thread count, or -1.
int tgi_ab_find_cell(const tgi_ab_session *session, const tgi_ab_mode *mode, int threads);

// Speed of a cell against another one so far: the median over complete blocks.
double tgi_ab_speed_so_far(const tgi_ab_session *session, int cell, int against);

#endif
