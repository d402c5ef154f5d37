// SPDX-License-Identifier: MIT
//
// results_json.h - a measurement as JSON that pyperf 2.x can load. See results_json.c.
#ifndef TGI_CLI_AB_RESULTS_JSON_H
#define TGI_CLI_AB_RESULTS_JSON_H

#include <stdio.h> // FILE

#include "cli/ab/analysis.h" // tgi_ab_analysis

void tgi_ab_results_write_json(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                               tgi_ab_end end, FILE *to);

// "primes/nogil/threads=2": the name of a cell in files. script is a path.
void tgi_ab_benchmark_name(const tgi_ab_session *session, int cell, char *out, size_t size);

#endif
