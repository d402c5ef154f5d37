// SPDX-License-Identifier: MIT
//
// stress_runs.h - what the public functions of the stress tester share. Layer api. stress.c.
#ifndef TGI_API_STRESS_RUNS_H
#define TGI_API_STRESS_RUNS_H

#include <togil/stress.h>

#include "gate/gate.h"     // core
#include "stress/engine.h" // runs

struct tg_stress {
    tg_thread *t;
    const tgi_core *core;
    void *script;
    tgi_engine *engine;
    bool primed;
    uint32_t since_collection; // runs
    int64_t collector;         // whether it was on before
    uint64_t learnt;           // runs
    char *schedule;            // of the last run, as text
    tgi_schedule forced;
};

// One run that follows s->forced.
void tgi_stress_follow(tg_stress *s, bool trace);
// What the last run did.
void tgi_stress_fill(tg_stress *s, tg_stress_result *out);

#endif
