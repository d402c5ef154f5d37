// SPDX-License-Identifier: MIT
//
// race_cell.c - what is known about the accesses to one location.
//
// Invariants  RC1  up to the first race of a location the answers are those of a detector that
//             keeps
//                  a full vector clock of reads and one of writes.
//             RC2  a write that is ordered after all reads takes their place: what is not ordered
//                  after them later is not ordered after the write either.
// Sources     Flanagan, Freund, "FastTrack: Efficient and Precise Dynamic Race Detection", 2009
//             (docs/papers.md).
#include "stress/race_cell.h"

#include <string.h> // memcpy

// Entry `task` of a list by task, or NULL without memory.
static tgi_race_side *entry_of(tgi_pool *p, tgi_race_side **list, uint32_t *count, uint32_t task)
{
    if (task >= *count) {
        uint32_t room = task * 2 + 4;
        tgi_race_side *bigger = tgi_pool_alloc(p, room * sizeof *bigger);
        if (bigger == NULL)
            return NULL;
        if (*count > 0)
            memcpy(bigger, *list, *count * sizeof *bigger);
        *list = bigger;
        *count = room;
    }
    return &(*list)[task];
}

static void check(const tgi_race_side *earlier, bool wrote, const tgi_vclock *now,
                  tgi_race_found *found, void *arg)
{
    if (earlier->epoch != 0 && !tgi_epoch_is_before(earlier->epoch, now))
        found(arg, earlier, wrote);
}

bool tgi_race_cell_read(tgi_pool *p, tgi_race_cell *c, const tgi_vclock *now, tgi_race_side side,
                        tgi_race_found *found, void *arg)
{
    uint32_t task = tgi_epoch_task(side.epoch);
    if (c->readers == NULL ? c->read.epoch == side.epoch
                           : task < c->reader_count && c->readers[task].epoch == side.epoch)
        return true;
    check(&c->write, true, now, found, arg);
    if (c->readers == NULL) {
        if (c->read.epoch == 0 || tgi_epoch_is_before(c->read.epoch, now)) {
            c->read = side;
            return true;
        }
        uint32_t other = tgi_epoch_task(c->read.epoch);
        tgi_race_side *e = entry_of(p, &c->readers, &c->reader_count, other);
        if (e == NULL)
            return false;
        *e = c->read;
    }
    tgi_race_side *e = entry_of(p, &c->readers, &c->reader_count, task);
    if (e == NULL)
        return false;
    *e = side;
    return true;
}

void tgi_race_cell_write(tgi_race_cell *c, const tgi_vclock *now, tgi_race_side side,
                         tgi_race_found *found, void *arg)
{
    if (c->write.epoch == side.epoch)
        return;
    check(&c->write, true, now, found, arg);
    if (c->readers == NULL) {
        check(&c->read, false, now, found, arg);
    } else {
        for (uint32_t i = 0; i < c->reader_count; i++)
            check(&c->readers[i], false, now, found, arg);
        c->readers = NULL; // RC2
        c->reader_count = 0;
        c->read.epoch = 0;
    }
    c->write = side;
}

bool tgi_race_group_access(tgi_pool *p, tgi_race_group *g, const tgi_vclock *now,
                           tgi_race_side side, bool write, tgi_race_found *found, void *arg)
{
    uint32_t task = tgi_epoch_task(side.epoch);
    tgi_race_side *own = entry_of(p, &g->sides[write], &g->counts[write], task);
    if (own == NULL)
        return false;
    if (own->epoch == side.epoch)
        return true;
    for (uint32_t i = 0; i < g->counts[!write]; i++)
        check(&g->sides[!write][i], !write, now, found, arg);
    *own = side;
    return true;
}
