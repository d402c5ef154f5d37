// SPDX-License-Identifier: MIT
//
// report.h - what `togil stress` prints. report.c, help.c.
#ifndef TGI_CLI_STRESS_REPORT_H
#define TGI_CLI_STRESS_REPORT_H

#include "cli/source.h"         // tgi_source
#include "cli/stress/options.h" // tgi_stress_options
#include "cli/stress/results.h" // tgi_stress_failure

#include <stdio.h> // FILE

void tgi_stress_help(FILE *to);

const char *tgi_stress_kind_name(tg_stress_kind kind);
const char *tgi_stress_points_name(tg_stress_points points);
const char *tgi_stress_severity_name(unsigned severity); // a tg_stress_severity

// The failure that the last run of s, which was traced, has shown, and how to see it again: by its
// run, if a run has found it, and by its schedule.
void tgi_stress_report_failure(FILE *to, const tgi_stress_options *options,
                               const tgi_stress_session *session, tg_stress *s,
                               const tgi_source *source, const tgi_stress_failure *f);

#endif
