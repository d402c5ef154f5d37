// SPDX-License-Identifier: MIT
//
// object.c - making and freeing objects; limits on recursion in C.
//
// Owns        the step from "count is zero" to the type's dealloc, and its depth: a chain of a
//             million nodes must not recurse a million times. Beyond DEALLOC_NEST the object waits
//             in a list of the thread and is freed when the outermost dealloc is done. Until then
//             it is not in the object map, so that a collector never meets a count of zero. The
//             list has room from the start: memory comes back only when the end of a chain is
//             reached. Only where it is full and cannot grow does dealloc nest deeper.
// Threads     any attached thread; the list is the thread's own.
#include "core/object/object.h"

#include "core/object/error.h"    // tgc_raise_nomem
#include "core/object/finalize.h" // tgc_farewell
#include "core/object/state.h"    // tgc_thread
#include "core/object/weakref.h"  // weak word
#include "mem/objmap.h"           // tracking
#include "mem/raw.h"              // memory
#include "thread/breaker.h"       // a collection is due
#include "thread/runtime.h"       // objmap_tag

#include <string.h> // memcpy

#define DEALLOC_NEST 50

// Adds what this thread has made and freed to the sums of its interpreter. See core/gc/trigger.c.
static TGI_NOINLINE void settle(tg_thread *t, tgc_thread *ct)
{
    tgc_shared *shared = tgc_shared_of(t);
    // ORDER: relaxed (all); sums, and our own counters.
    int64_t young = atom_add_relaxed(&shared->gc_young, ct->gc_balance) + ct->gc_balance;
    uint64_t bytes = atom_load_relaxed(&ct->bytes_made) - atom_load_relaxed(&ct->bytes_freed);
    int64_t more = (int64_t)(bytes - ct->gc_seen);
    int64_t young_bytes = atom_add_relaxed(&shared->gc_young_bytes, more) + more;
    atom_add_relaxed(&shared->gc_bytes, more); // ORDER: relaxed; as above.
    ct->gc_balance = 0;
    ct->gc_seen = bytes;
    // ORDER: relaxed (both); limits.
    if (young > atom_load_relaxed(&shared->gc_limit) ||
        young_bytes > atom_load_relaxed(&shared->gc_limit_bytes))
        tgi_breaker_set(t, TGI_BRK_COLLECT);
}

tgc_obj *tgc_new_raw(tg_thread *t, tgc_type *type, size_t size)
{
    tgc_obj *o = tgi_raw_alloc(size);
    if (TGI_UNLIKELY(o == NULL)) {
        tgc_raise_nomem(t);
        return NULL;
    }
    tgc_thread *ct = tgc_of(t);
    // ORDER: relaxed (both); read by others for reports.
    atom_owner_add(&ct->objects_made, 1);
    atom_owner_add(&ct->bytes_made, size);
    if (TGI_UNLIKELY(size >= TGC_GC_LARGE))
        settle(t, ct);
    tgc_head_init(t, o, type);
    return o;
}

tgc_obj *tgc_new(tg_thread *t, tgc_type *type, size_t size)
{
    tgc_obj *o = tgc_new_raw(t, type, size);
    if (o != NULL)
        memset((char *)o + TGC_HEADER_BYTES, 0, size - TGC_HEADER_BYTES);
    return o;
}

void tgc_track(tg_thread *t, tgc_obj *o)
{
    // Without memory for the map the object is merely invisible to the collector.
    (void)tgi_objmap_add(o, t->interp->objmap_tag);
    tgc_thread *ct = tgc_of(t);
    if (TGI_UNLIKELY(++ct->gc_balance >= TGC_GC_BATCH))
        settle(t, ct);
}

void tgc_untrack(tg_thread *t, tgc_obj *o)
{
    tgc_thread *ct = tgc_of(t);
    if (tgi_objmap_remove(o) && TGI_UNLIKELY(--ct->gc_balance <= -TGC_GC_BATCH))
        settle(t, ct);
}

void tgc_delete(tg_thread *t, tgc_obj *o, size_t size)
{
    tgc_thread *ct = tgc_of(t);
    // ORDER: relaxed (both); read by others for reports.
    atom_owner_add(&ct->objects_freed, 1);
    atom_owner_add(&ct->bytes_freed, size);
    tgc_obj_free(t, o, size);
}

static bool put_off(tgc_thread *ct, tgc_obj *o)
{
    if (ct->dealloc_later == NULL) {
        ct->dealloc_later = ct->dealloc_first;
        ct->dealloc_later_capacity = TGC_DEALLOC_FIRST;
    }
    if (ct->dealloc_later_count == ct->dealloc_later_capacity) {
        bool first = ct->dealloc_later == ct->dealloc_first;
        uint32_t capacity = ct->dealloc_later_capacity * 2;
        tgc_obj **list = tgi_raw_realloc(first ? NULL : ct->dealloc_later, capacity * sizeof *list);
        if (list == NULL)
            return false;
        if (first)
            memcpy((void *)list, (const void *)ct->dealloc_first, sizeof ct->dealloc_first);
        ct->dealloc_later = list;
        ct->dealloc_later_capacity = capacity;
    }
    ct->dealloc_later[ct->dealloc_later_count++] = o;
    ct->gc_balance -= tgi_objmap_remove(o);
    return true;
}

// A tracked object whose count is zero.
static inline void end_of(tg_thread *t, tgc_type *type, tgc_obj *o)
{
    bool farewell = (type->flags & TGC_TF_DEL) != 0;
    if (type->weak_offset != 0)
        // ORDER: relaxed; the object is dead and ours, its count ordered what others did to it.
        farewell |= atom_load_relaxed(tgc_weak_word(type, o)) != 0;
    if (TGI_UNLIKELY(farewell)) {
        if (!tgc_farewell(t, o))
            return;
        type = tgc_obj_type(o);
    }
    type->dealloc(t, o);
}

void tgc_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_thread *ct = tgc_of(t);
    tgc_type *type = tgc_obj_type(o);
    if ((type->flags & TGC_TF_TRACKED) == 0) {
        type->dealloc(t, o);
        return;
    }
    if (TGI_UNLIKELY(ct->dealloc_depth >= DEALLOC_NEST) && put_off(ct, o))
        return;
    ct->dealloc_depth++;
    end_of(t, type, o);
    ct->dealloc_depth--;
    if (TGI_UNLIKELY(ct->dealloc_later_count > 0) && ct->dealloc_depth == 0) {
        ct->dealloc_depth = 1;
        while (ct->dealloc_later_count > 0) {
            tgc_obj *next = ct->dealloc_later[--ct->dealloc_later_count];
            end_of(t, tgc_obj_type(next), next);
        }
        ct->dealloc_depth = 0;
    }
}

int tgc_enter_c(tg_thread *t)
{
    tgc_thread *ct = tgc_of(t);
    if (TGI_UNLIKELY(ct->c_depth >= TGC_C_DEPTH_LIMIT))
        return tgc_raise_int(t, &TGC_EXC(RecursionError), "maximum recursion depth exceeded");
    ct->c_depth++;
    return 0;
}

int tgc_repr_enter(tg_thread *t, tgc_obj *o, tgc_repr_level *level)
{
    tgc_thread *ct = tgc_of(t);
    for (tgc_repr_level *l = ct->repr_level; l != NULL; l = l->outer) {
        if (l->object == o)
            return 1;
    }
    if (tgc_enter_c(t) < 0)
        return -1;
    level->outer = ct->repr_level;
    level->object = o;
    ct->repr_level = level;
    return 0;
}

void tgc_thread_settle(tg_thread *t)
{
    settle(t, tgc_of(t));
}
