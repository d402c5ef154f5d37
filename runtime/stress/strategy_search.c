// SPDX-License-Identifier: MIT
//
// strategy_search.c - systematic search as strategies: search.h asks and decides in numbers.
//
// Invariants  SS1  the seed is not used.
#include "stress/strategy.h"

#include "base/vec.h" // tasks

#include <stdlib.h> // calloc

static void begin(tgi_engine *e)
{
    tgi_search_begin(e->search);
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    uint32_t tasks[64];
    uint32_t *many = n <= 64 ? tasks : malloc(n * sizeof *many);
    if (many == NULL) {
        e->search->lost = true;
        return usual;
    }
    for (uint32_t i = 0; i < n; i++)
        many[i] = enabled[i]->index;
    tgi_search_point p = {.hash = e->trace_hash,
                          .self = self->index,
                          .arrival = self->arrivals,
                          .tasks = many,
                          .count = n,
                          .usual = usual};
    uint32_t to = tgi_search_pick(e->search, &p);
    if (many != tasks)
        free(many);
    return to;
}

const tgi_strategy tgi_strategy_exhaustive = {.name = "exhaustive", .begin = begin, .pick = pick};
const tgi_strategy tgi_strategy_dpor = {.name = "dpor", .begin = begin, .pick = pick};
const tgi_strategy tgi_strategy_pb = {.name = "pb", .begin = begin, .pick = pick};

bool tgi_strategy_open_search(tgi_engine *e)
{
    tgi_search_kind kind = TGI_SEARCH_ALL;
    if (e->strategy == &tgi_strategy_pb)
        kind = TGI_SEARCH_BOUND;
    else if (e->strategy == &tgi_strategy_dpor)
        kind = TGI_SEARCH_DPOR;
    else if (e->strategy != &tgi_strategy_exhaustive)
        return true;
    e->search = calloc(1, sizeof *e->search);
    return e->search != NULL && tgi_search_init(e->search, kind, e->depth);
}
