// SPDX-License-Identifier: MIT
//
// state.h - the thread state: everything the runtime knows about one of its threads. Layer
// thread. Transitions are in state.c, birth and end in start.c.
//
// A thread state is explicit: it is the first argument of every function that needs one. The
// thread-local "current" state exists for hooks only (parking, blocking regions, signals).
//
// States      DETACHED   may not touch objects; blocked or outside the runtime
//             ATTACHED   may touch objects; with the GIL on, holds the GIL
//             SUSPENDED  as DETACHED, and cannot attach until somebody lets it
//             ENDED      the runtime is going down: an attach never returns
//   DETACHED <-> ATTACHED    by the thread itself
//   DETACHED  -> SUSPENDED   by the thread that stops the world, or by itself while detaching
//   SUSPENDED -> DETACHED    by the thread that restarts the world
//   SUSPENDED -> ATTACHED    by the same, for a thread that waits in attach: it gets its turn
//                            before the next pause. See Note [attach-turn] in stw.c
#ifndef TGI_THREAD_STATE_H
#define TGI_THREAD_STATE_H

#include "base/atomic.h"      // orders
#include "base/compiler.h"    // TGI_ALIGNED_LINE
#include "base/histogram.h"   // statistics
#include "mem/deferred.h"     // tgi_deferred
#include "mem/qsbr.h"         // tgi_qsbr_node
#include "sync/lease.h"       // tgi_lease
#include "sync/parking_lot.h" // tgi_parker
#include "thread/stats.h"     // tgi_thread_stats
#include <togil/status.h>     // tg_status

#include <pthread.h> // pthread_t
#include <stdbool.h> // flags
#include <stdint.h>  // uint32_t

typedef struct tg_thread tg_thread;
typedef struct tg_interp tg_interp;
typedef struct tg_runtime tg_runtime;
struct tgi_stw;
struct tgi_trace_ring;
struct tgi_gil_times;
struct tgi_task;

// Bits of tg_thread.breaker: reasons to leave the fast path at the next poll. Any thread sets
// them by a seq_cst RMW; the poll is one relaxed load.
enum {
    TGI_BRK_STOP = 1u << 0,      // the world is to stop
    TGI_BRK_GIL_DROP = 1u << 1,  // somebody waits for the GIL
    TGI_BRK_SIGNAL = 1u << 2,    // a signal arrived (main thread)
    TGI_BRK_ASYNC_EXC = 1u << 3, // an exception was set from outside
    TGI_BRK_MERGE = 1u << 4,     // foreign decrements wait in this thread's queue
    TGI_BRK_QSBR = 1u << 5,      // a quiescent state is wanted; own deferred frees have piled up
    TGI_BRK_EXIT = 1u << 6,      // unwind: the runtime is going down
    TGI_BRK_COLLECT = 1u << 7,   // the collector should run
    TGI_BRK_CALLS = 1u << 8,     // work queued for this thread by the layers above
    TGI_BRK_GIL_TICK = 1u << 9,  // the GIL's policy counts polls: stays set (gil_ticks.c)
    TGI_BRK_CONTROL = 1u << 10,  // a task of the stress tester: stays set (stress/engine.h)
    TGI_BRK_LEASE = 1u << 11,    // the lock it has leased is wanted
};

// The bits that end an interruptible wait.
#define TGI_BRK_INTERRUPTS (TGI_BRK_SIGNAL | TGI_BRK_ASYNC_EXC | TGI_BRK_EXIT)

typedef enum tgi_state {
    TGI_DETACHED = 0,
    TGI_ATTACHED = 1,
    TGI_SUSPENDED = 2,
    TGI_ENDED = 3,
} tgi_state;

struct tg_thread {
    // Hot: read by the interpreter loop and by every count operation.
    TGI_ALIGNED_LINE _Atomic(uint32_t) breaker; // any thread
    uint32_t id;                      // const after init: odd, unique in the process for ever
    void *core;                       // owner thread: the core's data, set by hooks.thread_init
    tg_runtime *runtime;              // const after init
    tg_interp *interp;                // const after init
    tgi_lease lease;                  // owner thread: of a container's lock
    _Atomic(int) state;               // tgi_state; see the table above
    bool holds_gil;                   // owner thread
    bool gil_gave_way;                // owner thread: it was asked, and is on its way back
    int64_t gil_turn_until;           // owner thread: end of its turn, for `fair`
    const void *gil_told;             // owner thread: whom to wake once it queues
    _Atomic(uint32_t) attach_waiting; // owner writes: parked in attach
    _Atomic(bool) inside;             // owner writes: world_check.c
    void *host;                       // owner thread: free for the embedder
    struct tgi_task *task;            // owner thread: of the stress tester (stress/engine.h); NULL
    _Atomic(struct tgi_trace_ring *) trace; // any thread: NULL while no trace is on

    tgi_qsbr_node qsbr;                        // own cache line: read by scans of other threads
    tgi_deferred deferred;                     // owner thread
    tgi_thread_stats stats;                    // owner writes, any thread reads
    _Atomic(struct tgi_gil_times *) gil_times; // owner sets: NULL until it first waits

    // Guarded by runtime.threads_lock.
    tg_thread *prev, *next;            // list of the runtime
    struct tgi_stw *counted;           // the pause that waits for this thread
    struct tgi_trace_ring *trace_ring; // its events, also while no trace is on
    int64_t late_ns; // the pause that waits was requested then, and is late; 0: it is not
    int late_cause;  // and its cause
    uint32_t holds;  // foreign threads that keep it from attaching
    bool daemon;     // not waited for at the end of the runtime
    bool is_main;    // receives signals
    bool entered;    // const after init: made by tgi_interp_enter
    char name[32];   // for people; may be cut

    _Atomic(tgi_parker *) parker; // of the OS thread it is bound to; NULL when unbound
    pthread_t os;                 // valid while parker is set
    uint64_t started_ns;          // const after init
};

// The state the calling OS thread is attached with, or NULL.
tg_thread *tgi_current_thread(void);

// Creates a state for `interp`, detached and not bound to an OS thread yet (suspended when a
// pause is in progress). hooks.thread_init has run. TG_ERR_NOMEM, TG_ERR_LIMIT, TG_ERR_STATE when
// the runtime is ending, or what the hook returned.
tg_status tgi_thread_new(tg_interp *interp, tg_thread **out);

// Ends a state: the calling OS thread is attached with it. Runs hooks.thread_clear, hands over
// what is left, lets go of the GIL, frees it. Nothing is attached afterwards.
void tgi_thread_end(tg_thread *t);

// Frees a state that was never attached, or whose OS thread will never run again. The caller is
// attached with another state, or is the only thread.
void tgi_thread_discard(tg_thread *t);

// Frees a state that was left behind by tgi_runtime_end_threads. Called on its own OS thread.
void tgi_thread_abandon(tg_thread *t);

void tgi_thread_set_daemon(tg_thread *t, bool daemon);

// Enters and leaves the right to touch objects. attach may wait for the GIL, for the end of a
// pause, or for ever when the runtime has ended (then errno does not matter). Both keep errno.
// The first attach binds the state to the calling OS thread. Precondition: nothing / t is current.
void tgi_thread_attach(tg_thread *t);
void tgi_thread_detach(tg_thread *t);

// As attach, but gives TG_ERR_STATE back instead of never returning when the runtime has ended.
tg_status tgi_thread_try_attach(tg_thread *t);

// Whether tgi_breaker_handle has work; what the interpreter loop and long loops in C ask.
static inline bool tgi_thread_poll_needed(tg_thread *t)
{
    // ORDER: relaxed; a hint, whoever set the bit waits for what the handler does.
    return TGI_UNLIKELY(atom_load_relaxed(&t->breaker) != 0);
}

// Lets a detached state be attached on another OS thread next; called on the one it is bound to.
void tgi_thread_unbind(tg_thread *t);

void tgi_thread_set_name(tg_thread *t, const char *name);

static inline bool tgi_thread_is_attached(tg_thread *t)
{
    // ORDER: relaxed; exact only for the thread itself, a report for others.
    return atom_load_relaxed(&t->state) == TGI_ATTACHED;
}

// Installs the hooks of the parking lot. Called by tgi_runtime_create.
void tgi_thread_install_hooks(void);

// Takes t off the list of its runtime. threads_lock held.
void tgi_thread_unlink_locked(tg_thread *t);

// Keeps the thread with this id from attaching while the caller works on what it owns (merges
// its queue). NULL if there is none, or it is attached or ending: then set TGI_BRK_MERGE instead.
// Keep it short, do not detach, and let go with tgi_thread_unhold.
tg_thread *tgi_thread_hold_detached(tg_runtime *rt, uint32_t id);
void tgi_thread_unhold(tg_thread *held);

// Sets breaker bits of the thread with this id and, with `interrupt`, ends its interruptible
// wait. False if there is no such thread (any more).
bool tgi_thread_notify(tg_runtime *rt, uint32_t id, uint32_t bits, bool interrupt);

#endif
