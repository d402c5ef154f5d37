// SPDX-License-Identifier: MIT
//
// set_type.c - set and frozenset as types, and their iterator.
#include "core/object/set.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/iter.h"  // tgc_iter_self
#include "core/object/seq.h"   // helpers
#include "core/object/state.h" // tgc_repr_enter
#include "mem/raw.h"           // tgi_raw_free

tg_value *tgc_set_snapshot(tg_thread *t, tg_value s, size_t *n)
{
    tgc_set *set = tgc_set_of(s);
    for (;;) {
        size_t used = tgc_set_size(s), count = 0;
        tg_value *values = tgi_raw_alloc((used + 1) * sizeof *values);
        if (values == NULL) {
            tgc_raise_nomem(t);
            return NULL;
        }
        bool same = false;
        TGC_LOCKED(t, &set->lock) {
            same = atom_load_relaxed(&set->used) == used; // ORDER: relaxed; the lock is held.
            tgc_set_table *table = atom_load_relaxed(&set->table); // ORDER: relaxed; as above.
            for (size_t i = 0; same && i <= table->mask; i++) {
                tg_value k = tgc_slot_peek(&table->entry[i].key);
                if (k != TGC_NULL && k != TGC_DUMMY)
                    values[count++] = tgc_retain(t, k);
            }
        }
        if (same) {
            *n = used;
            return values;
        }
        tgi_raw_free(values);
    }
}

static void set_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    // ORDER: relaxed; dead: readers hold a reference to the set, so there are none.
    tgc_set_table *table = atom_load_relaxed(&((tgc_set *)(void *)o)->table);
    if (table != tgc_set_empty_table) {
        for (size_t i = 0; i <= table->mask; i++)
            tgc_release(t, tgc_slot_peek(&table->entry[i].key));
        tgc_set_table_free(t, table);
    }
    tgc_delete(t, o, tgc_obj_type(o)->size);
}

static void set_clear(tg_thread *t, tgc_obj *o)
{
    tgc_set_clear(t, tgc_from_ptr(o));
}

static void set_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    // ORDER: relaxed; world stopped.
    tgc_set_table *table = atom_load_relaxed(&((tgc_set *)(void *)o)->table);
    for (size_t i = 0; i <= table->mask; i++)
        visit(tgc_slot_peek(&table->entry[i].key), arg);
}

static int set_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                    tg_value kwnames)
{
    if (tgc_no_keywords(t, "set", kwnames) < 0)
        return -1;
    if (nargs > 1)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "set expected at most 1 argument, got %zu",
                             nargs);
    tgc_set_clear(t, self);
    return nargs == 0 ? 0 : tgc_set_update(t, self, args[0]);
}

static tg_value set_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                              tg_value kwnames)
{
    tg_value s = tgc_set_new_typed(t, type, TGC_NULL);
    if (s != TGC_NULL && set_init(t, s, args, nargs, kwnames) < 0) {
        tgc_release(t, s);
        return TGC_NULL;
    }
    return s;
}

static tg_value frozenset_construct(tg_thread *t, tgc_type *type, const tg_value *args,
                                    size_t nargs, tg_value kwnames)
{
    bool exact = type == &tgc_frozenset_type;
    if (exact && tgc_no_keywords(t, "frozenset", kwnames) < 0)
        return TGC_NULL;
    if (nargs > 1 && exact)
        return tgc_raise(t, &TGC_EXC(TypeError), "frozenset expected at most 1 argument, got %zu",
                         nargs);
    if (exact && nargs == 1 && tgc_is_exact(args[0], &tgc_frozenset_type))
        return tgc_retain(t, args[0]);
    return tgc_set_new_typed(t, type, nargs == 0 ? TGC_NULL : args[0]);
}

static tg_value set_repr(tg_thread *t, tg_value s)
{
    const char *name = tgc_type_name(s);
    if (tgc_set_size(s) == 0)
        return tgc_str_format(t, "%s()", name);
    tgc_repr_level level;
    int again = tgc_repr_enter(t, tgc_ptr(s), &level);
    if (again != 0)
        return again < 0 ? TGC_NULL : tgc_str_format(t, "%s(...)", name);
    tg_value text = TGC_NULL;
    size_t n;
    tg_value *values = tgc_values_from_iterable(t, s, &n);
    if (values != NULL && tgc_is_exact(s, &tgc_set_type)) {
        text = tgc_repr_values(t, "{", values, n, "}");
    } else if (values != NULL) {
        tg_value open = tgc_str_format(t, "%s({", name);
        if (open != TGC_NULL)
            text = tgc_repr_values(t, tgc_str_utf8(t, open, NULL), values, n, "})");
        tgc_release(t, open);
    }
    tgc_repr_leave(t, &level);
    if (values != NULL)
        tgc_values_free(t, values, n);
    return text;
}

// Does not depend on the order of the items, so each is scattered before they are combined.
static int frozenset_hash(tg_thread *t, tg_value s, uint64_t *out)
{
    tgc_set *set = tgc_set_of(s);
    // ORDER: relaxed; a cache: every writer stores the same number.
    uint64_t h = atom_load_relaxed(&set->extra);
    if (h == 0) {
        size_t pos = 0, n = 0;
        tg_value x;
        uint64_t item;
        while (tgc_set_next(t, s, &pos, &x, &item)) {
            tgc_release(t, x);
            item = (item ^ UINT64_C(89869747) ^ item << 16) * UINT64_C(0x9e3779b97f4a7c15);
            h ^= item ^ item >> 31;
            n++;
        }
        h = (h ^ (n + 1) * UINT64_C(1927868237)) * UINT64_C(0xc2b2ae3d27d4eb4f);
        h ^= h >> 29;
        if (h == 0 || h == UINT64_MAX)
            h = 590923713;
        atom_store_relaxed(&set->extra, h); // ORDER: relaxed; as above.
    }
    *out = h;
    return 0;
}

static int64_t set_length(tg_thread *t, tg_value s)
{
    return (int64_t)tgc_set_length(t, s);
}

static int set_contains(tg_thread *t, tg_value s, tg_value x)
{
    if (!tgc_is_set(x) || !tgc_is_subtype(tgc_type_of(x), &tgc_set_type))
        return tgc_set_contains(t, s, x);
    tg_value frozen = tgc_frozenset_new(t, x);
    int in = frozen == TGC_NULL ? -1 : tgc_set_contains(t, s, frozen);
    tgc_release(t, frozen);
    return in;
}

static tg_value compare_steady(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    size_t na = tgc_set_size(a), nb = tgc_set_size(b);
    int result = 0;
    switch (op) {
    case TGC_EQ:
    case TGC_NE:
        result = na == nb ? tgc_set_is_subset(t, a, b) : 0;
        break;
    case TGC_LT:
        result = na < nb ? tgc_set_is_subset(t, a, b) : 0;
        break;
    case TGC_LE:
        result = tgc_set_is_subset(t, a, b);
        break;
    case TGC_GT:
        result = na > nb ? tgc_set_is_subset(t, b, a) : 0;
        break;
    case TGC_GE:
        result = tgc_set_is_subset(t, b, a);
        break;
    }
    return result < 0 ? TGC_NULL : tgc_from_bool((result > 0) == (op != TGC_NE));
}

// Each set as it is at one moment.
static tg_value set_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (!tgc_is_set(b))
        return TGC_NOTIMPL;
    tg_value x = tgc_set_steady(t, a), y = x == TGC_NULL ? TGC_NULL : tgc_set_steady(t, b);
    tg_value result = y == TGC_NULL ? TGC_NULL : compare_steady(t, op, x, y);
    tgc_release(t, x);
    tgc_release(t, y);
    return result;
}

static tg_value set_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (!tgc_is_set(a) || !tgc_is_set(b))
        return TGC_NOTIMPL;
    switch (op) {
    case TGC_AND:
        return tgc_set_intersection(t, a, b);
    case TGC_SUB:
        return tgc_set_difference(t, a, b);
    case TGC_XOR:
        return tgc_set_symmetric(t, a, b);
    case TGC_OR:
        break;
    default:
        return TGC_NOTIMPL;
    }
    bool frozen = tgc_is_subtype(tgc_type_of(a), &tgc_frozenset_type);
    tg_value out = tgc_set_copy(t, frozen ? &tgc_frozenset_type : &tgc_set_type, a);
    if (out != TGC_NULL && tgc_set_merge(t, out, b) < 0) {
        tgc_release(t, out);
        return TGC_NULL;
    }
    return out;
}

static tg_value set_inplace(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (!tgc_is_set(b))
        return TGC_NOTIMPL;
    int bad = 0;
    switch (op) {
    case TGC_OR:
        bad = tgc_set_merge(t, a, b);
        break;
    case TGC_SUB:
        bad = tgc_set_difference_update(t, a, b);
        break;
    case TGC_XOR:
        bad = tgc_set_symmetric_update(t, a, b);
        break;
    case TGC_AND:
        bad = tgc_set_keep(t, a, b);
        break;
    default:
        return TGC_NOTIMPL;
    }
    return bad < 0 ? TGC_NULL : tgc_retain(t, a);
}

#define SET_COMMON                                                                                \
    TGC_STATIC_TYPE(&tgc_object_type),                                                            \
        .flags = TGC_TF_SET | TGC_TF_TRACKED | TGC_TF_BASETYPE, .size = sizeof(tgc_set),          \
        .dealloc = set_dealloc, .traverse = set_traverse, .repr = set_repr, .length = set_length, \
        .binary = set_binary, .compare = set_compare, .contains = set_contains,                   \
        .iter = tgc_set_iter, .weak_offset = offsetof(tgc_set, weak)

tgc_type tgc_set_type = {
    SET_COMMON,
    .name = "set",
    .methods = tgc_set_methods,
    .clear = set_clear,
    .construct = set_construct,
    .init = set_init,
    .hash = tgc_hash_unhashable,
    .inplace = set_inplace,
};

tgc_type tgc_frozenset_type = {
    SET_COMMON,
    .name = "frozenset",
    .methods = tgc_frozenset_methods,
    .clear = set_clear,
    .construct = frozenset_construct,
    .hash = frozenset_hash,
};

// --- iteration. Threads that share an iterator get different items.

#define ENDED        (SIZE_MAX - 1)
#define SIZE_CHANGED SIZE_MAX // never the size of a set

typedef struct set_iter {
    tgc_obj head;
    tg_value set;         // const after init
    _Atomic(size_t) pos;  // any thread; ENDED after the end
    _Atomic(size_t) size; // any thread: of the set when the iterator was made, or SIZE_CHANGED
} set_iter;

tg_value tgc_set_iter(tg_thread *t, tg_value s)
{
    set_iter *it = (set_iter *)(void *)tgc_new_raw(t, &tgc_set_iter_type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->set = tgc_retain(t, s);
    atom_store_relaxed(&it->pos, 0);                // ORDER: relaxed; private.
    atom_store_relaxed(&it->size, tgc_set_size(s)); // ORDER: relaxed; private.
    tgc_track(t, &it->head);
    return tgc_from_ptr(it);
}

static tg_value set_iter_next(tg_thread *t, tg_value v)
{
    set_iter *it = (set_iter *)(void *)tgc_ptr(v);
    size_t pos;
again:
    // ORDER: relaxed, here and below; the words of the iterator are only numbers.
    pos = atom_load_relaxed(&it->pos);
    if (pos == ENDED)
        return TGC_NULL;
    if (atom_load_relaxed(&it->size) != tgc_set_size(it->set)) { // ORDER: as above.
        atom_store_relaxed(&it->size, SIZE_CHANGED);             // ORDER: as above.
        return tgc_raise(t, &TGC_EXC(RuntimeError), "Set changed size during iteration");
    }
    tg_value x = TGC_NULL;
    size_t from = pos;
    bool got = tgc_set_next(t, it->set, &pos, &x, NULL);
    if (!got) {
        atom_store_relaxed(&it->pos, ENDED); // ORDER: as above.
    } else if (TGI_UNLIKELY(!TGC_ITER_MOVE(t, it, &it->pos, from, pos))) {
        tgc_release(t, x); // another thread has it
        goto again;
    }
    return x;
}

static void set_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_release(t, ((set_iter *)(void *)o)->set);
    tgc_delete(t, o, sizeof(set_iter));
}

static void set_iter_clear(tg_thread *t, tgc_obj *o)
{
    set_iter *it = (set_iter *)(void *)o;
    atom_store_relaxed(&it->pos, ENDED); // ORDER: relaxed; nobody can reach it any more.
    tgc_drop_field(t, &it->set);
}

static void set_iter_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((set_iter *)(void *)o)->set, arg);
}

tgc_type tgc_set_iter_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "set_iterator",      .flags = TGC_TF_TRACKED,
    .size = sizeof(set_iter),          .dealloc = set_iter_dealloc, .clear = set_iter_clear,
    .traverse = set_iter_traverse,     .iter = tgc_iter_self,       .next = set_iter_next,
};
