// SPDX-License-Identifier: MIT
//
// outputs.c - compares what the runs printed.
//
// Owns        two texts: the first output, and the first one that is not equal to it.
// Threads     one.
// Invariants  U1  Equality is of bytes, after whole lines with an ignored prefix are taken out.
// Rejected    comparing hashes only: a difference must be shown, not just claimed.
#include "cli/ab/outputs.h"

#include <stdlib.h> // malloc
#include <string.h> // memcmp, memchr

#define SHOWN_LINES      3
#define SHOWN_CHARACTERS 100

typedef struct line {
    const char *start;
    size_t length; // without the newline
    bool present;
} line;

// The line at *at, which moves behind it.
static line next_line(const char **at, const char *end)
{
    if (*at >= end)
        return (line){.start = end};
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    const char *stop = newline != NULL ? newline : end;
    line result = {*at, (size_t)(stop - *at), true};
    *at = newline != NULL ? newline + 1 : end;
    return result;
}

static bool begins_with(line text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.length >= length && memcmp(text.start, prefix, length) == 0;
}

static void skip_blanks(line *text)
{
    while (text->length > 0 && (*text->start == ' ' || *text->start == '\t')) {
        text->start++;
        text->length--;
    }
    while (text->length > 0 && strchr(" \t\r", text->start[text->length - 1]) != NULL)
        text->length--;
}

void tgi_ab_markers_read(const char *source, size_t length, tgi_ab_markers *out)
{
    static const char mark[] = "# togil ab:";
    *out = (tgi_ab_markers){0};
    const char *at = source;
    for (line text; (text = next_line(&at, source + length)).present;) {
        skip_blanks(&text);
        if (!begins_with(text, mark))
            continue;
        text.start += strlen(mark);
        text.length -= strlen(mark);
        skip_blanks(&text);
        if (text.length == 4 && begins_with(text, "racy"))
            out->racy = true;
        if (!begins_with(text, "ignore ") || out->ignored_count == TGI_AB_MAX_IGNORED)
            continue;
        text.start += strlen("ignore ");
        text.length -= strlen("ignore ");
        skip_blanks(&text);
        if (text.length == 0 || text.length >= TGI_AB_IGNORED_LENGTH)
            continue;
        memcpy(out->ignored[out->ignored_count], text.start, text.length);
        out->ignored[out->ignored_count++][text.length] = '\0';
    }
}

static bool is_ignored(const tgi_ab_markers *markers, line text)
{
    for (int i = 0; i < markers->ignored_count; i++) {
        if (begins_with(text, markers->ignored[i]))
            return true;
    }
    return false;
}

// A copy without the ignored lines; false without memory.
static bool filter(const tgi_ab_outputs *outputs, const char *text, size_t length, tgi_ab_text *out)
{
    out->data = malloc(length + 1);
    if (out->data == NULL)
        return false;
    const char *at = text;
    const char *end = text + length;
    char *to = out->data;
    while (at < end) {
        const char *start = at;
        line candidate = next_line(&at, end);
        if (is_ignored(&outputs->markers, candidate))
            continue;
        memcpy(to, start, (size_t)(at - start));
        to += at - start;
    }
    out->length = (size_t)(to - out->data);
    return true;
}

static uint64_t hash(const char *data, size_t length)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325); // FNV-1a
    for (size_t i = 0; i < length; i++)
        value = (value ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3);
    return value;
}

static void note_distinct(tgi_ab_outputs *outputs, uint64_t value)
{
    for (int i = 0; i < outputs->distinct_count; i++) {
        if (outputs->distinct[i] == value)
            return;
    }
    if (outputs->distinct_count < TGI_AB_MAX_DISTINCT)
        outputs->distinct[outputs->distinct_count++] = value;
}

bool tgi_ab_outputs_add(tgi_ab_outputs *outputs, const char *label, const char *text, size_t length,
                        bool *no_memory)
{
    tgi_ab_text filtered;
    *no_memory = !filter(outputs, text != NULL ? text : "", length, &filtered);
    if (*no_memory)
        return true;
    snprintf(filtered.label, sizeof filtered.label, "%s", label);
    note_distinct(outputs, hash(filtered.data, filtered.length));
    outputs->runs++;
    if (outputs->expected.data == NULL) {
        outputs->expected = filtered;
        return true;
    }
    bool equal = filtered.length == outputs->expected.length &&
                 memcmp(filtered.data, outputs->expected.data, filtered.length) == 0;
    outputs->differing += !equal;
    if (!equal && outputs->other.data == NULL)
        outputs->other = filtered;
    else
        free(filtered.data);
    return equal;
}

// One line for a terminal: control characters visible, long lines cut from `from` on.
static void print_line(FILE *to, char sign, int number, line text, size_t from)
{
    if (!text.present) {
        fprintf(to, "  %c %4d  (no such line)\n", sign, number);
        return;
    }
    fprintf(to, "  %c %4d  %s", sign, number, from > 0 ? "..." : "");
    size_t stop = text.length - from > SHOWN_CHARACTERS ? from + SHOWN_CHARACTERS : text.length;
    for (size_t i = from; i < stop; i++) {
        unsigned char c = (unsigned char)text.start[i];
        if (c < 32 || c == 127)
            fprintf(to, "\\x%02x", c);
        else
            fputc(c, to);
    }
    fputs(stop < text.length ? "...\n" : "\n", to);
}

static size_t common_prefix(line a, line b)
{
    size_t i = 0;
    while (i < a.length && i < b.length && a.start[i] == b.start[i])
        i++;
    return i;
}

void tgi_ab_outputs_print_difference(const tgi_ab_outputs *outputs, FILE *to)
{
    const tgi_ab_text *a = &outputs->expected;
    const tgi_ab_text *b = &outputs->other;
    if (b->data == NULL)
        return;
    fprintf(to, "  - %s\n  + %s\n", a->label, b->label);
    const char *at_a = a->data;
    const char *at_b = b->data;
    int shown = 0;
    int more = 0;
    for (int number = 1;; number++) {
        line line_a = next_line(&at_a, a->data + a->length);
        line line_b = next_line(&at_b, b->data + b->length);
        if (!line_a.present && !line_b.present)
            break;
        size_t common = common_prefix(line_a, line_b);
        bool equal = line_a.present == line_b.present && line_a.length == line_b.length &&
                     common == line_a.length;
        if (equal)
            continue;
        if (shown == SHOWN_LINES) {
            more++;
            continue;
        }
        shown++;
        // A difference far to the right is shown with a little of what comes before it.
        size_t from = common > SHOWN_CHARACTERS / 2 ? common - 20 : 0;
        while (from > 0 && ((unsigned char)line_a.start[from] & 0xc0) == 0x80)
            from--; // not into the middle of a character
        print_line(to, '-', number, line_a, from);
        print_line(to, '+', number, line_b, from);
    }
    if (more > 0)
        fprintf(to, "    ... and %d more line%s\n", more, more == 1 ? "" : "s");
    if (shown == 0)
        fprintf(to, "    (only the newline at the end differs)\n");
}

void tgi_ab_outputs_free(tgi_ab_outputs *outputs)
{
    free(outputs->expected.data);
    free(outputs->other.data);
    outputs->expected.data = NULL;
    outputs->other.data = NULL;
}
