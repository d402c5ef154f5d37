// SPDX-License-Identifier: MIT
//
// list_type.c - list as a type: construction, repr, comparison, operators, what the collector
// needs.
#include "core/object/list.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/iter.h"  // tgc_iter_list
#include "core/object/known.h" // TGC_NAME
#include "core/object/names.h" // tgc_type_lookup
#include "core/object/seq.h"   // shared helpers
#include "core/object/state.h" // tgc_repr_enter
#include "core/object/str.h"   // tgc_strbuf

static void list_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_list *list = (tgc_list *)(void *)o;
    tgc_untrack(t, o);
    // ORDER: relaxed; dead: readers hold a reference to the list, so there are none.
    tgc_array *a = atom_load_relaxed(&list->items);
    size_t n = atom_load_relaxed(&list->size); // ORDER: relaxed; as above.
    while (n-- > 0)
        tgc_release(t, tgc_slot_peek(&a->slot[n]));
    tgc_array_free(t, a);
    tgc_delete(t, o, tgc_obj_type(o)->size);
}

static void list_clear(tg_thread *t, tgc_obj *o)
{
    tgc_list_clear(t, tgc_from_ptr(o));
}

static void list_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_list *list = (tgc_list *)(void *)o;
    // ORDER: relaxed; world stopped.
    tgc_array *a = atom_load_relaxed(&list->items);
    size_t n = atom_load_relaxed(&list->size); // ORDER: relaxed; as above.
    for (size_t i = 0; i < n; i++)
        visit(tgc_slot_peek(&a->slot[i]), arg);
}

static int list_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                     tg_value kwnames)
{
    if (tgc_no_keywords(t, "list", kwnames) < 0)
        return -1;
    if (nargs > 1)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "list expected at most 1 argument, got %zu",
                             nargs);
    tgc_list_clear(t, self);
    return nargs == 0 ? 0 : tgc_list_extend(t, self, args[0]);
}

static tg_value list_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                               tg_value kwnames)
{
    if (type == &tgc_list_type && nargs == 1 && kwnames == TGC_NULL)
        return tgc_list_from_iterable(t, args[0]);
    tg_value v = tgc_list_new_typed(t, type, 0);
    if (v != TGC_NULL && list_init(t, v, args, nargs, kwnames) < 0) {
        tgc_release(t, v);
        return TGC_NULL;
    }
    return v;
}

static tg_value list_repr(tg_thread *t, tg_value v)
{
    if (tgc_list_size(v) == 0)
        return tgc_str_cstr(t, "[]");
    tgc_repr_level level;
    int again = tgc_repr_enter(t, tgc_ptr(v), &level);
    if (again != 0)
        return again < 0 ? TGC_NULL : tgc_str_cstr(t, "[...]");
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    int bad = tgc_strbuf_append_cstr(t, &b, "[");
    tg_value x;
    for (size_t i = 0; bad == 0 && (x = tgc_list_get(t, v, i)) != TGC_NULL; i++) {
        if (i > 0)
            bad = tgc_strbuf_append_cstr(t, &b, ", ");
        if (bad == 0)
            bad = tgc_strbuf_append_repr(t, &b, x);
        tgc_release(t, x);
    }
    if (bad == 0)
        bad = tgc_strbuf_append_cstr(t, &b, "]");
    tgc_repr_leave(t, &level);
    if (bad == 0)
        return tgc_strbuf_finish(t, &b);
    tgc_strbuf_discard(&b);
    return TGC_NULL;
}

static int64_t list_length(tg_thread *t, tg_value v)
{
    (void)t;
    return (int64_t)tgc_list_size(v);
}

static int list_contains(tg_thread *t, tg_value v, tg_value x)
{
    int64_t at = tgc_list_search(t, v, x, 0, INT64_MAX);
    return at >= 0 ? 1 : at == -1 ? -1 : 0;
}

static tg_value list_concat(tg_thread *t, tg_value a, tg_value b)
{
    tg_value v = tgc_list_slice(t, a, 0, SIZE_MAX);
    if (v != TGC_NULL && tgc_list_extend(t, v, b) < 0) {
        tgc_release(t, v);
        return TGC_NULL;
    }
    return v;
}

static tg_value list_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op == TGC_ADD && tgc_is_list(a)) {
        if (tgc_is_list(b)) {
            if (tgc_is_exact(b, &tgc_list_type))
                return list_concat(t, a, b);
            tg_value plain = tgc_list_slice(t, b, 0, SIZE_MAX);
            if (plain == TGC_NULL)
                return TGC_NULL;
            tg_value v = list_concat(t, a, plain);
            tgc_release(t, plain);
            return v;
        }
        return tgc_refuse_concat(t, a, b, "list");
    }
    if (op == TGC_MUL)
        return tgc_is_list(a) ? tgc_seq_multiply(t, a, b, tgc_list_repeat)
                              : tgc_seq_multiply(t, b, a, tgc_list_repeat);
    return TGC_NOTIMPL;
}

static tg_value list_inplace(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op == TGC_ADD)
        return tgc_list_extend(t, a, b) < 0 ? TGC_NULL : tgc_retain(t, a);
    if (op == TGC_MUL && tgc_list_repeat_in_place(t, a, b) < 0)
        return TGC_NULL;
    return op == TGC_MUL ? tgc_retain(t, a) : TGC_NOTIMPL;
}

tgc_type tgc_list_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "list",
    .doc = "Built-in mutable sequence.",
    .flags = TGC_TF_LIST | TGC_TF_TRACKED | TGC_TF_BASETYPE,
    .size = sizeof(tgc_list),
    .methods = tgc_list_methods,
    .dealloc = list_dealloc,
    .clear = list_clear,
    .traverse = list_traverse,
    .construct = list_construct,
    .init = list_init,
    .repr = list_repr,
    .hash = tgc_hash_unhashable,
    .length = list_length,
    .binary = list_binary,
    .inplace = list_inplace,
    .compare = tgc_list_compare,
    .getitem = tgc_list_getitem,
    .setitem = tgc_list_setitem,
    .contains = list_contains,
    .iter = tgc_iter_list,
};
