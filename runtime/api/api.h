// SPDX-License-Identifier: MIT
//
// api.h - what the files of this layer share. Layer api.
#ifndef TGI_API_API_H
#define TGI_API_API_H

#include "bytecode/host.h" // tgi_host
#include "sync/mutex.h"    // lock
#include <togil/define.h>  // tg_module_def

typedef struct tgi_api_module {
    const tg_module_def *def;
    void *state;
    void (*free_state)(tg_thread *t, void *state);
} tgi_api_module;

// Per runtime: tg_interp.host of its first interpreter.
typedef struct tgi_api_runtime {
    const tg_mode *mode;     // const after init
    tgi_mutex lock;          // leaf: guards what follows
    tgi_api_module *modules; // registered ones
    size_t module_count, module_capacity;
} tgi_api_runtime;

tgi_api_runtime *tgi_api_runtime_of(tg_thread *t);

extern const tgi_host tgi_host_table; // define.c

// Modules of the library, sys.argv, sys.path. 0 or -1.
int tgi_api_start(tg_thread *t, const tg_config *config);
void tgi_api_free_states(tg_thread *t);

#endif
