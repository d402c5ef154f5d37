// SPDX-License-Identifier: MIT
//
// atomic.h - one atomic count, for any number of threads. Included by policy.h alone.
//
// Owns        the 16-byte header {type, word}. word, from the lowest bit: 16 bits of tag, the
//             published flag, the count; negative: immortal, or hot (A3), told apart by the two
//             highest bits.
// Invariants  A1  the type word, which an allocator may overwrite in a freed block, is never read
//             from a
//                 stale pointer; the count word is, and reads "dead" until the grace period ends.
//             A2  count 0 is final except inside tgc_resurrect_begin/end of an object nobody else
//                 can reach.
//             A3  hot (hot.h): the highest bits are 10, the tag is twice the object's number, and
//                 the rest holds TGC_HOT_BIAS, a part of the count and the flag. One CAS makes a
//                 counted word hot: what others add or take off meanwhile is in it.
//             A4  the tag of a word that is not negative says which thread took a reference last:
//                 the lowest bits of its id, which are odd, or 0: none since it became cool. It is
//                 a hint, for two threads may have the same: Note [tag] in atomic.c.
#ifndef TGC_POLICY_ATOMIC_H
#define TGC_POLICY_ATOMIC_H

#include "core/policy/base.h"      // shared declarations
#include "core/policy/ownerless.h" // nothing to do for owners

#include "sync/lease.h" // tgi_lease_lock

#define TGC_FREE_THREADED 1
#define TGC_IMMORTAL_WORD (INT64_MIN / 4) // far from both ends of what counts as immortal

#define TGC_WORD_TAG       INT64_C(0xffff)
#define TGC_WORD_PUBLISHED (INT64_C(1) << 16)
#define TGC_WORD_SHIFT     17
#define TGC_WORD_ONE       (INT64_C(1) << TGC_WORD_SHIFT)

struct tgc_obj {
    tgc_type *type;        // const after init
    _Atomic(int64_t) word; // any thread: A1, A2
};

#define TGC_HEADER_BYTES 16

#define TGC_HOT_COUNT ((INT64_C(1) << 62) - 1)
#define TGC_HOT_BIAS  (INT64_C(1) << 60)

#define TGC_IMMORTAL_HEAD(type_)   \
    {                              \
        (type_), TGC_IMMORTAL_WORD \
    }

static inline uint16_t tgc_atomic_tag(const tg_thread *t)
{
    return (uint16_t)t->id;
}

static inline void tgc_head_init(tg_thread *t, tgc_obj *o, tgc_type *type)
{
    o->type = type;
    // ORDER: relaxed; the object is private until a slot store or a hand-over publishes it.
    atom_store_relaxed(&o->word, TGC_WORD_ONE | tgc_atomic_tag(t));
}

// Out of line (atomic.c). hot: o is hot. other: the tag is not that of t; try_other: that, or
// somebody else counts o at this moment.
#define tgc_atomic_hot_decref TG_CORE_SYM(tgc_atomic_hot_decref)
void tgc_atomic_hot_decref(tg_thread *t, tgc_obj *o);
#define tgc_atomic_other TG_CORE_SYM(tgc_atomic_other)
void tgc_atomic_other(tg_thread *t, tgc_obj *o);
#define tgc_atomic_try_other TG_CORE_SYM(tgc_atomic_try_other)
bool tgc_atomic_try_other(tg_thread *t, tgc_obj *o);

static inline bool tgc_word_is_immortal(int64_t word)
{
    return (uint64_t)word >= UINT64_C(3) << 62;
}

static inline bool tgc_is_immortal(const tgc_obj *o)
{
    // ORDER: relaxed; immortality is set before an object is shared and never taken back while it
    // is.
    return tgc_word_is_immortal(atom_load_relaxed(&o->word));
}

static inline void tgc_make_immortal(tgc_obj *o)
{
    // ORDER: relaxed; as tgc_is_immortal.
    atom_store_relaxed(&o->word, TGC_IMMORTAL_WORD);
}

static inline void tgc_make_mortal(tgc_obj *o)
{
    // ORDER: relaxed; world stopped.
    atom_store_relaxed(&o->word, TGC_WORD_ONE);
}

static inline void tgc_incref(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; immortality does not change, the rest is a hint: A4.
    int64_t w = atom_load_relaxed(&o->word);
    if (TGI_LIKELY((uint16_t)w == tgc_atomic_tag(t))) {
        tgc_tally(t, shared);
        // It may become hot before this: then it is part of the count.
        // ORDER: relaxed; a new reference is made from one that already orders access.
        atom_add_relaxed(&o->word, TGC_WORD_ONE);
    } else if (tgc_word_is_immortal(w)) {
        tgc_tally(t, immortal);
    } else {
        tgc_atomic_other(t, o);
    }
}

static inline void tgc_decref(tg_thread *t, tgc_obj *o)
{
    // ORDER: acquire; if this is the last, unpublished reference, earlier releases by others are
    // visible to the dealloc below without a locked instruction. Nobody can make a new reference
    // out of none.
    int64_t w = atom_load_acquire(&o->word);
    if (w < 0) {
        if (tgc_word_is_immortal(w))
            tgc_tally(t, immortal);
        else
            tgc_atomic_hot_decref(t, o);
        return;
    }
    tgc_tally(t, shared);
    if (w >> (TGC_WORD_SHIFT - 1) == 2) { // one reference, unpublished
        // ORDER: relaxed; nobody else can reach the object.
        atom_store_relaxed(&o->word, 0);
        tgc_dealloc(t, o);
        return;
    }
    // It may become hot before this: then it is part of the count, and who made it hot asks for a
    // fold when it drops the reference it has.
    // ORDER: acq_rel; release our use of the object to whoever frees it, acquire theirs if that is
    // us.
    if (atom_sub_acq_rel(&o->word, TGC_WORD_ONE) >> TGC_WORD_SHIFT == 1)
        tgc_dealloc(t, o);
}

static inline bool tgc_try_incref(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the CAS decides.
    int64_t w = atom_load_relaxed(&o->word);
    if (TGI_LIKELY((uint16_t)w == tgc_atomic_tag(t))) { // neither hot nor immortal
        if (w >> TGC_WORD_SHIFT == 0)
            return false;
        // ORDER: acquire; the object's content was released by the slot store that let us find it.
        if (TGI_LIKELY(atom_cas_weak_acquire(&o->word, &w, w + TGC_WORD_ONE))) {
            tgc_tally(t, shared);
            return true;
        }
    } else if (tgc_word_is_immortal(w)) {
        tgc_tally(t, immortal);
        return true;
    }
    return tgc_atomic_try_other(t, o);
}

static inline bool tgc_is_unique(tg_thread *t, const tgc_obj *o)
{
    (void)t;
    // ORDER: acquire; pairs with the decref that dropped the other reference.
    return atom_load_acquire(&o->word) >> (TGC_WORD_SHIFT - 1) == 2;
}

static inline void tgc_publish(tg_thread *t, tgc_obj *o)
{
    (void)t;
    // ORDER: relaxed; the flag is read again by whoever frees the object, through the count's own
    // order.
    int64_t w = atom_load_relaxed(&o->word);
    if (w >= 0 && (w & TGC_WORD_PUBLISHED) == 0) // what is hot is published
        atom_or_relaxed(&o->word, TGC_WORD_PUBLISHED);
}

static inline bool tgc_was_published(const tgc_obj *o)
{
    // ORDER: relaxed; the object is dead and ours.
    return (atom_load_relaxed(&o->word) & TGC_WORD_PUBLISHED) != 0;
}

static inline void tgc_resurrect_begin(tg_thread *t, tgc_obj *o)
{
    (void)t;
    // Keep the published flag: a stale reader's try may come at any time and is then a true
    // reference.
    atom_add_relaxed(&o->word, TGC_WORD_ONE); // ORDER: relaxed; dead and ours.
}

static inline bool tgc_resurrect_end(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; it became hot meanwhile: the next fold sees the end of it.
    if (atom_load_relaxed(&o->word) < 0) {
        tgc_decref(t, o);
        return false;
    }
    // ORDER: acq_rel; as tgc_decref.
    return atom_sub_acq_rel(&o->word, TGC_WORD_ONE) >> TGC_WORD_SHIFT == 1;
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
    // ORDER: relaxed (both); nobody else reaches it.
    atom_store_relaxed(&o->word, atom_load_relaxed(&o->word) & ~TGC_WORD_PUBLISHED);
}

static inline int64_t tgc_refcount(const tgc_obj *o)
{
    // ORDER: relaxed; for diagnostics, exact only when nobody else counts. Of a hot object it is
    // far too large.
    int64_t w = atom_load_relaxed(&o->word);
    return (w >= 0 ? w : w & TGC_HOT_COUNT) >> TGC_WORD_SHIFT;
}

// Makes a counted object immortal if that is safe now. Always: a late decrement by another thread
// leaves the word negative.
static inline bool tgc_try_immortalize(tg_thread *t, tgc_obj *o)
{
    (void)t;
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

// What hot.h needs: A3.
static inline uint32_t tgc_head_hot(const tgc_obj *o)
{
    // ORDER: relaxed; one word says all.
    int64_t w = atom_load_relaxed(&o->word);
    if (w >= 0 || tgc_word_is_immortal(w))
        return 0;
    return (uint32_t)(w & TGC_WORD_TAG) / 2;
}

static inline bool tgc_head_ready(tg_thread *t, tgc_obj *o)
{
    (void)t;
    (void)o;
    return true;
}

static inline bool tgc_head_heat(tgc_obj *o, uint32_t number)
{
    // ORDER: relaxed; the CAS decides.
    int64_t w = atom_load_relaxed(&o->word);
    while (w >= 0) {
        int64_t counted = (w & ~TGC_WORD_TAG) | TGC_WORD_PUBLISHED;
        int64_t hot = counted + TGC_HOT_BIAS + INT64_MIN + (int64_t)number * 2;
        // ORDER: relaxed; a number and a count, no content.
        if (atom_cas_weak_relaxed(&o->word, &w, hot))
            return true;
    }
    return false; // immortal, or hot already
}

static inline void tgc_head_add(tgc_obj *o, int64_t references)
{
    // ORDER: acq_rel; what the thread did with the object is over for whoever frees it.
    (void)atom_add_acq_rel(&o->word, references * TGC_WORD_ONE);
}

static inline void tgc_head_cool(tgc_obj *o)
{
    // ORDER: relaxed (both); stopped.
    int64_t w = atom_load_relaxed(&o->word);
    int64_t counted = (w & TGC_HOT_COUNT & ~TGC_WORD_TAG) - TGC_HOT_BIAS;
    if (!tgc_word_is_immortal(w) && counted >> TGC_WORD_SHIFT != 0)
        atom_store_relaxed(&o->word, counted);
}

static inline void tgc_head_bury(tgc_obj *o)
{
    // ORDER: relaxed; stopped. Published, as all that was hot.
    atom_store_relaxed(&o->word, TGC_WORD_PUBLISHED);
}

#endif
