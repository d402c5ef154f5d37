// SPDX-License-Identifier: MIT
//
// rank.h - lock ranks, checked in debug builds. Layer sync.
//
// A thread takes locks in rising rank only; taking one whose rank is not above every rank it
// already holds is a deadlock waiting for its second half, and aborts with both names. Trylocks
// are recorded but never refused.
//
// While a thread has stopped the world it may wait only for locks of rank TGI_RANK_LEAF or above:
// any other lock may have been handed to a thread that is stopped. See Note [paused-locks].
#ifndef TGI_SYNC_RANK_H
#define TGI_SYNC_RANK_H

#include "base/assert.h" // TGI_DEBUG

#include <stdbool.h> // tgi_rank_set_paused

// Outermost first. Gaps leave room for the layers above.
typedef enum tgi_rank {
    TGI_RANK_PAUSE_GLOBAL = 10, // runtime: who may stop which world
    TGI_RANK_PAUSE = 12,        // interpreter: one pause at a time
    TGI_RANK_OBJECT = 40,       // locks of objects and of the core that detach while waiting
    TGI_RANK_LEAF = 60,         // from here on: never detaches, never calls out
    TGI_RANK_MERGE = 62,        // queues of foreign decrements
    TGI_RANK_THREADS = 64,      // list of thread states
    TGI_RANK_EPOCH = 66,        // list of epoch nodes, orphaned deferred frees
    TGI_RANK_GIL = 68,          // holder field of a GIL
    TGI_RANK_MEMORY = 70,       // allocator side tables
} tgi_rank;

#if TGI_DEBUG
void tgi_rank_enter(tgi_rank rank, const void *lock);
void tgi_rank_enter_try(tgi_rank rank, const void *lock); // after a trylock succeeded
void tgi_rank_leave(tgi_rank rank, const void *lock);
void tgi_rank_set_paused(bool paused); // the calling OS thread has stopped a world
// The calling thread is about to sleep, detached, until addr changes: R3.
void tgi_rank_check_detach(const void *addr);
unsigned tgi_rank_held(void); // how many ranks the calling OS thread holds
#else
#define tgi_rank_enter(rank, lock)     ((void)0)
#define tgi_rank_enter_try(rank, lock) ((void)0)
#define tgi_rank_leave(rank, lock)     ((void)0)
#define tgi_rank_set_paused(paused)    ((void)0)
#define tgi_rank_check_detach(addr)    ((void)0)
#define tgi_rank_held()                (0u)
#endif

#endif
