// SPDX-License-Identifier: MIT
//
// lock_order.h - deadlocks that a run did not meet, from the order in which it took its locks.
// Layer stress. lock_order.c.
#ifndef TGI_STRESS_LOCK_ORDER_H
#define TGI_STRESS_LOCK_ORDER_H

#include "base/vec.h"      // lists
#include "stress/vclock.h" // order

#include <stdbool.h> // results
#include <stdint.h>  // numbers

enum { TGI_CYCLE_LENGTH = 6 };

// A task that holds a lock takes another one.
typedef struct tgi_lock_edge {
    uint32_t task;
    uint32_t from, to;             // locks, by number
    uint32_t from_place, to_place; // where each was taken
    const uint32_t *held;          // all locks that it held then
    uint32_t held_count;
    tgi_epoch epoch; // without the order that locks make
    tgi_vclock now;
} tgi_lock_edge;

typedef struct tgi_lock_cycle_side {
    char thread[40];
    uint32_t holds, wants; // places
} tgi_lock_cycle_side;

// Threads that may come to wait for each other in a ring.
typedef struct tgi_lock_cycle {
    uint64_t key;
    uint64_t run; // the first one that showed it
    uint32_t count;
    tgi_lock_cycle_side sides[TGI_CYCLE_LENGTH];
} tgi_lock_cycle;

typedef tgi_vec(tgi_lock_edge) tgi_lock_edges;
typedef tgi_vec(tgi_lock_cycle) tgi_lock_cycles;

// Finds the rings among the edges of a run and adds those that are new. name(arg, task): of a
// thread.
void tgi_lock_cycles_find(const tgi_lock_edges *edges, tgi_lock_cycles *cycles,
                          const char *(*name)(void *arg, uint32_t task), void *arg);

#endif
