// SPDX-License-Identifier: MIT
//
// profile.h - what the tasks of a program do in a run, learnt from its first runs. Layer stress.
// profile.c.
//
// Note [profile]
// Strategies that give every interleaving the same chance have to know how many steps each task
// still has before it. The longest of the learning runs says so. What counts as a step is a point
// at which something may come in between: from the start of a task until somebody has seen that it
// has ended, and not the wait for that, whose place among the steps of others makes no difference.
// What a task does while no other is left counts, too: in another run they may still be there. A
// step that a task has not begun with is its start.
//
// Tasks have the same name in all runs: they are the nth child of their parent. What a task has
// before it includes what the tasks do that it will start.
//
// Places of the program that have met at one location are a group: the reads and writes of a
// variable, the acquisitions of a lock. Groups in which several tasks have steps are what
// strategy_surw.c picks from; not those whose steps were all done with the same lock held: the
// order of its acquisitions decides theirs, and who waits for its turn with the lock in hand keeps
// the others from theirs. Groups have numbers that follow from the order of steps, so what is
// picked does not depend on addresses.
#ifndef TGI_STRESS_PROFILE_H
#define TGI_STRESS_PROFILE_H

#include "base/vec.h" // lists

#include <stdbool.h> // results
#include <stdint.h>  // counters

struct tgi_engine;
struct tgi_task;

#define TGI_PROFILE_NONE UINT32_MAX

typedef struct tgi_profile_task {
    uint32_t parent, ordinal; // the nth child
    uint32_t steps;           // own ones
    uint64_t all;             // and those of its descendants
} tgi_profile_task;

// One step of the learning run, in order.
typedef struct tgi_profile_step {
    uint32_t task, place; // number of the place; UINT32_MAX: none
    bool access;          // a point of later runs only if others are met there
    uint32_t held_end;    // behind its last one in tgi_profile_log.held; its first: the last step's
} tgi_profile_step;

// The steps of one run.
typedef struct tgi_profile_log {
    tgi_vec(tgi_profile_step) steps;
    tgi_vec(const void *) held; // the locks that were held at each of them
} tgi_profile_log;

typedef struct tgi_profile {
    tgi_vec(tgi_profile_task) tasks;
    tgi_profile_log longest, log; // of the longest run; of the one that runs
    bool settled;                 // the rest is there
    uint64_t all;                 // steps and starts
    tgi_vec(uint32_t) groups;     // their first places
    tgi_vec(uint64_t) shares;     // [group * tasks + task]: steps of it and its descendants there
} tgi_profile;

void tgi_profile_free(tgi_profile *p);

// A run begins with its main task.
void tgi_profile_begin(struct tgi_engine *e, struct tgi_task *main);
// A task was made: its name, and what it has before it.
void tgi_profile_born(struct tgi_engine *e, struct tgi_task *parent, struct tgi_task *task);
// A task comes to a point: what it was about to do last time is done.
void tgi_profile_arrive(struct tgi_engine *e, struct tgi_task *self);
// It is about to take the lock m.
void tgi_profile_locks(struct tgi_task *self, const void *m);
// Somebody sees that it has ended: the caller of this, or whoever waited for it. NULL: nothing.
void tgi_profile_joined(struct tgi_engine *e, struct tgi_task *ended);
// A learning run has ended.
void tgi_profile_keep(struct tgi_engine *e);
// Steps of the longest learning run at places that meet others, once all is learnt.
uint64_t tgi_profile_steps(struct tgi_engine *e);
// The run is one of profile.groups[i]: only steps there count. Nothing has happened yet.
void tgi_profile_pick_group(struct tgi_engine *e, size_t i, struct tgi_task *main);

#endif
