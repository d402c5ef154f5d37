// SPDX-License-Identifier: MIT
//
// float_text.c - floats to and from decimal text.
//
// repr() is the shortest text that reads back as the same float. 15 digits always survive the way
// through a double, so if they read back, the answer is among them and %g has already dropped its
// zeros; else 16 are tried, else 17 are needed. Exceptions: subnormals have fewer good digits, so
// they start at one; and above a power of two the interval of texts is lopsided, so the next
// 16-digit text may do when the nearest does not.
//
// Note [exact-decimal]
// A double is f * 2^e with f < 2^53. For -126 <= e < 0 and k <= 22 the product f * 10^k fits 128
// bits, so the decimal digits down to the k-th place, and what is left over, come out exactly with
// one multiplication and one shift. This covers what programs print most; the C library does the
// rest, several times slower. Reading likewise: up to 15 digits and a power of ten up to 22 are
// exact doubles, so one multiplication or division rounds correctly.
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

// --- Note [exact-decimal]

#define EXACT_PLACES 22

static const double exact_powers[EXACT_PLACES + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static unsigned __int128 power_of_ten(int k) // 0 <= k <= EXACT_PLACES
{
    unsigned __int128 n = (uint64_t)exact_powers[k > 19 ? 19 : k];
    for (; k > 19; k--)
        n *= 10;
    return n;
}

// d = *f * 2^-*shift with 1 <= shift <= 126; false for other d.
static bool take_apart(double d, uint64_t *f, int *shift)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7FF);
    *f = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    *shift = 1075 - exponent;
    return *shift >= 1 && *shift <= 126;
}

// n / 2^shift rounded half to even; *error is the distance in units of 2^-shift.
static unsigned __int128 round_shift(unsigned __int128 n, int shift, unsigned __int128 *error)
{
    unsigned __int128 q = n >> shift, rest = n - (q << shift),
                      half = (unsigned __int128)1 << (shift - 1);
    bool up = rest > half || (rest == half && (q & 1) != 0);
    *error = up ? (half << 1) - rest : rest;
    return q + up;
}

static char *put_digits(char *end, uint64_t n) // backwards from end
{
    do {
        *--end = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    return end;
}

// As shortest_digits; 0 if d is out of range.
static int exact_digits(char digits[24], double d, int *exponent)
{
    uint64_t f;
    int shift, point = d < 1 ? -4 : 1; // digits before the point
    if (!(d >= 1e-5 && d < 1e16) || !take_apart(d, &f, &shift))
        return 0;
    bool lopsided = (f & (f - 1)) == 0; // a power of two: only exact texts are decided here
    while (point > 0 ? d >= exact_powers[point] : d * exact_powers[-point] >= 1)
        point++;
    unsigned __int128 error, q = (unsigned __int128)f * power_of_ten(17 - point) >> shift;
    point += q >= power_of_ten(17)  ? 1
             : q < power_of_ten(16) ? -1
                                    : 0; // the loop may err for d < 1
    for (int precision = 15; precision <= 17; precision++) {
        int k = precision - point;
        if (k < 0 || k > EXACT_PLACES)
            return 0;
        unsigned __int128 scale = power_of_ten(k);
        q = round_shift((unsigned __int128)f * scale, shift, &error);
        // Half the distance to the next double is scale / 2 in the same units.
        if (precision < 17 && (error * 2 > scale || (error * 2 == scale && (f & 1) != 0)))
            continue;
        if (lopsided && error != 0)
            return 0;
        uint64_t number = (uint64_t)q;
        while (number % 10 == 0) {
            number /= 10;
            k--;
        }
        char *end = digits + 20, *start = put_digits(end, number);
        int n = (int)(end - start);
        memmove(digits, start, (size_t)n);
        digits[n] = '\0';
        *exponent = n - k;
        return n;
    }
    return 0;
}

// printf("%.*f"); 0 if d or the precision is out of range.
static int print_fixed(char *out, size_t size, double d, int precision)
{
    uint64_t f;
    int shift;
    unsigned __int128 error;
    if (precision > EXACT_PLACES || size < 48 || !take_apart(d, &f, &shift))
        return 0;
    unsigned __int128 q =
        round_shift((unsigned __int128)f * power_of_ten(precision), shift, &error);
    if (q > UINT64_MAX)
        return 0;
    char text[32], *end = text + sizeof text, *start = put_digits(end, (uint64_t)q), *p = out;
    while (end - start <= precision)
        *--start = '0';
    if (signbit(d))
        *p++ = '-';
    size_t whole = (size_t)(end - start - precision);
    memcpy(p, start, whole);
    p += whole;
    if (precision != 0) {
        *p++ = '.';
        memcpy(p, start + whole, (size_t)precision);
        p += precision;
    }
    *p = '\0';
    return (int)(p - out);
}

int tgc_double_print(char *out, size_t size, double d, char type, int precision, bool alternate)
{
    char format[8] = {'%', 0};
    int k = 1, n = type == 'f' && !alternate ? print_fixed(out, size, d, precision) : 0;
    if (n != 0)
        return n;
    if (alternate)
        format[k++] = '#';
    format[k++] = '.';
    format[k++] = '*';
    format[k++] = type;
    n = snprintf(out, size, format, precision, d);
    if (n >= 0 && (size_t)n < size) {
        to_point(out);
        n = (int)strlen(out);
    }
    return n;
}

// The digits of d > 0 without point and zeros at the end, and the exponent of "0.ddd *
// 10^exponent".
static int shortest_digits(char digits[24], double d, int *exponent)
{
    char text[40];
    int fraction, precision, last = 17, exact = exact_digits(digits, d, exponent);
    if (exact != 0)
        return exact;
    double mantissa = frexp(d, &fraction);
    for (precision = d < 0x1p-1022 ? 1 : 15; precision < last; precision++) {
        tgc_double_print(text, sizeof text, d, 'e', precision - 1, false);
        if (read_double(text) == d)
            break;
        if (precision == 16 &&
            mantissa == 0.5) { // one more in the last place; no carry beyond 9 is possible to help
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

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

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

// The value of a short plain number; false if it must be read the long way.
static bool read_short(const char *p, double *out)
{
    uint64_t m = 0;
    int digits = 0, places = 0, power = 0;
    bool part = false;
    for (; *p != '\0' && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.') {
            part = true;
            continue;
        }
        m = m * 10 + (uint64_t)(*p - '0');
        digits += m != 0;
        places += part;
        if (digits > 15)
            return false;
    }
    if (*p != '\0') {
        bool negative = p[1] == '-';
        for (p += 1 + (p[1] == '-' || p[1] == '+'); *p != '\0' && power < 1000; p++)
            power = power * 10 + (*p - '0');
        power = negative ? -power : power;
    }
    power -= places;
    if (power < -EXACT_PLACES || power > EXACT_PLACES)
        return false;
    *out = power < 0 ? (double)m / exact_powers[-power] : (double)m * exact_powers[power];
    return true;
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
        d = 0.0;
        if (ok && !read_short(copy, &d))
            d = read_double(copy);
        if (copy != small)
            tgi_raw_free(copy);
        if (!ok)
            return false;
    }
    *out = negative ? -d : d;
    return true;
}
