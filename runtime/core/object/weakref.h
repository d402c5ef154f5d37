// SPDX-License-Identifier: MIT
//
// weakref.h - weak references and proxies. Layer core/object. weakref.c (the mechanism),
// weakref_type.c (ref), weakref_proxy.c (proxies).
//
// Which objects can be referenced weakly: those whose type has a weak_offset. There is a word,
// 0 in nearly all of them: the first weak reference to the object, and the mark that it was
// finalized. Objects of the process (builtin types and functions) never die, so weak references to
// them are not listed.
//
// Note [weak-get]
// Making a strong reference of a weak one is a race against the last release of the target:
//   W1  the target is published (Note [publish-slot] in policy.h) before its first weak reference
//       exists. From then on its death is decided in the word that tgc_try_incref looks at, and its
//       memory waits for a grace period.
//   W2  a reader loads `target`, then tries to count it, without a quiescent point between. If the
//       load gave a pointer, the memory is still that object's, dead or alive; the try fails
//       exactly if it is dead.
//   W3  whoever found the count at zero clears `target` in all weak references, under the lock,
//       before the memory is given back. A finalizer runs before that, on an object that is
//       alive again: readers that get it keep it.
//   W4  a weak reference that dies takes itself off its target's list, under the lock. While its
//       `target` is set the target's memory is valid, because of W3; clearing `target` is the last
//       thing that is done to a weak reference from its target's side, unless it was counted first.
// Under classic nothing but the GIL is needed, and one look at the count: an object whose dealloc
// was put off is dead, but its weak references are not cleared yet.
//
// Note [garbage-order]
// A collector that has found garbage, with the world stopped:
//   1. tgc_weak_clear(t, o, &pending, is_garbage, arg) for every garbage object o. Afterwards no
//   weak
//      reference leads to garbage, and nobody can bring any of it back but its own finalizers.
//      Callbacks of weak references that are garbage themselves are dropped.
//   2. an own reference to every garbage object with tgc_needs_finalizer; the world goes on.
//   3. tgc_weak_run_callbacks(t, pending), then tgc_finalize for each of those objects, and their
//      references are dropped only after the next pause has found what is garbage still: what the
//      finalizers reached lives on.
//   4. in that second pause step 1 once more: finalizers may have made new weak references.
// An object that waits for its dealloc, or is in it, is not in the object map: see object.c.
#ifndef TGC_OBJECT_WEAKREF_H
#define TGC_OBJECT_WEAKREF_H

#include "core/object/object.h" // tgc_type

typedef struct tgc_weakref {
    tgc_obj head;
    _Atomic(tgc_obj *) target; // any thread reads; written under the lock; NULL: gone. W2-W4
    struct tgc_weakref *prev;  // guarded by the target's lock
    struct tgc_weakref *next;  // the same; of a cleared one: the next pending callback
    tgc_slot callback;         // callable, or None
    _Atomic(uint64_t) hash;    // any thread: valid if hashed
    _Atomic(bool) hashed;      // any thread: once 1, stays 1
    bool listed;               // guarded by the target's lock: on its list
    bool canonical;            // const after init: the one that ref(x) returns again
} tgc_weakref;

// Whether its target is gone for good. Needs no reference to anything.
static inline bool tgc_weak_is_dead(tgc_weakref *w)
{
    // ORDER: acquire; pairs with the release in tgc_weak_clear.
    return atom_load_acquire(&w->target) == NULL;
}

#define TGC_WEAK_FINALIZED ((uintptr_t)1)

static inline _Atomic(uintptr_t) *tgc_weak_word(const tgc_type *type, tgc_obj *o)
{
    return (_Atomic(uintptr_t) *)(void *)((char *)o + type->weak_offset);
}

static inline bool tgc_weak_is_finalized(const tgc_type *type, tgc_obj *o)
{
    // ORDER: relaxed; whoever asks holds the only reference, or the world is stopped.
    return (atom_load_relaxed(tgc_weak_word(type, o)) & TGC_WEAK_FINALIZED) != 0;
}

#define tgc_weakref_type TG_CORE_SYM(tgc_weakref_type)
extern tgc_type tgc_weakref_type; // weakref_type.c
#define tgc_weakproxy_type TG_CORE_SYM(tgc_weakproxy_type)
extern tgc_type tgc_weakproxy_type; // weakref_proxy.c
#define tgc_weakcallproxy_type TG_CORE_SYM(tgc_weakcallproxy_type)
extern tgc_type tgc_weakcallproxy_type; // weakref_proxy.c

static inline bool tgc_is_weakref(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_WEAKREF);
}

// A weak reference of this type (one of the three above, or a subclass of the first) to v. callback
// TGC_NONE: none. Without a callback and of exactly one of the three types it may be one that
// exists already. TypeError if v cannot be referenced weakly.
#define tgc_weak_make TG_CORE_SYM(tgc_weak_make)
tg_value tgc_weak_make(tg_thread *t, tgc_type *type, tg_value v, tg_value callback);

// The object, or TGC_NONE if it is gone; never raises. A new reference. Note [weak-get]
#define tgc_weak_get TG_CORE_SYM(tgc_weak_get)
tg_value tgc_weak_get(tg_thread *t, tgc_weakref *w);

// How many weak references and proxies to v there are; all of them as a list.
#define tgc_weak_count TG_CORE_SYM(tgc_weak_count)
size_t tgc_weak_count(tg_thread *t, tg_value v);
#define tgc_weak_list TG_CORE_SYM(tgc_weak_list)
tg_value tgc_weak_list(tg_thread *t, tg_value v);

// --- for dealloc and the collector

// Sets the mark; false if it was set.
#define tgc_weak_mark_finalized TG_CORE_SYM(tgc_weak_mark_finalized)
bool tgc_weak_mark_finalized(tg_thread *t, const tgc_type *type, tgc_obj *o);

// Clears all weak references to o. Those whose callback is to run are counted and put on the list
// at *pending; nothing is allocated, no script runs. is_garbage (may be NULL) says of which weak
// references the callback is dropped. pending NULL: of all.
#define tgc_weak_clear TG_CORE_SYM(tgc_weak_clear)
void tgc_weak_clear(tg_thread *t, tgc_obj *o, tgc_weakref **pending,
                    bool (*is_garbage)(tgc_obj *o, void *arg), void *arg);

// Calls back, in order, and drops the references. Exceptions are reported; the one set is kept.
#define tgc_weak_run_callbacks TG_CORE_SYM(tgc_weak_run_callbacks)
void tgc_weak_run_callbacks(tg_thread *t, tgc_weakref *pending);

// For an object that is dead for good: both of the above.
#define tgc_weak_clear_dying TG_CORE_SYM(tgc_weak_clear_dying)
void tgc_weak_clear_dying(tg_thread *t, tgc_obj *o);

// Of the three types.
#define tgc_weak_dealloc TG_CORE_SYM(tgc_weak_dealloc)
void tgc_weak_dealloc(tg_thread *t, tgc_obj *o);
#define tgc_weak_drop TG_CORE_SYM(tgc_weak_drop)
void tgc_weak_drop(tg_thread *t, tgc_obj *o); // their `clear`
#define tgc_weak_traverse TG_CORE_SYM(tgc_weak_traverse)
void tgc_weak_traverse(tgc_obj *o, tgc_visit visit, void *arg);

#endif
