// SPDX-License-Identifier: MIT
//
// range.h - range objects. Layer core/object. range.c.
//
// Immutable. Numbers of any size; the usual ones are immediate integers and never allocate.
#ifndef TGC_OBJECT_RANGE_H
#define TGC_OBJECT_RANGE_H

#include "core/object/object.h" // tgc_obj

typedef struct tgc_range {
    tgc_obj head;
    tg_value start, stop, step, length; // integers, const after init; step is not 0
} tgc_range;

#define tgc_range_of(v) ((tgc_range *)tgc_ptr(v))

// v is a range. True if start, stop, step and length are immediate integers (then start + i * step
// does not overflow for i <= length); out-parameters may be NULL.
static inline bool tgc_range_small(tg_value v, int64_t *start, int64_t *stop, int64_t *step)
{
    const tgc_range *r = tgc_range_of(v);
    if (((r->start | r->stop | r->step | r->length) & 3) != 0)
        return false;
    if (start != NULL)
        *start = tgc_int(r->start);
    if (stop != NULL)
        *stop = tgc_int(r->stop);
    if (step != NULL)
        *step = tgc_int(r->step);
    return true;
}
static inline int64_t tgc_range_small_length(tg_value v)
{
    return tgc_int(tgc_range_of(v)->length);
}

// A range of immediate integers.
#define tgc_range_new TG_CORE_SYM(tgc_range_new)
tg_value tgc_range_new(tg_thread *t, int64_t start, int64_t stop, int64_t step);

#endif
