// SPDX-License-Identifier: MIT
//
// race.h - data races: accesses to the same thing by two tasks, one of them a write, that nothing
// in the script orders. Layer stress. race.c, race_report.c.
//
// Note [order]
// Only what a script can see and may rely on orders its threads: start and join, locks, conditions,
// events, semaphores, barriers, queues, futures. A GIL orders nothing here, nor do locks inside of
// the runtime and its library; a switch of the scheduler orders nothing either. So one run tells
// about all runs with the same order of synchronisation, under any policy.
//
// Operations on containers are atomic by themselves: a race is a mistake of the program, never of
// memory. What it may mean is its class.
#ifndef TGI_STRESS_RACE_H
#define TGI_STRESS_RACE_H

#include "stress/lock_order.h" // tgi_lock_cycle
#include "stress/pool.h"       // tgi_pool
#include "stress/race_cell.h"  // tgi_race_side
#include "stress/race_place.h" // tgi_places

typedef struct tgi_races tgi_races;

// What of a thing is touched. Different parts never conflict.
typedef enum tgi_race_part {
    TGI_PART_VARIABLE,  // of a module, or captured by a function
    TGI_PART_ATTRIBUTE, // slot: its name
    TGI_PART_ELEMENT,   // of a container; slot: its index or the hash of its key
    TGI_PART_SHAPE,     // of a container: how many elements it has, which, and their order
    TGI_PART_ELEMENTS,  // of a container: reads of all, writes of one
    TGI_PART_OBJECT,    // private to race.c
    TGI_PART_SYNC,
} tgi_race_part;

enum {                    // tgi_race_op.flags and tgi_race_side.flags
    TGI_SIDE_ATOMIC = 1,  // the whole operation is one step
    TGI_SIDE_WALK = 2,    // one of several steps over all elements, in a loop of the script
    TGI_SIDE_WHOLE = 4,   // the same inside of one builtin
    TGI_SIDE_INIT = 8,    // the object is being made
    TGI_SIDE_UNSET = 16,  // there is no value yet
    TGI_SIDE_NONE = 32,   // the value is None, or there is none
    TGI_SIDE_UPDATE = 64, // below: found out by race.c
    TGI_SIDE_UPDATED = 128,
    TGI_SIDE_ACTED = 256,
    TGI_SIDE_LATE = 512,  // a first write to an object that others can reach already
    TGI_SIDE_STALE = 1024 // it relies on a check that was overtaken
};

typedef struct tgi_race_op {
    const void *where;
    uint64_t slot;
    tgi_race_part part;
    bool write;
    uint32_t flags;
    uint32_t place;
} tgi_race_op;

typedef enum tgi_race_class {
    TGI_RACE_NONE,
    TGI_RACE_LOST_UPDATE,       // R1
    TGI_RACE_READ_WRITE,        // R2
    TGI_RACE_WRITE_WRITE,       // R3
    TGI_RACE_EARLY_PUBLICATION, // R4
    TGI_RACE_CHECK_THEN_ACT,    // R5
    TGI_RACE_ITERATION,         // R6
    TGI_RACE_TORN_READ,         // R7
    TGI_RACE_ATOMIC,            // R8
} tgi_race_class;

typedef enum tgi_race_severity {
    TGI_RACE_NOTE,
    TGI_RACE_WARNING,
    TGI_RACE_ERROR
} tgi_race_severity;

tgi_race_severity tgi_race_severity_of(tgi_race_class c);

enum { TGI_RACE_LOCKS_SHOWN = 4 };

typedef struct tgi_race_report_side {
    char thread[40];
    uint32_t place;
    bool write;
    uint32_t flags;
    uint32_t lock_count;                  // held
    uint32_t locks[TGI_RACE_LOCKS_SHOWN]; // places where they were taken
} tgi_race_report_side;

// Two lines of a program that race.
typedef struct tgi_race_report {
    uint64_t key;
    tgi_race_class class_;
    tgi_race_part part;
    char name[96]; // of what is touched
    uint64_t times;
    // Runs: the first one that showed it, the one whose sides are kept, the one of `guard`.
    uint64_t first_run, shown_run, guard_run;
    tgi_race_report_side sides[2]; // in the order of the run that showed it
    // The lock that is held most often when it is touched: taken here, in so many of all accesses.
    uint32_t guard, guarded, accesses;
} tgi_race_report;

tgi_races *tgi_races_new(void);
void tgi_races_free(tgi_races *r);
tgi_places *tgi_races_places(tgi_races *r);
// Reports of all runs so far; NULL behind the last.
const tgi_race_report *tgi_races_at(const tgi_races *r, size_t i);
// Report i was seen so many times, other processes included.
void tgi_races_set_times(tgi_races *r, size_t i, uint64_t times);
// A run did more than is watched, or memory ran out: some races may not have been seen.
bool tgi_races_incomplete(const tgi_races *r);

// Deadlocks that the order of locks allows; NULL behind the last.
const tgi_lock_cycle *tgi_races_cycle_at(const tgi_races *r, size_t i);

// --- a run. Tasks are numbers; a name stays valid until the run ends.

void tgi_races_begin(tgi_races *r);
void tgi_races_number(tgi_races *r, uint64_t run); // of the run that begins next
void tgi_races_started(tgi_races *r, uint32_t parent, uint32_t task, const char *name,
                       const void *handle); // of the main task: itself, NULL
void tgi_races_end(tgi_races *r);           // looks at the order of locks
void tgi_races_joined(tgi_races *r, uint32_t task, const void *handle);

// `internal`: who takes it for the first time in a run is the library, whose locks order nothing.
void tgi_races_acquired(tgi_races *r, uint32_t task, const void *lock, uint32_t place,
                        bool internal);
void tgi_races_released(tgi_races *r, uint32_t task, const void *lock);
// It has died: a lock that comes to be there is another one.
void tgi_races_gone(tgi_races *r, const void *lock);

// Whether it holds a lock that it took there.
bool tgi_races_holds(const tgi_races *r, uint32_t task, uint32_t place);

// What the task has done so far happens before what others do after they receive the same.
void tgi_races_send(tgi_races *r, uint32_t task, const void *object, uint64_t value);
void tgi_races_receive(tgi_races *r, uint32_t task, const void *object, uint64_t value);

// The task touches something. True if there are new reports, which want a name.
bool tgi_races_access(tgi_races *r, uint32_t task, const tgi_race_op *op);
void tgi_races_name(tgi_races *r, const char *name);

// The object is stored where others may find it.
void tgi_races_published(tgi_races *r, uint32_t task, const void *object);
// True the first time in a run: the object must stay alive until the run ends, its address is its
// name.
bool tgi_races_meet(tgi_races *r, uint32_t task, const void *object);

// Two accesses that nothing orders: what may that mean?
tgi_race_class tgi_race_classify(tgi_race_part part, const tgi_race_side *earlier,
                                 bool earlier_writes, const tgi_race_side *later,
                                 bool later_writes);

#endif
