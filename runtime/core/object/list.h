// SPDX-License-Identifier: MIT
//
// list.h - lists. Layer core/object. list.c, list_slice.c, list_methods.c, list_type.c, sort.c.
//
// A list points to an array of slots whose head says how many there are. Under free threading
// readers take no lock: Note [list-read]. Every writer takes the list's lock.
//
// Note [list-read]
// A reader loads size, then array, then slot, counts the value, and looks at the slot and at the
// array pointer again. It relies on:
//   L1  a slot at or beyond the size holds TGC_NULL; a reader that meets it starts over, at last
//       under the lock.
//   L2  size is stored after the array it needs and before the new slots: who sees an item sees
//       that it counts, and who sees the size and no item yet waits for the lock. An array that was
//       replaced by a smaller one is noticed by its own size.
//   L3  the slots of a retired array never change again, and its memory outlives every reader that
//       may look at it (tgc_free_later). What it points to may die: that is what the second look at
//       the array is for.
//   L4  a value was published before it entered a slot, so that counting it fails only if it is
//       dead.
//   L5  a writer that changes several slots puts the empty array in place of the list's meanwhile,
//       so that readers wait for the lock. A reader that had the array already was called before
//       the change and may see it half done: its one item is either the old or the new one.
//   L6  only the first `ready` slots of an array are set. More are made ready before they are used,
//       by the thread that is about to fill them: a long array that one thread sets to TGC_NULL
//       whole is cold for the other threads that append, and its unused end would cost memory.
//
// Note [list-stamp]
// Who reads more than one word (an item from the end, a search, a comparison) takes the number of
// changes first and looks whether the lock is free; if it still is the same number at the end,
// nothing changed in between, and what was read was so at one moment. A writer adds to the number
// before it writes anything else.
//
// Threads     any; docs/containers.md says what each operation guarantees, and which test proves
//             it.
#ifndef TGC_OBJECT_LIST_H
#define TGC_OBJECT_LIST_H

#include "core/object/object.h" // tgc_obj, slots, locks

typedef struct tgc_array {
    uint32_t capacity;       // const after init
    _Atomic(uint32_t) ready; // writers: under the list's lock; any thread reads: L6
    tgc_slot slot[];
} tgc_array;

typedef struct tgc_list {
    tgc_obj head;
    tgc_lock lock;
    _Atomic(uint32_t) changes;  // writers: under lock: Note [list-stamp]
    _Atomic(size_t) size;       // writers: under lock; any thread reads: L2
    _Atomic(tgc_array *) items; // writers: under lock; never NULL; any thread reads: L3
} tgc_list;

#define tgc_list_of(v) ((tgc_list *)tgc_ptr(v))
#define TGC_LIST_MAX   ((size_t)UINT32_MAX - 7) // 32 GiB of slots, for a head of 8 bytes

// --- making
#define tgc_list_new TG_CORE_SYM(tgc_list_new)
tg_value tgc_list_new(tg_thread *t, size_t reserve);
#define tgc_list_new_typed TG_CORE_SYM(tgc_list_new_typed)
tg_value tgc_list_new_typed(tg_thread *t, tgc_type *type,
                            size_t reserve); // type: list or a subclass
#define tgc_list_from_array TG_CORE_SYM(tgc_list_from_array)
tg_value tgc_list_from_array(tg_thread *t, const tg_value *items, size_t n);
#define tgc_list_from_steal TG_CORE_SYM(tgc_list_from_steal)
tg_value tgc_list_from_steal(tg_thread *t, tg_value *items,
                             size_t n); // takes the references, also on failure

// --- items. The list may be of a subclass; nothing here runs script code but extend, sort and what
// releases.
static inline size_t tgc_list_size(tg_value list)
{
    // ORDER: acquire; L2.
    return atom_load_acquire(&tgc_list_of(list)->size);
}
#define tgc_list_get TG_CORE_SYM(tgc_list_get)
tg_value tgc_list_get(tg_thread *t, tg_value list,
                      size_t i); // TGC_NULL without exception beyond the end
#define tgc_list_get_at TG_CORE_SYM(tgc_list_get_at)
tg_value tgc_list_get_at(tg_thread *t, tg_value list, int64_t i); // the same, negative from the end
#define tgc_list_set TG_CORE_SYM(tgc_list_set)
int tgc_list_set(tg_thread *t, tg_value list, int64_t i,
                 tg_value v); // negative from the end; -1: IndexError
#define tgc_list_append TG_CORE_SYM(tgc_list_append)
int tgc_list_append(tg_thread *t, tg_value list, tg_value v);
#define tgc_list_append_steal TG_CORE_SYM(tgc_list_append_steal)
int tgc_list_append_steal(tg_thread *t, tg_value list,
                          tg_value v); // takes the reference, also on failure
#define tgc_list_extend TG_CORE_SYM(tgc_list_extend)
int tgc_list_extend(tg_thread *t, tg_value list, tg_value iterable);
#define tgc_list_extend_array TG_CORE_SYM(tgc_list_extend_array)
int tgc_list_extend_array(tg_thread *t, tg_value list, const tg_value *items, size_t n); // borrowed
#define tgc_list_insert TG_CORE_SYM(tgc_list_insert)
int tgc_list_insert(tg_thread *t, tg_value list, int64_t i,
                    tg_value v); // clamps i as the method does
#define tgc_list_pop TG_CORE_SYM(tgc_list_pop)
tg_value tgc_list_pop(tg_thread *t, tg_value list, int64_t i); // negative from the end; IndexError
#define tgc_list_clear TG_CORE_SYM(tgc_list_clear)
void tgc_list_clear(tg_thread *t, tg_value list);
#define tgc_list_slice TG_CORE_SYM(tgc_list_slice)
tg_value tgc_list_slice(tg_thread *t, tg_value list, size_t lo, size_t hi); // clamped
#define tgc_list_sort TG_CORE_SYM(tgc_list_sort)
int tgc_list_sort(tg_thread *t, tg_value list, tg_value key,
                  bool reverse); // key TGC_NULL or None: none
// The items as they are at one moment, with a reference each, in memory to be freed with
// tgc_values_free. NULL: raised. An empty list gives a block too.
#define tgc_list_snapshot TG_CORE_SYM(tgc_list_snapshot)
tg_value *tgc_list_snapshot(tg_thread *t, tg_value list, size_t *n);

// --- fast paths. They return false, with nothing done and nothing raised, if v is not exactly a
// list, the index is out of range, or another thread is in the way: then take the general path.
static inline bool tgc_list_read_fast(tg_thread *t, tgc_list *list, size_t i, tg_value *out)
{
    // ORDER: acquire; L2. Then acquire for the array's head and slots.
    if (TGI_UNLIKELY(i >= atom_load_acquire(&list->size)))
        return false;
    tgc_array *a = atom_load_acquire(&list->items); // ORDER: acquire; L2, L3.
    if (!TGC_FREE_THREADED) {
        *out = tgc_retain(t, tgc_slot_peek(&a->slot[i]));
        return true;
    }
    if (TGI_UNLIKELY(i >= atom_load_acquire(&a->ready))) // ORDER: acquire; L6.
        return false;
    // ORDER: acquire; L4: the object is complete.
    tg_value v = atom_load_acquire(&a->slot[i].word);
    if (!tgc_is_ptr(v)) {
        *out = v;
        return TGI_LIKELY(v != TGC_NULL); // L1
    }
    if (TGI_UNLIKELY(!tgc_try_incref(t, tgc_ptr(v))))
        return false;
    // ORDER: acquire; the second look of Note [list-read].
    if (TGI_LIKELY(atom_load_acquire(&a->slot[i].word) == v &&
                   atom_load_acquire(&list->items) == a)) {
        *out = v;
        return true;
    }
    tgc_decref(t, tgc_ptr(v));
    return false;
}

// Note [list-stamp]. False: a writer is at work; then the lock is the way.
static inline bool tgc_list_stamp(tgc_list *list, uint32_t *stamp)
{
    if (!TGC_FREE_THREADED)
        return true;
    // ORDER: acquire; pairs with the release in tgc_list_change_locked. What is read afterwards is
    // read after this.
    *stamp = atom_load_acquire(&list->changes);
    return tgc_lock_is_free(&list->lock);
}
static inline bool tgc_list_unchanged(tgc_list *list, uint32_t stamp)
{
    // ORDER: acquire; whatever was read with acquire and is newer brought the new number with it.
    return !TGC_FREE_THREADED || atom_load_acquire(&list->changes) == stamp;
}
// The lock is held; nothing has been written yet.
static inline void tgc_list_change_locked(tgc_list *list)
{
    if (TGC_FREE_THREADED) {
        // ORDER: release; pairs with the acquire in tgc_list_stamp: who sees the new number sees
        // the lock taken. The release stores of the change itself come after it.
        atom_store_release(&list->changes,
                           atom_load_relaxed(&list->changes) + 1); // ORDER: relaxed; one writer.
    }
}

static inline bool tgc_list_get_fast(tg_thread *t, tg_value v, int64_t index, tg_value *out)
{
    if (TGI_UNLIKELY(!tgc_is_exact(v, &tgc_list_type)))
        return false;
    tgc_list *list = tgc_list_of(v);
    if (index >= 0)
        return tgc_list_read_fast(t, list, (size_t)index, out);
    uint32_t stamp = 0;
    if (!tgc_list_stamp(list, &stamp))
        return false;
    index += (int64_t)tgc_list_size(v);
    if (!tgc_list_read_fast(t, list, (size_t)index, out))
        return false;
    if (TGI_LIKELY(tgc_list_unchanged(list, stamp)))
        return true;
    tgc_release(t, *out);
    return false;
}

// Takes x's reference if it returns true.
static inline bool tgc_list_set_fast_steal(tg_thread *t, tg_value v, int64_t index, tg_value x)
{
    if (TGI_UNLIKELY(!tgc_is_exact(v, &tgc_list_type)))
        return false;
    tgc_list *list = tgc_list_of(v);
    tg_value old = TGC_NULL;
    if (TGC_FREE_THREADED)
        tgc_publish_value(t, x); // before the lock, to keep it short
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; writers hold the lock.
        size_t n = atom_load_relaxed(&list->size);
        if (index < 0)
            index += (int64_t)n;
        if (TGI_LIKELY((size_t)index < n)) {
            // ORDER: relaxed; as above.
            tgc_slot *s = &atom_load_relaxed(&list->items)->slot[index];
            old = tgc_slot_peek(s);
            tgc_list_change_locked(list);
            tgc_slot_store(t, s, x);
        }
    }
    if (TGI_UNLIKELY(old == TGC_NULL))
        return false;
    tgc_release(t, old);
    return true;
}

static inline bool tgc_list_set_fast(tg_thread *t, tg_value v, int64_t index, tg_value x)
{
    tgc_retain(t, x);
    if (TGI_LIKELY(tgc_list_set_fast_steal(t, v, index, x)))
        return true;
    tgc_release(t, x);
    return false;
}

// The lock is held, or nobody else knows the array.
static inline size_t tgc_array_ready(const tgc_array *a)
{
    return atom_load_relaxed(&a->ready); // ORDER: relaxed; the lock's holder writes it.
}

// Takes v's reference if it returns true. The list may be of a subclass.
static inline bool tgc_list_push_fast_steal(tg_thread *t, tgc_list *list, tg_value v)
{
    bool done = false;
    if (TGC_FREE_THREADED)
        tgc_publish_value(t, v);
    TGC_LOCKED(t, &list->lock) {
        // ORDER: relaxed; writers hold the lock.
        size_t n = atom_load_relaxed(&list->size);
        tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
        if (TGI_LIKELY(n < tgc_array_ready(a))) {
            tgc_list_change_locked(list);
            // ORDER: release; L2, pairs with the acquire in tgc_list_read_fast.
            atom_store_release(&list->size, n + 1);
            tgc_slot_store(t, &a->slot[n], v);
            done = true;
        }
    }
    return done;
}

static inline bool tgc_list_append_fast_steal(tg_thread *t, tg_value v, tg_value x)
{
    return TGI_LIKELY(tgc_is_exact(v, &tgc_list_type)) &&
           tgc_list_push_fast_steal(t, tgc_list_of(v), x);
}

static inline bool tgc_list_append_fast(tg_thread *t, tg_value v, tg_value x)
{
    tgc_retain(t, x);
    if (TGI_LIKELY(tgc_list_append_fast_steal(t, v, x)))
        return true;
    tgc_release(t, x);
    return false;
}

// --- between the list files. The caller holds the lock where the name says so.
// From hide to show readers find no items and wait for the lock: L5. `a` is the array with the
// change in it.
static inline void tgc_list_hide_locked(tgc_list *list, tgc_array *hidden)
{
    tgc_list_change_locked(list);
    if (TGC_FREE_THREADED)
        atom_store_release(&list->items, hidden); // ORDER: release; L5.
}
static inline void tgc_list_show_locked(tgc_list *list, tgc_array *a)
{
    if (TGC_FREE_THREADED)
        atom_store_release(&list->items, a); // ORDER: release; L5: the slots are as they shall be.
}
// Room for `room` items in all; the array with the old content, or NULL without memory (nothing
// raised). An array that was replaced is returned in *retired, to be given to tgc_array_retire
// after unlocking.
#define tgc_list_room_locked TG_CORE_SYM(tgc_list_room_locked)
tgc_array *tgc_list_room_locked(tg_thread *t, tgc_list *list, size_t room, tgc_array **retired);
// Takes out the item `at`, which there is; its reference goes to the caller.
#define tgc_list_take_locked TG_CORE_SYM(tgc_list_take_locked)
tg_value tgc_list_take_locked(tg_thread *t, tgc_list *list, size_t at, tgc_array **retired);
// The first item in [from, to) that equals x, and where; -1: none; -2: only script code can tell.
#define tgc_list_find_locked TG_CORE_SYM(tgc_list_find_locked)
int64_t tgc_list_find_locked(tgc_list *list, tg_value x, size_t from, size_t to);
// The first item in [start, stop), as the method index means it, that equals x. -1: raised; -2:
// none.
#define tgc_list_search TG_CORE_SYM(tgc_list_search)
int64_t tgc_list_search(tg_thread *t, tg_value list, tg_value x, int64_t start, int64_t stop);
#define tgc_list_count TG_CORE_SYM(tgc_list_count)
int64_t tgc_list_count(tg_thread *t, tg_value list, tg_value x); // -1: raised
#define tgc_list_compare TG_CORE_SYM(tgc_list_compare)
tg_value tgc_list_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b);
#define tgc_array_new TG_CORE_SYM(tgc_array_new)
tgc_array *tgc_array_new(tg_thread *t,
                         size_t capacity); // all slots ready; NULL without memory
#define tgc_array_retire TG_CORE_SYM(tgc_array_retire)
void tgc_array_retire(tg_thread *t, tgc_array *a); // NULL and the shared empty arrays are ignored
#define tgc_array_bytes TG_CORE_SYM(tgc_array_bytes)
size_t tgc_array_bytes(const tgc_array *a);
#define tgc_array_free TG_CORE_SYM(tgc_array_free)
void tgc_array_free(tg_thread *t, tgc_array *a); // nobody reads it; shared empty arrays are ignored
// The two arrays of capacity 0: of an empty list, and of one that is being sorted.
#define tgc_array_empty TG_CORE_SYM(tgc_array_empty)
extern tgc_array tgc_array_empty;
#define tgc_array_sorting TG_CORE_SYM(tgc_array_sorting)
extern tgc_array tgc_array_sorting;
// Moves n slots within or between arrays; the ranges may overlap.
#define tgc_slots_move TG_CORE_SYM(tgc_slots_move)
void tgc_slots_move(tgc_slot *to, const tgc_slot *from, size_t n);

// list_slice.c, list_methods.c: parts of tgc_list_type.
#define tgc_list_getitem TG_CORE_SYM(tgc_list_getitem)
tg_value tgc_list_getitem(tg_thread *t, tg_value list, tg_value key);
#define tgc_list_setitem TG_CORE_SYM(tgc_list_setitem)
int tgc_list_setitem(tg_thread *t, tg_value list, tg_value key, tg_value x);
#define tgc_list_methods TG_CORE_SYM(tgc_list_methods)
extern const tgc_method_def tgc_list_methods[];
#define tgc_list_repeat TG_CORE_SYM(tgc_list_repeat)
tg_value tgc_list_repeat(tg_thread *t, tg_value list, tg_value times);
#define tgc_list_repeat_in_place TG_CORE_SYM(tgc_list_repeat_in_place)
int tgc_list_repeat_in_place(tg_thread *t, tg_value list, tg_value times);

#endif
