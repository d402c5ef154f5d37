// SPDX-License-Identifier: MIT
//
// options.h - the command line of `togil stress`. options.c.
#ifndef TGI_CLI_STRESS_OPTIONS_H
#define TGI_CLI_STRESS_OPTIONS_H

#include "cli/options.h" // tgi_options: the script

#include <togil/togil.h> // tg_stress_points

typedef struct tgi_stress_shard {
    uint64_t index, count; // from 1; 0 of 0: all runs
} tgi_stress_shard;

typedef struct tgi_stress_options {
    tgi_options script; // which script, in which mode
    tg_stress_points points;
    const char *strategy; // NULL: the default
    uint64_t seed;
    bool seed_given;
    uint64_t runs;
    uint64_t jobs; // -j: processes; 0: one
    tgi_stress_shard shard;
    bool shard_given;
    const char *test;   // --test; NULL: all there are
    const char *digest; // --digest: file; NULL: none
    bool merge;         // --merge: `script.args` are documents
    bool one_run;       // --run
    uint64_t run;       // the number of it
    double seconds;     // --time-budget; 0: none
    double patience;    // --patience: seconds; 0: for ever
    bool adversarial;   // --time=adversarial
    bool os_threads;    // --engine=threads
    bool diff_gil;      // --diff-gil
    uint32_t max_steps; // 0: the default
    const char *replay; // a schedule as text, or a file with one
    const char *save;   // file for the schedule of the first failure; NULL: none
    bool points_given;
    const char *json;  // file, "-": standard output; NULL: none
    const char *junit; // the same
    const char *perfetto;
    bool keep_going; // --stop=never
    bool no_races;   // --race=off
    bool races_fail; // --race=fail
    bool help;
} tgi_stress_options;

enum { TGI_STRESS_MOST_JOBS = 1024 };

// False after a message.
bool tgi_stress_options_parse(int argc, char **argv, tgi_stress_options *out);

#endif
