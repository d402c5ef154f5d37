// SPDX-License-Identifier: MIT
//
// vclock.h - vector clocks and epochs: what happens before what. Layer stress. vclock.c.
//
// Task i counts its own time in entry i of its clock, from 1. Entry k of it is the time of task k
// up to which everything of k happens before what i does now. An epoch is one entry with the number
// of its task: the time of a single access.
#ifndef TGI_STRESS_VCLOCK_H
#define TGI_STRESS_VCLOCK_H

#include "stress/pool.h" // tgi_pool

#include <stdbool.h> // results
#include <stdint.h>  // entries

typedef uint64_t tgi_epoch; // task << 48 | time; 0: before everything

enum { TGI_EPOCH_TIME_BITS = 48 };

typedef struct tgi_vclock {
    uint64_t *at;         // of the pool; entries from `count` on are 0
    uint32_t count, room; // entries
} tgi_vclock;

static inline tgi_epoch tgi_epoch_of(uint32_t task, uint64_t time)
{
    return (uint64_t)task << TGI_EPOCH_TIME_BITS | time;
}

static inline uint32_t tgi_epoch_task(tgi_epoch e)
{
    return (uint32_t)(e >> TGI_EPOCH_TIME_BITS);
}

static inline uint64_t tgi_epoch_time(tgi_epoch e)
{
    return e & ((UINT64_C(1) << TGI_EPOCH_TIME_BITS) - 1);
}

static inline uint64_t tgi_vclock_get(const tgi_vclock *c, uint32_t task)
{
    return task < c->count ? c->at[task] : 0;
}

// Whether what has time e happens before whoever has the clock c.
static inline bool tgi_epoch_is_before(tgi_epoch e, const tgi_vclock *c)
{
    return tgi_epoch_time(e) <= tgi_vclock_get(c, tgi_epoch_task(e));
}

// Both are false without memory, and have changed nothing.
bool tgi_vclock_set(tgi_pool *p, tgi_vclock *c, uint32_t task, uint64_t time);
// c becomes the larger of both in every entry.
bool tgi_vclock_join(tgi_pool *p, tgi_vclock *c, const tgi_vclock *other);

#endif
