// SPDX-License-Identifier: MIT
//
// gate.h - the door into a core: one table of functions per policy. Layer gate.
//
// Code that is compiled once calls a core through its runtime's table; the list of entries is
// entry.def. The tables are defined by the cores (core/builtin/table.c). Objects are opaque on this
// side.
#ifndef TGI_GATE_GATE_H
#define TGI_GATE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytecode/host.h"  // tgi_host
#include "thread/runtime.h" // tg_interp.core, hooks
#include <togil/define.h>   // tg_class_def

struct tg_gc_stats;     // togil/gc.h
struct tg_type_figures; // togil/stats.h

typedef struct tgi_core {
    const char *counts;          // "biased"
    bool free_threaded;          // may run without a GIL
    const tgi_core_hooks *hooks; // for the runtime
#define E(result, name, parameters) result(*name) parameters;
#include "gate/entry.def"
#undef E
} tgi_core;

// The core of a counting policy, or NULL if this build has none of that name.
const tgi_core *tgi_core_find(const char *counts);

// tg_interp.core begins with a pointer to the table.
static inline const tgi_core *tgi_core_of(const tg_thread *t)
{
    return *(const tgi_core *const *)t->interp->core;
}

#endif
