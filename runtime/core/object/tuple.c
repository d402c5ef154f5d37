// SPDX-License-Identifier: MIT
//
// tuple.c - tuples.
//
// A tuple is shown to the collector only if it holds something that can be part of a cycle: most
// hold numbers and text, and need not be looked at by every collection.
#include "core/object/tuple.h"

#include "core/object/class.h" // tgc_attrs_init
#include "core/object/error.h" // tgc_raise
#include "core/object/iter.h"  // tgc_iter_tuple
#include "core/object/seq.h"   // shared helpers
#include "core/object/slice.h" // tgc_slice_indices
#include "core/object/state.h" // tgc_repr_enter
#include "mem/raw.h"           // tgi_raw_free

static tgc_tuple empty_tuple = {TGC_IMMORTAL_HEAD(&tgc_tuple_type), 0, sizeof(tgc_tuple), 0};

tg_value tgc_tuple_empty(void)
{
    return tgc_from_ptr(&empty_tuple);
}

static tgc_tuple *make(tg_thread *t, tgc_type *type, size_t n)
{
    if (n > TGC_TUPLE_MAX || type->size > UINT16_MAX) {
        tgc_raise_nomem(t);
        return NULL;
    }
    tgc_tuple *o = (tgc_tuple *)(void *)tgc_new_raw(t, type, type->size + n * sizeof(tg_value));
    if (o == NULL)
        return NULL;
    o->count = (uint32_t)n;
    o->items_at = (uint16_t)type->size;
    o->tracked = 0;
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, &o->head);
    return o;
}

static bool may_close_cycle(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_TRACKED);
}

// Ends the making of a tuple whose items are all set.
static tg_value finish(tg_thread *t, tgc_tuple *o, bool track)
{
    if (track) {
        o->tracked = 1;
        tgc_track(t, &o->head);
    }
    return tgc_from_ptr(o);
}

tg_value tgc_tuple_new_typed(tg_thread *t, tgc_type *type, size_t n)
{
    if (n == 0 && type == &tgc_tuple_type)
        return tgc_tuple_empty();
    tgc_tuple *o = make(t, type, n);
    if (o == NULL)
        return TGC_NULL;
    tg_value *items = tgc_tuple_items(tgc_from_ptr(o));
    for (size_t i = 0; i < n; i++)
        items[i] = TGC_UNBOUND;
    return finish(t, o, true);
}

tg_value tgc_tuple_new(tg_thread *t, size_t n)
{
    return tgc_tuple_new_typed(t, &tgc_tuple_type, n);
}

tg_value tgc_tuple_from_steal(tg_thread *t, tg_value *values, size_t n)
{
    if (n == 0)
        return tgc_tuple_empty();
    tgc_tuple *o = make(t, &tgc_tuple_type, n);
    if (TGI_UNLIKELY(o == NULL)) {
        tgc_values_release(t, values, n);
        return TGC_NULL;
    }
    tg_value *items = (tg_value *)(void *)(o + 1);
    bool track = false;
    for (size_t i = 0; i < n; i++) {
        items[i] = values[i];
        track = track || may_close_cycle(values[i]);
    }
    return finish(t, o, track);
}

// The spare tuple is never read in place, only taken out whole, so it need not be published: it
// stays one that can be seen to be unshared.
static tg_value spare_swap(_Atomic(tg_value) *spare, tg_value v)
{
    if (!TGC_FREE_THREADED) {
        tg_value old = atom_load_relaxed(spare); // ORDER: relaxed; one thread at a time.
        atom_store_relaxed(spare, v);            // ORDER: relaxed; as above.
        return old;
    }
    // ORDER: acq_rel; hands the tuple with its content from thread to thread.
    return atom_exchange_acq_rel(spare, v);
}

// Puts the values into the spare tuple v, if it is to be had for itself; *values gets the old
// items.
static inline bool refill(tg_thread *t, tg_value v, tg_value *values, size_t n)
{
    tgc_tuple *o = tgc_tuple_of(v);
    if (o->count != n || !tgc_is_unique(t, &o->head))
        return false;
    for (size_t i = 0; !o->tracked && i < n; i++) {
        if (may_close_cycle(values[i]))
            return false;
    }
    tg_value *items = (tg_value *)(void *)(o + 1);
    for (size_t i = 0; i < n; i++) {
        tg_value old = items[i];
        items[i] = values[i];
        values[i] = old;
    }
    return true;
}

static TGI_NOINLINE tg_value replace_spare(tg_thread *t, _Atomic(tg_value) *spare, tg_value v,
                                           tg_value *values, size_t n)
{
    tgc_release(t, v);
    v = tgc_tuple_from_steal(t, values, n);
    if (v != TGC_NULL && n > 0)
        tgc_release(t, spare_swap(spare, tgc_retain(t, v)));
    return v;
}

tg_value tgc_tuple_reuse_steal(tg_thread *t, _Atomic(tg_value) *spare, tg_value *values, size_t n)
{
    tg_value v = spare_swap(spare, TGC_NULL);
    if (v == TGC_NULL || !(n == 2 ? refill(t, v, values, 2) : refill(t, v, values, n)))
        return replace_spare(t, spare, v, values, n);
    tgc_release(t, spare_swap(spare, tgc_retain(t, v)));
    for (size_t i = 0; i < n; i++)
        tgc_release(t, values[i]);
    return v;
}

tg_value tgc_tuple_pack2_steal(tg_thread *t, tg_value a, tg_value b)
{
    tg_value values[2] = {a, b};
    return tgc_tuple_from_steal(t, values, 2);
}

tg_value tgc_tuple_from_array(tg_thread *t, const tg_value *values, size_t n)
{
    if (n == 0)
        return tgc_tuple_empty();
    tgc_tuple *o = make(t, &tgc_tuple_type, n);
    if (TGI_UNLIKELY(o == NULL))
        return TGC_NULL;
    tg_value *items = (tg_value *)(void *)(o + 1);
    bool track = false;
    for (size_t i = 0; i < n; i++) {
        items[i] = tgc_retain(t, values[i]);
        track = track || may_close_cycle(values[i]);
    }
    return finish(t, o, track);
}

tg_value tgc_tuple_slice(tg_thread *t, tg_value v, size_t lo, size_t hi)
{
    size_t n = tgc_tuple_size(v);
    hi = hi < n ? hi : n;
    lo = lo < hi ? lo : hi;
    if (hi - lo == n && tgc_is_exact(v, &tgc_tuple_type))
        return tgc_retain(t, v);
    return tgc_tuple_from_array(t, tgc_tuple_items(v) + lo, hi - lo);
}

static void tuple_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_tuple *tuple = (tgc_tuple *)(void *)o;
    if (tuple == &empty_tuple) {
        tgc_make_immortal(o); // a constant of code that went away
        return;
    }
    if (tuple->tracked)
        tgc_untrack(t, o);
    size_t size = tuple->items_at + tuple->count * sizeof(tg_value);
    tg_value *items = tgc_tuple_items(tgc_from_ptr(o));
    for (size_t n = tuple->count; n-- > 0;)
        tgc_release(t, items[n]);
    tgc_delete(t, o, size);
}

// For the collector and the end of the runtime only: nobody can reach the tuple any more.
static void tuple_clear(tg_thread *t, tgc_obj *o)
{
    tg_value *items = tgc_tuple_items(tgc_from_ptr(o));
    for (size_t i = 0; i < ((tgc_tuple *)(void *)o)->count; i++)
        tgc_drop_field(t, &items[i]);
}

static void tuple_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_tuple *tuple = (tgc_tuple *)(void *)o;
    tg_value *items = tgc_tuple_items(tgc_from_ptr(o));
    for (size_t i = 0; i < tuple->count; i++)
        visit(items[i], arg);
}

static tg_value tuple_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                tg_value kwnames)
{
    if (type == &tgc_tuple_type && tgc_no_keywords(t, "tuple", kwnames) < 0)
        return TGC_NULL;
    if (nargs > 1 && kwnames == TGC_NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "tuple expected at most 1 argument, got %zu",
                         nargs);
    if (type == &tgc_tuple_type)
        return nargs == 0 ? tgc_tuple_empty() : tgc_tuple_from_iterable(t, args[0]);
    size_t n = 0;
    tg_value *values = NULL;
    if (nargs > 0 && (values = tgc_values_from_iterable(t, args[0], &n)) == NULL)
        return TGC_NULL;
    tg_value v = tgc_tuple_new_typed(t, type, n);
    for (size_t i = 0; v != TGC_NULL && i < n; i++)
        tgc_tuple_init_item(v, i, values[i]);
    if (v == TGC_NULL)
        tgc_values_release(t, values, n);
    tgi_raw_free(values);
    return v;
}

static tg_value tuple_repr(tg_thread *t, tg_value v)
{
    size_t n = tgc_tuple_size(v);
    tgc_repr_level level;
    int again = tgc_repr_enter(t, tgc_ptr(v), &level);
    if (again != 0)
        return again < 0 ? TGC_NULL : tgc_str_cstr(t, "(...)");
    tg_value text = tgc_repr_values(t, "(", tgc_tuple_items(v), n, n == 1 ? ",)" : ")");
    tgc_repr_leave(t, &level);
    return text;
}

static int tuple_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    const tg_value *items = tgc_tuple_items(v);
    size_t n = tgc_tuple_size(v);
    // Two lanes of multiply and rotate: order matters, small integers spread.
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) + n;
    for (size_t i = 0; i < n; i++) {
        uint64_t x;
        if (tgc_hash_key(t, items[i], &x) < 0)
            return -1;
        x *= UINT64_C(0xc2b2ae3d27d4eb4f);
        h = (h ^ (x ^ x >> 29)) * UINT64_C(0x165667b19e3779f9);
        h = h << 31 | h >> 33;
    }
    h ^= h >> 32;
    *out = h == UINT64_MAX ? UINT64_C(1546275796) : h;
    return 0;
}

static int64_t tuple_length(tg_thread *t, tg_value v)
{
    (void)t;
    return (int64_t)tgc_tuple_size(v);
}

static tg_value tuple_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (!tgc_is_tuple(b))
        return TGC_NOTIMPL;
    return tgc_compare_values(t, op, tgc_tuple_items(a), tgc_tuple_size(a), tgc_tuple_items(b),
                              tgc_tuple_size(b));
}

static int tuple_contains(tg_thread *t, tg_value v, tg_value x)
{
    const tg_value *items = tgc_tuple_items(v);
    for (size_t i = 0; i < tgc_tuple_size(v); i++) {
        int same = items[i] == x ? 1 : tgc_both_int(items[i], x) ? 0 : tgc_equal(t, items[i], x);
        if (same != 0)
            return same;
    }
    return 0;
}

static tg_value tuple_getitem(tg_thread *t, tg_value v, tg_value key)
{
    size_t n = tgc_tuple_size(v);
    int64_t i;
    if (tgc_is_int(key)) {
        i = tgc_int(key);
    } else if (tgc_is_slice(key)) {
        int64_t start, stop, step, count;
        if (tgc_slice_indices(t, key, (int64_t)n, &start, &stop, &step, &count) < 0)
            return TGC_NULL;
        if (step == 1)
            return tgc_tuple_slice(t, v, (size_t)start, (size_t)(start + count));
        tg_value out = tgc_tuple_new(t, (size_t)count);
        for (int64_t k = 0; out != TGC_NULL && k < count; k++)
            tgc_tuple_init_item(out, (size_t)k,
                                tgc_retain(t, tgc_tuple_peek(v, (size_t)(start + k * step))));
        return out;
    } else if (tgc_seq_index(t, key, "tuple", &i) < 0) {
        return TGC_NULL;
    }
    if (i < 0)
        i += (int64_t)n;
    if ((size_t)i >= n)
        return tgc_raise(t, &TGC_EXC(IndexError), "tuple index out of range");
    return tgc_retain(t, tgc_tuple_peek(v, (size_t)i));
}

static tg_value concat(tg_thread *t, tg_value a, tg_value b)
{
    size_t na = tgc_tuple_size(a), nb = tgc_tuple_size(b);
    if (nb == 0 && tgc_is_exact(a, &tgc_tuple_type))
        return tgc_retain(t, a);
    if (na == 0 && tgc_is_exact(b, &tgc_tuple_type))
        return tgc_retain(t, b);
    tg_value v = tgc_tuple_new(t, na + nb);
    if (v == TGC_NULL)
        return v;
    for (size_t i = 0; i < na; i++)
        tgc_tuple_init_item(v, i, tgc_retain(t, tgc_tuple_peek(a, i)));
    for (size_t i = 0; i < nb; i++)
        tgc_tuple_init_item(v, na + i, tgc_retain(t, tgc_tuple_peek(b, i)));
    return v;
}

static tg_value repeat(tg_thread *t, tg_value v, tg_value times)
{
    size_t count, n = tgc_tuple_size(v), total;
    if (tgc_seq_times(t, times, &count) < 0)
        return TGC_NULL;
    if (n == 0 || count == 0)
        return tgc_tuple_empty();
    if (count == 1 && tgc_is_exact(v, &tgc_tuple_type))
        return tgc_retain(t, v);
    if (__builtin_mul_overflow(n, count, &total) || total > TGC_TUPLE_MAX)
        return tgc_raise_nomem(t);
    tg_value out = tgc_tuple_new(t, total);
    for (size_t i = 0; out != TGC_NULL && i < total; i++)
        tgc_tuple_init_item(out, i, tgc_retain(t, tgc_tuple_peek(v, i % n)));
    return out;
}

static tg_value tuple_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op == TGC_ADD && tgc_is_tuple(a))
        return tgc_is_tuple(b) ? concat(t, a, b) : tgc_refuse_concat(t, a, b, "tuple");
    if (op == TGC_MUL)
        return tgc_is_tuple(a) ? tgc_seq_multiply(t, a, b, repeat)
                               : tgc_seq_multiply(t, b, a, repeat);
    return TGC_NOTIMPL;
}

static tg_value method_index(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    int64_t start = 0, stop = INT64_MAX, n = (int64_t)tgc_tuple_size(args[0]);
    if (nargs > 2 && tgc_seq_bound(t, args[2], &start) < 0)
        return TGC_NULL;
    if (nargs > 3 && tgc_seq_bound(t, args[3], &stop) < 0)
        return TGC_NULL;
    (void)tgc_slice_adjust(n, &start, &stop, 1);
    for (int64_t i = start; i < stop; i++) {
        int same = tgc_equal(t, tgc_tuple_peek(args[0], (size_t)i), args[1]);
        if (same != 0)
            return same < 0 ? TGC_NULL : tgc_from_int(i);
    }
    return tgc_raise(t, &TGC_EXC(ValueError), "tuple.index(x): x not in tuple");
}

static tg_value method_count(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int64_t count = 0;
    for (size_t i = 0; i < tgc_tuple_size(args[0]); i++) {
        int same = tgc_equal(t, tgc_tuple_peek(args[0], i), args[1]);
        if (same < 0)
            return TGC_NULL;
        count += same;
    }
    return tgc_from_int(count);
}

static const tgc_method_def tuple_methods[] = {
    {"index", method_index, 1, 3, 0},
    {"count", method_count, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

tgc_type tgc_tuple_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "tuple",
    .doc = "Built-in immutable sequence.",
    .flags = TGC_TF_TUPLE | TGC_TF_TRACKED | TGC_TF_BASETYPE,
    .size = sizeof(tgc_tuple),
    .methods = tuple_methods,
    .dealloc = tuple_dealloc,
    .clear = tuple_clear,
    .traverse = tuple_traverse,
    .construct = tuple_construct,
    .repr = tuple_repr,
    .hash = tuple_hash,
    .length = tuple_length,
    .binary = tuple_binary,
    .compare = tuple_compare,
    .getitem = tuple_getitem,
    .contains = tuple_contains,
    .iter = tgc_iter_tuple,
};
