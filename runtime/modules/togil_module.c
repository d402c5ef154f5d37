// SPDX-License-Identifier: MIT
//
// togil_module.c - the module togil: the mode of the runtime, the switch of its GIL, its figures.
//
// The GIL is asked for by transient requests, which count: `with togil.gil:` holds one, enable()
// makes one and disable() gives one back. make_permanent() turns the request of an enable() into
// one for good. Where the GIL is on for good, `with` has nothing to do and does nothing.
//
// Threads     every function may be called by any thread; requests and their ends may come from
//             different threads. How often the block of a `with` owes a disable() is kept per
//             thread, in its own dict.
#include "modules/modules.h"
#include "modules/support.h"

#include <limits.h>

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

TGI_NATIVE(togil_stats)
{
    tg_stats s;
    tg_stats_read(t, &s);
    const struct {
        const char *name;
        uint64_t value;
    } figures[] = {
        {"objects_made", s.objects_made}, {"objects_live", s.objects_live},
        {"bytes_live", s.bytes_live},     {"gil_takes", s.gil_takes},
        {"gil_waits", s.gil_waits},       {"gil_wait_ns", s.gil_wait_ns},
        {"gil_drops", s.gil_drops},       {"pauses", s.pauses},
        {"pause_max_ns", s.pause_max_ns}, {"merges", s.merges},
        {"deferred", s.deferred},         {"threads_started", s.threads_started},
    };
    tg_value dict = tg_dict(t);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0] && dict != TG_NULL; i++) {
        tg_value v = tg_uint(t, figures[i].value);
        if (v == TG_NULL || tg_dict_set_c(t, dict, figures[i].name, v) < 0) {
            tg_release(t, dict);
            dict = TG_NULL;
        }
        tg_release(t, v);
    }
    return dict;
}

// --- togil.gil

static tg_value switched(tg_thread *t, tg_status st)
{
    switch (st) {
    case TG_OK:
        return TG_NONE;
    case TG_ERR_UNSUPPORTED:
        return tg_raise(t, TG_RuntimeError, "the GIL cannot be switched in mode '%s'",
                        tg_runtime_mode(tg_thread_runtime(t))->name);
    case TG_ERR_STATE:
        return tg_raise(t, TG_RuntimeError, "no request to enable the GIL is open");
    case TG_ERR_LIMIT:
        return tg_raise(t, TG_RuntimeError, "too many requests to enable the GIL");
    default:
        return tgi_raise_host(t, st);
    }
}

TGI_NATIVE(gil_enable)
{
    return switched(t, tg_gil_enable(t));
}

TGI_NATIVE(gil_disable)
{
    return switched(t, tg_gil_disable(t));
}

TGI_NATIVE(gil_make_permanent)
{
    return switched(t, tg_gil_make_permanent(t));
}

TGI_NATIVE(gil_status)
{
    int n = tg_gil_count(t);
    return tg_str_c(t, n == 0 ? "off" : n == INT_MAX ? "permanent" : "on");
}

TGI_NATIVE(gil_requests)
{
    int n = tg_gil_count(t);
    return tg_int(t, n == INT_MAX ? 0 : n);
}

static const char owed_key[] = "togil.gil";

// Changes how many blocks of this thread owe a disable(). 0 or -1.
static int owe(tg_thread *t, int64_t change, int64_t *before)
{
    tg_value dict = tg_thread_dict(t), v;
    int found = dict == TG_NULL ? -1 : tg_dict_get_c(t, dict, owed_key, &v);
    *before = 0;
    if (found > 0) {
        found = tg_as_int64(t, v, before);
        tg_release(t, v);
    }
    if (found >= 0 && *before + change >= 0)
        found = tg_dict_set_c(t, dict, owed_key, tg_int(t, *before + change));
    tg_release(t, dict);
    return found < 0 ? -1 : 0;
}

TGI_NATIVE(gil_enter)
{
    int64_t before;
    const tg_mode *mode = tg_runtime_mode(tg_thread_runtime(t));
    if (!mode->switchable || tg_gil_count(t) == INT_MAX)
        return tg_retain(t, args[0]);
    tg_status st = tg_gil_enable(t);
    if (st != TG_OK)
        return switched(t, st);
    if (owe(t, 1, &before) < 0) {
        (void)tg_gil_disable(t);
        return TG_NULL;
    }
    return tg_retain(t, args[0]);
}

TGI_NATIVE(gil_exit)
{
    int64_t before;
    if (owe(t, -1, &before) < 0)
        return TG_NULL;
    return before == 0 ? TG_NONE : switched(t, tg_gil_disable(t));
}

// togil.gil() is togil.gil, so that both forms of `with` read well.
static tg_value gil_call(tg_thread *t, tg_value self, void *data, const tg_value *args,
                         size_t nargs, tg_value kwnames)
{
    (void)data, (void)args, (void)kwnames;
    if (nargs > 0)
        return tg_raise(t, TG_TypeError, "gil() takes no arguments (%zu given)", nargs);
    return tg_retain(t, self);
}

static tg_value gil_repr(tg_thread *t, tg_value self, void *data)
{
    int n = tg_gil_count(t);
    (void)self, (void)data;
    return tg_str_format(t, "<togil.gil %s>", n == 0 ? "off" : n == INT_MAX ? "permanent" : "on");
}

static tg_value gil_get_enabled(tg_thread *t, tg_value self)
{
    (void)self;
    return tg_bool(tg_gil_enabled(t));
}

static tg_value gil_get_switchable(tg_thread *t, tg_value self)
{
    (void)self;
    return tg_bool(tg_runtime_mode(tg_thread_runtime(t))->switchable);
}

static const tg_function_def gil_methods[] = {
    TGI_FN("enable", gil_enable, 0, 0),
    TGI_FN("disable", gil_disable, 0, 0),
    TGI_FN("make_permanent", gil_make_permanent, 0, 0),
    TGI_FN("status", gil_status, 0, 0),
    TGI_FN("requests", gil_requests, 0, 0),
    TGI_FN("__enter__", gil_enter, 0, 0),
    TGI_FN("__exit__", gil_exit, 3, 3),
    TGI_FN_END,
};

static const tg_attribute_def gil_attributes[] = {
    {"enabled", gil_get_enabled, NULL},
    {"switchable", gil_get_switchable, NULL},
    {NULL, NULL, NULL},
};

static int gil_init(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                    tg_value kwnames)
{
    (void)self, (void)data, (void)args, (void)nargs, (void)kwnames;
    tg_raise(t, TG_TypeError, "there is one GIL: togil.gil");
    return -1;
}

static const tg_class_def gil_class = {
    .name = "gil",
    .module = "togil",
    .methods = gil_methods,
    .attributes = gil_attributes,
    .init = gil_init,
    .repr = gil_repr,
    .call = gil_call,
};

static const tg_function_def functions[] = {
    TGI_FN("mode", togil_mode, 0, 0),
    TGI_FN("modes", togil_modes, 0, 0),
    TGI_FN("counts", togil_counts, 0, 0),
    TGI_FN("gil_enabled", togil_gil_enabled, 0, 0),
    TGI_FN("stats", togil_stats, 0, 0),
    TGI_FN("thread_count", togil_thread_count, 0, 0),
    TGI_FN_END,
};

static int init(tg_thread *t, tg_value module)
{
    tg_value cls = tg_class(t, &gil_class);
    tg_value gil = cls == TG_NULL ? TG_NULL : tg_instance(t, cls, NULL);
    tg_release(t, cls);
    if (tg_module_add(t, module, "gil", gil) < 0 ||
        tgi_add_str(t, module, "version", tg_version()) < 0 ||
        tgi_add_str(t, module, "__version__", tg_version()) < 0)
        return -1;
    return tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_togil = {"togil", init};
