// SPDX-License-Identifier: MIT
//
// schedule_file.h - a schedule with what is needed to follow it, as a file. schedule_file.c.
#ifndef TGI_CLI_STRESS_SCHEDULE_FILE_H
#define TGI_CLI_STRESS_SCHEDULE_FILE_H

#include "cli/source.h"         // tgi_source
#include "cli/stress/results.h" // tgi_stress_failure

typedef struct tgi_schedule_file {
    tg_stress_points points;
    const tg_mode *mode; // NULL: the default
    bool adversarial;
    uint32_t max_steps;
    uint64_t source;    // the text of the script
    uint64_t hash;      // all that the run did
    uint64_t signature; // its failure
    uint64_t likeness;  // its failure, in another version of the script; 0: an old file
    char *anchors;      // owned; tg_stress_anchors; NULL: an old file
    char *schedule;     // owned
    char *test;         // owned; NULL: of the script itself, or an old file, which does not say it
} tgi_schedule_file;

// Whether the argument of --replay names a file: schedules have no dot and no slash.
bool tgi_schedule_is_file(const char *text);

uint64_t tgi_schedule_source_hash(const tgi_source *source);

// What a failure is, whatever the numbers of lines and the texts of them. Never 0.
uint64_t tgi_schedule_likeness(tg_stress_kind kind, const char *text);

// The first failure of s. False after a message.
bool tgi_schedule_file_write(const char *path, const tgi_stress_options *options,
                             const tgi_source *source, const tgi_stress_session *s);
bool tgi_schedule_file_read(const char *path, tgi_schedule_file *out);
// The same without a message; false: there is nothing to free.
bool tgi_schedule_file_parse(FILE *from, tgi_schedule_file *out);
void tgi_schedule_file_free(tgi_schedule_file *file);

#endif
