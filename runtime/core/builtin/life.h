// SPDX-License-Identifier: MIT
//
// life.h - what reaches a thread from outside: hooks of the breaker and of fork. Layer
// core/builtin. life.c.
#ifndef TGC_BUILTIN_LIFE_H
#define TGC_BUILTIN_LIFE_H

#include "core/object/state.h" // tgc_thread

// Hooks: see thread/runtime.h.
#define tgc_life_signals TG_CORE_SYM(tgc_life_signals)
tg_status tgc_life_signals(tg_thread *t);
#define tgc_life_async_exc TG_CORE_SYM(tgc_life_async_exc)
tg_status tgc_life_async_exc(tg_thread *t);
#define tgc_life_exit_requested TG_CORE_SYM(tgc_life_exit_requested)
tg_status tgc_life_exit_requested(tg_thread *t);
#define tgc_life_fork_child TG_CORE_SYM(tgc_life_fork_child)
void tgc_life_fork_child(tg_thread *t);

// Sets exc, an exception or a class of them, on the thread of t's interpreter with this id, which
// raises it at its next poll; an interruptible wait of it ends. TGC_NULL takes back what was set.
// 1, 0 if there is no such thread, -1 TypeError.
#define tgc_host_raise_in TG_CORE_SYM(tgc_host_raise_in)
int tgc_host_raise_in(tg_thread *t, uint64_t id, tg_value exc);

#endif
