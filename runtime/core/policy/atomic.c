// SPDX-License-Identifier: MIT
//
// atomic.c - the slow half of atomic counts: what another thread has counted, and what is hot.
//
// Owns        nothing: the counts of hot objects are in hot.c.
// Threads     any attached thread.
//
// Note [tag]
// Who takes a reference leaves a tag in the word (A4) and looks whose is there. As long as it is
// its own, nobody else has taken a reference since, and the count is one addition. If not, the line
// may have travelled: that is noticed, and when it goes on like this the object becomes hot. It
// does not take two threads at the same moment, as a failed compare-exchange does: threads that
// come by the same object every few microseconds disturb each other without ever colliding. The tag
// costs nothing, since the comparison is also the one for immortal and hot words, whose tags are
// even. A reference that is dropped is not noticed: what is only dropped is not counted for long.
#include "core/policy/policy.h"

#include "thread/gil.h"     // tgi_gil_is_enabled
#include "thread/runtime.h" // merge_left

#if defined(TG_POLICY_ATOMIC)

// A reference taken after another thread's tells as much as so many that a thread drops which is
// not the owner, of biased counts: there half of them are the owner's, and not seen.
enum { OTHERS = (TGI_HOT_AFTER + 31) / 32 };

_Static_assert(TGI_HOT_MOST < 1 << 15, "A3: 15 bits of number");

// t has taken a reference to o, whose word was w before.
static void see(tg_thread *t, tgc_obj *o, int64_t w)
{
    // With a GIL threads take turns, and lines travel once in a turn.
    if ((w & TGC_WORD_TAG) == 0 || tgi_gil_is_enabled(t))
        return;
    tgi_stat_add(t, foreign, 1);
    tgc_hot_see(t, o, OTHERS);
}

static int64_t one_more(const tg_thread *t, int64_t w)
{
    return (w & ~TGC_WORD_TAG) + TGC_WORD_ONE + tgc_atomic_tag(t);
}

static void negative_incref(tg_thread *t, tgc_obj *o, int64_t w)
{
    if (tgc_word_is_immortal(w))
        tgc_tally(t, immortal);
    else
        tgc_hot_incref(t, tgc_head_hot(o));
}

void tgc_atomic_hot_decref(tg_thread *t, tgc_obj *o)
{
    tgc_hot_decref(t, tgc_head_hot(o));
}

void tgc_atomic_other(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the CAS decides.
    int64_t w = atom_load_relaxed(&o->word);
    while (w >= 0) {
        // ORDER: relaxed; a new reference is made from one that already orders access.
        if (atom_cas_weak_relaxed(&o->word, &w, one_more(t, w))) {
            tgc_tally(t, shared);
            see(t, o, w);
            return;
        }
    }
    negative_incref(t, o, w);
}

bool tgc_atomic_try_other(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the CAS decides.
    int64_t w = atom_load_relaxed(&o->word);
    while (w >= 0) {
        if (w >> TGC_WORD_SHIFT == 0)
            return false;
        // ORDER: acquire; as in tgc_try_incref.
        if (atom_cas_weak_acquire(&o->word, &w, one_more(t, w))) {
            tgc_tally(t, shared);
            see(t, o, w); // not before: the reference keeps it alive
            return true;
        }
    }
    negative_incref(t, o, w);
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
