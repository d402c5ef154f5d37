// SPDX-License-Identifier: MIT
//
// trace.c - the trace of a run in lanes, one per thread.
//
// Method      A step is shown if it waits, wakes, starts or ends something, or touches what another
//             thread touches, too. Steps of the same line and thing that follow each other are one.
//             A row belongs to one thread and begins in its lane, so its text has the whole width.
//             With more threads than lanes fit, a row begins with the name of its thread.
#include "cli/stress/trace.h"

#include <stdbool.h> // flags
#include <stdlib.h>  // calloc
#include <string.h>  // memchr

enum { WIDTH = 96, LANE = 4, MAX_LANES = 12, MAX_ROWS = 48, FEW_ROWS = 44, NEAR = 2 };

typedef struct object {
    uint32_t first; // thread + 1
    bool several;
    bool written; // by a thread that was started, or by the main thread while others were there
} object;

typedef struct objects {
    object *list;
    size_t count;
} objects;

static objects collect(tg_stress *s)
{
    objects all = {NULL, 0};
    tg_stress_event e;
    for (size_t i = 0; tg_stress_event_at(s, i, &e); i++) {
        if (e.object >= all.count)
            all.count = e.object + 1u;
    }
    all.list = calloc(all.count + 1, sizeof *all.list);
    for (size_t i = 0; all.list != NULL && tg_stress_event_at(s, i, &e); i++) {
        object *o = &all.list[e.object];
        o->several |= o->first != 0 && o->first != e.thread + 1;
        o->first = o->first == 0 ? e.thread + 1 : o->first;
        bool reads = strcmp(e.action, "reads") == 0 || strcmp(e.action, "fetches from") == 0;
        o->written |= !reads && (e.thread > 0 || o->several);
    }
    return all;
}

static bool is_shown(const objects *all, const tg_stress_event *e)
{
    if (!e->visible || e->file == NULL || all->list == NULL)
        return false;
    return (e->object != 0 && all->list[e->object].several && all->list[e->object].written) ||
           e->sync;
}

// Line `number` of the source without the white space around it; its length in *n.
static const char *line_of(const tgi_source *source, uint32_t number, size_t *n)
{
    const char *at = source->text, *end = source->text + source->size;
    for (; number > 1 && at < end; number--) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        at = next == NULL ? end : next + 1;
    }
    const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    if (stop == NULL)
        stop = end;
    while (at < stop && (*at == ' ' || *at == '\t'))
        at++;
    while (stop > at && (stop[-1] == ' ' || stop[-1] == '\r'))
        stop--;
    *n = (size_t)(stop - at);
    return at;
}

const char *tgi_stress_source_line(const tgi_source *source, const char *file, uint32_t number,
                                   size_t *n)
{
    *n = 0;
    if (source->name == NULL || strcmp(file, source->name) != 0)
        return "";
    return line_of(source, number, n);
}

// The steps that are shown, repetitions left out.
typedef struct rows {
    tg_stress_event *list;
    size_t count, capacity;
} rows;

// The step in at most `width` columns; the text of the line is cut first.
static void print_step(FILE *to, size_t width, const tg_stress_event *e, const tgi_source *source)
{
    size_t n = 0;
    const char *line = source->name != NULL && strcmp(e->file, source->name) == 0
                           ? line_of(source, e->line, &n)
                           : e->file;
    if (line == e->file)
        n = strlen(line);
    const char *what = e->text[0] != '\0' ? e->text : e->action;
    size_t rest = 10 + strlen(what);
    size_t room = width > rest + 4 ? width - rest : 4;
    fprintf(to, "%u  %.*s  [%s]\n", e->line, (int)(n < room ? n : room), line, what);
}

// Of the locks that one line takes, those of what it calls say nothing new.
static bool is_repetition(const tg_stress_event *last, const tg_stress_event *e)
{
    return last->thread == e->thread && last->line == e->line &&
           (last->object == e->object || e->sync) && strcmp(last->action, e->action) == 0 &&
           strcmp(last->text, e->text) == 0;
}

static void add_row(rows *r, const tg_stress_event *e)
{
    if (r->count > 0 && is_repetition(&r->list[r->count - 1], e))
        return;
    if (r->count == r->capacity) {
        size_t capacity = r->capacity * 2 + 64;
        tg_stress_event *bigger = realloc(r->list, capacity * sizeof *bigger);
        if (bigger == NULL)
            return;
        r->list = bigger;
        r->capacity = capacity;
    }
    r->list[r->count++] = *e;
}

static rows choose(tg_stress *s)
{
    objects all = collect(s);
    rows r = {NULL, 0, 0};
    tg_stress_event e;
    for (size_t i = 0; tg_stress_event_at(s, i, &e); i++) {
        if (is_shown(&all, &e))
            add_row(&r, &e);
    }
    free(all.list);
    return r;
}

// Of many steps, those near a switch and the last ones.
static bool is_near_switch(const rows *r, size_t i)
{
    if (r->count <= FEW_ROWS || i + NEAR >= r->count)
        return true;
    size_t from = i > NEAR ? i - NEAR : 0, to = i + NEAR < r->count ? i + NEAR : r->count - 1;
    for (size_t k = from; k < to; k++) {
        if (r->list[k].thread != r->list[k + 1].thread)
            return true;
    }
    return false;
}

typedef struct lanes {
    const char *names[MAX_LANES]; // NULL: the thread has no row
    uint32_t at[MAX_LANES];       // by thread: the number of its lane
    uint32_t count;
    bool fit; // every thread with a row has a lane
} lanes;

static lanes lay_out(const rows *r)
{
    lanes l = {.fit = true};
    for (size_t i = 0; i < r->count; i++) {
        const tg_stress_event *e = &r->list[i];
        if (e->thread < MAX_LANES)
            l.names[e->thread] = e->name;
        else
            l.fit = false;
    }
    for (size_t k = 0; k < MAX_LANES; k++)
        l.at[k] = l.names[k] != NULL ? l.count++ : l.count;
    return l;
}

static void print_bars(FILE *to, uint32_t n)
{
    fputs("  ", to);
    for (; n > 0; n--)
        fprintf(to, "%-*s", LANE, "|");
}

static void print_names(FILE *to, const lanes *l)
{
    for (size_t k = 0; l->fit && k < MAX_LANES; k++) {
        if (l->names[k] == NULL)
            continue;
        print_bars(to, l->at[k]);
        fprintf(to, "%s\n", l->names[k]);
    }
}

void tgi_stress_print_trace(FILE *to, tg_stress *s, const tgi_source *source)
{
    rows r = choose(s);
    lanes l = lay_out(&r);
    print_names(to, &l);
    size_t hidden = 0, shown = 0;
    for (size_t i = 0; i < r.count; i++) {
        if (!is_near_switch(&r, i) || shown >= MAX_ROWS) {
            hidden++;
            continue;
        }
        if (hidden > 0)
            fprintf(to, "  ... %zu steps ...\n", hidden);
        hidden = 0;
        shown++;
        const tg_stress_event *at = &r.list[i];
        if (l.fit)
            print_bars(to, l.at[at->thread]);
        else
            fprintf(to, "  %-27s ", at->name);
        print_step(to, WIDTH - (l.fit ? l.at[at->thread] * LANE : 28), at, source);
    }
    if (hidden > 0)
        fprintf(to, "  ... and %zu more steps\n", hidden);
    free(r.list);
}
