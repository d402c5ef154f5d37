// SPDX-License-Identifier: MIT
//
// list_search.c - what looks at many items of a list: searching, counting, comparing.
//
// Items are read without the lock, one by one. If others changed the list meanwhile and no script
// code was needed to compare, it is done again in a way that sees one moment: under the lock, or
// on copies. Comparing by script code sees each item as it is when its turn comes.
#include "core/object/list.h"

#include "core/object/error.h" // TGC_EXC
#include "core/object/seq.h"   // tgc_equal_simple

// Whether a list item equals x: 1, 0, -1 raised. *simple becomes false if script code may have run.
static inline int same_item(tg_thread *t, tg_value item, tg_value x, bool *simple)
{
    if (item == x)
        return 1;
    int same = tgc_equal_simple(item, x);
    if (same >= 0)
        return same;
    *simple = false;
    return tgc_equal(t, item, x);
}

int64_t tgc_list_find_locked(tgc_list *list, tg_value x, size_t from, size_t to)
{
    size_t n = atom_load_relaxed(&list->size);      // ORDER: relaxed; the lock is held.
    tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
    for (size_t i = from; i < n && i < to; i++) {
        tg_value item = tgc_slot_peek(&a->slot[i]);
        int same = item == x ? 1 : tgc_equal_simple(item, x);
        if (same != 0)
            return same > 0 ? (int64_t)i : -2;
    }
    return -1;
}

static size_t bound(int64_t i, size_t n)
{
    if (i < 0)
        i += (int64_t)n;
    return i < 0 ? 0 : (size_t)i;
}

int64_t tgc_list_search(tg_thread *t, tg_value v, tg_value x, int64_t start, int64_t stop)
{
    tgc_list *list = tgc_list_of(v);
    uint32_t stamp = 0;
    bool calm = tgc_list_stamp(list, &stamp), simple = true;
    size_t n = tgc_list_size(v), to = bound(stop, n);
    int64_t found = -2;
    tg_value item;
    for (size_t i = bound(start, n);
         found == -2 && i < to && (item = tgc_list_get(t, v, i)) != TGC_NULL; i++) {
        int same = same_item(t, item, x, &simple);
        tgc_release(t, item);
        if (same != 0)
            found = same < 0 ? -1 : (int64_t)i;
    }
    if (!simple || (calm && tgc_list_unchanged(list, stamp)))
        return found;
    int64_t at = -2;
    TGC_LOCKED(t, &list->lock) {
        n = atom_load_relaxed(&list->size); // ORDER: relaxed; the lock is held.
        at = tgc_list_find_locked(list, x, bound(start, n), bound(stop, n));
    }
    return at >= 0 ? at : at == -1 ? -2 : found;
}

int64_t tgc_list_count(tg_thread *t, tg_value v, tg_value x)
{
    tgc_list *list = tgc_list_of(v);
    uint32_t stamp = 0;
    bool calm = tgc_list_stamp(list, &stamp), simple = true;
    int64_t count = 0;
    tg_value item;
    for (size_t i = 0; (item = tgc_list_get(t, v, i)) != TGC_NULL; i++) {
        int same = same_item(t, item, x, &simple);
        tgc_release(t, item);
        if (same < 0)
            return -1;
        count += same;
    }
    if (!simple || (calm && tgc_list_unchanged(list, stamp)))
        return count;
    int64_t at = -1, again = 0;
    TGC_LOCKED(t, &list->lock) {
        while ((at = tgc_list_find_locked(list, x, (size_t)(at + 1), SIZE_MAX)) >= 0)
            again++;
    }
    return at == -1 ? again : count;
}

// The first pair that differs decides; the lists may change while == of their items runs.
static tg_value compare_items(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b, bool *simple)
{
    if ((op == TGC_EQ || op == TGC_NE) && tgc_list_size(a) != tgc_list_size(b))
        return tgc_from_bool(op == TGC_NE);
    for (size_t i = 0;; i++) {
        tg_value x = tgc_list_get(t, a, i);
        tg_value y = x == TGC_NULL ? TGC_NULL : tgc_list_get(t, b, i);
        if (y == TGC_NULL) {
            tgc_release(t, x);
            break;
        }
        int same = same_item(t, x, y, simple);
        tg_value result = TGC_NULL;
        if (same == 0)
            result = op == TGC_EQ ? TGC_FALSE : op == TGC_NE ? TGC_TRUE : tgc_compare(t, op, x, y);
        tgc_release(t, x);
        tgc_release(t, y);
        if (same <= 0)
            return result;
    }
    size_t na = tgc_list_size(a), nb = tgc_list_size(b);
    return tgc_from_order(op, (na > nb) - (na < nb));
}

tg_value tgc_list_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (!tgc_is_list(b))
        return TGC_NOTIMPL;
    tgc_list *la = tgc_list_of(a), *lb = tgc_list_of(b);
    uint32_t stamp_a = 0, stamp_b = 0;
    bool simple = true;
    bool calm = tgc_list_stamp(la, &stamp_a);
    calm = tgc_list_stamp(lb, &stamp_b) && calm;
    tg_value result = compare_items(t, op, a, b, &simple);
    if (!simple || result == TGC_NULL ||
        (calm && tgc_list_unchanged(la, stamp_a) && tgc_list_unchanged(lb, stamp_b)))
        return result;
    tgc_release(t, result);
    tg_value first = tgc_list_slice(t, a, 0, SIZE_MAX);
    tg_value second = first == TGC_NULL ? TGC_NULL : tgc_list_slice(t, b, 0, SIZE_MAX);
    result = second == TGC_NULL ? TGC_NULL : compare_items(t, op, first, second, &simple);
    tgc_release(t, first);
    tgc_release(t, second);
    return result;
}
