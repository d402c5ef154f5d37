// SPDX-License-Identifier: MIT
//
// signals.h - a signal becomes a breaker bit of the main thread. Layer thread.
//
// The handler notes the signal, sets TGI_BRK_SIGNAL and ends an interruptible wait of the main
// thread. What the signal means is decided by hooks.signals, on the main thread, at a poll: it
// calls the function the signal was installed with.
#ifndef TGI_THREAD_SIGNALS_H
#define TGI_THREAD_SIGNALS_H

#include "base/atomic.h"  // pending set
#include "thread/state.h" // tg_runtime

#include <stdint.h> // uint64_t

enum { TGI_SIGNALS = 64 }; // numbers 1 to 63

// On the main thread, attached, at a poll. TG_OK, or TG_ERR_RAISED with an exception set on t.
typedef tg_status tgi_signal_fn(tg_thread *t, int signo);

typedef struct tgi_signals {
    _Atomic(uint64_t) pending;      // any thread: bit n = signal n arrived
    _Atomic(int) wake_fd;           // const once >= 0: readable after a signal; -1 none
    _Atomic(uint64_t) installed;    // main thread writes: bit n = our handler is in place
    tgi_signal_fn *fn[TGI_SIGNALS]; // main thread; NULL: as Ctrl-C
    int toggle;                     // main thread: the signal of gil_signal.c; 0 none
} tgi_signals;

void tgi_signals_init(tgi_signals *s);
void tgi_signals_fini(tg_runtime *rt);

// Routes signal `signo` (1..63) of the process to this runtime, which calls fn for it; NULL stands
// for what Ctrl-C does. Called by the main thread.
// Installed without SA_RESTART, so that a blocking call of the main thread returns with EINTR.
// One runtime at a time owns a signal: TG_ERR_STATE.
tg_status tgi_signals_install(tg_runtime *rt, int signo, tgi_signal_fn *fn);
tg_status tgi_signals_remove(tg_runtime *rt, int signo); // back to the default action

// As if the signal had arrived. Any thread, not from a signal handler.
void tgi_signals_raise(tg_runtime *rt, int signo);

// The OS thread of `from` goes on with `to`, neither attached: if `from` got the signals, `to` does
// from now on, with those that are pending.
void tgi_signals_follow(tg_thread *from, tg_thread *to);

// Takes one pending signal other than the one that switches the GIL; 0 if none. For hooks.signals.
int tgi_signals_take(tg_runtime *rt);

// Takes that very one; false if it is not pending.
bool tgi_signals_take_one(tg_runtime *rt, int signo);

// The same, if our handler is in place for it.
bool tgi_signals_raise_if_handled(tg_runtime *rt, int signo);

// Child of fork: the one thread is the main thread, and takes signals.
void tgi_signals_after_fork(tg_runtime *rt);

static inline bool tgi_signals_pending(tgi_signals *s)
{
    // ORDER: relaxed; the taker uses an RMW.
    return atom_load_relaxed(&s->pending) != 0;
}

#endif
