// SPDX-License-Identifier: MIT
//
// hot.c - objects that many threads count: hot ones.
//
// Owns        the table of hot objects, and each thread's counts of them.
// Invariants  H1  a hot object's header says so, holds its number in the table, TGC_HOT_BIAS, and a
//                 part of the count. The true count is that part plus what every thread of its
//                 interpreter has counted under the number: Note [hot-count]. How the header does
//                 that is the policy's: biased.h B6, atomic.h A3.
//             H2  an object becomes hot by a thread that holds a reference to it; it cools in a
//                 pause only.
//             H3  after a pause nothing in its scope is hot but what has no reference left; that is
//                 freed by the next fold or collection.
// Threads     any attached thread counts. A thread's own counts are written by it, or by whoever
//             has stopped it.
// Locks       hot.lock, a leaf.
//
// Note [hot-count]
// Two threads that count one object with atomic operations move its line from processor to
// processor: reading a shared dict from two threads is slower than from one. An object that is
// counted that often by threads that do not own it (TGI_HOT_AFTER; atomic counts have collisions
// instead, atomic.c) is first merged, if it has an owner, and then gets a number. From then on a
// reference taken is +1 in the thread's own array, a reference dropped -1: plain operations on
// memory nobody else touches. No thread knows the sum, so nobody may conclude that the object is
// dead, except while all threads stand still: a pause adds every array to the shared words
// (tgc_policy_stopped). The sum is exact then, because a thread stops between operations, never
// within one. Until then the bias keeps the shared word away from zero. That also covers a thread
// that did not see yet that the object is hot and counts it directly: its operation is part of the
// sum, and the bias was there first. An object with no reference left after a pause cannot get one:
// references come from references, or from a slot, which is one. Weak references may be looked up
// still; that is one more count, which the next pause finds. A pause also cools what it finds
// alive: the shared word is the whole count again, minus the bias. So whoever stops the world reads
// true counts, and an object that is not used like this any more does not stay hot. A thread whose
// own count of an object falls below zero has dropped a reference that came from elsewhere, perhaps
// the last: then a fold is wanted, that is a pause for the sake of this. A collection does the same
// in its own: what died is garbage like what waits in merge queues. Folds keep apart by
// TGI_HOT_FOLD_NS, by a hundred times what the last one took, and up to a second when they find
// nothing dead. A wish that was not due stays, and whoever drops references to hot objects brings
// it up again, because the thread that had it may have ended: a weak reference is looked up until
// its object is gone.
//
// Rejected    folding without a pause, by flushing arrays at quiescent states: a reference that
//             travels ahead of the flushes is never seen, unless decrements wait for a grace period
//             (Bacon et al., 2001); more code, and a list for each of them.
//             A cache by address: two objects that collide are worse than before.
//             Immortality: what was hot once would never be freed.
// Sources     Bacon, Attanasio, Lee, Rajan, Smith, "Java without the Coffee Breaks", PLDI 2001;
//             Clements, Kaashoek, Zeldovich, "RadixVM", EuroSys 2013 (docs/papers.md).
#include "core/policy/policy.h"

#if !defined(TG_POLICY_CLASSIC)

#include "base/assert.h"    // TGI_ASSERT
#include "base/clock.h"     // tgi_clock_now_ns
#include "base/config.h"    // TGI_HOT_*
#include "mem/raw.h"        // arrays
#include "sync/mutex.h"     // tgi_mutex
#include "thread/breaker.h" // tgi_breaker_set
#include "thread/runtime.h" // threads, hot_off
#include "thread/stw.h"     // fold

typedef struct hot_entry {
    tgc_obj *object;   // NULL: the number is free
    tg_interp *interp; // whose pause it waits for
} hot_entry;

static struct hot {
    tgi_mutex lock;
    hot_entry entries[TGI_HOT_MOST + 1]; // guarded by lock; number 0 is never used
    uint32_t from;                       // guarded by lock: no free number below
    uint32_t end;                        // guarded by lock: no number in use from here on
    int64_t interval;                    // guarded by lock: least time between folds
    _Atomic(uint32_t) used;              // any thread reads, written under lock
    _Atomic(bool) wanted;                // any thread: a last reference may have been dropped
    _Atomic(int64_t) next;               // any thread: no fold before this time
} hot = {.from = 1, .end = 1, .interval = TGI_HOT_FOLD_NS};

static void want_fold(tg_thread *t)
{
    // Many threads may want it for long: they read the line.
    // ORDER: relaxed (both); looked at by polls.
    if (!atom_load_relaxed(&hot.wanted))
        atom_store_relaxed(&hot.wanted, true);
    tgi_breaker_set(t, TGI_BRK_MERGE);
}

static bool is_due(void)
{
    return tgi_clock_now_ns() >= atom_load_relaxed(&hot.next); // ORDER: relaxed; a hint.
}

// t holds a reference to o.
static void heat(tg_thread *t, tgc_obj *o)
{
    tgi_mutex_lock(&hot.lock);
    uint32_t n = hot.from;
    while (n <= TGI_HOT_MOST && hot.entries[n].object != NULL)
        n++;
    hot.from = n;
    bool full = n > TGI_HOT_MOST;
    bool done = !full && tgc_head_heat(o, n);
    if (done) {
        hot.entries[n] = (hot_entry){o, t->interp};
        if (n >= hot.end)
            hot.end = n + 1;
        // ORDER: relaxed; under the lock.
        atom_store_relaxed(&hot.used, atom_load_relaxed(&hot.used) + 1);
    }
    tgi_mutex_unlock(&hot.lock);
    if (done)
        tgi_stat_add(t, hot, 1);
    else if (full) // the next fold cools them all
        want_fold(t);
}

TGI_NOINLINE void tgc_hot_notice(tg_thread *t, tgc_obj *o)
{
    if (!t->runtime->hot_off && !tgc_hot_of(t)->closed && tgc_head_hot(o) == 0 &&
        tgc_head_ready(t, o))
        heat(t, o);
}

// Below zero a reference came from elsewhere. A fold is asked for at once the first time. It may
// not be due yet, or who asked may have ended, so whoever counts asks again now and then, once it
// is due: a poll in vain costs as much as many counts.
static TGI_NOINLINE void ask_for_fold(tg_thread *t, tgc_hot_thread *ht, bool below, bool first)
{
    if (first || is_due()) {
        ht->asked = ht->asked || below;
        want_fold(t);
    }
}

void tgc_hot_decref(tg_thread *t, uint32_t number)
{
    tgc_hot_thread *ht = tgc_hot_of(t);
    tgc_tally(t, hot);
    // ORDER: relaxed (both); a hint.
    bool below = --ht->count[number] < 0;
    bool first = below && (!ht->asked || !atom_load_relaxed(&hot.wanted));
    if (TGI_UNLIKELY(first) ||
        (TGI_UNLIKELY(++ht->since % 256 == 0) && (below || atom_load_relaxed(&hot.wanted))))
        ask_for_fold(t, ht, below, first);
}

// --- in pauses

typedef struct scope {
    tg_runtime *runtime;
    tg_interp *interp; // NULL: all of the runtime
} scope;

static bool is_in(const scope *s, const tg_interp *interp)
{
    return s->interp != NULL ? s->interp == interp : interp->runtime == s->runtime;
}

static void add_counts_locked(tg_thread *t)
{
    tgc_hot_thread *ht = tgc_hot_of(t);
    ht->asked = false;
    for (uint32_t n = 1; n < hot.end; n++) {
        int64_t count = ht->count[n];
        if (count == 0)
            continue;
        ht->count[n] = 0;
        tgc_head_add(hot.entries[n].object, count);
    }
}

static void add_counts_of(tg_thread *t, void *arg)
{
    // In the scope: stopped. A state that is about to end has counted nothing since it left.
    if (is_in(arg, t->interp) && tgc_hot_of(t) != NULL)
        add_counts_locked(t);
}

static void free_number_locked(uint32_t n)
{
    hot.entries[n].object = NULL;
    if (n < hot.from)
        hot.from = n;
    // ORDER: relaxed (both); under the lock.
    uint32_t left = atom_load_relaxed(&hot.used) - 1;
    atom_store_relaxed(&hot.used, left);
    if (left == 0)
        hot.end = 1;
}

// Everything in the scope is stopped: H3.
void tgc_policy_stopped(tg_runtime *rt, tg_interp *interp)
{
    // ORDER: relaxed; who made one hot has been stopped since, or is in another scope.
    if (atom_load_relaxed(&hot.used) == 0)
        return;
    scope s = {rt, interp};
    tgi_mutex_lock(&hot.lock);
    tgi_threads_for_each(rt, add_counts_of, &s);
    for (uint32_t n = 1; n < hot.end; n++) {
        tgc_obj *o = hot.entries[n].object;
        if (o == NULL || !is_in(&s, hot.entries[n].interp))
            continue;
        tgc_head_cool(o);
        if (tgc_head_hot(o) == 0) // alive, or made immortal
            free_number_locked(n);
    }
    tgi_mutex_unlock(&hot.lock);
}

// The world is stopped, and tgc_policy_stopped has run: what is hot now is dead.
static uint32_t take_dead(tg_interp *interp, tgc_obj **dead)
{
    uint32_t count = 0;
    tgi_mutex_lock(&hot.lock);
    for (uint32_t n = 1; n < hot.end; n++) {
        tgc_obj *o = hot.entries[n].object;
        if (o == NULL || hot.entries[n].interp != interp)
            continue;
        tgc_head_bury(o);
        free_number_locked(n);
        dead[count++] = o;
    }
    tgi_mutex_unlock(&hot.lock);
    return count;
}

static void plan_next(int64_t began, uint32_t found)
{
    int64_t now = tgi_clock_now_ns();
    tgi_mutex_lock(&hot.lock);
    int64_t longer = hot.interval * 2;
    hot.interval = found != 0                     ? TGI_HOT_FOLD_NS
                   : longer < INT64_C(1000000000) ? longer
                                                  : INT64_C(1000000000);
    int64_t wait = (now - began) * 100;
    // ORDER: relaxed; a hint.
    atom_store_relaxed(&hot.next, now + (wait > hot.interval ? wait : hot.interval));
    tgi_mutex_unlock(&hot.lock);
}

void tgc_hot_fold(tg_thread *t)
{
    tgc_obj *dead[TGI_HOT_MOST];
    // ORDER: relaxed; whoever drops a reference from now on asks again.
    atom_store_relaxed(&hot.wanted, false);
    int64_t began = tgi_clock_now_ns();
    tgi_stop_the_world(t, t->interp, TGI_CAUSE_COUNTS); // runs tgc_policy_stopped
    uint32_t count = take_dead(t->interp, dead);
    tgi_start_the_world(t, t->interp);
    plan_next(began, count);
    for (uint32_t i = 0; i < count; i++)
        tgc_dealloc(t, dead[i]);
}

void tgc_hot_poll(tg_thread *t)
{
    // ORDER: relaxed; a hint.
    if (atom_load_relaxed(&hot.wanted) && is_due())
        tgc_hot_fold(t);
}

static bool any_of(const tg_interp *interp)
{
    bool any = false;
    tgi_mutex_lock(&hot.lock);
    for (uint32_t n = 1; n < hot.end && !any; n++)
        any = hot.entries[n].object != NULL && hot.entries[n].interp == interp;
    tgi_mutex_unlock(&hot.lock);
    return any;
}

bool tgc_drained_room(tgc_drained *out)
{
    if (out->count < out->capacity)
        return true;
    size_t capacity = out->capacity == 0 ? 16 : out->capacity * 2;
    tgc_drained_block *block = tgi_raw_realloc(out->block, capacity * sizeof *block);
    if (block == NULL)
        return false;
    out->block = block;
    out->capacity = capacity;
    return true;
}

// The dead get a reference back, which is the caller's.
bool tgc_policy_drain_dead(tg_thread *t, tgc_drained *out)
{
    // ORDER: relaxed; stopped, or of another interpreter.
    if (atom_load_relaxed(&hot.used) == 0 || !any_of(t->interp))
        return true;
    tgc_obj **dead = tgc_drained_room(out) ? tgi_raw_alloc(TGI_HOT_MOST * sizeof *dead) : NULL;
    if (dead == NULL)
        return false;
    tgc_drained_block block = {dead, take_dead(t->interp, dead)};
    for (uint32_t i = 0; i < block.count; i++)
        tgc_head_add(dead[i], 1);
    out->block[out->count++] = block;
    // ORDER: relaxed; whoever drops a reference from now on asks again.
    atom_store_relaxed(&hot.wanted, false);
    return true;
}

void tgc_policy_close(tg_thread *t)
{
    tgc_hot_of(t)->closed = true;
    while (any_of(t->interp))
        tgc_hot_fold(t);
}

// --- threads

tg_status tgc_hot_thread_init(tg_thread *t)
{
    tgc_hot_thread *ht = tgi_raw_calloc(1, sizeof *ht);
    ((tgc_policy_thread *)t->core)->hot = ht;
    return ht != NULL ? TG_OK : TG_ERR_NOMEM;
}

void tgc_hot_thread_leave(tg_thread *t)
{
    // ORDER: relaxed; what this thread has counted it has seen.
    if (atom_load_relaxed(&hot.used) != 0) {
        tgi_mutex_lock(&hot.lock);
        add_counts_locked(t);
        // ORDER: relaxed; it may have been the last user.
        atom_store_relaxed(&hot.wanted, true);
        tgi_mutex_unlock(&hot.lock);
    }
}

void tgc_hot_thread_free(tg_thread *t)
{
    tgc_policy_thread *p = t->core;
    tgi_raw_free(p->hot);
    p->hot = NULL;
}

void tgc_hot_after_fork(void)
{
    tgi_mutex_reset(&hot.lock);
}

#endif
