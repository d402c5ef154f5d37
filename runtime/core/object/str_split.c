// SPDX-License-Identifier: MIT
//
// str_split.c - methods that take text apart: split, splitlines, partition, strip.
#include "core/object/str_methods.h" // own interface

#include "core/object/error.h"     // tgc_raise
#include "core/object/list.h"      // tgc_list_from_steal
#include "core/object/seq.h"       // tgc_values_release
#include "core/object/str_units.h" // view
#include "core/object/tuple.h"     // tgc_tuple_from_steal
#include "core/object/unicode.h"   // tgc_unicode_flags
#include "mem/raw.h"               // tgi_raw_alloc

static bool is_space_at(tgc_view v, size_t i)
{
    return (tgc_unicode_flags(view_get(v, i)) & TGC_UNI_SPACE) != 0;
}

// The parts found so far, each with a reference.
typedef struct pieces {
    tg_value *items; // few, or from tgi_raw_alloc
    size_t count, capacity;
    tg_value few[48];
} pieces;

static void pieces_init(pieces *p)
{
    p->items = p->few;
    p->count = 0;
    p->capacity = sizeof p->few / sizeof *p->few;
}

// The list of them, turned round if they were found from the end; or, after a failure, TGC_NULL.
static tg_value pieces_finish(tg_thread *t, pieces *p, bool turn, bool failed)
{
    for (size_t i = 0, j = p->count; turn && i + 1 < j; i++) {
        tg_value v = p->items[i];
        p->items[i] = p->items[--j];
        p->items[j] = v;
    }
    tg_value list = TGC_NULL;
    if (failed)
        tgc_values_release(t, p->items, p->count);
    else
        list = tgc_list_from_steal(t, p->items, p->count);
    if (p->items != p->few)
        tgi_raw_free(p->items);
    return list;
}

// Adds s[from:to]; false if that failed.
static bool add_part(tg_thread *t, pieces *p, tg_value s, size_t from, size_t to)
{
    if (p->count == p->capacity) {
        size_t bytes = p->count * sizeof *p->items;
        tg_value *grown = tgi_raw_alloc(bytes * 2);
        if (grown == NULL) {
            tgc_raise_nomem(t);
            return false;
        }
        memcpy(grown, p->items, bytes);
        if (p->items != p->few)
            tgi_raw_free(p->items);
        p->items = grown;
        p->capacity *= 2;
    }
    tg_value part = tgc_str_sub(t, s, from, to);
    if (part == TGC_NULL)
        return false;
    p->items[p->count++] = part;
    return true;
}

// --- split, rsplit

static int split_args(tg_thread *t, const char *name, const tg_value *args, size_t nargs,
                      tg_value kwnames, tg_value *separator, int64_t *most)
{
    static const char *const names[] = {"sep", "maxsplit", NULL};
    tg_value given[2] = {TGC_NULL, TGC_NULL};
    if (kwnames == TGC_NULL && nargs == 2)
        given[0] = args[1];
    else if (nargs > 1 &&
             tgc_parse_args(t, name, names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return -1;
    *most = -1;
    if (given[1] != TGC_NULL && tgc_as_index(t, given[1], most) < 0)
        return -1;
    if (*most < 0)
        *most = INT64_MAX;
    *separator = given[0] == TGC_NONE ? TGC_NULL : given[0];
    if (*separator == TGC_NULL)
        return 0;
    if (!tgc_is_str(*separator))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "must be str or None, not %.200s",
                             tgc_type_name(*separator));
    if (tgc_str_length(*separator) == 0)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "empty separator");
    return 0;
}

static tg_value split_space(tg_thread *t, tg_value s, int64_t most)
{
    tgc_view v = units_view(s);
    pieces p;
    pieces_init(&p);
    size_t i = 0, n = v.length;
    for (;;) {
        while (i < n && is_space_at(v, i))
            i++;
        if (i == n)
            return pieces_finish(t, &p, false, false);
        size_t start = i;
        if (most-- > 0) {
            while (i < n && !is_space_at(v, i))
                i++;
        } else {
            i = n;
        }
        if (!add_part(t, &p, s, start, i))
            return pieces_finish(t, &p, false, true);
    }
}

static tg_value split_text(tg_thread *t, tg_value s, tgc_view separator, int64_t most)
{
    tgc_view v = units_view(s);
    pieces p;
    pieces_init(&p);
    for (size_t at = 0;;) {
        int64_t found = most-- > 0 ? tgc_view_find(view_sub(v, at, v.length), separator) : -1;
        size_t end = found < 0 ? v.length : at + (size_t)found;
        if (!add_part(t, &p, s, at, end))
            return pieces_finish(t, &p, false, true);
        if (found < 0)
            return pieces_finish(t, &p, false, false);
        at = end + separator.length;
    }
}

tg_value TGC_STR_METHOD(split)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    tg_value separator;
    int64_t most;
    if (split_args(t, "split", args, nargs, kwnames, &separator, &most) < 0)
        return TGC_NULL;
    if (separator == TGC_NULL)
        return split_space(t, args[0], most);
    return split_text(t, args[0], units_view(separator), most);
}

static tg_value rsplit_space(tg_thread *t, tg_value s, int64_t most)
{
    tgc_view v = units_view(s);
    pieces p;
    pieces_init(&p);
    for (size_t i = v.length;;) {
        while (i > 0 && is_space_at(v, i - 1))
            i--;
        if (i == 0)
            return pieces_finish(t, &p, true, false);
        size_t end = i;
        if (most-- > 0) {
            while (i > 0 && !is_space_at(v, i - 1))
                i--;
        } else {
            i = 0;
        }
        if (!add_part(t, &p, s, i, end))
            return pieces_finish(t, &p, true, true);
    }
}

static tg_value rsplit_text(tg_thread *t, tg_value s, tgc_view separator, int64_t most)
{
    tgc_view v = units_view(s);
    pieces p;
    pieces_init(&p);
    for (size_t end = v.length;;) {
        int64_t found = most-- > 0 ? tgc_view_rfind(view_sub(v, 0, end), separator) : -1;
        if (!add_part(t, &p, s, found < 0 ? 0 : (size_t)found + separator.length, end))
            return pieces_finish(t, &p, true, true);
        if (found < 0)
            return pieces_finish(t, &p, true, false);
        end = (size_t)found;
    }
}

tg_value TGC_STR_METHOD(rsplit)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    tg_value separator;
    int64_t most;
    if (split_args(t, "rsplit", args, nargs, kwnames, &separator, &most) < 0)
        return TGC_NULL;
    if (separator == TGC_NULL)
        return rsplit_space(t, args[0], most);
    return rsplit_text(t, args[0], units_view(separator), most);
}

// --- splitlines

tg_value TGC_STR_METHOD(splitlines)(tg_thread *t, const tg_value *args, size_t nargs,
                                    tg_value kwnames)
{
    static const char *const names[] = {"keepends", NULL};
    tg_value given[1];
    if (tgc_parse_args(t, "splitlines", names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    int keep = given[0] == TGC_NULL ? 0 : tgc_truth(t, given[0]);
    if (keep < 0)
        return TGC_NULL;
    tgc_view v = units_view(args[0]);
    pieces p;
    pieces_init(&p);
    for (size_t at = 0; at < v.length;) {
        size_t end = at;
        while (end < v.length && (tgc_unicode_flags(view_get(v, end)) & TGC_UNI_LINE_BREAK) == 0)
            end++;
        size_t next = end;
        if (next < v.length) {
            bool pair =
                view_get(v, next) == '\r' && next + 1 < v.length && view_get(v, next + 1) == '\n';
            next += pair ? 2 : 1;
        }
        if (!add_part(t, &p, args[0], at, keep ? next : end))
            return pieces_finish(t, &p, false, true);
        at = next;
    }
    return pieces_finish(t, &p, false, false);
}

// --- partition

static tg_value partition(tg_thread *t, const tg_value *args, bool last)
{
    if (!tgc_is_str(args[1]))
        return tgc_raise(t, &TGC_EXC(TypeError), "must be str, not %.200s", tgc_type_name(args[1]));
    size_t n = tgc_str_length(args[0]), k = tgc_str_length(args[1]);
    if (k == 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "empty separator");
    tgc_view v = units_view(args[0]), separator = units_view(args[1]);
    int64_t at = last ? tgc_view_rfind(v, separator) : tgc_view_find(v, separator);
    tg_value parts[3];
    if (at < 0) {
        parts[0] = last ? tgc_str_empty() : tgc_str_plain(t, args[0]);
        parts[1] = tgc_str_empty();
        parts[2] = last ? tgc_str_plain(t, args[0]) : tgc_str_empty();
        return tgc_tuple_from_steal(t, parts, 3);
    }
    parts[0] = tgc_str_sub(t, args[0], 0, (size_t)at);
    parts[1] = tgc_retain(t, args[1]);
    parts[2] = parts[0] == TGC_NULL ? TGC_NULL : tgc_str_sub(t, args[0], (size_t)at + k, n);
    if (parts[2] == TGC_NULL) {
        tgc_release(t, parts[0]);
        tgc_release(t, parts[1]);
        return TGC_NULL;
    }
    return tgc_tuple_from_steal(t, parts, 3);
}

tg_value TGC_STR_METHOD(partition)(tg_thread *t, const tg_value *args, size_t nargs,
                                   tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return partition(t, args, false);
}

tg_value TGC_STR_METHOD(rpartition)(tg_thread *t, const tg_value *args, size_t nargs,
                                    tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return partition(t, args, true);
}

// --- strip

static bool strips(tgc_view v, size_t i, const tgc_view *set)
{
    return set == NULL ? is_space_at(v, i) : tgc_view_find_char(*set, view_get(v, i)) >= 0;
}

static tg_value strip(tg_thread *t, const char *name, const tg_value *args, size_t nargs, bool left,
                      bool right)
{
    tgc_view v = units_view(args[0]), chars, *set = NULL;
    if (nargs > 1 && args[1] != TGC_NONE) {
        if (!tgc_is_str(args[1]))
            return tgc_raise(t, &TGC_EXC(TypeError), "%s arg must be None or str", name);
        chars = units_view(args[1]);
        set = &chars;
    }
    size_t from = 0, to = v.length;
    while (left && from < to && strips(v, from, set))
        from++;
    while (right && to > from && strips(v, to - 1, set))
        to--;
    return tgc_str_sub(t, args[0], from, to);
}

tg_value TGC_STR_METHOD(strip)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    return strip(t, "strip", args, nargs, true, true);
}

tg_value TGC_STR_METHOD(lstrip)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    return strip(t, "lstrip", args, nargs, true, false);
}

tg_value TGC_STR_METHOD(rstrip)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    return strip(t, "rstrip", args, nargs, false, true);
}
