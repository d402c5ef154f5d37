// SPDX-License-Identifier: MIT
//
// anchor.c - where in the program a run left the default order.
//
// Format      A line for each decision: path of who came there, path of who goes on, operation,
//             three numbers (nth by text, by shape, by function), function, text of the line.
// Invariants  AN1  a count of 0 is not known: the table was full. Such an anchor is not met.
//             AN2  nothing here depends on an address or on what was learnt.
#include "stress/anchor.h"

#include "base/hash.h"     // places
#include "stress/engine.h" // tasks

#include <stdio.h>  // snprintf
#include <stdlib.h> // malloc
#include <string.h> // memchr

enum { COUNTS = 1 << 16, MOST_COUNTS = COUNTS / 4 * 3, MOST_ANCHORS = 1000, MOST_PATH = 256 };

static uint64_t hash_text(const char *text, size_t n)
{
    return tgi_hash_bytes(tgi_hash_key_from_seed(0), text, n);
}

// --- lines

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 128;
}

// What a line begins in: no text, or one in three quotes that goes on.
typedef enum begins { BEGINS_CODE, BEGINS_IN_SINGLE, BEGINS_IN_DOUBLE, BEGINS_MOST } begins;

static bool are_three(const tgi_anchor_line *line, size_t i)
{
    const char *s = line->start;
    return i + 2 < line->length && s[i + 1] == s[i] && s[i + 2] == s[i];
}

// Without white space and comment; names in the shape are one letter. The answer: what the next
// line begins in.
static begins read_line(tgi_anchor_line *line, begins begin)
{
    uint64_t text = 0, shape = 0;
    char quote = begin == BEGINS_CODE ? '\0' : begin == BEGINS_IN_SINGLE ? '\'' : '"';
    bool in_name = false, three = begin != BEGINS_CODE;
    size_t plain = 0; // up to there, quotes and backslashes mean nothing
    for (size_t i = 0; i < line->length; i++) {
        char c = line->start[i];
        if (quote == '\0' && c == '#')
            break;
        if (i >= plain && quote != '\0' && c == '\\') {
            plain = i + 2;
        } else if (i >= plain && quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
            three = are_three(line, i);
            plain = i + (three ? 3 : 1);
        } else if (i >= plain && c == quote && (!three || are_three(line, i))) {
            quote = '\0';
            plain = i + (three ? 3 : 1);
        }
        if (c == ' ' || c == '\t' || c == '\r') {
            in_name = false;
            continue;
        }
        text = tgi_hash_combine(text, (unsigned char)c);
        bool name = is_name(c);
        if (!name || !in_name)
            shape = tgi_hash_combine(shape, name ? 'n' : (unsigned char)c);
        in_name = name;
    }
    line->text = text;
    line->shape = shape;
    return quote == '\0' || !three ? BEGINS_CODE
           : quote == '"'          ? BEGINS_IN_DOUBLE
                                   : BEGINS_IN_SINGLE;
}

static bool cut_lines(tgi_anchors *a, size_t size)
{
    const char *at = a->source, *end = at + size;
    begins begin = BEGINS_CODE;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        tgi_anchor_line line = {.start = at, .length = (size_t)(stop - at)};
        while (line.length > 0 && (*line.start == ' ' || *line.start == '\t')) {
            line.start++;
            line.length--;
        }
        begin = read_line(&line, begin);
        if (!vec_push(&a->lines, line))
            return false;
        at = stop + 1;
    }
    return true;
}

tgi_anchors *tgi_anchors_new(const char *source, size_t size, const char *file)
{
    tgi_anchors *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->source = malloc(size + 1);
    a->file = strdup(file != NULL ? file : "");
    a->counts = calloc(COUNTS, sizeof *a->counts);
    if (a->source == NULL || a->file == NULL || a->counts == NULL) {
        tgi_anchors_free(a);
        return NULL;
    }
    memcpy(a->source, source, size);
    a->source[size] = '\0';
    if (cut_lines(a, size))
        return a;
    tgi_anchors_free(a);
    return NULL;
}

void tgi_anchors_free(tgi_anchors *a)
{
    if (a == NULL)
        return;
    free(a->source);
    free(a->file);
    free(a->counts);
    vec_free(&a->lines);
    vec_free(&a->list);
    vec_free(&a->noted);
    free(a);
}

void tgi_anchors_begin(tgi_anchors *a)
{
    memset(a->counts, 0, COUNTS * sizeof *a->counts);
    a->used = 0;
    a->due = NULL;
    vec_clear(&a->noted);
    for (size_t i = 0; i < a->list.count; i++)
        a->list.data[i].met = false;
}

// --- a point

static uint32_t count(tgi_anchors *a, uint64_t key)
{
    uint32_t i = (uint32_t)(key ^ key >> 32) & (COUNTS - 1);
    while (a->counts[i].count != 0 && a->counts[i].key != key)
        i = (i + 1) & (COUNTS - 1);
    if (a->counts[i].count == 0) {
        if (a->used >= MOST_COUNTS)
            return 0;
        a->used++;
        a->counts[i].key = key;
    }
    return ++a->counts[i].count;
}

static void path_of(const tgi_engine *e, const tgi_task *task, char out[MOST_PATH])
{
    size_t at = MOST_PATH;
    out[--at] = '\0';
    for (; task->index != 0 && at > 16; task = e->tasks.data[task->parent]) {
        char part[16];
        int n = snprintf(part, sizeof part, ".%u", task->ordinal);
        at -= (size_t)n;
        memcpy(out + at, part, (size_t)n);
    }
    out[--at] = 'm';
    memmove(out, out + at, MOST_PATH - at);
}

static uint64_t path_hash(const tgi_engine *e, const tgi_task *task)
{
    char path[MOST_PATH];
    path_of(e, task, path);
    return hash_text(path, strlen(path));
}

static uint64_t place_hash(const char *function, size_t n, int kind)
{
    return tgi_hash_combine(hash_text(function, n), (uint64_t)kind);
}

void tgi_anchor_arrive(tgi_engine *e, tgi_task *self)
{
    tgi_anchors *a = e->anchors;
    tgi_where where = {0};
    if (self->t != NULL)
        where = tgi_engine_where(self);
    a->line = NULL;
    a->due = NULL;
    a->function = where.function != NULL ? where.function : "-";
    if (where.file != NULL && where.line >= 1 && where.line <= a->lines.count &&
        strcmp(where.file, a->file) == 0 &&
        (self->op.kind != TGI_OPK_POLL || self->op.slot != TGI_POLL_ENTRY))
        a->line = &a->lines.data[where.line - 1];
    uint64_t from = path_hash(e, self);
    uint64_t place = place_hash(a->function, strlen(a->function), (int)self->op.kind);
    uint64_t text = a->line != NULL ? a->line->text : 0;
    uint64_t shape = a->line != NULL ? a->line->shape : 0;
    uint64_t here = tgi_hash_combine(from, place);
    a->nth[TGI_ANCHOR_TEXT] = count(a, tgi_hash_combine(here, tgi_hash_combine(text, 1)));
    a->nth[TGI_ANCHOR_SHAPE] = count(a, tgi_hash_combine(here, tgi_hash_combine(shape, 2)));
    a->nth[TGI_ANCHOR_FUNCTION] = count(a, here);
    for (size_t i = 0; a->following && i < a->list.count; i++) {
        tgi_anchor *x = &a->list.data[i];
        bool same = x->level == TGI_ANCHOR_TEXT    ? x->text == text
                    : x->level == TGI_ANCHOR_SHAPE ? x->shape == shape
                                                   : true;
        if (same && !x->met && x->from == from && x->place == place && x->nth[x->level] != 0 &&
            x->nth[x->level] == a->nth[x->level]) {
            a->due = x;
            return;
        }
    }
}

uint32_t tgi_anchor_pick(tgi_engine *e, uint32_t n, uint32_t otherwise)
{
    tgi_anchor *due = e->anchors->due;
    for (uint32_t i = 0; due != NULL && i < n; i++) {
        if (path_hash(e, e->enabled[i]) == due->to) {
            due->met = true;
            return i;
        }
    }
    return otherwise; // nothing is to be done here, or that task is not there or has to wait
}

// --- as text

static void put(tgi_anchors *a, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)vec_push(&a->noted, text[i]);
}

void tgi_anchor_note(tgi_engine *e, const tgi_task *self, const tgi_task *to)
{
    tgi_anchors *a = e->anchors;
    char from_path[MOST_PATH], to_path[MOST_PATH], kind[32], line[2 * MOST_PATH + 128];
    if (e->taken.count > MOST_ANCHORS)
        return;
    path_of(e, self, from_path);
    path_of(e, to, to_path);
    snprintf(kind, sizeof kind, "%s", tgi_op_name(self->op.kind));
    for (char *c = kind; *c != '\0'; c++)
        *c = *c == ' ' ? '-' : *c;
    int n =
        snprintf(line, sizeof line, "%s %s %s %u %u %u ", from_path, to_path, kind,
                 a->nth[TGI_ANCHOR_TEXT], a->nth[TGI_ANCHOR_SHAPE], a->nth[TGI_ANCHOR_FUNCTION]);
    put(a, line, (size_t)n);
    put(a, a->function, strlen(a->function));
    put(a, " ", 1);
    if (a->line != NULL)
        put(a, a->line->start, a->line->length);
    put(a, "\n", 1);
}

static int find_kind(const char *word, size_t n)
{
    for (int kind = 0; kind <= (int)TGI_OPK_END; kind++) {
        const char *name = tgi_op_name((tgi_op_kind)kind);
        size_t i = 0;
        while (i < n && name[i] != '\0' && (name[i] == ' ' ? '-' : name[i]) == word[i])
            i++;
        if (i == n && name[i] == '\0')
            return kind;
    }
    return -1;
}

// Which lines of the script are meant by the text of one: what it began in is not known.
static void find_line(const tgi_anchors *a, tgi_anchor *x, tgi_anchor_line line)
{
    x->level = TGI_ANCHOR_LEVELS;
    for (int begin = BEGINS_CODE; begin < BEGINS_MOST; begin++) {
        (void)read_line(&line, (begins)begin);
        int level = line.length == 0 ? TGI_ANCHOR_TEXT : TGI_ANCHOR_FUNCTION;
        for (size_t i = 0; i < a->lines.count && level != TGI_ANCHOR_TEXT; i++) {
            if (a->lines.data[i].text == line.text)
                level = TGI_ANCHOR_TEXT;
            else if (a->lines.data[i].shape == line.shape)
                level = TGI_ANCHOR_SHAPE;
        }
        if (level < x->level) {
            x->level = level;
            x->text = line.text;
            x->shape = line.shape;
        }
    }
}

static bool read_one(tgi_anchors *a, const char *at, const char *end)
{
    tgi_anchor x = {0};
    const char *word[7];
    size_t length[7];
    for (int i = 0; i < 7; i++) {
        const char *stop = memchr(at, ' ', (size_t)(end - at));
        if (stop == NULL)
            return false;
        word[i] = at;
        length[i] = (size_t)(stop - at);
        at = stop + 1;
    }
    int kind = find_kind(word[2], length[2]);
    if (kind < 0)
        return false;
    x.from = hash_text(word[0], length[0]);
    x.to = hash_text(word[1], length[1]);
    for (int i = 0; i < TGI_ANCHOR_LEVELS; i++)
        x.nth[i] = (uint32_t)strtoul(word[3 + i], NULL, 10);
    x.place = place_hash(word[6], length[6], kind);
    find_line(a, &x, (tgi_anchor_line){.start = at, .length = (size_t)(end - at)});
    return a->list.count < MOST_ANCHORS && vec_push(&a->list, x);
}

bool tgi_anchors_read(tgi_anchors *a, const char *text)
{
    vec_clear(&a->list);
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        if (end == NULL || !read_one(a, text, end))
            return false;
        text = end + 1;
    }
    return true;
}

uint32_t tgi_anchors_met(const tgi_anchors *a)
{
    uint32_t n = 0;
    for (size_t i = 0; i < a->list.count; i++)
        n += a->list.data[i].met;
    return n;
}
