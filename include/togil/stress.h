// SPDX-License-Identifier: MIT
//
// stress.h - runs a script many times under a scheduler that decides every switch between its
// threads, to find the order in which it fails.
//
// All threads of the script are carried by the calling OS thread, or, with `os_threads`, by one of
// their own each. Nothing else of the runtime runs meanwhile. docs/stress.md explains points,
// strategies and what is reported.
#ifndef TOGIL_STRESS_H
#define TOGIL_STRESS_H

#include <togil/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tg_stress tg_stress;

// The first so many runs of a seed teach all later ones: docs/stress.md.
#define TG_STRESS_BLOCK 8

// Where threads may be switched; each includes the ones before it.
typedef enum tg_stress_points {
    TG_STRESS_GIL,      // where a GIL may be handed over: calls, backward jumps, waits
    TG_STRESS_BYTECODE, // before every instruction that touches what others may see
    TG_STRESS_FREE,     // also between the steps of builtins
} tg_stress_points;

struct tg_stress_result;

typedef struct tg_stress_options {
    tg_stress_points points;
    const char *strategy; // NULL: the default one; tg_stress_strategy
    uint64_t seed;
    uint32_t max_steps; // of a run; 0: 200000
    bool adversarial;   // a timeout may end at any time
    bool races;         // look for races: in the first runs, and in one of eight later on
    bool os_threads;    // threads of the script are threads of the operating system, one at a time
    // A run that comes to no point for so long stands still: a thread of it waits for something
    // that the tester does not control. 0: nobody looks. `stalled` is called on another thread
    // while the run stands, and says what to do: usually it tells, and ends the process. If it
    // returns, the run goes on waiting.
    int64_t patience_ns;
    void (*stalled)(void *arg, const struct tg_stress_result *result);
    void *stalled_arg;
} tg_stress_options;

typedef enum tg_stress_kind {
    TG_STRESS_OK,          // the run ended well
    TG_STRESS_EXCEPTION,   // an exception that nobody caught, in any thread
    TG_STRESS_DEADLOCK,    // no thread could go on
    TG_STRESS_ENDLESS,     // more steps than allowed
    TG_STRESS_EXIT,        // the script ended with an exit code that is not 0
    TG_STRESS_LOST,        // the tester ran out of memory
    TG_STRESS_INTERRUPTED, // KeyboardInterrupt: Ctrl-C, or the script raises it
    TG_STRESS_HANG,        // threads wait to be woken, and nobody is left to do it
    TG_STRESS_LIVELOCK,    // loops go round, and nobody is left to change what they look at
    TG_STRESS_PARTIAL,     // threads wait for each other while others go on
    TG_STRESS_LATE,        // tg_stress_stop_at: it was ended, nothing is known
    TG_STRESS_INVARIANT,   // what the script says is always true is not: stress.invariant
    TG_STRESS_STALLED,     // a thread waits for something that the tester does not control
} tg_stress_kind;

// What a run did. Texts are good until the next run.
typedef struct tg_stress_result {
    tg_stress_kind kind;
    const char *text;     // what went wrong, several lines; "" if nothing did
    const char *thread;   // in which thread
    const char *schedule; // the decisions of the run, for tg_stress_replay; NULL without memory
                          // and if there were more than a million of them
    const char *output;   // what the run printed
    size_t output_bytes;
    uint64_t forgotten; // steps of a traced run before the first that tg_stress_event_at knows
    uint32_t threads;
    uint64_t steps;       // accesses, calls, waits
    uint64_t decisions;   // points at which several threads could go on
    uint64_t switches;    // from one thread to another
    uint64_t preemptions; // of these, away from a thread that could have gone on
    uint64_t deviations;  // decisions that were not the usual ones: those of the schedule
    uint64_t points;      // steps after which strategy pct might have lowered a thread
    uint32_t depth;       // D, of a run of strategy pct; 0: another strategy, or the run has learnt
    uint64_t hash;        // of all that happened, in its order
    uint64_t signature;   // the same for the same failure, whatever the values in it; 0: none
} tg_stress_result;

// One line of the trace of a run.
typedef struct tg_stress_event {
    uint32_t thread;    // 0: the main thread
    const char *name;   // of the thread
    const char *action; // "reads", "takes a lock"
    const char *file;   // NULL if no script was running
    const char *function;
    uint32_t line;
    uint32_t object;  // a number for what is touched; 0: nothing
    bool preempted;   // another thread came in between before it
    bool visible;     // it may concern other threads
    bool sync;        // it orders threads, or says why a thread does not go on
    const char *text; // what is touched, and its value: "x is 1"; "" if nothing is known
} tg_stress_event;

// What a systematic search (strategies exhaustive, pb, db, dpor) has covered.
typedef struct tg_stress_coverage {
    bool over;          // there is nothing left to try
    bool complete;      // and nothing was left out
    bool bounded;       // it speaks of schedules with few preemptions or delays
    bool delays;        // of delays: strategy db
    int64_t bound;      // of pb and db: all schedules with so many were tried; -1: none
    uint64_t schedules; // tried, with the bound that the search has come to
    uint64_t redundant; // runs of strategy dpor that were given up: they showed nothing new
    double share;       // of all of these: 0 to 1, an estimate; 0 for dpor until it is over
    const char *text;   // all this as a sentence, good until the next call
} tg_stress_coverage;

// What a run of strategy pct:D finds: a bug that needs D orderings or fewer, with a probability of
// at least 1/(n k^(D-1)), if it has at most n threads and k points.
typedef struct tg_stress_promise {
    uint32_t depth;  // D; 0: it is drawn for every run
    uint64_t points; // k: steps after which priorities may change, as the first runs have shown it
    bool all;        // pct is the strategy; else one of those that it uses
} tg_stress_promise;

// Strategies by name, for listings: NULL behind the last.
TG_API const char *tg_stress_strategy(size_t i);

// Compiles a script. t is attached and the main thread. TG_ERR_RAISED: a SyntaxError, for example.
// TG_ERR_ARG: no such strategy. TG_ERR_NOMEM.
TG_API tg_status tg_stress_open(tg_thread *t, const char *source, size_t size, const char *filename,
                                const tg_stress_options *options, tg_stress **out);
TG_API void tg_stress_close(tg_stress *s);

// Changes where threads may be switched, for the runs to come.
TG_API void tg_stress_set_points(tg_stress *s, tg_stress_points points);

// Names of the functions that the script marks with @stress.test, a line for each; "" if there are
// none. The script runs once for it if it has not run. Good until s is closed.
TG_API const char *tg_stress_tests(tg_stress *s);
// Runs to come call test i after the body of the script. TG_ERR_ARG: there is none.
// TG_ERR_INTERRUPTED: Ctrl-C.
TG_API tg_status tg_stress_choose_test(tg_stress *s, size_t i);

// Run number `run`; the same number does the same, in any order.
TG_API void tg_stress_run(tg_stress *s, uint64_t run, tg_stress_result *out);

// A systematic search has nothing left to try.
TG_API bool tg_stress_is_over(const tg_stress *s);
// A run that goes on at this time of CLOCK_MONOTONIC, in nanoseconds, is ended. 0: never.
TG_API void tg_stress_stop_at(tg_stress *s, int64_t ns);

// False: the strategy is not a systematic one.
TG_API bool tg_stress_covered(tg_stress *s, tg_stress_coverage *out);

// False: a strategy that promises nothing, or Ctrl-C. The first runs are made up for.
TG_API bool tg_stress_promised(tg_stress *s, tg_stress_promise *out);

// Follows a schedule, and keeps a trace with `trace`. TG_ERR_ARG: it is not one.
TG_API tg_status tg_stress_replay(tg_stress *s, const char *schedule, bool trace,
                                  tg_stress_result *out);

// Where in the script the last run of tg_stress_replay or tg_stress_shrink, if it was traced, left
// the default order: lines of text. Good until the next run; NULL: not known.
TG_API const char *tg_stress_anchors(tg_stress *s);
// Follows what tg_stress_anchors has said of another version of the script, and keeps a trace. *met
// of *all such places were met. TG_ERR_ARG: it is something else.
TG_API tg_status tg_stress_replay_anchors(tg_stress *s, const char *anchors, tg_stress_result *out,
                                          uint32_t *met, uint32_t *all);

// Takes out of a schedule that fails what is not needed for the same failure, by at most `budget`
// replays. *out is that of the result, which was traced; out->schedule is the short schedule.
// TG_ERR_ARG: it is not a schedule, or does not fail. TG_ERR_NOMEM. *replays (may be NULL): how
// many it took.
TG_API tg_status tg_stress_shrink(tg_stress *s, const char *schedule, uint32_t budget,
                                  tg_stress_result *out, uint32_t *replays);

// Line i of the trace of the last run; false: there is none.
TG_API bool tg_stress_event_at(tg_stress *s, size_t i, tg_stress_event *out);

// --- races: accesses to the same thing by two threads, one of them a write, that nothing in the
// script orders. A report is about two lines of the program.

typedef enum tg_stress_severity {
    TG_STRESS_NOTE,    // both are atomic; only their order is open
    TG_STRESS_WARNING, // what is read may be older or newer than expected
    TG_STRESS_ERROR,   // an update may be lost, a check overtaken, an object used half made
} tg_stress_severity;

typedef struct tg_stress_race {
    const char *rule; // "R1" to "R8": docs/stress.md
    const char *text; // the same in words: "lost update"
    tg_stress_severity severity;
    const char *name; // of what is touched: "the variable x"
    uint64_t times;   // in all runs so far
    bool accepted;    // the script says that it is meant to be there
    uint64_t key;     // the same in every process, on every machine, for the same two lines
    // Runs: the first that showed it; the first that showed it as bad as this; the one whose
    // `guarded` this is. The same runs, done again in their order, give the same report.
    uint64_t first_run, shown_run, guard_run;
    // of so many accesses, the lock taken at place 0 of side 2 was held in so many
    uint32_t guarded;
    uint32_t accesses;
    const char *thread[2]; // in the order of the run that showed it
    bool write[2];
} tg_stress_race;

typedef struct tg_stress_place {
    const char *file, *function;
    uint32_t line;
} tg_stress_place;

// Report i of the session; false: there is none. Texts are good until the next run.
TG_API bool tg_stress_race_at(tg_stress *s, size_t i, tg_stress_race *out);
// Frame k of the stack of one side (0, 1), the innermost first; false: there is none.
TG_API bool tg_stress_race_frame(tg_stress *s, size_t i, int side, size_t k, tg_stress_place *out);
// Where lock k that one side held was taken. Side 2: the lock that guards it most of the time.
TG_API bool tg_stress_race_lock(tg_stress *s, size_t i, int side, size_t k, tg_stress_place *out);
// Other processes have done runs, too: the report was seen so many times in all of them.
TG_API void tg_stress_race_set_times(tg_stress *s, size_t i, uint64_t times);
// A run did more than is watched, or memory ran out: some races may not have been seen.
TG_API bool tg_stress_races_incomplete(tg_stress *s);

// --- the order of locks: rings of threads each of which holds what another one wants, possible as
// far as the runs so far have shown.

// How many threads are in ring i; 0: there is none of that number.
TG_API size_t tg_stress_cycle(tg_stress *s, size_t i);
// The first run that showed ring i, which exists, and what names it in every process.
TG_API uint64_t tg_stress_cycle_run(tg_stress *s, size_t i, uint64_t *key);
// Frame k of the stack where thread `side` of ring i takes the lock that it holds, or the one that
// it wants then; false: there is none.
TG_API bool tg_stress_cycle_frame(tg_stress *s, size_t i, size_t side, bool wants, size_t k,
                                  tg_stress_place *out, const char **thread);
// Steers up to `attempts` runs there. True: the last one, *out, ended in a deadlock.
TG_API bool tg_stress_confirm_cycle(tg_stress *s, size_t i, uint32_t attempts,
                                    tg_stress_result *out);

// Before fork: the OS threads of the tester end; the next run has some again.
TG_API void tg_stress_rest(tg_stress *s);

// --- for modules

// t runs under the tester: the time of the run, in nanoseconds, which passes by itself only when
// every thread waits. Asking takes a microsecond. False: it does not.
TG_API bool tg_stress_time(tg_thread *t, int64_t *ns);
// t runs under the tester: `bytes` bytes that are the same in every run, for what would ask the
// system for random ones. False: it does not, and the buffer is as it was.
TG_API bool tg_stress_random(tg_thread *t, void *buffer, size_t bytes);
// t runs under the tester: from now on in this run it asks the module `stress` after every step
// whether all invariants hold. False: it does not.
TG_API bool tg_stress_watch(tg_thread *t);
// As tg_lock_acquire; the tester does not switch threads here unless the lock is taken.
TG_API tg_status tg_stress_lock_quietly(tg_thread *t, tg_lock *lock, int64_t timeout_ns);
// As tg_thread_handle_done, for tidying up: the script does not get to know it.
TG_API bool tg_stress_done_quietly(tg_thread_handle *h);
// The memory of a lock is given back: another one may come to be there.
TG_API void tg_stress_lock_gone(tg_thread *t, const tg_lock *lock);
// An exception ends a thread of the script. Nothing happens if t does not run under the tester.
TG_API void tg_stress_uncaught(tg_thread *t, tg_value exc);

#ifdef __cplusplus
}
#endif

#endif
