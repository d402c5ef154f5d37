// SPDX-License-Identifier: MIT
//
// string_literal.c - the parts of a string token and the value of its escapes.
//
// A character is stored as UTF-8; an escape may make a lone surrogate, which is stored as three
// bytes.
#include "lang/string_literal.h"

#include <string.h> // memcpy

#include "lang/utf8.h" // utf8_encode

tgi_string_token tgi_split_string(const tgi_front *front, uint32_t start, uint32_t end)
{
    tgi_string_token token = {0};
    const char *text = front->text;
    for (; text[start] != '\'' && text[start] != '"'; start++) {
        char letter = (char)(text[start] | 0x20);
        token.raw |= letter == 'r';
        token.bytes |= letter == 'b';
        token.format |= letter == 'f';
    }
    uint32_t quotes =
        end - start >= 6 && text[start + 1] == text[start] && text[start + 2] == text[start];
    quotes = quotes ? 3 : 1;
    token.start = start + quotes;
    token.end = end - quotes;
    return token;
}

void tgi_text_add(tgi_front *front, tgi_text *text, const char *bytes, uint32_t size)
{
    text->bytes = tgi_front_grow(front, text->bytes, &text->capacity, text->size + size + 1, 1);
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

typedef struct decoder {
    tgi_front *front;
    const tgi_string_token *token;
    uint32_t start, end;
    uint32_t at; // behind the backslash
} decoder;

static _Noreturn void bad_escape(const decoder *d, uint32_t size, const char *what)
{
    uint32_t from = d->at - 1 - d->start;
    if (d->token->bytes) {
        tgi_front_fail(d->front, TGI_SYNTAX_ERROR, d->start, d->end,
                       "(value error) invalid \\x escape at position %u", from);
    }
    tgi_front_fail(d->front, TGI_SYNTAX_ERROR, d->start, d->end,
                   "(unicode error) 'unicodeescape' codec can't decode bytes in position %u-%u: %s",
                   from, from + size, what);
}

static uint32_t hex_escape(decoder *d, uint32_t digits, const char *what)
{
    uint32_t value = 0;
    for (uint32_t i = 1; i <= digits; i++) {
        int digit = d->at + i < d->end ? hex_value(d->front->text[d->at + i]) : -1;
        if (digit < 0)
            bad_escape(d, i, what);
        value = value << 4 | (uint32_t)digit;
    }
    if (value > 0x10FFFF)
        bad_escape(d, digits + 1, "illegal Unicode character");
    d->at += digits;
    return value;
}

static uint32_t octal_escape(decoder *d)
{
    uint32_t value = 0;
    uint32_t i = 0;
    for (; i < 3 && d->at + i < d->end; i++) {
        char c = d->front->text[d->at + i];
        if (c < '0' || c > '7')
            break;
        value = value << 3 | (uint32_t)(c - '0');
    }
    d->at += i - 1;
    return value;
}

// Decodes the escape whose letter is at d->at; leaves d->at at its last character. False: not an
// escape.
static bool escape(decoder *d, uint32_t *point)
{
    char c = d->front->text[d->at];
    switch (c) {
    case '\\':
    case '\'':
    case '"':
        *point = (uint32_t)c;
        return true;
    case 'a':
        *point = 7;
        return true;
    case 'b':
        *point = 8;
        return true;
    case 't':
        *point = 9;
        return true;
    case 'n':
        *point = 10;
        return true;
    case 'v':
        *point = 11;
        return true;
    case 'f':
        *point = 12;
        return true;
    case 'r':
        *point = 13;
        return true;
    case 'x':
        *point = hex_escape(d, 2, "truncated \\xXX escape");
        return true;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
        *point = octal_escape(d);
        return true;
    default:
        break;
    }
    if (d->token->bytes)
        return false;
    switch (c) {
    case 'u':
        *point = hex_escape(d, 4, "truncated \\uXXXX escape");
        return true;
    case 'U':
        *point = hex_escape(d, 8, "truncated \\UXXXXXXXX escape");
        return true;
    case 'N':
        tgi_front_fail(d->front, TGI_SYNTAX_ERROR, d->start, d->end,
                       "'\\N{...}' escapes are not supported");
    default:
        return false;
    }
}

void tgi_decode_string(tgi_front *front, const tgi_string_token *token, uint32_t start,
                       uint32_t end, tgi_text *out)
{
    const char *text = front->text;
    decoder d = {.front = front, .token = token, .start = start, .end = end};
    uint32_t plain = start; // start of the run of ordinary characters
    tgi_text_add(front, out, "", 0);
    for (uint32_t i = start; i < end; i++) {
        if (token->bytes && (unsigned char)text[i] >= 0x80) {
            tgi_front_fail(front, TGI_SYNTAX_ERROR, start, end,
                           "bytes can only contain ASCII literal characters");
        }
        if (text[i] != '\\' || token->raw || i + 1 >= end)
            continue;
        d.at = i + 1;
        uint32_t point = 0;
        char encoded[4];
        uint32_t size = 0;
        if (text[d.at] != '\n') {
            if (!escape(&d, &point)) {
                // Not an escape: the backslash is a character.
                continue;
            }
            if (token->bytes) {
                encoded[0] = (char)point;
                size = 1;
            } else {
                size = utf8_encode(point, encoded);
            }
        }
        tgi_text_add(front, out, text + plain, i - plain);
        tgi_text_add(front, out, encoded, size);
        i = d.at;
        plain = i + 1;
    }
    tgi_text_add(front, out, text + plain, end - plain);
}
