// SPDX-License-Identifier: MIT
//
// interp.c - public functions about interpreters: birth, going in and out, end, copies.
//
// Threads     as include/togil/interp.h says.
// Invariants  IN1  an OS thread that goes from one interpreter into another detaches the state it
//             had
//                  and attaches another, so it holds the GIL of one interpreter at a time.
//             IN2  the state that gets signals is the attached one of the main OS thread: it
//                  changes on the way in and out, under the lock that delivery takes.
#include <togil/interp.h>

#include "api/api.h"         // shared parts
#include "gate/gate.h"       // core
#include "mem/raw.h"         // tg_copy
#include "modules/modules.h" // what scripts registered for the end
#include "thread/breaker.h"  // poll
#include "thread/interp.h"   // everything
#include "thread/signals.h"  // Ctrl-C

#include <signal.h> // SIGINT
#include <stdio.h>  // names
#include <togil/define.h>

// --- going in and out

// Detaches t and attaches u, a state that is not attached.
static void change(tg_thread *t, tg_thread *u)
{
    tgi_thread_detach(t);
    tgi_signals_follow(t, u); // IN2
    tgi_thread_attach(u);
}

// The way back: u is attached and ends.
static void change_back(tg_thread *u, tg_thread *t)
{
    tgi_signals_follow(u, t);
    tgi_thread_end(u);
    tgi_thread_attach(t);
}

tg_status tg_interp_enter(tg_interp *interp, tg_thread **out)
{
    tg_thread *u;
    tg_status st = tgi_interp_enter(interp, &u);
    if (st != TG_OK)
        return st;
    st = tgi_thread_try_attach(u);
    if (st == TG_OK)
        *out = u;
    else
        tgi_thread_abandon(u); // the runtime ended: the state is off every list
    return st;
}

tg_status tg_interp_switch(tg_thread *t, tg_interp *interp, tg_thread **out)
{
    const tgi_core *core = tgi_core_of(t);
    tg_thread *u;
    tg_status st = tgi_interp_enter(interp, &u);
    if (st != TG_OK)
        return st;
    if (core->nest(t, u) < 0) {
        tgi_thread_discard(u);
        return TG_ERR_RAISED;
    }
    char name[32];
    (void)snprintf(name, sizeof name, "in interpreter %u", (unsigned)interp->id);
    tgi_thread_set_name(u, name);
    change(t, u);
    *out = u;
    return TG_OK;
}

void tg_interp_return(tg_thread *u, tg_thread *t)
{
    const tgi_core *core = tgi_core_of(t);
    core->error_clear(u);
    change_back(u, t);
    core->nest_end(t);
}

// --- birth

typedef struct settings { // of a new interpreter
    tg_copy *path, *argv;
} settings;

static void settings_free(settings *s)
{
    tg_copy_free(s->path);
    tg_copy_free(s->argv);
}

static bool settings_take(tg_thread *t, settings *s)
{
    tg_value path = tg_runtime_value(t, TG_VALUE_PATH), sys = tg_import(t, "sys");
    tg_value argv = sys == TG_NULL ? TG_NULL : tg_getattr(t, sys, "argv");
    s->path = path == TG_NULL || argv == TG_NULL ? NULL : tg_copy_out(t, path);
    s->argv = s->path == NULL ? NULL : tg_copy_out(t, argv);
    tg_release(t, argv);
    tg_release(t, sys);
    tg_release(t, path);
    return s->argv != NULL;
}

// On u, attached: what a runtime does for its first interpreter.
static tg_status start_core(tg_thread *u, const settings *s)
{
    const tgi_core *core = tgi_core_of(u);
    tg_status st = core->interp_start(u);
    if (st == TG_OK && tgi_api_start(u, tg_copy_in(u, s->path), tg_copy_in(u, s->argv)) < 0)
        st = TG_ERR_NOMEM;
    if (st != TG_OK) {
        core->error_clear(u);
        tgi_api_free_states(u);
        core->interp_clear(u);
    }
    return st;
}

static tg_status start(tg_thread *t, tg_interp *interp, const settings *s)
{
    tg_thread *u;
    tg_status st = tgi_thread_new(interp, &u);
    if (st != TG_OK)
        return st;
    if (tgi_core_of(t)->nest(t, u) < 0) {
        tgi_thread_discard(u);
        return TG_ERR_RAISED;
    }
    change(t, u);
    st = start_core(u, s);
    change_back(u, t);
    tgi_core_of(t)->nest_end(t);
    return st;
}

// Nobody uses it any more, and nothing was left behind in it.
static void dispose(tg_interp *interp)
{
    tg_runtime *rt = interp->runtime;
    const tgi_core *core = *(const tgi_core *const *)interp->core;
    void *shared = interp->core;
    tgi_api_interp *api = interp->host;
    (void)tgi_interp_free(interp);
    core->shared_free(shared, rt->main_interp->core);
    tgi_api_interp_free(api);
}

tg_status tg_interp_new(tg_thread *t, bool own_gil, tg_interp **out)
{
    const tgi_core *core = tgi_core_of(t);
    settings s = {NULL, NULL};
    if (!settings_take(t, &s)) {
        settings_free(&s);
        return TG_ERR_RAISED;
    }
    tgi_api_interp *api = tgi_api_interp_new(tgi_api_interp_of(t)->runtime);
    void *shared = core->shared_new(&tgi_host_table);
    tg_interp *interp = NULL;
    tg_status st = api == NULL || shared == NULL
                       ? TG_ERR_NOMEM
                       : tgi_interp_new_with(t->runtime, own_gil, shared, api, &interp);
    if (interp == NULL) {
        if (shared != NULL)
            core->shared_free(shared, NULL);
        tgi_api_interp_free(api);
    } else {
        st = start(t, interp, &s);
        if (st == TG_OK) {
            tgi_interp_ref(interp);
            tgi_interp_open(interp);
            *out = interp;
        } else {
            dispose(interp);
        }
    }
    settings_free(&s);
    return st;
}

// --- end

// On u, attached in an interpreter that nobody enters any more. Returns how many threads were left
// behind.
static uint32_t finish(tg_thread *u, bool *interrupted)
{
    const tgi_core *core = tgi_core_of(u);
    tg_interp *interp = u->interp;
    bool wait = tgi_modules_stop(u);
    while (wait && tgi_interp_wait_threads(interp, u, TGI_DEADLINE_NEVER,
                                           TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE) ==
                       TG_ERR_INTERRUPTED) {
        if (tgi_breaker_poll(u) != TG_OK)
            wait = false;
    }
    *interrupted = !wait;
    uint32_t left = tgi_interp_end_threads(interp, u);
    core->stream_flush(u, 1);
    core->stream_flush(u, 2);
    core->error_clear(u);
    if (left == 0) {
        tgi_api_free_states(u);
        core->interp_clear(u);
    }
    return left;
}

static tg_status close_interp(tg_thread *t, tg_interp *interp, bool force)
{
    tg_thread *u = NULL;
    if (interp == t->interp || interp == t->runtime->main_interp)
        return TG_ERR_STATE;
    tg_status st = tgi_interp_shut(interp, force);
    if (st != TG_OK)
        return st;
    st = tgi_thread_new(interp, &u);
    if (st == TG_OK && tgi_core_of(t)->nest(t, u) < 0)
        st = TG_ERR_RAISED;
    if (st != TG_OK) {
        if (u != NULL)
            tgi_thread_discard(u);
        tgi_interp_open(interp);
        return st;
    }
    bool interrupted;
    change(t, u);
    uint32_t left = finish(u, &interrupted);
    change_back(u, t);
    tgi_core_of(t)->nest_end(t);
    if (left == 0)
        dispose(interp);
    if (interrupted)
        tgi_signals_raise(t->runtime, SIGINT); // it was meant for everybody
    return left == 0 ? TG_OK : TG_ERR_TIMEOUT;
}

tg_status tg_interp_close(tg_thread *t, tg_interp *interp)
{
    return close_interp(t, interp, false);
}

void tgi_api_close_interps(tg_thread *t)
{
    tg_runtime *rt = t->runtime;
    for (uint32_t id = 0; (id = tgi_interp_next(rt, id)) != 0;) {
        tg_interp *interp = tgi_interp_find(rt, id);
        if (interp == NULL)
            continue;
        if (close_interp(t, interp, true) != TG_OK)
            tgi_core_of(t)->error_clear(t);
        tgi_interp_unref(interp);
    }
}

void tg_interp_retain(tg_interp *interp)
{
    tgi_interp_ref(interp);
}
void tg_interp_release(tg_interp *interp)
{
    tgi_interp_unref(interp);
}

// --- which one

uint32_t tg_interp_id(const tg_interp *interp)
{
    return interp->id;
}
bool tg_interp_own_gil(const tg_interp *interp)
{
    return interp->owns_gil;
}
uint32_t tg_interp_current(tg_thread *t)
{
    return t->interp->id;
}
tg_interp *tg_interp_find(tg_runtime *rt, uint32_t id)
{
    return tgi_interp_find(rt, id);
}
uint32_t tg_interp_next(tg_runtime *rt, uint32_t after)
{
    return tgi_interp_next(rt, after);
}

// --- copies: the public type is the block of the core

tg_copy *tg_copy_out(tg_thread *t, tg_value v)
{
    return tgi_core_of(t)->copy_out(t, v);
}
tg_value tg_copy_in(tg_thread *t, const tg_copy *copy)
{
    return tgi_core_of(t)->copy_in(t, copy);
}
void tg_copy_free(tg_copy *copy)
{
    tgi_raw_free(copy);
}
