// SPDX-License-Identifier: MIT
//
// strategy.h - who goes on at a point. Layer stress. Strategies by name: strategy.c.
#ifndef TGI_STRESS_STRATEGY_H
#define TGI_STRESS_STRATEGY_H

#include "stress/engine.h" // tgi_engine, tgi_task

typedef struct tgi_strategy {
    const char *name;
    void (*begin)(tgi_engine *e); // of a run: there is no task yet
    // A task was made; may be NULL.
    void (*born)(tgi_engine *e, tgi_task *task);
    // A task comes to a point, or has ended; done: the step it did last counted. May be NULL.
    void (*stepped)(tgi_engine *e, tgi_task *self, bool done);
    // One of enabled[0, n), n > 1: its place. `usual` is the default order's. `self` is the task
    // that came to the point; it may have to wait.
    uint32_t (*pick)(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual);
} tgi_strategy;

// NULL if there is none of that name. A name may carry a number, as in pct:3: *depth; 0 if not.
const tgi_strategy *tgi_strategy_find(const char *name, int *depth);
// All of them, NULL behind the last.
const tgi_strategy *tgi_strategy_at(size_t i);

extern const tgi_strategy tgi_strategy_portfolio, tgi_strategy_random, tgi_strategy_sticky,
    tgi_strategy_none, tgi_strategy_pct, tgi_strategy_pos, tgi_strategy_urw, tgi_strategy_surw,
    tgi_strategy_exhaustive, tgi_strategy_pb, tgi_strategy_db, tgi_strategy_dpor;

// Among how many steps a run of pct chooses where priorities change, once the first are done.
uint32_t tgi_pct_steps(tgi_engine *e);

// Whether the engine's strategy is a systematic one: engine.search is made then. False: no memory.
bool tgi_strategy_open_search(tgi_engine *e);

// Not by name: towards the ring of locks engine.aim.
extern const tgi_strategy tgi_strategy_directed;

#endif
