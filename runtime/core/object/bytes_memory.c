// SPDX-License-Identifier: MIT
//
// bytes_memory.c - memoryview: a window onto bytes or a bytearray, of single bytes in one
// dimension.
//
// Threads     any. A view is immutable but for `released`; access to a bytearray goes through its
//             lock, a byte or a run at a time.
// Note        a bytearray may be resized under a view: what lies beyond its end then reads as 0 and
//             is not written.
#include "core/object/bytes_array.h" // sources

#include "core/object/bytes.h" // tgc_bytes_new
#include "core/object/error.h" // tgc_raise
#include "core/object/int.h"   // tgc_int_try_i64
#include "core/object/iter.h"  // tgc_iter_sequence
#include "core/object/list.h"  // tolist
#include "core/object/seq.h"   // tgc_seq_index
#include "core/object/slice.h" // tgc_slice_unpack
#include "core/object/tuple.h" // shape

typedef struct memory {
    tgc_obj head;
    tg_value source;            // const: bytes or bytearray, a counted reference
    int64_t start, step, count; // const
    _Atomic(bool) released;     // any thread: once on stays
} memory;

static memory *memory_of(tg_value v)
{
    return (memory *)(void *)tgc_ptr(v);
}

static int check(tg_thread *t, const memory *m)
{
    // ORDER: relaxed; a mistake of the script, found sooner or later.
    if (!atom_load_relaxed(&m->released))
        return 0;
    return tgc_raise_int(t, &TGC_EXC(ValueError),
                         "operation forbidden on released memoryview object");
}

static tg_value make(tg_thread *t, tg_value source, int64_t start, int64_t step, int64_t count)
{
    memory *m = (memory *)(void *)tgc_new_raw(t, &tgc_memoryview_type, sizeof *m);
    if (m == NULL)
        return TGC_NULL;
    m->source = tgc_retain(t, source);
    m->start = start;
    m->step = step;
    m->count = count;
    // ORDER: relaxed; the view is private yet.
    atom_store_relaxed(&m->released, false);
    return tgc_from_ptr(m);
}

tg_value tgc_memoryview_snapshot(tg_thread *t, tg_value v)
{
    memory *m = memory_of(v);
    if (check(t, m) < 0)
        return TGC_NULL;
    tg_value all = tgc_bytes_like(t, m->source);
    if (all == TGC_NULL)
        return TGC_NULL;
    int64_t size = (int64_t)tgc_bytes_of(all)->size;
    if (m->start == 0 && m->step == 1 && m->count == size)
        return all;
    tg_value out = tgc_bytes_new(t, NULL, (size_t)m->count);
    for (int64_t i = 0, at = m->start; out != TGC_NULL && i < m->count; i++, at += m->step)
        tgc_bytes_of(out)->data[i] = at < size ? tgc_bytes_of(all)->data[at] : 0;
    tgc_release(t, all);
    return out;
}

size_t tgc_memoryview_write(tg_thread *t, tg_value v, size_t at, const void *p, size_t n)
{
    memory *m = memory_of(v);
    if (!tgc_is_bytearray(m->source) || (int64_t)at >= m->count)
        return 0;
    size_t most = (size_t)m->count - at, done = n < most ? n : most;
    if (m->step == 1)
        return tgc_bytearray_write(t, m->source, (size_t)m->start + at, p, done);
    for (size_t i = 0; i < done; i++)
        tgc_bytearray_write(t, m->source, (size_t)(m->start + (int64_t)(at + i) * m->step),
                            (const uint8_t *)p + i, 1);
    return done;
}

static tg_value memory_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                 tg_value kwnames)
{
    (void)type; // memoryview has no subclasses
    static const char *const names[] = {"object", NULL};
    tg_value source;
    if (tgc_parse_args(t, "memoryview", names, 1, args, nargs, kwnames, &source) < 0)
        return TGC_NULL;
    if (tgc_is_memoryview(source)) {
        memory *m = memory_of(source);
        return check(t, m) < 0 ? TGC_NULL : make(t, m->source, m->start, m->step, m->count);
    }
    if (tgc_is_bytes(source))
        return make(t, source, 0, 1, (int64_t)tgc_bytes_of(source)->size);
    if (tgc_is_bytearray(source))
        return make(t, source, 0, 1, (int64_t)tgc_bytearray_size(t, source));
    return tgc_raise(t, &TGC_EXC(TypeError),
                     "memoryview: a bytes-like object is required, not '%.100s'",
                     tgc_type_name(source));
}

static void memory_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_release(t, ((memory *)(void *)o)->source);
    tgc_delete(t, o, sizeof(memory));
}

static int64_t memory_length(tg_thread *t, tg_value v)
{
    return check(t, memory_of(v)) < 0 ? -1 : memory_of(v)->count;
}

static int index_of(tg_thread *t, const memory *m, tg_value key, int64_t *at)
{
    int64_t i;
    if (!tgc_is_integer(key))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "memoryview: invalid slice key");
    if (tgc_seq_index(t, key, "memoryview", &i) < 0)
        return -1;
    if (i < 0)
        i += m->count;
    if (i < 0 || i >= m->count)
        return tgc_raise_int(t, &TGC_EXC(IndexError), "index out of bounds on dimension 1");
    *at = m->start + i * m->step;
    return 0;
}

static tg_value part(tg_thread *t, const memory *m, tg_value slice)
{
    int64_t start, stop, step;
    if (tgc_slice_unpack(t, slice, &start, &stop, &step) < 0)
        return TGC_NULL;
    int64_t count = tgc_slice_adjust(m->count, &start, &stop, step);
    return make(t, m->source, m->start + start * m->step, m->step * step, count > 0 ? count : 0);
}

static tg_value memory_getitem(tg_thread *t, tg_value v, tg_value key)
{
    memory *m = memory_of(v);
    int64_t at;
    if (check(t, m) < 0)
        return TGC_NULL;
    if (tgc_is_slice(key))
        return part(t, m, key);
    if (index_of(t, m, key, &at) < 0)
        return TGC_NULL;
    if (tgc_is_bytearray(m->source))
        return tgc_bytearray_type.getitem(t, m->source, tgc_from_int(at));
    return tgc_from_int(tgc_bytes_of(m->source)->data[at]);
}

static int memory_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    memory *m = memory_of(v);
    int64_t at;
    uint8_t byte;
    if (check(t, m) < 0)
        return -1;
    if (!tgc_is_bytearray(m->source))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "cannot modify read-only memory");
    if (x == TGC_NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "cannot delete memory");
    if (!tgc_is_slice(key)) {
        int64_t i;
        if (index_of(t, m, key, &at) < 0)
            return -1;
        if (!tgc_is_integer(x))
            return tgc_raise_int(t, &TGC_EXC(TypeError), "memoryview: invalid type for format 'B'");
        if (!tgc_int_try_i64(x, &i) || i < 0 || i > 255)
            return tgc_raise_int(t, &TGC_EXC(ValueError),
                                 "memoryview: invalid value for format 'B'");
        byte = (uint8_t)i;
        tgc_bytearray_write(t, m->source, (size_t)at, &byte, 1);
        return 0;
    }
    tg_value window = part(t, m, key), content = TGC_NULL;
    if (window == TGC_NULL)
        return -1;
    content = tgc_bytes_like(t, x);
    int ok = content == TGC_NULL ? -1 : 0;
    if (ok == 0 && (int64_t)tgc_bytes_of(content)->size != memory_of(window)->count)
        ok = tgc_raise_int(t, &TGC_EXC(ValueError),
                           "memoryview assignment: lvalue and rvalue have different structures");
    if (ok == 0)
        tgc_memoryview_write(t, window, 0, tgc_bytes_of(content)->data,
                             tgc_bytes_of(content)->size);
    tgc_release(t, content);
    tgc_release(t, window);
    return ok;
}

static tg_value memory_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (op != TGC_EQ && op != TGC_NE)
        return TGC_NOTIMPL;
    if (!tgc_is_memoryview(b) && !tgc_is_bytes(b) && !tgc_is_bytearray(b))
        return TGC_NOTIMPL;
    tg_value x = tgc_bytes_like(t, a), y = x == TGC_NULL ? TGC_NULL : tgc_bytes_like(t, b);
    tg_value result = y == TGC_NULL ? TGC_NULL : tgc_bytes_type.compare(t, op, x, y);
    tgc_release(t, x);
    tgc_release(t, y);
    return result;
}

static tg_value memory_repr(tg_thread *t, tg_value v)
{
    // ORDER: relaxed; as check.
    const char *what = atom_load_relaxed(&memory_of(v)->released) ? "released memory" : "memory";
    return tgc_str_format(t, "<%s at %p>", what, (void *)tgc_ptr(v));
}

#define NATIVE(name) \
    static tg_value name(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
#define UNUSED_COUNT \
    (void)nargs;     \
    (void)kwnames

NATIVE(memory_tobytes)
{
    UNUSED_COUNT;
    return tgc_memoryview_snapshot(t, args[0]);
}

NATIVE(memory_tolist)
{
    UNUSED_COUNT;
    tg_value copy = tgc_memoryview_snapshot(t, args[0]);
    tg_value list = copy == TGC_NULL ? TGC_NULL : tgc_list_from_iterable(t, copy);
    tgc_release(t, copy);
    return list;
}

NATIVE(memory_hex)
{
    tg_value copy = tgc_memoryview_snapshot(t, args[0]);
    if (copy == TGC_NULL)
        return TGC_NULL;
    tg_value result = nargs > 1 || kwnames != TGC_NULL
                          ? tgc_raise(t, &TGC_EXC(TypeError), "memoryview.hex() takes no arguments")
                          : tgc_call_method(t, copy, "hex", NULL, 0);
    tgc_release(t, copy);
    return result;
}

NATIVE(memory_release)
{
    (void)t;
    UNUSED_COUNT;
    // ORDER: relaxed; as check.
    atom_store_relaxed(&memory_of(args[0])->released, true);
    return TGC_NONE;
}

NATIVE(memory_enter)
{
    UNUSED_COUNT;
    return check(t, memory_of(args[0])) < 0 ? TGC_NULL : tgc_retain(t, args[0]);
}

static const tgc_method_def memory_methods[] = {
    {"hex", memory_hex, 0, 0, 0},
    {"release", memory_release, 0, 0, 0},
    {"tobytes", memory_tobytes, 0, 0, 0},
    {"tolist", memory_tolist, 0, 0, 0},
    {"__enter__", memory_enter, 0, 0, 0},
    {"__exit__", memory_release, 0, -1, 0},
    {NULL, NULL, 0, 0, 0},
};

static tg_value get_obj(tg_thread *t, tg_value v)
{
    return check(t, memory_of(v)) < 0 ? TGC_NULL : tgc_retain(t, memory_of(v)->source);
}

static tg_value get_nbytes(tg_thread *t, tg_value v)
{
    return check(t, memory_of(v)) < 0 ? TGC_NULL : tgc_from_int(memory_of(v)->count);
}

static tg_value get_readonly(tg_thread *t, tg_value v)
{
    if (check(t, memory_of(v)) < 0)
        return TGC_NULL;
    return tgc_from_bool(!tgc_is_bytearray(memory_of(v)->source));
}

static tg_value get_one(tg_thread *t, tg_value v)
{
    (void)t;
    (void)v;
    return tgc_from_int(1);
}

static tg_value get_format(tg_thread *t, tg_value v)
{
    (void)v;
    return tgc_str_from_char(t, 'B');
}

static tg_value get_shape(tg_thread *t, tg_value v)
{
    tg_value n = tgc_from_int(memory_of(v)->count);
    return tgc_tuple_from_array(t, &n, 1);
}

static const tgc_getset_def memory_getsets[] = {
    {"obj", get_obj, NULL},      {"nbytes", get_nbytes, NULL}, {"readonly", get_readonly, NULL},
    {"itemsize", get_one, NULL}, {"ndim", get_one, NULL},      {"format", get_format, NULL},
    {"shape", get_shape, NULL},  {NULL, NULL, NULL},
};

tgc_type tgc_memoryview_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "memoryview",
    .size = sizeof(memory),
    .methods = memory_methods,
    .getsets = memory_getsets,
    .doc = "Create a new memoryview object which references the given object.",
    .dealloc = memory_dealloc,
    .construct = memory_construct,
    .repr = memory_repr,
    .length = memory_length,
    .compare = memory_compare,
    .getitem = memory_getitem,
    .setitem = memory_setitem,
    .iter = tgc_iter_sequence,
};
