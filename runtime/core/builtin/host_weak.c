// SPDX-License-Identifier: MIT
//
// host_weak.c - weak references, as the public API and the module weakref see them.
//
// Threads     any attached thread.
#include "core/builtin/host.h"

#include "core/object/dict.h"    // tables of weak references
#include "core/object/error.h"   // errors
#include "core/object/weakref.h" // the mechanism

static tgc_type *type_of_kind(int kind, tg_value v)
{
    if (kind == TGC_HOST_WEAK_REF)
        return &tgc_weakref_type;
    bool calls = kind == TGC_HOST_WEAK_CALLABLE || (v != TGC_NULL && tgc_type_of(v)->call != NULL);
    return calls ? &tgc_weakcallproxy_type : &tgc_weakproxy_type;
}

tg_value tgc_host_weak_new(tg_thread *t, int kind, tg_value v, tg_value callback)
{
    return tgc_weak_make(t, type_of_kind(kind, v), v, callback == TGC_NULL ? TGC_NONE : callback);
}

int tgc_host_weak_get(tg_thread *t, tg_value ref, tg_value *out)
{
    *out = TGC_NULL;
    if (!tgc_is_weakref(ref))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "expected a weak reference, not '%s'",
                             tgc_type_name(ref));
    tg_value v = tgc_weak_get(t, (tgc_weakref *)(void *)tgc_ptr(ref));
    if (v == TGC_NONE)
        return 0;
    *out = v;
    return 1;
}

int64_t tgc_host_weak_count(tg_thread *t, tg_value v)
{
    return (int64_t)tgc_weak_count(t, v);
}

static bool is_dead(tg_value v)
{
    return tgc_is_weakref(v) && tgc_weak_is_dead((tgc_weakref *)(void *)tgc_ptr(v));
}

int tgc_host_weak_remove_dead(tg_thread *t, tg_value dict, tg_value key)
{
    tg_value v;
    if (!tgc_is_dict(dict))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "expected a dict, not '%s'",
                             tgc_type_name(dict));
    int found = tgc_dict_pop_if(t, dict, key, is_dead, &v);
    if (found > 0)
        tgc_release(t, v);
    return found;
}

tg_value tgc_host_weak_type(tg_thread *t, int kind)
{
    return tgc_retain(t, tgc_from_ptr(type_of_kind(kind, TGC_NULL)));
}
