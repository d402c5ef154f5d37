// SPDX-License-Identifier: MIT
//
// dict_view.c - keys(), values(), items(): views that always show the dict as it is.
//
// Keys and items behave as sets: comparison with sets and views, & | - ^ with any iterable, the
// result is a set.
#include "core/object/dict.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/seq.h"   // tgc_list_from_iterable
#include "core/object/set.h"   // results
#include "core/object/state.h" // tgc_repr_enter
#include "core/object/tuple.h" // items

typedef struct dict_view {
    tgc_obj head;
    tg_value dict; // const after init
} dict_view;

#define dict_in(v) (((dict_view *)(void *)tgc_ptr(v))->dict)

static bool is_keys(tg_value v)
{
    return tgc_is_exact(v, &tgc_dict_keys_type);
}
static bool is_items(tg_value v)
{
    return tgc_is_exact(v, &tgc_dict_items_type);
}
static tgc_dict_part part_of(tg_value v)
{
    return is_keys(v) ? TGC_DICT_KEYS : is_items(v) ? TGC_DICT_ITEMS : TGC_DICT_VALUES;
}

tg_value tgc_dict_view(tg_thread *t, tg_value d, tgc_dict_part part)
{
    tgc_type *const types[3] = {&tgc_dict_keys_type, &tgc_dict_values_type, &tgc_dict_items_type};
    dict_view *view = (dict_view *)(void *)tgc_new_raw(t, types[part], sizeof *view);
    if (view == NULL)
        return TGC_NULL;
    view->dict = tgc_retain(t, d);
    tgc_track(t, &view->head);
    return tgc_from_ptr(view);
}

bool tgc_dict_viewed(tg_value v, tg_value *d, tgc_dict_part *part)
{
    *part = TGC_DICT_KEYS;
    *d = v;
    if (tgc_is_exact(v, &tgc_dict_type))
        return true;
    if (!is_keys(v) && !is_items(v) && !tgc_is_exact(v, &tgc_dict_values_type))
        return false;
    *d = dict_in(v);
    *part = part_of(v);
    return true;
}

static void view_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_release(t, ((dict_view *)(void *)o)->dict);
    tgc_delete(t, o, sizeof(dict_view));
}

static void view_clear(tg_thread *t, tgc_obj *o)
{
    tgc_drop_field(t, &((dict_view *)(void *)o)->dict);
}

static void view_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((dict_view *)(void *)o)->dict, arg);
}

static int64_t view_length(tg_thread *t, tg_value v)
{
    return (int64_t)tgc_dict_length(t, dict_in(v));
}

static tg_value view_iter(tg_thread *t, tg_value v)
{
    return tgc_dict_iter(t, dict_in(v), part_of(v), false);
}

static tg_value view_repr(tg_thread *t, tg_value v)
{
    tgc_repr_level level;
    int again = tgc_repr_enter(t, tgc_ptr(v), &level);
    if (again != 0)
        return again < 0 ? TGC_NULL : tgc_str_cstr(t, "...");
    tg_value text = TGC_NULL, list = tgc_list_from_iterable(t, v);
    if (list != TGC_NULL) {
        tgc_strbuf b;
        tgc_strbuf_init(&b);
        if (tgc_strbuf_append_cstr(t, &b, tgc_type_name(v)) < 0 ||
            tgc_strbuf_append_cstr(t, &b, "(") < 0 || tgc_strbuf_append_repr(t, &b, list) < 0 ||
            tgc_strbuf_append_cstr(t, &b, ")") < 0)
            tgc_strbuf_discard(&b);
        else
            text = tgc_strbuf_finish(t, &b);
        tgc_release(t, list);
    }
    tgc_repr_leave(t, &level);
    return text;
}

static int keys_contains(tg_thread *t, tg_value v, tg_value x)
{
    return tgc_dict_contains(t, dict_in(v), x);
}

static int items_contains(tg_thread *t, tg_value v, tg_value x)
{
    if (!tgc_is_tuple(x) || tgc_tuple_size(x) != 2)
        return 0;
    tg_value value;
    int found = tgc_dict_get(t, dict_in(v), tgc_tuple_peek(x, 0), &value);
    if (found <= 0)
        return found;
    int same = tgc_equal(t, value, tgc_tuple_peek(x, 1));
    tgc_release(t, value);
    return same;
}

// Is every item of a in b? 1, 0, -1.
static int all_in(tg_thread *t, tg_value a, tg_value b)
{
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, a) < 0)
        return -1;
    tg_value x;
    int got, in = 1;
    while (in > 0 && (got = tgc_iterate_next(t, &it, &x)) != 0) {
        in = got < 0 ? -1 : tgc_contains(t, b, x);
        if (got > 0)
            tgc_release(t, x);
    }
    tgc_iterate_end(t, &it);
    return in;
}

static bool is_set_like(tg_value v)
{
    return tgc_is_set(v) || is_keys(v) || is_items(v);
}

static tg_value view_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (!is_set_like(b))
        return TGC_NOTIMPL;
    int64_t na = tgc_length(t, a), nb = tgc_length(t, b);
    if (nb < 0)
        return TGC_NULL;
    int result = 0;
    switch (op) {
    case TGC_EQ:
    case TGC_NE:
        result = na == nb ? all_in(t, a, b) : 0;
        break;
    case TGC_LT:
        result = na < nb ? all_in(t, a, b) : 0;
        break;
    case TGC_LE:
        result = na <= nb ? all_in(t, a, b) : 0;
        break;
    case TGC_GT:
        result = na > nb ? all_in(t, b, a) : 0;
        break;
    case TGC_GE:
        result = na >= nb ? all_in(t, b, a) : 0;
        break;
    }
    if (result < 0)
        return TGC_NULL;
    return tgc_from_bool((result > 0) == (op != TGC_NE));
}

// The items of `from` that are (or are not) in `in`, as a set.
static tg_value selected(tg_thread *t, tg_value from, tg_value in, bool wanted)
{
    tg_value out = tgc_set_new(t);
    tgc_iterate it;
    if (out == TGC_NULL || tgc_iterate_begin(t, &it, from) < 0) {
        tgc_release(t, out);
        return TGC_NULL;
    }
    tg_value x;
    int got;
    while ((got = tgc_iterate_next(t, &it, &x)) > 0) {
        int has = tgc_contains(t, in, x);
        int bad = has < 0 ? -1 : (has > 0) == wanted ? tgc_set_add(t, out, x) : 0;
        tgc_release(t, x);
        if (bad < 0) {
            got = -1;
            break;
        }
    }
    tgc_iterate_end(t, &it);
    if (got == 0)
        return out;
    tgc_release(t, out);
    return TGC_NULL;
}

static tg_value view_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op != TGC_AND && op != TGC_OR && op != TGC_SUB && op != TGC_XOR)
        return TGC_NOTIMPL;
    if (op == TGC_AND) {
        if (!is_keys(a) && !is_items(a)) {
            tg_value view = b;
            b = a;
            a = view;
        }
        return selected(t, b, a, true);
    }
    tg_value out = tgc_set_new_typed(t, &tgc_set_type, a);
    if (out == TGC_NULL)
        return out;
    int bad;
    if (op == TGC_OR) {
        bad = tgc_set_update(t, out, b);
    } else {
        tg_value other = tgc_set_new_typed(t, &tgc_set_type, b);
        bad = other == TGC_NULL ? -1
              : op == TGC_SUB   ? tgc_set_difference_update(t, out, other)
                                : tgc_set_symmetric_update(t, out, other);
        tgc_release(t, other);
    }
    if (bad == 0)
        return out;
    tgc_release(t, out);
    return TGC_NULL;
}

static tg_value method_isdisjoint(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tg_value common = selected(t, args[1], args[0], true);
    if (common == TGC_NULL)
        return common;
    bool none = tgc_set_size(common) == 0;
    tgc_release(t, common);
    return tgc_from_bool(none);
}

static tg_value method_reversed(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_dict_iter(t, dict_in(args[0]), part_of(args[0]), true);
}

static const tgc_method_def set_like_methods[] = {
    {"isdisjoint", method_isdisjoint, 1, 1, 0},
    {"__reversed__", method_reversed, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

static const tgc_method_def values_methods[] = {
    {"__reversed__", method_reversed, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

#define VIEW_COMMON                                                                               \
    TGC_STATIC_TYPE(&tgc_object_type),                                                            \
        .flags = TGC_TF_TRACKED, .size = sizeof(dict_view), .dealloc = view_dealloc,              \
        .clear = view_clear, .traverse = view_traverse, .repr = view_repr, .length = view_length, \
        .iter = view_iter

tgc_type tgc_dict_keys_type = {
    VIEW_COMMON,
    .name = "dict_keys",
    .methods = set_like_methods,
    .hash = tgc_hash_unhashable,
    .compare = view_compare,
    .binary = view_binary,
    .contains = keys_contains,
};

tgc_type tgc_dict_values_type = {
    VIEW_COMMON,
    .name = "dict_values",
    .methods = values_methods,
};

tgc_type tgc_dict_items_type = {
    VIEW_COMMON,
    .name = "dict_items",
    .methods = set_like_methods,
    .hash = tgc_hash_unhashable,
    .compare = view_compare,
    .binary = view_binary,
    .contains = items_contains,
};
