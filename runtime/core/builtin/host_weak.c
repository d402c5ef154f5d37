// SPDX-License-Identifier: MIT
//
// host_weak.c - weak references, as the public API and the module weakref see them.
//
// Threads     any attached thread.
#include "core/builtin/host.h"

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

tg_value tgc_host_weak_type(tg_thread *t, int kind)
{
    return tgc_retain(t, tgc_from_ptr(type_of_kind(kind, TGC_NULL)));
}
