// SPDX-License-Identifier: MIT
//
// api.h - what the files of this layer share. Layer api.
#ifndef TGI_API_API_H
#define TGI_API_API_H

#include "bytecode/host.h" // tgi_host
#include "sync/mutex.h"    // lock
#include <togil/define.h>  // tg_module_def

// A module written in C, in one interpreter.
typedef struct tgi_api_module {
    const tg_module_def *def;
    void *state;
    void (*free_state)(tg_thread *t, void *state);
    // Of a module in a shared object (native.c); others have false.
    bool from_file, starting; // starting: its init runs
    int gil;                  // a tg_native_gil: what it declares, or said in init
    tg_value module;          // the module it filled, owned; TG_NULL: none yet
} tgi_api_module;

typedef struct tgi_api_runtime {
    const tg_mode *mode;                     // const after init
    bool gil_stays_off;                      // const after init: see tg_config
    void (*at_end)(tg_thread *t, void *arg); // const once created: tg_config.at_end
    void *at_end_arg;                        // const once created
    tgi_mutex lock;                          // leaf: guards what follows
    const tg_module_def **modules;           // registered ones
    size_t module_count, module_capacity;
} tgi_api_runtime;

// Per interpreter: tg_interp.host.
typedef struct tgi_api_interp {
    tgi_api_runtime *runtime; // const after init: the same for all interpreters of a runtime
    tgi_mutex lock;           // leaf: guards what follows
    tgi_api_module *modules;  // those that were imported
    size_t module_count, module_capacity;
} tgi_api_interp;

tgi_api_runtime *tgi_api_runtime_of(const tg_runtime *rt);
tgi_api_interp *tgi_api_interp_of(tg_thread *t);
tgi_api_interp *tgi_api_interp_new(tgi_api_runtime *runtime); // NULL without memory
void tgi_api_interp_free(tgi_api_interp *api);

extern const tgi_host tgi_host_table; // define.c

// The entry of a definition; NULL. api->lock held.
tgi_api_module *tgi_api_find_module_locked(tgi_api_interp *api, const tg_module_def *def);
// Adds one if there is none. TG_ERR_NOMEM.
tg_status tgi_api_add_module(tgi_api_interp *api, const tg_module_def *def, bool from_file);
// Calls what tg_module_set_state was given for def, and forgets it.
void tgi_api_free_state(tg_thread *t, const tg_module_def *def);

// Imports the native module at path as `name`, into `module` or as what it was imported as before:
// sys.modules has it then. 1 done, 0 there is no such file, -1 raised. native.c
int tgi_native_import(tg_thread *t, const char *path, const char *name, tg_value module);

// Registers the modules of the library.
tg_status tgi_api_register_library(tgi_api_runtime *api);
// A list of strs for sys.path, and one for sys.argv: the interpreter takes them. 0 or -1.
int tgi_api_start(tg_thread *t, tg_value path_steal, tg_value argv_steal);
// The lists of a configuration; TG_NULL: raised.
tg_value tgi_api_strings(tg_thread *t, const char *const *strings, const char *otherwise);
void tgi_api_free_states(tg_thread *t);

// interp.c: ends every interpreter but the first. t is attached in the first one.
void tgi_api_close_interps(tg_thread *t);

#endif
