// SPDX-License-Identifier: MIT
//
// lexer_number.c - numeric literals: where they end and what they are worth.
//
// A literal that is followed at once by a letter is an error, unless the letter begins a keyword
// that may follow a number ("1if x else y"): then Python reads two tokens, and so do we.
#include "lang/lexer_number.h"

#include <locale.h> // newlocale
#include <stdlib.h> // strtod_l
#include <string.h> // memcpy, strncmp

// A decimal literal longer than this is refused, as Python does: reading it takes quadratic time.
enum { MAX_DECIMAL_DIGITS = 4300, MAX_BINARY_DIGITS = 200000 };

typedef struct reader {
    tgi_front *front;
    const char *text;
    uint32_t at;
    uint32_t limit;
} reader;

static char peek(const reader *r, uint32_t ahead)
{
    return r->at + ahead < r->limit ? r->text[r->at + ahead] : '\0';
}

static bool is_digit(char c, int base)
{
    if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
        return true;
    return c >= '0' && c < '0' + (base < 10 ? base : 10);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static _Noreturn void invalid_literal(reader *r, const char *kind)
{
    uint32_t last = r->at > 0 ? r->at - 1 : 0;
    tgi_front_fail(r->front, TGI_SYNTAX_ERROR, last, last, "invalid %s literal", kind);
}

// What may not follow a literal of this kind at once.
static void check_end(reader *r, const char *kind)
{
    static const char *const allowed[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    if (!is_letter(peek(r, 0)))
        return;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        size_t size = strlen(allowed[i]);
        if (r->limit - r->at >= size && strncmp(r->text + r->at, allowed[i], size) == 0)
            return;
    }
    invalid_literal(r, kind);
}

static void digits(reader *r, int base, const char *kind)
{
    for (;;) {
        while (is_digit(peek(r, 0), base))
            r->at++;
        if (peek(r, 0) != '_')
            return;
        r->at++;
        if (!is_digit(peek(r, 0), base)) {
            if (base < 10 && is_digit(peek(r, 0), 10))
                return;
            invalid_literal(r, kind);
        }
    }
}

static void based_integer(reader *r, int base, const char *kind)
{
    r->at += 2;
    if (peek(r, 0) == '_')
        r->at++;
    if (!is_digit(peek(r, 0), base)) {
        if (is_digit(peek(r, 0), 10)) {
            tgi_front_fail(r->front, TGI_SYNTAX_ERROR, r->at, r->at,
                           "invalid digit '%c' in %s literal", peek(r, 0), kind);
        }
        invalid_literal(r, kind);
    }
    digits(r, base, kind);
    if (is_digit(peek(r, 0), 10)) {
        tgi_front_fail(r->front, TGI_SYNTAX_ERROR, r->at, r->at, "invalid digit '%c' in %s literal",
                       peek(r, 0), kind);
    }
    check_end(r, kind);
}

static bool exponent_follows(const reader *r)
{
    if (peek(r, 0) != 'e' && peek(r, 0) != 'E')
        return false;
    uint32_t sign = peek(r, 1) == '+' || peek(r, 1) == '-';
    return is_digit(peek(r, 1 + sign), 10);
}

uint32_t tgi_lex_number(tgi_front *front, uint32_t start, uint32_t limit)
{
    reader r = {.front = front, .text = front->text, .at = start, .limit = limit};
    char second = (char)(peek(&r, 1) | 0x20);
    if (peek(&r, 0) == '0' && (second == 'x' || second == 'o' || second == 'b')) {
        based_integer(&r,
                      second == 'x'   ? 16
                      : second == 'o' ? 8
                                      : 2,
                      second == 'x'   ? "hexadecimal"
                      : second == 'o' ? "octal"
                                      : "binary");
        return r.at;
    }
    bool real = false;
    if (peek(&r, 0) != '.')
        digits(&r, 10, "decimal");
    uint32_t whole = r.at;
    if (peek(&r, 0) == '.') {
        real = true;
        r.at++;
        if (is_digit(peek(&r, 0), 10))
            digits(&r, 10, "decimal");
    }
    if (exponent_follows(&r)) {
        real = true;
        r.at += is_digit(peek(&r, 1), 10) ? 1 : 2;
        digits(&r, 10, "decimal");
    } else if ((peek(&r, 0) | 0x20) == 'e' && (peek(&r, 1) == '+' || peek(&r, 1) == '-')) {
        r.at++;
        invalid_literal(&r, "decimal");
    }
    if (peek(&r, 0) == 'j' || peek(&r, 0) == 'J') {
        tgi_front_fail(front, TGI_SYNTAX_ERROR, start, r.at + 1,
                       "complex numbers are not supported");
    }
    check_end(&r, "decimal");
    if (real || front->text[start] != '0')
        return r.at;
    for (uint32_t i = start; i < whole; i++) {
        if (front->text[i] != '0' && front->text[i] != '_') {
            tgi_front_fail(front, TGI_SYNTAX_ERROR, start, whole,
                           "leading zeros in decimal integer literals are not permitted; "
                           "use an 0o prefix for octal integers");
        }
    }
    return r.at;
}

static int digit_value(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

// Turns digits of a base that is a power of two into decimal, nine digits at a time.
static const char *to_decimal(tgi_front *front, const char *text, uint32_t size, int base)
{
    enum { LIMB = 1000000000 };
    uint32_t room = size / 7 + 2; // a limb holds more than seven hexadecimal digits
    uint32_t *limbs = tgi_front_alloc(front, room * sizeof *limbs);
    uint32_t count = 1;
    uint32_t i = 0;
    while (i < size) {
        uint64_t factor = 1;
        uint64_t carry = 0;
        for (; i < size && factor < (1u << 24); i++) {
            factor *= (uint64_t)base;
            carry = carry * (uint64_t)base + (uint64_t)digit_value(text[i]);
        }
        for (uint32_t k = 0; k < count; k++) {
            carry += limbs[k] * factor;
            limbs[k] = (uint32_t)(carry % LIMB);
            carry /= LIMB;
        }
        while (carry > 0) {
            limbs[count++] = (uint32_t)(carry % LIMB);
            carry /= LIMB;
        }
    }
    char *out = tgi_front_alloc(front, (size_t)count * 9 + 1);
    char *end = out;
    for (uint32_t k = count; k-- > 0;) {
        uint32_t unit = LIMB / 10;
        for (uint32_t rest = limbs[k]; unit > 0; unit /= 10) {
            *end++ = (char)('0' + rest / unit % 10);
        }
    }
    *end = '\0';
    while (*out == '0' && out[1] != '\0')
        out++;
    return out;
}

tgi_number tgi_decode_number(tgi_front *front, uint32_t start, uint32_t end)
{
    const char *text = front->text + start;
    uint32_t size = end - start;
    char *plain = tgi_front_alloc(front, (size_t)size + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (text[i] != '_')
            plain[n++] = text[i];
    }
    plain[n] = '\0';
    char second = n > 1 ? (char)(plain[1] | 0x20) : '\0';
    int base = plain[0] != '0' ? 10
               : second == 'x' ? 16
               : second == 'o' ? 8
               : second == 'b' ? 2
                               : 10;
    tgi_number number = {.kind = TGI_NUMBER_INT};
    if (base == 10 && strpbrk(plain, ".eE") != NULL) {
        number.kind = TGI_NUMBER_FLOAT;
        locale_t plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        if (plain_locale == (locale_t)0)
            tgi_front_fail_nomem(front);
        number.real = strtod_l(plain, NULL, plain_locale);
        freelocale(plain_locale);
        return number;
    }
    const char *digit = base == 10 ? plain : plain + 2;
    while (*digit == '0' && digit[1] != '\0')
        digit++;
    bool big = false;
    for (const char *d = digit; *d != '\0' && !big; d++) {
        big = __builtin_mul_overflow(number.integer, (int64_t)base, &number.integer) ||
              __builtin_add_overflow(number.integer, (int64_t)digit_value(*d), &number.integer);
    }
    if (!big)
        return number;
    number.kind = TGI_NUMBER_BIGINT;
    uint32_t count = (uint32_t)strlen(digit);
    if (base == 10 && count > MAX_DECIMAL_DIGITS) {
        tgi_front_fail(
            front, TGI_SYNTAX_ERROR, start, end,
            "Exceeds the limit (%d digits) for integer string conversion: value has %u digits; "
            "use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for "
            "huge integer literals to avoid decimal conversion limits.",
            MAX_DECIMAL_DIGITS, count);
    }
    if (base != 10 && count > MAX_BINARY_DIGITS)
        tgi_front_fail(front, TGI_SYNTAX_ERROR, start, end,
                       "integer literals this long are not supported");
    number.decimal = base == 10 ? digit : to_decimal(front, digit, count, base);
    return number;
}
