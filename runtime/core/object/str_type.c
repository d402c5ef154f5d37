// SPDX-License-Identifier: MIT
//
// str_type.c - the type str: constructor, operators, indexing, iteration. Methods: str_methods.c.
//
// Threads     an iterator shared by threads may give a character twice or skip one, and never
//             crashes.
#include "core/object/bytes.h"       // tgc_bytes_data
#include "core/object/class.h"       // tgc_attrs_init
#include "core/object/error.h"       // tgc_raise
#include "core/object/format.h"      // tgc_str_percent
#include "core/object/iter.h"        // tgc_iter_self
#include "core/object/seq.h"         // tgc_seq_multiply
#include "core/object/slice.h"       // tgc_slice_indices
#include "core/object/str_methods.h" // tgc_str_methods
#include "core/object/str_units.h"   // view

// --- the constructor

static int text_option(tg_thread *t, tg_value v, const char *which, const char **out)
{
    *out = NULL;
    if (v == TGC_NULL)
        return 0;
    if (!tgc_is_str(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "str() argument '%s' must be str, not %.200s",
                             which, tgc_type_name(v));
    *out = tgc_str_utf8(t, v, NULL);
    return *out == NULL ? -1 : 0;
}

static tg_value str_from_args(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    if (kwnames == TGC_NULL && nargs <= 1)
        return nargs == 0 ? tgc_str_empty() : tgc_to_str(t, args[0]);
    static const char *const names[] = {"object", "encoding", "errors", NULL};
    tg_value given[3];
    if (tgc_parse_args(t, "str", names, 0, args, nargs, kwnames, given) < 0)
        return TGC_NULL;
    const char *encoding, *errors;
    if (text_option(t, given[1], "encoding", &encoding) < 0 ||
        text_option(t, given[2], "errors", &errors) < 0)
        return TGC_NULL;
    if (given[0] == TGC_NULL)
        return tgc_str_empty();
    if (encoding == NULL && errors == NULL)
        return tgc_to_str(t, given[0]);
    if (tgc_is_str(given[0]))
        return tgc_raise(t, &TGC_EXC(TypeError), "decoding str is not supported");
    if (!tgc_is_bytes(given[0]))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "decoding to str: need a bytes-like object, %.80s found",
                         tgc_type_name(given[0]));
    size_t n;
    const uint8_t *p = tgc_bytes_data(given[0], &n);
    return tgc_str_decode(t, p, n, encoding, errors);
}

static tg_value str_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                              tg_value kwnames)
{
    tg_value plain = str_from_args(t, args, nargs, kwnames);
    if (plain == TGC_NULL || type == &tgc_str_type)
        return plain;
    tg_value v = tgc_str_new_typed(t, type, plain);
    tgc_release(t, plain);
    if (v == TGC_NULL)
        return TGC_NULL;
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, tgc_ptr(v));
    if ((type->flags & TGC_TF_TRACKED) != 0)
        tgc_track(t, tgc_ptr(v));
    return v;
}

// --- operators

static tg_value str_times(tg_thread *t, tg_value s, tg_value times)
{
    size_t n;
    int status = tgc_seq_times(t, times, &n);
    if (status <= 0)
        return status < 0 ? TGC_NULL : TGC_NOTIMPL;
    return tgc_str_repeat(t, s, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static tg_value str_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    switch (op) {
    case TGC_ADD:
        if (!tgc_is_str(a))
            return TGC_NOTIMPL;
        return tgc_is_str(b) ? tgc_str_concat(t, a, b) : tgc_refuse_concat(t, a, b, "str");
    case TGC_MUL:
        return tgc_is_str(a) ? tgc_seq_multiply(t, a, b, str_times)
                             : tgc_seq_multiply(t, b, a, str_times);
    case TGC_MOD:
        return tgc_is_str(a) ? tgc_str_percent(t, a, b) : TGC_NOTIMPL;
    default:
        return TGC_NOTIMPL;
    }
}

static tg_value str_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    (void)t;
    if (!tgc_is_str(b))
        return TGC_NOTIMPL;
    if (op == TGC_EQ || op == TGC_NE)
        return tgc_from_bool(tgc_str_equal(a, b) == (op == TGC_EQ));
    return tgc_from_order(op, a == b ? 0 : tgc_str_order(a, b));
}

static int str_contains(tg_thread *t, tg_value v, tg_value x)
{
    if (!tgc_is_str(x))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "'in <string>' requires string as left operand, not %.100s",
                             tgc_type_name(x));
    return tgc_view_find(units_view(v), units_view(x)) >= 0;
}

static tg_value str_slice(tg_thread *t, tg_value v, tg_value slice)
{
    int64_t start, stop, step, count;
    if (tgc_slice_indices(t, slice, (int64_t)tgc_str_length(v), &start, &stop, &step, &count) < 0)
        return TGC_NULL;
    if (step == 1)
        return tgc_str_sub(t, v, (size_t)start, (size_t)(start + count));
    if (count <= 0)
        return tgc_str_empty();
    tgc_view from = units_view(v);
    uint32_t bits = 0;
    for (int64_t i = 0, at = start; i < count; i++, at += step)
        bits |= view_get(from, (size_t)at);
    if (count == 1)
        return tgc_str_from_char(t, bits);
    tgc_str *s = tgc_str_alloc(t, (size_t)count, bits);
    if (s == NULL)
        return TGC_NULL;
    void *to = tgc_str_units(s);
    for (int64_t i = 0, at = start; i < count; i++, at += step)
        units_set(to, s->kind, (size_t)i, view_get(from, (size_t)at));
    return tgc_from_ptr(s);
}

static tg_value str_getitem(tg_thread *t, tg_value v, tg_value key)
{
    if (tgc_is_slice(key))
        return str_slice(t, v, key);
    int64_t i;
    if (tgc_is_int(key)) {
        i = tgc_int(key);
    } else {
        if (tgc_is_float(key) || tgc_is_str(key) || key == TGC_NONE)
            return tgc_raise(t, &TGC_EXC(TypeError),
                             "string indices must be integers, not '%.200s'", tgc_type_name(key));
        if (tgc_as_index(t, key, &i) < 0) {
            if (tgc_raised_match(t, &TGC_EXC(TypeError))) {
                tgc_error_clear(t);
                tgc_raise(t, &TGC_EXC(TypeError), "string indices must be integers, not '%.200s'",
                          tgc_type_name(key));
            }
            return TGC_NULL;
        }
    }
    int64_t n = (int64_t)tgc_str_length(v);
    if (i < 0)
        i += n;
    if (i < 0 || i >= n)
        return tgc_raise(t, &TGC_EXC(IndexError), "string index out of range");
    return tgc_str_from_char(t, tgc_str_char(v, (size_t)i));
}

// --- iteration

typedef struct str_iter {
    tgc_obj head;
    tg_value str;         // const, a counted reference
    _Atomic(uint64_t) at; // any thread
} str_iter;

static tg_value str_iterate(tg_thread *t, tg_value v)
{
    str_iter *it = (str_iter *)tgc_new_raw(t, &tgc_str_iter_type, sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    it->str = tgc_retain(t, v);
    // ORDER: relaxed; the iterator is private yet.
    atom_store_relaxed(&it->at, 0);
    return tgc_from_ptr(it);
}

static tg_value str_iter_next(tg_thread *t, tg_value v)
{
    str_iter *it = (str_iter *)tgc_ptr(v);
    uint64_t at;
    do {
        // ORDER: relaxed; the position only; the text is immutable.
        at = atom_load_relaxed(&it->at);
        if (at >= tgc_str_length(it->str))
            return TGC_NULL;
    } while (!TGC_ITER_MOVE(t, it, &it->at, at, at + 1));
    return tgc_str_from_char(t, tgc_str_char(it->str, at));
}

static void str_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_release(t, ((str_iter *)o)->str);
    tgc_delete(t, o, sizeof(str_iter));
}

static tg_value str_iter_hint(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)t;
    (void)nargs;
    (void)kwnames;
    str_iter *it = (str_iter *)tgc_ptr(args[0]);
    // ORDER: relaxed; a hint.
    uint64_t at = atom_load_relaxed(&it->at), n = tgc_str_length(it->str);
    return tgc_from_int(at < n ? (int64_t)(n - at) : 0);
}

static const tgc_method_def str_iter_methods[] = {
    {"__length_hint__", str_iter_hint, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

tgc_type tgc_str_iter_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "str_ascii_iterator",
    .size = sizeof(str_iter),
    .methods = str_iter_methods,
    .dealloc = str_iter_dealloc,
    .iter = tgc_iter_self,
    .next = str_iter_next,
};

// --- slots

static tg_value str_str(tg_thread *t, tg_value v)
{
    return tgc_str_plain(t, v);
}

static int str_hash_slot(tg_thread *t, tg_value v, uint64_t *out)
{
    (void)t;
    *out = tgc_str_hash(v);
    return 0;
}

static int str_truth(tg_thread *t, tg_value v)
{
    (void)t;
    return tgc_str_length(v) != 0;
}

static int64_t str_length(tg_thread *t, tg_value v)
{
    (void)t;
    return (int64_t)tgc_str_length(v);
}

tgc_type tgc_str_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "str",
    .flags = TGC_TF_STR | TGC_TF_BASETYPE,
    .size = sizeof(tgc_str_wide),
    .methods = tgc_str_methods,
    .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str",
    .dealloc = tgc_str_dealloc,
    .construct = str_construct,
    .repr = tgc_str_repr,
    .str = str_str,
    .hash = str_hash_slot,
    .truth = str_truth,
    .length = str_length,
    .binary = str_binary,
    .compare = str_compare,
    .getitem = str_getitem,
    .contains = str_contains,
    .iter = str_iterate,
    .format = tgc_str_format_spec,
};
