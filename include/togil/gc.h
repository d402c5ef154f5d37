// SPDX-License-Identifier: MIT
//
// gc.h - the cycle collector: objects that only refer to each other are found and freed.
//
// Most objects die when their last reference goes. What is left are cycles; the collector of an
// interpreter finds them in a pause of its threads, runs their finalizers, and frees them. It
// starts by itself when the heap has grown by a share of what lives (docs/collector.md); these
// functions start it by hand, tune it, and say what it cost.
#ifndef TOGIL_GC_H
#define TOGIL_GC_H

#include <togil/stats.h>

#ifdef __cplusplus
extern "C" {
#endif

// Collects the garbage of t's interpreter now, whatever the settings say. Runs finalizers, so any
// script code. Waits while another thread collects, and shares the result of a collection that
// began after the call. Returns the number of objects that could not be reached; 0 when called
// from a finalizer; -1 with MemoryError when there was no memory to collect with, and then nothing
// has changed.
TG_API int64_t tg_collect(tg_thread *t);

// Settings of an interpreter, all integers.
typedef enum tg_gc_setting {
    TG_GC_ENABLED,    // 1: it starts by itself; 0: only tg_collect
    TG_GC_THRESHOLD0, // it starts when the heap has grown by at least threshold0 * threshold1
    TG_GC_THRESHOLD1, //     objects; threshold0 0: never; threshold1 0: by threshold0, whatever
    TG_GC_THRESHOLD2, //     lives already. threshold2 is kept and not used
    TG_GC_DEBUG,      // sum of TG_GC_DEBUG_...
    TG_GC_EXHAUSTIVE, // for tests: 1: counts alone decide, nothing is taken for alive beforehand
    TG_GC_THREADS, // that look at the heap in a pause, at most 8; 0: by the number of processors,
                   //     at most 4, and one for a small heap
    TG_GC_YOUNG,   // read only: objects made since the last collection and not freed
    TG_GC_SETTINGS // how many
} tg_gc_setting;

enum {
    TG_GC_DEBUG_STATS = 1,         // kept, for programs that set it
    TG_GC_DEBUG_COLLECTABLE = 2,   // the same
    TG_GC_DEBUG_UNCOLLECTABLE = 4, // the same
    TG_GC_DEBUG_SAVEALL = 32       // garbage is put on the list gc.garbage instead of freed
};

TG_API int64_t tg_gc_get(tg_thread *t, tg_gc_setting which);
// Values below 0 and TG_GC_YOUNG are ignored.
TG_API void tg_gc_set(tg_thread *t, tg_gc_setting which, int64_t value);

// Exempts all objects there are from collections: for what a server sets up and keeps, before it
// forks. Returns how many are exempt. -1: RuntimeError, too many runtimes and interpreters.
TG_API int64_t tg_gc_freeze(tg_thread *t);
TG_API void tg_gc_unfreeze(tg_thread *t);
TG_API int64_t tg_gc_frozen(tg_thread *t);

// A list of all objects the collector knows, but for those that are exempt; of those that refer to
// one of the n values; of what the n values refer to. TG_NULL with MemoryError.
TG_API tg_value tg_gc_objects(tg_thread *t);
TG_API tg_value tg_gc_referrers(tg_thread *t, const tg_value *of, size_t n);
TG_API tg_value tg_gc_referents(tg_thread *t, const tg_value *of, size_t n);

// Whether the collector knows the object. Numbers, text and what can hold no reference are unknown.
TG_API bool tg_gc_is_tracked(tg_thread *t, tg_value v);

// Lists that gc.callbacks and gc.garbage show: functions called with ("start" or "stop", dict), and
// what TG_GC_DEBUG_SAVEALL keeps. New references; set when the lists are made.
TG_API tg_value tg_gc_callbacks(tg_thread *t);
TG_API void tg_gc_set_lists(tg_thread *t, tg_value callbacks, tg_value garbage);

// What the collector of an interpreter has done.
typedef struct tg_gc_stats {
    uint64_t collections; // run to the end or abandoned
    uint64_t abandoned;   // for want of memory
    uint64_t shared;      // requests that got the result of another one's
    uint64_t found;       // objects that could not be reached
    uint64_t collected;   // of them, freed
    uint64_t resurrected; // of them, brought back by a finalizer
    uint64_t candidates;  // objects looked at closely, beyond those known to be alive
    uint64_t live;        // objects that stayed, last time
    uint64_t live_bytes;  // bytes of all objects then
    uint64_t paused_ns;   // time the world was stopped for collections
    uint64_t mark_ns;     // of that, in marking what is known to be alive
    uint64_t count_ns;    // and in counting the rest
    uint64_t threads;     // that took part last time
    uint64_t total_ns;    // time collections took, finalizers and clearing included
    tg_histogram pauses;  // ns of every pause
} tg_gc_stats;

// Of t's interpreter. About 9 KiB.
TG_API void tg_gc_stats_read(tg_thread *t, tg_gc_stats *out);

#ifdef __cplusplus
}
#endif

#endif
