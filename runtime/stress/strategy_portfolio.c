// SPDX-License-Identifier: MIT
//
// strategy_portfolio.c - the default: every strategy has its share of the runs.
//
// Invariants  PF1  which strategy a run uses follows from its number.
#include "stress/strategy.h"

static const tgi_strategy *const turns[] = {
    &tgi_strategy_none, &tgi_strategy_surw,   &tgi_strategy_pos, &tgi_strategy_pct,
    &tgi_strategy_surw, &tgi_strategy_random, &tgi_strategy_urw, &tgi_strategy_surw,
    &tgi_strategy_pct,  &tgi_strategy_sticky};

static const tgi_strategy *of(const tgi_engine *e)
{
    // The order without any preemption is tried once.
    uint64_t turn = e->run % (sizeof turns / sizeof turns[0]);
    return e->run > 0 && turn == 0 ? &tgi_strategy_pos : turns[turn];
}

static void begin(tgi_engine *e)
{
    of(e)->begin(e);
}

static void born(tgi_engine *e, tgi_task *task)
{
    if (of(e)->born != NULL)
        of(e)->born(e, task);
}

static void stepped(tgi_engine *e, tgi_task *self, bool done)
{
    if (of(e)->stepped != NULL)
        of(e)->stepped(e, self, done);
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    return of(e)->pick(e, self, enabled, n, usual);
}

const tgi_strategy tgi_strategy_portfolio = {
    .name = "portfolio", .begin = begin, .born = born, .stepped = stepped, .pick = pick};
