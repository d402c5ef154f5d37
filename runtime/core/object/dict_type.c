// SPDX-License-Identifier: MIT
//
// dict_type.c - dict as a type: construction, repr, comparison, operators, what the collector
// needs.
#include "core/object/dict.h"

#include "core/object/class.h" // tgc_special_call
#include "core/object/error.h" // tgc_raise
#include "core/object/known.h" // TGC_NAME
#include "core/object/seq.h"   // tgc_hash_unhashable
#include "core/object/state.h" // tgc_repr_enter
#include "mem/raw.h"           // tgi_raw_free

static void dict_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    // ORDER: relaxed; dead: readers hold a reference to the dict, so there are none.
    tgc_dict_table *table = atom_load_relaxed(&((tgc_dict *)(void *)o)->table);
    if (table != tgc_dict_empty_table) {
        tgc_dict_table_drop(t, table);
        tgc_dict_table_free(t, table);
    }
    tgc_delete(t, o, tgc_obj_type(o)->size);
}

static void dict_clear(tg_thread *t, tgc_obj *o)
{
    tgc_dict_clear(t, tgc_from_ptr(o));
}

static void dict_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    // ORDER: relaxed; world stopped.
    tgc_dict_table *table = atom_load_relaxed(&((tgc_dict *)(void *)o)->table);
    size_t n = atom_load_relaxed(&table->count); // ORDER: relaxed; as above.
    tgc_slot *e = tgc_dict_entries(table);
    for (size_t i = 0; i < n; i++, e += table->stride) {
        visit(tgc_slot_peek(&e[0]), arg);
        visit(tgc_slot_peek(&e[1]), arg);
    }
}

static int dict_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                     tg_value kwnames)
{
    return tgc_dict_update_args(t, self, "dict", args, nargs, kwnames);
}

static tg_value dict_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                               tg_value kwnames)
{
    if (type == &tgc_dict_type && nargs == 1 && kwnames == TGC_NULL &&
        tgc_is_exact(args[0], &tgc_dict_type))
        return tgc_dict_copy(t, args[0]);
    tg_value d = tgc_dict_new_typed(t, type);
    if (d != TGC_NULL && dict_init(t, d, args, nargs, kwnames) < 0) {
        tgc_release(t, d);
        return TGC_NULL;
    }
    return d;
}

tg_value tgc_dict_repr(tg_thread *t, tg_value d)
{
    tgc_repr_level level;
    int again = tgc_repr_enter(t, tgc_ptr(d), &level);
    if (again != 0)
        return again < 0 ? TGC_NULL : tgc_str_cstr(t, "{...}");
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    int bad = tgc_strbuf_append_cstr(t, &b, "{");
    size_t pos = 0;
    tg_value k, v;
    for (bool first = true; bad == 0 && tgc_dict_next(t, d, &pos, &k, &v); first = false) {
        if (!first)
            bad = tgc_strbuf_append_cstr(t, &b, ", ");
        if (bad == 0)
            bad = tgc_strbuf_append_repr(t, &b, k);
        if (bad == 0)
            bad = tgc_strbuf_append_cstr(t, &b, ": ");
        if (bad == 0)
            bad = tgc_strbuf_append_repr(t, &b, v);
        tgc_release(t, k);
        tgc_release(t, v);
    }
    if (bad == 0)
        bad = tgc_strbuf_append_cstr(t, &b, "}");
    tgc_repr_leave(t, &level);
    if (bad == 0)
        return tgc_strbuf_finish(t, &b);
    tgc_strbuf_discard(&b);
    return TGC_NULL;
}

static int64_t dict_length(tg_thread *t, tg_value d)
{
    return (int64_t)tgc_dict_length(t, d);
}

static tg_value dict_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (!tgc_is_dict(b) || (op != TGC_EQ && op != TGC_NE))
        return TGC_NOTIMPL;
    int same = tgc_dict_equal(t, a, b);
    return same < 0 ? TGC_NULL : tgc_from_bool((same > 0) == (op == TGC_EQ));
}

static tg_value dict_getitem(tg_thread *t, tg_value d, tg_value key)
{
    tg_value v;
    int found = tgc_dict_get(t, d, key, &v);
    if (found != 0)
        return found < 0 ? TGC_NULL : v;
    if (!tgc_is_exact(d, &tgc_dict_type)) {
        tg_value f;
        if (tgc_type_lookup(t, tgc_type_of(d), TGC_NAME(missing), &f)) {
            tgc_release(t, f);
            return tgc_special_call(t, d, TGC_NAME(missing), key, TGC_NULL);
        }
    }
    return tgc_raise_value(t, &TGC_EXC(KeyError), key);
}

static int dict_setitem(tg_thread *t, tg_value d, tg_value key, tg_value x)
{
    if (x != TGC_NULL)
        return tgc_dict_set(t, d, key, x);
    int found = tgc_dict_del(t, d, key);
    if (found == 0)
        tgc_raise_value(t, &TGC_EXC(KeyError), key);
    return found > 0 ? 0 : -1;
}

static tg_value dict_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op != TGC_OR || !tgc_is_dict(a) || !tgc_is_dict(b))
        return TGC_NOTIMPL;
    tg_value d = tgc_dict_copy(t, a);
    if (d != TGC_NULL && tgc_dict_update(t, d, b) < 0) {
        tgc_release(t, d);
        return TGC_NULL;
    }
    return d;
}

static tg_value dict_inplace(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op != TGC_OR)
        return TGC_NOTIMPL;
    return tgc_dict_update(t, a, b) < 0 ? TGC_NULL : tgc_retain(t, a);
}

static tg_value dict_iter(tg_thread *t, tg_value d)
{
    return tgc_dict_iter(t, d, TGC_DICT_KEYS, false);
}

tgc_type tgc_dict_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "dict",
    .doc = "Built-in mapping, in order of insertion.",
    .flags = TGC_TF_DICT | TGC_TF_TRACKED | TGC_TF_BASETYPE,
    .size = sizeof(tgc_dict),
    .methods = tgc_dict_methods,
    .dealloc = dict_dealloc,
    .clear = dict_clear,
    .traverse = dict_traverse,
    .construct = dict_construct,
    .init = dict_init,
    .repr = tgc_dict_repr,
    .hash = tgc_hash_unhashable,
    .length = dict_length,
    .binary = dict_binary,
    .inplace = dict_inplace,
    .compare = dict_compare,
    .getitem = dict_getitem,
    .setitem = dict_setitem,
    .contains = tgc_dict_contains,
    .iter = dict_iter,
};
