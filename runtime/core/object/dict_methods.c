// SPDX-License-Identifier: MIT
//
// dict_methods.c - the methods of dict.
#include "core/object/dict.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/seq.h"   // tgc_iterate
#include "core/object/tuple.h" // popitem

static tg_value method_get(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    tg_value v;
    int found = tgc_dict_get(t, args[0], args[1], &v);
    if (found != 0)
        return found < 0 ? TGC_NULL : v;
    return nargs > 2 ? tgc_retain(t, args[2]) : TGC_NONE;
}

static tg_value method_setdefault(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)kwnames;
    tg_value v;
    int found = tgc_dict_setdefault(t, args[0], args[1], nargs > 2 ? args[2] : TGC_NONE, &v);
    return found < 0 ? TGC_NULL : v;
}

static tg_value method_pop(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    tg_value v;
    int found = tgc_dict_pop(t, args[0], args[1], &v);
    if (found != 0)
        return found < 0 ? TGC_NULL : v;
    return nargs > 2 ? tgc_retain(t, args[2]) : tgc_raise_value(t, &TGC_EXC(KeyError), args[1]);
}

static tg_value method_popitem(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tg_value k, v;
    if (!tgc_dict_popitem(t, args[0], &k, &v))
        return tgc_raise(t, &TGC_EXC(KeyError), "popitem(): dictionary is empty");
    return tgc_tuple_pack2_steal(t, k, v);
}

static tg_value method_update(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    return tgc_dict_update_args(t, args[0], "update", args + 1, nargs - 1, kwnames) < 0 ? TGC_NULL
                                                                                        : TGC_NONE;
}

static tg_value method_keys(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_dict_view(t, args[0], TGC_DICT_KEYS);
}

static tg_value method_values(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_dict_view(t, args[0], TGC_DICT_VALUES);
}

static tg_value method_items(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_dict_view(t, args[0], TGC_DICT_ITEMS);
}

static tg_value method_clear(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tgc_dict_clear(t, args[0]);
    return TGC_NONE;
}

static tg_value method_copy(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_dict_copy(t, args[0]);
}

static tg_value method_reversed(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_dict_iter(t, args[0], TGC_DICT_KEYS, true);
}

// cls() filled with one value under every key.
static tg_value method_fromkeys(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    tg_value v = nargs > 2 ? args[2] : TGC_NONE;
    bool plain = args[0] == tgc_from_ptr(&tgc_dict_type);
    tg_value d = plain ? tgc_dict_new(t) : tgc_call(t, args[0], NULL, 0, TGC_NULL);
    if (d == TGC_NULL)
        return d;
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, args[1]) < 0) {
        tgc_release(t, d);
        return TGC_NULL;
    }
    tg_value k;
    int got;
    while ((got = tgc_iterate_next(t, &it, &k)) > 0) {
        int bad = plain ? tgc_dict_set(t, d, k, v) : tgc_setitem(t, d, k, v);
        tgc_release(t, k);
        if (bad < 0) {
            got = -1;
            break;
        }
    }
    tgc_iterate_end(t, &it);
    if (got == 0)
        return d;
    tgc_release(t, d);
    return TGC_NULL;
}

const tgc_method_def tgc_dict_methods[] = {
    {"get", method_get, 1, 2, 0},
    {"setdefault", method_setdefault, 1, 2, 0},
    {"pop", method_pop, 1, 2, 0},
    {"popitem", method_popitem, 0, 0, 0},
    {"update", method_update, 0, -1, TGC_METH_KW},
    {"keys", method_keys, 0, 0, 0},
    {"values", method_values, 0, 0, 0},
    {"items", method_items, 0, 0, 0},
    {"clear", method_clear, 0, 0, 0},
    {"copy", method_copy, 0, 0, 0},
    {"fromkeys", method_fromkeys, 1, 2, TGC_METH_CLASS},
    {"__reversed__", method_reversed, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};
