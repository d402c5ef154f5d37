// SPDX-License-Identifier: MIT
//
// search.h - systematic search: every schedule once, or as many as tell programs apart. Layer
// stress. search.c; search_dpor.c.
//
// A search is a depth-first walk through the tree of decisions. It knows nothing of the engine: at
// every decision it is told who can go on, and says who does; after a run it says whether there is
// another one to do. The kinds:
//
//   ALL     every schedule
//   BOUND   every schedule with at most K preemptions, for K = 0, 1, 2, ...: a bug that needs few
//           is found soon, and what was covered can be said in one sentence
//   DELAY   the same with at most K delays: by default whoever runs goes on until it waits, then
//           the next one in order of creation; a delay passes over the one whose turn it is
//   DPOR    of schedules that differ only in the order of steps that do not concern each other,
//           one: Note [dpor] in search_dpor.c
//
// Note [stable]
// A walk needs decisions that stay where they are. Other strategies learn from their first eight
// runs which places of the program meet other threads, and what is learnt there depends on the
// seed. A search starts with no such place. Every run looks at all accesses; if it finds a place
// that meets other threads and was not a point yet, the search begins again with it. So at the end
// no run of the whole search has met a place that was no point, and which places these are is a
// matter of the program alone. Leaving out the others loses nothing: up to the first step at which
// a place that is no point meets another thread, every schedule is like one that was tried, which
// would have shown it.
//
// A run that does not do what an earlier one did, although all decisions were the same, is one of a
// program that the tester does not control: the search goes on and claims nothing. So that programs
// are noticed that are merely different from run to run, the first run and the last one are done
// twice.
//
// Note [birth]
// What a run touches is told apart by address, and has a number by birth: the order in which the
// run meets it. That is well defined only while nothing else comes to be at an address, which is up
// to the allocator. So what is met stays alive until the run ends: objects, unless the program has
// code that runs when they die (then every step may touch everything), and handles of threads.
// Locks do not; the end of one is told, and the next one there has a number of its own.
#ifndef TGI_STRESS_SEARCH_H
#define TGI_STRESS_SEARCH_H

#include "base/vec.h" // tgi_vec

#include <stdbool.h> // results
#include <stdint.h>  // numbers

typedef enum tgi_search_kind {
    TGI_SEARCH_ALL,
    TGI_SEARCH_BOUND,
    TGI_SEARCH_DELAY,
    TGI_SEARCH_DPOR,
} tgi_search_kind;

// A decision of the current run.
typedef struct tgi_search_node {
    uint64_t hash;          // of all steps before
    uint32_t self, arrival; // who came to a point, which of its points
    uint32_t first, count;  // of those who can go on, in tgi_search.tasks
    uint32_t usual;         // which of them does without a reason for another: tried first
    uint32_t tried;         // how many were tried before the one that goes on now
    uint32_t spent;         // of the bound, before this decision
    bool stays;             // self can go on: anybody else costs a preemption
} tgi_search_node;

typedef struct tgi_search {
    tgi_search_kind kind; // const
    int32_t most;         // const: the largest bound; -1: none
    int32_t bound;        // of preemptions or delays, now
    tgi_vec(tgi_search_node) nodes;
    tgi_vec(uint32_t) tasks;
    size_t at;             // the next node of this run
    uint32_t spent;        // of the bound, by this run so far
    bool cut;              // under this bound something was left out
    bool over;             // there is nothing left to do
    bool diverged;         // a run was not what it was before
    bool lost;             // no memory, or a run with too many decisions
    bool again;            // the last run is done once more
    uint64_t hash;         // of its steps
    uint64_t diverged_at;  // which run
    uint64_t runs;         // since the search began, the one that goes on not included
    uint64_t level_runs;   // of these, under this bound
    int32_t complete;      // the largest bound under which everything was tried; -1: none
    uint32_t restarts;     // Note [stable]
    uint64_t redundant;    // runs of DPOR that were given up: Note [dpor]
    bool stopped;          // this one was
    struct tgi_dpor *dpor; // of DPOR
} tgi_search;

// A decision: tasks[0, count) can go on.
typedef struct tgi_search_point {
    uint64_t hash; // of all steps before
    uint32_t self, arrival;
    const uint32_t *tasks;
    uint32_t count, usual;
} tgi_search_point;

// False: no memory.
bool tgi_search_init(tgi_search *s, tgi_search_kind kind, int32_t most);
void tgi_search_free(tgi_search *s);
// Whether it goes from bound to bound.
static inline bool tgi_search_is_bounded(const tgi_search *s)
{
    return s->kind == TGI_SEARCH_BOUND || s->kind == TGI_SEARCH_DELAY;
}

void tgi_search_begin(tgi_search *s); // a run
// Who goes on: its place in p->tasks. DPOR is asked even if there is only one, and may answer
// TGI_SEARCH_STOP: the run shows nothing new, give it up.
uint32_t tgi_search_pick(tgi_search *s, const tgi_search_point *p);
// The run has ended; hash of all its steps. False: there is nothing left to do, over is true.
bool tgi_search_end(tgi_search *s, uint64_t hash);
// The points are not what they were: all over again.
void tgi_search_restart(tgi_search *s);

// What the step does that was picked last; only DPOR wants to know. TAKE as the first touch of a
// step: it could not be done while that was taken.
typedef enum tgi_search_touch_kind {
    TGI_TOUCHES_READ,
    TGI_TOUCHES_WRITE,
    TGI_TOUCHES_TAKE, // what can be had by one at a time
    TGI_TOUCHES_GIVE,
    TGI_TOUCHES_ALL, // who knows
} tgi_search_touch_kind;

#define TGI_SEARCH_STOP  UINT32_MAX
#define TGI_SEARCH_WHOLE UINT64_MAX // every slot

// True if nothing was met at `where` before in this run: what is there must not die unnoticed.
bool tgi_search_touch(tgi_search *s, const void *where, uint64_t slot, tgi_search_touch_kind kind);
// What was at `where` has died: the next thing there has a number of its own.
void tgi_search_forget(tgi_search *s, const void *where);
// A task has come to a point at which it is about to touch it.
void tgi_search_meet(tgi_search *s, const void *where);
// The current step has started a task.
void tgi_search_born(tgi_search *s, uint32_t task);
// The run is over, and the task has not done its step: touches follow.
void tgi_search_pending(tgi_search *s, uint32_t task);

// Which part of the schedules (under this bound) was tried, from 0 to 1.
double tgi_search_share(const tgi_search *s);

#endif
