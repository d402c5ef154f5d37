// SPDX-License-Identifier: MIT
//
// thread_module.c - the module _thread: starting threads and their end; what threading.py is built
// on. Locks are in thread_lock.c, thread-local objects in thread_local.c.
//
// Owns        the list of threads that the end of the main script waits for; the functions
//             to be called before that.
// Threads     all of it may be called by any thread at any time. The list is guarded by a short
//             lock.
// Invariants  TM1  a started thread holds one reference to its function and arguments, given back
//                  when it has run or can never run.
#include "modules/modules.h"
#include "modules/support.h"
#include "modules/thread_local.h" // _local
#include "modules/thread_lock.h"  // lock, RLock

#include <signal.h> // SIGINT
#include <stdlib.h>

#define TIMEOUT_MAX_S   9223372036.0
#define MIN_STACK_BYTES 32768

typedef struct waited {
    struct waited *next;
    tg_thread_handle *handle; // one count
} waited;

typedef struct state {
    tg_value lock_type, handle_class, token_class; // const after init
    tg_value hooks;               // const after init: list of functions for the end
    tg_value fork_hooks;          // const after init: list of functions for the child of a fork
    _Atomic(int64_t) stack_bytes; // any thread: 0 is the default
    _Atomic(int64_t) running;     // any thread: started by start_new_thread and not ended
    tgi_short_lock lock;
    waited *waited_for;            // guarded by lock: newest first
    size_t waited_count, sweep_at; // guarded by lock: look for ended ones at that many
} state;

static state *state_of(tg_thread *t)
{
    return tg_module_state(t, &tgi_module_thread);
}

tg_value tgi_thread_token_class(tg_thread *t)
{
    return state_of(t)->token_class;
}

// --- a thread as its starter sees it

typedef struct handle_data {
    tg_thread_handle *handle; // const after the start
} handle_data;

static const tg_class_def handle_class;

TGI_NATIVE(handle_is_done)
{
    handle_data *d = tg_data(t, args[0], &handle_class);
    return d == NULL ? TG_NULL : tg_bool(d->handle == NULL || tg_thread_handle_done(d->handle));
}

TGI_NATIVE(handle_join)
{
    handle_data *d = tg_data(t, args[0], &handle_class);
    int64_t ns = -1;
    if (d == NULL || (nargs > 1 && args[1] != TG_NONE && tgi_seconds(t, args[1], &ns) < 0))
        return TG_NULL;
    if (d->handle == NULL)
        return TG_TRUE;
    tg_status st = tg_thread_join(t, d->handle, ns);
    if (st == TG_ERR_STATE)
        return tg_raise(t, TG_RuntimeError, "Cannot join current thread");
    if (st != TG_OK && st != TG_ERR_TIMEOUT)
        return tgi_raise_host(t, st);
    return tg_bool(st == TG_OK);
}

static tg_value handle_ident(tg_thread *t, tg_value self)
{
    handle_data *d = tg_data(t, self, &handle_class);
    if (d == NULL)
        return TG_NULL;
    return d->handle == NULL ? TG_NONE : tg_uint(t, tg_thread_handle_id(d->handle));
}

static void handle_finalize(tg_thread *t, void *data)
{
    handle_data *d = data;
    (void)t;
    if (d->handle != NULL)
        tg_thread_handle_release(d->handle);
}

static const tg_function_def handle_methods[] = {
    TGI_FN("is_done", handle_is_done, 0, 0),
    TGI_FN("join", handle_join, 0, 1),
    TGI_FN_END,
};

static const tg_attribute_def handle_attributes[] = {
    {"ident", handle_ident, NULL},
    {NULL, NULL, NULL},
};

static const tg_class_def handle_class = {
    .name = "_ThreadHandle",
    .module = "_thread",
    .data_bytes = sizeof(handle_data),
    .methods = handle_methods,
    .attributes = handle_attributes,
    .finalize = handle_finalize,
};

// --- starting

typedef struct boot {
    tg_value function, args, kwargs; // TM1; args and kwargs may be TG_NULL
    _Atomic(int64_t) *running;       // counted down at the end; may be NULL
} boot;

static void run(tg_thread *t, void *arg)
{
    boot *b = arg;
    tg_value result = b->args == TG_NULL ? tg_call(t, b->function, NULL, 0)
                                         : tg_call_ex(t, b->function, b->args, b->kwargs);
    if (result == TG_NULL && tg_error_is(t, TG_SystemExit))
        tg_error_clear(t);
    else if (result == TG_NULL && tg_error_set(t)) {
        tg_value exc = tg_error_fetch(t);
        tg_stress_uncaught(t, exc);
        (void)tgi_raise_taken(t, exc);
        tgi_report_ignored(t, "Exception ignored in thread started by: ", b->function);
    }
    tg_release(t, result);
    tg_release(t, b->kwargs);
    tg_release(t, b->args);
    tg_release(t, b->function);
    if (b->running != NULL) {
        // ORDER: relaxed; a figure for _count.
        atomic_fetch_sub_explicit(b->running, 1, memory_order_relaxed);
    }
    free(b);
}

// The thread can never run because the runtime is ending: its heap goes as a whole.
static void drop(void *arg)
{
    free(arg);
}

static tg_status start(tg_thread *t, boot *b, const char *name, bool daemon,
                       tg_thread_handle **handle)
{
    // ORDER: relaxed; a setting.
    int64_t stack = atomic_load_explicit(&state_of(t)->stack_bytes, memory_order_relaxed);
    tg_status st = tg_thread_start(t, run, drop, b, name, (size_t)stack, daemon, handle);
    if (st == TG_OK)
        return st;
    tg_release(t, b->kwargs);
    tg_release(t, b->args);
    tg_release(t, b->function);
    free(b);
    if (st == TG_ERR_OS || st == TG_ERR_LIMIT)
        tg_raise(t, TG_RuntimeError, "can't start new thread");
    else if (st == TG_ERR_STATE)
        tg_raise(t, TG_RuntimeError, "can't create new thread at interpreter shutdown");
    else
        tgi_raise_host(t, st);
    return st;
}

static boot *new_boot(tg_thread *t, tg_value function, tg_value args, tg_value kwargs)
{
    boot *b = calloc(1, sizeof *b);
    if (b == NULL) {
        tg_raise_nomem(t);
        return NULL;
    }
    b->function = tg_retain(t, function);
    b->args = args == TG_NULL ? TG_NULL : tg_retain(t, args);
    b->kwargs = kwargs == TG_NULL ? TG_NULL : tg_retain(t, kwargs);
    return b;
}

// --- the end of the main script

static void free_waited(waited *list)
{
    while (list != NULL) {
        waited *next = list->next;
        tg_thread_handle_release(list->handle);
        free(list);
        list = next;
    }
}

// Takes the ended threads out of the list.
static waited *sweep_locked(state *s)
{
    waited *ended = NULL;
    for (waited **at = &s->waited_for; *at != NULL;) {
        waited *w = *at;
        if (!tg_stress_done_quietly(w->handle)) { // when this is done is chance
            at = &w->next;
            continue;
        }
        *at = w->next;
        w->next = ended;
        ended = w;
        s->waited_count--;
    }
    s->sweep_at = 2 * s->waited_count + 16;
    return ended;
}

static void note_waited(state *s, waited *w, tg_thread_handle *handle)
{
    waited *ended = NULL;
    tg_thread_handle_retain(handle);
    w->handle = handle;
    tgi_short_lock_take(&s->lock);
    w->next = s->waited_for;
    s->waited_for = w;
    if (++s->waited_count >= s->sweep_at)
        ended = sweep_locked(s);
    tgi_short_lock_drop(&s->lock);
    free_waited(ended);
}

static void call_hooks(tg_thread *t, state *s)
{
    for (;;) {
        tg_value hook = tg_call_method(t, s->hooks, "pop", NULL, 0);
        if (hook == TG_NULL)
            break;
        tg_value result = tg_call(t, hook, NULL, 0);
        if (result == TG_NULL)
            tgi_report_ignored(t, "Exception ignored at the end of the program in: ", hook);
        tg_release(t, result);
        tg_release(t, hook);
    }
    tg_error_clear(t); // the list is empty
}

// Waits for the threads that are not daemons, also for those they start. False if an exception
// (Ctrl-C) put an end to it.
static bool join_all(tg_thread *t, state *s)
{
    for (;;) {
        tgi_short_lock_take(&s->lock);
        waited *w = s->waited_for;
        if (w != NULL) {
            s->waited_for = w->next;
            s->waited_count--;
        }
        tgi_short_lock_drop(&s->lock);
        if (w == NULL)
            return true;
        w->next = NULL;
        tg_status st = tg_thread_join(t, w->handle, -1);
        free_waited(w);
        if (st == TG_ERR_RAISED)
            return false;
    }
}

bool tgi_thread_module_stop(tg_thread *t)
{
    state *s = state_of(t);
    if (s == NULL)
        return true;
    call_hooks(t, s);
    if (join_all(t, s))
        return true;
    tgi_report_ignored(t, "Exception ignored while waiting for threads", TG_NULL);
    return false;
}

void tgi_thread_module_after_fork(tg_thread *t)
{
    state *s = state_of(t);
    size_t n = s == NULL ? 0 : tg_list_size(t, s->fork_hooks);
    for (size_t i = 0; i < n; i++) {
        tg_value hook = tg_list_get(t, s->fork_hooks, i);
        tg_value result = hook == TG_NULL ? TG_NULL : tg_call(t, hook, NULL, 0);
        if (result == TG_NULL)
            tgi_report_ignored(t, "Exception ignored after fork in: ", hook);
        tg_release(t, result);
        tg_release(t, hook);
    }
}

// --- functions of the module

TGI_NATIVE(thread_start_joinable)
{
    static const char *const names[] = {"function", "daemon", "name", NULL};
    tg_value v[3];
    state *s = state_of(t);
    if (tg_parse_args(t, "start_joinable_thread", names, 1, args, nargs, kwnames, v) < 0)
        return TG_NULL;
    if (!tg_callable(t, v[0]))
        return tg_raise(t, TG_TypeError, "thread function must be callable");
    int daemon = v[1] == TG_NULL ? 0 : tg_truth(t, v[1]);
    const char *name = NULL;
    if (v[2] != TG_NULL && v[2] != TG_NONE)
        name = tg_as_utf8(t, v[2], NULL);
    if (daemon < 0 || (name == NULL && v[2] != TG_NULL && v[2] != TG_NONE))
        return TG_NULL;
    void *data;
    tg_value object = tg_instance(t, s->handle_class, &data);
    boot *b = object == TG_NULL ? NULL : new_boot(t, v[0], TG_NULL, TG_NULL);
    waited *w = b == NULL || daemon ? NULL : malloc(sizeof *w);
    if (b == NULL || (w == NULL && !daemon)) {
        if (b != NULL) {
            tg_release(t, b->function);
            free(b);
            tg_raise_nomem(t);
        }
        tg_release(t, object);
        return TG_NULL;
    }
    handle_data *d = data;
    if (start(t, b, name, daemon != 0, &d->handle) != TG_OK) {
        free(w);
        tg_release(t, object);
        return TG_NULL;
    }
    if (w != NULL)
        note_waited(s, w, d->handle);
    return object;
}

TGI_NATIVE(thread_start_new)
{
    state *s = state_of(t);
    if (!tg_callable(t, args[0]))
        return tg_raise(t, TG_TypeError, "first arg must be callable");
    if (tg_kind_of(t, args[1]) != TG_KIND_TUPLE)
        return tg_raise(t, TG_TypeError, "2nd arg must be a tuple");
    if (nargs > 2 && tg_kind_of(t, args[2]) != TG_KIND_DICT)
        return tg_raise(t, TG_TypeError, "optional 3rd arg must be a dictionary");
    boot *b = new_boot(t, args[0], args[1], nargs > 2 ? args[2] : TG_NULL);
    if (b == NULL)
        return TG_NULL;
    b->running = &s->running;
    // ORDER: relaxed; a figure for _count.
    atomic_fetch_add_explicit(&s->running, 1, memory_order_relaxed);
    tg_thread_handle *handle;
    if (start(t, b, NULL, true, &handle) != TG_OK) {
        // ORDER: relaxed; as above.
        atomic_fetch_sub_explicit(&s->running, 1, memory_order_relaxed);
        return TG_NULL;
    }
    tg_value ident = tg_uint(t, tg_thread_handle_id(handle));
    tg_thread_handle_release(handle);
    return ident;
}

TGI_NATIVE(thread_allocate_lock)
{
    return tg_instance(t, state_of(t)->lock_type, NULL);
}

// A lock of the library's own bookkeeping: a stress tester does not switch threads at it.
TGI_NATIVE(thread_quiet_lock)
{
    return tgi_lock_quiet(t, state_of(t)->lock_type);
}

TGI_NATIVE(thread_get_ident)
{
    return tg_uint(t, tg_thread_id(t));
}

TGI_NATIVE(thread_get_native_id)
{
    return tg_int(t, tg_native_thread_id());
}

TGI_NATIVE(thread_count)
{
    // ORDER: relaxed; a figure.
    return tg_int(t, atomic_load_explicit(&state_of(t)->running, memory_order_relaxed));
}

TGI_NATIVE(thread_exit)
{
    return tg_raise_value(t, tg_error_class(t, TG_SystemExit), TG_NULL);
}

TGI_NATIVE(thread_stack_size)
{
    int64_t size = 0;
    if (nargs > 0 && tg_as_int64(t, args[0], &size) < 0)
        return TG_NULL;
    if (size < 0)
        return tg_raise(t, TG_ValueError, "size must be 0 or a positive value");
    if (size != 0 && size < MIN_STACK_BYTES)
        return tg_raise(t, TG_ValueError, "size not valid: %lld bytes", (long long)size);
    state *s = state_of(t);
    // ORDER: relaxed; a setting. Asking without a size sets the default, as in CPython.
    int64_t old = atomic_exchange_explicit(&s->stack_bytes, size, memory_order_relaxed);
    return tg_int(t, old);
}

// As if the signal (SIGINT unless given) had arrived, if the runtime handles it.
TGI_NATIVE(thread_interrupt_main)
{
    int64_t signo = SIGINT;
    if (nargs > 0 && tg_as_int64(t, args[0], &signo) < 0)
        return TG_NULL;
    if (signo < 1 || signo > 64)
        return tg_raise(t, TG_ValueError, "signal number out of range");
    (void)tg_signal_raise(t, (int)signo);
    return tg_is_main_thread(t) && tg_poll(t) != TG_OK ? TG_NULL : TG_NONE;
}

// An exception ends a thread that somebody else reports.
TGI_NATIVE(thread_uncaught)
{
    tg_stress_uncaught(t, args[0]);
    return TG_NONE;
}

// For the module stress: whether the tester looks at invariants from now on.
TGI_NATIVE(thread_watch)
{
    return tg_bool(tg_stress_watch(t));
}

TGI_NATIVE(thread_shutdown_hook)
{
    if (!tg_callable(t, args[0]))
        return tg_raise(t, TG_TypeError, "the hook must be callable");
    return tg_list_append(t, state_of(t)->hooks, args[0]) < 0 ? TG_NULL : TG_NONE;
}

TGI_NATIVE(thread_after_fork_hook)
{
    if (!tg_callable(t, args[0]))
        return tg_raise(t, TG_TypeError, "the hook must be callable");
    return tg_list_append(t, state_of(t)->fork_hooks, args[0]) < 0 ? TG_NULL : TG_NONE;
}

static const tg_function_def functions[] = {
    TGI_FN_KW("start_joinable_thread", thread_start_joinable),
    TGI_FN("start_new_thread", thread_start_new, 2, 3),
    TGI_FN("start_new", thread_start_new, 2, 3),
    TGI_FN("allocate_lock", thread_allocate_lock, 0, 0),
    TGI_FN("allocate", thread_allocate_lock, 0, 0),
    TGI_FN("get_ident", thread_get_ident, 0, 0),
    TGI_FN("get_native_id", thread_get_native_id, 0, 0),
    TGI_FN("_count", thread_count, 0, 0),
    TGI_FN("exit", thread_exit, 0, 0),
    TGI_FN("exit_thread", thread_exit, 0, 0),
    TGI_FN("stack_size", thread_stack_size, 0, 1),
    TGI_FN("interrupt_main", thread_interrupt_main, 0, 1),
    TGI_FN("_quiet_lock", thread_quiet_lock, 0, 0),
    TGI_FN("_uncaught", thread_uncaught, 1, 1),
    TGI_FN("_watch", thread_watch, 0, 0),
    TGI_FN("_shutdown_hook", thread_shutdown_hook, 1, 1),
    TGI_FN("_after_fork_hook", thread_after_fork_hook, 1, 1),
    TGI_FN_END,
};

static void free_state(tg_thread *t, void *p)
{
    state *s = p;
    tg_release(t, s->lock_type);
    tg_release(t, s->handle_class);
    tg_release(t, s->token_class);
    tg_release(t, s->hooks);
    tg_release(t, s->fork_hooks);
    free_waited(s->waited_for);
    free(s);
}

// The state outlives the module object: a second import finds it.
static state *make_state(tg_thread *t)
{
    state *s = state_of(t);
    if (s != NULL)
        return s;
    s = calloc(1, sizeof *s);
    if (s == NULL) {
        tg_raise_nomem(t);
        return NULL;
    }
    s->sweep_at = 16;
    s->lock_type = tg_class(t, &tgi_lock_class);
    s->handle_class = tg_class(t, &handle_class);
    s->token_class = tg_class(t, &tgi_local_token_class);
    s->hooks = tg_list(t, NULL, 0);
    s->fork_hooks = tg_list(t, NULL, 0);
    if (s->lock_type == TG_NULL || s->handle_class == TG_NULL || s->token_class == TG_NULL ||
        s->hooks == TG_NULL || s->fork_hooks == TG_NULL) {
        free_state(t, s);
        return NULL;
    }
    tg_module_set_state(t, &tgi_module_thread, s, free_state);
    return s;
}

static int init(tg_thread *t, tg_value module)
{
    state *s = make_state(t);
    if (s == NULL)
        return -1;
    if (tg_module_add(t, module, "LockType", tg_retain(t, s->lock_type)) < 0 ||
        tg_module_add(t, module, "RLock", tg_class(t, &tgi_rlock_class)) < 0 ||
        tg_module_add(t, module, "_local", tg_class(t, &tgi_local_class)) < 0 ||
        tg_module_add(t, module, "error", tg_retain(t, tg_error_class(t, TG_RuntimeError))) < 0 ||
        tgi_add_float(t, module, "TIMEOUT_MAX", TIMEOUT_MAX_S) < 0)
        return -1;
    return tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_thread = {"_thread", init};
