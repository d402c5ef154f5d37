// SPDX-License-Identifier: MIT
//
// deferred.h - frees that wait for a grace period. Layer mem. The algorithm is in deferred.c.
//
// Each thread has a list; nothing is written into the blocks themselves, or, without memory, only
// where a late reader does not look. Thread code calls the wrappers of thread/defer.h.
#ifndef TGI_MEM_DEFERRED_H
#define TGI_MEM_DEFERRED_H

#include "mem/qsbr.h"   // tgi_qsbr
#include "sync/mutex.h" // tgi_mutex

#include <stddef.h> // size_t
#include <stdint.h> // uint64_t

struct tg_thread;

// Runs on whichever attached thread finds that the grace period is over.
typedef void tgi_deferred_fn(struct tg_thread *t, void *arg);

typedef struct tgi_deferred_chunk tgi_deferred_chunk;

// What is shared by all lists of a runtime: the epoch and the work of threads that ended.
typedef struct tgi_deferred_pool {
    tgi_qsbr *qsbr;              // const after init
    tgi_mutex lock;              // leaf: the orphans
    tgi_deferred_chunk *orphans; // guarded by lock, oldest first
    tgi_deferred_chunk *orphans_tail;
    _Atomic(size_t) orphan_bytes; // any thread: hint that there is work
} tgi_deferred_pool;

typedef struct tgi_deferred {
    tgi_deferred_pool *pool;   // const after init
    tgi_deferred_chunk *head;  // owner thread: oldest
    tgi_deferred_chunk *tail;  // owner thread: where new entries go
    tgi_deferred_chunk *spare; // owner thread: kept so that a failed allocation loses nothing
    _Atomic(size_t) bytes;     // owner writes: backlog
    _Atomic(size_t) count;     // owner writes: entries
    size_t ask_at;             // owner thread: backlog at which others are asked (again)
    uint64_t lost_bytes;       // owner thread: given up because no memory was left to note them
    bool busy;                 // owner thread: inside tgi_deferred_process
    bool alone;                // owner thread: no other thread is left, memory is freed at once
} tgi_deferred;

void tgi_deferred_pool_init(tgi_deferred_pool *pool, tgi_qsbr *qsbr);
void tgi_deferred_init(tgi_deferred *list, tgi_deferred_pool *pool);

// Sets memory aside for the first entries, so that they are not lost when no memory is left. False
// when there is none now.
bool tgi_deferred_reserve(tgi_deferred *list);

// Notes a block; bytes > 0. fn NULL frees it with tgi_raw_free. Returns true when the thread should
// reach a quiescent state soon and process the list.
bool tgi_deferred_add(tgi_deferred *list, tgi_deferred_fn *fn, void *p, size_t bytes);

// The same for a block of which a late reader looks at the first `keep` bytes at most, if keep is
// not 0; without memory for the list its last whole word behind them is used instead. fn is NULL.
bool tgi_deferred_add_object(tgi_deferred *list, tgi_deferred_fn *fn, void *p, size_t bytes,
                             size_t keep);

// After an add that returned true: whether the backlog is so large that the other threads should
// be asked for a quiescent state. True once for each step of growth.
bool tgi_deferred_is_over_limit(tgi_deferred *list);

// Frees whatever has passed, own list first, then orphans. `t` is given to callbacks.
// Returns the number of entries done.
size_t tgi_deferred_process(tgi_deferred *list, struct tg_thread *t);

// What the list holds becomes the pool's, and it is empty afterwards: the thread ends, or is
// stopped.
void tgi_deferred_hand_over(tgi_deferred *list);

// Frees what was set aside. The list was handed over, or never used.
void tgi_deferred_end(tgi_deferred *list);

// Everybody else is stopped or there is nobody else, and all lists were handed over: runs
// everything. With `keep_calls` only memory is freed, and callbacks wait for the next process.
size_t tgi_deferred_drain_stopped(tgi_deferred_pool *pool, struct tg_thread *t, bool keep_calls);

// The pool must be drained.
void tgi_deferred_pool_fini(tgi_deferred_pool *pool);

#endif
