// SPDX-License-Identifier: MIT
//
// list_methods.c - the methods of list.
#include "core/object/list.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/iter.h"  // tgc_iter_list_reversed
#include "core/object/seq.h"   // tgc_seq_bound
#include "core/object/tuple.h" // kwnames

static tg_value method_append(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_list_append(t, args[0], args[1]) < 0 ? TGC_NULL : TGC_NONE;
}

static tg_value method_extend(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_list_extend(t, args[0], args[1]) < 0 ? TGC_NULL : TGC_NONE;
}

static tg_value method_insert(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int64_t i;
    if (tgc_as_index(t, args[1], &i) < 0)
        return TGC_NULL;
    return tgc_list_insert(t, args[0], i, args[2]) < 0 ? TGC_NULL : TGC_NONE;
}

static tg_value method_pop(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    int64_t i = -1;
    if (nargs > 1 && tgc_as_index(t, args[1], &i) < 0)
        return TGC_NULL;
    return tgc_list_pop(t, args[0], i);
}

// Takes out item i if it still is x.
static bool remove_at(tg_thread *t, tgc_list *list, size_t i, tg_value x)
{
    tgc_array *retired = NULL;
    bool done = false;
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        size_t n = atom_load_relaxed(&list->size);
        tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
        done = i < n && tgc_slot_peek(&a->slot[i]) == x;
        if (done)
            (void)tgc_list_take_locked(t, list, i, &retired);
    }
    tgc_array_retire(t, retired);
    if (done)
        tgc_release(t, x); // the list's reference
    return done;
}

// Finds and takes out the first item that equals x in one step. 1 done, 0 none, -1: only script
// code can tell.
static int remove_simple(tg_thread *t, tgc_list *list, tg_value x)
{
    tgc_array *retired = NULL;
    tg_value item = TGC_NULL;
    int64_t at = -1;
    TGC_LOCKED(t, &list->lock) {
        at = tgc_list_find_locked(list, x, 0, SIZE_MAX);
        if (at >= 0)
            item = tgc_list_take_locked(t, list, (size_t)at, &retired);
    }
    tgc_array_retire(t, retired);
    tgc_release(t, item);
    return at >= 0 ? 1 : at == -1 ? 0 : -1;
}

static tg_value method_remove(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int simple = remove_simple(t, tgc_list_of(args[0]), args[1]);
    if (simple > 0)
        return TGC_NONE;
    size_t i = 0;
    tg_value item;
    while (simple < 0 && (item = tgc_list_get(t, args[0], i)) != TGC_NULL) {
        int same = item == args[1]               ? 1
                   : tgc_both_int(item, args[1]) ? 0
                                                 : tgc_equal(t, item, args[1]);
        bool done = same > 0 && remove_at(t, tgc_list_of(args[0]), i, item);
        tgc_release(t, item);
        if (done || same < 0)
            return done ? TGC_NONE : TGC_NULL;
        if (same == 0)
            i++; // else somebody moved it: look at this place again
    }
    return tgc_raise(t, &TGC_EXC(ValueError), "list.remove(x): x not in list");
}

static tg_value method_clear(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tgc_list_clear(t, args[0]);
    return TGC_NONE;
}

static tg_value method_copy(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_list_slice(t, args[0], 0, SIZE_MAX);
}

static tg_value method_index(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    int64_t start = 0, stop = INT64_MAX;
    if (nargs > 2 && tgc_seq_bound(t, args[2], &start) < 0)
        return TGC_NULL;
    if (nargs > 3 && tgc_seq_bound(t, args[3], &stop) < 0)
        return TGC_NULL;
    int64_t at = tgc_list_search(t, args[0], args[1], start, stop);
    if (at >= -1)
        return at < 0 ? TGC_NULL : tgc_from_int(at);
    tg_value text = tgc_repr(t, args[1]);
    if (text == TGC_NULL)
        return text;
    const char *s = tgc_str_utf8(t, text, NULL);
    if (s != NULL)
        tgc_raise(t, &TGC_EXC(ValueError), "%s is not in list", s);
    tgc_release(t, text);
    return TGC_NULL;
}

static tg_value method_count(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int64_t count = tgc_list_count(t, args[0], args[1]);
    return count < 0 ? TGC_NULL : tgc_from_int(count);
}

static tg_value method_reverse(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tgc_list *list = tgc_list_of(args[0]);
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        size_t n = atom_load_relaxed(&list->size);
        tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
        tgc_list_hide_locked(list, &tgc_array_empty);
        for (size_t i = 0, j = n; i + 1 < j; i++) {
            tg_value x = tgc_slot_peek(&a->slot[i]);
            j--;
            tgc_slot_store(t, &a->slot[i], tgc_slot_peek(&a->slot[j]));
            tgc_slot_store(t, &a->slot[j], x);
        }
        tgc_list_show_locked(list, a);
    }
    return TGC_NONE;
}

static tg_value method_sort(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    size_t keywords = kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames);
    if (nargs - 1 > keywords)
        return tgc_raise(t, &TGC_EXC(TypeError), "sort() takes no positional arguments");
    static const char *const names[] = {"key", "reverse", NULL};
    tg_value out[2];
    if (tgc_parse_args(t, "sort", names, 0, args + 1, nargs - 1, kwnames, out) < 0)
        return TGC_NULL;
    int reverse = 0;
    if (out[1] != TGC_NULL) {
        int64_t flag;
        if (tgc_as_index(t, out[1], &flag) < 0)
            return TGC_NULL;
        reverse = flag != 0;
    }
    return tgc_list_sort(t, args[0], out[0], reverse != 0) < 0 ? TGC_NULL : TGC_NONE;
}

static tg_value method_reversed(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_iter_list_reversed(t, args[0]);
}

const tgc_method_def tgc_list_methods[] = {
    {"append", method_append, 1, 1, 0},
    {"extend", method_extend, 1, 1, 0},
    {"insert", method_insert, 2, 2, 0},
    {"pop", method_pop, 0, 1, 0},
    {"remove", method_remove, 1, 1, 0},
    {"clear", method_clear, 0, 0, 0},
    {"copy", method_copy, 0, 0, 0},
    {"index", method_index, 1, 3, 0},
    {"count", method_count, 1, 1, 0},
    {"reverse", method_reverse, 0, 0, 0},
    {"sort", method_sort, 0, -1, TGC_METH_KW},
    {"__reversed__", method_reversed, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};
