// SPDX-License-Identifier: MIT
//
// shard.h - which part of the runs this machine does. shard.c.
#ifndef TGI_CLI_STRESS_SHARD_H
#define TGI_CLI_STRESS_SHARD_H

#include "cli/stress/options.h" // tgi_stress_shard

// Note [blocks]
// Runs are dealt out in blocks of TG_STRESS_BLOCK: shard I of N has the blocks I - 1, I - 1 + N,
// and so on. The first block teaches later runs which accesses matter, so every process does it; it
// is counted by the one that it belongs to.

// The first run of block k of those of the shard; UINT64_MAX: there are not so many numbers.
uint64_t tgi_shard_block(const tgi_stress_shard *shard, uint64_t k);

// "2/8", or "auto/8" with the index from the environment. False after a message.
bool tgi_shard_parse(const char *text, tgi_stress_shard *out);
// What the job engine says that started this process; 0/0: nothing. False after a message.
bool tgi_shard_from_environment(tgi_stress_shard *out);
// Tells Bazel that its request was understood. False after a message.
bool tgi_shard_acknowledge(void);

#endif
