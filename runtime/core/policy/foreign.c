// SPDX-License-Identifier: MIT
//
// foreign.c - biased counts by threads that are not the owner.
//
// Owns        nothing. What is hot each thread counts for itself (hot.h); the rest is an atomic
//             operation, and is noticed: counted often enough, the object becomes hot.
// Threads     any attached thread but the owner.
// Sources     Choi, Shull, Torrellas, PACT 2018 (docs/papers.md).
#include "core/policy/policy.h"

#if defined(TG_POLICY_BIASED)

void tgc_biased_foreign_incref(tg_thread *t, tgc_obj *o)
{
    uint32_t number = tgc_head_hot(o);
    if (number != 0) {
        tgc_hot_incref(t, number);
    } else {
        tgc_tally(t, shared);
        // ORDER: relaxed; a new reference is made from one that already orders access.
        atom_add_relaxed(&o->shared, TGC_SHARED_ONE);
    }
}

bool tgc_biased_foreign_try(tg_thread *t, tgc_obj *o)
{
    uint32_t number = tgc_head_hot(o);
    if (number != 0) {
        tgc_hot_incref(t, number);
        return true;
    }
    tgc_tally(t, shared);
    // ORDER: relaxed; the CAS decides.
    int64_t s = atom_load_relaxed(&o->shared);
    for (;;) {
        if (s == TGC_SHARED_DEFAULT || s == TGC_SHARED_MERGED)
            return false; // B3
        // ORDER: acquire; the object's content was released by the slot store that let us find it.
        if (atom_cas_weak_acquire(&o->shared, &s, s + TGC_SHARED_ONE))
            return true;
    }
}

void tgc_biased_foreign_decref(tg_thread *t, tgc_obj *o)
{
    uint32_t number = tgc_head_hot(o);
    if (number == 0) {
        tgc_hot_see(t, o, 1);
        tgi_stat_add(t, foreign, 1);
        // Whoever made it hot drops below zero: the reference is part of the shared word, and if
        // it were taken from there, nobody might ever ask for a fold.
        number = tgc_head_hot(o);
        if (TGI_LIKELY(number == 0)) {
            tgc_tally(t, shared);
            tgc_biased_drop(t, o);
            return;
        }
    }
    tgc_hot_decref(t, number);
}

#endif
