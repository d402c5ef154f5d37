// SPDX-License-Identifier: MIT
//
// str_find.c - finding, counting and comparing runs of characters.
//
// One character: memchr. Texts of 1-byte units: memchr for the first character and a comparison
// while that is rarely in vain, then memmem, which is linear in glibc but slow to start. Wider
// texts: look for a byte of the first character with memchr where that pays, then compare; the
// worst case is the product of the lengths, as for any short needle.
#include "core/object/str_units.h" // own interface

#include "core/object/error.h" // tgc_raise
#include "core/object/seq.h"   // tgc_seq_bound

bool tgc_view_equal(tgc_view a, tgc_view b)
{
    if (a.length != b.length)
        return false;
    if (a.kind == b.kind)
        return memcmp(a.units, b.units, a.length * a.kind) == 0;
    for (size_t i = 0; i < a.length; i++) {
        if (view_get(a, i) != view_get(b, i))
            return false;
    }
    return true;
}

int64_t tgc_view_find_char(tgc_view text, uint32_t c)
{
    if (text.kind == 1) {
        const char *at = c > 0xFF ? NULL : memchr(text.units, (int)c, text.length);
        return at == NULL ? -1 : at - (const char *)text.units;
    }
    if (text.kind == 2 && c > 0xFFFF)
        return -1;
    for (size_t i = 0; i < text.length; i++) {
        if (view_get(text, i) == c)
            return (int64_t)i;
    }
    return -1;
}

static bool matches_at(tgc_view text, size_t at, tgc_view needle)
{
    return tgc_view_equal(view_sub(text, at, at + needle.length), needle);
}

static int64_t find_bytes(const char *text, size_t n, const char *needle, size_t k)
{
    const char *p = text, *last = text + (n - k);
    for (int vain = 0; vain < 8; vain++) {
        p = memchr(p, (unsigned char)*needle, (size_t)(last - p) + 1);
        if (p == NULL)
            return -1;
        if (p[1] == needle[1] && memcmp(p, needle, k) == 0)
            return p - text;
        if (++p > last)
            return -1;
    }
    p = memmem(p, (size_t)(text + n - p), needle, k);
    return p == NULL ? -1 : p - text;
}

int64_t tgc_view_find(tgc_view text, tgc_view needle)
{
    if (needle.length == 0)
        return 0;
    if (needle.length > text.length || needle.kind > text.kind)
        return -1;
    if (needle.length == 1)
        return tgc_view_find_char(text, view_get(needle, 0));
    if (text.kind == 1)
        return find_bytes(text.units, text.length, needle.units, needle.length);
    uint32_t first = view_get(needle, 0), last = view_get(needle, needle.length - 1);
    for (size_t i = 0; i + needle.length <= text.length; i++) {
        if (view_get(text, i) == first && view_get(text, i + needle.length - 1) == last &&
            matches_at(text, i, needle))
            return (int64_t)i;
    }
    return -1;
}

int64_t tgc_view_rfind(tgc_view text, tgc_view needle)
{
    if (needle.length > text.length || (needle.kind > text.kind && needle.length != 0))
        return -1;
    if (needle.length == 0)
        return (int64_t)text.length;
    if (needle.length == 1 && text.kind == 1) {
        uint32_t c = view_get(needle, 0);
        const char *at = memrchr(text.units, (int)c, text.length);
        return at == NULL ? -1 : at - (const char *)text.units;
    }
    uint32_t first = view_get(needle, 0);
    for (size_t i = text.length - needle.length + 1; i-- > 0;) {
        if (view_get(text, i) == first && matches_at(text, i, needle))
            return (int64_t)i;
    }
    return -1;
}

size_t tgc_view_count(tgc_view text, tgc_view needle, size_t most)
{
    size_t count = 0, at = 0;
    if (text.kind == 1 && needle.kind == 1 && needle.length == 1 && most >= text.length) {
        const uint8_t *p = text.units, c = *(const uint8_t *)needle.units;
        for (size_t i = 0; i < text.length; i++)
            count += p[i] == c;
        return count;
    }
    while (count < most) {
        int64_t i = tgc_view_find(view_sub(text, at, text.length), needle);
        if (i < 0)
            break;
        count++;
        at += (size_t)i + needle.length;
    }
    return count;
}

int64_t tgc_str_find(tg_value s, tg_value needle, size_t from, size_t end)
{
    tgc_view text = units_view(s);
    if (end > text.length)
        end = text.length;
    if (from > end)
        return -1;
    int64_t i = tgc_view_find(view_sub(text, from, end), units_view(needle));
    return i < 0 ? -1 : i + (int64_t)from;
}

// --- arguments of methods

int tgc_str_bounds(tg_thread *t, tg_value start, tg_value end, int64_t length, int64_t *from,
                   int64_t *to)
{
    *from = 0;
    *to = length;
    if (start != TGC_NULL && start != TGC_NONE && tgc_seq_bound(t, start, from) < 0)
        return -1;
    if (end != TGC_NULL && end != TGC_NONE && tgc_seq_bound(t, end, to) < 0)
        return -1;
    if (*from < 0)
        *from = *from + length < 0 ? 0 : *from + length;
    if (*to < 0)
        *to = *to + length < 0 ? 0 : *to + length;
    if (*to > length)
        *to = length;
    return 0;
}

int tgc_str_expect(tg_thread *t, tg_value v, const char *method, int number)
{
    if (tgc_is_str(v))
        return 0;
    if (number == 0)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() argument must be str, not %.200s",
                             method, tgc_type_name(v));
    return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() argument %d must be str, not %.200s", method,
                         number, tgc_type_name(v));
}
