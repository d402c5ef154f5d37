// SPDX-License-Identifier: MIT
//
// strategy_urw.c - a walk in which every interleaving has the same chance: a task goes on with a
// probability that grows with the number of steps it still has before it, those of the tasks it
// will start included. See Note [profile] in profile.h.
//
// Invariants  U1  a task that has used up its own still counts as one.
// Sources     Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing", 2025.
#include "stress/strategy.h"

static void begin(tgi_engine *e)
{
    (void)e;
}

static uint64_t weight(const tgi_task *task)
{
    return task->left > 0 ? task->left : 1; // while learning, nothing is left: PR2
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    (void)self;
    (void)usual;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += weight(enabled[i]);
    uint64_t at = tgi_random_below(&e->random, sum);
    for (uint32_t i = 0; i + 1 < n; i++) {
        uint64_t w = weight(enabled[i]);
        if (at < w)
            return i;
        at -= w;
    }
    return n - 1;
}

const tgi_strategy tgi_strategy_urw = {.name = "urw", .begin = begin, .pick = pick};
