// SPDX-License-Identifier: MIT
//
// follow.c - the choices of a run that follows a schedule: by the arrivals of tasks, or by anchors.
#include "stress/anchor.h" // choices by anchors
#include "stress/engine.h" // tasks

// Entries of one task stand in the order of its arrivals, also after some were taken out.
bool tgi_follow_begin(tgi_engine *e)
{
    if (e->anchors != NULL)
        tgi_anchors_begin(e->anchors);
    vec_clear(&e->forced_next);
    vec_clear(&e->forced_link);
    const tgi_schedule *s = e->forced;
    size_t n = s != NULL ? s->count : 0;
    for (size_t i = 0; i < n; i++) {
        while (e->forced_next.count <= s->data[i].from) {
            if (!vec_push(&e->forced_next, 0))
                return false;
        }
        if (!vec_push(&e->forced_link, 0))
            return false;
    }
    for (size_t i = n; i-- > 0;) {
        uint32_t *next = &e->forced_next.data[s->data[i].from];
        e->forced_link.data[i] = *next;
        *next = (uint32_t)i + 1;
    }
    return true;
}

static uint32_t by_arrival(tgi_engine *e, const tgi_task *self, uint32_t n, uint32_t otherwise)
{
    if (self->index >= e->forced_next.count)
        return otherwise;
    uint32_t *next = &e->forced_next.data[self->index];
    while (*next != 0 && e->forced->data[*next - 1].arrival < self->arrivals)
        *next = e->forced_link.data[*next - 1];
    if (*next == 0 || e->forced->data[*next - 1].arrival != self->arrivals)
        return otherwise;
    for (uint32_t j = 0; j < n; j++) {
        if (e->enabled[j]->index == e->forced->data[*next - 1].to)
            return j;
    }
    return otherwise; // that task is not there or has to wait: the default order
}

uint32_t tgi_follow_pick(tgi_engine *e, const tgi_task *self, uint32_t n, uint32_t otherwise)
{
    if (e->anchors != NULL && e->anchors->following)
        return tgi_anchor_pick(e, n, otherwise);
    return by_arrival(e, self, n, otherwise);
}
