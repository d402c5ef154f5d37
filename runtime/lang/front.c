// SPDX-License-Identifier: MIT
//
// front.c - source text, names, positions and errors of one compilation.
//
// Owns        the normalised copy of the source, the line table, the name table.
// Threads     one compilation, one thread.
// Invariants  F1  equal names are equal pointers.
//             F2  the text is valid UTF-8 without NUL bytes.
#include "lang/front.h"

#include <stdarg.h> // va_list
#include <stdio.h>  // vsnprintf
#include <string.h> // memcpy, memcmp

#include "lang/lexer.h" // tgi_keyword_kind
#include "lang/utf8.h"  // utf8_decode

enum { FIRST_NAME_BUCKETS = 256, MAX_SOURCE_BYTES = 1 << 30 };

int tgi_front_run(tgi_front *front, void (*pass)(tgi_front *front, void *argument), void *argument)
{
    jmp_buf here;
    jmp_buf *outer = front->escape;
    front->escape = &here;
    front->status = TGI_FRONT_OK;
    if (setjmp(here) == 0)
        pass(front, argument);
    front->escape = outer;
    return front->status;
}

void tgi_front_fail_nomem(tgi_front *front)
{
    front->status = TGI_FRONT_NOMEM;
    longjmp(*front->escape, 1);
}

void *tgi_front_alloc(tgi_front *front, size_t size)
{
    void *result = tgi_arena_alloc(&front->arena, size);
    if (result == NULL)
        tgi_front_fail_nomem(front);
    return result;
}

void *tgi_front_grow(tgi_front *front, void *old, uint32_t *capacity, uint32_t needed, size_t item)
{
    if (needed <= *capacity)
        return old;
    uint32_t room = *capacity < 8 ? 8 : *capacity;
    while (room < needed)
        room *= 2;
    char *result = tgi_front_alloc(front, (size_t)room * item);
    if (*capacity > 0)
        memcpy(result, old, (size_t)*capacity * item);
    *capacity = room;
    return result;
}

void tgi_front_locate(const tgi_front *front, uint32_t offset, uint32_t *line, uint32_t *column)
{
    uint32_t low = 0;
    uint32_t high = front->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (front->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    *line = low + 1;
    *column = front->line_count == 0 ? 0 : offset - front->lines[low];
}

uint32_t tgi_front_line(const tgi_front *front, uint32_t offset)
{
    uint32_t line, column;
    tgi_front_locate(front, offset, &line, &column);
    return line;
}

// 1-based line and character column.
static void locate_characters(const tgi_front *front, uint32_t offset, uint32_t *line,
                              uint32_t *column)
{
    uint32_t bytes;
    tgi_front_locate(front, offset, line, &bytes);
    *column = 1;
    for (uint32_t i = offset - bytes; i < offset; i++)
        *column += ((unsigned char)front->text[i] & 0xC0) != 0x80;
}

void tgi_front_fail(tgi_front *front, tgi_syntax_kind kind, uint32_t start, uint32_t end,
                    const char *format, ...)
{
    tgi_syntax_error *error = front->error;
    error->kind = kind;
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    if (size >= (int)sizeof error->message) {
        // Do not leave half a character at the cut.
        size_t cut = sizeof error->message - 1;
        while (cut > 0 && ((unsigned char)error->message[cut] & 0xC0) == 0x80)
            cut--;
        if (cut < sizeof error->message - 1)
            error->message[cut] = '\0';
    }
    if (front->text != NULL) {
        locate_characters(front, start, &error->line, &error->column);
        error->end_line = error->end_column = 0;
        if (end > start)
            locate_characters(front, end, &error->end_line, &error->end_column);
    } else {
        error->line = error->column = error->end_line = error->end_column = 0;
    }
    front->status = TGI_FRONT_SYNTAX;
    longjmp(*front->escape, 1);
}

// The name in a coding line (PEP 263), or NULL.
static const char *declared_encoding(const char *line, uint32_t length, uint32_t *size)
{
    uint32_t i = 0;
    while (i < length && (line[i] == ' ' || line[i] == '\t' || line[i] == '\f'))
        i++;
    if (i == length || line[i] != '#')
        return NULL;
    for (; i + 7 < length; i++) {
        if (memcmp(line + i, "coding", 6) != 0 || (line[i + 6] != ':' && line[i + 6] != '='))
            continue;
        i += 7;
        while (i < length && (line[i] == ' ' || line[i] == '\t'))
            i++;
        uint32_t start = i;
        while (i < length &&
               (line[i] == '-' || line[i] == '_' || line[i] == '.' ||
                (line[i] >= '0' && line[i] <= '9') || (line[i] >= 'a' && line[i] <= 'z') ||
                (line[i] >= 'A' && line[i] <= 'Z')))
            i++;
        *size = i - start;
        return i > start ? line + start : NULL;
    }
    return NULL;
}

static bool encoding_is_utf8(const char *name, uint32_t size)
{
    static const char *const known[] = {"utf8", "ascii", "usascii", "utf8sig"};
    char plain[16];
    uint32_t n = 0;
    for (uint32_t i = 0; i < size; i++) {
        char c = name[i];
        if (c == '-' || c == '_')
            continue;
        if (n == sizeof plain - 1)
            return false;
        plain[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    plain[n] = '\0';
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(plain, known[i]) == 0)
            return true;
    }
    return false;
}

static void check_encoding(tgi_front *front)
{
    for (uint32_t i = 0; i < 2 && i < front->line_count; i++) {
        uint32_t start = front->lines[i];
        const char *end = memchr(front->text + start, '\n', front->length - start);
        uint32_t length = (uint32_t)(end - (front->text + start));
        uint32_t size = 0;
        const char *name = declared_encoding(front->text + start, length, &size);
        if (name != NULL && !encoding_is_utf8(name, size)) {
            tgi_front_fail(front, TGI_SYNTAX_ERROR, start, start,
                           "encoding '%.*s' is not supported; source files are UTF-8", (int)size,
                           name);
        }
    }
}

void tgi_front_open(tgi_front *front, const char *source, size_t length)
{
    if (length >= MAX_SOURCE_BYTES)
        tgi_front_fail(front, TGI_SYNTAX_ERROR, 0, 0, "source is too long");
    if (length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0) {
        source += 3;
        length -= 3;
    }
    char *text = tgi_front_alloc(front, length + 2);
    uint32_t lines = 0;
    uint32_t at = 0;
    for (size_t i = 0; i < length; i++) {
        char c = source[i];
        if (c == '\r') {
            c = '\n';
            if (i + 1 < length && source[i + 1] == '\n')
                i++;
        }
        text[at++] = c;
        lines += c == '\n';
    }
    if (at > 0 && text[at - 1] != '\n') {
        text[at++] = '\n';
        lines++;
    }
    uint32_t *starts = tgi_front_alloc(front, ((size_t)lines + 1) * sizeof *starts);
    uint32_t count = 0;
    for (uint32_t i = 0; i < at; i++) {
        if (i == 0 || text[i - 1] == '\n')
            starts[count++] = i;
    }
    front->lines = starts;
    front->line_count = count;
    front->length = at;
    front->text = text;
    check_encoding(front);
    for (uint32_t i = 0; i < at;) {
        uint32_t point;
        uint32_t size = utf8_decode(text + i, at - i, &point);
        if (size == 0) {
            tgi_front_fail(front, TGI_SYNTAX_ERROR, i, i,
                           "(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %u: "
                           "invalid UTF-8",
                           (unsigned char)text[i], i);
        }
        if (point == 0)
            tgi_front_fail(front, TGI_SYNTAX_ERROR, i, i, "source code cannot contain null bytes");
        i += size;
    }
}

void tgi_front_close(tgi_front *front)
{
    tgi_arena_free(&front->arena);
}

static void rehash_names(tgi_front *front)
{
    uint32_t buckets = front->name_buckets == 0 ? FIRST_NAME_BUCKETS : front->name_buckets * 4;
    tgi_name **table = tgi_front_alloc(front, buckets * sizeof *table);
    for (uint32_t i = 0; i < front->name_buckets; i++) {
        tgi_name *name = front->names[i];
        while (name != NULL) {
            tgi_name *next = name->next;
            name->next = table[name->hash & (buckets - 1)];
            table[name->hash & (buckets - 1)] = name;
            name = next;
        }
    }
    front->names = table;
    front->name_buckets = buckets;
}

tgi_name *tgi_front_name(tgi_front *front, const char *text, uint32_t length)
{
    if (front->name_count >= front->name_buckets)
        rehash_names(front);
    uint32_t hash = 2166136261u; // FNV-1a
    for (uint32_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    hash ^= hash >> 15;
    tgi_name **bucket = &front->names[hash & (front->name_buckets - 1)];
    for (tgi_name *name = *bucket; name != NULL; name = name->next) {
        if (name->hash == hash && name->length == length && memcmp(name->text, text, length) == 0)
            return name;
    }
    tgi_name *name = tgi_front_alloc(front, sizeof *name);
    char *copy = tgi_front_alloc(front, (size_t)length + 1);
    memcpy(copy, text, length);
    name->text = copy;
    name->length = length;
    name->hash = hash;
    name->keyword = (uint8_t)tgi_keyword_kind(text, length);
    name->next = *bucket;
    *bucket = name;
    front->name_count++;
    return name;
}
