// SPDX-License-Identifier: MIT
//
// hot.h - counts of hot objects: what the policies with several counting threads have in common.
// Layer core/policy. Included by policy.h, after the policy that says how a header looks.
//
// Owns        each thread's counts (tgc_hot_thread). Why and how: Note [hot-count] in hot.c.
// Needs       from the policy, for an object o:
//               tgc_head_hot(o)        its number if it is hot, else 0
//               tgc_head_ready(t, o)   whether it can become hot now; may ask its owner for that
//               tgc_head_heat(o, n)    gives it number n and the bias: false if it cannot be
//               tgc_head_add(o, n)     stopped, or of a thread that leaves: n more references
//               tgc_head_cool(o)       stopped, all counts added: not hot any more unless it is
//                                      dead
//               tgc_head_bury(o)       stopped, dead: what dealloc expects
// Threads     a thread's counts are written by it, or by whoever has stopped it.
#ifndef TGC_POLICY_HOT_H
#define TGC_POLICY_HOT_H

#include "base/config.h"      // TGI_HOT_*
#include "core/policy/base.h" // tg_thread, tgc_obj

enum { TGC_HOT_SEEN = 64 };

// How often this thread counted what others count too; approximate, by address.
typedef struct tgc_hot_seen {
    uint32_t key;
    uint32_t times;
} tgc_hot_seen;

typedef struct tgc_hot_thread {
    int64_t count[TGI_HOT_MOST + 1]; // owner thread, or world stopped; by number
    tgc_hot_seen seen[TGC_HOT_SEEN]; // owner thread
    uint32_t since;                  // owner thread: hot drops, to ask for a fold now and then
    uint32_t misses;                 // owner thread: to age what was seen
    // owner thread, or world stopped: for a fold, since the last pause
    bool asked;
    bool closed; // owner thread: nothing becomes hot any more
} tgc_hot_thread;

static inline tgc_hot_thread *tgc_hot_of(tg_thread *t)
{
    return ((tgc_policy_thread *)t->core)->hot;
}

// t holds a reference to o and has counted it many times.
#define tgc_hot_notice TG_CORE_SYM(tgc_hot_notice)
void tgc_hot_notice(tg_thread *t, tgc_obj *o);

// t holds a reference to o, which others count too. weight: how much that tells; a constant.
static inline void tgc_hot_see(tg_thread *t, tgc_obj *o, uint32_t weight)
{
    tgc_hot_thread *ht = tgc_hot_of(t);
    uint32_t key = (uint32_t)((uintptr_t)o >> 4);
    tgc_hot_seen *s = &ht->seen[(key ^ key >> 6) % TGC_HOT_SEEN];
    if (TGI_LIKELY(s->key == key)) {
        s->times += weight;
        if (TGI_UNLIKELY(s->times >= TGI_HOT_AFTER)) {
            s->times = 0;
            tgc_hot_notice(t, o);
        }
    } else if (s->times == 0) {
        s->key = key;
        s->times = weight;
    } else if (ht->misses++ % 8 == 0) {
        s->times--; // what is frequent stays, also against another that is as frequent
    }
}

// One reference more to, one less to the hot object with this number.
static inline void tgc_hot_incref(tg_thread *t, uint32_t number)
{
    tgc_tally(t, hot);
    tgc_hot_of(t)->count[number]++;
}
#define tgc_hot_decref TG_CORE_SYM(tgc_hot_decref)
void tgc_hot_decref(tg_thread *t, uint32_t number);

// Makes room for one more block. False without memory.
#define tgc_drained_room TG_CORE_SYM(tgc_drained_room)
bool tgc_drained_room(tgc_drained *out);

// What a thread keeps: the counts above, with biased counts the merge queue as well (counts.c;
// else atomic.c). init: makes t findable by its id. exit: drains the queue and leaves the table;
// after it t must not count any more. merge_pending: drains the queue at a poll, and folds if it
// is time.
#define tgc_policy_thread_init TG_CORE_SYM(tgc_policy_thread_init)
tg_status tgc_policy_thread_init(tg_thread *t);
#define tgc_policy_thread_exit TG_CORE_SYM(tgc_policy_thread_exit)
void tgc_policy_thread_exit(tg_thread *t);
#define tgc_policy_merge_pending TG_CORE_SYM(tgc_policy_merge_pending)
void tgc_policy_merge_pending(tg_thread *t);
// What a state has that never ran, or was abandoned.
#define tgc_policy_thread_free TG_CORE_SYM(tgc_policy_thread_free)
void tgc_policy_thread_free(tg_thread *t);
// Child of fork: first the locks, then for each thread that is gone: t merges what it should have;
// t is NULL for one of another interpreter, whose objects stay.
#define tgc_policy_after_fork TG_CORE_SYM(tgc_policy_after_fork)
void tgc_policy_after_fork(void);
#define tgc_policy_inherit TG_CORE_SYM(tgc_policy_inherit)
void tgc_policy_inherit(tg_thread *t, tg_thread *dead);

// stopped: the world of interp, or of all of rt, has just been stopped; counts in the objects are
// exact afterwards. close: t is the last thread of its interpreter and is about to free everything;
// nothing becomes hot any more.
#define tgc_policy_stopped TG_CORE_SYM(tgc_policy_stopped)
void tgc_policy_stopped(tg_runtime *rt, tg_interp *interp);
// drain_dead: world stopped; the dead hot objects of t's interpreter, each with a reference that is
// the caller's to release. False without memory.
#define tgc_policy_drain_dead TG_CORE_SYM(tgc_policy_drain_dead)
bool tgc_policy_drain_dead(tg_thread *t, tgc_drained *out);
#define tgc_policy_close TG_CORE_SYM(tgc_policy_close)
void tgc_policy_close(tg_thread *t);

// Of a thread: leave adds what it has counted to the objects.
#define tgc_hot_thread_init TG_CORE_SYM(tgc_hot_thread_init)
tg_status tgc_hot_thread_init(tg_thread *t);
#define tgc_hot_thread_leave TG_CORE_SYM(tgc_hot_thread_leave)
void tgc_hot_thread_leave(tg_thread *t);
#define tgc_hot_thread_free TG_CORE_SYM(tgc_hot_thread_free)
void tgc_hot_thread_free(tg_thread *t);
#define tgc_hot_after_fork TG_CORE_SYM(tgc_hot_after_fork)
void tgc_hot_after_fork(void);
// At a poll: frees hot objects that nobody refers to, if it is time. fold: in any case.
#define tgc_hot_poll TG_CORE_SYM(tgc_hot_poll)
void tgc_hot_poll(tg_thread *t);
#define tgc_hot_fold TG_CORE_SYM(tgc_hot_fold)
void tgc_hot_fold(tg_thread *t);

#endif
