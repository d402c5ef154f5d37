// SPDX-License-Identifier: MIT
//
// gc_internal.h - what the files of core/gc share. Layer core/gc.
#ifndef TGC_GC_GC_INTERNAL_H
#define TGC_GC_GC_INTERNAL_H

#include "base/histogram.h" // pauses
#include "core/gc/gc.h"     // interface
#include "mem/objmap.h"     // marks, numbers
#include "sync/mutex.h"     // exclusive
#include <togil/gc.h>       // figures, settings

// A list of objects that grows without raising.
typedef struct tgc_objects {
    tgc_obj **item;
    size_t count, capacity;
} tgc_objects;

#define tgc_objects_grow TG_CORE_SYM(tgc_objects_grow)
bool tgc_objects_grow(tgc_objects *list);
#define tgc_objects_free TG_CORE_SYM(tgc_objects_free)
void tgc_objects_free(tgc_objects *list);

static inline bool tgc_objects_add(tgc_objects *list, tgc_obj *o)
{
    if (TGI_UNLIKELY(list->count == list->capacity) && !tgc_objects_grow(list))
        return false;
    list->item[list->count++] = o;
    return true;
}

// See collect.c for who may touch what.
typedef struct tgc_gc {
    tgi_mutex exclusive; // waited for detached; held by whoever analyses or clears

    // Any thread.
    _Atomic(uint64_t) begun; // collections that have stopped the world
    _Atomic(int64_t) setting[TG_GC_SETTINGS];
    tgc_slot callbacks, garbage; // lists

    // Guarded by exclusive.
    int64_t last_found;  // result of the last collection
    unsigned frozen_tag; // 0: nothing is frozen
    int64_t frozen;
    bool report_left; // census.c
    double growth;    // a collection is due when the heap has grown by this share: trigger.c
    int64_t ended_ns; // when the last collection was over, or the interpreter started

    tgi_mutex figures_lock; // leaf: guards what follows
    tg_gc_stats figures;
    tgi_histogram pauses; // ns the world was stopped, every pause of a collection
} tgc_gc;

static inline tgc_gc *tgc_gc_of(tg_thread *t)
{
    return tgc_shared_of(t)->gc;
}

static inline int64_t tgc_gc_get(tgc_gc *gc, int which)
{
    // ORDER: relaxed; a setting.
    return atom_load_relaxed(&gc->setting[which]);
}

// Shows every reference that o holds. Types that hold none have no function for it.
static inline void tgc_gc_visit(tgc_obj *o, tgc_visit visit, void *arg)
{
    const tgc_type *type = tgc_obj_type(o);
    if (TGI_LIKELY(type->traverse != NULL))
        type->traverse(o, visit, arg);
}

// Where the map and the number of an object are. The next candidate of a list is likely to be in
// the segment of the last.
typedef struct tgc_place {
    uintptr_t segment; // its index, plus 1
    size_t granule;
    tgi_objmap_segment *in;
    _Atomic(uint32_t) *numbers;
} tgc_place;

// Goes to o, which is a candidate, and returns its number.
static inline _Atomic(uint32_t) *tgc_number_at(tgc_place *at, const tgc_obj *o)
{
    uintptr_t segment = ((uintptr_t)o >> TGI_OBJMAP_SEGMENT_BITS) + 1;
    at->granule = tgi_objmap_granule(o);
    if (TGI_UNLIKELY(segment != at->segment)) {
        at->segment = segment;
        at->in = tgi_objmap_segment_of(o);
        at->numbers = tgi_objmap_number(o) - at->granule;
    }
    return &at->numbers[at->granule];
}

// --- analyse.c: the two pauses. The world is stopped.

typedef struct tgc_garbage {
    // candidates; held: garbage, one reference each is the collection's
    struct tgc_chunk *list;
    size_t found; // how much garbage, once it is held
    // references from merge queues and to dead hot objects, to be released after the pause
    tgc_drained drained;
    uint64_t live;               // objects that stay, once the garbage is held
    uint64_t candidates;         // objects that had to be looked at closely
    struct tgc_chunk *odd;       // those among the candidates that are not plain: scrap.c
    struct tgc_chunk *scrap;     // garbage that is freed without counting, and is not in `list`
    struct tgc_chunk *held;      // becomes `list`
    struct tgc_dead *dead;       // the set of what is on scrap, or NULL
    bool finalizers;             // something is to run before they are cleared
    struct tgc_weakref *pending; // weak references whose callbacks are to run
    bool short_of_memory;        // nothing was found because there was no memory to look
    unsigned threads;            // that took part
    int64_t mark_ns, count_ns;   // of the pause
    struct tgc_team *team;       // until the garbage is held
} tgc_garbage;

// `members` threads, at most.
#define tgc_gc_find TG_CORE_SYM(tgc_gc_find)
void tgc_gc_find(tg_thread *t, tgc_garbage *g, unsigned members);
// The world runs again: takes what stays off the list, and the references of the collection. Comes
// after every tgc_gc_find.
#define tgc_gc_hold TG_CORE_SYM(tgc_gc_hold)
void tgc_gc_hold(tg_thread *t, tgc_garbage *g);
// Marks on the list what finalizers made reachable again, and those with it. Returns how many.
#define tgc_gc_find_again TG_CORE_SYM(tgc_gc_find_again)
size_t tgc_gc_find_again(tg_thread *t, tgc_garbage *g);
// Frees the list.
#define tgc_gc_forget TG_CORE_SYM(tgc_gc_forget)
void tgc_gc_forget(tgc_garbage *g);

// An entry of the list after tgc_gc_find_again: objects are aligned, so there is a bit to spare.
static inline tgc_obj *tgc_came_back(tgc_obj *o)
{
    return (tgc_obj *)((uintptr_t)o | 1);
}

static inline bool tgc_is_back(const tgc_obj *entry)
{
    return ((uintptr_t)entry & 1) != 0;
}

// --- scrap.c: garbage that nothing has to be run for

typedef struct tgc_dead tgc_dead;

// Fewer candidates than this do not pay for a set.
#define TGC_SCRAP_FROM 1000u

// Whether what an object of the type refers to can be forgotten.
#define tgc_scrap_knows TG_CORE_SYM(tgc_scrap_knows)
bool tgc_scrap_knows(tgc_type *type);
// Sorts the candidates into g->scrap and what is held. False: nothing was done, all is to be held.
#define tgc_scrap_sort TG_CORE_SYM(tgc_scrap_sort)
bool tgc_scrap_sort(tg_thread *t, tgc_garbage *g);
// Frees c->item[from, to). Stops early for deferred frees. Returns where it is.
#define tgc_scrap_some TG_CORE_SYM(tgc_scrap_some)
size_t tgc_scrap_some(tg_thread *t, const tgc_dead *dead, const struct tgc_chunk *c, size_t from,
                      size_t to);
// Frees the set and the list.
#define tgc_scrap_end TG_CORE_SYM(tgc_scrap_end)
void tgc_scrap_end(tgc_garbage *g);

// --- inspect.c

// A pause in which all objects may be looked at: no collection is half done.
#define tgc_gc_look TG_CORE_SYM(tgc_gc_look)
void tgc_gc_look(tg_thread *t);
#define tgc_gc_look_end TG_CORE_SYM(tgc_gc_look_end)
void tgc_gc_look_end(tg_thread *t);

// --- trigger.c

// What a collection tells about when to run the next one.
typedef struct tgc_gc_lesson {
    int64_t grown, grown_bytes; // from the one before to its pause
    uint64_t live, live_bytes;  // after it
    int64_t spared_ns;          // of its pause: what one collection less would have spared
    int64_t run_ns;             // from the end of the one before to its own, but for pauses
} tgc_gc_lesson;

// The share to grow by, after `growth`. It uses nothing but its arguments.
#define tgc_gc_growth TG_CORE_SYM(tgc_gc_growth)
double tgc_gc_growth(double growth, const tgc_gc_lesson *l, int64_t least_objects);
// A collection is over: decides when the next one is due. figures_lock is held.
#define tgc_gc_plan TG_CORE_SYM(tgc_gc_plan)
void tgc_gc_plan(tg_thread *t, const tgc_gc_lesson *l);

#endif
