// SPDX-License-Identifier: MIT
//
// stw.h - stop the world: nobody in scope touches an object until it is started again. Layer
// thread. The protocol is in stw.c.
#ifndef TGI_THREAD_STW_H
#define TGI_THREAD_STW_H

#include "base/histogram.h" // lengths of pauses
#include "sync/event.h"     // tgi_event
#include "sync/mutex.h"     // tgi_mutex
#include "thread/state.h"   // tg_thread

typedef enum tgi_stw_cause {
    TGI_CAUSE_COLLECT,
    TGI_CAUSE_GIL,
    TGI_CAUSE_FORK,
    TGI_CAUSE_END,
    TGI_CAUSE_INSPECT,
    TGI_CAUSE_TYPES,
    TGI_CAUSE_MEMORY,
    TGI_CAUSE_COUNTS,
    TGI_CAUSE_TEST,
    TGI_CAUSE_COUNT
} tgi_stw_cause;

// What is known about pauses of one scope; a copy for the reader.
typedef struct tgi_stw_report {
    uint64_t pauses[TGI_CAUSE_COUNT];
    uint64_t late;          // pauses that had to be waited for longer than the limit
    tgi_histogram stopping; // request -> stopped, ns
    tgi_histogram stopped;  // stopped -> restarted, ns
    uint32_t slowest_id;    // thread that held up the slowest stop
    int64_t slowest_ns;     // how long
    tgi_stw_cause slowest_cause;
    char slowest_name[32];
} tgi_stw_report;

// One per interpreter and one for the runtime (global).
typedef struct tgi_stw {
    tgi_mutex lock; // one pause of this scope at a time; waiters detach

    // Guarded by runtime.threads_lock.
    bool requested;
    bool global;
    tg_interp *interp;    // const after init; NULL for global
    tg_thread *requester; // may be NULL
    uint32_t waiting_for; // threads that have not stopped yet
    bool late;            // the watchdog has named one
    uint32_t last_id;     // the one that stopped last
    char last_name[32];

    tgi_event all_stopped; // set when waiting_for reaches 0

    // Written by the requester, read under report_lock.
    _Atomic(bool) is_stopped;
    tgi_stw_cause cause;
    int64_t requested_ns, stopped_ns;
    tgi_mutex report_lock; // leaf
    tgi_stw_report report;
} tgi_stw;

void tgi_stw_init(tgi_stw *stw, tg_interp *interp);

// Stops every thread of the interpreter (or of the runtime) except the caller.
// t is the calling thread's state, attached; it stays attached, but may be detached while it
// waits for its turn behind another pause. t NULL: the caller has no attached state, and then
// its own state, if any, is stopped like the others; interp or rt say the scope.
// Pauses do not nest. In a pause: no destructors, no script code, no detach, no lock below
// TGI_RANK_LEAF.
void tgi_stop_the_world(tg_thread *t, tg_interp *interp, tgi_stw_cause cause);
void tgi_start_the_world(tg_thread *t, tg_interp *interp);
void tgi_stop_the_world_global(tg_thread *t, tg_runtime *rt, tgi_stw_cause cause);
void tgi_start_the_world_global(tg_thread *t, tg_runtime *rt);

// Whether t's world is stopped, by t or for it. What a locking slow path asks: with everybody
// else stopped it may skip the lock, and must (see Note [paused-locks] in stw.c).
bool tgi_world_is_stopped(tg_thread *t);

void tgi_stw_read(tgi_stw *stw, tgi_stw_report *out);

// Scopes of a report that are no interpreter.
enum {
    TGI_STW_RUNTIME = -1, // global pauses
    TGI_STW_ENDED = -2    // interpreters that are gone
};

// Calls fn with one scope's report and moves *pos, which starts at 0, to the next: the runtime,
// interpreters that are gone (if any was paused), the living ones by id. False, without a call, at
// the end. fn runs under threads_lock and report_lock: it copies.
bool tgi_stw_next(tg_runtime *rt, size_t *pos,
                  void (*fn)(int64_t scope, const tgi_stw_report *report, void *arg), void *arg);

// Pauses of all scopes, and the longest time from stopped to restarted.
void tgi_stw_totals(tg_runtime *rt, uint64_t *pauses, uint64_t *longest_ns);

// The interpreter ends: its report stays in the sum. threads_lock held.
void tgi_stw_bury_locked(tg_interp *interp);
const char *tgi_stw_cause_name(tgi_stw_cause cause);

// For state.c: t has just stored DETACHED and saw TGI_BRK_STOP. Suspends it if a pause waits for
// it. And for the end of a thread: nobody waits for it any more. threads_lock held.
void tgi_stw_note_detached(tg_thread *t);
void tgi_stw_forget_locked(tg_thread *t);
// A new state goes on the list: suspended if its world is stopping or stopped.
void tgi_stw_adopt_locked(tg_thread *t);
// Whether a pause whose scope contains t is requested. threads_lock held.
bool tgi_stw_requested_locked(tg_thread *t);
// Lets a suspended thread attach, or attaches it if it waits for that. threads_lock held.
void tgi_stw_release_locked(tg_thread *t);
// Child of fork: no pause is in progress.
void tgi_stw_after_fork(tgi_stw *stw);

#endif
