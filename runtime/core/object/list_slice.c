// SPDX-License-Identifier: MIT
//
// list_slice.c - list[i], list[i:j:k]: reading, assigning, deleting; repetition.
//
// Bounds are taken from the script before the length is read (their __index__ may change the list);
// the change itself happens under the lock with the length of that moment.
#include "core/object/list.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/seq.h"   // tgc_seq_index
#include "core/object/slice.h" // tgc_slice_unpack
#include "mem/raw.h"           // buffers

static tg_value get_slice(tg_thread *t, tg_value v, tg_value slice)
{
    int64_t start, stop, step;
    if (tgc_slice_unpack(t, slice, &start, &stop, &step) < 0)
        return TGC_NULL;
    for (;;) {
        size_t n = tgc_list_size(v);
        int64_t lo = start, hi = stop;
        int64_t count = tgc_slice_adjust((int64_t)n, &lo, &hi, step);
        if (count == 0)
            return tgc_list_new(t, 0);
        tg_value out = tgc_list_new(t, (size_t)count);
        if (out == TGC_NULL)
            return out;
        tgc_array *a = atom_load_relaxed(&tgc_list_of(out)->items); // ORDER: relaxed; private.
        tgc_list *list = tgc_list_of(v);
        bool same = false;
        TGC_LOCKED(t, &list->lock) {
            // ORDER: relaxed; the lock is held.
            same = atom_load_relaxed(&list->size) == n;
            tgc_array *old = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
            for (int64_t i = 0; same && i < count; i++) {
                // ORDER: relaxed; private. The value is published: it is in a list.
                atom_store_relaxed(&a->slot[i].word,
                                   tgc_retain(t, tgc_slot_peek(&old->slot[lo + i * step])));
            }
        }
        if (same) {
            atom_store_relaxed(&tgc_list_of(out)->size, (size_t)count); // ORDER: relaxed; private.
            return out;
        }
        tgc_release(t, out);
    }
}

tg_value tgc_list_getitem(tg_thread *t, tg_value v, tg_value key)
{
    if (tgc_is_slice(key))
        return get_slice(t, v, key);
    int64_t i;
    if (tgc_is_int(key))
        i = tgc_int(key);
    else if (tgc_seq_index(t, key, "list", &i) < 0)
        return TGC_NULL;
    tg_value x = tgc_list_get_at(t, v, i);
    return x != TGC_NULL ? x : tgc_raise(t, &TGC_EXC(IndexError), "list index out of range");
}

// Puts m values (their references are taken) in place of `count` items from lo on; what was there
// goes to removed.
static bool splice_locked(tg_thread *t, tgc_list *list, size_t lo, size_t count,
                          const tg_value *values, size_t m, tg_value *removed, tgc_array **retired)
{
    // ORDER: relaxed; the lock is held.
    size_t n = atom_load_relaxed(&list->size);
    tgc_array *a = tgc_list_room_locked(t, list, n - count + m, retired);
    if (a == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        removed[i] = tgc_slot_peek(&a->slot[lo + i]);
    tgc_list_hide_locked(list, &tgc_array_empty);
    atom_store_release(&list->size, n - count + m); // ORDER: release; readers past it look again.
    tgc_slots_move(a->slot + lo + m, a->slot + lo + count, n - lo - count);
    for (size_t i = 0; i < m; i++)
        tgc_slot_store(t, &a->slot[lo + i], values[i]);
    if (TGC_FREE_THREADED) {
        for (size_t i = n - count + m; i < n; i++)
            tgc_slot_store(t, &a->slot[i], TGC_NULL); // L1
    }
    tgc_list_show_locked(list, a);
    return true;
}

// list[start:stop] = values, whose references are taken in any case.
static int replace(tg_thread *t, tg_value v, int64_t start, int64_t stop, const tg_value *values,
                   size_t m)
{
    tgc_list *list = tgc_list_of(v);
    for (;;) {
        size_t n = tgc_list_size(v);
        int64_t lo = start, hi = stop;
        size_t count = (size_t)tgc_slice_adjust((int64_t)n, &lo, &hi, 1);
        tg_value *removed = tgi_raw_alloc((count + 1) * sizeof *removed);
        tgc_array *retired = NULL;
        bool same = false, room = removed != NULL;
        TGC_LOCKED(t, &list->lock) {
            same = atom_load_relaxed(&list->size) == n; // ORDER: relaxed; the lock is held.
            if (same && room)
                room = splice_locked(t, list, (size_t)lo, count, values, m, removed, &retired);
        }
        tgc_array_retire(t, retired);
        if (!room) {
            tgi_raw_free(removed);
            tgc_values_release(t, values, m);
            tgc_raise_nomem(t);
            return -1;
        }
        if (same) {
            tgc_values_free(t, removed, count);
            return 0;
        }
        tgi_raw_free(removed);
    }
}

// list[start:stop:step] = values: one for one; their references are taken in any case.
static int replace_stepped(tg_thread *t, tg_value v, int64_t start, int64_t stop, int64_t step,
                           tg_value *values, size_t m)
{
    tgc_list *list = tgc_list_of(v);
    int64_t count = 0;
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        count = tgc_slice_adjust((int64_t)atom_load_relaxed(&list->size), &start, &stop, step);
        tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
        if ((size_t)count == m && m > 0) {
            tgc_list_hide_locked(list, &tgc_array_empty);
            for (int64_t i = 0; i < count; i++) {
                tgc_slot *s = &a->slot[start + i * step];
                tg_value old = tgc_slot_peek(s);
                tgc_slot_store(t, s, values[i]);
                values[i] = old;
            }
            tgc_list_show_locked(list, a);
        }
    }
    tgc_values_release(t, values, m);
    if ((size_t)count == m)
        return 0;
    return tgc_raise_int(t, &TGC_EXC(ValueError),
                         "attempt to assign sequence of size %zu to extended slice of size %lld", m,
                         (long long)count);
}

static int delete_stepped(tg_thread *t, tg_value v, int64_t start, int64_t stop, int64_t step)
{
    tgc_list *list = tgc_list_of(v);
    for (;;) {
        size_t n = tgc_list_size(v);
        int64_t lo = start, hi = stop, by = step;
        size_t count = (size_t)tgc_slice_adjust((int64_t)n, &lo, &hi, by);
        if (count == 0)
            return 0;
        if (by < 0) { // the same items upwards
            lo += (int64_t)(count - 1) * by;
            by = -by;
        }
        tg_value *removed = tgi_raw_alloc(count * sizeof *removed);
        if (removed == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
        bool same = false;
        TGC_LOCKED(t, &list->lock) {
            same = atom_load_relaxed(&list->size) == n; // ORDER: relaxed; the lock is held.
            if (same) {
                tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
                tgc_list_hide_locked(list, &tgc_array_empty);
                // ORDER: release; readers past it look again.
                atom_store_release(&list->size, n - count);
                size_t to = (size_t)lo, from = (size_t)lo;
                for (size_t i = 0; i < count; i++) {
                    removed[i] = tgc_slot_peek(&a->slot[from]);
                    size_t next = i + 1 < count ? from + (size_t)by : n;
                    tgc_slots_move(a->slot + to, a->slot + from + 1, next - from - 1);
                    to += next - from - 1;
                    from = next;
                }
                for (; TGC_FREE_THREADED && to < n; to++)
                    tgc_slot_store(t, &a->slot[to], TGC_NULL); // L1
                tgc_list_show_locked(list, a);
            }
        }
        if (same) {
            tgc_values_free(t, removed, count);
            return 0;
        }
        tgi_raw_free(removed);
    }
}

static int set_slice(tg_thread *t, tg_value v, tg_value slice, tg_value x)
{
    int64_t start, stop, step;
    if (tgc_slice_unpack(t, slice, &start, &stop, &step) < 0)
        return -1;
    if (x == TGC_NULL)
        return step == 1 ? replace(t, v, start, stop, NULL, 0)
                         : delete_stepped(t, v, start, stop, step);
    size_t m;
    tg_value *values = tgc_values_from_iterable(t, x, &m);
    if (values == NULL) {
        if (tgc_raised_match(t, &TGC_EXC(TypeError)) && tgc_type_of(x)->iter == NULL)
            tgc_raise(t, &TGC_EXC(TypeError),
                      step == 1 ? "can only assign an iterable"
                                : "must assign iterable to extended slice");
        return -1;
    }
    int result = step == 1 ? replace(t, v, start, stop, values, m)
                           : replace_stepped(t, v, start, stop, step, values, m);
    tgi_raw_free(values);
    return result;
}

static int delete_at(tg_thread *t, tg_value v, int64_t i)
{
    tgc_list *list = tgc_list_of(v);
    tgc_array *retired = NULL;
    tg_value x = TGC_NULL;
    TGC_LOCKED(t, &list->lock) {
        size_t n = atom_load_relaxed(&list->size); // ORDER: relaxed; the lock is held.
        size_t at = (size_t)(i < 0 ? i + (int64_t)n : i);
        if (at < n)
            x = tgc_list_take_locked(t, list, at, &retired);
    }
    tgc_array_retire(t, retired);
    if (x == TGC_NULL)
        return tgc_raise_int(t, &TGC_EXC(IndexError), "list assignment index out of range");
    tgc_release(t, x);
    return 0;
}

int tgc_list_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    if (tgc_is_slice(key))
        return set_slice(t, v, key, x);
    int64_t i;
    if (tgc_is_int(key))
        i = tgc_int(key);
    else if (tgc_seq_index(t, key, "list", &i) < 0)
        return -1;
    if (x == TGC_NULL)
        return delete_at(t, v, i);
    return tgc_list_set(t, v, i, x);
}

// `times` copies of n values one after the other, as a new list.
static tg_value repeated(tg_thread *t, const tg_value *values, size_t n, size_t times)
{
    size_t total;
    if (__builtin_mul_overflow(n, times, &total) || total > TGC_LIST_MAX)
        return tgc_raise_nomem(t);
    tg_value out = tgc_list_new(t, total);
    if (out == TGC_NULL)
        return out;
    tgc_array *a = atom_load_relaxed(&tgc_list_of(out)->items); // ORDER: relaxed; private.
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < times; k++)
            tgc_slot_init(t, &a->slot[k * n + i], tgc_retain(t, values[i]));
    }
    atom_store_relaxed(&tgc_list_of(out)->size, total); // ORDER: relaxed; private.
    return out;
}

tg_value tgc_list_repeat(tg_thread *t, tg_value v, tg_value times)
{
    size_t count, n;
    if (tgc_seq_times(t, times, &count) < 0)
        return TGC_NULL;
    tg_value *values = tgc_list_snapshot(t, v, &n);
    if (values == NULL)
        return TGC_NULL;
    tg_value out = repeated(t, values, n, count);
    tgc_values_free(t, values, n);
    return out;
}

int tgc_list_repeat_in_place(tg_thread *t, tg_value v, tg_value times)
{
    size_t count;
    int known = tgc_seq_times(t, times, &count);
    if (known == 0)
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "can't multiply sequence by non-int of type '%s'",
                             tgc_type_name(times));
    if (known < 0)
        return -1;
    if (count == 0) {
        tgc_list_clear(t, v);
        return 0;
    }
    tgc_list *list = tgc_list_of(v);
    tgc_array *retired = NULL;
    bool memory = true;
    TGC_LOCKED(t, &list->lock) {
        size_t n = atom_load_relaxed(&list->size), total; // ORDER: relaxed; the lock is held.
        tgc_array *a = NULL;
        if (!__builtin_mul_overflow(n, count, &total) && total <= TGC_LIST_MAX) {
            tgc_list_change_locked(list);
            a = tgc_list_room_locked(t, list, total, &retired);
        }
        memory = a != NULL;
        if (memory && n < total) {
            atom_store_release(&list->size, total); // ORDER: release; L2.
            for (size_t i = n; i < total; i++)
                tgc_slot_store(t, &a->slot[i], tgc_retain(t, tgc_slot_peek(&a->slot[i - n])));
        }
    }
    tgc_array_retire(t, retired);
    if (memory)
        return 0;
    tgc_raise_nomem(t);
    return -1;
}
