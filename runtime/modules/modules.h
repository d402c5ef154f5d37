// SPDX-License-Identifier: MIT
//
// modules.h - the module library as a whole: what the layer api asks of it. Layer modules.
#ifndef TGI_MODULES_MODULES_H
#define TGI_MODULES_MODULES_H

#include <togil/define.h> // tg_module_def

// Modules written in C; ended by NULL.
extern const tg_module_def *const tgi_native_modules[];

// The main script has ended, threads may still run: functions registered for the end (atexit).
void tgi_modules_stop(tg_thread *t);

#endif
