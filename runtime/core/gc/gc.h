// SPDX-License-Identifier: MIT
//
// gc.h - the cycle collector of an interpreter, for the rest of the core. Layer core/gc. How it
// works is in collect.c and analyse.c, when it runs in trigger.c.
#ifndef TGC_GC_GC_H
#define TGC_GC_GC_H

#include "core/object/object.h" // tg_value
#include "core/object/state.h"  // tgc_shared

struct tg_gc_stats;

// The collector's data of an interpreter: made before its first thread, freed after its last.
#define tgc_gc_new TG_CORE_SYM(tgc_gc_new)
struct tgc_gc *tgc_gc_new(void); // NULL without memory
#define tgc_gc_free TG_CORE_SYM(tgc_gc_free)
void tgc_gc_free(struct tgc_gc *gc);
#define tgc_gc_fork_child TG_CORE_SYM(tgc_gc_fork_child)
void tgc_gc_fork_child(tg_thread *t); // its lock may have been held by a thread that is gone

// Finds and frees what only cycles keep alive. Runs scripts: finalizers and callbacks. Waits for a
// collection in progress, and shares the result of one that stops the world after this call.
// Returns how many objects could not be reached; 0 when called from a finalizer of a collection;
// -1 if there was no memory to collect with (no exception is set, nothing has changed).
#define tgc_gc_collect TG_CORE_SYM(tgc_gc_collect)
int64_t tgc_gc_collect(tg_thread *t);
// The same, unless another thread collects: then it does nothing.
#define tgc_gc_collect_unless_busy TG_CORE_SYM(tgc_gc_collect_unless_busy)
void tgc_gc_collect_unless_busy(tg_thread *t);

// Hook of the breaker: a collection if one is due, unless one is in progress.
#define tgc_gc_poll TG_CORE_SYM(tgc_gc_poll)
tg_status tgc_gc_poll(tg_thread *t);

// --- entries (gate/entry.def)

// A setting by its tg_gc_setting number, after it was set to `set`, unless that is negative.
#define tgc_gc_setting TG_CORE_SYM(tgc_gc_setting)
int64_t tgc_gc_setting(tg_thread *t, int which, int64_t set);
#define tgc_gc_figures TG_CORE_SYM(tgc_gc_figures)
void tgc_gc_figures(tg_thread *t, struct tg_gc_stats *out);
// Lists of objects; TGC_NULL with MemoryError.
#define tgc_gc_objects TG_CORE_SYM(tgc_gc_objects)
tg_value tgc_gc_objects(tg_thread *t);
#define tgc_gc_referrers TG_CORE_SYM(tgc_gc_referrers)
tg_value tgc_gc_referrers(tg_thread *t, const tg_value *of, size_t n);
#define tgc_gc_referents TG_CORE_SYM(tgc_gc_referents)
tg_value tgc_gc_referents(tg_thread *t, const tg_value *of, size_t n);
#define tgc_gc_is_tracked TG_CORE_SYM(tgc_gc_is_tracked)
bool tgc_gc_is_tracked(tg_value v);
// Exempts all objects there are from collections, or gives them back. The number of those exempt;
// -1: too many runtimes and interpreters for that.
#define tgc_gc_freeze TG_CORE_SYM(tgc_gc_freeze)
int64_t tgc_gc_freeze(tg_thread *t, bool on);
#define tgc_gc_frozen TG_CORE_SYM(tgc_gc_frozen)
int64_t tgc_gc_frozen(tg_thread *t);

#define tgc_gc_callbacks TG_CORE_SYM(tgc_gc_callbacks)
tg_value tgc_gc_callbacks(tg_thread *t);
#define tgc_gc_set_lists TG_CORE_SYM(tgc_gc_set_lists)
void tgc_gc_set_lists(tg_thread *t, tg_value callbacks, tg_value garbage);

// The interpreter has started: collections may come. It ends: none will, and every object is under
// its own tag again.
#define tgc_gc_start TG_CORE_SYM(tgc_gc_start)
void tgc_gc_start(tg_thread *t);
#define tgc_gc_end TG_CORE_SYM(tgc_gc_end)
void tgc_gc_end(tg_thread *t);

#endif
