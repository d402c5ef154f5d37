// SPDX-License-Identifier: MIT
//
// scrap.c - frees garbage without counting.
//
// How         What garbage refers to is garbage too, or outlives it. A reference to garbage is
//             simply forgotten: both ends go. Only references to the rest are let go. So each
//             object is looked at once and freed at once, in any order, although others that are
//             still to be looked at refer to it.
//             Which objects are garbage is kept in a set of bits by address that belongs to the
//             collection: the marks and numbers of the object map say nothing any more about an
//             address whose memory has been freed, and used again.
//             An object that is more than a holder of references (a generator, one with a word of
//             its own beside the header, a native one) is held, emptied and let go as counts
//             have it; and so is all that it leads to, since what such an object lets go is
//             counted.
// Invariants  S1  what is freed without counting is referred to by others of its kind and by
//                 nothing else: not by held garbage, nor by merge queues (their references to it
//                 are forgotten as well).
//             S2  it is not in the object map from the moment on that it is set aside: who meets
//                 the rest of the work undone (the child of a fork) sees nothing of it.
//             S3  garbage with finalizers or weak references to be called back is not freed here:
//                 it may come back to life.
// Threads     the one that collects; it holds `exclusive`.
// Memory      without memory for the set or the list of held garbage all of it is held.
// Rejected    the numbers of the object map instead of the set: memory that was freed may belong
//             to an object of another interpreter by now, whose collector expects a zero there.
//             Holding everything (as for garbage with finalizers): a pass more over all of it, and
//             two changes of a count per reference.
#include "core/gc/gc_internal.h"
#include "core/gc/team.h" // lists

#include "base/os.h"              // maps
#include "core/object/class.h"    // instances
#include "core/object/code.h"     // functions
#include "core/object/dict.h"     // dicts
#include "core/object/finalize.h" // who has a finalizer
#include "core/object/list.h"     // lists
#include "core/object/tuple.h"    // tuples
#include "core/object/weakref.h"  // weak word
#include "mem/raw.h"              // memory
#include "thread/breaker.h"       // deferred frees

// Objects between the prefetch of their memory and its use.
#define AHEAD 12u

// --- the set

#define PART_BYTES (((size_t)1 << TGI_OBJMAP_SEGMENT_BITS) / 16 / 8) // a bit for 16 bytes

typedef struct part {
    size_t index; // of a segment of the object map
    uint64_t *bits;
} part;

struct tgc_dead {
    size_t mask, count; // of the table, which is at most half full
    part *table;
};

static part *find_part(const tgc_dead *d, size_t index)
{
    size_t i = index & d->mask;
    while (d->table[i].bits != NULL && d->table[i].index != index)
        i = (i + 1) & d->mask;
    return &d->table[i];
}

static bool grow(tgc_dead *d)
{
    size_t mask = d->table == NULL ? 15 : d->mask * 2 + 1;
    tgc_dead bigger = {mask, d->count, tgi_raw_calloc(mask + 1, sizeof *bigger.table)};
    if (bigger.table == NULL)
        return false;
    for (size_t i = 0; d->table != NULL && i <= d->mask; i++) {
        if (d->table[i].bits != NULL)
            *find_part(&bigger, d->table[i].index) = d->table[i];
    }
    tgi_raw_free(d->table);
    *d = bigger;
    return true;
}

// Makes room for o's bit.
static bool cover(tgc_dead *d, const tgc_obj *o)
{
    size_t index = (uintptr_t)o >> TGI_OBJMAP_SEGMENT_BITS;
    if ((d->table == NULL || d->count * 2 > d->mask) && !grow(d))
        return false;
    part *p = find_part(d, index);
    if (p->bits != NULL)
        return true;
    uint64_t *bits = tgi_os.map(PART_BYTES);
    if (bits == NULL)
        return false;
    *p = (part){index, bits};
    d->count++;
    return true;
}

static void free_set(tgc_dead *d)
{
    for (size_t i = 0; d != NULL && d->table != NULL && i <= d->mask; i++) {
        if (d->table[i].bits != NULL)
            (void)tgi_os.unmap(d->table[i].bits, PART_BYTES);
    }
    if (d != NULL)
        tgi_raw_free(d->table);
    tgi_raw_free(d);
}

static inline size_t place_of(const void *p)
{
    return ((uintptr_t)p & (((size_t)1 << TGI_OBJMAP_SEGMENT_BITS) - 1)) / 16;
}

// The word with p's bit, or NULL; p may be any address.
static inline uint64_t *word_of(const tgc_dead *d, const void *p, uint64_t *bit)
{
    const part *in = find_part(d, (uintptr_t)p >> TGI_OBJMAP_SEGMENT_BITS);
    size_t at = place_of(p);
    *bit = UINT64_C(1) << at % 64;
    return in->bits != NULL ? &in->bits[at / 64] : NULL;
}

static inline bool is_dead(const tgc_dead *d, tg_value v)
{
    uint64_t bit;
    const uint64_t *word = tgc_is_ptr(v) ? word_of(d, tgc_ptr(v), &bit) : NULL;
    return word != NULL && (*word & bit) != 0;
}

// Takes o out of the set; whether it was in it.
static bool spare(const tgc_dead *d, const tgc_obj *o)
{
    uint64_t bit, *word = word_of(d, o, &bit);
    bool was = word != NULL && (*word & bit) != 0;
    if (was)
        *word &= ~bit;
    return was;
}

// --- which kinds

bool tgc_scrap_knows(tgc_type *type)
{
    if (type->finalize != NULL || (type->flags & TGC_TF_DEL) != 0)
        return false;
    const tgc_type *layout = tgc_layout_of(type);
    return (layout == &tgc_object_type && type->traverse == tgc_instance_traverse) ||
           layout == &tgc_list_type || layout == &tgc_dict_type || layout == &tgc_tuple_type ||
           layout == &tgc_cell_type || layout == &tgc_method_type || layout == &tgc_function_type;
}

// --- sorting

// Takes what is not garbage off the list and the numbers back. What is gets its bit, and leaves the
// object map if nothing will be spared.
static void set_aside(tg_thread *t, tgc_garbage *g, bool all)
{
    int64_t untracked = 0;
    tgc_place at = {0};
    const part *in = NULL;
    for (tgc_chunk *c = g->list; c != NULL; c = c->next) {
        size_t found = 0;
        for (size_t i = 0; i < c->count; i++) {
            tgc_obj *o = c->item[i];
            _Atomic(uint32_t) *number = tgc_number_at(&at, o);
            // ORDER: relaxed (both); as in tgc_gc_hold.
            if (atom_load_relaxed(number) == 0)
                continue;
            atom_store_relaxed(number, 0);
            if (in == NULL || in->index + 1 != at.segment)
                in = find_part(g->dead, at.segment - 1);
            in->bits[place_of(o) / 64] |= UINT64_C(1) << place_of(o) % 64;
            if (all)
                untracked += tgi_objmap_remove_from(at.in, at.granule);
            c->item[found++] = o;
        }
        c->count = found;
        g->found += found;
    }
    tgc_of(t)->gc_balance -= untracked;
}

typedef struct holding {
    tg_thread *t;
    const tgc_dead *dead;
    tgc_chunk *first, *last; // held garbage, in the order it was found
    bool failed;
} holding;

static void hold(holding *h, tgc_obj *o)
{
    tgc_chunk *c = h->last;
    if (c == NULL || c->count == TGC_CHUNK_ITEMS) {
        c = tgc_chunk_new(NULL);
        if (c == NULL) {
            h->failed = true;
            return;
        }
        if (h->last != NULL)
            h->last->next = c;
        else
            h->first = c;
        h->last = c;
    }
    (void)spare(h->dead, o);
    tgc_hold_alone(h->t, o);
    c->item[c->count++] = o;
}

static void hold_too(tg_value v, void *arg)
{
    holding *h = arg;
    if (is_dead(h->dead, v) && !h->failed)
        hold(h, tgc_ptr(v));
}

// What is not plain, and all it leads to, is held: S1.
static bool hold_closure(tg_thread *t, tgc_garbage *g)
{
    holding h = {.t = t, .dead = g->dead};
    for (const tgc_chunk *c = g->odd; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count && !h.failed; i++) {
            if (is_dead(g->dead, tgc_from_ptr(c->item[i])))
                hold(&h, c->item[i]);
        }
    }
    for (tgc_chunk *c = h.first; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count && !h.failed; i++)
            tgc_gc_visit(c->item[i], hold_too, &h);
    }
    if (!h.failed) {
        g->held = h.first;
        return true;
    }
    tgc_chunks_free(h.first);
    return false;
}

// After a failure: what has its bit is not held yet.
static void hold_rest(tg_thread *t, tgc_garbage *g)
{
    for (tgc_chunk *c = g->list; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++) {
            if (spare(g->dead, c->item[i]))
                tgc_hold_alone(t, c->item[i]);
        }
    }
}

// What is still in the set stays on the list, and leaves the object map.
static void leave_map(tg_thread *t, tgc_garbage *g)
{
    int64_t untracked = 0;
    for (tgc_chunk *c = g->list; c != NULL; c = c->next) {
        size_t left = 0;
        for (size_t i = 0; i < c->count; i++) {
            tgc_obj *o = c->item[i];
            if (!is_dead(g->dead, tgc_from_ptr(o)))
                continue;
            untracked += tgi_objmap_remove(o);
            c->item[left++] = o;
        }
        c->count = left;
    }
    tgc_of(t)->gc_balance -= untracked;
}

// References of merge queues to what is freed without counting.
static void forget_drained(tgc_garbage *g)
{
    for (size_t i = 0; i < g->drained.count; i++) {
        uint32_t left = 0;
        for (uint32_t k = 0; k < g->drained.block[i].count; k++) {
            tgc_obj *o = g->drained.block[i].items[k];
            if (!is_dead(g->dead, tgc_from_ptr(o)))
                g->drained.block[i].items[left++] = o;
        }
        g->drained.block[i].count = left;
    }
}

// Looks at what is garbage of the odd ones: whether there is any, and whether something is to be
// run for it.
static bool look_at_odd(tg_thread *t, const tgc_garbage *g, bool *out_any)
{
    for (const tgc_chunk *c = g->odd; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++) {
            tgc_obj *o = c->item[i];
            // ORDER: relaxed; as in tgc_gc_hold. What has none may be gone by now.
            if (atom_load_relaxed(tgi_objmap_number(o)) == 0)
                continue;
            *out_any = true;
            if (tgc_needs_finalizer(t, o))
                return true;
        }
    }
    return false;
}

static tgc_dead *make_set(const tgc_garbage *g)
{
    tgc_dead *dead = tgi_raw_calloc(1, sizeof *dead);
    bool room = dead != NULL;
    for (const tgc_chunk *c = g->list; c != NULL && room; c = c->next) {
        size_t last = SIZE_MAX;
        for (size_t i = 0; i < c->count && room; i++) {
            size_t index = (uintptr_t)c->item[i] >> TGI_OBJMAP_SEGMENT_BITS;
            room = index == last || cover(dead, c->item[i]);
            last = index;
        }
    }
    if (room)
        return dead;
    free_set(dead);
    return NULL;
}

bool tgc_scrap_sort(tg_thread *t, tgc_garbage *g)
{
    if (g->candidates < TGC_SCRAP_FROM || g->pending != NULL ||
        (tgc_gc_get(tgc_gc_of(t), TG_GC_DEBUG) & TG_GC_DEBUG_SAVEALL) != 0)
        return false;
    bool some_odd = false;
    if (look_at_odd(t, g, &some_odd)) // S3
        return false;
    g->dead = make_set(g);
    if (g->dead == NULL)
        return false;
    set_aside(t, g, !some_odd);
    if (some_odd && !hold_closure(t, g)) {
        hold_rest(t, g);
        tgc_scrap_end(g);
        return true;
    }
    if (some_odd)
        leave_map(t, g);
    tgc_thread_settle(t);
    g->scrap = g->list;
    g->list = g->held;
    g->held = NULL;
    forget_drained(g);
    return true;
}

void tgc_scrap_end(tgc_garbage *g)
{
    free_set(g->dead);
    g->dead = NULL;
    tgc_chunks_free(g->scrap);
    g->scrap = NULL;
}

// --- freeing

static inline void forget(const tgc_dead *d, tgc_slot *s, tg_value empty)
{
    if (is_dead(d, tgc_slot_peek(s)))
        atom_store_relaxed(&s->word, empty); // ORDER: relaxed; nobody else reaches it.
}

static inline void forget_value(const tgc_dead *d, tg_value *v)
{
    if (is_dead(d, *v))
        *v = TGC_NONE;
}

static void forget_in_dict(const tgc_dead *d, tgc_dict *dict)
{
    tgc_dict_table *table = atom_load_relaxed(&dict->table); // ORDER: relaxed; as in forget.
    size_t n = atom_load_relaxed(&table->count);             // ORDER: relaxed; as in forget.
    tgc_slot *e = tgc_dict_entries(table);
    for (size_t i = 0; i < n; i++, e += table->stride) {
        forget(d, &e[0], TGC_NONE);
        forget(d, &e[1], TGC_NONE);
    }
}

static void forget_in_function(const tgc_dead *d, tgc_function *f)
{
    forget(d, &f->defaults, TGC_NONE);
    forget(d, &f->kwdefaults, TGC_NONE);
    forget(d, &f->attributes, TGC_NONE);
    for (uint32_t i = 0; i < f->free_count; i++) {
        if (f->closure[i] != NULL && is_dead(d, tgc_from_ptr(&f->closure[i]->head)))
            f->closure[i] = NULL;
    }
}

static void forget_in_builtin(const tgc_dead *d, const tgc_type *layout, tgc_obj *o)
{
    if (layout == &tgc_list_type) {
        tgc_list *list = (tgc_list *)(void *)o;
        tgc_array *a = atom_load_relaxed(&list->items); // ORDER: relaxed; as in forget.
        size_t n = atom_load_relaxed(&list->size);      // ORDER: relaxed; as in forget.
        for (size_t i = 0; i < n; i++)
            forget(d, &a->slot[i], TGC_NONE);
    } else if (layout == &tgc_dict_type) {
        forget_in_dict(d, (tgc_dict *)(void *)o);
    } else if (layout == &tgc_tuple_type) {
        tg_value *items = tgc_tuple_items(tgc_from_ptr(o));
        for (size_t i = 0, n = ((tgc_tuple *)(void *)o)->count; i < n; i++)
            forget_value(d, &items[i]);
    } else if (layout == &tgc_cell_type) {
        forget(d, &((tgc_cell *)(void *)o)->value, TGC_UNBOUND);
    } else if (layout == &tgc_method_type) {
        forget_value(d, &((tgc_method *)(void *)o)->self);
        forget_value(d, &((tgc_method *)(void *)o)->func);
    } else if (layout == &tgc_function_type) {
        forget_in_function(d, (tgc_function *)(void *)o);
    }
}

static inline void let_go(tg_thread *t, const tgc_dead *d, tg_value v)
{
    if (tgc_is_ptr(v) && !is_dead(d, v))
        tgc_decref(t, tgc_ptr(v));
}

// The last class of instances: those that follow each other are often of the same.
typedef struct lean {
    const tgc_type *type; // whose instances hold their attributes and nothing else
    uint32_t slots;
    uint64_t count; // freed and not yet in the sums
} lean;

static void add_up(tg_thread *t, lean *l)
{
    // ORDER: relaxed (both); read by others for reports.
    atom_owner_add(&tgc_of(t)->objects_freed, l->count);
    if (l->type != NULL)
        atom_owner_add(&tgc_of(t)->bytes_freed, l->count * l->type->size);
    l->count = 0;
}

// Nobody has seen it since the last pause, which was a grace period: no stale reader is left, and
// its memory goes back at once.
static inline void scrap_instance(tg_thread *t, const tgc_dead *d, lean *l, tgc_obj *o)
{
    tgc_attrs *attrs = tgc_attrs_of(l->type, o);
    let_go(t, d, tgc_slot_peek(&attrs->dict));
    for (uint32_t i = 0; i < l->slots; i++)
        let_go(t, d, tgc_slot_peek(&attrs->slots[i]));
    l->count++;
    tgi_raw_free(o);
}

static TGI_COLD void scrap_other(tg_thread *t, const tgc_dead *d, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    const tgc_type *layout = tgc_layout_of(type);
    tgc_hold_alone(t, o);
    tgc_unpublish(o);
    if (layout != type) {
        tgc_attrs *attrs = tgc_attrs_of(type, o);
        forget(d, &attrs->dict, TGC_UNBOUND);
        for (uint32_t i = 0, n = tgc_slots_in_use(type); i < n; i++)
            forget(d, &attrs->slots[i], TGC_UNBOUND);
    }
    forget_in_builtin(d, layout, o);
    type->dealloc(t, o);
}

static inline void scrap(tg_thread *t, const tgc_dead *d, lean *l, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    if (TGI_UNLIKELY(type != l->type)) {
        if (tgc_layout_of(type) != &tgc_object_type) {
            scrap_other(t, d, o);
            return;
        }
        add_up(t, l);
        *l = (lean){type, tgc_slots_in_use(type), 0};
    }
    scrap_instance(t, d, l, o);
}

size_t tgc_scrap_some(tg_thread *t, const tgc_dead *dead, const tgc_chunk *c, size_t from,
                      size_t to)
{
    lean l = {0};
    size_t i = from;
    bool stop = false;
    while (i < to && !stop) {
        if (i + AHEAD < c->count) {
            __builtin_prefetch(c->item[i + AHEAD], 1);
            __builtin_prefetch((const char *)c->item[i + AHEAD] + 64, 1);
        }
        scrap(t, dead, &l, c->item[i++]);
        // ORDER: relaxed; our own bit, or a hint.
        stop = (atom_load_relaxed(&t->breaker) & TGI_BRK_QSBR) != 0;
    }
    add_up(t, &l);
    return i;
}
