// SPDX-License-Identifier: MIT
//
// mutex.c - waiting for a one-byte mutex, and handing it over.
//
// Invariants  M1  a parked waiter implies PARKED. PARKED without a waiter is allowed: the next
//                 unlock finds nobody and clears it.
//             M2  the byte leaves "LOCKED and PARKED" only in hand_over, under the bucket lock.
//             M3  a waiter that has waited TGI_MUTEX_FAIR_NS is given the lock at the next unlock;
//                 until then a running thread may take it first, which costs no switch.
// Rejected    hand-over every time: each unlock under contention would cost a thread switch.
//             A FIFO ticket: the same. Spinning without looking: it sees an unlock too late.
// Sources     Pizlo, "Locking in WebKit", 2016 (barging, then timed fairness).
//
// Note [stand-back]
// Two threads that do nothing but append to one list want its lock all the time. If they take
// turns at every append, each waits for lines that come from the other processor, which costs
// several times the append. So a thread that had to wait for a lock, got it, and within
// TGI_MUTEX_CROWD_NS has to wait for it again, several times in a row or once for longer than it
// spins, leaves it alone for TGI_MUTEX_BACK_NS. It does not even look, for that costs the holder a
// miss. Meanwhile the other works as if it were alone. Then it insists, and the other, displaced,
// stands back in turn. Whoever has insisted may keep the lock for its turn (lease.h); the next to
// insist tells it by WANTED. Only for locks that are waited for attached: these are held for a few
// instructions, so that one look in a few finds the lock free. After TGI_MUTEX_BACKS times in vain
// it goes on like anybody: it parks, and M3 holds. It yields its processor while it waits, which
// the holder may need, but does not poll: when a pause wants it to stop, it insists at once.
#include "sync/mutex.h"

#include "base/config.h" // TGI_SPIN_POLLS, TGI_MUTEX_*
#include "base/os.h"     // tgi_os

typedef struct mutex_waiter {
    int64_t fair_at; // from here on the lock is handed over
    bool handed_over;
    tgi_parker *parker;
} mutex_waiter;

static inline uint8_t peek(const tgi_mutex *m)
{
    // ORDER: relaxed; the byte is trusted only when a compare-and-swap succeeds.
    return atom_load_relaxed(&m->bits);
}

enum {
    CROWD = 4,            // so many collisions one after the other are a crowd
    INSIST = 64,          // looks at the end of standing back
    INSIST_LEASED = 1024, // the same, with a pause after each: the lessee has to see WANTED first
};

// The last lock the calling OS thread had to wait for, attached.
static _Thread_local struct {
    const tgi_mutex *mutex; // compared, never looked at
    int64_t got_at;
    int collisions;
} last_wait;

static bool is_crowded(const tgi_mutex *m)
{
    if (last_wait.mutex != m)
        return false;
    int64_t since = tgi_clock_now_ns() - last_wait.got_at;
    if (since > TGI_MUTEX_BACK_NS * 10)
        last_wait.collisions = 0;
    else if ((peek(m) & TGI_MUTEX_LEASED) != 0)
        last_wait.collisions = CROWD; // its lessee has stood back
    else if (since < TGI_MUTEX_CROWD_NS && last_wait.collisions < CROWD)
        last_wait.collisions++;
    return last_wait.collisions >= CROWD;
}

static bool has_collided(const tgi_mutex *m)
{
    return last_wait.mutex == m && last_wait.collisions > 0;
}

static void note_wait(const tgi_mutex *m)
{
    if (last_wait.mutex != m)
        last_wait.collisions = 0;
    last_wait.mutex = m;
    last_wait.got_at = tgi_clock_now_ns();
}

void tgi_mutex_expect_crowd(const tgi_mutex *m)
{
    last_wait.mutex = m;
    last_wait.got_at = INT64_MAX; // never long ago
    last_wait.collisions = CROWD;
}

static bool take_if_free(tgi_mutex *m)
{
    uint8_t seen = peek(m);
    // ORDER: acquire; pairs with the release of the last holder. Keeps PARKED: M1.
    return (seen & TGI_MUTEX_LOCKED) == 0 &&
           atom_cas_weak_acquire(&m->bits, &seen, (uint8_t)(seen | TGI_MUTEX_LOCKED));
}

static void leave_alone(void)
{
    int64_t end = tgi_clock_now_ns() + TGI_MUTEX_BACK_NS;
    do {
        if (tgi_park_hurried())
            return;
        for (int pause = 0; pause < 64; pause++)
            tgi_cpu_relax();
        (void)tgi_os.yield(); // the holder may be waiting for this processor
    } while (tgi_clock_now_ns() < end);
}

// Tells a lessee that somebody wants the lock. Whether it is leased.
static bool want_back(tgi_mutex *m)
{
    uint8_t seen = peek(m);
    while ((seen & TGI_MUTEX_LEASED) != 0) {
        // ORDER: relaxed; it only says that somebody looks.
        if (atom_cas_weak_relaxed(&m->bits, &seen, (uint8_t)(seen | TGI_MUTEX_WANTED)))
            return true;
    }
    return false;
}

static void recall(tgi_mutex *m)
{
    // ORDER: acq_rel; pairs with the release in lease.c: who the lessee is. Changes nothing.
    (void)atom_or_acq_rel(&m->bits, (uint8_t)0);
    tgi_park_recall(m);
}

// Whether it has got the lock.
static bool insist(tgi_mutex *m)
{
    bool leased = want_back(m);
    for (int looks = leased ? INSIST_LEASED : INSIST; looks > 0; looks--) {
        if (take_if_free(m))
            return true;
        if (leased)
            tgi_cpu_relax();
    }
    if (leased)
        recall(m); // its lessee does something else
    return false;
}

// Note [stand-back]. Whether it has got the lock.
static bool stand_back(tgi_mutex *m)
{
    for (int backs = 0; backs < TGI_MUTEX_BACKS; backs++) {
        leave_alone();
        if (insist(m))
            return true;
    }
    return false;
}

static tg_status wait_in_line(tgi_mutex *m, tgi_deadline until, unsigned flags)
{
    mutex_waiter self = {.fair_at = 0, .handed_over = false, .parker = tgi_parker_self()};
    int spins = 0;
    uint8_t seen = peek(m);
    for (;;) {
        if ((seen & TGI_MUTEX_LOCKED) == 0) {
            // ORDER: acquire; pairs with the release of the last holder. Keeps PARKED: M1.
            if (atom_cas_weak_acquire(&m->bits, &seen, (uint8_t)(seen | TGI_MUTEX_LOCKED)))
                return TG_OK;
            continue;
        }
        if ((seen & TGI_MUTEX_PARKED) == 0 && spins < TGI_SPIN_POLLS) {
            // Rarer and rarer: a look takes the line from the holder, who wants to unlock.
            for (int pause = spins / 4; pause >= 0; pause--, spins++)
                tgi_cpu_relax();
            seen = peek(m);
            continue;
        }
        if (until <= TGI_DEADLINE_NOW)
            return TG_ERR_TIMEOUT;
        if (self.fair_at == 0)
            self.fair_at = tgi_clock_now_ns() + TGI_MUTEX_FAIR_NS;
        if ((seen & TGI_MUTEX_PARKED) == 0) {
            // ORDER: relaxed; the bucket lock orders it before the unlocker's look at the queue.
            if (!atom_cas_weak_relaxed(&m->bits, &seen, (uint8_t)(seen | TGI_MUTEX_PARKED)))
                continue;
            seen |= TGI_MUTEX_PARKED;
        }
        if ((seen & TGI_MUTEX_LEASED) != 0)
            recall(m);
        switch (tgi_park(&m->bits, &seen, 1, until, &self, flags)) {
        case TGI_PARK_OK:
            if (self.handed_over) {
                // ORDER: relaxed; read in the child of a fork only.
                atom_store_relaxed(&self.parker->given, NULL);
                return TG_OK;
            }
            break;
        case TGI_PARK_AGAIN:
            break;
        case TGI_PARK_TIMEOUT:
            return TG_ERR_TIMEOUT;
        case TGI_PARK_INTERRUPTED:
            return TG_ERR_INTERRUPTED;
        }
        seen = peek(m);
    }
}

static bool is_given_back(tgi_mutex *m)
{
    return (peek(m) & TGI_MUTEX_LEASED) != 0 && insist(m);
}

bool tgi_mutex_lock_wait_short(tgi_mutex *m)
{
    bool insisted = false, crowded = is_crowded(m);
    if (!crowded && !is_given_back(m))
        crowded =
            wait_in_line(m, has_collided(m) ? TGI_DEADLINE_NOW : TGI_DEADLINE_NEVER, 0) != TG_OK;
    if (crowded) {
        insisted = stand_back(m);
        if (!insisted)
            (void)wait_in_line(m, TGI_DEADLINE_NEVER, 0);
    }
    note_wait(m);
    return insisted;
}

tg_status tgi_mutex_lock_wait(tgi_mutex *m, tgi_deadline until, unsigned flags)
{
    if (flags == 0 && until == TGI_DEADLINE_NEVER) {
        (void)tgi_mutex_lock_wait_short(m);
        return TG_OK;
    }
    return wait_in_line(m, until, flags);
}

typedef struct unlock_context {
    tgi_mutex *mutex;
    int64_t now;
} unlock_context;

static void hand_over(void *ctx, bool found, void *waiter_arg, bool has_more)
{
    unlock_context *unlock = ctx;
    uint8_t bits = 0;
    if (found) {
        mutex_waiter *waiter = waiter_arg;
        if (unlock->now >= waiter->fair_at) {
            waiter->handed_over = true;
            // ORDER: relaxed; as where it is taken back. The waiter sleeps until it is posted.
            atom_store_relaxed(&waiter->parker->given, (void *)unlock->mutex);
            bits |= TGI_MUTEX_LOCKED;
        }
        if (has_more)
            bits |= TGI_MUTEX_PARKED;
    }
    // ORDER: release; pairs with the acquire of the next holder. One that is handed the lock
    // acquires through its parker.
    atom_store_release(&unlock->mutex->bits, bits);
}

void tgi_mutex_unlock_wake(tgi_mutex *m)
{
    // ORDER: relaxed; the holder's own lock bit, and PARKED which only we may clear (M2).
    uint8_t seen = atom_load_relaxed(&m->bits);
    for (;;) {
        if ((seen & TGI_MUTEX_LOCKED) == 0)
            TGI_FATAL("mutex %p is unlocked but not held", (void *)m);
        if ((seen & TGI_MUTEX_PARKED) != 0) {
            unlock_context unlock = {m, tgi_clock_now_ns()};
            (void)tgi_unpark_one(&m->bits, hand_over, &unlock);
            return;
        }
        // ORDER: release; pairs with the acquire of the next holder.
        if (atom_cas_weak_release(&m->bits, &seen, (uint8_t)0))
            return;
    }
}
