// SPDX-License-Identifier: MIT
//
// gil.c - taking and releasing the GIL: the timed policy.
//
// Owns        the word, the holder, the waiting. The switch (`enabled`) is in gil_switch.c.
// Threads     take: a thread on its way to ATTACHED. release: one on its way out of it.
// Locks       gil.lock, a rawlock, so that `holder` cannot be freed while it is asked to let go.
// Invariants  G1  LOCKED without RESERVED: exactly one thread has holds_gil. RESERVED: none, and
//                 some thread inside take_wait will claim it.
//             G2  a thread that waits leaves take_wait only with the GIL, or when it is off.
//             G3  holder, read under gil.lock, is NULL or a live state: a thread that ends clears
//                 it under the lock.
//
// Policy      A waiter that has seen no switch for a whole interval sets TGI_BRK_GIL_DROP in the
//             holder. A holder that releases with that bit set does not just free the lock, where
//             it would win it back before anybody woke: it hands it to the waiter at the head of
//             the queue, or, if the waiter that asked is awake and between two naps, reserves it
//             for whoever waits except itself. So a request is always followed by a switch.
// Rejected    a releaser that sleeps until another thread has taken the lock: if the GIL is turned
//             off meanwhile nobody takes it and the releaser sleeps for ever.
// Cost        free and uncontended: one compare-and-swap to take, one to release.
#include "thread/gil.h"

#include "base/assert.h"      // TGI_INVARIANT
#include "base/config.h"      // TGI_GIL_INTERVAL_NS
#include "sync/parking_lot.h" // tgi_park
#include "sync/point.h"       // tgi_point
#include "thread/breaker.h"   // tgi_breaker_set
#include "thread/runtime.h"   // tg_interp
#include "thread/trace.h"     // hooks

void tgi_gil_init(tgi_gil *gil, int enabled, bool switchable)
{
    // ORDER: relaxed (all here); nobody else knows the GIL yet.
    atom_store_relaxed(&gil->word, 0);
    atom_store_relaxed(&gil->enabled, enabled);
    gil->switchable = switchable;
    atom_store_relaxed(&gil->timing, false);
    atom_store_relaxed(&gil->interval_ns, TGI_GIL_INTERVAL_NS);
    atom_store_relaxed(&gil->waiters, 0);
    atom_store_relaxed(&gil->reserved_by, 0);
    tgi_rawlock_reset(&gil->lock);
    // ORDER: relaxed; as above.
    atom_store_relaxed(&gil->holder, NULL);
    atom_store_relaxed(&gil->switches, 0);
    gil->taken_ns = 0;
    gil->ledger = (tgi_gil_ledger){.permanent = enabled == TGI_GIL_PERMANENT};
    if (enabled != 0)
        tgi_gil_ledger_add(&gil->ledger, tgi_gil_started, NULL);
}

// t owns the word. The fields are written by the holder only; others read them as hints.
static inline void note_taken(tgi_gil *gil, tg_thread *t)
{
    t->holds_gil = true;
    // ORDER: relaxed; G3 is by gil.lock, the rest are hints.
    if (atom_load_relaxed(&gil->holder) != t) {
        atom_store_relaxed(&gil->holder, t);
        atom_owner_add(&gil->switches, 1);
    }
    // ORDER: relaxed; a request that came before we held it is void, a later one finds us running.
    if (TGI_UNLIKELY((atom_load_relaxed(&t->breaker) & TGI_BRK_GIL_DROP) != 0))
        tgi_breaker_clear(t, TGI_BRK_GIL_DROP);
    tgi_stat_add(t, gil_takes, 1);
    if (TGI_UNLIKELY(atom_load_relaxed(&gil->timing)))
        gil->taken_ns = tgi_clock_now_ns();
}

static void ask_holder(tgi_gil *gil, tg_thread *t)
{
    tgi_rawlock_lock(&gil->lock);
    // ORDER: relaxed; G3: alive while we have the lock. It may have released meanwhile: then the
    // bit costs it one needless switch.
    tg_thread *holder = atom_load_relaxed(&gil->holder);
    if (holder != NULL && holder != t) {
        tgi_trace_event(t, TGI_TRACE_ASK, holder->id);
        tgi_breaker_set(holder, TGI_BRK_GIL_DROP);
    }
    tgi_rawlock_unlock(&gil->lock);
    tgi_stat_add(t, gil_requests, 1);
}

typedef struct gil_waiter {
    bool handed_over;
} gil_waiter;

// The word shows RESERVED, read with acquire. With nobody else waiting a reservation is void.
static bool may_claim_reserved(tgi_gil *gil, tg_thread *t)
{
    // ORDER: relaxed (both); the first was stored before the word, the second is a hint that is
    // looked at again after every nap.
    return atom_load_relaxed(&gil->reserved_by) != t->id || atom_load_relaxed(&gil->waiters) == 1;
}

// Tries to claim the word as it was seen. On failure *seen is fresh.
static bool try_claim(tgi_gil *gil, tg_thread *t, uint32_t *seen)
{
    uint32_t word = *seen;
    if ((word & TGI_GIL_RESERVED) != 0) {
        if (!may_claim_reserved(gil, t))
            return false;
    } else if ((word & TGI_GIL_LOCKED) != 0) {
        return false;
    }
    uint32_t claimed = (word & TGI_GIL_PARKED) | TGI_GIL_LOCKED;
    // ORDER: acquire; pairs with the release of the last holder.
    return atom_cas_weak_acquire(&gil->word, seen, claimed);
}

// Returns whether the GIL was taken; false means that it is off. G2
static bool wait_for_gil(tgi_gil *gil, tg_thread *t)
{
    int spins = 0;
    tgi_deadline ask_at = TGI_DEADLINE_NEVER;
    uint64_t switches = 0;
    for (;;) {
        // ORDER: acquire; the word continues the release in tgi_gil_disable: if it shows that
        // somebody took it after the GIL was turned off, we see `enabled` 0 below.
        uint32_t seen = atom_load_acquire(&gil->word);
        // ORDER: relaxed; ordered by the load before, and looked at again after every nap.
        if (atom_load_relaxed(&gil->enabled) == 0)
            return false;
        if (try_claim(gil, t, &seen))
            return true;
        bool claimable = (seen & TGI_GIL_LOCKED) == 0 ||
                         ((seen & TGI_GIL_RESERVED) != 0 && may_claim_reserved(gil, t));
        if (claimable)
            continue;
        if ((seen & TGI_GIL_PARKED) == 0 && spins < TGI_SPIN_POLLS) {
            spins++;
            tgi_cpu_relax();
            continue;
        }
        // ORDER: acquire; see above. The bucket lock orders it before the releaser's look.
        if ((seen & TGI_GIL_PARKED) == 0 &&
            !atom_cas_weak_acquire(&gil->word, &seen, seen | TGI_GIL_PARKED))
            continue;
        seen |= TGI_GIL_PARKED;
        // ORDER: relaxed (both); hints for the clock of this waiter.
        if (ask_at == TGI_DEADLINE_NEVER || atom_load_relaxed(&gil->switches) != switches) {
            switches = atom_load_relaxed(&gil->switches);
            ask_at = tgi_deadline_after_ns(tgi_gil_interval_ns(gil));
        }
        gil_waiter waiter = {.handed_over = false};
        tgi_park_result result = tgi_park(&gil->word, &seen, sizeof seen, ask_at, &waiter, 0);
        if (result == TGI_PARK_OK && waiter.handed_over)
            return true;
        if (result == TGI_PARK_TIMEOUT) {
            // ORDER: relaxed; somebody else's turn has just begun: it gets its interval.
            if (atom_load_relaxed(&gil->switches) == switches)
                ask_holder(gil, t);
            ask_at = TGI_DEADLINE_NEVER;
        }
    }
}

static TGI_NOINLINE void take_slow(tgi_gil *gil, tg_thread *t)
{
    int64_t since = tgi_clock_now_ns();
    tgi_trace_event(t, TGI_TRACE_WANT, 0);
    // ORDER: seq_cst; the count is right when a releaser that was asked to let go looks at it:
    // the waiter that asked counted itself before it set the bit.
    atom_add_seq_cst(&gil->waiters, 1);
    bool taken = wait_for_gil(gil, t);
    atom_sub_seq_cst(&gil->waiters, 1);
    tgi_stat_add(t, gil_waits, 1);
    tgi_stat_add(t, gil_wait_ns, tgi_clock_now_ns() - since);
    if (taken)
        note_taken(gil, t);
    tgi_trace_event(t, taken ? TGI_TRACE_TAKE : TGI_TRACE_GIVE_UP, 0);
}

void tgi_gil_take(tg_thread *t)
{
    tgi_gil *gil = t->interp->gil;
    TGI_ASSERT(!t->holds_gil);
    // ORDER: relaxed; if it is turned on in a pause right now, enter() in state.c comes back.
    if (atom_load_relaxed(&gil->enabled) == 0)
        return;
    tgi_point(TGI_POINT_GIL, gil);
    uint32_t expected = 0;
    // ORDER: acquire; pairs with the release of the last holder.
    if (TGI_LIKELY(atom_cas_strong_acquire(&gil->word, &expected, (uint32_t)TGI_GIL_LOCKED)))
        note_taken(gil, t);
    else
        take_slow(gil, t);
}

typedef struct release_context {
    tgi_gil *gil;
    tg_thread *releaser;
    bool asked; // to give it to another thread
} release_context;

// Under the bucket lock.
static void publish_release(void *ctx, bool found, void *waiter_arg, bool has_more)
{
    release_context *release = ctx;
    tgi_gil *gil = release->gil;
    uint32_t word = has_more ? TGI_GIL_PARKED : 0;
    if (found && release->asked) {
        ((gil_waiter *)waiter_arg)->handed_over = true;
        word |= TGI_GIL_LOCKED;
    } else if (!found && release->asked) {
        // ORDER: seq_cst; see take_slow. Who asked is awake and comes back to the word.
        if (atom_load_seq_cst(&gil->waiters) != 0) {
            word |= TGI_GIL_LOCKED | TGI_GIL_RESERVED;
            // ORDER: relaxed; published by the word.
            atom_store_relaxed(&gil->reserved_by, release->releaser->id);
        }
    }
    // ORDER: release; pairs with the acquire of the next holder.
    atom_store_release(&gil->word, word);
}

static TGI_NOINLINE void release_slow(tgi_gil *gil, tg_thread *t, bool asked)
{
    tgi_stat_add(t, gil_drops, asked ? 1 : 0);
    if (asked)
        tgi_trace_event(t, TGI_TRACE_DROP, 0);
    release_context release = {gil, t, asked};
    (void)tgi_unpark_one(&gil->word, publish_release, &release);
}

void tgi_gil_release(tg_thread *t, bool final)
{
    tgi_gil *gil = t->interp->gil;
    tgi_point(TGI_POINT_GIL, gil);
    if (t->holds_gil) {
        // ORDER: relaxed; a switch that somebody else made, for reports.
        if (TGI_UNLIKELY(atom_load_relaxed(&gil->timing)) && gil->taken_ns != 0) {
            tgi_stat_add(t, gil_hold_ns, tgi_clock_now_ns() - gil->taken_ns);
            gil->taken_ns = 0;
        }
        t->holds_gil = false;
        // ORDER: acquire; pairs with the RMW in ask_holder: the waiter has counted itself before.
        bool asked = (atom_load_acquire(&t->breaker) & TGI_BRK_GIL_DROP) != 0;
        uint32_t expected = TGI_GIL_LOCKED;
        // ORDER: release; pairs with the acquire of the next holder.
        if (TGI_UNLIKELY(asked && !final) ||
            !atom_cas_strong_release(&gil->word, &expected, (uint32_t)0))
            release_slow(gil, t, asked);
    }
    if (final) {
        tgi_rawlock_lock(&gil->lock); // G3
        // ORDER: relaxed; under the lock.
        tg_thread *holder = t;
        (void)atom_cas_strong_relaxed(&gil->holder, &holder, (tg_thread *)NULL);
        tgi_rawlock_unlock(&gil->lock);
    }
}

void tgi_gil_yield(tg_thread *t)
{
    if (!t->holds_gil) {
        tgi_breaker_clear(t, TGI_BRK_GIL_DROP);
        return;
    }
    tgi_trace_event(t, TGI_TRACE_YIELD, 0);
    tgi_thread_detach(t);
    tgi_thread_attach(t);
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
    // ORDER: relaxed (all here); only one thread exists.
    atom_store_relaxed(&gil->waiters, 0);
    atom_store_relaxed(&gil->word, mine ? (uint32_t)TGI_GIL_LOCKED : 0u);
    atom_store_relaxed(&gil->holder, mine ? t : NULL);
}
