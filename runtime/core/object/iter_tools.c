// SPDX-License-Identifier: MIT
//
// iter_tools.c - enumerate, zip, map, filter, reversed: iterators over iterators.
//
// Their fields do not change after construction but for counters, so threads may share one: what
// the inner iterators allow, these allow. Two steps at the same time may pair items that were not
// neighbours.
#include "core/object/iter.h"

#include "core/object/class.h" // tgc_special_call
#include "core/object/error.h" // tgc_raise
#include "core/object/int.h"   // tgc_int_from_i64
#include "core/object/known.h" // TGC_NAME
#include "core/object/list.h"  // tgc_list_size
#include "core/object/seq.h"   // helpers
#include "core/object/step.h"  // points
#include "core/object/tuple.h" // results
#include "mem/raw.h"           // argument arrays

#define FEW 8 // iterators that need no allocation per step

// Before a step of `inner`, which nobody has but `outer`: as soon as several threads may be in a
// step of the one they may be in a step of the other. Note [iterator-position].
static inline void share_inner(tg_thread *t, const tgc_obj *outer, tg_value inner)
{
    if (TGC_FREE_THREADED && TGI_UNLIKELY(!tgc_is_unique(t, outer)))
        tgc_publish_value(t, inner);
}

// --- enumerate

typedef struct enumerate {
    tgc_obj head;
    tg_value it, start;      // const after init
    _Atomic(int64_t) count;  // any thread
    _Atomic(tg_value) spare; // any thread: tgc_tuple_reuse_steal
} enumerate;

static tg_value enumerate_construct(tg_thread *t, tgc_type *type, const tg_value *args,
                                    size_t nargs, tg_value kwnames)
{
    static const char *const names[] = {"iterable", "start", NULL};
    tg_value out[2];
    if (nargs == 0)
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "enumerate() missing required argument 'iterable'");
    if (tgc_parse_args(t, "enumerate", names, 1, args, nargs, kwnames, out) < 0)
        return TGC_NULL;
    tg_value start = out[1] == TGC_NULL ? tgc_from_int(0) : tgc_index(t, out[1]);
    tg_value it = start == TGC_NULL ? start : tgc_iter(t, out[0]);
    enumerate *e = it == TGC_NULL ? NULL : (enumerate *)(void *)tgc_new_raw(t, type, sizeof *e);
    if (e == NULL) {
        tgc_release(t, it);
        tgc_release(t, start);
        return TGC_NULL;
    }
    e->it = it;
    e->start = start;
    atom_store_relaxed(&e->count, 0);        // ORDER: relaxed; private.
    atom_store_relaxed(&e->spare, TGC_NULL); // ORDER: relaxed; private.
    tgc_track(t, &e->head);
    return tgc_from_ptr(e);
}

static void enumerate_dealloc(tg_thread *t, tgc_obj *o)
{
    enumerate *e = (enumerate *)(void *)o;
    tgc_untrack(t, o);
    tgc_release(t, e->it);
    tgc_release(t, e->start);
    tgc_release(t, atom_load_relaxed(&e->spare)); // ORDER: relaxed; dead.
    tgc_delete(t, o, sizeof *e);
}

static void enumerate_clear(tg_thread *t, tgc_obj *o)
{
    enumerate *e = (enumerate *)(void *)o;
    // ORDER: relaxed; nobody can reach it any more.
    tgc_release(t, atom_exchange_relaxed(&e->spare, TGC_NULL));
    tgc_drop_field(t, &e->it);
}

static void enumerate_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((enumerate *)(void *)o)->it, arg);
    // ORDER: relaxed; world stopped.
    visit(atom_load_relaxed(&((enumerate *)(void *)o)->spare), arg);
}

static tg_value enumerate_next(tg_thread *t, tg_value v)
{
    enumerate *e = (enumerate *)(void *)tgc_ptr(v);
    share_inner(t, &e->head, e->it);
    tg_value x = tgc_next(t, e->it);
    if (x == TGC_NULL)
        return x;
    // ORDER: relaxed; nothing depends on it but the number itself.
    int64_t n = atom_load_relaxed(&e->count);
    atom_store_relaxed(&e->count, n + 1); // ORDER: relaxed; as above.
    tg_value number = TGI_LIKELY(tgc_is_int(e->start))
                          ? tgc_int_from_i64(t, tgc_int(e->start) + n)
                          : tgc_int_binary(t, TGC_ADD, e->start, tgc_from_int(n));
    if (number == TGC_NULL) {
        tgc_release(t, x);
        return number;
    }
    return tgc_tuple_reuse_steal(t, &e->spare, (tg_value[2]){number, x}, 2);
}

tgc_type tgc_enumerate_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "enumerate",
    .flags = TGC_TF_TRACKED,
    .size = sizeof(enumerate),
    .dealloc = enumerate_dealloc,
    .clear = enumerate_clear,
    .traverse = enumerate_traverse,
    .construct = enumerate_construct,
    .iter = tgc_iter_self,
    .next = enumerate_next,
};

// --- zip and map: a tuple of iterators

typedef struct several {
    tgc_obj head;
    tg_value fn;             // map: the function; zip: true if strict; const after init
    tg_value its;            // tuple of iterators; const after init
    _Atomic(tg_value) spare; // zip; any thread: tgc_tuple_reuse_steal
} several;

// Takes fn's reference.
static tg_value several_new(tg_thread *t, tgc_type *type, tg_value fn, const tg_value *iterables,
                            size_t n)
{
    tg_value its = tgc_tuple_new(t, n);
    for (size_t i = 0; its != TGC_NULL && i < n; i++) {
        tg_value it = tgc_iter(t, iterables[i]);
        if (it != TGC_NULL) {
            tgc_tuple_init_item(its, i, it);
            continue;
        }
        tgc_release(t, its);
        its = TGC_NULL;
    }
    several *s = its == TGC_NULL ? NULL : (several *)(void *)tgc_new_raw(t, type, sizeof *s);
    if (s == NULL) {
        tgc_release(t, its);
        tgc_release(t, fn);
        return TGC_NULL;
    }
    s->fn = fn;
    s->its = its;
    atom_store_relaxed(&s->spare, TGC_NULL); // ORDER: relaxed; private.
    tgc_track(t, &s->head);
    return tgc_from_ptr(s);
}

static void several_dealloc(tg_thread *t, tgc_obj *o)
{
    several *s = (several *)(void *)o;
    tgc_untrack(t, o);
    tgc_release(t, s->its);
    tgc_release(t, s->fn);
    tgc_release(t, atom_load_relaxed(&s->spare)); // ORDER: relaxed; dead.
    tgc_delete(t, o, sizeof *s);
}

static void several_clear(tg_thread *t, tgc_obj *o)
{
    several *s = (several *)(void *)o;
    tg_value its = s->its;
    s->its = tgc_tuple_empty();
    tgc_release(t, its);
    // ORDER: relaxed; nobody can reach it any more.
    tgc_release(t, atom_exchange_relaxed(&s->spare, TGC_NULL));
    tgc_drop_field(t, &s->fn);
}

static void several_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((several *)(void *)o)->its, arg);
    visit(((several *)(void *)o)->fn, arg);
    visit(atom_load_relaxed(&((several *)(void *)o)->spare), arg); // ORDER: relaxed; world stopped.
}

static tg_value zip_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                              tg_value kwnames)
{
    size_t keywords = kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames);
    size_t n = nargs - keywords;
    int strict = 0;
    for (size_t i = 0; i < keywords; i++) {
        if (!tgc_str_equal_cstr(tgc_tuple_peek(kwnames, i), "strict"))
            return tgc_raise(t, &TGC_EXC(TypeError), "zip() got an unexpected keyword argument");
        strict = tgc_truth(t, args[n + i]);
        if (strict < 0)
            return TGC_NULL;
    }
    return several_new(t, type, tgc_from_bool(strict > 0), args, n);
}

static tg_value step_of(tg_thread *t, const several *s, size_t i)
{
    tg_value it = tgc_tuple_peek(s->its, i);
    share_inner(t, &s->head, it);
    return tgc_next(t, it);
}

// After iterator i ended before any other, or in strict mode: are the others at their end too?
// Always TGC_NULL.
static tg_value zip_end(tg_thread *t, several *s, size_t i)
{
    if (s->fn != TGC_TRUE || tgc_raised(t))
        return TGC_NULL;
    if (i > 0)
        return tgc_raise(t, &TGC_EXC(ValueError),
                         "zip() argument %zu is shorter than argument%s%zu", i + 1,
                         i == 1 ? " " : "s 1-", i);
    for (i = 1; i < tgc_tuple_size(s->its); i++) {
        tg_value x = step_of(t, s, i);
        if (x != TGC_NULL) {
            tgc_release(t, x);
            return tgc_raise(t, &TGC_EXC(ValueError),
                             "zip() argument %zu is longer than argument%s%zu", i + 1,
                             i == 1 ? " " : "s 1-", i);
        }
        if (tgc_raised(t))
            return TGC_NULL;
    }
    return TGC_NULL;
}

static tg_value zip_next(tg_thread *t, tg_value v)
{
    several *s = (several *)(void *)tgc_ptr(v);
    size_t n = tgc_tuple_size(s->its);
    if (n == 0)
        return TGC_NULL;
    tg_value few[FEW], *items = few;
    if (n > FEW && (items = tgi_raw_alloc(n * sizeof *items)) == NULL)
        return tgc_raise_nomem(t);
    size_t i = 0;
    for (; i < n; i++) {
        tgc_step(t, tgc_tuple_peek(s->its, i));
        items[i] = step_of(t, s, i);
        if (items[i] == TGC_NULL)
            break;
    }
    tg_value result;
    if (i == n) {
        result = tgc_tuple_reuse_steal(t, &s->spare, items, n);
    } else {
        tgc_values_release(t, items, i);
        result = zip_end(t, s, i);
    }
    if (items != few)
        tgi_raw_free(items);
    return result;
}

static tg_value map_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                              tg_value kwnames)
{
    if (tgc_no_keywords(t, "map", kwnames) < 0)
        return TGC_NULL;
    if (nargs < 2)
        return tgc_raise(t, &TGC_EXC(TypeError), "map() must have at least two arguments.");
    return several_new(t, type, tgc_retain(t, args[0]), args + 1, nargs - 1);
}

static tg_value map_next(tg_thread *t, tg_value v)
{
    several *s = (several *)(void *)tgc_ptr(v);
    size_t n = tgc_tuple_size(s->its);
    tg_value few[FEW], *items = few;
    if (n > FEW && (items = tgi_raw_alloc(n * sizeof *items)) == NULL)
        return tgc_raise_nomem(t);
    size_t i = 0;
    while (i < n && (items[i] = step_of(t, s, i)) != TGC_NULL)
        i++;
    tg_value result = i == n ? tgc_call(t, s->fn, items, n, TGC_NULL) : TGC_NULL;
    tgc_values_release(t, items, i);
    if (items != few)
        tgi_raw_free(items);
    return result;
}

#define SEVERAL_TYPE(name_, construct_, next_)                                                \
    {                                                                                         \
        TGC_STATIC_TYPE(&tgc_object_type),                                                    \
            .name = name_, .flags = TGC_TF_TRACKED, .size = sizeof(several),                  \
            .dealloc = several_dealloc, .clear = several_clear, .traverse = several_traverse, \
            .construct = construct_, .iter = tgc_iter_self, .next = next_,                    \
    }

tgc_type tgc_zip_type = SEVERAL_TYPE("zip", zip_construct, zip_next);
tgc_type tgc_map_type = SEVERAL_TYPE("map", map_construct, map_next);

// --- filter: the same layout with one iterator in place of the tuple

static tg_value filter_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                 tg_value kwnames)
{
    if (tgc_no_keywords(t, "filter", kwnames) < 0)
        return TGC_NULL;
    if (nargs != 2)
        return tgc_raise(t, &TGC_EXC(TypeError), "filter expected 2 arguments, got %zu", nargs);
    tg_value it = tgc_iter(t, args[1]);
    several *s = it == TGC_NULL ? NULL : (several *)(void *)tgc_new_raw(t, type, sizeof *s);
    if (s == NULL) {
        tgc_release(t, it);
        return TGC_NULL;
    }
    s->fn = tgc_retain(t, args[0]);
    s->its = it;
    atom_store_relaxed(&s->spare, TGC_NULL); // ORDER: relaxed; private.
    tgc_track(t, &s->head);
    return tgc_from_ptr(s);
}

static tg_value filter_next(tg_thread *t, tg_value v)
{
    several *s = (several *)(void *)tgc_ptr(v);
    tg_value x;
    share_inner(t, &s->head, s->its);
    while ((x = tgc_next(t, s->its)) != TGC_NULL) {
        int keep;
        if (s->fn == TGC_NONE) {
            keep = tgc_truth(t, x);
        } else {
            tg_value answer = tgc_call1(t, s->fn, x);
            keep = answer == TGC_NULL ? -1 : tgc_truth(t, answer);
            tgc_release(t, answer);
        }
        if (keep > 0)
            return x;
        tgc_release(t, x);
        if (keep < 0)
            return TGC_NULL;
    }
    return TGC_NULL;
}

tgc_type tgc_filter_type = SEVERAL_TYPE("filter", filter_construct, filter_next);

// --- reversed: what a type gives as __reversed__, or else its items from len() - 1 down

typedef struct backwards {
    tgc_obj head;
    tg_value over;         // const after init
    _Atomic(int64_t) next; // any thread; -1 after the end
} backwards;

tg_value tgc_iter_reversed(tg_thread *t, tg_value v)
{
    if (tgc_is_exact(v, &tgc_list_type))
        return tgc_iter_list_reversed(t, v);
    if (tgc_is_exact(v, &tgc_range_type))
        return tgc_iter_range_reversed(t, v);
    tg_value special = tgc_special_call(t, v, TGC_NAME(reversed), TGC_NULL, TGC_NULL);
    if (special != TGC_NOTIMPL)
        return special;
    const tgc_type *type = tgc_type_of(v);
    if (type->getitem == NULL || type->length == NULL ||
        (type->flags & (TGC_TF_DICT | TGC_TF_SET)) != 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not reversible", type->name);
    int64_t n = tgc_length(t, v);
    backwards *it =
        n < 0 ? NULL : (backwards *)(void *)tgc_new_raw(t, &tgc_reversed_type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->over = tgc_retain(t, v);
    atom_store_relaxed(&it->next, n - 1); // ORDER: relaxed; private.
    tgc_track(t, &it->head);
    return tgc_from_ptr(it);
}

static tg_value reversed_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                   tg_value kwnames)
{
    (void)type;
    if (tgc_no_keywords(t, "reversed", kwnames) < 0)
        return TGC_NULL;
    if (nargs != 1)
        return tgc_raise(t, &TGC_EXC(TypeError), "reversed expected 1 argument, got %zu", nargs);
    return tgc_iter_reversed(t, args[0]);
}

static void reversed_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_release(t, ((backwards *)(void *)o)->over);
    tgc_delete(t, o, sizeof(backwards));
}

static void reversed_clear(tg_thread *t, tgc_obj *o)
{
    backwards *it = (backwards *)(void *)o;
    atom_store_relaxed(&it->next, -1); // ORDER: relaxed; nobody can reach it any more.
    tgc_drop_field(t, &it->over);
}

static void reversed_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((backwards *)(void *)o)->over, arg);
}

static tg_value reversed_next(tg_thread *t, tg_value v)
{
    backwards *it = (backwards *)(void *)tgc_ptr(v);
    int64_t i;
    do {
        // ORDER: relaxed; nothing depends on it but the number itself.
        i = atom_load_relaxed(&it->next);
        if (i < 0)
            return TGC_NULL;
    } while (!TGC_ITER_MOVE(t, it, &it->next, i, i - 1));
    tg_value x = tgc_getitem(t, it->over, tgc_from_int(i));
    if (x == TGC_NULL && (tgc_raised_match(t, &TGC_EXC(IndexError)) ||
                          tgc_raised_match(t, &TGC_EXC(StopIteration)))) {
        tgc_error_clear(t);
        atom_store_relaxed(&it->next, -1); // ORDER: relaxed; as above.
    }
    return x;
}

tgc_type tgc_reversed_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "reversed",
    .flags = TGC_TF_TRACKED,
    .size = sizeof(backwards),
    .dealloc = reversed_dealloc,
    .clear = reversed_clear,
    .traverse = reversed_traverse,
    .construct = reversed_construct,
    .iter = tgc_iter_self,
    .next = reversed_next,
};
