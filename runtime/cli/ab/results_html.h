// SPDX-License-Identifier: MIT
//
// results_html.h - a measurement as one HTML file without dependencies. See results_html.c.
#ifndef TGI_CLI_AB_RESULTS_HTML_H
#define TGI_CLI_AB_RESULTS_HTML_H

#include <stdio.h> // FILE

#include "cli/ab/analysis.h" // tgi_ab_analysis

void tgi_ab_results_write_html(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                               tgi_ab_end end, FILE *to);

#endif
