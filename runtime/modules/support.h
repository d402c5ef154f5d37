// SPDX-License-Identifier: MIT
//
// support.h - what several modules written in C share. Layer modules. The code is in support.c.
#ifndef TGI_MODULES_SUPPORT_H
#define TGI_MODULES_SUPPORT_H

#include <sched.h>     // sched_yield
#include <stdatomic.h> // short lock
#include <stdbool.h>
#include <stdint.h>

#include <togil/togil.h>

#define TGI_UNUSED __attribute__((unused))

// The head of a function that scripts call.
#define TGI_NATIVE(name)                                                           \
    static tg_value name(tg_thread *t TGI_UNUSED, const tg_value *args TGI_UNUSED, \
                         size_t nargs TGI_UNUSED, tg_value kwnames TGI_UNUSED)

// A function that takes part in a table: name, function, least and most arguments.
#define TGI_FN(name, fn, min, max) \
    {                              \
        name, fn, min, max, 0      \
    }
#define TGI_FN_KW(name, fn)       \
    {                             \
        name, fn, 0, -1, TG_FN_KW \
    }
#define TGI_FN_END          \
    {                       \
        NULL, NULL, 0, 0, 0 \
    }

// --- a lock for a few instructions

// Holds up other threads only for the instructions under it: no script code, no release of a
// reference, no detach, no system call. Never fails, so it may be taken in a finalizer.
typedef struct tgi_short_lock {
    atomic_flag held;
} tgi_short_lock;

static inline void tgi_short_lock_take(tgi_short_lock *lock)
{
    // ORDER: acquire; pairs with the release below: what the last holder wrote is visible.
    while (atomic_flag_test_and_set_explicit(&lock->held, memory_order_acquire))
        sched_yield();
}

static inline void tgi_short_lock_drop(tgi_short_lock *lock)
{
    // ORDER: release; pairs with the acquire above.
    atomic_flag_clear_explicit(&lock->held, memory_order_release);
}

// --- time

#define TGI_NS_PER_S INT64_C(1000000000)

int64_t tgi_now_ns(void); // the monotonic clock

// Seconds as int or float, rounded away from zero. 0, or -1: TypeError, ValueError (NaN),
// OverflowError.
int tgi_seconds(tg_thread *t, tg_value v, int64_t *ns);

// --- errors

tg_value tgi_raise_host(tg_thread *t, tg_status st); // the exception of a status; always TG_NULL
int tgi_raise_host_int(tg_thread *t, tg_status st);  // the same; always -1

// Writes "<what><repr of subject>" and the exception that is set, with its traceback, to stderr,
// and takes it off. subject may be TG_NULL.
void tgi_report_ignored(tg_thread *t, const char *what, tg_value subject);

// Raises an exception object that the caller owns, or TG_NULL if making it failed. Always TG_NULL.
tg_value tgi_raise_taken(tg_thread *t, tg_value exc);

// --- filling modules

int tgi_add_ints(tg_thread *t, tg_value module, const char *const *names, const int64_t *values,
                 size_t n);
int tgi_add_int(tg_thread *t, tg_value module, const char *name, int64_t i);
int tgi_add_str(tg_thread *t, tg_value module, const char *name, const char *text);
int tgi_add_float(tg_thread *t, tg_value module, const char *name, double d);

// An attribute of the module builtins; a new reference.
tg_value tgi_builtin(tg_thread *t, const char *name);

tg_value tgi_urandom(tg_thread *t, tg_value size); // bytes from the system

// A class made by type(name, (base,), {"__module__": module}).
tg_value tgi_subclass(tg_thread *t, const char *name, const char *module, tg_value base);

// A tuple whose items are attributes too, as sys.version_info is. make_class once, then instances.
// `fields` is separated by spaces. The values are taken, also on failure.
tg_value tgi_record_class(tg_thread *t, const char *name, const char *fields);
tg_value tgi_record(tg_thread *t, tg_value cls, tg_value *values, size_t n);
// Both in one, for a record that is the only one of its class; added to the module.
int tgi_add_record(tg_thread *t, tg_value module, const char *attribute, const char *name,
                   const char *fields, tg_value *values, size_t n);

#endif
