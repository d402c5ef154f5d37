// SPDX-License-Identifier: MIT
//
// finalize.c - runs finalizers, once per object.
//
// Owns        the mark "finalized". It is a bit of the weak word where the object has one; objects
//             without (classes with closed __slots__, subclasses of int, tuple, bytes) are listed
//             in their interpreter while they live, which concerns only those that had a __del__.
// Invariants  F1  the mark is set before the finalizer starts, by whoever runs it.
//             F2  a listed object leaves the list before its memory is freed.
// Threads     any attached thread. An object may be finalized by a thread that never saw it before.
// Sources     PEP 442 (docs/papers.md).
#include "core/object/finalize.h"

#include "core/object/error.h"   // errors are kept
#include "core/object/state.h"   // list
#include "core/object/weakref.h" // weak word
#include "mem/raw.h"             // list

// Without a word. True if it was not listed and now is, or cannot be for want of memory.
static bool list_add(tg_thread *t, tgc_obj *o)
{
    tgc_shared *shared = tgc_shared_of(t);
    bool found = false;
    TGC_LOCKED(t, &shared->lock) {
        for (uint32_t i = 0; i < shared->finalized_count && !found; i++)
            found = shared->finalized[i] == o;
        if (!found && shared->finalized_count == shared->finalized_capacity) {
            uint32_t capacity =
                shared->finalized_capacity == 0 ? 16 : shared->finalized_capacity * 2;
            tgc_obj **list = tgi_raw_realloc(shared->finalized, capacity * sizeof(tgc_obj *));
            if (list != NULL) {
                shared->finalized = list;
                shared->finalized_capacity = capacity;
            }
        }
        if (!found && shared->finalized_count < shared->finalized_capacity)
            shared->finalized[shared->finalized_count++] = o;
    }
    return !found;
}

// Returns whether it was listed; `remove` takes it off.
static bool list_find(tg_thread *t, tgc_obj *o, bool remove)
{
    tgc_shared *shared = tgc_shared_of(t);
    bool found = false;
    TGC_LOCKED(t, &shared->lock) {
        for (uint32_t i = shared->finalized_count; i > 0 && !found; i--) {
            found = shared->finalized[i - 1] == o;
            if (found && remove)
                shared->finalized[i - 1] = shared->finalized[--shared->finalized_count];
        }
    }
    return found;
}

void tgc_finalized_free(tgc_shared *shared)
{
    tgi_raw_free(shared->finalized);
}

bool tgc_needs_finalizer(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    if (type->finalize == NULL || tgc_shared_of(t)->ending)
        return false;
    return type->weak_offset != 0 ? !tgc_weak_is_finalized(type, o) : !list_find(t, o, false);
}

void tgc_finalize(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    if (type->finalize == NULL || tgc_shared_of(t)->ending)
        return;
    if (!(type->weak_offset != 0 ? tgc_weak_mark_finalized(t, type, o) : list_add(t, o)))
        return;
    tg_value saved = tgc_error_fetch(t);
    type->finalize(t, o);
    if (saved != TGC_NULL)
        tgc_error_restore(t, saved);
}

bool tgc_finalize_dying(tg_thread *t, tgc_obj *o)
{
    if (!tgc_needs_finalizer(t, o))
        return true;
    // An object that waited for its turn to die (object.c) was hidden from the collector.
    tgc_track(t, o);
    tgc_resurrect_begin(t, o);
    tgc_finalize(t, o);
    return tgc_resurrect_end(t, o);
}

bool tgc_farewell(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    if ((type->flags & TGC_TF_DEL) != 0) {
        if (!tgc_finalize_dying(t, o))
            return false;
        type = tgc_obj_type(o); // __del__ may have given it another class
        if (type->weak_offset == 0)
            (void)list_find(t, o, true);
    }
    if (type->weak_offset != 0)
        tgc_weak_clear_dying(t, o);
    return true;
}
