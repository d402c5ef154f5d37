// SPDX-License-Identifier: MIT
//
// iter.h - iterator objects. Layer core/object. iter.c (over one container), iter_tools.c
// (enumerate, zip, map, filter, reversed), range.c.
//
// Threads     an iterator may be used by several threads at once: each step is safe, but two steps
//             at the same time give two items. After the end it stays at its end.
#ifndef TGC_OBJECT_ITER_H
#define TGC_OBJECT_ITER_H

#include "core/object/object.h" // tg_value
#include "core/policy/policy.h" // tgc_is_unique

#include "sync/point.h" // between the look at a position and the step

// Note [iterator-position]: an iterator may be in several hands. A thread reads the position,
// fetches the item, and moves the position on, but only from the one it has read: a late thread
// must not take back the end, or steps that others have made meanwhile. Who did not move it drops
// the item and takes the next one, so each item is given once, none is skipped, and the end stays
// the end. Whether this thread moved it; `it` has a `head`, `at` is a 64-bit atomic of it. What
// only this thread can reach is moved without a locked instruction; what is reached through another
// iterator is published when that one is in several hands (iter_tools.c). ORDER: relaxed (both);
// nothing depends on the position but the number itself.
#define TGC_ITER_MOVE(t, it, at, from, to)        \
    (tgi_point(TGI_POINT_ACCESS, (it)),           \
     tgc_is_unique((t), &(it)->head)              \
         ? (atom_store_relaxed((at), (to)), true) \
         : atom_cas_strong_relaxed((at), &(__typeof__(from)){(from)}, (to)))

// Over a list, tuple, or any object with __getitem__ from 0 on until IndexError.
#define tgc_iter_list TG_CORE_SYM(tgc_iter_list)
tg_value tgc_iter_list(tg_thread *t, tg_value list);
#define tgc_iter_tuple TG_CORE_SYM(tgc_iter_tuple)
tg_value tgc_iter_tuple(tg_thread *t, tg_value tuple);
#define tgc_iter_sequence TG_CORE_SYM(tgc_iter_sequence)
tg_value tgc_iter_sequence(tg_thread *t, tg_value seq);
#define tgc_iter_range TG_CORE_SYM(tgc_iter_range)
tg_value tgc_iter_range(tg_thread *t, tg_value range);
#define tgc_iter_range_reversed TG_CORE_SYM(tgc_iter_range_reversed)
tg_value tgc_iter_range_reversed(tg_thread *t, tg_value range);
#define tgc_iter_list_reversed TG_CORE_SYM(tgc_iter_list_reversed)
tg_value tgc_iter_list_reversed(tg_thread *t, tg_value list);
// Calls fn until it returns something equal to sentinel.
#define tgc_iter_callable TG_CORE_SYM(tgc_iter_callable)
tg_value tgc_iter_callable(tg_thread *t, tg_value fn, tg_value sentinel);
#define tgc_iter_reversed TG_CORE_SYM(tgc_iter_reversed)
tg_value tgc_iter_reversed(tg_thread *t, tg_value v); // reversed(v)
// The iter slot of types that are their own iterators.
#define tgc_iter_self TG_CORE_SYM(tgc_iter_self)
tg_value tgc_iter_self(tg_thread *t, tg_value v);

#define tgc_list_iter_type TG_CORE_SYM(tgc_list_iter_type)
extern tgc_type tgc_list_iter_type;
#define tgc_list_reverse_iter_type TG_CORE_SYM(tgc_list_reverse_iter_type)
extern tgc_type tgc_list_reverse_iter_type;
#define tgc_tuple_iter_type TG_CORE_SYM(tgc_tuple_iter_type)
extern tgc_type tgc_tuple_iter_type;
#define tgc_seq_iter_type TG_CORE_SYM(tgc_seq_iter_type)
extern tgc_type tgc_seq_iter_type;
#define tgc_callable_iter_type TG_CORE_SYM(tgc_callable_iter_type)
extern tgc_type tgc_callable_iter_type;
#define tgc_range_iter_type TG_CORE_SYM(tgc_range_iter_type)
extern tgc_type tgc_range_iter_type;
#define tgc_long_range_iter_type TG_CORE_SYM(tgc_long_range_iter_type)
extern tgc_type tgc_long_range_iter_type;
#define tgc_enumerate_type TG_CORE_SYM(tgc_enumerate_type)
extern tgc_type tgc_enumerate_type;
#define tgc_zip_type TG_CORE_SYM(tgc_zip_type)
extern tgc_type tgc_zip_type;
#define tgc_map_type TG_CORE_SYM(tgc_map_type)
extern tgc_type tgc_map_type;
#define tgc_filter_type TG_CORE_SYM(tgc_filter_type)
extern tgc_type tgc_filter_type;
#define tgc_reversed_type TG_CORE_SYM(tgc_reversed_type)
extern tgc_type tgc_reversed_type;

#endif
