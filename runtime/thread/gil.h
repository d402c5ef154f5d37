// SPDX-License-Identifier: MIT
//
// gil.h - the lock that lets one thread run at a time, and the switch that turns it on and off.
// Layer thread. Taking and releasing is in gil.c, the
// policies in gil_timed.c, gil_fair.c and gil_ticks.c, the switch in gil_switch.c, who asked for it
// in gil_ledger.c, how long threads wait and hold in gil_times.c.
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
    TGI_GIL_LOCKED = 1,  // taken, or handed to a thread that is on its way
    TGI_GIL_WAITERS = 2, // the queue is not empty
};

typedef struct tgi_gil_waiter tgi_gil_waiter; // thread/gil_policy.h
typedef struct tgi_gil_policy tgi_gil_policy;

typedef struct tgi_gil {
    TGI_ALIGNED_LINE _Atomic(uint32_t) word; // any thread: see gil.c
    _Atomic(int) enabled;                    // see Stability; INT_MAX permanent, N transient
    bool switchable;                         // const after init: false pins `enabled`
    _Atomic(bool) timing;                    // any thread: measure all hold times
    _Atomic(tg_thread *) holder;             // the one that took it or was handed it last
    _Atomic(uint64_t) switches;              // times it went to another thread
    _Atomic(int64_t) turn_ns;                // when the last of them was; 0 unknown
    int64_t taken_ns;                        // holder: when, if timing
    int ticks;                               // holder: polls left, with the policy `ticks`

    TGI_ALIGNED_LINE tgi_rawlock lock;      // guards the queue, and `holder` against its end
    tgi_gil_waiter *head, *tail;            // guarded by lock
    _Atomic(uint32_t) waiters;              // changes under lock: length of the queue
    _Atomic(int64_t) wanted_ns;             // since when somebody has waited for the holder
    const tgi_gil_policy *_Atomic policy;   // changes under threads_lock
    _Atomic(int64_t) interval_ns, slice_ns; // any thread: settings of `timed` and `fair`
    _Atomic(int) check_interval;            // any thread: setting of `ticks`
    _Atomic(int) inside;                    // any thread: world_check.c
    tgi_gil_ledger ledger;                  // as `enabled`
} tgi_gil;

void tgi_gil_init(tgi_gil *gil, int enabled, bool switchable);

// Takes the GIL of t's interpreter unless it is off, or t has it already. Returns with it held or
// off; in the latter case without. Detached threads only (attach calls it).
void tgi_gil_take(tg_thread *t);

// Takes it if it is free and nobody waits. t is detached and does not hold it.
bool tgi_gil_try_take(tg_thread *t);

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

// How threads share the GIL: a policy by name ("timed", "fair", "ticks"; NULL if there is none),
// all of them (NULL behind the last), and the change of one at any time, by any thread, attached or
// not.
const tgi_gil_policy *tgi_gil_policy_find(const char *name);
const tgi_gil_policy *tgi_gil_policy_at(size_t i);
const char *tgi_gil_policy_name(const tgi_gil_policy *policy);
const tgi_gil_policy *tgi_gil_policy_of(tgi_gil *gil);
void tgi_gil_set_policy(tgi_gil *gil, tg_runtime *rt, const tgi_gil_policy *policy);

// Breaker, TGI_BRK_GIL_DROP: somebody waits and asks. Lets go in its favour and comes back.
void tgi_gil_yield(tg_thread *t);
// Breaker, TGI_BRK_GIL_TICK: with the policy `ticks` every poll ends here.
void tgi_gil_tick(tg_thread *t);
// threads_lock held: sets or clears that bit in all threads of the GIL, as the policy says; and in
// a new one.
void tgi_gil_mark_ticking_locked(tgi_gil *gil, tg_runtime *rt);
void tgi_gil_adopt_locked(tg_thread *t);

// t, attached, has turned the GIL off and holds it: opens it and lets all waiters go on without.
void tgi_gil_open(tgi_gil *gil, tg_thread *t);

// Child of fork: t is the only thread, and holds it if it held it before.
void tgi_gil_after_fork(tgi_gil *gil, tg_thread *t);

#endif
