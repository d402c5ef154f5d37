// SPDX-License-Identifier: MIT
//
// float_text.c - floats to and from decimal text.
//
// repr() is the shortest text that reads back as the same float. 15 digits always survive the way through a double,
// so if they read back, the answer is among them and %g has already dropped its zeros; else 16 are tried, else 17
// are needed. Exceptions: subnormals have fewer good digits, so they start at one; and above a power of two the
// interval of texts is lopsided, so the next 16-digit text may do when the nearest does not.
#include "core/object/float_text.h" // own interface

#include "mem/raw.h" // tgi_raw_alloc

#include <locale.h> // localeconv
#include <math.h>   // signbit
#include <stdio.h>  // snprintf
#include <stdlib.h> // strtod

// The host program may have set a locale with another decimal point; texts here have a '.'.
static void to_point(char *text)
{
    const char *point = localeconv()->decimal_point;
    if (point[0] == '.' && point[1] == '\0')
        return;
    char *at = strstr(text, point);
    if (at == NULL)
        return;
    size_t n = strlen(point);
    *at = '.';
    memmove(at + 1, at + n, strlen(at + n) + 1);
}

// strtod with '.' as the point. text is NUL-terminated and short or owned by the caller.
static double read_double(const char *text)
{
    const char *point = localeconv()->decimal_point;
    if (point[0] == '.' && point[1] == '\0')
        return strtod(text, NULL);
    const char *at = strchr(text, '.');
    if (at == NULL)
        return strtod(text, NULL);
    size_t n = strlen(text), k = strlen(point), before = (size_t)(at - text);
    char *copy = tgi_raw_alloc(n + k + 1);
    if (copy == NULL)
        return strtod(text, NULL);
    memcpy(copy, text, before);
    memcpy(copy + before, point, k);
    memcpy(copy + before + k, at + 1, n - before);
    double d = strtod(copy, NULL);
    tgi_raw_free(copy);
    return d;
}

int tgc_double_print(char *out, size_t size, double d, char type, int precision, bool alternate)
{
    char format[8] = {'%', 0};
    int k = 1;
    if (alternate)
        format[k++] = '#';
    format[k++] = '.';
    format[k++] = '*';
    format[k++] = type;
    int n = snprintf(out, size, format, precision, d);
    if (n >= 0 && (size_t)n < size) {
        to_point(out);
        n = (int)strlen(out);
    }
    return n;
}

// The digits of d > 0 without point and zeros at the end, and the exponent of "0.ddd * 10^exponent".
static int shortest_digits(char digits[24], double d, int *exponent)
{
    char text[40];
    int fraction, precision, last = 17;
    double mantissa = frexp(d, &fraction);
    for (precision = d < 0x1p-1022 ? 1 : 15; precision < last; precision++) {
        tgc_double_print(text, sizeof text, d, 'e', precision - 1, false);
        if (read_double(text) == d)
            break;
        if (precision == 16 && mantissa == 0.5) { // one more in the last place; no carry beyond 9 is possible to help
            char *e = strchr(text, 'e');
            if (e[-1] < '9') {
                e[-1]++;
                if (read_double(text) == d)
                    break;
            }
        }
    }
    if (precision == last)
        tgc_double_print(text, sizeof text, d, 'e', precision - 1, false);
    char *e = strchr(text, 'e');
    int n = 0;
    for (char *p = text; p < e; p++) {
        if (*p != '.')
            digits[n++] = *p;
    }
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    *exponent = atoi(e + 1) + 1;
    return n;
}

size_t tgc_float_repr(char buf[32], double d)
{
    char *p = buf;
    if (isnan(d)) {
        memcpy(buf, "nan", 4);
        return 3;
    }
    if (signbit(d)) {
        *p++ = '-';
        d = -d;
    }
    if (isinf(d)) {
        memcpy(p, "inf", 4);
        return (size_t)(p - buf) + 3;
    }
    if (d < 1e15 && d == (double)(int64_t)d) { // a whole number
        p += snprintf(p, 24, "%lld.0", (long long)d);
        return (size_t)(p - buf);
    }
    char digits[24];
    int exponent, n = shortest_digits(digits, d, &exponent);
    if (exponent > -4 && exponent <= 16) {
        if (exponent <= 0) {
            *p++ = '0';
            *p++ = '.';
            for (int i = exponent; i < 0; i++)
                *p++ = '0';
            memcpy(p, digits, (size_t)n);
            p += n;
        } else {
            for (int i = 0; i < exponent || i < n; i++) {
                if (i == exponent)
                    *p++ = '.';
                *p++ = i < n ? digits[i] : '0';
            }
            if (n <= exponent) {
                *p++ = '.';
                *p++ = '0';
            }
        }
    } else {
        *p++ = digits[0];
        if (n > 1) {
            *p++ = '.';
            memcpy(p, digits + 1, (size_t)n - 1);
            p += n - 1;
        }
        p += snprintf(p, 8, "e%c%02d", exponent - 1 < 0 ? '-' : '+', abs(exponent - 1));
    }
    *p = '\0';
    return (size_t)(p - buf);
}

// --- reading

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f); }

static bool is_word(const char *p, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (word[i] == '\0' || (p[i] | 0x20) != word[i])
            return false;
    }
    return word[n] == '\0';
}

// digits[_digits]...; copies the digits to *out, counts them, stops in front of anything else.
static void take_digits(const char **p, const char *end, char **out, size_t *count)
{
    const char *q = *p;
    *count = 0;
    while (q < end) {
        if (*q >= '0' && *q <= '9') {
            *(*out)++ = *q++;
            ++*count;
        } else if (*q == '_' && *count > 0 && q + 1 < end && q[1] >= '0' && q[1] <= '9') {
            q++;
        } else {
            break;
        }
    }
    *p = q;
}

// Checks the grammar and writes the number without underscores; false if it is none.
static bool plain_number(const char *p, const char *end, char *out)
{
    size_t whole, part = 0, power;
    take_digits(&p, end, &out, &whole);
    if (p < end && *p == '.') {
        *out++ = *p++;
        take_digits(&p, end, &out, &part);
    }
    if (whole + part == 0)
        return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        *out++ = *p++;
        if (p < end && (*p == '+' || *p == '-'))
            *out++ = *p++;
        take_digits(&p, end, &out, &power);
        if (power == 0)
            return false;
    }
    *out = '\0';
    return p == end;
}

bool tgc_float_parse(const char *text, size_t n, double *out)
{
    const char *p = text, *end = text + n;
    while (p < end && is_space(*p))
        p++;
    while (p < end && is_space(end[-1]))
        end--;
    bool negative = false;
    if (p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    size_t left = (size_t)(end - p);
    double d;
    if (is_word(p, left, "inf") || is_word(p, left, "infinity")) {
        d = INFINITY;
    } else if (is_word(p, left, "nan")) {
        d = NAN;
    } else {
        char small[64], *copy = left < sizeof small ? small : tgi_raw_alloc(left + 1);
        if (copy == NULL)
            return false;
        bool ok = plain_number(p, end, copy);
        d = ok ? read_double(copy) : 0.0;
        if (copy != small)
            tgi_raw_free(copy);
        if (!ok)
            return false;
    }
    *out = negative ? -d : d;
    return true;
}
