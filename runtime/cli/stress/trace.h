// SPDX-License-Identifier: MIT
//
// trace.h - the trace of a run in columns, one per thread. trace.c.
#ifndef TGI_CLI_STRESS_TRACE_H
#define TGI_CLI_STRESS_TRACE_H

#include "cli/source.h" // tgi_source

#include <togil/togil.h> // tg_stress

#include <stdio.h> // FILE

// The steps of the last run of s that concern more than one thread.
void tgi_stress_print_trace(FILE *to, tg_stress *s, const tgi_source *source);

// A line of the script without the white space around it, of *n bytes; 0 for other files.
const char *tgi_stress_source_line(const tgi_source *source, const char *file, uint32_t number,
                                   size_t *n);

#endif
