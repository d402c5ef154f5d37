// SPDX-License-Identifier: MIT
//
// gil_signal.c - a signal that switches the GIL of a running program.
//
// A signal becomes a breaker bit of the main thread (signals.c), which toggles at its next poll:
//   the request "signal" is open      takes it back
//   else the one named "start" is     takes that back
//   else                              makes the request "signal"
// So it switches the GIL whatever the mode began with, and never takes back what a script or a
// native module has asked for.
//
// Threads     the main thread, attached.
// Invariants  I2  the signal is not among those that tgi_signals_take gives out: whatever arrives
//                 between the two looks waits for the next poll.
#include "thread/gil_signal.h"

#include "thread/gil.h"     // the switch
#include "thread/runtime.h" // signals

const char tgi_gil_signal_name[] = "signal";

tg_status tgi_gil_signal_install(tg_runtime *rt, int signo)
{
    if (!rt->gil_switchable)
        return TG_ERR_UNSUPPORTED;
    tg_status st = tgi_signals_install(rt, signo, NULL);
    if (st == TG_OK)
        rt->signals.toggle = signo;
    return st;
}

static void toggle(tg_thread *t)
{
    if (!tgi_gil_is_enabled(t)) {
        (void)tgi_gil_enable_transient(t, tgi_gil_signal_name, NULL);
    } else if (tgi_gil_disable(t, tgi_gil_signal_name, NULL) != TG_OK) {
        if (tgi_gil_disable(t, tgi_gil_started, NULL) != TG_OK)
            (void)tgi_gil_enable_transient(t, tgi_gil_signal_name, NULL);
    }
}

void tgi_gil_signal_handle(tg_thread *t)
{
    tgi_signals *signals = &t->runtime->signals;
    if (signals->toggle != 0 && tgi_signals_take_one(t->runtime, signals->toggle))
        toggle(t);
}
