// SPDX-License-Identifier: MIT
//
// parking_lot.c - wait queues keyed by address.
//
// Owns        the buckets, and one parker per OS thread.
// Threads     any. A waiter lives on the stack of the thread that parks.
// Locks       a bucket's rawlock; the callback of tgi_unpark_one runs under it.
// Invariants  P1  a waiter is in a bucket's list iff it is not `taken`.
//             P2  who takes a waiter off the list posts its parker exactly once, and after the
//                 post does not touch the waiter. So a thread that finds itself taken when it
//                 wants to give up stays until the post has come: its stack is still in use.
//             P3  an OS thread has at most one waiter: a thread detaches before it enters a list
//                 and attaches after it left, so the locks of attach and detach may park too.
//             P4  has_more is exact: it looks for the same address, not for any waiter.
// Rejected    detaching after entering the list, so that a word that has changed meanwhile costs
//             nothing: it breaks P3, and the first compare avoids most of that cost anyway.
// Sources     Pizlo, "Locking in WebKit", 2016.
#include "sync/parking_lot.h"

#include "base/config.h"  // TGI_PARKING_BUCKETS
#include "base/hash.h"    // tgi_hash_mix
#include "base/os.h"      // tgi_os.futex_wait
#include "sync/point.h"   // tgi_point
#include "sync/rank.h"    // no wait in a pause
#include "sync/rawlock.h" // the lock of a bucket

#include <errno.h> // ETIMEDOUT; kept across a park

enum {
    POSTED = 1,    // unparked
    INTERRUPT = 2, // look at hooks->interrupted
};

typedef struct waiter {
    struct waiter *prev, *next; // guarded by the bucket's lock
    const void *addr;           // const after init
    void *arg;                  // const after init
    tgi_parker *parker;         // const after init
    bool taken;                 // guarded by the bucket's lock
} waiter;

typedef struct bucket {
    TGI_ALIGNED_LINE tgi_rawlock lock;
    waiter *head, *tail; // guarded by lock: longest wait first
} bucket;

static bucket buckets[TGI_PARKING_BUCKETS];
static const tgi_park_hooks *_Atomic installed_hooks;
static _Thread_local tgi_parker self_parker;
static _Thread_local tgi_parker *used_parker; // NULL: self_parker

tgi_parker *tgi_parker_self(void)
{
    return used_parker != NULL ? used_parker : &self_parker;
}

void tgi_parker_use(tgi_parker *parker)
{
    used_parker = parker;
}

void tgi_park_set_hooks(const tgi_park_hooks *hooks)
{
    // ORDER: release; pairs with the acquire in tgi_park.
    atom_store_release(&installed_hooks, hooks);
}

bool tgi_park_hurried(void)
{
    // ORDER: acquire; pairs with tgi_park_set_hooks.
    const tgi_park_hooks *hooks = atom_load_acquire(&installed_hooks);
    return hooks != NULL && hooks->hurried();
}

void tgi_park_recall(const void *mutex)
{
    // ORDER: acquire; pairs with tgi_park_set_hooks.
    const tgi_park_hooks *hooks = atom_load_acquire(&installed_hooks);
    if (hooks != NULL)
        hooks->recall(mutex);
}

static bucket *bucket_of(const void *addr)
{
    return &buckets[tgi_hash_mix((uint64_t)(uintptr_t)addr) % TGI_PARKING_BUCKETS];
}

static bool word_equals(const void *addr, const void *expected, size_t size)
{
    // Under the bucket lock, the lock orders the load against every change that is followed by an
    // unpark; before it, this is only a hint.
    switch (size) {
    case 1:
        // ORDER: acquire (all four); see above.
        return atom_load_acquire((const _Atomic(uint8_t) *)addr) == *(const uint8_t *)expected;
    case 2:
        // ORDER: acquire; see above.
        return atom_load_acquire((const _Atomic(uint16_t) *)addr) == *(const uint16_t *)expected;
    case 4:
        // ORDER: acquire; see above.
        return atom_load_acquire((const _Atomic(uint32_t) *)addr) == *(const uint32_t *)expected;
    case 8:
        // ORDER: acquire; see above.
        return atom_load_acquire((const _Atomic(uint64_t) *)addr) == *(const uint64_t *)expected;
    default:
        TGI_FATAL("a word of %zu bytes cannot be parked on", size);
    }
}

static void link_tail(bucket *b, waiter *w)
{
    w->next = NULL;
    w->prev = b->tail;
    if (b->tail != NULL)
        b->tail->next = w;
    else
        b->head = w;
    b->tail = w;
}

static void unlink_waiter(bucket *b, waiter *w)
{
    if (w->prev != NULL)
        w->prev->next = w->next;
    else
        b->head = w->next;
    if (w->next != NULL)
        w->next->prev = w->prev;
    else
        b->tail = w->prev;
}

// Gives up a wait unless somebody has already taken w off the list. P2.
static tgi_park_result give_up(bucket *b, waiter *w, tgi_park_result result)
{
    tgi_rawlock_lock(&b->lock);
    bool taken = w->taken;
    if (!taken)
        unlink_waiter(b, w);
    tgi_rawlock_unlock(&b->lock);
    if (!taken)
        return result;
    for (;;) {
        // ORDER: acquire; pairs with the post.
        uint32_t word = atom_load_acquire(&w->parker->word);
        if ((word & POSTED) != 0)
            return TGI_PARK_OK;
        (void)tgi_os.futex_wait(&w->parker->word, word, TGI_DEADLINE_NEVER);
    }
}

static tgi_park_result sleep_until_posted(bucket *b, waiter *w, tgi_deadline until,
                                          const tgi_park_hooks *hooks)
{
    // hooks is NULL for a wait that cannot be interrupted. The first look comes after the
    // parker's word was cleared: an interrupt before that is seen here, a later one in the word.
    bool look = hooks != NULL;
    for (;;) {
        if (look && hooks->interrupted())
            return give_up(b, w, TGI_PARK_INTERRUPTED);
        // ORDER: acquire; pairs with the post: what the unparker did is visible.
        uint32_t word = atom_load_acquire(&w->parker->word);
        if ((word & POSTED) != 0)
            return TGI_PARK_OK;
        if ((word & INTERRUPT) != 0) {
            // ORDER: acq_rel; pairs with tgi_parker_interrupt: cleared before we look.
            atom_and_acq_rel(&w->parker->word, ~(uint32_t)INTERRUPT);
            look = hooks != NULL;
            continue;
        }
        int result = tgi_os.futex_wait(&w->parker->word, word, until);
        if (result != 0 && errno == ETIMEDOUT)
            return give_up(b, w, TGI_PARK_TIMEOUT);
        look = hooks != NULL && result != 0 && errno == EINTR;
    }
}

tgi_park_result tgi_park(const void *addr, const void *expected, size_t size, tgi_deadline until,
                         void *arg, unsigned flags)
{
    tgi_point(TGI_POINT_PARK, addr);
    // ORDER: acquire; pairs with tgi_park_set_hooks.
    const tgi_park_hooks *hooks = atom_load_acquire(&installed_hooks);
    if (hooks == NULL)
        flags = 0;
    if (!word_equals(addr, expected, size))
        return TGI_PARK_AGAIN;
    if ((flags & TGI_PARK_DETACH) != 0)
        tgi_rank_check_detach(addr);

    int saved = errno;
    void *token = (flags & TGI_PARK_DETACH) != 0 ? hooks->detach() : NULL;
    bucket *b = bucket_of(addr);
    waiter w = {.addr = addr, .arg = arg, .parker = tgi_parker_self(), .taken = false};
    tgi_park_result result = TGI_PARK_AGAIN;
    tgi_rawlock_lock(&b->lock);
    bool parked = word_equals(addr, expected, size);
    if (parked) {
        // ORDER: seq_cst; store-load with tgi_parker_interrupt: an interrupter that is erased
        // here has set its reason before, and `interrupted` sees it.
        (void)atom_exchange_seq_cst(&w.parker->word, 0);
        link_tail(b, &w);
    }
    tgi_rawlock_unlock(&b->lock);
    if (parked)
        result =
            sleep_until_posted(b, &w, until, (flags & TGI_PARK_INTERRUPTIBLE) != 0 ? hooks : NULL);
    if (token != NULL)
        hooks->attach(token);
    errno = saved;
    return result;
}

// The waiter is off the list and `taken`; it may be gone as soon as the word is written. P2.
static void post(tgi_parker *parker)
{
    // ORDER: acq_rel; pairs with the acquire in sleep_until_posted.
    atom_or_acq_rel(&parker->word, POSTED);
    (void)tgi_os.futex_wake(&parker->word, 1);
}

bool tgi_unpark_one(const void *addr, tgi_unpark_fn *fn, void *ctx)
{
    tgi_point(TGI_POINT_UNPARK, addr);
    bucket *b = bucket_of(addr);
    tgi_rawlock_lock(&b->lock);
    waiter *w = b->head;
    while (w != NULL && w->addr != addr)
        w = w->next;
    bool more = false;
    tgi_parker *parker = NULL;
    if (w != NULL) {
        for (waiter *next = w->next; next != NULL && !more; next = next->next)
            more = next->addr == addr;
        unlink_waiter(b, w);
        w->taken = true;
        parker = w->parker;
    }
    if (fn != NULL)
        fn(ctx, w != NULL, w != NULL ? w->arg : NULL, more);
    tgi_rawlock_unlock(&b->lock);
    if (parker != NULL)
        post(parker);
    return parker != NULL;
}

size_t tgi_unpark_all(const void *addr)
{
    tgi_point(TGI_POINT_UNPARK, addr);
    bucket *b = bucket_of(addr);
    waiter *taken = NULL;
    waiter **end = &taken;
    tgi_rawlock_lock(&b->lock);
    for (waiter *w = b->head; w != NULL;) {
        waiter *next = w->next;
        if (w->addr == addr) {
            unlink_waiter(b, w);
            w->taken = true;
            w->next = NULL;
            *end = w;
            end = &w->next;
        }
        w = next;
    }
    tgi_rawlock_unlock(&b->lock);
    size_t count = 0;
    while (taken != NULL) {
        waiter *w = taken;
        taken = w->next; // before the post: P2
        post(w->parker);
        count++;
    }
    return count;
}

size_t tgi_parked_count(const void *addr)
{
    bucket *b = bucket_of(addr);
    size_t count = 0;
    tgi_rawlock_lock(&b->lock);
    for (waiter *w = b->head; w != NULL; w = w->next)
        count += w->addr == addr;
    tgi_rawlock_unlock(&b->lock);
    return count;
}

void tgi_parker_interrupt(tgi_parker *parker)
{
    // ORDER: seq_cst; store-load with the exchange in tgi_park, see there.
    atom_or_seq_cst(&parker->word, INTERRUPT);
    (void)tgi_os.futex_wake(&parker->word, 1);
}

void tgi_parking_lot_after_fork(void)
{
    for (size_t i = 0; i < TGI_PARKING_BUCKETS; i++) {
        tgi_rawlock_reset(&buckets[i].lock);
        buckets[i].head = NULL;
        buckets[i].tail = NULL;
    }
}
