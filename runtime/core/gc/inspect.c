// SPDX-License-Identifier: MIT
//
// inspect.c - looking at all objects from outside: lists of them, who refers to whom, freezing.
//
// How         in a pause the objects that match are counted once more and noted; the list is made
//             of them when the world runs again. Frozen objects are those of another tag in the
//             object map: a collection does not see them, so what they refer to is held from
//             outside.
// Threads     any. `exclusive` is held over the pause: between the pauses of a collection nobody
//             may pick up its garbage, except its own finalizers.
#include "core/gc/gc_internal.h"

#include "core/object/error.h" // MemoryError
#include "core/object/list.h"  // results
#include "mem/raw.h"           // memory
#include "thread/runtime.h"    // tags
#include "thread/stw.h"        // pauses

// --- lists that grow

bool tgc_objects_grow(tgc_objects *list)
{
    size_t capacity = list->capacity == 0 ? 4096 : list->capacity * 2;
    tgc_obj **item = tgi_raw_realloc((void *)list->item, capacity * sizeof *item);
    if (item == NULL)
        return false;
    list->item = item;
    list->capacity = capacity;
    return true;
}

void tgc_objects_free(tgc_objects *list)
{
    tgi_raw_free((void *)list->item);
    *list = (tgc_objects){0};
}

// --- what matches

typedef struct search {
    tg_thread *t;
    const tg_value *of; // NULL: every object
    size_t n;
    bool matches, failed;
    tgc_objects found;
} search;

static void compare(tg_value v, void *arg)
{
    search *s = arg;
    for (size_t i = 0; i < s->n; i++)
        s->matches |= v == s->of[i];
}

static bool look_at(void *object, void *arg)
{
    search *s = arg;
    tgc_obj *o = object;
    if (!tgc_is_immortal(o) && tgc_refcount(o) <= 0)
        return true; // about to be freed
    s->matches = s->of == NULL;
    if (s->of != NULL)
        tgc_gc_visit(o, compare, s);
    if (!s->matches)
        return true;
    if (!tgc_objects_add(&s->found, o)) {
        s->failed = true;
        return false;
    }
    tgc_incref(s->t, o);
    return true;
}

// Nobody else may lock `exclusive` while its holder waits for us: a finalizer of our own collection
// runs with it open.
void tgc_gc_look(tg_thread *t)
{
    if (!tgc_of(t)->gc_locked)
        tgi_mutex_lock_detach(&tgc_gc_of(t)->exclusive);
    tgi_stop_the_world(t, t->interp, TGI_CAUSE_INSPECT);
}

void tgc_gc_look_end(tg_thread *t)
{
    tgi_start_the_world(t, t->interp);
    if (!tgc_of(t)->gc_locked)
        tgi_mutex_unlock(&tgc_gc_of(t)->exclusive);
}

static tg_value search_all(tg_thread *t, const tg_value *of, size_t n)
{
    search s = {.t = t, .of = of, .n = n};
    unsigned frozen = tgc_gc_of(t)->frozen_tag;
    tgc_gc_look(t);
    tgi_objmap_for_each(t->interp->objmap_tag, look_at, &s);
    if (frozen != 0 && !s.failed && of != NULL)
        tgi_objmap_for_each(frozen, look_at, &s);
    tgc_gc_look_end(t);
    tg_value list = s.failed ? tgc_raise_nomem(t) : tgc_list_new(t, s.found.count);
    for (size_t i = 0; i < s.found.count; i++) {
        if (list != TGC_NULL && tgc_list_append(t, list, tgc_from_ptr(s.found.item[i])) < 0) {
            tgc_release(t, list);
            list = TGC_NULL;
        }
        tgc_decref(t, s.found.item[i]);
    }
    tgc_objects_free(&s.found);
    return list;
}

tg_value tgc_gc_objects(tg_thread *t)
{
    return search_all(t, NULL, 0);
}

tg_value tgc_gc_referrers(tg_thread *t, const tg_value *of, size_t n)
{
    return n == 0 ? tgc_list_new(t, 0) : search_all(t, of, n);
}

typedef struct values {
    tg_thread *t;
    tg_value *item;
    size_t count, capacity;
    bool failed;
} values;

static void note(tg_value v, void *arg)
{
    values *list = arg;
    if (v == TGC_NULL || v == TGC_UNBOUND || v == TGC_NOVALUE || list->failed)
        return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        tg_value *item = tgi_raw_realloc(list->item, capacity * sizeof *item);
        if (item == NULL) {
            list->failed = true;
            return;
        }
        list->item = item;
        list->capacity = capacity;
    }
    list->item[list->count++] = tgc_retain(list->t, v);
}

tg_value tgc_gc_referents(tg_thread *t, const tg_value *of, size_t n)
{
    values found = {.t = t};
    tgc_gc_look(t);
    for (size_t i = 0; i < n; i++) {
        if (tgc_is_ptr(of[i]))
            tgc_gc_visit(tgc_ptr(of[i]), note, &found);
    }
    tgc_gc_look_end(t);
    tg_value list = found.failed ? tgc_raise_nomem(t) : tgc_list_new(t, found.count);
    for (size_t i = 0; i < found.count; i++) {
        if (list != TGC_NULL && tgc_list_append(t, list, found.item[i]) < 0) {
            tgc_release(t, list);
            list = TGC_NULL;
        }
        tgc_release(t, found.item[i]);
    }
    tgi_raw_free(found.item);
    return list;
}

bool tgc_gc_is_tracked(tg_value v)
{
    return tgc_is_ptr(v) && tgi_objmap_contains(tgc_ptr(v));
}

int64_t tgc_gc_freeze(tg_thread *t, bool on)
{
    tgc_gc *gc = tgc_gc_of(t);
    if (on && gc->frozen_tag == 0) {
        tgi_mutex_lock_detach(&gc->exclusive);
        if (gc->frozen_tag == 0)
            gc->frozen_tag = tgi_objmap_tag_acquire();
        tgi_mutex_unlock(&gc->exclusive);
        if (gc->frozen_tag == 0)
            return -1;
    }
    if (gc->frozen_tag == 0)
        return 0;
    tgc_gc_look(t);
    if (on) {
        gc->frozen += (int64_t)tgi_objmap_retag(t->interp->objmap_tag, gc->frozen_tag);
    } else {
        (void)tgi_objmap_retag(gc->frozen_tag, t->interp->objmap_tag);
        gc->frozen = 0;
    }
    tgc_gc_look_end(t);
    return gc->frozen;
}

static bool count_one(void *object, void *arg)
{
    (void)object, (void)arg;
    return true;
}

int64_t tgc_gc_frozen(tg_thread *t)
{
    tgc_gc *gc = tgc_gc_of(t);
    if (gc->frozen_tag == 0)
        return 0;
    tgc_gc_look(t);
    gc->frozen = (int64_t)tgi_objmap_for_each(gc->frozen_tag, count_one, NULL);
    tgc_gc_look_end(t);
    return gc->frozen;
}

void tgc_gc_end(tg_thread *t)
{
    tgc_gc *gc = tgc_gc_of(t);
    tgc_release(t, tgc_slot_exchange(t, &gc->callbacks, TGC_NONE));
    tgc_release(t, tgc_slot_exchange(t, &gc->garbage, TGC_NONE));
    if (gc->frozen_tag == 0)
        return;
    (void)tgi_objmap_retag(gc->frozen_tag, t->interp->objmap_tag);
    tgi_objmap_tag_release(gc->frozen_tag);
    gc->frozen_tag = 0;
}
