// SPDX-License-Identifier: MIT
//
// strategy_urw.c - a walk in which every interleaving has about the same chance: a task goes on
// with a probability that grows with the number of decisions it still has before it, those of the
// tasks it will start included.
//
// Invariants  U1  the numbers are those of the last learning run; a task that has used up its own
//                 still counts as one.
// Sources     Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing", 2025.
#include "stress/strategy.h"

static void begin(tgi_engine *e)
{
    (void)e;
}

static void born(tgi_engine *e, tgi_task *task)
{
    (void)e;
    (void)task;
}

// What is left of a task and of those that are not born yet and descend from it.
static uint64_t weight(const tgi_engine *e, const tgi_task *task)
{
    if (e->sharing.learning)
        return 1; // a learning run must not depend on what others have learnt
    uint32_t done = task->decided;
    uint32_t known = task->index < e->profile.count ? e->profile.data[task->index].decisions : 0;
    uint64_t left = known > done ? known - done : 1;
    for (size_t i = e->tasks.count; i < e->profile.count; i++) {
        if (e->profile.data[i].parent == task->index)
            left += e->profile.data[i].decisions;
    }
    return left;
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    (void)self;
    (void)usual;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += weight(e, enabled[i]);
    uint64_t at = tgi_random_below(&e->random, sum);
    for (uint32_t i = 0; i + 1 < n; i++) {
        uint64_t w = weight(e, enabled[i]);
        if (at < w)
            return i;
        at -= w;
    }
    return n - 1;
}

const tgi_strategy tgi_strategy_urw = {.name = "urw", .begin = begin, .born = born, .pick = pick};
