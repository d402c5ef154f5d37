// SPDX-License-Identifier: MIT
//
// set_ops.c - set algebra. The order in which items are added is part of what scripts see: sets of
// small integers print the same as elsewhere.
#include "core/object/set.h"

#include "core/object/dict.h"  // a dict stands for its keys
#include "core/object/error.h" // tgc_raise
#include "core/object/seq.h"   // tgc_iterate

static tgc_type *plain_type(tg_value s)
{
    return tgc_is_subtype(tgc_type_of(s), &tgc_frozenset_type) ? &tgc_frozenset_type
                                                               : &tgc_set_type;
}

int tgc_set_merge(tg_thread *t, tg_value s, tg_value other)
{
    if (s == other || tgc_set_length(t, other) == 0)
        return 0;
    if (tgc_set_reserve(t, s, tgc_set_size(other)) < 0)
        return -1;
    if (tgc_set_size(s) == 0 && tgc_set_adopt(t, s, other))
        return 0;
    tg_value from = tgc_set_steady(t, other), x;
    size_t pos = 0;
    uint64_t hash;
    int result = from == TGC_NULL ? -1 : 0;
    while (result >= 0 && tgc_set_next(t, from, &pos, &x, &hash)) {
        result = tgc_set_add_hashed(t, s, x, hash);
        tgc_release(t, x);
    }
    tgc_release(t, from);
    return result < 0 ? -1 : 0;
}

int tgc_set_update(tg_thread *t, tg_value s, tg_value iterable)
{
    if (tgc_is_set(iterable))
        return tgc_set_merge(t, s, iterable);
    if (tgc_is_exact(iterable, &tgc_dict_type) &&
        tgc_set_reserve(t, s, tgc_dict_size(iterable)) < 0)
        return -1;
    tg_value d, x;
    tgc_dict_part part;
    if (tgc_dict_viewed(iterable, &d, &part)) { // as it is at one moment
        size_t n;
        tg_value *values = tgc_dict_snapshot(t, d, part, &n);
        int bad = values == NULL ? -1 : 0;
        for (size_t i = 0; bad >= 0 && i < n; i++)
            bad = tgc_set_add(t, s, values[i]);
        if (values != NULL)
            tgc_values_free(t, values, n);
        return bad < 0 ? -1 : 0;
    }
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, iterable) < 0)
        return -1;
    int got;
    while ((got = tgc_iterate_next(t, &it, &x)) > 0) {
        int bad = tgc_set_add(t, s, x);
        tgc_release(t, x);
        if (bad < 0) {
            got = -1;
            break;
        }
    }
    tgc_iterate_end(t, &it);
    return got;
}

tg_value tgc_set_copy(tg_thread *t, tgc_type *type, tg_value s)
{
    return tgc_set_new_typed(t, type, s);
}

static tg_value give_up(tg_thread *t, tg_value v)
{
    tgc_release(t, v);
    return TGC_NULL;
}

tg_value tgc_set_intersection(tg_thread *t, tg_value s, tg_value other)
{
    if (s == other)
        return tgc_set_copy(t, plain_type(s), s);
    tg_value out = tgc_set_new_typed(t, plain_type(s), TGC_NULL);
    if (out == TGC_NULL)
        return out;
    tg_value x;
    uint64_t hash;
    int result = 0;
    if (tgc_is_set(other)) {
        bool swap = tgc_set_size(other) > tgc_set_size(s);
        tg_value small = tgc_set_steady(t, swap ? s : other), large = swap ? other : s;
        size_t pos = 0;
        if (small == TGC_NULL)
            result = -1;
        while (result >= 0 && tgc_set_next(t, small, &pos, &x, &hash)) {
            result = tgc_set_contains_hashed(t, large, x, hash);
            if (result > 0)
                result = tgc_set_add_hashed(t, out, x, hash);
            tgc_release(t, x);
        }
        tgc_release(t, small);
        return result < 0 ? give_up(t, out) : out;
    }
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, other) < 0)
        return give_up(t, out);
    while (result >= 0 && (result = tgc_iterate_next(t, &it, &x)) > 0) {
        result = tgc_hash_key(t, x, &hash);
        if (result >= 0)
            result = tgc_set_contains_hashed(t, s, x, hash);
        if (result > 0)
            result = tgc_set_add_hashed(t, out, x, hash);
        tgc_release(t, x);
    }
    tgc_iterate_end(t, &it);
    return result < 0 ? give_up(t, out) : out;
}

int tgc_set_keep(tg_thread *t, tg_value s, tg_value other)
{
    for (;;) {
        // The common items are worth nothing if s has got others meanwhile.
        tgc_set_stamp stamp = tgc_set_stamp_now(t, s);
        tg_value common = tgc_set_intersection(t, s, other);
        if (common == TGC_NULL)
            return -1;
        bool done = tgc_set_take(t, s, stamp, common);
        tgc_release(t, common);
        if (done)
            return 0;
    }
}

// other is a set, a dict or any iterable.
int tgc_set_difference_update(tg_thread *t, tg_value s, tg_value other)
{
    if (s == other) {
        tgc_set_clear(t, s);
        return 0;
    }
    tg_value x;
    int result = 0;
    if (tgc_is_set(other)) {
        tg_value from = tgc_set_size(other) >> 3 > tgc_set_size(s)
                            ? tgc_set_intersection(t, s, other)
                            : tgc_set_steady(t, other);
        if (from == TGC_NULL)
            return -1;
        size_t pos = 0;
        uint64_t hash;
        while (result >= 0 && tgc_set_next(t, from, &pos, &x, &hash)) {
            result = tgc_set_discard_hashed(t, s, x, hash);
            tgc_release(t, x);
        }
        tgc_release(t, from);
    } else {
        tgc_iterate it;
        if (tgc_iterate_begin(t, &it, other) < 0)
            return -1;
        while (result >= 0 && (result = tgc_iterate_next(t, &it, &x)) > 0) {
            result = tgc_set_discard(t, s, x);
            tgc_release(t, x);
        }
        tgc_iterate_end(t, &it);
    }
    return result < 0 ? -1 : tgc_set_tidy(t, s);
}

tg_value tgc_set_difference(tg_thread *t, tg_value s, tg_value other)
{
    bool known = tgc_is_set(other) || tgc_is_dict(other);
    size_t size = !known ? 0 : tgc_is_set(other) ? tgc_set_size(other) : tgc_dict_size(other);
    if (!known || tgc_set_size(s) >> 2 > size) {
        tg_value out = tgc_set_copy(t, plain_type(s), s);
        if (out == TGC_NULL)
            return out;
        return tgc_set_difference_update(t, out, other) < 0 ? give_up(t, out) : out;
    }
    tg_value out = tgc_set_new_typed(t, plain_type(s), TGC_NULL);
    tg_value from = out == TGC_NULL ? TGC_NULL : tgc_set_steady(t, s);
    size_t pos = 0;
    tg_value x;
    uint64_t hash;
    int result = from == TGC_NULL ? -1 : 0;
    while (result >= 0 && tgc_set_next(t, from, &pos, &x, &hash)) {
        if (tgc_is_set(other)) {
            result = tgc_set_contains_hashed(t, other, x, hash);
        } else {
            tg_value v = TGC_NULL;
            result = tgc_dict_get_hashed(t, other, x, hash, &v);
            if (result > 0)
                tgc_release(t, v);
        }
        if (result == 0)
            result = tgc_set_add_hashed(t, out, x, hash);
        tgc_release(t, x);
    }
    tgc_release(t, from);
    return result < 0 ? give_up(t, out) : out;
}

int tgc_set_symmetric_update(tg_thread *t, tg_value s, tg_value other)
{
    if (s == other) {
        tgc_set_clear(t, s);
        return 0;
    }
    // Each item of `other` counts once, however often an iterable gives it.
    tg_value items =
        tgc_is_set(other) ? tgc_set_steady(t, other) : tgc_set_new_typed(t, plain_type(s), other);
    if (items == TGC_NULL)
        return -1;
    size_t pos = 0;
    tg_value x;
    uint64_t hash;
    int result = 0;
    while (result >= 0 && tgc_set_next(t, items, &pos, &x, &hash)) {
        result = tgc_set_discard_hashed(t, s, x, hash);
        if (result == 0)
            result = tgc_set_add_hashed(t, s, x, hash);
        tgc_release(t, x);
    }
    tgc_release(t, items);
    return result < 0 ? -1 : 0;
}

tg_value tgc_set_symmetric(tg_thread *t, tg_value s, tg_value other)
{
    tg_value out = tgc_set_new_typed(t, plain_type(s), other);
    if (out == TGC_NULL)
        return out;
    return tgc_set_symmetric_update(t, out, s) < 0 ? give_up(t, out) : out;
}

int tgc_set_is_subset(tg_thread *t, tg_value s, tg_value other)
{
    tg_value from = tgc_set_steady(t, s), x;
    if (from == TGC_NULL)
        return -1;
    size_t pos = 0;
    uint64_t hash;
    int in = tgc_set_size(from) <= tgc_set_size(other);
    while (in > 0 && tgc_set_next(t, from, &pos, &x, &hash)) {
        in = tgc_set_contains_hashed(t, other, x, hash);
        tgc_release(t, x);
    }
    tgc_release(t, from);
    return in;
}

int tgc_set_is_disjoint(tg_thread *t, tg_value s, tg_value other)
{
    if (s == other)
        return tgc_set_size(s) == 0;
    tg_value x;
    int in = 0;
    if (tgc_is_set(other)) {
        bool swap = tgc_set_size(other) > tgc_set_size(s);
        tg_value small = tgc_set_steady(t, swap ? s : other), large = swap ? other : s;
        if (small == TGC_NULL)
            return -1;
        size_t pos = 0;
        uint64_t hash;
        while (in == 0 && tgc_set_next(t, small, &pos, &x, &hash)) {
            in = tgc_set_contains_hashed(t, large, x, hash);
            tgc_release(t, x);
        }
        tgc_release(t, small);
        return in < 0 ? -1 : in == 0;
    }
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, other) < 0)
        return -1;
    int got = 0;
    while (in == 0 && (got = tgc_iterate_next(t, &it, &x)) > 0) {
        in = tgc_set_contains(t, s, x);
        tgc_release(t, x);
    }
    tgc_iterate_end(t, &it);
    return in < 0 || got < 0 ? -1 : in == 0;
}
