// SPDX-License-Identifier: MIT
//
// state.c - thread states: birth, attach, detach, end.
//
// Owns        tg_thread.state and the two thread-local pointers.
// Threads     attach, detach and end: the thread itself. hold, notify: any.
// Locks       runtime.threads_lock for the list and for all transitions that another thread makes.
// Invariants  T1  only the thread itself makes its state ATTACHED, except that who restarts the
//                 world may do so for a thread that waits in attach (Note [attach-turn] in stw.c).
//             T2  with the GIL on, a thread that has returned from attach holds it.
//             T3  a thread leaves ATTACHED with everything given up that a pause relies on: object
//                 locks (hook), its epoch (offline). So SUSPENDED may follow at any time.
//             T4  a state on the list is alive; a state is freed by its own thread after unlinking,
//                 or by tgi_thread_discard.
#include "thread/state.h"

#include "base/assert.h"      // TGI_ASSERT
#include "base/clock.h"       // waiting times
#include "base/os.h"          // tgi_os.yield
#include "mem/raw.h"          // tgi_raw_calloc_lines
#include "sync/point.h"       // tgi_point
#include "thread/breaker.h"   // tgi_breaker_set
#include "thread/gil.h"       // tgi_gil_take
#include "thread/gil_times.h" // histograms
#include "thread/interp.h"    // counts
#include "thread/runtime.h"   // lists, hooks
#include "thread/stw.h"       // pauses
#include "thread/trace.h"     // hooks

#include <errno.h>  // kept
#include <string.h> // strlen

static _Thread_local tg_thread *current; // attached on this OS thread
static _Thread_local tg_thread *bound;   // attached last on this OS thread
static _Atomic(uint64_t) next_id = 1;

tg_thread *tgi_current_thread(void)
{
    return current;
}

// -- hooks of the parking lot ---------------------------------------------------------------------

static void *park_detach(void)
{
    tg_thread *t = current;
    if (t != NULL) {
        tgi_trace_event(t, TGI_TRACE_PARK, 0);
        tgi_thread_detach(t);
    }
    return t;
}

static void park_attach(void *token)
{
    tgi_trace_event(token, TGI_TRACE_UNPARK, 0);
    tgi_thread_attach(token);
}

static bool park_interrupted(void)
{
    tg_thread *t = bound;
    // ORDER: acquire; pairs with the RMW that set the bit, whatever it announces is ready.
    return t != NULL && (atom_load_acquire(&t->breaker) & TGI_BRK_INTERRUPTS) != 0;
}

static bool park_hurried(void)
{
    tg_thread *t = current;
    // ORDER: relaxed; only how long it waits depends on it.
    return t != NULL && (atom_load_relaxed(&t->breaker) & TGI_BRK_STOP) != 0;
}

static void park_recall(const void *mutex)
{
    tg_runtime *rt = current == NULL ? NULL : current->runtime;
    if (rt == NULL)
        return;
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        if (tgi_lease_mutex(&t->lease) == mutex)
            tgi_breaker_set(t, TGI_BRK_LEASE);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
}

static const tgi_park_hooks park_hooks = {park_detach, park_attach, park_interrupted, park_hurried,
                                          park_recall};

void tgi_thread_install_hooks(void)
{
    tgi_park_set_hooks(&park_hooks);
}

// -- birth and end --------------------------------------------------------------------------------

void tgi_thread_unlink_locked(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    if (t->prev != NULL)
        t->prev->next = t->next;
    else
        rt->threads = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    t->prev = NULL;
    t->next = NULL;
    rt->thread_count--;
    rt->threads_ended++;
    // ORDER: relaxed (both); read by the signal handler on the thread itself, or under the lock.
    if (atom_load_relaxed(&rt->main_thread) == t)
        atom_store_relaxed(&rt->main_thread, NULL);
    atom_store_relaxed(&t->parker, NULL);
}

static void free_state(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    if (rt->hooks->thread_free != NULL)
        rt->hooks->thread_free(t);
    tg_interp *interp = t->interp;
    tgi_gil_times_free(t);
    tgi_deferred_end(&t->deferred);
    tgi_raw_free_lines(t);
    tgi_interp_unref(interp);
    tgi_runtime_unref(rt);
}

// At most ten digits; threads are born often enough that printf would show.
static void write_number(char *at, uint32_t n)
{
    size_t digits = 1;
    for (uint32_t left = n; left >= 10; left /= 10)
        digits++;
    at[digits] = 0;
    for (; digits > 0; n /= 10)
        at[--digits] = (char)('0' + n % 10);
}

// With `enter` only while the interpreter is open.
static tg_status new_state(tg_interp *interp, bool enter, tg_thread **out)
{
    tg_runtime *rt = interp->runtime;
    // ORDER: relaxed; a counter.
    uint64_t id = atom_add_relaxed(&next_id, 2);
    if (id > UINT32_MAX)
        return TG_ERR_LIMIT;
    tg_thread *t = tgi_raw_calloc_lines(sizeof *t);
    if (t == NULL)
        return TG_ERR_NOMEM;
    t->id = (uint32_t)id;
    t->runtime = rt;
    t->interp = interp;
    t->entered = enter;
    t->started_ns = (uint64_t)tgi_clock_now_ns();
    tgi_deferred_init(&t->deferred, &rt->deferred);
    memcpy(t->name, "thread ", sizeof "thread ");
    write_number(t->name + strlen(t->name), t->id);
    tg_status st = tgi_deferred_reserve(&t->deferred) ? TG_OK : TG_ERR_NOMEM;
    if (st == TG_OK && rt->hooks->thread_init != NULL)
        st = rt->hooks->thread_init(t);
    if (st != TG_OK) {
        tgi_deferred_end(&t->deferred);
        tgi_raw_free_lines(t);
        return st;
    }
    // ORDER: relaxed; the creator's own reference keeps it above 0.
    atom_add_relaxed(&rt->live, 1);
    tgi_interp_ref(interp);
    tgi_qsbr_register(&rt->qsbr, &t->qsbr, &t->breaker, TGI_BRK_QSBR);
    tgi_trace_ring *ring = tgi_trace_new_ring(rt);

    tgi_rawlock_lock(&rt->threads_lock);
    bool ending = rt->ending || interp->ending || (enter && !interp->open);
    if (!ending) {
        t->next = rt->threads;
        if (rt->threads != NULL)
            rt->threads->prev = t;
        rt->threads = t;
        rt->thread_count++;
        // ORDER: relaxed; guarded by the lock, the signal handler is not installed yet.
        if (atom_load_relaxed(&rt->main_thread) == NULL && interp == rt->main_interp &&
            rt->threads_ended == 0) {
            t->is_main = true;
            atom_store_relaxed(&rt->main_thread, t);
        }
        tgi_stw_adopt_locked(t);
        tgi_gil_adopt_locked(t);
        tgi_trace_adopt_locked(t, ring);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    if (ending) {
        tgi_raw_free(ring);
        tgi_qsbr_unregister(&rt->qsbr, &t->qsbr);
        free_state(t);
        return TG_ERR_STATE;
    }
    *out = t;
    return TG_OK;
}

tg_status tgi_thread_new(tg_interp *interp, tg_thread **out)
{
    return new_state(interp, false, out);
}

tg_status tgi_interp_enter(tg_interp *interp, tg_thread **out)
{
    tg_runtime *rt = interp->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    bool open = interp->open;
    interp->entering += open;
    tgi_rawlock_unlock(&rt->threads_lock);
    if (!open)
        return TG_ERR_STATE;
    tg_status st = new_state(interp, true, out);
    tgi_rawlock_lock(&rt->threads_lock);
    interp->entering--;
    tgi_rawlock_unlock(&rt->threads_lock);
    return st;
}

// Takes t out of everything others can reach it by.
static void withdraw(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    tgi_deferred_hand_over(&t->deferred);
    tgi_trace_event(t, TGI_TRACE_END, 0);
    tgi_rawlock_lock(&rt->threads_lock);
    while (t->holds != 0) {
        tgi_rawlock_unlock(&rt->threads_lock);
        tgi_os.yield();
        tgi_rawlock_lock(&rt->threads_lock);
    }
    tgi_stw_forget_locked(t);
    tgi_stats_bury_locked(t);
    tgi_trace_bury_locked(t, true);
    tgi_thread_unlink_locked(t);
    tgi_rawlock_unlock(&rt->threads_lock);
}

void tgi_thread_end(tg_thread *t)
{
    TGI_INVARIANT(current == t);
    tg_runtime *rt = t->runtime;
    if (rt->hooks->thread_clear != NULL)
        rt->hooks->thread_clear(t);
    TGI_INVARIANT(current == t);
    tgi_lease_end(&t->lease);
    tgi_qsbr_offline(&t->qsbr);
    withdraw(t);
    current = NULL;
    bound = NULL;
    tgi_gil_release(t, true);
    tgi_qsbr_unregister(&rt->qsbr, &t->qsbr);
    free_state(t);
}

void tgi_thread_discard(tg_thread *t)
{
    TGI_INVARIANT(!tgi_thread_is_attached(t));
    tg_runtime *rt = t->runtime;
    if (bound == t)
        bound = NULL;
    withdraw(t);
    tgi_gil_release(t, true);
    tgi_qsbr_unregister(&rt->qsbr, &t->qsbr);
    free_state(t);
}

void tgi_thread_abandon(tg_thread *t)
{
    if (bound == t)
        bound = NULL;
    tgi_gil_release(t, true);
    free_state(t);
}

// -- attach and detach ----------------------------------------------------------------------------

static void bind_here(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    t->os = pthread_self();
    // ORDER: relaxed; guarded by the lock, or read by a signal handler on this OS thread.
    atom_store_relaxed(&t->parker, tgi_parker_self());
    tgi_rawlock_unlock(&rt->threads_lock);
}

void tgi_thread_unbind(tg_thread *t)
{
    TGI_INVARIANT(!tgi_thread_is_attached(t));
    tg_runtime *rt = t->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    // ORDER: relaxed; guarded by the lock.
    atom_store_relaxed(&t->parker, NULL);
    tgi_rawlock_unlock(&rt->threads_lock);
    if (bound == t)
        bound = NULL;
}

// A thread detaches before it has polled for its merge queue, and may be gone for long: somebody of
// its interpreter who is attached does it, or else the next who attaches. Note [merge-left]:
// whoever leaves sets the flag and then looks for one who is attached; whoever attaches is attached
// and then looks at the flag (seq_cst both), so one of the two sees the other.
static TGI_NOINLINE void pass_merge_on(tg_interp *interp)
{
    tg_runtime *rt = interp->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    // ORDER: seq_cst; Note [merge-left].
    atom_store_seq_cst(&interp->merge_left, 1);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        if (t->interp == interp && atom_load_seq_cst(&t->state) == TGI_ATTACHED) {
            tgi_breaker_set(t, TGI_BRK_MERGE);
            break;
        }
    }
    tgi_rawlock_unlock(&rt->threads_lock);
}

// ATTACHED -> DETACHED. Everything a pause relies on has been given up: T3.
static void leave_attached(tg_thread *t)
{
    tg_interp *interp = t->interp; // t may be ended by others from the moment it is detached
    tgi_point(TGI_POINT_ACCESS, &t->state);
    // ORDER: seq_cst; store-load with stop_threads in stw.c: it sets STOP and then looks at the
    // state, we store the state and then look for STOP. One of the two sees the other.
    atom_store_seq_cst(&t->state, TGI_DETACHED);
    uint32_t asked = atom_load_seq_cst(&t->breaker);
    if (TGI_UNLIKELY((asked & TGI_BRK_STOP) != 0))
        tgi_stw_note_detached(t);
    if (TGI_UNLIKELY((asked & TGI_BRK_MERGE) != 0))
        pass_merge_on(interp);
}

// The state is SUSPENDED. Returns when it no longer is.
static TGI_NOINLINE void wait_for_turn(tg_thread *t)
{
    int64_t since = tgi_clock_now_ns();
    tgi_trace_event(t, TGI_TRACE_SUSPEND, 0);
    // ORDER: seq_cst; store-load with release_suspended_locked in stw.c: it stores the state and
    // then looks whether somebody waits; we announce that we wait and then look at the state.
    atom_store_seq_cst(&t->attach_waiting, 1);
    for (;;) {
        int seen = atom_load_seq_cst(&t->state);
        if (seen != TGI_SUSPENDED)
            break;
        (void)tgi_park(&t->state, &seen, sizeof seen, TGI_DEADLINE_NEVER, NULL, 0);
    }
    // ORDER: release; pairs with the acquire in release_suspended_locked.
    atom_store_release(&t->attach_waiting, 0);
    tgi_trace_event(t, TGI_TRACE_RESUME, 0);
    tgi_stat_add(t, attach_waits, 1);
    tgi_stat_add(t, attach_wait_ns, tgi_clock_now_ns() - since);
}

static tg_status enter(tg_thread *t)
{
    for (;;) {
        tgi_gil_take(t);
        tgi_point(TGI_POINT_ACCESS, &t->state);
        for (;;) {
            int seen = TGI_DETACHED;
            // ORDER: seq_cst; in one order with the transitions of the thread that pauses.
            if (TGI_LIKELY(atom_cas_strong_seq_cst(&t->state, &seen, TGI_ATTACHED)))
                break;
            if (seen == TGI_ATTACHED)
                break; // let in by who restarted the world
            if (seen == TGI_ENDED) {
                tgi_gil_release(t, false);
                return TG_ERR_STATE;
            }
            wait_for_turn(t);
        }
        // The GIL may have been turned on in a pause since we found it off. T2.
        if (TGI_LIKELY(t->holds_gil || !tgi_gil_is_enabled(t)))
            return TG_OK;
        leave_attached(t);
    }
}

tg_status tgi_thread_try_attach(tg_thread *t)
{
    TGI_INVARIANT(current == NULL);
    tgi_point(TGI_POINT_ATTACH, t);
    int saved = errno;
    // ORDER: relaxed; this OS thread wrote it, or it is NULL.
    tgi_parker *parker = atom_load_relaxed(&t->parker);
    TGI_ASSERT(parker == NULL || parker == tgi_parker_self());
    if (TGI_UNLIKELY(parker == NULL))
        bind_here(t);
    tg_status st = enter(t);
    if (TGI_LIKELY(st == TG_OK)) {
        current = t;
        bound = t;
        tgi_qsbr_online(&t->runtime->qsbr, &t->qsbr);
        // ORDER: seq_cst; Note [merge-left].
        if (TGI_UNLIKELY(atom_load_seq_cst(&t->interp->merge_left) != 0))
            tgi_breaker_set(t, TGI_BRK_MERGE);
        tgi_stat_add(t, attaches, 1);
        tgi_trace_event(t, TGI_TRACE_ATTACH, 0);
        const tgi_core_hooks *hooks = t->runtime->hooks;
        if (TGI_UNLIKELY(parker == NULL) && hooks->thread_bind != NULL)
            hooks->thread_bind(t);
        if (hooks->attached != NULL)
            hooks->attached(t);
    }
    errno = saved;
    return st;
}

void tgi_thread_attach(tg_thread *t)
{
    if (TGI_LIKELY(tgi_thread_try_attach(t) == TG_OK))
        return;
    // The runtime is gone, and our caller cannot go on without it. The OS thread is not ended:
    // that would run destructors of foreign frames on a stack they do not expect.
    for (;;)
        (void)tgi_os.sleep_until(TGI_DEADLINE_NEVER);
}

void tgi_thread_detach(tg_thread *t)
{
    TGI_INVARIANT(current == t);
    tgi_point(TGI_POINT_DETACH, t);
    int saved = errno;
    const tgi_core_hooks *hooks = t->runtime->hooks;
    if (hooks->detaching != NULL)
        hooks->detaching(t);
    tgi_trace_event(t, TGI_TRACE_DETACH, 0);
    tgi_lease_end(&t->lease);
    tgi_qsbr_offline(&t->qsbr);
    current = NULL;
    leave_attached(t);
    tgi_gil_release(t, false);
    errno = saved;
}

// -- from other threads ---------------------------------------------------------------------------

void tgi_thread_set_name(tg_thread *t, const char *name)
{
    size_t end = strlen(name);
    if (end >= sizeof t->name) {
        end = sizeof t->name - 1; // where it is cut: not inside a character
        while (end > 0 && ((unsigned char)name[end] & 0xC0) == 0x80)
            end--;
    }
    tgi_rawlock_lock(&t->runtime->threads_lock);
    memcpy(t->name, name, end);
    t->name[end] = 0;
    tgi_rawlock_unlock(&t->runtime->threads_lock);
}

void tgi_thread_set_daemon(tg_thread *t, bool daemon)
{
    tgi_rawlock_lock(&t->runtime->threads_lock);
    t->daemon = daemon;
    tgi_rawlock_unlock(&t->runtime->threads_lock);
}

static tg_thread *find_locked(tg_runtime *rt, uint32_t id)
{
    tg_thread *t = rt->threads;
    while (t != NULL && t->id != id)
        t = t->next;
    return t;
}

tg_thread *tgi_thread_hold_detached(tg_runtime *rt, uint32_t id)
{
    tgi_rawlock_lock(&rt->threads_lock);
    tg_thread *t = find_locked(rt, id);
    if (t != NULL) {
        int seen = TGI_DETACHED;
        // ORDER: seq_cst; in one order with attach. What the owner did before it detached is
        // visible to us, and what we do to it when it attaches again.
        if (atom_cas_strong_seq_cst(&t->state, &seen, TGI_SUSPENDED) || seen == TGI_SUSPENDED)
            t->holds++;
        else
            t = NULL;
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    return t;
}

void tgi_thread_unhold(tg_thread *held)
{
    tg_runtime *rt = held->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    TGI_INVARIANT(held->holds > 0);
    held->holds--;
    if (held->holds == 0 && !tgi_stw_requested_locked(held))
        tgi_stw_release_locked(held);
    tgi_rawlock_unlock(&rt->threads_lock);
}

bool tgi_thread_notify(tg_runtime *rt, uint32_t id, uint32_t bits, bool interrupt)
{
    tgi_rawlock_lock(&rt->threads_lock);
    tg_thread *t = find_locked(rt, id);
    if (t != NULL) {
        tgi_breaker_set(t, bits);
        // ORDER: relaxed; guarded by the lock. A bound state's OS thread is alive.
        tgi_parker *parker = atom_load_relaxed(&t->parker);
        if (interrupt && parker != NULL)
            tgi_parker_interrupt(parker);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    return t != NULL;
}
