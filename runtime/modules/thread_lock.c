// SPDX-License-Identifier: MIT
//
// thread_lock.c - the classes lock and RLock of the module _thread.
//
// Threads     any thread may call any method at any time; a thread that waits is detached.
// Invariants  TL1  `owner` of an RLock is the id of the thread that holds `lock`, or 0; only the
//                  holder writes it, so a thread that reads its own id there holds the lock.
#include "modules/thread_lock.h"

#include "modules/support.h"

// --- arguments of acquire

// blocking and timeout as nanoseconds: < 0 for ever, 0 try. 0 or -1.
static int parse_acquire(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames,
                         int64_t *ns)
{
    static const char *const names[] = {"blocking", "timeout", NULL};
    tg_value v[2] = {TG_NULL, TG_NULL};
    *ns = -1;
    if (nargs == 1)
        return 0;
    if (tg_parse_args(t, "acquire", names, 0, args + 1, nargs - 1, kwnames, v) < 0)
        return -1;
    int blocking = v[0] == TG_NULL ? 1 : tg_truth(t, v[0]);
    if (blocking < 0)
        return -1;
    int64_t timeout = -TGI_NS_PER_S;
    if (v[1] != TG_NULL && tgi_seconds(t, v[1], &timeout) < 0)
        return -1;
    if (!blocking && timeout != -TGI_NS_PER_S) {
        tg_raise(t, TG_ValueError, "can't specify a timeout for a non-blocking call");
        return -1;
    }
    if (timeout < 0 && timeout != -TGI_NS_PER_S) {
        tg_raise(t, TG_ValueError, "timeout value must be positive");
        return -1;
    }
    *ns = !blocking ? 0 : timeout < 0 ? -1 : timeout;
    return 0;
}

static tg_value acquired(tg_status st)
{
    return st == TG_OK ? TG_TRUE : st == TG_ERR_TIMEOUT ? TG_FALSE : TG_NULL;
}

// --- lock

typedef struct lock_data {
    tg_lock lock;
    bool quiet; // const after init: bookkeeping of the library, of no interest to a tester
} lock_data;

static tg_status take(tg_thread *t, lock_data *d, int64_t ns)
{
    return d->quiet ? tg_stress_lock_quietly(t, &d->lock, ns) : tg_lock_acquire(t, &d->lock, ns);
}

tg_value tgi_lock_quiet(tg_thread *t, tg_value lock_type)
{
    void *data;
    tg_value lock = tg_instance(t, lock_type, &data);
    if (lock != TG_NULL)
        ((lock_data *)data)->quiet = true;
    return lock;
}

TGI_NATIVE(lock_acquire)
{
    int64_t ns;
    lock_data *d = tg_data(t, args[0], &tgi_lock_class);
    if (d == NULL || parse_acquire(t, args, nargs, kwnames, &ns) < 0)
        return TG_NULL;
    return acquired(take(t, d, ns));
}

TGI_NATIVE(lock_release)
{
    lock_data *d = tg_data(t, args[0], &tgi_lock_class);
    if (d == NULL)
        return TG_NULL;
    if (tg_lock_release(t, &d->lock) != TG_OK)
        return tg_raise(t, TG_RuntimeError, "release unlocked lock");
    return TG_NONE;
}

TGI_NATIVE(lock_enter)
{
    lock_data *d = tg_data(t, args[0], &tgi_lock_class);
    return d == NULL ? TG_NULL : acquired(take(t, d, -1));
}

TGI_NATIVE(lock_exit)
{
    return lock_release(t, args, 1, TG_NULL);
}

TGI_NATIVE(lock_locked)
{
    lock_data *d = tg_data(t, args[0], &tgi_lock_class);
    return d == NULL ? TG_NULL : tg_bool(tg_lock_held(&d->lock));
}

static void lock_dead(tg_thread *t, void *data)
{
    tg_stress_lock_gone(t, &((lock_data *)data)->lock);
}

static tg_value lock_repr(tg_thread *t, tg_value self, void *data)
{
    lock_data *d = data;
    (void)self;
    return tg_str_format(t, "<%s _thread.lock object at %p>",
                         tg_lock_held(&d->lock) ? "locked" : "unlocked", data);
}

static const tg_function_def lock_methods[] = {
    TGI_FN_KW("acquire", lock_acquire),
    TGI_FN("release", lock_release, 0, 0),
    TGI_FN("locked", lock_locked, 0, 0),
    TGI_FN("__enter__", lock_enter, 0, 0),
    TGI_FN("__exit__", lock_exit, 0, 3),
    TGI_FN_KW("acquire_lock", lock_acquire),
    TGI_FN("release_lock", lock_release, 0, 0),
    TGI_FN("locked_lock", lock_locked, 0, 0),
    TGI_FN_END,
};

const tg_class_def tgi_lock_class = {
    .name = "lock",
    .module = "_thread",
    .data_bytes = sizeof(lock_data),
    .methods = lock_methods,
    .finalize = lock_dead,
    .repr = lock_repr,
};

// --- RLock

typedef struct rlock_data {
    tg_lock lock;
    uint64_t count;          // guarded by lock
    _Atomic(uint64_t) owner; // any thread: TL1
} rlock_data;

static uint64_t owner_of(rlock_data *d)
{
    // ORDER: relaxed; only equality with the caller's own id means something, and that it wrote.
    return atomic_load_explicit(&d->owner, memory_order_relaxed);
}

static void set_owner(rlock_data *d, uint64_t id)
{
    // ORDER: relaxed; the lock orders everything else.
    atomic_store_explicit(&d->owner, id, memory_order_relaxed);
}

static void rlock_dead(tg_thread *t, void *data)
{
    tg_stress_lock_gone(t, &((rlock_data *)data)->lock);
}

static tg_value rlock_take(tg_thread *t, rlock_data *d, int64_t ns)
{
    uint64_t self = tg_thread_id(t);
    if (owner_of(d) == self) {
        d->count++;
        return TG_TRUE;
    }
    tg_status st = tg_lock_acquire(t, &d->lock, ns);
    if (st == TG_OK) {
        set_owner(d, self);
        d->count = 1;
    }
    return acquired(st);
}

TGI_NATIVE(rlock_acquire)
{
    int64_t ns;
    rlock_data *d = tg_data(t, args[0], &tgi_rlock_class);
    if (d == NULL || parse_acquire(t, args, nargs, kwnames, &ns) < 0)
        return TG_NULL;
    return rlock_take(t, d, ns);
}

TGI_NATIVE(rlock_enter)
{
    rlock_data *d = tg_data(t, args[0], &tgi_rlock_class);
    return d == NULL ? TG_NULL : rlock_take(t, d, -1);
}

// The data if the calling thread holds the lock, else NULL with RuntimeError.
static rlock_data *held_rlock(tg_thread *t, tg_value self)
{
    rlock_data *d = tg_data(t, self, &tgi_rlock_class);
    if (d != NULL && owner_of(d) != tg_thread_id(t)) {
        tg_raise(t, TG_RuntimeError, "cannot release un-acquired lock");
        return NULL;
    }
    return d;
}

static void rlock_give(tg_thread *t, rlock_data *d)
{
    d->count = 0;
    set_owner(d, 0);
    (void)tg_lock_release(t, &d->lock);
}

TGI_NATIVE(rlock_release)
{
    rlock_data *d = held_rlock(t, args[0]);
    if (d == NULL)
        return TG_NULL;
    if (d->count > 1)
        d->count--;
    else
        rlock_give(t, d);
    return TG_NONE;
}

TGI_NATIVE(rlock_exit)
{
    return rlock_release(t, args, 1, TG_NULL);
}

TGI_NATIVE(rlock_is_owned)
{
    rlock_data *d = tg_data(t, args[0], &tgi_rlock_class);
    return d == NULL ? TG_NULL : tg_bool(owner_of(d) == tg_thread_id(t));
}

TGI_NATIVE(rlock_release_save)
{
    rlock_data *d = held_rlock(t, args[0]);
    if (d == NULL)
        return TG_NULL;
    tg_value parts[2] = {tg_uint(t, d->count), tg_uint(t, owner_of(d))};
    tg_value saved = tg_tuple(t, parts, 2);
    tg_release(t, parts[0]);
    tg_release(t, parts[1]);
    if (saved != TG_NULL)
        rlock_give(t, d);
    return saved;
}

TGI_NATIVE(rlock_acquire_restore)
{
    int64_t parts[2];
    rlock_data *d = tg_data(t, args[0], &tgi_rlock_class);
    if (d == NULL)
        return TG_NULL;
    if (tg_kind_of(t, args[1]) != TG_KIND_TUPLE || tg_tuple_size(t, args[1]) != 2)
        return tg_raise(t, TG_TypeError, "_acquire_restore() argument 1 must be a pair");
    for (size_t i = 0; i < 2; i++) {
        tg_value item = tg_tuple_get(t, args[1], i);
        int st = item == TG_NULL ? -1 : tg_as_int64(t, item, &parts[i]);
        tg_release(t, item);
        if (st < 0)
            return TG_NULL;
    }
    // Whoever waits in a condition must have the lock back before an exception can be handled. A
    // thread that is unwound handles none, and the lock may never come: its holder may wait for one
    // that this thread has.
    tg_value interrupt = TG_NULL;
    while (tg_lock_acquire(t, &d->lock, -1) == TG_ERR_RAISED) {
        tg_release(t, interrupt);
        if (tg_thread_must_unwind(t))
            return TG_NULL;
        interrupt = tg_error_fetch(t);
    }
    set_owner(d, (uint64_t)parts[1]);
    d->count = (uint64_t)parts[0];
    return interrupt == TG_NULL ? TG_NONE : tgi_raise_taken(t, interrupt);
}

static tg_value rlock_repr(tg_thread *t, tg_value self, void *data)
{
    rlock_data *d = data;
    uint64_t owner = owner_of(d);
    (void)self;
    return tg_str_format(t, "<%s _thread.RLock object owner=%llu count=%llu at %p>",
                         owner != 0 ? "locked" : "unlocked", (unsigned long long)owner,
                         (unsigned long long)(owner == tg_thread_id(t) ? d->count : owner != 0),
                         data);
}

static const tg_function_def rlock_methods[] = {
    TGI_FN_KW("acquire", rlock_acquire),
    TGI_FN("release", rlock_release, 0, 0),
    TGI_FN("__enter__", rlock_enter, 0, 0),
    TGI_FN("__exit__", rlock_exit, 0, 3),
    TGI_FN("_is_owned", rlock_is_owned, 0, 0),
    TGI_FN("_release_save", rlock_release_save, 0, 0),
    TGI_FN("_acquire_restore", rlock_acquire_restore, 1, 1),
    TGI_FN_END,
};

const tg_class_def tgi_rlock_class = {
    .name = "RLock",
    .module = "_thread",
    .data_bytes = sizeof(rlock_data),
    .methods = rlock_methods,
    .finalize = rlock_dead,
    .repr = rlock_repr,
};
