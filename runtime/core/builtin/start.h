// SPDX-License-Identifier: MIT
//
// start.h - the beginning and the end of a core in an interpreter. Layer core/builtin. start.c,
// teardown.c.
#ifndef TGC_BUILTIN_START_H
#define TGC_BUILTIN_START_H

#include "bytecode/host.h"     // tgi_host
#include "core/object/state.h" // tgc_shared

struct tgi_core;
#define tgc_core_table TG_CORE_SYM(tgc_core_table)
extern const struct tgi_core tgc_core_table; // table.c

// The hooks a runtime of this core is created with.
#define tgc_hooks TG_CORE_SYM(tgc_hooks)
extern const tgi_core_hooks tgc_hooks;

// Memory for tg_interp.core, before the interpreter exists; NULL without memory.
#define tgc_shared_new TG_CORE_SYM(tgc_shared_new)
void *tgc_shared_new(const tgi_host *host);
// First thread attached: makes builtins, sys.modules, sys.path. TG_OK, or TG_ERR_NOMEM.
#define tgc_interp_start TG_CORE_SYM(tgc_interp_start)
tg_status tgc_interp_start(tg_thread *t);
// Last thread of the interpreter, all others are gone: frees every object of it. tgc_shared_free
// follows when t is gone.
#define tgc_interp_clear TG_CORE_SYM(tgc_interp_clear)
void tgc_interp_clear(tg_thread *t);
// The counters go to heir, the data of another interpreter; NULL: nowhere.
#define tgc_shared_free TG_CORE_SYM(tgc_shared_free)
void tgc_shared_free(void *shared, void *heir);

typedef struct tgc_counts {
    uint64_t objects_made, objects_freed, bytes_made, bytes_freed;
} tgc_counts;
#define tgc_counts_read TG_CORE_SYM(tgc_counts_read)
void tgc_counts_read(tg_thread *t, tgc_counts *out);

#endif
