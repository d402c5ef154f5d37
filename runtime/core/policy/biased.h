// SPDX-License-Identifier: MIT
//
// biased.h - biased counts: the owner thread counts plainly, others atomically. Included by
// policy.h alone.
//
// Owns        the 24-byte header {owner, local, shared, type}. True count = local + (shared >> 2).
//             The merge queue of each thread is in counts.c.
// States      low two bits of shared, only ever rising: DEFAULT 0, PUBLISHED 1 (a foreign
//             try-incref may come), QUEUED 2 (the owner was asked to merge), MERGED 3 (shared holds
//             the whole count).
// Invariants  B1  MERGED implies no owner and local == 0, or B6; owner == 0 implies MERGED or
//             immortal, except
//                 between the two steps of one merge.
//             B2  only the owner writes local, and only the owner may see it together with shared.
//             B3  an object dies either by its owner from DEFAULT with shared == 0 (nobody else
//                 could reach it), or at MERGED with count 0. A try-incref fails exactly in those
//                 two states.
//             B4  thread ids are odd and never reused; the first word of a freed block is an
//                 allocator link, 16-aligned or zero, so a stale reader never takes itself for the
//                 owner.
//             B5  local == UINT32_MAX: immortal; owner 0, shared 0. A plain count that reaches it
//                 stays there: the object leaks, it is never freed too early.
//             B6  owner == TGC_OWNER_HOT: MERGED, and counted by each thread for itself: hot.c.
//                 local is its number there.
// Sources     Choi, Shull, Torrellas, PACT 2018; PEP 703 (docs/papers.md).
#ifndef TGC_POLICY_BIASED_H
#define TGC_POLICY_BIASED_H

#include "core/policy/base.h" // shared declarations

#include "sync/lease.h" // tgi_lease_lock

#define TGC_FREE_THREADED  1
#define TGC_LOCAL_IMMORTAL UINT32_MAX
#define TGC_OWNER_HOT      2u

enum {
    TGC_SHARED_DEFAULT = 0,
    TGC_SHARED_PUBLISHED = 1,
    TGC_SHARED_QUEUED = 2,
    TGC_SHARED_MERGED = 3
};
#define TGC_SHARED_ONE 4

struct tgc_obj {
    _Atomic(uint32_t) owner; // thread id; written by the owner, or by whoever merges: B1
    _Atomic(uint32_t) local; // owner thread: B2
    _Atomic(int64_t) shared; // any thread: B1, B3
    tgc_type *type;          // const after init
};

#define TGC_HEADER_BYTES 24
#define TGC_IMMORTAL_HEAD(type_)          \
    {                                     \
        0, TGC_LOCAL_IMMORTAL, 0, (type_) \
    }

#define tgc_biased_zero_local TG_CORE_SYM(tgc_biased_zero_local)
void tgc_biased_zero_local(tg_thread *t, tgc_obj *o);
#define tgc_biased_foreign_incref TG_CORE_SYM(tgc_biased_foreign_incref)
void tgc_biased_foreign_incref(tg_thread *t, tgc_obj *o);
#define tgc_biased_foreign_decref TG_CORE_SYM(tgc_biased_foreign_decref)
void tgc_biased_foreign_decref(tg_thread *t, tgc_obj *o);
#define tgc_biased_foreign_try TG_CORE_SYM(tgc_biased_foreign_try)
bool tgc_biased_foreign_try(tg_thread *t, tgc_obj *o);
// What is left of a foreign decref when the object is not hot; and a request to its owner to merge.
#define tgc_biased_drop TG_CORE_SYM(tgc_biased_drop)
void tgc_biased_drop(tg_thread *t, tgc_obj *o);
#define tgc_biased_ask_merge TG_CORE_SYM(tgc_biased_ask_merge)
void tgc_biased_ask_merge(tg_thread *t, tgc_obj *o);
#define tgc_biased_publish_foreign TG_CORE_SYM(tgc_biased_publish_foreign)
void tgc_biased_publish_foreign(tg_thread *t, tgc_obj *o);

static inline void tgc_head_init(tg_thread *t, tgc_obj *o, tgc_type *type)
{
    o->type = type;
    // ORDER: relaxed; private. shared is stored whole and last, and only by read-modify-write from
    // here on.
    atom_store_relaxed(&o->local, 1);
    atom_store_relaxed(&o->owner, t->id); // ORDER: relaxed; private.
    atom_store_relaxed(&o->shared, 0);    // ORDER: relaxed; private.
}

static inline bool tgc_is_immortal(const tgc_obj *o)
{
    // ORDER: relaxed; immortality is set before an object is shared and never taken back while it
    // is.
    return atom_load_relaxed(&o->local) == TGC_LOCAL_IMMORTAL;
}

static inline void tgc_make_immortal(tgc_obj *o)
{
    // ORDER: relaxed; the object is private or the world is stopped.
    atom_store_relaxed(&o->owner, 0);
    atom_store_relaxed(&o->shared, 0);                 // ORDER: relaxed; as above.
    atom_store_relaxed(&o->local, TGC_LOCAL_IMMORTAL); // ORDER: relaxed; as above.
}

static inline void tgc_make_mortal(tgc_obj *o)
{
    // ORDER: relaxed; world stopped. One merged reference.
    atom_store_relaxed(&o->owner, 0);
    // ORDER: relaxed; as above.
    atom_store_relaxed(&o->local, 0);
    // ORDER: relaxed; as above.
    atom_store_relaxed(&o->shared, TGC_SHARED_ONE | TGC_SHARED_MERGED);
}

static inline void tgc_incref(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; only the owner writes local, and a stale foreign value is never our id (B4).
    uint32_t next = atom_load_relaxed(&o->local) + 1;
    if (next == 0) {
        tgc_tally(t, immortal);
        return;
    }
    if (TGI_LIKELY(atom_load_relaxed(&o->owner) == t->id)) { // ORDER: relaxed; B4.
        tgc_tally(t, own);
        atom_store_relaxed(&o->local, next); // ORDER: relaxed; B2.
    } else {
        tgc_biased_foreign_incref(t, o);
    }
}

static inline void tgc_decref(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; as tgc_incref.
    uint32_t local = atom_load_relaxed(&o->local);
    if (local == TGC_LOCAL_IMMORTAL) {
        tgc_tally(t, immortal);
        return;
    }
    if (TGI_LIKELY(atom_load_relaxed(&o->owner) == t->id)) { // ORDER: relaxed; B4.
        tgc_tally(t, own);
        atom_store_relaxed(&o->local, --local); // ORDER: relaxed; B2.
        if (local == 0)
            tgc_biased_zero_local(t, o);
    } else {
        tgc_biased_foreign_decref(t, o);
    }
}

static inline bool tgc_try_incref(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; as tgc_incref.
    uint32_t next = atom_load_relaxed(&o->local) + 1;
    if (next == 0) {
        tgc_tally(t, immortal);
        return true;
    }
    if (TGI_LIKELY(atom_load_relaxed(&o->owner) == t->id)) { // ORDER: relaxed; B4.
        // Ours and in a slot: alive, because only we could have let the local half reach zero; but
        // a reader that is also the owner may hold a stale pointer to an object it has itself just
        // freed.
        if (next == 1)
            return false;
        tgc_tally(t, own);
        atom_store_relaxed(&o->local, next); // ORDER: relaxed; B2.
        return true;
    }
    return tgc_biased_foreign_try(t, o);
}

static inline bool tgc_is_unique(tg_thread *t, const tgc_obj *o)
{
    // ORDER: relaxed for the owner's half (B2); acquire pairs with a foreign release of its
    // reference.
    return atom_load_relaxed(&o->owner) == t->id && atom_load_relaxed(&o->local) == 1 &&
           atom_load_acquire(&o->shared) == 0;
}

static inline void tgc_publish(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the flag only has to be set before the slot store that follows, which is a
    // release.
    int64_t s = atom_load_relaxed(&o->shared);
    if (TGI_LIKELY((s & 3) != TGC_SHARED_DEFAULT) || tgc_is_immortal(o))
        return;
    tgc_biased_publish_foreign(t, o);
}

static inline bool tgc_was_published(const tgc_obj *o)
{
    // ORDER: relaxed; the object is dead and ours.
    return atom_load_relaxed(&o->shared) != 0;
}

// In dealloc only. The object is dead (B3) and held by this thread: it becomes a merged object with
// one reference, so that readers and finalizers on any thread count it alike.
static inline void tgc_resurrect_begin(tg_thread *t, tgc_obj *o)
{
    (void)t;
    // ORDER: relaxed; dead and ours. owner before shared: B1.
    atom_store_relaxed(&o->owner, 0);
    atom_store_relaxed(&o->local, 0); // ORDER: relaxed; as above.
    // ORDER: release; owner 0 first.
    atom_store_release(&o->shared, TGC_SHARED_ONE | TGC_SHARED_MERGED);
}

static inline bool tgc_resurrect_end(tg_thread *t, tgc_obj *o)
{
    // ORDER: acquire; as is_hot in hot.c. It became hot meanwhile: the next fold sees the end of
    // it.
    if (atom_load_acquire(&o->owner) == TGC_OWNER_HOT) {
        tgc_biased_foreign_decref(t, o);
        return false;
    }
    // ORDER: acq_rel; as the last decref of a merged object.
    return atom_sub_acq_rel(&o->shared, TGC_SHARED_ONE) == (TGC_SHARED_ONE | TGC_SHARED_MERGED);
}

// No other thread can reach the object: it becomes t's, with its whole count and one reference
// more, so that t can let go of it without asking anybody. It is on no merge queue
// (tgc_policy_drain_stopped).
static inline void tgc_hold_alone(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed (all); whoever counted was stopped since, and cannot reach it.
    int64_t s = atom_load_relaxed(&o->shared);
    int64_t count = (int64_t)atom_load_relaxed(&o->local) + (s >> 2) + 1;
    bool fits = count < TGC_LOCAL_IMMORTAL;
    // ORDER: relaxed (all); as above. What was published stays so: a stale reader may exist.
    atom_store_relaxed(&o->owner, fits ? t->id : 0);
    atom_store_relaxed(&o->local, fits ? (uint32_t)count : 0);
    atom_store_relaxed(&o->shared, !fits    ? count * TGC_SHARED_ONE + TGC_SHARED_MERGED
                                   : s == 0 ? TGC_SHARED_DEFAULT
                                            : TGC_SHARED_PUBLISHED);
}

// The object is held and nobody else can reach it, nor has a stale pointer: it counts as never
// published.
static inline void tgc_unpublish(tgc_obj *o)
{
    // ORDER: relaxed (both); nobody else reaches it.
    if (atom_load_relaxed(&o->shared) == TGC_SHARED_PUBLISHED)
        atom_store_relaxed(&o->shared, TGC_SHARED_DEFAULT);
}

static inline int64_t tgc_refcount(const tgc_obj *o)
{
    // ORDER: relaxed; for diagnostics, exact only when nobody else counts. Of a hot object it is
    // far too large.
    int64_t shared = atom_load_relaxed(&o->shared) >> 2;
    if (atom_load_relaxed(&o->owner) == TGC_OWNER_HOT)
        return shared;
    return (int64_t)atom_load_relaxed(&o->local) + shared;
}

// Makes a counted object immortal if that is safe now: it is ours, and no foreign count is under
// way.
static inline bool tgc_try_immortalize(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; B2, B4. A foreign count needs the object to have been handed out by us.
    if (tgc_is_immortal(o))
        return true;
    if (atom_load_relaxed(&o->owner) != t->id || (atom_load_relaxed(&o->shared) >> 2) != 0)
        return false;
    tgc_make_immortal(o);
    return true;
}

typedef struct tgc_lock {
    tgi_mutex m; // any thread
} tgc_lock;
static inline void tgc_lock_init(tgc_lock *l)
{
    tgi_mutex_reset(&l->m);
}
static inline void tgc_lock_acquire(tg_thread *t, tgc_lock *l)
{
    tgi_lease_lock(&l->m, &t->lease);
}
static inline void tgc_lock_release(tg_thread *t, tgc_lock *l)
{
    tgi_lease_unlock(&l->m, &t->lease);
}
static inline bool tgc_lock_is_free(tgc_lock *l)
{
    // ORDER: acquire; pairs with the release in tgi_mutex_unlock: what the last holder wrote.
    return (atom_load_acquire(&l->m.bits) & TGI_MUTEX_LOCKED) == 0;
}

// The merge queue (counts.c).
// World stopped: merges what is queued for the threads of t's interpreter and hands the queues'
// references to the caller. False without memory; what was taken by then is in *out all the same.
#define tgc_policy_drain_stopped TG_CORE_SYM(tgc_policy_drain_stopped)
bool tgc_policy_drain_stopped(tg_thread *t, tgc_drained *out);
// How many objects wait in the merge queues of rt's threads, and in the longest queue. Any thread.
#define tgc_policy_queues TG_CORE_SYM(tgc_policy_queues)
void tgc_policy_queues(tg_runtime *rt, uint64_t *objects, uint64_t *longest);

// What hot.h needs. H1 for this header: owner == TGC_OWNER_HOT, local is the number, shared is at
// state MERGED and holds the bias besides a part of the count.
#define TGC_HOT_BIAS ((INT64_C(1) << 40) * TGC_SHARED_ONE)

static inline uint32_t tgc_head_hot(const tgc_obj *o)
{
    // ORDER: acquire; pairs with the release in tgc_head_heat: number and bias are there.
    if (atom_load_acquire(&o->owner) != TGC_OWNER_HOT)
        return 0;
    return atom_load_relaxed(&o->local); // ORDER: relaxed; after the owner field.
}

static inline bool tgc_head_ready(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the state only rises.
    if ((atom_load_relaxed(&o->shared) & 3) == TGC_SHARED_MERGED)
        return true;
    tgc_biased_ask_merge(t, o);
    return false;
}

static inline bool tgc_head_heat(tgc_obj *o, uint32_t number)
{
    // ORDER: relaxed; only this function makes an object hot, under the table's lock.
    if (atom_load_relaxed(&o->owner) != 0)
        return false;
    // ORDER: relaxed; released by the store of the owner field. H1.
    atom_store_relaxed(&o->local, number);
    // ORDER: relaxed; as above.
    atom_add_relaxed(&o->shared, TGC_HOT_BIAS);
    // ORDER: release; pairs with tgc_head_hot.
    atom_store_release(&o->owner, TGC_OWNER_HOT);
    return true;
}

static inline void tgc_head_add(tgc_obj *o, int64_t references)
{
    // ORDER: acq_rel; what the thread did with the object is over for whoever frees it.
    (void)atom_add_acq_rel(&o->shared, references * TGC_SHARED_ONE);
}

static inline void tgc_head_cool(tgc_obj *o)
{
    // ORDER: relaxed (all here); stopped.
    if (atom_load_relaxed(&o->owner) == TGC_OWNER_HOT &&
        atom_load_relaxed(&o->shared) != (TGC_HOT_BIAS | TGC_SHARED_MERGED)) {
        atom_store_relaxed(&o->local, 0);
        atom_store_relaxed(&o->owner, 0);
        (void)atom_sub_relaxed(&o->shared, TGC_HOT_BIAS);
    }
}

static inline void tgc_head_bury(tgc_obj *o)
{
    // ORDER: relaxed (all here); stopped.
    atom_store_relaxed(&o->local, 0);
    atom_store_relaxed(&o->owner, 0);
    atom_store_relaxed(&o->shared, TGC_SHARED_MERGED);
}

#endif
