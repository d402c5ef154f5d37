// SPDX-License-Identifier: MIT
//
// workload.h - runs the scripts of workloads/ on several threads of one runtime, in the mode that
// TG_TEST_MODE names.
//
// A workload defines worker(index, rounds) -> "" or what went wrong, and check(threads, rounds) ->
// the same. Its head says what a wrong result looks like.
#ifndef TEST_WORKLOAD_H
#define TEST_WORKLOAD_H

#include <togil/togil.h>

#include <stdbool.h>

enum {
    WORKLOAD_STORM = 1, // switch the GIL on and off meanwhile, where the mode allows it
    WORKLOAD_TWICE = 2, // run it a second time: live objects must not have grown
    WORKLOAD_HOST = 4,  // threads of the host (tg_thread_enter) instead of the runtime's
};

// The mode under test: TG_TEST_MODE, or "nogil".
const tg_mode *workload_mode(void);

// A runtime of a mode in which the workload has been run, attached in *t. Ends the process on
// failure.
tg_runtime *workload_open(const char *mode, const char *name, tg_thread **t);
// Ends it.
void workload_close(tg_runtime *rt, tg_thread *t);

// worker(0, rounds) .. worker(threads - 1, rounds) together, then check(threads, rounds).
void workload_go(tg_runtime *rt, tg_thread *t, int threads, long rounds, unsigned flags);

// All of it: a runtime, the threads, the checks, the end.
void workload_run(const char *name, int threads, long rounds, unsigned flags);

// A call of a function of __main__ with two numbers; its result as a number or, if it is a str, 0
// when it is empty. A text that is not empty, and an exception, fail the test.
int64_t workload_call(tg_thread *t, const char *function, int64_t a, int64_t b);

uint64_t workload_live_objects(tg_thread *t);

#endif
