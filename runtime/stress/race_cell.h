// SPDX-License-Identifier: MIT
//
// race_cell.h - what is known about the accesses to one location: the last write, and the last read
// of every task that later writes must be compared with. Layer stress. race_cell.c.
#ifndef TGI_STRESS_RACE_CELL_H
#define TGI_STRESS_RACE_CELL_H

#include "stress/vclock.h" // epochs

// One access.
typedef struct tgi_race_side {
    tgi_epoch epoch; // 0: there was none
    uint32_t place;  // in the program, with its callers: race_place.h
    uint32_t locks;  // a set of locks: race.c
    uint32_t flags;  // TGI_SIDE_*: race.h
} tgi_race_side;

typedef struct tgi_race_cell {
    tgi_race_side write;
    tgi_race_side read;     // unless `readers`
    tgi_race_side *readers; // by task, once two reads are not ordered
    uint32_t reader_count;
} tgi_race_cell;

// A location of which reads and writes conflict, but writes do not: "some element of a container",
// read by whoever reads all of them.
typedef struct tgi_race_group {
    tgi_race_side *sides[2]; // reads, writes; by task
    uint32_t counts[2];
} tgi_race_group;

// Called for an earlier access that conflicts with the new one and is not ordered before it.
typedef void tgi_race_found(void *arg, const tgi_race_side *earlier, bool wrote);

// A task with the clock `now` reads or writes. False without memory.
bool tgi_race_cell_read(tgi_pool *p, tgi_race_cell *c, const tgi_vclock *now, tgi_race_side side,
                        tgi_race_found *found, void *arg);
void tgi_race_cell_write(tgi_race_cell *c, const tgi_vclock *now, tgi_race_side side,
                         tgi_race_found *found, void *arg);
bool tgi_race_group_access(tgi_pool *p, tgi_race_group *g, const tgi_vclock *now,
                           tgi_race_side side, bool write, tgi_race_found *found, void *arg);

#endif
