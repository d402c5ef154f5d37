// SPDX-License-Identifier: MIT
//
// runtime.h - a runtime, its interpreters, and the hooks of the core. Layer thread.
//
// Ownership   a runtime owns its interpreters and thread states; an interpreter owns its GIL or
//             borrows the one of the first interpreter. The core's data of an interpreter hangs
//             off its `core`. The memory of an interpreter lives as long as somebody counts on it:
//             the runtime's list, each of its thread states, handles of the layers above.
#ifndef TGI_THREAD_RUNTIME_H
#define TGI_THREAD_RUNTIME_H

#include "mem/deferred.h"     // tgi_deferred_pool
#include "mem/qsbr.h"         // tgi_qsbr
#include "sync/mutex.h"       // tgi_mutex
#include "sync/rawlock.h"     // tgi_rawlock
#include "sync/rwlock.h"      // tgi_rwlock
#include "thread/gil.h"       // tgi_gil
#include "thread/gil_times.h" // of ended threads
#include "thread/signals.h"   // tgi_signals
#include "thread/state.h"     // tg_thread
#include "thread/stats.h"     // tgi_stats
#include "thread/stw.h"       // tgi_stw
#include "thread/trace.h"     // tgi_trace

// What the thread layer asks of the core. Every hook may be NULL.
typedef struct tgi_core_hooks {
    // New state, run by its creator before it is in the list; t is not attached. May fail.
    tg_status (*thread_init)(tg_thread *t);
    // First attach on an OS thread, attached.
    void (*thread_bind)(tg_thread *t);
    // End of a thread, attached: destructors, thread-locals, then the merge queue; afterwards the
    // thread does no counting. Last call for t->core of a thread that ran.
    void (*thread_clear)(tg_thread *t);
    // Frees t->core of a state; t is not attached. Called once for every successful thread_init.
    void (*thread_free)(tg_thread *t);
    // About to detach (release object locks), and attached again (take back the innermost).
    void (*detaching)(tg_thread *t);
    void (*attached)(tg_thread *t);
    // Breaker bits. A negative status means an exception is set on t: TG_ERR_RAISED.
    void (*merge_pending)(tg_thread *t);
    tg_status (*signals)(tg_thread *t);
    tg_status (*async_exc)(tg_thread *t);
    tg_status (*calls)(tg_thread *t);
    tg_status (*collect)(tg_thread *t);
    tg_status (*exit_requested)(tg_thread *t); // the runtime is going down: unwind
    // Calls fn for every frame of t, innermost first, on t's own OS thread: t is attached, or has
    // just detached and is not suspended yet. No allocation, no locks.
    void (*stack)(tg_thread *t,
                  void (*fn)(const char *file, uint32_t line, const char *function, void *arg),
                  void *arg);
    // For the stress tester: which function of the library the script has called, as in
    // "Condition.wait"; NULL: t is in code of the script.
    const char *(*called)(tg_thread *t);
    // For the stress tester: where t is in the script, as a number (stress/race_place.h; 0:
    // nowhere), and whether code of the library is what runs.
    uint32_t (*place)(tg_thread *t, bool *library);
    // The same as the address of the instruction, which stays; NULL: nowhere.
    const void *(*instruction)(tg_thread *t);
    // The world of interp (NULL: of every interpreter of rt) has been stopped, by the calling
    // thread. No allocation, no counting.
    void (*stopped)(tg_runtime *rt, tg_interp *interp);
    // Fork: after everything is stopped; then in the parent or in the child, still stopped.
    void (*fork_prepare)(tg_thread *t);
    void (*fork_parent)(tg_thread *t);
    void (*fork_child)(tg_thread *t);
} tgi_core_hooks;

typedef struct tgi_runtime_config {
    bool gil_enabled;            // GIL on at the start; permanent if not switchable
    bool gil_switchable;         // false: classic counts, or the user pinned it
    bool check_world;            // see world_check.h
    bool hot_off;                // no object becomes hot: core/policy/hot.c
    int64_t pause_limit_ns;      // see watchdog.h
    const char *counts;          // name of the counting policy, for reports; kept, not copied
    int64_t gil_interval_ns;     // 0: the default
    const char *gil_policy;      // NULL: "timed"
    const tgi_core_hooks *hooks; // kept, not copied; NULL: none
    void *core;                  // stored in tg_interp.core of the first interpreter
} tgi_runtime_config;

struct tg_interp {
    tg_runtime *runtime; // const after init
    uint32_t id;         // const after init
    tgi_gil *gil;        // const after init: own_gil or the first interpreter's
    tgi_gil own_gil;
    tgi_stw stw;
    _Atomic(int) inside;     // any thread: world_check.c
    bool owns_gil;           // const after init
    unsigned objmap_tag;     // const after init: see mem/objmap.h
    void *core;              // const after init: the core's data
    void *host;              // const once open: free for the embedder
    _Atomic(uint32_t) refs;  // any thread: see Ownership
    tg_interp *prev, *next;  // guarded by runtime.threads_lock, as the rest
    bool open;               // others may enter it
    uint32_t entering;       // threads that saw it open, and have no state on the list yet
    bool ending;             // no new threads
    _Atomic(int) merge_left; // any thread: a thread left its merge queue to others, state.c
    uint32_t left_behind;    // threads that will never run again, but hold its objects
};

struct tg_runtime {
    const tgi_core_hooks *hooks;         // const after init, never NULL
    struct tgi_world_check *world_check; // const after init: NULL unless it is checked
    const char *counts;                  // const after init
    bool gil_switchable;                 // const after init
    bool hot_off;                        // const after init

    tgi_qsbr qsbr;
    tgi_deferred_pool deferred;

    // Leaf rawlock: the lists, thread names, pauses in progress. Never held across a hook.
    TGI_ALIGNED_LINE tgi_rawlock threads_lock;
    tg_thread *threads; // guarded by threads_lock: newest first
    tg_interp *interps; // guarded by threads_lock: newest first
    uint32_t thread_count;
    uint32_t next_interp;         // guarded by threads_lock
    bool ending;                  // guarded by threads_lock: no new threads
    tgi_stats dead_stats;         // guarded by threads_lock: of ended threads
    tgi_gil_times dead_gil_times; // of ended threads
    uint64_t threads_ended;
    tgi_trace trace; // guarded by threads_lock

    tgi_rwlock pause_lock;           // write: global pause; read: pause of one interpreter
    tgi_stw stw;                     // global pauses
    _Atomic(int64_t) pause_limit_ns; // any thread: see watchdog.h
    tgi_stw_report dead_pauses;      // guarded by threads_lock: of interpreters that are gone

    tg_interp *main_interp;           // const after init
    _Atomic(tg_thread *) main_thread; // the state that gets signals
    _Atomic(uint32_t) live;           // thread states that still use it, and 1 until destroyed
    tgi_signals signals;
};

// Creates a runtime with one interpreter and no thread. TG_ERR_NOMEM; TG_ERR_ARG; TG_ERR_LIMIT
// when too many runtimes exist.
tg_status tgi_runtime_create(const tgi_runtime_config *config, tg_runtime **out);

// Waits until no thread but t and daemons is left; detaches meanwhile. TG_OK, TG_ERR_TIMEOUT, or
// TG_ERR_INTERRUPTED (with TGI_PARK_INTERRUPTIBLE).
tg_status tgi_runtime_wait_threads(tg_runtime *rt, tg_thread *t, tgi_deadline until,
                                   unsigned flags);

// First step of the end: no new threads; every other thread is told to unwind (TGI_BRK_EXIT),
// its interruptible wait ends; those still alive after TGI_SHUTDOWN_GRACE_NS are never let in
// again. t is attached and stays. Returns how many threads had to be left behind; what they hold
// (their own state and the runtime's memory) is not freed.
uint32_t tgi_runtime_end_threads(tg_runtime *rt, tg_thread *t);

// Last step: ends t (may be NULL if no thread was ever attached) and frees everything, except
// the states of threads left behind. The core has emptied its heap by then.
void tgi_runtime_destroy(tg_runtime *rt, tg_thread *t);

// One user less of the runtime's memory; the last one frees it.
void tgi_runtime_unref(tg_runtime *rt);

// A further interpreter, with its own GIL or sharing the first one's; more in interp.h.
// TG_ERR_NOMEM; TG_ERR_LIMIT: too many runtimes and interpreters.
tg_status tgi_interp_new(tg_runtime *rt, bool own_gil, tg_interp **out);
// Takes it off the list and drops the list's count. TG_ERR_STATE if a thread state of it exists, or
// it is the first.
tg_status tgi_interp_free(tg_interp *interp);

// Calls fn for every thread state; threads_lock is held: no locks, no allocation, no detach.
void tgi_threads_for_each(tg_runtime *rt, void (*fn)(tg_thread *t, void *arg), void *arg);

#endif
