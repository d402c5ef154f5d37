// SPDX-License-Identifier: MIT
//
// script.h - a script that is compiled once and run many times. Layer core/builtin. script.c.
#ifndef TGC_BUILTIN_SCRIPT_H
#define TGC_BUILTIN_SCRIPT_H

#include "core/object/object.h" // tg_value

// A script as a new main module; NULL raised. Lives as long as the interpreter.
#define tgc_script_load TG_CORE_SYM(tgc_script_load)
void *tgc_script_load(tg_thread *t, const char *source, size_t n, const char *filename);
// Runs its body: None, or TGC_NULL raised.
#define tgc_script_run TG_CORE_SYM(tgc_script_run)
tg_value tgc_script_run(tg_thread *t, void *script);
// Puts the variables of the module back to what they were before the first run.
#define tgc_script_reset TG_CORE_SYM(tgc_script_reset)
void tgc_script_reset(tg_thread *t, void *script);
#define tgc_script_free TG_CORE_SYM(tgc_script_free)
void tgc_script_free(tg_thread *t, void *script);

#endif
