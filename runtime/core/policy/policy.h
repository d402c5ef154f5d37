// SPDX-License-Identifier: MIT
//
// policy.h - the closed vocabulary through which core code counts, publishes, locks and frees.
// Layer core/policy.
//
// This folder is the only place that knows which policy is being compiled. Everything else in core/
// uses
//   TGC_FREE_THREADED           1 if several threads may be attached at once; a constant, not a
//                               macro test
//   TGC_HEADER_BYTES            size of tgc_obj
//   tgc_head_init(t, o, type)   a new object: one reference, owned by t
//   tgc_incref, tgc_decref      need a reference (or a lock that keeps one alive)
//   tgc_try_incref(t, o)        from a stale pointer under QSBR: fails if the object is dead
//   tgc_is_unique(t, o)         nobody else has, or can get, a reference
//   tgc_publish(t, o)           the owner marks o before it goes into any heap slot: Note
//                               [publish-slot]
//   tgc_make_immortal(o)        never counted, never freed by counting; o still private or world
//                               stopped
//   tgc_slot, tgc_slot_*        a value in the heap: load with a new reference, store, exchange
//   tgc_lock, tgc_lock_*        the one-byte lock of a container; nothing at all under classic.
//                               tgc_lock_is_free(l): everything its holders wrote so far is visible
//   tgc_free_later, tgc_obj_free  memory that a lock-free reader may still look at
// Threads     tgc_incref/decref: any attached thread. The rest as stated at each function.
// Sources     Choi, Shull, Torrellas, "Biased Reference Counting", PACT 2018; PEP 703
//             (docs/papers.md).
//
// Note [publish-slot]
// A reader of a shared slot loads the value, tries to count it, and looks at the slot again. The
// try must fail on a dead object and only on a dead one. With biased counts a foreign try cannot
// see the owner's half, so an object whose shared word is all zero is ambiguous. Therefore the
// owner sets the "published" flag in the shared word before the value enters any heap slot; from
// then on its last reference is given up through the shared word, and the flag also tells
// tgc_obj_free that a stale reader may exist, so that the memory waits for a grace period. An
// exchange with no flag, or readers that fall back to a lock which writers do not take, are both
// unsound.
#ifndef TGC_POLICY_POLICY_H
#define TGC_POLICY_POLICY_H

#include "core/policy/base.h" // what all policies share

#if defined(TG_POLICY_CLASSIC)
#include "core/policy/classic.h" // IWYU pragma: export
#elif defined(TG_POLICY_ATOMIC)
#include "core/policy/atomic.h" // IWYU pragma: export
#elif defined(TG_POLICY_BIASED)
#include "core/policy/biased.h" // IWYU pragma: export
#else
#error "unknown TG_POLICY"
#endif
#if !defined(TG_POLICY_CLASSIC)
#include "core/policy/hot.h" // IWYU pragma: export
#endif

// --- derived vocabulary, the same text for all policies

static inline tg_value tgc_retain(tg_thread *t, tg_value v) // v with a new reference
{
    if (tgc_is_ptr(v))
        tgc_incref(t, tgc_ptr(v));
    return v;
}

static inline void tgc_release(tg_thread *t, tg_value v)
{
    if (tgc_is_ptr(v))
        tgc_decref(t, tgc_ptr(v));
}

static inline void tgc_publish_value(tg_thread *t, tg_value v)
{
    if (TGC_FREE_THREADED && tgc_is_ptr(v))
        tgc_publish(t, tgc_ptr(v));
}

// A value that lives in the heap and may be read by other threads.
typedef struct tgc_slot {
    _Atomic(tg_value) word; // any thread: Note [publish-slot]
} tgc_slot;

// The value as it is now, borrowed. Sound only if the slot cannot change or the value cannot die:
// the caller holds the lock that all writers take, or owns the container alone, or the value is
// immortal.
static inline tg_value tgc_slot_peek(const tgc_slot *s)
{
    // ORDER: relaxed; the caller excludes writers.
    return atom_load_relaxed(&s->word);
}

// A slot that no other thread can see yet, or whose writers the caller excludes and readers do not
// exist.
static inline void tgc_slot_init(tg_thread *t, tgc_slot *s, tg_value v) // steals v
{
    tgc_publish_value(t, v);
    // ORDER: relaxed; the container is published later by its own slot store.
    atom_store_relaxed(&s->word, v);
}

#define tgc_slot_load_slow TG_CORE_SYM(tgc_slot_load_slow)
tg_value tgc_slot_load_slow(tg_thread *t, const tgc_slot *s);

// A new reference to the slot's value, without a lock. May return any constant that was stored.
static inline tg_value tgc_slot_load(tg_thread *t, const tgc_slot *s)
{
    if (!TGC_FREE_THREADED)
        return tgc_retain(t, tgc_slot_peek(s));
    // ORDER: acquire; pairs with the release in tgc_slot_store and tgc_slot_exchange: the object is
    // complete.
    tg_value v = atom_load_acquire(&s->word);
    if (!tgc_is_ptr(v))
        return v;
    if (TGI_LIKELY(tgc_try_incref(t, tgc_ptr(v)))) {
        // ORDER: acquire; second look: still the same value, so what was counted is what the slot
        // held.
        if (TGI_LIKELY(atom_load_acquire(&s->word) == v))
            return v;
        tgc_decref(t, tgc_ptr(v));
    }
    return tgc_slot_load_slow(t, s);
}

// Stores v (stolen). The old value is NOT released: for a writer under the container's lock that
// takes the old value with tgc_slot_peek and releases it after unlocking.
static inline void tgc_slot_store(tg_thread *t, tgc_slot *s, tg_value v)
{
    tgc_publish_value(t, v);
    if (!TGC_FREE_THREADED) {
        // ORDER: relaxed; one thread at a time under the GIL.
        atom_store_relaxed(&s->word, v);
        return;
    }
    // ORDER: release; pairs with the acquire in tgc_slot_load.
    atom_store_release(&s->word, v);
}

// Stores v (stolen) and returns the old value with its reference. For fixed slots written without a
// lock.
static inline tg_value tgc_slot_exchange(tg_thread *t, tgc_slot *s, tg_value v)
{
    tgc_publish_value(t, v);
    if (!TGC_FREE_THREADED) {
        tg_value old = tgc_slot_peek(s);
        // ORDER: relaxed; one thread at a time under the GIL.
        atom_store_relaxed(&s->word, v);
        return old;
    }
    // ORDER: acq_rel; release pairs with tgc_slot_load, acquire makes the old object's content ours
    // to release.
    return atom_exchange_acq_rel(&s->word, v);
}

// Runs the block with the lock held: TGC_LOCKED(t, &list->lock) { ... }. No return, break, goto or
// raise out of it; no script code, no release of a reference, no blocking call inside it.
#define TGC_LOCKED(t, lock_)                                             \
    for (int tgc_once_ = (tgc_lock_acquire((t), (lock_)), 1); tgc_once_; \
         tgc_once_ = (tgc_lock_release((t), (lock_)), 0))

// Frees the memory of a dead object. It waits for a grace period if a lock-free reader may still
// look at it.
static inline void tgc_obj_free(tg_thread *t, tgc_obj *o, size_t size)
{
    // A late reader looks at the header, and of a str at its hash, which is not its last word.
    if (tgc_was_published(o))
        tgi_defer_object(t, o, size, TGC_HEADER_BYTES);
    else
        tgi_raw_free(o);
}

// Frees a backing array that lock-free readers may still be scanning.
static inline void tgc_free_later(tg_thread *t, void *p, size_t size)
{
    if (TGC_FREE_THREADED && p != NULL)
        tgi_defer_free(t, p, size);
    else
        tgi_raw_free(p);
}

#endif
