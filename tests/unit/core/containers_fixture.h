// SPDX-License-Identifier: MIT
//
// containers_fixture.h - the least of a core that objects need, without an interpreter: a runtime
// without a GIL, the static types, and threads whose bodies are C functions.
#ifndef TEST_CONTAINERS_FIXTURE_H
#define TEST_CONTAINERS_FIXTURE_H

#include "core/object/object.h" // tg_thread

// The runtime of this process, made on first use. The GIL is on under classic counts, off
// otherwise.
tg_runtime *fixture_runtime(void);

// Attaches the calling OS thread with a state of its own, and ends it again.
tg_thread *fixture_enter(void);
void fixture_leave(tg_thread *t);

// Runs fn(t, context, 0) .. fn(t, context, count - 1) in threads of the runtime. The caller must
// not be attached.
void fixture_run_threads(int count, void (*fn)(tg_thread *t, void *context, int index),
                         void *context);

// Fails the running test if t has an exception set, and takes it off.
void fixture_check_no_exception(tg_thread *t);

// Objects alive in all threads that ended, plus those of t (may be NULL): made minus freed.
int64_t fixture_objects(tg_thread *t);

#endif
