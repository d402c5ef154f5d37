// SPDX-License-Identifier: MIT
//
// seq.c - stepping through any iterable, arrays of values, index and repetition arguments.
#include "core/object/seq.h"

#include "core/object/dict.h"  // snapshots
#include "core/object/error.h" // tgc_raise
#include "core/object/int.h"   // tgc_index
#include "core/object/known.h" // TGC_NAME
#include "core/object/list.h"  // fast path
#include "core/object/names.h" // tgc_type_find
#include "core/object/range.h" // fast path
#include "core/object/set.h"   // snapshots
#include "core/object/step.h"  // points
#include "core/object/tuple.h" // fast path
#include "mem/raw.h"           // arrays

int tgc_iterate_begin(tg_thread *t, tgc_iterate *it, tg_value iterable)
{
    it->pos = 0;
    if (tgc_is_exact(iterable, &tgc_list_type)) {
        it->kind = TGC_OVER_LIST;
    } else if (tgc_is_exact(iterable, &tgc_tuple_type)) {
        it->kind = TGC_OVER_TUPLE;
    } else if (tgc_is_exact(iterable, &tgc_range_type) &&
               tgc_range_small(iterable, &it->at, NULL, &it->step)) {
        it->kind = TGC_OVER_RANGE;
        it->left = tgc_range_small_length(iterable);
    } else {
        it->kind = TGC_OVER_ITERATOR;
        it->source = tgc_iter(t, iterable);
        return it->source == TGC_NULL ? -1 : 0;
    }
    it->source = tgc_retain(t, iterable);
    return 0;
}

int tgc_iterate_next(tg_thread *t, tgc_iterate *it, tg_value *out)
{
    tgc_step(t, it->source);
    switch (it->kind) {
    case TGC_OVER_LIST:
        *out = tgc_list_get(t, it->source, it->pos);
        it->pos++;
        return *out != TGC_NULL;
    case TGC_OVER_TUPLE:
        if (it->pos >= tgc_tuple_size(it->source))
            return 0;
        *out = tgc_retain(t, tgc_tuple_peek(it->source, it->pos++));
        return 1;
    case TGC_OVER_RANGE:
        if (it->left == 0)
            return 0;
        it->left--;
        *out = tgc_from_int(it->at);
        it->at += it->step;
        return 1;
    case TGC_OVER_ITERATOR:
        break;
    }
    *out = tgc_next(t, it->source);
    if (*out != TGC_NULL)
        return 1;
    return tgc_raised(t) ? -1 : 0;
}

void tgc_iterate_end(tg_thread *t, tgc_iterate *it)
{
    tgc_release(t, it->source);
}

// The items of a list, set, dict or dict view as they are at one moment: while other threads change
// it, list(d) gives some state of it. True if it is one; then *out is NULL if it raised.
static bool snapshot(tg_thread *t, tg_value v, tg_value **out, size_t *n)
{
    tg_value d;
    tgc_dict_part part;
    if (tgc_is_exact(v, &tgc_list_type))
        *out = tgc_list_snapshot(t, v, n);
    else if (tgc_is_exact(v, &tgc_set_type) || tgc_is_exact(v, &tgc_frozenset_type))
        *out = tgc_set_snapshot(t, v, n);
    else if (tgc_dict_viewed(v, &d, &part))
        *out = tgc_dict_snapshot(t, d, part, n);
    else
        return false;
    return true;
}

tg_value *tgc_values_from_iterable(tg_thread *t, tg_value iterable, size_t *n)
{
    tg_value *values = NULL;
    if (snapshot(t, iterable, &values, n))
        return values;
    size_t capacity = 8;
    if (tgc_is_exact(iterable, &tgc_tuple_type))
        capacity = tgc_tuple_size(iterable);
    else if (tgc_is_exact(iterable, &tgc_range_type) && tgc_range_small(iterable, NULL, NULL, NULL))
        capacity = (size_t)tgc_range_small_length(iterable);
    tgc_iterate it;
    if (capacity > TGC_LIST_MAX) {
        tgc_raise_nomem(t);
        return NULL;
    }
    if (tgc_iterate_begin(t, &it, iterable) < 0)
        return NULL;
    tg_value x;
    values = tgi_raw_alloc((capacity + 1) * sizeof *values);
    size_t count = 0;
    int got = values == NULL ? -1 : 1;
    while (got > 0 && (got = tgc_iterate_next(t, &it, &x)) > 0) {
        if (count > capacity) {
            tg_value *more = tgi_raw_realloc(values, (2 * capacity + 1) * sizeof *values);
            if (more == NULL) {
                tgc_release(t, x);
                got = -1;
                break;
            }
            values = more;
            capacity *= 2;
        }
        values[count++] = x;
    }
    tgc_iterate_end(t, &it);
    if (got == 0) {
        *n = count;
        return values;
    }
    if (!tgc_raised(t))
        tgc_raise_nomem(t);
    tgc_values_free(t, values, values == NULL ? 0 : count);
    return NULL;
}

void tgc_values_release(tg_thread *t, const tg_value *values, size_t n)
{
    for (size_t i = 0; values != NULL && i < n; i++)
        tgc_release(t, values[i]);
}

void tgc_values_free(tg_thread *t, tg_value *values, size_t n)
{
    tgc_values_release(t, values, n);
    tgi_raw_free(values);
}

tg_value tgc_list_from_iterable(tg_thread *t, tg_value iterable)
{
    if (tgc_is_exact(iterable, &tgc_list_type))
        return tgc_list_slice(t, iterable, 0, SIZE_MAX);
    if (tgc_is_exact(iterable, &tgc_tuple_type))
        return tgc_list_from_array(t, tgc_tuple_items(iterable), tgc_tuple_size(iterable));
    size_t room = 0;
    tg_value *values = NULL;
    if (tgc_is_exact(iterable, &tgc_range_type) && tgc_range_small(iterable, NULL, NULL, NULL)) {
        room = (size_t)tgc_range_small_length(iterable);
    } else if (snapshot(t, iterable, &values, &room)) {
        tg_value copy = values == NULL ? TGC_NULL : tgc_list_from_steal(t, values, room);
        tgi_raw_free(values);
        return copy;
    }
    tg_value list = tgc_list_new(t, room);
    if (list != TGC_NULL && tgc_list_extend(t, list, iterable) < 0) {
        tgc_release(t, list);
        return TGC_NULL;
    }
    return list;
}

tg_value tgc_tuple_from_iterable(tg_thread *t, tg_value iterable)
{
    if (tgc_is_exact(iterable, &tgc_tuple_type))
        return tgc_retain(t, iterable);
    size_t n;
    tg_value *values = tgc_values_from_iterable(t, iterable, &n);
    if (values == NULL)
        return TGC_NULL;
    tg_value tuple = tgc_tuple_from_steal(t, values, n);
    tgi_raw_free(values);
    return tuple;
}

static bool has_index(tg_value v)
{
    return tgc_is_integer(v) || tgc_type_find(tgc_type_of(v), TGC_NAME(index)) != NULL;
}

int tgc_seq_index(tg_thread *t, tg_value key, const char *kind, int64_t *out)
{
    if (!has_index(key))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "%s indices must be integers or slices, not %s", kind,
                             tgc_type_name(key));
    return tgc_as_index(t, key, out);
}

int tgc_seq_bound(tg_thread *t, tg_value v, int64_t *out)
{
    if (tgc_is_int(v)) {
        *out = tgc_int(v);
        return 0;
    }
    if (!has_index(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "slice indices must be integers or None or have an __index__ method");
    tg_value i = tgc_index(t, v);
    if (i == TGC_NULL)
        return -1;
    if (!tgc_int_try_i64(i, out))
        *out = tgc_int_sign(i) < 0 ? INT64_MIN : INT64_MAX;
    tgc_release(t, i);
    return 0;
}

int tgc_seq_times(tg_thread *t, tg_value v, size_t *out)
{
    if (!has_index(v))
        return 0;
    int64_t n;
    if (tgc_as_index(t, v, &n) < 0) {
        if (tgc_raised_match(t, &TGC_EXC(IndexError)))
            return tgc_raise_int(t, &TGC_EXC(OverflowError),
                                 "cannot fit '%s' into an index-sized integer", tgc_type_name(v));
        return -1;
    }
    *out = n < 0 ? 0 : (size_t)n;
    return 1;
}

tg_value tgc_seq_multiply(tg_thread *t, tg_value seq, tg_value times,
                          tg_value (*repeat)(tg_thread *t, tg_value seq, tg_value times))
{
    // A class with a __rmul__ of its own is asked first, also if it has __index__.
    if (tgc_has_flag(times, TGC_TF_HEAP)) {
        const tgc_name_entry *own = tgc_type_find(tgc_type_of(times), TGC_NAME(rmul));
        if (own != NULL &&
            (!tgc_is_integer(times) || own != tgc_type_find(&tgc_int_type, TGC_NAME(rmul))))
            return TGC_NOTIMPL;
    }
    if (has_index(times))
        return repeat(t, seq, times);
    return tgc_raise(t, &TGC_EXC(TypeError), "can't multiply sequence by non-int of type '%s'",
                     tgc_type_name(times));
}

tg_value tgc_refuse_concat(tg_thread *t, tg_value a, tg_value b, const char *kind)
{
    (void)a;
    if (tgc_type_find(tgc_type_of(b), TGC_NAME(radd)) != NULL && tgc_has_flag(b, TGC_TF_HEAP))
        return TGC_NOTIMPL;
    return tgc_raise(t, &TGC_EXC(TypeError), "can only concatenate %s (not \"%s\") to %s", kind,
                     tgc_type_name(b), kind);
}

int tgc_no_keywords(tg_thread *t, const char *fname, tg_value kwnames)
{
    if (kwnames == TGC_NULL || tgc_tuple_size(kwnames) == 0)
        return 0;
    return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() takes no keyword arguments", fname);
}

int tgc_hash_unhashable(tg_thread *t, tg_value v, uint64_t *out)
{
    (void)out;
    return tgc_raise_int(t, &TGC_EXC(TypeError), "unhashable type: '%s'", tgc_type_name(v));
}

tg_value tgc_repr_values(tg_thread *t, const char *open, const tg_value *values, size_t n,
                         const char *close)
{
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    int bad = tgc_strbuf_append_cstr(t, &b, open);
    for (size_t i = 0; bad == 0 && i < n; i++) {
        if (i > 0)
            bad = tgc_strbuf_append_cstr(t, &b, ", ");
        if (bad == 0)
            bad = tgc_strbuf_append_repr(t, &b, values[i]);
    }
    if (bad == 0)
        bad = tgc_strbuf_append_cstr(t, &b, close);
    if (bad == 0)
        return tgc_strbuf_finish(t, &b);
    tgc_strbuf_discard(&b);
    return TGC_NULL;
}

tg_value tgc_compare_values(tg_thread *t, tgc_cmpop op, const tg_value *a, size_t na,
                            const tg_value *b, size_t nb)
{
    size_t n = na < nb ? na : nb;
    for (size_t i = 0; i < n; i++) {
        tg_value x = a[i], y = b[i];
        if (x == y)
            continue;
        int same = tgc_both_int(x, y) ? 0 : tgc_equal(t, x, y);
        if (same < 0)
            return TGC_NULL;
        if (same == 0)
            return op == TGC_EQ ? TGC_FALSE : op == TGC_NE ? TGC_TRUE : tgc_compare(t, op, x, y);
    }
    return tgc_from_order(op, (na > nb) - (na < nb));
}
