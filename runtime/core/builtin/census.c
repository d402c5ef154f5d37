// SPDX-License-Identifier: MIT
//
// census.c - see census.h.
//
// How         in a pause, every object of the interpreter in the object map is counted, frozen ones
//             too. What is not in the map (text, numbers, tuples of such) is found because a
//             counted object refers to it, and noted in a set, so that it is counted once. What
//             only a frame, a C function or another runtime holds is not found; immortal objects
//             outside the map belong to the process and are left out.
// Left over   what is immortal stays until the end, and so does what it leads to. Anything else has
//             a reference that nothing accounts for: C code that did not release it.
// Threads     any attached thread. `show` is called when the world runs again.
// Rejected    a counter per type: every allocation would pay for it. Bytes as the allocator rounds
//             them: they would not add up to bytes_live.
#include "core/builtin/census.h"

#include "core/gc/gc_internal.h"     // tgc_gc_visit, lists
#include "core/object/bytes.h"       // sizes
#include "core/object/bytes_array.h" // sizes
#include "core/object/code.h"        // sizes
#include "core/object/dict.h"        // sizes
#include "core/object/error.h"       // MemoryError
#include "core/object/int_big.h"     // sizes
#include "core/object/list.h"        // sizes
#include "core/object/set.h"         // sizes
#include "core/object/str.h"         // sizes
#include "core/object/tuple.h"       // sizes
#include "core/vm/frame.h"           // sizes
#include "mem/raw.h"                 // memory
#include "thread/runtime.h"          // tags
#include "thread/stw.h"              // pause
#include <togil/stats.h>             // tg_type_figures

#include <inttypes.h> // PRIu64
#include <stdio.h>    // snprintf
#include <stdlib.h>   // qsort
#include <string.h>   // strcmp

size_t tgc_object_bytes(tgc_obj *o)
{
    const tgc_type *type = tgc_obj_type(o);
    if ((type->flags & TGC_TF_STR) != 0) {
        const tgc_str *s = (const tgc_str *)(void *)o;
        return (size_t)s->units_at * 8 + (s->length + s->spare + 1) * s->kind;
    }
    if ((type->flags & TGC_TF_TUPLE) != 0) {
        const tgc_tuple *tuple = (const tgc_tuple *)(void *)o;
        return tuple->items_at + tuple->count * sizeof(tg_value);
    }
    if (type == &tgc_bytes_type)
        return sizeof(tgc_bytes) + ((const tgc_bytes *)(void *)o)->size + 1;
    if (type == &tgc_int_type) {
        const tgc_bigint *b = (const tgc_bigint *)(void *)o;
        return sizeof *b + b->capacity * sizeof(mp_limb_t);
    }
    if (type == &tgc_function_type) {
        const tgc_function *f = (const tgc_function *)(void *)o;
        return sizeof *f + f->free_count * sizeof(struct tgc_cell *);
    }
    if (type == &tgc_generator_type) {
        const tgc_generator *g = (const tgc_generator *)(void *)o;
        return sizeof *g + g->nregs * sizeof(tg_value);
    }
    return type->size;
}

size_t tgc_backing_bytes(tgc_obj *o)
{
    uint32_t flags = tgc_obj_type(o)->flags;
    if ((flags & TGC_TF_LIST) != 0) {
        // ORDER: acquire; L3: a replaced array can still be read.
        return tgc_array_bytes(atom_load_acquire(&((tgc_list *)(void *)o)->items));
    }
    if ((flags & TGC_TF_DICT) != 0) {
        // ORDER: acquire; D3, likewise.
        return tgc_dict_table_bytes(atom_load_acquire(&((tgc_dict *)(void *)o)->table));
    }
    if ((flags & TGC_TF_SET) != 0) {
        // ORDER: acquire; S2, likewise.
        return tgc_set_table_bytes(atom_load_acquire(&((tgc_set *)(void *)o)->table));
    }
    if (tgc_is_bytearray(tgc_from_ptr(o)))
        return ((const tgc_bytearray *)(void *)o)->capacity;
    return 0;
}

// --- the count

typedef struct row {
    const tgc_type *type;
    tg_type_figures figures;
} row;

typedef struct census {
    row *rows;
    size_t count, capacity;
    tgc_obj **seen; // set of those that are not in the map, by address; a power of two of places
    size_t seen_count, seen_size;
    tgc_objects todo; // of the set, whose references have not been looked at
    bool failed;
} census;

static row *row_of(census *c, const tgc_type *type)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->rows[i].type == type)
            return &c->rows[i];
    }
    if (c->count == c->capacity) {
        size_t capacity = c->capacity == 0 ? 64 : c->capacity * 2;
        row *rows = tgi_raw_realloc(c->rows, capacity * sizeof *rows);
        if (rows == NULL)
            return NULL;
        c->rows = rows;
        c->capacity = capacity;
    }
    row *r = &c->rows[c->count++];
    *r = (row){.type = type};
    bool plain = type->module == NULL || strcmp(type->module, "builtins") == 0;
    (void)snprintf(r->figures.name, sizeof r->figures.name, "%s%s%s", plain ? "" : type->module,
                   plain ? "" : ".", type->name);
    return r;
}

static void count(census *c, tgc_obj *o)
{
    row *r = row_of(c, tgc_obj_type(o));
    if (r == NULL) {
        c->failed = true;
        return;
    }
    r->figures.objects++;
    r->figures.bytes += tgc_object_bytes(o) + tgc_backing_bytes(o);
}

static size_t place_of(tgc_obj *const *set, size_t size, tgc_obj *o)
{
    size_t i = (size_t)(((uint64_t)(uintptr_t)o * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (size - 1);
    while (set[i] != NULL && set[i] != o)
        i = (i + 1) & (size - 1);
    return i;
}

static bool grow_seen(census *c)
{
    size_t size = c->seen_size == 0 ? 4096 : c->seen_size * 2;
    tgc_obj **set = tgi_raw_calloc(size, sizeof(tgc_obj *));
    if (set == NULL)
        return false;
    for (size_t i = 0; i < c->seen_size; i++) {
        if (c->seen[i] != NULL)
            set[place_of(set, size, c->seen[i])] = c->seen[i];
    }
    tgi_raw_free(c->seen);
    c->seen = set;
    c->seen_size = size;
    return true;
}

static void meet(tg_value v, void *arg)
{
    census *c = arg;
    if (!tgc_is_ptr(v) || c->failed)
        return;
    tgc_obj *o = tgc_ptr(v);
    if (tgc_is_immortal(o) || tgi_objmap_contains(o))
        return;
    if (c->seen_count * 2 >= c->seen_size && !grow_seen(c)) {
        c->failed = true;
        return;
    }
    size_t i = place_of(c->seen, c->seen_size, o);
    if (c->seen[i] != NULL)
        return;
    c->seen[i] = o;
    c->seen_count++;
    count(c, o);
    if (tgc_obj_type(o)->traverse != NULL && !tgc_objects_add(&c->todo, o))
        c->failed = true;
}

static bool look_at(void *object, void *arg)
{
    census *c = arg;
    tgc_obj *o = object;
    if (!tgc_is_immortal(o) && tgc_refcount(o) <= 0)
        return true; // about to be freed
    count(c, o);
    tgc_gc_visit(o, meet, c);
    while (c->todo.count > 0 && !c->failed)
        tgc_gc_visit(c->todo.item[--c->todo.count], meet, c);
    return !c->failed;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const row *)a)->figures.name, ((const row *)b)->figures.name);
}

static int by_bytes(const void *a, const void *b)
{
    uint64_t x = ((const row *)a)->figures.bytes, y = ((const row *)b)->figures.bytes;
    return x != y ? (x < y ? 1 : -1) : by_name(a, b);
}

// Types of the same name are one row; the largest come first.
static void tidy(census *c)
{
    if (c->count == 0)
        return;
    qsort(c->rows, c->count, sizeof *c->rows, by_name);
    size_t last = 0;
    for (size_t i = 1; i < c->count; i++) {
        if (strcmp(c->rows[last].figures.name, c->rows[i].figures.name) != 0) {
            c->rows[++last] = c->rows[i];
            continue;
        }
        c->rows[last].figures.objects += c->rows[i].figures.objects;
        c->rows[last].figures.bytes += c->rows[i].figures.bytes;
    }
    c->count = last + 1;
    qsort(c->rows, c->count, sizeof *c->rows, by_bytes);
}

int tgc_live_types(tg_thread *t, void (*show)(const tg_type_figures *f, void *arg), void *arg)
{
    census c = {0};
    tgc_gc_look(t);
    tgi_objmap_for_each(t->interp->objmap_tag, look_at, &c);
    if (tgc_gc_of(t)->frozen_tag != 0 && !c.failed)
        tgi_objmap_for_each(tgc_gc_of(t)->frozen_tag, look_at, &c);
    tgc_gc_look_end(t);
    tgc_objects_free(&c.todo);
    tgi_raw_free(c.seen);
    if (!c.failed) {
        tidy(&c);
        for (size_t i = 0; i < c.count; i++)
            show(&c.rows[i].figures, arg);
    }
    tgi_raw_free(c.rows);
    return c.failed ? (tgc_raise_nomem(t), -1) : 0;
}

// --- what is left over

typedef struct mark {
    census c;
    unsigned tag;
} mark;

static void mark_value(tg_value v, void *arg)
{
    mark *m = arg;
    if (tgc_is_ptr(v) && tgi_objmap_mark(tgc_ptr(v), m->tag) &&
        !tgc_objects_add(&m->c.todo, tgc_ptr(v)))
        m->c.failed = true;
}

static bool mark_immortal(void *object, void *arg)
{
    mark *m = arg;
    if (tgc_is_immortal(object))
        mark_value(tgc_from_ptr(object), m);
    while (m->c.todo.count > 0 && !m->c.failed)
        tgc_gc_visit(m->c.todo.item[--m->c.todo.count], mark_value, m);
    return !m->c.failed;
}

static bool count_left(void *object, void *arg)
{
    mark *m = arg;
    if (tgc_refcount(object) > 0)
        count(&m->c, object);
    return true;
}

void tgc_report_left_over(tg_thread *t)
{
    tgc_gc_of(t)->report_left = true;
}

void tgc_report_left(tg_thread *t)
{
    if (!tgc_gc_of(t)->report_left)
        return;
    mark m = {.tag = t->interp->objmap_tag};
    tgi_objmap_for_each(m.tag, mark_immortal, &m);
    bool failed = m.c.failed;
    tgi_objmap_sweep(m.tag, true, count_left, &m); // clears the marks in any case
    tgc_objects_free(&m.c.todo);
    tidy(&m.c);
    if (!failed && !m.c.failed && m.c.count > 0) {
        fputs("togil: left over, although nothing leads to them\n", stderr);
        for (size_t i = 0; i < m.c.count; i++) {
            const tg_type_figures *f = &m.c.rows[i].figures;
            fprintf(stderr, "  %-36s %8" PRIu64 " objects %10" PRIu64 " bytes\n", f->name,
                    f->objects, f->bytes);
        }
    }
    tgi_raw_free(m.c.rows);
}
