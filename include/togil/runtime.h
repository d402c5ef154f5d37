// SPDX-License-Identifier: MIT
//
// runtime.h - runtimes, threads, the GIL.
//
// A runtime runs in one mode for life: a counting policy, and a GIL that is on or off. With the
// policies that allow it the GIL can be switched while the runtime runs. Several runtimes, of
// different modes, may live in one process; values never cross.
//
// A thread of the host enters a runtime through a thread state (tg_thread): attached it may touch
// values, detached it may block. The state is the first argument of every call. One OS thread
// attaches one state at a time, and a state is used by one OS thread at a time.
#ifndef TOGIL_RUNTIME_H
#define TOGIL_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <togil/export.h>
#include <togil/status.h>
#include <togil/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tg_runtime tg_runtime;
typedef struct tg_thread tg_thread;

// --- modes

typedef struct tg_mode {
    const char *name;    // "nogil"
    const char *counts;  // counting policy: "classic", "atomic", "biased"
    bool gil;            // the GIL is on at the start
    bool switchable;     // and can be switched
    const char *summary; // one line
} tg_mode;

// The modes of this build, in order of preference; *count is their number. Static data. Any thread,
// any time.
TG_API const tg_mode *tg_modes(size_t *count);
// A mode by name, or NULL.
TG_API const tg_mode *tg_mode_find(const char *name);
// A mode by its parts; NULL if there is none (classic without a GIL). gil < 0 means the policy's
// default.
TG_API const tg_mode *tg_mode_of(const char *counts, int gil);

// "0.1.0"
TG_API const char *tg_version(void);

// --- a runtime

typedef struct tg_config {
    const char *mode;           // NULL: "nogil"
    const char *const *path;    // directories searched by import, NULL-terminated; NULL: none
    const char *const *argv;    // sys.argv, NULL-terminated; NULL: [""]
    int64_t switch_interval_us; // 0: 5000
    const char *gil_policy;     // NULL: "timed"; see tg_gil_set_policy
    int gil_signal;             // a signal that switches the GIL; 0: none. See docs/gil.md
    bool handle_sigint;         // Ctrl-C raises KeyboardInterrupt in the first thread
    bool gil_stays_off;         // also for native modules that are not declared safe: native.h
    // A pause that takes longer than this to begin names the thread it waits for: stats.h. 0: 5000;
    // negative: never.
    int64_t pause_limit_ms;
    // objects that several threads count often stay as they are: docs/counts.md
    bool hot_counts_off;
    bool check_world; // for tests: abort when the GIL or a pause breaks its promise
    // Called once by tg_runtime_destroy, attached, when every other thread has ended and the heap
    // is still there: the place to read the last figures (<togil/stats.h>). May be NULL.
    void (*at_end)(tg_thread *t, void *arg);
    void *at_end_arg;
} tg_config;

// Creates a runtime; the calling thread becomes its main thread, attached, in *t. config may be
// NULL. TG_ERR_ARG: unknown mode, policy or signal. TG_ERR_UNSUPPORTED: the build lacks that core,
// or gil_signal with classic counts. TG_ERR_STATE: another runtime has that signal. TG_ERR_NOMEM.
// TG_ERR_OS.
TG_API tg_status tg_runtime_create(const tg_config *config, tg_runtime **rt, tg_thread **t);

// Ends it: waits for threads that are not daemons, ends the rest, frees every object. t is the main
// thread's state, attached. Afterwards neither rt, t nor any value may be used.
TG_API void tg_runtime_destroy(tg_runtime *rt, tg_thread *t);

TG_API const tg_mode *tg_runtime_mode(const tg_runtime *rt);
TG_API tg_runtime *tg_thread_runtime(tg_thread *t);

// --- threads of the host

// A state for the calling thread, attached. TG_ERR_STATE when the runtime is ending; TG_ERR_NOMEM.
TG_API tg_status tg_thread_enter(tg_runtime *rt, tg_thread **t);
// Ends a state made by tg_thread_enter. The calling thread is attached with it.
TG_API void tg_thread_leave(tg_thread *t);

// The pair around anything that may block; no value may be touched in between, and errno is kept.
// attach waits while another thread holds the GIL or the world is stopped.
TG_API void tg_thread_detach(tg_thread *t);
TG_API void tg_thread_attach(tg_thread *t);

#define TG_BEGIN_BLOCKING(t) \
    {                        \
        tg_thread_detach(t);
#define TG_END_BLOCKING(t) \
    tg_thread_attach(t);   \
    }

// Handles what is pending for the thread: a pause, a GIL request, a signal. For long loops in C;
// values the caller has no reference to may be gone afterwards. TG_ERR_RAISED: an exception is set
// (KeyboardInterrupt).
TG_API tg_status tg_poll(tg_thread *t);

// True once the runtime ends while t still runs: t is to unwind, and every tg_poll raises. Code
// that would wait again after an exception gives up.
TG_API bool tg_thread_must_unwind(tg_thread *t);

// A small number that names the thread, unique in the process for ever.
TG_API uint64_t tg_thread_id(tg_thread *t);

// What the operating system calls the calling thread: gettid(2). Under the stress tester the
// threads of a program share one. Any thread, attached or not.
TG_API int tg_native_thread_id(void);

// Makes the thread with this id raise exc, an exception or a class of them, at its next poll; a
// wait for a lock, a join or a sleep ends for it, a system call does not. TG_NULL takes back what
// was set and not raised yet. 1; 0: t's interpreter has no such thread; -1: TypeError on t. Any
// thread.
TG_API int tg_raise_in(tg_thread *t, uint64_t thread_id, tg_value exc);

// --- signals of the process

// A signal is noted where it arrives; fn is called for it on the runtime's main thread, attached,
// at that thread's next poll. A wait of the main thread is interrupted for it and then goes on
// until its old deadline. fn returns TG_OK, or TG_ERR_RAISED with an exception set on t.
typedef tg_status (*tg_signal_fn)(tg_thread *t, int signo);

// The main thread is the one that created the runtime; in the child of a fork the one that forked.
TG_API bool tg_is_main_thread(tg_thread *t);
// Routes a signal to fn; NULL raises KeyboardInterrupt. TG_ERR_STATE: t is not the main thread, or
// another runtime has the signal, or it switches the GIL. TG_ERR_ARG: no such signal. TG_ERR_OS.
TG_API tg_status tg_signal_handle(tg_thread *t, int signo, tg_signal_fn fn);
// Gives it back to the system: ignored, or what the system does by default. Errors as above.
TG_API tg_status tg_signal_default(tg_thread *t, int signo, bool ignore);
// As if it had arrived. TG_ERR_STATE if the runtime does not handle it. Any thread.
TG_API tg_status tg_signal_raise(tg_thread *t, int signo);

// --- fork

// fork(2) with the world stopped. In the child (*pid 0) t is the only thread and the main thread;
// what other threads held is not released, and other runtimes of the process, and other
// interpreters, cannot be used. TG_ERR_OS (errno); TG_ERR_STATE: t is not in the main interpreter,
// or went there from another one.
TG_API tg_status tg_fork(tg_thread *t, int64_t *pid);

// --- threads started by the runtime

typedef struct tg_thread_handle tg_thread_handle; // counted

// Starts an OS thread in t's runtime; fn runs attached on it. drop (may be NULL) is called instead,
// without a thread state, if the thread can never run. *out holds one count. stack_bytes 0: the
// default. TG_ERR_OS, TG_ERR_NOMEM, TG_ERR_STATE.
TG_API tg_status tg_thread_start(tg_thread *t, void (*fn)(tg_thread *t, void *arg),
                                 void (*drop)(void *arg), void *arg, const char *name,
                                 size_t stack_bytes, bool daemon, tg_thread_handle **out);
// Waits until it has ended; timeout_ns < 0: for ever. Detaches while waiting. TG_OK (any number of
// times), TG_ERR_TIMEOUT, TG_ERR_STATE (itself), TG_ERR_RAISED (interrupted by an exception).
TG_API tg_status tg_thread_join(tg_thread *t, tg_thread_handle *h, int64_t timeout_ns);
TG_API bool tg_thread_handle_done(tg_thread_handle *h);
TG_API uint64_t tg_thread_handle_id(const tg_thread_handle *h);
TG_API void tg_thread_handle_retain(tg_thread_handle *h);
TG_API void tg_thread_handle_release(tg_thread_handle *h);
TG_API size_t tg_thread_count(tg_thread *t); // thread states of the runtime

// --- waiting

typedef struct tg_lock {
    uint8_t word; // private
} tg_lock;

#define TG_LOCK_INIT \
    {                \
        0            \
    }

// A lock that detaches while it waits. Any thread may release it. timeout_ns < 0: for ever; 0: try.
// TG_ERR_TIMEOUT, TG_ERR_RAISED (interrupted by an exception).
TG_API tg_status tg_lock_acquire(tg_thread *t, tg_lock *lock, int64_t timeout_ns);
TG_API tg_status tg_lock_release(tg_thread *t, tg_lock *lock); // TG_ERR_STATE if it is not held
TG_API bool tg_lock_held(tg_lock *lock);

// Waits detached until poll(2) reports one of `events` (POLLIN, POLLOUT) on fd, or timeout_ns has
// passed (< 0: for ever). TG_ERR_TIMEOUT; TG_ERR_OS (errno); TG_ERR_RAISED. *revents may be NULL.
TG_API tg_status tg_wait_fd(tg_thread *t, int fd, short events, int64_t timeout_ns, short *revents);
TG_API tg_status tg_sleep(tg_thread *t, int64_t ns); // TG_ERR_RAISED

// --- the GIL

// 0: off; N: on by that many transient requests; INT_MAX: on for good.
TG_API int tg_gil_count(tg_thread *t);
static inline bool tg_gil_enabled(tg_thread *t)
{
    return tg_gil_count(t) != 0;
}
// Each transient request is followed by exactly one tg_gil_disable or tg_gil_make_permanent, by any
// thread. enable may detach t for a moment and stop all threads; the other two never wait. Once
// the GIL is permanent all three do nothing and succeed. TG_ERR_UNSUPPORTED: classic counts.
// TG_ERR_LIMIT: too many requests. TG_ERR_STATE: unpaired, no such request is open.
TG_API tg_status tg_gil_enable(tg_thread *t);
TG_API tg_status tg_gil_make_permanent(tg_thread *t);
TG_API tg_status tg_gil_disable(tg_thread *t);
// The same for a request with a name ("module zlib"; copied, cut at 63 bytes), which is taken back
// under that name only. who NULL: the functions above, whose requests bear the name of the thread.
TG_API tg_status tg_gil_enable_for(tg_thread *t, const char *who);
TG_API tg_status tg_gil_make_permanent_for(tg_thread *t, const char *who);
TG_API tg_status tg_gil_disable_for(tg_thread *t, const char *who);

typedef struct tg_gil_request {
    char who[64]; // the name, "thread 3 (MainThread)", "start" (on from the start), or "others"
    int count;    // open requests of it
} tg_gil_request;
// Who asked: writes the first `capacity` open requests, oldest first, and returns how many there
// are. Beyond a few dozen names the rest is counted together as "others". Of a permanent GIL the
// first is the one that made it so, and nothing is added any more. out may be NULL if capacity is
// 0.
TG_API size_t tg_gil_who(tg_thread *t, tg_gil_request *out, size_t capacity);

// How threads share the GIL, by name: "timed" (the default), "fair" or "ticks"; docs/gil.md. May be
// changed at any time, also while the GIL is off. TG_ERR_ARG: no such policy. The names are static.
TG_API tg_status tg_gil_set_policy(tg_thread *t, const char *name);
TG_API const char *tg_gil_policy(tg_thread *t);
TG_API const char *tg_gil_policy_at(size_t i); // all of them; NULL behind the last
// timed, fair: how long a thread waits for one that computes before it asks it to let go. fair: how
// long a thread back from a blocking call does. ticks: polls between two releases. Values below
// the least that makes sense (1 us, 0, 1) are raised to it.
TG_API void tg_gil_set_interval_us(tg_thread *t, int64_t us);
TG_API int64_t tg_gil_interval_us(tg_thread *t);
TG_API void tg_gil_set_slice_us(tg_thread *t, int64_t us);
TG_API int64_t tg_gil_slice_us(tg_thread *t);
TG_API void tg_gil_set_check_interval(tg_thread *t, int polls);
TG_API int tg_gil_check_interval(tg_thread *t);

#ifdef __cplusplus
}
#endif

#endif
