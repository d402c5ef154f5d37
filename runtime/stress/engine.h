// SPDX-License-Identifier: MIT
//
// engine.h - the deterministic scheduler of `togil stress`: script threads as fibers of one OS
// thread, every switch a decision. Layer stress.
//
// A thread of the script is a task. One task runs at a time; the others stand at a point, each with
// the operation it is about to do. At every point the strategy picks one of the tasks whose
// operation can be done now: a task that would block is not offered. The reading order of the
// folder:
//
//   fiber.c       stacks and the switch between them; baton.c: OS threads instead
//   engine.c      points, switches, the life of tasks and of a run
//   waiting.c     what a task can wait for: locks, the end of others, time, a parked word
//   world.c       clock, output and futex of a run, through the table of the operating system
//   sharing.c     which accesses are points
//   profile.c     what tasks do in a run, learnt from its first runs
//   strategy.c    strategies by name; strategy_*.c
//   search.c      systematic search: all schedules; search_dpor.c, strategy_search.c
//   schedule.c    the decisions of a run as data and as text
//   anchor.c      places of decisions, which edits of the script leave alone; follow.c
//   race.c        accesses that nothing orders; vclock.c, race_cell.c, race_place.c, race_class.c
//   invariant.c   what the script says is always true, asked after every step
//   steps.c       the trace of a run
//   patience.c    a run that stands still because a thread waits outside of all this
//   failure.c     what a run has done wrong, in words
#ifndef TGI_STRESS_ENGINE_H
#define TGI_STRESS_ENGINE_H

#include "base/atomic.h"     // beats
#include "base/clock.h"      // tgi_deadline
#include "base/random.h"     // streams
#include "base/vec.h"        // lists
#include "stress/fiber.h"    // tgi_fiber
#include "stress/profile.h"  // tgi_profile
#include "stress/race.h"     // tgi_races
#include "stress/schedule.h" // tgi_schedule
#include "stress/search.h"   // tgi_search
#include "stress/sharing.h"  // tgi_sharing
#include "sync/mutex.h"      // tgi_mutex
#include "thread/start.h"    // tgi_thread_handle
#include "thread/state.h"    // tg_thread

#include <stdbool.h> // results
#include <stdint.h>  // counters
#include <string.h>  // strncmp

typedef struct tgi_engine tgi_engine;
typedef struct tgi_task tgi_task;
struct tgi_strategy;

// What a task is about to do at a point.
typedef enum tgi_op_kind {
    TGI_OPK_START,   // run for the first time
    TGI_OPK_POLL,    // go on after a poll of the eval breaker
    TGI_OPK_READ,    // read `where`
    TGI_OPK_WRITE,   // write `where`
    TGI_OPK_CALL,    // enter a builtin that touches `where`
    TGI_OPK_STEP,    // fetch the next item of `where`, in the middle of a builtin
    TGI_OPK_ACQUIRE, // take the lock at `where`
    TGI_OPK_TRY,     // look whether the lock is free
    TGI_OPK_RELEASE, // give it back
    TGI_OPK_SPAWN,   // start a thread
    TGI_OPK_JOIN,    // wait for a thread
    TGI_OPK_SLEEP,   // wait for a time
    TGI_OPK_YIELD,   // sleep(0)
    TGI_OPK_PARK,    // wait for a word of the runtime to change
    TGI_OPK_SPIN,    // go round once more: Note [spin]
    TGI_OPK_FINISH,  // the main thread waits for the others
    TGI_OPK_END,     // nothing any more
} tgi_op_kind;

const char *tgi_op_name(tgi_op_kind kind);

typedef struct tgi_op {
    tgi_op_kind kind;
    const void *where;     // a lock, a handle, a word, an object; may be NULL
    uint64_t slot;         // which part of the object
    tgi_deadline deadline; // of a wait
    uint32_t expected;     // PARK
} tgi_op;

// Which points there are: docs/stress.md.
typedef enum tgi_points { TGI_POINTS_GIL, TGI_POINTS_BYTECODE, TGI_POINTS_FREE } tgi_points;

enum { // tgi_task.points: what the interpreter loop asks
    TGI_AT_POLL = 1,
    TGI_AT_ACCESS = 2,
    TGI_AT_INNER = 4,   // between the steps of a builtin
    TGI_AT_RACE = 8,    // no point, but the access is looked at: stress/race.h
    TGI_AT_SYNC = 16,   // the same in code of the library that orders threads
    TGI_AT_WATCH = 32,  // no point, but the access is part of the trace
    TGI_AT_NOTE = 64,   // a systematic search wants to know of all accesses
    TGI_AT_PROBE = 128, // also in the library: whether a round of a loop changes anything
};

// What a task that goes round waits for: tgi_op.slot of SPIN.
enum { TGI_SPIN_EFFECTS, TGI_SPIN_CHANGES, TGI_SPIN_CHANGES_AND_LOCKS };

// Where a poll of the eval breaker stands: tgi_op.slot of POLL.
// at a jump or after a call; before a function's first line
enum { TGI_POLL_BETWEEN, TGI_POLL_ENTRY };

// Note [spin]
// A loop without calls and writes that comes round with the same registers will go round for ever,
// unless another task changes what it reads. Such a task is not enabled before another one has done
// something. So programs that wait in this way end under every strategy, and if no task is left
// that could do something, the run is a livelock.
typedef struct tgi_spin {
    const void *at, *frame; // the jump back, and whose it is
    uint64_t registers;     // hash
    uint32_t effects;       // tgi_task.effects then
    uint32_t seen;          // tgi_engine.effects then
} tgi_spin;

// Whether a loop that calls functions only waits: core/vm/control_probe.c, Note [round].
typedef struct tgi_probe_loop {
    const void *at, *frame; // the jump back, and whose it is
    uint32_t rounds;        // since it was probed
    uint32_t wait;          // before it is probed again
} tgi_probe_loop;

enum { TGI_PROBE_LOOPS = 4 };

typedef struct tgi_probe {
    bool on;
    bool dirty;                     // something was changed in this round
    bool tried, tried_before;       // a lock was found taken; in this round, in one before it
    uint32_t neutral;               // rounds
    uint32_t held;                  // locks
    uint32_t altered, lock_altered; // tgi_engine's, at the beginning of the round
    uint32_t inner;                 // rounds of loops in the loop
    uint32_t own_locks;             // taken or given back in this round
    uint64_t prepared;    // loops over something that was begun in this round, by register
    tgi_probe_loop *loop; // which one of
    tgi_probe_loop loops[TGI_PROBE_LOOPS];
    tgi_vec(uint64_t) kept; // the core's: registers at the beginning
} tgi_probe;

// Whether a file is one of the library: to a script, its code is what builtins are.
static inline bool tgi_stress_is_library(const char *file)
{
    return file[0] == '<' && strncmp(file, "<togil>/", 8) == 0;
}

// A line of the script.
typedef struct tgi_where {
    const char *file, *function; // of the unit: live as long as the runtime; NULL: none
    uint32_t line;
} tgi_where;

struct tgi_task {
    uint32_t points;       // const during a run: TGI_AT_*
    uint32_t index;        // const: in order of creation, 0 is the main thread
    uint32_t parent;       // const: who started it
    uint32_t ordinal;      // const: the nth thread that its parent has started
    uint32_t arrivals;     // points it came to
    uint32_t draws;        // of random bytes
    uint32_t children;     // threads it has started
    uint64_t id;           // const: that of its thread; 0: the main thread
    bool joined;           // somebody has seen that it has ended
    uint32_t checked;      // arrivals when circles were looked for last
    uint32_t known;        // its entry of the profile, or TGI_PROFILE_NONE
    bool pending;          // what it is about to do counts for the strategy
    uint64_t left;         // what it and those it will start have before them: profile.h
    bool daemon, ended;    // ended: has left the runtime
    bool timed_out;        // its last wait ended by its deadline
    bool rests;            // in code of the library, until somebody wakes it
    bool rested;           // it was woken, and has not taken its lock again
    bool quiet;            // an access is no point: in code of the library
    bool untold;           // the locks that it takes are no business of a search
    char name[40];         // const: for people
    tgi_op op;             // at a point: what it is about to do
    uint64_t priority;     // strategies'
    const void *site;      // at an access: the instruction
    const void *lock_site; // at a lock: the instruction in the script, if the profile asks
    tgi_spin spin;         // the last time it went round
    uint32_t effects;      // calls and what else may have changed something
    tgi_probe probe;
    tgi_engine *engine;        // const
    tg_thread *t;              // NULL once it has ended
    tgi_thread_handle *handle; // own count; NULL of the main thread
    void (*fn)(tg_thread *t, void *arg);
    void (*drop)(void *arg);
    void *arg;
    tgi_fiber *fiber;
    tgi_parker parker;
    tgi_vec(const void *) held; // locks it took and has not given back
    const void *place_frame;    // whose callers are place_caller: core/vm/control_race.c
    uint32_t place_caller;
    uint32_t wants;   // the place where it is about to take a lock, of a run that looks for races
    tgi_where looked; // where it was when the invariants were looked at last
};

typedef enum tgi_failure_kind {
    TGI_FAIL_NONE,
    TGI_FAIL_EXCEPTION, // nobody caught it
    TGI_FAIL_DEADLOCK,  // no task can go on
    TGI_FAIL_STEPS,     // the run did not end
    TGI_FAIL_EXIT,      // the script ended with a code that is not 0
    TGI_FAIL_DIVERGED,  // a replay met another program
    TGI_FAIL_MEMORY,    // no memory for the run
    TGI_FAIL_INTERRUPT, // Ctrl-C
    TGI_FAIL_HANG,      // tasks wait to be woken, and nobody is left to do it
    TGI_FAIL_LIVELOCK,  // tasks go round, and nobody is left to change what they look at
    TGI_FAIL_PARTIAL,   // tasks wait for each other while others go on
    TGI_FAIL_INVARIANT, // what the script says is always true is not
    TGI_FAIL_STALLED,   // the task that runs waits for something else than its points
} tgi_failure_kind;

typedef struct tgi_failure {
    tgi_failure_kind kind;
    uint32_t task;
    uint64_t signature; // the same for the same bug, whatever the values in it
    char *text;         // malloc; NULL
    size_t used, capacity;
} tgi_failure;

// One line of the trace of a run.
typedef struct tgi_step {
    uint32_t task;
    tgi_op_kind kind;
    uint32_t line;
    const char *file, *function; // of the unit: live as long as the runtime
    uint32_t object;             // a number for what is touched, in order of appearance; 0: none
    bool preempted;              // another task came before it although it could have gone on
    bool visible;                // it may concern other tasks
    bool sync;                   // it orders them, or says why the run ends
    char text[48];               // what is touched, and its value: "x is 1"; may be cut
} tgi_step;

typedef struct tgi_object {
    const void *where;
    uint64_t slot;
} tgi_object;

typedef struct tgi_mapping {
    void *base;
    size_t bytes;
} tgi_mapping;

// Invariants of the script: invariant.c.
typedef struct tgi_watch {
    bool on;                                 // this run has some
    bool looking;                            // code of an invariant runs
    uint32_t effects;                        // tgi_engine.effects when they were looked at last
    uint32_t steps;                          // of this look
    bool (*look)(void *arg, tgi_failure *f); // const: true if one does not hold; says which one
    void *arg;                               // const
} tgi_watch;

struct tgi_engine {
    tg_thread *main;    // const
    tgi_points points;  // const during a run
    bool adversarial;   // const during a run: time may pass at any point
    bool os_threads;    // const: a task is a thread of the operating system
    uint64_t seed;      // const
    uint64_t run;       // number of the run
    uint32_t max_steps; // const
    const struct tgi_strategy *strategy;
    void *strategy_data;
    int depth;           // a number the strategy takes from its name, as in pct:3
    tgi_profile profile; // const once learnt
    bool learnt;         // all learning runs are done; a repeated one changes nothing
    uint32_t ended;      // tasks that have
    uint32_t joined;     // of these, whose end somebody has seen
    uint32_t group;      // of a run of surw
    tgi_task *intended;  // the same: who does the next step of the group
    uint32_t changes[64], change_count; // of a run of pct
    uint32_t sought;                    // of it: the depth D; 0: of another strategy
    uint64_t counted;                   // steps so far, of those that count: Note [profile]

    tgi_task *current;
    tgi_vec(tgi_task *) tasks;   // of this run
    tgi_vec(tgi_task *) spare;   // of earlier ones
    tgi_vec(tgi_fiber *) fibers; // that no task uses
    tgi_task **enabled;          // room for as many as there are tasks
    uint32_t enabled_room;
    int64_t until; // real time: a run that goes on then is ended; 0: none
    bool late;     // it was
    bool killing;  // the run is over: all unwind
    int64_t now;   // virtual time
    uint64_t steps, decisions, switches, preemptions;
    uint64_t unwind_steps;
    _Atomic(uint64_t) beats;       // who runs counts up, patience.c looks whether it moves
    struct tgi_patience *patience; // NULL: nobody looks
    uint32_t effects; // what tasks did that may concern one that goes round: Note [spin]
    // The same without what is known to change nothing, and locks that were taken or given back.
    uint32_t altered, lock_altered;
    uint32_t born; // tasks, the main thread included
    uint64_t trace_hash;
    tgi_random random;          // the schedule's stream
    tgi_schedule taken;         // where the run left the default order
    bool overflowed;            // there were more such decisions than a schedule holds
    const tgi_schedule *forced; // a schedule to follow, or NULL
    // per task its next entry of `forced`, per entry the next one of the same task; 0: none
    tgi_vec(uint32_t) forced_next, forced_link;
    struct tgi_anchors *anchors; // of a run that notes or follows some; else NULL
    tgi_schedule *alternatives;  // NULL, or filled with every decision that was not taken
    tgi_failure failure;
    tgi_sharing sharing;                  // which places of the program meet other tasks
    tgi_vec(uint64_t) kept;               // values that a learning run keeps alive, for the core
    tgi_vec(tgi_thread_handle *) handles; // of this run, kept alive in the same way
    tgi_search *search;                   // of a systematic strategy; NULL: another one
    bool searching;                       // const during a run: it is one of the search
    bool told;       // the search knows of the steps that this run has not done
    bool finalizers; // code runs when objects die: none may be kept alive
    tgi_watch watch;
    bool tracing;
    tgi_vec(tgi_step) trace;       // the last TRACE_KEPT steps at least
    uint64_t forgotten;            // steps before the first of trace
    tgi_vec(tgi_object) objects;   // seen by the trace
    tgi_vec(tgi_mapping) mappings; // kept for the next threads: world.c
    tgi_races *races;              // NULL: off
    bool racing;                   // const during a run: races are looked for
    const tgi_lock_cycle *aim;     // of strategy_directed.c
    struct {
        const void *code, *contract;
    } contracts[64]; // what is known about code of the library: core/vm/control_race.c
    char *output;
    size_t output_used, output_capacity;
};

// A tester for the runtime of t, which is attached and the main thread. NULL without memory.
tgi_engine *tgi_engine_new(tg_thread *t);
void tgi_engine_free(tgi_engine *e);

// One run: between begin and end, what t executes is the main thread of the script. finish waits
// for all others, and unwinds them when the run has failed; end takes the machinery away.
bool tgi_engine_begin(tgi_engine *e, uint64_t run);
void tgi_engine_finish(tgi_engine *e);
void tgi_engine_end(tgi_engine *e);

// A point: the calling task is about to do `op`, and does it when this returns.
void tgi_engine_point(tgi_task *self, tgi_op op);

// The same for an access to memory that other tasks may see: a point unless the profile says that
// this place of the program (`site`, an address that stays) never meets another task. True if
// `where` is new to a run that learns or is traced: it must stay alive until the run ends.
bool tgi_engine_access(tgi_task *self, tgi_op op, const void *site);
// What a run that learns or searches is to know of it. True if `where` is new.
bool tgi_engine_learn(tgi_task *self, const tgi_op *op, const void *site);

// The calling task comes back to where it was (*now) by a jump. True: nothing has changed since, it
// has waited for somebody to do something.
bool tgi_engine_goes_round(tgi_task *self, const tgi_spin *now);
// It has called something, or may have changed something else than its registers.
static inline void tgi_engine_effect(tgi_task *self)
{
    self->effects++;
    self->engine->effects++;
    self->engine->altered += !self->probe.on || self->probe.dirty;
}
// It changes something, whatever it is.
static inline void tgi_engine_alters(tgi_task *self)
{
    self->probe.dirty = true;
    self->engine->altered++;
}
// Its loop only waits for something since tgi_engine.altered was so much, and with `locks`, that
// and lock_altered together.
void tgi_engine_wait_for_change(tgi_task *self, uint32_t since, bool locks);

// In a run of a systematic search, an access that is no point. The same place of the program may
// have one at another thing (note_place: it is this one). True as above.
bool tgi_engine_note(tgi_task *self, tgi_op op, const void *site);
bool tgi_engine_note_place(tgi_task *self, tgi_op op, const void *site);
// The current step touches something: search.h.
// True if the search has met nothing at `where` before: what is there must stay alive until the
// run ends, or tgi_engine_gone must be told of its death.
bool tgi_engine_touch(tgi_engine *e, const void *where, uint64_t slot, tgi_search_touch_kind kind);
// Note [birth]: what was at `where` has died, and what comes to be there is something else.
void tgi_engine_gone(tgi_engine *e, const void *where);
// The same: the address of the handle is not used again in this run.
void tgi_engine_keep_handle(tgi_engine *e, tgi_thread_handle *handle);
void tgi_engine_drop_handles(tgi_engine *e); // at its end
// The task that it is of; NULL: a thread of an earlier run.
tgi_task *tgi_engine_task_of(const tgi_engine *e, const tgi_thread_handle *handle);
// Somebody asks whether the thread has ended. Threads of earlier runs, whose handles may still be
// in lists and die now, are no business of this one.
void tgi_engine_look_at_handle(tgi_engine *e, tgi_thread_handle *handle);
// The operation at which the task stands is what its next step begins with; waited: time has passed
// because nobody could go on.
void tgi_engine_tell_step(tgi_engine *e, const tgi_task *task, bool waited);
// The run is over: what all but one would have done next.
void tgi_engine_tell_pending(tgi_engine *e, const tgi_task *but);
// Whether the strategy is asked even if only one task can go on.
static inline bool tgi_engine_asks_always(const tgi_engine *e)
{
    return e->searching && e->search->kind == TGI_SEARCH_DPOR;
}

// The run goes on: patience.c.
static inline void tgi_engine_beat(tgi_engine *e)
{
    // ORDER: relaxed; one writer, and what counts is that it moves.
    atom_store_relaxed(&e->beats, atom_load_relaxed(&e->beats) + 1);
}

// Which function of the library the script has called there; NULL: none. (waiting.c)
const char *tgi_task_called(const tgi_task *task);
// Of what that says: a lock that the script takes by itself, or with a condition; any part of one.
bool tgi_called_takes_lock(const char *called);
bool tgi_called_is_condition(const char *called);

// With tracing (steps.c): self does op where it is.
void tgi_engine_record(tgi_engine *e, tgi_task *self, const tgi_op *op, bool preempted);
// What the trace has numbered there has died.
void tgi_engine_forget_object(tgi_engine *e, const void *where);
// Words for the last step of the trace.
void tgi_engine_describe(tgi_engine *e, const char *text);
// A line of the trace that is no operation: `text` is said of self at `where` (NULL: where it is).
void tgi_engine_mark(tgi_engine *e, tgi_task *self, const tgi_where *where, const char *text);
// The innermost line of the script that self is at.
tgi_where tgi_engine_where(const tgi_task *self);

// What the script takes for random: the same in every run.
void tgi_engine_random(tgi_task *self, void *buffer, size_t bytes);

// A poll of the eval breaker that is not a point.
void tgi_engine_tick(tgi_task *self);

// While a run unwinds: lets the others go on, because self waits for one of them.
void tgi_engine_unwind_others(tgi_task *self);

// The script has code that runs when an object dies, now or later.
void tgi_stress_has_finalizer(tg_thread *t);

// Ends the run: everybody unwinds.
void tgi_engine_kill(tgi_engine *e);
// The same, without a verdict: Ctrl-C, or no time is left.
void tgi_engine_interrupt(tgi_engine *e);

// --- what the layers above call for a thread with t->task

tg_status tgi_stress_start(tg_thread *t, void (*fn)(tg_thread *t, void *arg),
                           void (*drop)(void *arg), void *arg, const char *name, bool daemon,
                           tgi_thread_handle **out);
// TG_ERR_INTERRUPTED: handle the breaker and come again.
tg_status tgi_stress_join(tg_thread *t, tgi_thread_handle *h, tgi_deadline until);
tg_status tgi_stress_lock(tg_thread *t, tgi_mutex *m, tgi_deadline until);
void tgi_stress_unlock(tg_thread *t, tgi_mutex *m);
tg_status tgi_stress_sleep(tg_thread *t, tgi_deadline until);

// An exception that ended a thread, as text: the run has failed.
void tgi_stress_uncaught(tg_thread *t, const char *text);

// --- waiting.c

bool tgi_op_is_enabled(const tgi_task *task);
// Nobody is enabled: lets time pass up to the first deadline. False: there is none.
bool tgi_engine_advance(tgi_engine *e);

// --- world.c

void tgi_world_enter(tgi_engine *e);
void tgi_world_forget_mappings(tgi_engine *e); // outside of runs
void tgi_world_leave(void);
tgi_task *tgi_world_task(void);
void tgi_world_set_task(tgi_task *task);

// --- invariant.c

// The step that self has done is over: looks whether all invariants hold, if something may have
// changed.
void tgi_watch_look(tgi_task *self);
// What an invariant does is no step: the points on its way. step may end the run.
void tgi_watch_step(tgi_task *self);
void tgi_watch_point(tgi_task *self, tgi_op op);
bool tgi_watch_access(tgi_task *self, tgi_op op, const void *site);
// Who touches something: an invariant is like a task of its own.
static inline uint32_t tgi_watch_toucher(const tgi_task *self)
{
    return self->engine->watch.looking ? UINT32_MAX : self->index;
}

// --- failure.c

void tgi_failure_reset(tgi_failure *f);
void tgi_failure_print(tgi_failure *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// The stack of a task, innermost call last.
void tgi_failure_print_stack(tgi_failure *f, tgi_task *task);
// Nobody can go on: a deadlock, a lost wake-up or a livelock.
void tgi_engine_fail_blocked(tgi_engine *e);
// Fails the run if tasks wait for each other in a circle and all have done so since the last call.
void tgi_engine_check_circles(tgi_engine *e);
// The task that runs has come to no point for so many seconds, or does not notice Ctrl-C.
void tgi_engine_fail_stalled(tgi_engine *e, bool interrupted, double seconds, const char *why);
// Sets the signature, once all text is there.
void tgi_failure_sign(tgi_failure *f);

#endif
