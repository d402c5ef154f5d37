// SPDX-License-Identifier: MIT
//
// stw.c - stopping and restarting the world.
//
// Owns        the pause records; makes the transitions to and from SUSPENDED.
// Locks       pause_lock (write: global; read: one interpreter), then the record's lock, both
//             waited for detached; threads_lock for every transition and for the countdown.
// Invariants  S1  `counted` of a thread is set iff a pause waits for it; waiting_for is the number
//                 of such threads.
//             S2  a thread in scope of a stopped world is SUSPENDED or ENDED, except the requester.
//             S3  TGI_BRK_STOP is set exactly while a pause that has the thread in scope is
//                 requested.
//             S4  pauses whose scopes overlap do not overlap in time.
//
// Note [stop-countdown]
// The requester sets STOP and then tries to suspend each thread (compare-and-swap from DETACHED).
// A thread that is ATTACHED is counted. It leaves ATTACHED in one way only, leave_attached, which
// stores the state and then looks for STOP; both pairs are seq_cst, so a thread the requester
// found attached sees STOP and counts itself down, and one that does not see STOP had stored
// DETACHED early enough to be suspended by the requester. Nobody has to look twice.
//
// Note [attach-turn]
// With pauses back to back, a thread that is merely set free to attach may be suspended again
// before it ran: it would starve. So a thread that already waits in attach is made ATTACHED by
// the one who restarts the world: the next pause must wait until it has had its turn. That is
// sound because a thread in attach touches nothing before it has seen its new state, and it is
// done only if the thread holds the GIL or the GIL is off.
//
// Note [paused-locks]
// A lock whose waiters detach may be handed to a waiter that is suspended. In a pause nobody
// waits for such a lock: it may be owned by a thread that cannot run. Ranks check that.
//
// Rejected    looking again every millisecond for threads that detached after the first look:
//             it adds up to that much to a pause.
#include "thread/stw.h"

#include "base/assert.h"        // TGI_INVARIANT
#include "base/clock.h"         // lengths
#include "sync/point.h"         // tgi_point
#include "sync/rank.h"          // TGI_RANK_PAUSE
#include "thread/breaker.h"     // tgi_breaker_set
#include "thread/runtime.h"     // lists
#include "thread/trace.h"       // hook
#include "thread/watchdog.h"    // late pauses
#include "thread/world_check.h" // who is inside

#include <string.h> // names

static const char *const cause_names[TGI_CAUSE_COUNT] = {
    [TGI_CAUSE_COLLECT] = "collect", [TGI_CAUSE_GIL] = "gil",         [TGI_CAUSE_FORK] = "fork",
    [TGI_CAUSE_END] = "end",         [TGI_CAUSE_INSPECT] = "inspect", [TGI_CAUSE_TYPES] = "types",
    [TGI_CAUSE_MEMORY] = "memory",   [TGI_CAUSE_COUNTS] = "counts",   [TGI_CAUSE_TEST] = "test",
};

const char *tgi_stw_cause_name(tgi_stw_cause cause)
{
    return cause_names[cause];
}

void tgi_stw_init(tgi_stw *stw, tg_interp *interp)
{
    memset(stw, 0, sizeof *stw);
    stw->interp = interp;
    stw->global = interp == NULL;
}

static bool in_scope(const tgi_stw *stw, const tg_thread *t)
{
    return stw->global || t->interp == stw->interp;
}

static tgi_stw *requested_for_locked(tg_thread *t)
{
    if (t->runtime->stw.requested)
        return &t->runtime->stw;
    return t->interp->stw.requested ? &t->interp->stw : NULL;
}

bool tgi_stw_requested_locked(tg_thread *t)
{
    return requested_for_locked(t) != NULL;
}

// A thread that was waited for has stopped. S1
static void count_down_locked(tg_thread *t)
{
    tgi_stw *stw = t->counted;
    t->counted = NULL;
    stw->last_id = t->id;
    memcpy(stw->last_name, t->name, sizeof stw->last_name);
    if (--stw->waiting_for == 0)
        tgi_event_set(&stw->all_stopped);
}

void tgi_stw_note_detached(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    if (t->counted != NULL) {
        tgi_watchdog_answer_locked(t);
        int seen = TGI_DETACHED;
        // ORDER: seq_cst; in one order with attach and stop. It fails only if another thread
        // holds t suspended for a moment, which is as good.
        if (!atom_cas_strong_seq_cst(&t->state, &seen, TGI_SUSPENDED))
            TGI_INVARIANT(seen == TGI_SUSPENDED);
        count_down_locked(t);
        tgi_stat_add(t, pauses, 1);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
}

void tgi_stw_forget_locked(tg_thread *t)
{
    if (t->counted != NULL)
        count_down_locked(t);
    tgi_watchdog_ended_locked(t);
}

void tgi_stw_adopt_locked(tg_thread *t)
{
    if (!tgi_stw_requested_locked(t))
        return;
    tgi_breaker_set(t, TGI_BRK_STOP); // S3
    // ORDER: seq_cst; as every transition of another thread's state.
    atom_store_seq_cst(&t->state, TGI_SUSPENDED);
}

void tgi_stw_release_locked(tg_thread *t)
{
    // ORDER: acquire; pairs with the seq_cst store in wait_for_turn: holds_gil is the owner's.
    bool waiting = atom_load_acquire(&t->attach_waiting) != 0;
    bool turn = waiting && (t->holds_gil || !tgi_gil_is_enabled(t)); // Note [attach-turn]
    // ORDER: seq_cst; store-load with wait_for_turn in state.c.
    atom_store_seq_cst(&t->state, turn ? TGI_ATTACHED : TGI_DETACHED);
    if (atom_load_seq_cst(&t->attach_waiting) != 0)
        (void)tgi_unpark_all(&t->state);
}

// -- stop -----------------------------------------------------------------------------------------

static void lock_scope(tg_runtime *rt, tgi_stw *stw)
{
    tgi_rank_enter(TGI_RANK_PAUSE_GLOBAL, &rt->pause_lock);
    if (stw->global)
        tgi_rwlock_write_lock(&rt->pause_lock, TGI_PARK_DETACH);
    else
        tgi_rwlock_read_lock(&rt->pause_lock, TGI_PARK_DETACH);
    tgi_rank_enter(TGI_RANK_PAUSE, &stw->lock);
    tgi_mutex_lock_detach(&stw->lock);
}

static void unlock_scope(tg_runtime *rt, tgi_stw *stw)
{
    tgi_mutex_unlock(&stw->lock);
    tgi_rank_leave(TGI_RANK_PAUSE, &stw->lock);
    if (stw->global)
        tgi_rwlock_write_unlock(&rt->pause_lock);
    else
        tgi_rwlock_read_unlock(&rt->pause_lock);
    tgi_rank_leave(TGI_RANK_PAUSE_GLOBAL, &rt->pause_lock);
}

// Returns how many threads must still stop.
static uint32_t stop_threads(tg_runtime *rt, tgi_stw *stw, tg_thread *requester)
{
    tgi_rawlock_lock(&rt->threads_lock);
    stw->late = false;
    stw->requested = true;
    stw->requester = requester;
    stw->waiting_for = 0;
    tgi_event_reset(&stw->all_stopped);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        if (t == requester || !in_scope(stw, t))
            continue;
        tgi_breaker_set(t, TGI_BRK_STOP);
        int seen = TGI_DETACHED;
        // ORDER: seq_cst, after the seq_cst RMW on the breaker: Note [stop-countdown].
        if (!atom_cas_strong_seq_cst(&t->state, &seen, TGI_SUSPENDED) && seen == TGI_ATTACHED) {
            t->counted = stw;
            stw->waiting_for++;
        }
    }
    uint32_t waiting_for = stw->waiting_for;
    tgi_rawlock_unlock(&rt->threads_lock);
    return waiting_for;
}

static void stop(tg_thread *requester, tg_runtime *rt, tgi_stw *stw, tgi_stw_cause cause)
{
    TGI_INVARIANT(requester == tgi_current_thread());
    tgi_point(TGI_POINT_PAUSE, stw);
    lock_scope(rt, stw);
    if (requester != NULL)
        tgi_lease_end(&requester->lease); // one that has to stop may wait for it, attached
    stw->cause = cause;
    stw->requested_ns = tgi_clock_now_ns();
    if (stop_threads(rt, stw, requester) != 0) {
        // The requester stays attached: if it detached, attaching again would make it take back
        // locks that may belong to threads it has stopped.
        tgi_deadline alarm = tgi_watchdog_alarm(rt);
        if (tgi_event_wait_flags(&stw->all_stopped, alarm, 0) != TG_OK) {
            tgi_watchdog_bark(rt, stw);
            (void)tgi_event_wait_flags(&stw->all_stopped, TGI_DEADLINE_NEVER, 0);
        }
        // The setter held threads_lock: passing through it means that it is done with the event.
        tgi_rawlock_lock(&rt->threads_lock);
        tgi_rawlock_unlock(&rt->threads_lock);
    } else {
        stw->last_id = 0;
    }
    stw->stopped_ns = tgi_clock_now_ns();
    // ORDER: release; pairs with the acquire in tgi_world_is_stopped.
    atom_store_release(&stw->is_stopped, true);
    tgi_rank_set_paused(true);
    tgi_world_check_pause(rt, stw);
}

static void record(tgi_stw *stw, int64_t restarted_ns)
{
    int64_t stopping = stw->stopped_ns - stw->requested_ns;
    tgi_rank_enter(TGI_RANK_LEAF, &stw->report_lock);
    tgi_mutex_lock(&stw->report_lock);
    tgi_stw_report *r = &stw->report;
    r->pauses[stw->cause]++;
    r->late += stw->late;
    tgi_histogram_add(&r->stopping, stopping);
    tgi_histogram_add(&r->stopped, restarted_ns - stw->stopped_ns);
    if (stw->last_id != 0 && stopping > r->slowest_ns) {
        r->slowest_ns = stopping;
        r->slowest_id = stw->last_id;
        r->slowest_cause = stw->cause;
        memcpy(r->slowest_name, stw->last_name, sizeof r->slowest_name);
    }
    tgi_mutex_unlock(&stw->report_lock);
    tgi_rank_leave(TGI_RANK_LEAF, &stw->report_lock);
}

static void start(tg_thread *requester, tg_runtime *rt, tgi_stw *stw)
{
    tgi_point(TGI_POINT_PAUSE, stw);
    tgi_world_check_pause(rt, stw);
    int64_t restarted_ns = tgi_clock_now_ns();
    tgi_rank_set_paused(false);
    tgi_rawlock_lock(&rt->threads_lock);
    TGI_INVARIANT(stw->requested && stw->requester == requester && stw->waiting_for == 0);
    // ORDER: release; pairs with the acquire in tgi_world_is_stopped.
    atom_store_release(&stw->is_stopped, false);
    stw->requested = false;
    stw->requester = NULL;
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        if (t == requester || !in_scope(stw, t))
            continue;
        tgi_breaker_clear(t, TGI_BRK_STOP); // S3
        // ORDER: relaxed; nobody else changes a suspended state without the lock.
        if (atom_load_relaxed(&t->state) == TGI_SUSPENDED && t->holds == 0)
            tgi_stw_release_locked(t);
    }
    tgi_trace_add_pause_locked(rt, stw, restarted_ns);
    tgi_rawlock_unlock(&rt->threads_lock);
    record(stw, restarted_ns);
    unlock_scope(rt, stw);
}

static void tell(tg_runtime *rt, tg_interp *interp)
{
    if (rt->hooks->stopped != NULL)
        rt->hooks->stopped(rt, interp);
}

void tgi_stop_the_world(tg_thread *t, tg_interp *interp, tgi_stw_cause cause)
{
    stop(t, interp->runtime, &interp->stw, cause);
    tell(interp->runtime, interp);
}

void tgi_start_the_world(tg_thread *t, tg_interp *interp)
{
    start(t, interp->runtime, &interp->stw);
}

void tgi_stop_the_world_global(tg_thread *t, tg_runtime *rt, tgi_stw_cause cause)
{
    stop(t, rt, &rt->stw, cause);
    tell(rt, NULL);
}

void tgi_start_the_world_global(tg_thread *t, tg_runtime *rt)
{
    start(t, rt, &rt->stw);
}

bool tgi_world_is_stopped(tg_thread *t)
{
    // ORDER: acquire; pairs with the release in stop and start. Exact for an attached thread:
    // only it can have stopped its own world.
    return atom_load_acquire(&t->runtime->stw.is_stopped) ||
           atom_load_acquire(&t->interp->stw.is_stopped);
}

void tgi_stw_read(tgi_stw *stw, tgi_stw_report *out)
{
    tgi_rank_enter(TGI_RANK_LEAF, &stw->report_lock);
    tgi_mutex_lock(&stw->report_lock);
    *out = stw->report;
    tgi_mutex_unlock(&stw->report_lock);
    tgi_rank_leave(TGI_RANK_LEAF, &stw->report_lock);
}

static uint64_t sum_of_causes(const tgi_stw_report *r)
{
    uint64_t sum = 0;
    for (int i = 0; i < TGI_CAUSE_COUNT; i++)
        sum += r->pauses[i];
    return sum;
}

// The living interpreter with the smallest id that is at least `from`, or NULL.
static tg_interp *interp_from_locked(tg_runtime *rt, size_t from)
{
    tg_interp *found = NULL;
    for (tg_interp *each = rt->interps; each != NULL; each = each->next)
        if (each->id >= from && (found == NULL || each->id < found->id))
            found = each;
    return found;
}

static void visit(tgi_stw *stw, int64_t scope,
                  void (*fn)(int64_t scope, const tgi_stw_report *report, void *arg), void *arg)
{
    tgi_rank_enter(TGI_RANK_LEAF, &stw->report_lock);
    tgi_mutex_lock(&stw->report_lock);
    fn(scope, &stw->report, arg);
    tgi_mutex_unlock(&stw->report_lock);
    tgi_rank_leave(TGI_RANK_LEAF, &stw->report_lock);
}

bool tgi_stw_next(tg_runtime *rt, size_t *pos,
                  void (*fn)(int64_t scope, const tgi_stw_report *report, void *arg), void *arg)
{
    enum { RUNTIME, ENDED, FIRST_INTERP };
    bool found = true;
    tgi_rawlock_lock(&rt->threads_lock); // an interpreter that is visited does not go away
    if (*pos == RUNTIME) {
        visit(&rt->stw, TGI_STW_RUNTIME, fn, arg);
        *pos = sum_of_causes(&rt->dead_pauses) != 0 ? ENDED : FIRST_INTERP;
    } else if (*pos == ENDED) {
        fn(TGI_STW_ENDED, &rt->dead_pauses, arg);
        *pos = FIRST_INTERP;
    } else {
        tg_interp *interp = interp_from_locked(rt, *pos - FIRST_INTERP);
        found = interp != NULL;
        if (found) {
            visit(&interp->stw, interp->id, fn, arg);
            *pos = (size_t)interp->id + FIRST_INTERP + 1;
        }
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    return found;
}

typedef struct totals {
    uint64_t pauses, longest_ns;
} totals;

static void add_report(int64_t scope, const tgi_stw_report *report, void *arg)
{
    (void)scope;
    totals *sum = arg;
    sum->pauses += sum_of_causes(report);
    if (report->stopped.max > sum->longest_ns)
        sum->longest_ns = report->stopped.max;
}

void tgi_stw_totals(tg_runtime *rt, uint64_t *pauses, uint64_t *longest_ns)
{
    totals sum = {0, 0};
    size_t pos = 0;
    while (tgi_stw_next(rt, &pos, add_report, &sum))
        continue;
    *pauses = sum.pauses;
    *longest_ns = sum.longest_ns;
}

void tgi_stw_bury_locked(tg_interp *interp)
{
    // Nobody pauses an interpreter without threads: its report is at rest.
    tgi_stw_report *into = &interp->runtime->dead_pauses;
    const tgi_stw_report *from = &interp->stw.report;
    for (int i = 0; i < TGI_CAUSE_COUNT; i++)
        into->pauses[i] += from->pauses[i];
    into->late += from->late;
    tgi_histogram_merge(&into->stopping, &from->stopping);
    tgi_histogram_merge(&into->stopped, &from->stopped);
    if (from->slowest_ns > into->slowest_ns) {
        into->slowest_ns = from->slowest_ns;
        into->slowest_id = from->slowest_id;
        into->slowest_cause = from->slowest_cause;
        memcpy(into->slowest_name, from->slowest_name, sizeof into->slowest_name);
    }
}

void tgi_stw_after_fork(tgi_stw *stw)
{
    tgi_mutex_reset(&stw->lock);
    tgi_mutex_reset(&stw->report_lock);
    tgi_event_reset(&stw->all_stopped);
    stw->requested = false;
    stw->requester = NULL;
    stw->waiting_for = 0;
    // ORDER: relaxed; only one thread exists.
    atom_store_relaxed(&stw->is_stopped, false);
}
