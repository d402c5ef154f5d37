// SPDX-License-Identifier: MIT
//
// search.c - is there an order of the operations that the sequential container can explain?
//
// Depth first. An operation may come next if no other one that is still open returned before it was
// called. The pair {operations done, state} is all that the rest depends on, so each pair is
// entered once; they are kept in a hash table. The search ends with an order or with the last
// pair, so its answer is exact.
//
// Sources     Wing, Gong 1993; Lowe 2017 for the table of pairs.
#include "linear.h"

#include <stdlib.h>
#include <string.h>

typedef struct pair {
    uint32_t done; // a bit for each operation; 0: free (nothing done is never stored)
    lin_value state;
} pair;

typedef struct search {
    const lin_history *h;
    pair *seen;
    size_t size, used; // size: a power of two
    uint64_t steps;
} search;

static uint64_t hash_of(uint32_t done, const lin_value *state)
{
    uint64_t h = done * UINT64_C(0x9e3779b97f4a7c15) ^ state->n;
    for (size_t i = 0; i < state->n; i++)
        h = (h ^ (uint8_t)state->item[i]) * UINT64_C(0x100000001b3);
    return h ^ h >> 29;
}

static bool equal(const lin_value *a, const lin_value *b)
{
    return a->n == b->n && memcmp(a->item, b->item, a->n) == 0;
}

static pair *find(search *s, uint32_t done, const lin_value *state)
{
    size_t i = hash_of(done, state) & (s->size - 1);
    while (s->seen[i].done != 0 && !(s->seen[i].done == done && equal(&s->seen[i].state, state)))
        i = (i + 1) & (s->size - 1);
    return &s->seen[i];
}

static void grow(search *s)
{
    pair *old = s->seen;
    size_t size = s->size;
    s->size = size == 0 ? 64 : size * 4;
    s->seen = calloc(s->size, sizeof *s->seen);
    if (s->seen == NULL)
        abort();
    for (size_t i = 0; i < size; i++) {
        if (old[i].done != 0)
            *find(s, old[i].done, &old[i].state) = old[i];
    }
    free(old);
}

// False if the pair was there.
static bool enter(search *s, uint32_t done, const lin_value *state)
{
    if (s->used * 2 >= s->size)
        grow(s);
    pair *p = find(s, done, state);
    if (p->done != 0)
        return false;
    p->done = done;
    p->state = *state;
    s->used++;
    return true;
}

static bool explore(search *s, uint32_t done, const lin_value *state)
{
    const lin_history *h = s->h;
    if (done == (UINT32_C(1) << h->count) - 1)
        return true;
    uint64_t first_return = UINT64_MAX;
    for (unsigned i = 0; i < h->count; i++) {
        if ((done >> i & 1) == 0 && h->event[i].ret < first_return)
            first_return = h->event[i].ret;
    }
    // Tried in order of their returns, which is the order that is most often right.
    for (uint64_t after = 0;;) {
        unsigned next = h->count;
        for (unsigned i = 0; i < h->count; i++) {
            if ((done >> i & 1) == 0 && h->event[i].call < first_return &&
                h->event[i].ret > after &&
                (next == h->count || h->event[i].ret < h->event[next].ret))
                next = i;
        }
        if (next == h->count)
            return false;
        after = h->event[next].ret;
        lin_value then = *state;
        s->steps++;
        if (!h->event[next].op->step(&then, &h->event[next]))
            continue;
        uint32_t now = done | UINT32_C(1) << next;
        if (enter(s, now, &then) && explore(s, now, &then))
            return true;
    }
}

bool lin_check(const lin_history *h, uint64_t *steps)
{
    search s = {.h = h};
    bool found = explore(&s, 0, &h->first);
    free(s.seen);
    if (steps != NULL)
        *steps += s.steps;
    return found;
}
