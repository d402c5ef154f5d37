// SPDX-License-Identifier: MIT
//
// bytes.c - the type bytes: constructor, operators, indexing, iteration. Methods: bytes_methods.c.
//
// Threads     an iterator shared by threads may give a byte twice or skip one, and never crashes.
#include "core/object/bytes_private.h" // own interface

#include "core/object/bytes_array.h" // tgc_is_bytearray
#include "core/object/class.h"       // tgc_special_call
#include "core/object/error.h"       // tgc_raise
#include "core/object/format.h"      // tgc_bytes_percent
#include "core/object/int.h"         // tgc_int_try_i64
#include "core/object/iter.h"        // tgc_iter_self
#include "core/object/known.h"       // TGC_NAME
#include "core/object/seq.h"         // tgc_seq_multiply
#include "core/object/slice.h"       // tgc_slice_indices

static tgc_bytes empty_bytes = {.head = TGC_IMMORTAL_HEAD(&tgc_bytes_type), .size = 0, .data = {0}};

tg_value tgc_bytes_new(tg_thread *t, const void *p, size_t n)
{
    if (n == 0)
        return tgc_from_ptr(&empty_bytes);
    if (n > (size_t)INT64_MAX / 2)
        return tgc_raise_nomem(t);
    tgc_bytes *b = (tgc_bytes *)tgc_new_raw(t, &tgc_bytes_type, sizeof *b + n + 1);
    if (b == NULL)
        return TGC_NULL;
    // ORDER: relaxed; the object is private until its value is handed out.
    atom_store_relaxed(&b->hash, 0);
    b->size = n;
    if (p != NULL)
        memcpy(b->data, p, n);
    b->data[n] = 0;
    return tgc_from_ptr(b);
}

int tgc_bytes_arg(tg_thread *t, tg_value v, tgc_view *out)
{
    if (!tgc_is_bytes(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "a bytes-like object is required, not '%.100s'", tgc_type_name(v));
    *out = bytes_view(v);
    return 0;
}

int tgc_byte_arg(tg_thread *t, tg_value v, uint8_t *out)
{
    int64_t i;
    tg_value index = tgc_index(t, v);
    if (index == TGC_NULL)
        return -1;
    bool fits = tgc_int_try_i64(index, &i) && i >= 0 && i <= 255;
    tgc_release(t, index);
    if (!fits)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "byte must be in range(0, 256)");
    *out = (uint8_t)i;
    return 0;
}

// --- the constructor

static tg_value bytes_of_items(tg_thread *t, tg_value source)
{
    size_t n;
    tg_value *items = tgc_values_from_iterable(t, source, &n);
    if (items == NULL) {
        if (tgc_type_of(source)->iter == NULL && tgc_raised_match(t, &TGC_EXC(TypeError))) {
            tgc_error_clear(t);
            tgc_raise(t, &TGC_EXC(TypeError), "cannot convert '%.200s' object to bytes",
                      tgc_type_name(source));
        }
        return TGC_NULL;
    }
    tg_value result = tgc_bytes_new(t, NULL, n);
    for (size_t i = 0; result != TGC_NULL && i < n; i++) {
        int64_t byte;
        tg_value index = tgc_index(t, items[i]);
        bool fits = index != TGC_NULL && tgc_int_try_i64(index, &byte) && byte >= 0 && byte <= 255;
        if (fits)
            tgc_bytes_of(result)->data[i] = (uint8_t)byte;
        else if (index != TGC_NULL)
            tgc_raise(t, &TGC_EXC(ValueError), "bytes must be in range(0, 256)");
        tgc_release(t, index);
        if (!fits) {
            tgc_release(t, result);
            result = TGC_NULL;
        }
    }
    tgc_values_free(t, items, n);
    return result;
}

static tg_value bytes_of_size(tg_thread *t, tg_value size)
{
    int64_t n;
    if (tgc_as_index(t, size, &n) < 0)
        return TGC_NULL;
    if (n < 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "negative count");
    tg_value result = tgc_bytes_new(t, NULL, (size_t)n);
    if (result != TGC_NULL && n > 0)
        memset(tgc_bytes_of(result)->data, 0, (size_t)n);
    return result;
}

static tg_value bytes_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                tg_value kwnames)
{
    (void)type; // bytes has no subclasses
    static const char *const names[] = {"source", "encoding", "errors", NULL};
    tg_value given[3];
    const char *text[2] = {NULL, NULL};
    if (tgc_parse_args(t, "bytes", names, 0, args, nargs, kwnames, given) < 0)
        return TGC_NULL;
    for (int i = 0; i < 2; i++) {
        if (given[i + 1] == TGC_NULL)
            continue;
        if (!tgc_is_str(given[i + 1]))
            return tgc_raise(t, &TGC_EXC(TypeError),
                             "bytes() argument '%s' must be str, not %.200s", names[i + 1],
                             tgc_type_name(given[i + 1]));
        text[i] = tgc_str_utf8(t, given[i + 1], NULL);
        if (text[i] == NULL)
            return TGC_NULL;
    }
    tg_value source = given[0];
    bool has_options = text[0] != NULL || text[1] != NULL;
    if (source == TGC_NULL || (has_options && !tgc_is_str(source))) {
        if (has_options)
            return tgc_raise(t, &TGC_EXC(TypeError), "%s without a string argument",
                             text[0] != NULL ? "encoding" : "errors");
        return tgc_bytes_new(t, NULL, 0);
    }
    if (tgc_is_str(source)) {
        if (text[0] == NULL)
            return tgc_raise(t, &TGC_EXC(TypeError), "%s",
                             text[1] == NULL ? "string argument without an encoding"
                                             : "errors without an encoding");
        return tgc_str_encode(t, source, text[0], text[1]);
    }
    if (tgc_is_bytes(source) || tgc_is_bytearray(source) || tgc_is_memoryview(source))
        return tgc_bytes_like(t, source);
    if (tgc_is_integer(source))
        return bytes_of_size(t, source);
    tg_value made = tgc_special_call(t, source, TGC_NAME(bytes), TGC_NULL, TGC_NULL);
    if (made != TGC_NOTIMPL) {
        if (made != TGC_NULL && !tgc_is_bytes(made)) {
            tgc_raise(t, &TGC_EXC(TypeError), "__bytes__ returned non-bytes (type %.200s)",
                      tgc_type_name(made));
            tgc_release(t, made);
            return TGC_NULL;
        }
        return made;
    }
    tg_value size = tgc_is_float(source)
                        ? TGC_NOTIMPL
                        : tgc_special_call(t, source, TGC_NAME(index), TGC_NULL, TGC_NULL);
    if (size != TGC_NOTIMPL) {
        tg_value result = size == TGC_NULL ? TGC_NULL : bytes_of_size(t, size);
        tgc_release(t, size);
        return result;
    }
    return bytes_of_items(t, source);
}

// --- operators

static tg_value repeat(tg_thread *t, tg_value v, tg_value times)
{
    size_t count;
    int status = tgc_seq_times(t, times, &count);
    if (status <= 0)
        return status < 0 ? TGC_NULL : TGC_NOTIMPL;
    tgc_view b = bytes_view(v);
    if (count == 1)
        return tgc_retain(t, v);
    if (count == 0 || b.length == 0)
        return tgc_bytes_new(t, NULL, 0);
    if (count > (size_t)INT64_MAX / b.length)
        return tgc_raise_nomem(t);
    tg_value result = tgc_bytes_new(t, NULL, b.length * count);
    for (size_t i = 0; result != TGC_NULL && i < count; i++)
        memcpy(tgc_bytes_of(result)->data + i * b.length, b.units, b.length);
    return result;
}

static tg_value bytes_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    if (op == TGC_MUL)
        return tgc_is_bytes(a) ? tgc_seq_multiply(t, a, b, repeat)
                               : tgc_seq_multiply(t, b, a, repeat);
    if (op == TGC_MOD && tgc_is_bytes(a))
        return tgc_bytes_percent(t, a, b);
    if (op != TGC_ADD || !tgc_is_bytes(a))
        return TGC_NOTIMPL;
    if (tgc_is_bytearray(b))
        return TGC_NOTIMPL; // it knows
    if (tgc_is_memoryview(b)) {
        tg_value copy = tgc_memoryview_snapshot(t, b);
        tg_value sum = copy == TGC_NULL ? TGC_NULL : bytes_binary(t, op, a, copy);
        tgc_release(t, copy);
        return sum;
    }
    if (!tgc_is_bytes(b))
        return tgc_raise(t, &TGC_EXC(TypeError), "can't concat %.100s to bytes", tgc_type_name(b));
    tgc_view x = bytes_view(a), y = bytes_view(b);
    if (x.length == 0 || y.length == 0)
        return tgc_retain(t, x.length == 0 ? b : a);
    tg_value result = tgc_bytes_new(t, NULL, x.length + y.length);
    if (result != TGC_NULL) {
        memcpy(tgc_bytes_of(result)->data, x.units, x.length);
        memcpy(tgc_bytes_of(result)->data + x.length, y.units, y.length);
    }
    return result;
}

static tg_value bytes_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    (void)t;
    if (!tgc_is_bytes(b))
        return TGC_NOTIMPL;
    tgc_view x = bytes_view(a), y = bytes_view(b);
    int c = memcmp(x.units, y.units, x.length < y.length ? x.length : y.length);
    if (c == 0)
        c = (x.length > y.length) - (x.length < y.length);
    return tgc_from_order(op, c);
}

static int bytes_contains(tg_thread *t, tg_value v, tg_value x)
{
    tgc_view needle;
    if (tgc_is_integer(x)) {
        uint8_t byte;
        if (tgc_byte_arg(t, x, &byte) < 0)
            return -1;
        return tgc_view_find_char(bytes_view(v), byte) >= 0;
    }
    if (tgc_bytes_arg(t, x, &needle) < 0)
        return -1;
    return tgc_view_find(bytes_view(v), needle) >= 0;
}

static tg_value bytes_getitem(tg_thread *t, tg_value v, tg_value key)
{
    tgc_view b = bytes_view(v);
    int64_t n = (int64_t)b.length, i;
    const uint8_t *p = b.units;
    if (tgc_is_slice(key)) {
        int64_t start, stop, step, count;
        if (tgc_slice_indices(t, key, n, &start, &stop, &step, &count) < 0)
            return TGC_NULL;
        if (step == 1)
            return count == n ? tgc_retain(t, v)
                              : tgc_bytes_new(t, p + start, count > 0 ? (size_t)count : 0);
        tg_value result = tgc_bytes_new(t, NULL, count > 0 ? (size_t)count : 0);
        for (int64_t k = 0; result != TGC_NULL && k < count; k++)
            tgc_bytes_of(result)->data[k] = p[start + k * step];
        return result;
    }
    if (tgc_is_int(key))
        i = tgc_int(key);
    else if (tgc_seq_index(t, key, "byte", &i) < 0)
        return TGC_NULL;
    if (i < 0)
        i += n;
    if (i < 0 || i >= n)
        return tgc_raise(t, &TGC_EXC(IndexError), "index out of range");
    return tgc_from_int(p[i]);
}

// --- repr

tg_value tgc_bytes_repr(tg_thread *t, tg_value v)
{
    return tgc_bytes_quote(t, v, false);
}

tg_value tgc_bytes_quote(tg_thread *t, tg_value v, bool escape_single)
{
    static const char hex[] = "0123456789abcdef";
    tgc_view b = bytes_view(v);
    const uint8_t *p = b.units;
    bool single = memchr(p, '\'', b.length) != NULL;
    uint8_t quote = single && memchr(p, '"', b.length) == NULL ? '"' : '\'';
    size_t n = 3;
    for (size_t i = 0; i < b.length; i++) {
        uint8_t c = p[i];
        bool two = c == quote || (escape_single && c == '\'') || c == '\\' || c == '\t' ||
                   c == '\n' || c == '\r';
        n += two ? 2 : c < ' ' || c >= 0x7F ? 4 : 1;
    }
    tgc_str *s = tgc_str_alloc(t, n, 0x7F);
    if (s == NULL)
        return TGC_NULL;
    char *out = tgc_str_units(s);
    *out++ = 'b';
    *out++ = (char)quote;
    for (size_t i = 0; i < b.length; i++) {
        uint8_t c = p[i];
        if (c == quote || (escape_single && c == '\'') || c == '\\' || c == '\t' || c == '\n' ||
            c == '\r') {
            *out++ = '\\';
            *out++ = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : (char)c;
        } else if (c < ' ' || c >= 0x7F) {
            *out++ = '\\';
            *out++ = 'x';
            *out++ = hex[c >> 4];
            *out++ = hex[c & 15];
        } else {
            *out++ = (char)c;
        }
    }
    *out = (char)quote;
    return tgc_from_ptr(s);
}

// --- iteration

typedef struct bytes_iter {
    tgc_obj head;
    tg_value bytes;       // const, a counted reference
    _Atomic(uint64_t) at; // any thread
} bytes_iter;

static tg_value bytes_iterate(tg_thread *t, tg_value v)
{
    bytes_iter *it = (bytes_iter *)tgc_new_raw(t, &tgc_bytes_iter_type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->bytes = tgc_retain(t, v);
    // ORDER: relaxed; the iterator is private yet.
    atom_store_relaxed(&it->at, 0);
    return tgc_from_ptr(it);
}

static tg_value bytes_iter_next(tg_thread *t, tg_value v)
{
    bytes_iter *it = (bytes_iter *)tgc_ptr(v);
    uint64_t at;
    do {
        // ORDER: relaxed; the position only; the bytes are immutable.
        at = atom_load_relaxed(&it->at);
        if (at >= tgc_bytes_of(it->bytes)->size)
            return TGC_NULL;
    } while (!TGC_ITER_MOVE(t, it, &it->at, at, at + 1));
    return tgc_from_int(tgc_bytes_of(it->bytes)->data[at]);
}

static void bytes_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_release(t, ((bytes_iter *)o)->bytes);
    tgc_delete(t, o, sizeof(bytes_iter));
}

tgc_type tgc_bytes_iter_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "bytes_iterator", .size = sizeof(bytes_iter),
    .dealloc = bytes_iter_dealloc,     .iter = tgc_iter_self,    .next = bytes_iter_next,
};

// --- slots

static void bytes_dealloc(tg_thread *t, tgc_obj *o)
{
    if (o == &empty_bytes.head) {
        tgc_make_immortal(o); // a constant of code that went away
        return;
    }
    tgc_delete(t, o, sizeof(tgc_bytes) + ((tgc_bytes *)o)->size + 1);
}

static int bytes_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    (void)t;
    tgc_bytes *b = tgc_bytes_of(v);
    // ORDER: relaxed; a racing writer stores the same value, which depends on nothing else.
    *out = atom_load_relaxed(&b->hash);
    if (*out == 0) {
        *out = tgc_hash_bytes(b->data, b->size);
        atom_store_relaxed(&b->hash, *out); // ORDER: relaxed; as above.
    }
    return 0;
}

static int bytes_truth(tg_thread *t, tg_value v)
{
    (void)t;
    return tgc_bytes_of(v)->size != 0;
}

static int64_t bytes_length(tg_thread *t, tg_value v)
{
    (void)t;
    return (int64_t)tgc_bytes_of(v)->size;
}

tgc_type tgc_bytes_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "bytes",
    .flags = TGC_TF_BYTES,
    .size = sizeof(tgc_bytes),
    .methods = tgc_bytes_methods,
    .doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes",
    .dealloc = bytes_dealloc,
    .construct = bytes_construct,
    .repr = tgc_bytes_repr,
    .hash = bytes_hash,
    .truth = bytes_truth,
    .length = bytes_length,
    .binary = bytes_binary,
    .compare = bytes_compare,
    .getitem = bytes_getitem,
    .contains = bytes_contains,
    .iter = bytes_iterate,
};
