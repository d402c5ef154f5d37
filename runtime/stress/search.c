// SPDX-License-Identifier: MIT
//
// search.c - the walk through all schedules, with or without a bound of preemptions or delays.
//
// Invariants  SE1  between runs the nodes are the decisions that the next run has in common with
//                  the last one, and the first one that differs.
//             SE2  under a bound a choice is left out only if it costs too many preemptions or
//                  delays, and then `cut` is true: the next bound has something to do.
//             SE3  nothing is claimed after `diverged` or `lost`.
// Sources     Musuvathi, Qadeer, "Iterative Context Bounding for Systematic Testing of
//             Multithreaded Programs", 2007; Emmi, Qadeer, Rakamaric, "Delay-Bounded
//             Scheduling", 2011.
#include "stress/search.h"

#include "stress/search_dpor.h" // DPOR

enum { MOST_NODES = 1 << 20 };

bool tgi_search_init(tgi_search *s, tgi_search_kind kind, int32_t most)
{
    *s = (tgi_search){.kind = kind, .most = most, .complete = -1};
    return kind != TGI_SEARCH_DPOR || (s->dpor = tgi_dpor_new()) != NULL;
}

void tgi_search_free(tgi_search *s)
{
    vec_free(&s->nodes);
    vec_free(&s->tasks);
    tgi_dpor_free(s->dpor);
}

void tgi_search_begin(tgi_search *s)
{
    s->at = 0;
    s->spent = 0;
    s->stopped = false;
    if (s->kind == TGI_SEARCH_DPOR)
        tgi_dpor_begin(s);
}

void tgi_search_restart(tgi_search *s)
{
    vec_clear(&s->nodes);
    vec_clear(&s->tasks);
    s->bound = 0;
    s->complete = -1;
    s->cut = s->over = s->again = false;
    s->runs = s->level_runs = 0;
    s->redundant = 0;
    s->restarts++;
    if (s->kind == TGI_SEARCH_DPOR)
        tgi_dpor_restart(s);
}

// With delays the choices come in the order of what they cost.
static uint32_t choice(const tgi_search *s, const tgi_search_node *n)
{
    if (s->kind == TGI_SEARCH_DELAY)
        return (n->usual + n->tried) % n->count;
    if (n->tried == 0)
        return n->usual;
    return n->tried <= n->usual ? n->tried - 1 : n->tried;
}

// What the choice takes of the bound.
static uint32_t cost(const tgi_search *s, const tgi_search_node *n)
{
    if (s->kind == TGI_SEARCH_DELAY)
        return n->tried;
    return n->stays && s->tasks.data[n->first + choice(s, n)] != n->self;
}

bool tgi_search_is_same(const tgi_search *s, const tgi_search_node *n, const tgi_search_point *p)
{
    if (n->hash != p->hash || n->self != p->self || n->arrival != p->arrival ||
        n->count != p->count)
        return false;
    for (uint32_t i = 0; i < p->count; i++) {
        if (s->tasks.data[n->first + i] != p->tasks[i])
            return false;
    }
    return true;
}

bool tgi_search_add_node(tgi_search *s, const tgi_search_point *p)
{
    tgi_search_node n = {.hash = p->hash,
                         .self = p->self,
                         .arrival = p->arrival,
                         .first = (uint32_t)s->tasks.count,
                         .count = p->count,
                         .usual = p->usual,
                         .spent = s->spent};
    if (s->nodes.count >= MOST_NODES)
        return false;
    for (uint32_t i = 0; i < p->count; i++) {
        n.stays |= p->tasks[i] == p->self;
        if (!vec_push(&s->tasks, p->tasks[i]))
            return false;
    }
    return vec_push(&s->nodes, n);
}

void tgi_search_drop_from(tgi_search *s, size_t at)
{
    if (at < s->nodes.count) {
        s->tasks.count = s->nodes.data[at].first;
        s->nodes.count = at;
    }
}

void tgi_search_diverge(tgi_search *s)
{
    if (!s->diverged)
        s->diverged_at = s->runs;
    s->diverged = true;
}

uint32_t tgi_search_pick(tgi_search *s, const tgi_search_point *p)
{
    if (s->kind == TGI_SEARCH_DPOR)
        return tgi_dpor_pick(s, p);
    if (s->at < s->nodes.count && !tgi_search_is_same(s, &s->nodes.data[s->at], p)) {
        tgi_search_diverge(s);
        tgi_search_drop_from(s, s->at);
    }
    if (s->at == s->nodes.count && !tgi_search_add_node(s, p)) {
        s->lost = true;
        return p->usual; // and what follows is not looked at
    }
    const tgi_search_node *n = &s->nodes.data[s->at++];
    s->spent = n->spent + cost(s, n);
    return choice(s, n);
}

// To the next choice of the deepest decision that has one.
static bool go_on(tgi_search *s)
{
    for (size_t i = s->nodes.count; i-- > 0;) {
        tgi_search_node *n = &s->nodes.data[i];
        while (++n->tried < n->count) {
            if (!tgi_search_is_bounded(s) || n->spent + cost(s, n) <= (uint32_t)s->bound)
                return true;
            s->cut = true;
        }
        tgi_search_drop_from(s, i);
    }
    return false;
}

// How many of the choices of a decision are to be tried.
static uint32_t choices(const tgi_search *s, const tgi_search_node *n)
{
    uint32_t left = (uint32_t)s->bound - n->spent;
    if (s->kind == TGI_SEARCH_DELAY)
        return left + 1 < n->count ? left + 1 : n->count;
    return s->kind == TGI_SEARCH_BOUND && n->stays && left == 0 ? 1 : n->count;
}

static bool has_more(const tgi_search *s)
{
    for (size_t i = 0; i < s->nodes.count; i++) {
        if (s->nodes.data[i].tried + 1 < choices(s, &s->nodes.data[i]))
            return true;
    }
    return false;
}

bool tgi_search_end(tgi_search *s, uint64_t hash)
{
    if (s->at < s->nodes.count) { // it ended before it came to where it should have differed
        tgi_search_diverge(s);
        tgi_search_drop_from(s, s->at);
    }
    if (s->again && hash != s->hash)
        tgi_search_diverge(s);
    bool last = s->kind != TGI_SEARCH_DPOR && !has_more(s);
    s->again = !s->again && (s->runs == 0 || last);
    s->hash = hash;
    if (s->again)
        return true;
    s->redundant += s->stopped;
    s->runs += !s->stopped;
    s->level_runs += !s->stopped;
    if (s->kind == TGI_SEARCH_DPOR ? tgi_dpor_go_on(s) : go_on(s))
        return true;
    s->complete = s->bound;
    if (tgi_search_is_bounded(s) && s->cut && (s->most < 0 || s->bound < s->most)) {
        s->bound++;
        s->level_runs = 0;
        s->cut = false;
        return true;
    }
    s->over = true;
    return false;
}

// Schedules through the choices of n that are left, if `has` of the bound is: see below.
static double ways_left(const tgi_search *s, const tgi_search_node *n, uint32_t has,
                        const double *ways)
{
    double left = 0, rest = n->count - 1 - n->tried;
    if (s->kind != TGI_SEARCH_DELAY)
        return !n->stays ? rest * ways[has] : has > 0 ? rest * ways[has - 1] : 0;
    for (uint32_t d = n->tried + 1; d < n->count && d <= has; d++)
        left += ways[has - d];
    return left;
}

// And through all of its choices, from what is behind them.
static double ways_before(const tgi_search *s, const tgi_search_node *n, uint32_t r,
                          const double *ways)
{
    double all = ways[r];
    if (s->kind != TGI_SEARCH_DELAY)
        return !n->stays ? n->count * all : r > 0 ? all + (n->count - 1) * ways[r - 1] : all;
    for (uint32_t d = 1; d < n->count && d <= r; d++)
        all += ways[r - d];
    return all;
}

// Under a bound the choices of a decision do not lead to equally many schedules: most need what is
// left of it. As if all went on like the current run: after its decision i there are ways[r]
// schedules that take at most r.
static double share_under_bound(const tgi_search *s)
{
    enum { MOST = 32 };
    uint32_t bound = s->bound < MOST ? (uint32_t)s->bound : MOST;
    double ways[MOST + 1], left = 0;
    for (uint32_t r = 0; r <= bound; r++)
        ways[r] = 1;
    for (size_t i = s->nodes.count; i-- > 0;) {
        const tgi_search_node *n = &s->nodes.data[i];
        uint32_t has = bound > n->spent ? bound - n->spent : 0;
        left += ways_left(s, n, has, ways);
        for (uint32_t r = bound + 1; r-- > 0;)
            ways[r] = ways_before(s, n, r, ways);
    }
    return (double)s->level_runs / ((double)s->level_runs + left);
}

double tgi_search_share(const tgi_search *s)
{
    if (s->over)
        return 1;
    if (s->kind == TGI_SEARCH_DPOR)
        return 0;
    if (tgi_search_is_bounded(s))
        return s->level_runs == 0 ? 0 : share_under_bound(s);
    double part = 1, sum = 0;
    for (size_t i = 0; i < s->nodes.count; i++) {
        const tgi_search_node *n = &s->nodes.data[i];
        part /= n->count;
        sum += part * n->tried;
    }
    return sum;
}
