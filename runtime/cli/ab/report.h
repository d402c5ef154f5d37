// SPDX-License-Identifier: MIT
//
// report.h - the result as text for people. Written in report.c.
#ifndef TGI_CLI_AB_REPORT_H
#define TGI_CLI_AB_REPORT_H

#include <stddef.h> // size_t
#include <stdio.h>  // FILE

#include "cli/ab/analysis.h" // tgi_ab_analysis

// Everything: heading, table, control, notes, headline.
void tgi_ab_report_print(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                         tgi_ab_end end, FILE *to);

// The one sentence that answers the question; empty if these modes and threads do not ask it.
void tgi_ab_headline(const tgi_ab_session *session, const tgi_ab_analysis *analysis, char *out,
                     size_t size);

// What may make this measurement worse than it looks. Calls note once per sentence.
void tgi_ab_notes(const tgi_ab_session *session, const tgi_ab_analysis *analysis, tgi_ab_end end,
                  void (*note)(void *context, const char *sentence), void *context);

// "1.234 s", "12.3 ms"
void tgi_ab_format_time(double seconds, char *out, size_t size);

// "1.93x [1.90, 1.96]"
void tgi_ab_format_ratio(tgi_ab_interval ratio, int decimals, char *out, size_t size);

// "faster", "undecided (about 12 more blocks)", "reference"
void tgi_ab_format_verdict(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int cell,
                           char *out, size_t size);

// How a mode scales, and how far that may be continued; empty when the law was not fitted for want
// of thread counts or blocks. `mode` is an index into the modes of the options.
void tgi_ab_format_scaling(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int mode,
                           char *out, size_t size);

// What the control says about the measurement: "good", "noisy: ..."
void tgi_ab_format_trust(const tgi_ab_analysis *analysis, char *out, size_t size);

#endif
