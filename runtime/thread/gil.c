// SPDX-License-Identifier: MIT
//
// gil.c - taking and releasing the GIL, and the queue of those who wait.
//
// Owns        the word, the holder, the queue. How threads share it is a policy (gil_policy.h); the
//             switch (`enabled`) is in gil_switch.c.
// Threads     take: a thread on its way to ATTACHED. release: one on its way out of it.
// Locks       gil.lock, a rawlock: the queue, every change of the word while the queue is not
//             empty, and `holder`, which must not be freed while it is asked to let go.
// Invariants  G1  LOCKED: exactly one thread has holds_gil, or was GRANTED and will have it.
//             G2  a thread that waits leaves the queue only with the GIL, or when it is off.
//             G3  holder, read under gil.lock, is NULL or a live state: a thread that ends clears
//                 it under the lock, and one that was handed the GIL still waits.
//             G4  WAITERS is on iff the queue is not empty, under gil.lock. So the fast path of a
//                 release, which changes LOCKED alone to nothing, never misses a waiter.
//             G5  the word free and the queue not empty: some waiter is POKED and has yet to look.
//                 So nobody sleeps beside a free GIL.
//
// Forced      A holder is asked by TGI_BRK_GIL_DROP. One that lets go because of it does not just
// switching   free the lock, where it would win it back before anybody woke: it hands it to the
//             first of the queue. Who asks is in the queue and stays there until it has the GIL,
//             so a request is always followed by a switch.
// Rejected    a releaser that sleeps until another thread has taken the lock: if the GIL is turned
//             off meanwhile nobody takes it and the releaser sleeps for ever.
//             the queue of the parking lot: a waiter that wakes up to ask loses its place in it.
// Cost        free and uncontended: one compare-and-swap to take, one to release; no clock.
#include "thread/gil.h"

#include "base/assert.h"       // TGI_INVARIANT
#include "base/config.h"       // TGI_GIL_INTERVAL_NS
#include "sync/parking_lot.h"  // tgi_park
#include "sync/point.h"        // tgi_point
#include "thread/breaker.h"    // tgi_breaker_set
#include "thread/gil_policy.h" // the table
#include "thread/gil_times.h"  // histograms
#include "thread/runtime.h"    // tg_interp
#include "thread/trace.h"      // hooks

#include <string.h> // policies by name

void tgi_gil_init(tgi_gil *gil, int enabled, bool switchable)
{
    // ORDER: relaxed (all here); nobody else knows the GIL yet.
    atom_store_relaxed(&gil->word, 0);
    atom_store_relaxed(&gil->enabled, enabled);
    gil->switchable = switchable;
    atom_store_relaxed(&gil->timing, false);
    atom_store_relaxed(&gil->interval_ns, TGI_GIL_INTERVAL_NS);
    atom_store_relaxed(&gil->slice_ns, TGI_GIL_SLICE_NS);
    atom_store_relaxed(&gil->check_interval, TGI_GIL_CHECK_INTERVAL);
    atom_store_relaxed(&gil->policy, &tgi_gil_timed);
    // ORDER: relaxed; as above.
    atom_store_relaxed(&gil->waiters, 0);
    atom_store_relaxed(&gil->wanted_ns, 0);
    atom_store_relaxed(&gil->turn_ns, 0);
    tgi_rawlock_reset(&gil->lock);
    gil->head = NULL;
    gil->tail = NULL;
    // ORDER: relaxed; as above.
    atom_store_relaxed(&gil->holder, NULL);
    atom_store_relaxed(&gil->switches, 0);
    gil->taken_ns = 0;
    gil->ticks = TGI_GIL_CHECK_INTERVAL;
    gil->ledger = (tgi_gil_ledger){.permanent = enabled == TGI_GIL_PERMANENT};
    if (enabled != 0)
        tgi_gil_ledger_add(&gil->ledger, tgi_gil_started, NULL);
}

// -- the queue. gil.lock is held ------------------------------------------------------------------

void tgi_gil_insert_locked(tgi_gil *gil, tgi_gil_waiter *w, tgi_gil_waiter *behind)
{
    tgi_gil_waiter *before = behind != NULL ? behind->next : gil->head;
    w->prev = behind;
    w->next = before;
    if (behind != NULL)
        behind->next = w;
    else
        gil->head = w;
    if (before != NULL)
        before->prev = w;
    else
        gil->tail = w;
    // ORDER: relaxed; a report, changed under the lock.
    atom_owner_add(&gil->waiters, 1);
}

static void remove_locked(tgi_gil *gil, tgi_gil_waiter *w)
{
    if (w->prev != NULL)
        w->prev->next = w->next;
    else
        gil->head = w->next;
    if (w->next != NULL)
        w->next->prev = w->prev;
    else
        gil->tail = w->prev;
    // ORDER: relaxed; a report, changed under the lock.
    atom_owner_add(&gil->waiters, (uint32_t)-1);
}

static uint32_t waiters_bit(const tgi_gil *gil)
{
    return gil->head != NULL ? TGI_GIL_WAITERS : 0; // G4
}

// Tells w. Unless it is POKED it may be gone at once: only its address is used afterwards. What is
// returned is for wake.
static const void *tell_locked(tgi_gil_waiter *w, uint32_t state)
{
    const void *address = &w->state;
    // ORDER: acq_rel; the release pairs with the acquire in wait_for_word: what the last holder
    // did, and that w is off the queue.
    return atom_exchange_acq_rel(&w->state, state) == TGI_GIL_PARKED ? address : NULL;
}

// A release does it without gil.lock: a thread that is woken on the same processor runs at once,
// and would sleep again at the lock.
static void wake(const void *told)
{
    if (told != NULL)
        (void)tgi_unpark_all(told);
}

// The same for whom t told when it gave way.
static void wake_told(tg_thread *t)
{
    wake(t->gil_told);
    t->gil_told = NULL;
}

// -- taking ---------------------------------------------------------------------------------------

static inline void begin_turn(tgi_gil *gil, tg_thread *t, int64_t now)
{
    // ORDER: relaxed (all here); G3 is by gil.lock, the rest are hints.
    if (atom_load_relaxed(&gil->holder) == t)
        return;
    // ORDER: release; pairs with the acquire in ask_holder: the state is whole.
    atom_store_release(&gil->holder, t);
    atom_owner_add(&gil->switches, 1);
    // ORDER: relaxed; as above.
    atom_store_relaxed(&gil->turn_ns, now);
}

static inline void note_taken(tgi_gil *gil, tg_thread *t)
{
    t->holds_gil = true;
    tgi_stat_add(t, gil_takes, 1);
    // ORDER: relaxed; a switch that somebody else made, for reports.
    if (TGI_UNLIKELY(atom_load_relaxed(&gil->timing)))
        gil->taken_ns = tgi_clock_now_ns();
}

// A request that came before t held the GIL is void. One that comes later finds it running.
static inline void forget_requests(tg_thread *t)
{
    // ORDER: relaxed; a hint, see above.
    if (TGI_UNLIKELY((atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_DROP) != 0))
        tgi_breaker_clear(t, TGI_BRK_GIL_DROP);
}

static void ask_holder(tgi_gil *gil, tg_thread *t)
{
    tgi_rawlock_lock(&gil->lock);
    // ORDER: acquire; pairs with the release in begin_turn. G3: alive while we have the lock. It
    // may have released meanwhile: then the bit costs it one needless switch.
    tg_thread *holder = atom_load_acquire(&gil->holder);
    if (holder != NULL && holder != t) {
        tgi_trace_event(t, TGI_TRACE_ASK, holder->id);
        tgi_breaker_set(holder, TGI_BRK_GIL_DROP);
    }
    tgi_rawlock_unlock(&gil->lock);
    tgi_stat_add(t, gil_requests, 1);
}

typedef enum outcome { TAKEN, OFF, WAIT } outcome;

// Where a release leaves the GIL free: takes it past the queue, or spins for a moment if nobody
// is queued.
static outcome barge(tgi_gil *gil)
{
    for (int spins = 0;; spins++) {
        // ORDER: acquire; the word continues the release in tgi_gil_open: if it shows that
        // somebody took it after the GIL was turned off, we see `enabled` 0 below.
        uint32_t word = atom_load_acquire(&gil->word);
        // ORDER: relaxed; ordered by the load before.
        if (atom_load_relaxed(&gil->enabled) == 0)
            return OFF;
        if ((word & TGI_GIL_LOCKED) == 0) {
            // ORDER: acquire; pairs with the release of the last holder.
            if (atom_cas_weak_acquire(&gil->word, &word, word | TGI_GIL_LOCKED))
                return TAKEN;
            continue;
        }
        if ((word & TGI_GIL_WAITERS) != 0 || spins >= TGI_SPIN_POLLS)
            return WAIT;
        tgi_cpu_relax();
    }
}

// Takes the GIL if it is free and nobody is queued, else joins the queue. gil.lock is held.
static outcome join_locked(tgi_gil *gil, tgi_gil_waiter *w)
{
    // ORDER: relaxed; gil.lock orders it after tgi_gil_open.
    if (atom_load_relaxed(&gil->enabled) == 0)
        return OFF;
    // ORDER: relaxed; a guess for the exchange.
    uint32_t word = atom_load_relaxed(&gil->word);
    while (gil->head == NULL) {
        bool is_free = (word & TGI_GIL_LOCKED) == 0;
        // ORDER: acquire; pairs with the release of the last holder.
        if (atom_cas_weak_acquire(&gil->word, &word,
                                  TGI_GIL_LOCKED | (is_free ? 0 : TGI_GIL_WAITERS))) {
            if (is_free)
                return TAKEN;
            // ORDER: relaxed; a hint for the length of the hold.
            atom_store_relaxed(&gil->wanted_ns, w->since);
            break;
        }
    }
    tgi_gil_policy_of(gil)->enqueue_locked(gil, w);
    return WAIT;
}

// w was POKED: takes the GIL if it is free. G5
static outcome look(tgi_gil *gil, tgi_gil_waiter *w)
{
    outcome result = WAIT;
    tgi_rawlock_lock(&gil->lock);
    uint32_t state = TGI_GIL_POKED;
    // ORDER: acquire; pairs with tell_locked.
    if (!atom_cas_strong_acquire(&w->state, &state, TGI_GIL_AWAKE)) {
        result = state == TGI_GIL_GRANTED ? TAKEN : OFF;
    } else {
        // ORDER: relaxed; a guess for the exchange.
        uint32_t word = atom_load_relaxed(&gil->word);
        while ((word & TGI_GIL_LOCKED) == 0 && result == WAIT) {
            bool alone = gil->head == w && gil->tail == w;
            uint32_t taken = TGI_GIL_LOCKED | (alone ? 0 : TGI_GIL_WAITERS);
            // ORDER: acquire; pairs with the release of the last holder.
            if (atom_cas_weak_acquire(&gil->word, &word, taken)) {
                remove_locked(gil, w);
                result = TAKEN;
            }
        }
    }
    tgi_rawlock_unlock(&gil->lock);
    return result;
}

// Waits until w was told something, or until the deadline: then AWAKE.
static uint32_t wait_for_word(tgi_gil_waiter *w, int spins, tgi_deadline until)
{
    for (; spins > 0; spins--) {
        // ORDER: acquire; pairs with tell_locked.
        uint32_t state = atom_load_acquire(&w->state);
        if (state != TGI_GIL_AWAKE)
            return state;
        tgi_cpu_relax();
    }
    tgi_point(TGI_POINT_PARK, &w->state);
    uint32_t state = TGI_GIL_AWAKE;
    // ORDER: acq_rel (both), for the acquire of the failure: it pairs with tell_locked, which wakes
    // us only if it saw PARKED.
    if (!atom_cas_strong_acq_rel(&w->state, &state, TGI_GIL_PARKED))
        return state;
    uint32_t parked = TGI_GIL_PARKED;
    (void)tgi_park(&w->state, &parked, sizeof parked, until, NULL, 0);
    // ORDER: acq_rel; as above.
    if (atom_cas_strong_acq_rel(&w->state, &parked, TGI_GIL_AWAKE))
        return TGI_GIL_AWAKE;
    return parked;
}

// w is in the queue. TAKEN or OFF. G2
static outcome wait_in_queue(tgi_gil *gil, tgi_gil_waiter *w)
{
    for (;;) {
        const tgi_gil_policy *policy = tgi_gil_policy_of(gil);
        if (w->policy != policy) {
            w->policy = policy;
            w->ask_at = 0;
        }
        int64_t now = tgi_clock_now_ns();
        int64_t until = policy->ask_at(gil, w, now);
        if (until <= now) {
            ask_holder(gil, w->thread);
            policy->asked(gil, w, now);
            until = w->ask_at;
        }
        int spins = w->keeps_turn ? policy->turn_spins : policy->spins;
        switch (wait_for_word(w, spins, until)) {
        case TGI_GIL_GRANTED:
            return TAKEN;
        case TGI_GIL_OFF:
            return OFF;
        case TGI_GIL_POKED: {
            outcome result = look(gil, w);
            if (result != WAIT)
                return result;
            break;
        }
        default:
            break; // time to ask
        }
    }
}

static TGI_NOINLINE void take_slow(tgi_gil *gil, tg_thread *t)
{
    tgi_gil_waiter w = {.thread = t, .gave_way = t->gil_gave_way, .since = tgi_clock_now_ns()};
    tgi_trace_event(t, TGI_TRACE_WANT, 0);
    outcome result = WAIT;
    if (tgi_gil_policy_of(gil)->handing != TGI_GIL_HANDS_ALWAYS) {
        wake_told(t);
        result = barge(gil);
    }
    if (result == WAIT) {
        tgi_rawlock_lock(&gil->lock);
        result = join_locked(gil, &w);
        tgi_rawlock_unlock(&gil->lock);
    }
    wake_told(t);
    bool claimed = result == TAKEN;
    if (result == WAIT) {
        result = wait_in_queue(gil, &w);
        // ORDER: relaxed; the last thing the granter told us.
        claimed = result == TAKEN && atom_load_relaxed(&w.state) != TGI_GIL_GRANTED;
    }
    int64_t now = tgi_clock_now_ns();
    if (claimed) {
        begin_turn(gil, t, now);
        forget_requests(t);
        // ORDER: relaxed; a hint for the length of the hold: who is queued waits for us from now.
        atom_store_relaxed(&gil->wanted_ns, now);
    }
    if (result == TAKEN) {
        note_taken(gil, t);
        if (!w.keeps_turn)
            t->gil_turn_until = tgi_gil_later(now, tgi_gil_interval_ns(gil));
    }
    tgi_stat_add(t, gil_waits, 1);
    tgi_stat_add(t, gil_wait_ns, now - w.since);
    tgi_gil_times_add_wait(t, now - w.since);
    tgi_trace_event(t, result == TAKEN ? TGI_TRACE_TAKE : TGI_TRACE_GIVE_UP, 0);
}

bool tgi_gil_try_take(tg_thread *t)
{
    tgi_gil *gil = t->interp->gil;
    uint32_t expected = 0;
    // ORDER: acquire; pairs with the release of the last holder.
    if (TGI_UNLIKELY(!atom_cas_strong_acquire(&gil->word, &expected, (uint32_t)TGI_GIL_LOCKED)))
        return false;
    // Who gave way and finds it free again has a slice from now; others save the look at the clock.
    begin_turn(gil, t, t->gil_gave_way ? tgi_clock_now_ns() : 0);
    forget_requests(t);
    note_taken(gil, t);
    return true;
}

void tgi_gil_take(tg_thread *t)
{
    tgi_gil *gil = t->interp->gil;
    // ORDER: relaxed; if it is turned on in a pause right now, enter() in state.c comes back.
    if (atom_load_relaxed(&gil->enabled) == 0)
        return;
    tgi_point(TGI_POINT_GIL, gil);
    if (TGI_UNLIKELY(!tgi_gil_try_take(t)) && !t->holds_gil)
        take_slow(gil, t);
}

// -- releasing ------------------------------------------------------------------------------------

// With timing on: when t took the GIL, or 0. t still holds it.
static TGI_NOINLINE int64_t stop_timing(tgi_gil *gil, tg_thread *t)
{
    int64_t began = gil->taken_ns;
    if (began != 0)
        tgi_stat_add(t, gil_hold_ns, tgi_clock_now_ns() - began);
    gil->taken_ns = 0;
    return began;
}

// When the part of this hold began that somebody waited for.
static int64_t wanted_since(tgi_gil *gil)
{
    // ORDER: relaxed (both); hints, written before the waiters came or by the holder.
    int64_t wanted = atom_load_relaxed(&gil->wanted_ns);
    int64_t turn = atom_load_relaxed(&gil->turn_ns);
    return wanted > turn ? wanted : turn;
}

// The first of the queue gets the GIL. It is GRANTED last: afterwards it runs.
static const void *hand_over_locked(tgi_gil *gil, int64_t now)
{
    tgi_gil_waiter *w = gil->head;
    remove_locked(gil, w);
    forget_requests(w->thread);
    begin_turn(gil, w->thread, now);
    // ORDER: relaxed; a hint, who is queued waits for w from now.
    atom_store_relaxed(&gil->wanted_ns, now);
    // ORDER: release; continues the one of tgi_gil_open for those who barge.
    atom_store_release(&gil->word, TGI_GIL_LOCKED | waiters_bit(gil));
    return tell_locked(w, TGI_GIL_GRANTED);
}

static const void *leave_free_locked(tgi_gil *gil)
{
    // ORDER: release; pairs with the acquire of the next holder.
    atom_store_release(&gil->word, TGI_GIL_WAITERS);
    return tell_locked(gil->head, TGI_GIL_POKED); // G5
}

// `began` as stop_timing gives it.
static TGI_NOINLINE void release_slow(tgi_gil *gil, tg_thread *t, int64_t began)
{
    int64_t now = tgi_clock_now_ns();
    tgi_gil_times_add_hold(t, now - (began != 0 ? began : wanted_since(gil)));
    tgi_rawlock_lock(&gil->lock);
    TGI_INVARIANT(gil->head != NULL); // G4: only we could have let the last one go
    // ORDER: relaxed; set under gil.lock.
    bool asked = (atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_DROP) != 0;
    tgi_gil_handing handing = tgi_gil_policy_of(gil)->handing;
    if (asked) {
        tgi_stat_add(t, gil_drops, 1);
        tgi_trace_event(t, TGI_TRACE_DROP, 0);
    }
    const void *told;
    if (handing == TGI_GIL_HANDS_ALWAYS || (asked && handing == TGI_GIL_HANDS_ON_ASKING))
        told = hand_over_locked(gil, now);
    else
        told = leave_free_locked(gil);
    tgi_rawlock_unlock(&gil->lock);
    // Who gives way queues first: to wake a thread can take longer than its visit does, and t would
    // miss its turn.
    if (t->gil_gave_way)
        t->gil_told = told;
    else
        wake(told);
}

void tgi_gil_release(tg_thread *t, bool final)
{
    tgi_gil *gil = t->interp->gil;
    tgi_point(TGI_POINT_GIL, gil);
    if (t->holds_gil) {
        int64_t began = 0;
        // ORDER: relaxed; a switch that somebody else made, for reports.
        if (TGI_UNLIKELY(atom_load_relaxed(&gil->timing)))
            began = stop_timing(gil, t);
        t->holds_gil = false;
        uint32_t expected = TGI_GIL_LOCKED;
        // ORDER: release; pairs with the acquire of the next holder. G4
        if (TGI_UNLIKELY(!atom_cas_strong_release(&gil->word, &expected, (uint32_t)0)))
            release_slow(gil, t, began);
        else if (TGI_UNLIKELY(began != 0))
            tgi_gil_times_add_hold(t, tgi_clock_now_ns() - began);
    }
    if (final) {
        tgi_rawlock_lock(&gil->lock); // G3
        // ORDER: relaxed; under the lock.
        tg_thread *holder = t;
        (void)atom_cas_strong_relaxed(&gil->holder, &holder, (tg_thread *)NULL);
        tgi_rawlock_unlock(&gil->lock);
    }
}

void tgi_gil_open(tgi_gil *gil, tg_thread *t)
{
    t->holds_gil = false;
    gil->taken_ns = 0;
    tgi_rawlock_lock(&gil->lock);
    // ORDER: release; pairs with the acquire of the word in barge: who sees the word after this
    // sees `enabled` 0.
    (void)atom_exchange_release(&gil->word, 0);
    while (gil->head != NULL) {
        tgi_gil_waiter *w = gil->head;
        remove_locked(gil, w);
        wake(tell_locked(w, TGI_GIL_OFF));
    }
    tgi_rawlock_unlock(&gil->lock);
    tgi_breaker_clear(t, TGI_BRK_GIL_DROP);
}

void tgi_gil_give_way(tg_thread *t)
{
    tgi_trace_event(t, TGI_TRACE_YIELD, 0);
    t->gil_gave_way = true;
    tgi_thread_detach(t);
    tgi_thread_attach(t);
    wake_told(t); // t did not have to queue
    t->gil_gave_way = false;
}

void tgi_gil_yield(tg_thread *t)
{
    if (t->holds_gil)
        tgi_gil_give_way(t);
    else
        tgi_breaker_clear(t, TGI_BRK_GIL_DROP);
}

// -- settings -------------------------------------------------------------------------------------

static const tgi_gil_policy *const policies[] = {&tgi_gil_timed, &tgi_gil_fair, &tgi_gil_ticks};

const tgi_gil_policy *tgi_gil_policy_at(size_t i)
{
    return i < TGI_ARRAY_LENGTH(policies) ? policies[i] : NULL;
}

const tgi_gil_policy *tgi_gil_policy_find(const char *name)
{
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(policies); i++) {
        if (strcmp(policies[i]->name, name) == 0)
            return policies[i];
    }
    return NULL;
}

const char *tgi_gil_policy_name(const tgi_gil_policy *policy)
{
    return policy->name;
}

const tgi_gil_policy *tgi_gil_policy_of(tgi_gil *gil)
{
    // ORDER: relaxed; it points to constants, and a change wakes all who wait by the old one.
    return atom_load_relaxed(&gil->policy);
}

void tgi_gil_set_policy(tgi_gil *gil, tg_runtime *rt, const tgi_gil_policy *policy)
{
    tgi_rawlock_lock(&rt->threads_lock);
    // ORDER: relaxed; see tgi_gil_policy_of.
    atom_store_relaxed(&gil->policy, policy);
    tgi_gil_mark_ticking_locked(gil, rt);
    tgi_rawlock_unlock(&rt->threads_lock);
    // Who waits may have planned never to ask.
    tgi_rawlock_lock(&gil->lock);
    for (tgi_gil_waiter *w = gil->head; w != NULL; w = w->next)
        wake(tell_locked(w, TGI_GIL_POKED));
    tgi_rawlock_unlock(&gil->lock);
}

void tgi_gil_set_interval_ns(tgi_gil *gil, int64_t ns)
{
    // ORDER: relaxed; waiters use it for their next nap.
    atom_store_relaxed(&gil->interval_ns,
                       ns < TGI_GIL_INTERVAL_MIN_NS ? TGI_GIL_INTERVAL_MIN_NS : ns);
}

int64_t tgi_gil_interval_ns(tgi_gil *gil)
{
    // ORDER: relaxed; see above.
    return atom_load_relaxed(&gil->interval_ns);
}

void tgi_gil_after_fork(tgi_gil *gil, tg_thread *t)
{
    bool mine = t->interp->gil == gil && t->holds_gil;
    tgi_rawlock_reset(&gil->lock);
    gil->head = NULL;
    gil->tail = NULL;
    // ORDER: relaxed (all here); only one thread exists.
    atom_store_relaxed(&gil->waiters, 0);
    atom_store_relaxed(&gil->word, mine ? (uint32_t)TGI_GIL_LOCKED : 0u);
    atom_store_relaxed(&gil->holder, mine ? t : NULL);
}
