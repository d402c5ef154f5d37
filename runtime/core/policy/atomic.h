// SPDX-License-Identifier: MIT
//
// atomic.h - one atomic count, for any number of threads. Included by policy.h alone.
//
// Owns        the 16-byte header {type, word}. word = count * 2 + published flag; negative:
//             immortal, or hot (A3), told apart by the two highest bits.
// Invariants  A1  the type word, which an allocator may overwrite in a freed block, is never read
//             from a
//                 stale pointer; the count word is, and reads "dead" until the grace period ends.
//             A2  count 0 is final except inside tgc_resurrect_begin/end of an object nobody else
//                 can reach.
//             A3  hot (hot.h): the highest bits are 10, then 14 bits of the object's number, then
//                 48 bits that hold TGC_HOT_BIAS and a part of the count, times 2, and the flag.
//                 One CAS makes a counted word hot: what others add or take off meanwhile is in it.
#ifndef TGC_POLICY_ATOMIC_H
#define TGC_POLICY_ATOMIC_H

#include "core/policy/base.h"      // shared declarations
#include "core/policy/ownerless.h" // nothing to do for owners

#include "sync/mutex.h" // tgi_mutex

#define TGC_FREE_THREADED 1
#define TGC_IMMORTAL_WORD (INT64_MIN / 4) // far from both ends of what counts as immortal

struct tgc_obj {
    tgc_type *type;        // const after init
    _Atomic(int64_t) word; // any thread: A1, A2
};

#define TGC_HEADER_BYTES 16

#define TGC_HOT_SHIFT 48
#define TGC_HOT_COUNT ((INT64_C(1) << TGC_HOT_SHIFT) - 1)
#define TGC_HOT_BIAS  (INT64_C(1) << (TGC_HOT_SHIFT - 2))

#define TGC_IMMORTAL_HEAD(type_)   \
    {                              \
        (type_), TGC_IMMORTAL_WORD \
    }

static inline void tgc_head_init(tg_thread *t, tgc_obj *o, tgc_type *type)
{
    (void)t;
    o->type = type;
    // ORDER: relaxed; the object is private until a slot store or a hand-over publishes it.
    atom_store_relaxed(&o->word, 2);
}

// Out of line (atomic.c). hot: o is hot. collided: the CAS of an incref failed, because somebody
// else counts o at this moment; try_again: that of a try.
#define tgc_atomic_hot_incref TG_CORE_SYM(tgc_atomic_hot_incref)
void tgc_atomic_hot_incref(tg_thread *t, tgc_obj *o);
#define tgc_atomic_hot_decref TG_CORE_SYM(tgc_atomic_hot_decref)
void tgc_atomic_hot_decref(tg_thread *t, tgc_obj *o);
#define tgc_atomic_collided TG_CORE_SYM(tgc_atomic_collided)
void tgc_atomic_collided(tg_thread *t, tgc_obj *o);
#define tgc_atomic_try_again TG_CORE_SYM(tgc_atomic_try_again)
bool tgc_atomic_try_again(tg_thread *t, tgc_obj *o);

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
    atom_store_relaxed(&o->word, 2);
}

// What takes a reference and has found this word, which is negative.
static inline void tgc_atomic_negative_incref(tg_thread *t, tgc_obj *o, int64_t word)
{
    if (tgc_word_is_immortal(word))
        tgc_tally(t, immortal);
    else
        tgc_atomic_hot_incref(t, o);
}

static inline void tgc_incref(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the CAS decides.
    int64_t w = atom_load_relaxed(&o->word);
    if (w < 0) {
        tgc_atomic_negative_incref(t, o, w);
        return;
    }
    tgc_tally(t, shared);
    // A CAS costs what an addition does, and notices others.
    // ORDER: relaxed; a new reference is made from one that already orders access.
    if (TGI_UNLIKELY(!atom_cas_weak_relaxed(&o->word, &w, w + 2)))
        tgc_atomic_collided(t, o);
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
    if (w == 2) {
        // ORDER: relaxed; nobody else can reach the object.
        atom_store_relaxed(&o->word, 0);
        tgc_dealloc(t, o);
        return;
    }
    // It may become hot before this: then it is part of the count, and who made it hot asks for a
    // fold when it drops the reference it has.
    // ORDER: acq_rel; release our use of the object to whoever frees it, acquire theirs if that is
    // us.
    if ((atom_sub_acq_rel(&o->word, 2) >> 1) == 1)
        tgc_dealloc(t, o);
}

static inline bool tgc_try_incref(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the CAS decides.
    int64_t w = atom_load_relaxed(&o->word);
    if (w < 0) {
        tgc_atomic_negative_incref(t, o, w);
        return true;
    }
    if (w >> 1 == 0)
        return false;
    // ORDER: acquire; the object's content was released by the slot store that let us find it.
    if (TGI_UNLIKELY(!atom_cas_weak_acquire(&o->word, &w, w + 2)))
        return tgc_atomic_try_again(t, o);
    tgc_tally(t, shared);
    return true;
}

static inline bool tgc_is_unique(tg_thread *t, const tgc_obj *o)
{
    (void)t;
    // ORDER: acquire; pairs with the decref that dropped the other reference.
    return atom_load_acquire(&o->word) == 2;
}

static inline void tgc_publish(tg_thread *t, tgc_obj *o)
{
    (void)t;
    // ORDER: relaxed; the flag is read again by whoever frees the object, through the count's own
    // order.
    int64_t w = atom_load_relaxed(&o->word);
    if (w >= 0 && (w & 1) == 0) // what is hot is published
        atom_or_relaxed(&o->word, 1);
}

static inline bool tgc_was_published(const tgc_obj *o)
{
    // ORDER: relaxed; the object is dead and ours.
    return (atom_load_relaxed(&o->word) & 1) != 0;
}

static inline void tgc_resurrect_begin(tg_thread *t, tgc_obj *o)
{
    (void)t;
    // Keep the published flag: a stale reader's try may come at any time and is then a true
    // reference.
    atom_add_relaxed(&o->word, 2); // ORDER: relaxed; dead and ours.
}

static inline bool tgc_resurrect_end(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; it became hot meanwhile: the next fold sees the end of it.
    if (atom_load_relaxed(&o->word) < 0) {
        tgc_decref(t, o);
        return false;
    }
    // ORDER: acq_rel; as tgc_decref.
    return (atom_sub_acq_rel(&o->word, 2) >> 1) == 1;
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
    atom_store_relaxed(&o->word, atom_load_relaxed(&o->word) & ~INT64_C(1));
}

static inline int64_t tgc_refcount(const tgc_obj *o)
{
    // ORDER: relaxed; for diagnostics, exact only when nobody else counts. Of a hot object it is
    // far too large.
    int64_t w = atom_load_relaxed(&o->word);
    return (w >= 0 ? w : w & TGC_HOT_COUNT) >> 1;
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
    (void)t;
    tgi_mutex_lock(&l->m);
}
static inline void tgc_lock_release(tg_thread *t, tgc_lock *l)
{
    (void)t;
    tgi_mutex_unlock(&l->m);
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
    return (uint32_t)(w >> TGC_HOT_SHIFT) & 0x3fff;
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
        int64_t hot = (w | 1) + TGC_HOT_BIAS + INT64_MIN + ((int64_t)number << TGC_HOT_SHIFT);
        // ORDER: relaxed; a number and a count, no content.
        if (atom_cas_weak_relaxed(&o->word, &w, hot))
            return true;
    }
    return false; // immortal, or hot already
}

static inline void tgc_head_add(tgc_obj *o, int64_t references)
{
    // ORDER: acq_rel; what the thread did with the object is over for whoever frees it.
    (void)atom_add_acq_rel(&o->word, references * 2);
}

static inline void tgc_head_cool(tgc_obj *o)
{
    // ORDER: relaxed (both); stopped.
    int64_t w = atom_load_relaxed(&o->word);
    int64_t counted = (w & TGC_HOT_COUNT) - TGC_HOT_BIAS;
    if (!tgc_word_is_immortal(w) && counted >> 1 != 0)
        atom_store_relaxed(&o->word, counted);
}

static inline void tgc_head_bury(tgc_obj *o)
{
    atom_store_relaxed(&o->word, 1); // ORDER: relaxed; stopped. Published, as all that was hot.
}

#endif
