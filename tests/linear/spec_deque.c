// SPDX-License-Identifier: MIT
//
// spec_deque.c - the sequential deque, without a bound and with at most three items.
#include "spec.h"

static bool append(lin_value *s, const lin_event *e)
{
    splice(s, s->n, 0, e->arg, 1);
    return gave_none(e);
}
static bool append_left(lin_value *s, const lin_event *e)
{
    splice(s, 0, 0, e->arg, 1);
    return gave_none(e);
}
static bool pop_end(lin_value *s, const lin_event *e, bool left)
{
    if (s->n == 0)
        return gave_error(e, LIN_INDEX_ERROR);
    size_t at = left ? 0 : (size_t)s->n - 1;
    int8_t v = s->item[at];
    splice(s, at, 1, NULL, 0);
    return gave_int(e, v);
}
static bool pop(lin_value *s, const lin_event *e)
{
    return pop_end(s, e, false);
}
static bool pop_left(lin_value *s, const lin_event *e)
{
    return pop_end(s, e, true);
}
static bool get(lin_value *s, const lin_event *e)
{
    int at = place_of(s, e->arg[0]);
    return at < 0 ? gave_error(e, LIN_INDEX_ERROR) : gave_int(e, s->item[at]);
}
static bool set(lin_value *s, const lin_event *e)
{
    int at = place_of(s, e->arg[0]);
    if (at < 0)
        return gave_error(e, LIN_INDEX_ERROR);
    s->item[at] = e->arg[1];
    return gave_none(e);
}
static bool delete_at(lin_value *s, const lin_event *e)
{
    int at = place_of(s, e->arg[0]);
    if (at < 0)
        return gave_error(e, LIN_INDEX_ERROR);
    splice(s, (size_t)at, 1, NULL, 0);
    return gave_none(e);
}
static bool insert(lin_value *s, const lin_event *e)
{
    splice(s, (size_t)bound_of(s, e->arg[0]), 0, e->arg + 1, 1);
    return gave_none(e);
}
static bool remove_value(lin_value *s, const lin_event *e)
{
    int at = find_item(s, e->arg[0]);
    if (at < 0)
        return gave_error(e, LIN_VALUE_ERROR);
    splice(s, (size_t)at, 1, NULL, 0);
    return gave_none(e);
}
static bool index_of(lin_value *s, const lin_event *e)
{
    int at = find_item(s, e->arg[0]);
    return at < 0 ? gave_error(e, LIN_VALUE_ERROR) : gave_int(e, at);
}
static bool contains(lin_value *s, const lin_event *e)
{
    return gave_bool(e, find_item(s, e->arg[0]) >= 0);
}
static bool count(lin_value *s, const lin_event *e)
{
    int n = 0;
    for (int i = 0; i < s->n; i++)
        n += s->item[i] == e->arg[0];
    return gave_int(e, n);
}
static bool rotate(lin_value *s, const lin_event *e)
{
    for (int n = s->n > 0 ? ((e->arg[0] % s->n) + s->n) % s->n : 0; n > 0; n--) {
        int8_t last = s->item[s->n - 1];
        splice(s, (size_t)s->n - 1, 1, NULL, 0);
        splice(s, 0, 0, &last, 1);
    }
    return gave_none(e);
}
static bool reverse(lin_value *s, const lin_event *e)
{
    for (int i = 0; i < s->n / 2; i++) {
        int8_t x = s->item[i];
        s->item[i] = s->item[s->n - 1 - i];
        s->item[s->n - 1 - i] = x;
    }
    return gave_none(e);
}
static bool extend(lin_value *s, const lin_event *e)
{
    splice(s, s->n, 0, e->arg, 2);
    return gave_none(e);
}
static bool extend_left(lin_value *s, const lin_event *e)
{
    splice(s, 0, 0, (const int8_t[]){e->arg[1], e->arg[0]}, 2);
    return gave_none(e);
}
static bool truth(lin_value *s, const lin_event *e)
{
    return gave_bool(e, s->n > 0);
}

const lin_op deque_ops[] = {
    {"append", "v", "deque.append", append, 4},
    {"appendleft", "v", "deque.appendleft", append_left, 4},
    {"pop", "", "deque.pop", pop, 4},
    {"popleft", "", "deque.popleft", pop_left, 4},
    {"o[i]", "i", "lambda o, i: o[i]", get, 3},
    {"o[i] = v", "iv", "SETITEM", set, 2},
    {"del o[i]", "i", "DELITEM", delete_at, 1},
    {"insert", "iv", "deque.insert", insert, 2},
    {"remove", "v", "deque.remove", remove_value, 2},
    {"index", "v", "deque.index", index_of, 2},
    {"v in o", "v", "lambda o, x: x in o", contains, 2},
    {"count", "v", "deque.count", count, 1},
    {"rotate", "i", "deque.rotate", rotate, 2},
    {"reverse", "", "deque.reverse", reverse, 1},
    {"extend([...])", "vv", "lambda o, x, y: o.extend([x, y])", extend, 2},
    {"extendleft([...])", "vv", "lambda o, x, y: o.extendleft([x, y])", extend_left, 2},
    {"len", "", "len", step_length, 3},
    {"bool", "", "bool", truth, 1},
    {"clear", "", "deque.clear", step_clear, 1},
    {"copy", "", "lambda o: list(o.copy())", step_look, 2},
    {NULL, NULL, NULL, NULL, 0},
};

static bool append_3(lin_value *s, const lin_event *e)
{
    append(s, e);
    if (s->n > 3)
        splice(s, 0, 1, NULL, 0);
    return gave_none(e);
}
static bool append_left_3(lin_value *s, const lin_event *e)
{
    append_left(s, e);
    if (s->n > 3)
        s->n = 3;
    return gave_none(e);
}
static bool insert_3(lin_value *s, const lin_event *e)
{
    return s->n >= 3 ? gave_error(e, LIN_INDEX_ERROR) : insert(s, e);
}

const lin_op bounded_ops[] = {
    {"append", "v", "deque.append", append_3, 6},
    {"appendleft", "v", "deque.appendleft", append_left_3, 6},
    {"pop", "", "deque.pop", pop, 3},
    {"popleft", "", "deque.popleft", pop_left, 3},
    {"o[i]", "i", "lambda o, i: o[i]", get, 2},
    {"insert", "iv", "deque.insert", insert_3, 2},
    {"len", "", "len", step_length, 5},
    {"copy", "", "lambda o: list(o.copy())", step_look, 2},
    {NULL, NULL, NULL, NULL, 0},
};
