// SPDX-License-Identifier: MIT
//
// start.c - OS threads that run in the runtime.
//
// Owns        the handle and the boot record that carries fn to the new thread.
// Threads     the starter makes everything that can fail, so that the failure is its own; the new
//             thread only attaches.
// Invariants  H1  `gone` is set once, after the state has been freed or left behind.
//             H2  the OS thread is joined at most once, and if it is never joined it is detached
//                 by whoever drops the last reference.
//
// Note [handle-list]
// A thread may be between leaving its runtime and setting `gone` when another one forks; no state
// leads to its handle then. So all handles of the process whose threads run are in one list.
#include "thread/start.h"

#include "base/config.h"    // stack sizes
#include "base/os.h"        // tgi_os.thread_create
#include "mem/raw.h"        // tgi_raw_alloc
#include "thread/runtime.h" // tg_interp

#include <errno.h>  // TG_ERR_OS
#include <signal.h> // signals go to the main thread
#include <string.h> // names

static tgi_rawlock handles_lock;
static tgi_thread_handle *handles; // guarded by handles_lock

static void list_handle(tgi_thread_handle *h)
{
    tgi_rawlock_lock(&handles_lock);
    h->next = handles;
    if (handles != NULL)
        handles->prev = h;
    handles = h;
    tgi_rawlock_unlock(&handles_lock);
}

static void unlist_locked(tgi_thread_handle *h)
{
    if (h->prev != NULL)
        h->prev->next = h->next;
    else
        handles = h->next;
    if (h->next != NULL)
        h->next->prev = h->prev;
    h->prev = h->next = NULL;
}

static void unlist(tgi_thread_handle *h)
{
    tgi_rawlock_lock(&handles_lock);
    unlist_locked(h);
    tgi_rawlock_unlock(&handles_lock);
}

void tgi_thread_handles_lock(void)
{
    tgi_rawlock_lock(&handles_lock);
}

void tgi_thread_handles_unlock(void)
{
    tgi_rawlock_unlock(&handles_lock);
}

// Faults of this very thread still arrive.
static void change_signals(int how)
{
    sigset_t set;
    sigfillset(&set);
    sigdelset(&set, SIGSEGV);
    sigdelset(&set, SIGBUS);
    sigdelset(&set, SIGFPE);
    sigdelset(&set, SIGILL);
    sigdelset(&set, SIGABRT);
    sigdelset(&set, SIGTRAP);
    sigdelset(&set, SIGPROF);
    (void)pthread_sigmask(how, &set, NULL);
}

static _Thread_local bool takes_no_signals; // started here

static tg_status nothing_to_join(void *arg)
{
    (void)arg;
    return TG_OK;
}

void tgi_thread_handles_after_fork(tg_thread *t)
{
    tgi_rawlock_reset(&handles_lock);
    for (tgi_thread_handle *h = handles; h != NULL;) {
        tgi_thread_handle *next = h->next;
        if (h->id != t->id) {
            unlist_locked(h);
            tgi_event_set(&h->gone);
            h->joined = (tgi_once)TGI_ONCE_INIT; // somebody may have been joining
            (void)tgi_once_run(&h->joined, nothing_to_join, NULL);
            tgi_thread_handle_release(h); // the thread's own count
        }
        h = next;
    }
    if (takes_no_signals)
        change_signals(SIG_UNBLOCK); // t is the main thread now
    takes_no_signals = false;
}

typedef struct boot {
    tgi_thread_handle *handle;
    tg_thread *t;
    void (*fn)(tg_thread *t, void *arg);
    void (*drop)(void *arg);
    void *arg;
    char os_name[16];
} boot;

void tgi_thread_handle_retain(tgi_thread_handle *h)
{
    // ORDER: relaxed; the caller's own reference keeps it above 0.
    atom_add_relaxed(&h->refs, 1);
}

void tgi_thread_handle_release(tgi_thread_handle *h)
{
    // ORDER: acq_rel; the last one sees what all the others did to the handle.
    if (atom_sub_acq_rel(&h->refs, 1) != 1)
        return;
    // ORDER: acquire; pairs with tgi_once_run_slow.
    if (atom_load_acquire(&h->joined.state) != TGI_ONCE_DONE && h->created)
        (void)tgi_os.thread_detach(h->os); // H2
    tgi_raw_free(h);
}

static void *run(void *arg)
{
    boot b = *(boot *)arg;
    tgi_raw_free(arg);
    change_signals(SIG_BLOCK);
    takes_no_signals = true;
    (void)pthread_setname_np(pthread_self(), b.os_name);
    if (tgi_thread_try_attach(b.t) == TG_OK) {
        b.fn(b.t, b.arg);
        tgi_thread_end(b.t);
    } else {
        // The runtime ended before we got here; the state is off every list already.
        tgi_thread_abandon(b.t);
        if (b.drop != NULL)
            b.drop(b.arg);
    }
    tgi_event_set(&b.handle->gone); // H1
    unlist(b.handle);
    tgi_thread_handle_release(b.handle);
    return NULL;
}

tg_status tgi_thread_start(tg_interp *interp, void (*fn)(tg_thread *t, void *arg), void *arg,
                           const tgi_start_options *options, tgi_thread_handle **out)
{
    static const tgi_start_options defaults = {0};
    if (options == NULL)
        options = &defaults;
    size_t stack = options->stack_bytes != 0 ? options->stack_bytes : TGI_THREAD_STACK_BYTES;
    if (stack < TGI_THREAD_STACK_MIN)
        return TG_ERR_ARG;

    tg_status st = TG_ERR_NOMEM;
    tgi_thread_handle *h = tgi_raw_calloc(1, sizeof *h);
    boot *b = tgi_raw_calloc(1, sizeof *b);
    tg_thread *t = NULL;
    if (h != NULL && b != NULL)
        st = tgi_thread_new(interp, &t);
    if (st != TG_OK) {
        tgi_raw_free(b);
        tgi_raw_free(h);
        return st;
    }
    if (options->name != NULL)
        tgi_thread_set_name(t, options->name);
    tgi_thread_set_daemon(t, options->daemon);
    // ORDER: relaxed; the creation of the OS thread publishes it. One for it, one for the caller.
    atom_store_relaxed(&h->refs, 2);
    h->id = t->id;
    *b = (boot){.handle = h, .t = t, .fn = fn, .drop = options->drop, .arg = arg};
    memcpy(b->os_name, t->name, sizeof b->os_name - 1); // the system shows 15 characters

    list_handle(h);
    int error = tgi_os.thread_create(&h->os, stack, run, b);
    if (error != 0) {
        unlist(h);
        tgi_thread_discard(t);
        tgi_raw_free(b);
        tgi_raw_free(h);
        errno = error;
        return TG_ERR_OS;
    }
    h->created = true;
    tg_thread *self = tgi_current_thread();
    if (self != NULL)
        tgi_stat_add(self, threads_started, 1);
    *out = h;
    return TG_OK;
}

static tg_status join_os_thread(void *arg)
{
    tgi_thread_handle *h = arg;
    int error = tgi_os.thread_join(h->os);
    errno = error;
    return error == 0 ? TG_OK : TG_ERR_OS;
}

tg_status tgi_thread_join(tgi_thread_handle *h, tgi_deadline until, unsigned flags)
{
    tg_thread *self = tgi_current_thread();
    if (self != NULL && self->id == h->id)
        return TG_ERR_STATE;
    tg_status st = tgi_event_wait_flags(&h->gone, until, flags | TGI_PARK_DETACH);
    // What is left of the OS thread after `gone` is a few instructions: no need to detach.
    return st == TG_OK ? tgi_once_run(&h->joined, join_os_thread, h) : st;
}
