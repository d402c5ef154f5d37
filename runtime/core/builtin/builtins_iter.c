// SPDX-License-Identifier: MIT
//
// builtins_iter.c - len, iter, next, sorted, sum, min, max, any, all, and the sequence and iterator
// types by name.
#include "core/builtin/builtins_iter.h"

#include "core/object/dict.h"      // types
#include "core/object/error.h"     // tgc_raise
#include "core/object/exception.h" // tgc_raise_object
#include "core/object/float.h"     // sum of floats
#include "core/object/int.h"       // sum of integers
#include "core/object/iter.h"      // types
#include "core/object/list.h"      // sorted
#include "core/object/seq.h"       // tgc_iterate
#include "core/object/set.h"       // types
#include "core/object/str.h"       // keyword names
#include "core/object/tuple.h"     // kwnames

static tg_value builtin_len(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int64_t n = tgc_length(t, args[0]);
    return n < 0 ? TGC_NULL : tgc_from_int(n);
}

static tg_value builtin_iter(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    if (nargs == 1)
        return tgc_iter(t, args[0]);
    if (tgc_type_of(args[0])->call == NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "iter(v, w): v must be callable");
    return tgc_iter_callable(t, args[0], args[1]);
}

static tg_value builtin_next(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    const tgc_type *type = tgc_type_of(args[0]);
    if (type->next == NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not an iterator", type->name);
    // Not tgc_next: the StopIteration of a generator keeps its value.
    tg_value x = type->next(t, args[0]);
    if (x != TGC_NULL)
        return x;
    bool raised = tgc_raised(t);
    if (raised && !tgc_raised_match(t, &TGC_EXC(StopIteration)))
        return TGC_NULL;
    if (nargs > 1) {
        tgc_error_clear(t);
        return tgc_retain(t, args[1]);
    }
    if (!raised)
        (void)tgc_raise_object(t, tgc_from_ptr(&TGC_EXC(StopIteration)), TGC_NULL);
    return TGC_NULL;
}

static tg_value builtin_sorted(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    size_t keywords = kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames);
    if (nargs - keywords != 1)
        return tgc_raise(t, &TGC_EXC(TypeError), "sorted expected 1 argument, got %zu",
                         nargs - keywords);
    static const char *const names[] = {"key", "reverse", NULL};
    tg_value out[2];
    if (tgc_parse_args(t, "sort", names, 0, args + 1, nargs - 1, kwnames, out) < 0)
        return TGC_NULL;
    int64_t reverse = 0;
    if (out[1] != TGC_NULL && tgc_as_index(t, out[1], &reverse) < 0)
        return TGC_NULL;
    tg_value list = tgc_list_from_iterable(t, args[0]);
    if (list != TGC_NULL && tgc_list_sort(t, list, out[0], reverse != 0) < 0) {
        tgc_release(t, list);
        return TGC_NULL;
    }
    return list;
}

// --- sum: strictly from left to right

// total + x, consuming both.
static tg_value add(tg_thread *t, tg_value total, tg_value x)
{
    if (TGI_LIKELY(tgc_both_int(total, x)))
        return tgc_int_from_i64(t, tgc_int(total) + tgc_int(x)); // 62 bits each
    tg_value sum;
    if (tgc_is_flo(total) && tgc_is_flo(x))
        sum = tgc_float_new(t, tgc_flo(total) + tgc_flo(x));
    else
        sum = tgc_binary(t, TGC_ADD, total, x);
    tgc_release(t, total);
    tgc_release(t, x);
    return sum;
}

static tg_value builtin_sum(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    tg_value start = tgc_from_int(0);
    if (kwnames != TGC_NULL && tgc_tuple_size(kwnames) > 0) {
        if (nargs != 2 || !tgc_str_equal_cstr(tgc_tuple_peek(kwnames, 0), "start")) {
            const char *name = tgc_str_utf8(t, tgc_tuple_peek(kwnames, 0), NULL);
            return name == NULL
                       ? TGC_NULL
                       : tgc_raise(
                             t, &TGC_EXC(TypeError),
                             "sum() takes at most 2 positional arguments and the keyword 'start'; got '%s'",
                             name);
        }
    }
    if (nargs > 1)
        start = args[1];
    if (tgc_is_str(start))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "sum() can't sum strings [use ''.join(seq) instead]");
    if (tgc_is_bytes(start))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "sum() can't sum bytes [use b''.join(seq) instead]");
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, args[0]) < 0)
        return TGC_NULL;
    tg_value total = tgc_retain(t, start), x;
    int got = 0;
    while (total != TGC_NULL && (got = tgc_iterate_next(t, &it, &x)) > 0)
        total = add(t, total, x);
    tgc_iterate_end(t, &it);
    if (got >= 0)
        return total;
    tgc_release(t, total);
    return TGC_NULL;
}

// --- min, max

typedef struct best {
    tg_value item, key; // TGC_NULL: nothing seen; key is a reference of its own
} best;

static void best_clear(tg_thread *t, best *b)
{
    tgc_release(t, b->item);
    tgc_release(t, b->key);
}

// Looks at one more item, whose reference is taken.
static int consider(tg_thread *t, best *b, tg_value item, tg_value key_fn, tgc_cmpop op)
{
    tg_value key = key_fn == TGC_NULL ? tgc_retain(t, item) : tgc_call1(t, key_fn, item);
    int better = -1;
    if (key != TGC_NULL) {
        if (b->item == TGC_NULL)
            better = 1;
        else if (tgc_both_int(key, b->key))
            better = op == TGC_LT ? (int64_t)key < (int64_t)b->key : (int64_t)key > (int64_t)b->key;
        else
            better = tgc_compare_bool(t, op, key, b->key);
    }
    best loser = {item, key};
    if (better > 0) {
        loser = *b;
        *b = (best){item, key};
    }
    best_clear(t, &loser);
    return better < 0 ? -1 : 0;
}

static tg_value extreme(tg_thread *t, const char *name, tgc_cmpop op, const tg_value *args,
                        size_t nargs, tg_value kwnames)
{
    size_t keywords = kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames);
    size_t n = nargs - keywords;
    tg_value key_fn = TGC_NULL, fallback = TGC_NULL;
    for (size_t i = 0; i < keywords; i++) {
        tg_value kw = tgc_tuple_peek(kwnames, i);
        if (tgc_str_equal_cstr(kw, "key")) {
            key_fn = args[n + i] == TGC_NONE ? TGC_NULL : args[n + i];
        } else if (tgc_str_equal_cstr(kw, "default")) {
            fallback = args[n + i];
        } else {
            const char *text = tgc_str_utf8(t, kw, NULL);
            return text == NULL
                       ? TGC_NULL
                       : tgc_raise(t, &TGC_EXC(TypeError),
                                   "'%s' is an invalid keyword argument for %s()", text, name);
        }
    }
    if (n == 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "%s expected at least 1 argument, got 0", name);
    if (n > 1 && fallback != TGC_NULL)
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "Cannot specify a default for %s() with multiple positional arguments",
                         name);
    best b = {TGC_NULL, TGC_NULL};
    int got = 0;
    if (n > 1) {
        for (size_t i = 0; got == 0 && i < n; i++)
            got = consider(t, &b, tgc_retain(t, args[i]), key_fn, op);
    } else {
        tgc_iterate it;
        if (tgc_iterate_begin(t, &it, args[0]) < 0)
            return TGC_NULL;
        tg_value x;
        while ((got = tgc_iterate_next(t, &it, &x)) > 0) {
            if (consider(t, &b, x, key_fn, op) < 0) {
                got = -1;
                break;
            }
        }
        tgc_iterate_end(t, &it);
    }
    if (got < 0) {
        best_clear(t, &b);
        return TGC_NULL;
    }
    tgc_release(t, b.key);
    if (b.item != TGC_NULL)
        return b.item;
    return fallback != TGC_NULL
               ? tgc_retain(t, fallback)
               : tgc_raise(t, &TGC_EXC(ValueError), "%s() arg is an empty sequence", name);
}

static tg_value builtin_min(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    return extreme(t, "min", TGC_LT, args, nargs, kwnames);
}

static tg_value builtin_max(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    return extreme(t, "max", TGC_GT, args, nargs, kwnames);
}

// Whether some item has the truth value `wanted`: 1, 0, -1.
static int find_truth(tg_thread *t, tg_value iterable, int wanted)
{
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, iterable) < 0)
        return -1;
    tg_value x;
    int got, truth = !wanted;
    while (truth == !wanted && (got = tgc_iterate_next(t, &it, &x)) != 0) {
        truth = got < 0 ? -1 : tgc_is_bool(x) ? x == TGC_TRUE : tgc_truth(t, x);
        if (got > 0)
            tgc_release(t, x);
    }
    tgc_iterate_end(t, &it);
    return truth < 0 ? -1 : truth == wanted;
}

static tg_value builtin_any(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int found = find_truth(t, args[0], 1);
    return found < 0 ? TGC_NULL : tgc_from_bool(found);
}

static tg_value builtin_all(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int found = find_truth(t, args[0], 0);
    return found < 0 ? TGC_NULL : tgc_from_bool(!found);
}

const tgc_method_def tgc_builtins_iter[] = {
    {"len", builtin_len, 1, 1, 0},
    {"iter", builtin_iter, 1, 2, 0},
    {"next", builtin_next, 1, 2, 0},
    {"sorted", builtin_sorted, 0, -1, TGC_METH_KW},
    {"sum", builtin_sum, 1, 2, TGC_METH_KW},
    {"min", builtin_min, 0, -1, TGC_METH_KW},
    {"max", builtin_max, 0, -1, TGC_METH_KW},
    {"any", builtin_any, 1, 1, 0},
    {"all", builtin_all, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

tgc_type *const tgc_builtin_types_iter[] = {
    &tgc_list_type,
    &tgc_tuple_type,
    &tgc_dict_type,
    &tgc_set_type,
    &tgc_frozenset_type,
    &tgc_range_type,
    &tgc_slice_type,
    &tgc_enumerate_type,
    &tgc_zip_type,
    &tgc_map_type,
    &tgc_filter_type,
    &tgc_reversed_type,
    NULL,
};

tgc_type *const tgc_hidden_types_iter[] = {
    &tgc_list_iter_type,
    &tgc_list_reverse_iter_type,
    &tgc_tuple_iter_type,
    &tgc_seq_iter_type,
    &tgc_callable_iter_type,
    &tgc_range_iter_type,
    &tgc_long_range_iter_type,
    &tgc_set_iter_type,
    &tgc_dict_key_iter_type,
    &tgc_dict_value_iter_type,
    &tgc_dict_item_iter_type,
    &tgc_dict_key_reverse_iter_type,
    &tgc_dict_value_reverse_iter_type,
    &tgc_dict_item_reverse_iter_type,
    &tgc_dict_keys_type,
    &tgc_dict_values_type,
    &tgc_dict_items_type,
    NULL,
};
