// SPDX-License-Identifier: MIT
//
// session.h - one measurement: its cells, its blocks, its runs. Carried out in session.c.
#ifndef TGI_CLI_AB_SESSION_H
#define TGI_CLI_AB_SESSION_H

#include <stdbool.h> // bool
#include <stdint.h>  // uint64_t

#include "cli/ab/child.h"   // tgi_ab_child
#include "cli/ab/machine.h" // tgi_ab_machine
#include "cli/ab/options.h" // tgi_ab_options
#include "cli/ab/outputs.h" // tgi_ab_outputs

#define TGI_AB_MAX_CELLS (TGI_AB_MODE_COUNT * TGI_AB_MAX_THREAD_COUNTS + 1)

// A cell is what is compared: a mode with a number of threads.
typedef struct tgi_ab_cell {
    const tgi_ab_mode *mode;
    int threads;
    bool again; // the second copy of the reference cell: the A/A control
} tgi_ab_cell;

typedef struct tgi_ab_run {
    int slot;      // place in its block, 0 first
    double at;     // seconds since the session began
    double wall;   // whole process
    double region; // what the program reported as its timed region; 0 if it did not
    double user;
    double sys;
    double max_rss; // bytes
    double load;
    long voluntary_switches;
    long involuntary_switches;
    tgi_ab_fact *facts; // owned; NULL if none
    int fact_count;
} tgi_ab_run;

// Note [blocks]. Every block runs every cell once, in an order of its own, in fresh processes.
// Ratios are formed inside a block, so what changes slowly (heat, load, a neighbour) cancels, and
// the random order keeps what the place in a block does from favouring a cell. The warm-up blocks
// fill caches and find programs that fail; they are not counted.
typedef struct tgi_ab_session {
    const tgi_ab_options *options;
    const char *self_exe;
    tgi_ab_machine machine;
    tgi_ab_cell cells[TGI_AB_MAX_CELLS];
    int cell_count;          // the A/A control is the last one
    int reference;           // the cell that the control repeats
    const tgi_ab_mode *base; // the mode that others are compared with
    uint64_t seed;
    tgi_ab_run *runs; // blocks x cells
    int blocks_done;  // complete and counted
    int warmups_done;
    tgi_ab_outputs outputs;
    double began;        // monotonic
    int64_t began_epoch; // microseconds since 1970
    double elapsed;
    double throttled; // periods during the session
} tgi_ab_session;

typedef enum tgi_ab_end {
    TGI_AB_COMPLETE,
    TGI_AB_OUT_OF_TIME, // --max-time
    TGI_AB_STOPPED,     // a signal
    TGI_AB_DIFFERENT,   // outputs differ
    TGI_AB_FAILED,      // a run failed; reported already
} tgi_ab_end;

// Fills cells from the options. The order is the table's: modes as listed, threads ascending.
void tgi_ab_session_plan(tgi_ab_session *session);

// The order of the cells in a block: order[slot] = cell. Block 0 of the warm-up has the order of
// the table. Depends on the seed and the block only.
void tgi_ab_session_order(const tgi_ab_session *session, int block, bool warmup, int *order);

// Whether to stop before this counted block, after so many seconds. See Note [time].
bool tgi_ab_time_is_up(const tgi_ab_options *options, int block, double spent);

// Seconds that are left when `runs` runs (warm-up included) have taken `spent`.
double tgi_ab_time_left(const tgi_ab_session *session, int runs, double spent);

// Runs the blocks, shows progress, prints what went wrong to standard error.
tgi_ab_end tgi_ab_session_run(tgi_ab_session *session, const tgi_ab_signals *signals);

void tgi_ab_session_free(tgi_ab_session *session);

static inline const tgi_ab_run *tgi_ab_run_of(const tgi_ab_session *session, int block, int cell)
{
    return &session->runs[block * session->cell_count + cell];
}

// "nogil, 2 threads"
void tgi_ab_cell_label(const tgi_ab_cell *cell, char *out, size_t size);

#endif
