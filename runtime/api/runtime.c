// SPDX-License-Identifier: MIT
//
// runtime.c - public functions about modes, runtimes, threads and waiting.
//
// Owns        the table of modes.
// Threads     as include/togil/runtime.h says.
#include <togil/runtime.h>

#include "api/api.h"           // tgi_host_table
#include "base/clock.h"        // deadlines
#include "base/os.h"           // poll
#include "gate/gate.h"         // cores
#include "mem/raw.h"           // memory
#include "modules/modules.h"   // what scripts registered for the end
#include "sync/mutex.h"        // tg_lock
#include "stress/engine.h"     // tasks
#include "thread/blocking.h"   // waits
#include "thread/breaker.h"    // poll
#include "thread/gil_signal.h" // toggling
#include "thread/signals.h"    // SIGINT
#include "thread/start.h"      // threads

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#ifndef TOGIL_VERSION
#define TOGIL_VERSION "0.1.0"
#endif

static const tg_mode all_modes[] = {
    {"gil", "classic", true, false, "plain counts under a permanent GIL: the classic interpreter"},
    {"gil-biased", "biased", true, true, "free-threaded counts and locks, GIL on"},
    {"gil-atomic", "atomic", true, true, "atomic counts and locks, GIL on"},
    {"nogil", "biased", false, true, "threads in parallel, biased counts"},
    {"nogil-atomic", "atomic", false, true, "threads in parallel, atomic counts"},
};

const tg_mode *tg_modes(size_t *count)
{
    *count = sizeof all_modes / sizeof all_modes[0];
    return all_modes;
}

const tg_mode *tg_mode_find(const char *name)
{
    for (size_t i = 0; i < sizeof all_modes / sizeof all_modes[0]; i++) {
        if (strcmp(all_modes[i].name, name) == 0)
            return &all_modes[i];
    }
    return NULL;
}

const tg_mode *tg_mode_of(const char *counts, int gil)
{
    const tg_mode *found = NULL;
    for (size_t i = 0; i < sizeof all_modes / sizeof all_modes[0]; i++) {
        const tg_mode *m = &all_modes[i];
        if (strcmp(m->counts, counts) == 0 &&
            (gil < 0 ? found == NULL || !m->gil : m->gil == (gil != 0)))
            found = m;
    }
    return found;
}

const char *tg_version(void)
{
    return TOGIL_VERSION;
}

tgi_api_interp *tgi_api_interp_of(tg_thread *t)
{
    return t->interp->host;
}

tgi_api_runtime *tgi_api_runtime_of(const tg_runtime *rt)
{
    return ((tgi_api_interp *)rt->main_interp->host)->runtime;
}

static void free_api(tgi_api_runtime *api, tgi_api_interp *own)
{
    tgi_api_interp_free(own);
    if (api != NULL)
        tgi_raw_free((void *)api->modules);
    tgi_raw_free(api);
}

tg_status tg_runtime_create(const tg_config *config, tg_runtime **out, tg_thread **out_thread)
{
    static const tg_config defaults;
    if (config == NULL)
        config = &defaults;
    const tg_mode *mode = tg_mode_find(config->mode != NULL ? config->mode : "nogil");
    if (mode == NULL)
        return TG_ERR_ARG;
    const tgi_core *core = tgi_core_find(mode->counts);
    if (core == NULL)
        return TG_ERR_UNSUPPORTED;
    tgi_api_runtime *api = tgi_raw_calloc(1, sizeof *api);
    tgi_api_interp *own = tgi_api_interp_new(api);
    void *shared = core->shared_new(&tgi_host_table);
    tg_runtime *rt = NULL;
    tg_thread *t = NULL;
    tg_status st = api == NULL || own == NULL || shared == NULL ? TG_ERR_NOMEM : TG_OK;
    if (st == TG_OK)
        st = tgi_api_register_library(api);
    if (st == TG_OK) {
        tgi_runtime_config rc = {
            .gil_enabled = mode->gil,
            .gil_switchable = mode->switchable,
            .check_world = config->check_world,
            .hot_off = config->hot_counts_off,
            .pause_limit_ns = config->pause_limit_ms * 1000000,
            .counts = mode->counts,
            .gil_interval_ns = config->switch_interval_us * 1000,
            .gil_policy = config->gil_policy,
            .hooks = core->hooks,
            .core = shared,
        };
        st = tgi_runtime_create(&rc, &rt);
    }
    if (st == TG_OK) {
        rt->main_interp->host = own;
        api->mode = mode;
        api->gil_stays_off = config->gil_stays_off;
        st = tgi_thread_new(rt->main_interp, &t);
    }
    if (st == TG_OK) {
        tgi_thread_set_name(t, "MainThread");
        tgi_thread_attach(t);
        st = core->interp_start(t);
        if (st == TG_OK && tgi_api_start(t, tgi_api_strings(t, config->path, NULL),
                                         tgi_api_strings(t, config->argv, "")) < 0) {
            core->error_clear(t);
            st = TG_ERR_NOMEM;
        }
        if (st == TG_OK && config->handle_sigint)
            st = tgi_signals_install(rt, SIGINT, NULL);
        if (st == TG_OK && config->gil_signal != 0)
            st = tgi_gil_signal_install(rt, config->gil_signal);
        if (st != TG_OK) {
            tg_runtime_destroy(rt, t);
            return st;
        }
        api->at_end = config->at_end;
        api->at_end_arg = config->at_end_arg;
        *out = rt;
        *out_thread = t;
        return TG_OK;
    }
    if (rt != NULL)
        tgi_runtime_destroy(rt, NULL);
    if (shared != NULL)
        core->shared_free(shared, NULL);
    free_api(api, own);
    return st;
}

void tg_runtime_destroy(tg_runtime *rt, tg_thread *t)
{
    const tgi_core *core = tgi_core_of(t);
    tgi_api_interp *own = rt->main_interp->host;
    tgi_api_runtime *api = own->runtime;
    void *shared = rt->main_interp->core;
    bool wait = tgi_modules_stop(t);
    while (wait && tgi_runtime_wait_threads(rt, t, TGI_DEADLINE_NEVER,
                                            TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE) ==
                       TG_ERR_INTERRUPTED) {
        if (tgi_breaker_poll(t) != TG_OK) // Ctrl-C while waiting: do not wait any longer
            wait = false;
    }
    tgi_api_close_interps(t);
    uint32_t left = tgi_runtime_end_threads(rt, t);
    core->stream_flush(t, 1);
    core->stream_flush(t, 2);
    core->error_clear(t);
    if (api->at_end != NULL) {
        api->at_end(t, api->at_end_arg);
        core->error_clear(t);
    }
    (void)tgi_signals_remove(rt, SIGINT);
    tgi_api_free_states(t);
    if (left == 0)
        core->interp_clear(t);
    tgi_runtime_destroy(rt, t);
    if (left == 0) {
        core->shared_free(shared, NULL);
        free_api(api, own);
    }
}

const tg_mode *tg_runtime_mode(const tg_runtime *rt)
{
    return tgi_api_runtime_of(rt)->mode;
}
tg_runtime *tg_thread_runtime(tg_thread *t)
{
    return t->runtime;
}

tg_status tg_thread_enter(tg_runtime *rt, tg_thread **out)
{
    tg_thread *t;
    tg_status st = tgi_thread_new(rt->main_interp, &t);
    if (st != TG_OK)
        return st;
    st = tgi_thread_try_attach(t);
    if (st == TG_OK)
        *out = t;
    return st;
}

void tg_thread_leave(tg_thread *t)
{
    tgi_thread_end(t);
}
void tg_thread_detach(tg_thread *t)
{
    tgi_thread_detach(t);
}
void tg_thread_attach(tg_thread *t)
{
    tgi_thread_attach(t);
}
tg_status tg_poll(tg_thread *t)
{
    return tgi_breaker_poll(t);
}
bool tg_thread_must_unwind(tg_thread *t)
{
    // ORDER: relaxed; the bit stays, and who is woken for it polls.
    return (atom_load_relaxed(&t->breaker) & TGI_BRK_EXIT) != 0;
}
uint64_t tg_thread_id(tg_thread *t)
{
    return t->id;
}
int tg_native_thread_id(void)
{
    return tgi_os_thread_id();
}

// --- threads. The public handle is the internal one.

static tgi_thread_handle *internal(tg_thread_handle *h)
{
    return (tgi_thread_handle *)(void *)h;
}

tg_status tg_thread_start(tg_thread *t, void (*fn)(tg_thread *t, void *arg),
                          void (*drop)(void *arg), void *arg, const char *name, size_t stack_bytes,
                          bool daemon, tg_thread_handle **out)
{
    tgi_start_options options = {
        .stack_bytes = stack_bytes, .name = name, .daemon = daemon, .drop = drop};
    tgi_thread_handle *h;
    tg_status st = TGI_UNLIKELY(t->task != NULL)
                       ? tgi_stress_start(t, fn, drop, arg, name, daemon, &h)
                       : tgi_thread_start(t->interp, fn, arg, &options, &h);
    if (st == TG_OK)
        *out = (tg_thread_handle *)(void *)h;
    return st;
}

static tgi_deadline deadline(int64_t timeout_ns)
{
    return timeout_ns < 0 ? TGI_DEADLINE_NEVER : tgi_deadline_after_ns(timeout_ns);
}

// An interrupted wait: handles what is pending. TG_OK means wait on.
static tg_status interrupted(tg_thread *t)
{
    return tgi_breaker_poll(t);
}

tg_status tg_thread_join(tg_thread *t, tg_thread_handle *h, int64_t timeout_ns)
{
    tgi_deadline until = deadline(timeout_ns);
    for (;;) {
        tg_status st =
            TGI_UNLIKELY(t->task != NULL)
                ? tgi_stress_join(t, internal(h), until)
                : tgi_thread_join(internal(h), until, TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE);
        if (st != TG_ERR_INTERRUPTED)
            return st;
        st = interrupted(t);
        if (st != TG_OK)
            return st;
    }
}

// A systematic search wants to know who looks at it.
static void looked_at(const void *where)
{
    tgi_task *task = tgi_world_task();
    if (TGI_UNLIKELY(task != NULL))
        tgi_engine_touch(task->engine, where, 0, TGI_TOUCHES_READ);
}

bool tg_thread_handle_done(tg_thread_handle *h)
{
    tgi_task *task = tgi_world_task();
    if (TGI_UNLIKELY(task != NULL))
        tgi_engine_look_at_handle(task->engine, internal(h));
    return tgi_thread_handle_is_gone(internal(h));
}
uint64_t tg_thread_handle_id(const tg_thread_handle *h)
{
    return ((const tgi_thread_handle *)(const void *)h)->id;
}
void tg_thread_handle_retain(tg_thread_handle *h)
{
    tgi_thread_handle_retain(internal(h));
}
void tg_thread_handle_release(tg_thread_handle *h)
{
    tgi_thread_handle_release(internal(h));
}

static void count_thread(tg_thread *t, void *arg)
{
    (void)t;
    ++*(size_t *)arg;
}

size_t tg_thread_count(tg_thread *t)
{
    size_t n = 0;
    tgi_threads_for_each(t->runtime, count_thread, &n);
    return n;
}

// --- locks: the public struct is the one byte of a tgi_mutex

_Static_assert(sizeof(tg_lock) == sizeof(tgi_mutex), "tg_lock must mirror tgi_mutex");

tg_status tg_lock_acquire(tg_thread *t, tg_lock *lock, int64_t timeout_ns)
{
    tgi_mutex *m = (tgi_mutex *)(void *)lock;
    bool controlled = t->task != NULL;
    if (TGI_LIKELY(!controlled) && tgi_mutex_trylock(m))
        return TG_OK;
    if (timeout_ns == 0)
        return controlled ? tgi_stress_lock(t, m, TGI_DEADLINE_NOW) : TG_ERR_TIMEOUT;
    tgi_deadline until = deadline(timeout_ns);
    for (;;) {
        tg_status st =
            TGI_UNLIKELY(controlled)
                ? tgi_stress_lock(t, m, until)
                : tgi_mutex_lock_timed(m, until, TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE);
        if (st != TG_ERR_INTERRUPTED)
            return st;
        st = interrupted(t);
        if (st != TG_OK)
            return st;
    }
}

tg_status tg_lock_release(tg_thread *t, tg_lock *lock)
{
    tgi_mutex *m = (tgi_mutex *)(void *)lock;
    if (!tgi_mutex_is_locked(m))
        return TG_ERR_STATE;
    if (TGI_UNLIKELY(t->task != NULL))
        tgi_stress_unlock(t, m);
    else
        tgi_mutex_unlock(m);
    return TG_OK;
}

bool tg_lock_held(tg_lock *lock)
{
    looked_at(lock);
    return tgi_mutex_is_locked((tgi_mutex *)(void *)lock);
}

tg_status tg_wait_fd(tg_thread *t, int fd, short events, int64_t timeout_ns, short *revents)
{
    tgi_deadline until = deadline(timeout_ns);
    for (;;) {
        int r = tgi_blocking_poll(t, fd, events, until);
        if (r > 0) {
            if (revents != NULL)
                *revents = (short)r;
            return TG_OK;
        }
        if (r == 0)
            return TG_ERR_TIMEOUT;
        if (errno != EINTR)
            return TG_ERR_OS;
        tg_status st = interrupted(t);
        if (st != TG_OK)
            return st;
    }
}

tg_status tg_sleep(tg_thread *t, int64_t ns)
{
    tgi_deadline until = deadline(ns < 0 ? 0 : ns);
    for (;;) {
        tg_status st = TGI_UNLIKELY(t->task != NULL) ? tgi_stress_sleep(t, until)
                                                     : tgi_blocking_sleep(t, until);
        if (st != TG_ERR_INTERRUPTED)
            return st;
        st = interrupted(t);
        if (st != TG_OK)
            return st;
    }
}
