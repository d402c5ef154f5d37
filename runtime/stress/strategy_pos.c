// SPDX-License-Identifier: MIT
//
// strategy_pos.c - partial order sampling: every pending operation has a random priority, drawn
// anew when an operation that conflicts with it has been done.
//
// Sources     Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", 2018.
#include "stress/strategy.h"

static void begin(tgi_engine *e)
{
    (void)e;
}

static void born(tgi_engine *e, tgi_task *task)
{
    (void)e;
    task->priority = 0; // drawn when it is looked at
}

static bool reads(const tgi_op *op)
{
    return op->kind == TGI_OPK_READ || op->kind == TGI_OPK_STEP;
}

static bool conflict(const tgi_op *a, const tgi_op *b)
{
    return a->where != NULL && a->where == b->where && a->slot == b->slot &&
           !(reads(a) && reads(b));
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    (void)usual;
    self->priority = 0; // it is about to do something else than last time
    uint32_t best = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (enabled[i]->priority == 0)
            enabled[i]->priority = tgi_random_next(&e->random) | 1;
        if (enabled[i]->priority > enabled[best]->priority)
            best = i;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (i != best && conflict(&enabled[i]->op, &enabled[best]->op))
            enabled[i]->priority = 0;
    }
    return best;
}

const tgi_strategy tgi_strategy_pos = {.name = "pos", .begin = begin, .born = born, .pick = pick};
