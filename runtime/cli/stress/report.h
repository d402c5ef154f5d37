// SPDX-License-Identifier: MIT
//
// report.h - what `togil stress` prints. report.c, help.c.
#ifndef TGI_CLI_STRESS_REPORT_H
#define TGI_CLI_STRESS_REPORT_H

#include "cli/source.h"         // tgi_source
#include "cli/stress/options.h" // tgi_stress_options

#include <stdio.h> // FILE

void tgi_stress_help(FILE *to);

const char *tgi_stress_kind_name(tg_stress_kind kind);
const char *tgi_stress_points_name(tg_stress_points points);

// The failure of the last run of s, and how to see it again: run `run` of the seed, or only the
// schedule with run < 0.
void tgi_stress_report_failure(FILE *to, const tgi_stress_options *options, tg_stress *s,
                               const tgi_source *source, int64_t run,
                               const tg_stress_result *result);

#endif
