// SPDX-License-Identifier: MIT
//
// dict_update.c - filling a dict from a mapping, from pairs, from keyword arguments.
#include "core/object/dict.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/seq.h"   // tgc_iterate
#include "core/object/tuple.h" // pairs
#include "mem/raw.h"           // tgi_raw_free

static int update_from_dict(tg_thread *t, tg_value d, tg_value other)
{
    if (d == other)
        return 0;
    size_t pos = 0;
    tg_value k, v;
    uint64_t hash;
    while (tgc_dict_step(t, other, &pos, &k, &v, &hash)) {
        int bad = tgc_dict_set_hashed(t, d, k, hash, v);
        tgc_release(t, k);
        tgc_release(t, v);
        if (bad < 0)
            return -1;
    }
    return 0;
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
