// SPDX-License-Identifier: MIT
//
// json.c - writes JSON. Nesting is the caller's duty; what is escaped here is every byte that JSON
// or UTF-8 does not allow, so the result is valid whatever a script is called.
//
// Sources     RFC 8259; the table of well-formed byte sequences of the Unicode Standard (3-7).
#include "cli/ab/json.h"

#include <math.h>   // isfinite
#include <stdlib.h> // strtod
#include <string.h> // strchr

// Values nested deeper than this share a line: one run is one line.
#define INLINE_FROM 5

void tgi_ab_json_begin(tgi_ab_json *json, FILE *to)
{
    *json = (tgi_ab_json){.to = to};
}

static void write_separator(tgi_ab_json *json)
{
    if (json->filled[json->depth])
        fputc(',', json->to);
    if (json->depth > 0 && json->depth < INLINE_FROM)
        fprintf(json->to, "\n%*s", 2 * json->depth, "");
    else if (json->filled[json->depth])
        fputc(' ', json->to);
    json->filled[json->depth] = true;
}

// The length of the well-formed UTF-8 sequence at text, 0 if there is none.
static int sequence_length(const unsigned char *text)
{
    unsigned char first = text[0];
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (text[1] < low || text[1] > high)
        return 0;
    for (int i = 2; i < length; i++) {
        if (text[i] < 0x80 || text[i] > 0xbf)
            return 0;
    }
    return length;
}

static void write_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        int length = sequence_length(at);
        if (length == 0) {
            fputs("\\ufffd", to);
            at++;
        } else if (*at == '"' || *at == '\\') {
            fprintf(to, "\\%c", *at++);
        } else if (*at < 0x20 || *at == 0x7f || *at == '<') {
            // '<' too, so that the text can stand inside an HTML script element.
            fprintf(to, "\\u%04x", *at++);
        } else {
            fwrite(at, 1, (size_t)length, to);
            at += length;
        }
    }
    fputc('"', to);
}

static void write_key(tgi_ab_json *json, const char *key)
{
    write_separator(json);
    if (key == NULL)
        return;
    write_text(json->to, key);
    fputs(": ", json->to);
}

void tgi_ab_json_open(tgi_ab_json *json, const char *key, char bracket)
{
    write_key(json, key);
    fputc(bracket, json->to);
    json->filled[++json->depth] = false;
}

void tgi_ab_json_close(tgi_ab_json *json, char bracket)
{
    bool filled = json->filled[json->depth--];
    if (filled && json->depth + 1 < INLINE_FROM)
        fprintf(json->to, "\n%*s", 2 * json->depth, "");
    fputc(bracket, json->to);
}

void tgi_ab_json_string(tgi_ab_json *json, const char *key, const char *value)
{
    write_key(json, key);
    write_text(json->to, value);
}

void tgi_ab_json_int(tgi_ab_json *json, const char *key, int64_t value)
{
    write_key(json, key);
    fprintf(json->to, "%lld", (long long)value);
}

void tgi_ab_json_bool(tgi_ab_json *json, const char *key, bool value)
{
    write_key(json, key);
    fputs(value ? "true" : "false", json->to);
}

void tgi_ab_json_double(tgi_ab_json *json, const char *key, double value)
{
    if (!isfinite(value)) {
        tgi_ab_json_null(json, key);
        return;
    }
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    // A host program may have set a locale with another decimal sign.
    for (char *at = text; *at != '\0'; at++) {
        if (strchr("0123456789+-eE", *at) == NULL)
            *at = '.';
    }
    write_key(json, key);
    fputs(text, json->to);
}

void tgi_ab_json_null(tgi_ab_json *json, const char *key)
{
    write_key(json, key);
    fputs("null", json->to);
}
