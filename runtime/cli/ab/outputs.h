// SPDX-License-Identifier: MIT
//
// outputs.h - did every run print the same? What counts as the same is in outputs.c.
#ifndef TGI_CLI_AB_OUTPUTS_H
#define TGI_CLI_AB_OUTPUTS_H

#include <stdbool.h> // bool
#include <stddef.h>  // size_t
#include <stdint.h>  // uint64_t
#include <stdio.h>   // FILE

#define TGI_AB_MAX_IGNORED    16
#define TGI_AB_IGNORED_LENGTH 80
#define TGI_AB_MAX_DISTINCT   256
#define TGI_AB_RUN_LABEL      64

// What a program says about its own output, in comments of its source.
typedef struct tgi_ab_markers {
    bool racy;
    char ignored[TGI_AB_MAX_IGNORED][TGI_AB_IGNORED_LENGTH]; // line prefixes
    int ignored_count;
} tgi_ab_markers;

typedef struct tgi_ab_text {
    char *data; // owned
    size_t length;
    char label[TGI_AB_RUN_LABEL]; // which run printed it
} tgi_ab_text;

typedef struct tgi_ab_outputs {
    tgi_ab_markers markers;
    tgi_ab_text expected;                   // what the first run printed, without ignored lines
    tgi_ab_text other;                      // the first one that differs from it
    uint64_t distinct[TGI_AB_MAX_DISTINCT]; // hashes
    int distinct_count;                     // TGI_AB_MAX_DISTINCT: that many or more
    int runs;
    int differing;
} tgi_ab_outputs;

// Reads `# togil ab: racy` and `# togil ab: ignore PREFIX` from the lines of a source text.
void tgi_ab_markers_read(const char *source, size_t length, tgi_ab_markers *out);

// Takes the output of one run; returns whether it is the same as the first one. Without memory
// the run counts as equal and *no_memory is set.
bool tgi_ab_outputs_add(tgi_ab_outputs *outputs, const char *label, const char *text, size_t length,
                        bool *no_memory);

// Prints the first lines in which expected and other differ, each with its line number.
void tgi_ab_outputs_print_difference(const tgi_ab_outputs *outputs, FILE *to);

void tgi_ab_outputs_free(tgi_ab_outputs *outputs);

#endif
