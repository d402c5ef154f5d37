// SPDX-License-Identifier: MIT
//
// gil_signal.h - a signal that switches the GIL of a running program. Layer thread. The code is in
// gil_signal.c.
#ifndef TGI_THREAD_GIL_SIGNAL_H
#define TGI_THREAD_GIL_SIGNAL_H

#include "thread/state.h" // tg_thread

// From now on each `signo` that arrives toggles the GIL of the first interpreter. Called by the
// main thread. TG_ERR_UNSUPPORTED: it cannot be switched. TG_ERR_ARG, TG_ERR_STATE, TG_ERR_OS: see
// tgi_signals_install.
tg_status tgi_gil_signal_install(tg_runtime *rt, int signo);

// Breaker, main thread: does what the signals that have arrived ask for.
void tgi_gil_signal_handle(tg_thread *t);

// The name of its requests.
extern const char tgi_gil_signal_name[];

#endif
