// SPDX-License-Identifier: MIT
//
// spec.h - what the sequential containers share: how a result is compared, how a state is edited.
#ifndef TEST_LINEAR_SPEC_H
#define TEST_LINEAR_SPEC_H

#include "linear.h" // lin_value

#include <stdlib.h> // abort
#include <string.h> // memmove

static inline bool gave_none(const lin_event *e)
{
    return e->result.kind == LIN_NONE;
}
static inline bool gave_error(const lin_event *e, int which)
{
    return e->result.kind == LIN_ERROR && e->result.item[0] == which;
}
static inline bool gave_int(const lin_event *e, int v)
{
    return e->result.kind == LIN_INT && e->result.item[0] == v;
}
static inline bool gave_bool(const lin_event *e, bool v)
{
    return e->result.kind == LIN_BOOL && e->result.item[0] == v;
}
static inline bool gave_items(const lin_event *e, const int8_t *items, size_t n)
{
    return e->result.kind == LIN_SEQ && e->result.n == n && memcmp(e->result.item, items, n) == 0;
}

// n items from `items` (NULL: none) take the place of `count` items at `at`.
static inline void splice(lin_value *s, size_t at, size_t count, const int8_t *items, size_t n)
{
    if (s->n - count + n > LIN_ITEMS)
        abort();
    memmove(s->item + at + n, s->item + at + count, s->n - at - count);
    if (n > 0)
        memcpy(s->item + at, items, n);
    s->n = (uint8_t)(s->n - count + n);
}

static inline int find_item(const lin_value *s, int8_t v)
{
    for (int i = 0; i < s->n; i++) {
        if (s->item[i] == v)
            return i;
    }
    return -1;
}

// An index of a script as a place; -1 if it is beyond either end.
static inline int place_of(const lin_value *s, int i)
{
    if (i < 0)
        i += s->n;
    return i >= 0 && i < s->n ? i : -1;
}
// A bound of a slice, or the place of insert: clamped.
static inline int bound_of(const lin_value *s, int i)
{
    if (i < 0)
        i += s->n;
    return i < 0 ? 0 : i > s->n ? s->n : i;
}

// Used by several containers; spec.c.
bool step_look(lin_value *s, const lin_event *e);
bool step_length(lin_value *s, const lin_event *e);
bool step_clear(lin_value *s, const lin_event *e);
extern const lin_op list_ops[], deque_ops[], bounded_ops[], bytearray_ops[]; // spec.c, spec_deque.c
extern const lin_op dict_ops[], set_ops[];                                   // spec_hash.c
extern const lin_op queue_ops[], lifo_ops[], simple_ops[];                   // spec_queue.c

#endif
