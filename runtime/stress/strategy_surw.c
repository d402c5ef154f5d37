// SPDX-License-Identifier: MIT
//
// strategy_surw.c - a walk in which every order of the steps at one location has the same chance.
//
// Method      Each run draws a group of places: a variable, an attribute, a container, a lock (Note
//             [profile] in profile.h). Which task does the next step of the group is drawn by how
//             many it has left, those of the tasks it will start included. The others wait before
//             theirs until it has done it; what is not of the group goes on in the order of
//             priorities that are drawn for each step.
// Invariants  SU1  a task that is intended and cannot go on while nobody else may, loses its turn.
//             SU2  without a group (none is known, or while learning) it is the walk urw.
// Sources     Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing", 2025.
#include "stress/strategy.h"

static void begin(tgi_engine *e)
{
    size_t n = e->sharing.learning ? 0 : e->profile.groups.count;
    if (n > 0)
        tgi_profile_pick_group(e, tgi_random_below(&e->random, n), e->tasks.data[0]);
    e->intended = e->tasks.data[0];
}

static void born(tgi_engine *e, tgi_task *task)
{
    task->priority = tgi_random_next(&e->random);
    if (e->group == TGI_PROFILE_NONE || task->index == 0)
        return;
    // The turn was the parent's and its descendants'.
    const tgi_task *parent = e->tasks.data[task->parent];
    uint64_t both = task->left + parent->left;
    if (e->intended == parent && both > 0 && tgi_random_below(&e->random, both) < task->left)
        e->intended = task;
}

static tgi_task *draw(tgi_engine *e, tgi_task *const *from, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += from[i]->ended ? 0 : from[i]->left;
    if (sum == 0) // more steps than the profile knows
        return from[tgi_random_below(&e->random, n)];
    uint64_t at = tgi_random_below(&e->random, sum);
    for (size_t i = 0;; i++) {
        uint64_t w = from[i]->ended ? 0 : from[i]->left;
        if (at < w)
            return from[i];
        at -= w;
    }
}

static void stepped(tgi_engine *e, tgi_task *self, bool done)
{
    if (e->group != TGI_PROFILE_NONE && e->intended == self && (done || self->ended))
        e->intended = draw(e, e->tasks.data, e->tasks.count);
}

static bool has_to_wait(const tgi_engine *e, const tgi_task *task)
{
    return task->pending && task != e->intended;
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    if (e->group == TGI_PROFILE_NONE)
        return tgi_strategy_urw.pick(e, self, enabled, n, usual);
    self->priority = tgi_random_next(&e->random); // it is about to do something else than last time
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        if (!has_to_wait(e, enabled[i]) &&
            (best == UINT32_MAX || enabled[i]->priority > enabled[best]->priority))
            best = i;
    }
    if (best != UINT32_MAX)
        return best;
    e->intended = draw(e, enabled, n);
    for (best = 0; enabled[best] != e->intended;)
        best++;
    return best;
}

const tgi_strategy tgi_strategy_surw = {
    .name = "surw", .begin = begin, .born = born, .stepped = stepped, .pick = pick};
