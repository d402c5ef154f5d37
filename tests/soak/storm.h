// SPDX-License-Identifier: MIT
//
// storm.h - what the files of the storm share. In reading order: storm.c (options, one mode, the
// report), storm_threads.c (what the threads do), storm_watch.c (the watchdog).
#ifndef TG_STORM_H
#define TG_STORM_H

#include "base/atomic.h"
#include "base/histogram.h"
#include "base/random.h"
#include "thread/runtime.h"
#include "thread/start.h"

#include <togil/togil.h>

#include <stdbool.h>
#include <stdint.h>

enum { STORM_THREADS_MAX = 256 };

typedef struct storm_options {
    const char *mode; // or "all"
    int threads;      // workers
    int agitators;    // threads that toggle, pause, start and end others
    int64_t toggles;  // stop after so many; 0: no limit
    double minutes;   // stop after so long; 0: no limit
    double patience;  // seconds without a step of some thread that count as a deadlock
    uint64_t seed;
    const char *json;
    double progress; // seconds between two lines on stderr
    bool trace;
    bool stall; // the first worker gets stuck
} storm_options;

// What an agitator has done; summed for the report.
typedef struct storm_counts {
    uint64_t enables, disables; // calls that succeeded
    uint64_t on, off;           // of these: the GIL went on, or off
    uint64_t pauses_interp, pauses_global;
    uint64_t threads, hosts; // started by the runtime; of the host
    uint64_t interps;        // created, used and closed
    uint64_t intervals, policies;
    uint64_t collections;
    uint64_t naps;
} storm_counts;

typedef struct storm_thread {
    const char *role;
    int index;
    tgi_thread_handle *handle;
    _Atomic(uint64_t) beats;     // owner writes: steps done
    _Atomic(const char *) doing; // owner writes
    _Atomic(bool) done;          // owner writes
    _Atomic(bool) passive;       // any thread: waits for another one, makes no steps by itself
    tgi_random random;           // owner
    storm_counts counts;         // owner, read after the end
    tgi_histogram enabling;      // owner: ns of an enable that turned it on
    tgi_histogram disabling;     // owner: ns of a disable that turned it off
    tgi_histogram pair;          // owner: ns of one after the other
    uint64_t jobs;               // owner: finished
    uint64_t pings;              // owner: messages sent
    tg_value socket;             // owner
} storm_thread;

typedef struct storm {
    const storm_options *options;
    const char *mode;
    tg_runtime *rt;
    tg_thread *t; // main
    tg_value module;
    _Atomic(bool) stop;
    _Atomic(bool) failed;
    _Atomic(int) tokens;       // open requests for the GIL that anybody may take back
    _Atomic(uint64_t) toggles; // of all agitators: the GIL went on or off
    _Atomic(uint64_t) shared;  // what the workers have added to the shared counter
    storm_thread *threads;
    int thread_count;
} storm;

extern storm the_storm; // one at a time

// -- storm_threads.c

// Computes what every job must return, on the main thread alone. Ends the process if that fails.
void storm_prepare(storm *s);
void storm_start_threads(storm *s);
void storm_join_threads(storm *s);
// Pairs of enable and disable with nobody else there.
void storm_measure_alone(const char *mode, tgi_histogram *pair, int count);
// Back to the number of requests that the runtime started with.
void storm_settle_gil(storm *s, int count);

// -- storm_watch.c

// Prints what is known about every thread and ends the process with 1.
void storm_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
// Fails the storm when a thread makes no step for too long.
void storm_watch_start(storm *s);
void storm_watch_stop(void);

#endif
