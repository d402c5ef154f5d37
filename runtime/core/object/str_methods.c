// SPDX-License-Identifier: MIT
//
// str_methods.c - the method table of str; searching, replacing, joining, padding.
#include "core/object/str_methods.h" // own interface

#include "core/object/error.h"     // tgc_raise
#include "core/object/format.h"    // tgc_str_format_method
#include "core/object/seq.h"       // tgc_values_from_iterable
#include "core/object/str_units.h" // view
#include "core/object/tuple.h"     // startswith

#define NATIVE(name) \
    static tg_value name(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
#define UNUSED_COUNT \
    (void)nargs;     \
    (void)kwnames

// --- searching

// These methods count their arguments themselves: the message differs from the usual one. 0, -1.
static int check_arity(tg_thread *t, const char *name, size_t nargs)
{
    if (nargs < 2)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() takes at least 1 argument (0 given)",
                             name);
    if (nargs > 4)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() takes at most 3 arguments (%zu given)",
                             name, nargs - 1);
    return 0;
}

// The part of args[0] that the optional arguments 2 and 3 name, and args[1] as a needle. 1; 0 if no
// place in the text can match (start behind its end), -1 raised.
static int search_args(tg_thread *t, const char *name, const tg_value *args, size_t nargs,
                       tgc_view *text, tgc_view *needle, int64_t *from)
{
    if (check_arity(t, name, nargs) < 0)
        return -1;
    if (!tgc_is_str(args[1]))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "must be str, not %.200s",
                             tgc_type_name(args[1]));
    int64_t to;
    *text = units_view(args[0]);
    if (tgc_str_bounds(t, nargs > 2 ? args[2] : TGC_NULL, nargs > 3 ? args[3] : TGC_NULL,
                       (int64_t)text->length, from, &to) < 0)
        return -1;
    *needle = units_view(args[1]);
    if (*from > to)
        return 0;
    *text = view_sub(*text, (size_t)*from, (size_t)to);
    return 1;
}

static int64_t search(tg_thread *t, const char *name, const tg_value *args, size_t nargs, bool last)
{
    tgc_view text, needle;
    int64_t from;
    int some = search_args(t, name, args, nargs, &text, &needle, &from);
    if (some <= 0)
        return some < 0 ? -2 : -1;
    int64_t at = last ? tgc_view_rfind(text, needle) : tgc_view_find(text, needle);
    return at < 0 ? -1 : at + from;
}

static tg_value search_or(tg_thread *t, const char *name, const tg_value *args, size_t nargs,
                          bool last, bool must)
{
    int64_t at = search(t, name, args, nargs, last);
    if (at == -2)
        return TGC_NULL;
    if (at < 0 && must)
        return tgc_raise(t, &TGC_EXC(ValueError), "substring not found");
    return tgc_from_int(at);
}

NATIVE(str_find)
{
    (void)kwnames;
    return search_or(t, "find", args, nargs, false, false);
}

NATIVE(str_rfind)
{
    (void)kwnames;
    return search_or(t, "rfind", args, nargs, true, false);
}

NATIVE(str_index)
{
    (void)kwnames;
    return search_or(t, "index", args, nargs, false, true);
}

NATIVE(str_rindex)
{
    (void)kwnames;
    return search_or(t, "rindex", args, nargs, true, true);
}

NATIVE(str_count)
{
    (void)kwnames;
    tgc_view text, needle;
    int64_t from;
    int some = search_args(t, "count", args, nargs, &text, &needle, &from);
    if (some <= 0)
        return some < 0 ? TGC_NULL : tgc_from_int(0);
    if (needle.length == 0)
        return tgc_from_int((int64_t)text.length + 1);
    return tgc_from_int((int64_t)tgc_view_count(text, needle, SIZE_MAX));
}

// Whether text[from:to] starts (or ends) with the affix.
static bool has_affix(tgc_view text, int64_t from, int64_t to, tg_value affix, bool at_end)
{
    tgc_view a = units_view(affix);
    if (from > to || a.length > (size_t)(to - from))
        return false;
    size_t at = at_end ? (size_t)to - a.length : (size_t)from;
    return tgc_view_equal(view_sub(text, at, at + a.length), a);
}

static tg_value affix_method(tg_thread *t, const char *name, const tg_value *args, size_t nargs,
                             bool at_end)
{
    tgc_view text = units_view(args[0]);
    int64_t from, to;
    if (check_arity(t, name, nargs) < 0)
        return TGC_NULL;
    if (tgc_str_bounds(t, nargs > 2 ? args[2] : TGC_NULL, nargs > 3 ? args[3] : TGC_NULL,
                       (int64_t)text.length, &from, &to) < 0)
        return TGC_NULL;
    if (tgc_is_str(args[1]))
        return tgc_from_bool(has_affix(text, from, to, args[1], at_end));
    if (!tgc_is_tuple(args[1]))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "%s first arg must be str or a tuple of str, not %.200s", name,
                         tgc_type_name(args[1]));
    for (size_t i = 0; i < tgc_tuple_size(args[1]); i++) {
        tg_value item = tgc_tuple_peek(args[1], i);
        if (!tgc_is_str(item))
            return tgc_raise(t, &TGC_EXC(TypeError),
                             "tuple for %s must only contain str, not %.200s", name,
                             tgc_type_name(item));
        if (has_affix(text, from, to, item, at_end))
            return TGC_TRUE;
    }
    return TGC_FALSE;
}

NATIVE(str_startswith)
{
    (void)kwnames;
    return affix_method(t, "startswith", args, nargs, false);
}

NATIVE(str_endswith)
{
    (void)kwnames;
    return affix_method(t, "endswith", args, nargs, true);
}

NATIVE(str_removeprefix)
{
    UNUSED_COUNT;
    if (tgc_str_expect(t, args[1], "removeprefix", 0) < 0)
        return TGC_NULL;
    size_t n = tgc_str_length(args[0]);
    if (!has_affix(units_view(args[0]), 0, (int64_t)n, args[1], false))
        return tgc_str_plain(t, args[0]);
    return tgc_str_sub(t, args[0], tgc_str_length(args[1]), n);
}

NATIVE(str_removesuffix)
{
    UNUSED_COUNT;
    if (tgc_str_expect(t, args[1], "removesuffix", 0) < 0)
        return TGC_NULL;
    size_t n = tgc_str_length(args[0]);
    if (!has_affix(units_view(args[0]), 0, (int64_t)n, args[1], true))
        return tgc_str_plain(t, args[0]);
    return tgc_str_sub(t, args[0], 0, n - tgc_str_length(args[1]));
}

// --- replacing

static tg_value replace(tg_thread *t, tg_value s, tg_value from, tg_value to, size_t most)
{
    tgc_view text = units_view(s), old = units_view(from), put = units_view(to);
    size_t places[64], noted = 0, count = 0; // the first replacements need not be looked for twice
    if (old.length == 0) {
        count = text.length + 1 < most ? text.length + 1 : most;
    } else {
        size_t from_here = 0;
        while (noted < 64 && noted < most) {
            int64_t i = tgc_view_find(view_sub(text, from_here, text.length), old);
            if (i < 0)
                break;
            places[noted++] = (size_t)i;
            from_here += (size_t)i + old.length;
        }
        count = noted;
        if (noted == 64)
            count += tgc_view_count(view_sub(text, from_here, text.length), old, most - noted);
    }
    if (count == 0)
        return tgc_str_plain(t, s);
    if (put.length > old.length && (put.length - old.length) > (size_t)INT64_MAX / 8 / count)
        return tgc_raise(t, &TGC_EXC(OverflowError), "replace string is too long");
    size_t n = text.length - count * old.length + count * put.length;
    if (n == 0)
        return tgc_str_empty();
    // The new text may be narrower than the old one, when all its wide characters go.
    bool exact = tgc_str_of(s)->ascii || tgc_str_of(from)->ascii;
    uint32_t bits = tgc_units_all_bits(text.units, text.kind, text.length) |
                    tgc_units_all_bits(put.units, put.kind, put.length);
    tgc_str *r = tgc_str_alloc(t, n, bits);
    if (r == NULL)
        return TGC_NULL;
    void *out = tgc_str_units(r);
    size_t at = 0, done = 0;
    for (size_t i = 0; i < count; i++) {
        size_t keep; // characters before the next replacement
        if (old.length == 0)
            keep = i == 0 ? 0 : 1;
        else if (i < noted)
            keep = places[i];
        else
            keep = (size_t)tgc_view_find(view_sub(text, at, text.length), old);
        units_copy(out, r->kind, done, (const char *)text.units + at * text.kind, text.kind, keep);
        units_copy(out, r->kind, done + keep, put.units, put.kind, put.length);
        done += keep + put.length;
        at += keep + old.length;
    }
    units_copy(out, r->kind, done, (const char *)text.units + at * text.kind, text.kind,
               text.length - at);
    if (exact)
        return tgc_from_ptr(r);
    tg_value narrow = tgc_str_from_units(t, out, n, r->kind);
    tgc_release(t, tgc_from_ptr(r));
    return narrow;
}

NATIVE(str_replace)
{
    (void)kwnames;
    int64_t most = -1;
    if (tgc_str_expect(t, args[1], "replace", 1) < 0 ||
        tgc_str_expect(t, args[2], "replace", 2) < 0)
        return TGC_NULL;
    if (nargs > 3 && tgc_as_index(t, args[3], &most) < 0)
        return TGC_NULL;
    return replace(t, args[0], args[1], args[2], most < 0 ? SIZE_MAX : (size_t)most);
}

NATIVE(str_expandtabs)
{
    static const char *const names[] = {"tabsize", NULL};
    tg_value given[1];
    int64_t size = 8, column = 0;
    if (tgc_parse_args(t, "expandtabs", names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    if (given[0] != TGC_NULL && tgc_as_index(t, given[0], &size) < 0)
        return TGC_NULL;
    tgc_view v = units_view(args[0]);
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    for (size_t i = 0; i < v.length; i++) {
        uint32_t c = view_get(v, i);
        int ok;
        if (c == '\t') {
            int64_t fill = size > 0 ? size - column % size : 0;
            column += fill;
            ok = tgc_strbuf_append_fill(t, &out, ' ', (size_t)fill);
        } else {
            column = c == '\n' || c == '\r' ? 0 : column + 1;
            ok = tgc_strbuf_append_char(t, &out, c);
        }
        if (ok < 0) {
            tgc_strbuf_discard(&out);
            return TGC_NULL;
        }
    }
    return tgc_strbuf_finish(t, &out);
}

// --- joining

static tg_value join_values(tg_thread *t, tg_value separator, const tg_value *parts, size_t n)
{
    if (n == 0)
        return tgc_str_empty();
    size_t total = 0, gap = tgc_str_length(separator);
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        if (!tgc_is_str(parts[i]))
            return tgc_raise(t, &TGC_EXC(TypeError),
                             "sequence item %zu: expected str instance, %.200s found", i,
                             tgc_type_name(parts[i]));
        const tgc_str *s = tgc_str_of(parts[i]);
        total += s->length + (i == 0 ? 0 : gap);
        if (s->length != 0)
            bits |= s->ascii ? 0x7F : s->kind == 1 ? 0xFF : s->kind == 2 ? 0xFFFF : 0x10FFFF;
    }
    if (n == 1)
        return tgc_str_plain(t, parts[0]);
    if (total == 0)
        return tgc_str_empty();
    tgc_view between = units_view(separator);
    bits |= gap == 0 ? 0 : tgc_units_all_bits(between.units, between.kind, gap);
    tgc_str *r = tgc_str_alloc(t, total, bits);
    if (r == NULL)
        return TGC_NULL;
    void *out = tgc_str_units(r);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i != 0 && gap != 0) {
            units_copy(out, r->kind, at, between.units, between.kind, gap);
            at += gap;
        }
        tgc_view part = units_view(parts[i]);
        units_copy(out, r->kind, at, part.units, part.kind, part.length);
        at += part.length;
    }
    return tgc_from_ptr(r);
}

NATIVE(str_join)
{
    UNUSED_COUNT;
    if (tgc_is_exact(args[1], &tgc_tuple_type))
        return join_values(t, args[0], tgc_tuple_items(args[1]), tgc_tuple_size(args[1]));
    size_t n;
    tg_value *parts = tgc_values_from_iterable(t, args[1], &n);
    if (parts == NULL) {
        tgc_type *type = tgc_type_of(args[1]);
        if (type->iter == NULL && type->getitem == NULL &&
            tgc_raised_match(t, &TGC_EXC(TypeError))) {
            tgc_error_clear(t);
            return tgc_raise(t, &TGC_EXC(TypeError), "can only join an iterable");
        }
        return TGC_NULL;
    }
    tg_value result = join_values(t, args[0], parts, n);
    tgc_values_free(t, parts, n);
    return result;
}

// --- padding

static tg_value padded(tg_thread *t, tg_value s, size_t left, size_t right, uint32_t fill)
{
    if (left + right == 0)
        return tgc_str_plain(t, s);
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    if (tgc_strbuf_append_fill(t, &out, fill, left) < 0 || tgc_strbuf_append_str(t, &out, s) < 0 ||
        tgc_strbuf_append_fill(t, &out, fill, right) < 0) {
        tgc_strbuf_discard(&out);
        return TGC_NULL;
    }
    return tgc_strbuf_finish(t, &out);
}

// How much is missing to the width, and the fill character. 0, -1.
static int pad_args(tg_thread *t, const tg_value *args, size_t nargs, size_t *missing,
                    uint32_t *fill)
{
    int64_t width, n = (int64_t)tgc_str_length(args[0]);
    if (tgc_as_index(t, args[1], &width) < 0)
        return -1;
    *fill = ' ';
    if (nargs > 2) {
        if (!tgc_is_str(args[2]))
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "The fill character must be a unicode character, not %.100s",
                                 tgc_type_name(args[2]));
        if (tgc_str_length(args[2]) != 1)
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "The fill character must be exactly one character long");
        *fill = tgc_str_char(args[2], 0);
    }
    *missing = width > n ? (size_t)(width - n) : 0;
    return 0;
}

NATIVE(str_ljust)
{
    (void)kwnames;
    size_t missing;
    uint32_t fill;
    return pad_args(t, args, nargs, &missing, &fill) < 0 ? TGC_NULL
                                                         : padded(t, args[0], 0, missing, fill);
}

NATIVE(str_rjust)
{
    (void)kwnames;
    size_t missing;
    uint32_t fill;
    return pad_args(t, args, nargs, &missing, &fill) < 0 ? TGC_NULL
                                                         : padded(t, args[0], missing, 0, fill);
}

NATIVE(str_center)
{
    (void)kwnames;
    size_t missing;
    uint32_t fill;
    if (pad_args(t, args, nargs, &missing, &fill) < 0)
        return TGC_NULL;
    // An odd rest goes left only when the width is odd too.
    size_t width = missing + tgc_str_length(args[0]), left = missing / 2 + (missing & width & 1);
    return padded(t, args[0], left, missing - left, fill);
}

NATIVE(str_zfill)
{
    UNUSED_COUNT;
    size_t missing, n = tgc_str_length(args[0]);
    uint32_t fill;
    if (pad_args(t, args, 2, &missing, &fill) < 0)
        return TGC_NULL;
    if (missing == 0)
        return tgc_str_plain(t, args[0]);
    bool sign = n > 0 && (tgc_str_char(args[0], 0) == '+' || tgc_str_char(args[0], 0) == '-');
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    if (tgc_strbuf_append_sub(t, &out, args[0], 0, sign) < 0 ||
        tgc_strbuf_append_fill(t, &out, '0', missing) < 0 ||
        tgc_strbuf_append_sub(t, &out, args[0], sign, n) < 0) {
        tgc_strbuf_discard(&out);
        return TGC_NULL;
    }
    return tgc_strbuf_finish(t, &out);
}

// --- formatting, encoding

NATIVE(str_format)
{
    return tgc_str_format_method(t, args[0], args + 1, nargs - 1, kwnames);
}

NATIVE(str_format_map)
{
    UNUSED_COUNT;
    return tgc_str_format_map(t, args[0], args[1]);
}

NATIVE(str_encode)
{
    static const char *const names[] = {"encoding", "errors", NULL};
    tg_value given[2];
    const char *text[2] = {NULL, NULL};
    if (nargs == 1)
        return tgc_str_encode(t, args[0], NULL, NULL);
    if (tgc_parse_args(t, "encode", names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    for (int i = 0; i < 2; i++) {
        if (given[i] == TGC_NULL)
            continue;
        if (!tgc_is_str(given[i]))
            return tgc_raise(t, &TGC_EXC(TypeError),
                             "encode() argument '%s' must be str, not %.200s", names[i],
                             tgc_type_name(given[i]));
        text[i] = tgc_str_utf8(t, given[i], NULL);
        if (text[i] == NULL)
            return TGC_NULL;
    }
    return tgc_str_encode(t, args[0], text[0], text[1]);
}

#define OTHER(name, min, max, flags)                 \
    {                                                \
#name, TGC_STR_METHOD(name), min, max, flags \
    }

const tgc_method_def tgc_str_methods[] = {
    OTHER(capitalize, 0, 0, 0),
    OTHER(casefold, 0, 0, 0),
    {"center", str_center, 1, 2, 0},
    {"count", str_count, 0, -1, 0},
    {"encode", str_encode, 0, -1, TGC_METH_KW},
    {"endswith", str_endswith, 0, -1, 0},
    {"expandtabs", str_expandtabs, 0, -1, TGC_METH_KW},
    {"find", str_find, 0, -1, 0},
    {"format", str_format, 0, -1, TGC_METH_KW},
    {"format_map", str_format_map, 1, 1, 0},
    {"index", str_index, 0, -1, 0},
    OTHER(isalnum, 0, 0, 0),
    OTHER(isalpha, 0, 0, 0),
    OTHER(isascii, 0, 0, 0),
    OTHER(isdecimal, 0, 0, 0),
    OTHER(isdigit, 0, 0, 0),
    OTHER(isidentifier, 0, 0, 0),
    OTHER(islower, 0, 0, 0),
    OTHER(isnumeric, 0, 0, 0),
    OTHER(isprintable, 0, 0, 0),
    OTHER(isspace, 0, 0, 0),
    OTHER(istitle, 0, 0, 0),
    OTHER(isupper, 0, 0, 0),
    {"join", str_join, 1, 1, 0},
    {"ljust", str_ljust, 1, 2, 0},
    OTHER(lower, 0, 0, 0),
    OTHER(lstrip, 0, 1, 0),
    OTHER(maketrans, 1, 3, TGC_METH_STATIC),
    OTHER(partition, 1, 1, 0),
    {"removeprefix", str_removeprefix, 1, 1, 0},
    {"removesuffix", str_removesuffix, 1, 1, 0},
    {"replace", str_replace, 2, 3, 0},
    {"rfind", str_rfind, 0, -1, 0},
    {"rindex", str_rindex, 0, -1, 0},
    {"rjust", str_rjust, 1, 2, 0},
    OTHER(rpartition, 1, 1, 0),
    OTHER(rsplit, 0, -1, TGC_METH_KW),
    OTHER(rstrip, 0, 1, 0),
    OTHER(split, 0, -1, TGC_METH_KW),
    OTHER(splitlines, 0, -1, TGC_METH_KW),
    {"startswith", str_startswith, 0, -1, 0},
    OTHER(strip, 0, 1, 0),
    OTHER(swapcase, 0, 0, 0),
    OTHER(title, 0, 0, 0),
    OTHER(translate, 1, 1, 0),
    OTHER(upper, 0, 0, 0),
    {"zfill", str_zfill, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};
