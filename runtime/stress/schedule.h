// SPDX-License-Identifier: MIT
//
// schedule.h - the decisions of a run. Layer stress. schedule.c.
//
// The default order: whoever runs goes on until it has to wait; then the next task that can, in
// order of creation, goes on. A schedule lists where a run left that order: when task `from` came
// to its `arrival`-th point, `to` went on. Counted per task, an entry keeps its meaning when
// another one is taken out.
#ifndef TGI_STRESS_SCHEDULE_H
#define TGI_STRESS_SCHEDULE_H

#include "base/vec.h" // tgi_vec

#include <stdbool.h> // results
#include <stdint.h>  // numbers

typedef struct tgi_decision {
    uint32_t from, arrival, to;
} tgi_decision;

typedef tgi_vec(tgi_decision) tgi_schedule;

enum { TGI_SCHEDULE_MOST = 1 << 20 }; // decisions; a run with more of them cannot be followed

bool tgi_schedule_copy(tgi_schedule *to, const tgi_schedule *from);

// As text that survives a command line; malloc, NULL without memory.
char *tgi_schedule_encode(const tgi_schedule *s);
bool tgi_schedule_decode(const char *text, tgi_schedule *out);

#endif
