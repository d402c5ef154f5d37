// SPDX-License-Identifier: MIT
//
// race_place.c - places of the program with their callers.
//
// Invariants  PL1  equal stacks have equal numbers for as long as the session lives.
//             PL2  the table is at most half full.
#include "stress/race_place.h"

#include "base/hash.h" // table

#include <stdlib.h> // calloc

static uint32_t slot_of(const tgi_places *p, uint32_t caller, const void *key)
{
    uint32_t i = (uint32_t)tgi_hash_combine((uintptr_t)key, caller) & p->mask;
    while (p->index[i] != 0) {
        const tgi_place *at = tgi_place_at(p, p->index[i]);
        if (at->key == key && at->caller == caller)
            break;
        i = (i + 1) & p->mask;
    }
    return i;
}

uint32_t tgi_place_find(const tgi_places *p, uint32_t caller, const void *key)
{
    return p->index == NULL ? 0 : p->index[slot_of(p, caller, key)];
}

static bool grow(tgi_places *p)
{
    uint32_t mask = p->index == NULL ? 255 : p->mask * 2 + 1;
    uint32_t *bigger = calloc((size_t)mask + 1, sizeof *bigger);
    if (bigger == NULL)
        return false;
    free(p->index);
    p->index = bigger;
    p->mask = mask;
    for (uint32_t i = 0; i < p->list.count; i++)
        p->index[slot_of(p, p->list.data[i].caller, p->list.data[i].key)] = i + 1;
    return true;
}

uint32_t tgi_place_add(tgi_places *p, const tgi_place *place)
{
    if ((p->index == NULL || (p->list.count + 1) * 2 > p->mask) && !grow(p))
        return 0;
    if (!vec_push(&p->list, *place))
        return 0;
    p->index[slot_of(p, place->caller, place->key)] = (uint32_t)p->list.count;
    return (uint32_t)p->list.count;
}

void tgi_places_free(tgi_places *p)
{
    vec_free(&p->list);
    free(p->index);
    *p = (tgi_places){0};
}
