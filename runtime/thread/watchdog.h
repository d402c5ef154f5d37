// SPDX-License-Identifier: MIT
//
// watchdog.h - names the thread that holds up a pause. Layer thread. The code is in watchdog.c.
#ifndef TGI_THREAD_WATCHDOG_H
#define TGI_THREAD_WATCHDOG_H

#include "base/clock.h"   // tgi_deadline
#include "thread/state.h" // tg_thread
#include "thread/stw.h"   // tgi_stw

// How long a pause of rt may take to begin before the thread it waits for is named. 0: the default,
// TGI_STW_WATCHDOG_NS; negative: any time. Any thread; holds from the next pause on.
void tgi_watchdog_set_limit(tg_runtime *rt, int64_t ns);
int64_t tgi_watchdog_limit(tg_runtime *rt);

// Called with every thread a pause has waited too long for, instead of printing it to stderr. Runs
// on the requester, under threads_lock: no locks, no allocation. Process-wide; NULL: print.
typedef void tgi_watchdog_fn(tg_thread *slow, int64_t waited_ns, tgi_stw_cause cause);
void tgi_watchdog_set(tgi_watchdog_fn *fn);

// For stw.c. When a pause that begins now is late; NEVER without a limit.
tgi_deadline tgi_watchdog_alarm(tg_runtime *rt);
// The pause is late: names every thread it still waits for, once. Called by the requester.
void tgi_watchdog_bark(tg_runtime *rt, tgi_stw *stw);
// t stops, or ends, for a pause that waits for it, and was named: it says where it was.
// threads_lock is held; it is let go meanwhile if t stops. Called by t.
void tgi_watchdog_answer_locked(tg_thread *t);
void tgi_watchdog_ended_locked(tg_thread *t);

#endif
