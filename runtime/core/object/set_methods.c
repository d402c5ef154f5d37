// SPDX-License-Identifier: MIT
//
// set_methods.c - the methods of set and frozenset.
#include "core/object/set.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/list.h"  // the arguments of intersection_update
#include "core/object/seq.h"   // tgc_iterate

static tg_value none_or_raised(int result)
{
    return result < 0 ? TGC_NULL : TGC_NONE;
}
static tg_value bool_or_raised(int result)
{
    return result < 0 ? TGC_NULL : tgc_from_bool(result > 0);
}

static tgc_type *plain_type(tg_value s)
{
    return tgc_is_subtype(tgc_type_of(s), &tgc_frozenset_type) ? &tgc_frozenset_type
                                                               : &tgc_set_type;
}

static tg_value method_add(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return none_or_raised(tgc_set_add(t, args[0], args[1]));
}

// A set among the members is looked for as the frozenset of its items.
static tg_value as_member(tg_thread *t, tg_value x)
{
    bool mutable_set = tgc_is_set(x) && tgc_is_subtype(tgc_type_of(x), &tgc_set_type);
    return mutable_set ? tgc_frozenset_new(t, x) : tgc_retain(t, x);
}

static int discard(tg_thread *t, tg_value s, tg_value x)
{
    tg_value member = as_member(t, x);
    int result = member == TGC_NULL ? -1 : tgc_set_discard(t, s, member);
    tgc_release(t, member);
    return result;
}

static tg_value method_discard(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return none_or_raised(discard(t, args[0], args[1]));
}

static tg_value method_remove(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    int found = discard(t, args[0], args[1]);
    return found != 0 ? none_or_raised(found) : tgc_raise_value(t, &TGC_EXC(KeyError), args[1]);
}

static tg_value method_pop(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tg_value x = tgc_set_pop(t, args[0]);
    return x != TGC_NULL ? x : tgc_raise(t, &TGC_EXC(KeyError), "pop from an empty set");
}

static tg_value method_clear(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tgc_set_clear(t, args[0]);
    return TGC_NONE;
}

static tg_value method_copy(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    if (tgc_is_exact(args[0], &tgc_frozenset_type))
        return tgc_retain(t, args[0]);
    return tgc_set_copy(t, plain_type(args[0]), args[0]);
}

static tg_value method_update(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    for (size_t i = 1; i < nargs; i++) {
        if (tgc_set_update(t, args[0], args[i]) < 0)
            return TGC_NULL;
    }
    return TGC_NONE;
}

static tg_value method_union(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    tg_value out = tgc_set_copy(t, plain_type(args[0]), args[0]);
    for (size_t i = 1; out != TGC_NULL && i < nargs; i++) {
        if (tgc_set_update(t, out, args[i]) < 0) {
            tgc_release(t, out);
            return TGC_NULL;
        }
    }
    return out;
}

// args[0] & args[1] & ..., a new set.
static tg_value intersection_of(tg_thread *t, const tg_value *args, size_t nargs)
{
    if (nargs == 1)
        return tgc_set_copy(t, plain_type(args[0]), args[0]);
    tg_value out = tgc_retain(t, args[0]);
    for (size_t i = 1; out != TGC_NULL && i < nargs; i++) {
        tg_value next = tgc_set_intersection(t, out, args[i]);
        tgc_release(t, out);
        out = next;
    }
    return out;
}

static tg_value method_intersection(tg_thread *t, const tg_value *args, size_t nargs,
                                    tg_value kwnames)
{
    (void)kwnames;
    return intersection_of(t, args, nargs);
}

static tg_value method_difference(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)kwnames;
    tg_value out = nargs == 1 ? tgc_set_copy(t, plain_type(args[0]), args[0])
                              : tgc_set_difference(t, args[0], args[1]);
    for (size_t i = 2; out != TGC_NULL && i < nargs; i++) {
        if (tgc_set_difference_update(t, out, args[i]) < 0) {
            tgc_release(t, out);
            return TGC_NULL;
        }
    }
    return out;
}

static tg_value method_symmetric(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_set_symmetric(t, args[0], args[1]);
}

static tg_value method_intersection_update(tg_thread *t, const tg_value *args, size_t nargs,
                                           tg_value kwnames)
{
    (void)kwnames;
    if (nargs == 1)
        return TGC_NONE;
    if (nargs == 2 && tgc_is_set(args[1]))
        return none_or_raised(tgc_set_keep(t, args[0], args[1]));
    // An iterator can be asked only once, but another thread may change the set at the wrong
    // moment.
    tg_value list = tgc_list_new(t, nargs);
    for (size_t i = 1; list != TGC_NULL && i < nargs; i++) {
        tg_value items =
            tgc_is_set(args[i]) ? tgc_retain(t, args[i]) : tgc_list_from_iterable(t, args[i]);
        if (items == TGC_NULL || tgc_list_append_steal(t, list, items) < 0) {
            tgc_release(t, list);
            return TGC_NULL;
        }
    }
    bool done = false;
    while (!done && list != TGC_NULL) {
        tgc_set_stamp stamp = tgc_set_stamp_now(t, args[0]);
        tg_value out = tgc_retain(t, args[0]);
        for (size_t i = 0; out != TGC_NULL && i + 1 < nargs; i++) {
            tg_value other = tgc_list_get(t, list, i), next = tgc_set_intersection(t, out, other);
            tgc_release(t, other);
            tgc_release(t, out);
            out = next;
        }
        if (out == TGC_NULL)
            break;
        done = tgc_set_take(t, args[0], stamp, out);
        tgc_release(t, out);
    }
    tgc_release(t, list);
    return done ? TGC_NONE : TGC_NULL;
}

static tg_value method_difference_update(tg_thread *t, const tg_value *args, size_t nargs,
                                         tg_value kwnames)
{
    (void)kwnames;
    for (size_t i = 1; i < nargs; i++) {
        if (tgc_set_difference_update(t, args[0], args[i]) < 0)
            return TGC_NULL;
    }
    return TGC_NONE;
}

static tg_value method_symmetric_update(tg_thread *t, const tg_value *args, size_t nargs,
                                        tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return none_or_raised(tgc_set_symmetric_update(t, args[0], args[1]));
}

static tg_value method_isdisjoint(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return bool_or_raised(tgc_set_is_disjoint(t, args[0], args[1]));
}

static tg_value method_issubset(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tg_value other =
        tgc_is_set(args[1]) ? tgc_retain(t, args[1]) : tgc_set_new_typed(t, &tgc_set_type, args[1]);
    if (other == TGC_NULL)
        return other;
    int result = tgc_set_is_subset(t, args[0], other);
    tgc_release(t, other);
    return bool_or_raised(result);
}

static tg_value method_issuperset(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    if (tgc_is_set(args[1]))
        return bool_or_raised(tgc_set_is_subset(t, args[1], args[0]));
    tgc_iterate it;
    if (tgc_iterate_begin(t, &it, args[1]) < 0)
        return TGC_NULL;
    tg_value x;
    int got = 0, in = 1;
    while (in > 0 && (got = tgc_iterate_next(t, &it, &x)) > 0) {
        in = tgc_set_contains(t, args[0], x);
        tgc_release(t, x);
    }
    tgc_iterate_end(t, &it);
    return bool_or_raised(got < 0 ? -1 : in);
}

#define COMMON_METHODS                                                                      \
    {"copy", method_copy, 0, 0, 0}, {"union", method_union, 0, -1, 0},                      \
        {"intersection", method_intersection, 0, -1, 0},                                    \
        {"difference", method_difference, 0, -1, 0},                                        \
        {"symmetric_difference", method_symmetric, 1, 1, 0},                                \
        {"isdisjoint", method_isdisjoint, 1, 1, 0}, {"issubset", method_issubset, 1, 1, 0}, \
    {                                                                                       \
        "issuperset", method_issuperset, 1, 1, 0                                            \
    }

const tgc_method_def tgc_set_methods[] = {
    COMMON_METHODS,
    {"add", method_add, 1, 1, 0},
    {"discard", method_discard, 1, 1, 0},
    {"remove", method_remove, 1, 1, 0},
    {"pop", method_pop, 0, 0, 0},
    {"clear", method_clear, 0, 0, 0},
    {"update", method_update, 0, -1, 0},
    {"intersection_update", method_intersection_update, 0, -1, 0},
    {"difference_update", method_difference_update, 0, -1, 0},
    {"symmetric_difference_update", method_symmetric_update, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

const tgc_method_def tgc_frozenset_methods[] = {
    COMMON_METHODS,
    {NULL, NULL, 0, 0, 0},
};
