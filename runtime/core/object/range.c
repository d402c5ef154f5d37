// SPDX-License-Identifier: MIT
//
// range.c - range objects: arithmetic on start, stop, step; never a list of numbers.
#include "core/object/range.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/int.h"   // numbers of any size
#include "core/object/iter.h"  // tgc_iter_range
#include "core/object/seq.h"   // tgc_seq_index
#include "core/object/slice.h" // range[i:j:k]
#include "core/object/str.h"   // repr
#include "core/object/tuple.h" // hash

// a op b; consumes neither. TGC_NULL raised.
static tg_value calc(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    return tgc_int_binary(t, op, a, b);
}

// max(0, ceil((stop - start) / step)) as an integer.
static tg_value length_of(tg_thread *t, tg_value start, tg_value stop, tg_value step)
{
    if (tgc_both_int(start, stop) && tgc_is_int(step)) {
        int64_t lo = tgc_int(start), hi = tgc_int(stop), by = tgc_int(step);
        if (by > 0)
            return lo < hi ? tgc_int_from_i64(t, (hi - lo - 1) / by + 1) : tgc_from_int(0);
        return lo > hi ? tgc_int_from_i64(t, (lo - hi - 1) / -by + 1) : tgc_from_int(0);
    }
    int sign = tgc_int_sign(step);
    if (tgc_int_order(start, stop) * sign >= 0)
        return tgc_from_int(0);
    // Rounded up: (stop - start - sign) // step + 1.
    tg_value span = calc(t, TGC_SUB, stop, start);
    tg_value less = span == TGC_NULL ? span : calc(t, TGC_SUB, span, tgc_from_int(sign));
    tg_value n = less == TGC_NULL ? less : calc(t, TGC_FLOORDIV, less, step);
    tg_value more = n == TGC_NULL ? n : calc(t, TGC_ADD, n, tgc_from_int(1));
    tgc_release(t, span);
    tgc_release(t, less);
    tgc_release(t, n);
    return more;
}

// Takes the references.
static tg_value make(tg_thread *t, tg_value start, tg_value stop, tg_value step)
{
    tg_value length = length_of(t, start, stop, step);
    tgc_range *r =
        length == TGC_NULL ? NULL : (tgc_range *)(void *)tgc_new_raw(t, &tgc_range_type, sizeof *r);
    if (r == NULL) {
        tgc_release(t, start);
        tgc_release(t, stop);
        tgc_release(t, step);
        tgc_release(t, length);
        return TGC_NULL;
    }
    r->start = start;
    r->stop = stop;
    r->step = step;
    r->length = length;
    return tgc_from_ptr(r);
}

tg_value tgc_range_new(tg_thread *t, int64_t start, int64_t stop, int64_t step)
{
    return make(t, tgc_from_int(start), tgc_from_int(stop), tgc_from_int(step));
}

static tg_value as_number(tg_thread *t, tg_value v)
{
    return tgc_is_int(v)    ? v
           : v == TGC_TRUE  ? tgc_from_int(1)
           : v == TGC_FALSE ? tgc_from_int(0)
                            : tgc_index(t, v);
}

static tg_value range_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                tg_value kwnames)
{
    (void)type;
    if (tgc_no_keywords(t, "range", kwnames) < 0)
        return TGC_NULL;
    if (nargs == 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "range expected at least 1 argument, got 0");
    if (nargs > 3)
        return tgc_raise(t, &TGC_EXC(TypeError), "range expected at most 3 arguments, got %zu",
                         nargs);
    tg_value start = nargs == 1 ? tgc_from_int(0) : as_number(t, args[0]);
    tg_value stop = start == TGC_NULL ? start : as_number(t, args[nargs == 1 ? 0 : 1]);
    tg_value step = stop == TGC_NULL ? stop : nargs < 3 ? tgc_from_int(1) : as_number(t, args[2]);
    if (step == tgc_from_int(0))
        tgc_raise(t, &TGC_EXC(ValueError), "range() arg 3 must not be zero");
    if (step == TGC_NULL || step == tgc_from_int(0)) {
        tgc_release(t, start);
        tgc_release(t, stop);
        return TGC_NULL;
    }
    return make(t, start, stop, step);
}

static void range_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_range *r = (tgc_range *)(void *)o;
    tgc_release(t, r->start);
    tgc_release(t, r->stop);
    tgc_release(t, r->step);
    tgc_release(t, r->length);
    tgc_delete(t, o, sizeof *r);
}

static tg_value range_repr(tg_thread *t, tg_value v)
{
    tgc_range *r = tgc_range_of(v);
    const tg_value parts[3] = {r->start, r->stop, r->step};
    return tgc_repr_values(t, "range(", parts, r->step == tgc_from_int(1) ? 2 : 3, ")");
}

static int64_t range_length(tg_thread *t, tg_value v)
{
    int64_t n;
    if (tgc_int_try_i64(tgc_range_of(v)->length, &n))
        return n;
    return tgc_raise_int(t, &TGC_EXC(OverflowError),
                         "Python int too large to convert to C ssize_t");
}

static int range_truth(tg_thread *t, tg_value v)
{
    (void)t;
    return tgc_range_of(v)->length != tgc_from_int(0);
}

// start + i * step; i is an integer, not checked.
static tg_value item_at(tg_thread *t, tgc_range *r, tg_value i)
{
    tg_value part = calc(t, TGC_MUL, i, r->step);
    if (part == TGC_NULL)
        return part;
    tg_value x = calc(t, TGC_ADD, r->start, part);
    tgc_release(t, part);
    return x;
}

static tg_value get_slice(tg_thread *t, tgc_range *r, tg_value slice)
{
    int64_t n, start, stop, step, count;
    if (!tgc_int_try_i64(r->length, &n))
        return tgc_raise(t, &TGC_EXC(OverflowError),
                         "Python int too large to convert to C ssize_t");
    if (tgc_slice_indices(t, slice, n, &start, &stop, &step, &count) < 0)
        return TGC_NULL;
    tg_value by = calc(t, TGC_MUL, r->step, tgc_int_from_i64(t, step));
    tg_value first = by == TGC_NULL ? by : item_at(t, r, tgc_int_from_i64(t, start));
    tg_value last = first == TGC_NULL ? first : item_at(t, r, tgc_int_from_i64(t, stop));
    if (last != TGC_NULL)
        return make(t, first, last, by);
    tgc_release(t, first);
    tgc_release(t, by);
    return TGC_NULL;
}

static tg_value range_getitem(tg_thread *t, tg_value v, tg_value key)
{
    tgc_range *r = tgc_range_of(v);
    int64_t start, step;
    if (tgc_is_int(key) && tgc_range_small(v, &start, NULL, &step)) {
        int64_t i = tgc_int(key), n = tgc_int(r->length);
        if (i < 0)
            i += n;
        if (i < 0 || i >= n)
            return tgc_raise(t, &TGC_EXC(IndexError), "range object index out of range");
        return tgc_from_int(start + i * step);
    }
    if (tgc_is_slice(key))
        return get_slice(t, r, key);
    int64_t ignored;
    if (!tgc_is_integer(key) && tgc_seq_index(t, key, "range", &ignored) < 0)
        return TGC_NULL;
    tg_value i = as_number(t, key);
    if (i != TGC_NULL && tgc_int_sign(i) < 0) {
        tg_value from_end = calc(t, TGC_ADD, i, r->length);
        tgc_release(t, i);
        i = from_end;
    }
    if (i == TGC_NULL)
        return i;
    tg_value x = TGC_NULL;
    if (tgc_int_sign(i) < 0 || tgc_int_order(i, r->length) >= 0)
        tgc_raise(t, &TGC_EXC(IndexError), "range object index out of range");
    else
        x = item_at(t, r, i);
    tgc_release(t, i);
    return x;
}

// The index of integer x: 1 and *out, or 0 if it is not in the range.
static int find_integer(tg_thread *t, tgc_range *r, tg_value x, tg_value *out)
{
    tg_value off = calc(t, TGC_SUB, x, r->start);
    tg_value rest = off == TGC_NULL ? off : calc(t, TGC_MOD, off, r->step);
    if (rest == TGC_NULL) {
        tgc_release(t, off);
        return -1;
    }
    bool found = tgc_int_sign(rest) == 0;
    tgc_release(t, rest);
    tg_value i = found ? calc(t, TGC_FLOORDIV, off, r->step) : tgc_from_int(-1);
    tgc_release(t, off);
    if (i == TGC_NULL)
        return -1;
    if (tgc_int_sign(i) < 0 || tgc_int_order(i, r->length) >= 0) {
        tgc_release(t, i);
        return 0;
    }
    *out = i;
    return 1;
}

// Counts the items equal to x, or with `first` stops at the first and gives its index; -1 raised,
// -2 none.
static int64_t search(tg_thread *t, tg_value v, tg_value x, bool first)
{
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, v) < 0)
        return -1;
    int64_t i = 0, count = 0;
    tg_value item;
    int got, same = 0;
    while ((got = tgc_iterate_next(t, &it, &item)) > 0) {
        same = tgc_equal(t, item, x);
        tgc_release(t, item);
        if (same < 0 || (same > 0 && first))
            break;
        count += same;
        i++;
    }
    tgc_iterate_end(t, &it);
    if (got < 0 || same < 0)
        return -1;
    return first ? (got > 0 ? i : -2) : count;
}

static int range_contains(tg_thread *t, tg_value v, tg_value x)
{
    if (!tgc_is_integer(x)) {
        int64_t i = search(t, v, x, true);
        return i == -1 ? -1 : i >= 0;
    }
    tg_value i = TGC_NULL, number = as_number(t, x);
    int found = number == TGC_NULL ? -1 : find_integer(t, tgc_range_of(v), number, &i);
    tgc_release(t, number);
    tgc_release(t, i);
    return found;
}

static tg_value range_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    (void)t;
    if (!tgc_is_exact(b, &tgc_range_type) || (op != TGC_EQ && op != TGC_NE))
        return TGC_NOTIMPL;
    tgc_range *x = tgc_range_of(a), *y = tgc_range_of(b);
    bool same = tgc_int_equal(x->length, y->length);
    if (same && x->length != tgc_from_int(0))
        same = tgc_int_equal(x->start, y->start) &&
               (x->length == tgc_from_int(1) || tgc_int_equal(x->step, y->step));
    return tgc_from_bool(same == (op == TGC_EQ));
}

static int range_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    tgc_range *r = tgc_range_of(v);
    bool some = r->length != tgc_from_int(0), many = some && r->length != tgc_from_int(1);
    const tg_value parts[3] = {r->length, some ? r->start : TGC_NONE, many ? r->step : TGC_NONE};
    tg_value tuple = tgc_tuple_from_array(t, parts, 3);
    if (tuple == TGC_NULL)
        return -1;
    int bad = tgc_hash(t, tuple, out);
    tgc_release(t, tuple);
    return bad;
}

static tg_value get_start(tg_thread *t, tg_value v)
{
    return tgc_retain(t, tgc_range_of(v)->start);
}
static tg_value get_stop(tg_thread *t, tg_value v)
{
    return tgc_retain(t, tgc_range_of(v)->stop);
}
static tg_value get_step(tg_thread *t, tg_value v)
{
    return tgc_retain(t, tgc_range_of(v)->step);
}

static tg_value method_index(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    if (tgc_is_integer(args[1])) {
        tg_value i = TGC_NULL, number = as_number(t, args[1]);
        int found = number == TGC_NULL ? -1 : find_integer(t, tgc_range_of(args[0]), number, &i);
        tgc_release(t, number);
        if (found != 0)
            return found < 0 ? TGC_NULL : i;
    } else {
        int64_t i = search(t, args[0], args[1], true);
        if (i != -2)
            return i < 0 ? TGC_NULL : tgc_from_int(i);
        return tgc_raise(t, &TGC_EXC(ValueError), "sequence.index(x): x not in sequence");
    }
    tg_value text = tgc_repr(t, args[1]);
    const char *s = text == TGC_NULL ? NULL : tgc_str_utf8(t, text, NULL);
    if (s != NULL)
        tgc_raise(t, &TGC_EXC(ValueError), "%s is not in range", s);
    tgc_release(t, text);
    return TGC_NULL;
}

static tg_value method_count(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    if (tgc_is_integer(args[1])) {
        int found = range_contains(t, args[0], args[1]);
        return found < 0 ? TGC_NULL : tgc_from_int(found);
    }
    int64_t n = search(t, args[0], args[1], false);
    return n < 0 ? TGC_NULL : tgc_from_int(n);
}

static tg_value method_reversed(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_iter_range_reversed(t, args[0]);
}

static const tgc_method_def range_methods[] = {
    {"index", method_index, 1, 1, 0},
    {"count", method_count, 1, 1, 0},
    {"__reversed__", method_reversed, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

static const tgc_getset_def range_getsets[] = {
    {"start", get_start, NULL},
    {"stop", get_stop, NULL},
    {"step", get_step, NULL},
    {NULL, NULL, NULL},
};

tgc_type tgc_range_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "range",
    .size = sizeof(tgc_range),
    .methods = range_methods,
    .getsets = range_getsets,
    .dealloc = range_dealloc,
    .construct = range_construct,
    .repr = range_repr,
    .hash = range_hash,
    .truth = range_truth,
    .length = range_length,
    .compare = range_compare,
    .getitem = range_getitem,
    .contains = range_contains,
    .iter = tgc_iter_range,
};

// --- iterators. One index that only rises: threads that share one may get an item twice, never a
// wrong one.

typedef struct range_iter {
    tgc_obj head;
    int64_t start, step, length; // const after init
    _Atomic(int64_t) next;       // any thread
} range_iter;

static tg_value small_iter(tg_thread *t, int64_t start, int64_t step, int64_t length)
{
    range_iter *it = (range_iter *)(void *)tgc_new_raw(t, &tgc_range_iter_type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->start = start;
    it->step = step;
    it->length = length;
    atom_store_relaxed(&it->next, 0); // ORDER: relaxed; private.
    return tgc_from_ptr(it);
}

static tg_value range_iter_next(tg_thread *t, tg_value v)
{
    range_iter *it = (range_iter *)(void *)tgc_ptr(v);
    int64_t i;
    do {
        // ORDER: relaxed; nothing depends on it but the number itself.
        i = atom_load_relaxed(&it->next);
        if (i >= it->length)
            return TGC_NULL;
    } while (!TGC_ITER_MOVE(t, it, &it->next, i, i + 1));
    return tgc_from_int(it->start + i * it->step);
}

static void range_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_delete(t, o, sizeof(range_iter));
}

tgc_type tgc_range_iter_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "range_iterator", .size = sizeof(range_iter),
    .dealloc = range_iter_dealloc,     .iter = tgc_iter_self,    .next = range_iter_next,
};

typedef struct long_range_iter {
    tgc_obj head;
    tg_value range;        // const after init
    bool down;             // const after init: from the last item to the first
    _Atomic(int64_t) next; // any thread
} long_range_iter;

static tg_value long_iter(tg_thread *t, tg_value range, bool down)
{
    long_range_iter *it =
        (long_range_iter *)(void *)tgc_new_raw(t, &tgc_long_range_iter_type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->range = tgc_retain(t, range);
    it->down = down;
    atom_store_relaxed(&it->next, 0); // ORDER: relaxed; private.
    return tgc_from_ptr(it);
}

static tg_value long_range_iter_next(tg_thread *t, tg_value v)
{
    long_range_iter *it = (long_range_iter *)(void *)tgc_ptr(v);
    tgc_range *r = tgc_range_of(it->range);
    int64_t i;
    do {
        i = atom_load_relaxed(&it->next); // ORDER: relaxed; as in range_iter_next.
        if (tgc_int_order(tgc_from_int(i), r->length) >= 0)
            return TGC_NULL;
    } while (!TGC_ITER_MOVE(t, it, &it->next, i, i + 1));
    if (!it->down)
        return item_at(t, r, tgc_from_int(i));
    tg_value from_end = calc(t, TGC_SUB, r->length, tgc_from_int(i + 1));
    tg_value x = from_end == TGC_NULL ? from_end : item_at(t, r, from_end);
    tgc_release(t, from_end);
    return x;
}

static void long_range_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_release(t, ((long_range_iter *)(void *)o)->range);
    tgc_delete(t, o, sizeof(long_range_iter));
}

tgc_type tgc_long_range_iter_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "longrange_iterator",
    .size = sizeof(long_range_iter),
    .dealloc = long_range_iter_dealloc,
    .iter = tgc_iter_self,
    .next = long_range_iter_next,
};

tg_value tgc_iter_range(tg_thread *t, tg_value v)
{
    int64_t start, step;
    if (!tgc_range_small(v, &start, NULL, &step))
        return long_iter(t, v, false);
    return small_iter(t, start, step, tgc_range_small_length(v));
}

tg_value tgc_iter_range_reversed(tg_thread *t, tg_value v)
{
    int64_t start, step;
    if (!tgc_range_small(v, &start, NULL, &step))
        return long_iter(t, v, true);
    int64_t n = tgc_range_small_length(v);
    return small_iter(t, n == 0 ? start : start + (n - 1) * step, n == 0 ? step : -step, n);
}
