// SPDX-License-Identifier: MIT
//
// dict_update.c - filling a dict from a mapping, from pairs, from keyword arguments.
#include "core/object/dict.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/seq.h"   // tgc_iterate
#include "core/object/tuple.h" // pairs
#include "mem/raw.h"           // tgi_raw_free

// Copies what `part` names of the live entries of table, with references. The lock is held.
static void copy_entries_locked(tg_thread *t, tgc_dict_table *table, tgc_dict_part part,
                                tg_value *out)
{
    size_t count = atom_load_relaxed(&table->count); // ORDER: relaxed; the lock is held.
    tgc_slot *e = tgc_dict_entries(table);
    for (size_t i = 0; i < count; i++, e += table->stride) {
        tg_value key = tgc_slot_peek(&e[0]);
        if (key == TGC_DUMMY)
            continue;
        if (part != TGC_DICT_VALUES)
            *out++ = tgc_retain(t, key);
        if (part != TGC_DICT_KEYS)
            *out++ = tgc_retain(t, tgc_slot_peek(&e[1]));
    }
}

// n keys and values in turn become n tuples, in place; all references are released on failure.
static int pair_up(tg_thread *t, tg_value *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tg_value pair = tgc_tuple_from_steal(t, values + 2 * i, 2);
        if (pair == TGC_NULL) {
            tgc_values_release(t, values + 2 * i + 2, 2 * (n - i - 1));
            tgc_values_release(t, values, i);
            return -1;
        }
        values[i] = pair;
    }
    return 0;
}

tg_value *tgc_dict_snapshot(tg_thread *t, tg_value d, tgc_dict_part part, size_t *n)
{
    tgc_dict *dict = tgc_dict_of(d);
    size_t each = part == TGC_DICT_ITEMS ? 2 : 1;
    for (;;) {
        size_t used = tgc_dict_size(d);
        tg_value *values = tgi_raw_alloc((used * each + 1) * sizeof *values);
        if (values == NULL) {
            tgc_raise_nomem(t);
            return NULL;
        }
        bool same = false;
        TGC_LOCKED(t, &dict->lock) {
            same = atom_load_relaxed(&dict->used) == used; // ORDER: relaxed; the lock is held.
            tgc_dict_table *table = atom_load_relaxed(&dict->table); // ORDER: relaxed; as above.
            if (same)
                copy_entries_locked(t, table, part, values);
        }
        *n = used;
        if (same && (part != TGC_DICT_ITEMS || pair_up(t, values, used) == 0))
            return values;
        tgi_raw_free(values);
        if (same)
            return NULL;
    }
}

static int update_from_dict(tg_thread *t, tg_value d, tg_value other)
{
    if (d == other || tgc_dict_length(t, other) == 0)
        return 0;
    if (tgc_dict_size(d) == 0 && tgc_dict_adopt(t, d, other))
        return 0;
    // Others may change it meanwhile: what is stored is `other` as it was at one moment.
    bool shared = TGC_FREE_THREADED && !tgc_is_unique(t, tgc_ptr(other));
    tg_value from = shared ? tgc_dict_copy(t, other) : tgc_retain(t, other);
    if (from == TGC_NULL)
        return -1;
    size_t pos = 0;
    tg_value k, v;
    uint64_t hash;
    int bad = 0;
    while (bad == 0 && tgc_dict_step(t, from, &pos, &k, &v, &hash)) {
        bad = tgc_dict_set_hashed(t, d, k, hash, v);
        tgc_release(t, k);
        tgc_release(t, v);
    }
    tgc_release(t, from);
    return bad;
}

// other has keys() and [].
static int update_from_mapping(tg_thread *t, tg_value d, tg_value other, tg_value keys_method)
{
    tg_value keys = tgc_call(t, keys_method, NULL, 0, TGC_NULL);
    if (keys == TGC_NULL)
        return -1;
    tgc_iterate it;
    int got = tgc_iterate_begin(t, &it, keys);
    tgc_release(t, keys);
    if (got < 0)
        return -1;
    tg_value k;
    while ((got = tgc_iterate_next(t, &it, &k)) > 0) {
        tg_value v = tgc_getitem(t, other, k);
        int bad = v == TGC_NULL ? -1 : tgc_dict_set(t, d, k, v);
        tgc_release(t, v);
        tgc_release(t, k);
        if (bad < 0) {
            got = -1;
            break;
        }
    }
    tgc_iterate_end(t, &it);
    return got;
}

// Stores pair number i of a sequence of pairs.
static int update_from_pair(tg_thread *t, tg_value d, tg_value pair, size_t i)
{
    if (tgc_is_exact(pair, &tgc_tuple_type) && tgc_tuple_size(pair) == 2)
        return tgc_dict_set(t, d, tgc_tuple_peek(pair, 0), tgc_tuple_peek(pair, 1));
    size_t n;
    tg_value *values = tgc_values_from_iterable(t, pair, &n);
    if (values == NULL) {
        if (tgc_raised_match(t, &TGC_EXC(TypeError)))
            tgc_raise(t, &TGC_EXC(TypeError),
                      "cannot convert dictionary update sequence element #%zu to a sequence", i);
        return -1;
    }
    int bad;
    if (n == 2)
        bad = tgc_dict_set(t, d, values[0], values[1]);
    else
        bad = tgc_raise_int(t, &TGC_EXC(ValueError),
                            "dictionary update sequence element #%zu has length %zu; 2 is required",
                            i, n);
    tgc_values_free(t, values, n);
    return bad;
}

static int update_from_pairs(tg_thread *t, tg_value d, tg_value pairs)
{
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, pairs) < 0)
        return -1;
    tg_value pair;
    int got;
    for (size_t i = 0; (got = tgc_iterate_next(t, &it, &pair)) > 0; i++) {
        int bad = update_from_pair(t, d, pair, i);
        tgc_release(t, pair);
        if (bad < 0) {
            got = -1;
            break;
        }
    }
    tgc_iterate_end(t, &it);
    return got;
}

int tgc_dict_update(tg_thread *t, tg_value d, tg_value other)
{
    // A subclass that iterates in its own way is asked for its keys.
    if (tgc_is_dict(other) && tgc_type_of(other)->iter == tgc_dict_type.iter)
        return update_from_dict(t, d, other);
    tg_value keys, name = tgc_str_intern_cstr(t, "keys");
    int has = name == TGC_NULL ? -1 : tgc_getattr_opt(t, other, name, &keys);
    if (has <= 0)
        return has < 0 ? -1 : update_from_pairs(t, d, other);
    int result = update_from_mapping(t, d, other, keys);
    tgc_release(t, keys);
    return result;
}

int tgc_dict_update_args(tg_thread *t, tg_value d, const char *fname, const tg_value *args,
                         size_t nargs, tg_value kwnames)
{
    size_t keywords = kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames);
    size_t n = nargs - keywords;
    if (n > 1)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s expected at most 1 argument, got %zu",
                             fname, n);
    if (n == 1 && tgc_dict_update(t, d, args[0]) < 0)
        return -1;
    for (size_t i = 0; i < keywords; i++) {
        if (tgc_dict_set(t, d, tgc_tuple_peek(kwnames, i), args[n + i]) < 0)
            return -1;
    }
    return 0;
}
