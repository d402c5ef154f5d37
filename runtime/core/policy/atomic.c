// SPDX-License-Identifier: MIT
//
// atomic.c - the slow half of atomic counts: collisions, and what is hot.
//
// How         two threads that count one object at the same time collide: the CAS of one of them
//             fails. That happens often only while the line travels between processors, which is
//             what becoming hot is meant to end; a thread that meets nobody is never seen here.
// Owns        nothing: the counts of hot objects are in hot.c.
// Threads     any attached thread.
#include "core/policy/policy.h"

#include "thread/runtime.h" // merge_left

#if defined(TG_POLICY_ATOMIC)

// One collision tells as much as so many counts by others: it happens to one in a few dozen.
enum { COLLISION = TGI_HOT_AFTER / 8 };

_Static_assert(TGI_HOT_MOST < 1 << 14, "A3: 14 bits of number");

void tgc_atomic_hot_incref(tg_thread *t, tgc_obj *o)
{
    tgc_hot_incref(t, tgc_head_hot(o));
}

void tgc_atomic_hot_decref(tg_thread *t, tgc_obj *o)
{
    tgc_hot_decref(t, tgc_head_hot(o));
}

void tgc_atomic_collided(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; as in tgc_incref. If it is hot by now this is part of its count.
    atom_add_relaxed(&o->word, 2);
    tgi_stat_add(t, foreign, 1);
    tgc_hot_see(t, o, COLLISION);
}

bool tgc_atomic_try_again(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the CAS decides.
    int64_t w = atom_load_relaxed(&o->word);
    while (w >= 0) {
        if (w >> 1 == 0)
            return false;
        // ORDER: acquire; as in tgc_try_incref.
        if (atom_cas_weak_acquire(&o->word, &w, w + 2)) {
            tgc_tally(t, shared);
            tgi_stat_add(t, foreign, 1);
            tgc_hot_see(t, o, COLLISION); // not before: the reference keeps it alive
            return true;
        }
    }
    tgc_atomic_negative_incref(t, o, w);
    return true;
}

tg_status tgc_policy_thread_init(tg_thread *t)
{
    return tgc_hot_thread_init(t);
}

void tgc_policy_thread_exit(tg_thread *t)
{
    tgc_hot_poll(t);
    tgc_hot_thread_leave(t);
    tgc_hot_thread_free(t);
}

void tgc_policy_thread_free(tg_thread *t)
{
    tgc_hot_thread_free(t);
}

void tgc_policy_after_fork(void)
{
    tgc_hot_after_fork();
}

void tgc_policy_inherit(tg_thread *t, tg_thread *dead)
{
    (void)t;
    tgc_hot_thread_free(dead);
}

void tgc_policy_merge_pending(tg_thread *t)
{
    // Nothing is queued, but a fold may have been wanted by one who left.
    // ORDER: seq_cst; Note [merge-left] in thread/state.c.
    if (atom_load_seq_cst(&t->interp->merge_left) != 0)
        atom_store_seq_cst(&t->interp->merge_left, 0);
    tgc_hot_poll(t);
}

#endif
