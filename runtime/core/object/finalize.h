// SPDX-License-Identifier: MIT
//
// finalize.h - finalizers: __del__, and the close of a generator. Layer core/object. finalize.c.
//
// A type with a finalizer has the slot `finalize`; classes with a __del__ also have TGC_TF_DEL.
// Each object is finalized at most once in its life, whoever asks: an object that its finalizer
// brought back to life dies silently later. After the scripts of an interpreter have ended none is
// run.
//
// What counting does (tgc_dealloc):  finalize -> clear weak references, call back -> dealloc.
// What a collector does with garbage: Note [garbage-order] in weakref.h.
#ifndef TGC_OBJECT_FINALIZE_H
#define TGC_OBJECT_FINALIZE_H

#include "core/object/object.h" // tgc_type

// Runs o's finalizer unless it ran before. o is alive and the caller holds a reference to it; the
// exception set on the thread is kept, one raised by the finalizer is reported. Runs script code.
#define tgc_finalize TG_CORE_SYM(tgc_finalize)
void tgc_finalize(tg_thread *t, tgc_obj *o);

// The same for an object whose count has just reached zero. False if it lives again: then it is
// somebody else's, and the caller must not touch it any more.
#define tgc_finalize_dying TG_CORE_SYM(tgc_finalize_dying)
bool tgc_finalize_dying(tg_thread *t, tgc_obj *o);

// Whether a finalizer is still to come.
#define tgc_needs_finalizer TG_CORE_SYM(tgc_needs_finalizer)
bool tgc_needs_finalizer(tg_thread *t, tgc_obj *o);

// What precedes a type's dealloc for an object with a __del__ or with weak references. False if it
// lives again.
#define tgc_farewell TG_CORE_SYM(tgc_farewell)
bool tgc_farewell(tg_thread *t, tgc_obj *o);

// Frees what an interpreter notes about finalized objects.
struct tgc_shared;
#define tgc_finalized_free TG_CORE_SYM(tgc_finalized_free)
void tgc_finalized_free(struct tgc_shared *shared);

#endif
