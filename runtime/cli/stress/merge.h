// SPDX-License-Identifier: MIT
//
// merge.h - what several machines have found, as if one had found it. merge.c.
#ifndef TGI_CLI_STRESS_MERGE_H
#define TGI_CLI_STRESS_MERGE_H

#include "cli/stress/session.h" // tgi_session

typedef struct tgi_merge tgi_merge;

// Reads documents that --json wrote, one of every shard, and sets the options that they agree on.
// NULL after a message. What is in the options lives as long as the merge.
tgi_merge *tgi_merge_open(char **paths, int count, tgi_stress_options *options);
void tgi_merge_close(tgi_merge *m);
// The same script as then? False after a message.
bool tgi_merge_fits(const tgi_merge *m, const tgi_source *source);
// Policy i of the documents; false: there are no more.
bool tgi_merge_policy(const tgi_merge *m, size_t i, tg_stress_points *out);
// `found` gets what the machines have found under its policy, failures in the order of their runs.
// False without memory.
bool tgi_merge_take(const tgi_merge *m, tgi_stress_session *found);

#endif
