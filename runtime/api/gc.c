// SPDX-License-Identifier: MIT
//
// gc.c - public functions about the cycle collector: each forwards to the core.
//
// Threads     any attached thread.
#include <togil/gc.h>

#include "gate/gate.h" // tgi_core_of

#include <togil/object.h> // errors

#define CORE(t) tgi_core_of(t)

int64_t tg_collect(tg_thread *t)
{
    int64_t found = CORE(t)->gc_collect(t);
    if (found < 0)
        (void)tg_raise_nomem(t);
    return found;
}

int64_t tg_gc_get(tg_thread *t, tg_gc_setting which)
{
    return CORE(t)->gc_setting(t, (int)which, -1);
}
void tg_gc_set(tg_thread *t, tg_gc_setting which, int64_t value)
{
    (void)CORE(t)->gc_setting(t, (int)which, value);
}

int64_t tg_gc_freeze(tg_thread *t)
{
    int64_t n = CORE(t)->gc_freeze(t, true);
    if (n < 0)
        (void)tg_raise(t, TG_RuntimeError, "too many runtimes and interpreters");
    return n;
}
void tg_gc_unfreeze(tg_thread *t)
{
    (void)CORE(t)->gc_freeze(t, false);
}
int64_t tg_gc_frozen(tg_thread *t)
{
    return CORE(t)->gc_frozen(t);
}

tg_value tg_gc_objects(tg_thread *t)
{
    return CORE(t)->gc_objects(t);
}
tg_value tg_gc_referrers(tg_thread *t, const tg_value *of, size_t n)
{
    return CORE(t)->gc_referrers(t, of, n);
}
tg_value tg_gc_referents(tg_thread *t, const tg_value *of, size_t n)
{
    return CORE(t)->gc_referents(t, of, n);
}
bool tg_gc_is_tracked(tg_thread *t, tg_value v)
{
    return CORE(t)->gc_is_tracked(v);
}

tg_value tg_gc_callbacks(tg_thread *t)
{
    return CORE(t)->gc_callbacks(t);
}
void tg_gc_set_lists(tg_thread *t, tg_value callbacks, tg_value garbage)
{
    CORE(t)->gc_set_lists(t, callbacks, garbage);
}

void tg_gc_stats_read(tg_thread *t, tg_gc_stats *out)
{
    CORE(t)->gc_figures(t, out);
}
