// SPDX-License-Identifier: MIT
//
// strategy_pct.c - priorities that change at few, randomly chosen steps.
//
// pct:D finds an error that needs D orderings with a probability of at least 1/(n k^(D-1)) per run,
// with n threads and k steps (Note [profile] in profile.h). Without a number D is drawn for every
// run. A change lowers the task that has just done the step, whether or not another one could go on
// then: who is lowered while it holds the lock that the other waits for, hands over at its unlock.
//
// Invariants  P1  k is a quarter more than the longest learning run had: other orders may have more
//                 steps. A run that has more still goes on without further changes. Learning runs,
//                 which know no steps, change at decisions.
//             P2  a change needs room: a D that is drawn is at most k/8 + 1, and at least 2. With
//                 changes everywhere the order would be a fixed alternation.
// Sources     Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with
//             Probabilistic Guarantees of Finding Bugs", 2010.
#include "stress/strategy.h"

enum { MAX_CHANGES = 64, UNKNOWN = 40 };

uint32_t tgi_pct_steps(tgi_engine *e)
{
    uint64_t most = tgi_profile_steps(e);
    most += most / 4 + 2; // P1
    return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

static void begin(tgi_engine *e)
{
    static const int depths[] = {2, 2, 3, 5};
    int depth = e->depth > 0 ? e->depth : depths[tgi_random_below(&e->random, 4)];
    uint32_t k = e->sharing.learning ? UNKNOWN : tgi_pct_steps(e);
    uint32_t changes = depth > 1 ? (uint32_t)depth - 1 : 0;
    uint32_t most = k / 8 > 1 ? k / 8 : 1;
    if (e->depth <= 0 && changes > most) // P2
        changes = most;
    e->change_count = changes < MAX_CHANGES ? changes : MAX_CHANGES;
    e->sought = e->sharing.learning ? 0 : e->change_count + 1;
    for (uint32_t i = 0; i < e->change_count; i++)
        e->changes[i] = 1 + (uint32_t)tgi_random_below(&e->random, k);
}

static void born(tgi_engine *e, tgi_task *task)
{
    task->priority = (tgi_random_next(&e->random) >> 1) + MAX_CHANGES + 1;
}

static uint32_t highest(tgi_task **enabled, uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++) {
        if (enabled[i]->priority > enabled[best]->priority)
            best = i;
    }
    return best;
}

static void lower(tgi_engine *e, tgi_task *task, uint64_t now)
{
    for (uint32_t i = 0; i < e->change_count; i++) {
        if (e->changes[i] == now)
            task->priority = i + 1; // below all that were drawn
    }
}

static void stepped(tgi_engine *e, tgi_task *self, bool done)
{
    if (done)
        lower(e, self, e->counted);
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    (void)self;
    (void)usual;
    uint32_t best = highest(enabled, n);
    if (!e->sharing.learning)
        return best;
    lower(e, enabled[best], e->decisions);
    return highest(enabled, n);
}

const tgi_strategy tgi_strategy_pct = {
    .name = "pct", .begin = begin, .born = born, .stepped = stepped, .pick = pick};
