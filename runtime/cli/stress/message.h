// SPDX-License-Identifier: MIT
//
// message.h - what a process of `togil stress -j` has found, as bytes for its parent. message.c.
#ifndef TGI_CLI_STRESS_MESSAGE_H
#define TGI_CLI_STRESS_MESSAGE_H

#include "cli/stress/results.h" // tgi_stress_session

// Some blocks of runs, all done by one process.
typedef struct tgi_message_head {
    uint64_t bytes; // of all that follows
    uint64_t chunk;
    tgi_stress_sums sums;
    uint64_t seen, failures;
    int32_t code;       // TGI_STRESS_*: why it stopped; 0
    uint32_t last;      // it has no more to do
    uint32_t unwatched; // races_incomplete
} tgi_message_head;

// Writes all of it, waiting for the reader. False: the reader is gone.
bool tgi_message_send(int fd, uint64_t chunk, bool last, const tgi_stress_session *found);
// `found` gets what follows the head. False without memory.
bool tgi_message_read(const tgi_message_head *head, const char *bytes, tgi_stress_session *found);

#endif
