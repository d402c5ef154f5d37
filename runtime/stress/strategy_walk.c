// SPDX-License-Identifier: MIT
//
// strategy_walk.c - random walks: every task with the same chance; or mostly the one that runs; or
// no walk at all.
#include "stress/strategy.h"

static void begin(tgi_engine *e)
{
    (void)e;
}

static uint32_t pick_random(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n,
                            uint32_t usual)
{
    (void)self;
    (void)enabled;
    (void)usual;
    return (uint32_t)tgi_random_below(&e->random, n);
}

// sticky:N leaves the default order at one point in N (16 if not given).
static uint32_t pick_sticky(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n,
                            uint32_t usual)
{
    uint64_t bound = e->depth > 0 ? (uint64_t)e->depth : 16;
    if (tgi_random_below(&e->random, bound) != 0)
        return usual;
    return pick_random(e, self, enabled, n, usual);
}

static uint32_t pick_usual(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n,
                           uint32_t usual)
{
    (void)e;
    (void)self;
    (void)enabled;
    (void)n;
    return usual;
}

const tgi_strategy tgi_strategy_random = {.name = "random", .begin = begin, .pick = pick_random};
const tgi_strategy tgi_strategy_sticky = {.name = "sticky", .begin = begin, .pick = pick_sticky};
const tgi_strategy tgi_strategy_none = {.name = "none", .begin = begin, .pick = pick_usual};
