// SPDX-License-Identifier: MIT
//
// int_text.c - integers to and from digits.
//
// Owns        the limit on decimal digits: conversion takes more than linear time, and digits come
//             from outside.
// Threads     any.
#include "core/object/error.h"   // tgc_raise
#include "core/object/int_big.h" // tgc_mag
#include "core/object/str.h"     // tgc_str_ascii
#include "mem/raw.h"             // tgi_raw_alloc

_Atomic(uint32_t) tgc_int_digits_limit = TGC_INT_DIGITS_LIMIT; // any thread

static const char digit_text[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "4041424344454647484950515253545556575859606162636465666768697071727374757677787980"
    "81828384858687888990919293949596979899";

static char *small_digits(uint64_t m, int base, char *end) // written backwards, ending at end
{
    if (base == 10) {
        while (m >= 100) {
            end -= 2;
            memcpy(end, pairs + m % 100 * 2, 2);
            m /= 100;
        }
        if (m >= 10) {
            end -= 2;
            memcpy(end, pairs + m * 2, 2);
        } else {
            *--end = (char)('0' + m);
        }
        return end;
    }
    do {
        *--end = digit_text[m % (uint64_t)base];
        m /= (uint64_t)base;
    } while (m != 0);
    return end;
}

static bool beyond_limit(size_t digits)
{
    // ORDER: relaxed; a setting on its own.
    uint32_t limit = atom_load_relaxed(&tgc_int_digits_limit);
    return limit != 0 && digits > limit;
}

static void *too_many_to_text(tg_thread *t)
{
    // ORDER: relaxed; as beyond_limit.
    tgc_raise(t, &TGC_EXC(ValueError),
              "Exceeds the limit (%u digits) for integer string conversion; "
              "use sys.set_int_max_str_digits() to increase the limit",
              atom_load_relaxed(&tgc_int_digits_limit));
    return NULL;
}

char *tgc_int_digits(tg_thread *t, tg_value v, int base, char *small, size_t small_size, size_t *n)
{
    tgc_mag m;
    mag_of(v, &m);
    if (m.size <= 1 && small_size >= 65) {
        char *end = small + small_size,
             *start = small_digits(m.size == 0 ? 0 : m.limbs[0], base, end);
        *n = (size_t)(end - start);
        memmove(small, start, *n);
        return small;
    }
    // log10(2) > 0.30102: what is surely too long is refused before the work.
    if (base == 10 && beyond_limit((size_t)((double)(mag_bits(&m) - 1) * 0.30102)))
        return too_many_to_text(t);
    if (!tgc_int_room(t, (size_t)m.size))
        return NULL;
    size_t room = mpn_sizeinbase(m.limbs, m.size, base) + 2;
    char *out = room <= small_size ? small : tgi_raw_alloc(room);
    mp_limb_t few[16];
    mp_limb_t *copy = m.size < 16 ? few : tgi_raw_alloc(((size_t)m.size + 1) * sizeof *copy);
    if (out == NULL || copy == NULL) {
        tgc_raise_nomem(t);
    } else {
        mpn_copyi(copy, m.limbs, m.size);
        size_t count = mpn_get_str((unsigned char *)out, base, copy, m.size), skip = 0;
        while (skip + 1 < count && out[skip] == 0)
            skip++;
        *n = count - skip;
        for (size_t i = 0; i < *n; i++)
            out[i] = digit_text[(unsigned char)out[i + skip]];
    }
    if (copy != few)
        tgi_raw_free(copy);
    bool failed = out == NULL || copy == NULL;
    if (!failed && base == 10 && beyond_limit(*n)) {
        too_many_to_text(t);
        failed = true;
    }
    if (failed && out != small) {
        tgi_raw_free(out);
    }
    return failed ? NULL : out;
}

tg_value tgc_int_to_text(tg_thread *t, tg_value v, int base)
{
    char small[96];
    v = int_plain(v);
    if (!tgc_is_ptr(v)) {
        int64_t i = int_of_immediate(v);
        char *end = small + sizeof small;
        char *start = small_digits(i < 0 ? (uint64_t)0 - (uint64_t)i : (uint64_t)i, base, end);
        if (i < 0)
            *--start = '-';
        return tgc_str_ascii(t, start, (size_t)(end - start));
    }
    size_t n;
    char *digits = tgc_int_digits(t, v, base, small, sizeof small, &n);
    if (digits == NULL)
        return TGC_NULL;
    bool negative = tgc_int_sign(v) < 0;
    tgc_str *s = tgc_str_alloc(t, n + negative, 0x7F); // n > 1: the value is large
    if (s != NULL) {
        char *to = (char *)(s + 1);
        if (negative)
            *to++ = '-';
        memcpy(to, digits, n);
    }
    if (digits != small)
        tgi_raw_free(digits);
    return s == NULL ? TGC_NULL : tgc_from_ptr(s);
}

// --- reading

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 99;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static int parse_large(tg_thread *t, const char *text, const char *end, size_t digits, int base,
                       bool negative, tg_value *out)
{
    if ((base & (base - 1)) != 0 && beyond_limit(digits)) {
        // ORDER: relaxed; as beyond_limit.
        uint32_t limit = atom_load_relaxed(&tgc_int_digits_limit);
        return tgc_raise_int(
            t, &TGC_EXC(ValueError),
            "Exceeds the limit (%u digits) for integer string conversion: value has %zu digits; "
            "use sys.set_int_max_str_digits() to increase the limit",
            limit, digits);
    }
    unsigned char few[512];
    unsigned char *values = digits <= sizeof few ? few : tgi_raw_alloc(digits);
    size_t limbs = digits / 10 + 2; // a digit is less than 6 bits
    if (values == NULL || !tgc_int_room(t, limbs)) {
        if (values != few)
            tgi_raw_free(values);
        return tgc_raised(t) ? -1 : (tgc_raise_nomem(t), -1);
    }
    size_t k = 0;
    for (const char *p = text; p < end; p++) {
        if (*p != '_')
            values[k++] = (unsigned char)digit_value(*p);
    }
    tgc_bigint *b = tgc_bigint_alloc(t, limbs);
    if (b != NULL) {
        size_t n = (size_t)mpn_set_str(b->limbs, values, k, base);
        *out = tgc_bigint_finish(t, b, n, negative);
    }
    if (values != few)
        tgi_raw_free(values);
    return b == NULL ? -1 : 1;
}

int tgc_int_parse(tg_thread *t, const char *text, size_t n, int base, tg_value *out)
{
    const char *p = text, *end = text + n;
    while (p < end && is_space(*p))
        p++;
    while (p < end && is_space(end[-1]))
        end--;
    bool negative = false;
    if (p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    int prefix = 0;
    if (end - p >= 2 && p[0] == '0') {
        char c = p[1] | 0x20;
        prefix = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
    }
    bool zeros_only = false; // base 0: a number that starts with 0 must be 0
    if (base == 0) {
        zeros_only = prefix == 0 && p < end && *p == '0';
        base = prefix != 0 ? prefix : 10;
    }
    if (prefix == base) {
        p += 2;
        if (p < end && *p == '_')
            p++;
    }
    if (p >= end || *p == '_')
        return 0;
    uint64_t value = 0;
    size_t digits = 0;
    bool large = false, underscore = false;
    for (const char *q = p; q < end; q++) {
        if (*q == '_') {
            if (underscore)
                return 0;
            underscore = true;
            continue;
        }
        underscore = false;
        int d = digit_value(*q);
        if (d >= base || (zeros_only && d != 0))
            return 0;
        digits++;
        if (!large && (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
                       __builtin_add_overflow(value, (uint64_t)d, &value)))
            large = true;
    }
    if (underscore)
        return 0;
    if (large || digits > 2000)
        return parse_large(t, p, end, digits, base, negative, out);
    *out = tgc_int_from_limbs(t, &value, 1, negative);
    return *out == TGC_NULL ? -1 : 1;
}

tg_value tgc_int_from_text(tg_thread *t, const char *text, size_t n, int base)
{
    tg_value v = TGC_NULL;
    int status = tgc_int_parse(t, text, n, base, &v);
    if (status != 0)
        return status < 0 ? TGC_NULL : v;
    tg_value s = tgc_str_decode(t, text, n, "utf-8", "surrogateescape");
    if (s == TGC_NULL)
        return TGC_NULL;
    tg_value quoted = tgc_str_repr(t, s);
    tgc_release(t, s);
    const char *shown = quoted == TGC_NULL ? NULL : tgc_str_utf8(t, quoted, NULL);
    if (shown != NULL)
        tgc_raise(t, &TGC_EXC(ValueError), "invalid literal for int() with base %d: %.200s", base,
                  shown);
    tgc_release(t, quoted);
    return TGC_NULL;
}
