// SPDX-License-Identifier: MIT
//
// spec.c - the sequential list, and the table of all containers.
//
// Only what docs/containers.md calls atomic is here. An operation whose name begins with "list" or
// "o" is what a script writes; `o` is the container.
#include "spec.h"

bool step_look(lin_value *s, const lin_event *e)
{
    return gave_items(e, s->item, s->n);
}
bool step_length(lin_value *s, const lin_event *e)
{
    return gave_int(e, s->n);
}
bool step_clear(lin_value *s, const lin_event *e)
{
    s->n = 0;
    return gave_none(e);
}

static bool list_append(lin_value *s, const lin_event *e)
{
    splice(s, s->n, 0, e->arg, 1);
    return gave_none(e);
}
static bool list_extend(lin_value *s, const lin_event *e)
{
    splice(s, s->n, 0, e->arg, 2);
    return gave_none(e);
}
static bool list_extend_self(lin_value *s, const lin_event *e)
{
    int8_t copy[LIN_ITEMS];
    memcpy(copy, s->item, s->n);
    splice(s, s->n, 0, copy, s->n);
    return gave_none(e);
}
static bool list_insert(lin_value *s, const lin_event *e)
{
    splice(s, (size_t)bound_of(s, e->arg[0]), 0, e->arg + 1, 1);
    return gave_none(e);
}
static bool pop_at(lin_value *s, const lin_event *e, int i)
{
    int at = place_of(s, i);
    if (at < 0)
        return gave_error(e, LIN_INDEX_ERROR);
    int8_t v = s->item[at];
    splice(s, (size_t)at, 1, NULL, 0);
    return gave_int(e, v);
}
static bool list_pop(lin_value *s, const lin_event *e)
{
    return pop_at(s, e, -1);
}
static bool list_pop_at(lin_value *s, const lin_event *e)
{
    return pop_at(s, e, e->arg[0]);
}
static bool list_get(lin_value *s, const lin_event *e)
{
    int at = place_of(s, e->arg[0]);
    return at < 0 ? gave_error(e, LIN_INDEX_ERROR) : gave_int(e, s->item[at]);
}
static bool list_set(lin_value *s, const lin_event *e)
{
    int at = place_of(s, e->arg[0]);
    if (at < 0)
        return gave_error(e, LIN_INDEX_ERROR);
    s->item[at] = e->arg[1];
    return gave_none(e);
}
static bool list_delete(lin_value *s, const lin_event *e)
{
    int at = place_of(s, e->arg[0]);
    if (at < 0)
        return gave_error(e, LIN_INDEX_ERROR);
    splice(s, (size_t)at, 1, NULL, 0);
    return gave_none(e);
}
static bool list_remove(lin_value *s, const lin_event *e)
{
    int at = find_item(s, e->arg[0]);
    if (at < 0)
        return gave_error(e, LIN_VALUE_ERROR);
    splice(s, (size_t)at, 1, NULL, 0);
    return gave_none(e);
}
static bool list_contains(lin_value *s, const lin_event *e)
{
    return gave_bool(e, find_item(s, e->arg[0]) >= 0);
}
static bool list_index(lin_value *s, const lin_event *e)
{
    int at = find_item(s, e->arg[0]);
    return at < 0 ? gave_error(e, LIN_VALUE_ERROR) : gave_int(e, at);
}
static bool list_count(lin_value *s, const lin_event *e)
{
    int n = 0;
    for (int i = 0; i < s->n; i++)
        n += s->item[i] == e->arg[0];
    return gave_int(e, n);
}
static bool list_reverse(lin_value *s, const lin_event *e)
{
    for (int i = 0; i < s->n / 2; i++) {
        int8_t x = s->item[i];
        s->item[i] = s->item[s->n - 1 - i];
        s->item[s->n - 1 - i] = x;
    }
    return gave_none(e);
}
static void sort_items(lin_value *s)
{
    for (int i = 1; i < s->n; i++) {
        int8_t x = s->item[i];
        int j = i;
        for (; j > 0 && s->item[j - 1] > x; j--)
            s->item[j] = s->item[j - 1];
        s->item[j] = x;
    }
}
static bool list_sort(lin_value *s, const lin_event *e)
{
    sort_items(s);
    return gave_none(e);
}
static bool list_sorted(lin_value *s, const lin_event *e)
{
    lin_value copy = *s;
    sort_items(&copy);
    return gave_items(e, copy.item, copy.n);
}
static bool list_slice(lin_value *s, const lin_event *e)
{
    int lo = bound_of(s, e->arg[0]), hi = bound_of(s, e->arg[1]);
    return gave_items(e, s->item + lo, hi > lo ? (size_t)(hi - lo) : 0);
}
static bool list_every_second(lin_value *s, const lin_event *e)
{
    int8_t out[LIN_ITEMS];
    size_t n = 0;
    for (int i = 0; i < s->n; i += 2)
        out[n++] = s->item[i];
    return gave_items(e, out, n);
}
static bool list_backwards(lin_value *s, const lin_event *e)
{
    int8_t out[LIN_ITEMS];
    for (int i = 0; i < s->n; i++)
        out[i] = s->item[s->n - 1 - i];
    return gave_items(e, out, s->n);
}
static bool list_set_slice(lin_value *s, const lin_event *e)
{
    int lo = bound_of(s, e->arg[0]), hi = bound_of(s, e->arg[1]);
    const int8_t two[2] = {e->arg[2], e->arg[2]};
    splice(s, (size_t)lo, hi > lo ? (size_t)(hi - lo) : 0, two, 2);
    return gave_none(e);
}
static bool list_delete_slice(lin_value *s, const lin_event *e)
{
    int lo = bound_of(s, e->arg[0]), hi = bound_of(s, e->arg[1]);
    splice(s, (size_t)lo, hi > lo ? (size_t)(hi - lo) : 0, NULL, 0);
    return gave_none(e);
}
static bool list_delete_stepped(lin_value *s, const lin_event *e)
{
    for (int i = 0; i < s->n; i++)
        splice(s, (size_t)i, 1, NULL, 0);
    return gave_none(e);
}
static bool list_set_stepped(lin_value *s, const lin_event *e)
{
    if ((s->n + 1) / 2 != 2)
        return gave_error(e, LIN_VALUE_ERROR);
    s->item[0] = e->arg[0];
    s->item[2] = e->arg[1];
    return gave_none(e);
}
static bool list_concat(lin_value *s, const lin_event *e)
{
    lin_value copy = *s;
    splice(&copy, copy.n, 0, e->arg, 1);
    return gave_items(e, copy.item, copy.n);
}
static bool list_repeat(lin_value *s, const lin_event *e)
{
    lin_value copy = *s;
    splice(&copy, copy.n, 0, s->item, s->n);
    return gave_items(e, copy.item, copy.n);
}
static bool list_equal(lin_value *s, const lin_event *e)
{
    return gave_bool(e, s->n == 2 && s->item[0] == e->arg[0] && s->item[1] == e->arg[1]);
}
static bool list_truth(lin_value *s, const lin_event *e)
{
    return gave_bool(e, s->n > 0);
}

const lin_op list_ops[] = {
    {"append", "v", "list.append", list_append, 4},
    {"extend([...])", "vv", "lambda o, x, y: o.extend([x, y])", list_extend, 2},
    {"extend(itself)", "", "lambda o: o.extend(o)", list_extend_self, 1},
    {"o += [...]", "vv", "IADD", list_extend, 1},
    {"insert", "iv", "list.insert", list_insert, 3},
    {"pop()", "", "list.pop", list_pop, 4},
    {"pop(i)", "i", "list.pop", list_pop_at, 3},
    {"o[i]", "i", "lambda o, i: o[i]", list_get, 8},
    {"o[i] = v", "iv", "SETITEM", list_set, 4},
    {"del o[i]", "i", "DELITEM", list_delete, 2},
    {"len", "", "len", step_length, 3},
    {"bool", "", "bool", list_truth, 1},
    {"clear", "", "list.clear", step_clear, 1},
    {"remove", "v", "list.remove", list_remove, 2},
    {"v in o", "v", "lambda o, x: x in o", list_contains, 2},
    {"index", "v", "list.index", list_index, 2},
    {"count", "v", "list.count", list_count, 1},
    {"reverse", "", "list.reverse", list_reverse, 2},
    {"sort()", "", "list.sort", list_sort, 2},
    {"copy", "", "list.copy", step_look, 1},
    {"list(o)", "", "list", step_look, 1},
    {"tuple(o)", "", "tuple", step_look, 1},
    {"sorted(o)", "", "sorted", list_sorted, 1},
    {"[*o]", "", "lambda o: [*o]", step_look, 1},
    {"o[a:b]", "bb", "lambda o, a, b: o[a:b]", list_slice, 2},
    {"o[::2]", "", "lambda o: o[::2]", list_every_second, 1},
    {"o[::-1]", "", "lambda o: o[::-1]", list_backwards, 1},
    {"o[a:b] = [...]", "bbv", "SETSLICE", list_set_slice, 2},
    {"del o[a:b]", "bb", "DELSLICE", list_delete_slice, 1},
    {"del o[::2]", "", "DELSTEP", list_delete_stepped, 1},
    {"o[::2] = [...]", "vv", "SETSTEP", list_set_stepped, 1},
    {"o + [...]", "v", "lambda o, x: o + [x]", list_concat, 1},
    {"o * 2", "", "lambda o: o * 2", list_repeat, 1},
    {"o *= 2", "", "IMUL", list_extend_self, 1},
    {"o == [...]", "vv", "lambda o, x, y: o == [x, y]", list_equal, 1},
    {NULL, NULL, NULL, NULL, 0},
};

// The bytes 0 to 7; the list's functions say what happens.
const lin_op bytearray_ops[] = {
    {"append", "v", "bytearray.append", list_append, 4},
    {"extend([...])", "vv", "lambda o, x, y: o.extend([x, y])", list_extend, 2},
    {"insert", "iv", "bytearray.insert", list_insert, 3},
    {"pop()", "", "bytearray.pop", list_pop, 4},
    {"o[i]", "i", "lambda o, i: o[i]", list_get, 6},
    {"o[i] = v", "iv", "SETITEM", list_set, 4},
    {"del o[i]", "i", "DELITEM", list_delete, 2},
    {"len", "", "len", step_length, 3},
    {"clear", "", "bytearray.clear", step_clear, 1},
    {"reverse", "", "bytearray.reverse", list_reverse, 2},
    {"bytes(o)", "", "lambda o: list(bytes(o))", step_look, 2},
    {"o[a:b]", "bb", "lambda o, a, b: list(bytes(o[a:b]))", list_slice, 2},
    {NULL, NULL, NULL, NULL, 0},
};

#define LOOK(code)                             \
    {                                          \
        "(at the end)", "", code, step_look, 0 \
    }

const lin_spec lin_specs[] = {
    {.name = "list", .make = "list", .ops = list_ops, .last = LOOK("list"), .first = 3},
    {.name = "dict",
     .make = "PAIRS",
     .ops = dict_ops,
     .last = LOOK("lambda o: list(o.items())"),
     .first = 3,
     .pairs = true,
     .hashed = true},
    {.name = "set",
     .make = "set",
     .ops = set_ops,
     .last = LOOK("ORDERED"),
     .first = 3,
     .sorted = true,
     .hashed = true},
    {.name = "deque", .make = "deque", .ops = deque_ops, .last = LOOK("list"), .first = 3},
    {.name = "deque-bounded",
     .make = "lambda items: deque(items, 3)",
     .ops = bounded_ops,
     .last = LOOK("list"),
     .first = 3,
     .bound = 3},
    {.name = "bytearray",
     .make = "bytearray",
     .ops = bytearray_ops,
     .last = LOOK("lambda o: list(bytes(o))"),
     .first = 3,
     .ints = true},
    {.name = "queue",
     .make = "QUEUE",
     .ops = queue_ops,
     .last = LOOK("DRAIN"),
     .first = 2,
     .bound = 3},
    {.name = "lifo",
     .make = "LIFO",
     .ops = lifo_ops,
     .last = LOOK("lambda o: DRAIN(o)[::-1]"),
     .first = 2},
    {.name = "simple-queue",
     .make = "SIMPLE",
     .ops = simple_ops,
     .last = LOOK("DRAIN"),
     .first = 2},
    {.name = NULL},
};

const lin_spec *lin_spec_find(const char *name)
{
    for (const lin_spec *s = lin_specs; s->name != NULL; s++) {
        if (strcmp(s->name, name) == 0)
            return s;
    }
    return NULL;
}
