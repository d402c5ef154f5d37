// SPDX-License-Identifier: MIT
//
// runtime.c - the life of a runtime; how it and its interpreters get rid of their threads.
//
// Owns        tg_runtime.
// Invariants  A1  the memory of a runtime lives until it was destroyed and the last thread state
//                 that may still look at it is gone: `live` counts both. States that were left
//                 behind at the end keep it for ever, because their OS threads may wake up any
//                 time and must find that they are ENDED.
//             A2  after `ending` no state of the runtime, or interpreter, joins the list.
#include "thread/runtime.h"

#include "base/assert.h"    // TGI_INVARIANT
#include "base/config.h"    // TGI_SHUTDOWN_GRACE_NS
#include "mem/objmap.h"     // tags
#include "mem/raw.h"        // memory
#include "thread/breaker.h" // tgi_breaker_set
#include "thread/defer.h"   // what is left at the end
#include "thread/interp.h"  // the first one
#include "thread/trace.h"   // rings

#include "thread/watchdog.h"    // limit
#include "thread/world_check.h" // check_world

#include <string.h> // memset

static const tgi_core_hooks no_hooks;

void tgi_runtime_unref(tg_runtime *rt)
{
    // ORDER: acq_rel; the last one sees everything the others did.
    uint32_t before = atom_sub_acq_rel(&rt->live, 1);
    if (before != 1) {
        // Only the address is used: rt may be gone.
        (void)tgi_unpark_all(&rt->live);
        return;
    }
    while (rt->interps != NULL) {
        tg_interp *interp = rt->interps;
        rt->interps = interp->next;
        tgi_interp_unref(interp);
    }
    tgi_trace_fini(rt);
    tgi_world_check_free(rt);
    tgi_raw_free_lines(rt);
}

tg_status tgi_runtime_create(const tgi_runtime_config *config, tg_runtime **out)
{
    const tgi_gil_policy *policy =
        tgi_gil_policy_find(config->gil_policy != NULL ? config->gil_policy : "timed");
    if (config->gil_interval_ns < 0 || policy == NULL)
        return TG_ERR_ARG;
    tg_runtime *rt = tgi_raw_calloc_lines(sizeof *rt);
    if (rt == NULL)
        return TG_ERR_NOMEM;
    tgi_thread_install_hooks();
    rt->hooks = config->hooks != NULL ? config->hooks : &no_hooks;
    rt->counts = config->counts;
    rt->gil_switchable = config->gil_switchable;
    rt->hot_off = config->hot_off;
    tgi_qsbr_init(&rt->qsbr);
    tgi_deferred_pool_init(&rt->deferred, &rt->qsbr);
    tgi_stw_init(&rt->stw, NULL);
    tgi_watchdog_set_limit(rt, config->pause_limit_ns);
    tgi_signals_init(&rt->signals);
    // ORDER: relaxed; nobody else knows the runtime yet.
    atom_store_relaxed(&rt->live, 1);

    // A GIL that is on from the start counts as one request that was made permanent by its user;
    // if it may be switched, as one that a disable can take back.
    int enabled = !config->gil_enabled ? 0 : config->gil_switchable ? 1 : TGI_GIL_PERMANENT;
    tg_status st = config->check_world ? tgi_world_check_start(rt) : TG_OK;
    if (st == TG_OK)
        st = tgi_interp_make(rt, NULL, enabled, config->core, NULL, &rt->main_interp);
    if (st != TG_OK) {
        tgi_world_check_free(rt);
        tgi_raw_free_lines(rt);
        return st;
    }
    tgi_interp_open(rt->main_interp);
    if (config->gil_interval_ns > 0)
        tgi_gil_set_interval_ns(rt->main_interp->gil, config->gil_interval_ns);
    tgi_gil_set_policy(rt->main_interp->gil, rt, policy);
    *out = rt;
    return TG_OK;
}

void tgi_threads_for_each(tg_runtime *rt, void (*fn)(tg_thread *t, void *arg), void *arg)
{
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next)
        fn(t, arg);
    tgi_rawlock_unlock(&rt->threads_lock);
}

// -- the end --------------------------------------------------------------------------------------

// Of the runtime, or of one interpreter of it.
typedef struct scope {
    tg_runtime *rt;
    tg_interp *interp; // NULL: all
    tg_thread *t;      // the caller's, which stays
} scope;

static bool is_other(const scope *s, const tg_thread *each)
{
    return each != s->t && (s->interp == NULL || each->interp == s->interp);
}

// Whether another thread than the caller is there. *live is a value to park on if so. With
// `everybody` daemons count, and threads that have left the list but still look at the runtime.
static bool others_left(const scope *s, bool everybody, uint32_t *live)
{
    tg_runtime *rt = s->rt;
    bool found = false;
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_thread *each = rt->threads; each != NULL && !found; each = each->next)
        found = is_other(s, each) && (everybody || !each->daemon);
    // ORDER: relaxed; read under the lock, before a thread that is still listed can count down.
    *live = atom_load_relaxed(&rt->live);
    if (everybody && s->interp == NULL && *live > rt->thread_count + 1)
        found = true;
    tgi_rawlock_unlock(&rt->threads_lock);
    return found;
}

static tg_status wait_until_alone(const scope *s, bool everybody, tgi_deadline until,
                                  unsigned flags)
{
    tg_runtime *rt = s->rt;
    uint32_t live;
    while (others_left(s, everybody, &live)) {
        switch (tgi_park(&rt->live, &live, sizeof live, until, NULL, flags | TGI_PARK_DETACH)) {
        case TGI_PARK_OK:
        case TGI_PARK_AGAIN:
            break;
        case TGI_PARK_TIMEOUT:
            return TG_ERR_TIMEOUT;
        case TGI_PARK_INTERRUPTED:
            return TG_ERR_INTERRUPTED;
        }
    }
    return TG_OK;
}

tg_status tgi_runtime_wait_threads(tg_runtime *rt, tg_thread *t, tgi_deadline until, unsigned flags)
{
    const scope s = {rt, NULL, t};
    return wait_until_alone(&s, false, until, flags);
}

tg_status tgi_interp_wait_threads(tg_interp *interp, tg_thread *t, tgi_deadline until,
                                  unsigned flags)
{
    const scope s = {interp->runtime, interp, t};
    return wait_until_alone(&s, false, until, flags);
}

static void ask_to_exit(const scope *s)
{
    tg_runtime *rt = s->rt;
    tgi_rawlock_lock(&rt->threads_lock);
    if (s->interp == NULL) {
        rt->ending = true; // A2
    } else {
        s->interp->ending = true; // A2
    }
    for (tg_thread *each = rt->threads; each != NULL; each = each->next) {
        if (!is_other(s, each))
            continue;
        tgi_breaker_set(each, TGI_BRK_EXIT);
        // ORDER: relaxed; guarded by the lock.
        tgi_parker *parker = atom_load_relaxed(&each->parker);
        if (parker != NULL)
            tgi_parker_interrupt(parker);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
}

// Takes another state off the list, or returns NULL.
static tg_thread *unlink_other(const scope *s)
{
    tg_runtime *rt = s->rt;
    tgi_rawlock_lock(&rt->threads_lock);
    tg_thread *other = rt->threads;
    while (other != NULL && !is_other(s, other))
        other = other->next;
    if (other != NULL) {
        tgi_stats_bury_locked(other);
        tgi_trace_bury_locked(other, false);
        tgi_thread_unlink_locked(other);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    return other;
}

// The world is stopped. Takes every other state off the list for good.
static uint32_t leave_behind(const scope *s)
{
    tg_runtime *rt = s->rt;
    uint32_t left = 0;
    for (tg_thread *u; (u = unlink_other(s)) != NULL; left++) {
        tgi_deferred_hand_over(&u->deferred);
        tgi_qsbr_unregister(&rt->qsbr, &u->qsbr);
        // ORDER: seq_cst; as every transition of another thread's state.
        atom_store_seq_cst(&u->state, TGI_ENDED);
        // It may be waiting in attach; now it may go, and free itself: only the address is used.
        (void)tgi_unpark_all(&u->state);
    }
    return left;
}

uint32_t tgi_runtime_end_threads(tg_runtime *rt, tg_thread *t)
{
    const scope s = {rt, NULL, t};
    ask_to_exit(&s);
    tgi_deadline until = tgi_deadline_after_ns(TGI_SHUTDOWN_GRACE_NS);
    if (wait_until_alone(&s, true, until, 0) == TG_OK)
        return 0;
    tgi_stop_the_world_global(t, rt, TGI_CAUSE_END);
    uint32_t left = leave_behind(&s);
    rt->main_interp->left_behind += left;
    tgi_start_the_world_global(t, rt);
    return left;
}

uint32_t tgi_interp_end_threads(tg_interp *interp, tg_thread *t)
{
    const scope s = {interp->runtime, interp, t};
    ask_to_exit(&s);
    tgi_deadline until = tgi_deadline_after_ns(TGI_SHUTDOWN_GRACE_NS);
    if (wait_until_alone(&s, true, until, 0) == TG_OK)
        return 0;
    tgi_stop_the_world(t, interp, TGI_CAUSE_END);
    uint32_t left = leave_behind(&s);
    interp->left_behind += left;
    tgi_start_the_world(t, interp);
    return left;
}

void tgi_runtime_destroy(tg_runtime *rt, tg_thread *t)
{
    tgi_signals_fini(rt);
    if (t != NULL)
        tgi_thread_end(t);
    TGI_INVARIANT(rt->threads == NULL);
    // Nobody can read anything any more.
    (void)tgi_defer_drain_stopped(rt, NULL, false);
    tgi_deferred_pool_fini(&rt->deferred);
    for (tg_interp *interp = rt->interps; interp != NULL; interp = interp->next)
        tgi_interp_drop_tag(interp);
    tgi_runtime_unref(rt);
}
