// SPDX-License-Identifier: MIT
//
// bytes_array.c - the type bytearray.
//
// Everything that only reads is done by bytes on a copy; what remains is changing the content.
// Memory is allocated before the lock is taken and released after it is let go.
#include "core/object/bytes_array.h" // own interface

#include "core/object/backing.h"       // bytes of data
#include "core/object/bytes_private.h" // tgc_bytes_methods
#include "core/object/error.h"         // tgc_raise
#include "core/object/int.h"           // bytes as integers
#include "core/object/iter.h"          // tgc_iter_self
#include "core/object/list.h"          // results of split
#include "core/object/seq.h"           // tgc_seq_times
#include "core/object/slice.h"         // tgc_slice_unpack
#include "core/object/tuple.h"         // results of partition
#include "mem/raw.h"                   // tgi_raw_alloc

#define NATIVE(name) \
    static tg_value name(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
#define UNUSED_COUNT \
    (void)nargs;     \
    (void)kwnames

static tgc_bytearray *array_of(tg_value v)
{
    return (tgc_bytearray *)tgc_ptr(v);
}

tg_value tgc_bytearray_new(tg_thread *t, const void *p, size_t n)
{
    tgc_bytearray *a = (tgc_bytearray *)tgc_new(t, &tgc_bytearray_type, sizeof *a);
    if (a == NULL)
        return TGC_NULL;
    tgc_lock_init(&a->lock);
    a->data = tgi_raw_alloc(n + 1);
    if (a->data == NULL) {
        tgc_release(t, tgc_from_ptr(a));
        return tgc_raise_nomem(t);
    }
    memcpy(a->data, p, n);
    a->size = n;
    a->capacity = n + 1;
    tgc_backing_made(t, n + 1);
    return tgc_from_ptr(a);
}

size_t tgc_bytearray_size(tg_thread *t, tg_value v)
{
    size_t n = 0;
    TGC_LOCKED(t, &array_of(v)->lock) {
        n = array_of(v)->size;
    }
    return n;
}

tg_value tgc_bytearray_snapshot(tg_thread *t, tg_value v)
{
    tgc_bytearray *a = array_of(v);
    for (;;) {
        size_t n = tgc_bytearray_size(t, v);
        tg_value copy = tgc_bytes_new(t, NULL, n);
        if (copy == TGC_NULL)
            return TGC_NULL;
        bool same = false;
        TGC_LOCKED(t, &a->lock) {
            same = a->size == n;
            if (same && n != 0)
                memcpy(tgc_bytes_of(copy)->data, a->data, n);
        }
        if (same)
            return copy;
        tgc_release(t, copy); // somebody changed the size meanwhile
    }
}

size_t tgc_bytearray_write(tg_thread *t, tg_value v, size_t at, const void *p, size_t n)
{
    tgc_bytearray *a = array_of(v);
    size_t done = 0;
    TGC_LOCKED(t, &a->lock) {
        if (at < a->size) {
            done = n < a->size - at ? n : a->size - at;
            memcpy(a->data + at, p, done);
        }
    }
    return done;
}

tg_value tgc_bytes_like(tg_thread *t, tg_value v)
{
    if (tgc_is_bytearray(v))
        return tgc_bytearray_snapshot(t, v);
    if (tgc_is_memoryview(v))
        return tgc_memoryview_snapshot(t, v);
    if (tgc_is_bytes(v))
        return tgc_retain(t, v);
    return tgc_raise(t, &TGC_EXC(TypeError), "a bytes-like object is required, not '%.100s'",
                     tgc_type_name(v));
}

static size_t clamped(const tgc_bytearray *a, int64_t i)
{
    if (i < 0)
        i += (int64_t)a->size;
    return i < 0 ? 0 : (size_t)i < a->size ? (size_t)i : a->size;
}

// Replaces [from, to) (negative from the end, clamped to the content as it is then) by n bytes at
// p. 0, -1 MemoryError.
static int splice(tg_thread *t, tgc_bytearray *a, int64_t from, int64_t to, const void *p, size_t n)
{
    for (;;) {
        size_t need = 0;
        bool done = false;
        TGC_LOCKED(t, &a->lock) {
            size_t lo = clamped(a, from), hi = clamped(a, to);
            hi = hi < lo ? lo : hi;
            need = a->size - (hi - lo) + n;
            if (need <= a->capacity) {
                memmove(a->data + lo + n, a->data + hi, a->size - hi);
                if (n != 0)
                    memcpy(a->data + lo, p, n);
                a->size = need;
                done = true;
            }
        }
        if (done)
            return 0;
        size_t capacity = need + need / 8 + 16;
        uint8_t *grown = tgi_raw_alloc(capacity), *old = grown;
        if (grown == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
        TGC_LOCKED(t, &a->lock) {
            if (a->capacity < capacity) {
                memcpy(grown, a->data, a->size);
                tgc_backing_freed(t, a->capacity);
                tgc_backing_made(t, capacity);
                old = a->data;
                a->data = grown;
                a->capacity = capacity;
            }
        }
        tgi_raw_free(old);
    }
}

// --- methods that change

NATIVE(array_append)
{
    UNUSED_COUNT;
    uint8_t byte;
    if (tgc_byte_arg(t, args[1], &byte) < 0 ||
        splice(t, array_of(args[0]), INT64_MAX, INT64_MAX, &byte, 1) < 0)
        return TGC_NULL;
    return TGC_NONE;
}

// Bytes from bytes-like objects and iterables of integers.
static tg_value content_of(tg_thread *t, tg_value source)
{
    if (tgc_is_bytearray(source) || tgc_is_bytes(source) || tgc_is_memoryview(source))
        return tgc_bytes_like(t, source);
    if (tgc_is_integer(source) || tgc_is_str(source))
        return tgc_raise(t, &TGC_EXC(TypeError), "can't extend bytearray with %.100s",
                         tgc_type_name(source));
    return tgc_call1(t, tgc_from_ptr(&tgc_bytes_type), source);
}

NATIVE(array_extend)
{
    UNUSED_COUNT;
    tg_value more = content_of(t, args[1]);
    if (more == TGC_NULL)
        return TGC_NULL;
    int ok = splice(t, array_of(args[0]), INT64_MAX, INT64_MAX, tgc_bytes_of(more)->data,
                    tgc_bytes_of(more)->size);
    tgc_release(t, more);
    return ok < 0 ? TGC_NULL : TGC_NONE;
}

NATIVE(array_insert)
{
    UNUSED_COUNT;
    int64_t at;
    uint8_t byte;
    if (tgc_as_index(t, args[1], &at) < 0 || tgc_byte_arg(t, args[2], &byte) < 0)
        return TGC_NULL;
    if (splice(t, array_of(args[0]), at, at, &byte, 1) < 0)
        return TGC_NULL;
    return TGC_NONE;
}

NATIVE(array_clear)
{
    UNUSED_COUNT;
    splice(t, array_of(args[0]), 0, INT64_MAX, NULL, 0);
    return TGC_NONE;
}

NATIVE(array_reverse)
{
    UNUSED_COUNT;
    tgc_bytearray *a = array_of(args[0]);
    TGC_LOCKED(t, &a->lock) {
        for (size_t i = 0, j = a->size; i + 1 < j; i++) {
            j--;
            uint8_t c = a->data[i];
            a->data[i] = a->data[j];
            a->data[j] = c;
        }
    }
    return TGC_NONE;
}

NATIVE(array_pop)
{
    (void)kwnames;
    tgc_bytearray *a = array_of(args[0]);
    int64_t at = -1, size = 0, byte = -1;
    if (nargs > 1 && tgc_as_index(t, args[1], &at) < 0)
        return TGC_NULL;
    TGC_LOCKED(t, &a->lock) {
        size = (int64_t)a->size;
        at = at < 0 ? at + size : at;
        if (at >= 0 && at < size) {
            byte = a->data[at];
            memmove(a->data + at, a->data + at + 1, (size_t)(size - at - 1));
            a->size--;
        }
    }
    if (byte < 0)
        return tgc_raise(t, &TGC_EXC(IndexError), "%s",
                         size == 0 ? "pop from empty bytearray" : "pop index out of range");
    return tgc_from_int(byte);
}

NATIVE(array_remove)
{
    UNUSED_COUNT;
    tgc_bytearray *a = array_of(args[0]);
    uint8_t byte, *at = NULL;
    if (tgc_byte_arg(t, args[1], &byte) < 0)
        return TGC_NULL;
    TGC_LOCKED(t, &a->lock) {
        at = memchr(a->data, byte, a->size);
        if (at != NULL) {
            memmove(at, at + 1, (size_t)(a->data + a->size - at - 1));
            a->size--;
        }
    }
    return at == NULL ? tgc_raise(t, &TGC_EXC(ValueError), "value not found in bytearray")
                      : TGC_NONE;
}

NATIVE(array_copy)
{
    UNUSED_COUNT;
    tg_value copy = tgc_bytearray_snapshot(t, args[0]);
    if (copy == TGC_NULL)
        return TGC_NULL;
    tg_value result = tgc_bytearray_new(t, tgc_bytes_of(copy)->data, tgc_bytes_of(copy)->size);
    tgc_release(t, copy);
    return result;
}

// --- methods that read: those of bytes

static tg_value as_array_steal(tg_thread *t, tg_value v)
{
    if (v == TGC_NULL || !tgc_is_bytes(v))
        return v;
    tg_value a = tgc_bytearray_new(t, tgc_bytes_of(v)->data, tgc_bytes_of(v)->size);
    tgc_release(t, v);
    return a;
}

// The result of a bytes method with every bytes in it as a bytearray.
static tg_value result_steal(tg_thread *t, tg_value v)
{
    bool list = v != TGC_NULL && tgc_is_list(v);
    if (v == TGC_NULL || (!list && !tgc_is_tuple(v)))
        return as_array_steal(t, v);
    size_t n = list ? tgc_list_size(v) : tgc_tuple_size(v);
    tg_value out = list ? tgc_list_new(t, n) : tgc_tuple_new(t, n);
    for (size_t i = 0; out != TGC_NULL && i < n; i++) {
        tg_value item = list ? tgc_list_get(t, v, i) : tgc_retain(t, tgc_tuple_peek(v, i));
        item = as_array_steal(t, item);
        if (item != TGC_NULL && list && tgc_list_append_steal(t, out, item) < 0)
            item = TGC_NULL;
        else if (item != TGC_NULL && !list)
            tgc_tuple_init_item(out, i, item);
        if (item == TGC_NULL) {
            tgc_release(t, out);
            out = TGC_NULL;
        }
    }
    tgc_release(t, v);
    return out;
}

#define MAX_ARGS 4

static tg_value by_bytes(tg_thread *t, const char *name, const tg_value *args, size_t nargs,
                         tg_value kwnames)
{
    const tgc_method_def *def = tgc_bytes_methods;
    while (strcmp(def->name, name) != 0)
        def++;
    tg_value plain[MAX_ARGS], result = TGC_NULL;
    size_t n = 0;
    bool ok = nargs <= MAX_ARGS;
    if (!ok)
        tgc_raise(t, &TGC_EXC(TypeError), "%s() takes at most %d arguments (%zu given)", name,
                  MAX_ARGS - 1, nargs - 1);
    for (; ok && n < nargs; n++) {
        plain[n] =
            tgc_is_bytearray(args[n]) ? tgc_bytearray_snapshot(t, args[n]) : tgc_retain(t, args[n]);
        ok = plain[n] != TGC_NULL;
        if (!ok)
            break;
    }
    if (ok)
        result = def->fn(t, plain, nargs, kwnames);
    while (n > 0)
        tgc_release(t, plain[--n]);
    return result_steal(t, result);
}

// clang-format off
#define READERS(X)                                                                                 \
    X(capitalize, 0, 0, 0)                                                                         \
    X(center, 1, 2, 0)                                                                             \
    X(count, 1, 3, 0)                                                                              \
    X(decode, 0, 2, TGC_METH_KW)                                                                   \
    X(endswith, 1, 3, 0)                                                                           \
    X(find, 1, 3, 0) X(hex, 0, 2, TGC_METH_KW) X(index, 1, 3, 0) X(isalnum, 0, 0, 0)               \
        X(isalpha, 0, 0, 0) X(isascii, 0, 0, 0) X(isdigit, 0, 0, 0) X(islower, 0, 0, 0)            \
            X(isspace, 0, 0, 0) X(isupper, 0, 0, 0) X(join, 1, 1, 0) X(ljust, 1, 2, 0)             \
                X(lower, 0, 0, 0) X(lstrip, 0, 1, 0) X(partition, 1, 1, 0)                         \
                    X(removeprefix, 1, 1, 0) X(removesuffix, 1, 1, 0) X(replace, 2, 3, 0)          \
                        X(rfind, 1, 3, 0) X(rindex, 1, 3, 0) X(rjust, 1, 2, 0)                     \
                            X(rpartition, 1, 1, 0) X(rsplit, 0, 2, TGC_METH_KW) X(rstrip, 0, 1, 0) \
                                X(split, 0, 2, TGC_METH_KW) X(splitlines, 0, 1, TGC_METH_KW)       \
                                    X(startswith, 1, 3, 0) X(strip, 0, 1, 0) X(swapcase, 0, 0, 0)  \
                                        X(title, 0, 0, 0) X(translate, 1, 2, TGC_METH_KW)          \
                                            X(upper, 0, 0, 0) X(zfill, 1, 1, 0)
// clang-format on

#define READER(name, min, max, flags)                    \
    NATIVE(array_##name)                                 \
    {                                                    \
        return by_bytes(t, #name, args, nargs, kwnames); \
    }
READERS(READER)

NATIVE(array_fromhex)
{
    return by_bytes(t, "fromhex", args, nargs, kwnames);
}

static const tgc_method_def array_methods[] = {
#define ENTRY(name, min, max, flags) {#name, array_##name, min, max, flags},
    READERS(ENTRY){"append", array_append, 1, 1, 0},
    {"clear", array_clear, 0, 0, 0},
    {"copy", array_copy, 0, 0, 0},
    {"extend", array_extend, 1, 1, 0},
    {"fromhex", array_fromhex, 1, 1, TGC_METH_CLASS},
    {"insert", array_insert, 2, 2, 0},
    {"pop", array_pop, 0, 1, 0},
    {"remove", array_remove, 1, 1, 0},
    {"reverse", array_reverse, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

// --- slots

static tg_value array_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                tg_value kwnames)
{
    (void)type; // bytearray has no subclasses
    tg_value plain;
    if (nargs == 1 && kwnames == TGC_NULL && tgc_is_bytearray(args[0]))
        plain = tgc_bytearray_snapshot(t, args[0]);
    else
        plain = tgc_call(t, tgc_from_ptr(&tgc_bytes_type), args, nargs, kwnames);
    return as_array_steal(t, plain);
}

static void array_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_backing_freed(t, ((tgc_bytearray *)o)->capacity); // 0 if there was no memory for it
    tgi_raw_free(((tgc_bytearray *)o)->data);
    tgc_delete(t, o, sizeof(tgc_bytearray));
}

static tg_value array_repr(tg_thread *t, tg_value v)
{
    tg_value copy = tgc_bytearray_snapshot(t, v),
             inner = copy == TGC_NULL ? TGC_NULL : tgc_bytes_quote(t, copy, true);
    tgc_release(t, copy);
    if (inner == TGC_NULL)
        return TGC_NULL;
    tg_value result = tgc_str_format(t, "bytearray(%s)", tgc_str_utf8(t, inner, NULL));
    tgc_release(t, inner);
    return result;
}

static int array_truth(tg_thread *t, tg_value v)
{
    return tgc_bytearray_size(t, v) != 0;
}
static int64_t array_length(tg_thread *t, tg_value v)
{
    return (int64_t)tgc_bytearray_size(t, v);
}

static bool is_like(tg_value v)
{
    return tgc_is_bytes(v) || tgc_is_bytearray(v) || tgc_is_memoryview(v);
}

static tg_value array_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op != TGC_ADD && op != TGC_MUL && (op != TGC_MOD || !tgc_is_bytearray(a)))
        return TGC_NOTIMPL;
    if (op == TGC_ADD && (!is_like(a) || !is_like(b))) {
        if (!is_like(a))
            return TGC_NOTIMPL;
        return tgc_raise(t, &TGC_EXC(TypeError), "can't concat %.100s to bytearray",
                         tgc_type_name(b));
    }
    tg_value x = is_like(a) ? tgc_bytes_like(t, a) : tgc_retain(t, a);
    bool copy = is_like(b) && op != TGC_MOD;
    tg_value y = x == TGC_NULL ? TGC_NULL : copy ? tgc_bytes_like(t, b) : tgc_retain(t, b);
    tg_value result = y == TGC_NULL ? TGC_NULL : tgc_bytes_type.binary(t, op, x, y);
    tgc_release(t, x);
    tgc_release(t, y);
    // bytes + bytearray is what its left side is
    return op == TGC_ADD && tgc_is_bytes(a) ? result : as_array_steal(t, result);
}

static tg_value array_inplace(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op != TGC_ADD)
        return array_binary(t, op, a, b);
    if (!is_like(b))
        return tgc_raise(t, &TGC_EXC(TypeError), "can't concat %.100s to bytearray",
                         tgc_type_name(b));
    tg_value args[2] = {a, b}, done = array_extend(t, args, 2, TGC_NULL);
    return done == TGC_NULL ? TGC_NULL : tgc_retain(t, a);
}

static tg_value array_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (!is_like(b))
        return TGC_NOTIMPL;
    tg_value x = tgc_bytes_like(t, a), y = x == TGC_NULL ? TGC_NULL : tgc_bytes_like(t, b);
    tg_value result = y == TGC_NULL ? TGC_NULL : tgc_bytes_type.compare(t, op, x, y);
    tgc_release(t, x);
    tgc_release(t, y);
    return result;
}

static int array_contains(tg_thread *t, tg_value v, tg_value x)
{
    tg_value copy = tgc_bytearray_snapshot(t, v), needle = TGC_NULL;
    if (copy != TGC_NULL)
        needle = tgc_is_bytearray(x) ? tgc_bytearray_snapshot(t, x) : tgc_retain(t, x);
    int result = needle == TGC_NULL ? -1 : tgc_bytes_type.contains(t, copy, needle);
    tgc_release(t, copy);
    tgc_release(t, needle);
    return result;
}

static tg_value array_getitem(tg_thread *t, tg_value v, tg_value key)
{
    tgc_bytearray *a = array_of(v);
    int64_t i, byte = -1;
    if (tgc_is_slice(key)) {
        tg_value copy = tgc_bytearray_snapshot(t, v);
        tg_value part = copy == TGC_NULL ? TGC_NULL : tgc_bytes_type.getitem(t, copy, key);
        tgc_release(t, copy);
        return as_array_steal(t, part);
    }
    if (tgc_seq_index(t, key, "bytearray", &i) < 0)
        return TGC_NULL;
    TGC_LOCKED(t, &a->lock) {
        if (i < 0)
            i += (int64_t)a->size;
        if (i >= 0 && (size_t)i < a->size)
            byte = a->data[i];
    }
    if (byte < 0)
        return tgc_raise(t, &TGC_EXC(IndexError), "bytearray index out of range");
    return tgc_from_int(byte);
}

static int set_slice(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    int64_t start, stop, step;
    if (tgc_slice_unpack(t, key, &start, &stop, &step) < 0)
        return -1;
    tg_value more = x == TGC_NULL ? tgc_bytes_new(t, NULL, 0) : content_of(t, x);
    if (more == TGC_NULL)
        return -1;
    int64_t count = tgc_slice_adjust((int64_t)tgc_bytearray_size(t, v), &start, &stop, step);
    const uint8_t *p = tgc_bytes_of(more)->data;
    size_t n = tgc_bytes_of(more)->size;
    int ok;
    if (step == 1) {
        ok = splice(t, array_of(v), start, start + (count > 0 ? count : 0), p, n);
    } else if ((int64_t)n != count && x != TGC_NULL) {
        ok = tgc_raise_int(t, &TGC_EXC(ValueError),
                           "attempt to assign bytes of size %zu to extended slice of size %lld", n,
                           (long long)count);
    } else {
        ok = 0;
        // Deleting goes from the back, so that the places still to come do not move.
        for (int64_t k = 0; ok == 0 && k < count; k++) {
            int64_t forward = start + k * step,
                    backward = step > 0 ? start + (count - 1 - k) * step : forward;
            if (x == TGC_NULL)
                ok = splice(t, array_of(v), backward, backward + 1, NULL, 0);
            else
                tgc_bytearray_write(t, v, (size_t)forward, p + k, 1);
        }
    }
    tgc_release(t, more);
    return ok;
}

static int array_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    tgc_bytearray *a = array_of(v);
    int64_t i;
    uint8_t byte = 0;
    bool found = false;
    if (tgc_is_slice(key))
        return set_slice(t, v, key, x);
    if (tgc_seq_index(t, key, "bytearray", &i) < 0 ||
        (x != TGC_NULL && tgc_byte_arg(t, x, &byte) < 0))
        return -1;
    TGC_LOCKED(t, &a->lock) {
        if (i < 0)
            i += (int64_t)a->size;
        found = i >= 0 && (size_t)i < a->size;
        if (found && x != TGC_NULL) {
            a->data[i] = byte;
        } else if (found) {
            memmove(a->data + i, a->data + i + 1, a->size - (size_t)i - 1);
            a->size--;
        }
    }
    return found ? 0 : tgc_raise_int(t, &TGC_EXC(IndexError), "bytearray index out of range");
}

// --- iteration

typedef struct array_iter {
    tgc_obj head;
    tg_value array;       // const, a counted reference
    _Atomic(uint64_t) at; // any thread
} array_iter;

static tg_value array_iterate(tg_thread *t, tg_value v)
{
    array_iter *it = (array_iter *)(void *)tgc_new_raw(t, &tgc_bytearray_iter_type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->array = tgc_retain(t, v);
    // ORDER: relaxed; the iterator is private yet.
    atom_store_relaxed(&it->at, 0);
    return tgc_from_ptr(it);
}

static tg_value array_iter_next(tg_thread *t, tg_value v)
{
    array_iter *it = (array_iter *)(void *)tgc_ptr(v);
    tgc_bytearray *a = array_of(it->array);
    uint64_t at;
    int byte;
    do {
        // ORDER: relaxed; the position only, the content is read under its lock.
        at = atom_load_relaxed(&it->at);
        byte = -1;
        TGC_LOCKED(t, &a->lock) {
            if (at < a->size)
                byte = a->data[at];
        }
        if (byte < 0)
            return TGC_NULL;
    } while (!TGC_ITER_MOVE(t, it, &it->at, at, at + 1));
    return tgc_from_int(byte);
}

static void array_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_release(t, ((array_iter *)(void *)o)->array);
    tgc_delete(t, o, sizeof(array_iter));
}

tgc_type tgc_bytearray_iter_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "bytearray_iterator", .size = sizeof(array_iter),
    .dealloc = array_iter_dealloc,     .iter = tgc_iter_self,        .next = array_iter_next,
};

tgc_type tgc_bytearray_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "bytearray",
    .size = sizeof(tgc_bytearray),
    .methods = array_methods,
    .doc = "bytearray(iterable_of_ints) -> bytearray\n"
           "bytearray(string, encoding[, errors]) -> bytearray",
    .dealloc = array_dealloc,
    .construct = array_construct,
    .repr = array_repr,
    .hash = tgc_hash_unhashable,
    .truth = array_truth,
    .length = array_length,
    .binary = array_binary,
    .inplace = array_inplace,
    .compare = array_compare,
    .getitem = array_getitem,
    .setitem = array_setitem,
    .contains = array_contains,
    .iter = array_iterate,
};
