// SPDX-License-Identifier: MIT
//
// togil_gil.c - the object togil.gil: the switch of the GIL for scripts.
//
// The GIL is asked for by transient requests, which count: `with togil.gil:` holds one, enable()
// makes one and disable() gives one back. make_permanent() turns the request of an enable() into
// one for good. Where the GIL is on for good, `with` has nothing to do and does nothing.
//
// Threads     every function may be called by any thread; requests and their ends may come from
//             different threads. How often the block of a `with` owes a disable() is kept per
//             thread, in its own dict.
#include "modules/togil_module.h" // tgi_add_togil_gil

#include <limits.h> // INT_MAX

#include "modules/support.h" // natives

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

int tgi_add_togil_gil(tg_thread *t, tg_value module)
{
    tg_value cls = tg_class(t, &gil_class);
    tg_value gil = cls == TG_NULL ? TG_NULL : tg_instance(t, cls, NULL);
    tg_release(t, cls);
    return tg_module_add(t, module, "gil", gil);
}
