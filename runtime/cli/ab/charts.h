// SPDX-License-Identifier: MIT
//
// charts.h - the pictures of the report, each a whole <svg>. Drawn in charts.c.
#ifndef TGI_CLI_AB_CHARTS_H
#define TGI_CLI_AB_CHARTS_H

#include <stdio.h> // FILE

#include "cli/ab/analysis.h" // tgi_ab_analysis

// Speed against the reference over the number of threads, a line per mode.
void tgi_ab_chart_speed(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to);

// Speed against the base mode with the same threads, a row per cell, the control first.
void tgi_ab_chart_forest(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to);

// Every run as a dot over time, a strip per cell: drift and disturbances.
void tgi_ab_chart_runs(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to);

#endif
