// SPDX-License-Identifier: MIT
//
// stress.h - `togil stress`. stress.c.
#ifndef TGI_CLI_STRESS_STRESS_H
#define TGI_CLI_STRESS_STRESS_H

#include "cli/source.h" // tgi_source

#include <stdbool.h> // results

// argv[0] is "stress". The exit code of the process.
int tgi_stress_main(int argc, char **argv);

struct tgi_stress_results;
// What was found, to all files that were asked for. False after a message.
bool tgi_stress_write_files(const struct tgi_stress_results *results, const tgi_source *source);

// What `togil stress` ends with; docs/stress.md.
enum {
    TGI_STRESS_CLEAN = 0,
    TGI_STRESS_FOUND = 1,
    TGI_STRESS_USAGE = 2,
    TGI_STRESS_DIFFERS = 3, // a replay did not do what was recorded
    TGI_STRESS_BROKEN = 4,  // the tester itself failed
    TGI_STRESS_STALLED = 6, // a thread waits for something that the tester does not control
    TGI_STRESS_INTERRUPTED = 130,
};

#endif
