// SPDX-License-Identifier: MIT
//
// counts.c - slot retries, and the slow half of biased counts: last references, the merge queue,
// owners that leave.
//
// Owns        the table from thread ids to merge queues; each queue belongs to one thread state.
// Invariants  Q1  an object is on at most one queue, once: the step to QUEUED happens once in its
//             life.
//             Q2  the reference that found shared at zero is not subtracted but given to the queue;
//                 whoever merges drops it.
//             Q4  the breaker bit MERGE is set while a queue is not empty, until its owner has
//                 begun to empty it. An owner that detaches with the bit set leaves the queue to
//                 others: Note [merge-left] in thread/state.c.
//             Q3  a thread leaves the table only with its queue empty; from then on it counts
//                 nothing, so anybody may merge its objects.
// Threads     any attached thread. Nothing is freed while a bucket is locked.
// Rejected    waking a blocked owner to merge: the foreign thread can hold it detached and merge
//             itself.
// Sources     Choi, Shull, Torrellas, PACT 2018; PEP 703 (docs/papers.md).
#include "core/policy/policy.h"

#include "base/assert.h"    // TGI_INVARIANT
#include "mem/raw.h"        // queue memory
#include "sync/point.h"     // tgi_point
#include "thread/breaker.h" // tgi_breaker_set
#include "thread/runtime.h" // hold_detached
#include "thread/stw.h"     // pause when memory runs out

#if defined(TG_POLICY_BIASED)

typedef struct merge_queue {
    struct merge_queue *next; // guarded by bucket.lock
    tg_thread *owner;         // const after init
    uint32_t id;              // const after init
    tgc_obj **items;          // guarded by bucket.lock
    uint32_t count, capacity; // guarded by bucket.lock
} merge_queue;

#define BUCKETS 257u

static struct bucket {
    tgi_mutex lock;
    _Atomic(merge_queue *) queues; // any thread reads, written under lock
} table[BUCKETS];

static tgc_policy_thread *own(tg_thread *t)
{
    return t->core;
}

static struct bucket *bucket_of(uint32_t id)
{
    return &table[(id >> 1) % BUCKETS];
}

static merge_queue *find_locked(struct bucket *b, uint32_t id)
{
    merge_queue *q = atom_load_relaxed(&b->queues); // ORDER: relaxed; under the lock.
    while (q != NULL && q->id != id)
        q = q->next;
    return q;
}

static tgc_obj **empty_locked(merge_queue *q, uint32_t *count)
{
    tgc_obj **items = q->items;
    *count = q->count;
    q->items = NULL;
    q->count = q->capacity = 0;
    return items;
}

// Thread ids are odd: a merged object has none, a hot one TGC_OWNER_HOT.
static bool has_owner(const tgc_obj *o)
{
    // ORDER: relaxed; see the callers.
    return (atom_load_relaxed(&o->owner) & 1) != 0;
}

// Folds the local half into the shared one, adding `extra` references. Only the owner, somebody who
// holds the owner detached, or anybody once the owner is gone. Returns true if the object is dead
// and now the caller's.
static bool merge(tgc_obj *o, int64_t extra)
{
    // ORDER: relaxed; local is ours to read by the rule above. owner is cleared before the CAS:
    // after it another thread may drop the last reference and free the object.
    int64_t local = (int64_t)atom_load_relaxed(&o->local);
    if (local == TGC_LOCAL_IMMORTAL)
        return false; // B5: counted up to there while it waited
    atom_store_relaxed(&o->local, 0);
    atom_store_relaxed(&o->owner, 0);          // ORDER: relaxed; released by the CAS below.
    int64_t s = atom_load_relaxed(&o->shared); // ORDER: relaxed; the CAS decides.
    int64_t merged;
    tgi_point(TGI_POINT_ACCESS, o);
    do {
        merged = ((s >> 2) + local + extra) * TGC_SHARED_ONE + TGC_SHARED_MERGED;
        // ORDER: acq_rel; release the owner's use of the object, acquire that of the foreign
        // references.
    } while (!atom_cas_weak_acq_rel(&o->shared, &s, merged));
    return merged == TGC_SHARED_MERGED;
}

void tgc_biased_zero_local(tg_thread *t, tgc_obj *o)
{
    // ORDER: acquire; if all foreign references are gone their last use happened before.
    int64_t s = atom_load_acquire(&o->shared);
    if (s == 0) {
        tgc_dealloc(t, o); // B3: never published, nobody else can reach it
        return;
    }
    if (merge(o, 0))
        tgc_dealloc(t, o);
}

// An owner that is detached may stay so for long: its queue is merged here, while it is kept from
// attaching. The queue's references are dropped afterwards, because that may run scripts.
static void merge_for_detached(tg_thread *t, uint32_t id)
{
    tg_thread *owner = tgi_thread_hold_detached(t->runtime, id);
    if (owner == NULL)
        return; // attached: it merges at its next poll
    struct bucket *b = bucket_of(id);
    tgc_obj **items = NULL;
    uint32_t count = 0;
    tgi_mutex_lock(&b->lock);
    merge_queue *q = find_locked(b, id);
    if (q != NULL) {
        items = empty_locked(q, &count);
        tgi_breaker_clear(owner, TGI_BRK_MERGE); // whoever finds the queue empty sets it again
    }
    tgi_mutex_unlock(&b->lock);
    for (uint32_t i = 0; i < count; i++) {
        // ORDER: relaxed; only the owner, who is held, clears it. Immortal objects have none.
        if (has_owner(items[i]))
            (void)merge(items[i], 0);
    }
    tgi_thread_unhold(owner);
    for (uint32_t i = 0; i < count; i++)
        tgc_biased_foreign_decref(t, items[i]);
    tgi_raw_free(items);
}

typedef struct left_behind {
    tg_thread *helper;
    uint32_t ids[16];
    uint32_t count;
    bool more;
} left_behind;

static void note_left_behind(tg_thread *t, void *arg)
{
    left_behind *l = arg;
    // ORDER: seq_cst; as every breaker bit. The bit is set while the queue is not empty.
    if (t == l->helper || t->interp != l->helper->interp || tgi_thread_is_attached(t) ||
        (atom_load_seq_cst(&t->breaker) & TGI_BRK_MERGE) == 0)
        return;
    if (l->count < sizeof l->ids / sizeof *l->ids)
        l->ids[l->count++] = t->id;
    else
        l->more = true;
}

// See Note [merge-left] in thread/state.c.
static void merge_for_others(tg_thread *t)
{
    left_behind l = {.helper = t};
    do {
        l.count = 0;
        l.more = false;
        tgi_threads_for_each(t->runtime, note_left_behind, &l);
        for (uint32_t i = 0; i < l.count; i++)
            merge_for_detached(t, l.ids[i]);
    } while (l.more);
}

// The owner lives somewhere: hand it the reference.
static void enqueue(tg_thread *t, tgc_obj *o)
{
    for (;;) {
        // ORDER: seq_cst; against the owner's merge, which clears it before it touches shared.
        uint32_t id = atom_load_seq_cst(&o->owner);
        if ((id & 1) == 0) { // merged meanwhile: the reference is an ordinary one again
            tgc_biased_foreign_decref(t, o);
            return;
        }
        struct bucket *b = bucket_of(id);
        merge_queue *q = NULL;
        // ORDER: acquire; pairs with the release in take. Q3: an owner is in its bucket until it
        // counts no more, and ids are not used again, so an empty bucket needs no lock.
        if (atom_load_acquire(&b->queues) != NULL) {
            tgi_mutex_lock(&b->lock);
            q = find_locked(b, id);
            if (q == NULL)
                tgi_mutex_unlock(&b->lock);
        }
        if (q == NULL) { // Q3
            if (merge(o, -1))
                tgc_dealloc(t, o);
            return;
        }
        if (q->count == q->capacity) {
            uint32_t capacity = q->capacity == 0 ? 64 : q->capacity * 2;
            tgc_obj **items = tgi_raw_realloc(q->items, capacity * sizeof *items);
            if (items == NULL) {
                // No room: merge it here while the owner cannot count.
                tgi_mutex_unlock(&b->lock);
                tgi_stop_the_world_global(t, t->runtime, TGI_CAUSE_MEMORY);
                // ORDER: relaxed; the world is stopped.
                bool merged_already = !has_owner(o);
                bool dead = !merged_already && merge(o, -1);
                tgi_start_the_world_global(t, t->runtime);
                if (merged_already)
                    tgc_biased_foreign_decref(t, o);
                else if (dead)
                    tgc_dealloc(t, o);
                return;
            }
            q->items = items;
            q->capacity = capacity;
        }
        q->items[q->count++] = o;
        uint32_t count = q->count;
        // The owner cannot end while its bucket is locked: it leaves the table first.
        if (count == 1 || count % 1024 == 0)
            tgi_breaker_set(q->owner, TGI_BRK_MERGE);
        tgi_mutex_unlock(&b->lock);
        // More than once, because an owner that is attached now may block before it polls.
        if ((count & (count - 1)) == 0 || count % 1024 == 0)
            merge_for_detached(t, id);
        return;
    }
}

void tgc_biased_drop(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the CAS decides.
    int64_t s = atom_load_relaxed(&o->shared);
    for (;;) {
        bool ask = s == TGC_SHARED_DEFAULT || s == TGC_SHARED_PUBLISHED;
        int64_t next = ask ? TGC_SHARED_QUEUED : s - TGC_SHARED_ONE;
        // ORDER: acq_rel; release our use of the object to whoever frees it, acquire theirs if that
        // is us.
        if (!atom_cas_weak_acq_rel(&o->shared, &s, next))
            continue;
        if (ask)
            enqueue(t, o);
        else if (next == TGC_SHARED_MERGED)
            tgc_dealloc(t, o);
        return;
    }
}

void tgc_biased_ask_merge(tg_thread *t, tgc_obj *o)
{
    // ORDER: relaxed; the CAS decides.
    int64_t s = atom_load_relaxed(&o->shared);
    while ((s & 3) == TGC_SHARED_DEFAULT || (s & 3) == TGC_SHARED_PUBLISHED) {
        int64_t next = (s & ~INT64_C(3)) + TGC_SHARED_ONE + TGC_SHARED_QUEUED;
        // ORDER: relaxed; a new reference, given to the queue. The caller has one of its own.
        if (atom_cas_weak_relaxed(&o->shared, &s, next)) {
            enqueue(t, o);
            return;
        }
    }
}

void tgc_biased_publish_foreign(tg_thread *t, tgc_obj *o)
{
    (void)t;
    // ORDER: relaxed; the CAS decides.
    int64_t s = atom_load_relaxed(&o->shared);
    while ((s & 3) == TGC_SHARED_DEFAULT) {
        // ORDER: relaxed; the slot store that follows is the release.
        if (atom_cas_weak_relaxed(&o->shared, &s, s | TGC_SHARED_PUBLISHED))
            return;
    }
}

tg_status tgc_policy_thread_init(tg_thread *t)
{
    merge_queue *q = tgi_raw_calloc(1, sizeof *q);
    if (q == NULL)
        return TG_ERR_NOMEM;
    if (tgc_hot_thread_init(t) != TG_OK) {
        tgi_raw_free(q);
        return TG_ERR_NOMEM;
    }
    q->owner = t;
    q->id = t->id;
    own(t)->queue = q;
    struct bucket *b = bucket_of(q->id);
    tgi_mutex_lock(&b->lock);
    // ORDER: relaxed (both); under the lock. Nobody asks for an owner that has made nothing yet.
    q->next = atom_load_relaxed(&b->queues);
    atom_store_relaxed(&b->queues, q);
    tgi_mutex_unlock(&b->lock);
    return TG_OK;
}

// Takes the whole queue; NULL when it was empty.
static tgc_obj **take(merge_queue *q, uint32_t *count, bool leave)
{
    struct bucket *b = bucket_of(q->id);
    tgi_mutex_lock(&b->lock);
    tgc_obj **items = empty_locked(q, count);
    if (leave && *count == 0) {
        merge_queue *each = atom_load_relaxed(&b->queues); // ORDER: relaxed; under the lock.
        if (each == q) {
            // ORDER: release; pairs with the acquire in enqueue: what the owner counted is there.
            atom_store_release(&b->queues, q->next);
        } else {
            while (each->next != q)
                each = each->next;
            each->next = q->next;
        }
    }
    tgi_mutex_unlock(&b->lock);
    return items;
}

static void merge_all(tg_thread *t, tgc_obj **items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tgc_obj *o = items[i];
        // ORDER: relaxed; the owner field is ours to read: only the owner clears it while it is in
        // the table.
        if (!has_owner(o))
            tgc_biased_foreign_decref(t, o);
        else if (merge(o, -1))
            tgc_dealloc(t, o);
    }
    tgi_raw_free(items);
}

void tgc_policy_merge_pending(tg_thread *t)
{
    merge_queue *q = own(t)->queue;
    uint32_t count;
    tgc_obj **items = take(q, &count, false);
    merge_all(t, items, count);
    // ORDER: seq_cst; Note [merge-left] in thread/state.c.
    if (atom_load_seq_cst(&t->interp->merge_left) != 0 &&
        atom_exchange_seq_cst(&t->interp->merge_left, 0) != 0)
        merge_for_others(t);
    tgc_hot_poll(t);
}

bool tgc_policy_drain_stopped(tg_thread *t, tgc_drained *out)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct bucket *b = &table[i];
        tgc_drained_block taken;
        do {
            if (!tgc_drained_room(out))
                return false;
            taken = (tgc_drained_block){NULL, 0};
            tgi_mutex_lock(&b->lock);
            // ORDER: relaxed; under the lock.
            merge_queue *q = atom_load_relaxed(&b->queues);
            for (; q != NULL && taken.count == 0; q = q->next) {
                if (q->owner->interp == t->interp)
                    taken.items = empty_locked(q, &taken.count);
            }
            tgi_mutex_unlock(&b->lock);
            for (uint32_t k = 0; k < taken.count; k++) {
                if (has_owner(taken.items[k])) // it is stopped; immortal and merged ones have none
                    (void)merge(taken.items[k], 0);
            }
            if (taken.count > 0)
                out->block[out->count++] = taken;
        } while (taken.count > 0);
    }
    return true;
}

void tgc_policy_queues(tg_runtime *rt, uint64_t *objects, uint64_t *longest)
{
    *objects = *longest = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        struct bucket *b = &table[i];
        tgi_mutex_lock(&b->lock);
        merge_queue *q = atom_load_relaxed(&b->queues); // ORDER: relaxed; under the lock.
        for (; q != NULL; q = q->next) {
            if (q->owner->runtime != rt)
                continue;
            *objects += q->count;
            *longest = q->count > *longest ? q->count : *longest;
        }
        tgi_mutex_unlock(&b->lock);
    }
}

void tgc_policy_after_fork(void)
{
    tgc_hot_after_fork();
    for (size_t i = 0; i < BUCKETS; i++)
        tgi_mutex_reset(&table[i].lock);
}

void tgc_policy_inherit(tg_thread *t, tg_thread *dead)
{
    merge_queue *q = own(dead)->queue, *heir = t != NULL ? own(t)->queue : NULL;
    if (q == NULL)
        return; // it had left the table already
    uint32_t count, none;
    tgc_obj **items = take(q, &count, true);
    if (count > 0)
        (void)take(q, &none, true); // it leaves the table only when it is empty
    // Without memory they stay uncounted, which keeps them until the runtime ends.
    if (heir == NULL) {
        count = 0;
    } else if (count > heir->capacity - heir->count) {
        tgc_obj **more = tgi_raw_realloc(heir->items, ((size_t)heir->count + count) * sizeof *more);
        if (more != NULL) {
            heir->items = more;
            heir->capacity = heir->count + count;
        } else {
            count = 0;
        }
    }
    for (uint32_t i = 0; i < count; i++)
        heir->items[heir->count++] = items[i];
    tgi_raw_free(items);
    if (count > 0)
        tgi_breaker_set(t, TGI_BRK_MERGE);
    own(dead)->queue = NULL;
    tgi_raw_free(q);
    tgc_hot_thread_free(dead);
}

void tgc_policy_thread_free(tg_thread *t)
{
    merge_queue *q = own(t)->queue;
    if (q != NULL) {
        uint32_t count;
        tgi_raw_free(take(q, &count, true));
        if (count > 0) // what nobody merged stays until the runtime ends
            (void)take(q, &count, true);
        tgi_raw_free(q);
        own(t)->queue = NULL;
    }
    if (own(t)->hot != NULL)
        tgc_hot_thread_free(t);
}

void tgc_policy_thread_exit(tg_thread *t)
{
    tgc_hot_poll(t);
    merge_queue *q = own(t)->queue;
    uint32_t count;
    do {
        tgc_obj **items = take(q, &count, true);
        merge_all(t, items, count);
    } while (count != 0);
    own(t)->queue = NULL;
    tgi_raw_free(q);
    tgc_hot_thread_leave(t);
    tgc_hot_thread_free(t);
}

#endif

tg_value tgc_slot_load_slow(tg_thread *t, const tgc_slot *s)
{
    // The value changed under our eyes. Every round that fails means a writer made progress.
    for (;;) {
        // ORDER: acquire; as in tgc_slot_load.
        tg_value v = atom_load_acquire(&s->word);
        if (!tgc_is_ptr(v))
            return v;
        if (tgc_try_incref(t, tgc_ptr(v))) {
            // ORDER: acquire; as in tgc_slot_load.
            if (atom_load_acquire(&s->word) == v)
                return v;
            tgc_decref(t, tgc_ptr(v));
        }
        tgi_cpu_relax();
    }
}
