// SPDX-License-Identifier: MIT
//
// spec_hash.c - the sequential dict (keys and values in order of insertion) and set (items in
// ascending order; which one pop gives is its own choice).
#include "spec.h"

static int find_key(const lin_value *s, int8_t key)
{
    for (int i = 0; i < s->n; i += 2) {
        if (s->item[i] == key)
            return i;
    }
    return -1;
}

static void store(lin_value *s, int8_t key, int8_t v)
{
    int at = find_key(s, key);
    if (at < 0)
        splice(s, s->n, 0, (const int8_t[]){key, v}, 2);
    else
        s->item[at + 1] = v;
}

static bool dict_get(lin_value *s, const lin_event *e)
{
    int at = find_key(s, e->arg[0]);
    return at < 0 ? gave_error(e, LIN_KEY_ERROR) : gave_int(e, s->item[at + 1]);
}
static bool dict_get_or_none(lin_value *s, const lin_event *e)
{
    int at = find_key(s, e->arg[0]);
    return at < 0 ? gave_none(e) : gave_int(e, s->item[at + 1]);
}
static bool dict_set(lin_value *s, const lin_event *e)
{
    store(s, e->arg[0], e->arg[1]);
    return gave_none(e);
}
static bool dict_contains(lin_value *s, const lin_event *e)
{
    return gave_bool(e, find_key(s, e->arg[0]) >= 0);
}
static bool dict_delete(lin_value *s, const lin_event *e)
{
    int at = find_key(s, e->arg[0]);
    if (at < 0)
        return gave_error(e, LIN_KEY_ERROR);
    splice(s, (size_t)at, 2, NULL, 0);
    return gave_none(e);
}
static bool dict_pop(lin_value *s, const lin_event *e)
{
    int at = find_key(s, e->arg[0]);
    if (at < 0)
        return gave_error(e, LIN_KEY_ERROR);
    int8_t v = s->item[at + 1];
    splice(s, (size_t)at, 2, NULL, 0);
    return gave_int(e, v);
}
static bool dict_pop_or_none(lin_value *s, const lin_event *e)
{
    return find_key(s, e->arg[0]) < 0 ? gave_none(e) : dict_pop(s, e);
}
static bool dict_popitem(lin_value *s, const lin_event *e)
{
    if (s->n == 0)
        return gave_error(e, LIN_KEY_ERROR);
    s->n -= 2;
    return gave_items(e, s->item + s->n, 2);
}
static bool dict_setdefault(lin_value *s, const lin_event *e)
{
    int at = find_key(s, e->arg[0]);
    if (at >= 0)
        return gave_int(e, s->item[at + 1]);
    store(s, e->arg[0], e->arg[1]);
    return gave_int(e, e->arg[1]);
}
static bool dict_length(lin_value *s, const lin_event *e)
{
    return gave_int(e, s->n / 2);
}
static bool dict_truth(lin_value *s, const lin_event *e)
{
    return gave_bool(e, s->n > 0);
}
static bool dict_part(const lin_value *s, const lin_event *e, int part)
{
    int8_t out[LIN_ITEMS];
    for (int i = 0; i < s->n; i += 2)
        out[i / 2] = s->item[i + part];
    return gave_items(e, out, s->n / 2);
}
static bool dict_keys(lin_value *s, const lin_event *e)
{
    return dict_part(s, e, 0);
}
static bool dict_values(lin_value *s, const lin_event *e)
{
    return dict_part(s, e, 1);
}

const lin_op dict_ops[] = {
    {"o[k]", "k", "lambda o, k: o[k]", dict_get, 6},
    {"get", "k", "dict.get", dict_get_or_none, 4},
    {"o[k] = v", "kv", "SETITEM", dict_set, 6},
    {"k in o", "k", "lambda o, k: k in o", dict_contains, 4},
    {"del o[k]", "k", "DELITEM", dict_delete, 4},
    {"pop(k)", "k", "dict.pop", dict_pop, 2},
    {"pop(k, d)", "k", "lambda o, k: o.pop(k, None)", dict_pop_or_none, 2},
    {"popitem", "", "dict.popitem", dict_popitem, 3},
    {"setdefault", "kv", "dict.setdefault", dict_setdefault, 4},
    {"len", "", "len", dict_length, 4},
    {"bool", "", "bool", dict_truth, 1},
    {"clear", "", "dict.clear", step_clear, 1},
    {"update of one key", "kv", "lambda o, k, v: o.update({k: v})", dict_set, 2},
    {"copy", "", "lambda o: list(o.copy().items())", step_look, 1},
    {"dict(o)", "", "lambda o: list(dict(o).items())", step_look, 1},
    {"list(o)", "", "list", dict_keys, 1},
    {"tuple(o)", "", "tuple", dict_keys, 1},
    {"list(o.keys())", "", "lambda o: list(o.keys())", dict_keys, 1},
    {"list(o.values())", "", "lambda o: list(o.values())", dict_values, 1},
    {"list(o.items())", "", "lambda o: list(o.items())", step_look, 1},
    {"len(o.keys())", "", "lambda o: len(o.keys())", dict_length, 1},
    {NULL, NULL, NULL, NULL, 0},
};

static void put_in(lin_value *s, int8_t v)
{
    int at = 0;
    while (at < s->n && s->item[at] < v)
        at++;
    if (at == s->n || s->item[at] != v)
        splice(s, (size_t)at, 0, &v, 1);
}
static bool take_out(lin_value *s, int8_t v)
{
    int at = find_item(s, v);
    if (at >= 0)
        splice(s, (size_t)at, 1, NULL, 0);
    return at >= 0;
}
static bool set_add(lin_value *s, const lin_event *e)
{
    put_in(s, e->arg[0]);
    return gave_none(e);
}
static bool set_discard(lin_value *s, const lin_event *e)
{
    take_out(s, e->arg[0]);
    return gave_none(e);
}
static bool set_remove(lin_value *s, const lin_event *e)
{
    return take_out(s, e->arg[0]) ? gave_none(e) : gave_error(e, LIN_KEY_ERROR);
}
static bool set_contains(lin_value *s, const lin_event *e)
{
    return gave_bool(e, find_item(s, e->arg[0]) >= 0);
}
static bool set_pop(lin_value *s, const lin_event *e)
{
    if (s->n == 0)
        return gave_error(e, LIN_KEY_ERROR);
    return e->result.kind == LIN_INT && take_out(s, e->result.item[0]);
}
static bool set_truth(lin_value *s, const lin_event *e)
{
    return gave_bool(e, s->n > 0);
}
static bool set_keep(lin_value *s, const lin_event *e)
{
    lin_value kept = {.kind = LIN_SEQ};
    if (find_item(s, e->arg[0]) >= 0)
        put_in(&kept, e->arg[0]);
    if (find_item(s, e->arg[1]) >= 0)
        put_in(&kept, e->arg[1]);
    *s = kept;
    return gave_none(e);
}
static bool set_union(lin_value *s, const lin_event *e)
{
    lin_value copy = *s;
    put_in(&copy, e->arg[0]);
    return gave_items(e, copy.item, copy.n);
}
static bool set_minus(lin_value *s, const lin_event *e)
{
    lin_value copy = *s;
    take_out(&copy, e->arg[0]);
    return gave_items(e, copy.item, copy.n);
}
static bool set_equal(lin_value *s, const lin_event *e)
{
    lin_value other = {.kind = LIN_SEQ};
    put_in(&other, e->arg[0]);
    put_in(&other, e->arg[1]);
    return gave_bool(e, s->n == other.n && memcmp(s->item, other.item, s->n) == 0);
}

const lin_op set_ops[] = {
    {"add", "k", "set.add", set_add, 8},
    {"discard", "k", "set.discard", set_discard, 6},
    {"remove", "k", "set.remove", set_remove, 3},
    {"v in o", "k", "lambda o, k: k in o", set_contains, 8},
    {"pop", "", "set.pop", set_pop, 3},
    {"len", "", "len", step_length, 5},
    {"bool", "", "bool", set_truth, 1},
    {"clear", "", "set.clear", step_clear, 1},
    {"update of one item", "k", "lambda o, k: o.update((k,))", set_add, 1},
    {"o -= {one item}", "k", "lambda o, k: o.difference_update((k,))", set_discard, 1},
    {"o &= {...}", "kk", "lambda o, k, m: o.intersection_update({k, m})", set_keep, 2},
    {"copy", "", "lambda o: ORDERED(o.copy())", step_look, 1},
    {"list(o)", "", "lambda o: ORDERED(list(o))", step_look, 1},
    {"set(o)", "", "lambda o: ORDERED(set(o))", step_look, 1},
    {"frozenset(o)", "", "lambda o: ORDERED(frozenset(o))", step_look, 1},
    {"o | {...}", "k", "lambda o, k: ORDERED(o | {k})", set_union, 1},
    {"o - {...}", "k", "lambda o, k: ORDERED(o - {k})", set_minus, 1},
    {"o == {...}", "kk", "lambda o, k, m: o == {k, m}", set_equal, 1},
    {NULL, NULL, NULL, NULL, 0},
};
