// SPDX-License-Identifier: MIT
//
// bytes_split.c - methods that take bytes apart: split, splitlines, partition, strip.
#include "core/object/bytes_private.h" // own interface

#include "core/object/error.h" // tgc_raise
#include "core/object/list.h"  // results of split
#include "core/object/tuple.h" // results of partition

static const uint8_t *data_of(tg_value v)
{
    return tgc_bytes_of(v)->data;
}

static size_t size_of(tg_value v)
{
    return tgc_bytes_of(v)->size;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static tg_value part(tg_thread *t, tg_value v, size_t from, size_t to)
{
    if (from == 0 && to == size_of(v))
        return tgc_retain(t, v);
    return tgc_bytes_new(t, data_of(v) + from, to - from);
}

static bool add_part(tg_thread *t, tg_value list, tg_value v, size_t from, size_t to)
{
    tg_value piece = part(t, v, from, to);
    if (piece == TGC_NULL || tgc_list_append_steal(t, list, piece) < 0) {
        tgc_release(t, list);
        return false;
    }
    return true;
}

// Appends the pieces in order (last: from the end, the caller turns them round). separator NULL:
// white space.
static tg_value split_pieces(tg_thread *t, tg_value v, const tgc_view *separator, int64_t most,
                             bool last)
{
    const uint8_t *p = data_of(v);
    size_t from = 0, to = size_of(v);
    tgc_view all = bytes_view(v);
    tg_value list = tgc_list_new(t, 0);
    while (list != TGC_NULL) {
        if (separator != NULL) {
            tgc_view rest = view_sub(all, from, to);
            int64_t at = most-- <= 0 ? -1
                         : last      ? tgc_view_rfind(rest, *separator)
                                     : tgc_view_find(rest, *separator);
            size_t cut = from + (at < 0 ? 0 : (size_t)at);
            if (at < 0)
                return add_part(t, list, v, from, to) ? list : TGC_NULL;
            if (!add_part(t, list, v, last ? cut + separator->length : from, last ? to : cut))
                return TGC_NULL;
            if (last)
                to = cut;
            else
                from = cut + separator->length;
            continue;
        }
        while (from < to && is_space(p[last ? to - 1 : from])) {
            if (last)
                to--;
            else
                from++;
        }
        if (from == to)
            return list;
        size_t start = from, end = to;
        if (most-- > 0) {
            if (last) {
                while (to > from && !is_space(p[to - 1]))
                    to--;
                start = to;
            } else {
                while (from < to && !is_space(p[from]))
                    from++;
                end = from;
            }
        } else {
            from = to = 0;
        }
        if (!add_part(t, list, v, start, end))
            return TGC_NULL;
    }
    return list;
}

static tg_value split(tg_thread *t, const char *name, const tg_value *args, size_t nargs,
                      tg_value kwnames, bool last)
{
    static const char *const names[] = {"sep", "maxsplit", NULL};
    tg_value given[2];
    int64_t most = -1;
    tgc_view separator, *by = NULL;
    if (tgc_parse_args(t, name, names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    if (given[1] != TGC_NULL && tgc_as_index(t, given[1], &most) < 0)
        return TGC_NULL;
    if (given[0] != TGC_NULL && given[0] != TGC_NONE) {
        by = &separator;
        if (tgc_bytes_arg(t, given[0], by) < 0)
            return TGC_NULL;
        if (by->length == 0)
            return tgc_raise(t, &TGC_EXC(ValueError), "empty separator");
    }
    tg_value list = split_pieces(t, args[0], by, most < 0 ? INT64_MAX : most, last);
    if (list == TGC_NULL || !last)
        return list;
    size_t n = tgc_list_size(list);
    tg_value turned = tgc_list_new(t, n);
    while (turned != TGC_NULL && n > 0) {
        if (tgc_list_append_steal(t, turned, tgc_list_get(t, list, --n)) < 0) {
            tgc_release(t, turned);
            turned = TGC_NULL;
        }
    }
    tgc_release(t, list);
    return turned;
}

TGC_BYTES_NATIVE(split)
{
    return split(t, "split", args, nargs, kwnames, false);
}
TGC_BYTES_NATIVE(rsplit)
{
    return split(t, "rsplit", args, nargs, kwnames, true);
}

TGC_BYTES_NATIVE(splitlines)
{
    static const char *const names[] = {"keepends", NULL};
    tg_value given[1];
    if (tgc_parse_args(t, "splitlines", names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    int keep = given[0] == TGC_NULL ? 0 : tgc_truth(t, given[0]);
    if (keep < 0)
        return TGC_NULL;
    const uint8_t *p = data_of(args[0]);
    size_t n = size_of(args[0]);
    tg_value list = tgc_list_new(t, 0);
    for (size_t at = 0; list != TGC_NULL && at < n;) {
        size_t end = at;
        while (end < n && p[end] != '\n' && p[end] != '\r')
            end++;
        size_t next =
            end == n ? n : end + (p[end] == '\r' && end + 1 < n && p[end + 1] == '\n' ? 2 : 1);
        if (!add_part(t, list, args[0], at, keep ? next : end))
            return TGC_NULL;
        at = next;
    }
    return list;
}

static tg_value partition(tg_thread *t, const tg_value *args, bool last)
{
    tgc_view separator, v = bytes_view(args[0]);
    if (tgc_bytes_arg(t, args[1], &separator) < 0)
        return TGC_NULL;
    if (separator.length == 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "empty separator");
    int64_t at = last ? tgc_view_rfind(v, separator) : tgc_view_find(v, separator);
    tg_value empty = tgc_bytes_new(t, NULL, 0), items[3];
    if (at < 0) {
        items[0] = last ? empty : tgc_retain(t, args[0]);
        items[1] = empty;
        items[2] = last ? tgc_retain(t, args[0]) : empty;
        return tgc_tuple_from_steal(t, items, 3);
    }
    items[0] = part(t, args[0], 0, (size_t)at);
    items[1] = tgc_retain(t, args[1]);
    items[2] =
        items[0] == TGC_NULL ? TGC_NULL : part(t, args[0], (size_t)at + separator.length, v.length);
    if (items[2] == TGC_NULL) {
        tgc_release(t, items[0]);
        tgc_release(t, items[1]);
        return TGC_NULL;
    }
    return tgc_tuple_from_steal(t, items, 3);
}

TGC_BYTES_NATIVE(partition)
{
    (void)nargs;
    (void)kwnames;
    return partition(t, args, false);
}
TGC_BYTES_NATIVE(rpartition)
{
    (void)nargs;
    (void)kwnames;
    return partition(t, args, true);
}

static tg_value strip(tg_thread *t, const tg_value *args, size_t nargs, bool left, bool right)
{
    const uint8_t *p = data_of(args[0]);
    size_t from = 0, to = size_of(args[0]);
    tgc_view set = {NULL, 0, 1};
    bool space = nargs < 2 || args[1] == TGC_NONE;
    if (!space && tgc_bytes_arg(t, args[1], &set) < 0)
        return TGC_NULL;
    while (left && from < to && (space ? is_space(p[from]) : tgc_view_find_char(set, p[from]) >= 0))
        from++;
    while (right && to > from &&
           (space ? is_space(p[to - 1]) : tgc_view_find_char(set, p[to - 1]) >= 0))
        to--;
    return part(t, args[0], from, to);
}

TGC_BYTES_NATIVE(strip)
{
    (void)kwnames;
    return strip(t, args, nargs, true, true);
}
TGC_BYTES_NATIVE(lstrip)
{
    (void)kwnames;
    return strip(t, args, nargs, true, false);
}
TGC_BYTES_NATIVE(rstrip)
{
    (void)kwnames;
    return strip(t, args, nargs, false, true);
}
