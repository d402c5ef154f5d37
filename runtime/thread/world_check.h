// SPDX-License-Identifier: MIT
//
// world_check.h - proves, while a program runs, that the GIL and pauses keep what they promise.
// Layer thread. The code is in world_check.c.
//
//   W1  with the GIL of an interpreter on, at most one thread of those that share it is attached,
//       and it holds the GIL
//   W2  in a pause nobody in its scope is attached but the requester, nobody attaches, and the
//       requester does not detach
//
// How to use it. Create the runtime with tgi_runtime_config.check_world (tg_config.check_world for
// the public one, --check-world for the command). From then on every attach, every detach, and both
// ends of every pause are checked; a thread that runs for long calls tgi_world_check_now now and
// then. A broken promise prints every thread of the runtime and aborts. A test that relies on it
// asks tgi_world_check_read at its end whether anything was checked at all, and when it gives up
// waiting it prints the threads with tgi_world_print.
//
// Off it costs nothing: the check stands between the runtime and the hooks of the core, and is not
// there then. On, every attach adds to counters all threads share: do not measure with it.
#ifndef TGI_THREAD_WORLD_CHECK_H
#define TGI_THREAD_WORLD_CHECK_H

#include "base/atomic.h"  // _Atomic
#include "thread/state.h" // tg_thread

#include <stdint.h> // uint64_t
#include <stdio.h>  // FILE

typedef struct tgi_world_check tgi_world_check; // one per runtime that is checked
struct tgi_stw;

// For runtime.c, before any thread exists. TG_ERR_NOMEM.
tg_status tgi_world_check_start(tg_runtime *rt);
void tgi_world_check_free(tg_runtime *rt);

// For stw.c: the pause has begun, or is about to end. Nothing if the runtime is not checked.
void tgi_world_check_pause(tg_runtime *rt, struct tgi_stw *stw);

// t is attached and looks around. Nothing if the runtime is not checked.
void tgi_world_check_now(tg_thread *t);

// How often something was checked: attaches and looks around, and pauses. 0 if not checked.
void tgi_world_check_read(tg_runtime *rt, uint64_t *threads, uint64_t *pauses);

// Prints every thread: id, name, interpreter, state, what it holds, what is pending. Any thread.
void tgi_world_print(tg_runtime *rt, FILE *to);

#endif
