// SPDX-License-Identifier: MIT
//
// stats.h - figures of a runtime: counters, how long pauses took, and waits for the GIL.
//
// Always on. Every function may be called by any attached thread at any time and runs no script
// code; what it writes is a copy. Times are in nanoseconds of the monotonic clock.
#ifndef TOGIL_STATS_H
#define TOGIL_STATS_H

#include <togil/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- counters

typedef struct tg_stats {
    uint64_t objects_made, objects_live; // heap objects; live counts include the runtime's own
    uint64_t bytes_live; // with the arrays and tables that containers keep beside their own block
    uint64_t gil_takes, gil_waits, gil_wait_ns, gil_drops;
    uint64_t pauses;           // of every scope
    uint64_t pause_max_ns;     // the longest time the world was stopped
    uint64_t merges, deferred; // foreign decrements merged; frees that had to wait for readers
    // references dropped by threads not the owner, with atomic counts taken after another's;
    // objects that became hot
    uint64_t foreign, hot;
    uint64_t threads_started;
    uint64_t attaches;      // times a thread came back from a call that may block, or was started
    uint64_t queued;        // objects that wait in merge queues now
    uint64_t queue_longest; // and in the longest of them
    uint64_t backlog_bytes; // memory that waits for readers now
    // Counts taken or dropped: by the owner, in a word that all write, of a hot object, and of an
    // immortal one. Counted in debug builds only, elsewhere 0.
    uint64_t counts_own, counts_shared, counts_hot, counts_immortal;
} tg_stats;

// Sums over all threads, ended ones included; exact while no other thread runs.
TG_API void tg_stats_read(tg_thread *t, tg_stats *out);

// --- the allocator

// Of the whole process; sums over all threads, exact while no other thread runs.
typedef struct tg_memory {
    const char *allocator; // "mimalloc 2.0.9", "system"; static
    int64_t blocks;        // live now
    int64_t allocated;     // blocks ever allocated
    int64_t bytes;         // live, as the allocator rounds them; -1: this build does not count them
    int64_t failed;        // requests that were refused
} tg_memory;

TG_API void tg_memory_read(tg_memory *out); // any thread

// --- objects by type

typedef struct tg_type_figures {
    char name[80]; // with the module if it is not builtins; may be cut
    uint64_t objects;
    uint64_t bytes; // with the arrays and tables they keep beside their own block
} tg_type_figures;

// Counts the live objects of t's interpreter and calls show for each type, most bytes first. Stops
// the world for about as long as a collection. What only a running call holds, and what belongs to
// the process (static types, interned names), is not found, so the sum is less than objects_live.
// 0, or -1 with MemoryError.
TG_API int tg_live_types(tg_thread *t, void (*show)(const tg_type_figures *f, void *arg),
                         void *arg);

// When t's interpreter ends: writes to stderr, by type, the objects that are still there although
// no module, class or function leads to them: somebody did not release them. Text and numbers are
// not found. Not written if daemon threads are left.
TG_API void tg_report_left_over(tg_thread *t);

// --- histograms

#define TG_HISTOGRAM_BUCKETS 1152

// Distribution of durations. 32 buckets per power of two, so a percentile is at most 3.2 % above
// the true value; count, sum, max and min are exact. About 9 KiB: think before putting one on the
// stack.
typedef struct tg_histogram {
    uint64_t count, sum, max;
    uint64_t min; // meaningful when count > 0
    uint64_t buckets[TG_HISTOGRAM_BUCKETS];
} tg_histogram;

// The value that `percent` (0 to 100) of all values do not exceed; 0 when empty. Any thread.
TG_API uint64_t tg_histogram_percentile(const tg_histogram *h, double percent);

// Steps through the buckets that are not empty, smallest values first: *pos starts at 0; the bucket
// holds *count values of *from to *to. False at the end.
TG_API bool tg_histogram_next(const tg_histogram *h, size_t *pos, uint64_t *from, uint64_t *to,
                              uint64_t *count);

// --- pauses

// Why the world was stopped.
typedef enum tg_pause_cause {
    TG_PAUSE_COLLECT, // the collector
    TG_PAUSE_GIL,     // the GIL was turned on or off
    TG_PAUSE_FORK,    // the process forks
    TG_PAUSE_END,     // the runtime ends with threads that do not
    TG_PAUSE_INSPECT, // somebody looks at all objects or all stacks
    TG_PAUSE_TYPES,   // a class changes in a way that every thread must see at once
    TG_PAUSE_MEMORY,  // memory ran out on a path that must not fail
    TG_PAUSE_COUNTS,  // counts of hot objects are added up: docs/counts.md
    TG_PAUSE_TEST,    // a test
    TG_PAUSE_CAUSES   // how many
} tg_pause_cause;

// "collect", "gil", ...; static.
TG_API const char *tg_pause_cause_name(tg_pause_cause cause);

enum {
    TG_SCOPE_RUNTIME = -1, // pauses that stop every thread of the runtime
    TG_SCOPE_ENDED = -2    // pauses of interpreters that have been closed, added up
};

// The pauses of one scope. About 18 KiB.
typedef struct tg_pause_report {
    int64_t scope;                   // TG_SCOPE_..., or the number of an interpreter
    uint64_t count[TG_PAUSE_CAUSES]; // pauses by cause
    uint64_t late;                   // those that took longer than the limit to begin
    tg_histogram stopping;           // from the request until everybody had stopped
    tg_histogram stopped;            // from then until they were let go
    // The thread that the slowest stop waited for last.
    uint64_t slowest_id;          // 0: no stop had to wait for a thread
    int64_t slowest_ns;           // how long that stop took
    tg_pause_cause slowest_cause; // and what it was for
    char slowest_name[32];        // may be cut
} tg_pause_report;

// The watchdog. A pause of t's runtime that takes longer than `ns` to begin prints the thread it
// waits for to stderr, at once; that thread adds its script stack when it stops at last. 0: the
// default, five seconds; negative: never. Holds from the next pause on.
TG_API void tg_set_pause_limit(tg_thread *t, int64_t ns);
TG_API int64_t tg_pause_limit(tg_thread *t);

// Steps through the scopes of t's runtime: *pos starts at 0; each call writes one report. First the
// whole runtime, then closed interpreters if there were any, then each living interpreter by its
// number. False at the end.
TG_API bool tg_pauses_next(tg_thread *t, size_t *pos, tg_pause_report *out);

// --- the GIL

// How long threads wait for the GIL, and how long they keep others waiting. About 18 KiB.
typedef struct tg_gil_times {
    uint64_t thread_id;   // 0: all threads of the runtime together, ended ones included
    char thread_name[32]; // may be cut; empty for all
    tg_histogram wait;    // from finding it taken until the thread had it or it was off
    tg_histogram hold;    // the part of a hold during which another thread waited
} tg_gil_times;

// Steps through them: *pos starts at 0; each call writes one. First all threads together, then each
// living thread that has waited or kept another waiting, by its id. False at the end.
TG_API bool tg_gil_times_next(tg_thread *t, size_t *pos, tg_gil_times *out);

#ifdef __cplusplus
}
#endif

#endif
