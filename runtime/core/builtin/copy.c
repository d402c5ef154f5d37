// SPDX-License-Identifier: MIT
//
// copy.c - copying values between interpreters.
//
// What crosses is None, bool, int, float, str, bytes, and tuple, list, dict, set and frozenset of
// those; of these types exactly, since a subclass carries more than its items. The neutral form is
// one block: the number of containers, then the value as a byte of kind and its content, containers
// with their items behind them. A container that occurs twice is written once; its second
// occurrence is its number, so what was shared stays shared and a block is never larger than its
// source.
//
// Threads     copy_out reads containers as iteration does: what other threads change meanwhile is
//             either in the copy or not, item by item.
// Invariants  CP1  numbers are given out in the order in which containers begin, on both sides.
//             CP2  a number is written only for a container that is complete: a cycle is refused.
//             CP3  every container seen is held until the end, so that its address stays its own.
#include "core/builtin/copy.h"

#include "core/builtin/host.h"     // integers as words
#include "core/object/bytes.h"     // bytes
#include "core/object/dict.h"      // dicts
#include "core/object/error.h"     // errors
#include "core/object/float.h"     // floats
#include "core/object/int.h"       // integers
#include "core/object/list.h"      // lists
#include "core/object/seq.h"       // tgc_values_free
#include "core/object/set.h"       // sets
#include "core/object/state.h"     // limit on nesting
#include "core/object/str_units.h" // text
#include "core/object/tuple.h"     // tuples
#include "mem/raw.h"               // blocks

enum { KIND_VALUE, KIND_INT, KIND_BIG, KIND_FLOAT, KIND_STR, KIND_BYTES, KIND_SEEN, KIND_LIST };
enum { KIND_TUPLE = KIND_LIST + 1, KIND_DICT, KIND_SET, KIND_FROZENSET };

// --- out

typedef struct writer {
    uint8_t *data;
    size_t used, capacity;
    tg_value *seen; // containers by number
    bool *complete;
    uint32_t count, room;
    uint32_t *index; // open addressing: number + 1, at most half full
    uint32_t index_size;
} writer;

static int put(tg_thread *t, writer *w, const void *p, size_t n)
{
    if (w->capacity - w->used < n) {
        size_t capacity = 2 * w->capacity + n;
        uint8_t *bigger = tgi_raw_realloc(w->data, capacity);
        if (bigger == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
        w->data = bigger;
        w->capacity = capacity;
    }
    if (n > 0)
        memcpy(w->data + w->used, p, n);
    w->used += n;
    return 0;
}

static int put_kind(tg_thread *t, writer *w, uint8_t kind, const void *p, size_t n)
{
    return put(t, w, &kind, 1) < 0 ? -1 : put(t, w, p, n);
}

static int put_counted(tg_thread *t, writer *w, uint8_t kind, uint64_t n, const void *p,
                       size_t bytes)
{
    return put_kind(t, w, kind, &n, sizeof n) < 0 ? -1 : put(t, w, p, bytes);
}

static uint32_t place_of(const writer *w, tg_value v)
{
    uint32_t i = (uint32_t)((v >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (w->index_size - 1);
    while (w->index[i] != 0 && w->seen[w->index[i] - 1] != v)
        i = (i + 1) & (w->index_size - 1);
    return i;
}

static bool grow_seen(writer *w)
{
    uint32_t room = w->room == 0 ? 32 : w->room * 2;
    if (room > UINT32_MAX / 4)
        return false;
    uint32_t *index = tgi_raw_calloc((size_t)room * 2, sizeof *index);
    tg_value *seen = tgi_raw_realloc(w->seen, room * sizeof *seen);
    if (seen != NULL)
        w->seen = seen;
    bool *complete = tgi_raw_realloc(w->complete, room * sizeof *complete);
    if (complete != NULL)
        w->complete = complete;
    if (index == NULL || seen == NULL || complete == NULL) {
        tgi_raw_free(index);
        return false;
    }
    tgi_raw_free(w->index);
    w->index = index;
    w->index_size = room * 2;
    w->room = room;
    for (uint32_t i = 0; i < w->count; i++)
        w->index[place_of(w, w->seen[i])] = i + 1;
    return true;
}

// 1: v was written before, and its number now. 0: it has a number from now on, in *number. -1.
static int number(tg_thread *t, writer *w, tg_value v, uint32_t *number)
{
    if (w->count == w->room && !grow_seen(w)) {
        tgc_raise_nomem(t);
        return -1;
    }
    uint32_t place = place_of(w, v);
    if (w->index[place] != 0) {
        uint32_t n = w->index[place] - 1;
        if (!w->complete[n]) // CP2
            return tgc_raise_int(t, &TGC_EXC(ValueError),
                                 "cannot copy a value that contains itself to another interpreter");
        return put_kind(t, w, KIND_SEEN, &n, sizeof n) < 0 ? -1 : 1;
    }
    w->index[place] = w->count + 1;
    w->seen[w->count] = tgc_retain(t, v); // CP3
    w->complete[w->count] = false;
    *number = w->count++;
    return 0;
}

static int write_value(tg_thread *t, writer *w, tg_value v);

static int write_items(tg_thread *t, writer *w, uint8_t kind, const tg_value *items, size_t n)
{
    int st = put_counted(t, w, kind, n, NULL, 0);
    for (size_t i = 0; i < n && st == 0; i++)
        st = write_value(t, w, items[i]);
    return st;
}

static int write_snapshot(tg_thread *t, writer *w, uint8_t kind, tg_value *items, size_t n)
{
    if (items == NULL)
        return -1;
    int st = write_items(t, w, kind, items, n);
    tgc_values_free(t, items, n);
    return st;
}

static int write_dict(tg_thread *t, writer *w, tg_value dict)
{
    uint64_t n = 0;
    if (put_counted(t, w, KIND_DICT, n, NULL, 0) < 0)
        return -1;
    size_t count_at = w->used - sizeof n, pos = 0;
    int st = 0;
    for (tg_value k, x; st == 0 && tgc_dict_next(t, dict, &pos, &k, &x); n++) {
        st = write_value(t, w, k);
        if (st == 0)
            st = write_value(t, w, x);
        tgc_release(t, k);
        tgc_release(t, x);
    }
    memcpy(w->data + count_at, &n, sizeof n);
    return st;
}

static int write_container(tg_thread *t, writer *w, tg_value v)
{
    size_t n;
    tg_value *items;
    if (tgc_is_exact(v, &tgc_tuple_type))
        return write_items(t, w, KIND_TUPLE, tgc_tuple_items(v), tgc_tuple_size(v));
    if (tgc_is_exact(v, &tgc_dict_type))
        return write_dict(t, w, v);
    if (tgc_is_exact(v, &tgc_list_type)) {
        items = tgc_list_snapshot(t, v, &n);
        return write_snapshot(t, w, KIND_LIST, items, n);
    }
    items = tgc_set_snapshot(t, v, &n);
    return write_snapshot(t, w, tgc_is_exact(v, &tgc_set_type) ? KIND_SET : KIND_FROZENSET, items,
                          n);
}

static int write_big(tg_thread *t, writer *w, tg_value v)
{
    size_t n;
    uint32_t *words = tgc_host_int_words(t, v, &n);
    if (words == NULL)
        return -1;
    uint8_t negative = tgc_int_order(v, tgc_from_int(0)) < 0;
    int st = put_counted(t, w, KIND_BIG, n, &negative, 1);
    if (st == 0)
        st = put(t, w, words, n * sizeof *words);
    tgi_raw_free(words);
    return st;
}

static int write_str(tg_thread *t, writer *w, tg_value v)
{
    tgc_view view = units_view(v);
    uint8_t kind = (uint8_t)view.kind;
    return put_counted(t, w, KIND_STR, view.length, &kind, 1) < 0
               ? -1
               : put(t, w, view.units, view.length * view.kind);
}

static bool is_container(tg_value v)
{
    return tgc_is_exact(v, &tgc_list_type) || tgc_is_exact(v, &tgc_tuple_type) ||
           tgc_is_exact(v, &tgc_dict_type) || tgc_is_exact(v, &tgc_set_type) ||
           tgc_is_exact(v, &tgc_frozenset_type);
}

static int write_value(tg_thread *t, writer *w, tg_value v)
{
    if (v == TGC_NONE || tgc_is_bool(v))
        return put_kind(t, w, KIND_VALUE, &v, sizeof v);
    if (tgc_is_int(v))
        return put_kind(t, w, KIND_INT, &v, sizeof v);
    if (tgc_is_exact(v, &tgc_int_type))
        return write_big(t, w, v);
    if (tgc_is_flo(v) || tgc_is_exact(v, &tgc_float_type)) {
        double d;
        return tgc_as_double(t, v, &d) < 0 ? -1 : put_kind(t, w, KIND_FLOAT, &d, sizeof d);
    }
    if (tgc_is_exact(v, &tgc_str_type))
        return write_str(t, w, v);
    if (tgc_is_exact(v, &tgc_bytes_type))
        return put_counted(t, w, KIND_BYTES, tgc_bytes_of(v)->size, tgc_bytes_of(v)->data,
                           tgc_bytes_of(v)->size);
    if (!is_container(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "cannot copy '%s' object to another interpreter", tgc_type_name(v));
    uint32_t n;
    int st = number(t, w, v, &n);
    if (st != 0)
        return st < 0 ? -1 : 0;
    if (tgc_enter_c(t) < 0)
        return -1;
    st = write_container(t, w, v);
    tgc_leave_c(t);
    w->complete[n] = true;
    return st;
}

void *tgc_copy_out(tg_thread *t, tg_value v)
{
    writer w = {0};
    uint64_t containers = 0;
    int st = put(t, &w, &containers, sizeof containers);
    if (st == 0)
        st = write_value(t, &w, v);
    for (uint32_t i = 0; i < w.count; i++)
        tgc_release(t, w.seen[i]);
    tgi_raw_free(w.seen);
    tgi_raw_free(w.complete);
    tgi_raw_free(w.index);
    if (st < 0) {
        tgi_raw_free(w.data);
        return NULL;
    }
    containers = w.count;
    memcpy(w.data, &containers, sizeof containers);
    return w.data;
}

// --- in

typedef struct reader {
    const uint8_t *at;
    tg_value *made; // by number, with a reference each; Unbound until complete
    size_t count;
} reader;

static void take(reader *r, void *out, size_t n)
{
    memcpy(out, r->at, n);
    r->at += n;
}

static uint64_t take_count(reader *r)
{
    uint64_t n;
    take(r, &n, sizeof n);
    return n;
}

static tg_value read_value(tg_thread *t, reader *r);

static tg_value read_big(tg_thread *t, reader *r)
{
    size_t n = take_count(r);
    uint8_t negative;
    take(r, &negative, 1);
    uint32_t *words = tgi_raw_alloc((n + 1) * sizeof *words);
    if (words == NULL)
        return tgc_raise_nomem(t);
    take(r, words, n * sizeof *words);
    tg_value v = tgc_host_int_from_words(t, words, n);
    tgi_raw_free(words);
    if (v == TGC_NULL || negative == 0)
        return v;
    tg_value minus = tgc_unary(t, TGC_NEG, v);
    tgc_release(t, v);
    return minus;
}

static tg_value read_str(tg_thread *t, reader *r)
{
    size_t n = take_count(r);
    uint8_t kind;
    take(r, &kind, 1);
    const uint8_t *units = r->at;
    r->at += n * kind;
    // The units lie anywhere; characters are put together byte by byte.
    uint32_t bits = 0, c = 0;
    for (size_t i = 0; i < n; i++) {
        memcpy(&c, units + i * kind, kind);
        bits |= c;
    }
    if (n == 0)
        return tgc_str_empty();
    if (n == 1)
        return tgc_str_from_char(t, c);
    tgc_str *s = tgc_str_alloc(t, n, bits);
    if (s == NULL)
        return TGC_NULL;
    memcpy(tgc_str_units(s), units, n * kind);
    return tgc_from_ptr(s);
}

// n items in memory to be freed; NULL: raised.
static tg_value *read_items(tg_thread *t, reader *r, size_t n)
{
    tg_value *items = n < SIZE_MAX / 16 ? tgi_raw_alloc((n + 1) * sizeof *items) : NULL;
    if (items == NULL) {
        tgc_raise_nomem(t);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        items[i] = read_value(t, r);
        if (items[i] == TGC_NULL) {
            tgc_values_free(t, items, i);
            return NULL;
        }
    }
    return items;
}

static tg_value read_sequence(tg_thread *t, reader *r, uint8_t kind)
{
    size_t n = take_count(r);
    tg_value *items = read_items(t, r, n);
    if (items == NULL)
        return TGC_NULL;
    tg_value v =
        kind == KIND_TUPLE ? tgc_tuple_from_array(t, items, n) : tgc_list_from_array(t, items, n);
    tgc_values_free(t, items, n);
    return v;
}

static tg_value read_set(tg_thread *t, reader *r, uint8_t kind)
{
    size_t n = take_count(r);
    tg_value v = tgc_set_new(t);
    for (size_t i = 0; i < n && v != TGC_NULL; i++) {
        tg_value item = read_value(t, r);
        int st = item == TGC_NULL ? -1 : tgc_set_add(t, v, item);
        tgc_release(t, item);
        if (st < 0) {
            tgc_release(t, v);
            return TGC_NULL;
        }
    }
    if (v == TGC_NULL || kind == KIND_SET)
        return v;
    tg_value frozen = tgc_frozenset_new(t, v);
    tgc_release(t, v);
    return frozen;
}

static tg_value read_dict(tg_thread *t, reader *r)
{
    size_t n = take_count(r);
    tg_value dict = tgc_dict_new(t);
    for (size_t i = 0; i < n && dict != TGC_NULL; i++) {
        tg_value k = read_value(t, r), x = k == TGC_NULL ? TGC_NULL : read_value(t, r);
        int st = x == TGC_NULL ? -1 : tgc_dict_set(t, dict, k, x);
        tgc_release(t, k);
        tgc_release(t, x);
        if (st < 0) {
            tgc_release(t, dict);
            return TGC_NULL;
        }
    }
    return dict;
}

static tg_value read_container(tg_thread *t, reader *r, uint8_t kind)
{
    size_t n = r->count++; // CP1
    if (tgc_enter_c(t) < 0)
        return TGC_NULL;
    tg_value v = kind == KIND_DICT                         ? read_dict(t, r)
                 : kind == KIND_LIST || kind == KIND_TUPLE ? read_sequence(t, r, kind)
                                                           : read_set(t, r, kind);
    tgc_leave_c(t);
    if (v != TGC_NULL)
        r->made[n] = tgc_retain(t, v);
    return v;
}

static tg_value read_value(tg_thread *t, reader *r)
{
    uint8_t kind;
    tg_value v;
    take(r, &kind, 1);
    switch (kind) {
    case KIND_VALUE:
    case KIND_INT:
        take(r, &v, sizeof v);
        return v;
    case KIND_BIG:
        return read_big(t, r);
    case KIND_FLOAT: {
        double d;
        take(r, &d, sizeof d);
        return tgc_float_new(t, d);
    }
    case KIND_STR:
        return read_str(t, r);
    case KIND_BYTES: {
        size_t n = take_count(r);
        r->at += n;
        return tgc_bytes_new(t, r->at - n, n);
    }
    case KIND_SEEN: {
        uint32_t n;
        take(r, &n, sizeof n);
        return tgc_retain(t, r->made[n]);
    }
    default:
        return read_container(t, r, kind);
    }
}

tg_value tgc_copy_in(tg_thread *t, const void *block)
{
    reader r = {.at = block};
    size_t containers = take_count(&r);
    r.made = tgi_raw_alloc((containers + 1) * sizeof *r.made);
    if (r.made == NULL)
        return tgc_raise_nomem(t);
    for (size_t i = 0; i < containers; i++)
        r.made[i] = TGC_UNBOUND;
    tg_value v = read_value(t, &r);
    tgc_values_free(t, r.made, containers);
    return v;
}

// --- one stack, two thread states

int tgc_nest(tg_thread *t, tg_thread *u)
{
    if (tgc_enter_c(t) < 0)
        return -1;
    tgc_of(u)->c_depth = tgc_of(t)->c_depth;
    return 0;
}

void tgc_nest_end(tg_thread *t)
{
    tgc_leave_c(t);
}
