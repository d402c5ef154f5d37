// SPDX-License-Identifier: MIT
//
// classic.h - plain counts, no locks: legal only under a GIL. Included by policy.h alone.
//
// Owns        the 16-byte header {type, count}.
// Invariants  C1  only the thread that holds the GIL of the object's interpreter touches its count.
//             C2  a count below zero is that of an immortal object, and is never written again. So
//                 objects that belong to the process (types, interned text) may be used by
//                 interpreters that run in parallel, each under its own GIL: Note [own-gil] in
//                 object/state.h. The line they are on is then read only, which is what lets such
//                 interpreters scale.
// Rejected    counting immortal objects like all others from a start far above zero: one test less,
//             but two interpreters would write the same lines all the time.
#ifndef TGC_POLICY_CLASSIC_H
#define TGC_POLICY_CLASSIC_H

#include "core/policy/base.h"      // shared declarations
#include "core/policy/ownerless.h" // nothing to do for owners

#define TGC_FREE_THREADED  0
#define TGC_IMMORTAL_COUNT (INT64_MIN / 2)

struct tgc_obj {
    tgc_type *type; // const after init
    int64_t count;  // holder of the GIL
};

#define TGC_HEADER_BYTES 16
#define TGC_IMMORTAL_HEAD(type_)    \
    {                               \
        (type_), TGC_IMMORTAL_COUNT \
    }

static inline void tgc_head_init(tg_thread *t, tgc_obj *o, tgc_type *type)
{
    (void)t;
    o->type = type;
    o->count = 1;
}

static inline bool tgc_is_immortal(const tgc_obj *o)
{
    return o->count < 0;
}
static inline void tgc_make_immortal(tgc_obj *o)
{
    o->count = TGC_IMMORTAL_COUNT;
}
static inline void tgc_make_mortal(tgc_obj *o)
{
    o->count = 1;
} // world stopped; for teardown

static inline void tgc_incref(tg_thread *t, tgc_obj *o)
{
    int64_t n = o->count + 1;
    if (TGI_LIKELY(n >= 0)) { // C2
        tgc_tally(t, own);
        o->count = n;
    } else {
        tgc_tally(t, immortal);
    }
}

static inline void tgc_decref(tg_thread *t, tgc_obj *o)
{
    int64_t n = o->count - 1;
    if (TGI_LIKELY(n > 0)) {
        tgc_tally(t, own);
        o->count = n;
    } else if (n == 0) {
        tgc_tally(t, own);
        o->count = 0;
        tgc_dealloc(t, o);
    } else {
        tgc_tally(t, immortal);
    }
}

static inline bool tgc_try_incref(tg_thread *t, tgc_obj *o)
{
    tgc_incref(t, o);
    return true;
}

static inline bool tgc_is_unique(tg_thread *t, const tgc_obj *o)
{
    (void)t;
    return o->count == 1;
}

static inline void tgc_publish(tg_thread *t, tgc_obj *o)
{
    (void)t;
    (void)o;
}

static inline bool tgc_was_published(const tgc_obj *o)
{
    (void)o;
    return false;
}

// In dealloc only: takes the dead object back to one reference so that a finalizer may run on it.
static inline void tgc_resurrect_begin(tg_thread *t, tgc_obj *o)
{
    (void)t;
    o->count = 1;
}

// Gives that reference up; true if the object is dead again, false if somebody kept it.
static inline bool tgc_resurrect_end(tg_thread *t, tgc_obj *o)
{
    (void)t;
    return --o->count == 0;
}

// A reference to an object that no other thread can reach.
static inline void tgc_hold_alone(tg_thread *t, tgc_obj *o)
{
    tgc_incref(t, o);
}

// The object is held and nobody else can reach it, nor has a stale pointer: it counts as never
// published.
static inline void tgc_unpublish(tgc_obj *o)
{
    (void)o;
}

static inline int64_t tgc_refcount(const tgc_obj *o)
{
    return o->count;
} // for diagnostics

// Makes a counted object immortal if that is safe now. Always, under a GIL.
static inline bool tgc_try_immortalize(tg_thread *t, tgc_obj *o)
{
    (void)t;
    if (!tgc_is_immortal(o)) // C2: it may belong to the process
        tgc_make_immortal(o);
    return true;
}

typedef struct tgc_lock {
} tgc_lock;
static inline void tgc_lock_init(tgc_lock *l)
{
    (void)l;
}
static inline void tgc_lock_acquire(tg_thread *t, tgc_lock *l)
{
    (void)t;
    (void)l;
}
static inline void tgc_lock_release(tg_thread *t, tgc_lock *l)
{
    (void)t;
    (void)l;
}
static inline bool tgc_lock_is_free(tgc_lock *l)
{
    (void)l;
    return true;
}

// One thread counts at a time: nothing is kept per thread, and nothing becomes hot.
static inline tg_status tgc_policy_thread_init(tg_thread *t)
{
    (void)t;
    return TG_OK;
}
static inline void tgc_policy_thread_exit(tg_thread *t)
{
    (void)t;
}
static inline void tgc_policy_thread_free(tg_thread *t)
{
    (void)t;
}
static inline void tgc_policy_after_fork(void) {}
static inline void tgc_policy_inherit(tg_thread *t, tg_thread *dead)
{
    (void)t;
    (void)dead;
}
static inline void tgc_policy_merge_pending(tg_thread *t)
{
    (void)t;
}
static inline void tgc_policy_stopped(tg_runtime *rt, tg_interp *interp)
{
    (void)rt;
    (void)interp;
}
static inline void tgc_policy_close(tg_thread *t)
{
    (void)t;
}
static inline bool tgc_policy_drain_dead(tg_thread *t, tgc_drained *out)
{
    (void)t, (void)out;
    return true;
}

#endif
