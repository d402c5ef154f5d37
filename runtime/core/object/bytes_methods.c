// SPDX-License-Identifier: MIT
//
// bytes_methods.c - the method table of bytes. Only ASCII letters have a case here.
#include "core/object/bytes_private.h" // own interface

#include "core/object/bytes_array.h" // join takes them
#include "core/object/error.h"       // tgc_raise
#include "core/object/int.h"         // tgc_index
#include "core/object/seq.h"         // tgc_values_from_iterable
#include "core/object/tuple.h"       // results of partition

#define NATIVE(name) \
    static tg_value name(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
#define UNUSED_COUNT \
    (void)nargs;     \
    (void)kwnames

static const uint8_t *data_of(tg_value v)
{
    return tgc_bytes_of(v)->data;
}
static size_t size_of(tg_value v)
{
    return tgc_bytes_of(v)->size;
}

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}
static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}
static bool is_alpha(uint8_t c)
{
    return is_lower(c) || is_upper(c);
}
static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}
static bool is_alnum(uint8_t c)
{
    return is_alpha(c) || is_digit(c);
}
static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
static bool is_ascii(uint8_t c)
{
    return c < 0x80;
}

static tg_value part(tg_thread *t, tg_value v, size_t from, size_t to)
{
    if (from == 0 && to == size_of(v))
        return tgc_retain(t, v);
    return tgc_bytes_new(t, data_of(v) + from, to - from);
}

// --- searching

// A needle: bytes, or an int that is kept in *one.
static int needle_arg(tg_thread *t, tg_value v, uint8_t *one, tgc_view *out)
{
    if (tgc_is_bytes(v)) {
        *out = bytes_view(v);
        return 0;
    }
    if (!tgc_is_integer(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "argument should be integer or bytes-like object, not '%.200s'",
                             tgc_type_name(v));
    *out = (tgc_view){one, 1, 1};
    return tgc_byte_arg(t, v, one);
}

// 1 with the part to search in *text; 0 if nothing can match; -1 raised.
static int search_args(tg_thread *t, const tg_value *args, size_t nargs, uint8_t *one,
                       tgc_view *text, tgc_view *needle, int64_t *from)
{
    int64_t to;
    if (needle_arg(t, args[1], one, needle) < 0)
        return -1;
    *text = bytes_view(args[0]);
    if (tgc_str_bounds(t, nargs > 2 ? args[2] : TGC_NULL, nargs > 3 ? args[3] : TGC_NULL,
                       (int64_t)text->length, from, &to) < 0)
        return -1;
    if (*from > to)
        return 0;
    *text = view_sub(*text, (size_t)*from, (size_t)to);
    return 1;
}

static tg_value search(tg_thread *t, const tg_value *args, size_t nargs, bool last, bool must)
{
    uint8_t one;
    tgc_view text, needle;
    int64_t from, at = -1;
    int some = search_args(t, args, nargs, &one, &text, &needle, &from);
    if (some < 0)
        return TGC_NULL;
    if (some > 0)
        at = last ? tgc_view_rfind(text, needle) : tgc_view_find(text, needle);
    if (at < 0 && must)
        return tgc_raise(t, &TGC_EXC(ValueError), "subsection not found");
    return tgc_from_int(at < 0 ? -1 : at + from);
}

NATIVE(bytes_find)
{
    (void)kwnames;
    return search(t, args, nargs, false, false);
}
NATIVE(bytes_rfind)
{
    (void)kwnames;
    return search(t, args, nargs, true, false);
}
NATIVE(bytes_index)
{
    (void)kwnames;
    return search(t, args, nargs, false, true);
}
NATIVE(bytes_rindex)
{
    (void)kwnames;
    return search(t, args, nargs, true, true);
}

NATIVE(bytes_count)
{
    (void)kwnames;
    uint8_t one;
    tgc_view text, needle;
    int64_t from;
    int some = search_args(t, args, nargs, &one, &text, &needle, &from);
    if (some <= 0)
        return some < 0 ? TGC_NULL : tgc_from_int(0);
    if (needle.length == 0)
        return tgc_from_int((int64_t)text.length + 1);
    return tgc_from_int((int64_t)tgc_view_count(text, needle, SIZE_MAX));
}

static bool has_affix(tgc_view text, int64_t from, int64_t to, tgc_view affix, bool at_end)
{
    if (from > to || affix.length > (size_t)(to - from))
        return false;
    size_t at = at_end ? (size_t)to - affix.length : (size_t)from;
    return tgc_view_equal(view_sub(text, at, at + affix.length), affix);
}

static tg_value affix_method(tg_thread *t, const char *name, const tg_value *args, size_t nargs,
                             bool at_end)
{
    tgc_view text = bytes_view(args[0]), affix;
    int64_t from, to;
    if (tgc_str_bounds(t, nargs > 2 ? args[2] : TGC_NULL, nargs > 3 ? args[3] : TGC_NULL,
                       (int64_t)text.length, &from, &to) < 0)
        return TGC_NULL;
    if (tgc_is_bytes(args[1]))
        return tgc_from_bool(has_affix(text, from, to, bytes_view(args[1]), at_end));
    if (!tgc_is_tuple(args[1]))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "%s first arg must be bytes or a tuple of bytes, not %.200s", name,
                         tgc_type_name(args[1]));
    for (size_t i = 0; i < tgc_tuple_size(args[1]); i++) {
        if (tgc_bytes_arg(t, tgc_tuple_peek(args[1], i), &affix) < 0)
            return TGC_NULL;
        if (has_affix(text, from, to, affix, at_end))
            return TGC_TRUE;
    }
    return TGC_FALSE;
}

NATIVE(bytes_startswith)
{
    (void)kwnames;
    return affix_method(t, "startswith", args, nargs, false);
}
NATIVE(bytes_endswith)
{
    (void)kwnames;
    return affix_method(t, "endswith", args, nargs, true);
}

static tg_value remove_affix(tg_thread *t, const tg_value *args, bool at_end)
{
    tgc_view affix;
    size_t n = size_of(args[0]);
    if (tgc_bytes_arg(t, args[1], &affix) < 0)
        return TGC_NULL;
    if (!has_affix(bytes_view(args[0]), 0, (int64_t)n, affix, at_end))
        return tgc_retain(t, args[0]);
    return at_end ? part(t, args[0], 0, n - affix.length) : part(t, args[0], affix.length, n);
}

NATIVE(bytes_removeprefix)
{
    UNUSED_COUNT;
    return remove_affix(t, args, false);
}
NATIVE(bytes_removesuffix)
{
    UNUSED_COUNT;
    return remove_affix(t, args, true);
}

// --- putting together

NATIVE(bytes_join)
{
    UNUSED_COUNT;
    size_t n, total = 0, at = 0;
    tgc_view gap = bytes_view(args[0]);
    tg_value *items = tgc_values_from_iterable(t, args[1], &n), result = TGC_NULL;
    if (items == NULL)
        return TGC_NULL;
    size_t i;
    for (i = 0; i < n; i++) {
        if (tgc_is_bytearray(items[i]) || tgc_is_memoryview(items[i])) {
            // the array of items is ours: what it holds now takes its place
            tg_value copy = tgc_bytes_like(t, items[i]);
            if (copy == TGC_NULL)
                break;
            tgc_release(t, items[i]);
            items[i] = copy;
        }
        if (!tgc_is_bytes(items[i])) {
            tgc_raise(t, &TGC_EXC(TypeError),
                      "sequence item %zu: expected a bytes-like object, %.80s found", i,
                      tgc_type_name(items[i]));
            break;
        }
        total += size_of(items[i]) + (i == 0 ? 0 : gap.length);
    }
    if (i == n)
        result = tgc_bytes_new(t, NULL, total);
    for (i = 0; result != TGC_NULL && i < n; i++) {
        uint8_t *out = tgc_bytes_of(result)->data;
        if (i != 0)
            memcpy(out + at, gap.units, gap.length);
        at += i == 0 ? 0 : gap.length;
        memcpy(out + at, data_of(items[i]), size_of(items[i]));
        at += size_of(items[i]);
    }
    tgc_values_free(t, items, n);
    return result;
}

NATIVE(bytes_replace)
{
    (void)kwnames;
    tgc_view text = bytes_view(args[0]), old, put;
    int64_t most = -1;
    if (tgc_bytes_arg(t, args[1], &old) < 0 || tgc_bytes_arg(t, args[2], &put) < 0)
        return TGC_NULL;
    if (nargs > 3 && tgc_as_index(t, args[3], &most) < 0)
        return TGC_NULL;
    size_t limit = most < 0 ? SIZE_MAX : (size_t)most;
    size_t count = old.length == 0 ? (text.length + 1 < limit ? text.length + 1 : limit)
                                   : tgc_view_count(text, old, limit);
    if (count == 0)
        return tgc_retain(t, args[0]);
    if (put.length > old.length && put.length - old.length > (size_t)INT64_MAX / 2 / count)
        return tgc_raise(t, &TGC_EXC(OverflowError), "replace bytes is too long");
    tg_value result = tgc_bytes_new(t, NULL, text.length - count * old.length + count * put.length);
    if (result == TGC_NULL)
        return TGC_NULL;
    uint8_t *out = tgc_bytes_of(result)->data;
    const uint8_t *p = text.units, *end = p + text.length;
    for (size_t i = 0; i < count; i++) {
        size_t keep = old.length == 0
                          ? i != 0
                          : (size_t)tgc_view_find((tgc_view){p, (size_t)(end - p), 1}, old);
        memcpy(out, p, keep);
        memcpy(out + keep, put.units, put.length);
        out += keep + put.length;
        p += keep + old.length;
    }
    memcpy(out, p, (size_t)(end - p));
    return result;
}

static int pad_args(tg_thread *t, const char *name, const tg_value *args, size_t nargs,
                    size_t *missing, uint8_t *fill)
{
    int64_t width, n = (int64_t)size_of(args[0]);
    if (tgc_as_index(t, args[1], &width) < 0)
        return -1;
    *fill = ' ';
    if (nargs > 2) {
        if (!tgc_is_bytes(args[2]) || size_of(args[2]) != 1)
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "%s() argument 2 must be a byte string of length 1, not %.100s",
                                 name, tgc_type_name(args[2]));
        *fill = data_of(args[2])[0];
    }
    *missing = width > n ? (size_t)(width - n) : 0;
    return 0;
}

static tg_value padded(tg_thread *t, tg_value v, size_t left, size_t right, uint8_t fill)
{
    if (left + right == 0)
        return tgc_retain(t, v);
    size_t n = size_of(v);
    tg_value result = tgc_bytes_new(t, NULL, left + n + right);
    if (result == TGC_NULL)
        return TGC_NULL;
    uint8_t *out = tgc_bytes_of(result)->data;
    memset(out, fill, left);
    memcpy(out + left, data_of(v), n);
    memset(out + left + n, fill, right);
    return result;
}

NATIVE(bytes_ljust)
{
    (void)kwnames;
    size_t missing;
    uint8_t fill;
    return pad_args(t, "ljust", args, nargs, &missing, &fill) < 0
               ? TGC_NULL
               : padded(t, args[0], 0, missing, fill);
}
NATIVE(bytes_rjust)
{
    (void)kwnames;
    size_t missing;
    uint8_t fill;
    return pad_args(t, "rjust", args, nargs, &missing, &fill) < 0
               ? TGC_NULL
               : padded(t, args[0], missing, 0, fill);
}
NATIVE(bytes_center)
{
    (void)kwnames;
    size_t missing;
    uint8_t fill;
    if (pad_args(t, "center", args, nargs, &missing, &fill) < 0)
        return TGC_NULL;
    size_t left = missing / 2 + (missing & (missing + size_of(args[0])) & 1);
    return padded(t, args[0], left, missing - left, fill);
}
NATIVE(bytes_zfill)
{
    UNUSED_COUNT;
    size_t missing;
    uint8_t fill;
    if (pad_args(t, "zfill", args, 2, &missing, &fill) < 0)
        return TGC_NULL;
    tg_value result = padded(t, args[0], missing, 0, '0');
    if (result != TGC_NULL && missing != 0 && size_of(args[0]) != 0) {
        uint8_t *out = tgc_bytes_of(result)->data, c = out[missing];
        if (c == '+' || c == '-') {
            out[missing] = '0';
            out[0] = c;
        }
    }
    return result;
}

// --- case and kinds

typedef enum change { UPPER, LOWER, SWAP, TITLE, CAPITAL } change;

static tg_value change_case(tg_thread *t, tg_value v, change how)
{
    size_t n = size_of(v);
    tg_value result = tgc_bytes_new(t, data_of(v), n);
    if (result == TGC_NULL)
        return TGC_NULL;
    bool in_word = false;
    for (size_t i = 0; i < n; i++) {
        uint8_t *c = &tgc_bytes_of(result)->data[i];
        bool up = is_upper(*c), low = is_lower(*c);
        bool make_upper = how == UPPER || (how == SWAP && low) || (how >= TITLE && !in_word);
        in_word = how == CAPITAL || (how == TITLE && (up || low));
        if (make_upper && low)
            *c = (uint8_t)(*c - 32);
        else if (!make_upper && up)
            *c = (uint8_t)(*c + 32);
    }
    return result;
}

#define CASE_METHOD(name, how)               \
    NATIVE(name)                             \
    {                                        \
        UNUSED_COUNT;                        \
        return change_case(t, args[0], how); \
    }
CASE_METHOD(bytes_upper, UPPER)
CASE_METHOD(bytes_lower, LOWER)
CASE_METHOD(bytes_swapcase, SWAP)
CASE_METHOD(bytes_title, TITLE)
CASE_METHOD(bytes_capitalize, CAPITAL)

static bool all_are(tg_value v, bool (*kind)(uint8_t))
{
    for (size_t i = 0; i < size_of(v); i++) {
        if (!kind(data_of(v)[i]))
            return false;
    }
    return true;
}

#define KIND_METHOD(name, kind, if_empty)                                                      \
    NATIVE(name)                                                                               \
    {                                                                                          \
        (void)t;                                                                               \
        UNUSED_COUNT;                                                                          \
        return tgc_from_bool((size_of(args[0]) != 0 || (if_empty)) && all_are(args[0], kind)); \
    }
KIND_METHOD(bytes_isalpha, is_alpha, false)
KIND_METHOD(bytes_isalnum, is_alnum, false)
KIND_METHOD(bytes_isdigit, is_digit, false)
KIND_METHOD(bytes_isspace, is_space, false)
KIND_METHOD(bytes_isascii, is_ascii, true)

static tg_value only_case(tg_value v, bool (*wanted)(uint8_t), bool (*refused)(uint8_t))
{
    bool any = false;
    for (size_t i = 0; i < size_of(v); i++) {
        if (refused(data_of(v)[i]))
            return TGC_FALSE;
        any |= wanted(data_of(v)[i]);
    }
    return tgc_from_bool(any);
}

NATIVE(bytes_islower)
{
    (void)t;
    UNUSED_COUNT;
    return only_case(args[0], is_lower, is_upper);
}
NATIVE(bytes_isupper)
{
    (void)t;
    UNUSED_COUNT;
    return only_case(args[0], is_upper, is_lower);
}

// --- decoding, hexadecimal

NATIVE(bytes_decode)
{
    static const char *const names[] = {"encoding", "errors", NULL};
    tg_value given[2];
    const char *text[2] = {NULL, NULL};
    if (nargs == 1)
        return tgc_str_decode(t, data_of(args[0]), size_of(args[0]), NULL, NULL);
    if (tgc_parse_args(t, "decode", names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    for (int i = 0; i < 2; i++) {
        if (given[i] == TGC_NULL)
            continue;
        if (!tgc_is_str(given[i]))
            return tgc_raise(t, &TGC_EXC(TypeError),
                             "decode() argument '%s' must be str, not %.200s", names[i],
                             tgc_type_name(given[i]));
        text[i] = tgc_str_utf8(t, given[i], NULL);
        if (text[i] == NULL)
            return TGC_NULL;
    }
    return tgc_str_decode(t, data_of(args[0]), size_of(args[0]), text[0], text[1]);
}

NATIVE(bytes_hex)
{
    static const char *const names[] = {"sep", "bytes_per_sep", NULL};
    static const char digits[] = "0123456789abcdef";
    tg_value given[2];
    int64_t group = 1;
    uint32_t separator = 0;
    if (tgc_parse_args(t, "hex", names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    if (given[1] != TGC_NULL && tgc_as_index(t, given[1], &group) < 0)
        return TGC_NULL;
    if (given[0] != TGC_NULL) {
        bool one = (tgc_is_str(given[0]) && tgc_str_length(given[0]) == 1) ||
                   (tgc_is_bytes(given[0]) && size_of(given[0]) == 1);
        if (!one)
            return tgc_raise(t, &TGC_EXC(ValueError), "sep must be length 1.");
        separator = tgc_is_str(given[0]) ? tgc_str_char(given[0], 0) : data_of(given[0])[0];
        if (separator > 127)
            return tgc_raise(t, &TGC_EXC(ValueError), "sep must be ASCII.");
    }
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    size_t n = size_of(args[0]), width = (size_t)(group < 0 ? -group : group);
    for (size_t i = 0; i < n; i++) {
        uint8_t c = data_of(args[0])[i];
        bool gap = given[0] != TGC_NULL && i != 0 && width != 0 &&
                   (group > 0 ? (n - i) % width : i % width) == 0;
        if ((gap && tgc_strbuf_append_char(t, &out, separator) < 0) ||
            tgc_strbuf_append_char(t, &out, (uint8_t)digits[c >> 4]) < 0 ||
            tgc_strbuf_append_char(t, &out, (uint8_t)digits[c & 15]) < 0) {
            tgc_strbuf_discard(&out);
            return TGC_NULL;
        }
    }
    return tgc_strbuf_finish(t, &out);
}

static int hex_value(uint32_t c)
{
    return c >= '0' && c <= '9'   ? (int)(c - '0')
           : c >= 'a' && c <= 'f' ? (int)(c - 'a') + 10
           : c >= 'A' && c <= 'F' ? (int)(c - 'A') + 10
                                  : -1;
}

NATIVE(bytes_fromhex)
{
    UNUSED_COUNT;
    if (!tgc_is_str(args[1]))
        return tgc_raise(t, &TGC_EXC(TypeError), "fromhex() argument must be str, not %.200s",
                         tgc_type_name(args[1]));
    size_t n = tgc_str_length(args[1]), k = 0, i = 0;
    tg_value made = tgc_bytes_new(t, NULL, n / 2 + 1);
    if (made == TGC_NULL)
        return TGC_NULL;
    while (i < n) {
        uint32_t c = tgc_str_char(args[1], i);
        if (c < 0x80 && is_space((uint8_t)c)) {
            i++;
            continue;
        }
        int high = hex_value(c), low = i + 1 < n ? hex_value(tgc_str_char(args[1], i + 1)) : -1;
        if (high < 0 || low < 0) {
            tgc_release(t, made);
            return tgc_raise(t, &TGC_EXC(ValueError),
                             "non-hexadecimal number found in fromhex() arg at position %zu",
                             high < 0 ? i : i + 1);
        }
        tgc_bytes_of(made)->data[k++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    tg_value result = tgc_bytes_new(t, data_of(made), k);
    tgc_release(t, made);
    return result;
}

NATIVE(bytes_translate)
{
    static const char *const names[] = {"table", "delete", NULL};
    tg_value given[2];
    tgc_view table = {NULL, 0, 1}, drop = {NULL, 0, 1};
    if (tgc_parse_args(t, "translate", names, 1, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    if (given[0] != TGC_NONE && tgc_bytes_arg(t, given[0], &table) < 0)
        return TGC_NULL;
    if (given[0] != TGC_NONE && table.length != 256)
        return tgc_raise(t, &TGC_EXC(ValueError), "translation table must be 256 characters long");
    if (given[1] != TGC_NULL && tgc_bytes_arg(t, given[1], &drop) < 0)
        return TGC_NULL;
    tg_value made = tgc_bytes_new(t, data_of(args[0]), size_of(args[0]));
    if (made == TGC_NULL)
        return TGC_NULL;
    size_t k = 0;
    for (size_t i = 0; i < size_of(args[0]); i++) {
        uint8_t c = data_of(args[0])[i];
        if (drop.length != 0 && tgc_view_find_char(drop, c) >= 0)
            continue;
        tgc_bytes_of(made)->data[k++] = table.units == NULL ? c : ((const uint8_t *)table.units)[c];
    }
    tg_value result = part(t, made, 0, k);
    tgc_release(t, made);
    return result;
}

const tgc_method_def tgc_bytes_methods[] = {
    {"capitalize", bytes_capitalize, 0, 0, 0},
    {"center", bytes_center, 1, 2, 0},
    {"count", bytes_count, 1, 3, 0},
    {"decode", bytes_decode, 0, -1, TGC_METH_KW},
    {"endswith", bytes_endswith, 1, 3, 0},
    {"find", bytes_find, 1, 3, 0},
    {"fromhex", bytes_fromhex, 1, 1, TGC_METH_CLASS},
    {"hex", bytes_hex, 0, -1, TGC_METH_KW},
    {"index", bytes_index, 1, 3, 0},
    {"isalnum", bytes_isalnum, 0, 0, 0},
    {"isalpha", bytes_isalpha, 0, 0, 0},
    {"isascii", bytes_isascii, 0, 0, 0},
    {"isdigit", bytes_isdigit, 0, 0, 0},
    {"islower", bytes_islower, 0, 0, 0},
    {"isspace", bytes_isspace, 0, 0, 0},
    {"isupper", bytes_isupper, 0, 0, 0},
    {"join", bytes_join, 1, 1, 0},
    {"ljust", bytes_ljust, 1, 2, 0},
    {"lower", bytes_lower, 0, 0, 0},
    {"lstrip", TGC_BYTES_METHOD(lstrip), 0, 1, 0},
    {"partition", TGC_BYTES_METHOD(partition), 1, 1, 0},
    {"removeprefix", bytes_removeprefix, 1, 1, 0},
    {"removesuffix", bytes_removesuffix, 1, 1, 0},
    {"replace", bytes_replace, 2, 3, 0},
    {"rfind", bytes_rfind, 1, 3, 0},
    {"rindex", bytes_rindex, 1, 3, 0},
    {"rjust", bytes_rjust, 1, 2, 0},
    {"rpartition", TGC_BYTES_METHOD(rpartition), 1, 1, 0},
    {"rsplit", TGC_BYTES_METHOD(rsplit), 0, -1, TGC_METH_KW},
    {"rstrip", TGC_BYTES_METHOD(rstrip), 0, 1, 0},
    {"split", TGC_BYTES_METHOD(split), 0, -1, TGC_METH_KW},
    {"splitlines", TGC_BYTES_METHOD(splitlines), 0, -1, TGC_METH_KW},
    {"startswith", bytes_startswith, 1, 3, 0},
    {"strip", TGC_BYTES_METHOD(strip), 0, 1, 0},
    {"swapcase", bytes_swapcase, 0, 0, 0},
    {"title", bytes_title, 0, 0, 0},
    {"translate", bytes_translate, 1, -1, TGC_METH_KW},
    {"upper", bytes_upper, 0, 0, 0},
    {"zfill", bytes_zfill, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};
