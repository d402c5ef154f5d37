// SPDX-License-Identifier: MIT
//
// define.c - public functions about definitions and scripts; the host table of the cores.
//
// Owns        the list of registered modules of each runtime, their states in each interpreter, and
//             what the cores ask of the layers above them.
#include <togil/define.h>

#include "api/api.h"          // shared parts
#include "gate/gate.h"        // tgi_core_of
#include "lang/compile.h"     // tgi_compile
#include "mem/raw.h"          // memory
#include "modules/embedded.h" // library in Python
#include "modules/modules.h"  // library in C
#include "thread/runtime.h"   // interp.host

#include <string.h>

#define CORE(t) tgi_core_of(t)

// --- the host table

static tg_status compile(const char *source, size_t n, const char *filename, int mode,
                         tgi_unit **out, tgi_source_error *error)
{
    tgi_syntax_error e;
    tg_status st = tgi_compile(source, n, filename,
                               mode == TGI_HOST_EXPRESSION ? TGI_EXPRESSION : TGI_MODULE, out, &e);
    if (st == TG_ERR_ARG) {
        error->kind = (int)e.kind;
        error->line = e.line;
        error->column = e.column;
        error->end_line = e.end_line;
        error->end_column = e.end_column;
        memcpy(error->message, e.message, sizeof error->message);
    }
    return st;
}

static bool embedded(const char *name, const char **source, size_t *n, bool *is_package)
{
    for (const tgi_embedded_module *m = tgi_embedded_modules; m->name != NULL; m++) {
        if (strcmp(m->name, name) == 0) {
            *source = m->source;
            *n = m->length;
            *is_package = m->is_package;
            return true;
        }
    }
    return false;
}

static const tg_module_def *find_registered(tgi_api_runtime *api, const char *name)
{
    const tg_module_def *def = NULL;
    tgi_mutex_lock(&api->lock);
    for (size_t i = 0; i < api->module_count && def == NULL; i++) {
        if (strcmp(api->modules[i]->name, name) == 0)
            def = api->modules[i];
    }
    tgi_mutex_unlock(&api->lock);
    return def;
}

tgi_api_module *tgi_api_find_module_locked(tgi_api_interp *api, const tg_module_def *def)
{
    for (size_t i = 0; i < api->module_count; i++) {
        if (api->modules[i].def == def)
            return &api->modules[i];
    }
    return NULL;
}

// It has an entry from here on, so that setting its state cannot fail.
tg_status tgi_api_add_module(tgi_api_interp *api, const tg_module_def *def, bool from_file)
{
    tg_status st = TG_OK;
    tgi_mutex_lock(&api->lock);
    bool there = tgi_api_find_module_locked(api, def) != NULL;
    if (!there && api->module_count == api->module_capacity) {
        size_t capacity = api->module_capacity == 0 ? 16 : api->module_capacity * 2;
        tgi_api_module *list = tgi_raw_realloc(api->modules, capacity * sizeof *list);
        if (list == NULL) {
            st = TG_ERR_NOMEM;
        } else {
            api->modules = list;
            api->module_capacity = capacity;
        }
    }
    if (!there && st == TG_OK)
        api->modules[api->module_count++] =
            (tgi_api_module){.def = def, .from_file = from_file, .module = TG_NULL};
    tgi_mutex_unlock(&api->lock);
    return st;
}

static int native(tg_thread *t, const char *name, tg_value module)
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    const tg_module_def *def = find_registered(api->runtime, name);
    if (def == NULL)
        return 0;
    if (tgi_api_add_module(api, def, false) != TG_OK) {
        tg_raise_nomem(t);
        return -1;
    }
    return def->init(t, module) < 0 ? -1 : 1;
}

const tgi_host tgi_host_table = {compile, embedded, native, tgi_native_import};

// --- modules

static tg_status register_module(tgi_api_runtime *api, const tg_module_def *def)
{
    tg_status st = TG_OK;
    tgi_mutex_lock(&api->lock);
    if (api->module_count == api->module_capacity) {
        size_t capacity = api->module_capacity == 0 ? 32 : api->module_capacity * 2;
        const tg_module_def **list = tgi_raw_realloc((void *)api->modules, capacity * sizeof *list);
        if (list == NULL) {
            st = TG_ERR_NOMEM;
        } else {
            api->modules = list;
            api->module_capacity = capacity;
        }
    }
    if (st == TG_OK)
        api->modules[api->module_count++] = def;
    tgi_mutex_unlock(&api->lock);
    return st;
}

tg_status tg_register_module(tg_runtime *rt, const tg_module_def *def)
{
    return register_module(tgi_api_runtime_of(rt), def);
}

int tg_module_add(tg_thread *t, tg_value module, const char *name, tg_value v)
{
    if (v == TG_NULL)
        return -1;
    return CORE(t)->host_module_add(t, module, name, v);
}

int tg_module_add_functions(tg_thread *t, tg_value module, const tg_function_def *functions)
{
    tg_value name = tg_getattr(t, module, "__name__");
    const char *text = name != TG_NULL ? tg_as_utf8(t, name, NULL) : NULL;
    if (text == NULL)
        return -1;
    int st = 0;
    for (; functions->name != NULL && st == 0; functions++)
        st = tg_module_add(t, module, functions->name, tg_function(t, functions, text));
    tg_release(t, name);
    return st;
}

void *tg_module_state(tg_thread *t, const tg_module_def *def)
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    tgi_mutex_lock(&api->lock);
    tgi_api_module *m = tgi_api_find_module_locked(api, def);
    void *state = m != NULL ? m->state : NULL;
    tgi_mutex_unlock(&api->lock);
    return state;
}

void tg_module_set_state(tg_thread *t, const tg_module_def *def, void *state,
                         void (*free_)(tg_thread *t, void *state))
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    tgi_mutex_lock(&api->lock);
    tgi_api_module *m = tgi_api_find_module_locked(api, def);
    if (m != NULL) {
        m->state = state;
        m->free_state = free_;
    }
    tgi_mutex_unlock(&api->lock);
}

static void free_state(tg_thread *t, tgi_api_module *m)
{
    if (m->free_state != NULL)
        m->free_state(t, m->state);
}

void tgi_api_free_state(tg_thread *t, const tg_module_def *def)
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    tgi_api_module old = {.free_state = NULL};
    tgi_mutex_lock(&api->lock);
    tgi_api_module *m = tgi_api_find_module_locked(api, def);
    if (m != NULL) {
        old = *m;
        m->free_state = NULL;
        m->state = NULL;
    }
    tgi_mutex_unlock(&api->lock);
    free_state(t, &old); // what it does is not ours to know: without the lock
}

void tgi_api_free_states(tg_thread *t)
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    for (size_t i = 0; i < api->module_count; i++) {
        tgi_api_module *m = &api->modules[i], old = *m;
        m->free_state = NULL;
        m->state = NULL;
        m->module = TG_NULL;
        free_state(t, &old);
        tg_release(t, old.module);
    }
}

// --- start and stop

tg_value tgi_api_strings(tg_thread *t, const char *const *strings, const char *otherwise)
{
    const char *const one[] = {otherwise, NULL};
    if (strings == NULL)
        strings = otherwise != NULL ? one : &one[1];
    tg_value list = tg_list(t, NULL, 0);
    for (; list != TG_NULL && *strings != NULL; strings++) {
        tg_value s = tg_str_c(t, *strings);
        if (s == TG_NULL || tg_list_append(t, list, s) < 0) {
            tg_release(t, s);
            tg_release(t, list);
            return TG_NULL;
        }
        tg_release(t, s);
    }
    return list;
}

tg_status tgi_api_register_library(tgi_api_runtime *api)
{
    tg_status st = TG_OK;
    for (const tg_module_def *const *m = tgi_native_modules; *m != NULL && st == TG_OK; m++)
        st = register_module(api, *m);
    return st;
}

int tgi_api_start(tg_thread *t, tg_value path_steal, tg_value argv_steal)
{
    int st = path_steal == TG_NULL || argv_steal == TG_NULL
                 ? -1
                 : CORE(t)->host_set_runtime_value(t, TG_VALUE_PATH, path_steal);
    tg_value sys = st < 0 ? TG_NULL : tg_import(t, "sys");
    st = sys == TG_NULL ? -1 : tg_setattr(t, sys, "argv", argv_steal);
    tg_release(t, sys);
    tg_release(t, path_steal);
    tg_release(t, argv_steal);
    return st;
}

tgi_api_interp *tgi_api_interp_new(tgi_api_runtime *runtime)
{
    tgi_api_interp *api = tgi_raw_calloc(1, sizeof *api);
    if (api != NULL)
        api->runtime = runtime;
    return api;
}

void tgi_api_interp_free(tgi_api_interp *api)
{
    if (api != NULL)
        tgi_raw_free(api->modules);
    tgi_raw_free(api);
}

// --- definitions

tg_value tg_function(tg_thread *t, const tg_function_def *def, const char *module)
{
    return CORE(t)->host_function(t, def, module);
}
tg_value tg_class(tg_thread *t, const tg_class_def *def)
{
    return CORE(t)->native_class(t, def);
}
void *tg_data(tg_thread *t, tg_value self, const tg_class_def *def)
{
    return CORE(t)->native_data(t, self, def);
}
tg_value tg_instance(tg_thread *t, tg_value cls, void **data)
{
    return CORE(t)->native_instance(t, cls, data);
}
int tg_parse_args(tg_thread *t, const char *function, const char *const *names, size_t required,
                  const tg_value *args, size_t nargs, tg_value kwnames, tg_value *out)
{
    return CORE(t)->parse_args(t, function, names, required, args, nargs, kwnames, out);
}
tg_value tg_thread_dict(tg_thread *t)
{
    return CORE(t)->host_thread_dict(t);
}

// --- scripts

tg_value tg_import(tg_thread *t, const char *name)
{
    return CORE(t)->host_import(t, name);
}
tg_value tg_run(tg_thread *t, const char *source, size_t n, const char *filename,
                const char *module)
{
    return CORE(t)->host_run(t, source, n, filename, module);
}
tg_value tg_run_file(tg_thread *t, const char *path)
{
    return CORE(t)->host_run_file(t, path);
}
tg_value tg_eval(tg_thread *t, const char *expression, tg_value module)
{
    return CORE(t)->host_eval(t, expression, module);
}
tg_value tg_disassemble(tg_thread *t, const char *source, size_t n, const char *filename)
{
    return CORE(t)->host_disassemble(t, source, n, filename);
}
int tg_report_exception(tg_thread *t, tg_value exc_steal)
{
    return CORE(t)->host_report_exception(t, exc_steal);
}
int tg_write(tg_thread *t, int stream, const char *text, size_t n)
{
    return CORE(t)->stream_write(t, stream, text, n);
}
int tg_flush(tg_thread *t, int stream)
{
    return CORE(t)->stream_flush(t, stream);
}

tg_value tg_runtime_value(tg_thread *t, tg_runtime_value_id which)
{
    return CORE(t)->host_runtime_value(t, (int)which);
}
int tg_set_runtime_value(tg_thread *t, tg_runtime_value_id which, tg_value v)
{
    return CORE(t)->host_set_runtime_value(t, (int)which, v);
}
int64_t tg_recursion_limit(tg_thread *t, int64_t set)
{
    return CORE(t)->host_depth_limit(t, set);
}
tg_value tg_intern(tg_thread *t, tg_value s)
{
    return CORE(t)->host_intern(t, s);
}
int64_t tg_sizeof(tg_thread *t, tg_value v)
{
    return CORE(t)->host_sizeof(t, v);
}
