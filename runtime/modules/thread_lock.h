// SPDX-License-Identifier: MIT
//
// thread_lock.h - the classes lock and RLock of the module _thread. Layer modules.
#ifndef TGI_MODULES_THREAD_LOCK_H
#define TGI_MODULES_THREAD_LOCK_H

#include <togil/define.h> // tg_class_def

extern const tg_class_def tgi_lock_class;
extern const tg_class_def tgi_rlock_class;

// A lock that a stress tester does not watch: of the library's own bookkeeping.
tg_value tgi_lock_quiet(tg_thread *t, tg_value lock_type);

#endif
