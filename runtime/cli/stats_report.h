// SPDX-License-Identifier: MIT
//
// stats_report.h - what --stats prints when a script has ended. The code is in stats_report.c.
#ifndef TGI_CLI_STATS_REPORT_H
#define TGI_CLI_STATS_REPORT_H

#include <stdbool.h> // bool
#include <stdio.h>   // FILE

#include <togil/togil.h> // tg_thread

typedef struct tgi_stats_report {
    bool text;         // to standard error
    FILE *json;        // may be NULL
    const char *path;  // of json, for messages
    bool write_failed; // set when json could not be written
} tgi_stats_report;

// Opens path for the JSON form, before the script runs. 0, or -1 with errno.
int tgi_stats_report_open(tgi_stats_report *report, const char *path);

// Writes the figures of t's runtime: text, JSON, or both. A tg_config.at_end; arg is the report.
// Closes the file.
void tgi_stats_report_write(tg_thread *t, void *arg);

#endif
