// SPDX-License-Identifier: MIT
//
// backing.h - counting the memory that objects keep beside their own block: the arrays and tables
// of containers. Layer core/object.
//
// It counts among the bytes of the thread like the objects themselves (object.c), so a heap of few
// large lists is due for a collection as soon as one of many small objects. What was replaced
// counts as freed at once, although its memory may wait for readers.
#ifndef TGC_OBJECT_BACKING_H
#define TGC_OBJECT_BACKING_H

#include "core/object/state.h" // tgc_thread

static inline void tgc_backing_made(tg_thread *t, size_t bytes)
{
    atom_owner_add(&tgc_of(t)->bytes_made, bytes);
    if (TGI_UNLIKELY(bytes >= TGC_GC_LARGE))
        tgc_thread_settle(t);
}

static inline void tgc_backing_freed(tg_thread *t, size_t bytes)
{
    atom_owner_add(&tgc_of(t)->bytes_freed, bytes);
}

#endif
