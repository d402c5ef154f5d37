// SPDX-License-Identifier: MIT
//
// strategy_directed.c - a run towards a deadlock that the order of locks allows.
//
// Method      Who holds its lock of the ring and is about to take the next one stands still until
//             nobody else can go on. The others are picked at random.
// Sources     Joshi, Park, Sen, Naik, "A Randomized Dynamic Program Analysis Technique for
//             Detecting Real Deadlocks", 2009 (docs/papers.md).
#include "stress/strategy.h"

static void begin(tgi_engine *e)
{
    (void)e;
}

static bool stands_in_ring(const tgi_engine *e, const tgi_task *task)
{
    if (task->op.kind != TGI_OPK_ACQUIRE)
        return false;
    for (uint32_t i = 0; i < e->aim->count; i++) {
        const tgi_lock_cycle_side *side = &e->aim->sides[i];
        if (task->wants == side->wants && tgi_races_holds(e->races, task->index, side->holds))
            return true;
    }
    return false;
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    (void)self;
    (void)usual;
    uint32_t free_count = 0, last = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (stands_in_ring(e, enabled[i]))
            continue;
        free_count++;
        // Each of those that came so far with the same chance.
        if (tgi_random_below(&e->random, free_count) == 0)
            last = i;
    }
    return free_count > 0 ? last : (uint32_t)tgi_random_below(&e->random, n);
}

const tgi_strategy tgi_strategy_directed = {.name = "directed", .begin = begin, .pick = pick};
