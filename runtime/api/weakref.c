// SPDX-License-Identifier: MIT
//
// weakref.c - public functions about weak references: each forwards to the thread's core.
#include <togil/weakref.h>

#include "gate/gate.h" // tgi_core_of

#define CORE(t) tgi_core_of(t)

static tg_value make(tg_thread *t, tg_weak_kind kind, tg_value v, tg_value callback)
{
    return CORE(t)->host_weak_new(t, (int)kind, v, callback);
}

tg_value tg_weak_new(tg_thread *t, tg_value v, tg_value callback)
{
    return make(t, TG_WEAK_REF, v, callback);
}
tg_value tg_weak_proxy(tg_thread *t, tg_value v, tg_value callback)
{
    return make(t, TG_WEAK_PROXY, v, callback);
}
int tg_weak_get(tg_thread *t, tg_value ref, tg_value *out)
{
    return CORE(t)->host_weak_get(t, ref, out);
}
int64_t tg_weak_count(tg_thread *t, tg_value v)
{
    return CORE(t)->host_weak_count(t, v);
}
tg_value tg_weak_list(tg_thread *t, tg_value v)
{
    return CORE(t)->weak_list(t, v);
}
int tg_weak_remove_dead(tg_thread *t, tg_value dict, tg_value key)
{
    return CORE(t)->host_weak_remove_dead(t, dict, key);
}
tg_value tg_weak_class(tg_thread *t, tg_weak_kind kind)
{
    return CORE(t)->host_weak_type(t, (int)kind);
}
