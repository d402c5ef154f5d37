// SPDX-License-Identifier: MIT
//
// weakref_module.c - the module _weakref: what py/weakref.py is built on.
//
// Threads     any; see include/togil/weakref.h.
#include "modules/modules.h"
#include "modules/support.h"

#include <togil/weakref.h>

TGI_NATIVE(weakref_proxy)
{
    return tg_weak_proxy(t, args[0], nargs > 1 ? args[1] : TG_NULL);
}

TGI_NATIVE(weakref_count)
{
    return tg_int(t, tg_weak_count(t, args[0]));
}

TGI_NATIVE(weakref_list)
{
    return tg_weak_list(t, args[0]);
}

TGI_NATIVE(weakref_remove_dead)
{
    return tg_weak_remove_dead(t, args[0], args[1]) < 0 ? TG_NULL : TG_NONE;
}

static int add_class(tg_thread *t, tg_value module, const char *name, tg_weak_kind kind)
{
    return tg_module_add(t, module, name, tg_weak_class(t, kind));
}

static int add_classes(tg_thread *t, tg_value module)
{
    return add_class(t, module, "ref", TG_WEAK_REF) < 0 ||
                   add_class(t, module, "ReferenceType", TG_WEAK_REF) < 0 ||
                   add_class(t, module, "ProxyType", TG_WEAK_PROXY) < 0 ||
                   add_class(t, module, "CallableProxyType", TG_WEAK_CALLABLE_PROXY) < 0
               ? -1
               : 0;
}

static const tg_function_def functions[] = {
    TGI_FN("proxy", weakref_proxy, 1, 2),
    TGI_FN("getweakrefcount", weakref_count, 1, 1),
    TGI_FN("getweakrefs", weakref_list, 1, 1),
    TGI_FN("_remove_dead_weakref", weakref_remove_dead, 2, 2),
    TGI_FN_END,
};

static int init(tg_thread *t, tg_value module)
{
    return add_classes(t, module) < 0 ? -1 : tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_weakref = {"_weakref", init};
