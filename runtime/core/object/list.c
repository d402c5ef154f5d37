// SPDX-License-Identifier: MIT
//
// list.c - lists: making, reading, growing, ending. The protocol between readers and writers is
// Note [list-read] in list.h; slices are in list_slice.c, methods in list_methods.c, the type in
// list_type.c.
//
// Rejected    freeing a replaced array at once when the list was never shared: whether it was
//             cannot be told from the list alone, because a tuple hands it on without publishing
//             it.
#include "core/object/list.h"

#include "core/object/backing.h" // bytes of arrays
#include "core/object/class.h"   // tgc_attrs_init
#include "core/object/dict.h"    // tgc_dict_viewed
#include "core/object/error.h"   // tgc_raise
#include "core/object/seq.h"     // tgc_values_*
#include "mem/raw.h"             // arrays

tgc_array tgc_array_empty = {0};
tgc_array tgc_array_sorting = {0};

static bool is_shared_array(const tgc_array *a)
{
    return a->capacity == 0;
}
static size_t array_bytes(size_t capacity)
{
    return sizeof(tgc_array) + capacity * sizeof(tgc_slot);
}

enum {
    LONG_LIST = 4096,  // items, from which an array is more than a few pages
    READY_SLOTS = 510, // made ready at a time: about a page
};

static void fill_null(tgc_slot *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        // ORDER: relaxed; the array is published later, or the slot is beyond the size already
        // (L1).
        atom_store_relaxed(&s[i].word, TGC_NULL);
    }
}

// L6. At least the first `wanted` slots, for which the array has room. The lock is held, or nobody
// else knows the array.
static void make_ready(tgc_array *a, size_t wanted)
{
    size_t ready = tgc_array_ready(a);
    if (wanted <= ready)
        return;
    size_t end = a->capacity;
    if (TGC_FREE_THREADED) {
        end = end - wanted <= READY_SLOTS ? end : wanted + READY_SLOTS;
        fill_null(a->slot + ready, end - ready);
    }
    // ORDER: release; L6, pairs with the acquire in tgc_list_read_fast: the slots are set.
    atom_store_release(&a->ready, (uint32_t)end);
}

tgc_array *tgc_array_new(tg_thread *t, size_t capacity)
{
    if (capacity == 0)
        return &tgc_array_empty;
    if (capacity > TGC_LIST_MAX)
        return NULL;
    tgc_array *a = tgi_raw_alloc(array_bytes(capacity));
    if (a == NULL)
        return NULL;
    a->capacity = (uint32_t)capacity;
    atom_store_relaxed(&a->ready, 0); // ORDER: relaxed; private yet.
    tgc_backing_made(t, array_bytes(capacity));
    make_ready(a, capacity);
    return a;
}

size_t tgc_array_bytes(const tgc_array *a)
{
    return is_shared_array(a) ? 0 : array_bytes(a->capacity);
}

void tgc_array_free(tg_thread *t, tgc_array *a)
{
    if (is_shared_array(a))
        return;
    tgc_backing_freed(t, array_bytes(a->capacity));
    tgi_raw_free(a);
}

void tgc_array_retire(tg_thread *t, tgc_array *a)
{
    if (a != NULL && !is_shared_array(a)) {
        tgc_backing_freed(t, array_bytes(a->capacity));
        tgc_free_later(t, a, array_bytes(a->capacity));
    }
}

void tgc_slots_move(tgc_slot *to, const tgc_slot *from, size_t n)
{
    if (!TGC_FREE_THREADED) {
        memmove((void *)to, (const void *)from, n * sizeof *to);
        return;
    }
    if (to <= from) {
        for (size_t i = 0; i < n; i++) {
            // ORDER: release; a reader that finds the value in its new slot finds the object
            // complete.
            atom_store_release(&to[i].word, tgc_slot_peek(&from[i]));
        }
    } else {
        for (size_t i = n; i-- > 0;)
            atom_store_release(&to[i].word, tgc_slot_peek(&from[i])); // ORDER: release; as above.
    }
}

// Nobody else knows `to` yet, and the lock is held: nobody writes to `from`, others may read it.
static void copy_slots(tgc_array *to, const tgc_array *from, size_t n)
{
    memcpy((void *)to->slot, (const void *)from->slot, n * sizeof *to->slot);
}

// The array for `room` items: grown by a share of its size, so that appending costs constant time
// on average. Free threading copies where a plain realloc often does not, under the lock and into
// memory another thread may just have given back to the system, so it takes larger steps.
tgc_array *tgc_list_room_locked(tg_thread *t, tgc_list *list, size_t room, tgc_array **retired)
{
    *retired = NULL;
    // ORDER: relaxed; the lock is held.
    tgc_array *old = atom_load_relaxed(&list->items);
    if (room <= old->capacity) {
        make_ready(old, room);
        return old;
    }
    if (room > TGC_LIST_MAX)
        return NULL;
    size_t more = !TGC_FREE_THREADED ? room >> 3 : room < LONG_LIST ? room >> 2 : room >> 1;
    size_t capacity = room < 4 ? 4 : (room + more + 6) & ~(size_t)3;
    if (capacity > TGC_LIST_MAX)
        capacity = TGC_LIST_MAX;
    tgc_array *a;
    if (!TGC_FREE_THREADED && !is_shared_array(old)) {
        size_t before = array_bytes(old->capacity);
        a = tgi_raw_realloc(old, array_bytes(capacity));
        if (a == NULL)
            return NULL;
        tgc_backing_freed(t, before);
        a->capacity = (uint32_t)capacity;
        make_ready(a, capacity);
    } else {
        // ORDER: relaxed; the lock is held.
        size_t n = atom_load_relaxed(&list->size);
        a = tgi_raw_alloc(array_bytes(capacity));
        if (a == NULL)
            return NULL;
        a->capacity = (uint32_t)capacity;
        copy_slots(a, old, n);
        atom_store_relaxed(&a->ready, (uint32_t)n); // ORDER: relaxed; private yet.
        make_ready(a, room);
        *retired = old;
    }
    tgc_backing_made(t, array_bytes(capacity));
    // ORDER: release; L2, pairs with the acquire of the readers: the array is filled.
    atom_store_release(&list->items, a);
    return a;
}

// Gives memory back when most of the array is unused. The lock is held.
static void shrink_locked(tg_thread *t, tgc_list *list, tgc_array **retired)
{
    // ORDER: relaxed; the lock is held.
    tgc_array *old = atom_load_relaxed(&list->items);
    size_t n = atom_load_relaxed(&list->size); // ORDER: relaxed; as above.
    if (TGI_LIKELY(old->capacity < 64 || n >= old->capacity / 4))
        return;
    tgc_array *a = tgc_array_new(t, n + (n >> 3) + 4);
    if (a == NULL)
        return;
    copy_slots(a, old, n);
    // ORDER: release; L2.
    atom_store_release(&list->items, a);
    *retired = old;
}

tg_value tgc_list_new_typed(tg_thread *t, tgc_type *type, size_t reserve)
{
    tgc_array *a = tgc_array_new(t, reserve);
    if (a == NULL)
        return tgc_raise_nomem(t);
    tgc_list *list = (tgc_list *)(void *)tgc_new_raw(t, type, type->size);
    if (list == NULL) {
        tgc_array_free(t, a);
        return TGC_NULL;
    }
    tgc_lock_init(&list->lock);
    // ORDER: relaxed; the list is private.
    atom_store_relaxed(&list->size, 0);
    atom_store_relaxed(&list->changes, 0); // ORDER: relaxed; as above.
    atom_store_relaxed(&list->items, a);   // ORDER: relaxed; as above.
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, &list->head);
    tgc_track(t, &list->head);
    return tgc_from_ptr(list);
}

tg_value tgc_list_new(tg_thread *t, size_t reserve)
{
    return tgc_list_new_typed(t, &tgc_list_type, reserve);
}

tg_value tgc_list_from_steal(tg_thread *t, tg_value *items, size_t n)
{
    tg_value v = tgc_list_new_typed(t, &tgc_list_type, n);
    if (v == TGC_NULL) {
        tgc_values_release(t, items, n);
        return v;
    }
    tgc_list *list = tgc_list_of(v);
    tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; private.
    for (size_t i = 0; i < n; i++)
        tgc_slot_init(t, &a->slot[i], items[i]);
    atom_store_relaxed(&list->size, n); // ORDER: relaxed; private.
    return v;
}

tg_value tgc_list_from_array(tg_thread *t, const tg_value *items, size_t n)
{
    tg_value v = tgc_list_new_typed(t, &tgc_list_type, n);
    if (v == TGC_NULL)
        return v;
    tgc_list *list = tgc_list_of(v);
    tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; private.
    for (size_t i = 0; i < n; i++)
        tgc_slot_init(t, &a->slot[i], tgc_retain(t, items[i]));
    atom_store_relaxed(&list->size, n); // ORDER: relaxed; private.
    return v;
}

tg_value tgc_list_slice(tg_thread *t, tg_value source, size_t lo, size_t hi)
{
    tgc_list *from = tgc_list_of(source);
    for (;;) {
        size_t n = tgc_list_size(source);
        size_t end = hi < n ? hi : n, begin = lo < end ? lo : end;
        tg_value v = tgc_list_new_typed(t, &tgc_list_type, end - begin);
        if (v == TGC_NULL)
            return v;
        tgc_array *a = atom_load_relaxed(&tgc_list_of(v)->items); // ORDER: relaxed; private.
        bool same = false;
        TGC_LOCKED(t, &from->lock) {
            // ORDER: relaxed; the lock is held.
            same = atom_load_relaxed(&from->size) == n;
            tgc_array *old = atom_load_relaxed(&from->items); // ORDER: relaxed; as above.
            for (size_t i = begin; same && i < end; i++) {
                // Already published: it is in a list. ORDER: relaxed; the new array is private.
                atom_store_relaxed(&a->slot[i - begin].word,
                                   tgc_retain(t, tgc_slot_peek(&old->slot[i])));
            }
        }
        if (TGI_LIKELY(same)) {
            atom_store_relaxed(&tgc_list_of(v)->size, end - begin); // ORDER: relaxed; private.
            return v;
        }
        tgc_release(t, v);
    }
}

tg_value *tgc_list_snapshot(tg_thread *t, tg_value source, size_t *n)
{
    tgc_list *list = tgc_list_of(source);
    for (;;) {
        size_t size = tgc_list_size(source);
        tg_value *values = tgi_raw_alloc((size + 1) * sizeof *values);
        if (values == NULL) {
            tgc_raise_nomem(t);
            return NULL;
        }
        bool same = false;
        TGC_LOCKED(t, &list->lock) {
            // ORDER: relaxed; the lock is held.
            same = atom_load_relaxed(&list->size) == size;
            tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
            for (size_t i = 0; same && i < size; i++)
                values[i] = tgc_retain(t, tgc_slot_peek(&a->slot[i]));
        }
        if (TGI_LIKELY(same)) {
            *n = size;
            return values;
        }
        tgi_raw_free(values);
    }
}

static tg_value get_locking(tg_thread *t, tgc_list *list, int64_t i)
{
    tg_value x = TGC_NULL;
    TGC_LOCKED(t, &list->lock) {
        size_t n = atom_load_relaxed(&list->size); // ORDER: relaxed; the lock is held.
        size_t at = (size_t)(i < 0 ? i + (int64_t)n : i);
        if (at < n)
            // ORDER: as above.
            x = tgc_retain(t, tgc_slot_peek(&atom_load_relaxed(&list->items)->slot[at]));
    }
    return x;
}

tg_value tgc_list_get(tg_thread *t, tg_value v, size_t i)
{
    tgc_list *list = tgc_list_of(v);
    tg_value x = TGC_NULL;
    if (TGI_LIKELY(tgc_list_read_fast(t, list, i, &x)))
        return x;
    if (i >= tgc_list_size(v))
        return TGC_NULL;
    return get_locking(t, list, (int64_t)i);
}

tg_value tgc_list_get_at(tg_thread *t, tg_value v, int64_t i)
{
    return i < 0 ? get_locking(t, tgc_list_of(v), i) : tgc_list_get(t, v, (size_t)i);
}

int tgc_list_set(tg_thread *t, tg_value v, int64_t i, tg_value x)
{
    tgc_list *list = tgc_list_of(v);
    tg_value old = TGC_NULL;
    tgc_retain(t, x);
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        size_t n = atom_load_relaxed(&list->size);
        size_t at = (size_t)(i < 0 ? i + (int64_t)n : i);
        if (at < n) {
            tgc_slot *s = &atom_load_relaxed(&list->items)->slot[at]; // ORDER: relaxed; as above.
            old = tgc_slot_peek(s);
            tgc_list_change_locked(list);
            tgc_slot_store(t, s, x);
        }
    }
    if (old == TGC_NULL) {
        tgc_release(t, x);
        return tgc_raise_int(t, &TGC_EXC(IndexError), "list assignment index out of range");
    }
    tgc_release(t, old);
    return 0;
}

int tgc_list_append_steal(tg_thread *t, tg_value v, tg_value x)
{
    tgc_list *list = tgc_list_of(v);
    if (TGI_LIKELY(tgc_list_push_fast_steal(t, list, x)))
        return 0;
    tgc_array *a = NULL, *retired = NULL;
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        size_t n = atom_load_relaxed(&list->size);
        tgc_list_change_locked(list);
        a = tgc_list_room_locked(t, list, n + 1, &retired);
        if (a != NULL) {
            atom_store_release(&list->size, n + 1); // ORDER: release; L2.
            tgc_slot_store(t, &a->slot[n], x);
        }
    }
    tgc_array_retire(t, retired);
    if (TGI_LIKELY(a != NULL))
        return 0;
    tgc_release(t, x);
    tgc_raise_nomem(t);
    return -1;
}

int tgc_list_append(tg_thread *t, tg_value list, tg_value x)
{
    return tgc_list_append_steal(t, list, tgc_retain(t, x));
}

int tgc_list_extend_array(tg_thread *t, tg_value v, const tg_value *items, size_t m)
{
    tgc_list *list = tgc_list_of(v);
    tgc_array *a = NULL, *retired = NULL;
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        size_t n = atom_load_relaxed(&list->size);
        tgc_list_change_locked(list);
        a = tgc_list_room_locked(t, list, n + m, &retired);
        if (a != NULL) {
            atom_store_release(&list->size, n + m); // ORDER: release; L2.
            for (size_t i = 0; i < m; i++)
                tgc_slot_store(t, &a->slot[n + i], tgc_retain(t, items[i]));
        }
    }
    tgc_array_retire(t, retired);
    if (a == NULL) {
        tgc_raise_nomem(t);
        return -1;
    }
    return 0;
}

int tgc_list_extend(tg_thread *t, tg_value list, tg_value iterable)
{
    if (list == iterable && tgc_is_exact(list, &tgc_list_type))
        return tgc_list_repeat_in_place(t, list, tgc_from_int(2));
    tg_value d;
    tgc_dict_part part;
    if (tgc_has_flag(iterable, TGC_TF_LIST | TGC_TF_SET) ? !tgc_has_flag(iterable, TGC_TF_HEAP)
                                                         : tgc_dict_viewed(iterable, &d, &part)) {
        size_t n;
        tg_value *values = tgc_values_from_iterable(t, iterable, &n); // as it is at one moment
        if (values == NULL)
            return -1;
        int result = tgc_list_extend_array(t, list, values, n);
        tgc_values_free(t, values, n);
        return result;
    }
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, iterable) < 0)
        return -1;
    tg_value x;
    int got;
    while ((got = tgc_iterate_next(t, &it, &x)) > 0) {
        if (tgc_list_append_steal(t, list, x) < 0) {
            got = -1;
            break;
        }
    }
    tgc_iterate_end(t, &it);
    return got;
}

int tgc_list_insert(tg_thread *t, tg_value v, int64_t i, tg_value x)
{
    tgc_list *list = tgc_list_of(v);
    tgc_array *a = NULL, *retired = NULL;
    tgc_retain(t, x);
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        size_t n = atom_load_relaxed(&list->size);
        a = tgc_list_room_locked(t, list, n + 1, &retired);
        if (a != NULL) {
            int64_t at = i < 0 ? i + (int64_t)n : i;
            size_t where = at < 0 ? 0 : at > (int64_t)n ? n : (size_t)at;
            tgc_list_hide_locked(list, &tgc_array_empty);
            atom_store_release(&list->size, n + 1); // ORDER: release; L2.
            tgc_slots_move(a->slot + where + 1, a->slot + where, n - where);
            tgc_slot_store(t, &a->slot[where], x);
            tgc_list_show_locked(list, a);
        }
    }
    tgc_array_retire(t, retired);
    if (a == NULL) {
        tgc_release(t, x);
        tgc_raise_nomem(t);
        return -1;
    }
    return 0;
}

tg_value tgc_list_take_locked(tg_thread *t, tgc_list *list, size_t at, tgc_array **retired)
{
    // ORDER: relaxed; the lock is held.
    size_t n = atom_load_relaxed(&list->size);
    tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
    tg_value x = tgc_slot_peek(&a->slot[at]);
    tgc_list_change_locked(list);
    if (at + 1 < n)
        tgc_list_hide_locked(list, &tgc_array_empty);
    atom_store_release(&list->size, n - 1); // ORDER: release; readers past it look again.
    tgc_slots_move(a->slot + at, a->slot + at + 1, n - 1 - at);
    if (TGC_FREE_THREADED)
        tgc_slot_store(t, &a->slot[n - 1], TGC_NULL); // L1
    if (at + 1 < n)
        tgc_list_show_locked(list, a);
    shrink_locked(t, list, retired);
    return x;
}

tg_value tgc_list_pop(tg_thread *t, tg_value v, int64_t i)
{
    tgc_list *list = tgc_list_of(v);
    tgc_array *retired = NULL;
    tg_value x = TGC_NULL;
    bool empty = false;
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        size_t n = atom_load_relaxed(&list->size);
        size_t at = (size_t)(i < 0 ? i + (int64_t)n : i);
        empty = n == 0;
        if (at < n)
            x = tgc_list_take_locked(t, list, at, &retired);
    }
    tgc_array_retire(t, retired);
    if (TGI_UNLIKELY(x == TGC_NULL))
        return tgc_raise(t, &TGC_EXC(IndexError),
                         empty ? "pop from empty list" : "pop index out of range");
    return x;
}

void tgc_list_clear(tg_thread *t, tg_value v)
{
    tgc_list *list = tgc_list_of(v);
    tgc_array *a = NULL;
    size_t n = 0;
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; the lock is held.
        n = atom_load_relaxed(&list->size);
        a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
        tgc_list_change_locked(list);
        atom_store_release(&list->size, 0); // ORDER: release; readers past it look again.
        atom_store_release(&list->items, &tgc_array_empty); // ORDER: release; L3.
    }
    while (n-- > 0)
        tgc_release(t, tgc_slot_peek(&a->slot[n]));
    tgc_array_retire(t, a);
}
