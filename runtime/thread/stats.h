// SPDX-License-Identifier: MIT
//
// stats.h - counters of one thread, summed when it ends. Layer thread. The code is in stats.c.
//
// The owner adds without locked instructions (atom_owner_add), anybody reads.
#ifndef TGI_THREAD_STATS_H
#define TGI_THREAD_STATS_H

#include "base/atomic.h" // atom_owner_add

#include <stddef.h> // size_t
#include <stdint.h> // uint64_t

struct tg_runtime;
struct tg_thread;

// X(name, what it counts)
#define TGI_STATS(X)                                             \
    X(attaches, "times a thread entered the runtime")            \
    X(attach_waits, "attaches that waited for a pause to end")   \
    X(attach_wait_ns, "time they waited")                        \
    X(gil_takes, "times the GIL was taken")                      \
    X(gil_waits, "times it was held by another thread")          \
    X(gil_wait_ns, "time spent waiting for it")                  \
    X(gil_hold_ns, "time it was held (only while timing is on)") \
    X(gil_drops, "times it was given up on request")             \
    X(gil_requests, "times a waiter asked the holder to let go") \
    X(breaker, "times the eval breaker was handled")             \
    X(pauses, "times the thread was stopped by a pause")         \
    X(quiescent, "quiescent states reported on request")         \
    X(deferred, "frees that had to wait for a grace period")     \
    X(deferred_bytes, "their bytes")                             \
    X(merges, "times foreign decrements were merged")            \
    X(foreign, "references dropped by a thread not the owner")   \
    X(hot, "objects that became hot")                            \
    X(counts_own, "counts by owners, if counted")                \
    X(counts_shared, "counts in atomic words, if counted")       \
    X(counts_hot, "counts of hot objects, if counted")           \
    X(counts_immortal, "counts that write nothing, if counted")  \
    X(threads_started, "threads started")                        \
    X(user0, "free for the layers above")                        \
    X(user1, "free for the layers above")                        \
    X(user2, "free for the layers above")                        \
    X(user3, "free for the layers above")

typedef enum tgi_stat {
#define TGI_STAT_ENUM(name, text) TGI_STAT_##name,
    TGI_STATS(TGI_STAT_ENUM)
#undef TGI_STAT_ENUM
        TGI_STAT_COUNT
} tgi_stat;

typedef struct tgi_thread_stats {
    _Atomic(uint64_t) value[TGI_STAT_COUNT]; // owner writes, any thread reads
} tgi_thread_stats;

// ORDER: relaxed (inside atom_owner_add); one writer, read only for reports.
#define tgi_stat_add(t, name, n) atom_owner_add(&(t)->stats.value[TGI_STAT_##name], (uint64_t)(n))

typedef struct tgi_stats {
    uint64_t value[TGI_STAT_COUNT];
} tgi_stats;

// Sum over all threads of the runtime, dead ones included.
void tgi_stats_read(struct tg_runtime *rt, tgi_stats *out);

// One thread.
void tgi_stats_read_thread(struct tg_thread *t, tgi_stats *out);

// The thread ends: its counters stay in the sum. threads_lock held.
void tgi_stats_bury_locked(struct tg_thread *t);

const char *tgi_stat_name(tgi_stat stat);
const char *tgi_stat_text(tgi_stat stat);

#endif
