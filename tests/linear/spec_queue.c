// SPDX-License-Identifier: MIT
//
// spec_queue.c - the sequential queue.Queue (at most three items), LifoQueue and SimpleQueue.
#include "spec.h"

static bool put(lin_value *s, const lin_event *e)
{
    splice(s, s->n, 0, e->arg, 1);
    return gave_none(e);
}
static bool put_bounded(lin_value *s, const lin_event *e)
{
    return s->n >= 3 ? gave_error(e, LIN_FULL) : put(s, e);
}
static bool get_at(lin_value *s, const lin_event *e, size_t at)
{
    if (s->n == 0)
        return gave_error(e, LIN_EMPTY);
    int8_t v = s->item[at];
    splice(s, at, 1, NULL, 0);
    return gave_int(e, v);
}
static bool get_first(lin_value *s, const lin_event *e)
{
    return get_at(s, e, 0);
}
static bool get_last(lin_value *s, const lin_event *e)
{
    return get_at(s, e, (size_t)s->n - 1);
}
static bool is_empty(lin_value *s, const lin_event *e)
{
    return gave_bool(e, s->n == 0);
}
static bool is_full(lin_value *s, const lin_event *e)
{
    return gave_bool(e, s->n == 3);
}

const lin_op queue_ops[] = {
    {"put_nowait", "v", "Queue.put_nowait", put_bounded, 4},
    {"put", "v", "lambda o, v: o.put(v, timeout=0)", put_bounded, 1},
    {"get_nowait", "", "Queue.get_nowait", get_first, 4},
    {"get", "", "lambda o: o.get(timeout=0)", get_first, 1},
    {"qsize", "", "Queue.qsize", step_length, 2},
    {"empty", "", "Queue.empty", is_empty, 1},
    {"full", "", "Queue.full", is_full, 1},
    {NULL, NULL, NULL, NULL, 0},
};

const lin_op lifo_ops[] = {
    {"put_nowait", "v", "LifoQueue.put_nowait", put, 4},
    {"get_nowait", "", "LifoQueue.get_nowait", get_last, 4},
    {"qsize", "", "LifoQueue.qsize", step_length, 2},
    {NULL, NULL, NULL, NULL, 0},
};

const lin_op simple_ops[] = {
    {"put", "v", "SimpleQueue.put", put, 4},
    {"get_nowait", "", "SimpleQueue.get_nowait", get_first, 4},
    {"qsize", "", "SimpleQueue.qsize", step_length, 2},
    {"empty", "", "SimpleQueue.empty", is_empty, 1},
    {NULL, NULL, NULL, NULL, 0},
};
