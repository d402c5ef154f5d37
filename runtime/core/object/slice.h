// SPDX-License-Identifier: MIT
//
// slice.h - slice objects. Layer core/object. slice.c.
#ifndef TGC_OBJECT_SLICE_H
#define TGC_OBJECT_SLICE_H

#include "core/object/object.h" // tgc_obj

typedef struct tgc_slice {
    tgc_obj head;
    tg_value start, stop, step; // any values, const after init; None if absent
} tgc_slice;

#define tgc_slice_of(v) ((tgc_slice *)tgc_ptr(v))
static inline bool tgc_is_slice(tg_value v)
{
    return tgc_is_exact(v, &tgc_slice_type);
}

// TGC_NULL and None both mean absent.
#define tgc_slice_new TG_CORE_SYM(tgc_slice_new)
tg_value tgc_slice_new(tg_thread *t, tg_value start, tg_value stop, tg_value step);

// The numbers of a slice for a sequence of len items: items start, start + step, ... count of them.
// 0, or -1 (TypeError for bounds that are no integers, ValueError for step 0). May run script code
// (__index__).
#define tgc_slice_indices TG_CORE_SYM(tgc_slice_indices)
int tgc_slice_indices(tg_thread *t, tg_value slice, int64_t len, int64_t *start, int64_t *stop,
                      int64_t *step, int64_t *count);
// The same in two steps, for sequences whose length must be read after script code has run: bounds
// saturate.
#define tgc_slice_unpack TG_CORE_SYM(tgc_slice_unpack)
int tgc_slice_unpack(tg_thread *t, tg_value slice, int64_t *start, int64_t *stop, int64_t *step);
#define tgc_slice_adjust TG_CORE_SYM(tgc_slice_adjust)
int64_t tgc_slice_adjust(int64_t len, int64_t *start, int64_t *stop, int64_t step); // the count

#endif
