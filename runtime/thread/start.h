// SPDX-License-Identifier: MIT
//
// start.h - start a thread of the runtime, wait for its end. Layer thread. The code is in start.c.
#ifndef TGI_THREAD_START_H
#define TGI_THREAD_START_H

#include "base/clock.h"   // tgi_deadline
#include "sync/event.h"   // tgi_event
#include "sync/once.h"    // tgi_once
#include "thread/state.h" // tg_thread

// A started thread as its starter sees it. Counted: the starter and the thread hold one each.
typedef struct tgi_thread_handle {
    _Atomic(uint32_t) refs;                // any thread
    uint32_t id;                           // const once started: of the thread state
    pthread_t os;                          // const once started
    tgi_event gone;                        // set when the thread has left the runtime
    tgi_once joined;                       // the OS thread has been joined
    bool created;                          // const once started: os is valid
    struct tgi_thread_handle *prev, *next; // list of those not gone: Note [handle-list]
} tgi_thread_handle;

typedef struct tgi_start_options {
    size_t stack_bytes; // 0: TGI_THREAD_STACK_BYTES
    const char *name;   // may be NULL
    bool daemon;        // not waited for at the end of the runtime
    // Called instead of fn if the thread cannot run after all (the runtime ended first); not
    // attached. May be NULL.
    void (*drop)(void *arg);
} tgi_start_options;

// Starts an OS thread with a new state of `interp`; fn runs attached on it, and when it returns
// the state is ended. The caller may be attached. `options` may be NULL.
// TG_ERR_NOMEM, TG_ERR_LIMIT, TG_ERR_OS (errno), TG_ERR_ARG, TG_ERR_STATE when the runtime is
// ending.
tg_status tgi_thread_start(tg_interp *interp, void (*fn)(tg_thread *t, void *arg), void *arg,
                           const tgi_start_options *options, tgi_thread_handle **out);

// Waits until the thread has left the runtime, and joins its OS thread. Detaches while waiting.
// TG_OK (any number of times), TG_ERR_TIMEOUT, TG_ERR_INTERRUPTED (only with
// TGI_PARK_INTERRUPTIBLE), TG_ERR_STATE when a thread waits for itself.
tg_status tgi_thread_join(tgi_thread_handle *h, tgi_deadline until, unsigned flags);

static inline bool tgi_thread_handle_is_gone(tgi_thread_handle *h)
{
    return tgi_event_is_set(&h->gone);
}

// fork: the list is locked across it, and in the child every thread but t is gone.
void tgi_thread_handles_lock(void);
void tgi_thread_handles_unlock(void);
void tgi_thread_handles_after_fork(tg_thread *t);

void tgi_thread_handle_retain(tgi_thread_handle *h);
// The last release of a thread that was not joined lets the OS thread go by itself.
void tgi_thread_handle_release(tgi_thread_handle *h);

#endif
