// SPDX-License-Identifier: MIT
//
// gc_module.c - the module gc: the cycle collector for scripts.
//
// There is one generation, the whole heap: collect(0) collects as much as collect(). What else
// differs from CPython is in docs/collector.md.
//
// Threads     any.
#include "modules/modules.h"
#include "modules/support.h"

#include <limits.h> // INT_MAX
#include <stdlib.h> // malloc

TGI_NATIVE(gc_collect)
{
    tg_value given = TG_NULL;
    static const char *const names[] = {"generation", NULL};
    if (tg_parse_args(t, "collect", names, 0, args, nargs, kwnames, &given) < 0)
        return TG_NULL;
    int64_t generation = 2;
    int st = given == TG_NULL ? 0 : tg_as_int64(t, given, &generation);
    if (st < 0)
        return TG_NULL;
    if (generation < 0 || generation > 2)
        return tg_raise(t, TG_ValueError, "invalid generation");
    int64_t found = tg_collect(t);
    return found < 0 ? TG_NULL : tg_int(t, found);
}

TGI_NATIVE(gc_enable)
{
    tg_gc_set(t, TG_GC_ENABLED, 1);
    return TG_NONE;
}

TGI_NATIVE(gc_disable)
{
    tg_gc_set(t, TG_GC_ENABLED, 0);
    return TG_NONE;
}

TGI_NATIVE(gc_isenabled)
{
    return tg_bool(tg_gc_get(t, TG_GC_ENABLED) != 0);
}

static tg_value three(tg_thread *t, int64_t a, int64_t b, int64_t c)
{
    tg_value items[3] = {tg_int(t, a), tg_int(t, b), tg_int(t, c)};
    return tg_tuple(t, items, 3);
}

TGI_NATIVE(gc_get_count)
{
    return three(t, tg_gc_get(t, TG_GC_YOUNG), 0, 0);
}

TGI_NATIVE(gc_get_threshold)
{
    return three(t, tg_gc_get(t, TG_GC_THRESHOLD0), tg_gc_get(t, TG_GC_THRESHOLD1),
                 tg_gc_get(t, TG_GC_THRESHOLD2));
}

TGI_NATIVE(gc_set_threshold)
{
    int64_t n[3] = {0, 0, 0};
    for (size_t i = 0; i < nargs; i++) {
        if (tg_as_int64(t, args[i], &n[i]) < 0)
            return TG_NULL;
        if (n[i] > INT_MAX || n[i] < INT_MIN)
            return tg_raise(t, TG_OverflowError, "signed integer is greater than maximum");
    }
    for (size_t i = 0; i < nargs; i++)
        tg_gc_set(t, (tg_gc_setting)(TG_GC_THRESHOLD0 + i), n[i] < 0 ? 0 : n[i]);
    return TG_NONE;
}

TGI_NATIVE(gc_get_debug)
{
    return tg_int(t, tg_gc_get(t, TG_GC_DEBUG));
}

TGI_NATIVE(gc_set_debug)
{
    int64_t flags;
    if (tg_as_int64(t, args[0], &flags) < 0)
        return TG_NULL;
    tg_gc_set(t, TG_GC_DEBUG, flags);
    return TG_NONE;
}

TGI_NATIVE(gc_get_objects)
{
    static const char *const names[] = {"generation", NULL};
    tg_value generation = TG_NULL;
    if (tg_parse_args(t, "get_objects", names, 0, args, nargs, kwnames, &generation) < 0)
        return TG_NULL;
    int64_t which = 2;
    int st =
        generation == TG_NULL || generation == TG_NONE ? 0 : tg_as_int64(t, generation, &which);
    if (st < 0)
        return TG_NULL;
    if (which < -1)
        return tg_raise(t, TG_ValueError, "generation parameter cannot be negative");
    if (which > 2)
        return tg_raise(t, TG_ValueError,
                        "generation parameter must be less than the number of available "
                        "generations (3)");
    return which == 2 || which == -1 ? tg_gc_objects(t) : tg_list(t, NULL, 0);
}

TGI_NATIVE(gc_get_referrers)
{
    return tg_gc_referrers(t, args, nargs);
}

TGI_NATIVE(gc_get_referents)
{
    return tg_gc_referents(t, args, nargs);
}

TGI_NATIVE(gc_is_tracked)
{
    return tg_bool(tg_gc_is_tracked(t, args[0]));
}

TGI_NATIVE(gc_freeze)
{
    return tg_gc_freeze(t) < 0 ? TG_NULL : TG_NONE;
}

TGI_NATIVE(gc_unfreeze)
{
    tg_gc_unfreeze(t);
    return TG_NONE;
}

TGI_NATIVE(gc_get_freeze_count)
{
    return tg_int(t, tg_gc_frozen(t));
}

static int put(tg_thread *t, tg_value dict, const char *key, uint64_t n)
{
    tg_value v = tg_uint(t, n);
    int st = v == TG_NULL ? -1 : tg_dict_set_c(t, dict, key, v);
    tg_release(t, v);
    return st;
}

// One dict per generation, as CPython has it; all that happens is in the last.
TGI_NATIVE(gc_get_stats)
{
    tg_gc_stats *s = malloc(sizeof *s);
    if (s == NULL)
        return tg_raise_nomem(t);
    tg_gc_stats_read(t, s);
    tg_value list = tg_list(t, NULL, 0);
    for (int i = 0; i < 3 && list != TG_NULL; i++) {
        tg_value dict = tg_dict(t);
        if (dict == TG_NULL || put(t, dict, "collections", i == 2 ? s->collections : 0) < 0 ||
            put(t, dict, "collected", i == 2 ? s->collected : 0) < 0 ||
            put(t, dict, "uncollectable", 0) < 0 || tg_list_append(t, list, dict) < 0) {
            tg_release(t, list);
            list = TG_NULL;
        }
        tg_release(t, dict);
    }
    free(s);
    return list;
}

static const tg_function_def functions[] = {
    TGI_FN_KW("collect", gc_collect),
    TGI_FN("enable", gc_enable, 0, 0),
    TGI_FN("disable", gc_disable, 0, 0),
    TGI_FN("isenabled", gc_isenabled, 0, 0),
    TGI_FN("get_count", gc_get_count, 0, 0),
    TGI_FN("get_threshold", gc_get_threshold, 0, 0),
    TGI_FN("set_threshold", gc_set_threshold, 1, 3),
    TGI_FN("get_debug", gc_get_debug, 0, 0),
    TGI_FN("set_debug", gc_set_debug, 1, 1),
    TGI_FN_KW("get_objects", gc_get_objects),
    TGI_FN("get_referrers", gc_get_referrers, 0, -1),
    TGI_FN("get_referents", gc_get_referents, 0, -1),
    TGI_FN("get_stats", gc_get_stats, 0, 0),
    TGI_FN("is_tracked", gc_is_tracked, 1, 1),
    TGI_FN("freeze", gc_freeze, 0, 0),
    TGI_FN("unfreeze", gc_unfreeze, 0, 0),
    TGI_FN("get_freeze_count", gc_get_freeze_count, 0, 0),
    TGI_FN_END,
};

static int init(tg_thread *t, tg_value module)
{
    static const char *const names[] = {"DEBUG_STATS",   "DEBUG_COLLECTABLE", "DEBUG_UNCOLLECTABLE",
                                        "DEBUG_SAVEALL", "DEBUG_LEAK",        NULL};
    static const int64_t values[] = {
        TG_GC_DEBUG_STATS, TG_GC_DEBUG_COLLECTABLE, TG_GC_DEBUG_UNCOLLECTABLE, TG_GC_DEBUG_SAVEALL,
        TG_GC_DEBUG_COLLECTABLE | TG_GC_DEBUG_UNCOLLECTABLE | TG_GC_DEBUG_SAVEALL};
    tg_value callbacks = tg_list(t, NULL, 0), garbage = tg_list(t, NULL, 0);
    int st = callbacks == TG_NULL || garbage == TG_NULL ? -1 : 0;
    if (st == 0) {
        tg_gc_set_lists(t, callbacks, garbage);
        st = tg_module_add_functions(t, module, functions);
    }
    if (st == 0)
        st = tgi_add_ints(t, module, names, values, 5);
    if (st == 0) {
        st = tg_module_add(t, module, "callbacks", tg_retain(t, callbacks));
        if (st == 0)
            st = tg_module_add(t, module, "garbage", tg_retain(t, garbage));
    }
    tg_release(t, callbacks);
    tg_release(t, garbage);
    return st;
}

const tg_module_def tgi_module_gc = {"gc", init};
