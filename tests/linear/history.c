// SPDX-License-Identifier: MIT
//
// history.c - histories are invented from a seed, and printed in columns.
#include "linear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One step of splitmix64 (docs/papers.md).
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}
static int below(uint64_t *state, int n)
{
    return (int)(draw(state) % (uint64_t)n);
}

static bool is_chosen(const char *name, const char *only)
{
    size_t n = strlen(name);
    for (const char *p = only; p != NULL && *p != '\0';) {
        const char *end = strchr(p, ';');
        size_t len = end != NULL ? (size_t)(end - p) : strlen(p);
        if (len == n && memcmp(p, name, n) == 0)
            return true;
        p = end != NULL ? end + 1 : NULL;
    }
    return only == NULL;
}

static bool doubles(const lin_op *op)
{
    return strcmp(op->name, "o *= 2") == 0 || strcmp(op->name, "extend(itself)") == 0;
}

static const lin_op *choose(uint64_t *state, const lin_spec *spec, const char *only)
{
    int total = 0;
    for (const lin_op *op = spec->ops; op->name != NULL; op++)
        total += is_chosen(op->name, only) ? op->weight : 0;
    int at = total > 0 ? below(state, total) : 0;
    for (const lin_op *op = spec->ops; op->name != NULL; op++) {
        at -= is_chosen(op->name, only) ? op->weight : 0;
        if (at < 0)
            return op;
    }
    fprintf(stderr, "linear: no operation of %s is called %s\n", spec->name, only);
    exit(2);
}

static int8_t argument(uint64_t *state, char letter)
{
    switch (letter) {
    case 'i': // more often near the ends, where things happen
    case 'b':
        return (int8_t)(below(state, 6) - 2);
    case 'k':
        return (int8_t)below(state, 4);
    default:
        return (int8_t)below(state, 8);
    }
}

void lin_invent(lin_history *h, const lin_spec *spec, uint64_t seed, int threads, int each,
                const char *only)
{
    uint64_t state = seed;
    memset(h, 0, sizeof *h);
    h->spec = spec;
    h->threads = (uint8_t)threads;
    h->kind = (uint8_t)below(&state, spec->ints ? 1 : spec->hashed ? 3 : 2);
    h->first.kind = LIN_SEQ;
    int n = below(&state, spec->first + 1);
    int8_t key = (int8_t)below(&state, 4);
    for (int i = 0; i < n; i++) {
        if (spec->pairs || spec->sorted) {
            h->first.item[h->first.n++] = key;
            key = (int8_t)((key + 1) % 4);
        }
        if (!spec->sorted)
            h->first.item[h->first.n++] = (int8_t)below(&state, 8);
    }
    for (int i = 0; spec->sorted && i < n; i++) { // ascending
        for (int j = i; j > 0 && h->first.item[j - 1] > h->first.item[j]; j--) {
            int8_t x = h->first.item[j];
            h->first.item[j] = h->first.item[j - 1];
            h->first.item[j - 1] = x;
        }
    }
    bool doubled = false;
    for (int t = 0; t < threads; t++) {
        for (int i = 0; i < each; i++) {
            lin_event *e = &h->event[h->count++];
            do
                e->op = choose(&state, spec, only);
            while (doubled && doubles(e->op));
            doubled = doubled || doubles(e->op);
            e->thread = (uint8_t)t;
            for (size_t a = 0; e->op->args[a] != '\0'; a++)
                e->arg[a] = argument(&state, e->op->args[a]);
        }
    }
}

void lin_result_text(const lin_value *v, char *out, size_t n)
{
    static const char *const errors[] = {"IndexError", "KeyError", "ValueError",
                                         "Empty",      "Full",     "another exception"};
    size_t at = 0;
    switch ((lin_kind)v->kind) {
    case LIN_NONE:
        snprintf(out, n, "None");
        return;
    case LIN_BOOL:
        snprintf(out, n, "%s", v->item[0] != 0 ? "True" : "False");
        return;
    case LIN_INT:
        snprintf(out, n, "%d", v->item[0]);
        return;
    case LIN_ERROR:
        snprintf(out, n, "%s", errors[v->item[0]]);
        return;
    case LIN_SEQ:
        at += (size_t)snprintf(out, n, "[");
        for (int i = 0; i < v->n && at + 8 < n; i++)
            at += (size_t)snprintf(out + at, n - at, i > 0 ? ", %d" : "%d", v->item[i]);
        snprintf(out + at, n - at, "]");
        return;
    }
}

#define COLUMN 26

static void row(int thread, uint64_t when, const char *text)
{
    printf("%6llu  %*s%s\n", (unsigned long long)when, thread * COLUMN, "", text);
}

void lin_print(const lin_history *h)
{
    static const char *const kinds[] = {"ints", "strs", "objects"};
    char text[400];
    lin_result_text(&h->first, text, sizeof text);
    printf("%s of %s, at first %s\n  time", h->spec->name, kinds[h->kind], text);
    for (int t = 0; t < h->threads; t++)
        printf("  thread %-*d", COLUMN - 9, t);
    printf("\n");
    for (uint64_t done = 0;;) {
        const lin_event *next = NULL;
        uint64_t when = UINT64_MAX;
        for (int i = 0; i < h->count; i++) {
            const lin_event *e = &h->event[i];
            if (e->call >= done && e->call < when)
                when = e->call, next = e;
            if (e->ret >= done && e->ret < when)
                when = e->ret, next = e;
        }
        if (next == NULL)
            return;
        size_t at = 0;
        if (when == next->call) {
            at += (size_t)snprintf(text, sizeof text, "%s", next->op->name);
            for (size_t a = 0; next->op->args[a] != '\0'; a++)
                at += (size_t)snprintf(text + at, sizeof text - at, "%s %c=%d", a > 0 ? "," : " ",
                                       next->op->args[a], next->arg[a]);
        } else {
            memcpy(text, "-> ", 3);
            lin_result_text(&next->result, text + 3, sizeof text - 3);
        }
        row(next->thread < h->threads ? next->thread : 0, when, text);
        done = when + 1;
    }
}
