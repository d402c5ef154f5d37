// SPDX-License-Identifier: MIT
//
// slice.c - slice objects and their arithmetic.
#include "core/object/slice.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/int.h"   // tgc_int_from_i64
#include "core/object/seq.h"   // tgc_hash_unhashable
#include "core/object/str.h"   // repr
#include "core/object/tuple.h" // indices()

tg_value tgc_slice_new(tg_thread *t, tg_value start, tg_value stop, tg_value step)
{
    tgc_slice *s = (tgc_slice *)(void *)tgc_new_raw(t, &tgc_slice_type, sizeof *s);
    if (s == NULL)
        return TGC_NULL;
    s->start = start == TGC_NULL ? TGC_NONE : tgc_retain(t, start);
    s->stop = stop == TGC_NULL ? TGC_NONE : tgc_retain(t, stop);
    s->step = step == TGC_NULL ? TGC_NONE : tgc_retain(t, step);
    tgc_track(t, &s->head);
    return tgc_from_ptr(s);
}

int tgc_slice_unpack(tg_thread *t, tg_value v, int64_t *start, int64_t *stop, int64_t *step)
{
    tgc_slice *s = tgc_slice_of(v);
    *step = 1;
    if (s->step != TGC_NONE) {
        if (tgc_seq_bound(t, s->step, step) < 0)
            return -1;
        if (*step == 0)
            return tgc_raise_int(t, &TGC_EXC(ValueError), "slice step cannot be zero");
        if (*step < -INT64_MAX)
            *step = -INT64_MAX;
    }
    *start = *step < 0 ? INT64_MAX : 0;
    *stop = *step < 0 ? INT64_MIN : INT64_MAX;
    if (s->start != TGC_NONE && tgc_seq_bound(t, s->start, start) < 0)
        return -1;
    if (s->stop != TGC_NONE && tgc_seq_bound(t, s->stop, stop) < 0)
        return -1;
    return 0;
}

static int64_t clamp(int64_t at, int64_t len, bool down)
{
    if (at < 0) {
        at += len;
        return at >= 0 ? at : down ? -1 : 0;
    }
    return at < len ? at : down ? len - 1 : len;
}

int64_t tgc_slice_adjust(int64_t len, int64_t *start, int64_t *stop, int64_t step)
{
    *start = clamp(*start, len, step < 0);
    *stop = clamp(*stop, len, step < 0);
    if (step < 0)
        return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

int tgc_slice_indices(tg_thread *t, tg_value v, int64_t len, int64_t *start, int64_t *stop,
                      int64_t *step, int64_t *count)
{
    if (tgc_slice_unpack(t, v, start, stop, step) < 0)
        return -1;
    *count = tgc_slice_adjust(len, start, stop, *step);
    return 0;
}

static void slice_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_slice *s = (tgc_slice *)(void *)o;
    tgc_untrack(t, o);
    tgc_release(t, s->start);
    tgc_release(t, s->stop);
    tgc_release(t, s->step);
    tgc_delete(t, o, sizeof *s);
}

static void slice_clear(tg_thread *t, tgc_obj *o)
{
    tgc_slice *s = (tgc_slice *)(void *)o;
    tgc_drop_field(t, &s->start);
    tgc_drop_field(t, &s->stop);
    tgc_drop_field(t, &s->step);
}

static void slice_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_slice *s = (tgc_slice *)(void *)o;
    visit(s->start, arg);
    visit(s->stop, arg);
    visit(s->step, arg);
}

static tg_value slice_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                tg_value kwnames)
{
    (void)type;
    if (tgc_no_keywords(t, "slice", kwnames) < 0)
        return TGC_NULL;
    if (nargs == 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "slice expected at least 1 argument, got 0");
    if (nargs > 3)
        return tgc_raise(t, &TGC_EXC(TypeError), "slice expected at most 3 arguments, got %zu",
                         nargs);
    if (nargs == 1)
        return tgc_slice_new(t, TGC_NONE, args[0], TGC_NONE);
    return tgc_slice_new(t, args[0], args[1], nargs == 3 ? args[2] : TGC_NONE);
}

static tg_value slice_repr(tg_thread *t, tg_value v)
{
    tgc_slice *s = tgc_slice_of(v);
    const tg_value parts[3] = {s->start, s->stop, s->step};
    return tgc_repr_values(t, "slice(", parts, 3, ")");
}

static tg_value slice_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (!tgc_is_slice(b))
        return TGC_NOTIMPL;
    tgc_slice *x = tgc_slice_of(a), *y = tgc_slice_of(b);
    const tg_value left[3] = {x->start, x->stop, x->step}, right[3] = {y->start, y->stop, y->step};
    return tgc_compare_values(t, op, left, 3, right, 3);
}

static tg_value get_start(tg_thread *t, tg_value v)
{
    return tgc_retain(t, tgc_slice_of(v)->start);
}
static tg_value get_stop(tg_thread *t, tg_value v)
{
    return tgc_retain(t, tgc_slice_of(v)->stop);
}
static tg_value get_step(tg_thread *t, tg_value v)
{
    return tgc_retain(t, tgc_slice_of(v)->step);
}

static tg_value method_indices(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int64_t len, start, stop, step, count;
    if (tgc_as_index(t, args[1], &len) < 0)
        return TGC_NULL;
    if (len < 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "length should not be negative");
    if (tgc_slice_indices(t, args[0], len, &start, &stop, &step, &count) < 0)
        return TGC_NULL;
    tg_value parts[3] = {tgc_int_from_i64(t, start), tgc_int_from_i64(t, stop),
                         tgc_int_from_i64(t, step)};
    return tgc_tuple_from_steal(t, parts, 3);
}

static const tgc_method_def slice_methods[] = {
    {"indices", method_indices, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

static const tgc_getset_def slice_getsets[] = {
    {"start", get_start, NULL},
    {"stop", get_stop, NULL},
    {"step", get_step, NULL},
    {NULL, NULL, NULL},
};

tgc_type tgc_slice_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "slice",          .flags = TGC_TF_TRACKED,
    .size = sizeof(tgc_slice),         .methods = slice_methods, .getsets = slice_getsets,
    .dealloc = slice_dealloc,          .clear = slice_clear,     .traverse = slice_traverse,
    .construct = slice_construct,      .repr = slice_repr,       .hash = tgc_hash_unhashable,
    .compare = slice_compare,
};
