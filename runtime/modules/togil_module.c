// SPDX-License-Identifier: MIT
//
// togil_module.c - the module togil: the mode of the runtime.
//
// The switch of the GIL, togil.gil, is in togil_gil.c, the figures are in togil_stats.c.
#include "modules/modules.h"
#include "modules/support.h"
#include "modules/togil_module.h" // the other parts

#include <togil/gc.h> // settings

TGI_NATIVE(togil_mode)
{
    return tg_str_c(t, tg_runtime_mode(tg_thread_runtime(t))->name);
}

TGI_NATIVE(togil_counts)
{
    return tg_str_c(t, tg_runtime_mode(tg_thread_runtime(t))->counts);
}

TGI_NATIVE(togil_gil_enabled)
{
    return tg_bool(tg_gil_enabled(t));
}

TGI_NATIVE(togil_modes)
{
    size_t n;
    const tg_mode *modes = tg_modes(&n);
    tg_value list = tg_list(t, NULL, 0);
    for (size_t i = 0; i < n && list != TG_NULL; i++) {
        tg_value name = tg_str_c(t, modes[i].name);
        if (name == TG_NULL || tg_list_append(t, list, name) < 0) {
            tg_release(t, list);
            list = TG_NULL;
        }
        tg_release(t, name);
    }
    return list;
}

TGI_NATIVE(togil_thread_count)
{
    return tg_int(t, (int64_t)tg_thread_count(t));
}

// raise_in(ident, exc): exc None takes back what was set. Whether there is such a thread.
TGI_NATIVE(togil_raise_in)
{
    int64_t ident;
    if (tg_as_int64(t, args[0], &ident) < 0)
        return TG_NULL;
    int found = tg_raise_in(t, (uint64_t)ident, args[1] == TG_NONE ? TG_NULL : args[1]);
    return found < 0 || tg_poll(t) != TG_OK ? TG_NULL : tg_bool(found != 0); // it may be itself
}

// gc_threads(n=None): how many threads look at the heap in a pause of the collector; 0: by the
// number of processors.
TGI_NATIVE(togil_gc_threads)
{
    int64_t n;
    if (nargs > 0 && args[0] != TG_NONE) {
        if (tg_as_int64(t, args[0], &n) < 0)
            return TG_NULL;
        if (n < 0)
            return tg_raise(t, TG_ValueError, "the number of threads is at least 0");
        tg_gc_set(t, TG_GC_THREADS, n);
    }
    return tg_int(t, tg_gc_get(t, TG_GC_THREADS));
}

static const tg_function_def functions[] = {
    TGI_FN("mode", togil_mode, 0, 0),
    TGI_FN("modes", togil_modes, 0, 0),
    TGI_FN("counts", togil_counts, 0, 0),
    TGI_FN("gil_enabled", togil_gil_enabled, 0, 0),
    TGI_FN_KW("stats", tgi_togil_stats),
    TGI_FN("thread_count", togil_thread_count, 0, 0),
    TGI_FN("raise_in", togil_raise_in, 2, 2),
    TGI_FN("gc_threads", togil_gc_threads, 0, 1),
    TGI_FN_END,
};

// togil.interpreters, as an attribute and for `import togil.interpreters`.
static int add_interpreters(tg_thread *t, tg_value module)
{
    tg_value part = tg_import(t, "_togil_interpreters");
    tg_value modules = part == TG_NULL ? TG_NULL : tg_runtime_value(t, TG_VALUE_MODULES);
    int st = modules == TG_NULL ? -1 : tg_dict_set_c(t, modules, "togil.interpreters", part);
    tg_release(t, modules);
    if (st == 0)
        return tg_module_add(t, module, "interpreters", part);
    tg_release(t, part);
    return -1;
}

static int init(tg_thread *t, tg_value module)
{
    if (tgi_add_togil_gil(t, module) < 0 || add_interpreters(t, module) < 0 ||
        tgi_add_str(t, module, "version", tg_version()) < 0 ||
        tgi_add_str(t, module, "__version__", tg_version()) < 0)
        return -1;
    return tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_togil = {"togil", init};
