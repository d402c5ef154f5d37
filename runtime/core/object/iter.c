// SPDX-License-Identifier: MIT
//
// iter.c - iterators over one container: list, tuple, any sequence, a callable.
//
// The position is one atomic word, -1 after the end; see Note [iterator-position] in iter.h. The
// container is held until the iterator dies, so a thread that shares the iterator never finds it
// gone.
#include "core/object/iter.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/list.h"  // tgc_list_get
#include "core/object/seq.h"   // tgc_drop_field
#include "core/object/tuple.h" // tgc_tuple_peek

typedef struct seq_iter {
    tgc_obj head;
    tg_value over;         // const after init
    _Atomic(int64_t) next; // any thread
} seq_iter;

static tg_value make(tg_thread *t, tgc_type *type, tg_value over, int64_t from)
{
    seq_iter *it = (seq_iter *)(void *)tgc_new_raw(t, type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->over = tgc_retain(t, over);
    atom_store_relaxed(&it->next, from); // ORDER: relaxed; private.
    tgc_track(t, &it->head);
    return tgc_from_ptr(it);
}

static void seq_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_release(t, ((seq_iter *)(void *)o)->over);
    tgc_delete(t, o, sizeof(seq_iter));
}

static void seq_iter_clear(tg_thread *t, tgc_obj *o)
{
    seq_iter *it = (seq_iter *)(void *)o;
    tg_value over = it->over;
    it->over = tgc_tuple_empty();
    atom_store_relaxed(&it->next, -1); // ORDER: relaxed; nobody can reach it any more.
    tgc_release(t, over);
}

static void seq_iter_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((seq_iter *)(void *)o)->over, arg);
}

tg_value tgc_iter_self(tg_thread *t, tg_value v)
{
    return tgc_retain(t, v);
}
tg_value tgc_iter_list(tg_thread *t, tg_value v)
{
    return make(t, &tgc_list_iter_type, v, 0);
}
tg_value tgc_iter_tuple(tg_thread *t, tg_value v)
{
    return make(t, &tgc_tuple_iter_type, v, 0);
}
tg_value tgc_iter_sequence(tg_thread *t, tg_value v)
{
    return make(t, &tgc_seq_iter_type, v, 0);
}
tg_value tgc_iter_list_reversed(tg_thread *t, tg_value v)
{
    return make(t, &tgc_list_reverse_iter_type, v, (int64_t)tgc_list_size(v) - 1);
}

static tg_value list_iter_next(tg_thread *t, tg_value v)
{
    seq_iter *it = (seq_iter *)(void *)tgc_ptr(v);
    for (;;) {
        // ORDER: relaxed; nothing depends on it but the number itself.
        int64_t i = atom_load_relaxed(&it->next);
        tg_value x = i < 0 ? TGC_NULL : tgc_list_get(t, it->over, (size_t)i);
        if (TGI_UNLIKELY(x == TGC_NULL)) {
            atom_store_relaxed(&it->next, -1); // ORDER: relaxed; as above.
            return x;
        }
        if (TGI_LIKELY(TGC_ITER_MOVE(t, it, &it->next, i, i + 1)))
            return x;
        tgc_release(t, x); // another thread has it
    }
}

static tg_value list_reverse_iter_next(tg_thread *t, tg_value v)
{
    seq_iter *it = (seq_iter *)(void *)tgc_ptr(v);
    for (;;) {
        // ORDER: relaxed; as in list_iter_next.
        int64_t i = atom_load_relaxed(&it->next);
        tg_value x = i < 0 ? TGC_NULL : tgc_list_get(t, it->over, (size_t)i);
        if (TGI_UNLIKELY(x == TGC_NULL)) {
            atom_store_relaxed(&it->next, -1); // ORDER: relaxed; as above.
            return x;
        }
        if (TGI_LIKELY(TGC_ITER_MOVE(t, it, &it->next, i, i - 1)))
            return x;
        tgc_release(t, x); // another thread has it
    }
}

static tg_value tuple_iter_next(tg_thread *t, tg_value v)
{
    seq_iter *it = (seq_iter *)(void *)tgc_ptr(v);
    int64_t i;
    do {
        i = atom_load_relaxed(&it->next); // ORDER: relaxed; as in list_iter_next.
        if ((size_t)i >= tgc_tuple_size(it->over))
            return TGC_NULL;
    } while (!TGC_ITER_MOVE(t, it, &it->next, i, i + 1));
    return tgc_retain(t, tgc_tuple_peek(it->over, (size_t)i));
}

static tg_value seq_iter_next(tg_thread *t, tg_value v)
{
    seq_iter *it = (seq_iter *)(void *)tgc_ptr(v);
    // ORDER: relaxed; as in list_iter_next.
    int64_t i = atom_load_relaxed(&it->next);
    if (i < 0)
        return TGC_NULL;
    tg_value x = tgc_getitem(t, it->over, tgc_from_int(i));
    if (x != TGC_NULL) {
        (void)TGC_ITER_MOVE(t, it, &it->next, i, i + 1);
        return x;
    }
    if (tgc_raised_match(t, &TGC_EXC(IndexError)) || tgc_raised_match(t, &TGC_EXC(StopIteration))) {
        tgc_error_clear(t);
        atom_store_relaxed(&it->next, -1); // ORDER: relaxed; as above.
    }
    return TGC_NULL;
}

#define SEQ_ITER_TYPE(name_, next_)                                                                \
    {                                                                                              \
        TGC_STATIC_TYPE(&tgc_object_type), .name = name_, .flags = TGC_TF_TRACKED,                 \
                                           .size = sizeof(seq_iter), .dealloc = seq_iter_dealloc,  \
                                           .clear = seq_iter_clear, .traverse = seq_iter_traverse, \
                                           .iter = tgc_iter_self, .next = next_,                   \
    }

tgc_type tgc_list_iter_type = SEQ_ITER_TYPE("list_iterator", list_iter_next);
tgc_type tgc_list_reverse_iter_type = SEQ_ITER_TYPE("list_reverseiterator", list_reverse_iter_next);
tgc_type tgc_tuple_iter_type = SEQ_ITER_TYPE("tuple_iterator", tuple_iter_next);
tgc_type tgc_seq_iter_type = SEQ_ITER_TYPE("iterator", seq_iter_next);

typedef struct callable_iter {
    tgc_obj head;
    tg_value fn, sentinel; // const after init
    _Atomic(bool) ended;   // any thread
} callable_iter;

tg_value tgc_iter_callable(tg_thread *t, tg_value fn, tg_value sentinel)
{
    callable_iter *it =
        (callable_iter *)(void *)tgc_new_raw(t, &tgc_callable_iter_type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->fn = tgc_retain(t, fn);
    it->sentinel = tgc_retain(t, sentinel);
    atom_store_relaxed(&it->ended, false); // ORDER: relaxed; private.
    tgc_track(t, &it->head);
    return tgc_from_ptr(it);
}

static void callable_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    callable_iter *it = (callable_iter *)(void *)o;
    tgc_untrack(t, o);
    tgc_release(t, it->fn);
    tgc_release(t, it->sentinel);
    tgc_delete(t, o, sizeof *it);
}

static void callable_iter_clear(tg_thread *t, tgc_obj *o)
{
    tgc_drop_field(t, &((callable_iter *)(void *)o)->fn);
    tgc_drop_field(t, &((callable_iter *)(void *)o)->sentinel);
}

static void callable_iter_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((callable_iter *)(void *)o)->fn, arg);
    visit(((callable_iter *)(void *)o)->sentinel, arg);
}

static tg_value callable_iter_next(tg_thread *t, tg_value v)
{
    callable_iter *it = (callable_iter *)(void *)tgc_ptr(v);
    if (atom_load_relaxed(&it->ended)) // ORDER: relaxed; a flag of its own.
        return TGC_NULL;
    tg_value x = tgc_call(t, it->fn, NULL, 0, TGC_NULL);
    if (x == TGC_NULL) {
        if (tgc_raised_match(t, &TGC_EXC(StopIteration))) {
            tgc_error_clear(t);
            atom_store_relaxed(&it->ended, true); // ORDER: relaxed; as above.
        }
        return x;
    }
    int same = tgc_equal(t, it->sentinel, x);
    if (same == 0)
        return x;
    if (same > 0)
        atom_store_relaxed(&it->ended, true); // ORDER: relaxed; as above.
    tgc_release(t, x);
    return TGC_NULL;
}

tgc_type tgc_callable_iter_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "callable_iterator",
    .flags = TGC_TF_TRACKED,
    .size = sizeof(callable_iter),
    .dealloc = callable_iter_dealloc,
    .clear = callable_iter_clear,
    .traverse = callable_iter_traverse,
    .iter = tgc_iter_self,
    .next = callable_iter_next,
};
