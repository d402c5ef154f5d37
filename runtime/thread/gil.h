// SPDX-License-Identifier: MIT
//
// gil.h - the lock that lets one thread run at a time, and the switch that turns it on and off.
// Layer thread. Taking and releasing is in gil.c, the switch in gil_switch.c.
//
// Stability   `enabled` changes from 0 only while every thread is stopped, and otherwise only by
//             the thread that holds the GIL. An attached thread may treat it as constant.
#ifndef TGI_THREAD_GIL_H
#define TGI_THREAD_GIL_H

#include "base/atomic.h"       // orders
#include "base/clock.h"        // intervals
#include "sync/rawlock.h"      // tgi_rawlock
#include "thread/gil_ledger.h" // who asked
#include "thread/state.h"      // tg_thread

#include <limits.h> // INT_MAX

#define TGI_GIL_PERMANENT INT_MAX

enum {
    TGI_GIL_LOCKED = 1,   // taken
    TGI_GIL_PARKED = 2,   // somebody waits or is about to look again
    TGI_GIL_RESERVED = 4, // held by nobody: for a waiter that is awake (with LOCKED)
};

typedef struct tgi_gil {
    TGI_ALIGNED_LINE _Atomic(uint32_t) word; // any thread: see gil.c
    _Atomic(int) enabled;                    // see Stability; INT_MAX permanent, N transient
    bool switchable;                         // const after init: false pins `enabled`
    _Atomic(bool) timing;                    // any thread: measure hold times
    _Atomic(int64_t) interval_ns;            // any thread
    _Atomic(uint32_t) waiters;               // any thread: inside the slow path of take
    tgi_rawlock lock;                        // protects `holder` against its end
    _Atomic(tg_thread *) holder;             // holder writes: the one that took it last
    _Atomic(uint64_t) switches;              // holder writes: times it went to another thread
    _Atomic(uint32_t) reserved_by;           // who set RESERVED: the one that may not claim it
    _Atomic(int) inside;                     // any thread: world_check.c
    int64_t taken_ns;                        // holder: when, if timing
    tgi_gil_ledger ledger;                   // as `enabled`
} tgi_gil;

void tgi_gil_init(tgi_gil *gil, int enabled, bool switchable);

// Takes the GIL of t's interpreter unless it is off. Returns with it held or off; in the latter
// case without. Detached threads only (attach calls it).
void tgi_gil_take(tg_thread *t);

// Gives it back if t holds it. With `final`, t is about to be freed and is forgotten.
void tgi_gil_release(tg_thread *t, bool final);

// The switch. t is attached. `who` names the request, or is NULL: then it is t's. *changed (may be
// NULL) says whether the GIL went from off to on or from on to off.
//   TG_ERR_UNSUPPORTED  the runtime's GIL cannot be switched
//   TG_ERR_LIMIT        the counter is at its end
//   TG_ERR_STATE        unpaired: no request of that name (or unnamed) is open
// Each enable_transient is followed by exactly one disable or one enable_permanent of the same
// name. enable_transient may detach t for a moment; the other two never wait.
tg_status tgi_gil_enable_transient(tg_thread *t, const char *who, bool *changed);
tg_status tgi_gil_enable_permanent(tg_thread *t, const char *who, bool *changed);
tg_status tgi_gil_disable(tg_thread *t, const char *who, bool *changed);

// Attached threads: constant until they detach.
bool tgi_gil_is_enabled(tg_thread *t);

// 0 off, N transient requests, TGI_GIL_PERMANENT.
int tgi_gil_count(tg_thread *t);

// The switch interval; clamped to TGI_GIL_INTERVAL_MIN_NS and above.
void tgi_gil_set_interval_ns(tgi_gil *gil, int64_t ns);
int64_t tgi_gil_interval_ns(tgi_gil *gil);

// Breaker: somebody waited a whole interval. Lets go in favour of the waiter and comes back.
void tgi_gil_yield(tg_thread *t);

// Child of fork: t is the only thread, and holds it if it held it before.
void tgi_gil_after_fork(tgi_gil *gil, tg_thread *t);

#endif
