// SPDX-License-Identifier: MIT
//
// signals.h - a signal becomes a breaker bit of the main thread. Layer thread.
//
// The handler notes the signal, sets TGI_BRK_SIGNAL and ends an interruptible wait of the main
// thread. What the signal means is decided by hooks.signals, on the main thread, at a poll.
#ifndef TGI_THREAD_SIGNALS_H
#define TGI_THREAD_SIGNALS_H

#include "base/atomic.h"  // pending set
#include "thread/state.h" // tg_runtime

#include <stdint.h> // uint64_t

typedef struct tgi_signals {
    _Atomic(uint64_t) pending; // any thread: bit n = signal n arrived
    _Atomic(int) wake_fd;      // const once >= 0: readable after a signal; -1 none
    uint64_t installed;        // main thread: bit n = our handler is in place
    int toggle;                // main thread: the signal of gil_signal.c; 0 none
} tgi_signals;

void tgi_signals_init(tgi_signals *s);
void tgi_signals_fini(tg_runtime *rt);

// Routes signal `signo` (1..63) of the process to this runtime. Called by its main thread.
// Installed without SA_RESTART, so that a blocking call of the main thread returns with EINTR.
// One runtime at a time owns a signal: TG_ERR_STATE.
tg_status tgi_signals_install(tg_runtime *rt, int signo);
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

static inline bool tgi_signals_pending(tgi_signals *s)
{
    // ORDER: relaxed; the taker uses an RMW.
    return atom_load_relaxed(&s->pending) != 0;
}

#endif
