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
    // Of a module in a shared object (native.c); others have false.
    bool from_file, starting; // starting: its init runs
    int gil;                  // a tg_native_gil: what it declares, or said in init
    tg_value module;          // the module it filled, owned; TG_NULL: none yet
} tgi_api_module;

// Per runtime: tg_interp.host of its first interpreter.
typedef struct tgi_api_runtime {
    const tg_mode *mode;                     // const after init
    bool gil_stays_off;                      // const after init: see tg_config
    void (*at_end)(tg_thread *t, void *arg); // const once created: tg_config.at_end
    void *at_end_arg;                        // const once created
    tgi_mutex lock;                          // leaf: guards what follows
    tgi_api_module *modules;                 // registered ones
    size_t module_count, module_capacity;
} tgi_api_runtime;

tgi_api_runtime *tgi_api_runtime_of(tg_thread *t);

extern const tgi_host tgi_host_table; // define.c

// The entry of a definition, or of a name that is no file's; NULL. api->lock held.
tgi_api_module *tgi_api_find_module_locked(tgi_api_runtime *api, const tg_module_def *def,
                                           const char *name);
// Adds one. TG_ERR_NOMEM.
tg_status tgi_api_add_module(tgi_api_runtime *api, const tg_module_def *def, bool from_file);
// Calls what tg_module_set_state was given for def, and forgets it.
void tgi_api_free_state(tg_thread *t, const tg_module_def *def);

// Imports the native module at path as `name`, into `module` or as what it was imported as before:
// sys.modules has it then. 1 done, 0 there is no such file, -1 raised. native.c
int tgi_native_import(tg_thread *t, const char *path, const char *name, tg_value module);

// Modules of the library, sys.argv, sys.path. 0 or -1.
int tgi_api_start(tg_thread *t, const tg_config *config);
void tgi_api_free_states(tg_thread *t);

#endif
