// SPDX-License-Identifier: MIT
//
// native.c - importing a shared object, and the GIL around it.
//
// Owns        the steps; what an interpreter knows about a module is in its list (api.h).
// Threads     the caller holds the interpreter's import lock, so one import at a time in each. The
//             dynamic linker has its own lock for those that load at the same time.
// GIL         What the file declares is known before anything of it runs (native_file.c).
//             Safe: nothing is asked for, no pause, and the file is loaded detached.
//             Else: a transient request first, and loading and init run attached, holding the GIL;
//             afterwards the request is given back (init failed, or said that it is safe) or made
//             permanent.
// Invariants  N1  every transient request made here ends here, once, however the import ends.
//             N2  no code of a module runs before its file has been looked at; none of a module
//                 that is not declared safe, its constructors included, without the GIL, unless
//                 that cannot be switched or must stay off.
//             N3  a definition starts at most once per interpreter, unless its init failed.
//             N4  a module that is not declared safe never starts in an interpreter whose GIL is
//                 not the main one's: another interpreter could run its code at the same time.
// Unloading   never: objects, threads and thread-local destructors of the module may outlive every
//             runtime that we know of, and keep addresses of its code. A file that was refused
//             after loading stays for the same reason: its constructors have run.
#include <togil/native.h>

#include "api/api.h"         // modules of a runtime
#include "api/native_file.h" // declaration
#include "base/os.h"         // library_open
#include "thread/runtime.h"  // whose GIL

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct loading {
    const char *path, *name;
    tgi_native_file file;
    char who[64]; // our name in the list of requests
    bool asked;   // a transient request is ours to end: N1
} loading;

// ImportError with name and path, as scripts expect them.
static int __attribute__((format(printf, 3, 4)))
import_error(tg_thread *t, const loading *l, const char *format, ...)
{
    char text[TGI_NATIVE_WHY_BYTES + 512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    tg_raise(t, TG_ImportError, "cannot import native module '%s' from '%s': %s", l->name, l->path,
             text);
    tg_value exc = tg_error_fetch(t);
    const char *const fields[] = {"name", "path"}, *const values[] = {l->name, l->path};
    for (int i = 0; i < 2; i++) {
        tg_value v = tg_str_c(t, values[i]);
        if (v == TG_NULL || tg_setattr(t, exc, fields[i], v) < 0)
            tg_error_clear(t);
        tg_release(t, v);
    }
    tg_error_restore(t, exc);
    return -1;
}

// --- the GIL

// Is there a GIL to switch for a module that wants it?
static bool may_ask(tg_thread *t)
{
    return tg_runtime_mode(tg_thread_runtime(t))->switchable && tg_gil_count(t) != INT_MAX &&
           !tgi_api_interp_of(t)->runtime->gil_stays_off;
}

static int ask(tg_thread *t, loading *l)
{
    if (t->interp->gil != t->runtime->main_interp->gil) // N4
        return import_error(t, l,
                            "it is not declared safe without the GIL, and interpreter %u has a GIL "
                            "of its own",
                            (unsigned)t->interp->id);
    snprintf(l->who, sizeof l->who, "module %s", l->name);
    tg_status st = may_ask(t) ? tg_gil_enable_for(t, l->who) : TG_ERR_UNSUPPORTED;
    l->asked = st == TG_OK;
    if (st != TG_OK && st != TG_ERR_UNSUPPORTED)
        return import_error(t, l, "too many requests to enable the GIL");
    return 0;
}

// One line on stderr; a module is started once, so it is said once.
static void warn(tg_thread *t, const loading *l, const char *what, tg_native_gil gil)
{
    char text[TGI_NATIVE_WHY_BYTES + 512];
    const char *says = gil == TG_NATIVE_NEEDS_GIL ? "declares that it needs the GIL"
                                                  : "does not declare itself safe without the GIL";
    int n = snprintf(text, sizeof text, "togil: RuntimeWarning: %s: native module '%s' %s\n", what,
                     l->name, says);
    size_t length = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    if (tg_write(t, 2, text, length) < 0)
        tg_error_clear(t); // a warning that cannot be shown is no reason to fail
}

// Ends the request. `started` with what the module declares in the end, or its init has failed.
static int settle(tg_thread *t, loading *l, bool started, tg_native_gil gil)
{
    bool wants = started && gil != TG_NATIVE_SAFE;
    if (wants && !l->asked && ask(t, l) < 0) // safe in its declaration, but not in its init
        return -1;
    if (wants && !l->asked && tg_runtime_mode(tg_thread_runtime(t))->switchable &&
        tg_gil_count(t) != INT_MAX)
        warn(t, l, "the GIL is not enabled, as asked for", gil);
    if (!l->asked)
        return 0;
    l->asked = false;
    if (!wants) {
        (void)tg_gil_disable_for(t, l->who);
        return 0;
    }
    // Ours is the only thread that runs: nobody makes it permanent between these two.
    bool changes = tg_gil_count(t) != INT_MAX;
    (void)tg_gil_make_permanent_for(t, l->who);
    if (changes)
        warn(t, l, "the GIL is on from now on", gil);
    return 0;
}

// --- loading

// The dynamic linker looks for a name without a slash in other places than this one.
static bool with_slash(const char *path, char *out, size_t room)
{
    const char *prefix = strchr(path, '/') == NULL ? "./" : "";
    return (size_t)snprintf(out, room, "%s%s", prefix, path) < room;
}

static void *open_library(tg_thread *t, const loading *l, const char **why)
{
    char path[4096 + 2];
    *why = "its path is too long";
    if (!with_slash(l->path, path, sizeof path))
        return NULL;
    if (l->file.gil != TG_NATIVE_SAFE)
        return tgi_os.library_open(path, why); // N2: its constructors run
    void *library;
    TG_BEGIN_BLOCKING(t)
    library = tgi_os.library_open(path, why);
    TG_END_BLOCKING(t)
    return library;
}

static const char *leaf_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot == NULL ? name : dot + 1;
}

// What the file exports; NULL raised.
static const tg_native_module *load(tg_thread *t, const loading *l)
{
    const char *why;
    void *library = open_library(t, l, &why);
    if (library == NULL) {
        import_error(t, l, "%s", why);
        return NULL;
    }
    const tg_native_module *native = tgi_os.library_symbol(library, "togil_native_module");
    void *version = tgi_os.library_symbol(library, "tg_version");
    if (native == NULL)
        import_error(t, l, "it does not export togil_native_module");
    else if (native->abi != TG_NATIVE_ABI)
        import_error(t, l, "made for version %u of the native interface, this is version %u",
                     (unsigned)native->abi, (unsigned)TG_NATIVE_ABI);
    else if (l->file.declared ? native->gil != (uint32_t)l->file.gil
                              : native->gil > TG_NATIVE_NEEDS_GIL)
        import_error(t, l, "its declaration about the GIL is not that of its file");
    else if (native->def.name == NULL || native->def.init == NULL)
        import_error(t, l, "it has no name or no init function");
    else if (strcmp(native->def.name, leaf_of(l->name)) != 0)
        import_error(t, l, "it is the module '%s'", native->def.name);
    else if (version != NULL && version != (void *)tg_version)
        import_error(t, l, "it brings a libtogil of its own; do not link modules with libtogil");
    else
        return native;
    return NULL;
}

// --- starting

static int set_imported(tg_thread *t, const char *name, tg_value module)
{
    tg_value modules = tg_runtime_value(t, TG_VALUE_MODULES);
    int st = modules == TG_NULL ? -1 : tg_dict_set_c(t, modules, name, module);
    tg_release(t, modules);
    return st;
}

static void forget_imported(tg_thread *t, const char *name)
{
    tg_value exc = tg_error_fetch(t);
    tg_value modules = tg_runtime_value(t, TG_VALUE_MODULES);
    tg_value key = modules == TG_NULL ? TG_NULL : tg_str_c(t, name);
    if (key == TG_NULL || tg_dict_del(t, modules, key) < 0)
        tg_error_clear(t);
    tg_release(t, key);
    tg_release(t, modules);
    tg_error_restore(t, exc);
}

// Begins a start: 1, or 0 if there was one that did not fail, with *module what it filled
// (borrowed from the list); -1 raised. N3
static int begin_start(tg_thread *t, const tg_native_module *native, tg_value *module)
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    tgi_mutex_lock(&api->lock);
    tgi_api_module *m = tgi_api_find_module_locked(api, &native->def);
    tgi_mutex_unlock(&api->lock);
    if (m == NULL && tgi_api_add_module(api, &native->def, true) != TG_OK) {
        tg_raise_nomem(t);
        return -1;
    }
    tgi_mutex_lock(&api->lock);
    m = tgi_api_find_module_locked(api, &native->def);
    bool fresh = m->module == TG_NULL;
    if (fresh) {
        m->module = tg_retain(t, *module);
        m->gil = (int)native->gil;
        m->starting = true;
    }
    *module = m->module;
    tgi_mutex_unlock(&api->lock);
    return fresh;
}

static tg_native_gil said_gil(tg_thread *t, const tg_native_module *native)
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    tgi_mutex_lock(&api->lock);
    int gil = tgi_api_find_module_locked(api, &native->def)->gil;
    tgi_mutex_unlock(&api->lock);
    return (tg_native_gil)gil;
}

static void end_start(tg_thread *t, const tg_native_module *native, bool failed)
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    tg_value module = TG_NULL;
    if (failed)
        tgi_api_free_state(t, &native->def);
    tgi_mutex_lock(&api->lock);
    tgi_api_module *m = tgi_api_find_module_locked(api, &native->def);
    m->starting = false;
    if (failed) {
        module = m->module;
        m->module = TG_NULL;
    }
    tgi_mutex_unlock(&api->lock);
    tg_release(t, module);
}

static int run_init(tg_thread *t, const loading *l, const tg_native_module *native, tg_value module)
{
    if (tg_module_add(t, module, "__file__", tg_str_c(t, l->path)) < 0 ||
        set_imported(t, l->name, module) < 0)
        return -1;
    int st = native->def.init(t, module);
    bool raised = tg_error_set(t);
    if (st < 0 && !raised)
        tg_raise(t, TG_SystemError, "init of native module '%s' failed without an exception",
                 l->name);
    else if (st >= 0 && raised)
        st = -1;
    return st;
}

// Runs init in `module`, and ends the request in any case.
static int start(tg_thread *t, loading *l, const tg_native_module *native, tg_value module)
{
    int fresh = native == NULL ? -1 : begin_start(t, native, &module);
    if (fresh <= 0) {
        (void)settle(t, l, false, TG_NATIVE_UNDECLARED);
        return fresh < 0 ? -1 : set_imported(t, l->name, module);
    }
    int st = run_init(t, l, native, module);
    if (settle(t, l, st >= 0, said_gil(t, native)) < 0)
        st = -1;
    if (st < 0)
        forget_imported(t, l->name);
    end_start(t, native, st < 0);
    return st;
}

int tgi_native_import(tg_thread *t, const char *path, const char *name, tg_value module)
{
    loading l = {.path = path, .name = name, .asked = false};
    char why[TGI_NATIVE_WHY_BYTES];
    tgi_native_look look;
    TG_BEGIN_BLOCKING(t)
    look = tgi_native_file_look(path, &l.file, why);
    TG_END_BLOCKING(t)
    if (look == TGI_NATIVE_ABSENT)
        return 0;
    if (look == TGI_NATIVE_REFUSED)
        return import_error(t, &l, "%s", why);
    if (l.file.gil != TG_NATIVE_SAFE && ask(t, &l) < 0)
        return -1;
    return start(t, &l, load(t, &l), module) < 0 ? -1 : 1;
}

tg_status tg_module_set_gil(tg_thread *t, const tg_module_def *def, tg_native_gil gil)
{
    tgi_api_interp *api = tgi_api_interp_of(t);
    if ((int)gil < TG_NATIVE_UNDECLARED || gil > TG_NATIVE_NEEDS_GIL)
        return TG_ERR_ARG;
    tgi_mutex_lock(&api->lock);
    tgi_api_module *m = tgi_api_find_module_locked(api, def);
    bool starting = m != NULL && m->starting;
    if (starting)
        m->gil = (int)gil;
    tgi_mutex_unlock(&api->lock);
    return starting ? TG_OK : TG_ERR_STATE;
}
