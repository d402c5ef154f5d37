// SPDX-License-Identifier: MIT
//
// stress_runs.h - what the public functions of the stress tester share. Layer api. stress.c.
#ifndef TGI_API_STRESS_RUNS_H
#define TGI_API_STRESS_RUNS_H

#include <togil/stress.h>

#include "gate/gate.h"     // core
#include "stress/anchor.h" // tgi_anchors
#include "stress/engine.h" // runs

struct tg_stress {
    tg_thread *t;
    const tgi_core *core;
    void *script;
    tgi_engine *engine;
    bool primed;
    uint32_t since_collection; // runs
    int64_t collector;         // whether it was on before
    uint64_t learnt;           // runs
    char *schedule;            // of the last run, as text
    tgi_schedule forced;
    tgi_anchors *anchors;                                  // of runs that are traced
    bool had_finalizers;                                   // before the run
    char *tests;                                           // their names; NULL: not known, or none
    char *accepted;                                        // names of what may race
    bool accepted_stale;                                   // there was a run since
    bool chosen;                                           // runs call a test
    void (*stalled)(void *arg, const tg_stress_result *r); // NULL; const
    void *stalled_arg;
    tg_value watched;   // the module, in a run that has invariants; else TG_NULL
    int64_t stop_at;    // real time; 0: none
    uint64_t searched;  // runs of a systematic search
    char coverage[192]; // its text
};

// The very first run differs from all others: it imports. So it is not looked at. False: Ctrl-C.
bool tgi_stress_prime(tg_stress *s);
void tgi_stress_run_once(tg_stress *s, uint64_t run);
// Drops what the library has raised between two runs. Ctrl-C is not lost: the next run meets it.
void tgi_stress_forget_error(tg_stress *s);
// Whether t's exception is Ctrl-C: it will be met again.
bool tgi_stress_keep_interrupt(const tgi_core *core, tg_thread *t);
// A module with its own count; NULL: nobody has imported it. No exception is left.
tg_value tgi_stress_module(const tgi_core *core, tg_thread *t, const char *name);
// Run number `run` of a systematic search. stress_search.c.
void tgi_stress_run_search(tg_stress *s, uint64_t run, tg_stress_result *out);
// One run of engine.search, and what it leads to: false if nothing is left to try.
void tgi_stress_search_once(tg_stress *s, uint64_t run);
bool tgi_stress_search_next(tg_stress *s);
// stress_module.c: the test that was chosen, as a call; and a race that the script accepts.
tg_value tgi_stress_call_test(tg_stress *s);
bool tgi_stress_is_accepted(tg_stress *s, const char *race);
// stress_module.c: asks for the first invariant that does not hold; arg is the tg_stress.
bool tgi_stress_look(void *arg, tgi_failure *f);
// The run has invariants from now on; it is over.
void tgi_stress_watched(tg_stress *s);
void tgi_stress_unwatched(tg_stress *s);
// One run that follows s->forced.
void tgi_stress_follow(tg_stress *s, bool trace);
// What the last run did.
void tgi_stress_fill(tg_stress *s, tg_stress_result *out);

#endif
