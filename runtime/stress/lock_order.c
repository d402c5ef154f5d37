// SPDX-License-Identifier: MIT
//
// lock_order.c - deadlocks that a run did not meet.
//
// Method      A ring of edges, each of another task: every task holds what the one before it wants.
//             It is possible only if all of them can stand there at the same time. So no two may
//             hold a lock in common (a gate that lets one in at a time), and start, join and
//             messages must not order them. What is left may still be impossible for reasons that
//             no lock shows: a run that is directed there tells (strategy_directed.c).
// Sources     Havelund, "Using Runtime Analysis to Guide Model Checking of Java Programs", 2000;
//             Bensalem, Havelund, "Dynamic Deadlock Analysis of Multi-threaded Programs", 2005
//             (docs/papers.md).
#include "stress/lock_order.h"

#include "base/hash.h" // keys

#include <stdio.h>  // snprintf
#include <string.h> // memcpy

typedef struct search {
    const tgi_lock_edges *edges;
    tgi_lock_cycles *cycles;
    const char *(*name)(void *arg, uint32_t task);
    void *arg;
    const tgi_lock_edge *path[TGI_CYCLE_LENGTH];
    uint32_t depth;
} search;

static bool have_gate(const tgi_lock_edge *a, const tgi_lock_edge *b)
{
    for (uint32_t i = 0; i < a->held_count; i++) {
        for (uint32_t k = 0; k < b->held_count; k++) {
            if (a->held[i] == b->held[k])
                return true;
        }
    }
    return false;
}

static bool may_meet(const tgi_lock_edge *a, const tgi_lock_edge *b)
{
    return a->task != b->task && !have_gate(a, b) && !tgi_epoch_is_before(a->epoch, &b->now) &&
           !tgi_epoch_is_before(b->epoch, &a->now);
}

static void add_cycle(search *s)
{
    tgi_lock_cycle c = {.count = s->depth};
    for (uint32_t i = 0; i < s->depth; i++) {
        const tgi_lock_edge *e = s->path[i];
        snprintf(c.sides[i].thread, sizeof c.sides[i].thread, "%s", s->name(s->arg, e->task));
        c.sides[i].holds = e->from_place;
        c.sides[i].wants = e->to_place;
        c.key += tgi_hash_combine(e->from_place, e->to_place); // from wherever the ring is read
    }
    for (size_t i = 0; i < s->cycles->count; i++) {
        if (s->cycles->data[i].key == c.key)
            return;
    }
    (void)vec_push(s->cycles, c);
}

// The path ends with an edge to a lock; looks for edges from there.
static void extend(search *s)
{
    const tgi_lock_edge *last = s->path[s->depth - 1];
    for (size_t i = 0; i < s->edges->count; i++) {
        const tgi_lock_edge *e = &s->edges->data[i];
        // Every ring is found from its edge with the smallest place in the list.
        if (e->from != last->to || e < s->path[0])
            continue;
        bool fits = true;
        for (uint32_t k = 0; k < s->depth && fits; k++)
            fits = may_meet(s->path[k], e);
        if (!fits)
            continue;
        s->path[s->depth++] = e;
        if (e->to == s->path[0]->from)
            add_cycle(s);
        else if (s->depth < TGI_CYCLE_LENGTH)
            extend(s);
        s->depth--;
    }
}

void tgi_lock_cycles_find(const tgi_lock_edges *edges, tgi_lock_cycles *cycles,
                          const char *(*name)(void *arg, uint32_t task), void *arg)
{
    search s = {.edges = edges, .cycles = cycles, .name = name, .arg = arg};
    for (size_t i = 0; i < edges->count; i++) {
        s.path[0] = &edges->data[i];
        s.depth = 1;
        extend(&s);
    }
}
