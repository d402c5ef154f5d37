// SPDX-License-Identifier: MIT
//
// vclock.c - vector clocks.
//
// Sources     Fidge, "Timestamps in Message-Passing Systems", 1988; Mattern, "Virtual Time and
//             Global States of Distributed Systems", 1989 (docs/papers.md).
#include "stress/vclock.h"

#include <string.h> // memcpy

static bool make_room(tgi_pool *p, tgi_vclock *c, uint32_t count)
{
    if (count <= c->room)
        return true;
    uint32_t room = count < 4 ? 4 : count * 2;
    uint64_t *bigger = tgi_pool_alloc(p, room * sizeof *bigger);
    if (bigger == NULL)
        return false;
    if (c->count > 0)
        memcpy(bigger, c->at, c->count * sizeof *bigger);
    c->at = bigger;
    c->room = room;
    return true;
}

bool tgi_vclock_set(tgi_pool *p, tgi_vclock *c, uint32_t task, uint64_t time)
{
    if (!make_room(p, c, task + 1))
        return false;
    if (task >= c->count)
        c->count = task + 1;
    c->at[task] = time;
    return true;
}

bool tgi_vclock_join(tgi_pool *p, tgi_vclock *c, const tgi_vclock *other)
{
    if (!make_room(p, c, other->count))
        return false;
    if (other->count > c->count)
        c->count = other->count;
    for (uint32_t i = 0; i < other->count; i++) {
        if (other->at[i] > c->at[i])
            c->at[i] = other->at[i];
    }
    return true;
}
