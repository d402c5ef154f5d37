// SPDX-License-Identifier: MIT
//
// weakref.c - the mechanism of weak references: lists of them, upgrade, clearing, callbacks.
//
// Owns        the list of weak references of each object: its head is the object's weak word, the
//             links are in the weak references, which it does not count. At the front are the ones
//             without a callback that are handed out again, then the newest first.
// Locks       one of STRIPES locks, by the target's address. Leaf: held for a walk of the list, no
//             allocation, no release of a reference inside. Nothing at all under classic.
// Threads     any attached thread. Note [weak-get] in weakref.h.
// Rejected    a side table from objects to lists, with a flag in the header: the three headers have
//             no bit in common, the lookup is a shared structure that the death of every object
//             would have to ask, and what it saves is a word per object of a few types.
#include "core/object/weakref.h"

#include "core/object/class.h"     // attributes of subclasses
#include "core/object/error.h"     // errors
#include "core/object/exception.h" // reports
#include "core/object/list.h"      // getweakrefs
#include "core/object/state.h"     // the end
#include "core/object/step.h"      // the stress tester
#include "mem/objmap.h"            // what belongs to the process
#include "mem/raw.h"               // memory
#include "sync/point.h"            // tests

#define STRIPES 64u

static struct stripe {
    TGI_ALIGNED_LINE tgc_lock lock;
    char pad; // tgc_lock has no size under classic
} stripes[STRIPES];

static tgc_lock *lock_of(const tgc_obj *o)
{
    uint64_t h = (uint64_t)(uintptr_t)o * UINT64_C(0x9e3779b97f4a7c15);
    return &stripes[h >> 58].lock;
}
_Static_assert(STRIPES == 1u << (64 - 58), "one stripe per value of the hash");

static tgc_weakref *first_locked(_Atomic(uintptr_t) *word)
{
    // ORDER: relaxed; written under the lock, which the caller holds.
    return (tgc_weakref *)(atom_load_relaxed(word) & ~TGC_WEAK_FINALIZED);
}

static void set_first_locked(_Atomic(uintptr_t) *word, tgc_weakref *w)
{
    // ORDER: relaxed (both); as above. Who reads it without the lock owns the object alone.
    uintptr_t mark = atom_load_relaxed(word) & TGC_WEAK_FINALIZED;
    atom_store_relaxed(word, (uintptr_t)w | mark);
}

static void unlink_locked(tgc_obj *target, tgc_weakref *w)
{
    if (w->next != NULL)
        w->next->prev = w->prev;
    if (w->prev != NULL)
        w->prev->next = w->next;
    else
        set_first_locked(tgc_weak_word(tgc_obj_type(target), target), w->next);
    w->prev = w->next = NULL;
    w->listed = false;
}

// A weak reference found on a list may be dying: its dealloc waits for the lock.
static bool count_locked(tg_thread *t, tgc_weakref *w)
{
    if (!TGC_FREE_THREADED && tgc_refcount(&w->head) == 0)
        return false;
    return tgc_try_incref(t, &w->head);
}

bool tgc_weak_mark_finalized(tg_thread *t, const tgc_type *type, tgc_obj *o)
{
    bool first = false;
    TGC_LOCKED(t, lock_of(o)) {
        _Atomic(uintptr_t) *word = tgc_weak_word(type, o);
        // ORDER: relaxed (both); under the lock.
        uintptr_t w = atom_load_relaxed(word);
        first = (w & TGC_WEAK_FINALIZED) == 0;
        atom_store_relaxed(word, w | TGC_WEAK_FINALIZED);
    }
    return first;
}

// --- making

static bool can_be_referenced(tg_value v)
{
    return tgc_is_ptr(v) && tgc_obj_type(tgc_ptr(v))->weak_offset != 0;
}

// Objects of the process are never tracked and never die; several interpreters may use them at
// once, under locks of their own: Note [own-gil] in state.h.
static bool is_of_process(tgc_obj *o)
{
    return tgc_is_immortal(o) && !tgi_objmap_contains(o);
}

// The one without a callback that exists already, counted; NULL if there is none.
static tgc_weakref *existing_locked(tg_thread *t, const tgc_type *type, tgc_obj *o)
{
    tgc_weakref *w = first_locked(tgc_weak_word(tgc_obj_type(o), o));
    for (; w != NULL && w->canonical; w = w->next) {
        if (tgc_obj_type(&w->head) == type && count_locked(t, w))
            return w;
    }
    return NULL;
}

static void link_locked(tgc_obj *o, tgc_weakref *w)
{
    _Atomic(uintptr_t) *word = tgc_weak_word(tgc_obj_type(o), o);
    tgc_weakref *after = NULL, *next = first_locked(word);
    while (!w->canonical && next != NULL && next->canonical) {
        after = next;
        next = next->next;
    }
    w->prev = after;
    w->next = next;
    if (next != NULL)
        next->prev = w;
    if (after != NULL)
        after->next = w;
    else
        set_first_locked(word, w);
    w->listed = true;
}

tg_value tgc_weak_make(tg_thread *t, tgc_type *type, tg_value v, tg_value callback)
{
    tgc_step_dying();
    if (!can_be_referenced(v))
        return tgc_raise(t, &TGC_EXC(TypeError), "cannot create weak reference to '%s' object",
                         tgc_type_name(v));
    tgc_obj *o = tgc_ptr(v);
    bool list = !is_of_process(o);
    bool canonical = list && callback == TGC_NONE && (type->flags & TGC_TF_HEAP) == 0;
    tgc_weakref *w = NULL;
    if (canonical) {
        TGC_LOCKED(t, lock_of(o)) {
            w = existing_locked(t, type, o);
        }
        if (w != NULL)
            return tgc_from_ptr(w);
    }
    w = (tgc_weakref *)(void *)tgc_new(t, type, type->size);
    if (w == NULL)
        return TGC_NULL;
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, &w->head);
    tgc_slot_init(t, &w->callback, tgc_retain(t, callback));
    w->canonical = canonical;
    // ORDER: relaxed; private. Listed below.
    atom_store_relaxed(&w->target, o);
    tgc_track(t, &w->head);
    if (!list)
        return tgc_from_ptr(w);
    tgc_publish(t, &w->head); // who finds it on the list tries to count it
    tgc_publish(t, o);        // W1
    tgc_weakref *other = NULL;
    TGC_LOCKED(t, lock_of(o)) {
        other = canonical ? existing_locked(t, type, o) : NULL;
        if (other == NULL)
            link_locked(o, w);
    }
    if (other == NULL)
        return tgc_from_ptr(w);
    tgc_decref(t, &w->head); // another thread was faster
    return tgc_from_ptr(other);
}

// --- reading

tg_value tgc_weak_get(tg_thread *t, tgc_weakref *w)
{
    // ORDER: acquire; pairs with the release in tgc_weak_clear. W2.
    tgc_obj *o = atom_load_acquire(&w->target);
    if (o == NULL)
        return TGC_NONE;
    tgi_point(TGI_POINT_ACCESS, w);
    if (!TGC_FREE_THREADED && tgc_refcount(o) == 0)
        return TGC_NONE;
    return tgc_try_incref(t, o) ? tgc_from_ptr(o) : TGC_NONE;
}

size_t tgc_weak_count(tg_thread *t, tg_value v)
{
    size_t n = 0;
    if (!can_be_referenced(v) || is_of_process(tgc_ptr(v)))
        return 0;
    tgc_obj *o = tgc_ptr(v);
    TGC_LOCKED(t, lock_of(o)) {
        for (tgc_weakref *w = first_locked(tgc_weak_word(tgc_obj_type(o), o)); w != NULL;
             w = w->next)
            n++;
    }
    return n;
}

tg_value tgc_weak_list(tg_thread *t, tg_value v)
{
    for (;;) {
        size_t room = tgc_weak_count(t, v), n = 0;
        if (room == 0)
            return tgc_list_new(t, 0);
        tg_value *items = tgi_raw_alloc(room * sizeof *items);
        if (items == NULL)
            return tgc_raise_nomem(t);
        tgc_obj *o = tgc_ptr(v);
        bool grown = false;
        TGC_LOCKED(t, lock_of(o)) {
            for (tgc_weakref *w = first_locked(tgc_weak_word(tgc_obj_type(o), o)); w != NULL;
                 w = w->next) {
                grown = n == room;
                if (grown)
                    break;
                if (count_locked(t, w))
                    items[n++] = tgc_from_ptr(w);
            }
        }
        tg_value list = grown ? TGC_NONE : tgc_list_from_array(t, items, n);
        for (size_t i = 0; i < n; i++)
            tgc_release(t, items[i]);
        tgi_raw_free(items);
        if (!grown)
            return list;
    }
}

// --- the target's death

void tgc_weak_clear(tg_thread *t, tgc_obj *o, tgc_weakref **pending,
                    bool (*is_garbage)(tgc_obj *o, void *arg), void *arg)
{
    const tgc_type *type = tgc_obj_type(o);
    if (type->weak_offset == 0)
        return;
    tgc_weakref **end = pending;
    while (end != NULL && *end != NULL)
        end = &(*end)->next;
    TGC_LOCKED(t, lock_of(o)) {
        _Atomic(uintptr_t) *word = tgc_weak_word(type, o);
        for (tgc_weakref *w = first_locked(word), *next; w != NULL; w = next) {
            next = w->next;
            w->prev = w->next = NULL;
            w->listed = false;
            if (end != NULL && tgc_slot_peek(&w->callback) != TGC_NONE &&
                (is_garbage == NULL || !is_garbage(&w->head, arg)) && count_locked(t, w)) {
                *end = w;
                end = &w->next;
            }
            // ORDER: release; pairs with the acquire in tgc_weak_get and tgc_weak_drop. W4.
            atom_store_release(&w->target, NULL);
        }
        set_first_locked(word, NULL);
    }
}

void tgc_weak_run_callbacks(tg_thread *t, tgc_weakref *pending)
{
    if (pending == NULL)
        return;
    tg_value saved = tgc_error_fetch(t);
    while (pending != NULL) {
        tgc_weakref *w = pending;
        pending = w->next;
        w->next = NULL;
        tg_value callback = tgc_slot_exchange(t, &w->callback, TGC_NONE);
        tg_value r = tgc_call1(t, callback, tgc_from_ptr(w));
        if (r == TGC_NULL)
            tgc_report_unraisable(t, callback);
        tgc_release(t, r);
        tgc_release(t, callback);
        tgc_decref(t, &w->head);
    }
    if (saved != TGC_NULL)
        tgc_error_restore(t, saved);
}

void tgc_weak_clear_dying(tg_thread *t, tgc_obj *o)
{
    tgc_weakref *pending = NULL;
    tgc_untrack(t, o); // the callbacks may meet a collection
    tgi_point(TGI_POINT_ACCESS, o);
    tgc_weak_clear(t, o, tgc_shared_of(t)->ending ? NULL : &pending, NULL, NULL);
    tgc_weak_run_callbacks(t, pending);
}

// --- the death of a weak reference

void tgc_weak_drop(tg_thread *t, tgc_obj *self)
{
    tgc_weakref *w = (tgc_weakref *)(void *)self;
    // ORDER: acquire; pairs with the release in tgc_weak_clear: NULL means nobody is at w any more.
    tgc_obj *o = atom_load_acquire(&w->target);
    if (o != NULL) {
        tgi_point(TGI_POINT_ACCESS, w);
        TGC_LOCKED(t, lock_of(o)) {
            if (w->listed) // W4
                unlink_locked(o, w);
            // ORDER: relaxed; dead, or the interpreter ends.
            atom_store_relaxed(&w->target, NULL);
        }
    }
    tgc_release(t, tgc_slot_exchange(t, &w->callback, TGC_NONE));
}

void tgc_weak_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(tgc_slot_peek(&((tgc_weakref *)(void *)o)->callback), arg);
}

void tgc_weak_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_untrack(t, o);
    tgc_weak_drop(t, o);
    tgc_delete(t, o, type->size);
}
